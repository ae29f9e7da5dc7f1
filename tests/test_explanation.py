"""Amounts taken apart: what an explanation states multiplies and adds up to what the plan bills, exactly."""

from __future__ import annotations

import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from planner import amount, assumption, derivation, explanation, priced_line, statement
from planner.core.period import Month
from planner.core.problem import InputError
from planner.derivation import Hours, Lease, Ports, Validity, Volume
from planner.explanation import Explanation
from planner.plan import Plan, make_plan
from planner.scenario import read_scenario
from pricing import book, money
from pricing.line_item import NO_TIER, UNKNOWN
from pricing.price_table import NO_RATE
from reports import explain_amount, explain_document, page
from tests import oracle
from tests.support.drawn_plans import calculated_or_none, drawn
from tests.support.examples import EXAMPLES, SCENARIOS, example
from tests.support.plan_strategies import Case, Tree, cases
from tests.support.told import unfolded

ROOT = Path(__file__).resolve().parents[1]
GOLDEN = ROOT / "tests" / "golden_pages"
MICRO = 10**6


pytestmark = pytest.mark.usefixtures("in_the_repository")


def every(plan: Plan) -> list[Explanation]:
    """Explanations of everything in a plan."""
    try:
        return list(explanation.explain_all(plan, amount.amounts(plan)))
    except amount.NotInPlanError:  # nothing is there in its period
        return []


def half_up(exact: Fraction) -> int:
    return math.floor(exact + Fraction(1, 2))


# What is stated makes the numbers, calculated here a second time.


def assert_quantity(one: Explanation) -> None:
    """What the derivation states makes the quantity."""
    if one.quantity is None:
        assert one.lines[0].quantity is None
        assert one.stated is not None
        return
    assert one.derivation is not None, (one.sku, one.subject, one.month)
    assert one.quantity == quantity_of(one)


def quantity_of(one: Explanation) -> int:
    """Micro-units that a derivation states."""
    made = one.derivation
    if isinstance(made, Hours):
        assert made.tunnels == 1 or one.sku == "ipsec-connection"
        return MICRO * made.tunnels * sum(stay.sites * stay.connections * stay.hours for stay in made.stays)
    if isinstance(made, Ports):
        assert 0 < made.hours <= made.month_hours
        return half_up(MICRO * made.ports * (Fraction(made.hours, made.month_hours) if made.pro_rata else 1))
    if isinstance(made, Lease):
        last = made.first + (made.term - 1)  # of the minimum term
        bound = made.term > 0 and one.month.number <= last.number
        return MICRO * int(made.first == one.month if made.once else bound or made.last_attachment > one.month.start)
    if isinstance(made, Validity):
        month_end = (one.month + 1).first_day
        days = (min(made.end, month_end) - max(made.start, one.month.first_day)).days
        assert made.hours == 24 * max(days, 0)
        return MICRO * (made.hours if made.by_the_hour else int(str(made.start).startswith(str(one.month))))
    assert isinstance(made, Volume)
    site_hours = sum(stay.sites * stay.hours for stay in made.stays)
    cdt_hours = sum(stay.sites * stay.cdt_hours for stay in made.stays)
    billed = (100 + Fraction(made.overhead)) / 100 * (Fraction(10**9, 2**30) if made.decimal_gb else 1)
    whole = half_up(made.per_site * made.step**made.months * Fraction(site_hours, made.month_hours) * billed)
    by_cdt = half_up(Fraction(whole * cdt_hours, site_hours))
    return {"all": whole, "cdt": by_cdt, "legacy": whole - by_cdt}[made.part]


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
        if line.covered:
            assert (line.billed, line.reported) == (0, 0)
        elif line.billed is None:
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
    assert not (pool.without and pool.free_quota)
    for line in one.lines:  # a prepaid plan covers a part of a tier: then it has two lines
        (column,) = (column for column in pool.columns if column.tier == line.tier)
        assert column.own == sum(other.quantity or 0 for other in one.lines if other.tier == line.tier)
        assert (column.lower, column.upper, column.rate) == (line.lower, line.upper, line.rate)
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


