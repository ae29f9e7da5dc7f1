"""Every quota and scope, month by month: used, limit, headroom and status."""

from __future__ import annotations

import numpy as np

from planner.plan import Plan
from planner.quota import EXCEEDED, OK, PENDING, STATUSES, UNKNOWN, QuotaUse
from reports import sheet
from reports.sheet import Page

MEASURES = ("used", "limit", "headroom", "status")
LABELS = ("Quota", "Scope", "Measure")
BESIDE = ("Worst", "First exceeded")
_HEADER_ROW = 8
_LEGEND: tuple[tuple[str, sheet.Style, str], ...] = (
    ("used", {}, "the highest count inside the month: what is attached today, outside every plan, and what is planned"),
    ("exceeded", sheet.BAD, "used is more than the limit on that day; headroom is negative"),
    (
        "tight",
        sheet.CAREFUL,
        "80 % or more of a limit that can be increased on request, or by the estate's threshold",
    ),
    ("pending", sheet.CAREFUL, "a limit in this colour is requested, not granted"),
    ("unknown", sheet.NOT_KNOWN, "no page that was read states the limit: neither ok nor exceeded"),
)


def fill(page: Page, plan: Plan, most: int = sheet.MOST_ROWS // len(MEASURES)) -> None:
    """Four rows for each quota and scope, months across; of more than ``most`` scopes the worst."""
    months = plan.inventory.period.months
    first = len(LABELS) + len(BESIDE)
    names = {name for use in plan.quotas for name in use.scopes}
    page.widths(38, sheet.text_width(names, 20, 45), 11, 11, 11, *[10] * len(months))
    page.text(0, 0, "Quotas by month", sheet.TITLE)
    for row, (name, style, said) in enumerate(_LEGEND, start=1):
        page.text(row, 0, name, style)
        page.text(row, 1, said, sheet.NOTE)
    page.header(_HEADER_ROW, (*LABELS, *BESIDE))
    for column, month in enumerate(months):
        page.month(_HEADER_ROW, first + column, month, sheet.HEADER_RIGHT)
    scopes = _scopes(plan, most)
    if len(scopes) > most:
        page.text(6, 0, f"Only {most:,} of {len(scopes):,} scopes are shown, the worst first.", sheet.BAD)
    row = _HEADER_ROW + 1
    for use, scope, worst in scopes[:most]:
        _scope(page, plan, use, scope, STATUSES[worst], row)
        row += len(MEASURES)
    last = max(row - 1, _HEADER_ROW + 1)
    page.wide(_HEADER_ROW, len(LABELS))
    page.worksheet.autofilter(_HEADER_ROW, 0, last, first + len(months) - 1)
    _by_effect(page, _HEADER_ROW + 1, first, last, first + len(months) - 1)


def _scopes(plan: Plan, most: int) -> list[tuple[QuotaUse, int, int]]:
    """Quotas, their scopes and the worst status of each, in order; the worst first where there are more than fit."""
    every = [(use, scope, worst) for use in plan.quotas for scope, worst in enumerate(use.worst.tolist())]
    if len(every) > most:
        every.sort(key=lambda one: (one[2] != EXCEEDED, one[2] == OK))
    return every


def _scope(page: Page, plan: Plan, use: QuotaUse, scope: int, worst: str, row: int) -> None:
    used, limit, status = use.used[scope], use.limit[scope], use.status[scope]
    exceeded = np.flatnonzero(status == EXCEEDED)
    for offset, measure in enumerate(MEASURES):
        at, line = row + offset, {"top": 1, "top_color": "#808080"} if offset == 0 else {}
        page.texts(at, 0, (use.id, use.scopes[scope], measure), line)
        page.text(at, 3, worst, line, sheet.STATUS_STYLES[worst])
        if len(exceeded):
            page.month(at, 4, plan.inventory.period.months[int(exceeded[0])], line, {"align": "left"})
        else:
            page.text(at, 4, "never" if (limit != UNKNOWN).any() else sheet.UNKNOWN, line)
        for column in range(len(used)):
            cell = (at, len(LABELS) + len(BESIDE) + column)
            if measure == "status":
                page.text(*cell, STATUSES[int(status[column])], {"align": "right"})
            elif measure == "used":
                page.number(*cell, int(used[column]), line, sheet.COUNT)
            elif limit[column] == UNKNOWN:
                page.text(*cell, sheet.UNKNOWN, {"align": "right"})
            else:
                value = limit[column] if measure == "limit" else limit[column] - used[column]
                pending = measure == "limit" and use.limit_status[scope][column] == PENDING
                page.number(*cell, int(value), sheet.COUNT, sheet.CAREFUL if pending else {})


def _by_effect(page: Page, *cells: int) -> None:
    """Colours that follow the cells: negative headroom, and what the status says."""
    bad, careful, unknown = (
        page.formats.get({name: style[name] for name in style if name in ("bold", "bg_color", "font_color", "italic")})
        for style in (sheet.BAD, sheet.CAREFUL, sheet.NOT_KNOWN)
    )
    page.worksheet.conditional_format(*cells, {"type": "cell", "criteria": "<", "value": 0, "format": bad})
    for status, form in (("exceeded", bad), ("tight", careful), ("unknown", unknown)):
        page.worksheet.conditional_format(
            *cells, {"type": "cell", "criteria": "==", "value": f'"{status}"', "format": form}
        )


SHEET = sheet.Sheet(order=20, title="Quotas", fill=fill)
