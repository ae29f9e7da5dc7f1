"""The sheet of inputs of the live workbook while it is laid out: addresses, what may be typed, what checks notice."""

from __future__ import annotations

from dataclasses import dataclass, field

from pricing.book import Adjustment
from reports.live_grid import Grid, Value

_EARLIEST, _LATEST = 36_526, 110_000
"""Days between 2000 and 2201, as spreadsheets count them."""


@dataclass(frozen=True)
class Watched:
    """A column of inputs whose changes the checks notice."""

    title: str
    span: str
    """Its address."""
    cells: tuple[tuple[int, Value], ...]
    """(row as spreadsheets count it, value) of each."""

    @property
    def mark(self) -> float:
        """What the column adds up to, each number times its row: words count nothing."""
        return float(sum(row * value for row, value in self.cells if not isinstance(value, str)))


@dataclass
class Inputs:
    """The sheet, and where everything stands in it."""

    grid: Grid
    lots: int = 0
    """Row of the first lot; lot l stands so many rows below."""
    groups: int = 0
    detailed: bool = True
    """Whether sites and traffic are listed; of too many groups they are not."""
    underlays: dict[int, int] = field(default_factory=dict)
    """Row of each underlay that has something to pay beside its groups."""
    baselines: dict[tuple[str, int, int], str] = field(default_factory=dict)
    """By (item, account, region): the address of its GB per month."""
    exchange: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    """By currency: addresses of first months, last months and rates."""
    adjustments: dict[Adjustment, str] = field(default_factory=dict)
    taxes: dict[int, tuple[str, str, str]] = field(default_factory=dict)
    """By number of the tax: addresses of its percent, and of the days from and until which it applies."""
    markups: dict[str, str] = field(default_factory=dict)
    """By cost centre: the address of what is added when its cost is charged on."""
    watched: list[Watched] = field(default_factory=list)

    def lot(self, number: int, column: int) -> str:
        """The address of a number of a lot."""
        return self.grid.at(self.lots + number, column)

    def group(self, number: int, column: int) -> str:
        """The address of a number of a group."""
        return self.grid.at(self.groups + number, column)

    def watch(self, title: str, first: int, last: int, column: int) -> None:
        """Let the checks notice changes of a column, from its first row to its last."""
        if last >= first:
            self._pending.append((title, first, last, column))

    _pending: list[tuple[str, int, int, int]] = field(default_factory=list)

    def finish(self) -> None:
        """Take the values of what is watched: to be called when every cell is there."""
        values: dict[tuple[int, int], Value] = {
            (cell.row, cell.column): cell.value for cell in self.grid.cells if cell.value is not None
        }
        for title, first, last, column in self._pending:
            rows = range(first, last + 1)
            cells = tuple((row + 1, values[row, column]) for row in rows if (row, column) in values)
            self.watched.append(Watched(title, self.grid.span(first, last, column), cells))
        self._pending.clear()


def title(grid: Grid, heading: str, note: str) -> int:
    """A heading and a sentence; returns the row below."""
    grid.put(grid.next_row, 0, heading, "heading")
    if note:
        grid.put(grid.next_row + 1, 0, note, "note")
        return grid.next_row + 2
    return grid.next_row + 1


def whole(least: int, most: int) -> dict[str, object]:
    """What may be typed: whole numbers, both ends included."""
    return {
        "validate": "integer", "criteria": "between", "minimum": least, "maximum": most,
        "error_title": "Not a whole number", "error_message": f"Type a whole number from {least} to {most}.",
    }  # fmt: skip


def decimals(least: float, most: float) -> dict[str, object]:
    """What may be typed: numbers, both ends included."""
    return {
        "validate": "decimal", "criteria": "between", "minimum": least, "maximum": most,
        "error_title": "Not a number", "error_message": f"Type a number from {least} to {most}.",
    }  # fmt: skip


def days() -> dict[str, object]:
    """What may be typed: a day, or a day and a time."""
    return {
        "validate": "decimal", "criteria": "between", "minimum": _EARLIEST, "maximum": _LATEST,
        "error_title": "Not a day", "error_message": "Type a day, such as 2027-01-01, or a day and a time (UTC+8).",
    }  # fmt: skip
