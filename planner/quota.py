"""Events -> used, limit and headroom of every quota, by scope and month.

A file in ``quotas/`` declares one quota. Counts are swept over exact instants, removals before additions at the
same instant: the highest count inside a month is true, which a monthly table could not know.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Literal, NamedTuple

import numpy as np

from planner import demand, quotas
from planner.assumption import Assumptions
from planner.core.period import NEVER, Month, Period, day_of, instant_text
from planner.core.problem import Finding, InputError, Measured, Place, Problem, suggestion
from planner.core.provenance import Reference
from planner.demand import Events
from planner.inventory import Bools, Ints, Inventory, LeadTime, Limit, LimitHolder, Threshold

UNKNOWN = -1
NO_HOLDER = -1
ESTATE = -1
"""Code of a group: it is the estate's, and leaves."""
LimitStatus = Literal["default", "granted", "requested", "live"]
PENDING: LimitStatus = "requested"
OK, TIGHT, EXCEEDED, NOT_KNOWN = range(4)
STATUSES = ("ok", "tight", "exceeded", "unknown")
TIGHT_PERCENT = 80
"""An adjustable quota is tight from this share of its limit on, where the estate states no threshold."""
ATTACHMENT_LIMITS = Reference(
    title="Attach an IPsec-VPN connection to a transit router, limits",
    url="https://www.alibabacloud.com/help/en/cloud-enterprise-network/latest/create-a-vpn-connection",
    read_on="2026-11",
    evidence="official",
    updated="2026-02-24",
)
"""The page that states the quotas of the source document; several quotas cite it."""


ATTACHMENTS_OF_OTHER_KINDS = Reference(
    title="Cloud Enterprise Network, limits (a page that exists and could not be read)",
    url="https://www.alibabacloud.com/help/en/cen/product-overview/limits",
    read_on="2026-11",
    evidence="assumed",
)
"""That there is a quota is borrowed from VPC attachments, of which the API has an error."""


@dataclass(frozen=True)
class Claims:
    """What counts towards a quota; s scopes, c claims."""

    scopes: tuple[str, ...]
    holder: Ints
    """(s,) router or account whose stated limits apply, as Quota.holder says; NO_HOLDER: none."""
    existing: Ints
    """(s,) what counts today, outside every plan."""
    places: tuple[Place, ...]
    """(s,) where the scope stands in the files."""
    scope: Ints
    instant: Ints
    change: Ints
    """(c,) what comes (> 0) or goes (< 0)."""
    step: Ints
    """(c,) code of the rollout step of an addition; -1: none."""
    group: Ints
    """(c,) code of the subject, a group or an underlay; ESTATE: it is the estate's."""
    notes: tuple[str, ...] = ()
    """(s,) what a finding about a scope has to add; empty: nothing."""
    region: Ints | None = None
    """(s,) region of a scope whose holder is an account; None: there are none."""

    def key(self, scope: int) -> tuple[int, int]:
        """The holder of a scope's limits, and its region; -1: none."""
        return int(self.holder[scope]), -1 if self.region is None else int(self.region[scope])


def claims_of(
    scopes: Sequence[str],
    holder: Sequence[int],
    existing: Sequence[int],
    places: Sequence[Place],
    rows: Sequence[tuple[int, int, int, int, int]],
    notes: Sequence[str] = (),
) -> Claims:
    """Claims from rows of (scope, instant, change, step, group)."""
    scope, instant, change, step, group = np.array(rows, dtype=np.int64).reshape(-1, 5).T
    return Claims(
        scopes=tuple(scopes),
        holder=np.array(holder, dtype=np.int64),
        existing=np.array(existing, dtype=np.int64),
        places=tuple(places),
        scope=scope,
        instant=instant,
        change=change,
        step=step,
        group=group,
        notes=tuple(notes),
    )


def per_account_and_region(inventory: Inventory, events: Events, change: Ints) -> Claims:
    """Claims of the accounts that own connections, in the regions of their transit routers.

    change : (e,) what each event adds
    """
    groups = inventory.groups
    regions = len(inventory.regions)
    keys, of_group = np.unique(groups.owner * regions + inventory.group_region, return_inverse=True)
    owner, region = keys // regions, keys % regions
    names = zip(owner.tolist(), region.tolist(), strict=True)
    first = np.full(len(keys), len(groups.ids))
    np.minimum.at(first, of_group, np.arange(len(groups.ids)))
    return Claims(
        scopes=tuple(f"{inventory.accounts[account]}/{inventory.regions[place]}" for account, place in names),
        holder=owner,
        existing=np.zeros(len(keys), dtype=np.int64),
        places=tuple(groups.places[group] for group in first.tolist()),
        scope=of_group[events.group],
        instant=events.instant,
        change=change,
        step=events.step,
        group=events.group,
        region=region,
    )


