"""Line items, assembled last, for those who want them: one per month, SKU, subject and tier."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

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
    currencies: tuple[str, ...]
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
    """(i,) codes of contracted rates; NO_RATE where none is known."""
    list_rate: Ints
    """(i,) codes of list rates; NO_RATE where none is known."""
    list_amount: Ints
    """(i,) nano-units at list price, in the currency of the bill; 0 where there is none."""
    contracted: Ints
    """(i,) nano-units at contracted price, in the currency of the bill; 0 where unpriced."""
    covered: Bools
    """(i,) whether a prepaid plan covers the line, so that it is not billed."""
    currency: Ints
    """(i,) codes of currencies, that of the bill."""
    amount: Ints
    """(i,) nano-units that are billed, in the currency of the results; 0 where unpriced or covered."""
    priced: Bools
    """(i,) whether what is billed is known: the quantity, and the contracted rate or that a prepaid plan covers it."""

    @property
    def billed(self) -> Ints:
        """(i,) nano-units that are billed, in the currency of the bill."""
        return np.where(self.covered, 0, self.contracted)

    @property
    def list_priced(self) -> Bools:
        """(i,) whether quantity and list rate are both known."""
        return (self.quantity != UNKNOWN) & (self.list_rate != NO_RATE)


_COLUMNS = 14


def assemble(rated: Sequence[Rated]) -> LineItems:
    """The line items of rated usage, one per month, SKU, subject and tier."""
    skus = tuple(dict.fromkeys(one.usage.sku for one in rated))
    currencies = tuple(dict.fromkeys(one.currency for one in rated))
    rates: dict[Rate, int] = {}
    parts = [
        part for one in rated for part in _lines(one, skus.index(one.usage.sku), currencies.index(one.currency), rates)
    ]
    columns = [joined(column) for column in zip(*parts, strict=True)] or [joined(())] * _COLUMNS
    del parts  # a plan may have tens of millions of lines
    month, sku, subject, _, _, tier, *_ = columns
    tier = np.where(tier == NO_TIER, _LAST, tier)  # a free line stands before what is paid
    order = np.lexsort((tier.astype(np.int16), subject, sku.astype(np.int16), month.astype(np.int16)))
    for number, column in enumerate(columns):
        columns[number] = column[order]
    month, sku, subject, account, region, tier, quantity, code, *rest = columns
    list_code, listed, contracted, covered, currency, amount = rest
    return LineItems(
        skus=skus,
        rates=tuple(rates),
        currencies=currencies,
        month=month,
        sku=sku,
        subject=subject,
        account=account,
        region=region,
        tier=tier,
        quantity=quantity,
        rate=code,
        list_rate=list_code,
        list_amount=listed,
        contracted=contracted,
        covered=covered.astype(bool),
        currency=currency,
        amount=amount,
        priced=(quantity != UNKNOWN) & ((code != NO_RATE) | covered.astype(bool)),
    )


def _lines(one: Rated, sku: int, currency: int, rates: dict[Rate, int]) -> Iterator[tuple[Ints, ...]]:
    """Lines of one SKU: (i,) the columns of LineItems from month to amount, without priced."""
    usage, prices = one.usage, one.prices
    months = usage.quantity.shape[1]
    shared = np.array([rates.setdefault(rate, len(rates)) for rate in prices.rates] + [NO_RATE], dtype=np.int64)

    def lines(cells: Ints, tier: Ints, quantity: Ints, codes: tuple[Ints, Ints], amounts: tuple[Ints, ...]) -> Any:
        row, month = np.divmod(cells, months)
        price = usage.place[row] * months + month
        subject = (np.full_like(month, sku), usage.subject[row], usage.account[row], usage.region[row])
        of_rates = (shared[code].take(price) for code in codes)
        listed, contracted, covered, billed = amounts
        return (
            *(month, *subject, tier.take(price), quantity, *of_rates),
            *(listed, contracted, covered, np.full_like(month, currency), billed),
        )

    for k, column in enumerate(one.column):
        cells = np.flatnonzero(one.quantity[k])
        tier = np.where(prices.tiered | (column == FREE), column, NO_TIER)
        contracted = one.amount[k].take(cells)
        billed = np.zeros_like(cells) if one.covered[k] else one.reported(one.amount[k]).take(cells)
        amounts = (one.list_amount[k].take(cells), contracted, np.full_like(cells, one.covered[k]), billed)
        codes = (prices.code[column], prices.list_code[column])
        yield lines(cells, tier, one.quantity[k].take(cells), codes, amounts)
    cells = np.flatnonzero(usage.unknown)
    pooled = prices.tiered | (prices.free_quota >= 0)
    codes = (np.where(pooled, NO_RATE, prices.code[1]), np.where(pooled, NO_RATE, prices.list_code[1]))
    nothing = np.zeros_like(cells)
    yield lines(cells, np.full_like(codes[0], NO_TIER), np.full_like(cells, UNKNOWN), codes, (nothing,) * 4)
