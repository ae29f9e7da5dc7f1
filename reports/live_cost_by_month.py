"""The sheet of costs by month of the live workbook: formulas that repeat Calculation, sorted for reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from planner import summary
from planner.plan import Plan
from pricing.sku import skus
from reports.live_calculation import HEADER as MONTHS
from reports.live_calculation import Calculation
from reports.live_cost_rows import Cost, Costs
from reports.live_grid import Grid, Value, letters, numbers, serial
from reports.live_prices import UNPRICED

LABELS = ("Transit router", "Group or underlay", "Item")
BESIDE = ("Region", "Account billed", "Cost centre", "Status")
ACCOUNT, COST_CENTER, STATUS, TOTAL = 4, 5, 6, 7
TOTAL_ROW, HEADER = 3, 4
PRICED, PARTLY = "priced", "partly priced"


@dataclass
class CostByMonth:
    """The sheet, and where its columns stand."""

    grid: Grid
    first: int = HEADER + 1
    last: int = HEADER + 1
    """Rows of lines."""
    years: tuple[tuple[int, slice], ...] = ()
    first_month: int = 0
    lines: list[Cost] = field(default_factory=list)

    @property
    def total(self) -> str:
        """The address of the total."""
        return self.grid.at(TOTAL_ROW, TOTAL)

    def column(self, number: int) -> str:
        """The address of a column of all lines."""
        return self.grid.span(self.first, self.last, number)


def lay_out(
    plan: Plan, sheet: Calculation, costs: Costs, years: tuple[tuple[int, slice], ...], detailed: bool
) -> CostByMonth:
    """A row for each line, by transit router, group and item; total, years and months across."""
    grid = Grid("Cost by month")
    first_month = TOTAL + 1 + len(years)
    found = CostByMonth(grid, years=years, first_month=first_month)
    order = {sku: number for number, sku in enumerate(skus())}
    found.lines = sorted(
        costs.lines,
        key=lambda one: (
            one.line.router, one.line.subject, order[one.line.sku], one.line.region, one.line.account, one.line.rated,
            one.line.rows,
        ),
    )  # fmt: skip
    found.last = max(HEADER + len(found.lines), found.first)
    months = plan.inventory.period.months
    heads = (*LABELS, *BESIDE, "Total", *(summary.year_name(plan, year) for year, _ in years))
    grid.header(HEADER, heads, range(TOTAL, len(heads)))
    for m, month in enumerate(months):
        address = f"Calculation!{sheet.columns[m]}${MONTHS + 1}"
        grid.formula(HEADER, first_month + m, address, serial(month.first_day), "head_month")
    for row, cost in enumerate(found.lines, start=HEADER + 1):
        _line(found, sheet, row, cost)
    _totals(found, plan, sheet, costs)
    return found


def _line(found: CostByMonth, sheet: Calculation, row: int, cost: Cost) -> None:
    grid, line, values = found.grid, cost.line, cost.series.values
    label = skus()[line.sku].label
    grid.puts(row, 0, (line.router, line.subject, label, line.region, line.account, line.cost_center), "cell")
    months = _months(found, row, slice(None), len(values))
    positive = f"(ISNUMBER({months})*({months}>0)*({sheet.months_of(cost.flag)}>0))" if cost.flag else ""
    flags = f"+SUMPRODUCT({positive})" if positive else ""
    total = f"{letters(TOTAL)}{row + 1}"
    status = f'IF(COUNTIF({months},"{UNPRICED}"){flags}=0,"{PRICED}",IF(ISNUMBER({total}),"{PARTLY}","{UNPRICED}"))'
    whole = _sum(values, slice(None))
    said = PRICED if not any(cost.unpriced) else UNPRICED if whole == UNPRICED else PARTLY
    grid.formula(row, STATUS, status, said, "cell")
    for column, own in ((TOTAL, slice(None)), *((TOTAL + 1 + n, own) for n, (_, own) in enumerate(found.years))):
        span = _months(found, row, own, len(values))
        formula = f'IF(AND(COUNTIF({span},"{UNPRICED}")>0,ROUND(SUM({span}),9)=0),"{UNPRICED}",SUM({span}))'
        grid.formula(row, column, formula, _sum(values, own), "cell", "cost", "right")
    for m, value in enumerate(values):
        address = sheet.month_at(cost.series, sheet.columns[m])
        grid.formula(row, found.first_month + m, address, value, "link", "cost", "right")
    if cost.flag:
        here = f"{letters(found.first_month)}{row + 1}"
        test = f"=AND(ISNUMBER({here}),{here}>0,Calculation!{sheet.columns[0]}${cost.flag.row + 1}>0)"
        rule: dict[str, object] = {"type": "formula", "criteria": test, "format": "at_least"}
        grid.colours.append((row, found.first_month, row, found.first_month + len(values) - 1, rule))


def _months(found: CostByMonth, row: int, own: slice, count: int) -> str:
    """The months of a row, or those of a year."""
    start, stop, _ = own.indices(count)
    first, last = letters(found.first_month + start), letters(found.first_month + stop - 1)
    return f"{first}{row + 1}:{last}{row + 1}"


def _sum(values: Sequence[Value], own: slice) -> Value:
    part = values[own]
    whole = numbers(part)
    return UNPRICED if UNPRICED in part and not whole else whole


def _totals(found: CostByMonth, plan: Plan, sheet: Calculation, costs: Costs) -> None:
    """The bottom line, which stands on top: what is priced, and a name that says whether that is all."""
    grid, total, unpriced = found.grid, costs.total, costs.unpriced
    assert total is not None
    assert unpriced is not None
    complete = not numbers(unpriced.values)
    name = f'IF({sheet.total_at(unpriced)}=0,"Total","Priced subtotal")'
    grid.formula(TOTAL_ROW, 0, name, "Total" if complete else "Priced subtotal", "total")
    grid.puts(TOTAL_ROW, 1, [""] * (TOTAL - 1), "total")
    columns: list[tuple[int, slice]] = [
        (TOTAL, slice(None)),
        *((TOTAL + 1 + n, own) for n, (_, own) in enumerate(found.years)),
    ]
    columns += [(found.first_month + m, slice(m, m + 1)) for m in range(sheet.count)]
    for column, own in columns:
        start, stop, _ = own.indices(sheet.count)
        letter = letters(column)
        lines = f"SUM({letter}{found.first + 1}:{letter}{found.last + 1})"
        first, last = sheet.columns[start], sheet.columns[stop - 1]
        missing = f"SUM(Calculation!${first}${unpriced.row + 1}:${last}${unpriced.row + 1})"
        value: Value = numbers(total.values[own])
        if not value and numbers(unpriced.values[own]):
            value = UNPRICED
        formula = f'IF(AND({missing}>0,ROUND({lines},9)=0),"{UNPRICED}",{lines})'
        grid.formula(TOTAL_ROW, column, formula, value, "total", "cost", "right")
        rule: dict[str, object] = {"type": "formula", "criteria": f"={missing}>0", "format": "at_least"}
        grid.colours.append((TOTAL_ROW, column, TOTAL_ROW, column, rule))
    test = f'=AND(${letters(STATUS)}{found.first + 1}="{PARTLY}",ISNUMBER({letters(TOTAL)}{found.first + 1}))'
    rule = {"type": "formula", "criteria": test, "format": "at_least"}
    grid.colours.append((found.first, TOTAL, found.last, found.first_month - 1, rule))
    word: dict[str, object] = {"type": "cell", "criteria": "==", "value": f'"{UNPRICED}"', "format": "not_known"}
    grid.colours.append((TOTAL_ROW, TOTAL, found.last, found.first_month + sheet.count - 1, word))
