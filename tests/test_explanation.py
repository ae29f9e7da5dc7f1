"""Amounts taken apart: what an explanation states multiplies and adds up to what the plan bills, exactly."""

from __future__ import annotations

import dataclasses
import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given

from planner import amount, cli, derivation, explanation, priced_line
from planner.core.period import Month
from planner.core.problem import InputError
from planner.derivation import Hours, Volume
from planner.explanation import Explanation
from planner.plan import Plan, make_plan
from planner.scenario import read_scenario
from pricing import book, money
from pricing.line_item import NO_TIER, UNKNOWN
from pricing.price_table import NO_RATE
from reports import explain_amount, explain_document, page
from tests.support.examples import EXAMPLES, SCENARIOS, example
from tests.support.plan_strategies import Case, cases
from tests.test_oracle import calculated_or_none, drawn

ROOT = Path(__file__).resolve().parents[1]
GOLDEN = ROOT / "tests" / "golden_pages"
MICRO = 10**6


@pytest.fixture(autouse=True)
def _as_a_user_in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    for name in ("CENPLAN_OUT", "CENPLAN_FORMAT", "CENPLAN_DEBUG", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """`run("plan.yaml", "--month", "2027-01")`: exit status, standard output and standard error."""

    def call(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            cli.main(["explain", *map(str, arguments)])
        printed = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, printed.out, printed.err

    return call


def every(plan: Plan) -> list[Explanation]:
    """Explanations of everything in a plan."""
    try:
        return [explanation.explain(plan, one) for one in amount.amounts(plan)]
    except amount.NotInPlanError:  # nothing is there in its period
        return []


def half_up(exact: Fraction) -> int:
    return math.floor(exact + Fraction(1, 2))


# What is stated makes the numbers, calculated here a second time.


def assert_quantity(one: Explanation) -> None:
    """Sites × connections × hours, or GB × (1 + growth)^n × site-hours / hours of the month."""
    made = one.derivation
    if one.quantity is None:
        assert one.lines[0].quantity is None
        assert one.stated is not None
        return
    if isinstance(made, Hours):
        assert one.quantity == MICRO * sum(stay.sites * stay.connections * stay.hours for stay in made.stays)
        return
    assert isinstance(made, Volume)
    site_hours = sum(stay.sites * stay.hours for stay in made.stays)
    cdt_hours = sum(stay.sites * stay.cdt_hours for stay in made.stays)
    whole = half_up(made.per_site * made.step**made.months * Fraction(site_hours, made.month_hours))
    by_cdt = half_up(Fraction(whole * cdt_hours, site_hours))
    assert one.quantity == {"all": whole, "cdt": by_cdt, "legacy": whole - by_cdt}[made.part]


def assert_lines(one: Explanation) -> None:
    """Lines add up to the quantity; each costs its quantity × rate, rounded half up once."""
    if one.quantity is not None:
        assert sum(line.quantity or 0 for line in one.lines) == one.quantity
    for line in one.lines:
        for rate, cost in ((line.list_rate, line.list_cost), (line.rate, line.contracted)):
            if line.quantity is None or rate is None:
                assert cost is None
            else:  # micro-units × rate, in nano-units
                assert cost == half_up(line.quantity * Fraction(rate.value) * 1000)
        if line.billed is None:
            assert line.reported is None
        else:
            rate_of = Fraction(one.exchange.rate) if one.exchange else Fraction(1)
            assert line.reported == half_up(line.billed * rate_of)


def assert_rates(one: Explanation) -> None:
    """What changes a rate makes its value, step by step, each rounded half up to 10 decimals."""
    for rate in (rate for line in one.lines for rate in (line.list_rate, line.rate) if rate is not None):
        value = rate.value if rate.base is None else rate.base
        for adjustment, made in priced_line.steps(rate):
            value = (value * (1 + adjustment.percent / 100)).quantize(Decimal("1E-10"), ROUND_HALF_UP)
            assert value == made
        assert value == rate.value
        assert any(rate.reference == origin.source.reference for origin in one.origins)


def between(start: int, end: int, lower: int, upper: int | None) -> int:
    """What of a stretch of a pool lies in a tier."""
    return max(min(end, end if upper is None else upper) - max(start, lower), 0)


def assert_pool(one: Explanation) -> None:
    """Free quota and tiers are filled by everything else, then by the plan; columns and rows add up."""
    pool = one.pool
    if pool is None:
        assert {line.tier for line in one.lines} == {None}
        return
    assert sum(column.own for column in pool.columns) == one.quantity
    for line in one.lines:
        (column,) = (column for column in pool.columns if column.tier == line.tier)
        own = (line.quantity, line.lower, line.upper, line.rate)
        assert (column.own, column.lower, column.upper, column.rate) == own
    free = next((column for column in pool.columns if column.tier == 0), None)
    baseline, plan = (sum(getattr(c, part) for c in pool.columns) for part in ("baseline", "plan"))
    free_baseline, free_plan = (free.baseline, free.plan) if free else (0, 0)
    start = free_baseline if pool.inside_tier_1 else 0
    middle = start + baseline - free_baseline  # where the plan begins to be charged
    first = middle + (free_plan if pool.inside_tier_1 else 0)
    for column in (column for column in pool.columns if column.tier != 0):
        assert column.baseline == between(start, middle, column.lower, column.upper)
        assert column.plan == between(first, first + plan - free_plan, column.lower, column.upper)
    if pool.free_quota:
        (here,) = (draw for draw in pool.draws if draw.region == pool.region)
        assert (here.baseline, here.plan) == (baseline, plan)
        assert (here.baseline_free, here.plan_free) == (free_baseline, free_plan)
        taken = sum(draw.baseline_free + draw.plan_free for draw in pool.draws)
        wanted = sum(draw.baseline + draw.plan for draw in pool.draws)
        assert taken == min(pool.free_quota.quantity, wanted)


def assert_pools(found: Sequence[Explanation]) -> None:
    """The shares of everything in a pool add up to its columns."""
    pools: dict[object, list[Explanation]] = defaultdict(list)
    for one in found:
        if one.pool:
            pools[one.month, one.sku, one.account, one.region].append(one)
    for members in pools.values():
        first = members[0].pool
        assert first is not None
        assert first.members == len(members)
        for number, column in enumerate(first.columns):
            assert column.plan == sum(one.pool.columns[number].own for one in members if one.pool)


def assert_same_lines(plan: Plan, found: Sequence[Explanation]) -> None:
    """Explanations have the lines of the plan: all of them, and no others."""
    lines, tables = plan.lines, plan.inventory
    expected = Counter(
        (
            tables.period.months[lines.month[i]],
            lines.skus[lines.sku[i]],
            tables.subjects[lines.subject[i]],
            tables.accounts[lines.account[i]],
            tables.regions[lines.region[i]],
            None if lines.tier[i] == NO_TIER else int(lines.tier[i]),
            None if lines.quantity[i] == UNKNOWN else int(lines.quantity[i]),
            None if lines.rate[i] == NO_RATE else lines.rates[lines.rate[i]],
            None if lines.list_rate[i] == NO_RATE else lines.rates[lines.list_rate[i]],
            int(lines.contracted[i]),
            int(lines.amount[i]),
        )
        for i in range(len(lines.month))
    )
    assert expected == Counter(
        (
            *(one.month, one.sku, one.subject, one.account, one.region, line.tier, line.quantity),
            *(line.rate, line.list_rate, line.contracted or 0, line.reported or 0),
        )
        for one in found
        for line in one.lines
    )


def assert_page(found: Sequence[Explanation]) -> None:
    """The page fits a terminal, and the document is JSON with the same cost."""
    shown = explain_amount.page(found)
    for line in page.text(shown).splitlines():
        assert len(line) <= 100 or "http" in line, line
    assert page.as_markdown(shown).startswith("# ")
    for one, document in zip(found, json.loads(explain_document.explanations(found))["explanations"], strict=True):
        assert document["cost"] == (None if one.unpriced else money.text(one.reported, 9))


def assert_explained(plan: Plan) -> None:
    found = every(plan)
    for one in found:
        assert_quantity(one)
        assert_lines(one)
        assert_rates(one)
        assert_pool(one)
    assert_pools(found)
    assert_same_lines(plan, found)
    for one in found[:: max(len(found) // 20, 1)]:
        assert_page([one])


@drawn(60)
@given(case=cases())
def test_what_an_explanation_states_makes_the_amount(case: Case) -> None:
    plan = calculated_or_none(case)
    if plan is not None:
        assert_explained(plan)


@pytest.mark.parametrize("name", [name for name in EXAMPLES if name != "branches-400"])
def test_examples_are_explained(name: str) -> None:
    assert_explained(example(name).made)


def test_amounts_of_some_names_are_those_of_all_with_these_names() -> None:
    plan = example("apac-branches").made
    found = amount.amounts(plan)
    for one in found[::40]:
        like = [other for other in found if (other.month, other.subject) == (one.month, one.subject)]
        assert list(amount.amounts(plan, month=one.month, subject=one.subject)) == like
        assert one in amount.amounts(plan, one.month, one.sku, one.subject, one.account)
    total = sum(one.billed for one in found)
    assert total == sum(sum(row) for row in plan.costs.amount.tolist())


# Discounts, expected changes, contracts and another currency

CONTRACT = """\
version: 1
title: frame contract
site: intl
currency: USD
references:
  contract: {title: frame contract 77, read_on: 2026-11-02}
  forecast: {title: forecast of procurement, read_on: 2026-10-20}
items:
  ipsec-connection:
    rates:
      - {scope: all, rate: 0.05, evidence: contract, source: contract}
discounts:
  - {items: all, discount_percent: 12, effective_from: 2026-12-01, evidence: contract, source: contract}
expected:
  - {items: [tr-connection, cdt-internet], change_percent: 3, effective_from: 2027-02-01, evidence: assumed,
     source: forecast}
"""
PLAN = """\
version: 1
name: contracted
currency: EUR
period: {start: 2027-01, months: 3}
price_books: [contract.yaml]
estate:
  version: 1
  accounts: {hub: {site: intl}}
  transit_routers: {tr: {region: eu-central-1, account: hub}}
  baselines: [{account: hub, region: eu-central-1, cdt_internet_gb: 10300}]
finance:
  version: 1
  gl_codes: {cdt-internet: "6410"}
  exchange_rates: [{from: USD, to: EUR, rate: 0.91, agreed_on: 2026-10-01, source: treasury}]
attachments:
  shops:
    network_type: public
    transit_router: tr
    cost_center: sales
    traffic: {to_data_center_gb: 333.333333, from_data_center_gb: 0}
    rollout:
      - {date: 2027-01-05T09:30, add_sites: 3}
      - {date: 2027-02-10T17:45, remove_sites: 1}
"""


@pytest.fixture
def contracted(tmp_path: Path) -> Path:
    (tmp_path / "contract.yaml").write_text(CONTRACT, encoding="utf-8")
    (tmp_path / "plan.yaml").write_text(PLAN, encoding="utf-8")
    return tmp_path / "plan.yaml"


def planned(path: Path) -> Plan:
    read = read_scenario(str(path))
    return make_plan([read], book.load_price_lists(read.sites, read.price_books))


def test_every_step_from_list_price_to_results_is_explained(contracted: Path) -> None:
    plan = planned(contracted)
    assert_explained(plan)
    one = explanation.explain(plan, *amount.amounts(plan, Month(2027, 2), "cdt-internet", "shops"))
    line, _ = one.lines  # 10,300 − 200 GB of everything else leave 140 of tier 1
    assert line.quantity == 140 * MICRO
    assert line.list_rate is not None
    assert line.rate is not None
    assert (line.list_rate.base, line.list_rate.value) == (Decimal("0.074"), Decimal("0.07622"))  # 0.074 × 1.03
    assert line.rate.value == Decimal("0.0670736")  # 0.07622 × 0.88
    assert [origin.what for origin in one.origins] == ["list price", "expected change", "discount"]
    assert one.gl_code == "6410"
    fee = explanation.explain(plan, *amount.amounts(plan, Month(2027, 2), "ipsec-connection", "shops"))
    assert [origin.what for origin in fee.origins] == ["list price", "contract rate"]
    assert [origin.own_book for origin in fee.origins] == [False, True]


def test_a_contract_reads_step_by_step(
    contracted: Path, run: Callable[..., tuple[int, str, str]], golden: Callable[[Path, str], None]
) -> None:
    status, out, err = run(contracted, "--month", "2027-02", "--sku", "cdt-internet", "--subject", "shops")
    assert (status, err) == (0, "")
    golden(GOLDEN / "explain-contracted.txt", out)


# What is not known here by name is explained all the same.


def test_what_prepaid_plans_cover_is_listed_and_not_billed() -> None:
    made = example("private-vbr").made
    (found,) = amount.amounts(made, Month(2027, 1), "vbr-outbound", "dc-frankfurt")
    number = found.at[0]
    rated = made.rated[number]
    half = rated.quantity // 2
    parts = np.concatenate([half, rated.quantity - half]), np.concatenate([rated.amount // 2, rated.amount // 2])
    covering = dataclasses.replace(
        rated,
        column=rated.column * 2,
        covered=(False,) * len(rated.column) + (True,) * len(rated.column),
        quantity=parts[0],
        amount=parts[1],
        list_amount=parts[1],
    )
    plan = dataclasses.replace(made, rated=tuple(covering if n == number else one for n, one in enumerate(made.rated)))
    one = explanation.explain(plan, *amount.amounts(plan, Month(2027, 1), "vbr-outbound", "dc-frankfurt"))
    assert [(line.quantity, line.covered, line.reported) for line in one.lines] == [
        (20_000 * MICRO, False, 380 * 10**9),  # 20,000 GB × 0.019
        (20_000 * MICRO, True, 0),
    ]
    assert (one.contracted, one.billed) == (760 * 10**9, 380 * 10**9)
    shown = page.text(explain_amount.page([one]))
    assert "contracted   USD 760.00\nbilled       USD 380.00, before tax\n" in shown
    assert "covered by prepaid plans\n" in shown


def test_an_unknown_item_is_recognised_by_its_numbers_or_shown_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = example("apac-branches").made
    (found,) = amount.amounts(plan, Month(2027, 9), "tr-data-processing", "stores-singapore")
    known = explanation.explain(plan, found)
    monkeypatch.setattr(derivation, "_VOLUMES", {})
    assert explanation.explain(plan, found) == known
    (found,) = amount.amounts(plan, Month(2027, 9), "cdt-internet", "stores-singapore")
    one = explanation.explain(plan, found)
    assert one.derivation is None
    assert "It is measured as described above" in page.text(explain_amount.page([one]))


def test_several_amounts_of_one_name_are_parts_of_a_page() -> None:
    plan = example("apac-branches").made
    parts = [
        explanation.explain(plan, *amount.amounts(plan, Month(2027, 9), sku, "stores-singapore"))
        for sku in ("tr-connection", "ipsec-connection")
    ]
    shown = page.text(explain_amount.page(parts))
    assert shown.startswith("stores-singapore · tr-connection · 2027-09: USD 2,246.40\n")  # 2 × 1,123.20
    assert "Part 1 of 2: ap-southeast-1, paid by network-hub\n" in shown
    assert "Part 2 of 2: ap-southeast-1, paid by retail\n" in shown


# What it looks like

SHOWN = {
    "public-legacy": ("apac-branches", "2027-07", "ipsec-internet-legacy", "stores-singapore"),
    "mid-month": ("apac-branches", "2027-05", "tr-connection", "stores-singapore"),
    "cdt-tiers": ("apac-branches", "2027-09", "cdt-internet", "stores-singapore"),
    "split-by-hours": ("cdt-move", "2027-03", "ipsec-internet-legacy", "studios-frankfurt"),
    "vbr-in-turns": ("private-vbr", "2026-12", "vbr-outbound", "dc-frankfurt"),
    "underlay": ("private-vbr", "2026-10", "tr-connection", "vbr-frankfurt"),
    "beyond-known-tiers": ("china-cny", "2027-03", "cdt-internet", "factories-hangzhou"),
    "no-rule": ("china-cny", "2027-03", "vbr-outbound", "test-lab-shenzhen"),
    "not-stated": ("two-routers", "2027-04", "cdt-internet", "head-office"),
}


def asked(name: str) -> list[str]:
    scenario, month, sku, subject = SHOWN[name]
    return [f"scenarios/{scenario}.yaml", "--month", month, "--sku", sku, "--subject", subject]


@pytest.mark.parametrize("name", SHOWN)
def test_an_amount_reads_like_its_golden_text(
    name: str, run: Callable[..., tuple[int, str, str]], golden: Callable[[Path, str], None]
) -> None:
    status, out, err = run(*asked(name))
    assert (status, err) == (0, "")
    golden(GOLDEN / f"explain-{name}.txt", out)


@pytest.mark.parametrize(("format", "extension"), [("markdown", "md"), ("json", "json")])
def test_other_formats_read_like_their_golden_text(
    format: str, extension: str, run: Callable[..., tuple[int, str, str]], golden: Callable[[Path, str], None]
) -> None:
    golden(GOLDEN / f"explain-vbr-in-turns.{extension}", run(*asked("vbr-in-turns"), "-f", format)[1])


# Unpriced: what it takes is said, and what is said helps.


@pytest.mark.parametrize("name", ["tr-data-processing", "cdt-internet"])
def test_the_entry_that_a_page_suggests_gives_a_price(name: str, tmp_path: Path) -> None:
    subject = {"tr-data-processing": "factories-shenzhen", "cdt-internet": "factories-hangzhou"}[name]
    made = example("china-cny").made
    (found,) = amount.amounts(made, Month(2027, 3), name, subject)
    assert found.unpriced
    text = page.text(explain_amount.page([explanation.explain(made, found)]))
    entry = re.search(r"under `price_books` of the plan:\n\n(.*?)\n\n", text, re.DOTALL)
    assert entry
    head = "version: 1\ntitle: offer\nsite: cn\ncurrency: CNY\nreferences: {NAME: {title: offer, read_on: 2026-12}}\n"
    lines = [line.removeprefix("    ") for line in entry[1].replace("RATE", "0.5").splitlines()]
    (tmp_path / "offer.yaml").write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    for path in SCENARIOS.glob("c*.yaml"):
        plan = path.read_text(encoding="utf-8").replace("[contract-cn.yaml]", "[contract-cn.yaml, offer.yaml]")
        (tmp_path / path.name).write_text(plan, encoding="utf-8")
    (priced,) = amount.amounts(planned(tmp_path / "china-cny.yaml"), Month(2027, 3), name, subject)
    (before,) = amount.amounts(planned(tmp_path / "china-cny.yaml"), Month(2027, 2), name, subject)
    assert not priced.unpriced
    assert before.unpriced
    missing = {"tr-data-processing": 2700, "cdt-internet": 760}[name]  # GB, at 0.5
    assert priced.billed - found.billed == missing * 10**9 // 2


@pytest.mark.parametrize("profile", [True, False])
def test_the_key_that_a_page_names_gives_a_quantity(profile: bool, tmp_path: Path, contracted: Path) -> None:
    traffic = "{to_data_center_gb: 333.333333, from_data_center_gb: 0}"
    text = PLAN.replace(traffic, "p" if profile else "{from_data_center_gb: 0}")
    text = text.replace("attachments:", "profiles: {p: {from_data_center_gb: 0}}\nattachments:") if profile else text
    contracted.write_text(text, encoding="utf-8")
    plan = planned(contracted)
    one = explanation.explain(plan, *amount.amounts(plan, Month(2027, 1), "cdt-internet", "shops"))
    shown = page.text(explain_amount.page([one]))
    assert "UNPRICED: the plan does not state `to_data_center_gb`" in shown
    assert ("profiles:\n      p:\n        to_data_center_gb: GB" in shown) == profile
    assert ("attachments:\n      shops:\n        traffic:\n          to_data_center_gb: GB" in shown) != profile
    contracted.write_text(text.replace("{from_data", "{to_data_center_gb: 1, from_data"), encoding="utf-8")
    assert not amount.amounts(planned(contracted), Month(2027, 1), "cdt-internet", "shops")[0].unpriced


# Asking


def test_a_plan_alone_shows_what_can_be_asked(
    run: Callable[..., tuple[int, str, str]], golden: Callable[[Path, str], None]
) -> None:
    status, out, err = run("scenarios/apac-branches.yaml")
    assert (status, err) == (0, "")
    golden(GOLDEN / "explain-plan.txt", out)
    shown = re.search(r"cenplan explain (.*) \\\n *(.*)\n", out)
    assert shown
    assert run(*f"{shown[1]} {shown[2]}".split())[0] == 0


def test_a_part_of_the_names_lists_the_amounts(
    run: Callable[..., tuple[int, str, str]], golden: Callable[[Path, str], None]
) -> None:
    status, out, err = run("scenarios/apac-branches.yaml", "--month", "2027-09", "--subject", "stores-singapore")
    assert (status, err) == (0, "")
    golden(GOLDEN / "explain-some.txt", out)


def test_a_long_list_is_capped_and_its_rest_counted(run: Callable[..., tuple[int, str, str]]) -> None:
    arguments = ("scenarios/apac-branches.yaml", "--subject", "stores-singapore")
    out = run(*arguments)[1]
    listed = re.findall(r"^20\d\d-\d\d ", out, re.MULTILINE)
    count = int(out.splitlines()[0].split()[1])
    assert len(listed) == 40
    assert f"… and {count - 40} more." in out
    assert len(json.loads(run(*arguments, "-f", "json")[1])["amounts"]) == count


def test_names_that_leave_one_amount_explain_it(run: Callable[..., tuple[int, str, str]]) -> None:
    short = ("scenarios/private-vbr.yaml", "--month", "2026-10", "--subject", "vbr-frankfurt")
    assert run(*short) == run(*short, "--sku", "tr-connection")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--month", "2029-01"), "apac-branches has no month 2029-01: it covers 2027-01 to 2028-12"),
        (("--sku", "cdt-intrnet"), "apac-branches has no item 'cdt-intrnet': did you mean 'cdt-internet'?"),
        (("--subject", "stores"), "has no subject 'stores': subjects of this plan: dc-singapore, dc-tokyo, "),
        (("--account", "retial"), "has no account 'retial': did you mean 'retail'?"),
        (
            ("--month", "2027-02", "--sku", "cdt-internet", "--subject", "stores-singapore"),
            "stores-singapore has nothing of cdt-internet in 2027-02: it has from 2027-09 to 2028-12",
        ),
        (
            ("--sku", "vbr-outbound", "--subject", "vbr-singapore"),
            "vbr-singapore has nothing of vbr-outbound: it uses tr-connection",
        ),
        (
            ("--sku", "cdt-internet", "--subject", "stores-singapore", "--account", "network-hub"),
            "stores-singapore has nothing of cdt-internet that network-hub pays: it uses tr-connection (network-hub),",
        ),
        (
            ("--sku", "vbr-outbound", "--account", "retail"),
            "nothing of vbr-outbound that retail pays: vbr-outbound is used by dc-singapore (network-hub), dc-tokyo",
        ),
    ],
)
def test_what_is_not_there_ends_with_1_and_what_there_is(
    arguments: tuple[str, ...], said: str, run: Callable[..., tuple[int, str, str]]
) -> None:
    status, out, err = run("scenarios/apac-branches.yaml", *arguments)
    assert (status, out) == (1, "")
    assert said in err


def test_formats_of_an_amount_are_written_into_a_folder(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    assert run(*asked("underlay"), "-f", "text", "-f", "markdown", "-f", "json", "-o", tmp_path)[0] == 0
    names = [f"private-vbr-explain.{extension}" for extension in ("json", "md", "txt")]
    assert sorted(path.name for path in tmp_path.iterdir()) == names


def test_a_wrong_plan_is_refused_like_anywhere(run: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text("no: plan\n", encoding="utf-8")
    status, out, err = run(path)
    assert (status, out) == (1, "")
    assert "unknown key 'no'" in err
    with pytest.raises(InputError):
        read_scenario(str(path))
