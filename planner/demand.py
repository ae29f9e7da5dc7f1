"""Inventory -> events and timeline: what is there when, and what it sends.

Events keep exact instants, for quotas. The timeline counts whole clock hours and GB by month, for billing.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from planner.core.period import HOUR, NEVER, Month
from planner.core.problem import InputError, Problem
from planner.inventory import Bools, Ints, Inventory, Lots

MOST_MICRO_GB = 2**51
"""Micro-GB that a group may send in a month (2.25 billion GB), so that its shares of a pool stay exact."""
_BLOCK = 4096


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
    """(g, m) clock hours of its IPsec-VPN connections."""
    to_data_center: Ints
    """(g, m) micro-GB; 0 where not stated."""
    from_data_center: Ints
    """(g, m) micro-GB; 0 where not stated."""
    to_stated: Bools
    """(g,) whether the plan states the traffic to the data centre."""
    from_stated: Bools
    """(g,) whether the plan states the traffic from the data centre."""
    underlay_hours: Ints
    """(u, m) clock hours from an underlay's first attachment to its last; 0 where it exists for other reasons."""


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


def timeline(inventory: Inventory) -> Timeline:
    """Hours and GB of each group by month.

    raises : InputError where a group would send more than MOST_MICRO_GB in a month
    """
    groups, lots = inventory.groups, inventory.lots
    per_group = len(groups.ids)
    site_hours = _by_group(lots, lots.start, per_group, inventory.bounds)
    cdt_site_hours = _by_group(lots, np.maximum(lots.start, lots.cdt_from), per_group, inventory.bounds)
    return Timeline(
        site_hours=site_hours,
        cdt_site_hours=cdt_site_hours,
        connection_hours=site_hours * groups.connections_per_site[:, None],
        to_data_center=_traffic(inventory, inventory.traffic.to_data_center, site_hours),
        from_data_center=_traffic(inventory, inventory.traffic.from_data_center, site_hours),
        to_stated=inventory.traffic.to_data_center[groups.traffic] >= 0,
        from_stated=inventory.traffic.from_data_center[groups.traffic] >= 0,
        underlay_hours=_underlay_hours(inventory),
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


def _by_group(lots: Lots, start: Ints, groups: int, bounds: Ints) -> Ints:
    """(g, m) site-hours of the lots, counted from ``start``; in blocks that fit the cache."""
    hours = np.zeros((groups, len(bounds) - 1), dtype=np.int64)
    for at in range(0, len(lots.group), _BLOCK):
        block = slice(at, at + _BLOCK)
        of_lot = clock_hours(start[block], lots.end[block], bounds) * lots.sites[block, None]
        group = lots.group[block]
        firsts = np.flatnonzero(np.diff(group, prepend=-1))
        hours[group[firsts]] += np.add.reduceat(of_lot, firsts)
    return hours


def _underlay_hours(inventory: Inventory) -> Ints:
    underlays, lots = inventory.underlays, inventory.lots
    count = len(underlays.ids)
    first, last = np.full(count, NEVER), np.zeros(count, dtype=np.int64)
    of_lot = inventory.groups.underlay[lots.group]
    used = of_lot >= 0
    np.minimum.at(first, of_lot[used], lots.start[used])
    np.maximum.at(last, of_lot[used], lots.end[used])
    last[underlays.already_attached] = 0
    return clock_hours(first, last, inventory.bounds)


def _traffic(inventory: Inventory, per_site: Ints, site_hours: Ints) -> Ints:
    """(g, m) micro-GB = GB x (1 + growth)^n x site-hours / hours of the month, exact, rounded half up once."""
    groups, table = inventory.groups, inventory.traffic
    volumes = np.zeros_like(site_hours)
    of_group = np.maximum(per_site[groups.traffic], 0)
    growths = list(zip(table.growth, table.base_month, strict=True))
    code_of = {growth: code for code, growth in enumerate(dict.fromkeys(growths))}
    growth_of_group = np.array([code_of[growth] for growth in growths], dtype=np.int64)[groups.traffic]
    for (growth, base), code in code_of.items():
        factors = _per_hour(inventory, Fraction(*growth), base)
        rows = np.flatnonzero((growth_of_group == code) & (of_group > 0))
        for at in range(0, len(rows), _BLOCK):
            block = rows[at : at + _BLOCK]
            volumes[block] = scale(of_group[block], site_hours[block], factors)
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


def _per_hour(inventory: Inventory, growth: Fraction, base: Month) -> list[Fraction]:
    """By month: what one site-hour adds of a GB per site and month, an exact fraction."""
    hours = (np.diff(inventory.bounds) // HOUR).tolist()
    first = inventory.period.first.number - base.number
    if growth == 1:
        return [Fraction(1, of_month) for of_month in hours]
    return [growth ** (first + column) / of_month for column, of_month in enumerate(hours)]


def scale(volumes: Ints, counts: Ints, factors: list[Fraction]) -> Ints:
    """volume x count x factor of the column, rounded half up to whole numbers; exact.

    volumes : (n,) >= 0;  counts : (n, m) >= 0;  factors : m fractions > 0
    returns : (n, m) int64; -1 where the result is MOST_MICRO_GB or more
    method  : an estimate in the widest float there is; whatever it cannot decide, because it lies within the
              estimate's error of a half, or is too large for it, is calculated again in Python integers
    """
    wide = np.longdouble
    with np.errstate(over="ignore", invalid="ignore"):  # infinite estimates are calculated again below
        estimate = volumes.astype(wide)[:, None] * counts.astype(wide) * np.array([_wide(f) for f in factors])
        estimate[counts == 0] = 0
        result = np.floor(estimate + wide(0.5))
        error = estimate * (8 * np.finfo(wide).eps) + np.finfo(wide).tiny
        undecided = np.abs(estimate + wide(0.5) - np.rint(estimate + wide(0.5))) <= error
    undecided |= estimate >= MOST_MICRO_GB // 2
    undecided &= counts > 0
    scaled = np.where(undecided, 0, result).astype(np.int64)
    for row, column in zip(*(where.tolist() for where in np.nonzero(undecided)), strict=True):
        factor = factors[column]
        exact = 2 * int(volumes[row]) * int(counts[row, column]) * factor.numerator + factor.denominator
        value = exact // (2 * factor.denominator)
        scaled[row, column] = value if value < MOST_MICRO_GB else -1
    return scaled


def _wide(exact: Fraction) -> np.longdouble:
    """A fraction to the full precision of the widest float: twice the digits of a float, in two parts."""
    try:
        high = float(exact)
    except OverflowError:
        return np.longdouble(np.inf)
    return np.longdouble(high) + np.longdouble(float(exact - Fraction(high)))
