"""The workbook in which finance fills in prices: what is missing, what is in use, and cells for new rates.

`reports/price_sheet_reading.py` reads it back; both hold to the layout below. The same prices give the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from xlsxwriter.workbook import Workbook  # type: ignore[import-untyped]

from planner import __version__
from planner.core.provenance import CURRENCY_OF_SITE, EVIDENCE, EVIDENCE_MEANING
from pricing import money
from pricing.price_request import Request
from pricing.sku import skus
from reports import discount_sheet, sheet
from reports.discount_sheet import COLUMNS as DISCOUNT_COLUMNS
from reports.discount_sheet import DISCOUNTS
from reports.price_input import ASKED, BESIDE, INPUT, OPEN, PROTECTION, a_day, a_grade, accept, blank, evidence
from reports.price_words import made_of, site_title
from reports.sheet import Page, Style

HOW_TO, PRICES = "How to", "Prices"

# Rows and columns count from 0. The head of the sheet: a label in column A, what it says in column B.
SITE_ROW, CURRENCY_ROW, DOCUMENT_ROW, READ_ON_ROW, HEADER_ROW = 2, 3, 4, 5, 7
LABELS = {
    SITE_ROW: "Site",
    CURRENCY_ROW: "Currency",
    DOCUMENT_ROW: "Document",
    READ_ON_ROW: "Read on",
}
COLUMNS = (
    "Item", "Item title", "Region or lane", "Tier from", "Tier to", "Unit", "Currency", "Known rate",
    "Known evidence", "Known source", "New rate", "New evidence", "Effective from", "Effective until",
    "Document or source", "Note",
)  # fmt: skip
(
    ITEM, TITLE, SCOPE, TIER_FROM, TIER_TO, UNIT, CURRENCY, KNOWN_RATE, KNOWN_EVIDENCE, KNOWN_SOURCE, NEW_RATE,
    NEW_EVIDENCE, FROM, UNTIL, DOCUMENT, NOTE,
) = range(len(COLUMNS))  # fmt: skip
SPARE_ROWS = 25
"""Empty rows below the table, for prices that were not asked for."""
UNKNOWN = "unknown"

_WIDTHS = (22, 30, 26, 11, 11, 16, 9, 12, 11, 40, 14, 11, 12, 12, 34, 30)


@dataclass(frozen=True)
class PriceSheet:
    """What is asked for, and on whose behalf."""

    site: str
    as_of: date
    plan: str | None
    """None: the sheet is of the whole site."""
    requests: tuple[Request, ...]

    @property
    def currency(self) -> str:
        """Currency of every rate."""
        return CURRENCY_OF_SITE[self.site]

    @property
    def missing(self) -> int:
        """Rates to be filled in."""
        return sum(request.known is None for request in self.requests)


def render(prices: PriceSheet) -> bytes:
    """The workbook, in memory."""
    out = io.BytesIO()
    workbook = Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    title = f"Prices to be filled in, {site_title(prices.site)}"
    workbook.set_properties(
        {
            "title": title,
            "subject": f"For {prices.plan}" if prices.plan else "Every region",
            "comments": f"Made by cenplan {__version__}",
            "created": datetime.combine(prices.as_of, time()),  # not the clock: the same bytes every time
        }
    )
    formats = sheet.Formats(workbook)
    footer = f"{title}, as of {prices.as_of}"
    _how_to(Page(workbook.add_worksheet(HOW_TO), formats, prices.currency, footer), prices)
    _fill(Page(workbook.add_worksheet(PRICES), formats, prices.currency, footer), prices, title)
    of_site = f"For accounts of the {site_title(prices.site)}. The sheet {HOW_TO} says how to fill it in."
    discount_sheet.fill(Page(workbook.add_worksheet(DISCOUNTS), formats, prices.currency, footer), of_site)
    workbook.close()
    return out.getvalue()


def _how_to(page: Page, prices: PriceSheet) -> None:
    """What to do, in the order in which it is done."""
    page.widths(4, 120)
    page.text(0, 0, "How to fill in this workbook", sheet.TITLE)
    what = f"the plan {prices.plan}" if prices.plan else f"every region of the {site_title(prices.site)}"
    known = len(prices.requests) - prices.missing
    page.text(1, 0, f"Prices of {what}: {prices.missing} are missing, {known} are in use.", sheet.SUBTITLE)
    row = 3
    for number, step in enumerate(_steps(prices), start=1):
        page.text(row, 0, f"{number}.", sheet.LABEL)
        page.text(row, 1, step, sheet.WRAPPED)
        row += 1
    row += 1
    page.text(row, 0, "Evidence", sheet.HEADING)
    for grade in reversed(EVIDENCE):
        row += 1
        page.text(row, 1, f"{grade}: {EVIDENCE_MEANING[grade]}", sheet.WRAPPED)
    page.worksheet.protect("", {"select_locked_cells": True, "select_unlocked_cells": True})


def _steps(prices: PriceSheet) -> list[str]:
    text = f"""\
