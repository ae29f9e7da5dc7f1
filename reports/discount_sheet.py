"""The sheet of discounts in the workbook of prices; `reports/discount_sheet_reading.py` reads it back."""

from __future__ import annotations

from reports import sheet
from reports.price_input import PROTECTION, a_day, a_grade, accept, blank, evidence
from reports.sheet import Page

DISCOUNTS = "Discounts"
HEADER_ROW = 3
"""From 0, like columns."""
COLUMNS = (
    "Items", "Scope", "Percent", "Effective from", "Effective until", "Evidence", "Document or source", "Note",
)  # fmt: skip
ITEMS, SCOPE, PERCENT, FROM, UNTIL, EVIDENCE, DOCUMENT, NOTE = range(len(COLUMNS))
ROWS = 25
"""Empty rows."""

_WIDTHS = (34, 28, 12, 13, 13, 12, 40, 40)


def fill(page: Page, subtitle: str) -> None:
    """An empty table, for discounts on list prices."""
    page.widths(*_WIDTHS)
    page.text(0, 0, "Discounts on list prices", sheet.TITLE)
    page.text(1, 0, subtitle, sheet.NOTE)
    page.header(HEADER_ROW, COLUMNS, {PERCENT})
    first, last = HEADER_ROW + 1, HEADER_ROW + ROWS
    for row in range(first, last + 1):
        for column in (ITEMS, SCOPE, DOCUMENT, NOTE):
            blank(page, row, column, sheet.WRAPPED)
        blank(page, row, PERCENT, {"num_format": '0.######" %"'}, sheet.TEXT)
        for column in (FROM, UNTIL):
            blank(page, row, column, sheet.DAY)
        evidence(page, row, EVIDENCE)
    accept(
        page,
        first,
        last,
        {
            ITEMS: {
                "validate": "any",
                "input_title": "Items",
                "input_message": "all, or one or more items of the sheet Prices, separated by commas.",
            },
            SCOPE: {
                "validate": "any",
                "input_title": "Scope",
                "input_message": "Regions, areas, overseas or lanes, separated by commas. Empty: everywhere.",
            },
            PERCENT: {
                "validate": "decimal",
                "criteria": "between",
                "minimum": 0,
                "maximum": 100,
                "input_title": "Percent",
                "input_message": "What is taken off the list price: 12 makes 0.88 of 1.00.",
                "error_title": "Not a discount",
                "error_message": "A discount is a number of 0 to 100, such as 12.",
            },
            FROM: a_day("Effective from", "The first day on which it is granted. Empty: always."),
            UNTIL: a_day("Effective until", "The first day on which it no longer is. Empty: without end."),
            EVIDENCE: a_grade(),
        },
    )
    page.worksheet.freeze_panes(HEADER_ROW + 1, 1)
    page.worksheet.repeat_rows(HEADER_ROW)
    page.worksheet.protect("", PROTECTION)
