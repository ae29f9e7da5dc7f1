"""What two plans cost differently: what the plan does and what prices do, line item by line item, exactly.

A line is known by its month, item, subject, region, account, currency of the bill and tier. Of a line that both sides
have, (new - old quantity) x old rate is the effect of the plan, new quantity x (new - old rate) that of prices, and
what another exchange rate makes of the new amount is an effect of its own; a line that one side has is an effect of
the plan. What prepaid plans cover has the rate 0. Each effect is rounded half up once per line; what that leaves of
the difference is the rounding, so that together they are the difference to the last of its 9 decimals.

Where everybody uses the same of a pool on both sides, and nothing else decides how it is shared, another split over
free quota and tiers comes from prices: its lines are compared with all tiers together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

from planner.core.period import Month
from planner.price_effect import Pair, Side
from planner.saved_plan import LinePart, SavedPlan
from planner.stated_diff import Names
from pricing.sku import skus

ALL_TIERS = -1
_NO_TIER = -2
_EXACT = 10**7
"""Micro-units x 10^-10 are 10^-16; divided by this, nano-units."""


class Key(NamedTuple):
    """What a line item is about."""

    month: Month
    sku: str
    plan: str
    """The plan, where there are several."""
    subject: str
    """As it is called on the new side."""
    region: str
    account: str
    currency: str
    """Of the bill."""
    tier: int
    """0: free quota; ALL_TIERS; below it: there are none."""


@dataclass(frozen=True)
class Effects:
    """What a difference consists of, nano-units; together they are the difference."""

    plan: int = 0
    price: int = 0
    exchange: int = 0
    rounding: int = 0

    @property
    def difference(self) -> int:
        """New minus old."""
        return self.plan + self.price + self.exchange + self.rounding


@dataclass(frozen=True)
class LineChange:
    """Line items of one key on both sides; at least one side has some."""

    key: Key
    pair: Pair
    effects: Effects | None
    """None where either side has something without a price."""
    quantities: tuple[int | None, int | None]
    """Old and new, micro-units; 0 where there is no line, None where it is not known."""
    rates: tuple[tuple[int, ...], tuple[int, ...]]
    """Old and new, in 10^-10: every rate that is billed, 0 for what prepaid plans cover."""


@dataclass(frozen=True)
class Part:
    """A part of the cost: a subject, an item, a month, or all of it."""

    key: tuple[str, ...]
    pair: Pair
    effects: Effects
    """Of the lines that both sides price."""


@dataclass(frozen=True)
class CostDiff:
    """What the new side costs against the old one, over the months that both have."""

    months: tuple[Month, ...]
    total: Part
    by_month: tuple[Part, ...]
    by_subject: tuple[Part, ...]
    """By (plan, subject)."""
    by_item: tuple[Part, ...]
    priced_by_both: Part
    """Of the lines that both sides price: always comparable."""
    lines: tuple[LineChange, ...]
    """Those that differ."""
    peaks: tuple[tuple[Month, Side] | None, tuple[Month, Side] | None]
    """Old and new: the most expensive of the months, by its priced part."""
    apart: tuple[tuple[str, Month, Side], ...]
    """(old | new, month, cost) of the months that only one side has."""


def compare(old: SavedPlan, new: SavedPlan, names: Names) -> CostDiff:
    """Compare the costs of two plans that were priced in one currency."""
    months = tuple(month for month in old.months if month in new.months)
    shared = _split_otherwise(old, new, names)
    cells: dict[Key, tuple[list[LinePart], list[LinePart]]] = {}
    for side, plan in enumerate((old, new)):
        for line in plan.line_items:
            if line.month in months:
                cells.setdefault(_key(line, names, not side, shared), ([], []))[side].append(line)
    lines = [_change(key, *cells[key], old, new) for key in sorted(cells)]
    both = [one for one in lines if one.effects is not None]
    order = {sku: number for number, sku in enumerate(skus())}
    by_month: dict[Month, list[LineChange]] = {month: [] for month in months}
    for one in lines:
        by_month[one.key.month].append(one)
    return CostDiff(
        months=months,
        total=_part((), lines),
        by_month=tuple(_part((str(month),), own) for month, own in by_month.items()),
        by_subject=_parts(lines, lambda key: (key.plan, key.subject)),
        by_item=tuple(sorted(_parts(lines, lambda key: (key.sku,)), key=lambda one: order.get(one.key[0], len(order)))),
        priced_by_both=_part((), both),
        lines=tuple(filter(_differs, lines)),
        peaks=(_peak(old, months), _peak(new, months)),
        apart=tuple(
            (word, month, _side([line for line in plan.line_items if line.month == month]))
            for word, plan in (("old", old), ("new", new))
            for month in plan.months
            if month not in months
        ),
    )


def _differs(one: LineChange) -> bool:
    """Whether anything that is known of it is different."""
    return (one.effects or Effects()) != Effects() or any(
        before != after for before, after in (one.quantities, one.rates, (one.pair.old, one.pair.new))
    )


def _key(line: LinePart, names: Names, is_old: bool, shared: set[Pool]) -> Key:
    plan, subject = _subject(line, names, is_old)
    tier = _NO_TIER if line.tier is None else line.tier
    if _pool(line) in shared:
        tier = ALL_TIERS
    return Key(line.month, line.sku, plan, subject, line.region, line.account, line.billing_currency, tier)


def _subject(line: LinePart, names: Names, is_old: bool) -> tuple[str, str]:
    plan = names.plan(line.scenario)
    return plan, names.group(plan, line.subject) if is_old else line.subject


Pool = tuple[Month, str, str]
"""What lines share a free quota or tiers with at most: their item in their account and month."""


def _pool(line: LinePart) -> Pool:
    return line.month, line.sku, line.account


def _split_otherwise(old: SavedPlan, new: SavedPlan, names: Names) -> set[Pool]:
    """Pools of which everybody uses the same on both sides, but another part of it free or in another tier.

    None where something else than prices can share them otherwise.
    """
    if old.estate.get("baselines") != new.estate.get("baselines") or _answers(old) != _answers(new):
        return set()
    before, after = _used(old, names, True), _used(new, names, False)
    return {
        pool
        for pool in before.keys() & after.keys()
        if before[pool] != after[pool] and _all_tiers(before[pool]) == _all_tiers(after[pool])
    }


def _used(plan: SavedPlan, names: Names, is_old: bool) -> dict[Pool, dict[tuple[Any, ...], int]]:
    """By pool, what each uses in each tier, micro-units; a pool of unknown quantities is left out."""
    found: dict[Pool, dict[tuple[Any, ...], int]] = {}
    unknown = set()
    for line in plan.line_items:
        if line.pool is None:
            continue
        if line.quantity is None:
            unknown.add(_pool(line))
            continue
        own = found.setdefault(_pool(line), {})
        who = (*_subject(line, names, is_old), line.region, line.tier)
        own[who] = own.get(who, 0) + line.quantity
    return {pool: own for pool, own in found.items() if pool not in unknown}


def _all_tiers(used: dict[tuple[Any, ...], int]) -> dict[tuple[Any, ...], int]:
    found: dict[tuple[Any, ...], int] = {}
    for (*who, _), quantity in used.items():
        found[tuple(who)] = found.get(tuple(who), 0) + quantity
    return found


def _answers(plan: SavedPlan) -> Any:
    return next((one.stated["assumptions"] for one in plan.plans if one.stated.get("assumptions")), {})


def _change(key: Key, before: list[LinePart], after: list[LinePart], old: SavedPlan, new: SavedPlan) -> LineChange:
    pair = Pair(key.subject, _side(before), _side(after))
    return LineChange(
        key,
        pair,
        _effects(key, before, after, old, new) if pair.difference is not None else None,
        (_quantity(before), _quantity(after)),
        (_rates(before), _rates(after)),
    )


def _effects(key: Key, before: list[LinePart], after: list[LinePart], old: SavedPlan, new: SavedPlan) -> Effects:
    difference = _side(after).amount - _side(before).amount
    quantity, new_quantity = _quantity(before), _quantity(after)
    if not before or not after or not quantity or new_quantity is None:
        return Effects(plan=difference)
    exchange, new_exchange = old.exchange(key.currency, key.month), new.exchange(key.currency, key.month)
    amount, new_amount = _exact(before), _exact(after)
    at_old_rate = amount * new_quantity / quantity
    plan = _rounded((at_old_rate - amount) * exchange)
    price = _rounded((new_amount - at_old_rate) * exchange)
    converted = _rounded(new_amount * (new_exchange - exchange))
    return Effects(plan, price, converted, difference - plan - price - converted)


def _exact(lines: Iterable[LinePart]) -> Fraction:
    """What lines cost in the currency of the bill before any rounding, nano-units."""
    return sum((Fraction((line.quantity or 0) * _billed_rate(line), _EXACT) for line in lines), Fraction(0))


def _billed_rate(line: LinePart) -> int:
    return 0 if line.covered or line.rate is None else line.rate


def _rounded(value: Fraction) -> int:
    """Half up away from zero, so that an effect and its reverse are of one size."""
    size = (2 * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return -size if value < 0 else size


def _quantity(lines: Sequence[LinePart]) -> int | None:
    quantities = [line.quantity for line in lines]
    return None if None in quantities else sum(one or 0 for one in quantities)


def _rates(lines: Iterable[LinePart]) -> tuple[int, ...]:
    return tuple(sorted({_billed_rate(line) for line in lines if line.rate is not None or line.covered}))


def _side(lines: Iterable[LinePart]) -> Side:
    costs = [line.cost for line in lines]
    return Side(sum(cost or 0 for cost in costs), None not in costs)


def _parts(lines: Sequence[LineChange], key: Callable[[Key], tuple[str, ...]]) -> tuple[Part, ...]:
    found: dict[tuple[str, ...], list[LineChange]] = {}
    for one in lines:
        found.setdefault(key(one.key), []).append(one)
    return tuple(_part(name, found[name]) for name in sorted(found))


def _part(key: tuple[str, ...], lines: Sequence[LineChange]) -> Part:
    old, new = ([getattr(one.pair, name) for one in lines] for name in ("old", "new"))
    pair = Pair(key[-1] if key else "", *map(_added, (old, new)))
    known = [one.effects for one in lines if one.effects is not None]
    sums = (sum(getattr(one, name) for one in known) for name in ("plan", "price", "exchange", "rounding"))
    return Part(key, pair, Effects(*sums))


def _added(sides: Sequence[Side]) -> Side:
    return Side(sum(side.amount for side in sides), all(side.complete for side in sides))


def _peak(plan: SavedPlan, months: Sequence[Month]) -> tuple[Month, Side] | None:
    by_month: dict[Month, list[LinePart]] = {month: [] for month in months}
    for line in plan.line_items:
        if line.month in by_month:
            by_month[line.month].append(line)
    sides = [(month, _side(own)) for month, own in by_month.items()]
    return max(sides, key=lambda one: (one[1].amount, -one[0].number), default=None)


def price_changes(lines: Iterable[LineChange]) -> Iterator[tuple[tuple[Any, ...], list[LineChange]]]:
    """Lines with an effect of prices, by (sku, region, account, currency, tier, old rates, new rates)."""
    found: dict[tuple[Any, ...], list[LineChange]] = {}
    for one in lines:
        if one.effects is not None and one.effects.price:
            key = one.key
            about = (key.sku, key.region, key.account, key.currency, key.tier, *one.rates)
            found.setdefault(about, []).append(one)
    for about in sorted(found):
        yield about, found[about]
