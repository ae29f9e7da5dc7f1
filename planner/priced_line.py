"""The lines that an amount is the sum of, and where their prices were read."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from planner.amount import Amount
from planner.core.region import EVERYWHERE, LANE, REGIONS, scopes
from planner.plan import Plan
from pricing.book import Adjustment, FreeQuota, Rate
from pricing.price_table import FREE
from pricing.rating import Rated


@dataclass(frozen=True)
class Line:
    """A part of the quantity that has one price."""

    tier: int | None
    """0: free quota, 1...: tiers; None: no tiers."""
    lower: int
    """Micro-units of the pool at which the tier starts."""
    upper: int | None
    """Micro-units of the pool at which it ends; None: without end."""
    quantity: int | None
    """Micro-units; None: unknown."""
    list_rate: Rate | None
    rate: Rate | None
    """The contracted one."""
    list_cost: int | None
    """Nano-units of the bill's currency; None: unknown."""
    contracted: int | None
    """Nano-units of the bill's currency; None: unknown."""
    covered: bool
    """Whether a prepaid plan covers it, so that it is not billed."""
    reported: int | None
    """Nano-units of the results' currency that are billed; None: unknown."""

    @property
    def billed(self) -> int | None:
        """Nano-units of the bill's currency; None: unknown."""
        return 0 if self.covered else self.contracted


@dataclass(frozen=True)
class Origin:
    """Where a price, or what changes it, was read, and what went before others there."""

    what: str
    """list price, contract rate, given rate, free quota, discount or expected change"""
    tiers: tuple[int | None, ...]
    """The tiers it is used for."""
    source: Rate | FreeQuota | Adjustment
    own_book: bool
    """Whether it stands in a price book of the plan, and not in one that ships."""
    narrower: tuple[str, ...]
    """More specific scopes than its own, for which its book has nothing."""

    @property
    def scope(self) -> str:
        """Where it applies: a region, an area, overseas, all, or a lane."""
        return self.source.pool if isinstance(self.source, FreeQuota) else self.source.scope


def lines_of(rated: Rated, row: int, month: int) -> Iterator[Line]:
    """The lines of a row in a month, in the order of the columns."""
    usage, prices = rated.usage, rated.prices
    place = int(usage.place[row])
    tiered, free = bool(prices.tiered[place, month]), int(prices.free_quota[place, month]) >= 0

    if usage.unknown[row, month]:  # which of several rates it would have depends on the quantity
        depends = tiered or free
        list_rate, own = (
            None if depends else prices.rate(of, 1, place, month) for of in (prices.list_code, prices.code)
        )
        yield Line(None, 0, None, None, list_rate, own, None, None, False, None)
        return
    for k, column in enumerate(rated.column):
        quantity = int(rated.quantity[k, row, month])
        if not quantity:
            continue
        list_rate = prices.rate(prices.list_code, column, place, month)
        own = prices.rate(prices.code, column, place, month)
        billed = 0 if rated.covered[k] else int(rated.reported(rated.amount[k, row])[month])
        lower, upper = prices.bounds(column, place, month)
        yield Line(
            tier=column if tiered or column == FREE else None,
            lower=lower,
            upper=upper,
            quantity=quantity,
            list_rate=list_rate,
            rate=own,
            list_cost=None if list_rate is None else int(rated.list_amount[k, row, month]),
            contracted=None if own is None else int(rated.amount[k, row, month]),
            covered=rated.covered[k],
            reported=billed if own is not None or rated.covered[k] else None,
        )


def steps(rate: Rate) -> Iterator[tuple[Adjustment, Decimal]]:
    """What changes a rate, in order, each with the value that it makes; the last one is the rate's."""
    made = dataclasses.replace(rate, value=rate.value if rate.base is None else rate.base, base=None, adjustments=())
    for adjustment in rate.adjustments:
        made = made.adjusted(adjustment)
        yield adjustment, made.value


def origins_of(plan: Plan, rated: Rated, amount: Amount, lines: Sequence[Line]) -> Iterator[Origin]:
    """Everything that makes the rates of some lines, each with the tiers that it is used for."""
    own_books = set(book_titles(plan))
    covering = scopes(amount.place) if LANE in amount.place or amount.place in REGIONS else ()
    found: dict[tuple[object, ...], Origin] = {}
    for line in lines:
        for what, source in _sources(rated, amount, line):
            origin = Origin(what, (line.tier,), source, source.book in own_books, ())
            scope = origin.scope
            key = (what, source.reference, scope, source.effective_from, source.effective_until, source.book)
            tiers = found[key].tiers if key in found else ()
            before = covering.index(scope) if scope in covering else len(covering) if scope == EVERYWHERE else 0
            narrower = covering[:before]  # a discount on all covers lanes as well
            found[key] = dataclasses.replace(origin, tiers=tuple(dict.fromkeys((*tiers, line.tier))), narrower=narrower)
    yield from found.values()


def _sources(rated: Rated, amount: Amount, line: Line) -> Iterator[tuple[str, Rate | FreeQuota | Adjustment]]:
    """What the rates of a line rest on, with what it is."""
    if line.tier == FREE:
        _, row, month = amount.at
        code = int(rated.prices.free_quota[int(rated.usage.place[row]), month])
        yield "free quota", rated.prices.free_quotas[code]
        return
    for rate in dict.fromkeys((line.list_rate, line.rate)):
        if rate is None:
            continue
        if rated.usage.rates is not None:
            yield "given rate", rate
        else:
            yield "contract rate" if rate.reference.evidence == "contract" else "list price", rate
        for adjustment in rate.adjustments:
            yield adjustment.kind, adjustment


def book_titles(plan: Plan) -> Iterator[str]:
    """Of the price books that the plan brings for the sites of its accounts."""
    for source in plan.scenarios[0].price_books:
        if isinstance(source.value, dict) and "title" in source.value:
            yield str(source.value["title"])