Go to the sheet {PRICES}. Yellow cells with blue text are yours to fill in; the others say what is known today.

In B{DOCUMENT_ROW + 1} name the document the rates are taken from, such as contract and annex, and in B{READ_ON_ROW + 1}
the day on which you read it. A row that rests on another document names it in the column {COLUMNS[DOCUMENT]}.

New rate: the price of one unit in {prices.currency}, before tax, with up to 10 decimals. With the evidence contract it
is net: what you pay, after every discount. With any other evidence it is a list price, from which discounts are taken.
Look at the unit: GB, not TB (1 TB = 1,024 GB).

Leave empty what you do not know: it stays unpriced, or keeps the known rate. Write 0 only for what costs nothing.

A schedule of tiers is replaced as a whole. Where you fill in one tier, fill in all of its tiers that have a known rate,
with the known one where it stays. You may change the bounds of the tiers: the first starts at 0, each next one where
the one before ends, and the last has no end. A contract without tiers needs the first row only, with {COLUMNS[TIER_TO]}
left empty.

{COLUMNS[SCOPE]}: one or more region ids separated by commas; or a whole area (mainland, asia-pacific, europe,
north-america, south-america, middle-east), overseas (all but the mainland) or all. To give one price for an area,
write the area into one row and leave the rows of its regions empty. Transfer between regions has a price by lane,
FROM>TO, such as cn-hangzhou>cn-shanghai or europe>asia-pacific.

{COLUMNS[FROM]} is the first day on which the rate holds, {COLUMNS[UNTIL]} the first day on which it holds no longer: a
contract that ends with 31 December 2027 is effective until 2028-01-01. Empty: always, without end.

Discounts that are agreed in percent go to the sheet {DISCOUNTS}, a row for each: the {DISCOUNT_COLUMNS[0]} they are on
(all, or ids separated by commas), where (empty: everywhere) and how many percent are taken off the list price. One on
an item beats one on all items. Rates with the evidence contract are net: no discount is taken off them.

Further prices can be written into the empty rows below the table, with {COLUMNS[ITEM]} and {COLUMNS[SCOPE]}. Do not
move, rename or delete columns. The sheets are protected against slips, without a password. Free quotas of a contract
are written into the price book itself, under free_quotas.

