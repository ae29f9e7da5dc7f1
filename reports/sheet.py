"""What the sheets of the workbook share: formats, safe writing, print set-up. A file in ``sheets/`` is one sheet.

Amounts are written as exact numbers with a format; what is unknown is written as a word, never as 0. Nothing
that comes from a plan can become a formula: text is always written as text.
"""

from __future__ import annotations

import importlib
import math
import pkgutil
import re
import textwrap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from xlsxwriter.format import Format  # type: ignore[import-untyped]
from xlsxwriter.workbook import Workbook  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from planner.core.period import Month
from planner.plan import Plan
from planner.summary import Sum
from pricing import money
from reports import cost_outline, sheets
from reports.live_grid import LONGEST, Grid, Value, letters
from reports.live_model import Model

UNPRICED = "unpriced"
UNKNOWN = "unknown"
MOST_ROWS = 100_000
"""Rows of detail on a sheet. Excel ends at 1,048,576, but a workbook that is nearly that long opens in minutes;
what does not fit is said on the sheet."""
_MOST_TEXT = 32_767
_MOST_LINK = 2_000
_LINK = re.compile(r"https?://[^\s\"<>\\^`{|}]+")
_A4 = 9
_PRINTED_WIDTH = 200
"""Characters across a printed page (A4, landscape) that are still legible."""
_LINE_HEIGHT = 15
_MOST_LINES = 25
_LETTERS_PER_DIGIT = 1.2
"""Widths of columns are counted in digits; so many letters of a sentence take the room of one."""

Style = dict[str, Any]
"""Properties of a cell as XlsxWriter names them."""

TITLE: Style = {"bold": True, "font_size": 18}
SUBTITLE: Style = {"font_size": 12, "font_color": "#404040"}
HEADING: Style = {"bold": True, "font_size": 13, "font_color": "#1F3864"}
HEADER: Style = {
    "bold": True, "font_color": "#FFFFFF", "bg_color": "#1F3864", "valign": "top", "text_wrap": True, "border": 1,
    "border_color": "#8EA9DB",
}  # fmt: skip
HEADER_RIGHT: Style = {**HEADER, "align": "right"}
LABEL: Style = {"bold": True, "valign": "top"}
TEXT: Style = {"valign": "top"}
WRAPPED: Style = {"valign": "top", "text_wrap": True}
NOTE: Style = {"italic": True, "font_color": "#404040", "valign": "top"}
CELL: Style = {"valign": "top", "bottom": 4, "bottom_color": "#A6A6A6"}
TOTAL: Style = {"bold": True, "top": 1, "bottom": 1, "bg_color": "#DDE5F3"}
# A fill and a weight: readable on a grey print as well.
BAD: Style = {"bold": True, "bg_color": "#F8CBAD", "font_color": "#7B1F00"}
CAREFUL: Style = {"bg_color": "#FFF2CC", "font_color": "#594300"}
GOOD: Style = {"bold": True, "bg_color": "#DCEFE3", "font_color": "#0B4A2A"}
NOT_KNOWN: Style = {"italic": True, "bg_color": "#E7E6E6", "font_color": "#404040"}
LEVEL_STYLES = {"error": BAD, "warning": CAREFUL, "info": {}}
STATUS_STYLES = {"exceeded": BAD, "tight": CAREFUL, "unknown": NOT_KNOWN, "ok": {}}

MONTH: Style = {"num_format": "yyyy-mm"}
DAY: Style = {"num_format": "yyyy-mm-dd", "align": "left"}
COUNT: Style = {"num_format": "#,##0"}
PERCENT: Style = {"num_format": "0.0%"}
RATE: Style = {"num_format": "0.00########"}
QUANTITY: Style = {"num_format": "#,##0.000"}
INPUT: Style = {"font_color": "#0000FF", "bg_color": "#FFF9DB", "border": 1, "border_color": "#BF9000"}
"""What the reader types: blue on yellow, framed."""
LINK: Style = {"font_color": "#006100", "bg_color": "#F0F7EC"}
"""A formula that only repeats a cell of another sheet: green on pale green."""
ENGINE: Style = {"font_color": "#404040", "bg_color": "#EDEDED"}
"""A value of the engine that no formula follows: grey."""
_AMOUNT = '#,##0.00;-#,##0.00;"–"'

