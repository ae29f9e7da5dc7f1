"""The workbook: what a spreadsheet program finds in it is what the engine calculated."""

from __future__ import annotations

import dataclasses
import hashlib
import importlib
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from xlsxwriter.workbook import Workbook

from planner import effect, pool_bill, statement, summary
from planner.plan import Plan
from planner.quota import STATUSES, UNKNOWN
from pricing import line_item, money, price_table
from pricing.book import load_books
from pricing.sku import skus
from reports import live_model, sheet, workbook
from tests.support import office

SHEETS = [
    "About", "Summary", "Cost by month", "Finance", "Inputs", "Prices", "Calculation", "Quotas", "Checks", "Data",
    "Sources and assumptions",
]  # fmt: skip
NAMES = ["exceeded", "unpriced", "nothing", "dark", "large"]


@pytest.fixture(scope="session")
def books(plans: dict[str, Plan]) -> dict[str, openpyxl.Workbook]:
    """Every plan's workbook as openpyxl reads it: stored values, no recalculation."""
    return {name: read(workbook.render(plan)) for name, plan in plans.items()}


def read(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content), data_only=True)


def amount(nano: int) -> float:
    return nano / money.NANO


def cells(page: Worksheet) -> Iterator[Any]:
    return (cell for row in page.iter_rows() for cell in row if cell.value is not None)


def find(page: Worksheet, text: str, column: int = 1) -> int:
    """The row whose cell in a column holds exactly a text."""
    rows = [row for row in range(1, page.max_row + 1) if page.cell(row, column).value == text]
    assert len(rows) == 1, f"{text!r} stands in rows {rows}"
    return rows[0]


def table(page: Worksheet, header_row: int) -> list[dict[str, Any]]:
    """The rows below a header, by column head, to the first empty one."""
    heads = [cell.value for cell in page[header_row]]
    rows = []
    for row in page.iter_rows(min_row=header_row + 1, values_only=True):
        if row[0] is None:
            break
        rows.append(dict(zip(heads, row, strict=True)))
    return rows


# The form


@pytest.mark.parametrize("name", NAMES)
def test_sheets_are_in_order_and_set_up_for_screen_and_paper(books: dict[str, openpyxl.Workbook], name: str) -> None:
    book = books[name]
    assert book.sheetnames == SHEETS
    for page in book:
        assert page.freeze_panes, page.title
        assert not page.merged_cells.ranges, page.title
        assert page.page_setup.orientation == "landscape"
        assert page.sheet_properties.pageSetUpPr.fitToPage
        assert page.page_setup.fitToHeight == 0
        assert (page.page_setup.fitToWidth or 1) >= 1  # 1 is not written: it is the default
        assert page.print_title_rows
        assert page.oddFooter.left.text.startswith(book["About"]["B4"].value)
        assert page.oddFooter.right.text == "Page &P of &N"
        assert not any(row.hidden for row in page.row_dimensions.values())
        assert not any(column.hidden for column in page.column_dimensions.values())


def test_months_and_labels_stay_in_view(books: dict[str, openpyxl.Workbook]) -> None:
    book = books["exceeded"]
    assert book["Quotas"].freeze_panes == "D10"
    assert book["Cost by month"].freeze_panes == "D6"
    assert book["Cost by month"].print_title_cols == "$A:$C"


@pytest.mark.parametrize("name", NAMES)
def test_every_text_of_a_plan_is_text(books: dict[str, openpyxl.Workbook], name: str) -> None:
    for page in books[name]:
        for cell in cells(page):
            assert not cell.comment
            if isinstance(cell.value, str):
                assert cell.data_type == "s", f"{page.title} {cell.coordinate}"


