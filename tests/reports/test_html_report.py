"""The HTML report as a browser shows it: what it says, what can be done with it, and that a plan can put nothing in."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from planner import effect, statement, summary
from planner.plan import Plan, make_plan
from planner.scenario import read_scenario
from pricing import money
from pricing.book import load_books
from reports import cost_outline, html_chart, html_page, html_report, outline

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
needs_browser = pytest.mark.skipif(not CHROMIUM, reason="Chromium is not installed: apt-get install chromium")

SCRIPT, IMAGE, BRACES = "<script>alert(1)</script>", '"><img src=x onerror=alert(2)>', "{{7*7}}{% for %}"
HOSTILE = f"""
version: 1
name: hostile
title: '{SCRIPT} {BRACES} {IMAGE}'
contact: '{IMAGE} {BRACES}'
currency: USD
period: {{start: 2027-01, months: 3}}
price_books: [book.yaml]
estate:
  version: 1
  as_of: 2026-11-20
  accounts: {{hub: {{site: intl}}}}
  transit_routers:
    tr-a:
      region: ap-southeast-1
      account: hub
      attached: {{vpn: 49}}
      limits:
        vpn-attachments-per-transit-router: {{value: 50, from: 2026-01-01, source: '{SCRIPT} {IMAGE} {BRACES}'}}
attachments:
  branches:
    network_type: public
    transit_router: tr-a
    sites: 9
    cost_center: '{IMAGE} {SCRIPT} {BRACES}'
    internet_billing: legacy
    traffic: {{to_data_center_gb: 10}}
"""
BOOK = f"""
version: 1
site: intl
currency: USD
title: '{SCRIPT}'
references:
  ours:
    title: '{SCRIPT} {IMAGE} {BRACES}'
    url: "javascript:alert(3)"
    read_on: 2026-11-20
items:
  tr-connection:
    rates:
      - {{scope: ap-southeast-1, rate: 0.05, evidence: contract, source: ours}}