STYLES: dict[str, Style] = {
    "title": TITLE, "heading": HEADING, "label": LABEL, "note": NOTE, "text": TEXT, "wrapped": WRAPPED, "bad": BAD,
    "careful": CAREFUL, "good": GOOD, "total": TOTAL,
    "not_known": {**NOT_KNOWN, "align": "right"}, "cell": CELL, "strong": LABEL,
    "strong_cell": {"bold": True, "top": 1, "top_color": "#808080"}, "parameter": {**NOTE, "align": "right"},
    "first_of": {"top": 1, "top_color": "#808080"}, "verdict": {**LABEL, "border": 1, "font_size": 12},
    "head_month": {**HEADER, "align": "right", "num_format": "yyyy-mm"},
    "input": {**CELL, **INPUT, "locked": False}, "link": {**CELL, **LINK}, "engine": {**CELL, **ENGINE},
    "right": {"align": "right"}, "apart": {"align": "left", "indent": 1}, "url": {},
    "month": {**MONTH, "align": "right"}, "day": {**DAY, "align": "right"},
    "instant": {"num_format": "yyyy-mm-dd hh:mm", "align": "right"},
    "since": {"num_format": '[=0]"always";yyyy-mm-dd hh:mm', "align": "right"},
    "count": {"num_format": "#,##0"}, "rate": RATE, "cost": {"num_format": _AMOUNT},
    "quantity": {"num_format": '#,##0.00;-#,##0.00;"–"'}, "fine": {"num_format": "#,##0.00####"},
    "whole": {"num_format": '[>=1000000000]"stays";#,##0'},
    "exact": {"num_format": '[>=1000000000]"stays";#,##0.00####'},
    "percent_fine": {"num_format": '0.0###%;-0.0###%;"–"'},
    "at_least": {**NOT_KNOWN, "num_format": '"≥ "#,##0.00'},
}  # fmt: skip
"""What the cells of the live sheets can look like, by name."""
_AS_CONDITION = ("bold", "italic", "bg_color", "font_color", "num_format")
"""What a condition may change of a cell; more a spreadsheet program refuses."""
UNPROTECTED = {
    "autofilter": True, "sort": True, "format_cells": True, "format_columns": True, "format_rows": True,
}  # fmt: skip
"""What stays possible on a sheet that is protected, without a password, against slips."""


class LiveWorksheet(Worksheet):  # type: ignore[misc]
    """A worksheet whose formulas are written as they are: the functions that need a prefix have it.

    XlsxWriter looks for names of functions in every formula, which takes several times as long as writing it.
    """

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        if len(formula) > LONGEST:
            raise ValueError(f"a formula of {len(formula):,} characters is more than a spreadsheet program reads")
        return formula.removeprefix("=")


@dataclass(frozen=True)
class Sheet:
    """What a file in ``sheets/`` declares."""

    order: int
    """Its place in the workbook."""
    title: str
    """Name on its tab."""
    fill: Callable[[Page, Plan], None]


@cache
def declared() -> tuple[Sheet, ...]:
    """Every sheet, in the order of the workbook."""
    names = [module.name for module in pkgutil.iter_modules(sheets.__path__)]
    found: list[Sheet] = [importlib.import_module(f"{sheets.__name__}.{name}").SHEET for name in names]
    return tuple(sorted(found, key=lambda sheet: (sheet.order, sheet.title)))


class Formats:
    """Formats of one workbook, each made once."""

    def __init__(self, workbook: Workbook) -> None:
        self.workbook = workbook
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}
        self._named: dict[tuple[str, ...], Format] = {}

    def named(self, names: tuple[str, ...]) -> Format:
        """The format of some of STYLES; a later one wins."""
        if names not in self._named:
            self._named[names] = self.get(*(STYLES[name] for name in names))
        return self._named[names]

    def condition(self, name: str) -> Format:
        """What a condition makes of a cell."""
        return self.get({key: value for key, value in STYLES[name].items() if key in _AS_CONDITION})

    def get(self, *styles: Style) -> Format:
        """The format with the properties of all styles; a later one wins."""
        merged: Style = {}
        for style in styles:
            merged |= style
        key = tuple(sorted(merged.items()))
        if key not in self._made:
            self._made[key] = self.workbook.add_format(merged)
        return self._made[key]


