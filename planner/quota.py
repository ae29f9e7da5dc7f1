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

import numpy as np

from planner import quotas
from planner.assumption import Assumptions
from planner.core.period import NEVER, Month, Period, day_of, instant_text
from planner.core.problem import Finding, InputError, Measured, Place, Problem, suggestion
from planner.core.provenance import Reference
from planner.demand import Events
from planner.inventory import Grant, Ints, Inventory, LeadTime

UNKNOWN = -1
NO_ROUTER = -1
OK, TIGHT, EXCEEDED, NOT_KNOWN = range(4)
STATUSES = ("ok", "tight", "exceeded", "unknown")
TIGHT_PERCENT = 80
"""An adjustable quota is tight from this share of its limit on."""
ATTACHMENT_LIMITS = Reference(
    title="Attach an IPsec-VPN connection to a transit router, limits",
    url="https://www.alibabacloud.com/help/en/cloud-enterprise-network/latest/create-a-vpn-connection",
    read_on="2026-11",
    evidence="official",
    updated="2026-02-24",
)
"""The page that states the quotas of the source document; several quotas cite it."""


@dataclass(frozen=True)
class Claims:
    """What counts towards a quota; s scopes, c claims."""

    scopes: tuple[str, ...]
    router: Ints
    """(s,) router whose granted limits apply; NO_ROUTER: none."""
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
    """(c,) code of the group."""
    notes: tuple[str, ...] = ()
    """(s,) what a finding about a scope has to add; empty: nothing."""


def claims_of(
    scopes: Sequence[str],
    router: Sequence[int],
    existing: Sequence[int],
    places: Sequence[Place],
    rows: Sequence[tuple[int, int, int, int, int]],
    notes: Sequence[str] = (),
) -> Claims:
    """Claims from rows of (scope, instant, change, step, group)."""
    scope, instant, change, step, group = np.array(rows, dtype=np.int64).reshape(-1, 5).T
    return Claims(
        scopes=tuple(scopes),
        router=np.array(router, dtype=np.int64),
        existing=np.array(existing, dtype=np.int64),
        places=tuple(places),
        scope=scope,
        instant=instant,
        change=change,
        step=step,
        group=group,
        notes=tuple(notes),
    )


