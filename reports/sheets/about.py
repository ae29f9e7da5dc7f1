"""What the workbook is, and how to read it."""

from __future__ import annotations

import inspect

from planner import __version__, statement
from planner.plan import Plan
from reports import sheet
from reports.sheet import Page

_VALUE = 1
_LEGEND: tuple[tuple[str, str, str], ...] = (
    ("12.5", "input", "an input: blue on yellow, framed. Type over it; every formula follows"),
    ("12.5", "cell", "a formula: black. It is locked"),
    ("12.5", "link", "a link: green. It repeats a cell of another sheet"),
    ("12.5", "engine", "a value of the engine beside formulas: grey. It does not follow; Checks says when it is STALE"),
    ("unpriced", "not_known", "no price is known, which is not 0; the sum is then called priced subtotal"),
    ("unknown", "not_known", "a quantity or a limit that nobody has stated, which is not 0"),
    ("≥ 12.50", "not_known", "at least: a part of it is unpriced"),
)
_HOW = (
    "Start with Summary. Master check: OK says that formulas and engine agree to the cent.",
    "To try something, type into Inputs or Prices: sites, dates, GB, growth, discounts, rates.",
    "All totals, charts and quotas follow. The master check then says OK, inputs changed.",
    "Every formula carries the engine's value, so that programs that do not calculate show it as well.",
    "Sheets are protected without a password, against slips: Review, Unprotect sheet.",
    "Amounts are before tax, in calendar months of UTC+8. A part of an hour is a whole hour.",
)


def fill(page: Page, plan: Plan) -> None:
    """What, when and for whom; the inputs with their hashes; how to read it; every sheet; colours."""
    page.worksheet.hide_gridlines(2)
    page.worksheet.freeze_panes(2, 0)
    page.worksheet.repeat_rows(0, 1)
    page.widths(28, 90, 72)
    page.text(0, 0, "About this workbook", sheet.TITLE)
    page.text(1, 0, f"Quota verdict and cost forecast of {', '.join(plan.inventory.scenarios)}", sheet.SUBTITLE)
    row = _facts(page, plan, 3)
    page.text(row, 0, "How to read it", sheet.HEADING)
    for said in _HOW:
        row += 1
        page.text(row, _VALUE, said, sheet.WRAPPED)
    row = _sheets(page, row + 2)
    row = _legend(page, row)
    page.text(row, 0, "Inputs by hash", sheet.HEADING)
    page.texts(row + 1, 0, ("What it is", "File", "SHA-256"), sheet.HEADER)
    files = dict.fromkeys((one.role, one.path, one.sha256) for one in plan.inputs)  # whoever names them
    for at, (role, path, digest) in enumerate(files, start=row + 2):
        page.texts(at, 0, (role, path, digest), sheet.WRAPPED)
    page.protect()


def _facts(page: Page, plan: Plan, row: int) -> int:
    """What, when and for whom."""
    entry, period = plan.scenarios[0].plan, plan.inventory.period
    span = f"{period.first} to {period.months[-1]}" if period.count > 1 else str(period.first)
    sites = " and ".join(f"site {site}" for site in plan.scenarios[0].sites)
    facts = [
        ("Plan", ", ".join(plan.inventory.scenarios)),
        *(("Title", scenario.plan.title) for scenario in plan.scenarios if scenario.plan.title),
        ("Contact", entry.contact or "not given"),
        ("Period", f"{span}, {period.count} {'month' if period.count == 1 else 'months'} (calendar months of UTC+8)"),
        ("Currency", f"{plan.inventory.currency}, price list of {sites}; before tax"),
        *(("Exchange rate", note) for note in statement.exchange_notes(plan)),
        ("As of", plan.as_of.isoformat() if plan.as_of else "not given"),
        ("Made with", f"cenplan {__version__}"),
    ]
    for at, (label, value) in enumerate(facts, start=row):
        page.text(at, 0, label, sheet.LABEL)
        page.text(at, _VALUE, value)
    return row + len(facts) + 1


def _sheets(page: Page, row: int) -> int:
    page.text(row, 0, "Sheets", sheet.HEADING)
    for one in sheet.declared():
        row += 1
        said = (inspect.getdoc(one.fill) or "").split("\n")[0]
        page.worksheet.write_url(row, 0, f"internal:'{one.title}'!A1", page.formats.get(sheet.LABEL), one.title)
        page.text(row, _VALUE, said, sheet.WRAPPED)
    return row + 2


def _legend(page: Page, row: int) -> int:
    page.text(row, 0, "Colours", sheet.HEADING)
    for shown, style, said in _LEGEND:
        row += 1
        look = {**sheet.STYLES[style], "align": "right", "locked": True}
        if shown == "12.5":
            page.number(row, 0, 12.5, look, {"num_format": "0.00"})
        else:
            page.text(row, 0, shown, look)
        page.text(row, _VALUE, said, sheet.STYLES["apart"])
    return row + 2


SHEET = sheet.Sheet(order=5, title="About", fill=fill)
