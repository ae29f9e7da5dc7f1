"""The engine against the oracle: every line item and every quota row, of plans that hypothesis draws.

CENPLAN_HYPOTHESIS=heavy draws thousands of plans instead of the same few; run it after changing the engine.
"""

from __future__ import annotations

import copy
import os
import tempfile
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from planner import settlement, summary
from planner.core.problem import InputError
from planner.plan import Plan
from planner.settlement import CENT
from pricing.cost import monthly_totals
from tests import oracle
from tests.support import plans
from tests.support.examples import EXAMPLES, SCENARIOS, example
from tests.support.plan_strategies import Case, cases

BY_THE_HOUR = ("tr-connection", "ipsec-connection")
OF_TRAFFIC = ("tr-data-processing", "ipsec-internet-legacy", "cdt-internet", "vbr-outbound")
"""Each GB of a group stands once in these, so that they tell what a group sends."""
HEAVY = os.environ.get("CENPLAN_HYPOTHESIS") == "heavy"


def drawn(examples: int) -> settings:
    """So many plans, and with the heavy profile fifty times as many (see conftest.py)."""
    return settings(
        max_examples=examples * 50 if HEAVY else examples,
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )


def calculated(case: Case) -> Plan:
    with tempfile.TemporaryDirectory() as folder:
        return plans.planned(Path(folder), *case)


def calculated_or_none(case: Case) -> Plan | None:
    """The plan, or None where a number is beyond what the engine holds; any other refusal is a failure."""
    try:
        return calculated(case)
    except InputError as error:
        assert refused(case), error
        return None


def refused(case: Case) -> bool:
    """Whether a number of a plan is beyond what the engine says it can hold."""
    uses = [use for use in oracle.usage_of(case.plan, case.estate) if use.quantity is not None]
    of_group: dict[tuple[str, str, bool], int] = {}
    of_pool: dict[tuple[str, str, str, str], int] = {}
    for use in uses:
        if use.sku not in OF_TRAFFIC:
            continue
        group = (use.month.name, use.subject, use.sku == "tr-data-processing")
        of_group[group] = of_group.get(group, 0) + (use.quantity or 0)
        pool = (use.month.name, use.sku, use.account, use.region)
        of_pool[pool] = of_pool.get(pool, 0) + (use.quantity or 0)
    lines = oracle.lines_of(case.plan, case.estate, case.books)
    amounts = [amount or 0 for line in lines for amount in (line.list_amount, line.contracted, line.amount)]
    return (
        max(of_group.values(), default=0) >= 2**51  # micro-GB of a group in a month
        or max(of_pool.values(), default=0) > 2**60  # micro-GB of a pool in a month
        or max(amounts, default=0) >= 2**63  # nano-units of a line
    )


def assert_same(found: Sequence[Any], expected: Sequence[Any]) -> None:
    """Equal; where not, the rows that differ and no others."""
    if found != expected:
        surplus = [row for row in found if row not in expected]
        missing = [row for row in expected if row not in found]
        pytest.fail(f"only the engine has {surplus[:6]}\nonly the oracle has {missing[:6]}")


def assert_sums(case: Case, plan: Plan, lines: Sequence[oracle.Line]) -> None:
    """Every grouping of the summary adds up to the oracle's lines, exactly, and is unpriced where they are."""
    months = [str(month) for month in plan.inventory.period.months]
    of_month = by_month(lines, months)
    totals = summary.totals(plan)
    assert list(totals.amounts) == list(monthly_totals(plan.rated)) == of_month
    assert list(totals.unpriced) == unpriced_in(lines, months)
    assert totals.priced_lines == sum(line.amount is not None for line in lines)
    assert totals.lines == len(lines)
    rows = summary.cost_rows(plan)
    for names, key in groupings(case).items():
        expected: dict[tuple[str, ...], list[oracle.Line]] = {}
        for line in lines:
            expected.setdefault(key(line), []).append(line)
        found = summary.by(rows, *names)
        assert {one.key: list(one.amounts) for one in found} == {
            name: by_month(own, months) for name, own in expected.items()
        }
        assert {one.key: list(one.unpriced) for one in found} == {
            name: unpriced_in(own, months) for name, own in expected.items()
        }
    finance = case.plan.get("finance") or {}
    of_year: dict[int, int] = {}
    for month, amount in zip(oracle.months_of(case.plan), of_month, strict=True):
        year = oracle.fiscal_year(finance, month)
        of_year[year] = of_year.get(year, 0) + amount
    assert {year: sum(totals.amounts[columns]) for year, columns in summary.years(plan)} == of_year


