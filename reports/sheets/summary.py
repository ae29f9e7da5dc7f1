"""Whether the plan passes, what it costs, and what that leaves out: one sheet to read first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from planner import statement, summary
from planner.core.period import Month
from planner.core.problem import Finding
from planner.estate import CARRIERS
from planner.plan import Plan
from planner.quota import EXCEEDED, NOT_KNOWN, TIGHT
from planner.summary import CostRow, Sum
from pricing import money
from pricing.sku import skus
from reports import cost_outline, finance_outline, live_chart, live_finance, outline, sheet
from reports.live_cost_by_month import PRICED, STATUS, TOTAL, TOTAL_ROW
from reports.live_costs import in_cents
from reports.live_grid import Value, letters
from reports.sheet import Page

MOST_PARTS = 50
"""Rows of a table of costs; the smallest of more are added up."""
MOST_YEARS = 5
"""Years that stand beside a total; those of a longer period are on the sheet Cost by month."""
MOST_FINDINGS = 500
"""Findings that are no errors and are listed; of more, the rest is counted."""
_VALUE = 1
_FIRST_AMOUNT = 2
_AMOUNT: sheet.Style = sheet.STYLES["cost"]


def fill(page: Page, plan: Plan) -> None:
    """Master check, verdict, totals, charts, quotas, costs, what they leave out: one sheet to read first."""
    page.worksheet.hide_gridlines(2)
    page.worksheet.freeze_panes(3, 0)
    page.worksheet.repeat_rows(0, 2)
    rows = summary.cost_rows(plan)
    page.widths(36, 88, 12, *[_width(plan)] * (1 + len(_years_across(plan))), 18)
    entry, period = plan.scenarios[0].plan, plan.inventory.period
    page.text(0, 0, outline.title(plan) if plan.several else entry.title or entry.name, sheet.TITLE)
    span = f"{period.first} to {period.months[-1]}" if period.count > 1 else str(period.first)
    page.text(1, 0, f"Quota verdict and cost forecast, {span}, amounts in {plan.inventory.currency}", sheet.SUBTITLE)
    page.checks(2, 0)
    page.as_delivered(3, 0, "verdict, findings and what is on grey still are")
    row = _verdict(page, plan, 4)
    row = _figures(page, plan, row)
    row = live_chart.insert(page, plan, row)
    errors = [finding for finding in plan.findings if finding.level == "error"]
    row = _findings(page, "What speaks against the plan", errors, row)
    row = _quotas(page, plan, row)
    row = _costs(page, plan, rows, row)
    row = _list(page, *cost_outline.unpriced(plan), row, sheet.NOT_KNOWN)
    row = _list(page, "What the amounts leave out", statement.not_included(plan), row)
    others = [finding for finding in plan.findings if finding.level != "error"]
    _findings(page, "What else to know", others, row)
    page.protect()


def _width(plan: Plan) -> float:
    return sheet.amount_width([summary.totals(plan).subtotal], least=20)


def _years_across(plan: Plan) -> tuple[tuple[int, slice], ...]:
    years = summary.years(plan)
    return years if 1 < len(years) <= MOST_YEARS else ()


def _verdict(page: Page, plan: Plan, row: int) -> int:
    style = sheet.GOOD if plan.passed else sheet.BAD
    page.texts(row, 0, ("Verdict", outline.verdict(plan)), style, {"font_size": 12})
    return row + 2


def _figures(page: Page, plan: Plan, row: int) -> int:
    """The headline: total, list price, what is payable, coverage, first and peak month."""
    totals, by_month = summary.totals(plan), page.model.cost_by_month
    left: sheet.Style = {"align": "left"}
    large: sheet.Style = {"bold": True, "font_size": 13}
    named: sheet.Style = {"num_format": f'[${page.currency}] #,##0.00;-[${page.currency}] #,##0.00;"–"'}
    name = f"{sheet.total_name(totals.complete)} before tax"
    page.formula(row, 0, f'{by_month.grid.at(TOTAL_ROW, 0)}&" before tax"', name, sheet.LABEL, {"font_size": 13})
    value = sheet.UNPRICED if not totals.complete and not totals.subtotal else totals.subtotal / money.NANO
    page.formula(row, _VALUE, by_month.total, value, large, left, named)
    unpriced, at = page.model.costs.unpriced, f"{letters(_VALUE)}{row + 1}"
    if unpriced is not None:
        missing = f"={page.model.calculation.total_at(unpriced)}>0"
        form = page.formats.get(
            {**sheet.NOT_KNOWN, "num_format": f'"≥ "[${page.currency}] #,##0.00'}
        )  # fmt: skip
        page.worksheet.conditional_format(at, {"type": "formula", "criteria": missing, "format": form})
    for label, amount in finance_outline.headlines(plan):
        row += 1
        page.text(row, 0, label, sheet.LABEL)
        formula = _payable(page, plan) if label == finance_outline.PAYABLE and amount.complete else ""
        look = {} if formula else sheet.ENGINE
        page.amount(row, _VALUE, amount.total, left, look, unpriced=not amount.complete, named=True, formula=formula)
    row += 1
    page.text(row, 0, "Coverage", sheet.LABEL)
    coverage = f"{totals.coverage_percent} % of the line items are priced ({totals.priced_lines:,} of {totals.lines:,})"
    if not totals.complete:
        coverage += "; ≥ marks amounts that leave out an unpriced part"
    page.text(
        row, _VALUE, coverage if totals.lines else "there are no line items: nothing is attached in the period",
        sheet.ENGINE,
    )  # fmt: skip
    return _peak(page, plan, row + 1)


def _payable(page: Page, plan: Plan) -> str:
    """A formula for what is payable, where the sheet Finance has one; empty: the engine's value stands."""
    return live_finance.lay_out(plan, page.model, "").payable(plan.inventory.currency)


