"""The sheet of checks of the live workbook: whether formulas and engine agree, and whether anything is out of date.

OK: they agree. CHANGED: inputs were changed, so that they need not. STALE: a value of the engine stands beside
formulas whose inputs were changed. FAIL: something is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from planner.plan import Plan
from planner.quota import UNKNOWN
from reports.live_calculation import TOTAL, Calculation
from reports.live_cost_rows import Costs
from reports.live_grid import Grid, Series, Value, numbers, spans
from reports.live_input_sheet import Watched
from reports.live_quotas import COUNTED, STATIC, Quotas
from reports.live_usage import Quantities

HEADER = 6
HEADS = ("Check", "Now", "As it should be", "Difference", "Result", "What is compared")
_NOW, _THEN, _DIFFERENCE, _RESULT, _SAID = range(1, 6)
CENT = 0.005
_OF_SITES = (
    "Sites", "Lots, from", "Lots, until", "Connections per site", "Gateways per site", "There today",
    "Attachments that leave", "Days on which attachments leave",
)  # fmt: skip
_MOST_PARTS = 150
"""Terms of a formula that stays short enough."""
_CHOICES = ("gb_definition", "connection_fee_per", "free_quota_position", "part_of_a_port_month")


@dataclass
class Checks:
    """The sheet, and the names of what others show."""

    grid: Grid
    master: str = "master_check"
    state: str = "inputs_state"
    results: tuple[int, int] = (0, 0)
    """Rows of the results that the master check counts; two follow, of other sheets."""


def lay_out(
    plan: Plan,
    watched: Sequence[Watched],
    sheet: Calculation,
    quantities: Quantities,
    costs: Costs,
    quotas: Quotas,
    by_month: str,
) -> Checks:
    """Inputs as they were delivered; engine against formulas; sums against sums; what is out of date.

    by_month : the address of the total on the sheet Cost by month
    """
    grid = Grid("Checks", next_row=HEADER + 1)
    found = Checks(grid)
    grid.put(0, 0, "Checks", "title")
    grid.put(1, 0, __doc__.split("\n\n")[1].replace("\n", " ").strip(), "note") if __doc__ else None
    grid.header(HEADER, HEADS, [_NOW, _THEN, _DIFFERENCE])
    first, last = _delivered(grid, plan, watched)
    changed = f'COUNTIF($E${first + 1}:$E${last + 1},"changed")'
    start = grid.next_row
    _against_engine(grid, plan, sheet, quantities, costs, quotas)
    _sums(grid, sheet, costs, by_month)
    _out_of_date(grid, plan, sheet, quantities, costs, quotas, _sites_changed(grid, first, watched))
    end = grid.next_row - 1
    _other_sheets(grid)
    results = f"$E${start + 1}:$E${end + 1}"
    found.results = (start, end)
    grid.put(3, 0, "Inputs", "label")
    grid.formula(3, 1, f'IF({changed}=0,"as delivered","changed")', "as delivered", "verdict", "right")
    grid.name(found.state, 3, 1)
    grid.put(4, 0, "Master check", "label")
    master = (
        f'IF(COUNTIF({results},"FAIL")>0,"FAIL",IF(COUNTIF({results},"STALE")>0,"STALE",'
        f'IF({found.state}="changed","OK, inputs changed","OK")))'
    )
    grid.formula(4, 1, master, "OK", "verdict", "right")
    grid.name(found.master, 4, 1)
    return found


def _heading(grid: Grid, title: str) -> None:
    grid.put(grid.next_row, 0, title, "heading")
    grid.next_row += 1


def _delivered(grid: Grid, plan: Plan, watched: Sequence[Watched]) -> tuple[int, int]:
    """A row for each column of inputs: what it adds up to, each number times its row."""
    _heading(grid, "Inputs as they were delivered")
    first = grid.next_row
    for one in watched:
        r = grid.next_row + 1
        count = sum(not isinstance(value, str) for _, value in one.cells)
        mark = one.mark + count
        grid.put(r - 1, 0, one.title, "cell")
        grid.formula(r - 1, _NOW, f"SUMPRODUCT({one.span},ROW({one.span}))+COUNT({one.span})", mark, "cell", "fine")
        grid.put(r - 1, _THEN, mark, "engine", "fine")
        grid.formula(r - 1, _DIFFERENCE, f"B{r}-C{r}", 0.0, "cell", "fine")
        formula = f'IF(ABS(D{r})<=10^-9*MAX(1,ABS(C{r})),"as delivered","changed")'
        grid.formula(r - 1, _RESULT, formula, "as delivered", "cell")
        grid.put(r - 1, _SAID, f"{one.span}: numbers times their rows, and how many there are", "note")
        grid.next_row += 1
    chosen = plan.inventory.assumptions
    answers = (
        chosen.gb_definition, chosen.connection_fee_per_connection, chosen.free_quota_position,
        chosen.part_of_a_port_month,
    )  # fmt: skip
    for name, answer in zip(_CHOICES, answers, strict=True):
        r = grid.next_row + 1
        grid.put(r - 1, 0, f"Choice: {name.replace('_', ' ').replace('gb', 'GB')}", "cell")
        grid.formula(r - 1, _NOW, name, answer, "cell", "right")
        grid.put(r - 1, _THEN, answer, "engine", "right")
        grid.formula(r - 1, _RESULT, f'IF(B{r}=C{r},"as delivered","changed")', "as delivered", "cell")
        grid.next_row += 1
    last = grid.next_row - 1
    grid.next_row += 1
    return first, last


def _sites_changed(grid: Grid, first: int, watched: Sequence[Watched]) -> str:
    """How many of the columns that quotas count by were changed."""
    rows = [first + at for at, one in enumerate(watched) if one.title in _OF_SITES]
    return "+".join(f'($E${row + 1}="changed")' for row in rows) or "0"


def _compare(
    grid: Grid, title: str, now: str, value: Value, engine: Value, said: str, otherwise: str, tolerance: str
) -> None:
    """A row that compares a formula with a value or with another formula."""
    r = grid.next_row + 1
    grid.put(r - 1, 0, title, "cell")
    grid.formula(r - 1, _NOW, now, value, "cell", "fine")
    grid.put(r - 1, _THEN, engine, "engine", "fine")
    grid.formula(r - 1, _DIFFERENCE, f"B{r}-C{r}", numbers([value]) - numbers([engine]), "cell", "fine")
    formula = f'IF(ABS(D{r})<={tolerance},"OK",IF(inputs_state="changed","{otherwise}","FAIL"))'
    grid.formula(r - 1, _RESULT, formula, "OK", "cell")
    grid.put(r - 1, _SAID, said, "note")
    grid.next_row += 1


def _against_engine(
    grid: Grid, plan: Plan, sheet: Calculation, quantities: Quantities, costs: Costs, quotas: Quotas
) -> None:
    _heading(grid, "Formulas against the engine")
    for title, rows in (
        ("Site-hours", quantities.site_hours),
        ("Connection-hours", quantities.connection_hours),
        ("GB to the data centres", quantities.to_data_center),
        ("GB from the data centres", quantities.from_data_center),
    ):
        if rows:
            own = list(rows.values())
            whole = numbers(row.total for row in own if row.total is not None)
            now = f"SUM({_span(sheet, own)})"
            tolerance = "10^-6*(1+ABS(C{r}))".replace("{r}", str(grid.next_row + 1))
            _compare(grid, title, now, whole, whole, "sum over groups and months", "CHANGED", tolerance)
    for one in costs.checks:
        value = one.series.total or 0
        otherwise = "STALE" if one.stale else "CHANGED"
        said = f"{one.unit}, to the cent" + ("; rests on what prepaid plans cover" if one.stale else "")
        _compare(grid, one.title, sheet.total_at(one.series), value, value, said, otherwise, str(CENT))
    if costs.total is not None and costs.unpriced is not None:
        value, results = costs.total.total or 0, plan.inventory.currency
        _compare(
            grid, "Total", sheet.total_at(costs.total), value, value, f"{results}, to the cent", "CHANGED", str(CENT)
        )
        count = costs.unpriced.total or 0
        said = "lines and months"
        _compare(grid, "Without a full price", sheet.total_at(costs.unpriced), count, count, said, "CHANGED", str(CENT))
    for scope in quotas.scopes:
        if scope.span is not None and scope.count is not None:
            used = int(scope.use.used[scope.scope].sum())
            title = f"{scope.use.id}: {scope.use.scopes[scope.scope]}"
            _compare(
                grid,
                title,
                f"SUM({quotas.months_of(scope.row)})",
                used,
                used,
                "used, added up over months",
                "CHANGED",
                "0",
            )
            limits = scope.use.limit[scope.scope]
            if (limits != UNKNOWN).all():
                whole = int(limits.sum())
                now = f"SUM({quotas.months_of(scope.row + 1)})"
                _compare(grid, f"{title}, limit", now, whole, whole, "limits, added up over months", "CHANGED", "0")
    grid.next_row += 1


def _span(sheet: Calculation, rows: Sequence[Series]) -> str:
    """The sums of neighbouring rows."""
    return sheet.grid.span(rows[0].row, rows[-1].row, 8)


def _equal(grid: Grid, title: str, one: str, other: str, value: Value, said: str, tolerance: str) -> None:
    """A row that compares two formulas: they agree whatever the inputs are."""
    r = grid.next_row + 1
    grid.put(r - 1, 0, title, "cell")
    grid.formula(r - 1, _NOW, one, value, "cell", "fine")
    grid.formula(r - 1, _THEN, other, value, "cell", "fine")
    grid.formula(r - 1, _DIFFERENCE, f"B{r}-C{r}", 0.0, "cell", "fine")
    grid.formula(r - 1, _RESULT, f'IF(ABS(D{r})<={tolerance},"OK","FAIL")', "OK", "cell")
    grid.put(r - 1, _SAID, said, "note")
    grid.next_row += 1


def _sums(grid: Grid, sheet: Calculation, costs: Costs, by_month: str) -> None:
    if costs.total is None:
        return
    _heading(grid, "Sums against sums")
    total, value = sheet.total_at(costs.total), costs.total.total or 0
    _equal(grid, "Cost by month", f"N({by_month})", total, value, "lines of Cost by month against items", str(CENT))
    months = f"SUM({sheet.months_of(costs.total)})"
    items = "+".join(sheet.total_at(one) for one in costs.by_item.values()) or "0"
    _equal(grid, "Months and items", months, items, value, "the total by month and by item", str(CENT))
    if costs.cumulative is not None:
        last = sheet.month_at(costs.cumulative, sheet.columns[-1])
        _equal(grid, "Cumulative", last, total, value, "the last month of what has been spent", str(CENT))
    for pool in costs.pools:
        said = "GB: free quota and tiers against what is in the pool"
        _equal(grid, pool.title, pool.parts, pool.whole, pool.value, said, "0.001")
    r = grid.next_row + 1
    area = sheet.grid.span(5, sheet.grid.next_row, 8)
    grid.put(r - 1, 0, "Errors in Calculation", "cell")
    grid.formula(r - 1, _NOW, f"SUMPRODUCT(--ISERROR({area}))", 0, "cell", "fine")
    grid.formula(r - 1, _RESULT, f'IF(B{r}=0,"OK","FAIL")', "OK", "cell")
    grid.put(r - 1, _SAID, "sums of rows that are error values", "note")
    grid.next_row += 2


def _out_of_date(
    grid: Grid,
    plan: Plan,
    sheet: Calculation,
    quantities: Quantities,
    costs: Costs,
    quotas: Quotas,
    sites_changed: str,
) -> None:
    _heading(grid, "Values of the engine beside formulas")
    static = sum(one.origin in (COUNTED, STATIC) for one in quotas.scopes)
    said = "STALE when sites, dates or connections were changed: run cenplan again"
    if static:
        _stale(grid, "Quotas that the engine counts", static, sites_changed, f"scopes; {said}")
    if costs.left_to_engine and quantities.site_hours:
        _stale(grid, "Quantities of the engine", costs.left_to_engine, sites_changed, f"rows of Calculation; {said}")
    for title, engine, formula in _without_lines(plan, sheet, quantities):
        _stale(grid, title, engine, formula, "of sites that came by a change: cenplan has to be run again for them")


def _other_sheets(grid: Grid) -> None:
    """Sheets with values of the engine, which say so themselves: the master check does not count them."""
    for name, said in (
        ("Finance", "months on grey are the engine's; the others are formulas"),
        ("Data", "line items are the engine's"),
    ):
        r = grid.next_row + 1
        grid.put(r - 1, 0, f"Sheet {name}", "cell")
        grid.formula(r - 1, _RESULT, 'IF(inputs_state="changed","STALE","OK")', "OK", "cell")
        grid.put(r - 1, _SAID, f"{said}: run cenplan report again after changes", "note")
        grid.next_row += 1


def _stale(grid: Grid, title: str, engine: float, changed: str, said: str) -> None:
    """A row about values of the engine, which are out of date where a formula is above 0."""
    r = grid.next_row + 1
    grid.put(r - 1, 0, title, "cell")
    grid.formula(r - 1, _NOW, changed, 0.0, "cell", "fine")
    grid.put(r - 1, _THEN, engine, "engine", "fine")
    grid.formula(r - 1, _RESULT, f'IF(ABS(B{r})>0.001,"STALE","OK")', "OK", "cell")
    grid.put(r - 1, _SAID, said, "note")
    grid.next_row += 1


def _without_lines(plan: Plan, sheet: Calculation, quantities: Quantities) -> Iterator[tuple[str, float, str]]:
    """(title, 0, formula) of what sites have and no line of the workbook bills: items that the plan did not need."""
    groups, hours, every = plan.inventory.groups, quantities.site_hours, quantities.to_data_center
    if not hours:
        return
    idle = [one for group, one in hours.items() if not plan.timeline.site_hours[group].any()]
    if idle:
        yield "Site-hours without a line", 0, _added(sheet, idle)
    public = [one for group, one in every.items() if not groups.private[group]]
    if public:
        billed = [*quantities.cdt_gb.values(), *quantities.legacy_gb.values()]
        minus = f"-({_added(sheet, billed)})" if billed else ""
        yield "Internet GB without a line", 0, f"{_added(sheet, public)}{minus}"


def _added(sheet: Calculation, rows: Sequence[Series]) -> str:
    """What rows add up to."""
    parts = [sheet.grid.span(first, last, TOTAL) for first, last in spans([one.row for one in rows])]
    return "+".join(f"SUM({part})" for part in parts[:_MOST_PARTS])