@pytest.mark.parametrize("name", ["exceeded", "unpriced"])
def test_every_formula_carries_a_value_and_no_constant_is_hidden_in_calculation(
    books: dict[str, openpyxl.Workbook], plans: dict[str, Plan], name: str
) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook.render(plans[name])))
    formulas = [cell for page in book for cell in cells(page) if cell.data_type == "f"]
    assert len(formulas) > 500
    for cell in formulas:
        assert len(cell.value) <= 8192
        assert cell.protection.locked
        assert books[name][cell.parent.title][cell.coordinate].value is not None or "inputs_state" in cell.value
    page = book["Calculation"]
    for row in page.iter_rows(min_row=7, min_col=10):  # one formula per row: all months are made alike
        own = [
            re.sub(r"(?<![A-Z$])\$?[A-Z]{1,2}(?=\$?\d)", "*", str(cell.value)) for cell in row if cell.data_type == "f"
        ]
        assert len(set(own)) <= 1, row[0].coordinate


def test_inputs_can_be_typed_and_everything_else_is_locked(books: dict[str, openpyxl.Workbook]) -> None:
    book = books["exceeded"]
    for page in book:
        assert page.protection.sheet == (page.title != "Data"), page.title
        assert not page.protection.password
        for cell in cells(page):
            if not cell.protection.locked:
                assert page.title in ("Inputs", "Prices")
                assert cell.font.color.rgb == "FF0000FF"
                assert cell.fill.fgColor.rgb == "FFFFF9DB"
    assert len(book["Inputs"].data_validations.dataValidation) > 5
    assert {"first_month", "billed_gb", "master_check", "inputs_state"} <= set(book.defined_names)
    assert set(book["Prices"].tables) == {"Rates"}


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0", "http://a.b", "💰"]
)
def test_text_is_kept_whatever_it_begins_with(text: str) -> None:
    page = filled(lambda page: page.text(0, 0, text))
    assert page["A1"].data_type == "s"
    assert page["A1"].value.replace("_x000D_", "\r") == text


def test_text_that_a_cell_cannot_hold_is_cut_and_bad_characters_are_replaced() -> None:
    page = filled(lambda page: (page.text(0, 0, "x" * 40_000), page.text(1, 0, "a\ud800b")))
    assert len(page["A1"].value) == 32_767
    assert page["A1"].value.endswith("…")
    assert page["A2"].value == "a?b"


@pytest.mark.parametrize(
    ("url", "linked"),
    [
        ("https://www.alibabacloud.com/help/en/cdt", True),
        ("javascript:alert(1)", False),
        ("ftp://a.b/c", False),
        ("https://a b", False),
        ("https://a/" + "x" * 3000, False),
        (None, False),
    ],
)
def test_only_addresses_of_the_web_become_links(url: str | None, linked: bool) -> None:
    cell = filled(lambda page: page.link(0, 0, url, sheet.TEXT))["A1"]
    assert bool(cell.hyperlink) == linked
    assert cell.value == (url or "(no public address)")


def filled(fill: Callable[[sheet.Page], Any], model: live_model.Model | None = None) -> Worksheet:
    """A sheet that was filled by a function, as it is read back."""
    out = io.BytesIO()
    book = Workbook(out, {"in_memory": True})
    worksheet = book.add_worksheet("only", sheet.LiveWorksheet)
    fill(sheet.Page(worksheet, sheet.Formats(book), "USD", "footer & more", model))
    book.close()
    return read(out.getvalue())["only"]


def test_ids_of_accounts_are_text(books: dict[str, openpyxl.Workbook]) -> None:
    book = books["exceeded"]
    summary_page = book["Summary"]
    ids = [cell.value for cell in summary_page["B"] if cell.value == "0034567890123456"]
    assert ids == ["0034567890123456"]
    assert {row["Account ID"] for row in table(book["Data"], 5)} == {"0034567890123456", "not given"}


@pytest.mark.parametrize("name", ["exceeded", "unpriced", "large"])
def test_amounts_are_numbers_with_a_format_and_a_currency(
    books: dict[str, openpyxl.Workbook], plans: dict[str, Plan], name: str
) -> None:
    book = books[name]
    currency = "CNY" if name == "unpriced" else "USD"
    page = book["Summary"]
    total, *_ = [cell for cell in page["B"] if f"[${currency}] #,##0.00" in cell.number_format]
    assert isinstance(total.value, float)
    for row in book["Cost by month"].iter_rows(
        min_row=6, min_col=8, max_row=5 + len(live_model.lay_out(plans[name]).costs.lines)
    ):
        for cell in row:
            assert cell.value == "unpriced" or (
                isinstance(cell.value, int | float) and "#,##0.00" in cell.number_format
            )
    assert book["Cost by month"]["A1"].value == f"Cost by month, amounts in {currency}"


