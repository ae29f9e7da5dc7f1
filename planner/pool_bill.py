"""Pools as the account's bill will show them: what exists, what the plan adds, and both together.

The free quota and the tiers of an item belong to an account. The run rate is what everything else in the account
costs without the plan; the increment is the plan's own lines; their sum is the bill to expect, before prepaid plans.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from planner.plan import Plan
from pricing import exchange, money, pool
from pricing.cost import Objects
from pricing.price_table import FREE, NO_RATE
from pricing.rating import Rated
from pricing.usage import Bools, Ints


@dataclass(frozen=True)
class PoolBill:
    """An item in an account and region; m months, nano-units of the results' currency."""

    sku: str
    account: str
    region: str
    run_rate: tuple[int, ...] | None
    """(m,) contracted cost of everything else; None where no baseline is given, so that it is not known."""
    run_rate_unpriced: tuple[bool, ...]
    """(m,) where some of it has no price."""
    increment: tuple[int, ...]
    """(m,) contracted cost of the plan's lines."""
    increment_unpriced: tuple[bool, ...]

    @property
    def expected(self) -> tuple[int, ...] | None:
        """(m,) the bill to expect; None where the run rate is not known."""
        if self.run_rate is None:
            return None
        return tuple(map(sum, zip(self.run_rate, self.increment, strict=True)))


def pool_bills(plan: Plan) -> tuple[PoolBill, ...]:
    """A bill for every pool that the plan or a baseline uses, by item, account and region."""
    found = [bill for rated in plan.rated if rated.pools for bill in _of_item(rated, plan)]
    return tuple(sorted(found, key=lambda bill: (bill.sku, bill.account, bill.region)))


def _of_item(rated: Rated, plan: Plan) -> Iterator[PoolBill]:
    assert rated.pools is not None
    tables, pools, usage = plan.inventory, rated.pools, rated.usage
    amounts, unpriced = _baseline_cost(rated, plan)
    given = baselines_given(rated.usage.sku, plan)
    own, missing = rated.reported(rated.amount), rated.unpriced
    for row, (account, region) in enumerate(zip(pools.account.tolist(), pools.region.tolist(), strict=True)):
        rows = (usage.account == account) & (usage.region == region)
        known = tables.accounts[account] in given
        increment = sum(map(money.column_totals, own[:, rows]), np.zeros(amounts.shape[1], dtype=object))
        yield PoolBill(
            sku=usage.sku,
            account=tables.accounts[account],
            region=tables.regions[region],
            run_rate=tuple(amounts[row].tolist()) if known else None,
            run_rate_unpriced=tuple(unpriced[row].tolist()),
            increment=tuple(increment.tolist()),
            increment_unpriced=tuple(missing[rows].any(axis=0).tolist()),
        )


def baselines_given(sku: str, plan: Plan) -> set[str]:
    """Accounts for which the estate says what else they use, be it 0; regions it does not name use nothing."""
    key = sku.replace("-", "_") + "_gb"
    return {one.account for one in plan.scenarios[0].estate.baselines if getattr(one, key, None) is not None}


def baseline_tiers(rated: Rated, plan: Plan) -> Ints:
    """(k - 1, p, m) micro-units of everything else in each tier of each pool, after the free quota."""
    assert rated.pools is not None
    pools = rated.pools
    inside = plan.scenarios[0].plan.assumptions.free_quota_position == "inside-tier-1"
    before = pools.baseline_free if inside else np.zeros_like(pools.baseline_free)
    return pool.marginal(before, pools.baseline - pools.baseline_free, rated.prices.lower[:, pools.region])


def _baseline_cost(rated: Rated, plan: Plan) -> tuple[Objects, Bools]:
    """(p, m) contracted cost of everything else in each pool, and where some of it has no price.

    In Python integers: everything else may cost more than int64 holds.
    """
    assert rated.pools is not None
    pools, prices = rated.pools, rated.prices
    tiers = baseline_tiers(rated, plan)
    cost, unpriced = (np.zeros(pools.baseline.shape, dtype=kind) for kind in (object, bool))
    factors, divisors = np.append(prices.factor, 0).astype(object), np.append(prices.divisor, 1).astype(object)
    for k, quantity in enumerate(tiers, start=FREE + 1):
        code = prices.code[k][pools.region]
        amounts = (2 * quantity * factors[code] + divisors[code]) // (2 * divisors[code])
        for row, own in enumerate(amounts):
            cost[row] += exchange.convert_exactly(rated.exchange, own.tolist())
        unpriced |= (quantity > 0) & (code == NO_RATE)
    return cost, unpriced
