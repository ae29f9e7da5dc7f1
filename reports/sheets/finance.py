"""What finance asks for, month by month: from list price to bill, bills with tax, charges, pools, evidence."""

from __future__ import annotations

from planner import summary
from planner.plan import Plan
from reports import finance_outline, live_finance, sheet
from reports.live_finance import LABELS
from reports.sheet import Page

NOTE = (
    "Amounts are in the currency beside them. Months on grey are the engine's and do not follow changes of inputs; the"
    " others are formulas, and so are all sums. ≥: at least; a part of it is unpriced. not known is not 0."
)
_FINE = 4
"""Decimals of what rounding takes away, which is less than a cent a month."""


def fill(page: Page, plan: Plan) -> None:
    """From list price to bill, bills with tax, charges, pools, evidence, month by month; grey is the engine's."""
    months, years = plan.inventory.period.months, summary.years(plan)
    slices = [columns for _, columns in years]
    found = live_finance.lay_out(plan, page.model, NOTE)
    rows, header = found.rows, found.header
    totals = [sum(row.amounts.amounts) for row in rows if row.amounts]
    amounts = [amount for row in rows if row.amounts for amount in row.amounts.amounts]
    wide, narrow = sheet.amount_width(totals), sheet.amount_width(amounts, least=11)
    who = sheet.text_width((row.who for row in rows), 20, 44)
    page.widths(38, who, 9, *[wide] * (1 + len(years)), *[narrow] * len(months))
    page.text(0, 0, "Finance", sheet.TITLE)
    page.as_delivered(0, 1, "what is on grey still is")
    for row, note in enumerate(found.notes, start=1):
        page.text(row, 0, note, sheet.NOTE)
    heads = (*LABELS, "Total", *(summary.year_name(plan, year) for year, _ in years))
    page.header(header, heads, range(len(LABELS), len(heads) + len(months)))
    for column, month in enumerate(months):
        page.month(header, len(heads) + column, month, sheet.HEADER_RIGHT)
    page.wide(header, len(LABELS))
    for number, (row, one) in enumerate(zip(found.placed, rows, strict=True)):
        if not number or rows[number - 1].block != one.block:
            page.text(row - 1, 0, one.block, sheet.HEADING)
        line = found.lines.get(number)
        style = sheet.TOTAL if one.strong else sheet.CELL
        page.texts(row, 0, (one.what, one.who, one.currency), style)
        if line and line.label:
            page.formula(row, 0, line.label, one.what, style)
        if one.amounts is None:
            page.text(row, len(LABELS), finance_outline.UNKNOWN, style, {"align": "right"}, sheet.NOT_KNOWN)
        else:
            decimals = _FINE if one.what == finance_outline.MONTH_END else 2
            months_ = line.months if line else ()
            page.sums(row, len(LABELS), one.amounts, slices, style, decimals=decimals, formulas=months_)
    page.protect()


SHEET = sheet.Sheet(order=35, title="Finance", fill=fill)
