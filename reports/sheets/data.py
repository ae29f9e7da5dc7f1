"""Every line item, as a table to filter and to pivot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from planner import summary
from planner.core.period import Month
from planner.plan import Plan
from pricing import line_item, money, price_table
from pricing.sku import skus
from pricing.usage import Ints
from reports import sheet
from reports.sheet import Page

NONE = "(none)"
_SUM_ROW, _SUM_COLUMN, _HEADER_ROW = 2, 3, 4
_COLUMNS: tuple[tuple[str, float], ...] = (
    ("Month", 10), ("SKU", 21), ("Item", 18), ("Subject", 28), ("Transit router", 20), ("Region", 15),
    ("Account", 15), ("Account ID", 18), ("Cost centre", 14), ("Pool", 24), ("Tier", 11), ("Quantity", 15),
    ("Unit", 16), ("Rate", 10), ("Cost", 15), ("Status", 10), ("Evidence", 11), ("Source", 44), ("List rate", 10),
    ("List cost", 15), ("Contracted cost", 15), ("Billed cost", 15), ("Prepaid", 9), ("Billed in", 9), ("Owner", 15),
    ("GL code", 10),
)  # fmt: skip
_QUANTITY, _RATE, _COST = 11, 13, 14
_LIST_RATE, _LIST_COST, _CONTRACTED, _BILLED = 18, 19, 20, 21


def fill(page: Page, plan: Plan, most: int = sheet.MOST_ROWS) -> None:
    """Every line item, one row per month, item, subject and tier, to filter and to pivot; of too many the first."""
    lines, months = plan.lines, plan.inventory.period.months
    count = shown(lines.month, most)
    totals = summary.totals(plan)
    page.widths(*(width for _, width in _COLUMNS))
    page.text(0, 0, f"Line items, {_currencies(plan)}", sheet.TITLE)
    page.as_delivered(0, 8)
    page.text(1, 0, _note(lines.month, count, months), sheet.NOTE if count == len(lines.month) else sheet.BAD)
    page.wide(_HEADER_ROW, 4)
    heads = [_head(name, plan) for name, _ in _COLUMNS]
    if not count:
        page.header(_HEADER_ROW, heads)
        page.text(_HEADER_ROW + 1, 0, "There are no line items: nothing is attached in the period.", sheet.NOTE)
        return
    last = _HEADER_ROW + count
    _write(page, _records(plan, count))
    page.worksheet.add_table(
        _HEADER_ROW, 0, last, len(heads) - 1,
        {
            "name": "LineItems",
            "style": "Table Style Light 9",
            "columns": [
                {
                    "header": head,
                    "header_format": page.formats.get(sheet.HEADER_RIGHT if column in _NUMBERS else sheet.HEADER),
                }
                for column, head in enumerate(heads)
            ],
        },
    )  # fmt: skip
    page.text(_SUM_ROW, 0, "Sum of the rows shown: follows the filter", sheet.LABEL)
    page.worksheet.write_formula(
        _SUM_ROW, _SUM_COLUMN,
        f"=SUBTOTAL(109,{_cell(_HEADER_ROW + 1)}:{_cell(last)})",
        page.formats.get(sheet.TOTAL, {"num_format": f"[${page.currency}] #,##0.00"}),
        money.total(lines.amount[:count]) / money.NANO,
    )  # fmt: skip
    page.text(_SUM_ROW + 1, 0, f"{sheet.total_name(totals.complete)} of the plan", sheet.LABEL)
    page.amount(_SUM_ROW + 1, _SUM_COLUMN, totals.subtotal, sheet.TOTAL, unpriced=not totals.complete, named=True)


def _currencies(plan: Plan) -> str:
    """In which currency the amounts are."""
    results = plan.inventory.currency
    if set(plan.lines.currencies) <= {results}:
        return f"amounts and rates in {results}"
    return f"cost in {results}, rates and other costs in the currency under Billed in"


def _head(name: str, plan: Plan) -> str:
    """A column's head, with its currency where all bills have the same; others are named in each row."""
    if name == "Cost":
        return f"Cost, {plan.inventory.currency}"
    billed = plan.lines.currencies
    return f"{name}, {billed[0]}" if len(billed) == 1 and name.lower().endswith(("rate", " cost")) else name


def shown(month: Ints, most: int) -> int:
    """How many line items a sheet of at most ``most`` rows shows: all, or the first months as a whole.

    month : (i,) columns of the period, ascending
    """
    if len(month) <= most:
        return len(month)
    return int(np.searchsorted(month, month[most]))


