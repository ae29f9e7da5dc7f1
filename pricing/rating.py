"""Usage and price books -> amounts. Array kernels; line items are assembled last, for those who want them.

Rates are looked up on the first day of each month, by SKU and region; free quotas likewise.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from pricing import money, pool
from pricing.book import Books, FreeQuota, Rate, Tier
from pricing.sku import skus
from pricing.usage import Baselines, Bools, Ints, Usage

NO_RATE = -1
UNKNOWN = -1
NO_TIER = -1
FREE = 0
_LAST = np.iinfo(np.int16).max
_NO_BASELINES = Baselines()


@dataclass(frozen=True)
class Options:
    """Open questions of the billing rules, answered."""

    free_quota_region_order: tuple[str, ...] = ()
    """Regions that draw an account's free quota first, in this order; the others share in proportion."""
    free_quota_inside_tier_1: bool = False
    """Whether the free GB are the first of tier 1, or come before it."""


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


@dataclass(frozen=True)
class Pools:
    """How usage fell into free quota and tiers; p pools (account, region) x m months."""

    account: Ints
    region: Ints
    baseline: Ints
    """(p, m) micro-units of everything else."""
    baseline_free: Ints
    """(p, m) of which are covered by the free quota."""
    columns: Ints
    """(k, p, m) micro-units of the plan in the free quota and in each tier."""


@dataclass(frozen=True)
class Rated:
    """The usage of one SKU, priced; n rows, m months, k columns in use.

    Where there are pools, the rows are sorted by (account, region).
    """

    usage: Usage
    prices: PriceTable
    pools: Pools | None
    """None for a SKU without free quota and tiers."""
    column: tuple[int, ...]
    """(k,) which columns of the price table are in use: 0 is the free quota, 1 tier 1 or the flat rate."""
    quantity: Ints
    """(k, n, m) micro-units in each of those columns."""
    amount: Ints
    """(k, n, m) nano-units of the currency; 0 where there is no rate."""

    @property
    def unpriced(self) -> Bools:
        """(n, m) where a quantity is unknown or has no rate."""
        missing = self.usage.unknown.copy()
        for k, column in enumerate(self.column):
            missing |= (self.quantity[k] > 0) & (self.prices.code[column][self.usage.region] == NO_RATE)
        return missing


