"""Every quota and scope, month by month: used, limit, headroom and status."""

from __future__ import annotations

from planner.plan import Plan
from reports import live_quotas, sheet
from reports.sheet import Page

_LEGEND: tuple[tuple[str, sheet.Style, str], ...] = (
    ("used", {}, "the highest count inside the month: what is attached today, outside every plan, and what is planned"),
    ("exceeded", sheet.BAD, "used is more than the limit on that day; headroom is negative"),
    (
        "tight",
        sheet.CAREFUL,
        "from the threshold in Inputs on: 80 % of a limit that can be increased, or what the estate states",
    ),
    ("pending", sheet.CAREFUL, "a limit in this colour is requested, not granted"),
    ("unknown", sheet.NOT_KNOWN, "no page that was read states the limit: neither ok nor exceeded"),
)


def fill(page: Page, plan: Plan) -> None:
    """Four rows for each quota and scope, months across; below them the instants that the counts rest on."""
    quotas = page.model.quotas
    names = {name for use in plan.quotas for name in use.scopes}
    page.widths(38, sheet.text_width(names, 20, 45), 18, 18, 14, 16, *[10] * len(quotas.columns))
    page.text(0, 0, "Quotas by month", sheet.TITLE)
    for row, (name, style, said) in enumerate(_LEGEND, start=1):
        page.text(row, 0, name, style)
        page.text(row, 1, said, sheet.NOTE)
    page.draw(quotas.grid)
    page.checks(6, 0)
    page.wide(live_quotas.HEADER, 3)
    last = live_quotas.HEADER + max(len(quotas.scopes) * len(live_quotas.MEASURES), 1)
    _by_effect(page, live_quotas.HEADER + 1, 3, last, live_quotas.FIRST_MONTH + len(quotas.columns) - 1)
    page.worksheet.print_area(0, 0, last, live_quotas.FIRST_MONTH + len(quotas.columns) - 1)  # not the instants
    page.protect()


def _by_effect(page: Page, *cells: int) -> None:
    """Colours that follow the cells: negative headroom, and what the status says."""
    bad, careful, unknown = (page.formats.condition(name) for name in ("bad", "careful", "not_known"))
    page.worksheet.conditional_format(*cells, {"type": "cell", "criteria": "<", "value": 0, "format": bad})
    for status, form in (("exceeded", bad), ("tight", careful), ("unknown", unknown)):
        page.worksheet.conditional_format(
            *cells, {"type": "cell", "criteria": "==", "value": f'"{status}"', "format": form}
        )


SHEET = sheet.Sheet(order=55, title="Quotas", fill=fill)
