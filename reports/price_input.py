"""Cells of the workbook of prices that finance fills in: how they look, and what a spreadsheet program accepts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from planner.core.provenance import EVIDENCE, Evidence
from reports import sheet
from reports.sheet import Page, Style

DEFAULT_EVIDENCE: Evidence = "contract"
INPUT: Style = sheet.INPUT
"""What the reader types: blue on yellow, framed."""
ASKED: Style = {**INPUT, "bg_color": "#FFE28A", "border": 2}
"""What is missing without it."""
OPEN: Style = {"locked": False}
BESIDE: Style = {"align": "left", "indent": 1}
"""Text to the right of a number."""
PROTECTION = sheet.UNPROTECTED
"""What stays possible on a sheet that is protected against slips."""
_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2200, 12, 31)


def blank(page: Page, row: int, column: int, *styles: Style) -> None:
    """An empty cell to be filled in."""
    page.worksheet.write_blank(row, column, None, page.formats.get(*styles, INPUT, OPEN))


def evidence(page: Page, row: int, column: int) -> None:
    """A cell for a grade of evidence; the usual one is there already."""
    page.text(row, column, DEFAULT_EVIDENCE, sheet.TEXT, BESIDE, INPUT, OPEN)


def accept(page: Page, first: int, last: int, columns: Mapping[int, Mapping[str, object]]) -> None:
    """Limits and hints of columns; reading the workbook back checks everything again."""
    for column, rule in columns.items():
        page.worksheet.data_validation(first, column, last, column, {"ignore_blank": True, **rule})


def a_day(title: str, message: str) -> Mapping[str, object]:
    """A rule for days."""
    return {
        "validate": "date",
        "criteria": "between",
        "minimum": _FIRST_DAY,
        "maximum": _LAST_DAY,
        "input_title": title,
        "input_message": message,
        "error_title": "Not a day",
        "error_message": "Write a day, such as 2027-01-01.",
    }


def a_grade() -> Mapping[str, object]:
    """A rule for evidence."""
    grades = list(reversed(EVIDENCE))
    return {
        "validate": "list",
        "source": grades,
        "error_title": "Not a grade of evidence",
        "error_message": f"Choose one of: {', '.join(grades)}.",
    }