def _peak(page: Page, plan: Plan, row: int) -> int:
    """The most expensive month, by formula."""
    costs, sheet_ = page.model.costs, page.model.calculation
    totals = summary.totals(plan)
    if costs.in_cents is None or costs.unpriced is None or not any(totals.amounts):
        return row + 1
    shown = [in_cents(amount) for amount in totals.amounts]
    peak = shown.index(max(shown))
    months, amounts, missing = (
        sheet_.grid.sheet + f"!${sheet_.columns[0]}${r}:${sheet_.columns[-1]}${r}"
        for r in (5, costs.in_cents.row + 1, costs.unpriced.row + 1)
    )
    at = f"MATCH(MAX({amounts}),{amounts},0)"
    month = f"INDEX({months},{at})"
    page.text(row, 0, "Peak month", sheet.LABEL)
    formula = (
        f'YEAR({month})&"-"&RIGHT("0"&MONTH({month}),2)&": "&IF(INDEX({missing},{at})>0,"≥ ","")'
        f'&"{page.currency} "&FIXED(MAX({amounts}),2)'
    )
    said = f"{'≥ ' if totals.unpriced[peak] else ''}{page.currency} {money.display(totals.amounts[peak])}"
    page.formula(row, _VALUE, formula, f"{plan.inventory.period.months[peak]}: {said}")
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
    page.texts(row + 1, 0, ("Quota", "Result as delivered (each scope and month: sheet Quotas)", "Now"), sheet.HEADER)
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
        _worst_now(page, row, use.id, said)
        row += 1
    return row + 1


def _worst_now(page: Page, row: int, quota: str, said: Sequence[str]) -> None:
    """The worst status of a quota, by formula; as delivered the first word of what is said."""
    quotas = page.model.quotas
    own = [one.row for one in quotas.scopes if one.use.id == quota]
    if not own:
        return
    words = quotas.grid.span(own[0], own[-1] + 3, 3)
    formula = (
        f'IF(COUNTIF({words},"exceeded")>0,"exceeded",IF(COUNTIF({words},"unknown")>0,"unknown",'
        f'IF(COUNTIF({words},"tight")>0,"tight","ok")))'
    )
    page.formula(row, 2, formula, said[0].split()[0] if said else "ok", sheet.CELL, sheet.STYLES["apart"])
    for word, look in (("exceeded", "bad"), ("tight", "careful"), ("unknown", "not_known"), ("ok", "good")):
        rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": page.formats.condition(look)}
        page.worksheet.conditional_format(row, 2, row, 2, rule)


def _scopes(count: int) -> str:
    return f"{count} {'scope' if count == 1 else 'scopes'}"