def attached_of_kind(kind: str, inventory: Inventory) -> Claims:
    """What of a kind is attached to transit routers today, and the underlays of that kind that plans bring.

    Routers with nothing of it are left out.
    """
    routers, underlays = inventory.routers, inventory.underlays
    start, end = demand.underlay_spans(inventory)
    rows = []
    for code, of_kind in enumerate(underlays.kind):
        if of_kind != kind or underlays.already_attached[code] or not end[code]:
            continue
        router, subject = int(underlays.router[code]), len(inventory.groups.ids) + code
        rows.append((router, int(start[code]), 1, -1, subject))
        if end[code] < NEVER:
            rows.append((router, int(end[code]), -1, -1, subject))
    there = routers.attached[kind] > 0
    there[[row[0] for row in rows]] = True
    used = np.flatnonzero(there)
    number = {router: scope for scope, router in enumerate(used.tolist())}
    return claims_of(
        scopes=[routers.ids[router] for router in number],
        holder=list(number),
        existing=routers.attached[kind][used].tolist(),
        places=[routers.places[router] for router in number],
        rows=[(number[router], at, change, step, subject) for router, at, change, step, subject in rows],
    )


class Present(NamedTuple):
    """From when to when something is there; n rows."""

    row: Ints
    """(n,) the event that makes it come or go."""
    change: Ints
    """(n,) 1: it comes; -1: it goes."""


def present(scope: Ints, instant: Ints, change: Ints) -> Present:
    """When the counts of scopes rise above 0 and fall to it again; several events of one instant are one."""
    order = np.lexsort((instant, scope))
    sums = np.append(0, np.cumsum(change[order]))
    starts = np.searchsorted(scope[order], scope[order])
    level = sums[1:] - sums[starts]
    last = np.ones(len(order), dtype=bool)
    last[:-1] = (np.diff(scope[order]) != 0) | (np.diff(instant[order]) != 0)
    there = level[last] > 0
    of_scope = scope[order][last]
    was = np.zeros(len(there), dtype=bool)
    was[1:] = there[:-1] & (of_scope[1:] == of_scope[:-1])
    turns = there != was
    return Present(order[last][turns], np.where(there[turns], 1, -1))


@dataclass(frozen=True)
class Quota:
    """What a file in ``quotas/`` declares."""

    title: str
    """What is counted, in the plural: "VPN attachments"."""
    description: str
    """What the quota says, as a sentence."""
    unit: str
    """What one of them is, in the singular: "VPN attachment"."""
    default: int | None
    """None: no page that was read says."""
    adjustable: bool | None
    """None: no page that was read says."""
    maximum: int | None
    """The most that can be granted; None: no page that was read says."""
    scope: str
    """What it is counted per: "transit router"."""
    holder: LimitHolder | None
    """What of the estate can state another limit than the default; None: nothing."""
    product: Literal["cbn", "vpn", "vpc", "expressconnect"]
    """Product code under which Quota Center lists it; the codes of the quotas are not published."""
    reference: Reference
    claims: Callable[[Inventory, Events, Assumptions], Claims]
    remedy: str
    """What to do when it is exceeded, besides asking for more of an adjustable one."""
    other_readings: Callable[[Assumptions], tuple[tuple[str, Assumptions], ...]] | None = None
    """Readings of the rule that the plan's assumptions do not follow, each with its name."""
    lower_bound: bool = False
    """Whether the count is what is there at least, since no plan states all of it."""
    doubt: str = ""
    """Why the default may not hold, as a clause: an excess of it is then a warning. Empty: it is an error."""

    @property
    def increasable(self) -> Literal["yes", "no", "unknown"]:
        """Whether it can be increased on request, in a word."""
        return "unknown" if self.adjustable is None else "yes" if self.adjustable else "no"


