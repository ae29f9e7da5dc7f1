"""Usage and price books -> quantities by tier and amounts. Array kernels, without line items."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from pricing import money, pool, price_table
from pricing.book import Books, Rate
from pricing.exchange import Exchange
from pricing.price_table import FREE, NO_RATE, PriceTable
from pricing.usage import Baselines, Bools, Ints, Usage

_NO_BASELINES = Baselines()


@dataclass(frozen=True)
class Options:
    """Open questions of the billing rules, answered."""

    free_quota_region_order: tuple[str, ...] = ()
    """Regions that draw an account's free quota first, in this order; the others share in proportion."""
    free_quota_inside_tier_1: bool = False
    """Whether the free GB are the first of tier 1, or come before it."""
    free_quota_used_without_baseline: bool = False
    """Whether the free quota of an account without a baseline is used up by everything else."""


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
    covered: tuple[bool, ...]
    """(k,) whether a prepaid plan covers the column, so that it is not billed."""
    quantity: Ints
    """(k, n, m) micro-units in each of those columns."""
    list_amount: Ints
    """(k, n, m) nano-units at list price; 0 where there is no list rate. The same array where no contract differs."""
    amount: Ints
    """(k, n, m) nano-units at contracted price; 0 where there is no rate."""
    currency: str
    """Currency of the amounts, which is that of the bill."""
    exchange: Exchange | None
    """What makes amounts of the results' currency; None where it is the same."""

    @property
    def unpriced(self) -> Bools:
        """(n, m) where a quantity is unknown or has no rate."""
        return self._missing(self.prices.code)

    @property
    def list_unpriced(self) -> Bools:
        """(n, m) where a quantity is unknown or has no list rate."""
        return self._missing(self.prices.list_code)

    def _missing(self, code: Ints) -> Bools:
        missing = self.usage.unknown.copy()
        for k, column in enumerate(self.column):
            if not self.covered[k]:  # what is covered costs nothing, whatever its rate
                missing |= (self.quantity[k] > 0) & (code[column][self.usage.place] == NO_RATE)
        return missing

    def used_rates(self) -> tuple[Rate, ...]:
        """The contracted rates that price something, in the order of the price table."""
        used: set[int] = set()
        for k, column in enumerate(self.column):
            codes = np.where(self.quantity[k] > 0, self.prices.code[column][self.usage.place], NO_RATE)
            used.update(np.unique(codes).tolist())
        return tuple(rate for code, rate in enumerate(self.prices.rates) if code in used)

    def reported(self, amounts: Ints) -> Ints:
        """Amounts (..., m) in the currency of the results."""
        return amounts if self.exchange is None else self.exchange.convert(amounts)


def rate(
    usage: Usage,
    regions: Sequence[str],
    months: Sequence[date],
    books: Books,
    baselines: Baselines = _NO_BASELINES,
    options: Options = Options(),
    exchange: Exchange | None = None,
    without_free_quota: Bools | None = None,
) -> Rated:
    """Price the usage of one SKU.

    without_free_quota : (accounts, m) where an account has given its free quota up; None: nowhere
    raises : pool.QuantityTooLargeError, money.AmountTooLargeError
    """
    others = [region for _, region in baselines.of(usage.sku)]  # what else is there draws free quotas
    prices = price_table.look_up(usage, regions, months, books, others)
    pools: Pools | None = None
    column: tuple[int, ...] = (1,)
    quantity = usage.quantity[None]
    if prices.free_quotas or len(prices.lower) > 1:
        usage = _sorted(usage)
        pools, of_row = _pools(usage, prices, regions, baselines.of(usage.sku), options, without_free_quota)
        column = tuple(np.flatnonzero(pools.columns.any(axis=(1, 2))).tolist()) or (1,)
        quantity = pool.allocate(usage.quantity, of_row, pools.columns[list(column)])
    currency = usage.currency or books.currency
    return price(usage, prices, pools, column, (False,) * len(column), quantity, currency, exchange)