# The numbers


@pytest.mark.parametrize("name", NAMES)
def test_summary_shows_the_engines_total(
    books: dict[str, openpyxl.Workbook], plans: dict[str, Plan], name: str
) -> None:
    page, totals = books[name]["Summary"], summary.totals(plans[name])
    row = find(page, f"{'Total' if totals.complete else 'Priced subtotal'} before tax")
    value = page.cell(row, 2).value
    if totals.complete or totals.subtotal:
        assert value == amount(totals.subtotal)
    else:
        assert value == "unpriced"
    if not totals.complete:
        assert f"{totals.coverage_percent} % of the line items are priced" in page.cell(row + 1, 2).value
        assert not [cell.value for cell in cells(page) if cell.value == "Total"]


@pytest.mark.parametrize("name", ["exceeded", "unpriced", "large"])
def test_each_table_of_the_summary_adds_up_to_the_total(
    books: dict[str, openpyxl.Workbook], plans: dict[str, Plan], name: str
) -> None:
    page, plan = books[name]["Summary"], plans[name]
    totals = summary.totals(plan)
    bottom = sheet.total_name(totals.complete)
    for title in ("By calendar year", "By billable item", "By transit router", "By account billed", "By cost centre"):
        row = find(page, title) + 2
        parts = []
        while page.cell(row, 1).value != bottom:
            parts.append(page.cell(row, 4).value)
            row += 1
        assert parts, title
        assert sum(part for part in parts if part != "unpriced") == pytest.approx(amount(totals.subtotal), abs=1e-6)
        assert page.cell(row, 4).value == amount(totals.subtotal)


def test_sums_of_many_cost_centres_keep_their_rest(books: dict[str, openpyxl.Workbook]) -> None:
    page = books["large"]["Summary"]
    assert page.cell(find(page, "(others)"), 2).value == "20 more, added up"


def test_rounding_is_said_where_visible_parts_do_not_add_up() -> None:
    assert sheet.rounding_note(1_000_000_000, [333_333_333] * 3) == (
        "Rounding: cells hold exact amounts and show cents; the parts as shown add up to 0.01 less than the total."
    )
    assert "0.02 more" in sheet.rounding_note(5_000_000 * 4, [5_000_000] * 4)  # 0.02 in four parts, each shown as 0.01
    assert sheet.rounding_note(30_000_000, [10_000_000, 20_000_000]) == ""


def test_verdict_findings_and_what_is_left_out_are_on_the_summary(
    books: dict[str, openpyxl.Workbook], exceeded: Plan
) -> None:
    page = books["exceeded"]["Summary"]
    texts = [str(cell.value) for cell in cells(page)]
    assert page.cell(find(page, "Verdict"), 2).value.startswith("FAILED: 1 error")
    for finding in exceeded.findings:
        (text,) = [text for text in texts if finding.message in text]
        assert finding.remedy in text
        assert str(finding.location) in texts
    for entry in statement.not_included(exceeded):
        assert entry in texts
    about = [cell.value for cell in cells(books["exceeded"]["About"])]
    source = exceeded.scenarios[0].source
    assert source.name in about
    assert hashlib.sha256(source.text.encode()).hexdigest() in about


