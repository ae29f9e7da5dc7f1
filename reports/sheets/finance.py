"""What finance asks for, month by month: from list price to bill, bills with tax, charges, pools, evidence."""

from __future__ import annotations

from itertools import groupby

from planner import statement, summary
from planner.plan import Plan
from pricing import money
from reports import finance_outline, sheet
from reports.sheet import Page

LABELS = ("What", "Of whom", "Currency")
_HEADER_ROW = 3


def fill(page: Page, plan: Plan) -> None:
    """Blocks of rows on one grid: total, years, months."""
    months, years = plan.inventory.period.months, summary.years(plan)
    slices = [*(columns for _, columns in years), *(slice(m, m + 1) for m in range(len(months)))]
    rows = list(finance_outline.rows_by_month(plan))
    totals = [sum(row.amounts.amounts) for row in rows if row.amounts]
    amounts = [amount for row in rows if row.amounts for amount in row.amounts.amounts]
    wide, narrow = sheet.amount_width(totals), sheet.amount_width(amounts, least=11)
    who = sheet.text_width((row.who for row in rows), 20, 44)
    page.widths(38, who, 9, *[wide] * (1 + len(years)), *[narrow] * len(months))
    page.text(0, 0, "Finance", sheet.TITLE)
    note = "Amounts in the currency beside them. ≥: at least; a part of it is unpriced. not known is not 0."
    page.text(1, 0, " ".join([note, *(f"Converted at {one}." for one in statement.exchange_notes(plan))]), sheet.NOTE)
    heads = (*LABELS, "Total", *(summary.year_name(plan, year) for year, _ in years))
    page.header(_HEADER_ROW, heads, range(len(LABELS), len(LABELS) + 1 + len(slices)))
    for column, month in enumerate(months):
        page.month(_HEADER_ROW, len(heads) + column, month, sheet.HEADER_RIGHT)
    page.wide(_HEADER_ROW, len(LABELS))
    row = _HEADER_ROW + 1
    for block, own in groupby(rows, key=lambda one: one.block):
        page.text(row, 0, block, sheet.HEADING)
        row += 1
        for one in own:
            style = sheet.TOTAL if one.strong else sheet.CELL
            page.texts(row, 0, (one.what, one.who, one.currency), style)
            if one.amounts is None:
                page.text(row, len(LABELS), finance_outline.UNKNOWN, style, {"align": "right"}, sheet.NOT_KNOWN)
            else:
                page.sums(row, len(LABELS), one.amounts, slices, style)
            row += 1
        row += 1
    _evidence(page, plan, row)


def _evidence(page: Page, plan: Plan, row: int) -> None:
    """How much of what is billed rests on which evidence."""
    shares = statement.evidence_shares(plan)
    total = sum(share.amount for share in shares)
    if not shares:
        return
    page.text(row, 0, "How sure the prices are", sheet.HEADING)
    for at, share in enumerate(shares, start=row + 1):
        lines = f"{share.lines:,} {'line' if share.lines == 1 else 'lines'}"
        page.texts(at, 0, (f"{share.evidence} prices", lines, plan.inventory.currency), sheet.CELL)
        page.number(at, len(LABELS), share.amount / money.NANO, sheet.CELL, {"num_format": "#,##0.00"})
        if total:
            page.number(at, len(LABELS) + 1, share.amount / total, sheet.CELL, sheet.PERCENT)


SHEET = sheet.Sheet(order=35, title="Finance", fill=fill)