def assert_prepaid(plan: Plan, found: Sequence[Explanation]) -> None:
    """What volumes give in a month is what they cover of all amounts; what is there is drawn, lost or left."""
    covered: dict[object, int] = defaultdict(int)
    given: dict[object, dict[str, int]] = defaultdict(dict)
    for one in found:
        own = sum(line.quantity or 0 for line in one.lines if line.covered)
        assert own == (one.cover.own if one.cover else 0)
        if one.cover is None:
            continue
        key = one.account, one.sku, one.month
        covered[key] += own
        assert own <= one.cover.covered <= one.cover.quantity
        for bought in one.cover.plans:
            (use,) = bought.uses
            assert use.month == one.month
            assert use.before - use.by_others - use.by_plan - use.expired == use.remaining >= 0
            if not bought.of_kind.is_commitment:
                given[key][bought.name] = use.by_plan
    for one in found:
        if one.cover:
            key = one.account, one.sku, one.month
            assert covered[key] == one.cover.covered
            if not any(bought.of_kind.is_commitment for bought in one.cover.plans):
                # A plan of an area in which this item is not used any more in the month gives nothing.
                assert covered[key] == sum(given[key].values())
        if one.bought:
            assert plan.prepaid is not None
            number = [each.name for each in plan.prepaid.plans].index(one.subject)
            assert sum(use.by_plan for use in one.bought.uses) == int(plan.prepaid.use.by_lines[number].sum())
            assert sum(use.expired for use in one.bought.uses) == int(plan.prepaid.use.expired[number].sum())


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
            bool(lines.covered[i]),
            int(lines.amount[i]),
        )
        for i in range(len(lines.month))
    )
    assert expected == Counter(
        (
            *(one.month, one.sku, one.subject, one.account, one.region, line.tier, line.quantity),
            *(line.rate, line.list_rate, line.contracted or 0, line.covered, line.reported or 0),
        )
        for one in found
        for line in one.lines
    )


