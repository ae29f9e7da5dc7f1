"""Line items, assembled last, for those who want them: one per month, SKU, subject and tier."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from pricing.book import Rate
from pricing.price_table import FREE, NO_RATE
from pricing.rating import Rated
from pricing.usage import Bools, Ints, joined

UNKNOWN = -1
NO_TIER = -1
_LAST = np.iinfo(np.int16).max


@dataclass(frozen=True)
class LineItems:
    """Line items, sorted by month, SKU, subject and tier; i rows. Quantities of 0 are left out."""

    skus: tuple[str, ...]
    rates: tuple[Rate, ...]
    month: Ints
    """(i,) columns of the period."""
    sku: Ints
    """(i,) codes of skus."""
    subject: Ints
    account: Ints
    region: Ints
    tier: Ints
    """(i,) 0: free quota, 1...: tiers, NO_TIER where there are none."""
    quantity: Ints
    """(i,) micro-units; UNKNOWN where unknown."""
    rate: Ints
    """(i,) codes of rates; NO_RATE where none is known."""
    amount: Ints
    """(i,) nano-units; 0 where unpriced."""
    priced: Bools
    """(i,) whether quantity and rate are both known."""


def assemble(rated: Sequence[Rated]) -> LineItems:
    """The line items of rated usage, one per month, SKU, subject and tier."""
    skus = tuple(dict.fromkeys(one.usage.sku for one in rated))
    rates: dict[Rate, int] = {}
    parts = [part for one in rated for part in _lines(one, skus.index(one.usage.sku), rates)]
    columns = [joined(column) for column in zip(*parts, strict=True)] or [joined(())] * 9
    del parts  # a plan may have tens of millions of lines
    month, sku, subject, _, _, tier, *_ = columns
    tier = np.where(tier == NO_TIER, _LAST, tier)  # a free line stands before what is paid
    order = np.lexsort((tier.astype(np.int16), subject, sku.astype(np.int16), month.astype(np.int16)))
    for number, column in enumerate(columns):
        columns[number] = column[order]
    month, sku, subject, account, region, tier, quantity, code, amount = columns
    priced = (quantity != UNKNOWN) & (code != NO_RATE)
    return LineItems(skus, tuple(rates), month, sku, subject, account, region, tier, quantity, code, amount, priced)


def _lines(one: Rated, sku: int, rates: dict[Rate, int]) -> Iterator[tuple[Ints, ...]]:
    """Lines of one SKU: (i,) month, sku, subject, account, region, tier, quantity, rate, amount."""
    usage, prices = one.usage, one.prices
    shared = np.array([rates.setdefault(rate, len(rates)) for rate in prices.rates] + [NO_RATE], dtype=np.int64)

    def lines(cells: Ints, tier: Ints, quantity: Ints, code: Ints, amount: Ints) -> tuple[Ints, ...]:
        row, month = np.divmod(cells, usage.quantity.shape[1])
        price = usage.place[row] * usage.quantity.shape[1] + month
        subject = (np.full_like(month, sku), usage.subject[row], usage.account[row], usage.region[row])
        return month, *subject, tier.take(price), quantity, shared[code].take(price), amount

    for column, quantity, amount in zip(one.column, one.quantity, one.amount, strict=True):
        cells = np.flatnonzero(quantity)
        tier = np.where(prices.tiered | (column == FREE), column, NO_TIER)
        yield lines(cells, tier, quantity.take(cells), prices.code[column], amount.take(cells))
    cells = np.flatnonzero(usage.unknown)
    code = np.where(prices.tiered | (prices.free_quota >= 0), NO_RATE, prices.code[1])
    unknown, nothing = np.full_like(cells, UNKNOWN), np.zeros_like(cells)
    yield lines(cells, np.full_like(code, NO_TIER), unknown, code, nothing)
