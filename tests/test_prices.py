"""`cenplan prices`: what is known, what stands in the books, what a book changes; as users see it."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner import cli, price_effect, price_need
from planner.command import with_prices
from planner.core.region import REGIONS
from planner.core.source import YamlSource, parse_yaml
from planner.scenario import read_scenario
from pricing import book_text, coverage, price_diff, price_list
from pricing.book import load_books
from pricing.line_item import UNKNOWN
from pricing.money import NANO
from pricing.price_diff import Change
from pricing.sku import skus
from tests.support.examples import EXAMPLES, SCENARIOS
from tests.support.told import unfolded
from tests.test_document_schema import errors, validator

ROOT = SCENARIOS.parent
GOLDEN = ROOT / "tests" / "golden" / "prices"
NEW = """\
version: 1
title: Contract of 2027
site: cn
currency: CNY
references:
  letter: {title: Letter of 2027-03-03, read_on: 2027-03-04}
items:
  ipsec-connection:
    rates:
      - {scope: mainland, rate: 0.30, evidence: contract, source: letter}
  tr-data-processing:
    rates:
      - {scope: cn-shenzhen, rate: 0.11, effective_from: 2027-04-01, evidence: contract, source: letter}
  vbr-outbound:
    rates:
      - {scope: [cn-hangzhou, cn-shenzhen], rate: 0.09, effective_from: 2027-07-01, evidence: contract, source: letter}