@pytest.mark.parametrize("name", NAMES)
def test_cost_by_month_shows_every_row_of_the_engine(
    books: dict[str, openpyxl.Workbook], plans: dict[str, Plan], name: str
) -> None:
    page, plan = books[name]["Cost by month"], plans[name]
    rows, totals, months = summary.cost_rows(plan), summary.totals(plan), plan.inventory.period.months
    first = 9 + len(summary.years(plan))
    heads = [page.cell(5, first + column).value for column in range(len(months))]
    assert heads == [datetime(*month, 1) for month in months]
    for column in range(len(months)):
        whole = page.cell(4, first + column).value
        assert whole == (
            "unpriced"
            if totals.unpriced[column] and not totals.amounts[column]
            else pytest.approx(amount(totals.amounts[column]))
        )
    shown = {tuple(cell.value for cell in line[:6]): line[0].row for line in page.iter_rows(min_row=6) if line[1].value}
    assert len(shown) == len(live_model.lay_out(plan).costs.lines)
    assert list(shown) == sorted(shown, key=lambda key: key[:2])
    for row in rows:
        number = shown[row.router, row.subject, skus()[row.sku].label, row.region, row.account, row.cost_center]
        for column in range(len(months)):
            nano, no = row.amounts[column], row.unpriced[column]
            expected = "unpriced" if no and not nano else pytest.approx(amount(nano))
            assert page.cell(number, first + column).value == expected
        expected = "unpriced" if not row.complete and not row.total else pytest.approx(amount(row.total))
        assert page.cell(number, 8).value == expected


def test_partly_priced_amounts_are_shown_as_at_least(books: dict[str, openpyxl.Workbook]) -> None:
    page = books["unpriced"]["Cost by month"]
    assert page["A4"].value == "Priced subtotal"
    assert any(
        cells_.sqref == "H4" and rule.dxf.numFmt.formatCode.startswith('"≥ "')
        for cells_, rules in page.conditional_formatting._cf_rules.items()
        for rule in rules
        if rule.dxf and rule.dxf.numFmt
    )
    unpriced = [cell for cell in cells(page) if cell.value == "unpriced" and cell.row > 5]
    assert unpriced


@pytest.mark.parametrize("name", ["exceeded", "unpriced", "dark", "large"])
def test_line_items_are_those_of_the_engine(
    books: dict[str, openpyxl.Workbook], plans: dict[str, Plan], name: str
) -> None:
    plan, page = plans[name], books[name]["Data"]
    lines, currency = plan.lines, plan.inventory.currency
    rows = table(page, 5)
    assert len(rows) == len(lines.month)
    assert page.tables["LineItems"].ref == f"A5:Z{5 + len(rows)}"
    assert page.tables["LineItems"].autoFilter
    for number, row in enumerate(rows):
        assert row["Month"] == datetime(*plan.inventory.period.months[lines.month[number]], 1)
        assert row["SKU"] == lines.skus[lines.sku[number]]
        assert row["Subject"] == plan.inventory.subjects[lines.subject[number]]
        quantity = int(lines.quantity[number])
        assert row["Quantity"] == ("unknown" if quantity == line_item.UNKNOWN else quantity / money.MICRO)
        priced = bool(lines.priced[number])
        assert row[f"Cost, {currency}"] == (amount(int(lines.amount[number])) if priced else "unpriced")
        assert row["Status"] == ("priced" if priced else "unpriced")
        assert row[f"Contracted cost, {currency}"] == (amount(int(lines.contracted[number])) if priced else "unpriced")
        assert row[f"Billed cost, {currency}"] == (amount(int(lines.billed[number])) if priced else "unpriced")
        listed = bool(lines.list_priced[number])
        assert row[f"List cost, {currency}"] == (amount(int(lines.list_amount[number])) if listed else "unknown")
        if lines.rate[number] == price_table.NO_RATE:
            assert row[f"Rate, {currency}"] == "unknown"
    stored = page["D3"].value
    assert stored == amount(money.total(lines.amount))


def test_line_items_that_do_not_fit_are_cut_between_months_and_it_is_said(exceeded: Plan) -> None:
    item = importlib.import_module("reports.sheets.data")
    page = filled(lambda page: item.fill(page, exceeded, most=60), live_model.lay_out(exceeded))
    rows = table(page, 5)
    count = item.shown(exceeded.lines.month, 60)
    assert len(rows) == count <= 60
    assert exceeded.lines.month[count - 1] != exceeded.lines.month[count]
    assert page["A2"].value.startswith(f"NOT ALL: of {len(exceeded.lines.month)} line items")
    assert "line-items.csv" in page["A2"].value
    page = filled(lambda page: item.fill(page, exceeded, most=1), live_model.lay_out(exceeded))
    assert "these are the 0 of no month" in page["A2"].value