def by_month(lines: Sequence[oracle.Line], months: Sequence[str]) -> list[int]:
    """What lines cost in each month: their priced part."""
    return [sum(line.amount or 0 for line in lines if line.month == month) for month in months]


def unpriced_in(lines: Sequence[oracle.Line], months: Sequence[str]) -> list[bool]:
    """In which months some line has no price."""
    return [any(line.month == month and line.amount is None for line in lines) for month in months]


def groupings(case: Case) -> dict[tuple[str, ...], Callable[[oracle.Line], tuple[str, ...]]]:
    """Attributes of cost rows, and of a line the same, from what the plan says of its subject."""
    routers, underlays = case.estate["transit_routers"], case.plan["underlays"]
    codes = (case.plan.get("finance") or {}).get("gl_codes") or {}

    def of_subject(line: oracle.Line) -> tuple[str, str, str]:
        """Router, owner and cost centre."""
        group = case.plan["attachments"].get(line.subject)
        entry = group or underlays[line.subject]
        named = entry["transit_router"]
        router = named if isinstance(named, str) else named[0]
        owner = (group and group.get("owner_account")) or routers[router]["account"]
        return router, owner, entry.get("cost_center") or summary.NOT_GIVEN

    return {
        ("sku",): lambda line: (line.sku,),
        ("subject",): lambda line: (line.subject,),
        ("account", "region"): lambda line: (line.account, line.region),
        ("router",): lambda line: of_subject(line)[:1],
        ("owner",): lambda line: of_subject(line)[1:2],
        ("cost_center",): lambda line: of_subject(line)[2:],
        ("gl_code",): lambda line: (codes.get(line.sku, summary.NOT_GIVEN),),
        ("scenario", "router", "subject", "sku"): lambda line: (
            case.plan["name"],
            of_subject(line)[0],
            line.subject,
            line.sku,
        ),
    }


def assert_steps(case: Case, plan: Plan, lines: Sequence[oracle.Line]) -> None:
    """From list price to bill: only what is priced counts, so that nothing unknown looks like a saving."""
    steps = summary.steps(plan)
    months = {month.name: month for month in oracle.months_of(case.plan)}

    def listed(line: oracle.Line) -> int:
        rate = oracle.exchange_rate(case.plan, line.currency, months[line.month])
        return oracle.round_half_up((line.list_amount or 0) * rate)

    priced = [line for line in lines if line.amount is not None]
    both = [line for line in priced if line.list_amount is not None]
    assert steps.list_cost == sum(map(listed, both))
    assert steps.list_complete == (len(both) == len(priced))
    assert steps.without_list_price == sum(line.amount or 0 for line in priced if line.list_amount is None)
    assert steps.contract == sum((line.amount or 0) - listed(line) for line in both)
    assert steps.billed == steps.contracted + steps.covered == sum(line.amount or 0 for line in priced)


