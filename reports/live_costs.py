"""Costs of the live workbook: of items outside pools, and the totals of everything that costs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from planner import summary
from pricing import money
from pricing.rating import Rated
from pricing.sku import skus
from reports import live_line_usage, live_rates
from reports.live_calculation import Calculation
from reports.live_cost_rows import Costs, put_cost, put_sum
from reports.live_grid import Series, numbers, spans
from reports.live_input_sheet import Inputs
from reports.live_line import Item
from reports.live_line_usage import LEFT_TO_ENGINE
from reports.live_pool_costs import PoolCosts
from reports.live_prices import UNPRICED, Prices, Tariff
from reports.live_rates import Rates
from reports.live_usage import Quantities

_MOST_PARTS = 150
"""Terms of a formula that stays short enough for a spreadsheet program."""


def lay_out(sheet: Calculation, inputs: Inputs, prices: Prices, quantities: Quantities, items: Sequence[Item]) -> Costs:
    """Every block from rates to totals."""
    rates = live_rates.lay_out(sheet, inputs, prices)
    found = Costs(exchange=rates.exchange)
    pools = PoolCosts(sheet, inputs, prices, quantities, rates)
    for item in items:
        if item.rated.pools is not None:
            pools.lay_out(item, found)
        else:
            counted, left = live_line_usage.of_item(sheet, quantities, item)
            found.left_to_engine += left
            _item(sheet, prices, rates, item, counted, found)
    _totals(sheet, found)
    return found


# Items outside pools


def _item(
    sheet: Calculation, prices: Prices, rates: Rates, item: Item, counted: Sequence[Series], found: Costs
) -> None:
    """What each line of an item without free quota and tiers costs.

    counted : the row that counts each line, in the unit of the item
    """
    one = item.rated
    covered = _covered(sheet, item)
    sheet.heading(f"Cost: {item.title}", _note(one), ("Region", "Account", "Cost centre"))
    costs = []
    for at, line in enumerate(item.lines):
        tariff = prices.tariffs.get((item.number, int(one.usage.place[line.rows[0]]), 1))
        if tariff is not None:
            formula = _formula(rates, one, tariff, counted[at], covered.get(at))
            costs.append(put_cost(sheet, found, item, line, formula, tariff.key))
    put_sum(sheet, found, item, costs, bool(covered))


def _formula(rates: Rates, one: Rated, tariff: Tariff, counted: Series, covered: Series | None) -> str:
    """Quantity × rate, in the results' currency."""
    quantity, rate, to_results = counted.cell, rates.of(tariff).cell, rates.to_results(one)
    if covered:  # what is covered costs nothing, whatever its rate
        net = f"MAX(0,ROUND({quantity}-{covered.cell},6))"
        priced = f'IF(ISNUMBER({rate}),{net}*{rate}{to_results},"{UNPRICED}")'
        return f'IF(ISNUMBER({quantity}),IF({net}=0,0,{priced}),"{UNPRICED}")'
    known = f"AND(ISNUMBER({quantity}),ISNUMBER({rate}))"
    return f'IF({quantity}=0,0,IF({known},{quantity}*{rate}{to_results},"{UNPRICED}"))'


def _covered(sheet: Calculation, item: Item) -> dict[int, Series]:
    """By line: what prepaid plans cover of it, in the unit of the item."""
    one = item.rated
    if not any(one.covered):
        return {}
    sheet.heading(f"Covered by prepaid plans: {item.title}", LEFT_TO_ENGINE)
    found = {}
    part = one.quantity[np.array(one.covered)].sum(axis=0)
    for at, line in enumerate(item.lines):
        values = (part[list(line.rows)].sum(axis=0) / money.MICRO).tolist()
        labels = ("Covered", line.subject, line.router, line.sku, skus()[line.sku].unit)
        found[at] = sheet.row(labels, None, values, total=True)
    sheet.gap()
    return found


def _note(one: Rated) -> str:
    return (
        "Quantity × rate"
        + (" × exchange rate" if one.exchange is not None else "")
        + ("; what prepaid plans cover is not billed" if any(one.covered) else "")
    )


# Totals


def _totals(sheet: Calculation, found: Costs) -> None:
    """Rows of each item, of all of them, and of what has no price."""
    sheet.heading("Totals", "Priced subtotals where something is unpriced.")
    _by_item(sheet, found)
    currency, items = sheet.plan.inventory.currency, list(found.by_item.values())
    values = [numbers(row.values[m] for row in items) for m in range(sheet.count)]
    formula = f"SUM(¤{items[0].row + 1}:¤{items[-1].row + 1})" if items else "0"
    labels = ("Total", "", "", "", currency)
    found.total = total = sheet.row(labels, formula, values, total=True, style="cost", strong=True)
    # Months that are alike to the cent tie for the peak.
    shown = [in_cents(amount) for amount in summary.totals(sheet.plan).amounts]
    labels = ("Total, in whole cents", "", "", "for the peak month", currency)
    found.in_cents = sheet.row(labels, f"ROUND({total.cell},2)", shown, style="cost")
    formula = f"SUM(${sheet.columns[0]}{total.row + 1}:{total.cell})"
    labels = ("Cumulative", "", "", "", currency)
    found.cumulative = sheet.row(labels, formula, np.cumsum(values).tolist(), style="cost")
    _unpriced(sheet, found)


def _by_item(sheet: Calculation, found: Costs) -> None:
    """A row for each item, in the order of the items; it adds up what one has in several blocks."""
    for sku in skus():
        parts = [series for of, series in found.sums if of == sku]
        if parts:
            values = [numbers(part.values[m] for part in parts) for m in range(sheet.count)]
            labels = (skus()[sku].label, "", "", sku, sheet.plan.inventory.currency)
            formula = "+".join(part.cell for part in parts)
            found.by_item[sku] = sheet.row(labels, formula, values, total=True, style="cost")


def _unpriced(sheet: Calculation, found: Costs) -> None:
    """How many lines of each month have no price, or a part without."""
    runs = spans(cost.series.row for cost in found.lines)
    parts = [f'COUNTIF(¤{first + 1}:¤{last + 1},"{UNPRICED}")' for first, last in runs]
    of_pool: dict[int, list[int]] = {}
    for cost in found.lines:
        if cost.flag:
            of_pool.setdefault(cost.flag.row, []).append(cost.series.row)
    for flag, rows in of_pool.items():  # those of a pool stand together
        parts.append(f'(¤{flag + 1}>0)*COUNTIF(¤{rows[0] + 1}:¤{rows[-1] + 1},">0")')
    counts = [sum(cost.unpriced[m] for cost in found.lines) for m in range(sheet.count)]
    labels = ("Lines without a full price", "", "", "", "lines")
    formula = "+".join(parts[:_MOST_PARTS]) or "0"
    found.unpriced = sheet.row(labels, formula, counts, total=True, style="count")


def in_cents(nano: int) -> float:
    """An amount, 0 or more, rounded half up to cents."""
    return (nano + 5 * 10**6) // 10**7 / 100
