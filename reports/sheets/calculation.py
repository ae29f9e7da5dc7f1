"""One formula per row across the months, from sites and dates to hours, GB, tiers and costs."""

from __future__ import annotations

from planner import summary
from planner.plan import Plan
from reports import live_calculation, sheet
from reports.sheet import Page


def fill(page: Page, plan: Plan) -> None:
    """One formula per row across the months: hours, GB, rates, free quotas, tiers, costs, totals."""
    tables = plan.inventory
    names = [*tables.subject_names, *tables.accounts]
    wide = sheet.amount_width([summary.totals(plan).subtotal], 16)
    page.widths(31, sheet.text_width(names, 26, 44), 18, 34, 17, 15, 18, 18, wide, *[13] * tables.period.count)
    page.draw(page.model.calculation.grid)
    page.text(0, 0, f"Calculation, amounts in {page.currency}", sheet.TITLE)
    page.text(
        1, 0, "One formula per row across the months. Nothing is typed here: change Inputs or Prices.", sheet.NOTE
    )
    page.checks(2, 0)
    page.wide(live_calculation.HEADER, 2)
    page.protect()


SHEET = sheet.Sheet(order=50, title="Calculation", fill=fill)