@cache
def schema() -> jsonschema.Draft202012Validator:
    value = json.loads((ROOT / "docs" / "schema" / "explanation.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(value)
    return jsonschema.Draft202012Validator(value, format_checker=jsonschema.FormatChecker())


def schema_errors(document: Any) -> list[str]:
    """What the schema says against a document; of the kind of document that it is."""
    errors = [inner for error in schema().iter_errors(document) for inner in error.context or (error,)]
    return [f"{error.json_path}: {error.message}" for error in errors]


def assert_page(found: Sequence[Explanation]) -> None:
    """The page fits a terminal, and the document is JSON with the same cost."""
    shown = explain_amount.page(found)
    for line in page.text(shown).splitlines():
        assert len(line) <= 100 or "http" in line, line
    assert page.as_markdown(shown).startswith("# ")
    written = json.loads(explain_document.explanations(found))
    assert not schema_errors(written)
    for one, document in zip(found, written["explanations"], strict=True):
        assert document["cost"] == (None if one.unpriced else money.text(one.reported, 9))


def assert_explained(plan: Plan) -> None:
    found = every(plan)
    for one in found:
        assert_quantity(one)
        assert_lines(one)
        assert_rates(one)
        assert_pool(one)
    assert_pools(found)
    assert_prepaid(plan, found)
    assert_same_lines(plan, found)
    for one in found[:: max(len(found) // 6, 1)]:  # a few: pages and schema take most of the time
        assert_page([one])


@st.composite
def prepaid_cases(draw: DrawFn) -> Case:
    """Plans that draw on prepaid plans of some of their accounts; one in two has none."""
    case = draw(cases(most_gb=draw(st.sampled_from([200_000, 500]))))
    plan, estate = case.plan, case.estate
    known = {plan["currency"]}  # and what finance can make it of
    for rate in plan.get("finance", {}).get("exchange_rates", []):
        known |= {rate["from"]} if rate["to"] == plan["currency"] else set()
    owners = [entry["owner_account"] for entry in plan["attachments"].values() if "owner_account" in entry]
    used = [*owners, *(router["account"] for router in estate["transit_routers"].values())]
    accounts = [name for name in used if oracle.CURRENCY_OF_SITE[estate["accounts"][name]["site"]] in known]
    count = draw(st.sampled_from([0, 1, 3])) if accounts else 0
    names = [f"pre-{number}" for number in range(count)]
    bought = {name: draw(_prepaid_plans(case, accounts)) for name in names}
    exist = {name: bought.pop(name) for name in names if draw(st.integers(0, 3)) == 0}
    return case._replace(plan={**plan, "prepaid": bought}, estate={**estate, "prepaid": exist})


@st.composite
def _prepaid_plans(draw: DrawFn, case: Case, accounts: list[str]) -> Tree:
    first = oracle.month_number(case.plan["period"]["start"])
    month = oracle.month_at(first + draw(st.integers(-4, 3))).name
    account = draw(st.sampled_from(accounts))
    currency = oracle.CURRENCY_OF_SITE[case.estate["accounts"][account]["site"]]
    kind, size = draw(
        st.sampled_from(
            [
                ("cdt-resource-plan", {"gb": "50", "area": "overseas"}),
                ("cdt-resource-plan", {"gb": "20000", "area": "mainland"}),
                ("cdt-resource-plan", {"gb": "3000", "area": "overseas"}),
                ("vbr-outbound-plan", {"tb": "1"}),
                ("vbr-outbound-plan", {"tb": "100"}),
                ("tr-savings-plan", {"commitment_per_hour": "1", "discount_factor": "0.9", "term_months": "7"}),
                ("tr-savings-plan", {"commitment_per_hour": "50", "discount_factor": "0.7", "term_months": "36"}),
            ]
        )
    )
    monthly = kind == "tr-savings-plan" and draw(st.booleans())
    return {
        "kind": kind,
        "account": account,
        "start": f"{month}-{draw(st.sampled_from(['01', '10']))}",
        **size,
        **({"paid": "monthly"} if monthly else {"price": "1234.5", "currency": currency}),
        "evidence": "contract",
        "source": "offer 7",
    }


@drawn(25)
@given(case=prepaid_cases())
def test_what_an_explanation_states_makes_the_amount(case: Case) -> None:
    plan = calculated_or_none(case)
    if plan is not None:
        assert_explained(plan)


Told = dict[object, tuple[int, int, bool]]


def told(plan: Plan) -> Told:
    """The quantity and the cost of each amount, and whether something of it has no price."""
    try:
        found = amount.amounts(plan)
    except amount.NotInPlanError:
        return {}
    return {
        (one.month, one.sku, one.subject, one.account, one.place): (quantity(plan, one), one.billed, one.unpriced)
        for one in found
    }


def quantity(plan: Plan, one: amount.Amount) -> int:
    number, row, month = one.at
    return int(plan.rated[number].usage.quantity[row, month])


def changed_by(plan: Plan) -> Iterator[tuple[str, Told]]:
    """Open questions of a plan, and the amounts that it has with each of their other answers."""
    (read,) = plan.scenarios
    books = book.load_price_lists(read.sites, read.price_books)
    facts = statement.facts(plan)
    for one in statement.used_assumptions(plan):
        for other in one.assumption.alternatives(facts, one.answer):
            if other.higher_list_prices:
                continue
            chosen = read.plan.assumptions.model_copy(update={assumption.field_of(one.id): other.answer})
            answered = replace(read, plan=read.plan.model_copy(update={"assumptions": chosen}))
            try:
                yield one.id, told(make_plan([answered], books))
            except InputError:  # a number is too large
                continue


def assert_assumptions(plan: Plan, exactly: bool = False) -> None:
    """An amount names every question whose other answer changes it; exactly: and no other."""
    before = told(plan)
    changing: dict[object, set[str]] = defaultdict(set)
    for name, after in changed_by(plan):
        for key, value in before.items():
            if after.get(key) != value:
                changing[key].add(name)
    for one in every(plan):
        key = one.month, one.sku, one.subject, one.account, one.place
        named = {known.id for known in one.assumptions if known.assumption.is_key}
        assert changing[key] <= named, (key, changing[key], named)
        assert not exactly or changing[key] == named, (key, changing[key], named)


@drawn(8)
@given(case=prepaid_cases())
def test_an_amount_names_every_question_whose_other_answer_changes_it(case: Case) -> None:
    plan = calculated_or_none(case)
    if plan is not None:
        assert_assumptions(plan)


@pytest.mark.parametrize("name", [name for name in EXAMPLES if name != "branches-400"])
def test_in_examples_no_other_question_is_named(name: str) -> None:
    assert_assumptions(example(name).made, exactly=True)


@pytest.mark.parametrize("name", [name for name in EXAMPLES if name != "branches-400"])
def test_examples_are_explained(name: str) -> None:
    assert_explained(example(name).made)


def test_what_the_examples_do_not_show_is_explained() -> None:
    plan = planned(EXPLAINED)
    assert_explained(plan)
    assert_assumptions(plan)
    found = every(plan)
    assert {one.sku for one in found} == {one.usage.sku for one in plan.rated}
    assert {type(one.derivation) for one in found} == {Hours, Volume, Ports, Lease, Validity}
    assert any(0 < one.cover.own < one.cover.covered < one.cover.quantity for one in found if one.cover)
    assert {one.pool.without for one in found if one.pool} >= {"", "used-up"}


def explained(month: int, sku: str, subject: str) -> Explanation:
    plan = planned(EXPLAINED)
    return explanation.explain(plan, *amount.amounts(plan, Month(2027, month), sku, subject))


def test_answers_to_open_questions_are_factors_of_the_quantity() -> None:
    one = explained(3, "cdt-internet", "branch")
    assert one.quantity == 19_557_774  # 10 × 2 × 1.05 × 10^9 / 2^30 = 19.557774...
    shown = page.text(explain_amount.page([one]))
    assert "10 × 1,488 / 744 × 1.05 × 10^9 / 2^30 = 19.557774, rounded" in shown
    assert "none is left: everything else is taken to use it up (assumption baseline: free-quota-used)" in " ".join(
        shown.split()
    )
    fee = explained(3, "ipsec-connection", "shops")
    assert fee.quantity == 2 * 3252 * MICRO  # 4 × 744, and 276 hours from 17:45 to 12:10 of 11 days and a half: begun
    assert "3,252 × 2 tunnels = 6,504" in page.text(explain_amount.page([fee]))


def test_ports_lines_and_prepaid_plans_are_explained_in_numbers() -> None:
    port = explained(5, "express-connect-port-10g", "vbr")
    assert port.quantity == 1_225_806  # 2 × 456 / 744; from 10:30 on 1 February, so the last hour begins on 19 May
    bound = page.text(explain_amount.page([explained(4, "leased-line", "vbr")]))
    assert "2027-04 is month 3 of 3 of the minimum term" in bound
    after = page.text(explain_amount.page([explained(5, "leased-line", "vbr")]))
    assert "2027-05 is month 4, after the minimum term: it is in use" in after
    one = explained(2, "prepaid-plan", "mainland-1000")
    assert one.bought
    assert sum(use.by_plan + use.by_others for use in one.bought.uses) == 1000 * MICRO
    assert sum(use.used_cost or 0 for use in one.bought.uses) == 780 * 10**9


def test_who_pays_and_why_is_said() -> None:
    shown = page.text(explain_amount.page([explained(3, "tr-connection", "branch")]))
    assert "account retail, which owns the connection (payer: resource-owner, as the attachment" in shown
    shown = page.text(explain_amount.page([explained(3, "cdt-internet", "branch")]))
    assert "paid by      account retail, which owns the connection\n" in shown


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
    contracted: Path, run_explain: Callable[..., tuple[int, str, str]], golden: Callable[[Path, str], None]
) -> None:
    status, out, err = run_explain(contracted, "--month", "2027-02", "--sku", "cdt-internet", "--subject", "shops")
    assert (status, err) == (0, "")
    golden(GOLDEN / "explain-contracted.txt", out)


# What is not known here by name is explained all the same.


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
    "port": ("public-or-private", "2027-02", "express-connect-port-1g", "vbr-frankfurt"),
    "leased-line": ("public-or-private", "2027-02", "leased-line", "vbr-frankfurt"),
    "lane": ("across-the-border", "2027-03", "cross-border-platinum", "benches-singapore"),
    "covered": ("explained", "2027-03", "cdt-internet", "shops"),
    "prepaid-price": ("explained", "2027-02", "prepaid-plan", "mainland-1000"),
    "savings": ("explained", "2027-03", "tr-data-processing", "dc"),
    "running-hour": ("explained", "2027-03", "tr-connection", "shops"),
    "quota-used-up": ("explained", "2027-03", "cdt-internet", "branch"),
}
EXPLAINED = ROOT / "tests" / "data" / "explained.yaml"
"""A plan with what the examples do not show."""


def asked(name: str) -> list[str]:
    scenario, month, sku, subject = SHOWN[name]
    path = "tests/data/explained.yaml" if scenario == EXPLAINED.stem else f"scenarios/{scenario}.yaml"
    return [path, "--month", month, "--sku", sku, "--subject", subject]


@pytest.mark.parametrize("name", SHOWN)
def test_an_amount_reads_like_its_golden_text(
    name: str, run_explain: Callable[..., tuple[int, str, str]], golden: Callable[[Path, str], None]
) -> None:
    status, out, err = run_explain(*asked(name))
    assert (status, err) == (0, "")
    golden(GOLDEN / f"explain-{name}.txt", out)


def test_the_json_of_a_covered_amount_reads_like_its_golden_text(
    run_explain: Callable[..., tuple[int, str, str]], golden: Callable[[Path, str], None]
) -> None:
    golden(GOLDEN / "explain-covered.json", run_explain(*asked("covered"), "-f", "json")[1])


@pytest.mark.parametrize(("format", "extension"), [("markdown", "md"), ("json", "json")])
def test_other_formats_read_like_their_golden_text(
    format: str, extension: str, run_explain: Callable[..., tuple[int, str, str]], golden: Callable[[Path, str], None]
) -> None:
    golden(GOLDEN / f"explain-vbr-in-turns.{extension}", run_explain(*asked("vbr-in-turns"), "-f", format)[1])


# The schema of the JSON


def test_the_schema_knows_everything_that_an_explanation_can_have() -> None:
    """Every alternative of it is used by a document that is valid."""
    plan = planned(EXPLAINED)
    for one in every(plan):
        assert not schema_errors(json.loads(explain_document.explanations([one])))
    assert not schema_errors(json.loads(explain_document.amounts(plan, amount.amounts(plan))))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("extra",), 1),
        (("month",), "2027-3"),
        (("cost",), 46.04),  # money is text
        (("cost",), None),  # while priced
        (("status",), "unpriced"),
        (("kind",), "group"),
        (("quantity", "value"), "1.50"),
        (("quantity", "derivation", "kind"), "hours"),
        (("quantity", "derivation", "stays", 0, "sites"), 0),
        (("pool", "without_free_quota"), "lost"),
        (("prepaid", "plans", 0, "months", 0, "remaining"), None),
        (("lines", 0, "rate"), None),  # while it has a cost
        (("lines", 1, "billed_cost"), "1"),  # while it is covered
        (("sources", 0, "source", "evidence"), "hearsay"),
        (("assumptions", 0, "id"), ""),
    ],
    ids=str,
)
def test_the_schema_refuses_what_no_explanation_may_say(path: tuple[str | int, ...], value: Any) -> None:
    document = json.loads(explain_document.explanations([explained(3, "cdt-internet", "shops")]))
    inner: Any = document["explanations"][0]
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    assert schema_errors(document)


