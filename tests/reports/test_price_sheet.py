"""The workbook of prices: what is asked for; what is filled in comes back exactly, or is refused by its cell."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner import cli, price_need
from planner.command import with_prices
from planner.core.problem import InputError, render_all
from planner.core.region import REGIONS, scopes
from planner.core.source import parse_yaml
from planner.scenario import read_scenario
from pricing import book_text, coverage, price_list, price_request
from pricing.book import load_books
from pricing.price_request import Found, Request
from pricing.sku import skus
from reports import price_sheet, price_sheet_reading
from reports.discount_sheet import DISCOUNTS
from reports.price_sheet import COLUMNS, HEADER_ROW, HOW_TO, PRICES

ROOT = Path(__file__).resolve().parents[2]
GALLERY = ROOT / "tests" / "gallery_prices"
CN = ROOT / "scenarios" / "china-cny.yaml"
FIRST = HEADER_ROW + 2
"""The first row of the table, as Excel counts."""
DAY = date(2027, 1, 1)


def asked_of_plan() -> price_sheet.PriceSheet:
    plan, books = with_prices(read_scenario(str(CN)))
    assert plan.as_of
    requests = price_request.requests(price_need.found(plan, books, "cn"), books["cn"], plan.as_of)
    return price_sheet.PriceSheet("cn", plan.as_of, "china-cny", requests)


def asked_of_site(site: str) -> price_sheet.PriceSheet:
    books = load_books(site)
    rows = (*coverage.coverage(books, coverage.PRICES_READ), *coverage.between_areas(books, coverage.PRICES_READ))
    found = [Found(row.sku, row.place, row.tiers) for row in rows]
    requests = price_request.requests(found, books, coverage.PRICES_READ)
    return price_sheet.PriceSheet(site, coverage.PRICES_READ, None, requests)


ASKED = asked_of_plan()
TEMPLATE = price_sheet.render(ASKED)
SITES = {site: asked_of_site(site) for site in ("intl", "cn")}
TEMPLATES = {site: price_sheet.render(asked) for site, asked in SITES.items()}


def workbook(content: bytes = TEMPLATE) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def filled(path: Path, cells: Mapping[str, Any], content: bytes = TEMPLATE) -> Path:
    """The template with some cells written over, as a spreadsheet program would save it."""
    book = workbook(content)
    for name, value in cells.items():
        of_sheet, _, cell = name.rpartition("!")
        book[of_sheet or PRICES][cell] = value
    book.save(path)
    return path


# What is asked for


def test_plan_asks_for_exactly_what_it_lacks() -> None:
    missing = [(r.sku, r.scopes, r.start, r.end) for r in ASKED.requests if r.known is None]
    assert missing == [
        ("tr-data-processing", ("cn-shenzhen",), None, None),
        # Tier 1 is known; the bounds above it are those of Shenzhen, in micro-GB.
        ("cdt-internet", ("cn-hangzhou",), 10240_000000, 51200_000000),
        ("cdt-internet", ("cn-hangzhou",), 51200_000000, 153600_000000),
        ("cdt-internet", ("cn-hangzhou",), 153600_000000, None),
    ]
    used = {(request.sku, *request.scopes) for request in ASKED.requests if request.known}
    assert ("ipsec-connection", "cn-hangzhou", "cn-shenzhen") in used  # one rate of the plan's own book
    assert not any(request.sku == "ipsec-internet-legacy" for request in ASKED.requests)  # the plan uses none


@pytest.mark.parametrize("site", ["intl", "cn"])
def test_site_asks_for_every_price_once_and_for_no_region_that_another_row_covers(site: str) -> None:
    places: dict[str, list[str]] = {}
    for request in SITES[site].requests:
        if request.start in (None, 0):
            inside = [one for one in skus()[request.sku].places if set(scopes(one)) & set(request.scopes)]
            places.setdefault(request.sku, []).extend(inside)
    for sku, one in skus().items():  # neither what is priced as another nor what only a plan says is asked for
        assert sorted(places.get(sku, [])) == sorted(one.places), sku


def test_filling_in_a_known_price_again_changes_no_other_region() -> None:
    # A later book wins whatever its scope: a row must not be wider than the price it shows.
    asked = SITES["cn"]
    shenzhen = [request for request in asked.requests if request.sku == "cdt-internet" and "mainland" in request.scopes]
    assert not shenzhen  # the mainland but Shenzhen is named region by region


def test_names_of_scopes_are_short_and_exact() -> None:
    assert price_request.scope_names(REGIONS) == ("all",)
    assert price_request.scope_names(["me-central-1", "me-east-1"]) == ("middle-east",)
    assert price_request.scope_names(one for one in REGIONS if REGIONS[one].area != "mainland") == ("overseas",)
    assert price_request.scope_names(["eu-west-1", "cn-beijing"]) == ("cn-beijing", "eu-west-1")


# The workbook


def test_same_prices_give_the_same_bytes() -> None:
    assert price_sheet.render(ASKED) == TEMPLATE


@pytest.mark.parametrize("content", [TEMPLATE, *TEMPLATES.values()], ids=["plan", *TEMPLATES])
def test_template_is_set_up_for_screen_paper_and_slips(content: bytes) -> None:
    book = workbook(content)
    assert book.sheetnames == [HOW_TO, PRICES, DISCOUNTS]
    page = book[PRICES]
    assert [cell.value for cell in page[HEADER_ROW + 1]] == list(COLUMNS)
    assert page.freeze_panes == f"D{FIRST}"
    assert page.auto_filter.ref
    assert {one.type for one in book[DISCOUNTS].data_validations.dataValidation} == {None, "decimal", "list", "date"}
    assert all(sheet.protection.sheet and not sheet.protection.password for sheet in book)
    assert not page.merged_cells.ranges
    assert {validation.type for validation in page.data_validations.dataValidation} == {"decimal", "list", "date"}
    for row in page.iter_rows():
        assert not any(cell.data_type == "f" for cell in row)


def test_input_cells_are_open_and_marked_and_known_rates_are_locked() -> None:
    page = workbook()[PRICES]
    for row, request in enumerate(ASKED.requests, start=FIRST):
        new, known = page.cell(row, price_sheet.NEW_RATE + 1), page.cell(row, price_sheet.KNOWN_RATE + 1)
        assert not new.protection.locked and known.protection.locked
        assert new.value is None
        assert new.fill.fgColor.rgb == ("FFFFE28A" if request.known is None else "FFFFF9DB")
        assert known.value == (float(request.known.value) if request.known else "unknown")
        assert page.cell(row, price_sheet.NEW_EVIDENCE + 1).value == "contract"


# Reading it back


def schedules_of(requests: tuple[Request, ...]) -> list[list[int]]:
    """Rows that belong together, as indices: the tiers of an item and scope."""
    found: dict[object, list[int]] = {}
    for index, request in enumerate(requests):
        found.setdefault((request.sku, request.scopes), []).append(index)
    return list(found.values())


rates = st.decimals(0, 10**4, places=10, allow_nan=False).map(lambda d: d.normalize())
typed = st.one_of(
    # What a person types has few digits; a float holds 15 of them exactly.
    st.tuples(st.integers(0, 10**7), st.integers(0, 10)).map(lambda pair: Decimal(pair[0]).scaleb(-pair[1])),
    rates,
)


@settings(max_examples=40)
@given(data=st.data(), site=st.sampled_from(["intl", "cn"]))
def test_what_is_filled_in_is_what_applies(data: st.DataObject, site: str, tmp_path_factory: Any) -> None:
    path = tmp_path_factory.mktemp("prices") / "prices.xlsx"
    asked = SITES[site]
    chosen = data.draw(st.lists(st.sampled_from(schedules_of(asked.requests)), min_size=1, max_size=6, unique_by=id))
    cells: dict[str, Any] = {"B5": "Contract 4711"}
    expected: dict[int, Decimal] = {}
    for index in (index for schedule in chosen for index in schedule):
        rate = data.draw(typed)
        as_number = len(rate.as_tuple().digits) <= 15 and data.draw(st.booleans())
        cells[f"K{FIRST + index}"] = float(rate) if as_number else f"{rate:f}"
        expected[index] = rate
    imported = price_sheet_reading.read(str(filled(path, cells, TEMPLATES[site])))
    text = book_text.render(imported.book, "comment")
    source = parse_yaml(text, "book.yaml")
    assert price_list.checked(source) == imported.book
    assert imported.filled == len(expected)
    books = load_books(site, [source])
    for index, rate in expected.items():
        request = asked.requests[index]
        region = next(one for one in skus()[request.sku].places if set(scopes(one)) & set(request.scopes))
        found = [t for t in books.schedule(request.sku, region, DAY) if t.start == (request.start or 0)]
        assert [(tier.rate.value, tier.end, tier.rate.reference.evidence) for tier in found] == [
            (rate, request.end, "contract")
        ]


@pytest.mark.parametrize(
    ("value", "rate"),
    [
        (0.07, "0.07"),
        (7.0000000000000007e-2, "0.07"),  # as Excel itself writes what was typed as 0.07
        (1e-7, "0.0000001"),
        (0.1 + 0.2 - 0.3 + 0.5, "0.5"),  # 0.5 plus 5.6e-17, which a float cannot tell from 0.5
        (3, "3"),
        ("0.0700", "0.0700"),
        (" 0.07 ", "0.07"),
        ("=0.14/2", None),  # openpyxl stores no result
    ],
)
def test_rates_are_the_short_decimals_that_were_typed(tmp_path: Path, value: Any, rate: str | None) -> None:
    path = filled(tmp_path / "prices.xlsx", {"B5": "Contract", f"K{FIRST}": value})
    if rate is None:
        with pytest.raises(InputError, match="formula whose result the file does not hold"):
            price_sheet_reading.read(str(path))
        return
    (entry,) = price_sheet_reading.read(str(path)).book.items["tr-data-processing"].rates
    assert f"{entry.rate:f}" == rate


def test_stored_result_of_a_formula_is_its_value(tmp_path: Path) -> None:
    from xlsxwriter.workbook import Workbook  # openpyxl cannot write one

    path = tmp_path / "prices.xlsx"
    book = Workbook(path)
    page = book.add_worksheet(PRICES)
    for row in workbook()[PRICES].iter_rows(max_row=FIRST):
        for cell in row:
            if cell.value is not None:
                page.write(cell.row - 1, cell.column - 1, str(cell.value))
    page.write(4, 1, "Contract")
    page.write(5, 1, "2026-11-30")
    page.write_formula(FIRST - 1, price_sheet.NEW_RATE, "=0.14/2", None, 0.07)
    book.close()
    (entry,) = price_sheet_reading.read(str(path)).book.items["tr-data-processing"].rates
    assert entry.rate == Decimal("0.07")


def test_days_documents_and_evidence_come_with_the_rate(tmp_path: Path) -> None:
    path = filled(
        tmp_path / "prices.xlsx",
        {
            "B5": "Contract 2027-014",
            "B6": datetime(2026, 12, 24),
            "K9": 0.13, "L9": "Official", "M9": datetime(2027, 1, 1), "N9": "2028-01-01",
            "O9": "https://example.com/prices", "P9": "signed,\nsealed",
        },
    )  # fmt: skip
    book = price_sheet_reading.read(str(path), "Our prices").book
    (entry,) = book.items["tr-data-processing"].rates
    assert (entry.effective_from, entry.effective_until) == (date(2027, 1, 1), date(2028, 1, 1))
    assert (entry.evidence, entry.note) == ("official", "signed, sealed")
    reference = book.references[entry.source]
    assert (reference.title, reference.url) == ("https://example.com/prices",) * 2
    assert reference.read_on == "2026-12-24"
    assert book.title == "Our prices"


def test_tiers_may_have_other_bounds_in_any_order_and_a_document_of_their_own(tmp_path: Path) -> None:
    cells: dict[str, Any] = {"B5": "Contract"}
    for row, (start, end, rate) in zip((12, 10, 11), ((0, 5000, 0.9), (5000, 20000, 0.8), (20000, None, 0.7))):  # noqa: B905
        cells |= {f"D{row}": start, f"E{row}": end, f"K{row}": rate}
    path = filled(tmp_path / "prices.xlsx", {**cells, "O11": "Annex 3"})
    book = price_sheet_reading.read(str(path)).book
    (entry,) = book.items["cdt-internet"].rates
    found = [(tier.start, tier.end, tier.rate, tier.source) for tier in entry.tiers or ()]
    assert found == [
        (0, 5000, Decimal("0.9"), None),
        (5000, 20000, Decimal("0.8"), None),
        (20000, None, Decimal("0.7"), "annex-3"),
    ]


def test_contract_without_tiers_needs_one_row(tmp_path: Path) -> None:
    path = filled(tmp_path / "prices.xlsx", {"B5": "Contract", "E10": None, "K10": 0.6})
    (entry,) = price_sheet_reading.read(str(path)).book.items["cdt-internet"].rates
    assert [(tier.start, tier.end, tier.rate) for tier in entry.tiers or ()] == [(0, None, Decimal("0.6"))]


def test_one_price_for_an_area_and_a_row_that_was_added(tmp_path: Path) -> None:
    spare = FIRST + len(ASKED.requests)
    path = filled(
        tmp_path / "prices.xlsx",
        {
            "B5": "Contract", "C9": "mainland", "K9": 0.1,
            f"A{spare}": "ipsec-internet-legacy", f"C{spare}": "cn-beijing，cn-hangzhou", f"K{spare}": "0.85",
        },
    )  # fmt: skip
    items = price_sheet_reading.read(str(path)).book.items
    assert items["tr-data-processing"].rates[0].scopes == ("mainland",)
    assert items["ipsec-internet-legacy"].rates[0].scopes == ("cn-beijing", "cn-hangzhou")


def test_rates_of_two_times_stand_in_two_rows(tmp_path: Path) -> None:
    spare = FIRST + len(ASKED.requests)
    path = filled(
        tmp_path / "prices.xlsx",
        {
            "B5": "Contract", "K9": 0.13, "N9": "2027-07-01",
            f"A{spare}": "tr-data-processing", f"C{spare}": "cn-shenzhen", f"K{spare}": 0.12, f"M{spare}": "2027-07-01",
        },
    )  # fmt: skip
    found = price_sheet_reading.read(str(path)).book
    books = load_books("cn", [parse_yaml(book_text.render(found), "book.yaml")])
    rates = [books.schedule("tr-data-processing", "cn-shenzhen", date(2027, m, 1))[0].rate.value for m in (6, 7)]
    assert rates == [Decimal("0.13"), Decimal("0.12")]


# Discounts


def test_discounts_come_back_as_they_were_filled_in(tmp_path: Path) -> None:
    path = filled(
        tmp_path / "prices.xlsx",
        {
            "B5": "Contract 2027-014", "K9": 0.13,
            "Discounts!A5": "all", "Discounts!C5": 12,
            "Discounts!A6": "tr-connection, vbr-outbound", "Discounts!B6": "mainland；overseas",
            "Discounts!C6": "7.5 %", "Discounts!D6": datetime(2027, 1, 1), "Discounts!E6": "2028-01-01",
            "Discounts!F6": "secondary", "Discounts!G6": "Annex 3", "Discounts!H6": "by mail",
            "Discounts!A7": "inter-region-gold", "Discounts!B7": "cn-hangzhou > cn-shanghai", "Discounts!C7": 3,
        },
    )  # fmt: skip
    found = price_sheet_reading.read(str(path))
    assert (found.filled, len(found.book.discounts)) == (1, 3)
    text = book_text.render(found.book)
    assert price_list.checked(parse_yaml(text, "book.yaml")) == found.book
    whole, some, lane = found.book.discounts
    assert (whole.skus, whole.scopes, whole.discount_percent) == (("all",), ("all",), Decimal(12))
    assert (some.skus, some.scopes) == (("tr-connection", "vbr-outbound"), ("mainland", "overseas"))
    assert (some.discount_percent, some.evidence, some.note) == (Decimal("7.5"), "secondary", "by mail")
    assert (some.effective_from, some.effective_until) == (date(2027, 1, 1), date(2028, 1, 1))
    assert found.book.references[some.source].title == "Annex 3"
    assert found.book.references[whole.source].title == "Contract 2027-014"
    assert lane.scopes == ("cn-hangzhou>cn-shanghai",)
    books = load_books("cn", [parse_yaml(text, "book.yaml")])
    assert books.schedule("tr-connection", "cn-hangzhou", DAY)[0].rate.value == Decimal("0.32375")  # 0.35 x 0.925
    assert books.schedule("tr-data-processing", "cn-shenzhen", DAY)[0].rate.value == Decimal("0.13")  # net
    (tier,) = books.schedule("inter-region-gold", "cn-hangzhou>cn-shanghai", DAY)
    assert tier.rate.value == Decimal("0.4656")  # 0.48 x 0.97


@pytest.mark.parametrize(
    ("value", "shown", "percent"),
    [
        (12, "General", "12"),
        (0.12, "0%", "12"),  # typed as 12% into a cell of a percentage
        (0.125, "0.0%", "12.5"),
        (0.5, '0.######" %"', "0.5"),  # the format of the template: half a percent
        ("12%", "General", "12"),
        ("0.5", "General", "0.5"),
        (0, "General", "0"),
    ],
)
def test_a_percentage_is_what_the_cell_shows(tmp_path: Path, value: Any, shown: str, percent: str) -> None:
    book = workbook()
    book[PRICES]["B5"] = "Contract"
    book[DISCOUNTS]["A5"] = "all"
    book[DISCOUNTS]["C5"] = value
    book[DISCOUNTS]["C5"].number_format = shown
    book.save(tmp_path / "prices.xlsx")
    (found,) = price_sheet_reading.read(str(tmp_path / "prices.xlsx")).book.discounts
    assert found.discount_percent == Decimal(percent)


@pytest.mark.parametrize(
    ("value", "shown", "doubted"),
    [
        (0.05, "General", True),  # 0.05 %, though 5 % is likelier
        (0.05, '0.######" %"', True),  # the format of the template shows 0.05 %, and may not be looked at
        ("0.05", "General", True),
        (0.05, "0%", False),  # shown as 5%, and it is 5
        ("0.05%", "General", False),  # said in full
        (0, "General", False),
        (1, "General", False),
        (5, "General", False),
    ],
)
def test_a_percentage_that_looks_like_a_fraction_is_doubted_at_its_cell(
    tmp_path: Path, value: Any, shown: str, doubted: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    book = workbook()
    book[PRICES]["B5"] = "Contract"
    book[DISCOUNTS]["A5"] = "all"
    book[DISCOUNTS]["C5"] = value
    book[DISCOUNTS]["C5"].number_format = shown
    path = tmp_path / "prices.xlsx"
    book.save(path)
    assert bool(price_sheet_reading.read(str(path)).doubts) == doubted
    with pytest.raises(SystemExit) as ended:
        cli.main(["prices", "import", str(path)])
    printed = capsys.readouterr()
    assert ended.value.code == 0
    assert "discounts:" in printed.out  # it is a warning: the book is written all the same
    said = "sheet Discounts, cell C5: warning: Percent is 0.05, taken as 0.05 %, not as 5 %\n  help: write 5 if"
    assert (said in printed.err) == doubted


def test_the_sheet_of_discounts_may_be_taken_out(tmp_path: Path) -> None:
    path = filled(tmp_path / "prices.xlsx", {"B5": "Contract", "K9": 0.1})
    book = openpyxl.load_workbook(path)
    del book[DISCOUNTS]
    book.save(path)
    assert price_sheet_reading.read(str(path)).book.discounts == ()


def test_template_of_a_plan_asks_for_lanes_and_for_the_item_that_has_the_price() -> None:
    read = read_scenario(str(ROOT / "scenarios" / "across-the-border.yaml"))
    plan, books = with_prices(read)
    found = {one.place for one in price_need.found(plan, books, "cn") if one.sku == "inter-region-gold"}
    assert found == {"cn-hangzhou>cn-shanghai", "cn-shanghai>cn-hangzhou"}
    plan, books = with_prices(read_scenario(str(ROOT / "scenarios" / "public-or-private.yaml")))
    asked = price_request.requests(price_need.found(plan, books, "intl"), books["intl"], DAY)
    items = [request.sku for request in asked]
    assert items.count("tr-data-processing") == 1  # for itself, and for what is processed on the VPC side
    assert not {"tr-data-processing-vpc", "leased-line", "leased-line-setup"} & {*items}


# What is refused, one kind after the other; the texts lie in tests/gallery_prices.

DOCUMENT = {"B5": "Contract"}
REFUSED: dict[str, dict[str, Any]] = {
    "nothing-filled-in": {},
    "not-a-number": {**DOCUMENT, "K9": "abc", "K14": "0,07", "K15": "1.234,50", "K16": True, "K17": "USD 0.07"},
    "negative": {**DOCUMENT, "K9": -0.01},
    "decimals": {**DOCUMENT, "K9": 1 / 3, "K14": "0.12345678901"},
    "too-large": {**DOCUMENT, "K9": 1e9},
    "day-in-a-number": {**DOCUMENT, "K9": datetime(2027, 1, 1)},
    "error-value": {**DOCUMENT, "K9": "#DIV/0!"},
    "formula": {**DOCUMENT, "K9": "=H14*0.9"},
    "days": {**DOCUMENT, "K9": 0.1, "M9": "1.1.2027", "N9": 46388, "K14": 0.3, "M14": datetime(2027, 1, 1, 9, 30)},
    "until-before-from": {**DOCUMENT, "K9": 0.1, "M9": "2027-07-01", "N9": "2027-01-01"},
    "evidence": {**DOCUMENT, "K9": 0.1, "L9": "contrct"},
    "no-document": {"K9": 0.1, "K14": 0.3},
    "no-day-of-reading": {**DOCUMENT, "B6": None, "K9": 0.1},
    "item": {**DOCUMENT, "A9": "tr-procesing", "K9": 0.1},
    "scope": {**DOCUMENT, "C9": "cn-shenzen, cn-hangzhou", "K9": 0.1},
    "no-scope": {**DOCUMENT, "C9": None, "K9": 0.1},
    "unit-and-currency": {**DOCUMENT, "F9": "TB", "G9": "USD", "K9": 0.1},
    "tier-left-out": {**DOCUMENT, "K11": 0.7},
    "known-tier-left-out": {**DOCUMENT, "K18": 0.8},
    "tiers-do-not-join": {**DOCUMENT, "K10": 0.8, "K11": 0.7, "D11": 20000},
    "tiers-of-a-flat-item": {**DOCUMENT, "D9": 0, "E9": 100, "K9": 0.1},
    "tiers-of-other-days": {**DOCUMENT, "K10": 0.8, "K11": 0.7, "M11": "2027-01-01"},
    "overlap": {**DOCUMENT, "K9": 0.1, "A23": "tr-data-processing", "C23": "cn-shenzhen", "K23": 0.2},
    "row-without-a-rate": {**DOCUMENT, "K9": 0.1, "A23": "tr-connection", "C23": "cn-beijing"},
    "renamed-column": {**DOCUMENT, "K8": "Rate", "K9": 0.1},
    "moved-column": {**DOCUMENT, "K8": "New evidence", "L8": "New rate", "K9": 0.1},
    "unknown-column": {**DOCUMENT, "Q8": "Approved by", "K9": 0.1},
    "other-site": {**DOCUMENT, "B3": "us", "K9": 0.1},
    "other-currency": {**DOCUMENT, "B4": "USD", "K9": 0.1},
    "priced-elsewhere": {**DOCUMENT, "A9": "tr-data-processing-vpc", "K9": 0.1, "A23": "leased-line", "K23": 1200},
    "lane": {**DOCUMENT, "A23": "cross-border-gold", "C23": "cn-beijing > cn-shanghai", "K23": 5, "C9": "a>b", "K9": 1},
    "discounts": {
        **DOCUMENT,
        "Discounts!A5": "tr-conection",
        "Discounts!B5": "europ",
        "Discounts!C5": 101,
        "Discounts!A6": "all",
        "Discounts!D6": "soon",
        "Discounts!E6": 0.5,
        "Discounts!F6": "written",
        "Discounts!C7": "a tenth",
        "Discounts!A8": "all",
        "Discounts!C8": 1 / 3,
    },
    "discounts-names": {
        **DOCUMENT,
        "Discounts!A5": "all, tr-conection",
        "Discounts!B5": "europ",
        "Discounts!C5": 5,
        "Discounts!A6": "leased-line",
        "Discounts!C6": 5,
        "Discounts!A7": "cdt-internet",
        "Discounts!C7": 5,
        "Discounts!D7": "2027-07-01",
        "Discounts!E7": "2027-01-01",
    },
    "discounts-overlap": {
        "Discounts!A5": "all",
        "Discounts!C5": 5,
        "Discounts!G5": "Annex 1",
        "Discounts!A6": "all",
        "Discounts!C6": 6,
        "Discounts!G6": "Annex 2",
    },
    "discounts-column": {**DOCUMENT, "Discounts!C4": "Discount", "Discounts!A5": "all"},
    "discounts-document": {"K9": 0.1, "Discounts!A5": "all", "Discounts!C5": 5},
    "many": {"A14": "ipsec", "K9": "free", "M9": "soon", "K11": 0.7, "K14": 0.3, "O15": "Annex", "K15": -1},
}


@pytest.fixture
def _inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the texts name the workbook, not where it is


def refusal(path: str, capsys: pytest.CaptureFixture[str]) -> str:
    """What the command says of a workbook that it refuses; it writes no file."""
    with pytest.raises(SystemExit) as ended:
        cli.main(["prices", "import", path, "-o", "book.yaml"])
    printed = capsys.readouterr()
    assert ended.value.code == 1
    assert printed.out == ""
    assert not Path("book.yaml").exists()
    return printed.err


@pytest.mark.usefixtures("_inside")
@pytest.mark.parametrize("name", REFUSED)
def test_wrong_cells_read_like_their_golden_text(
    name: str, golden: Callable[[Path, str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    filled(Path("prices.xlsx"), REFUSED[name])
    said = refusal("prices.xlsx", capsys)
    golden(GALLERY / f"{name}.txt", said)
    for problem in said.rstrip("\n").split("\n\n"):
        place, remedy = problem.split("\n")
        assert place.startswith(("prices.xlsx, sheet Prices, cell ", "prices.xlsx, sheet Discounts, cell "))
        assert remedy.startswith("  help: ")


def test_every_text_of_the_gallery_is_used() -> None:
    assert {path.stem for path in GALLERY.iterdir()} == {*REFUSED}


@pytest.mark.usefixtures("_inside")
def test_files_that_are_no_such_workbook(capsys: pytest.CaptureFixture[str]) -> None:
    Path("folder.xlsx").mkdir()
    Path("text.xlsx").write_text("sku,rate\n", encoding="utf-8")
    Path("old.xlsx").write_bytes(b"\xd0\xcf\x11\xe0" + b"\0" * 600)
    book = workbook()
    book.create_sheet("Scratch")
    book.save("scratch.xlsx")
    book = workbook()
    book[PRICES].title = "Preise"
    book.save("renamed.xlsx")
    with zipfile.ZipFile("damaged.xlsx", "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook")
    for name, said in {
        "missing.xlsx": "no such file",
        "folder.xlsx": "this is a folder",
        "text.xlsx": "this is no Excel workbook",
        "old.xlsx": "an old Excel file, or one with a password",
        "scratch.xlsx": "unknown sheet 'Scratch'",
        "renamed.xlsx": "there is no sheet 'Prices'; sheets are: 'How to', 'Preise', 'Discounts'",
        "damaged.xlsx": "cannot be read as an Excel workbook",
    }.items():
        told = refusal(name, capsys)
        assert said in told
        assert "  help: " in told
        assert "Traceback" not in told


@settings(max_examples=60)
@given(cells=st.dictionaries(
    st.one_of(
        st.tuples(st.sampled_from("ABCDEFGHKLMNOP"), st.integers(3, FIRST + 8)).map(lambda at: f"{at[0]}{at[1]}"),
        st.tuples(st.sampled_from("ABCDEFGH"), st.integers(4, 8)).map(lambda at: f"{DISCOUNTS}!{at[0]}{at[1]}"),
    ),
    st.one_of(
        st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Co", "Cn"]), max_size=12),
        st.integers(-10, 10**7),
        st.floats(allow_nan=False, allow_infinity=False),
        st.booleans(),
        st.datetimes(datetime(1950, 1, 1), datetime(2250, 1, 1)),
        st.none(),
    ),
    max_size=8,
))  # fmt: skip
def test_whatever_is_in_the_cells_it_is_a_book_that_loads_or_is_refused(
    cells: dict[str, Any], tmp_path_factory: Any
) -> None:
    path = filled(tmp_path_factory.mktemp("prices") / "prices.xlsx", {"B5": "Contract", "K9": 0.1, **cells})
    try:
        book = price_sheet_reading.read(str(path)).book
    except InputError as error:
        assert error.problems and all(problem.remedy for problem in error.problems), render_all(error.problems)
        return
    assert price_list.checked(parse_yaml(book_text.render(book), "book.yaml")) == book
