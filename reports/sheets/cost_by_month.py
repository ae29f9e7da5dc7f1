"""What each item costs for each group, month by month."""

from __future__ import annotations

from planner import summary
from planner.plan import Plan
from reports import live_cost_by_month, sheet
from reports.live_cost_by_month import BESIDE, LABELS
from reports.sheet import Page


def fill(page: Page, plan: Plan) -> None:
    """What each item costs for each group, or router where there are too many, by month: formulas on Calculation."""
    months, by_month, totals = plan.inventory.period.months, page.model.cost_by_month, summary.totals(plan)
    subjects = sheet.text_width((one.line.subject for one in by_month.lines), 20, 40)
    wide, narrow = sheet.amount_width([totals.subtotal]), sheet.amount_width(totals.amounts, least=11)
    amounts = [wide] * (1 + len(by_month.years)) + [narrow] * len(months)
    page.widths(22, subjects, 18, 15, 16, 14, 14, *amounts)
    page.text(0, 0, f"Cost by month, amounts in {page.currency}", sheet.TITLE)
    note = "Cells show cents and hold more. –: no cost. unpriced: no price is known, which is not 0. ≥: at least."
    page.text(1, 0, note, sheet.NOTE)
    if page.model.detailed:
        page.checks(2, 0)
    else:
        groups = len(plan.inventory.groups.ids)
        said = f"{groups:,} groups are too many for live formulas: each row adds up the groups of a router."
        page.text(2, 0, f"{said} line-items.csv has them all.", sheet.BAD)
    page.draw(by_month.grid)
    page.wide(live_cost_by_month.HEADER, len(LABELS))
    last_column = len(LABELS) + len(BESIDE) + len(by_month.years) + len(months)
    page.worksheet.autofilter(live_cost_by_month.HEADER, 0, by_month.last, last_column)
    if not by_month.lines:
        page.text(live_cost_by_month.HEADER + 1, 0, "Nothing is attached in the period: there is no cost.", sheet.NOTE)
    page.protect()


SHEET = sheet.Sheet(order=30, title="Cost by month", fill=fill)