def price(
    usage: Usage,
    prices: PriceTable,
    pools: Pools | None,
    column: tuple[int, ...],
    covered: tuple[bool, ...],
    quantity: Ints,
    currency: str,
    exchange: Exchange | None,
) -> Rated:
    """Quantities that fell into columns, with their amounts.

    raises : money.AmountTooLargeError
    """
    amount = _amounts(quantity, column, usage, prices, prices.code)
    same = prices.list_code is prices.code
    list_amount = amount if same else _amounts(quantity, column, usage, prices, prices.list_code)
    if exchange is not None:  # what does not fit in the other currency either is told here, not by some report
        for amounts in (amount, list_amount):
            exchange.convert(amounts.max(axis=(0, 1), initial=0))
    return Rated(usage, prices, pools, column, covered, quantity, list_amount, amount, currency, exchange)


def cover(rated: Rated, offset: Ints) -> Rated:
    """Rated usage of which prepaid plans cover a part: each column falls into what is billed and what is not.

    offset : (k, n, m) micro-units that are covered
    raises : money.AmountTooLargeError
    """
    if not offset.any():
        return rated
    parts = []
    for k, column in enumerate(rated.column):
        rest = rated.quantity[k] - offset[k]
        parts += [(column, covered, one) for covered, one in ((False, rest), (True, offset[k])) if one.any()]
    columns, covered, quantities = zip(*parts, strict=True)
    quantity = np.stack(quantities)
    return price(rated.usage, rated.prices, rated.pools, columns, covered, quantity, rated.currency, rated.exchange)


def _sorted(usage: Usage) -> Usage:
    """Rows by account and region, so that a pool's rows stand together."""
    pool_key = usage.account * (usage.region.max(initial=0) + 1) + usage.region
    order = np.lexsort((usage.subject, pool_key.astype(np.min_scalar_type(pool_key.max(initial=0)))))
    return replace(
        usage,
        subject=usage.subject[order],
        account=usage.account[order],
        region=usage.region[order],
        quantity=usage.quantity.take(order, axis=0),
        unknown=usage.unknown.take(order, axis=0),
        lane=None if usage.lane is None else usage.lane[order],
    )


def _pools(
    usage: Usage,
    prices: PriceTable,
    regions: Sequence[str],
    baseline: dict[tuple[int, int], int],
    options: Options,
    without_free_quota: Bools | None,
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
    quotas = prices.free_quota[region]
    if options.free_quota_used_without_baseline:
        quotas = np.where(np.isin(account, [a for a, _ in baseline])[:, None], quotas, -1)
    if without_free_quota is not None:
        quotas = np.where(without_free_quota[account], -1, quotas)
    others_free, plan_free = _free(prices, account, quotas, others, plan, _ranks(regions, options)[region])
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


def _free(prices: PriceTable, account: Ints, codes: Ints, others: Ints, plan: Ints, rank: Ints) -> tuple[Ints, Ints]:
    """(p, m) what the free quotas give everything else, and then the plan, in each pool.

    codes : (p, m) of the free quotas; -1: none, or none left
    A free quota belongs to an account and to the regions that share its code; months in which every region's
    code is the same are done together.
    """
    of_others, of_plan = np.zeros_like(others), np.zeros_like(plan)
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


def _amounts(quantity: Ints, column: Sequence[int], usage: Usage, prices: PriceTable, codes: Ints) -> Ints:
    """(k, n, m) quantity x rate, rounded half up once; 0 where no rate is known."""
    amounts = np.zeros(quantity.shape, dtype=np.int64)
    if not prices.rates:
        return amounts
    factors, divisors = np.append(prices.factor, 0), np.append(prices.divisor, 1)  # code -1: no rate
    for k, number in enumerate(column):
        code = codes[number]
        if number == FREE or (code == NO_RATE).all():
            continue
        factor, divisor = _without_repetition(factors[code]), _without_repetition(divisors[code])
        for block in pool.blocks(*quantity.shape[1:]):
            place = usage.place[block]
            rates = _of_rows(factor, place), _of_rows(divisor, place)
            money.multiply(quantity[k, block], *rates, out=amounts[k, block])
    return amounts


def _of_rows(of_places: Ints, place: Ints) -> Ints:
    """What belongs to the place of each row; one row to be broadcast where it is the same in all places."""
    return of_places[place] if len(of_places) > 1 else of_places


def _without_repetition(table: Ints) -> Ints:
    """One row, or one column, or both, of a table in which all are the same: enough to be broadcast."""
    for axis in range(table.ndim):
        first = table.take([0], axis)
        if (table == first).all():
            table = first
    return table