Save as an Excel workbook (.xlsx) and turn it into a price book: cenplan prices import FILE.xlsx -o book.yaml. Then
name book.yaml under price_books of the plan."""
    return [" ".join(step.split()) for step in text.split("\n\n")]


def _fill(page: Page, prices: PriceSheet, title: str) -> None:
    """The table of prices."""
    page.widths(*_WIDTHS)
    page.text(0, 0, title, sheet.TITLE)
    what = f"of the plan {prices.plan}" if prices.plan else "of every region"
    known = len(prices.requests) - prices.missing
    page.text(
        1,
        0,
        f"{prices.missing} prices {what} are missing, {known} are in use and may be overridden. As of"
        f" {prices.as_of}. Fill in the yellow cells; the sheet {HOW_TO} says how.",
        sheet.NOTE,
    )
    for row, label in LABELS.items():
        page.text(row, 0, label, sheet.LABEL)
    page.text(SITE_ROW, 1, prices.site)
    page.text(CURRENCY_ROW, 1, prices.currency)
    blank(page, DOCUMENT_ROW, 1, sheet.WRAPPED)
    page.day(READ_ON_ROW, 1, prices.as_of, sheet.DAY, INPUT, OPEN)
    page.text(DOCUMENT_ROW, 2, "which new rates and discounts are taken from, where a row names no other", sheet.NOTE)
    page.text(READ_ON_ROW, 2, "the day on which you read it", sheet.NOTE)
    page.header(HEADER_ROW, COLUMNS, {TIER_FROM, TIER_TO, KNOWN_RATE, NEW_RATE})
    row = HEADER_ROW
    for request in prices.requests:
        row += 1
        _request(page, row, request, prices.currency)
    last = row + SPARE_ROWS
    for spare in range(row + 1, last + 1):
        for column in (ITEM, SCOPE, TIER_FROM, TIER_TO):
            blank(page, spare, column)
        for column in range(NEW_RATE, NOTE + 1):
            _input(page, spare, column)
    _validate(page, last)
    page.worksheet.autofilter(HEADER_ROW, 0, max(row, HEADER_ROW + 1), NOTE)
    page.worksheet.freeze_panes(HEADER_ROW + 1, SCOPE + 1)
    page.worksheet.repeat_rows(HEADER_ROW)
    page.worksheet.protect("", PROTECTION)


def _request(page: Page, row: int, request: Request, currency: str) -> None:
    item = skus()[request.sku]
    page.text(row, ITEM, request.sku, sheet.CELL)
    page.text(row, TITLE, item.title, sheet.CELL, sheet.WRAPPED)
    page.text(row, SCOPE, ", ".join(request.scopes), sheet.CELL, sheet.WRAPPED, OPEN)
    for column, bound in ((TIER_FROM, request.start), (TIER_TO, request.end)):
        styles: list[Style] = [sheet.CELL, OPEN]
        if request.start is not None:  # an item with tiers
            styles += [{"num_format": "#,##0.######"}, INPUT if request.known is None else {}]
        if bound is None:
            page.worksheet.write_blank(row, column, None, page.formats.get(*styles))
        else:
            page.number(row, column, bound / money.MICRO, *styles)
    page.text(row, UNIT, item.unit, sheet.CELL, BESIDE)
    page.text(row, CURRENCY, currency, sheet.CELL)
    if request.known is None:
        page.text(row, KNOWN_RATE, UNKNOWN, sheet.CELL, {"align": "right"}, sheet.NOT_KNOWN)
        page.texts(row, KNOWN_EVIDENCE, ["", ""], sheet.CELL)
    else:
        page.number(row, KNOWN_RATE, float(request.known.value), sheet.CELL, sheet.RATE)
        page.text(row, KNOWN_EVIDENCE, request.known.evidence, sheet.CELL, BESIDE)
        page.text(row, KNOWN_SOURCE, _source(request), sheet.CELL, sheet.WRAPPED)
    for column in range(NEW_RATE, NOTE + 1):
        _input(page, row, column, asked=request.known is None)


def _source(request: Request) -> str:
    assert request.known is not None
    known = request.known
    parts = [made_of(known)] if known.adjustments else []
    parts += [f"{one.title}, read {one.read_on}" for one in known.references]
    if known.effective_from:
        parts.append(f"from {known.effective_from}")
    if known.effective_until:
        parts.append(f"until {known.effective_until}")
    return "; ".join(parts)


def _input(page: Page, row: int, column: int, asked: bool = False) -> None:
    """An empty cell for the reader; the evidence is there already."""
    if column == NEW_EVIDENCE:
        evidence(page, row, column)
        return
    styles: dict[int, Sequence[Style]] = {
        NEW_RATE: (sheet.TEXT, sheet.RATE),
        FROM: (sheet.DAY,),
        UNTIL: (sheet.DAY,),
        DOCUMENT: (sheet.WRAPPED,),
        NOTE: (sheet.WRAPPED,),
    }
    if asked and column == NEW_RATE:
        page.worksheet.write_blank(row, column, None, page.formats.get(*styles[column], ASKED, OPEN))
    else:
        blank(page, row, column, *styles[column])


def _validate(page: Page, last: int) -> None:
    """Lists, hints and limits of the input cells."""
    rules = {
        NEW_RATE: {
            "validate": "decimal",
            "criteria": ">=",
            "value": 0,
            "input_title": "New rate",
            "input_message": f"Price of one unit in {page.currency}, before tax. Empty: not known.",
            "error_title": "Not a rate",
            "error_message": "A rate is a number of 0 or more, such as 0.07.",
        },
        NEW_EVIDENCE: a_grade(),
        FROM: a_day("Effective from", "The first day on which the rate holds. Empty: always."),
        UNTIL: a_day("Effective until", "The first day on which the rate no longer holds. Empty: without end."),
    }
    accept(page, HEADER_ROW + 1, last, rules)
    accept(page, READ_ON_ROW, READ_ON_ROW, {1: a_day("Read on", "The day on which you read the document.")})
