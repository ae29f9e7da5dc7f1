"""The sheet of the calculation of the live workbook: one consistent formula per row across the months.

A row is laid out once, with the engine's value of every month beside its formula, and returned so that rows below
can refer to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from planner.core.period import HOUR
from planner.plan import Plan
from reports.live_grid import MONTH, Grid, Series, Value, letters, numbers, serial, serial_hours

WHAT, OF, WHERE, KEY, UNIT, P1, P2, P3, TOTAL, FIRST_MONTH = range(10)
"""Columns; P1 to P3 hold what a row's formula needs beside the months."""
HEADER = 4
HEADS = ("What", "Of", "Where", "Key, or what it is for", "Unit", "", "", "", "Total")
HOURS, STARTS, ENDS, NUMBER = HEADER + 2, HEADER + 3, HEADER + 4, HEADER + 5
"""Rows of the months' hours, of the hours at which they start and end, and of their numbers."""
NEVER = 10**9
"""An hour that no month reaches."""
Parameter = tuple[str, Value] | Value
"""A formula with its value, or a value."""


@dataclass
class Calculation:
    """The sheet while it is laid out, from the top down."""

    plan: Plan
    grid: Grid = field(default_factory=lambda: Grid("Calculation", next_row=HEADER + 1))

    def __post_init__(self) -> None:
        self.count = self.plan.inventory.period.count
        self.columns = tuple(letters(FIRST_MONTH + m) for m in range(self.count))
        self.formulas = 0
        self._months()

    def _months(self) -> None:
        grid, tables = self.grid, self.plan.inventory
        bounds = tables.bounds.tolist()
        grid.header(HEADER, HEADS, [TOTAL])
        for m, month in enumerate(tables.period.months):
            formula = "first_month" if m == 0 else f"EDATE({self.columns[m - 1]}{HEADER + 1},1)"
            grid.formula(HEADER, FIRST_MONTH + m, formula, serial(month.first_day), "head_month")
        self.heading("Time")
        hours = [(end - start) // HOUR for start, end in pairwise(bounds)]
        head, starts, ends = HEADER + 1, STARTS + 1, ENDS + 1
        self.row(("Hours of the month", "", "", "", "h"), f"¤{ends}-¤{starts}", hours, total=True)
        firsts, lasts = [serial_hours(at) for at in bounds[:-1]], [serial_hours(at) for at in bounds[1:]]
        self.row(("First hour of the month", "", "", "since 1899-12-30", "h"), f"¤${head}*24", firsts)
        self.row(("First hour after it", "", "", "since 1899-12-30", "h"), f"EDATE(¤${head},1)*24", lasts)
        counted = [month.number for month in tables.period.months]
        said = ("Number of the month", "", "", "for growth and terms", "")
        self.row(said, f"YEAR(¤${head})*12+MONTH(¤${head})-1", counted)
        self.grid.next_row += 1

    def heading(self, title: str, note: str = "", parameters: Sequence[str] = ()) -> None:
        """A heading, with the names of the parameters of the rows below it."""
        grid = self.grid
        grid.put(grid.next_row, WHAT, title, "heading")
        if note:
            grid.put(grid.next_row, WHERE, note, "note")
        for offset, name in enumerate(parameters):
            grid.put(grid.next_row, P1 + offset, name, "parameter")
        grid.next_row += 1

    def gap(self) -> None:
        """An empty row."""
        self.grid.next_row += 1

    @property
    def next_row(self) -> int:
        """The row that comes next, as formulas count it: the first is 1."""
        return self.grid.next_row + 1

    def row(
        self,
        labels: Sequence[str],
        formula: str | None,
        values: Sequence[Value],
        parameters: Sequence[Parameter] = (),
        total: bool = False,
        style: str = "quantity",
        strong: bool = False,
        link: bool = False,
    ) -> Series:
        """A row: labels from What to Unit, parameters, the sum where it makes sense, and the months.

        formula : with ¤ for the letters of each month's column; None: the engine's values stand alone
        values  : (m,) what the engine has for each month
        link    : whether the formula only repeats a cell of another sheet
        """
        grid, at = self.grid, self.grid.next_row
        look = ("strong_cell",) if strong else ()
        for column, label in enumerate(labels):
            if label:
                grid.put(at, column, label, "cell", *look)
        for offset, parameter in enumerate(parameters):
            if isinstance(parameter, tuple):
                form = "link" if "Inputs!" in parameter[0] else "cell"
                is_whole = parameter[1] == int(numbers([parameter[1]]))
                grid.formula(at, P1 + offset, *parameter, form, "whole" if is_whole else "exact", "right")
            elif parameter != "":
                grid.put(at, P1 + offset, parameter, "cell")
        whole = numbers(values) if total else None
        if whole is not None:
            first, last = self.columns[0], self.columns[-1]
            grid.formula(at, TOTAL, f"SUM({first}{at + 1}:{last}{at + 1})", whole, "cell", style, *look)
        for m, (column_name, value) in enumerate(zip(self.columns, values, strict=True)):
            if formula is None:
                grid.put(at, FIRST_MONTH + m, value, "engine", style, "right")
            else:
                form = "link" if link else "cell"
                own = formula.replace(MONTH, column_name)
                grid.formula(at, FIRST_MONTH + m, own, value, form, style, "right", *look)
        self.formulas += 0 if formula is None else len(values)
        grid.next_row += 1
        return Series(at, tuple(values), whole)

    def total_at(self, series: Series) -> str:
        """The address of the sum of a row, as other sheets refer to it."""
        return self.grid.at(series.row, TOTAL)

    def month_at(self, series: Series, column: str) -> str:
        """The address of a month of a row, as other sheets refer to it."""
        return f"{self.grid.title}!{column}{series.row + 1}"

    def months_of(self, series: Series) -> str:
        """The address of all months of a row, as other sheets refer to it."""
        first, last = self.columns[0], self.columns[-1]
        return f"{self.grid.title}!${first}${series.row + 1}:${last}${series.row + 1}"
