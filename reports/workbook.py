"""The Excel workbook of a plan: a sheet for each file in ``sheets/``, with the same bytes on every run."""

from __future__ import annotations

import io
from datetime import date, datetime, time

from xlsxwriter.workbook import Workbook  # type: ignore[import-untyped]

from planner import __version__
from planner.plan import Plan
from reports import live_model, outline, sheet

_EPOCH = date(2000, 1, 1)
"""Stands in the file's properties where a plan does not say as of when it is."""


def render(plan: Plan) -> bytes:
    """The workbook of a priced plan, in memory: nothing is left anywhere when it fails."""
    out = io.BytesIO()
    workbook = Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    entry = plan.scenarios[0].plan
    workbook.set_properties(
        {
            "title": outline.title(plan) if plan.several else entry.title or entry.name,
            "subject": f"Quota verdict and cost forecast of {', '.join(plan.inventory.scenarios)}",
            "author": entry.contact or "",
            "comments": f"Made by cenplan {__version__}",
            # Not the clock: the same plan gives the same bytes.
            "created": datetime.combine(plan.as_of or _EPOCH, time()),
        }
    )
    workbook.set_calc_mode("auto")
    formats = sheet.Formats(workbook)
    model = live_model.lay_out(plan)
    as_of = f", as of {plan.as_of}" if plan.as_of else ""
    footer = f"{', '.join(plan.inventory.scenarios)}{as_of}"
    for one in sheet.declared():
        worksheet = workbook.add_worksheet(one.title, sheet.LiveWorksheet)
        one.fill(sheet.Page(worksheet, formats, plan.inventory.currency, footer, model), plan)
    for grid in (model.inputs.grid, model.checks.grid):
        for name, address in grid.names.items():
            workbook.define_name(name, f"={grid.sheet}!{address}")
    workbook.get_worksheet_by_name("Summary").activate()
    workbook.close()
    return out.getvalue()
