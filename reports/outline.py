"""What text and Markdown say alike of a plan and its quotas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from planner import capacity
from planner.capacity import Capacity
from planner.core.period import instant_text
from planner.plan import LEVELS, Plan
from planner.quota import EXCEEDED, STATUSES, UNKNOWN, QuotaUse, usage_by_plan


@dataclass(frozen=True)
class QuotaRun:
    """Consecutive months in which a scope is alike, as text."""

    scope: str
    months: str
    used: str
    limit: str
    headroom: str
    status: str


def title(plan: Plan) -> str:
    """Name and title of a plan; of several their names."""
    if plan.several:
        return f"{', '.join(plan.inventory.scenarios)}: {len(plan.scenarios)} plans together"
    entry = plan.scenarios[0].plan
    return f"{entry.name}: {entry.title}" if entry.title else entry.name


def facts(plan: Plan) -> str:
    """Period, currency and day of a plan on one line."""
    period = plan.inventory.period
    parts = [
        f"{period.first} to {period.months[-1]}" if period.count > 1 else str(period.first),
        f"{period.count} {'month' if period.count == 1 else 'months'}",
        plan.inventory.currency,
        f"as of {plan.as_of}" if plan.as_of else "",
    ]
    return " · ".join(filter(None, parts))


def verdict(plan: Plan) -> str:
    """Passed or not, the counts, and in how many scopes a quota is exceeded."""
    counts = []
    for level in LEVELS:
        count = sum(finding.level == level for finding in plan.findings)
        counts.append(f"{count} {level if count == 1 or level == 'info' else level + 's'}")
    exceeded = sum(int((use.status == EXCEEDED).any(axis=1).sum()) for use in plan.quotas)
    said = "PASSED" if plan.passed else "FAILED"
    quotas = f"; quotas exceeded in {exceeded} {'scope' if exceeded == 1 else 'scopes'}" if exceeded else ""
    return f"{said}: {', '.join(counts)}{quotas}"


def quota_runs(use: QuotaUse, scope: int, plan: Plan) -> Iterator[QuotaRun]:
    """One scope of a quota over the period, alike months joined."""
    months = plan.inventory.period.months
    cells = zip(use.used[scope].tolist(), use.limit[scope].tolist(), use.status[scope].tolist(), strict=True)
    for (used, limit, status), run in groupby(enumerate(cells), key=lambda cell: cell[1]):
        columns = [column for column, _ in run]
        span = str(months[columns[0]]) + (f" … {months[columns[-1]]}" if len(columns) > 1 else "")
        known = limit != UNKNOWN
        yield QuotaRun(
            scope=use.scopes[scope],
            months=span,
            used=str(used),
            limit=str(limit) if known else "unknown",
            headroom=str(limit - used) if known else "unknown",
            status=STATUSES[status].upper() if status == EXCEEDED else STATUSES[status],
        )


CAPACITY = ("scope", "exceeded from", "peak", "limit", "exists", "plan", "least limit", "more routers", "apply by")


def scarce(plan: Plan) -> tuple[Capacity, ...]:
    """The scopes that are not ok."""
    return tuple(capacity.measure(plan, wanted=lambda status: status != "ok"))


def capacity_rows(scopes: Iterable[Capacity]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(quota, cells under CAPACITY) of each scope."""
    for one in scopes:
        yield (
            one.quota,
            (
                one.scope,
                "" if one.exceeded_from is None else instant_text(one.exceeded_from),
                str(one.peak),
                "unknown" if one.limit is None else str(one.limit),
                str(one.existing),
                str(one.peak - one.existing),
                "" if one.least_limit is None else str(one.least_limit),
                "" if one.more_routers is None else str(one.more_routers),
                _apply_by(one),
            ),
        )


def capacity_notes(scopes: Iterable[Capacity]) -> Iterator[str]:
    """What each exceeded scope consists of at its peak, as a sentence."""
    for one in scopes:
        if one.exceeded_from is None:
            continue
        largest = sorted(one.added, key=lambda item: (-abs(item[1]), item[0]))
        shown = [f"{count} of {group}" for group, count in largest[:5]]
        more = [f"and of {len(largest) - 5} more groups"] if len(largest) > 5 else []
        yield f"{one.scope}, {instant_text(one.peak_at)}: {', '.join([f'{one.existing} exist', *shown, *more])}"


def _apply_by(one: Capacity) -> str:
    if one.least_limit is None:
        return ""
    if one.apply_by is None:
        return "lead time unknown"
    return f"{one.apply_by}{', too late' if one.too_late else ''}"


def users(use: QuotaUse, scope: int, plan: Plan) -> Iterator[tuple[str, str, str]]:
    """Who uses a scope in the month of the highest count, where several do: (who, month, count)."""
    column = int(use.used[scope].argmax())
    if plan.several and use.planned[scope] and use.used[scope, column]:
        parts = usage_by_plan(use, scope, column, plan.inventory)
        for who, used, _ in parts if len(parts) > 1 else ():
            yield who, str(plan.inventory.period.months[column]), str(used)
