"""Line items as CSV, for spreadsheets and for whoever wants to pivot."""

from __future__ import annotations

import csv
import io

from planner.plan import Plan
from reports.document import line_item_records

BOM = "\ufeff"
"""Spreadsheet programs take a CSV file for UTF-8 only when it begins with one."""
COLUMNS = (
    "month", "sku", "subject", "region", "account", "cost_center", "pool", "tier", "quantity", "unit",
    "rate", "list_cost", "currency", "status", "evidence", "source",
    "list_rate", "contracted_cost", "covered", "billed_cost", "billing_currency", "cost", "owner", "gl_code",
    "scenario",
)  # fmt: skip
"""The first sixteen stand where they always stood; what was added later follows."""


def render(plan: Plan) -> str:
    """One row per line item, unknown values empty; begins with a byte order mark."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for record in line_item_records(plan):
        record = {**record, "currency": plan.inventory.currency}
        writer.writerow([cell(record[column]) for column in COLUMNS])
    return BOM + out.getvalue()


def cell(value: object) -> str:
    """Text that a spreadsheet would take for a formula gets a leading quote; numbers are never touched."""
    if value is None:
        return ""
    text = ("false", "true")[value] if isinstance(value, bool) else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