def assert_bills(case: Case, plan: Plan, lines: Sequence[oracle.Line]) -> None:
    """What each account is billed, by currency: its lines but those of carriers; rounded down, then taxed."""
    months = oracle.months_of(case.plan)
    expected: dict[tuple[str, str], list[oracle.Line]] = {}
    for line in lines:
        if line.sku not in oracle.OF_CARRIERS:
            expected.setdefault((line.account, line.currency), []).append(line)
    bills = {(bill.account, bill.currency): bill for bill in settlement.settle(plan)}
    assert sorted(bills) == sorted(expected)
    for key, bill in bills.items():
        own = expected[key]
        billed = [sum(line.contracted or 0 for line in own if line.month == month.name) for month in months]
        assert list(bill.billed) == billed
        assert list(bill.unpriced) == unpriced_in(own, [month.name for month in months])
        payable = []
        for column, month in enumerate(months):
            cents = billed[column] // CENT
            taxes = sum(
                oracle.round_half_up(cents * Fraction(tax["percent"]) / 100)
                for tax in (case.plan.get("finance") or {}).get("tax") or []
                if bill.account in tax.get("accounts", [bill.account])
                and tax.get("effective_from", "0001-01-01") <= month.start.date().isoformat()
            )
            payable.append((cents + taxes) * CENT)
        assert list(bill.payable) == payable
        rates = [oracle.exchange_rate(case.plan, bill.currency, month) for month in months]
        assert list(bill.reported) == [oracle.round_half_up(n * r) for n, r in zip(payable, rates, strict=True)]


def assert_findings(plan: Plan, quotas: Sequence[oracle.QuotaRow]) -> None:
    """One error per scope that is exceeded: when first, and by how many."""
    first: dict[tuple[str, str], oracle.QuotaRow] = {}
    for row in sorted(quotas, key=lambda row: row.month):
        if row.status == "exceeded":
            first.setdefault((row.quota, row.scope), row)
    codes = {row.quota for row in quotas}
    exceeded = [f for f in plan.findings if f.code in codes and " more than the limit of " in f.message]
    assert sorted((finding.code, finding.subject) for finding in exceeded) == sorted(first)
    for finding in exceeded:
        row = first[finding.code, finding.subject]
        assert f" in {row.month}, {row.used - row.limit} more than the limit of {row.limit}" in finding.message
        assert finding.level == "error"
    if first:
        assert not plan.passed


@drawn(120)
@given(cases())
def test_every_line_item_and_every_quota_agrees_with_the_oracle(case: Case) -> None:
    plan = calculated_or_none(case)
    if plan is None:
        return
    assert not refused(case)
    lines, quotas = oracle.lines_of(case.plan, case.estate, case.books), oracle.quotas_of(case.plan, case.estate)
    assert_same(plans.lines_of(plan), lines)
    assert_same(plans.quotas_of(plan), sorted(quotas))
    assert_sums(case, plan, lines)
    assert_steps(case, plan, lines)
    assert_bills(case, plan, lines)
    assert_findings(plan, quotas)


@drawn(30)
@given(cases(most_gb=10**9, most_rate=99_999_999))
def test_numbers_up_to_the_limits_are_exact_or_refused(case: Case) -> None:
    plan = calculated_or_none(case)
    if plan is not None:
        assert not refused(case)
        lines = oracle.lines_of(case.plan, case.estate, case.books)
        assert_same(plans.lines_of(plan), lines)
        assert_sums(case, plan, lines)


def test_a_plan_is_not_refused_for_what_it_would_cost_by_another_billing_mode() -> None:
    # 1,000 GB by CDT at 90 million each are too much for int64; the plan is billed by legacy and costs 117.
    entry = {"network_type": "public", "transit_router": "tr", "sites": "1", "traffic": {"to_data_center_gb": "1000"}}
    plan = {
        "version": "1",
        "name": "doubt",
        "currency": "USD",
        "period": {"start": "2027-01", "months": "1"},
        "attachments": {"g": entry},
    }
    estate = {
        "version": "1",
        "accounts": {"own": {"site": "intl"}},
        "transit_routers": {"tr": {"region": "ap-southeast-1", "account": "own"}},
    }
    rate = {"scope": "all", "rate": "90000000", "evidence": "contract", "source": "contract"}
    book = {
        "version": "1",
        "title": "contract",
        "site": "intl",
        "currency": "USD",
        "references": {"contract": {"title": "contract", "read_on": "2026-11"}},
        "items": {"cdt-internet": {"rates": [rate]}},
    }
    made = calculated(Case(plan, estate, [book], []))
    assert [plans.money(line.amount or 0) for line in plans.lines_of(made) if "internet" in line.sku] == [117]


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_agree_with_the_oracle(name: str) -> None:
    plan, estate, books = plans.trees_of(SCENARIOS / f"{name}.yaml")
    made = example(name).made
    assert_same(plans.lines_of(made), oracle.lines_of(plan, estate, books))
    assert_same(plans.quotas_of(made), sorted(oracle.quotas_of(plan, estate)))


