"""The rates of a SKU as arrays: by tier, region and month.

Rates are looked up on the first day of each month, by SKU and region; free quotas likewise.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

import numpy as np

from pricing import money, pool
from pricing.book import Books, FreeQuota, Rate, Tier
from pricing.sku import skus
from pricing.usage import Bools, Ints

NO_RATE = -1
FREE = 0


@dataclass(frozen=True)
class PriceTable:
    """The rates of one SKU by region and month; k columns x r regions x m months."""

    rates: tuple[Rate, ...]
    free_quotas: tuple[FreeQuota, ...]
    code: Ints
    """(k, r, m) codes of rates; NO_RATE where none is known. Column 0 is the free quota."""
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


def look_up(
    sku: str, regions: Sequence[str], months: Sequence[date], books: Books, occurs: Bools | None = None
) -> PriceTable:
    """The rates of a SKU for regions (or lanes between them) and months, as arrays.

    months : first day of each month
    occurs : (r,) the regions that matter: of others nothing is looked up; None: all of them
    """
    item = skus()[sku]
    known = [
        [
            (books.schedule(sku, region, on), books.free_quota(sku, region, on) if item.free_quota_over else None)
            for on in months
        ]
        if occurs is None or occurs[row]
        else [((), None)] * len(months)
        for row, region in enumerate(regions)
    ]
    rates: dict[Rate, int] = {}
    quotas: dict[FreeQuota, int] = {}
    depth = max((len(_with_end(tiers)) for row in known for tiers, _ in row), default=0) or 1
    shape = (len(regions), len(months))
    code = np.full((1 + depth, *shape), NO_RATE, dtype=np.int64)
    lower = np.full((depth, *shape), pool.ENDLESS, dtype=np.int64)
    lower[0] = 0
    tiered, free_quota = np.zeros(shape, dtype=bool), np.full(shape, -1, dtype=np.int64)
    for r, row in enumerate(known):
        for (tiers, quota), run in groupby(range(len(months)), key=row.__getitem__):
            here = (r, list(run))
            tiered[here] = bool(tiers) and item.model == "graduated"
            for k, (start, rate) in enumerate(_with_end(tiers)):
                lower[k][here] = start
                if rate is not None:
                    code[k + 1][here] = rates.setdefault(rate, len(rates))
            if quota is not None:
                free_quota[here] = quotas.setdefault(quota, len(quotas))
                code[FREE][here] = rates.setdefault(_free_rate(quota), len(rates))
    mantissas = [money.mantissa(rate.value) for rate in rates]
    return PriceTable(
        rates=tuple(rates),
        free_quotas=tuple(quotas),
        code=code,
        lower=lower,
        tiered=tiered,
        free_quota=free_quota,
        factor=np.array([factor for factor, _ in mantissas], dtype=np.int64),
        divisor=np.array([divisor for _, divisor in mantissas], dtype=np.int64),
    )


def _with_end(tiers: Sequence[Tier]) -> list[tuple[int, Rate | None]]:
    """(start, rate) of each tier; what lies beyond the last known tier starts a tier without a rate."""
    known: list[tuple[int, Rate | None]] = [(tier.start, tier.rate) for tier in tiers]
    if tiers and tiers[-1].end is not None:
        known.append((tiers[-1].end, None))
    return known


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


def given(rates: Sequence[Rate | None], months: Sequence[date]) -> PriceTable:
    """The price table of rates that the user gives, one for each lane: the same in all months; None: unknown."""
    codes: dict[Rate | None, int] = {rate: code for code, rate in enumerate(dict.fromkeys(filter(None, rates)))}
    mantissas = [money.mantissa(rate.value) for rate in codes if rate]
    nothing = nothing_known(rates, months)
    code = nothing.code.copy()
    code[1] = np.array([codes.get(rate, NO_RATE) for rate in rates], dtype=np.int64)[:, None]
    return dataclasses.replace(
        nothing,
        rates=tuple(rate for rate in codes if rate),
        code=code,
        factor=np.array([factor for factor, _ in mantissas], dtype=np.int64),
        divisor=np.array([divisor for _, divisor in mantissas], dtype=np.int64),
    )


def nothing_known(places: Sequence[object], months: Sequence[date]) -> PriceTable:
    """The price table of usage for which no billing rule is known."""
    shape = (len(places), len(months))
    none = np.empty(0, dtype=np.int64)
    return PriceTable(
        rates=(),
        free_quotas=(),
        code=np.full((2, *shape), NO_RATE, dtype=np.int64),
        lower=np.zeros((1, *shape), dtype=np.int64),
        tiered=np.zeros(shape, dtype=bool),
        free_quota=np.full(shape, -1, dtype=np.int64),
        factor=none,
        divisor=none,
    )
