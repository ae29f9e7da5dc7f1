"""What two plans leave of quotas, and what is found in one of them only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from planner.core.period import Month
from planner.saved_plan import FindingPart, QuotaPart, SavedPlan
from planner.stated_diff import Names

Turned = Literal["", "newly exceeded", "no longer exceeded"]
_LEVELS = ("info", "warning", "error")


@dataclass(frozen=True)
class QuotaChange:
    """A scope of a quota in the worst month of each side, that of the least headroom; the first of several."""

    quota: str
    scope: str
    """As it is called on the new side."""
    old: QuotaPart | None
    """None: the side has no such scope."""
    new: QuotaPart | None
    turned: Turned
    """What has become of it in the months that both sides have."""


@dataclass(frozen=True)
class FindingChange:
    """What one side is told and the other is not, by code and subject; or at another level."""

    change: Literal["new", "gone", "level"]
    finding: FindingPart
    """Of the new side, of what is gone that of the old one."""
    old_level: str = ""


def compare(old: SavedPlan, new: SavedPlan, names: Names) -> tuple[tuple[QuotaChange, ...], int]:
    """The scopes whose worst month differs, and how many do not, over the months that both sides have."""
    months = {*old.months} & {*new.months}
    before, after = (_by_scope(plan, months) for plan in (old, new))
    before = {_renamed(key, names): rows for key, rows in before.items()}
    found, same = [], 0
    for quota, scope in sorted({*before, *after}):
        rows, new_rows = (side.get((quota, scope), []) for side in (before, after))
        worst, new_worst = (_worst(own) if own else None for own in (rows, new_rows))
        turned = _turned(_exceeded(rows), _exceeded(new_rows))
        if turned or _use(worst) != _use(new_worst):
            found.append(QuotaChange(quota, scope, worst, new_worst, turned))
        else:
            same += 1
    return tuple(found), same


def _by_scope(plan: SavedPlan, months: set[Month]) -> dict[tuple[str, str], list[QuotaPart]]:
    found: dict[tuple[str, str], list[QuotaPart]] = {}
    for row in plan.quotas:
        if row.month in months:
            found.setdefault((row.quota, row.scope), []).append(row)
    return found


def _renamed(key: tuple[str, str], names: Names) -> tuple[str, str]:
    """A scope of the old side whose group has another name on the new one."""
    quota, scope = key
    return quota, _called(scope, names)


def _called(text: str, names: Names) -> str:
    """A subject or scope of the old side as it is called on the new one: group, plan:group, or router/group."""
    for (plan, group), new in names.groups.items():
        old_name, new_name = (f"{plan}:{one}" if plan else one for one in (group, new))
        head, slash, tail = text.partition("/")
        own, comma, rest = (tail if slash else head).partition(", ")
        if own == old_name:
            return f"{head if slash else ''}{slash}{new_name}{comma}{rest}"
    return text


def _worst(rows: Sequence[QuotaPart]) -> QuotaPart:
    """The month of the least headroom, of an unknown limit that of the highest use."""
    return min(rows, key=lambda row: (-row.used if row.limit is None else row.limit - row.used, row.month))


def _turned(before: bool, after: bool) -> Turned:
    if before == after:
        return ""
    return "newly exceeded" if after else "no longer exceeded"


def _exceeded(rows: Sequence[QuotaPart]) -> bool:
    return any(row.status == "exceeded" for row in rows)


def _use(row: QuotaPart | None) -> tuple[int, int | None] | None:
    return None if row is None else (row.used, row.limit)


def findings(old: SavedPlan, new: SavedPlan, names: Names) -> tuple[FindingChange, ...]:
    """What is found on one side only, by code and subject, or at another level: the gravest first."""
    before = _by_subject(old, lambda subject: _called(subject, names))
    after = _by_subject(new, str)

    def changes() -> Iterator[FindingChange]:
        for key in {*before, *after}:
            if key not in before:
                yield from (FindingChange("new", one) for one in after[key])
            elif key not in after:
                yield from (FindingChange("gone", one) for one in before[key])
            elif (level := _gravest(before[key]).level) != _gravest(after[key]).level:
                yield FindingChange("level", _gravest(after[key]), level)

    order = {"new": 0, "level": 1, "gone": 2}
    return tuple(
        sorted(
            changes(),
            key=lambda one: (
                order[one.change],
                -_LEVELS.index(one.finding.level),
                one.finding.code,
                one.finding.subject,
                one.finding.message,
            ),
        )
    )


def _by_subject(plan: SavedPlan, called: Callable[[str], str]) -> Mapping[tuple[str, str], list[FindingPart]]:
    found: dict[tuple[str, str], list[FindingPart]] = {}
    for one in plan.findings:
        found.setdefault((one.code, called(one.subject)), []).append(one)
    return found


def _gravest(found: Sequence[FindingPart]) -> FindingPart:
    return max(found, key=lambda one: _LEVELS.index(one.level))