@dataclass(frozen=True)
class QuotaUse:
    """One quota over time; s scopes x m months."""

    id: str
    quota: Quota
    scopes: tuple[str, ...]
    planned: Ints
    """(s,) how many steps of the plan touch the scope."""
    used: Ints
    """(s, m) the highest count inside the month; where the limit is exceeded, the highest that exceeds it."""
    limit: Ints
    """(s, m) the limit at that instant; UNKNOWN where it is."""
    status: Ints
    """(s, m) codes of STATUSES."""
    limit_source: tuple[tuple[str, ...], ...]
    """(s, m) where the limit stands."""
    limit_status: tuple[tuple[LimitStatus, ...], ...]
    """(s, m) whether the limit is the default, granted, requested (which is pending) or read live."""
    instant: Ints
    """(s, m) seconds at which the count is that of ``used``."""
    claims: Claims
    first_exceeded: Ints
    """(s,) seconds of the first instant of the period at which the scope is over its limit; NEVER: at none."""
    first_limit: Ints
    """(s,) the limit at that instant; where it is never exceeded, at the peak; UNKNOWN where it is."""
    peak: Ints
    """(s,) the highest count of the period."""
    peak_at: Ints
    """(s,) seconds of the first instant of the period with that count."""
    most_over: Ints
    """(s,) by how many the limit is exceeded at most; 0: never."""
    least_headroom: Ints
    """(s,) the limit less the count, at the instant of the period at which that is least; negative: exceeded. Of no
    meaning where a limit is unknown."""
    first_status: tuple[LimitStatus, ...]
    """(s,) what kind of limit first_limit is."""
    fails: Bools
    """(s,) whether an excess is an error; of a default that is in doubt it is a warning."""

    def shares(self, scope: int, at: int) -> tuple[int, dict[int, int]]:
        """Who makes up the count at an instant: what exists, less what left of it, and each subject by its code.

        Those with nothing are left out.
        """
        claims = self.claims
        then = (claims.scope == scope) & (claims.instant <= at)
        counts = np.zeros(int(claims.group.max(initial=ESTATE)) + 2, dtype=np.int64)
        np.add.at(counts, claims.group[then] + 1, claims.change[then])
        left, *of_subjects = counts.tolist()
        return int(claims.existing[scope]) + left, {code: count for code, count in enumerate(of_subjects) if count}

    @cached_property
    def worst(self) -> Ints:
        """(s,) the worst status of each scope: exceeded, then unknown, then tight."""
        severity = np.array([0, 1, 3, 2])
        return np.argsort(severity)[severity[self.status].max(axis=1)] if self.status.size else self.planned[:0]


@cache
def declared() -> dict[str, Quota]:
    """Every quota by id, which is the name of its file."""
    names = sorted(module.name for module in pkgutil.iter_modules(quotas.__path__))
    return {name.replace("_", "-"): importlib.import_module(f"{quotas.__name__}.{name}").QUOTA for name in names}


def measure(
    inventory: Inventory, events: Events, assumptions: Assumptions
) -> tuple[tuple[QuotaUse, ...], tuple[Finding, ...]]:
    """Every quota over time, and one finding per scope that is exceeded or tight.

    raises : InputError for limits, thresholds and lead times of quotas that do not exist or cannot have them
    """
    _check_stated(inventory)
    uses: list[QuotaUse] = []
    findings: list[Finding] = []
    for quota_id, quota in declared().items():
        claims = quota.claims(inventory, events, assumptions)
        sweep = _Sweep(quota_id, quota, claims, inventory)
        uses.append(sweep.use)
        findings.extend(sweep.findings())
        if quota.other_readings and claims.scopes:
            for name, other in quota.other_readings(assumptions):
                findings.append(_other_reading(quota_id, quota, uses[-1], inventory, events, name, other))
    return tuple(uses), tuple(findings)


