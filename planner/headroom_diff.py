"""What two plans leave of quotas, and what is found in one of them only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from planner.core.period import Month
from planner.saved_plan import FindingPart, QuotaPart, SavedPlan
from planner.stated_diff import Names

Turned = Literal["", "newly exceeded", "no longer exceeded"]
T = TypeVar("T")
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
    before, after = _in_common((_by_scope(old, months), _by_scope(new, months)), names)
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


def _in_common(
    sides: tuple[Mapping[tuple[str, str], T], Mapping[tuple[str, str], T]], names: Names
) -> tuple[dict[tuple[str, str], T], dict[tuple[str, str], T]]:
    """Both sides by names that they have in common; what both call the same stays what it is called."""

    def renamed(own: int) -> dict[tuple[str, str], T]:
        other = sides[1 - own]
        return {
            key if key in other else (key[0], _called(key[1], names.subjects[own])): value
            for key, value in sides[own].items()
        }

    return renamed(0), renamed(1)


def _called(text: str, subjects: Mapping[str, str]) -> str:
    """A subject or scope with its group as it is called here: group, plan:group, or router/group."""
    head, slash, tail = text.partition("/")
    own, comma, rest = (tail if slash else head).partition(", ")
    return f"{head if slash else ''}{slash}{subjects.get(own, own)}{comma}{rest}"


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
    before, after = _in_common((_by_subject(old), _by_subject(new)), names)

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


def _by_subject(plan: SavedPlan) -> dict[tuple[str, str], list[FindingPart]]:
    found: dict[tuple[str, str], list[FindingPart]] = {}
    for one in plan.findings:
        found.setdefault((one.code, one.subject), []).append(one)
    return found


def _gravest(found: Sequence[FindingPart]) -> FindingPart:
    return max(found, key=lambda one: _LEVELS.index(one.level))
