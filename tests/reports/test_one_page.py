"""The one page of a plan: what it says, as Markdown and as PDF, and that it stays one page whatever the plan holds."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PageObject, PdfReader

from planner import effect, summary, together
from planner.core.problem import Finding
from planner.plan import Plan, make_plan
from planner.scenario import read_scenario
from pricing import money
from pricing.book import load_books, load_price_lists
from reports import one_page, one_page_markdown, one_page_pdf, one_page_report, pdf_font
from reports.one_page import LONGEST, Bar, Figure, Page, Part, Row
from tests.support.drawn_plans import drawn
from tests.support.examples import SCENARIOS

HOSTILE = "<script>alert(1)</script> | [pay](http://evil.example) `code` **bold** &amp;"
SIDE_BY_SIDE = ("What it is", "What it costs", "Does it fit")


def part(page: Page, title: str) -> Part:
    return next(one for one in page.parts if one.title.startswith(title))


def facts(page: Page, title: str) -> dict[str, str]:
    return {row.cells[0]: row.cells[1] for row in part(page, title).rows}


def figures(page: Page) -> dict[str, str]:
    return {one.label: one.value for one in page.figures}


def read(data: bytes) -> tuple[PageObject, str]:
    """The only page of a PDF, and its text on one line."""
    reader = PdfReader(io.BytesIO(data), strict=True)
    assert len(reader.pages) == 1
    return reader.pages[0], " ".join(reader.pages[0].extract_text().split())


def priced(*names: str) -> Plan:
    """Examples together, with what other answers to the open questions would change."""
    scenarios = together.read([str(SCENARIOS / f"{name}.yaml") for name in names])
    books = load_price_lists(scenarios[0].sites, scenarios[0].price_books)
    plan = make_plan(scenarios, books)
    return replace(plan, effects=effect.effects(plan, books))


# What it says


def test_verdict_comes_first_with_the_place_of_the_gravest_finding(exceeded: Plan) -> None:
    page = one_page_report.page(exceeded)
    error = next(one for one in exceeded.findings if one.level == "error")
    assert error.location
    assert page.verdict.startswith("FAILED")
    assert error.message in page.reason
    assert page.place.endswith(f"plan.yaml:{error.location.line}")
    assert f"({page.place})" in page.why()
    assert f"({page.place})" in page.why(most=20)  # the place is never cut off


def test_gravest_is_what_is_exceeded_by_most(exceeded: Plan) -> None:
    error = next(one for one in exceeded.findings if one.level == "error" and one.measured)
    assert error.measured
    worse = replace(error, message="twice", measured=replace(error.measured, actual=2 * error.measured.limit))
    warning = Finding("other", "warning", "tr-a", None, "warned", "", "")
    page = one_page_report.page(replace(exceeded, findings=(error, worse, warning, warning)))
    assert page.reason == "The gravest of 2 errors: twice"
    rows = part(page, "Gravest findings").rows
    assert [(row.cells[0], row.counts) for row in rows] == [("2 errors", 2), ("2 warnings", 2)]


def test_amounts_are_those_of_the_engine(exceeded: Plan) -> None:
    page, totals = one_page_report.page(exceeded), summary.totals(exceeded)
    assert figures(page) == {
        "Total": f"USD {money.display(totals.subtotal)}",
        "First year": f"USD {money.display(sum(totals.amounts[:12]))}",
        "Peak month": f"USD {money.display(max(totals.amounts))}",
        "First quota exceeded": "2027-05-01T09:30",  # 38 exist + 6 × 2, then 18 × 2 more at half past nine
    }
    assert [bar.amount for bar in page.months] == list(totals.amounts)


def test_fit_names_excess_request_and_the_tightest_of_the_rest(exceeded: Plan) -> None:
    said = facts(one_page_report.page(exceeded), "Does it fit")
    # 38 + 24 × 2 = 86 of 50, and of 80 from June on; the estate states no lead time
    assert "tr-singapore from 2027-05-01T09:30" in said["First exceeded"]
    assert "limit 50 then, exceeded by 36 at most; 86 at the highest on 2027-05-01T09:30" in said["First exceeded"]
    assert said["Apply by"] == "not known, for a limit of 86 at least: the estate does not state lead_time_days"
    assert "at most 76 of 100 left" in said["Tightest of the rest"]  # 24 sites have a customer gateway each


def test_day_to_apply_is_that_of_the_example() -> None:
    said = facts(one_page_report.page(priced("apac-branches")), "Does it fit")
    assert said["Apply by"] == "2027-06-21, for a limit of 71 at least"  # 14 days before 2027-07-05
    # 59 from July on are 9 too many; the 71 of November fit into the 80 that are granted from October on
    assert "limit 50 then, exceeded by 9 at most; 71 at the highest on 2027-11-01" in said["First exceeded"]


def test_rollout_adds_up(exceeded: Plan) -> None:
    rows = part(one_page_report.page(exceeded), "Rollout").rows
    assert [row.cells for row in rows] == [
        ("2026-11-01", "", "+1", "1"),
        ("2027-02-15", "", "+6", "7"),
        ("2027-05-01T09:30", "", "+18", "25"),
    ]


def test_prices_say_how_list_becomes_bill_and_how_sure_they_are() -> None:
    said = facts(one_page_report.page(priced("contract-and-finance")), "What it costs")
    assert said["From list price to bill"].endswith("billed, before tax 37,539.43")
    assert "contract: rates and discounts -3,581.27" in said["From list price to bill"]
    assert said["How sure"].startswith("60.73 % contract")
    assert said["Unpriced"] == "nothing: every one of 288 line items has a price"
    assert "CNY 1 = USD 0.14" in said["Converted at"]


def test_what_is_unknown_is_a_word(dark: Plan, unpriced: Plan, nothing: Plan) -> None:
    page = one_page_report.page(dark)
    assert figures(page)["Priced subtotal"] == figures(page)["Peak month"] == "unpriced"
    assert "CNY 0.00" not in one_page_markdown.render(dark)
    assert not page.months  # no bars of 0
    assert "a part of the cost" in page.not_known
    assert "List and contract price" not in facts(page, "What it costs")
    amount = money.display(summary.totals(unpriced).subtotal)
    assert figures(one_page_report.page(unpriced))["Priced subtotal"] == f"CNY {amount} + unpriced"
    page = one_page_report.page(nothing)
    assert figures(page)["Total"] == "nothing to pay"
    assert part(page, "Rollout").note.endswith("1 step after the period")


def test_inputs_have_the_hashes_of_their_files() -> None:
    page = one_page_report.page(priced("apac-branches", "apac-warehouses"))
    rows = {Path(row.cells[1]).name: row.cells[2] for row in part(page, "Inputs").rows}
    for name in ("apac-branches.yaml", "apac-warehouses.yaml", "apac-estate.yaml"):
        assert rows[name] == sha256((SCENARIOS / name).read_bytes()).hexdigest()
    assert len(rows) == len(part(page, "Inputs").rows) == 4  # the estate of both stands there once


# How it is cut


def replace_weight(row: Row, weight: int) -> Row:
    return replace(row, weight=weight)


def test_rows_without_room_are_counted() -> None:
    rows = tuple(Row((str(number), ""), counts=number) for number in range(1, 7))
    listed = Part("T", rows, ("a", "b"), noun="finding", most=4, beyond=2)
    assert [*listed.shown()] == [*rows[:4], "and 13 more findings"]  # 5 + 6, and 2 without a row
    assert [*listed.shown(2)] == [*rows[:2], "and 20 more findings"]  # 3 + 4 + 5 + 6, and 2
    assert [*listed.shown(9)] == [*listed.shown()]
    weights = (3, 0, 1, 1, 2, 3)
    weighed = replace(listed, rows=tuple(map(replace_weight, rows, weights)), beyond=0)
    assert [row.cells[0] for row in weighed.shown() if isinstance(row, Row)] == ["1", "3", "5", "6"]  # in their order
    assert [*weighed.shown()][-1] == "and 6 more findings"  # 2 + 4
    assert [*replace(listed, most=5, beyond=0).shown()] == list(rows)  # a line saying "1 more" is no shorter
    assert [*Part("T", rows).shown(1)] == list(rows)  # facts are never left out


def test_named_waves_stay_where_there_is_little_room() -> None:
    listed = part(one_page_report.page(priced("apac-branches")), "Rollout")
    shown = [row.cells[:2] for row in listed.shown() if isinstance(row, Row)]
    assert [name for _, name in shown if name] == ["pilot", "wave-1", "wave-2", "wave-3"]
    assert (shown[0][0], shown[-1][0]) == ("2027-01-01", "2028-09-01")
    assert [*listed.shown()][-1] == "and 5 more dates"  # 11 in all


@pytest.mark.parametrize(
    ("text", "most", "cut"),
    [("abcdef", 6, "abcdef"), ("abcdefg", 6, "abcde…"), ("华东分支", 8, "华东分支"), ("华东分支", 6, "华东…")],
)
def test_texts_are_cut_by_their_width(text: str, most: int, cut: str) -> None:
    assert one_page.shortened(text, most) == cut


# As Markdown


def test_markdown_takes_texts_as_they_are(plan_of: Callable[[str], Plan]) -> None:
    plan = plan_of(
        "version: 1\nname: hostile\n"
        f"title: '{HOSTILE}'\ncontact: '{HOSTILE}'\n"
        "currency: USD\nperiod: {start: 2027-01, months: 2}\n"
        "estate:\n  version: 1\n  accounts: {hub: {site: intl}}\n"
        "  transit_routers: {tr-a: {region: ap-southeast-1, account: hub}}\n"
        "attachments:\n  only: {network_type: public, transit_router: tr-a, sites: 1, internet_billing: legacy}\n"
    )
    text = one_page_markdown.render(plan)
    for raw in ("<script>", "[pay]", "`code`", "**bold**", "&amp; "):
        assert raw not in text.replace("&amp;amp;", "")
    title, contact = text.splitlines()[0], next(line for line in text.splitlines() if line.startswith("- Contact"))
    for line in (title, contact):
        assert r"\<script\>alert(1)\</script\> \|" in line
    _, words = read(one_page_pdf.render(plan))
    assert HOSTILE in words  # and so does the PDF


# As PDF


def test_pdf_is_one_page_of_a4_with_verdict_and_total(plans: dict[str, Plan]) -> None:
    for name, plan in plans.items():
        page, words = read(one_page_pdf.render(plan))
        assert [round(float(side)) for side in page.mediabox] == [0, 0, 595, 842], name
        records = one_page_report.page(plan)
        for said in (records.title, records.verdict, *figures(records).values(), "Signature"):
            assert said in words, name


@pytest.mark.parametrize(
    "names",
    [
        ("contract-and-finance",),
        ("branches-400",),
        ("china-cny",),
        ("prepaid-plans",),
        ("apac-branches", "apac-warehouses"),
    ],
    ids="+".join,
)
def test_pdf_of_examples_holds_every_part(names: tuple[str, ...]) -> None:
    plan = priced(*names)
    page, words = read(one_page_pdf.render(plan))
    records = one_page_report.page(plan)
    for one in records.parts:
        assert one.title in words
    assert records.place in words
    for row in part(records, "Inputs").rows:
        assert row.cells[2] in words
    assert "more assumption" in words
    assert all(30 <= x <= 570 and 25 <= y <= 820 for x, y in places(page))


def places(page: PageObject) -> list[tuple[float, float]]:
    """Where the texts of a page begin, in points from its lower left."""
    found: list[tuple[float, float]] = []

    def visit(text: str, matrix: list[float], of_text: list[float], *_: object) -> None:
        if text.strip():
            found.append((of_text[4] + matrix[4], of_text[5] + matrix[5]))

    page.extract_text(visitor_text=visit)
    assert found
    return found


def test_pdf_names_title_and_contact_and_no_time(exceeded: Plan) -> None:
    data = one_page_pdf.render(exceeded)
    reader = PdfReader(io.BytesIO(data))
    assert reader.metadata
    assert dict(reader.metadata) == {
        "/Title": "apac-branches: APAC branch offices",
        "/Author": "network-architecture",
        "/Creator": one_page_report.page(exceeded).made_with,
        "/Subject": "FAILED: must not go ahead as it is planned",
    }
    assert reader.trailer["/Root"]["/Lang"] == "en"  # type: ignore[index]
    assert b"CreationDate" not in data


def test_pdf_has_the_same_bytes_whatever_was_drawn_before(plans: dict[str, Plan]) -> None:
    first = {name: one_page_pdf.render(plan) for name, plan in plans.items()}
    assert {name: one_page_pdf.render(plan) for name, plan in reversed(plans.items())} == first


def test_letters_that_the_font_lacks_are_shown_or_named(unpriced: Plan) -> None:
    _, words = read(one_page_pdf.render(unpriced))
    assert "华东分支机构" in words  # by a font of the reader, as text that can be searched
    assert "Letters of STSong-Light are not in this file" in words
    page = replace(one_page_report.page(unpriced), title="Büro 🛰 Šiauliai 한국")
    _, words = read(one_page_pdf.drawn(page))
    assert "Büro \\U0001f6f0 Šiauliai 한국" in words
    assert "Written as \\u and a number: 1 letter that no font has." in words


def test_ordinary_text_needs_no_note() -> None:
    assert pdf_font.notes("Zürich – Łódź ✓ 5 € ≥ 3") == []
    assert pdf_font.notes("עברית") == ["Letters of scripts that run from right to left stand in reverse."]


LETTERS = st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"])


def texts(most: int) -> st.SearchStrategy[str]:
    """Texts as the records hold them: cut, on one line; the widest as well."""
    drawn = st.one_of(st.text(LETTERS, max_size=most), st.sampled_from(["W" * most, "W " * most, "华" * most, ""]))
    return drawn.map(lambda text: one_page.shortened(" ".join(text.split()), most))


def rows(most: int, *cells: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[Row, ...]]:
    return st.lists(st.tuples(*cells).map(Row), max_size=most).map(tuple)


@st.composite
def pages(draw: st.DrawFn) -> Page:
    """Pages within the bounds of their records."""
    long, name, date = texts(LONGEST), texts(60), st.just("2027-05-01T09:30")
    count, level, digest = st.just("+1,000,000"), st.just("300 warnings"), st.just("a" * 64)
    listed = [
        ("Rollout", rows(40, date, name, count, count), ("date", "wave", "sites", "sites then"), "<<>>", "date", 6),
        ("Findings", rows(40, level, long, texts(66)), ("level", "what", "place"), "<<<", "finding", 5, 10**6),
        ("Assumptions", rows(12, name, long), ("assumption", "another answer"), "<<", "assumption", 4),
        (
            "Inputs",
            rows(30, st.just("attachment table"), name, digest),
            ("input", "file", "SHA-256"),
            "<<<",
            "input",
            8,
        ),
    ]
    parts = [Part(title, draw(rows(8, st.just("From list price to bill"), long))) for title in SIDE_BY_SIDE]
    parts += [Part(title, draw(found), *rest) for title, found, *rest in listed]  # type: ignore[arg-type]
    months = draw(st.lists(st.tuples(st.integers(-(10**18), 10**18), st.booleans()), max_size=120))
    return Page(
        name="drawn",
        title=draw(texts(120)),
        facts=draw(texts(120)),
        contact="",
        passed=draw(st.booleans()),
        verdict="FAILED: must not go ahead as it is planned",
        reason=draw(texts(LONGEST + 100)),
        place=draw(texts(66)),
        not_known=draw(texts(60)),
        judged="by",
        figures=tuple(Figure(label, draw(texts(40)), draw(name)) for label in "abcd"),
        parts=(*parts[:-1], replace(parts[-1], exact=True)),
        months=tuple(Bar("2027-01", amount, missing) for amount, missing in months),
        currency="USD",
        signed=("Decision", "Name", "Date", "Signature"),
        made_with="cenplan",
    )


@drawn(25)
@given(pages())
def test_every_page_fits(page: Page) -> None:
    found, words = read(one_page_pdf.drawn(page))
    assert "Signature" in words
    assert page.verdict in words
    assert one_page_pdf.needed(page, one_page_pdf.fitting(page)) <= one_page_pdf.FREE  # nothing had to be scaled
    assert all(25 <= y <= 820 for _, y in places(found))


def test_a_page_beyond_all_bounds_is_scaled(exceeded: Plan) -> None:
    page = one_page_report.page(exceeded)
    page = replace(page, parts=(*page.parts, Part("More", tuple(Row((str(n), "fact")) for n in range(300)))))
    found, words = read(one_page_pdf.drawn(page))
    assert "299 fact" in words
    assert "Signature" in words
    assert all(25 <= y <= 820 for _, y in places(found))


def test_a_plan_of_long_names_fits(tmp_path: Path) -> None:
    long, wide = "Ein langer Titel " * 100, "华东" * 300
    waves = {f"wave-{n}{'z' * 50}": f"2027-{n + 1:02}-10" for n in range(12)}
    groups = "".join(
        f"  g{g}{'q' * 50}:\n    network_type: public\n    transit_router: tr-{g % 2}{'y' * 50}\n"
        f"    cost_center: '{wide[:60]}'\n    rollout:\n"
        + "".join(f"      - {{wave: {name}, add_sites: {g + 1}}}\n" for name in waves)
        for g in range(8)
    )
    path = tmp_path / "plan.yaml"
    path.write_text(
        f"version: 1\nname: {'n' * 60}\ntitle: '{long}'\ncontact: '{wide}'\ncurrency: USD\n"
        "period: {start: 2027-01, months: 60}\n"
        f"estate:\n  version: 1\n  as_of: 2026-11-20\n  accounts: {{hub{'h' * 50}: {{site: intl}}}}\n"
        "  transit_routers:\n"
        + "".join(f"    tr-{n}{'y' * 50}: {{region: eu-central-1, account: hub{'h' * 50}}}\n" for n in range(2))
        + "waves:\n" + "".join(f"  {name}: {day}\n" for name, day in waves.items())
        + f"attachments:\n{groups}",
        encoding="utf-8",
    )  # fmt: skip
    scenario = read_scenario(str(path))
    plan = make_plan([scenario], load_books(scenario.site))
    assert not plan.passed
    _, words = read(one_page_pdf.render(plan))
    assert "Ein langer Titel" in words
    assert "more dates" in words
    assert "Signature" in words
