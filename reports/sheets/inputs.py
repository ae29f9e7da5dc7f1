"""Every number of the plan that can change: type here, and formulas follow."""

from __future__ import annotations

from planner.plan import Plan
from reports import sheet
from reports.sheet import Page


def fill(page: Page, plan: Plan) -> None:
    """Every number of the plan that can change: sites, dates, connections, traffic, growth, baselines, discounts."""
    names = [*plan.inventory.group_names, *(use.id for use in plan.quotas)]
    scopes = (name for use in plan.quotas for name in use.scopes)
    page.widths(sheet.text_width(names, 34, 44), sheet.text_width(scopes, 20, 32), *[15] * 7, 22, 22, 9, 24)
    page.draw(page.model.inputs.grid)
    page.checks(3, 0)
    page.worksheet.freeze_panes(4, 1)
    page.worksheet.repeat_rows(3)
    page.protect()


SHEET = sheet.Sheet(order=40, title="Inputs", fill=fill)