"""


class Ended(NamedTuple):
    """How a command ended, and what it wrote."""

    status: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def _as_a_user_in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)  # the outputs name the files as the user does
    for name in ("AS_OF", "OUT", "FORMAT", "SITE", "DEBUG"):
        monkeypatch.delenv(f"CENPLAN_{name}", raising=False)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ended]:
    """`run("list")`: `cenplan prices list` inside this process."""

    def call(*arguments: object) -> Ended:
        with pytest.raises(SystemExit) as ended:
            cli.main(["prices", *map(str, arguments)])
        assert isinstance(ended.value.code, int)
        return Ended(ended.value.code, *capsys.readouterr())

    return call


# What users see


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("coverage-intl.txt", ["coverage"]),
        ("coverage-cn.txt", ["coverage", "--site", "cn"]),
        ("coverage-cn.md", ["coverage", "--site", "cn", "-f", "markdown"]),
        ("coverage-cn.csv", ["coverage", "--site", "cn", "-f", "csv"]),
        ("coverage-china-cny.txt", ["coverage", "scenarios/china-cny.yaml"]),
        ("coverage-china-cny.json", ["coverage", "scenarios/china-cny.yaml", "-f", "json"]),
        ("coverage-china-cny.csv", ["coverage", "scenarios/china-cny.yaml", "-f", "csv"]),
        ("coverage-china-cny.md", ["coverage", "scenarios/china-cny.yaml", "-f", "markdown", "--as-of", "2027-02-01"]),
        ("coverage-cdt-move.txt", ["coverage", "scenarios/cdt-move.yaml"]),
        ("list-intl.txt", ["list"]),
        ("list-cn.csv", ["list", "--site", "cn", "-f", "csv"]),
        ("list-cn.json", ["list", "--site", "cn", "-f", "json"]),
        ("show-cdt-internet.txt", ["show", "cdt-internet", "--site", "cn"]),
        ("show-cdt-internet-beijing.txt", ["show", "cdt-internet", "--site", "cn", "--region", "cn-beijing"]),
        ("show-vbr-outbound-2027.txt", ["show", "vbr-outbound", "--on", "2027-01-01"]),
        ("show-vbr-outbound.json", ["show", "vbr-outbound", "--region", "me-east-1", "-f", "json"]),
        ("show-ipsec-connection-cn.txt", ["show", "ipsec-connection", "--site", "cn"]),
        ("diff-shipped.md", ["diff", "shipped", "scenarios/contract-cn.yaml", "-f", "markdown"]),
        ("diff-removed.txt", ["diff", "scenarios/contract-cn.yaml", "shipped", "scenarios/china-cny.yaml"]),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_command_prints_what_is_kept(
    name: str, arguments: list[str], run: Callable[..., Ended], golden: Callable[[Path, str], None]
) -> None:
    ended = run(*arguments)
    assert (ended.status, ended.err) == (0, "")
    golden(GOLDEN / name, ended.out)
    if name.endswith(".txt"):
        lines = [line for line in ended.out.splitlines() if "https://" not in line]
        assert max(map(len, lines)) <= 100, "wider than a terminal"


@pytest.mark.parametrize("form", ["text", "json"])
def test_diff_with_a_plan_prints_what_is_kept(
    form: str,
    run: Callable[..., Ended],
    golden: Callable[[Path, str], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Paths from the current folder: where lines are wrapped must not depend on how long that of tmp_path is.
    (tmp_path / "scenarios").symlink_to(SCENARIOS)
    (tmp_path / "new.yaml").write_text(NEW, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    ended = run("diff", "scenarios/contract-cn.yaml", "new.yaml", "scenarios/china-cny.yaml", "-f", form)
    assert (ended.status, ended.err) == (0, "")
    golden(GOLDEN / f"diff-contract.{'txt' if form == 'text' else form}", ended.out)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["show", "tr-conection"], "unknown item 'tr-conection': did you mean 'tr-connection'?"),
        (["show", "tr-connection", "--region", "singapore"], "did you mean 'ap-southeast-1', Singapore?"),
        (["show", "tr-connection", "--on", "1.1.2027"], "'1.1.2027' is not a day written as YYYY-MM-DD"),
        (["coverage", "--site", "us"], "'us' is not one of 'intl', 'cn'"),
        (["coverage", "--as-of", "2027"], "'2027' is not a day"),
        (["coverage", "scenarios/china-cny.yaml", "--site", "intl"], "the accounts of the plan are of site cn"),
        (["coverage", "-f", "text", "-f", "json"], "several formats need a folder"),
        (["diff", "shipped", "shipped"], "do not differ from themselves"),
        (["diff", "shipped", "no.yaml"], "no such file"),
        (["diff", "shipped", "scenarios/contract-cn.yaml", "scenarios/two-routers.yaml"], "site intl"),
        (["lint", "no.yaml"], "no such file"),
        (["lint", "scenarios/two-routers.yaml"], "'references' is missing"),
        (["template", "-o", "prices.xls"], "does not end in .xlsx"),
        (["import", "no.xlsx"], "no such file"),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, list) else "",
)
def test_wrong_use_ends_with_1_and_says_why(arguments: list[str], said: str, run: Callable[..., Ended]) -> None:
    ended = run(*arguments)
    assert (ended.status, ended.out) == (1, "")
    assert said in " ".join(ended.err.split())
    assert "Traceback" not in ended.err


def test_several_formats_go_into_a_folder(run: Callable[..., Ended], tmp_path: Path) -> None:
    assert run("coverage", "-f", "text", "-f", "csv", "-f", "json", "-o", tmp_path).status == 0
    assert {path.name for path in tmp_path.iterdir()} == {f"prices-intl-coverage.{e}" for e in ("txt", "csv", "json")}


# Lint


def test_lint_passes_a_good_book_and_tells_every_problem_of_a_bad_one(
    run: Callable[..., Ended], tmp_path: Path
) -> None:
    good = run("lint", "scenarios/contract-cn.yaml")
    assert good == Ended(0, "scenarios/contract-cn.yaml: no problem; 3 rates of 3 items\n", "")
    bad = tmp_path / "bad.yaml"
    wrong = NEW.replace("ipsec-connection", "ipsec-conection").replace("cn-shenzhen, rate: 0.11", "cn-shenzen, rate: x")
    bad.write_text(wrong.replace("currency: CNY", "currency: USD"), encoding="utf-8")
    ended = run("lint", bad)
    assert (ended.status, ended.out) == (1, "")
    assert "rate must be a number, not 'x'" in ended.err  # its form first; then what only the whole can show
    bad.write_text(wrong.replace("rate: x", "rate: 1").replace("currency: CNY", "currency: USD"), encoding="utf-8")
    ended = run("lint", bad)
    problems = [line for line in unfolded(ended.err).splitlines() if ": error: " in line]
    assert [re.sub(r".*: error: ", "", line) for line in problems] == [
        "the book is in USD, accounts of site cn are billed in CNY",
        "unknown item 'ipsec-conection'",
        "unknown scope 'cn-shenzen'",
    ]
    assert ended.err.count("  help: ") == 3


@pytest.mark.parametrize("path", sorted((ROOT / "pricing" / "books").glob("*/*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_book_passes(path: Path, run: Callable[..., Ended]) -> None:
    assert run("lint", path).status == 0


# Coverage


@pytest.mark.parametrize(
    ("read_on", "days"),
    [
        ("2026-11", 29),  # from 2026-11-01
        ("2026-11-20", 10),
        ("2026-12", 0),  # read later
        ("November", None),
        (None, None),
    ],
)
def test_age_counts_from_the_first_day_of_a_month(read_on: str | None, days: int | None) -> None:
    assert coverage.age_days(read_on, date(2026, 11, 30)) == days


@pytest.mark.parametrize("example", EXAMPLES)
def test_needs_of_a_plan_are_those_of_its_lines(example: str) -> None:
    plan, books = with_prices([read_scenario(str(SCENARIOS / f"{example}.yaml"))])
    needs, lines = price_need.needs(plan, books), plan.lines
    given = sum(one.lines for one in price_need.given(plan))
    assert sum(need.lines for need in needs) + given == len(lines.month)
    assert sum(need.unpriced_lines + need.unknown_lines for need in needs) == int((~lines.priced).sum())
    found: dict[tuple[str, str], int] = {}
    for row in (~lines.priced & (lines.quantity != UNKNOWN)).nonzero()[0].tolist():
        key = (lines.skus[lines.sku[row]], plan.inventory.regions[lines.region[row]])
        found[key] = found.get(key, 0) + int(lines.quantity[row])
    told: dict[tuple[str, str], int] = {}
    for need in needs:
        if need.unpriced:
            leaves = need.place.partition(">")[0]  # a lane is used where it leaves
            told[need.sku, leaves] = told.get((need.sku, leaves), 0) + need.unpriced
    assert told == found


def test_price_that_begins_within_the_period_splits_what_is_needed() -> None:
    read = read_scenario(str(SCENARIOS / "china-cny.yaml"))
    read = replace(read, price_books=(*read.price_books, parse_yaml(NEW, "new.yaml")))
    plan, books = with_prices([read])
    found = [need for need in price_need.needs(plan, books) if need.sku == "tr-data-processing"]
    assert [(n.place, str(n.first), str(n.last), bool(n.tiers), n.unpriced) for n in found] == [
        ("cn-hangzhou", "2027-01", "2027-12", True, 0),
        # 3 sites x 900 GB in three months, and 2,400 GB of the laboratory in March
        ("cn-shenzhen", "2027-01", "2027-03", False, (3 * 3 * 900 + 2400) * 10**6),
        ("cn-shenzhen", "2027-04", "2027-12", True, 0),
    ]


def test_headline_of_the_sites_is_that_of_the_readme(run: Callable[..., Ended]) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for site in ("intl", "cn"):
        headline, _, _ = run("coverage", "--site", site).out.splitlines()[1].partition(":")
        assert headline.endswith(" prices are known")
        assert headline in readme


def test_csv_has_a_row_for_every_region_and_item(run: Callable[..., Ended]) -> None:
    rows = list(csv.DictReader(io.StringIO(run("coverage", "-f", "csv").out.removeprefix("\ufeff"))))
    assert len(rows) == 330 + 72  # 10 items in 33 regions; 2 on 26 lanes between areas and 2 on 10 across the border
    assert len(rows) == sum(len(one.places) for one in skus().values())
    assert sum(row["status"] != "unknown" for row in rows) == 302
    assert {row["known_to"] for row in rows if row["status"] == "tier 1 only"} == {"10240"}


# List and show


@pytest.mark.parametrize("site", ["intl", "cn"])
def test_list_has_every_rate_that_applies_anywhere(site: str, run: Callable[..., Ended]) -> None:
    entries = json.loads(run("list", "--site", site, "-f", "json").out)["entries"]
    listed = {
        (*e["skus"], scope, e["from"], e["rate"]) for e in entries if e["kind"] == "rate" for scope in e["scopes"]
    }
    books = load_books(site)
    for sku, one in skus().items():
        for place in one.places:
            for tier in books.schedule(sku, place, date(2027, 1, 1)):
                start = f"{Decimal(tier.start).scaleb(-6).normalize():f}"
                assert (sku, tier.rate.scope, start, f"{tier.rate.value:f}") in listed


def test_show_on_a_day_leaves_out_what_has_ended(run: Callable[..., Ended]) -> None:
    before, after = (run("show", "vbr-outbound", "--on", day).out for day in ("2026-12-31", "2027-01-01"))
    assert "51,200 GB free" in before  # the promotion ends with 2026
    assert "51,200 GB free" not in after


# Diff


def book(*rates: str, sku: str = "tr-connection", name: str = "book.yaml") -> YamlSource:
    """A book of one item of the international site; each rate is the inside of a mapping."""
    rows = "".join(f"      - {{{rate}, evidence: contract, source: c}}\n" for rate in rates)
    head = "version: 1\ntitle: Book\nsite: intl\ncurrency: USD\nreferences:\n  c: {title: C, read_on: 2026-11}\nitems:"
    return parse_yaml(f"{head}\n  {sku}:\n    rates:\n{rows}" if rates else f"{head} {{}}\n", name)


def changes(old: YamlSource, new: YamlSource) -> tuple[Change, ...]:
    files = [price_list.checked(old), price_list.checked(new)]
    days = price_list.days([*price_list.shipped("intl"), *files])
    listings = [price_list.listing([file]) for file in files]
    return price_diff.changes(load_books("intl", [old]), load_books("intl", [new]), days, listings)


def test_change_says_from_which_day_where_and_by_how_much() -> None:
    old = book("scope: all, rate: 0.05")
    new = book("scope: all, rate: 0.05", "scope: mainland, rate: 0.04, effective_from: 2027-04-01")
    (change,) = changes(old, new)
    assert coverage.region_names(change.places) == ["all of mainland"]
    assert (change.kind, change.effective_from, change.effective_until) == ("changed", date(2027, 4, 1), None)
    assert change.contracted.percent == Decimal("-20.00")  # (0.04 - 0.05) / 0.05


def test_what_a_book_no_longer_says_falls_back_to_the_shipped_price_or_is_removed() -> None:
    old, none = book("scope: all, rate: 0.05", sku="cdt-internet"), book()
    found = {change.places[0]: change.kind for change in changes(old, none) if change.end is None}
    assert found["ap-southeast-1"] == "changed"  # the shipped tiers hold again
    assert found["cn-hongkong"] == "removed"  # nothing is shipped
    assert found["cn-hangzhou"] == "removed"  # beyond tier 1
    assert not changes(none, none)


def test_same_rate_on_other_evidence_is_no_change_of_price() -> None:
    found = changes(book(), book("scope: overseas, rate: 0.06"))
    assert {change.kind for change in found} == {"evidence"}  # shipped: 0.06, secondary


def test_percent_of_what_was_free_or_unknown_is_not_given() -> None:
    (change,) = changes(book("scope: all, rate: 0"), book("scope: all, rate: 1"))
    assert change.contracted.percent is None


days_of = st.one_of(st.none(), st.dates(date(2026, 1, 1), date(2027, 12, 31)))
flat_rates = st.lists(
    st.tuples(
        st.sampled_from(["mainland", "overseas", "all", "eu-west-1"]), st.sampled_from(["0.05", "0.06", "1"]), days_of
    ),
    max_size=4,
    unique_by=lambda rate: (rate[0], rate[2]),
)


@settings(max_examples=60)
@given(old=flat_rates, new=flat_rates, on=st.dates(date(2025, 12, 1), date(2028, 2, 1)))
def test_changes_are_exactly_where_the_books_differ(old: Any, new: Any, on: date) -> None:
    sources = [
        book(
            *(
                f"scope: {scope}, rate: {rate}" + (f", effective_from: {day}" if day else "")
                for scope, rate, day in rates
            )
        )
        for rates in (old, new)
    ]
    found = changes(*sources)
    before, after = (load_books("intl", [source]) for source in sources)
    for region in REGIONS:
        (a,), (b,) = (books.schedule("tr-connection", region, on) for books in (before, after))
        told = [
            tuple(rate and rate.value for rate in change.contracted)
            for change in found
            if region in change.places
            and (change.effective_from is None or change.effective_from <= on)
            and (change.effective_until is None or on < change.effective_until)
        ]
        differs = (a.rate.value, a.rate.reference) != (b.rate.value, b.rate.reference)
        assert told == ([(a.rate.value, b.rate.value)] if differs else [])


def effect_on(example: str, new: str) -> price_effect.Effect:
    """What a book after those of an example does to it."""
    read = read_scenario(str(SCENARIOS / f"{example}.yaml"))
    other = replace(read, price_books=(*read.price_books, parse_yaml(new, "new.yaml")))
    return price_effect.effect(with_prices([read])[0], with_prices([other])[0])


def test_effect_on_a_plan_is_the_change_of_rate_times_hours() -> None:
    read = read_scenario(str(SCENARIOS / "apac-branches.yaml"))
    new = book("scope: all, rate: 0.07, effective_from: 2027-02-01", name="new.yaml")
    other = replace(read, price_books=(*read.price_books, new))
    old_plan, new_plan = with_prices([read])[0], with_prices([other])[0]
    found = price_effect.effect(old_plan, new_plan)
    lines = old_plan.lines
    tr = lines.skus.index("tr-connection")
    for column, pair in enumerate(found.by_month):
        rows = [n for n in range(len(lines.month)) if lines.month[n] == column and lines.sku[n] == tr]
        expected = sum(  # hours x (0.07 - list rate), from February on
            Decimal(int(lines.quantity[n])) / 10**6 * (Decimal("0.07") - lines.rates[lines.rate[n]].value) for n in rows
        )
        later = (old_plan.inventory.period.months[column].first_day >= date(2027, 2, 1)) * expected
        assert pair.difference is None or Decimal(pair.difference) / NANO == later
    assert any(pair.difference for pair in found.by_month)


def test_unpriced_is_neither_0_nor_a_saving() -> None:
    found = effect_on("china-cny", NEW)
    assert found.total.difference is None
    assert found.total.new.amount > found.total.old.amount  # more of it is priced, which is no rise of cost
    assert found.priced_by_new is not None
    assert found.priced_by_new.difference is None
    # What both price: VBR outbound costs 0.01 more from July on, 5,000 GB in each of six months.
    assert found.priced_by_both.difference == 6 * 5000 * NANO // 100
    by_item = {pair.key: pair.difference for pair in found.by_item}
    assert by_item["ipsec-connection"] == 0
    assert by_item["tr-data-processing"] is None  # January to March stay unpriced in Shenzhen


@pytest.mark.parametrize("example", EXAMPLES)
def test_parts_of_an_effect_add_up(example: str) -> None:
    site = read_scenario(str(SCENARIOS / f"{example}.yaml")).site
    found = effect_on(example, NEW if site == "cn" else book("scope: all, rate: 0.07").text)
    parts = [found.priced_by_both, found.priced_by_new, found.priced_by_old, found.priced_by_neither]
    for split in (found.by_month, found.by_item, [part for part in parts if part]):
        assert sum(pair.old.amount for pair in split) == found.total.old.amount
        assert sum(pair.new.amount for pair in split) == found.total.new.amount
        assert all(pair.old.complete for pair in split) == found.total.old.complete
    assert found.priced_by_both.difference is not None


def test_each_book_stands_in_the_place_of_the_other(run: Callable[..., Ended], tmp_path: Path) -> None:
    # china-cny names contract-cn.yaml itself: comparing it with a copy of it changes nothing.
    copy = tmp_path / "copy.yaml"
    copy.write_bytes((SCENARIOS / "contract-cn.yaml").read_bytes())
    result = json.loads(
        run("diff", SCENARIOS / "contract-cn.yaml", copy, SCENARIOS / "china-cny.yaml", "-f", "json").out
    )
    assert result["changes"] == []
    (plan,) = result["plans"]
    assert plan["total"]["old"] == plan["total"]["new"]
    assert plan["total"]["old"]["priced"] == "336062.24"  # what the header of the example says
    assert plan["total"]["difference"] is None


# Template and import, as commands


def test_from_the_template_to_a_plan_that_is_priced(run: Callable[..., Ended], tmp_path: Path) -> None:
    sheet, contract = tmp_path / "prices.xlsx", tmp_path / "book.yaml"
    written = run("template", "scenarios/china-cny.yaml", "-o", sheet)
    assert written == Ended(0, f"{sheet}: 4 rates to be filled in, 10 in use\n", "")
    again = run("template", "scenarios/china-cny.yaml", "-o", sheet)
    assert again.status == 1
    assert "exists already and may have been filled in" in unfolded(again.err)
    filled = openpyxl.load_workbook(sheet)
    page = filled["Prices"]
    page["B5"] = "Contract 2027-014"
    for row, rate in {9: 0.12, 10: 0.8, 11: 0.7, 12: 0.65, 13: 0.6}.items():
        page.cell(row, 11, rate)
    filled.save(sheet)
    made = run("import", sheet, "-o", contract, "--title", "Ours")
    assert made == Ended(0, "", "5 new rates; 9 rows left as they are\n")
    assert run("lint", contract).status == 0
    assert run("import", sheet).out == contract.read_text(encoding="utf-8").replace(
        '"Ours"', '"Prices from prices.xlsx"'
    )
    result = json.loads(run("diff", "shipped", contract, "scenarios/china-cny.yaml", "-f", "json").out)
    missing = [row["new"]["complete"] for row in result["plans"][0]["by_item"]]
    assert missing.count(False) == 1  # outbound traffic over an ECR has no billing rule, so no price can help


def test_import_never_writes_over_its_own_workbook(run: Callable[..., Ended], tmp_path: Path) -> None:
    sheet = tmp_path / "prices.xlsx"
    run("template", "-o", sheet)
    content = sheet.read_bytes()
    ended = run("import", sheet, "-o", sheet)
    assert ended.status == 1
    assert "the workbook itself" in ended.err
    assert sheet.read_bytes() == content


# Both sides of a price, lanes, discounts and both sites

BOTH_SITES = """\
version: 1
name: both
currency: USD
period: {start: 2027-01, months: 2}
price_books: [east.yaml]
estate:
  version: 1
  as_of: 2026-11-20
  accounts: {hub: {site: intl}, east: {site: cn}}
  transit_routers:
    tr-de: {region: eu-central-1, account: hub}
    tr-hz: {region: cn-hangzhou, account: east}
