"""Tiers of the live workbook: what of the plan lies in each tier of a pool, what that costs, and what has no price."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pricing import money
from pricing.usage import Ints
from reports.live_calculation import Calculation
from reports.live_cost_rows import PoolCheck, amounts_of
from reports.live_free_quota import Free
from reports.live_grid import Series
from reports.live_line import Item
from reports.live_line_usage import LEFT_TO_ENGINE
from reports.live_pool import Pool, engine_pools
from reports.live_prices import UNPRICED, Prices, Tariff
from reports.live_rates import Rates


@dataclass(frozen=True)
class Tier:
    """A tier of a pool, or the whole of it where the price is flat; rows of the calculation, in GB."""

    column: int
    """Of the engine's columns: 1 is tier 1 or the flat rate."""
    tariff: Tariff
    of_plan: Series
    covered: Series | None
    """What prepaid plans cover of it; None: nothing."""

    @property
    def billed(self) -> str:
        """A formula: GB that are paid for."""
        own, covered = self.of_plan.cell, self.covered
        return f"MAX(0,ROUND({own}-{covered.cell},6))" if covered else own


@dataclass(frozen=True)
class PoolCost:
    """What a pool costs the plan: rows of the calculation."""

    cost: Series
    """In the results' currency: the priced part."""
    unpriced: Series
    """GB that have no price."""


