"""Inventory -> events and timeline: what is there when, and what it sends.

Events keep exact instants, for quotas. The timeline counts whole hours and GB by month, for billing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from planner.assumption import Assumptions
from planner.core.period import HOUR, NEVER, month_of, seconds
from planner.core.problem import InputError, Problem
from planner.inventory import Bools, Ints, Inventory, Lots
from planner.scenario import Group

MOST_MICRO_GB = 2**51
"""Micro-GB that a group may send in a month (2.25 billion GB), so that its shares of a pool stay exact."""
_BLOCK = 1024
"""Rows worked on at a time: a few arrays of 1024 x 36 numbers stay in the cache."""
_MORE_THAN_ITS_ERROR = 2**-49
"""Each of the six steps of an estimate adds 2^-53 of it at most."""
_HUGE = 1e200
"""More than any factor that matters; a product with it is still a float."""


@dataclass(frozen=True)
class Events:
    """Connections that come or go; e rows in no particular order."""

    instant: Ints
    """(e,) seconds."""
    group: Ints
    change: Ints
    """(e,) connections, positive or negative."""
    step: Ints
    """(e,) code of the step of an addition; -1 for a removal."""


@dataclass(frozen=True)
class Timeline:
    """What each group has and sends in each month; g groups x m months."""

    site_hours: Ints
    """(g, m) clock hours of its sites, added up."""
    cdt_site_hours: Ints
    """(g, m) those of them on which Internet traffic is billed by CDT."""
    connection_hours: Ints
    """(g, m) hours that are charged of its IPsec-VPN connections."""
    to_data_center: Ints
    """(g, m) micro-GB; 0 where not stated."""
    from_data_center: Ints
    """(g, m) micro-GB; 0 where not stated."""
    to_stated: Bools
    """(g,) whether the plan states the traffic to the data centre."""
    from_stated: Bools
    """(g,) whether the plan states the traffic from the data centre."""
    underlay_hours: Ints
    """(u, m) hours that are charged from an underlay's first attachment to its last; 0 where it exists for other
    reasons."""


def events(inventory: Inventory) -> Events:
    """Every instant at which connections of the plan come or go."""
    lots = inventory.lots
    connections = lots.sites * inventory.groups.connections_per_site[lots.group]
    leaving = lots.end < NEVER
    return Events(
        instant=np.concatenate([lots.start, lots.end[leaving]]),
        group=np.concatenate([lots.group, lots.group[leaving]]),
        change=np.concatenate([connections, -connections[leaving]]),
        step=np.concatenate([lots.added_by, np.full(int(leaving.sum()), -1)]),
    )


def most_at_once(groups: Iterable[Group], tunnels: Mapping[str, int] | None = None) -> int:
    """The most connections that some groups have together at one instant.

    tunnels : by the id of a group what each of its connections counts for; not given: 1
    """
    changes = sorted(
        (step.instant, step.change * group.entry.connections_per_site * (tunnels or {}).get(group.id, 1))
        for group in groups
        for step in group.steps
    )
    present = most = 0
    for _, change in changes:
        present += change
        most = max(most, present)
    return most


def timeline(inventory: Inventory) -> Timeline:
    """Hours and GB of each group by month.

    raises : InputError where a group would send more than MOST_MICRO_GB in a month
    """
    groups, lots = inventory.groups, inventory.lots
    per_group = len(groups.ids)
    site_hours = _by_group(lots, lots.start, per_group, inventory.bounds)
    cdt_site_hours = _by_group(lots, np.maximum(lots.start, lots.cdt_from), per_group, inventory.bounds)
    charged = _charged_hours(inventory.assumptions)
    charged_hours = site_hours
    if charged is not clock_hours:
        charged_hours = _by_group(lots, lots.start, per_group, inventory.bounds, charged)
    growth = _growth(inventory)
    return Timeline(
        site_hours=site_hours,
        cdt_site_hours=cdt_site_hours,
        connection_hours=charged_hours * groups.connections_per_site[:, None],
        to_data_center=_traffic(inventory, growth, inventory.traffic.to_data_center, site_hours),
        from_data_center=_traffic(inventory, growth, inventory.traffic.from_data_center, site_hours),
        to_stated=inventory.traffic.to_data_center[groups.traffic] >= 0,
        from_stated=inventory.traffic.from_data_center[groups.traffic] >= 0,
        underlay_hours=_underlay_hours(inventory, charged),
    )


def clock_hours(start: Ints, end: Ints, bounds: Ints) -> Ints:
    """Clock hours that intervals touch in each month: part of an hour is a whole hour.

    start, end : (n,) seconds, half-open; nothing where end <= start
    bounds     : (m + 1,) seconds of the months
    returns    : (n, m) hours
    source     : CEN billing page: the billing cycle is one hour, part of an hour is charged as one
    """
    first = np.where(start < end, start // HOUR, NEVER)[:, None]
    last = -(-end // HOUR)[:, None]
    edges = bounds // HOUR
    return np.maximum(np.minimum(last, edges[1:]) - np.maximum(first, edges[:-1]), 0)


def running_hours(start: Ints, end: Ints, bounds: Ints) -> Ints:
    """Hours of intervals where an hour begins at the instant of creation; the last one is whole as well.

    An hour belongs to the month in which it begins.
    start, end : (n,) seconds, half-open; nothing where end <= start
    bounds     : (m + 1,) seconds of the months
    returns    : (n, m) hours
    source     : the other reading of clock_hours
    """
    whole = np.maximum(-((start - end) // HOUR), 0)[:, None]
    begun_before = -((start[:, None] - bounds) // HOUR)
    return np.diff(np.clip(begun_before, 0, whole), axis=1)


Hours = Callable[[Ints, Ints, Ints], Ints]


def _charged_hours(assumptions: Assumptions) -> Hours:
    """How the hours of a fee are counted; GB follow the clock hours either way."""
    return running_hours if assumptions.part_of_an_hour == "running-hour" else clock_hours


def _by_group(lots: Lots, start: Ints, groups: int, bounds: Ints, hours_of: Hours = clock_hours) -> Ints:
    """(g, m) site-hours of the lots, counted from ``start``; in blocks that fit the cache."""
    hours = np.zeros((groups, len(bounds) - 1), dtype=np.int64)
    for at in range(0, len(lots.group), _BLOCK):
        block = slice(at, at + _BLOCK)
        of_lot = hours_of(start[block], lots.end[block], bounds) * lots.sites[block, None]
        group = lots.group[block]
        firsts = np.flatnonzero(np.diff(group, prepend=-1))
        hours[group[firsts]] += np.add.reduceat(of_lot, firsts)
    return hours


def _underlay_hours(inventory: Inventory, hours_of: Hours) -> Ints:
    first, last = underlay_spans(inventory)
    last[inventory.underlays.already_attached] = 0
    return hours_of(first, last, inventory.bounds)


def underlay_spans(inventory: Inventory) -> tuple[Ints, Ints]:
    """(u,) seconds of the first attachment over each underlay, and of the end of the last; NEVER and 0: unused."""
    lots, count = inventory.lots, len(inventory.underlays.ids)
    first, last = np.full(count, NEVER), np.zeros(count, dtype=np.int64)
    of_lot = inventory.groups.underlay[lots.group]
    used = of_lot >= 0
    np.minimum.at(first, of_lot[used], lots.start[used])
    np.maximum.at(last, of_lot[used], lots.end[used])
    return first, last


@dataclass(frozen=True)
class Lease:
    """When a leased line is paid for, as numbers of months (see Month.number); ends are exclusive."""

    first: int
    end: int
    """Of what is paid, cut at the period only where sites stay and no term goes beyond it."""
    term_end: int
    """Of the minimum term; that of the first month where there is none."""
    first_attachment: int
    """Seconds."""


def leases(inventory: Inventory) -> dict[int, Lease]:
    """The lease of each leased line that attachments run over, by the code of its underlay.

    It is paid in whole months: from that of its start, which is the first attachment's unless its plan says
    otherwise, through that of the last attachment, or through its minimum term where that ends later.
    """
    lines = inventory.underlays.leased_lines
    if not lines:
        return {}
    starts, ends = underlay_spans(inventory)
    found = {}
    for code, line in lines.items():
        attached, left = int(starts[code]), int(ends[code])
        if not left:
            continue
        first = month_of(attached if line.terms.start is None else seconds(line.terms.start)).number
        term_end = first + (line.terms.term_months or 0)
        period_end = inventory.period.first.number + inventory.period.count
        until = period_end if left == NEVER else month_of(left - 1).number + 1
        found[code] = Lease(first, max(until, term_end), term_end, attached)
    return found


@dataclass(frozen=True)
class Growth:
    """What one site-hour adds of a GB per site and month: (1 + growth)^n / hours of the month, in billed GB."""

    of_group: Ints
    """(g,) which of c different growths each group has."""
    steps: tuple[tuple[Fraction, int], ...]
    """(c,) 1 + growth, and n of the first month."""
    hours: tuple[int, ...]
    """(m,) hours of each month."""
    factors: NDArray[np.float64]
    """(c, m) the floats nearest to the factors, but at most _HUGE."""
    billed: Fraction = Fraction(1)
    """Billed GB of one GB of the plan."""

    def exact(self, code: int, column: int) -> Fraction:
        """The factor of a growth in a month."""
        step, first = self.steps[code]
        return self.billed * step ** (first + column) / self.hours[column]


def _growth(inventory: Inventory) -> Growth:
    table, first = inventory.traffic, inventory.period.first.number
    hours = tuple((np.diff(inventory.bounds) // HOUR).tolist())
    growths = list(zip(table.growth, table.base_month, strict=True))
    code_of = {growth: code for code, growth in enumerate(dict.fromkeys(growths))}
    steps = tuple((Fraction(*step), first - base.number) for step, base in code_of)
    billed = billed_gb(inventory.assumptions)
    return Growth(
        of_group=np.array([code_of[growth] for growth in growths], dtype=np.int64)[inventory.groups.traffic],
        steps=steps,
        hours=hours,
        factors=np.array([list(_nearest(step, n, hours, billed)) for step, n in steps]).reshape(-1, len(hours)),
        billed=billed,
    )


def billed_gb(assumptions: Assumptions) -> Fraction:
    """GB that are billed of one GB of the plan, exact."""
    factor = 1 + Fraction(assumptions.encryption_overhead) / 100
    return factor * Fraction(10**9, 2**30) if assumptions.gb_definition == "decimal" else factor


def _nearest(step: Fraction, first: int, hours: tuple[int, ...], billed: Fraction = Fraction(1)) -> Iterator[float]:
    """The floats nearest to billed x step^n / hours of each month: a division of whole numbers rounds once."""
    numerator, denominator = (billed * step**first).as_integer_ratio()
    for of_month in hours:
        try:
            yield min(numerator / (denominator * of_month), _HUGE)
        except OverflowError:
            yield _HUGE
        numerator *= step.numerator
        denominator *= step.denominator


def _traffic(inventory: Inventory, growth: Growth, per_site: Ints, site_hours: Ints) -> Ints:
    """(g, m) billed micro-GB = GB x (1 + growth)^n x site-hours / hours of the month x billed GB of one GB.

    Exact, rounded half up once.
    """
    groups = inventory.groups
    of_group = np.maximum(per_site[groups.traffic], 0)
    volumes = np.empty_like(site_hours)
    for at in range(0, len(volumes), _BLOCK):
        block = slice(at, at + _BLOCK)
        volumes[block] = scale(of_group[block], site_hours[block], growth, growth.of_group[block])
    too_large = np.flatnonzero((volumes < 0).any(axis=1))
    if len(too_large):
        months = inventory.period.months
        raise InputError(
            Problem(
                groups.places[row],
                f"attachment group {groups.ids[row]!r} sends more than 2.25 billion GB in"
                f" {months[int(np.argmax(volumes[row] < 0))]}",
                "correct its traffic, growth, base month or sites",
            )
            for row in too_large.tolist()
        )
    return volumes


def scale(volumes: Ints, counts: Ints, growth: Growth, code: Ints) -> Ints:
    """volume x count x factor of the growth and month, rounded half up to whole numbers; exact.

    volumes : (n,) >= 0;  counts : (n, m) >= 0;  code : (n,) which growth
    returns : (n, m) int64; -1 where the result is MOST_MICRO_GB or more
    method  : an estimate in floats is taken down and up by more than its error. Where both round to the same
              number, that is exact; the others, and what is too large for it, are calculated in fractions
    """
    estimate = counts * growth.factors[code]
    estimate *= volumes[:, None]
    low = np.floor(estimate * (1 - _MORE_THAN_ITS_ERROR) + 0.5)
    high = np.floor(estimate * (1 + _MORE_THAN_ITS_ERROR) + 0.5)
    undecided = (low != high) | (high >= MOST_MICRO_GB // 2)
    scaled = np.minimum(low, MOST_MICRO_GB).astype(np.int64)
    for row, column in np.argwhere(undecided).tolist():
        exact = int(volumes[row]) * int(counts[row, column]) * growth.exact(code[row], column)
        value = math.floor(exact + Fraction(1, 2))
        scaled[row, column] = value if value < MOST_MICRO_GB else -1
    return scaled