def _check_stated(inventory: Inventory) -> None:
    """Limits, thresholds and lead times are those of quotas that can have them."""
    problems = []
    stated: list[Limit | LeadTime | Threshold] = [*inventory.limits, *inventory.lead_times, *inventory.thresholds]
    for one in stated:
        quota = declared().get(one.quota)
        if quota is None:
            known = [name for name, quota in declared().items() if _can_have(quota, one)]
            remedy = suggestion(one.quota, known, "quotas")
            problems.append(Problem(one.place, f"unknown quota {one.quota!r}", remedy))
        elif isinstance(one, Limit) and quota.holder != one.holder:
            message = f"the quota {one.quota} is counted per {quota.scope}, and this is a limit of the {one.holder}"
            remedy = (
                f"state it under {_UNDER[quota.holder]}"
                if quota.holder
                else "take it out: no limit of it can be stated"
            )
            problems.append(Problem(one.place, message, remedy))
        elif not _can_have(quota, one):
            remedy = "take it out"
            if isinstance(one, Limit):
                remedy += ", or correct it: what Quota Center shows is status: live, with read_on"
            problems.append(Problem(one.place, f"the quota {one.quota} cannot be increased", remedy))
    if problems:
        raise InputError(problems)


_UNDER: dict[LimitHolder, str] = {
    "transit router": "transit_routers: NAME: limits",
    "account": "accounts: NAME: limits",
}


def _can_have(quota: Quota, stated: Limit | LeadTime | Threshold) -> bool:
    """Whether a quota can have what is stated of it: of one that cannot be increased no increase, nor its lead time."""
    if isinstance(stated, Threshold):
        return True
    if isinstance(stated, Limit):
        return quota.holder == stated.holder and (quota.adjustable is not False or stated.status == "live")
    return quota.adjustable is not False


def stated_limits(quota_id: str, holder: int, region: int, inventory: Inventory) -> list[Limit]:
    """What the estate states of a quota for a router or account and region, by the day from which it applies."""
    kind = declared()[quota_id].holder
    own = (one for one in inventory.limits if (one.quota, one.holder, one.code) == (quota_id, kind, holder))
    return sorted((one for one in own if one.region in (-1, region)), key=lambda one: one.effective_from)


def threshold_of(quota_id: str, inventory: Inventory) -> tuple[int | None, int]:
    """From which percent of its limit on a quota is tight (None: from none), and below which headroom."""
    stated = next((one for one in inventory.thresholds if one.quota == quota_id), None)
    percent = stated.percent if stated else None
    if percent is None and declared()[quota_id].adjustable:
        percent = TIGHT_PERCENT
    return percent, (stated.count or 0) if stated else 0


class _Step(NamedTuple):
    """A limit from an instant on."""

    start: int
    value: int
    source: str
    status: LimitStatus


