"""The rates of a SKU as arrays: by tier, place and month.

Rates are looked up on the first day of each month, by SKU and place: a region, or a lane between two; free quotas
likewise. Every column has one list rate and one contracted rate: a new one begins where either schedule changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

import numpy as np

from pricing import money, pool
from pricing.book import Books, FreeQuota, Rate, Tier
from pricing.sku import skus
from pricing.usage import Bools, Ints, Usage

NO_RATE = -1
FREE = 0


@dataclass(frozen=True)
class PriceTable:
    """The rates of one SKU by place and month; k columns x r places x m months."""

    rates: tuple[Rate, ...]
    free_quotas: tuple[FreeQuota, ...]
    code: Ints
    """(k, r, m) codes of contracted rates; NO_RATE where none is known. Column 0 is the free quota."""
    list_code: Ints
    """(k, r, m) codes of list rates, likewise; the same array where no contract changes anything."""
    lower: Ints
    """(k - 1, r, m) micro-units at which each tier starts; pool.ENDLESS where there is no such tier."""
    tiered: Bools
    """(r, m) whether the rates are tiers; a flat or unknown rate has none."""
    free_quota: Ints
    """(r, m) codes of free quotas; -1 where there is none."""
    factor: Ints
    """(rates,) see money.mantissa"""
    divisor: Ints
    """(rates,) see money.mantissa"""

    def rate(self, code: Ints, column: int, place: int, month: int) -> Rate | None:
        """The rate of a column, of the codes of contracted or of list rates; None where none is known."""
        of = int(code[column, place, month])
        return None if of == NO_RATE else self.rates[of]

    def bounds(self, column: int, place: int, month: int) -> tuple[int, int | None]:
        """Micro-units between which a tier lies; None: without end. The free quota has no bounds of its own."""
        if column == FREE:
            return 0, None
        starts = [*self.lower[:, place, month].tolist(), pool.ENDLESS]
        return starts[column - 1], None if starts[column] == pool.ENDLESS else starts[column]


class _Known(NamedTuple):
    """What is known of a place in a month."""

    tiers: tuple[Tier, ...]
    list_tiers: tuple[Tier, ...]
    free_quota: FreeQuota | None


def look_up(usage: Usage, regions: Sequence[str], months: Sequence[date], books: Books) -> PriceTable:
    """The rates of usage for the regions, or for the lanes it names, or those that come with it, as arrays.

    months : first day of each month
    """
    if not usage.priceable:
        return _table([[_Known((), (), None)] * len(months)] * len(regions), len(months), tiered=False)
    if usage.rates is not None:
        flat = [() if rate is None else (Tier(0, None, rate),) for rate in usage.rates]
        return _table([[_Known(tiers, tiers, None)] * len(months) for tiers in flat], len(months), tiered=False)
    item = skus()[usage.sku]
    known = [
        [
            _Known(
                books.schedule(usage.sku, place, on),
                books.list_schedule(usage.sku, place, on),
                books.free_quota(usage.sku, place, on) if item.free_quota_over else None,
            )
            for on in months
        ]
        for place in usage.lanes or regions
    ]
    return _table(known, len(months), tiered=item.model == "graduated")


def _table(known: Sequence[Sequence[_Known]], months: int, tiered: bool) -> PriceTable:
    rates: dict[Rate, int] = {}
    quotas: dict[FreeQuota, int] = {}
    runs = [(r, [*run], _columns(one), one) for r, row in enumerate(known) for one, run in _alike(row)]
    depth = max((len(columns) for _, _, columns, _ in runs), default=0) or 1
    shape = (len(known), months)
    code = np.full((1 + depth, *shape), NO_RATE, dtype=np.int64)
    list_code = code.copy()
    lower = np.full((depth, *shape), pool.ENDLESS, dtype=np.int64)
    lower[0] = 0
    is_tiered, free_quota = np.zeros(shape, dtype=bool), np.full(shape, -1, dtype=np.int64)
    for r, run, columns, one in runs:
        here = (r, run)
        is_tiered[here] = tiered and bool(columns)
        for k, (start, rate, list_rate) in enumerate(columns):
            lower[k][here] = start
            if rate is not None:
                code[k + 1][here] = rates.setdefault(rate, len(rates))
            if list_rate is not None:
                list_code[k + 1][here] = rates.setdefault(list_rate, len(rates))
        if one.free_quota is not None:
            free_quota[here] = quotas.setdefault(one.free_quota, len(quotas))
            code[FREE][here] = list_code[FREE][here] = rates.setdefault(_free_rate(one.free_quota), len(rates))
    mantissas = [money.mantissa(rate.value) for rate in rates]
    return PriceTable(
        rates=tuple(rates),
        free_quotas=tuple(quotas),
        code=code,
        list_code=code if (code == list_code).all() else list_code,
        lower=lower,
        tiered=is_tiered,
        free_quota=free_quota,
        factor=np.array([factor for factor, _ in mantissas], dtype=np.int64),
        divisor=np.array([divisor for _, divisor in mantissas], dtype=np.int64),
    )


def _alike(row: Sequence[_Known]) -> Iterator[tuple[_Known, Iterator[int]]]:
    """Runs of months in which the same is known."""
    return groupby(range(len(row)), key=row.__getitem__)


def _columns(known: _Known) -> list[tuple[int, Rate | None, Rate | None]]:
    """(start, contracted rate, list rate) of each column; no rate beyond the last tier that is known."""
    bounds = {bound for tier in known.tiers + known.list_tiers for bound in (tier.start, tier.end) if bound is not None}
    return [(start, _at(known.tiers, start), _at(known.list_tiers, start)) for start in sorted(bounds)]


def _at(tiers: Sequence[Tier], quantity: int) -> Rate | None:
    """The rate of the unit that follows so many micro-units."""
    return next(
        (tier.rate for tier in tiers if tier.start <= quantity and (tier.end is None or quantity < tier.end)), None
    )


def _free_rate(quota: FreeQuota) -> Rate:
    """The rate of what a free quota covers."""
    return Rate(
        value=Decimal(0),
        reference=quota.reference,
        scope=quota.pool,
        effective_from=quota.effective_from,
        book=quota.book,
        note=quota.note,
    )
