"""What the plan is, whether it passes, what it costs, and what that leaves out: one sheet to read first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

import numpy as np

from planner import __version__, statement, summary
from planner.core.period import Month
from planner.core.problem import Finding
from planner.estate import CARRIERS
from planner.plan import Plan
from planner.quota import EXCEEDED, NOT_KNOWN, TIGHT
from planner.summary import CostRow, Sum
from pricing import money
from pricing.sku import skus
from reports import cost_outline, finance_outline, outline, sheet
from reports.sheet import Page

MOST_PARTS = 50
"""Rows of a table of costs; the smallest of more are added up."""
MOST_YEARS = 5
"""Years that stand beside a total; those of a longer period are on the sheet Cost by month."""
MOST_FINDINGS = 500
"""Findings that are no errors and are listed; of more, the rest is counted."""
_VALUE = 1
_FIRST_AMOUNT = 2


def fill(page: Page, plan: Plan) -> None:
    """Blocks below each other: labels in A, what they mean in B, numbers from C on."""
    page.worksheet.hide_gridlines(2)
    page.worksheet.freeze_panes(2, 0)
    page.worksheet.repeat_rows(0, 1)
    rows = summary.cost_rows(plan)
    page.widths(36, 88, 9, *[_width(plan)] * (1 + len(_years_across(plan))))
    row = _head(page, plan)
    row = _verdict(page, plan, row)
    row = _figures(page, plan, row)
    errors = [finding for finding in plan.findings if finding.level == "error"]
    row = _findings(page, "What speaks against the plan", errors, row)
    row = _quotas(page, plan, row)
    row = _costs(page, plan, rows, row)
    row = _list(page, *cost_outline.unpriced(plan), row, sheet.NOT_KNOWN)
    row = _list(page, "What the amounts leave out", statement.not_included(plan), row)
    others = [finding for finding in plan.findings if finding.level != "error"]
    _findings(page, "What else to know", others, row)


def _width(plan: Plan) -> float:
    return sheet.amount_width([summary.totals(plan).subtotal], least=20)


def _years_across(plan: Plan) -> tuple[tuple[int, slice], ...]:
    years = summary.years(plan)
    return years if 1 < len(years) <= MOST_YEARS else ()


def _head(page: Page, plan: Plan) -> int:
    entry, period = plan.scenarios[0].plan, plan.inventory.period
    page.text(0, 0, outline.title(plan) if plan.several else entry.title or entry.name, sheet.TITLE)
    span = f"{period.first} to {period.months[-1]}" if period.count > 1 else str(period.first)
    page.text(1, 0, f"Quota verdict and cost forecast, {span}, amounts in {plan.inventory.currency}", sheet.SUBTITLE)
    sites = " and ".join(f"site {site}" for site in plan.scenarios[0].sites)
    facts = [
        ("Plan", ", ".join(plan.inventory.scenarios)),
        ("Contact", entry.contact or "not given"),
        ("Period", f"{span}, {period.count} {'month' if period.count == 1 else 'months'} (calendar months of UTC+8)"),
        ("Currency", f"{plan.inventory.currency}, price list of {sites}; before tax"),
        *(("Exchange rate", note) for note in statement.exchange_notes(plan)),
        ("As of", plan.as_of.isoformat() if plan.as_of else "not given"),
        *(("Input file", name) for name in input_files(plan)),
        ("Made with", f"cenplan {__version__}"),
    ]
    for row, (label, value) in enumerate(facts, start=3):
        page.text(row, 0, label, sheet.LABEL)
        page.text(row, _VALUE, value)
    return 3 + len(facts) + 1


def input_files(plan: Plan) -> tuple[str, ...]:
    """Every file that the plan was read from: plans, estates, tables of attachments, price books."""
    names = chain.from_iterable(
        (
            *scenario.files,
            *(group.place.source.name for group in scenario.groups),
            *(book.name for book in scenario.price_books),
        )
        for scenario in plan.scenarios
    )
    return tuple(dict.fromkeys(names))


def _verdict(page: Page, plan: Plan, row: int) -> int:
    style = sheet.GOOD if plan.passed else sheet.BAD
    page.texts(row, 0, ("Verdict", outline.verdict(plan)), style, {"font_size": 12})
    return row + 2


def _figures(page: Page, plan: Plan, row: int) -> int:
    totals, months = summary.totals(plan), plan.inventory.period.months
    whole = Sum((), totals.amounts, totals.unpriced)
    left = {"align": "left"}
    page.text(row, 0, f"{sheet.total_name(totals.complete)} before tax", sheet.LABEL, {"font_size": 13})
    page.amount(
        row, _VALUE, totals.subtotal, {"bold": True, "font_size": 13}, left, unpriced=not totals.complete, named=True
    )
    for label, amount in finance_outline.headlines(plan):
        row += 1
        page.text(row, 0, label, sheet.LABEL)
        unpriced = not amount.complete
        page.amount(row, _VALUE, amount.total, left, unpriced=unpriced, named=True)
    row += 1
    page.text(row, 0, "Coverage", sheet.LABEL)
    coverage = f"{totals.coverage_percent} % of the line items are priced ({totals.priced_lines:,} of {totals.lines:,})"
    if not totals.complete:
        coverage += "; ≥ marks amounts that leave out an unpriced part"
    page.text(row, _VALUE, coverage if totals.lines else "there are no line items: nothing is attached in the period")
    if whole.first is not None:
        for label, column in (("First month with a cost", whole.first), ("Peak month", whole.peak)):
            row += 1
            said = (
                sheet.UNPRICED
                if whole.unpriced[column] and not whole.amounts[column]
                else f"{'≥ ' if whole.unpriced[column] else ''}{page.currency} {money.display(whole.amounts[column])}"
            )
            page.text(row, 0, label, sheet.LABEL)
            page.text(row, _VALUE, f"{months[column]}: {said}")
    return row + 2


def _findings(page: Page, title: str, findings: Sequence[Finding], row: int) -> int:
    if not findings:
        return row
    page.text(row, 0, title, sheet.HEADING)
    page.texts(row + 1, 0, ("Level", "What, and what to do", "Where"), sheet.HEADER)
    row += 2
    for finding in findings[:MOST_FINDINGS]:
        remedy = f"\n→ {finding.remedy}" if finding.remedy else ""
        page.text(row, 0, finding.level, sheet.CELL, sheet.LEVEL_STYLES[finding.level])
        page.text(row, 1, f"{finding.message} [{finding.code}]{remedy}", sheet.CELL, sheet.WRAPPED)
        page.text(row, 2, str(finding.location or ""), sheet.TEXT)
        row += 1
    if len(findings) > MOST_FINDINGS:
        more = f"… and {len(findings) - MOST_FINDINGS} more; cenplan check -f json lists them all"
        page.text(row, 1, more, sheet.NOTE)
        row += 1
    return row + 1


def _quotas(page: Page, plan: Plan, row: int) -> int:
    page.text(row, 0, "Quotas", sheet.HEADING)
    page.texts(row + 1, 0, ("Quota", "Result (each scope and month: sheet Quotas)"), sheet.HEADER)
    row += 2
    for use in plan.quotas:
        if not use.scopes:
            continue
        said: list[str] = []
        style = sheet.GOOD
        for status, name, own in (
            (TIGHT, "tight", sheet.CAREFUL),
            (NOT_KNOWN, "unknown", sheet.NOT_KNOWN),
            (EXCEEDED, "exceeded", sheet.BAD),
        ):
            scopes = np.flatnonzero((use.status == status).any(axis=1))
            if len(scopes):
                column = int(np.argmax((use.status == status).any(axis=0)))
                first = use.scopes[int(np.argmax(use.status[:, column] == status))]
                month = plan.inventory.period.months[column]
                said.insert(0, f"{name} in {len(scopes)} of {_scopes(len(use.scopes))}, first {first} in {month}")
                style = own
        page.text(row, 0, use.id, sheet.CELL, sheet.WRAPPED)
        page.text(row, 1, "; ".join(said) or f"ok in {_scopes(len(use.scopes))}", sheet.CELL, sheet.WRAPPED, style)
        row += 1
    return row + 1


def _scopes(count: int) -> str:
    return f"{count} {'scope' if count == 1 else 'scopes'}"


def _costs(page: Page, plan: Plan, rows: Sequence[CostRow], row: int) -> int:
    if not rows:
        return row
    tables, months = plan.inventory, plan.inventory.period.months
    regions = dict(zip(tables.routers.ids, (tables.regions[code] for code in tables.routers.region), strict=True))
    accounts = plan.scenarios[0].estate.accounts
    titles = {sku: item.title for sku, item in skus().items()}
    row = _by_year(page, plan, summary.add(rows), months, row)
    by_item = {found.key[0]: found for found in summary.by(rows, "sku")}
    items = [(sku, titles[sku], by_item[sku]) for sku in titles if sku in by_item]
    row = _table(page, plan, "By billable item", ("Item", ""), items, row)
    for title, name, heads in (
        ("By transit router", "router", ("Transit router", "Region")),
        ("By account billed", "account", ("Account", "Account ID")),
        ("By cost centre", "cost_center", ("Cost centre", "")),
    ):
        parts = []
        for found in summary.by(rows, name):
            key = found.key[0]
            described = regions.get(key, "") if name == "router" else ""
            if name == "account":
                described = "leased lines" if key == CARRIERS else accounts[key].uid or ""
            parts.append((cost_outline.place_name(key, plan) if name == "router" else key, described, found))
        parts.sort(key=lambda part: (-part[2].total, part[2].complete, part[0]))
        row = _table(page, plan, title, heads, _shortened(parts), row)
    return row


def _shortened(parts: list[tuple[str, str, Sum]]) -> list[tuple[str, str, Sum]]:
    if len(parts) <= MOST_PARTS:
        return parts
    rest = summary.add([found for _, _, found in parts[MOST_PARTS:]])
    return [*parts[:MOST_PARTS], ("(others)", f"{len(parts) - MOST_PARTS} more, added up", rest)]


def _by_year(page: Page, plan: Plan, whole: Sum, months: Sequence[Month], row: int) -> int:
    parts = []
    for year, columns in summary.years(plan):
        own = months[columns]
        span = f"{own[0]} to {own[-1]}" if len(own) > 1 else str(own[0])
        count = f"{len(own)} {'month' if len(own) == 1 else 'months'}"
        parts.append(
            (
                summary.year_name(plan, year),
                f"{count}: {span}",
                Sum((), whole.amounts[columns], whole.unpriced[columns]),
            )
        )
    return _table(page, plan, f"By {summary.year_kind(plan)}", ("Year", "Months"), parts, row, years=False)


def _table(
    page: Page,
    plan: Plan,
    title: str,
    names: tuple[str, str],
    parts: Sequence[tuple[str, str, Sum]],
    row: int,
    years: bool = True,
) -> int:
    """Parts, their sums and a bottom line that is the engine's, not that of the parts as shown."""
    spans = _years_across(plan) if years else ()
    totals = summary.totals(plan)
    page.text(row, 0, title, sheet.HEADING)
    currency, name = page.currency, sheet.total_name(totals.complete)
    heads = [
        *names,
        "Share",
        f"{name}, {currency}",
        *(f"{summary.year_name(plan, year)}, {currency}" for year, _ in spans),
    ]
    page.header(row + 1, heads, range(_FIRST_AMOUNT, len(heads)))
    row += 2
    slices = [columns for _, columns in spans]
    for key, described, found in parts:
        page.texts(row, 0, (key, described), sheet.CELL)
        _share(page, row, found.total, totals.subtotal)
        page.sums(row, _FIRST_AMOUNT + 1, found, slices, sheet.CELL)
        row += 1
    page.texts(row, 0, (name, ""), sheet.TOTAL)
    _share(page, row, totals.subtotal, totals.subtotal, sheet.TOTAL)
    whole = Sum((), totals.amounts, totals.unpriced)
    page.sums(row, _FIRST_AMOUNT + 1, whole, slices, sheet.TOTAL, named=True)
    row += 1
    for note in _rounding_notes(whole, [found for _, _, found in parts], [slice(None), *slices]):
        page.text(row, 0, note, sheet.NOTE)
        row += 1
    return row + 1


def _rounding_notes(whole: Sum, parts: Sequence[Sum], columns: Iterable[slice]) -> list[str]:
    """One note for the first column whose parts, as shown, do not add up."""
    notes = [
        sheet.rounding_note(sum(whole.amounts[own]), [sum(part.amounts[own]) for part in parts]) for own in columns
    ]
    return [note for note in notes if note][:1]


def _share(page: Page, row: int, part: int, whole: int, style: sheet.Style = sheet.CELL) -> None:
    if whole:
        page.number(row, _FIRST_AMOUNT, part / whole, style, sheet.PERCENT)
    else:
        page.text(row, _FIRST_AMOUNT, "–", style, {"align": "right"})


def _list(page: Page, title: str, entries: Sequence[str], row: int, style: sheet.Style | None = None) -> int:
    if not entries:
        return row
    page.text(row, 0, title, sheet.HEADING)
    for entry in entries:
        row += 1
        page.text(row, 1, entry, sheet.WRAPPED, style or {})
    return row + 2


SHEET = sheet.Sheet(order=10, title="Summary", fill=fill)
