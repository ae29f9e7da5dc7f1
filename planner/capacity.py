"""When each quota runs out, what it consists of at its peak, and what would do: one record per quota and scope.

Everything is exact, from the counts at instants that planner.quota has swept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from planner.core.period import NEVER, day_of
from planner.plan import Plan
from planner.quota import STATUSES, UNKNOWN, QuotaUse

PER_ROUTER = "transit router"


@dataclass(frozen=True)
class Capacity:
    """One scope of a quota over the period; None is unknown, or not needed."""

    quota: str
    scope: str
    status: str
    """The worst of its months, one of STATUSES."""
    existing: int
    peak: int
    peak_at: int
    """Seconds of the first instant of the period with that count."""
    added: tuple[tuple[str, int], ...]
    """(group, what it has there at the peak) of the plan: with what exists they add up to the peak."""
    limit: int | None
    """At the first excess, else at the peak."""
    exceeded_from: int | None
    """Seconds of the first instant of the period that is over the limit; None: none is, or no limit is known."""
    least_limit: int | None
    """The least limit that does for the whole period, where the quota is exceeded and can be increased."""
    more_routers: int | None
    """How many routers with the default limit, in other CEN instances of the region, take what is too much."""
    lead_time_days: int | None
    """None: the estate does not say."""
    apply_by: date | None
    """Latest day to apply, so that the increase applies from the start of the day of the first excess."""
    too_late: bool | None
    """Whether that day lies before the day of the plan."""


def measure(plan: Plan, wanted: Callable[[str], bool] = lambda status: True) -> Iterator[Capacity]:
    """Every scope whose status is wanted, by quota and scope."""
    lead_times = {one.quota: one.days for one in plan.inventory.lead_times}
    for use in plan.quotas:
        scopes = [scope for scope, code in enumerate(use.worst.tolist()) if wanted(STATUSES[code])]
        for scope in scopes:
            yield _of_scope(use, scope, plan, lead_times.get(use.id))


def _of_scope(use: QuotaUse, scope: int, plan: Plan, lead_time: int | None) -> Capacity:
    first, limit = int(use.first_exceeded[scope]), int(use.first_limit[scope])
    exceeded = first < NEVER
    existing, added = use.shares(scope, int(use.peak_at[scope]))
    names = plan.inventory.group_names
    asks = exceeded and use.quota.adjustable
    apply_by = day_of(first) - timedelta(days=lead_time) if asks and lead_time is not None else None
    return Capacity(
        quota=use.id,
        scope=use.scopes[scope],
        status=STATUSES[use.worst[scope]],
        existing=existing,
        peak=int(use.peak[scope]),
        peak_at=int(use.peak_at[scope]),
        added=tuple((names[group], count) for group, count in added.items()),
        limit=None if limit == UNKNOWN else limit,
        exceeded_from=first if exceeded else None,
        least_limit=int(use.peak[scope]) if asks else None,
        more_routers=_more_routers(use, scope) if exceeded else None,
        lead_time_days=lead_time,
        apply_by=apply_by,
        too_late=None if apply_by is None or plan.as_of is None else apply_by < plan.as_of,
    )


def _more_routers(use: QuotaUse, scope: int) -> int | None:
    """What is too much, in routers of the default limit: a lower bound, since sites may be worth several each."""
    default = use.quota.default
    return -(-int(use.most_over[scope]) // default) if use.quota.scope == PER_ROUTER and default else None
