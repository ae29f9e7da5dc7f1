"""Whether formulas and engine agree, and what is out of date after a change: OK, CHANGED, STALE or FAIL."""

from __future__ import annotations

from planner.plan import Plan
from reports import live_checks, sheet
from reports.sheet import Page

_LOOKS: tuple[tuple[str, sheet.Style], ...] = (
    ("FAIL", sheet.BAD), ("STALE", sheet.CAREFUL), ("changed", sheet.CAREFUL), ("CHANGED", sheet.CAREFUL),
    ("OK, inputs changed", sheet.CAREFUL), ("OK", sheet.GOOD),
)  # fmt: skip


def fill(page: Page, plan: Plan) -> None:
    """Formulas against the engine, sums against sums, and what is out of date: OK, CHANGED, STALE or FAIL."""
    checks = page.model.checks
    page.widths(52, 22, 22, 16, 14, 64)
    page.draw(checks.grid)
    page.worksheet.freeze_panes(live_checks.HEADER + 1, 1)
    page.worksheet.repeat_rows(live_checks.HEADER)
    for cells in ((3, 1, 4, 1), (live_checks.HEADER + 1, 4, checks.results[1] + 2, 4)):
        for word, look in _LOOKS:
            form = page.formats.get({key: look[key] for key in look if key in ("bold", "bg_color", "font_color")})
            rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": form}
            page.worksheet.conditional_format(*cells, rule)
    page.protect()


SHEET = sheet.Sheet(order=60, title="Checks", fill=fill)