@dataclass(frozen=True)
class Tiers:
    """Lays out the tiers and the cost of pools of an item."""

    sheet: Calculation
    prices: Prices
    rates: Rates
    item: Item

    def lay_out(self, pool: Pool, free: Free | None) -> tuple[PoolCost, PoolCheck]:
        """What a pool costs, and a check that its free GB and its tiers are all of it."""
        columns = self._columns(pool)
        of_plan = self._of_plan(pool, free, columns)
        covered = self._covered(pool, [column for column, _ in columns])
        tiers = [
            Tier(column, tariff, series, covered.get(column))
            for (column, tariff), series in zip(columns, of_plan, strict=True)
        ]
        parts = [*of_plan, free.of_plan] if free else of_plan
        added = "+".join(map(self.sheet.total_at, parts))
        whole = pool.of_plan
        check = PoolCheck(f"{self.item.sku} {pool.name}", added, self.sheet.total_at(whole), whole.total or 0)
        return PoolCost(self._cost(pool, tiers), self._unpriced(pool, tiers)), check

    def _columns(self, pool: Pool) -> list[tuple[int, Tariff]]:
        """Each tier of a pool that has a tariff."""
        of, count = self.prices.tariffs, len(self.item.rated.prices.code)
        keys = [(self.item.number, pool.region, column) for column in range(1, count)]
        return [(key[-1], of[key]) for key in keys if key in of]

    # GB

    def _of_plan(self, pool: Pool, free: Free | None, columns: Sequence[tuple[int, Tariff]]) -> list[Series]:
        """GB of the plan in each tier."""
        engine, sheet = engine_pools(self.item), self.sheet
        tariffs = [tariff for _, tariff in columns]
        if not any(tariff.tiered for tariff in tariffs):
            formula = f"ROUND({pool.of_plan.cell}{f'-{free.of_plan.cell}' if free else ''},6)"
            labels = ("Paid, this plan", pool.name, "", tariffs[0].key, "GB")
            return [sheet.row(labels, formula, self._paid(pool, free), total=True)]
        before = self._before(pool, free)
        after = self._after(pool, free, before)
        found = []
        for at, (column, tariff) in enumerate(columns):
            following = tariffs[at + 1] if at + 1 < len(tariffs) else None
            formula = self._in_tier(before, after, tariff, following)
            values = (engine.columns[column, pool.number] / money.MICRO).tolist()
            labels = (f"Tier {column}, this plan", pool.name, "", tariff.key, "GB")
            found.append(sheet.row(labels, formula, values, total=True))
        return found

    def _paid(self, pool: Pool, free: Free | None) -> list[float]:
        """(m,) GB of the plan that are not free."""
        of_plan = engine_pools(self.item).columns[:, pool.number]
        return ((of_plan.sum(axis=0) - (of_plan[0] if free else 0)) / money.MICRO).tolist()

    def _in_tier(self, before: Series, after: Series, tariff: Tariff, following: Tariff | None) -> str:
        """What lies in a tier of what comes between two rows of GB; following: the next tier."""
        low = self.rates.begins(tariff)
        upper = f"MIN({after.cell},{self.rates.lower[following.key].cell})" if following else after.cell
        lower = f"MAX({before.cell},{low.cell})" if low else before.cell
        return f"ROUND(MAX(0,{upper}-{lower}),6)"

    def _before(self, pool: Pool, free: Free | None) -> Series:
        """GB that come before the plan in the tiers."""
        formula = pool.of_others.cell
        if free:
            others, own = free.of_others.cell, free.of_plan.cell
            formula = f'ROUND({formula}-{others}+IF(free_quota_position="inside-tier-1",{others}+{own},0),6)'
        labels = ("Before the plan", pool.name, "", "paid GB", "GB")
        return self.sheet.row(labels, formula, self._start(pool), total=True)

    def _start(self, pool: Pool) -> list[float]:
        """(m,) GB that come before the plan in the tiers, by the engine."""
        engine, of = engine_pools(self.item), pool.number
        start = engine.baseline[of] - engine.baseline_free[of]
        if self.sheet.plan.inventory.assumptions.free_quota_position == "inside-tier-1":
            start = start + engine.baseline_free[of] + engine.columns[0, of]
        return (start / money.MICRO).tolist()

    def _after(self, pool: Pool, free: Free | None, before: Series) -> Series:
        """GB in the tiers with the plan."""
        formula = f"{before.cell}+{pool.of_plan.cell}" + (f"-{free.of_plan.cell}" if free else "")
        values = [a + b for a, b in zip(self._start(pool), self._paid(pool, free), strict=True)]
        return self.sheet.row(("With the plan", pool.name, "", "paid GB", "GB"), formula, values, total=True)

    def _covered(self, pool: Pool, columns: Sequence[int]) -> dict[int, Series]:
        """By column: the GB that prepaid plans cover of a tier."""
        one = self.item.rated
        if not any(one.covered):
            return {}
        rows, found = self._rows(pool), {}
        for column in columns:
            part: Ints = sum(
                (
                    one.quantity[n][rows].sum(axis=0)
                    for n, (k, covered) in enumerate(zip(one.column, one.covered, strict=True))
                    if covered and k == column
                ),
                np.zeros(self.sheet.count, dtype=np.int64),
            )
            if part.any():
                labels = (f"Covered of tier {column}", pool.name, "", LEFT_TO_ENGINE, "GB")
                found[column] = self.sheet.row(labels, None, (part / money.MICRO).tolist(), total=True)
        return found

    def _rows(self, pool: Pool) -> list[int]:
        """Rows of the item's usage that are in a pool."""
        usage = self.item.rated.usage
        return np.flatnonzero((usage.account == pool.account) & (usage.region == pool.region)).tolist()

    # Costs

    def _cost(self, pool: Pool, tiers: Sequence[Tier]) -> Series:
        to_results = self.rates.to_results(self.item.rated)
        cost = "+".join(f"{tier.billed}*N({self.rates.of(tier.tariff).cell})" for tier in tiers)
        formula = f"({cost}){to_results}" if to_results else cost
        labels = ("Cost of the pool", pool.name, "", self.item.sku, self.sheet.plan.inventory.currency)
        amounts = amounts_of(self.sheet.plan, self.item, self._rows(pool))
        values = [amount / money.NANO for amount in amounts]
        return self.sheet.row(labels, formula, values, total=True, style="cost", strong=True)

    def _unpriced(self, pool: Pool, tiers: Sequence[Tier]) -> Series:
        """GB that have no price."""
        engine, gb = engine_pools(self.item), np.zeros(self.sheet.count)
        for tier in tiers:
            unpriced = np.array([value == UNPRICED for value in tier.tariff.values])
            quantity = engine.columns[tier.column, pool.number] / money.MICRO
            if tier.covered:
                quantity = quantity - np.array(tier.covered.values, dtype=float)
            gb += np.where(unpriced, quantity, 0)
        parts = "+".join(f"IF(ISNUMBER({self.rates.of(tier.tariff).cell}),0,{tier.billed})" for tier in tiers)
        formula = f"ROUND({parts},6)"  # what is wholly covered leaves nothing, not a rest of binary fractions
        labels = ("Without a price", pool.name, "", self.item.sku, "GB")
        return self.sheet.row(labels, formula, gb.tolist(), total=True)