"""

CONTRAST = """() => {
  const parts = (color) => color.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => v / 255).map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const ground = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const color = parts(getComputedStyle(at).backgroundColor);
      if (color.length === 3 || color[3] > 0) return color;
    }
    throw new Error("there is no ground");
  };
  const poor = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let seen = 0;
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !node.checkVisibility() || node.closest("script")) continue;
    const style = getComputedStyle(node);
    const [one, other] = [light(parts(node.closest(".plot") ? style.fill : style.color)), light(ground(node))];
    const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    seen += 1;
    if (contrast < 4.5) poor.push(`${contrast.toFixed(2)}: ${walker.currentNode.data.trim()}`);
  }
  return [seen, poor];
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """The Chromium of the system."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def shown(browser: Any, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """`shown(plan)`: its report in a tab; in the end nothing was complained of, asked for or popped up."""
    opened = []

    def open_page(plan: Plan, **options: Any) -> Any:
        path = tmp_path / f"{len(opened)}.html"
        path.write_text(html_report.render(plan), encoding="utf-8")
        page = browser.new_page(**options)
        said: list[str] = []
        page.on("console", lambda message: said.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: said.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (said.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("request", lambda request: said.append(f"request: {request.url}"))
        page.goto(path.as_uri())
        opened.append((page, said, path))
        return page

    yield open_page
    for page, said, path in opened:
        page.close()
        # The page itself, and at most the empty icon that stands inside it.
        assert [one for one in said if one not in (f"request: {path.as_uri()}", "request: data:,")] == []


def texts(page: Any, selector: str) -> list[str]:
    """What is seen of each element, in its order."""
    return page.eval_on_selector_all(selector, "found => found.filter(e => e.checkVisibility()).map(e => e.innerText)")


def column(page: Any, table: str, number: int) -> list[str]:
    """The visible cells of a column of a table, from 1."""
    return texts(page, f"#{table} tbody tr > :nth-child({number})")


# What it says


@needs_browser
def test_verdict_and_key_figures_are_those_of_the_engine(shown: Callable[..., Any], exceeded: Plan) -> None:
    page, totals = shown(exceeded), summary.totals(exceeded)
    assert page.title() == outline.title(exceeded)
    assert texts(page, "#verdict h2") == ["Failed"]
    assert f"FAILED: {texts(page, '#verdict h2 + p')[0]}" == outline.verdict(exceeded)
    cards = dict(zip(texts(page, ".card dt"), texts(page, ".card .value span:last-child"), strict=True))
    peak = max(totals.amounts)
    assert cards["Total"] == f"USD {money.display(totals.subtotal)}"
    assert cards["Peak month"] == f"USD {money.display(peak)}"
    assert cards["Coverage"] == "100 %"
    assert cards["First quota exceeded"] == "2027-05-01T09:30"  # 38 exist + 6 × 2, then 18 × 2 more at half past nine
    sections = texts(page, "main h2")
    assert sections == [
        "Failed", "Cost in USD", "Quotas", "Capacity", "Findings", "Sources", "Assumptions",
        "Not included in any amount", "Input files",
    ]  # fmt: skip
    assert [f"#{one}" for one in page.eval_on_selector_all("main > section", "all => all.map(e => e.id)")] == (
        page.eval_on_selector_all("nav a", "all => all.map(e => e.getAttribute('href'))")
    )


@needs_browser
def test_tables_hold_what_text_and_markdown_say(shown: Callable[..., Any], exceeded: Plan) -> None:
    page, rows = shown(exceeded), summary.cost_rows(exceeded)
    total = money.display(summary.totals(exceeded).subtotal)
    assert column(page, "cost-tree", 1) == [line.name for line in cost_outline.cost_lines(exceeded, rows)]
    assert column(page, "cost-tree", 6) == [line.total for line in cost_outline.cost_lines(exceeded, rows)]
    for table in ("cost-tree", "cost-items", "costs-0"):
        assert texts(page, f"#{table} tfoot tr:last-child > :last-child") == [total]
    findings = zip(column(page, "finding-list", 2), column(page, "finding-list", 3), strict=True)
    assert [(what.split("\n→ ")[0], place) for what, place in findings] == [
        (one.message, str(one.location or "")) for one in exceeded.findings
    ]
    assert len(column(page, "source-list", 1)) == len(statement.used_sources(exceeded))
    assert texts(page, "#not-included li") == list(statement.not_included(exceeded))
    assert [re.fullmatch("[0-9a-f]{64}", one) is not None for one in column(page, "input-list", 4)] == [True, True]


@needs_browser
def test_table_of_the_chart_adds_up_as_shown(shown: Callable[..., Any], exceeded: Plan) -> None:
    page = shown(exceeded)
    page.click("summary")
    rows = page.eval_on_selector_all(
        "#cost-by-month tbody tr, #cost-by-month tfoot tr", "rows => rows.map(r => [...r.cells].map(c => c.innerText))"
    )
    assert len(rows) == 15 + 1  # months, and their sum

    def cents(text: str) -> int:
        return int(text.replace(",", "").replace(".", "") or 0)

    for name, *parts, total in rows:
        assert sum(map(cents, parts)) == cents(total), name


@needs_browser
def test_what_is_unknown_is_a_word(shown: Callable[..., Any], unpriced: Plan, dark: Plan, nothing: Plan) -> None:
    page = shown(unpriced)
    totals = summary.totals(unpriced)
    assert texts(page, ".card dt")[0] == "Priced subtotal"
    assert texts(page, ".card .value")[0] == f"CNY {money.display(totals.subtotal)}"
    assert texts(page, ".card:first-child .small")[0] == "+ what has no price"
    assert "?unpriced" in column(page, "cost-items", 6)
    assert "0.00" not in column(page, "cost-items", 6)
    assert texts(page, "#cost h3.loud")[0].endswith(cost_outline.unpriced(unpriced)[0])

    page = shown(dark)
    assert texts(page, ".card .value")[:2] == ["unpriced", "unpriced"]
    assert texts(page, "#cost-items tfoot td:last-child") == ["?unpriced"]
    assert not texts(page, "#monthly-cost")  # nothing to draw, and no bars of 0

    page = shown(nothing)
    assert texts(page, ".card .value")[0] == "nothing to pay"
    assert texts(page, "#cost p") == ["Nothing is attached in the period, so nothing costs anything."]


# What can be done with it


@needs_browser
def test_amounts_sort_as_numbers_and_come_back(shown: Callable[..., Any], exceeded: Plan) -> None:
    page, before = shown(exceeded), None
    head = page.locator("#cost-items thead th").last
    before = column(page, "cost-items", 6)

    def amounts() -> list[float]:
        return [float(text.replace(",", "")) for text in column(page, "cost-items", 6)]

    for order, wanted in (("descending", sorted(amounts(), reverse=True)), ("ascending", sorted(amounts()))):
        head.get_by_role("button").click()
        assert head.get_attribute("aria-sort") == order
        assert amounts() == wanted
        assert texts(page, "#cost-items tfoot th") == ["Total"]
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") == "none"
    assert column(page, "cost-items", 6) == before


@needs_browser
def test_unknown_amounts_come_last_either_way(shown: Callable[..., Any], unpriced: Plan) -> None:
    page = shown(unpriced)
    words = column(page, "cost-items", 6).count("?unpriced")
    assert words
    for _ in range(2):
        page.locator("#cost-items thead th button").last.click()
        found = column(page, "cost-items", 6)
        assert found[-words:] == ["?unpriced"] * words
        assert "?unpriced" not in found[:-words]


@needs_browser
def test_keyboard_reaches_a_head_and_sorts(shown: Callable[..., Any], exceeded: Plan) -> None:
    page = shown(exceeded)
    focused = "document.activeElement.closest('#cost-items thead th')?.innerText ?? document.activeElement.className"
    page.keyboard.press("Tab")
    assert page.evaluate(focused) == "skip"  # the first stop leads past the contents
    for _ in range(100):
        page.keyboard.press("Tab")
        if page.evaluate(focused) == "Item":
            break
    assert page.evaluate(focused) == "Item"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    names = column(page, "cost-items", 2)
    page.keyboard.press("Enter")
    assert column(page, "cost-items", 2) == sorted(names, key=str.lower)


@needs_browser
def test_rows_are_filtered_by_text_and_by_choice(shown: Callable[..., Any], exceeded: Plan) -> None:
    page = shown(exceeded)
    count = len(column(page, "cost-items", 1))
    page.get_by_role("search", name="Every item of every group").get_by_label("Search").fill("IPSEC-vpn")
    assert set(column(page, "cost-items", 2)) == {"IPsec-VPN connection"}
    page.get_by_role("search", name="Every item of every group").get_by_label("Transit router").select_option(
        "tr-frankfurt"
    )
    assert [*zip(column(page, "cost-items", 1), column(page, "cost-items", 2), strict=True)] == [
        ("frankfurt-dc", "IPsec-VPN connection")
    ]
    assert texts(page, "#cost-items output") == [f"1 of {count} rows; the total is that of all rows"]
    assert texts(page, "#cost-items tfoot td:last-child") == [money.display(summary.totals(exceeded).subtotal)]
    page.get_by_role("search", name="What was found").get_by_label("Level").select_option("error")
    assert len(column(page, "finding-list", 1)) == sum(one.level == "error" for one in exceeded.findings)


@needs_browser
def test_values_of_a_chart_show_on_hover_and_on_focus(shown: Callable[..., Any], exceeded: Plan) -> None:
    page, totals = shown(exceeded), summary.totals(exceeded)
    bars = page.locator("#monthly-cost .bar")
    assert bars.count() == 15
    assert not page.is_visible("#tip")
    bars.nth(3).hover()
    said = texts(page, "#tip")[0].splitlines()
    assert said[0] == f"2027-02: USD {money.display(totals.amounts[3])}"
    assert any(line.startswith("IPsec-VPN connection: USD ") for line in said)
    bars.first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("End")
    assert texts(page, "#tip")[0].startswith("2028-01: USD ")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("2028-01: USD ")
    assert page.eval_on_selector_all("#monthly-cost .bar[tabindex='0']", "all => all.length") == 1  # one stop of Tab


@needs_browser
def test_dark_follows_the_system_and_the_button(shown: Callable[..., Any], exceeded: Plan) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    page = shown(exceeded, color_scheme="light")
    light = page.evaluate(ground)
    page.get_by_role("button", name="Dark colours").click()
    dark = page.evaluate(ground)
    assert dark != light
    page.get_by_role("button", name="Light colours").click()
    assert page.evaluate(ground) == light
    assert shown(exceeded, color_scheme="dark").evaluate(ground) == dark


@needs_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_contrast(shown: Callable[..., Any], plans: dict[str, Plan], scheme: str) -> None:
    for name in ("exceeded", "unpriced"):
        page = shown(plans[name], color_scheme=scheme)
        page.click("summary")
        seen, poor = page.evaluate(CONTRAST)
        assert seen > 100
        assert poor == []


@needs_browser
def test_paper_shows_everything_in_light_colours(shown: Callable[..., Any], exceeded: Plan, browser: Any) -> None:
    page = shown(exceeded, color_scheme="dark")
    data = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", data)) > 2
    width, height = map(float, re.search(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", data).groups())  # type: ignore[union-attr]
    assert (round(width), round(height)) == (595, 842)  # A4, in points
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert not page.is_visible("nav")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.is_visible("#cost-by-month td >> nth=0")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.eval_on_selector_all("details[open]", "all => all.length") == 0


@needs_browser
def test_small_screen_scrolls_tables_and_nothing_else(shown: Callable[..., Any], exceeded: Plan) -> None:
    page = shown(exceeded, viewport={"width": 360, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


# What a plan cannot put in


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """A plan whose every free text tries to be more than text."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "book.yaml").write_text(BOOK, encoding="utf-8")
    (folder / "plan.yaml").write_text(HOSTILE, encoding="utf-8")
    scenario = read_scenario(str(folder / "plan.yaml"))
    return make_plan([scenario], load_books(scenario.site, scenario.price_books))


