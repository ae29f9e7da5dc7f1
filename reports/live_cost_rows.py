"""Rows of the live workbook that cost: what each line costs, and below them the sum of their item."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from planner.plan import Plan
from pricing import money
from pricing.sku import skus
from reports.live_calculation import Calculation
from reports.live_grid import Series, Value, numbers
from reports.live_line import Item, Line
from reports.live_prices import UNPRICED


@dataclass
class Cost:
    """What a line costs: rows of the calculation."""

    line: Line
    series: Series
    flag: Series | None
    """GB of its pool that have no price, so that what it costs is only a part; None: it is in no pool."""
    unpriced: tuple[bool, ...]
    """(m,) the engine: where something has no price."""


@dataclass
class Check:
    """A block whose sum the engine knows."""

    title: str
    series: Series
    unit: str
    stale: bool = False
    """Whether values beside it rest on what the plan was, such as what prepaid plans cover."""


@dataclass(frozen=True)
class PoolCheck:
    """What is in a pool, and what its free quota and tiers add up to."""

    title: str
    parts: str
    """A formula."""
    whole: str
    """An address."""
    value: Value


@dataclass
class Costs:
    """Everything that costs, and the sums."""

    lines: list[Cost] = field(default_factory=list)
    sums: list[tuple[str, Series]] = field(default_factory=list)
    """(item, sum of its lines), in the order in which they stand."""
    by_item: dict[str, Series] = field(default_factory=dict)
    total: Series | None = None
    in_cents: Series | None = None
    """The total of each month as it is shown."""
    cumulative: Series | None = None
    unpriced: Series | None = None
    """How many lines of a month have no price, or a part without."""
    checks: list[Check] = field(default_factory=list)
    pools: list[PoolCheck] = field(default_factory=list)
    exchange: dict[str, Series] = field(default_factory=dict)
    """By currency of a bill: its exchange rates."""
    left_to_engine: int = 0
    """Rows whose quantities are the engine's, though the plan's are formulas."""


def amounts_of(plan: Plan, item: Item, rows: Sequence[int]) -> list[int]:
    """(m,) nano-units: what rows of usage of an item cost, exact."""
    own = [plan.costs.amount[item.first_cost + row] for row in rows]
    return [sum(amount[m] for amount in own) for m in range(plan.inventory.period.count)]


def put_cost(
    sheet: Calculation, found: Costs, item: Item, line: Line, formula: str, key: str, flag: Series | None = None
) -> Cost:
    """A row that says what a line costs, in the results' currency.

    key  : which rate or pool it is for
    flag : GB of its pool that have no price
    """
    rows = [item.first_cost + row for row in line.rows]
    unpriced = tuple(np.any(sheet.plan.costs.unpriced[rows], axis=0).tolist())
    values: list[Value] = [
        UNPRICED if no and not amount else amount / money.NANO
        for amount, no in zip(amounts_of(sheet.plan, item, line.rows), unpriced, strict=True)
    ]
    labels = (skus()[line.sku].label, line.subject, line.router, key, sheet.plan.inventory.currency)
    beside = (line.region, line.account, line.cost_center)
    series = sheet.row(labels, formula, values, beside, total=True, style="cost")
    cost = Cost(line, series, flag, unpriced)
    found.lines.append(cost)
    return cost


def put_sum(sheet: Calculation, found: Costs, item: Item, costs: Sequence[Cost], stale: bool) -> None:
    """The sum of an item right below its lines, which the checks compare with the engine's; and an empty row.

    stale : whether values beside it rest on what the plan was
    """
    if costs:
        currency = sheet.plan.inventory.currency
        first, last = costs[0].series.row + 1, costs[-1].series.row + 1
        values = [numbers(cost.series.values[m] for cost in costs) for m in range(sheet.count)]
        labels = (f"Sum: {skus()[item.sku].label}", "", "", item.sku, currency)
        series = sheet.row(labels, f"SUM(¤{first}:¤{last})", values, total=True, style="cost", strong=True)
        found.checks.append(Check(f"Cost: {item.title}", series, currency, stale))
        found.sums.append((item.sku, series))
    sheet.gap()