class _Sweep:
    """Sweeps one quota over its instants."""

    def __init__(self, quota_id: str, quota: Quota, claims: Claims, inventory: Inventory) -> None:
        self.id, self.quota, self.claims, self.inventory = quota_id, quota, claims, inventory
        self.period: Period = inventory.period
        self.sources: list[tuple[str, LimitStatus]] = []
        self.stated: dict[tuple[int, int], list[_Step]] = {}
        self._candidates()

    def _candidates(self) -> None:
        """Instants that can be the worst of a month: month starts, changes of count, changes of limit."""
        claims, bounds = self.claims, self.inventory.bounds
        count = len(claims.scopes)
        order = np.lexsort((claims.instant, claims.scope))
        scope, instant = claims.scope[order], claims.instant[order]
        sums = np.append(0, np.cumsum(claims.change[order]))
        starts = np.searchsorted(scope, np.arange(count))
        changes = [(s, at) for s in range(count) for at, *_ in self._limits(s)[1:]]
        inside = (instant > bounds[0]) & (instant < bounds[-1])
        self.scope = np.concatenate(
            [
                np.repeat(np.arange(count), len(bounds) - 1),
                scope[inside],
                np.array([s for s, _ in changes], dtype=np.int64),
            ]
        )
        self.instant = np.concatenate(
            [
                np.tile(bounds[:-1], count),
                instant[inside],
                np.array([at for _, at in changes], dtype=np.int64),
            ]
        )
        kept = (self.instant >= bounds[0]) & (self.instant < bounds[-1])
        self.scope, self.instant = self.scope[kept], self.instant[kept]
        until = _count_until(scope, instant, self.scope, self.instant)
        self.level = claims.existing[self.scope] + sums[until] - sums[starts[self.scope]] if count else self.scope
        self.limit, self.limit_code = self._limit_at(self.scope, self.instant)

    def _limits(self, scope: int, pending: bool = True) -> list[_Step]:
        """Limits of a scope over time, ascending; the default comes first.

        pending : whether limits that are requested, not granted, count
        """
        holder, region = key = self.claims.key(scope)
        if key not in self.stated:
            own = [
                _Step(one.effective_from, one.value, one.reference.title, one.status)
                for one in stated_limits(self.id, holder, region, self.inventory)
            ]
            if own and own[0].status == "live":
                own[0] = own[0]._replace(start=0)  # nothing else is known of the time before it was read
            default = UNKNOWN if self.quota.default is None else self.quota.default
            self.stated[key] = [_Step(0, default, self.quota.reference.title, "default"), *own]
        return [one for one in self.stated[key] if pending or one.status != PENDING]

    def _limit_at(self, scope: Ints, instant: Ints, pending: bool = True) -> tuple[Ints, Ints]:
        """Limits of scopes at instants, and codes of self.sources that say where each stands and what it is."""
        limit, code = np.empty_like(instant), np.empty_like(instant)
        keys, first, of_scope = self._keys
        for number in range(len(keys)):
            rows = of_scope[scope] == number
            for start, value, source, status in self._limits(int(first[number]), pending):
                if (source, status) not in self.sources:
                    self.sources.append((source, status))
                from_then = rows & (instant >= start)
                limit[from_then], code[from_then] = value, self.sources.index((source, status))
        return limit, code

    @cached_property
    def _keys(self) -> tuple[list[tuple[int, int]], list[int], Ints]:
        """Distinct holders and regions, a scope of each, and which one each scope has."""
        number: dict[tuple[int, int], int] = {}
        first: list[int] = []
        of_scope = []
        regions = self.claims.holder.tolist() if self.claims.region is None else self.claims.region.tolist()
        plain = self.claims.region is None
        for scope, (holder, region) in enumerate(zip(self.claims.holder.tolist(), regions, strict=True)):
            key = (holder, -1 if plain else region)
            if key not in number:
                number[key] = len(number)
                first.append(scope)
            of_scope.append(number[key])
        return list(number), first, np.array(of_scope, dtype=np.int64)

    @cached_property
    def threshold(self) -> tuple[int | None, int]:
        """From which percent of its limit on the quota is tight (None: from none), and below which headroom."""
        return threshold_of(self.id, self.inventory)

    @cached_property
    def use(self) -> QuotaUse:
        """The worst instant of each scope and month."""
        shape = (len(self.claims.scopes), self.period.count)
        month = np.searchsorted(self.inventory.bounds, self.instant, side="right") - 1
        exceeded = (self.limit != UNKNOWN) & (self.level > self.limit)
        order = np.lexsort((self.instant, self.limit, -self.level, ~exceeded, month, self.scope))
        cell = (self.scope * self.period.count + month)[order]
        best = order[np.flatnonzero(np.diff(cell, prepend=-1))]
        used, limit = self.level[best].reshape(shape), self.limit[best].reshape(shape)
        status = np.full(shape, OK)
        percent, count = self.threshold
        if percent is not None:
            status[used * 100 >= limit * percent] = TIGHT
        status[limit - used < count] = TIGHT
        status[used > limit] = EXCEEDED
        status[limit == UNKNOWN] = NOT_KNOWN
        sources = [[self.sources[code] for code in row] for row in self.limit_code[best].reshape(shape).tolist()]
        highest = np.lexsort((self.instant, -self.level, self.scope))
        top = highest[np.flatnonzero(np.diff(self.scope[highest], prepend=-1))]
        first = self._first_exceeded
        decides = np.where(first < NEVER, first, self.instant[top])
        most_over = np.zeros(shape[0], dtype=np.int64)
        np.maximum.at(most_over, self.scope[exceeded], (self.level - self.limit)[exceeded])
        least = np.full(shape[0], NEVER)
        np.minimum.at(least, self.scope, self.limit - self.level)
        in_doubt = np.array([bool(self.quota.doubt) and source[1] == "default" for source in self.sources], dtype=bool)
        fails = np.zeros(shape[0], dtype=bool)
        fails[self.scope[exceeded & ~in_doubt[self.limit_code]]] = True
        first_limit, first_code = self._limit_at(np.arange(shape[0]), decides)
        return QuotaUse(
            id=self.id,
            quota=self.quota,
            scopes=self.claims.scopes,
            planned=np.bincount(self.claims.scope, minlength=shape[0]),
            used=used,
            limit=limit,
            status=status,
            limit_source=tuple(tuple(source for source, _ in row) for row in sources),
            limit_status=tuple(tuple(status for _, status in row) for row in sources),
            claims=self.claims,
            first_exceeded=first,
            first_limit=first_limit,
            first_status=tuple(self.sources[code][1] for code in first_code.tolist()),
            peak=self.level[top],
            peak_at=self.instant[top],
            most_over=most_over,
            least_headroom=least,
            fails=fails,
            instant=self.instant[best].reshape(shape),
        )

    def findings(self) -> Iterator[Finding]:
        """One finding per scope that is exceeded, or else tight; one where a limit is pending; one of unknown limits.

        A tight scope that no step of the plan touches is left alone, and so is a limit of it.
        """
        use = self.use
        for scope in np.flatnonzero((use.status == EXCEEDED).any(axis=1)).tolist():
            yield self._exceeded(use, scope)
        tight_only = (use.status == TIGHT).any(axis=1) & ~(use.status == EXCEEDED).any(axis=1) & (use.planned > 0)
        for scope in np.flatnonzero(tight_only).tolist():
            yield self._tight(use, scope)
        touched = use.planned > 0
        for scope in np.flatnonzero(touched).tolist() if any(one.status == PENDING for one in self._own_limits) else ():
            yield from self._pending(use, scope)
        unknown = np.flatnonzero((use.status == NOT_KNOWN).any(axis=1) & touched).tolist()
        if unknown:
            yield self._unknown(use, unknown)

    @property
    def _own_limits(self) -> Iterator[Limit]:
        return (one for one in self.inventory.limits if one.quota == self.id)

    def _pending(self, use: QuotaUse, scope: int) -> Iterator[Finding]:
        """That a limit of the period is requested, not granted, and what happens where it is not."""
        start, end = self.inventory.bounds[0], self.inventory.bounds[-1]
        requested = [one for one in self._limits(scope) if one.status == PENDING and one.start < end]
        if not requested:
            return
        mine = self.scope == scope
        without = self._limit_at(self.scope[mine], self.instant[mine], pending=False)[0]
        over = (without != UNKNOWN) & (self.level[mine] > without)
        relies = over & (self.level[mine] <= self.limit[mine])
        name = use.scopes[scope]
        values = " and ".join(
            f"{one.value} from {instant_text(max(one.start, int(start)))} ({one.source})" for one in requested
        )
        message = f"{name}: pending: a limit of {values} is requested, not granted"
        if relies.any():
            at = int(self.instant[mine][relies].min())
            row = np.flatnonzero(relies & (self.instant[mine] == at))[0]
            message += (
                f"; without it {self.level[mine][row]} of {without[row]} {self.quota.title} from {instant_text(at)} on"
            )
        else:
            message += "; the plan does not depend on it"
        yield Finding(
            code=self.id,
            level="warning" if relies.any() else "info",
            subject=name,
            place=next((one.place for one in self._own_limits if one.status == PENDING), self.claims.places[scope]),
            message=message,
            remedy="set status: granted when it is; until then do not rely on it",
            source=requested[0].source,
        )

    def _unknown(self, use: QuotaUse, scopes: list[int]) -> Finding:
        """That a limit is unknown, how much of it is used, and how to read it."""
        first = scopes[0]
        counts = [f"{use.scopes[scope]} {_at_least(self.quota)}{int(use.peak[scope])}" for scope in scopes[:3]]
        more = f" and {len(scopes) - 3} more scopes" if len(scopes) > 3 else ""
        under = f" under {_UNDER[self.quota.holder]}, with status: live" if self.quota.holder else ""
        return Finding(
            code=self.id,
            level="info",
            subject=use.scopes[first],
            place=self.claims.places[first],
            message=(
                f"the limit of {self.quota.title} per {self.quota.scope} is unknown: no page that was read states it;"
                f" at the highest {', '.join(counts)}{more}"
            ),
            remedy=(
                f"read it in Quota Center, product code {self.quota.product}, where its description is that of this"
                f" quota, and state it in the estate{under}"
            ),
            source=_source(self.quota.reference),
        )

    def _exceeded(self, use: QuotaUse, scope: int) -> Finding:
        months = self.period.months
        column = int(np.argmax(use.status[scope] == EXCEEDED))
        peak = int(np.argmax(use.used[scope]))
        used, limit = int(use.used[scope, column]), int(use.limit[scope, column])
        place, tipped_by = self._tips(scope)
        message = (
            f"{use.scopes[scope]}: {_at_least(self.quota)}{used} {self.quota.title} in {months[column]},"
            f" {used - limit} more than the limit of {limit}{_pending(use, scope, column)}"
            f"{self._who(scope, column)}; {tipped_by}"
        )
        if use.used[scope, peak] > used:
            message += f"; the highest count is {use.used[scope, peak]} in {months[peak]}"
        if self.claims.notes:
            message += f"; {self.claims.notes[scope]}"
        fails = bool(use.fails[scope])
        if not fails:
            message += f"; {self.quota.doubt}"
        return Finding(
            code=self.id,
            level="error" if fails else "warning",
            subject=use.scopes[scope],
            place=place,
            message=message,
            remedy=self._remedy(scope, int(use.used[scope].max()), limit, fails),
            source=_source(self.quota.reference),
            measured=self._most_over(scope),
        )

    def _most_over(self, scope: int) -> Measured:
        """The count and the limit of the first instant at which the limit is exceeded by most."""
        over = np.where((self.scope == scope) & (self.limit != UNKNOWN), self.level - self.limit, 0)
        worst = int(np.lexsort((self.instant, -over))[0])
        return Measured(int(self.level[worst]), int(self.limit[worst]), self.quota.title)

    def _who(self, scope: int, column: int) -> str:
        """Who uses what of a scope in a month, where several plans do: by plan, and by group within each."""
        if len(self.inventory.scenarios) == 1:
            return ""
        named = [
            f"{name} {used}" + (f": {', '.join(f'{group} {own}' for group, own in groups)}" if groups else "")
            for name, used, groups in usage_by_plan(self.use, scope, column, self.inventory)
        ]
        return f" ({'; '.join(named)})"

    def _remedy(self, scope: int, peak: int, limit: int, fails: bool) -> str:
        parts = []
        first = int(self._first_exceeded[scope])
        if not fails:
            parts.append(
                f"read the limit in Quota Center (product code {self.quota.product}) and state it in the estate with"
                " status: live"
            )
        if self.quota.adjustable:
            parts.append(f"have the quota increased to at least {peak} before {instant_text(first)}")
        parts.append(self.quota.remedy)
        later = [
            f"the increase to {value} ({source}{', pending' if status == PENDING else ''}) counts only from"
            f" {day_of(start)}"
            for start, value, source, status in self._limits(scope)
            if start > first and value > limit
        ]
        return "; ".join([", or ".join(parts), *later])

    @cached_property
    def _first_exceeded(self) -> Ints:
        """(s,) seconds of the first instant at which each scope is over its limit; NEVER where it is not."""
        first = np.full(len(self.claims.scopes), NEVER)
        over = (self.limit != UNKNOWN) & (self.level > self.limit)
        np.minimum.at(first, self.scope[over], self.instant[over])
        return first

    def _tips(self, scope: int) -> tuple[Place, str]:
        """The step that takes a scope over its limit: its place, and who it is in words."""
        claims, first = self.claims, int(self._first_exceeded[scope])
        limit = int(self._limit_at(np.array([scope]), np.array([first]))[0][0])
        level = int(claims.existing[scope])
        if level > limit:
            return claims.places[scope], "it is exceeded by what exists already"
        tipping = None
        for row in self._until(scope, first):
            over_before, level = level > limit, level + int(claims.change[row])
            happens_now = claims.instant[row] == first or first == self.inventory.bounds[0]
            if level > limit and not over_before and happens_now:
                tipping = row
        if tipping is None:
            return claims.places[scope], f"the limit falls below what is attached on {instant_text(first)}"
        step, group = int(claims.step[tipping]), self.inventory.subject_names[claims.group[tipping]]
        adds = claims.change[tipping]
        place = claims.places[scope]
        if step >= 0:
            place = self.inventory.step_places[step]
            adds = claims.change[(claims.scope == scope) & (claims.step == step)].sum()
        when = instant_text(int(claims.instant[tipping]))
        return place, f"tipped by the step of {when} of {group!r}, which adds {adds}"

    def _until(self, scope: int, last: int) -> list[int]:
        """Claims on a scope up to an instant, removals first; those of the last instant in the order of the files."""
        claims = self.claims

        def key(row: int) -> tuple[int, bool, tuple[str, int, int], int]:
            now = claims.instant[row] == last and claims.step[row] >= 0
            place = tuple(self.inventory.step_places[claims.step[row]].location) if now else ("", 0, 0)
            return int(claims.instant[row]), bool(claims.change[row] > 0), place, int(claims.step[row])

        return sorted(np.flatnonzero((claims.scope == scope) & (claims.instant <= last)).tolist(), key=key)

    def _tight(self, use: QuotaUse, scope: int) -> Finding:
        column = int(np.argmax(use.status[scope] == TIGHT))
        peak = int(np.argmax(use.used[scope]))
        used, limit = int(use.used[scope, peak]), int(use.limit[scope, peak])
        month: Month = self.period.months[column]
        percent, count = self.threshold
        rules = [f"{percent} % or more"] if percent is not None else []
        rules += [f"headroom of less than {count}"] if count else []
        return Finding(
            code=self.id,
            level="warning",
            subject=use.scopes[scope],
            place=self.claims.places[scope],
            message=(
                f"{use.scopes[scope]}: {_at_least(self.quota)}{used} of {limit}{_pending(use, scope, peak)}"
                f" {self.quota.title} at the highest{self._who(scope, peak)},"
                f" {used * 100 // limit if limit else 100} %; {' or '.join(rules)} from {month} on"
            ),
            remedy="ask for an increase before the next step of growth" if self.quota.adjustable else self.quota.remedy,
            source=_source(self.quota.reference),
            measured=Measured(used, limit, self.quota.title),
        )