def _costs(page: Page, plan: Plan, rows: Sequence[CostRow], row: int) -> int:
    if not rows:
        return row
    tables, months = plan.inventory, plan.inventory.period.months
    regions = dict(zip(tables.routers.ids, (tables.regions[code] for code in tables.routers.region), strict=True))
    accounts = plan.scenarios[0].estate.accounts
    items = skus()
    row = _by_year(page, plan, summary.add(rows), months, row)
    by_item = {found.key[0]: found for found in summary.by(rows, "sku")}
    parts = [(items[sku].title, items[sku].label, by_item[sku]) for sku in items if sku in by_item]
    row = _table(page, plan, "By billable item", ("Item", "Label on other sheets"), parts, row, _by_column(page, 2, 1))
    for title, name, heads, column in (
        ("By transit router", "router", ("Transit router", "Region"), 0),
        ("By account billed", "account", ("Account", "Account ID"), 4),
        ("By cost centre", "cost_center", ("Cost centre", ""), 5),
    ):
        if not page.model.detailed and name == "cost_center":
            continue  # lines are added up over cost centres; Finance and Data have them
        parts = []
        for found in summary.by(rows, name):
            key = found.key[0]
            described = regions.get(key, "") if name == "router" else ""
            if name == "account":
                described = "leased lines" if key == CARRIERS else accounts[key].uid or ""
            parts.append((key, described, found))
        parts.sort(key=lambda part: (-part[2].total, part[2].complete, part[0]))
        row = _table(page, plan, title, heads, _shortened(parts), row, _by_column(page, column, 0))
    return row


def _shortened(parts: list[tuple[str, str, Sum]]) -> list[tuple[str, str, Sum]]:
    if len(parts) <= MOST_PARTS:
        return parts
    rest = summary.add([found for _, _, found in parts[MOST_PARTS:]])
    return [*parts[:MOST_PARTS], (_OTHERS, f"{len(parts) - MOST_PARTS} more, added up", rest)]


_OTHERS = "(others)"
Lookup = Callable[[int, int], str]
"""By the row of a table and a column of Cost by month: the formula of a part's sum; column STATUS: of its lines
without a full price."""


def _by_column(page: Page, column: int, named_in: int) -> Lookup:
    """Sums of the lines of Cost by month whose cell in a column is what a cell of the row says."""
    by_month = page.model.cost_by_month

    def formula(row: int, of: int) -> str:
        mine = f"({by_month.column(column)}=${letters(named_in)}{row + 1})"
        if of == STATUS:
            return f'SUMPRODUCT({mine}*({by_month.column(STATUS)}<>"{PRICED}"))'
        return f"SUMPRODUCT({mine}*1,{by_month.column(of)})"

    return formula


def _by_year(page: Page, plan: Plan, whole: Sum, months: Sequence[Month], row: int) -> int:
    by_month, parts = page.model.cost_by_month, []
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
    first = row + 2
    unpriced, calculation = page.model.costs.unpriced, page.model.calculation
    assert unpriced is not None

    def formula(at: int, of: int) -> str:
        number = at - first
        if of == STATUS:
            start, stop, _ = summary.years(plan)[number][1].indices(len(months))
            r, columns = unpriced.row + 1, calculation.columns
            return f"SUM(Calculation!${columns[start]}${r}:${columns[stop - 1]}${r})"
        return by_month.grid.at(TOTAL_ROW, TOTAL + 1 + number)

    return _table(page, plan, f"By {summary.year_kind(plan)}", ("Year", "Months"), parts, row, formula, years=False)