@needs_browser
def test_text_of_a_plan_stays_text(shown: Callable[..., Any], hostile: Plan) -> None:
    page = shown(hostile)
    page.wait_for_timeout(100)  # an image that is not there would have failed, and run its handler
    assert texts(page, "h1") == [f"hostile: {SCRIPT} {BRACES} {IMAGE}"]
    body = page.inner_text("body")
    assert f"Contact: {IMAGE} {BRACES}" in body
    assert f"{IMAGE} {SCRIPT} {BRACES}" in column(page, "costs-1", 1) + column(page, "costs-2", 1)  # a cost centre
    assert any(f"{SCRIPT} {IMAGE} {BRACES}" in text for text in column(page, "source-list", 2))
    assert "49{%" not in body
    assert (
        page.eval_on_selector_all("script, img, iframe, object, embed, link:not([href='data:,'])", "all => all.length")
        == 1
    )
    assert (
        page.eval_on_selector_all("a", "all => all.filter(a => !/^(#|https?:)/.test(a.getAttribute('href'))).length")
        == 0
    )


class _Tags(HTMLParser):
    """Elements and attributes of a document, as a browser would read them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_file_has_no_handlers_no_styles_in_place_and_names_no_other(plans: dict[str, Plan], hostile: Plan) -> None:
    for plan in (plans["exceeded"], plans["unpriced"], hostile):
        tags = _Tags(html_report.render(plan)).found
        assert sum(tag == "script" for tag, _ in tags) == sum(tag == "style" for tag, _ in tags) == 1
        for tag, attributes in tags:
            assert not [name for name in attributes if name.startswith("on") or name in ("style", "src", "srcset")]
            assert tag == "a" or attributes.get("href", "data:,") == "data:,"
            if (fill := attributes.get("fill")) is not None:
                assert re.fullmatch(r"url\(#[a-z0-9-]+\)", fill)


def test_policy_allows_our_style_and_script_by_their_hash_and_nothing_else(exceeded: Plan) -> None:
    text = html_report.render(exceeded)
    policy = next(one["content"] for tag, one in _Tags(text).found if "http-equiv" in one)
    style, script = (re.search(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL) for tag in ("style", "script"))
    assert style and script
    assert policy == (
        f"default-src 'none'; style-src '{html_report._hash(style[1])}'; script-src '{html_report._hash(script[1])}';"
        " img-src data:; base-uri 'none'; form-action 'none'"
    )


@needs_browser
def test_policy_stops_what_is_not_ours(browser: Any, exceeded: Plan, tmp_path: Path) -> None:
    path = tmp_path / "changed.html"
    foreign = "<script>document.title = 'changed'</script><img src='http://127.0.0.1:9/x.png'>"
    path.write_text(html_report.render(exceeded).replace("</main>", f"{foreign}</main>"), encoding="utf-8")
    page, said = browser.new_page(), []
    page.on("console", lambda message: said.append(message.text))
    page.goto(path.as_uri())
    assert page.title() == outline.title(exceeded)
    assert sum("Content Security Policy" in one for one in said) >= 2  # the script and the picture
    page.close()


def test_marks_that_turn_the_order_of_letters_are_written_out(exceeded: Plan) -> None:
    finding = replace(exceeded.findings[0], message="a\u202egnirts", remedy="of\ntwo lines")
    shown = html_report.render(replace(exceeded, findings=(finding,)))
    assert "\u202e" not in shown
    assert "a\\u202egnirts" in shown
    assert "of\\ntwo lines" in shown


# Its form


def test_same_plan_gives_the_same_text(plans: dict[str, Plan], plan_file: Path) -> None:
    for plan in plans.values():
        assert html_report.render(plan) == html_report.render(plan)


def test_headings_descend_in_order_and_ids_are_unique(plans: dict[str, Plan]) -> None:
    for plan in plans.values():
        tags = _Tags(html_report.render(plan)).found
        levels = [int(tag[1]) for tag, _ in tags if re.fullmatch("h[1-6]", tag)]
        assert levels[0] == 1 and levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))
        ids = [one["id"] for _, one in tags if "id" in one]
        assert len(ids) == len(set(ids))
        for name in ("aria-labelledby", "aria-describedby", "for"):
            assert {word for _, one in tags if one.get(name) for word in str(one[name]).split()} <= set(ids)


def test_every_table_has_a_caption_and_heads_with_a_scope(plans: dict[str, Plan]) -> None:
    for plan in plans.values():
        tags = _Tags(html_report.render(plan)).found
        assert sum(tag == "caption" for tag, _ in tags) == sum(tag == "table" for tag, _ in tags) > 0
        assert all(one.get("scope") in ("row", "col") for tag, one in tags if tag == "th")
        for section in html_report.page(plan).sections:
            for part in section.parts:
                for table in getattr(part, "tables", [part] if part.kind == "table" else []):
                    assert all(column.name for column in table.columns)
                    assert all(len(row) == len(table.columns) for row in (*table.rows, *table.foot))


def test_large_plan_shows_fewer_levels_and_says_so(large: Plan) -> None:
    shown = html_report.render(large)
    rows = summary.cost_rows(large)
    assert len(rows) > html_page.MOST_ROWS
    (table,) = [
        part for section in html_report.page(large).sections for part in section.parts
        if isinstance(part, html_page.Table) and part.id == "cost-items"
    ]  # fmt: skip
    assert len(table.rows) == html_page.MOST_ROWS
    assert table.foot[0][0].text == f"{len(rows) - html_page.MOST_ROWS:,} smaller ones, added up"
    # What is shown and what is added up is exactly the total.
    shown_nano = sum(row[-1].value or 0 for row in table.rows) + (table.foot[0][-1].value or 0)
    assert shown_nano == table.foot[1][-1].value == summary.totals(large).subtotal
    assert "the plan is large: no single items are listed here; line-items.csv holds all" in shown
    assert (
        len(html_chart.attachments(html_chart.panels(large), large.inventory.period.months)) == html_chart.MOST_PANELS
    )
    assert len(shown) < 3_000_000


def test_other_answers_are_told(exceeded: Plan) -> None:
    plan = replace(exceeded, effects=effect.effects(exceeded, load_books("intl")))
    said = {line for one in cost_outline.assumptions(plan)[0] for line in one.effects}
    assert said
    section = next(one for one in html_report.page(plan).sections if one.id == "assumptions")
    table = next(part for part in section.parts if isinstance(part, html_page.Table))
    assert {line for row in table.rows for line in row[-1].below} - {"there is no other"} == said


@pytest.mark.parametrize(
    ("most", "step", "top"),
    [
        (1, 1, 1),
        (6, 1, 6),
        (7, 2, 8),
        (71, 20, 80),
        (50, 10, 50),
        (61, 20, 80),
    ],
)
def test_axis_ends_on_a_whole_step(most: int, step: int, top: int) -> None:
    scale = html_chart._Scale.for_most(most, 1)
    assert (scale.step, scale.top) == (step, top)
    assert list(scale.ticks)[-1] == top >= most


def test_bars_are_as_high_as_their_amounts(exceeded: Plan) -> None:
    picture = html_chart.monthly_cost(exceeded)
    assert picture is not None
    totals = summary.totals(exceeded).amounts
    heights = [sum(float(piece.height) for piece in bar.pieces) for bar in picture.bars]
    highest = max(totals)
    for height, total in zip(heights, totals, strict=True):
        # Each piece is rounded to 1/100 of a pixel.
        assert height / max(heights) == pytest.approx(total / highest, abs=0.001)