EXISTING = "existing"


def usage_by_plan(
    use: QuotaUse, scope: int, column: int, inventory: Inventory
) -> list[tuple[str, int, list[tuple[str, int]]]]:
    """Who uses what of a scope in a month: (who, count, its groups with theirs); first what exists, then plan by plan.

    Those that use nothing are left out.
    """
    existing, by_group = use.shares(scope, int(use.instant[scope, column]))
    found: list[tuple[str, int, list[tuple[str, int]]]] = [(EXISTING, existing, [])] if existing else []
    for code, name in enumerate(inventory.scenarios):
        own = [
            (inventory.subjects[group], used)
            for group, used in by_group.items()
            if inventory.subject_scenarios[group] == code
        ]
        if own:
            found.append((name, sum(used for _, used in own), own))
    return found


def _count_until(scope: Ints, instant: Ints, of_scope: Ints, at: Ints) -> Ints:
    """How many of the claims, sorted by scope and instant, happen in or before (scope, instant) pairs."""
    instants, _ = np.unique(np.concatenate([instant, at]), return_index=True)  # plain unique loads numpy.ma
    span = len(instants) + 1
    key = scope * span + np.searchsorted(instants, instant)
    return np.searchsorted(key, of_scope * span + np.searchsorted(instants, at), side="right")


