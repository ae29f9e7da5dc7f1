"""What to ask of quotas: the value, by when, and the reckoning behind it; one record per quota and scope.

Nothing is asked of anybody here: the records are what people paste into a form.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np

from planner import capacity
from planner.capacity import Capacity
from planner.core.period import day_of
from planner.core.region import REGIONS
from planner.estate import TransitRouter
from planner.plan import Plan
from planner.quota import NO_HOLDER, PENDING, STATUSES, QuotaUse, stated_limits, threshold_of

DEFAULT_PERCENT = 10
"""Percent of the peak that are asked for beyond it, unless somebody says otherwise."""
PRODUCTS = {
    "cbn": "Cloud Enterprise Network (CEN)",
    "vpn": "VPN Gateway",
    "vpc": "Virtual Private Cloud (VPC)",
    "expressconnect": "Express Connect",
}
"""Products by their code in Quota Center."""

Why = Literal["exceeded", "tight", "unknown", "ok"]


@dataclass(frozen=True)
class Buffer:
    """What is asked for beyond the peak."""

    percent: int = DEFAULT_PERCENT
    """Of the peak, rounded up."""
    count: int = 0
    """In addition."""

    def of(self, peak: int) -> int:
        """The buffer on a peak.

        >>> Buffer(10).of(71)  # 7.1, rounded up
        8
        """
        return -(-peak * self.percent // 100) + self.count


@dataclass(frozen=True)
class Part:
    """What of a peak belongs to one group of a plan."""

    plan: str
    group: str
    count: int


@dataclass(frozen=True)
class Limit:
    """A limit of a scope."""

    value: int | None
    """None: no page says."""
    since: date | None
    """First day on which it applies; None: it applies already."""
    source: str
    pending: bool = False
    """Whether it is requested and not granted yet."""


@dataclass(frozen=True)
class Where:
    """The transit router that a quota is counted on, as the estate states it; None is not stated."""

    router: str
    region: str
    region_name: str
    cen: str | None
    account: str
    uid: str | None


@dataclass(frozen=True)
class Request:
    """An increase to ask for; or what was found of a scope whose limit does."""

    quota: str
    title: str
    """What is counted, in the plural."""
    description: str
    product: str
    """Product code in Quota Center."""
    scope: str
    why: Why
    """The worst of its months; ok: it was looked at all the same."""
    where: Where | None
    """None: the quota is not counted per transit router."""
    existing: int
    parts: tuple[Part, ...]
    """With what exists they add up to the peak."""
    peak: int
    peak_at: int
    """Seconds of the first instant with that count."""
    extra: int
    """The buffer, as a number."""
    limits: tuple[Limit, ...]
    """In the order in which they apply; the default comes first."""
    limit: int | None
    """At the first excess, else at the peak."""
    not_tight: int | None
    """Of a tight scope: the least limit at which its peak is no longer tight."""
    granted: int | None
    """The highest increase that was granted already: less than that is not asked for."""
    maximum: int | None
    """The highest value that can be had; None: no page says."""
    wanted: int
    """What would be asked for if nothing capped it."""
    value: int
    """What to ask for: what is wanted, at most the maximum."""
    needed_from: int | None
    """Seconds: the first excess, or the start of the first month that is tight; None: nothing needs it."""
    lead_time_days: int | None
    """None: the estate does not say."""
    apply_by: date | None
    """Latest day to apply."""
    too_late: bool | None
    """Whether that day lies before the day of the plan."""

    @property
    def increase(self) -> bool:
        """Whether the value is more than the limit, or no limit is known to compare it with."""
        return self.limit is None or self.value > self.limit

    @property
    def short(self) -> int:
        """By how many even the known maximum misses the peak; 0: it does not."""
        return max(self.peak - self.value, 0)


@dataclass(frozen=True)
class Refused:
    """A quota that is exceeded and cannot be increased, as far as is known."""

    quota: str
    title: str
    scope: str
    peak: int
    limit: int
    exceeded_from: int
    """Seconds."""
    instead: str
    """What to do instead."""


@dataclass(frozen=True)
class Requests:
    """Everything that there is to ask for, and what there is not."""

    plan: Plan
    buffer: Buffer
    asked: tuple[Request, ...]
    """By quota and scope."""
    enough: tuple[Request, ...]
    """Scopes that were looked at and whose limit does, or that a known maximum keeps from more."""
    refused: tuple[Refused, ...]


def requests(plan: Plan, buffer: Buffer | None = None, every: bool = False) -> Requests:
    """What to ask for so that a plan fits.

    every : look at every scope of an adjustable quota that the plan touches, not only at those that are not ok
    """
    buffer = buffer or Buffer()
    asked: list[Request] = []
    enough: list[Request] = []
    refused: list[Refused] = []
    for use, scope, one in _scopes(plan):
        if use.quota.adjustable and (one.status != "ok" or every):
            found = _request(use, scope, one, plan, buffer)
            (asked if found.increase else enough).append(found)
        elif not use.quota.adjustable and one.exceeded_from is not None and one.limit is not None:
            refused.append(_refused(use, one, one.limit, one.exceeded_from))
    return Requests(plan, buffer, tuple(asked), tuple(enough), tuple(refused))


def _scopes(plan: Plan) -> Iterator[tuple[QuotaUse, int, Capacity]]:
    """The scopes that the plan touches, or that are exceeded without it."""
    measured = capacity.measure(plan)
    for use in plan.quotas:
        for scope, one in zip(range(len(use.scopes)), measured, strict=False):
            if use.planned[scope] or one.status == "exceeded":
                yield use, scope, one


def _refused(use: QuotaUse, one: Capacity, limit: int, exceeded_from: int) -> Refused:
    instead = use.quota.remedy
    if use.quota.adjustable is None:
        instead = f"no page that was read says whether it can be increased: ask, or {instead}"
    return Refused(use.id, use.quota.title, one.scope, one.peak, limit, exceeded_from, instead)


def _request(use: QuotaUse, scope: int, one: Capacity, plan: Plan, buffer: Buffer) -> Request:
    limits = _limits(use, scope, plan)
    extra = buffer.of(one.peak)
    maximum = use.quota.maximum
    not_tight = _not_tight(use, one.peak, plan) if one.status == "tight" else None
    scarce = one.status in ("exceeded", "tight")
    granted = max(
        (limit.value for limit in limits[1:] if limit.value is not None and scarce and not limit.pending), default=None
    )
    wanted = max(one.peak + extra, not_tight or 0, granted or 0)
    needed_from = _needed_from(use, scope, one, plan)
    apply_by = None
    if needed_from is not None and one.lead_time_days is not None:
        apply_by = day_of(needed_from) - timedelta(days=one.lead_time_days)
    return Request(
        quota=use.id,
        title=use.quota.title,
        description=use.quota.description,
        product=use.quota.product,
        scope=one.scope,
        why=one.status,  # type: ignore[arg-type]
        where=_where(use, scope, plan),
        existing=one.existing,
        parts=_parts(use, scope, one, plan),
        peak=one.peak,
        peak_at=one.peak_at,
        extra=extra,
        limits=limits,
        limit=one.limit,
        not_tight=not_tight,
        granted=granted,
        maximum=maximum,
        wanted=wanted,
        value=wanted if maximum is None else min(wanted, maximum),
        needed_from=needed_from,
        lead_time_days=one.lead_time_days,
        apply_by=apply_by,
        too_late=None if apply_by is None or plan.as_of is None else apply_by < plan.as_of,
    )


def _not_tight(use: QuotaUse, peak: int, plan: Plan) -> int:
    """The least limit at which a peak is not tight."""
    percent, count = threshold_of(use.id, plan.inventory)
    return max(peak * 100 // percent + 1 if percent else peak, peak + count)


def _needed_from(use: QuotaUse, scope: int, one: Capacity, plan: Plan) -> int | None:
    if one.exceeded_from is not None:
        return one.exceeded_from
    tight = np.flatnonzero(use.status[scope] == STATUSES.index("tight"))
    return plan.inventory.period.months[int(tight[0])].start if len(tight) else None


def _limits(use: QuotaUse, scope: int, plan: Plan) -> tuple[Limit, ...]:
    """The default and what the estate states of a scope, by the day from which it applies."""
    return (
        Limit(use.quota.default, None, use.quota.reference.title),
        *(
            Limit(
                one.value,
                day_of(one.effective_from) if one.effective_from else None,
                one.reference.title,
                one.status == PENDING,
            )
            for one in stated_limits(use.id, *use.claims.key(scope), plan.inventory)
        ),
    )


def _where(use: QuotaUse, scope: int, plan: Plan) -> Where | None:
    router = int(use.claims.holder[scope])
    if use.quota.holder != "transit router" or router == NO_HOLDER:
        return None
    estate = plan.scenarios[0].estate
    name = plan.inventory.routers.ids[router]
    entry: TransitRouter = estate.transit_routers[name]
    return Where(
        name, entry.region, REGIONS[entry.region].name, entry.cen, entry.account, estate.accounts[entry.account].uid
    )


def _parts(use: QuotaUse, scope: int, one: Capacity, plan: Plan) -> tuple[Part, ...]:
    """Who makes up the peak, by plan and group."""
    tables = plan.inventory
    _, shares = use.shares(scope, one.peak_at)
    return tuple(
        Part(tables.scenarios[int(tables.subject_scenarios[subject])], tables.subjects[subject], count)
        for subject, count in sorted(shares.items())
    )