def look_up(sku: str, regions: Sequence[str], months: Sequence[date], books: Books) -> PriceTable:
    """The rates of a SKU for regions and months, as arrays.

    months : first day of each month
    """
    item = skus()[sku]
    known = [
        [
            (books.schedule(sku, region, on), books.free_quota(sku, region, on) if item.free_quota_over else None)
            for on in months
        ]
        for region in regions
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


def rate(
    usage: Usage,
    regions: Sequence[str],
    months: Sequence[date],
    books: Books,
    baselines: Baselines = _NO_BASELINES,
    options: Options = Options(),
) -> Rated:
    """Price the usage of one SKU.

    raises : pool.QuantityTooLargeError, money.AmountTooLargeError
    """
    prices = look_up(usage.sku, regions, months, books) if usage.priceable else _no_prices(regions, months)
    pools: Pools | None = None
    column: tuple[int, ...] = (1,)
    quantity = usage.quantity[None]
    if prices.free_quotas or len(prices.lower) > 1:
        usage = _sorted(usage)
        pools, of_row = _pools(usage, prices, regions, baselines.of(usage.sku), options)
        column = tuple(np.flatnonzero(pools.columns.any(axis=(1, 2))).tolist()) or (1,)
        quantity = pool.allocate(usage.quantity, of_row, pools.columns[list(column)])
    return Rated(usage, prices, pools, column, quantity, _amounts(quantity, column, usage, prices))


def _sorted(usage: Usage) -> Usage:
    """Rows by account and region, so that a pool's rows stand together."""
    pool_key = usage.account * (usage.region.max(initial=0) + 1) + usage.region
    order = np.lexsort((usage.subject, pool_key.astype(np.min_scalar_type(pool_key.max(initial=0)))))
    return Usage(
        sku=usage.sku,
        subject=usage.subject[order],
        account=usage.account[order],
        region=usage.region[order],
        quantity=usage.quantity.take(order, axis=0),
        unknown=usage.unknown.take(order, axis=0),
        priceable=usage.priceable,
    )


def _pools(
    usage: Usage,
    prices: PriceTable,
    regions: Sequence[str],
    baseline: dict[tuple[int, int], int],
    options: Options,
) -> tuple[Pools, Ints]:
    """How the usage of each pool falls into free quota and tiers, and which pool each row belongs to."""
    key_of_row = usage.account * len(regions) + usage.region
    of_baseline = np.array([a * len(regions) + r for a, r in baseline], dtype=np.int64)
    keys = np.union1d(key_of_row, of_baseline)
    account, region = np.divmod(keys, len(regions))
    of_row = np.searchsorted(keys, key_of_row)
    plan = _pool_sums(usage.quantity, of_row, len(keys))
    others = np.zeros_like(plan)
    others[np.searchsorted(keys, of_baseline)] = np.array(list(baseline.values()), dtype=np.int64)[:, None]
    if len(keys) and others.max() > pool.MOST_IN_A_POOL:
        raise pool.QuantityTooLargeError("more than 1.15 trillion GB in a baseline")
    others_free, plan_free = _free(prices, account, region, others, plan, _ranks(regions, options)[region])
    offset = others_free + plan_free if options.free_quota_inside_tier_1 else 0
    tiers = pool.marginal(offset + others - others_free, plan - plan_free, prices.lower[:, region])
    columns = np.concatenate([plan_free[None], tiers])
    return Pools(account, region, others, others_free, columns), of_row


def _pool_sums(quantity: Ints, of_row: Ints, pools: int) -> Ints:
    """(p, m) what the rows of each pool add up to."""
    sums = np.zeros((pools, quantity.shape[1]), dtype=np.int64)
    if quantity.size == 0:
        return sums
    firsts = np.flatnonzero(np.diff(of_row, prepend=-1))
    if float(quantity.max()) * len(quantity) > pool.MOST_IN_A_POOL:
        exact = np.add.reduceat(quantity.astype(object), firsts)
        if exact.max() > pool.MOST_IN_A_POOL:
            raise pool.QuantityTooLargeError("more than 1.15 trillion GB in a pool")
    sums[of_row[firsts]] = np.add.reduceat(quantity, firsts)
    return sums


def _ranks(regions: Sequence[str], options: Options) -> Ints:
    """(r,) in which turn each region draws a free quota."""
    order = options.free_quota_region_order
    return np.array([order.index(name) if name in order else len(order) for name in regions], dtype=np.int64)


def _free(prices: PriceTable, account: Ints, region: Ints, others: Ints, plan: Ints, rank: Ints) -> tuple[Ints, Ints]:
    """(p, m) what the free quotas give everything else, and then the plan, in each pool.

    A free quota belongs to an account and to the regions that share its code; months in which every region's
    code is the same are done together.
    """
    of_others, of_plan = np.zeros_like(others), np.zeros_like(plan)
    codes = prices.free_quota[region]
    if not prices.free_quotas or codes.size == 0:
        return of_others, of_plan
    size = np.array([quota.quantity for quota in prices.free_quotas], dtype=np.int64)
    runs = np.flatnonzero((np.diff(codes, axis=1) != 0).any(axis=0)) + 1
    for months in np.split(np.arange(codes.shape[1]), runs):
        code = codes[:, months[0]]
        key = account * len(size) + code
        rows = np.flatnonzero(code >= 0)
        rows = rows[np.argsort(key[rows], kind="stable")]
        if len(rows) == 0:
            continue
        keys, of_key = np.unique(key[rows], return_inverse=True)
        left = np.repeat(size[keys % len(size), None], len(months), axis=1)
        here = np.ix_(rows, months)
        of_others[here] = pool.draw(left, of_key, others[here])
        firsts = np.flatnonzero(np.diff(of_key, prepend=-1))
        left -= np.add.reduceat(of_others[here], firsts)
        of_plan[here] = pool.draw(left, of_key, plan[here], rank[rows])
    return of_others, of_plan


def _amounts(quantity: Ints, column: Sequence[int], usage: Usage, prices: PriceTable) -> Ints:
    """(k, n, m) quantity x rate, rounded half up once; 0 where no rate is known."""
    amounts = np.zeros(quantity.shape, dtype=np.int64)
    if not prices.rates:
        return amounts
    factors, divisors = np.append(prices.factor, 0), np.append(prices.divisor, 1)  # code -1: no rate
    for k, number in enumerate(column):
        code = prices.code[number]
        if number == FREE or (code == NO_RATE).all():
            continue
        factor, divisor = _without_repetition(factors[code]), _without_repetition(divisors[code])
        for block in pool.blocks(*quantity.shape[1:]):
            region = usage.region[block]
            rates = _of_rows(factor, region), _of_rows(divisor, region)
            money.multiply(quantity[k, block], *rates, out=amounts[k, block])
    return amounts


def _of_rows(of_regions: Ints, region: Ints) -> Ints:
    """What belongs to the region of each row; one row to be broadcast where it is the same in all regions."""
    return of_regions[region] if len(of_regions) > 1 else of_regions


def _without_repetition(table: Ints) -> Ints:
    """One row, or one column, or both, of a table in which all are the same: enough to be broadcast."""
    for axis in range(table.ndim):
        first = table.take([0], axis)
        if (table == first).all():
            table = first
    return table


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


def _no_prices(regions: Sequence[str], months: Sequence[date]) -> PriceTable:
    """The price table of usage for which no billing rule is known."""
    shape = (len(regions), len(months))
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


def line_items(rated: Sequence[Rated]) -> LineItems:
    """The line items of rated usage, one per month, SKU, subject and tier."""
    skus = tuple(dict.fromkeys(one.usage.sku for one in rated))
    rates: dict[Rate, int] = {}
    parts = [part for one in rated for part in _lines(one, skus.index(one.usage.sku), rates)]
    columns = [_joined(column) for column in zip(*parts, strict=True)] or [_joined(())] * 9
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
        price = usage.region[row] * usage.quantity.shape[1] + month
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


@dataclass(frozen=True)
class Costs:
    """Cost by SKU, subject and month; c rows x m months, exact."""

    skus: tuple[str, ...]
    sku: Ints
    """(c,) codes of skus."""
    subject: Ints
    account: Ints
    region: Ints
    amount: NDArray[np.object_]
    """(c, m) nano-units, Python integers: the priced part."""
    unpriced: Bools
    """(c, m) where something has no price, so that the amount is not the whole cost."""
    used: Bools
    """(c,) whether there is anything at all, be it free."""


def costs(rated: Sequence[Rated]) -> Costs:
    """What each subject costs by SKU and month, tiers added up."""
    skus = tuple(dict.fromkeys(one.usage.sku for one in rated))
    months = rated[0].usage.quantity.shape[1] if rated else 0
    used = (one.usage.quantity.any(axis=1) | one.usage.unknown.any(axis=1) for one in rated)
    return Costs(
        skus=skus,
        sku=_joined(np.full(len(one.usage.subject), skus.index(one.usage.sku)) for one in rated),
        subject=_joined(one.usage.subject for one in rated),
        account=_joined(one.usage.account for one in rated),
        region=_joined(one.usage.region for one in rated),
        amount=np.concatenate([np.zeros((0, months), dtype=object), *map(_of_all_tiers, rated)]),
        unpriced=np.concatenate([np.zeros((0, months), dtype=bool), *(one.unpriced for one in rated)]),
        used=np.concatenate([np.zeros(0, dtype=bool), *used]),
    )


def _of_all_tiers(one: Rated) -> NDArray[np.object_]:
    """(n, m) exact amounts, tiers added up, as Python integers."""
    tiers, *shape = one.amount.shape
    return money.column_totals(one.amount.reshape(tiers, -1)).reshape(shape)


def _joined(parts: Iterable[Ints]) -> Ints:
    return np.concatenate([np.empty(0, dtype=np.int64), *parts])


def monthly_totals(rated: Sequence[Rated]) -> NDArray[np.object_]:
    """(m,) the exact priced total of each month, nano-units, as Python integers."""
    months = rated[0].usage.quantity.shape[1] if rated else 0
    total = np.zeros(months, dtype=object)
    for one in rated:
        for number, amount in zip(one.column, one.amount, strict=True):
            if number != FREE:
                total += money.column_totals(amount)
    return total