def _table(
    page: Page,
    plan: Plan,
    title: str,
    names: tuple[str, str],
    parts: Sequence[tuple[str, str, Sum]],
    row: int,
    lookup: Lookup,
    years: bool = True,
) -> int:
    """Parts by formula on Cost by month, and the total, which is its own."""
    spans = _years_across(plan) if years else ()
    totals, by_month = summary.totals(plan), page.model.cost_by_month
    currency, name = page.currency, sheet.total_name(totals.complete)
    heads = [
        *names, "Share", f"Amount, {currency}",
        *(f"{summary.year_name(plan, year)}, {currency}" for year, _ in spans), "Price",
    ]  # fmt: skip
    page.text(row, 0, title, sheet.HEADING)
    page.header(row + 1, heads, range(_FIRST_AMOUNT, len(heads) - 1))
    first, bottom = row + 2, row + 2 + len(parts)
    columns = [TOTAL, *(TOTAL + 1 + number for number in range(len(spans)))]
    slices = [slice(None), *(own for _, own in spans)]
    for at, (key, described, found) in enumerate(parts, start=first):
        page.texts(at, 0, (key, described), sheet.CELL)
        for offset, (column, own) in enumerate(zip(columns, slices, strict=True), start=_FIRST_AMOUNT + 1):
            here, total = letters(offset), f"${letters(_FIRST_AMOUNT + 1)}{at + 1}"
            value: Value = sum(found.amounts[own]) / money.NANO
            if key == _OTHERS:
                formula = f"N({here}{bottom + 1})-SUM({here}{first + 1}:{here}{at})"
            else:
                formula = lookup(at, column)
                unknown = f'{total}="{sheet.UNPRICED}"'
                if column == TOTAL or not years:
                    unknown = f"AND({lookup(at, STATUS)}>0,ROUND(N({formula}),9)=0)"
                formula = f'IF({unknown},"{sheet.UNPRICED}",{formula})'
                if not found.complete and not found.total:
                    value = sheet.UNPRICED
            page.formula(at, offset, formula, value, sheet.CELL, _AMOUNT, {"align": "right"})
        _share(page, at, found.total, totals.subtotal, bottom)
        _status(page, at, _FIRST_AMOUNT + 1 + len(columns), found, "" if key == _OTHERS else lookup(at, STATUS))
    page.formula(bottom, 0, by_month.grid.at(TOTAL_ROW, 0), name, sheet.TOTAL)
    page.text(bottom, 1, "", sheet.TOTAL)
    _share(page, bottom, totals.subtotal, totals.subtotal, bottom, sheet.TOTAL)
    for offset, (column, own) in enumerate(zip(columns, slices, strict=True), start=_FIRST_AMOUNT + 1):
        value = sum(totals.amounts[own])
        whole = sheet.UNPRICED if not value and any(totals.unpriced[own]) else value / money.NANO
        named: sheet.Style = {"num_format": f"[${currency}] #,##0.00", "align": "right"}
        page.formula(bottom, offset, by_month.grid.at(TOTAL_ROW, column), whole, sheet.TOTAL, named)
    page.text(bottom, _FIRST_AMOUNT + 1 + len(columns), "", sheet.TOTAL)
    row = bottom + 1
    whole_sum = Sum((), totals.amounts, totals.unpriced)
    for note in _rounding_notes(whole_sum, [found for _, _, found in parts], slices):
        page.text(row, 0, note, sheet.NOTE)
        row += 1
    return row + 1


def _status(page: Page, row: int, column: int, found: Sum, missing: str) -> None:
    """Whether a part is wholly priced; ≥ where it is at least."""
    amount = f"{letters(_FIRST_AMOUNT + 1)}{row + 1}"
    said = "complete" if found.complete else "≥ partly unpriced" if found.total else sheet.UNPRICED
    if not missing:
        page.text(row, column, said, sheet.CELL)
        return
    formula = f'IF({missing}=0,"complete",IF(ROUND(N({amount}),9)=0,"{sheet.UNPRICED}","≥ partly unpriced"))'
    page.formula(row, column, formula, said, sheet.CELL, sheet.STYLES["apart"])
    form = page.formats.condition("not_known")
    rule = {"type": "formula", "criteria": f'=${letters(column)}{row + 1}<>"complete"', "format": form}
    page.worksheet.conditional_format(row, _FIRST_AMOUNT, row, column, rule)


def _rounding_notes(whole: Sum, parts: Sequence[Sum], columns: Iterable[slice]) -> list[str]:
    """One note for the first column whose parts, as shown, do not add up."""
    notes = [
        sheet.rounding_note(sum(whole.amounts[own]), [sum(part.amounts[own]) for part in parts]) for own in columns
    ]
    return [note for note in notes if note][:1]


def _share(page: Page, row: int, part: int, whole: int, bottom: int, style: sheet.Style = sheet.CELL) -> None:
    amount = letters(_FIRST_AMOUNT + 1)
    formula = f'IF(N({amount}{bottom + 1})=0,"–",N({amount}{row + 1})/{amount}{bottom + 1})'
    value = part / whole if whole else "–"
    page.formula(row, _FIRST_AMOUNT, formula, value, style, sheet.PERCENT, {"align": "right"})


def _list(page: Page, title: str, entries: Sequence[str], row: int, style: sheet.Style | None = None) -> int:
    if not entries:
        return row
    page.text(row, 0, title, sheet.HEADING)
    for entry in entries:
        row += 1
        page.text(row, 1, entry, sheet.WRAPPED, style or {})
    return row + 2


SHEET = sheet.Sheet(order=10, title="Summary", fill=fill)