@pytest.mark.parametrize("name", ["exceeded", "unpriced"])
def test_finance_shows_steps_and_pools_month_by_month(
    books: dict[str, openpyxl.Workbook], plans: dict[str, Plan], name: str
) -> None:
    page, plan = books[name]["Finance"], plans[name]
    rows = {(row[0], row[1]): row for row in page.iter_rows(min_row=5, values_only=True) if row[3] is not None}
    billed, first = rows["billed, before tax", ""], 4 + len(summary.years(plan))
    totals = summary.totals(plan)
    assert billed[3] == amount(totals.subtotal)
    assert list(billed[first : first + len(totals.amounts)]) == [amount(one) for one in totals.amounts]
    for pool in pool_bill.pool_bills(plan):
        who = f"{pool.sku} {pool.account}/{pool.region}"
        assert rows["increment", who][3] in (amount(sum(pool.increment)), "unpriced")
        run_rate = "not known" if pool.run_rate is None else amount(sum(pool.run_rate))
        assert rows["run rate", who][3] in (run_rate, "unpriced")


def test_groups_that_do_not_fit_are_added_up_by_router_and_item(large: Plan) -> None:
    item = importlib.import_module("reports.sheets.cost_by_month")
    page = filled(lambda page: item.fill(page, large), live_model.lay_out(large, most=100))
    shown = [row for row in page.iter_rows(min_row=6, values_only=True) if row[0]]
    assert {row[1] for row in shown} == {"(all)"}
    assert sum(row[7] for row in shown if row[7] != "unpriced") == pytest.approx(amount(summary.totals(large).subtotal))
    assert "line-items.csv" in page["A3"].value


@pytest.mark.parametrize("name", NAMES)
def test_what_can_be_typed_is_unlocked_and_is_checked(books: dict[str, openpyxl.Workbook], name: str) -> None:
    for page in books[name]:
        assert not page.merged_cells.ranges
        typed = {cell.coordinate for row in page.iter_rows() for cell in row if not cell.protection.locked}
        assert not typed or (page.title in ("Inputs", "Prices") and page.protection.sheet)
        for rule in page.data_validations.dataValidation:
            for cells in rule.sqref.ranges:
                span = page[cells.coord] if ":" in cells.coord else ((page[cells.coord],),)
                typed -= {cell.coordinate for row in span for cell in row}
        assert not typed, f"{page.title}: cells without a rule for what may be typed"


def test_scopes_that_do_not_fit_leave_the_worst(exceeded: Plan) -> None:
    item = importlib.import_module("reports.sheets.quotas")
    page = filled(lambda page: item.fill(page, exceeded), live_model.lay_out(exceeded, most_scopes=1))
    assert {row[1] for row in page.iter_rows(min_row=10, max_row=13, values_only=True)} == {"tr-singapore"}
    count = sum(len(use.scopes) for use in exceeded.quotas)
    assert page["A8"].value == f"Only 1 of {count} scopes are shown, the worst first."


@pytest.mark.parametrize("name", NAMES)
def test_quotas_are_those_of_the_engine(books: dict[str, openpyxl.Workbook], plans: dict[str, Plan], name: str) -> None:
    page, plan = books[name]["Quotas"], plans[name]
    found: dict[tuple[str, str, str], list[Any]] = {}
    beside: dict[tuple[str, str], set[Any]] = {}
    last = 9 + 4 * sum(len(use.scopes) for use in plan.quotas)
    for quota, scope, measure, worst, first, _, *values in page.iter_rows(min_row=10, max_row=last, values_only=True):
        found[quota, scope, measure] = values[: plan.inventory.period.count]
        beside.setdefault((quota, scope), set()).add((worst, first))
    expected = {}
    for use in plan.quotas:
        for number, scope in enumerate(use.scopes):
            used, limit, status = use.used[number].tolist(), use.limit[number].tolist(), use.status[number].tolist()
            expected[use.id, scope, "used"] = used
            known = [None if most == UNKNOWN else most for most in limit]
            expected[use.id, scope, "limit"] = ["unknown" if most is None else most for most in known]
            expected[use.id, scope, "headroom"] = [
                "unknown" if most is None else most - now for now, most in zip(used, known, strict=True)
            ]
            expected[use.id, scope, "status"] = [STATUSES[code] for code in status]
    assert found == expected
    assert all(len(said) == 1 for said in beside.values())
    if name == "exceeded":
        said = beside["vpn-attachments-per-transit-router", "tr-singapore"]
        assert said == {("exceeded", datetime(2027, 5, 1))}
        assert page.conditional_formatting