class Page:
    """One worksheet while it is filled. Rows and columns count from 0."""

    def __init__(
        self, worksheet: Worksheet, formats: Formats, currency: str, footer: str, model: Model | None = None
    ) -> None:
        self.worksheet, self.formats, self.currency, self._model = worksheet, formats, currency, model
        self.workbook = formats.workbook
        self._widths: list[float] = []
        self._lines: dict[int, int] = {}
        worksheet.set_landscape()
        worksheet.set_paper(_A4)
        worksheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        worksheet.set_footer(f"&L{footer.replace('&', '&&')[:200]}&C&A&RPage &P of &N")
        worksheet.fit_to_pages(1, 0)

    @property
    def model(self) -> Model:
        """The layout of the sheets that have formulas."""
        assert self._model is not None, "this page is of a workbook without formulas"
        return self._model

    def draw(self, grid: Grid) -> None:
        """Write a sheet that was laid out: cells, headers, what may be typed, colours that follow cells."""
        write_text, write_number = self.worksheet.write_string, self.worksheet.write_number
        write_formula, named = self.worksheet.write_formula, self.formats.named
        for cell in grid.cells:
            styles = cell.styles
            if (
                cell.column
                and isinstance(cell.value, str)
                and styles[0] in ("cell", "engine")
                and "right" not in styles
            ):
                styles = (*styles, "apart")  # from the number to its left
            form = named(styles)
            if cell.formula:
                write_formula(cell.row, cell.column, f"={cell.formula}", form, cell.value)
            elif cell.value is None:
                self.worksheet.write_blank(cell.row, cell.column, None, form)
            elif "url" in cell.styles:
                self.link(cell.row, cell.column, str(cell.value), CELL)
            elif isinstance(cell.value, str):
                write_text(cell.row, cell.column, safe(cell.value), form)
            else:
                write_number(cell.row, cell.column, cell.value, form)
        for row, labels, right in grid.heads:
            self.header(row, labels, right)
        for *where, rule in grid.valid:
            self.worksheet.data_validation(*where, {"ignore_blank": True, **rule})
        for *where, rule in grid.colours:
            form = self.formats.condition(str(rule["format"]))
            self.worksheet.conditional_format(*where, {**rule, "format": form})

    def formula(self, row: int, column: int, formula: str, value: Value, *styles: Style) -> None:
        """A formula without its equals sign, and the engine's value."""
        self.worksheet.write_formula(row, column, f"={formula}", self.formats.get(*styles), value)

    def protect(self) -> None:
        """Protect all but the cells for inputs against slips; there is no password."""
        self.worksheet.protect("", UNPROTECTED)

    def checks(self, row: int, column: int) -> None:
        """The master check and the state of the inputs, to be seen on every sheet."""
        self.text(row, column, "Checks", LABEL)
        self.formula(row, column + 1, self.model.checks.master, "OK", STYLES["verdict"])
        for word, look in (("FAIL", BAD), ("STALE", CAREFUL), ("OK, inputs changed", CAREFUL), ("OK", GOOD)):
            form = self.formats.get({key: look[key] for key in look if key in _AS_CONDITION})
            rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": form}
            self.worksheet.conditional_format(row, column + 1, row, column + 1, rule)

    def as_delivered(self, row: int, column: int, what: str = "this sheet still is") -> None:
        """What a sheet of the engine's values says when inputs were changed."""
        said = f'"STALE: inputs were changed, and {what} what the engine calculated. Run cenplan report again."'
        self.formula(
            row, column, f'IF({self.model.checks.state}="changed",{said},"")', "", {"font_color": "#7B1F00"}, LABEL
        )

    def text(self, row: int, column: int, value: str, *styles: Style) -> None:
        """Text, whatever it begins with."""
        shown = safe(value)
        self.worksheet.write_string(row, column, shown, self.formats.get(*(styles or (TEXT,))))
        if any("text_wrap" in style for style in styles):
            self._make_room(row, column, shown, 1 if any("bold" in style for style in styles) else _LETTERS_PER_DIGIT)

    def _make_room(self, row: int, column: int, text: str, letters_per_digit: float = _LETTERS_PER_DIGIT) -> None:
        """Not every program makes rows as high as wrapped text needs, so they are made so here."""
        width = int(self._widths[column] * letters_per_digit) if column < len(self._widths) else 8
        lines = sum(len(textwrap.wrap(part, width)) or 1 for part in text.split("\n")) if len(text) > width else 1
        if lines > self._lines.get(row, 1):
            self._lines[row] = min(lines, _MOST_LINES)
            self.worksheet.set_row(row, _LINE_HEIGHT * self._lines[row])

    def texts(self, row: int, column: int, values: Iterable[str], *styles: Style) -> None:
        """Text in neighbouring cells of a row."""
        for offset, value in enumerate(values):
            self.text(row, column + offset, value, *styles)

    def link(self, row: int, column: int, url: str | None, *styles: Style) -> None:
        """An address: a link where it is one of the web, else text."""
        if url and len(url) <= _MOST_LINK and _LINK.fullmatch(url):
            blue: Style = {"font_color": "#0563C1", "underline": 1}
            self.worksheet.write_url(row, column, url, self.formats.get(*styles, blue), url)
            if any("text_wrap" in style for style in styles):
                self._make_room(row, column, url)
        else:
            self.text(row, column, url or "(no public address)", *styles)

    def number(self, row: int, column: int, value: float, *styles: Style) -> None:
        """A number."""
        self.worksheet.write_number(row, column, value, self.formats.get(*styles))

    def day(self, row: int, column: int, value: date, *styles: Style) -> None:
        """A day."""
        self.worksheet.write_datetime(row, column, value, self.formats.get(*(styles or (DAY,))))

    def month(self, row: int, column: int, month: Month, *styles: Style) -> None:
        """A month: its first day, shown as 2027-01."""
        self.worksheet.write_datetime(row, column, month.first_day, self.formats.get(*styles, MONTH))

    def amount(
        self,
        row: int,
        column: int,
        nano: int,
        *styles: Style,
        unpriced: bool = False,
        named: bool = False,
        decimals: int = 2,
        formula: str = "",
    ) -> None:
        """An amount: "unpriced" where nothing of it is known, and at least (≥) where only a part is.

        nano     : exact, in nano-units of the currency
        named    : with the currency in the cell
        decimals : that are shown
        formula  : that gives the amount; empty: it stands for itself
        """
        if unpriced and not nano:
            self.text(row, column, UNPRICED, {"align": "right"}, *styles, NOT_KNOWN)
            return
        digits = f"#,##0.{'0' * decimals}"
        code = f"[${self.currency}] {digits}" if named else digits
        shown: Style = {"num_format": f'{code};-{code};"–"'}
        if unpriced:
            shown = {**NOT_KNOWN, "num_format": f'"≥ "{code}'}
        if formula:
            self.formula(row, column, formula, nano / money.NANO, *styles, shown)
        else:
            self.number(row, column, nano / money.NANO, *styles, shown)

    def sums(
        self,
        row: int,
        column: int,
        found: Sum,
        slices: Sequence[slice],
        *styles: Style,
        decimals: int = 2,
        formulas: Sequence[str] = (),
    ) -> None:
        """A row of amounts: over all months and over some of them by formula, and behind them each month.

        column   : of the sum over all months
        slices   : the months of each of the sums beside it
        formulas : of the months; empty: they are the engine's values
        """
        first = column + 1 + len(slices)
        for at, own in enumerate((slice(None), *slices), start=column):
            start, stop, _ = own.indices(len(found.amounts))
            formula = f"SUM({letters(first + start)}{row + 1}:{letters(first + stop - 1)}{row + 1})"
            amount, unpriced = sum(found.amounts[own]), any(found.unpriced[own])
            self.amount(row, at, amount, *styles, unpriced=unpriced, decimals=decimals, formula=formula)
        for m, (amount, unpriced) in enumerate(zip(found.amounts, found.unpriced, strict=True)):
            formula, look = (formulas[m], {}) if formulas else ("", ENGINE)
            self.amount(row, first + m, amount, *styles, look, unpriced=unpriced, decimals=decimals, formula=formula)

    def header(self, row: int, labels: Sequence[str], right: Iterable[int] = ()) -> None:
        """A row of column heads; those in ``right`` stand over numbers."""
        for column, label in enumerate(labels):
            self.text(row, column, label, HEADER_RIGHT if column in set(right) else HEADER)

    def widths(self, *widths: float) -> None:
        """Widths of the first columns, in characters; before anything is written."""
        self._widths = list(widths)
        for column, width in enumerate(widths):
            self.worksheet.set_column(column, column, width)

    def wide(self, header_row: int, labels: int) -> None:
        """Set-up of a wide sheet: what stays in view, and what is repeated on every printed page.

        labels : columns that stay; the others spread over as many pages as keeps them legible
        """
        self.worksheet.freeze_panes(header_row + 1, labels)
        self.worksheet.repeat_rows(header_row)
        self.worksheet.repeat_columns(0, labels - 1)
        stay = sum(self._widths[:labels])
        self.worksheet.fit_to_pages(math.ceil((sum(self._widths) - stay) / max(_PRINTED_WIDTH - stay, 50)), 0)


