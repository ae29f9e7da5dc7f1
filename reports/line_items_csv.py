"""Line items as CSV, for spreadsheets and for whoever wants to pivot."""

from __future__ import annotations

import csv
import io
import re
import unicodedata

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


_NUMBER = re.compile(r"[+-]?[0-9]+([.][0-9]+)?")
_BLANKS = "".join(
    map(chr, (*range(0x21), 0x7F, 0x85, 0xA0, *range(0x2000, 0x2010), 0x2028, 0x2029, 0x202F, 0x2060, 0x3000, 0xFEFF))
)
"""Characters that are not seen; spreadsheet programs skip some of them before a formula."""


def cell(value: object) -> str:
    """Text that a spreadsheet would take for a formula gets a leading quote; numbers are never touched.

    Blanks, tabs and the like before its sign do not help it, nor does a full-width sign. JSON has every text as it is.
    """
    if value is None:
        return ""
    text = ("false", "true")[value] if isinstance(value, bool) else str(value)
    if _NUMBER.fullmatch(text):
        return text
    return f"'{text}" if text[:1] in ("\t", "\r", "\n") or _sign(text) in ("=", "+", "-", "@") else text


def _sign(text: str) -> str:
    """The first character that is seen, as its usual form where it is a full-width or a small one."""
    first = text.lstrip(_BLANKS)[:1]
    return first if first.isascii() else unicodedata.normalize("NFKC", first)