def test_the_schema_lists_in_required_every_property_that_it_describes() -> None:
    def walk(value: Any) -> None:
        if isinstance(value, dict):
            if value.get("additionalProperties") is False:
                assert set(value["required"]) == set(value["properties"])
            for inner in value.values():
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    walk(schema().schema)


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
    run_explain: Callable[..., tuple[int, str, str]], golden: Callable[[Path, str], None]
) -> None:
    status, out, err = run_explain("scenarios/apac-branches.yaml")
    assert (status, err) == (0, "")
    golden(GOLDEN / "explain-plan.txt", out)
    shown = re.search(r"cenplan explain (.*) \\\n *(.*)\n", out)
    assert shown
    assert run_explain(*f"{shown[1]} {shown[2]}".split())[0] == 0


def test_a_part_of_the_names_lists_the_amounts(
    run_explain: Callable[..., tuple[int, str, str]], golden: Callable[[Path, str], None]
) -> None:
    status, out, err = run_explain(
        "scenarios/apac-branches.yaml", "--month", "2027-09", "--subject", "stores-singapore"
    )
    assert (status, err) == (0, "")
    golden(GOLDEN / "explain-some.txt", out)


def test_a_long_list_is_capped_and_its_rest_counted(run_explain: Callable[..., tuple[int, str, str]]) -> None:
    arguments = ("scenarios/apac-branches.yaml", "--subject", "stores-singapore")
    out = run_explain(*arguments)[1]
    listed = re.findall(r"^20\d\d-\d\d ", out, re.MULTILINE)
    count = int(out.splitlines()[0].split()[1])
    assert len(listed) == 40
    assert f"… and {count - 40} more." in out
    assert len(json.loads(run_explain(*arguments, "-f", "json")[1])["amounts"]) == count


