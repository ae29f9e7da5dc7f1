"""`cenplan prices`: what is known, what stands in the books, what a book changes; as users see it, and if true."""

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
from pricing import coverage, price_diff, price_list
from pricing.book import load_books
from pricing.line_item import UNKNOWN
from pricing.money import NANO
from pricing.price_diff import Change
from pricing.sku import skus
from tests.support.examples import EXAMPLES, SCENARIOS

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
    form: str, run: Callable[..., Ended], golden: Callable[[Path, str], None], tmp_path: Path
) -> None:
    (tmp_path / "new.yaml").write_text(NEW, encoding="utf-8")
    new = tmp_path / "new.yaml"
    ended = run("diff", "scenarios/contract-cn.yaml", new, "scenarios/china-cny.yaml", "-f", form)
    assert (ended.status, ended.err) == (0, "")
    golden(GOLDEN / f"diff-contract.{'txt' if form == 'text' else form}", ended.out.replace(str(tmp_path), "DIR"))


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
    problems = [line for line in ended.err.splitlines() if ": error: " in line]
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
    plan, books = with_prices(read_scenario(str(SCENARIOS / f"{example}.yaml")))
    needs, lines = price_need.needs(plan, books), plan.lines
    assert sum(need.lines for need in needs) == len(lines.month)
    assert sum(need.unpriced_lines + need.unknown_lines for need in needs) == int((~lines.priced).sum())
    found: dict[tuple[str, str], int] = {}
    for row in (~lines.priced & (lines.quantity != UNKNOWN)).nonzero()[0].tolist():
        key = (lines.skus[lines.sku[row]], plan.inventory.regions[lines.region[row]])
        found[key] = found.get(key, 0) + int(lines.quantity[row])
    told: dict[tuple[str, str], int] = {}
    for need in needs:
        if need.unpriced:
            told[need.sku, need.region] = told.get((need.sku, need.region), 0) + need.unpriced
    assert told == found


def test_price_that_begins_within_the_period_splits_what_is_needed() -> None:
    read = read_scenario(str(SCENARIOS / "china-cny.yaml"))
    read = replace(read, price_books=(*read.price_books, parse_yaml(NEW, "new.yaml")))
    plan, books = with_prices(read)
    found = [need for need in price_need.needs(plan, books) if need.sku == "tr-data-processing"]
    assert [(n.region, str(n.first), str(n.last), bool(n.tiers), n.unpriced) for n in found] == [
        ("cn-hangzhou", "2027-01", "2027-12", True, 0),
        # 3 sites x 900 GB in three months, and 2,400 GB of the laboratory in March
        ("cn-shenzhen", "2027-01", "2027-03", False, (3 * 3 * 900 + 2400) * 10**6),
        ("cn-shenzhen", "2027-04", "2027-12", True, 0),
    ]


def test_headline_of_the_sites_is_that_of_the_readme(run: Callable[..., Ended]) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for site in ("intl", "cn"):
        headline = run("coverage", "--site", site).out.splitlines()[1]
        assert headline in readme


def test_csv_has_a_row_for_every_region_and_item(run: Callable[..., Ended]) -> None:
    rows = list(csv.DictReader(io.StringIO(run("coverage", "-f", "csv").out.removeprefix("\ufeff"))))
    assert len(rows) == len(REGIONS) * len(skus())
    assert sum(row["status"] != "unknown" for row in rows) == 170
    assert {row["known_to"] for row in rows if row["status"] == "tier 1 only"} == {"10240"}


# List and show


@pytest.mark.parametrize("site", ["intl", "cn"])
def test_list_has_every_rate_that_applies_anywhere(site: str, run: Callable[..., Ended]) -> None:
    entries = json.loads(run("list", "--site", site, "-f", "json").out)["entries"]
    listed = {(e["sku"], scope, e["from"], e["rate"]) for e in entries if e["kind"] == "rate" for scope in e["scopes"]}
    books = load_books(site)
    for sku in skus():
        for region in REGIONS:
            for tier in books.schedule(sku, region, date(2027, 1, 1)):
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
    return price_diff.changes(load_books("intl", [old]), load_books("intl", [new]), days)


def test_change_says_from_which_day_where_and_by_how_much() -> None:
    old = book("scope: all, rate: 0.05")
    new = book("scope: all, rate: 0.05", "scope: mainland, rate: 0.04, effective_from: 2027-04-01")
    (change,) = changes(old, new)
    assert coverage.region_names(change.regions) == ["all of mainland"]
    assert (change.kind, change.effective_from, change.effective_until) == ("changed", date(2027, 4, 1), None)
    assert change.percent == Decimal("-20.00")  # (0.04 - 0.05) / 0.05


def test_what_a_book_no_longer_says_falls_back_to_the_shipped_price_or_is_removed() -> None:
    old, none = book("scope: all, rate: 0.05", sku="cdt-internet"), book()
    found = {change.regions[0]: change.kind for change in changes(old, none) if change.end is None}
    assert found["ap-southeast-1"] == "changed"  # the shipped tiers hold again
    assert found["cn-hongkong"] == "removed"  # nothing is shipped
    assert found["cn-hangzhou"] == "removed"  # beyond tier 1
    assert not changes(none, none)


def test_same_rate_on_other_evidence_is_no_change_of_price() -> None:
    found = changes(book(), book("scope: overseas, rate: 0.06"))
    assert {change.kind for change in found} == {"evidence"}  # shipped: 0.06, secondary


def test_percent_of_what_was_free_or_unknown_is_not_given() -> None:
    assert [change.percent for change in changes(book("scope: all, rate: 0"), book("scope: all, rate: 1"))] == [None]


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
            (change.old and change.old.value, change.new and change.new.value)
            for change in found
            if region in change.regions
            and (change.effective_from is None or change.effective_from <= on)
            and (change.effective_until is None or on < change.effective_until)
        ]
        differs = (a.rate.value, a.rate.reference) != (b.rate.value, b.rate.reference)
        assert told == ([(a.rate.value, b.rate.value)] if differs else [])


def effect_on(example: str, new: str) -> price_effect.Effect:
    """What a book after those of an example does to it."""
    read = read_scenario(str(SCENARIOS / f"{example}.yaml"))
    other = replace(read, price_books=(*read.price_books, parse_yaml(new, "new.yaml")))
    return price_effect.effect(with_prices(read)[0], with_prices(other)[0])


def test_effect_on_a_plan_is_the_change_of_rate_times_hours() -> None:
    read = read_scenario(str(SCENARIOS / "apac-branches.yaml"))
    new = book("scope: all, rate: 0.07, effective_from: 2027-02-01", name="new.yaml")
    other = replace(read, price_books=(*read.price_books, new))
    old_plan, new_plan = with_prices(read)[0], with_prices(other)[0]
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
    assert "exists already and may have been filled in" in again.err
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
