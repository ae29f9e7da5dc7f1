"""What text and Markdown say alike of a plan and its quotas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from planner import capacity
from planner.capacity import Capacity
from planner.core.period import instant_text
from planner.core.words import some
from planner.plan import LEVELS, Plan
from planner.quota import (
    EXCEEDED,
    NOT_KNOWN,
    OK,
    PENDING,
    STATUSES,
    TIGHT,
    UNKNOWN,
    LimitStatus,
    QuotaUse,
    usage_by_plan,
)


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
    exceeded = sum(int(use.fails.sum()) for use in plan.quotas)
    said = "PASSED" if plan.passed else "FAILED"
    quotas = f"; quotas exceeded in {exceeded} {'scope' if exceeded == 1 else 'scopes'}" if exceeded else ""
    return f"{said}: {', '.join(counts)}{quotas}"


def quota_runs(use: QuotaUse, scope: int, plan: Plan) -> Iterator[QuotaRun]:
    """One scope of a quota over the period, alike months joined."""
    months = plan.inventory.period.months
    if use.quota.lower_bound and use.worst[scope] in (OK, NOT_KNOWN):
        yield _at_the_highest(use, scope, plan)
        return
    at_least, at_most = ("≥ ", "≤ ") if use.quota.lower_bound else ("", "")
    by_column = (use.used[scope].tolist(), use.limit[scope].tolist(), use.status[scope].tolist())
    cells = zip(*by_column, use.limit_status[scope], strict=True)
    for (used, limit, status, kind), run in groupby(enumerate(cells), key=lambda cell: cell[1]):
        columns = [column for column, _ in run]
        span = str(months[columns[0]]) + (f" … {months[columns[-1]]}" if len(columns) > 1 else "")
        known = limit != UNKNOWN
        yield QuotaRun(
            scope=use.scopes[scope],
            months=span,
            used=f"{at_least}{used}",
            limit=str(limit) if known else "unknown",
            headroom=f"{at_most}{limit - used}" if known else "unknown",
            status=_status(status, kind),
        )


def _status(status: int, kind: LimitStatus) -> str:
    """A status in words, and whether the limit is pending."""
    said = STATUSES[status].upper() if status == EXCEEDED else STATUSES[status]
    return f"{said}, limit pending" if kind == PENDING else said


def _at_the_highest(use: QuotaUse, scope: int, plan: Plan) -> QuotaRun:
    """A count that is a lower bound and exceeds nothing, in one row for the whole period."""
    months = plan.inventory.period.months
    column = int(use.used[scope].argmax())
    used, limit = int(use.used[scope, column]), int(use.limit[scope, column])
    known = limit != UNKNOWN
    return QuotaRun(
        scope=use.scopes[scope],
        months=str(months[0]) + (f" … {months[-1]}" if len(months) > 1 else ""),
        used=f"≥ {used}",
        limit=str(limit) if known else "unknown",
        headroom=f"≤ {limit - used}" if known else "unknown",
        status=_status(int(use.status[scope, column]), use.limit_status[scope][column]),
    )


def shown(use: QuotaUse, scope: int) -> bool:
    """Whether a scope is listed: the plan touches it, or it is exceeded or tight without that."""
    return bool(use.planned[scope]) or use.worst[scope] in (TIGHT, EXCEEDED)


def first_exceeded(scopes: Iterable[Capacity]) -> Capacity | None:
    """The scope whose limit is exceeded first; of several at once the first by quota and scope."""
    over = [(one.exceeded_from, one.quota, one.scope, one) for one in scopes if one.exceeded_from is not None]
    return min(over, key=lambda found: found[:3])[3] if over else None


def unknown_limits(plan: Plan) -> int:
    """In how many scopes that the plan touches no limit is known."""
    return sum(int((use.worst[use.planned > 0] == NOT_KNOWN).sum()) for use in plan.quotas)


CAPACITY = ("scope", "exceeded from", "peak", "limit", "headroom", "least limit", "apply by")


def scarce(plan: Plan) -> tuple[Capacity, ...]:
    """The scopes that are exceeded or tight."""
    return tuple(capacity.measure(plan, wanted=lambda status: status in ("exceeded", "tight")))


def capacity_rows(scopes: Iterable[Capacity]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(quota, cells under CAPACITY) of each scope; headroom is the least of the period."""
    for one in scopes:
        at_least, at_most = ("≥ ", "≤ ") if one.lower_bound else ("", "")
        yield (
            one.quota,
            (
                one.scope,
                "" if one.exceeded_from is None else instant_text(one.exceeded_from),
                f"{at_least}{one.peak}",
                "unknown" if one.limit is None else str(one.limit),
                "unknown" if one.headroom is None else f"{at_most}{one.headroom}",
                "" if one.least_limit is None else f"{at_least}{one.least_limit}",
                _apply_by(one),
            ),
        )