def _other_reading(
    quota_id: str, quota: Quota, use: QuotaUse, inventory: Inventory, events: Events, name: str, other: Assumptions
) -> Finding:
    """What a reading that the plan does not follow would say."""
    sweep = _Sweep(quota_id, quota, quota.claims(inventory, events, other), inventory)
    read = sweep.use
    scope, column = np.unravel_index(int(np.argmax(read.used - read.limit)), read.used.shape)
    exceeded = bool((read.status == EXCEEDED).any())
    differs = exceeded != bool((use.status == EXCEEDED).any())
    verdict = "exceeded" if exceeded else "not exceeded"
    return Finding(
        code=quota_id,
        level="warning" if differs else "info",
        subject=read.scopes[scope],
        place=sweep.claims.places[scope],
        message=(
            f"read the other way ({name}), the quota is {verdict}: {read.used[scope, column]} of"
            f" {read.limit[scope, column]} on {read.scopes[scope]} in {inventory.period.months[column]}"
        ),
        remedy=f"the pages do not say which reading holds; the plan can choose: assumptions: {{{name}}}",
        source=_source(quota.reference),
    )


def _at_least(quota: Quota) -> str:
    return "at least " if quota.lower_bound else ""


def _pending(use: QuotaUse, scope: int, column: int) -> str:
    """That the limit of a month is requested, not granted."""
    return " (requested, pending)" if use.limit_status[scope][column] == PENDING else ""


def _source(reference: Reference) -> str:
    return f"{reference.title}, {reference.url}" if reference.url else reference.title
