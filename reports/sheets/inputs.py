"""The inputs of the live workbook."""

from __future__ import annotations

from planner.plan import Plan
from reports import sheet
from reports.sheet import Page


def fill(page: Page, plan: Plan) -> None:
    """Every number of the plan that can change: sites, dates, connections, traffic, growth, baselines, discounts."""
    names = [*plan.inventory.group_names, *(use.id for use in plan.quotas)]
    page.widths(sheet.text_width(names, 34, 44), 24, 19, 19, 19, 19, 19, 11, 18, 18, 34)
    page.draw(page.model.inputs.grid)
    page.checks(3, 0)
    page.worksheet.freeze_panes(4, 1)
    page.worksheet.repeat_rows(0, 3)
    page.protect()


SHEET = sheet.Sheet(order=40, title="Inputs", fill=fill)