def capacity_notes(scopes: Iterable[Capacity]) -> Iterator[str]:
    """What each scope consists of at its peak, what of its limit is pending, and what would do, as a sentence."""
    for one in scopes:
        said = [f"{one.scope}, {instant_text(one.peak_at)}: {', '.join([f'{one.existing} exist', *_added(one)])}"]
        if one.limit_status == PENDING:
            said.append(f"the limit of {one.limit} is requested, not granted: pending")
        if one.too_late:
            said.append(f"the last day to apply for more, {one.apply_by}, is over")
        elif one.least_limit is not None and one.apply_by is None:
            said.append("how long an increase takes is unknown: lead_time_days of the estate")
        if one.more_routers:
            said.append(_routers(one))
        yield "; ".join(said)


def _added(one: Capacity) -> Iterator[str]:
    """Who adds what: of several plans each with its sum, and their groups, the largest first."""
    for plan, count in one.by_plan if len(one.by_plan) > 1 else ():
        yield f"{count} of plan {plan}"
    largest = sorted(one.added, key=lambda item: (-abs(item[1]), item[0]))
    shown = [f"{count} of {group}" for group, count in largest[:5]]
    if len(largest) > 5:
        shown.append(f"and of {len(largest) - 5} more groups")
    if shown and len(one.by_plan) > 1:
        shown[0] = f"by group {shown[0]}"
    yield from shown


def _routers(one: Capacity) -> str:
    """How many routers take what is too much, and where they could stand."""
    assert one.more_routers is not None
    count, free = one.more_routers, one.cens[: one.more_routers]
    said = f"{count} more {'router takes' if count == 1 else 'routers take'} what is too much, counting empty routers"
    said += " with the default limit" + ("; connections that share routes stay together" if one.whole_sets else "")
    have = "has" if len(one.cens) == 1 else "have"
    choice = f"{count} of {some(one.cens)}" if len(one.cens) > count else " and ".join(free)
    places = [f"in {choice}, which {have} none in {one.region}"] if free else []
    if new := count - len(free):
        places.append(f"in {'a new CEN instance' if new == 1 else f'{new} new CEN instances'}")
    unsure = f" (no CEN instance is stated of {', '.join(one.without_cen)})" if one.without_cen else ""
    return f"{said}: {' and '.join(places)}{unsure}"


def _apply_by(one: Capacity) -> str:
    if one.least_limit is None:
        return ""
    return "unknown" if one.apply_by is None else str(one.apply_by)


def users(use: QuotaUse, scope: int, plan: Plan) -> Iterator[tuple[str, str, str]]:
    """Who uses a scope in the month of the highest count, where several do: (who, month, count)."""
    column = int(use.used[scope].argmax())
    if plan.several and use.planned[scope] and use.used[scope, column]:
        parts = usage_by_plan(use, scope, column, plan.inventory)
        for who, used, _ in parts if len(parts) > 1 else ():
            yield who, str(plan.inventory.period.months[column]), str(used)
