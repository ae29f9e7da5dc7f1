"""Sheets of the live workbook in memory: cells with their formulas and the engine's values, and their addresses.

A sheet is laid out here before any is written, so that sheets refer to each other by rows and names that exist.
Rows and columns count from 0; addresses are those of a spreadsheet program.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from planner.core.period import HOUR

Value = float | int | str
_EPOCH = date(1899, 12, 30)
_SERIAL_OF_1970 = 25_569
"""The day that a spreadsheet counts as this number is 1970-01-01."""


@cache
def letters(column: int) -> str:
    """The name of a column: 0 is A, 27 is AB."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def serial(day: date) -> int:
    """A day as spreadsheet programs count it."""
    return (day - _EPOCH).days


def serial_hours(instant: int) -> float:
    """Hours from the start of a spreadsheet's days to an instant in seconds."""
    return _SERIAL_OF_1970 * 24 + instant / HOUR


@dataclass(slots=True)
class Cell:
    """A cell: text, a number, or a formula with the value that the engine has for it."""

    row: int
    column: int
    value: Value | None
    """None: empty, to be filled in."""
    formula: str
    """Empty: the value stands for itself."""
    styles: tuple[str, ...]
    """Names of sheet.STYLES; a later one wins."""


@dataclass
class Grid:
    """One sheet while it is laid out."""

    title: str
    cells: list[Cell] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    """Defined names: absolute addresses without the sheet."""
    valid: list[tuple[int, int, int, int, dict[str, object]]] = field(default_factory=list)
    """Ranges (first row, first column, last row, last column) and what may be typed there."""
    colours: list[tuple[int, int, int, int, dict[str, object]]] = field(default_factory=list)
    """Ranges and conditions on which they look otherwise; a format is named."""
    heads: list[tuple[int, Sequence[str], frozenset[int]]] = field(default_factory=list)
    """Header rows: labels, and which stand over numbers."""
    next_row: int = 0

    def put(self, row: int, column: int, value: Value | None, *styles: str) -> None:
        """A value."""
        self.cells.append(Cell(row, column, value, "", styles))

    def puts(self, row: int, column: int, values: Iterable[Value | None], *styles: str) -> None:
        """Values in neighbouring cells of a row."""
        for offset, value in enumerate(values):
            self.put(row, column + offset, value, *styles)

    def formula(self, row: int, column: int, formula: str, value: Value, *styles: str) -> None:
        """A formula without its equals sign, and the value that the engine has for it."""
        self.cells.append(Cell(row, column, value, formula, styles))

    def header(self, row: int, labels: Sequence[str], right: Iterable[int] = ()) -> None:
        """Column heads."""
        self.heads.append((row, labels, frozenset(right)))

    @property
    def sheet(self) -> str:
        """Its title as addresses have it."""
        return f"'{self.title}'" if " " in self.title else self.title

    def at(self, row: int, column: int) -> str:
        """The absolute address of a cell, as other sheets refer to it."""
        return f"{self.sheet}!${letters(column)}${row + 1}"

    def span(self, first: int, last: int, column: int) -> str:
        """The absolute address of a part of a column."""
        name = letters(column)
        return f"{self.sheet}!${name}${first + 1}:${name}${last + 1}"

    def name(self, name: str, row: int, column: int) -> str:
        """Give a cell a name; returns it."""
        self.names[name] = f"${letters(column)}${row + 1}"
        return name


MONTH = "¤"
"""Stands in the formula of a row for the letters of each month's column: ¤7 is row 7 of the same month."""
LONGEST = 8_192
"""Characters that a formula may have."""


@dataclass(frozen=True, slots=True)
class Series:
    """A row of the calculation: one formula across all months."""

    row: int
    values: tuple[Value, ...]
    """(m,) the engine's."""
    total: Value | None = None
    """The engine's sum over the months; None: it makes no sense."""

    @property
    def cell(self) -> str:
        """Its cell in the same month, on the same sheet."""
        return f"{MONTH}{self.row + 1}"


def numbers(values: Iterable[Value]) -> float:
    """What a spreadsheet's SUM makes of values: words count nothing."""
    return math.fsum(value for value in values if not isinstance(value, str))


def spans(rows: Iterable[int]) -> list[tuple[int, int]]:
    """Runs of neighbouring rows, as (first, last)."""
    found: list[tuple[int, int]] = []
    for row in sorted(rows):
        if found and row == found[-1][1] + 1:
            found[-1] = found[-1][0], row
        else:
            found.append((row, row))
    return found