def test_names_that_leave_one_amount_explain_it(run_explain: Callable[..., tuple[int, str, str]]) -> None:
    short = ("scenarios/private-vbr.yaml", "--month", "2026-10", "--subject", "vbr-frankfurt")
    assert run_explain(*short) == run_explain(*short, "--sku", "tr-connection")


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
    arguments: tuple[str, ...], said: str, run_explain: Callable[..., tuple[int, str, str]]
) -> None:
    status, out, err = run_explain("scenarios/apac-branches.yaml", *arguments)
    assert (status, out) == (1, "")
    assert said in unfolded(err)


def test_formats_of_an_amount_are_written_into_a_folder(
    run_explain: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    assert run_explain(*asked("underlay"), "-f", "text", "-f", "markdown", "-f", "json", "-o", tmp_path)[0] == 0
    names = [f"private-vbr-explain.{extension}" for extension in ("json", "md", "txt")]
    assert sorted(path.name for path in tmp_path.iterdir()) == names


def test_a_wrong_plan_is_refused_like_anywhere(
    run_explain: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text("no: plan\n", encoding="utf-8")
    status, out, err = run_explain(path)
    assert (status, out) == (1, "")
    assert "unknown key 'no'" in err
    with pytest.raises(InputError):
        read_scenario(str(path))
