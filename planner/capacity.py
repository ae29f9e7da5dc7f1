"""When each quota runs out, what it consists of at its peak, and what would do: one record per quota and scope.

Everything is exact, from the counts at instants that planner.quota has swept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypedDict

from planner.core.period import NEVER, day_of
from planner.plan import Plan
from planner.quota import STATUSES, UNKNOWN, LimitStatus, QuotaUse

PER_ROUTER = "vpn-attachments-per-transit-router"
"""The quota that more routers relieve."""


@dataclass(frozen=True)
class Capacity:
    """One scope of a quota over the period; None is unknown, or not needed."""

    quota: str
    scope: str
    status: str
    """The worst of its months, one of STATUSES."""
    existing: int
    """What exists at the peak, less what has left of it."""
    peak: int
    peak_at: int
    """Seconds of the first instant of the period with that count."""
    added: tuple[tuple[str, int], ...]
    """(group, what it has there at the peak) of the plan: with what exists they add up to the peak."""
    by_plan: tuple[tuple[str, int], ...]
    """(plan, what its groups have there at the peak)."""
    limit: int | None
    """At the first excess, else at the peak."""
    limit_status: LimitStatus
    """What kind of limit that is; requested is pending."""
    headroom: int | None
    """The least of the period, negative where the limit is exceeded; None: a limit is unknown."""
    lower_bound: bool
    """Whether the counts are what is there at least."""
    exceeded_from: int | None
    """Seconds of the first instant of the period that is over the limit; None: none is, or no limit is known."""
    least_limit: int | None
    """The least limit that does for the whole period, where the quota is exceeded and can be increased."""
    more_routers: int | None
    """How many routers with the default limit, in other CEN instances of the region, take what is too much."""
    region: str | None
    """Region in which they would stand."""
    cens: tuple[str, ...]
    """CEN instances of the estate without a router in that region, in which they could stand; then new ones."""
    without_cen: tuple[str, ...]
    """Routers of that region of which the estate names no CEN instance: it may be one of those."""
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
    names = plan.inventory.subject_names
    by_plan: dict[str, int] = {}
    for code, count in added.items():
        name = plan.inventory.scenarios[plan.inventory.subject_scenarios[code]]
        by_plan[name] = by_plan.get(name, 0) + count
    more = _more_routers(use, scope) if exceeded else None
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
        by_plan=tuple(by_plan.items()),
        limit=None if limit == UNKNOWN else limit,
        limit_status=use.first_status[scope],
        headroom=None if (use.limit[scope] == UNKNOWN).any() else int(use.least_headroom[scope]),
        lower_bound=use.quota.lower_bound,
        exceeded_from=first if exceeded else None,
        least_limit=int(use.peak[scope]) if asks else None,
        more_routers=more,
        **_places(use, scope, plan, more),
        lead_time_days=lead_time,
        apply_by=apply_by,
        too_late=None if apply_by is None or plan.as_of is None else apply_by < plan.as_of,
    )


class _Places(TypedDict):
    region: str | None
    cens: tuple[str, ...]
    without_cen: tuple[str, ...]


def _places(use: QuotaUse, scope: int, plan: Plan, more: int | None) -> _Places:
    """Where more routers could stand: one per region and CEN instance."""
    if not more:
        return _Places(region=None, cens=(), without_cen=())
    routers = plan.inventory.routers
    region = int(routers.region[use.claims.holder[scope]])
    there = [code for code, own in enumerate(routers.region.tolist()) if own == region]
    taken = {routers.cen[code] for code in there}
    return _Places(
        region=plan.inventory.regions[region],
        cens=tuple(sorted(set(routers.cen) - taken - {""})),
        without_cen=tuple(routers.ids[code] for code in there if not routers.cen[code]),
    )


def _more_routers(use: QuotaUse, scope: int) -> int | None:
    """What is too much, in routers of the default limit: a lower bound, since sites may be worth several each."""
    default = use.quota.default
    return -(-int(use.most_over[scope]) // default) if use.id == PER_ROUTER and default else None
