"""Prepaid plans are used up: what they offset of rated usage, what is left of them, and what is lost.

Traffic is taken as evenly spread over the hours of its month, so a month is cut where a plan begins or ends. Months
are gone through in time: the GB that one leaves are there for the next. In a month everything else in the account
and the rated usage draw one after the other; of several plans the one that expires first goes first, and gives in
proportion to the regions that it serves.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import groupby, pairwise
from math import ceil, floor
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pricing import money, pool, prepaid
from pricing.prepaid import Prepaid
from pricing.price_table import FREE
from pricing.usage import Ints

if TYPE_CHECKING:
    from pricing.rating import Rated

_LARGE_QUANTITY, _LARGE_WHOLE = 2**51, 2**60
"""Bounds within which a share that is estimated in floats is off by two at most, and its rest fits int64."""


@dataclass(frozen=True)
class Traffic:
    """Rated usage of one SKU: n rows x m months in k columns; and o pools of everything else."""

    sku: str
    subject: Ints
    account: Ints
    region: Ints
    column: tuple[int, ...]
    """(k,) ascending: 0 is the free quota, the others are paid."""
    quantity: Ints
    """(k, n, m) micro-units."""
    amount: Ints
    """(k, n, m) nano-units at the contracted rates; 0 where none is known."""
    others_account: Ints
    others_region: Ints
    others: Ints
    """(o, m) micro-units of everything else, after the free quota."""
    priceable: bool = True
    """False where no billing rule is known: nothing offsets it."""

    @property
    def paid(self) -> tuple[int, ...]:
        """Which of the k columns plans offset, the lowest tier first."""
        return tuple(k for k, column in enumerate(self.column) if column != FREE)


def traffic(rated: Rated, baseline: Mapping[tuple[int, int], int]) -> Traffic:
    """Rated usage as plans see it.

    baseline : micro-units per month of everything else by (account, region); for usage that was rated without
               pools, where none of it is free
    """
    usage, pools = rated.usage, rated.pools
    if pools is not None:
        others = pools.account, pools.region, pools.baseline - pools.baseline_free
    else:
        place = np.array(list(baseline), dtype=np.int64).reshape(-1, 2)
        volume = np.array(list(baseline.values()), dtype=np.int64)
        others = place[:, 0], place[:, 1], np.repeat(volume[:, None], usage.quantity.shape[1], axis=1)
    rows = usage.subject, usage.account, usage.region
    return Traffic(usage.sku, *rows, rated.column, rated.quantity, rated.amount, *others, usage.priceable)


@dataclass(frozen=True)
class Use:
    """What became of q plans in m months: micro-GB of a volume, nano-units of a commitment."""

    hours: Ints
    """(q, m) in which it is valid."""
    bought: Ints
    """(q, m) what comes: a volume in its first month of the period, a commitment in every hour."""
    by_others: Ints
    """(q, m) drawn by everything else in the account."""
    by_lines: Ints
    """(q, m) drawn by the rated usage."""
    expired: Ints
    """(q, m) lost: what a volume leaves, in the month of its last hour; what a commitment leaves, in every month."""

    @property
    def remaining(self) -> Ints:
        """(q, m) left at the end of each month."""
        return np.cumsum(self.bought - self.by_others - self.by_lines - self.expired, axis=1)


@dataclass(frozen=True)
class Drawn:
    """What plans offset, and how they are used up."""

    offset: tuple[Ints, ...]
    """For each traffic (k, n, m) micro-units, 0 <= offset <= quantity."""
    use: Use


def draw(
    traffics: Sequence[Traffic],
    plans: Sequence[Prepaid],
    regions: Sequence[str],
    months: Sequence[date],
    plan_first: bool = False,
) -> Drawn:
    """Offset rated usage by prepaid plans.

    months     : first days of consecutive months
    plan_first : whether the rated usage draws on a volume before everything else in the account does
    raises     : pool.QuantityTooLargeError
    """
    hours = prepaid.valid_hours(plans, months)
    bought = np.array([plan.per_hour for plan in plans], dtype=np.int64)[:, None] * hours
    for row, plan in enumerate(plans):
        if plan.quantity and hours[row].any():
            bought[row, (hours[row] > 0).argmax()] = plan.quantity if plan.remaining is None else plan.remaining
    use = Use(hours, bought, *(np.zeros_like(hours) for _ in range(3)))
    offset = tuple(np.zeros(one.quantity.shape, dtype=np.int64) for one in traffics)
    for account, kind in sorted({(plan.account, plan.kind) for plan in plans}):
        alike = {row: plan for row, plan in enumerate(plans) if (plan.account, plan.kind) == (account, kind)}
        pairs = [
            (one, own)
            for one, own in zip(traffics, offset, strict=True)
            if one.priceable and one.sku in prepaid.kinds()[kind].offsets
        ]
        steps = tuple(_steps(alike, months))
        if prepaid.kinds()[kind].is_commitment:
            _draw_commitments(pairs, account, alike, steps, use)
        else:
            for one, own in pairs:
                _draw_volumes(one, own, account, alike, regions, steps, use, plan_first)
    left = bought - use.by_others - use.by_lines
    for row, plan in enumerate(plans):
        if plan.per_hour:
            use.expired[row] = left[row]
        elif hours[row].any() and plan.end <= prepaid.months_later(months[-1], 1):
            use.expired[row, np.flatnonzero(hours[row])[-1]] = left[row].sum()
    return Drawn(offset, use)


def share(quantity: Ints, part: Any, whole: Any) -> Ints:
    """Quantity x part / whole, rounded down; exact for whatever size.

    quantity    : int64, each >= 0
    part, whole : whole numbers that broadcast with it, Python's or numpy's; 0 <= part <= whole, whole > 0
    method      : an estimate in floats is off by two at most; the rest that it leaves, a few times the whole, is
                  right modulo 2^64 although the products do not fit. Larger numbers are Python's.
    """
    part, whole = np.asarray(part), np.asarray(whole)
    if quantity.max(initial=0) >= _LARGE_QUANTITY or whole.max(initial=0) >= _LARGE_WHOLE:
        return (quantity.astype(object) * part // whole).astype(np.int64)
    part, whole = part.astype(np.int64), whole.astype(np.int64)
    estimate = (quantity * (part / whole)).astype(np.int64)
    return estimate + (quantity * part - estimate * whole) // whole


class _Step(NamedTuple):
    """Hours of a month, from begin to end, in which the same plans are valid."""

    month: int
    begin: int
    end: int
    of: int
    """Hours of the whole month."""
    valid: tuple[int, ...]
    """Rows of these plans, in the order in which they are drawn."""

    def part(self, quantity: Ints) -> Ints:
        """What of the quantities of the month flows in these hours; over its steps they add up exactly."""
        return share(quantity, self.end, self.of) - share(quantity, self.begin, self.of)


def _steps(plans: Mapping[int, Prepaid], months: Sequence[date]) -> Iterator[_Step]:
    """Every step of the period, in time; plans by row."""
    bounds = prepaid.bounds(months).tolist()
    hours = {row: (prepaid.hour(plan.start), prepaid.hour(plan.end)) for row, plan in plans.items()}
    order = sorted(plans, key=lambda row: (plans[row].end, plans[row].start, plans[row].name))
    cuts = {at for pair in hours.values() for at in pair if bounds[0] < at < bounds[-1]}
    for begin, end in pairwise(sorted(cuts.union(bounds))):
        month = bisect_right(bounds, begin) - 1
        first, last = bounds[month : month + 2]
        valid = tuple(row for row in order if hours[row][0] <= begin < hours[row][1])
        yield _Step(month, begin - first, end - first, last - first, valid)


def _draw_volumes(
    one: Traffic,
    offset: Ints,
    account: int,
    volumes: Mapping[int, Prepaid],
    regions: Sequence[str],
    steps: Sequence[_Step],
    use: Use,
    plan_first: bool,
) -> None:
    """Set what the volumes of an account offset of a traffic, and how they are drawn.

    volumes : by row, plans of one kind
    """
    rows, others, lines = _by_region(one, account, len(regions))
    given = np.zeros_like(others)
    left = {row: use.remaining[row, -1] for row in volumes}
    reach = {row: np.flatnonzero(plan.serves(regions)) for row, plan in volumes.items()}
    turns = (others, use.by_others, np.zeros_like(others)), (lines.sum(axis=0), use.by_lines, given)
    for month, in_month in groupby(steps, key=lambda step: step.month):
        pieces = tuple(in_month)
        for wanted, drawn, got in turns[::-1] if plan_first else turns:
            for step in pieces:
                flowing = step.part(wanted[:, month])
                for row in step.valid:
                    here = reach[row]
                    taken = pool.draw(left[row].reshape(1, 1), np.zeros_like(here), flowing[here, None])[:, 0]
                    flowing[here] -= taken
                    got[here, month] += taken
                    left[row] -= taken.sum()
                    drawn[row, month] += taken.sum()
    below = np.cumsum(lines, axis=0) - lines
    covered = np.clip(given - below, 0, lines)  # tiers fill in the order in which traffic flows: the lowest first
    for column, k in enumerate(one.paid):
        parts = np.stack([covered[column], lines[column] - covered[column]])
        offset[k, rows] = pool.allocate(one.quantity[k, rows], one.region[rows], parts)[0]


def _by_region(one: Traffic, account: int, regions: int) -> tuple[Ints, Ints, Ints]:
    """Rows of an account, region by region; (r, m) what everything else uses; (c, r, m) what they use in paid columns.

    raises : pool.QuantityTooLargeError where sums might not fit
    """
    rows = np.flatnonzero(one.account == account)
    rows = rows[np.lexsort((one.subject[rows], one.region[rows]))]
    region = one.region[rows]
    firsts = np.flatnonzero(np.diff(region, prepend=-1))
    others = np.zeros((regions, one.quantity.shape[2]), dtype=np.int64)
    own = one.others_account == account
    np.add.at(others, one.others_region[own], one.others[own])
    lines = np.zeros((len(one.paid), *others.shape), dtype=np.int64)
    most = one.others[own].sum(axis=0, dtype=float)
    for column, k in enumerate(one.paid):
        used = one.quantity[k, rows]
        most += used.sum(axis=0, dtype=float)
        lines[column, region[firsts]] = np.add.reduceat(used, firsts)
    if most.max(initial=0) > pool.MOST_IN_A_POOL:
        raise pool.QuantityTooLargeError("more than 1.15 trillion GB in an account")
    return rows, others, lines


def _draw_commitments(
    pairs: Sequence[tuple[Traffic, Ints]],
    account: int,
    commitments: Mapping[int, Prepaid],
    steps: Sequence[_Step],
    use: Use,
) -> None:
    """Set what the commitments of an account offset, and how they are used.

    pairs       : the traffics that they offset, each with its (k, n, m) offset
    commitments : by row, plans of one kind
    method      : usage is worth its cost at contracted rates, so without a known rate it is worth nothing; in each
                  month as much of its worth as the commitments cover is offset, in proportion
    """
    cells = [
        (one.quantity[k, rows], one.amount[k, rows], offset[k], rows)
        for one, offset in pairs
        for rows in [np.flatnonzero(one.account == account)]
        for k in one.paid
    ]
    worth = sum((money.column_totals(amount) for _, amount, _, _ in cells), np.zeros(use.hours.shape[1], dtype=object))
    covered = [Fraction(0) for _ in worth]
    used = {row: covered.copy() for row in commitments}
    for step in steps:
        hours = step.end - step.begin
        left = Fraction(worth[step.month] * hours, step.of)
        for row in step.valid:
            taken = min(left, commitments[row].per_hour * hours / commitments[row].factor)
            left -= taken
            covered[step.month] += taken
            used[row][step.month] += taken * commitments[row].factor
    for row, exact in used.items():
        use.by_lines[row] = [ceil(amount) for amount in exact]
    part = np.array([floor(amount) for amount in covered], dtype=object)
    for quantity, amount, offset, rows in cells:
        offset[rows] = share(quantity, part, np.maximum(worth, 1)) * (amount > 0)