@pytest.mark.parametrize("name", NAMES)
def test_sources_are_exactly_those_the_plan_used_weakest_first(
    books: dict[str, openpyxl.Workbook], plans: dict[str, Plan], name: str
) -> None:
    page, plan = books[name]["Sources and assumptions"], plans[name]
    rates, limits = table(page, find(page, "Rates") + 1), table(page, find(page, "Limits") + 1)
    rules = table(page, find(page, "Rules") + 1) if "Rules" in [cell.value for cell in page["A"]] else []
    shown = {(row["Evidence"], row["Title"]) for row in (*rates, *limits, *rules) if row["Title"]}
    used = {(one.reference.evidence, one.reference.title) for one in statement.used_sources(plan)}
    assert shown == used
    order = [row["Evidence"] for row in rates if row["Title"]]
    assert order == sorted(order, key=["assumed", "secondary", "official", "contract"].index)
    assert len(order) == len(statement.used_rates(plan))
    assert all(
        row["Effective from"] == "undated" or isinstance(row["Effective from"], datetime)
        for row in rates
        if row["Title"]
    )
    texts = {cell.value for cell in cells(page)}
    for one in statement.used_assumptions(plan):
        assert {one.id, one.assumption.title, one.value} <= texts
    if unused := [one.id for one in statement.unused_assumptions(plan)]:
        assert f"Not touched by this plan: {', '.join(unused)}" in texts


def test_effects_of_other_answers_are_numbers_with_their_sentences(exceeded: Plan) -> None:
    read_back = exceeded.scenarios[0]
    found = effect.effects(exceeded, load_books(read_back.site, read_back.price_books), exceeded.as_of)
    page = read(workbook.render(dataclasses.replace(exceeded, effects=found)))["Sources and assumptions"]
    rows = table(page, find(page, "What other answers would change: the plan calculated once more with each") + 1)
    rows = [row for row in rows if row["What it changes"]][: len(found)]
    assert [row["What it changes"] for row in rows] == [effect.says(one) for one in found]
    assert [row["Difference, USD"] for row in rows] == pytest.approx([one.total / 10**9 for one in found])
    assert [row["Lines unpriced"] for row in rows] == [one.unpriced[1] - one.unpriced[0] for one in found]
    assert {row["Verdict then"] for row in rows} == {"fails"}


# The bytes


def test_two_renderings_have_the_same_bytes(exceeded: Plan) -> None:
    assert workbook.render(exceeded) == workbook.render(exceeded)


def test_properties_do_not_tell_the_time(exceeded: Plan, dark: Plan) -> None:
    properties = read(workbook.render(exceeded)).properties
    assert properties.created == properties.modified == datetime(2026, 11, 20)
    assert properties.creator == "network-architecture"
    assert read(workbook.render(dark)).properties.created.date() == date(2000, 1, 1)
    entries = zipfile.ZipFile(io.BytesIO(workbook.render(exceeded))).infolist()
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}


# What another program makes of it


@office.NEEDED
def test_libreoffice_agrees_with_the_engine_in_every_cell(
    books: dict[str, openpyxl.Workbook], plans: dict[str, Plan], tmp_path: Path
) -> None:
    contents = {name: workbook.render(plan) for name, plan in plans.items()}
    calculated = office.recalculate(tmp_path, contents)
    for name, book in calculated.items():
        assert book.sheetnames == SHEETS
        assert office.errors(book) == []
        formulas = openpyxl.load_workbook(io.BytesIO(contents[name]))
        assert list(office.differences(books[name], book, formulas)) == []
        assert book["Checks"]["B5"].value == "OK"