def safe(value: str) -> str:
    """Text that a cell can hold."""
    if value.isascii() and len(value) <= _MOST_TEXT:
        return value
    shown = value.encode("utf-8", "replace").decode("utf-8")
    return shown if len(shown) <= _MOST_TEXT else shown[: _MOST_TEXT - 1] + "…"


def text_width(texts: Iterable[str], least: int, most: int) -> int:
    """Characters that a column needs for texts, within bounds."""
    return min(max([least, *(len(one) + 2 for one in texts)]), most)


def amount_width(amounts: Iterable[int], least: int = 12) -> int:
    """Characters that a column needs for amounts, with ≥ and the currency."""
    return max([least, *(len(money.display(amount)) + 7 for amount in amounts)])


def rounding_note(total: int, parts: Iterable[int]) -> str:
    """What to say where the parts, each rounded for display, do not add up to the total; else an empty text."""
    gap = cost_outline.rounded_gap(total, parts)
    if not gap:
        return ""
    return (
        "Rounding: cells hold exact amounts and show cents; the parts as shown add up to"
        f" {gap.removeprefix('-')} {'more' if gap.startswith('-') else 'less'} than the total."
    )


def total_name(complete: bool) -> str:
    """What the sum of something is called: only what is wholly priced has a total."""
    return "Total" if complete else "Priced subtotal"
