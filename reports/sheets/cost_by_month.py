"""What each item costs for each group, month by month."""

from __future__ import annotations

from collections.abc import Sequence

from planner import summary
from planner.plan import Plan
from planner.summary import CostRow, Sum
from pricing.sku import skus
from reports import sheet
from reports.sheet import Page

LABELS = ("Transit router", "Group or underlay", "Item")
BESIDE = ("Region", "Account billed", "Cost centre", "Status")
_TOTAL_ROW, _HEADER_ROW = 3, 4


def fill(page: Page, plan: Plan, most: int = sheet.MOST_ROWS) -> None:
    """One row per router, group and item, or router and item of more than ``most``; months after years."""
    months, years = plan.inventory.period.months, summary.years(plan)
    totals = summary.totals(plan)
    rows = summary.cost_rows(plan)
    beside = len(LABELS) + len(BESIDE)
    first_month = beside + 1 + len(years)
    slices = [*(columns for _, columns in years), *(slice(m, m + 1) for m in range(len(months)))]
    lines = _lines(rows, most)
    subjects = sheet.text_width((labels[1] for labels, _ in lines), 20, 40)
    wide, narrow = sheet.amount_width([totals.subtotal]), sheet.amount_width(totals.amounts, least=11)
    page.widths(22, subjects, 18, 15, 16, 14, 14, *[wide] * (1 + len(years)), *[narrow] * len(months))
    page.text(0, 0, f"Cost by month, amounts in {page.currency}", sheet.TITLE)
    note = "Every cell holds the exact amount and shows cents. –: no cost."
    if not totals.complete:
        note += " unpriced: no price is known, which is not 0. ≥: at least; a part of it is unpriced."
    page.text(1, 0, note, sheet.NOTE)
    if len(rows) > most:
        said = f"{len(rows):,} groups and items are too many for a sheet: each row adds up the groups of a router."
        page.text(2, 0, f"{said} line-items.csv has them all.", sheet.BAD)
    right = range(beside, first_month + len(months))
    page.header(_HEADER_ROW, (*LABELS, *BESIDE, "Total", *(summary.year_name(plan, year) for year, _ in years)), right)
    for column, month in enumerate(months):
        page.month(_HEADER_ROW, first_month + column, month, sheet.HEADER_RIGHT)
    page.texts(_TOTAL_ROW, 0, (sheet.total_name(totals.complete), *[""] * (beside - 1)), sheet.TOTAL)
    page.sums(_TOTAL_ROW, beside, Sum((), totals.amounts, totals.unpriced), slices, sheet.TOTAL)
    for row, (labels, found) in enumerate(lines, start=_HEADER_ROW + 1):
        page.texts(row, 0, (*labels, _status(found)), sheet.CELL)
        page.sums(row, beside, found, slices, sheet.CELL)
    page.wide(_HEADER_ROW, len(LABELS))
    last = _HEADER_ROW + max(len(lines), 1)
    page.worksheet.autofilter(_HEADER_ROW, 0, last, first_month + len(months) - 1)
    if not rows:
        page.text(_HEADER_ROW + 1, 0, "Nothing is attached in the period: there is no cost.", sheet.NOTE)


def _lines(rows: Sequence[CostRow], most: int) -> list[tuple[tuple[str, ...], Sum]]:
    """Labels and amounts of each row; by router and item where the groups are too many."""
    items = skus()
    if len(rows) <= most:
        return [
            ((row.router, row.subject, items[row.sku].label, row.region, row.account, row.cost_center), row)
            for row in rows
        ]
    order = {sku: number for number, sku in enumerate(items)}
    found = summary.by(rows, "router", "sku", "region", "account")
    return [
        ((one.key[0], "(all)", items[one.key[1]].label, one.key[2], one.key[3], "(all)"), one)
        for one in sorted(found, key=lambda one: (one.key[0], order[one.key[1]], one.key[2:]))
    ]


def _status(found: Sum) -> str:
    if found.complete:
        return "priced"
    return "partly priced" if found.total else sheet.UNPRICED


SHEET = sheet.Sheet(order=30, title="Cost by month", fill=fill)