finance:
  version: 1
  exchange_rates: [{from: CNY, to: USD, rate: 0.14, agreed_on: 2026-11-20, source: treasury}]
attachments:
  shops: {network_type: public, transit_router: tr-de, internet_billing: cdt, sites: 1,
    traffic: {to_data_center_gb: 500, from_data_center_gb: 100}}
  office: {network_type: public, transit_router: tr-hz, internet_billing: cdt, sites: 1, cloud_region: cn-shanghai,
    inter_region_class: gold, traffic: {to_data_center_gb: 120, from_data_center_gb: 10}}
"""
EAST = """\
version: 1
title: East
site: cn
currency: CNY
references: {c: {title: Contract, read_on: 2026-11-20}}
items:
  ipsec-connection: {rates: [{scope: mainland, rate: 0.05, evidence: contract, source: c}]}
"""
DISCOUNT = """\
discounts: [{items: all, discount_percent: 10, evidence: contract, source: c}]
expected: [{items: tr-connection, change_percent: 100, effective_from: 2027-02-01, evidence: assumed, source: c}]
"""


@pytest.fixture
def both(tmp_path: Path) -> Path:
    """A plan with accounts of both sites, beside its price book and others."""
    (tmp_path / "plan.yaml").write_text(BOTH_SITES, encoding="utf-8")
    (tmp_path / "east.yaml").write_text(EAST, encoding="utf-8")
    (tmp_path / "discount.yaml").write_text(EAST + DISCOUNT, encoding="utf-8")
    (tmp_path / "intl.yaml").write_text(EAST.replace("cn\n", "intl\n").replace("CNY", "USD"), encoding="utf-8")
    return tmp_path


def test_coverage_of_both_sites_says_what_is_known_by_contract_alone(run: Callable[..., Ended], both: Path) -> None:
    document = json.loads(run("coverage", both / "plan.yaml", "-f", "json").out)
    assert [(site["site"], site["currency"]) for site in document["sites"]] == [("intl", "USD"), ("cn", "CNY")]
    rows = {(row["site"], row["sku"], row["place"]): row for row in document["rows"]}
    connection = rows["cn", "ipsec-connection", "cn-hangzhou"]
    assert (connection["list_status"], connection["list_rates"]) == ("unknown", [])
    assert (connection["status"], connection["rates"], connection["evidence"]) == ("known", ["0.05"], "contract")
    assert rows["cn", "inter-region-gold", "cn-shanghai>cn-hangzhou"]["rates"] == ["0.48"]
    text = run("coverage", both / "plan.yaml").out
    assert re.search(r"ipsec-connection +cn-hangzhou +2027-01..2027-02 +unknown +0.05 contract", text)
    assert "4 of 4 prices are known as far as the plan needs them; 0 of" in text
    assert ", 1 of them by contract alone;" in " ".join(text.split())
    assert "China site" not in run("coverage", both / "plan.yaml", "--site", "intl").out


def test_template_is_written_site_by_site(run: Callable[..., Ended], both: Path) -> None:
    refused = run("template", both / "plan.yaml", "-o", both / "prices.xlsx")
    assert refused.status == 1
    assert "add --site intl, then --site cn" in " ".join(refused.err.replace("│", " ").split())
    written = run("template", both / "plan.yaml", "--site", "cn", "-o", both / "prices.xlsx")
    assert written.status == 0
    page = openpyxl.load_workbook(both / "prices.xlsx")["Prices"]
    assert (page["B3"].value, page["B4"].value) == ("cn", "CNY")
    scopes = [str(row[2].value) for row in page.iter_rows(min_row=9, max_row=30) if row[0].value]
    assert any("cn-hangzhou>cn-shanghai" in scope for scope in scopes)
    assert not any("eu-central-1" in scope for scope in scopes)


def test_plan_of_both_sites_is_compared_with_the_books_of_the_right_site(run: Callable[..., Ended], both: Path) -> None:
    document = json.loads(run("diff", both / "east.yaml", both / "discount.yaml", both / "plan.yaml", "-f", "json").out)
    (plan,) = document["plans"]
    by_item = {one["sku"]: one for one in plan["by_item"]}
    # Hangzhou, in CNY: 744 h x 0.35 and 672 h x 0.35 become 744 h x 0.315 and 672 h x 0.70 x 0.9, each x 0.14.
    # -26.04 x 0.14 = -3.6456, and +188.16 x 0.14 = 26.3424. What is paid in USD stays.
    assert by_item["tr-connection"]["difference"] == "22.6968"
    assert by_item["ipsec-connection"]["difference"] == "0"  # net
    assert plan["total"]["difference"] is not None
    other = json.loads(run("diff", "shipped", both / "intl.yaml", both / "plan.yaml", "-f", "json").out)
    assert {change["sku"] for change in other["changes"]} == {"ipsec-connection"}
    assert other["plans"][0]["total"]["difference"] == "0"  # of the mainland, where its accounts have no router


def test_diff_tells_discounts_expected_changes_lanes_and_free_quotas(run: Callable[..., Ended], both: Path) -> None:
    new = both / "new.yaml"
    quota = "  cdt-internet: {free_quotas: [{scope: mainland, quantity: 100, evidence: contract, source: c}]}\n"
    lane = "scope: cn-hangzhou>cn-shanghai, rate: 0.4, evidence: contract, source: c"
    text = f"{EAST}{quota}  inter-region-gold: {{rates: [{{{lane}}}]}}\n{DISCOUNT}"
    new.write_text(text, encoding="utf-8")
    document = json.loads(run("diff", both / "east.yaml", new, "-f", "json").out)
    assert [(one["kind"], one["new"]["percent"]) for one in document["adjustments"]] == [
        ("discount", "-10"),
        ("expected-change", "100"),
    ]
    (later,) = [one for one in document["free_quotas"] if one["effective_from"]]
    assert (later["old"]["quantity"], later["new"]["quantity"], later["percent"]) == ("20", "100", "400.00")
    gold = [one for one in document["changes"] if one["sku"] == "inter-region-gold"]
    of_lane = {lane: one for one in gold for lane in one["places"]}
    own = of_lane["cn-hangzhou>cn-shanghai"]
    assert (own["old"]["rate"], own["new"]["rate"], own["percent"], own["list"]) == ("0.48", "0.4", "-16.67", None)
    mainland = of_lane["mainland>mainland"]
    assert (mainland["new"]["rate"], mainland["percent"]) == ("0.432", "-10.00")  # 0.48 x 0.9
    markdown = run("diff", both / "east.yaml", new, "-f", "markdown").out.replace("\\", "").replace("&gt;", ">")
    assert "mainland > mainland but cn-hangzhou > cn-shanghai" in markdown
    tr = [one for one in document["changes"] if one["sku"] == "tr-connection"]
    assert [(one["effective_from"], one["new"]["rate"], one["list"] and one["list"]["percent"]) for one in tr] == [
        (None, "0.315", None),
        ("2027-02-01", "0.63", "100.00"),  # doubled, then less 10 %
    ]
    assert tr[1]["new"]["base"] == "0.35"
    assert [one["kind"] for one in tr[1]["new"]["adjustments"]] == ["expected-change", "discount"]


def test_list_price_alone_can_change() -> None:
    contract = "scope: all, rate: 0.05"
    old, new = book(contract), book(contract)
    expected = "expected: [{items: all, scope: europe, change_percent: 50, evidence: assumed, source: c}]\n"
    (change,) = changes(old, parse_yaml(new.text + expected, "new.yaml"))[:1]
    assert (change.kind, change.contracted.percent) == ("list", Decimal("0.00"))
    assert change.listed and change.listed.percent == Decimal("50.00")
    assert change.places == ("eu-central-1", "eu-west-1", "eu-west-2")


def test_list_and_show_say_the_side_discounts_and_expected_changes(run: Callable[..., Ended], both: Path) -> None:
    entries = json.loads(run("list", both / "discount.yaml", "-f", "json").out)["entries"]
    assert [(one["kind"], one["side"], one["rate"], one["percent"]) for one in entries] == [
        ("rate", "contract", "0.05", None),
        ("discount", None, None, "-10"),
        ("expected-change", None, None, "100"),
    ]
    assert [one["skus"] for one in entries] == [["ipsec-connection"], ["all"], ["tr-connection"]]
    shown = json.loads(
        run("show", "tr-connection", both / "discount.yaml", "--region", "cn-hangzhou", "--on", "2027-02-01",
            "-f", "json").out
    )  # fmt: skip
    assert [tier["rate"] for tier in shown["holds"]["list"]] == ["0.7"]
    assert [tier["rate"] for tier in shown["holds"]["contracted"]] == ["0.63"]
    text = run("show", "tr-connection", both / "discount.yaml").out
    assert "Discounts on list prices" in text
    assert "Changes of list prices that are expected" in text
    assert run("lint", both / "discount.yaml").out.endswith(
        "no problem; 1 rate of 1 item, 1 discount, 1 expected change\n"
    )


@pytest.mark.parametrize("name", skus())
def test_every_item_has_a_page(name: str, run: Callable[..., Ended]) -> None:
    ended = run("show", name, "--site", "cn")
    assert (ended.status, ended.err) == (0, "")
    one = skus()[name]
    assert ("no price book has it" in ended.out) == (one.priced_by == "plan")
    assert ("priced as tr-data-processing" in ended.out) == bool(one.priced_as)
    assert ("priced by lane" in ended.out) == one.by_lane


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["show", "inter-region-gold", "--region", "cn-beijing"], "is priced by lane, such as europe>asia-pacific"),
        (["show", "inter-region-gold", "--region", "cn-beijing>eu-west-1"], "crosses the border"),
        (["show", "cross-border-gold", "--region", "eu-west-1>eu-west-2"], "does not cross the border"),
        (["show", "inter-region-gold", "--region", "cn-beijing>cn-shanghi"], "did you mean 'cn-shanghai'"),
        (["show", "tr-connection", "--region", "cn-beijing>eu-west-1"], "is priced by region"),
        (["show", "leased-line", "--region", "cn-beijing"], "is what each plan says"),
        (["list", "scenarios/contract-cn.yaml", "--site", "intl"], "this book is of site cn, not of site intl"),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, list) else "",
)
def test_wrong_places_and_sites_are_told(arguments: list[str], said: str, run: Callable[..., Ended]) -> None:
    ended = run(*arguments)
    assert (ended.status, ended.out) == (1, "")
    assert said in " ".join(ended.err.replace("│", " ").split())


def test_lanes_in_short_are_exact() -> None:
    looked_at = ("mainland>mainland", "europe>asia-pacific", "asia-pacific>europe", "cn-beijing>mainland")
    names = coverage.lane_names
    assert names(looked_at, looked_at) == ["all lanes"]
    assert names(looked_at[:3], looked_at) == [
        "europe>asia-pacific and back", "mainland>mainland but cn-beijing>mainland",
    ]  # fmt: skip
    assert names(["mainland>mainland", "cn-beijing>mainland"], looked_at) == ["mainland>mainland"]
    assert names(["cn-beijing>mainland"], looked_at) == ["cn-beijing>mainland"]


# The schemas of what the commands write


@pytest.mark.parametrize(
    ("schema", "arguments"),
    [
        ("prices-coverage", ["coverage"]),
        ("prices-coverage", ["coverage", "--site", "cn"]),
        ("prices-coverage", ["coverage", "scenarios/china-cny.yaml"]),
        ("prices-coverage", ["coverage", "scenarios/across-the-border.yaml"]),
        ("prices-coverage", ["coverage", "scenarios/public-or-private.yaml"]),
        ("prices-coverage", ["coverage", "BOTH/plan.yaml"]),
        ("prices-list", ["list"]),
        ("prices-list", ["list", "--site", "cn"]),
        ("prices-list", ["list", "BOTH/discount.yaml"]),
        *(("prices-show", ["show", name]) for name in skus()),
        ("prices-show", ["show", "cdt-internet", "--region", "cn-beijing"]),
        ("prices-show", ["show", "tr-connection", "BOTH/discount.yaml", "--region", "cn-hangzhou"]),
        ("prices-show", ["show", "inter-region-gold", "--site", "cn", "--region", "europe>asia-pacific"]),
        ("prices-diff", ["diff", "shipped", "BOTH/discount.yaml"]),
        ("prices-diff", ["diff", "BOTH/east.yaml", "BOTH/discount.yaml", "BOTH/plan.yaml"]),
        ("prices-diff", ["diff", "scenarios/contract-cn.yaml", "shipped", "scenarios/china-cny.yaml"]),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, list) else "",
)
def test_json_is_as_its_schema_says(schema: str, arguments: list[str], run: Callable[..., Ended], both: Path) -> None:
    ended = run(*(one.replace("BOTH", str(both)) for one in arguments), "-f", "json")
    assert ended.status == 0
    assert not errors(schema, json.loads(ended.out))


@pytest.mark.parametrize("schema", ["prices-coverage", "prices-list", "prices-show", "prices-diff"])
def test_schemas_of_prices_are_closed_and_complete(schema: str) -> None:
    def walk(part: Any) -> None:
        if isinstance(part, dict):
            if "properties" in part:
                assert part["additionalProperties"] is False
                assert set(part["required"]) == set(part["properties"])
            for inner in part.values():
                walk(inner)
        elif isinstance(part, list):
            for inner in part:
                walk(inner)

    walk(validator(schema).schema)
    assert errors(schema, {})


def test_text_of_a_book_keeps_discounts_and_expected_changes() -> None:
    for text in (EAST + DISCOUNT, EAST.partition("items:")[0] + DISCOUNT):
        read = price_list.checked(parse_yaml(text, "book.yaml"))
        assert read.discounts and read.expected
        assert price_list.checked(parse_yaml(book_text.render(read), "again.yaml")) == read