@drawn(15)
@given(cases(), st.randoms(use_true_random=False))
def test_order_of_the_groups_in_the_file_changes_nothing(case: Case, random: Any) -> None:
    names = list(case.plan["attachments"])
    random.shuffle(names)
    other = case._replace(plan={**case.plan, "attachments": {name: case.plan["attachments"][name] for name in names}})
    first, second = calculated_or_none(case), calculated_or_none(other)
    if first and second:
        assert plans.lines_of(first) == plans.lines_of(second)
        assert plans.quotas_of(first) == plans.quotas_of(second)


def worth(lines: Sequence[oracle.Line]) -> Fraction:
    """Nano-units of the priced lines before any was rounded."""
    return sum((Fraction(line.quantity or 0) * 1000 * Fraction(line.rate or 0) for line in lines), Fraction(0))


def unrounded_slack(*of_plans: Sequence[oracle.Line]) -> Fraction:
    """Nano-units by which rounding may move the cost of a plan.

    Half a nano-unit on each line; and a micro-GB to or from each group and each region's share of a free
    quota, at the highest rate.
    """
    lines = [line for of_plan in of_plans for line in of_plan]
    highest = max((Fraction(line.rate or 0) for line in lines), default=Fraction(0))
    of_traffic = {(line.month, line.sku, line.subject, line.region) for line in lines if line.sku not in BY_THE_HOUR}
    return Fraction(len(lines), 2) + highest * 1000 * 2 * len(of_traffic)


@drawn(20)
@given(cases(), st.integers(1, 300), st.data())
def test_more_traffic_never_costs_less(case: Case, percent: int, data: Any) -> None:
    named = [n for n, entry in case.plan["attachments"].items() if isinstance(entry.get("traffic"), dict)]
    assume(named)
    name = data.draw(st.sampled_from(named))
    more = copy.deepcopy(case.plan)
    traffic = more["attachments"][name]["traffic"]
    for key in ("to_data_center_gb", "from_data_center_gb"):
        if key in traffic:
            grown = oracle.round_half_up(oracle.micro(traffic[key]) * Fraction(100 + percent, 100)) + 1
            traffic[key] = f"{grown // 10**6}.{grown % 10**6:06d}"
    before, after = calculated_or_none(case), calculated_or_none(case._replace(plan=more))
    if before and after:
        lines, more_lines = plans.lines_of(before), plans.lines_of(after)
        cost, more_cost = summary.totals(before).subtotal, summary.totals(after).subtotal
        assert more_cost >= cost - unrounded_slack(lines, more_lines)


@drawn(20)
@given(cases(), st.data())
def test_a_group_split_in_two_costs_the_same_but_for_rounding(case: Case, data: Any) -> None:
    names = [n for n, entry in case.plan["attachments"].items() if int(entry.get("sites", "1")) > 1]
    assume(names)
    name = data.draw(st.sampled_from(names))
    halves = copy.deepcopy(case.plan)
    entry = halves["attachments"][name]
    entry.pop("connection_ids", None)
    sites = int(entry["sites"])
    entry["sites"] = str(data.draw(st.integers(1, sites - 1)))
    halves["attachments"]["other-half"] = {**entry, "sites": str(sites - int(entry["sites"]))}
    before, after = calculated_or_none(case), calculated_or_none(case._replace(plan=halves))
    if before and after:
        lines, more_lines = plans.lines_of(before), plans.lines_of(after)
        moved = summary.totals(after).subtotal - summary.totals(before).subtotal
        assert abs(moved) <= unrounded_slack(lines, more_lines)
        of_connections = [line for line in lines if line.sku in BY_THE_HOUR]
        of_halves = [line for line in more_lines if line.sku in BY_THE_HOUR]
        assert worth(of_connections) == worth(of_halves)
