"""Free quotas of the live workbook: of an account and area; everything else draws first, then the plan in turns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pricing import money
from pricing.prepaid import gives_up_free_quota
from pricing.usage import Ints
from reports.live_calculation import HEADER, Calculation
from reports.live_grid import Series, numbers
from reports.live_input_sheet import Inputs
from reports.live_line import Item
from reports.live_line_usage import LEFT_TO_ENGINE
from reports.live_pool import Pool, engine_pools
from reports.live_prices import Prices


@dataclass(frozen=True)
class Free:
    """What a free quota gives a pool, in GB: rows of the calculation."""

    of_others: Series
    """To everything else."""
    of_plan: Series


@dataclass(frozen=True)
class FreeQuotas:
    """Lays out the free quotas of an item; each is shared by the pools of an account and area."""

    sheet: Calculation
    inputs: Inputs
    prices: Prices
    item: Item

    def lay_out(self, pools: Sequence[Pool]) -> dict[int, Free]:
        """By number of a pool: what it is given, where there is a free quota."""
        shared: dict[tuple[int, str], list[Pool]] = {}
        mixed: list[Pool] = []
        for pool in pools:
            scopes = self._scopes(pool)
            if len(scopes) == 1:
                shared.setdefault((pool.account, scopes[0]), []).append(pool)
            elif scopes:
                mixed.append(pool)
        found: dict[int, Free] = {}
        if not shared and not mixed:
            return found
        self.sheet.heading("Free quotas", "One of an account and area; regions share it in proportion to their GB.")
        for (account, scope), members in shared.items():
            found |= self._shared(account, scope, members)
        for pool in mixed:
            found[pool.number] = self._of_engine(pool)
        self.sheet.gap()
        return found

    def _scopes(self, pool: Pool) -> list[str]:
        """Areas of the free quotas that a pool draws on; several where that changes in the period."""
        prices = self.item.rated.prices
        codes = {code for code in prices.free_quota[pool.region].tolist() if code >= 0}
        return sorted({prices.free_quotas[code].pool for code in codes})

    def _of_engine(self, pool: Pool) -> Free:
        engine, of = engine_pools(self.item), pool.number
        return Free(
            self._given("Free, everything else", pool, LEFT_TO_ENGINE, None, engine.baseline_free[of]),
            self._given("Free, this plan", pool, LEFT_TO_ENGINE, None, engine.columns[0, of]),
        )

    def _shared(self, account: int, scope: str, members: Sequence[Pool]) -> dict[int, Free]:
        """A free quota and what it gives each of its pools."""
        engine, who = engine_pools(self.item), f"{self.sheet.plan.inventory.accounts[account]} / {scope}"
        size = self._size(account, scope, members, who)
        wanted = self._added("Wanted by everything else", who, [pool.of_others for pool in members])
        of_others = {}
        for pool in members:
            formula = _share(pool.of_others, size, wanted)
            micro = engine.baseline_free[pool.number]
            of_others[pool.number] = self._given("Free, everything else", pool, scope, formula, micro)
        found: dict[int, Free] = {}
        drawn = list(of_others.values())
        for turn in self._turns(members):
            left = self._left(size, drawn, who)
            wanted = self._added("Wanted by the plan", who, [pool.of_plan for pool in turn])
            for pool in turn:
                formula = _share(pool.of_plan, left, wanted)
                of_plan = self._given("Free, this plan", pool, scope, formula, engine.columns[0, pool.number])
                found[pool.number] = Free(of_others[pool.number], of_plan)
                drawn.append(of_plan)
        return found

    def _turns(self, members: Sequence[Pool]) -> list[list[Pool]]:
        """Pools that draw together, in the order in which they do: regions without a place in it come last."""
        tables = self.sheet.plan.inventory
        order = tables.assumptions.free_quota_region_order
        turns: dict[int, list[Pool]] = {}
        for pool in members:
            region = tables.regions[pool.region]
            turn = order.index(region) if not isinstance(order, str) and region in order else len(order)
            turns.setdefault(turn, []).append(pool)
        return [turns[turn] for turn in sorted(turns)]

    def _given(self, what: str, pool: Pool, key: str, formula: str | None, micro: Ints) -> Series:
        """micro : (m,) micro-GB that the engine gives"""
        labels = (what, pool.name, "", key, "GB")
        return self.sheet.row(labels, formula, (micro / money.MICRO).tolist(), total=True)

    def _size(self, account: int, scope: str, members: Sequence[Pool], who: str) -> Series:
        """GB of the free quota of an account and area in each month; 0 where it has none."""
        sheet, head = self.sheet, HEADER + 1
        keys, firsts, lasts, volumes = self.prices.free_columns
        values = self._sizes(members)
        given_up = self._given_up(account, who)
        where = f'{keys},$D{sheet.next_row},{firsts},"<="&¤${head},{lasts},">="&¤${head}'
        formula = f"SUMIFS({volumes},{where})"
        if sheet.plan.inventory.assumptions.baseline == "free-quota-used":
            own = ",".join(
                address
                for (sku, of, _), address in self.inputs.baselines.items()
                if (sku, of) == (self.item.sku, account)
            )
            formula = f"IF(COUNT({own})=0,0,{formula})"
            values = values * self._baseline_stated(account)
        if given_up is not None:
            formula = f"{formula}*(1-{given_up.cell})"
            values = values * (1 - np.array(given_up.values, dtype=float))
        key = self.prices.free[self.item.sku, self.item.rated.currency, scope]
        return sheet.row(("Free quota", who, "", key, "GB"), formula, values.tolist(), total=True)

    def _sizes(self, members: Sequence[Pool]) -> NDArray[np.float64]:
        """(m,) GB by the price book."""
        prices, values = self.item.rated.prices, np.zeros(self.sheet.count)
        for pool in members:
            for m, code in enumerate(prices.free_quota[pool.region].tolist()):
                if code >= 0:
                    values[m] = prices.free_quotas[code].quantity / money.MICRO
        return values

    def _baseline_stated(self, account: int) -> bool:
        """Whether the estate says what everything else in an account uses of the item."""
        key = {"cdt-internet": "cdt_internet_gb", "vbr-outbound": "vbr_outbound_gb"}.get(self.item.sku)
        name = self.sheet.plan.inventory.accounts[account]
        return key is not None and any(
            one.account == name and getattr(one, key) is not None
            for one in self.sheet.plan.scenarios[0].estate.baselines
        )

    def _given_up(self, account: int, who: str) -> Series | None:
        """A row that says where a prepaid plan gives the free quota up; None where none does."""
        plan = self.sheet.plan
        if plan.prepaid is None:
            return None
        months = [month.first_day for month in plan.inventory.period.months]
        lost = gives_up_free_quota(self.item.sku, plan.prepaid.plans, len(plan.inventory.accounts), months)
        if not lost[account].any():
            return None
        labels = ("Given up for a prepaid plan", who, "", "from the terms of the plan", "1: yes")
        return self.sheet.row(labels, None, [int(flag) for flag in lost[account]])

    def _added(self, what: str, who: str, rows: Sequence[Series]) -> Series:
        values = [numbers(row.values[m] for row in rows) for m in range(self.sheet.count)]
        return self.sheet.row((what, who, "", "", "GB"), "+".join(row.cell for row in rows), values, total=True)

    def _left(self, size: Series, drawn: Sequence[Series], who: str) -> Series:
        """GB that are left of a free quota after those that draw before."""
        values = [
            max(0.0, round(numbers([size.values[m]]) - numbers(row.values[m] for row in drawn), 6))
            for m in range(self.sheet.count)
        ]
        formula = f"MAX(0,ROUND({size.cell}-{'-'.join(row.cell for row in drawn)},6))"
        return self.sheet.row(("Left for the plan", who, "", "", "GB"), formula, values, total=True)


def _share(own: Series, there: Series, wanted: Series) -> str:
    """What a pool gets of what is there, in proportion to what all want, and at most what it wants."""
    return f"IF({wanted.cell}=0,0,ROUND({own.cell}*MIN(1,{there.cell}/{wanted.cell}),6))"