@dataclass(frozen=True)
class Quota:
    """What a file in ``quotas/`` declares."""

    title: str
    """What is counted, in the plural: "VPN attachments"."""
    description: str
    """What the quota says, as a sentence."""
    default: int | None
    """None: no page that was read says."""
    adjustable: bool
    scope: str
    """What it is counted per: "transit router"."""
    reference: Reference
    claims: Callable[[Inventory, Events, Assumptions], Claims]
    remedy: str
    """What to do when it is exceeded, besides asking for more of an adjustable one."""
    other_readings: Callable[[Assumptions], tuple[tuple[str, Assumptions], ...]] | None = None
    """Readings of the rule that the plan's assumptions do not follow, each with its name."""


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

    def shares(self, scope: int, at: int) -> tuple[int, dict[int, int]]:
        """Who makes up the count at an instant: what exists, and each group by its code; without those with nothing."""
        claims = self.claims
        then = (claims.scope == scope) & (claims.instant <= at)
        counts = np.zeros(int(claims.group.max(initial=-1)) + 1, dtype=np.int64)
        np.add.at(counts, claims.group[then], claims.change[then])
        return int(claims.existing[scope]), {int(group): int(counts[group]) for group in np.flatnonzero(counts)}

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

    raises : InputError for granted limits of quotas that do not exist or cannot be increased
    """
    _check_grants(inventory)
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


def _check_grants(inventory: Inventory) -> None:
    problems = []
    stated: list[Grant | LeadTime] = [*inventory.routers.grants, *inventory.lead_times]
    for grant in stated:
        quota = declared().get(grant.quota)
        if quota is None:
            remedy = suggestion(grant.quota, [name for name, known in declared().items() if known.adjustable], "quotas")
            problems.append(Problem(grant.place, f"unknown quota {grant.quota!r}", remedy))
        elif not quota.adjustable:
            problems.append(Problem(grant.place, f"the quota {grant.quota} cannot be increased", "take it out"))
    if problems:
        raise InputError(problems)


class _Sweep:
    """Sweeps one quota over its instants."""

    def __init__(self, quota_id: str, quota: Quota, claims: Claims, inventory: Inventory) -> None:
        self.id, self.quota, self.claims, self.inventory = quota_id, quota, claims, inventory
        self.period: Period = inventory.period
        self.sources: list[str] = []
        self._candidates()

    def _candidates(self) -> None:
        """Instants that can be the worst of a month: month starts, changes of count, changes of limit."""
        claims, bounds = self.claims, self.inventory.bounds
        count = len(claims.scopes)
        order = np.lexsort((claims.instant, claims.scope))
        scope, instant = claims.scope[order], claims.instant[order]
        sums = np.append(0, np.cumsum(claims.change[order]))
        starts = np.searchsorted(scope, np.arange(count))
        changes = [(s, at) for s in range(count) for at, _, _ in self._limits(int(claims.router[s]))[1:]]
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

    def _limits(self, router: int) -> list[tuple[int, int, str]]:
        """Limits of a router over time: (from, value, source), ascending; the default comes first."""
        default = UNKNOWN if self.quota.default is None else self.quota.default
        granted = [
            (grant.effective_from, grant.value, grant.source)
            for grant in self.inventory.routers.grants
            if grant.router == router and grant.quota == self.id
        ]
        return [(0, default, self.quota.reference.title), *sorted(granted, key=lambda grant: grant[0])]

    def _limit_at(self, scope: Ints, instant: Ints) -> tuple[Ints, Ints]:
        limit, code = np.empty_like(instant), np.empty_like(instant)
        router_of = self.claims.router[scope] if len(scope) else scope
        for router in sorted(set(router_of.tolist())):
            rows = router_of == router
            for start, value, source in self._limits(router):
                if source not in self.sources:
                    self.sources.append(source)
                from_then = rows & (instant >= start)
                limit[from_then], code[from_then] = value, self.sources.index(source)
        return limit, code

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
        if self.quota.adjustable:
            status[used * 100 >= limit * TIGHT_PERCENT] = TIGHT
        status[used > limit] = EXCEEDED
        status[limit == UNKNOWN] = NOT_KNOWN
        sources = self.limit_code[best].reshape(shape).tolist()
        highest = np.lexsort((self.instant, -self.level, self.scope))
        top = highest[np.flatnonzero(np.diff(self.scope[highest], prepend=-1))]
        first = self._first_exceeded
        decides = np.where(first < NEVER, first, self.instant[top])
        most_over = np.zeros(shape[0], dtype=np.int64)
        np.maximum.at(most_over, self.scope[exceeded], (self.level - self.limit)[exceeded])
        return QuotaUse(
            id=self.id,
            quota=self.quota,
            scopes=self.claims.scopes,
            planned=np.bincount(self.claims.scope, minlength=shape[0]),
            used=used,
            limit=limit,
            status=status,
            limit_source=tuple(tuple(self.sources[code] for code in row) for row in sources),
            claims=self.claims,
            first_exceeded=first,
            first_limit=self._limit_at(np.arange(shape[0]), decides)[0],
            peak=self.level[top],
            peak_at=self.instant[top],
            most_over=most_over,
            instant=self.instant[best].reshape(shape),
        )

    def findings(self) -> Iterator[Finding]:
        """One finding per scope that is exceeded, or else tight.

        A tight scope that no step of the plan touches is left alone.
        """
        use = self.use
        for scope in np.flatnonzero((use.status == EXCEEDED).any(axis=1)).tolist():
            yield self._exceeded(use, scope)
        tight_only = (use.status == TIGHT).any(axis=1) & ~(use.status == EXCEEDED).any(axis=1) & (use.planned > 0)
        for scope in np.flatnonzero(tight_only).tolist():
            yield self._tight(use, scope)

    def _exceeded(self, use: QuotaUse, scope: int) -> Finding:
        months = self.period.months
        column = int(np.argmax(use.status[scope] == EXCEEDED))
        peak = int(np.argmax(use.used[scope]))
        used, limit = int(use.used[scope, column]), int(use.limit[scope, column])
        place, tipped_by = self._tips(scope)
        message = (
            f"{use.scopes[scope]}: {used} {self.quota.title} in {months[column]},"
            f" {used - limit} more than the limit of {limit}{self._who(scope, column)}; {tipped_by}"
        )
        if use.used[scope, peak] > used:
            message += f"; the highest count is {use.used[scope, peak]} in {months[peak]}"
        if self.claims.notes:
            message += f"; {self.claims.notes[scope]}"
        return Finding(
            code=self.id,
            level="error",
            subject=use.scopes[scope],
            place=place,
            message=message,
            remedy=self._remedy(scope, int(use.used[scope].max()), limit),
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

    def _remedy(self, scope: int, peak: int, limit: int) -> str:
        parts = []
        first = int(self._first_exceeded[scope])
        if self.quota.adjustable:
            parts.append(f"have the quota increased to at least {peak} before {instant_text(first)}")
        parts.append(self.quota.remedy)
        later = [
            f"the increase to {value} ({source}) counts only from {day_of(start)}"
            for start, value, source in self._limits(int(self.claims.router[scope]))
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
        step, group = int(claims.step[tipping]), self.inventory.group_names[claims.group[tipping]]
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
        return Finding(
            code=self.id,
            level="warning",
            subject=use.scopes[scope],
            place=self.claims.places[scope],
            message=(
                f"{use.scopes[scope]}: {used} of {limit} {self.quota.title} at the highest{self._who(scope, peak)},"
                f" {used * 100 // limit if limit else 100} %; {TIGHT_PERCENT} % or more from {month} on"
            ),
            remedy="ask for an increase before the next step of growth",
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
            (inventory.groups.ids[group], used)
            for group, used in by_group.items()
            if inventory.groups.scenario[group] == code
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


def _source(reference: Reference) -> str:
    return f"{reference.title}, {reference.url}" if reference.url else reference.title