def _note(month: Ints, count: int, months: Sequence[Month]) -> str:
    if count == len(month):
        return (
            f"{count:,} line items, as the engine calculated them, to pivot. A billed cost is quantity × rate,"
            " in the currency under Billed in, and 0 where a prepaid plan covers the line. unknown and unpriced are"
            " not 0."
        )
    until = f"up to {months[int(month[count - 1])]}" if count else "of no month"
    return (
        f"NOT ALL: of {len(month):,} line items, more than a sheet should hold, these are the {count:,} {until}."
        " line-items.csv beside this workbook has them all."
    )


def _cell(row: int) -> str:
    return f"{chr(ord('A') + _COST)}{row + 1}"


def _records(plan: Plan, count: int) -> Iterator[tuple[object, ...]]:
    """Values of the first line items, in the order of the columns; None where unknown."""
    tables, lines, items = plan.inventory, plan.lines, skus()
    months = tables.period.months
    uids = [plan.scenarios[0].estate.accounts[name].uid or "not given" for name in tables.accounts]
    gl_codes = plan.scenarios[0].finance.gl_codes
    columns = (
        lines.month, lines.sku, lines.subject, lines.account, lines.region, lines.tier, lines.quantity, lines.rate,
        lines.list_rate, lines.list_amount, lines.list_priced, lines.contracted, lines.billed, lines.covered,
        lines.currency, lines.amount, lines.priced,
    )  # fmt: skip
    for (
        month, sku, subject, account, region, tier, quantity, code,
        list_code, list_amount, list_priced, contracted, billed, covered,
        currency, amount, priced,
    ) in zip(*(column[:count].tolist() for column in columns), strict=True):  # fmt: skip
        item = items[lines.skus[sku]]
        rate = lines.rates[code] if code != price_table.NO_RATE else None
        list_rate = lines.rates[list_code] if list_code != price_table.NO_RATE else None
        pool = NONE
        if item.tiers_over:
            pool = f"{tables.accounts[account]}/{tables.regions[region]}"
        elif item.free_quota_over:
            pool = tables.accounts[account]
        yield (
            months[month],
            lines.skus[sku],
            item.label,
            tables.subject_names[subject],
            tables.subject_routers[subject],
            tables.regions[region],
            tables.accounts[account],
            uids[account],
            tables.cost_centers[subject] or NONE,
            pool,
            tier_name(tier),
            None if quantity == line_item.UNKNOWN else quantity / money.MICRO,
            item.unit,
            float(rate.value) if rate else None,
            amount / money.NANO if priced else None,
            "priced" if priced else sheet.UNPRICED,
            rate.evidence if rate else sheet.UNKNOWN,
            "; ".join(one.title for one in rate.references) if rate else "no source known",
            float(list_rate.value) if list_rate else None,
            list_amount / money.NANO if list_priced else None,
            contracted / money.NANO if rate and priced else None,
            billed / money.NANO if priced else None,
            "covered" if covered else "no",
            lines.currencies[currency],
            tables.accounts[tables.subject_owners[subject]],
            gl_codes.get(lines.skus[sku], NONE),
        )


def tier_name(tier: int) -> str:
    """Free quota, a tier, or neither."""
    if tier == price_table.FREE:
        return "free quota"
    return "flat" if tier == line_item.NO_TIER else f"tier {tier}"


def _write(page: Page, records: Iterable[tuple[object, ...]]) -> None:
    """Rows of values; formats are made once, as there may be millions of cells."""
    get, worksheet, safe = page.formats.get, page.worksheet, sheet.safe
    month_look, unknown_look = get({"align": "left"}, sheet.MONTH), get({"align": "right"}, sheet.NOT_KNOWN)
    numbers = {column: get(style) for column, style in _NUMBERS.items()}
    texts = [get(_APART if column - 1 in _NUMBERS else {}) for column in range(len(_COLUMNS))]
    for row, record in enumerate(records, start=_HEADER_ROW + 1):
        for column, value in enumerate(record):
            if isinstance(value, str):
                worksheet.write_string(row, column, safe(value), texts[column])
            elif isinstance(value, float):
                worksheet.write_number(row, column, value, numbers[column])
            elif isinstance(value, Month):
                worksheet.write_datetime(row, column, value.first_day, month_look)
            else:
                word = sheet.UNPRICED if column in (_COST, _CONTRACTED, _BILLED) else sheet.UNKNOWN
                worksheet.write_string(row, column, word, unknown_look)


_APART: sheet.Style = {"indent": 1}
_AMOUNT: sheet.Style = {"num_format": "#,##0.00####"}
_NUMBERS = {
    _QUANTITY: sheet.QUANTITY, _RATE: sheet.RATE, _COST: _AMOUNT, _LIST_RATE: sheet.RATE, _LIST_COST: _AMOUNT,
    _CONTRACTED: _AMOUNT, _BILLED: _AMOUNT,
}  # fmt: skip

SHEET = sheet.Sheet(order=70, title="Data", fill=fill)
