"""Costs of the live workbook in pools: of an item with free quotas or tiers, from GB to what each line costs."""

from __future__ import annotations

from dataclasses import dataclass

from reports import live_line_usage, live_pool
from reports.live_calculation import Calculation
from reports.live_cost_rows import Costs, put_cost, put_sum
from reports.live_free_quota import FreeQuotas
from reports.live_grid import Series
from reports.live_input_sheet import Inputs
from reports.live_line import Item
from reports.live_prices import UNPRICED, Prices
from reports.live_rates import Rates
from reports.live_tiers import PoolCost, Tiers
from reports.live_usage import Quantities


@dataclass(frozen=True)
class PoolCosts:
    """Lays out items with pools, given the sheets that they refer to."""

    sheet: Calculation
    inputs: Inputs
    prices: Prices
    quantities: Quantities
    rates: Rates

    def lay_out(self, item: Item, found: Costs) -> None:
        """What is in each pool, how it falls into free quota and tiers, and what it costs."""
        sheet = self.sheet
        sheet.heading(f"GB in pools: {item.title}", "Everything of an account and region is counted together.")
        counted, left = live_line_usage.of_pools(sheet, self.quantities, item)
        found.left_to_engine += left
        pools = live_pool.lay_out(sheet, self.inputs, item, counted)
        free = FreeQuotas(sheet, self.inputs, self.prices, item).lay_out(pools)
        sheet.heading(f"Free quota and tiers: {item.title}", "Everything else comes first, then the plan.")
        tiers = Tiers(sheet, self.prices, self.rates, item)
        cost_of: dict[int, PoolCost] = {}
        for pool in pools:
            if pool.lines:
                cost_of[pool.number], check = tiers.lay_out(pool, free.get(pool.number))
                found.pools.append(check)
        sheet.gap()
        note = "Cost of the pool × GB / GB of the pool."
        sheet.heading(f"Cost: {item.title}", note, ("Region", "Account", "Cost centre"))
        costs = []
        for pool in pools:
            for at in pool.lines:
                of_pool = cost_of[pool.number]
                formula = _share(counted[at], pool.of_plan, of_pool)
                costs.append(put_cost(sheet, found, item, item.lines[at], formula, pool.name, of_pool.unpriced))
        put_sum(sheet, found, item, costs, any(item.rated.covered))


def _share(own: Series, whole: Series, pool: PoolCost) -> str:
    """What a line costs: its share of what its pool costs, by GB."""
    cost = f"{pool.cost.cell}*{own.cell}/{whole.cell}"
    known = f'IF(AND(ROUND({pool.cost.cell},9)=0,{pool.unpriced.cell}>0),"{UNPRICED}",{cost})'
    return f'IF({own.cell}=0,0,IF(ISNUMBER({own.cell}),{known},"{UNPRICED}"))'
