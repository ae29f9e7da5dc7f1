"""The engine against the oracle: every line item and every quota row, of plans that hypothesis draws.

CENPLAN_HYPOTHESIS=heavy draws thousands of plans instead of the same few; run it after changing the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given

from planner import settlement, summary
from planner.core.cost_center import NOT_GIVEN
from planner.estate import CARRIERS
from planner.plan import Plan
from planner.settlement import CENT
from pricing.cost import monthly_totals
from tests import oracle
from tests.support import plans
from tests.support.drawn_plans import calculated, calculated_or_none, drawn, refused
from tests.support.examples import EXAMPLES, SCENARIOS, example
from tests.support.plan_strategies import Case, cases


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
        if bought := (case.plan.get("prepaid") or {}).get(line.subject):
            account = bought["account"]
            return f"(account {account})", account, bought.get("cost_center") or NOT_GIVEN
        group = case.plan["attachments"].get(line.subject)
        entry = group or underlays[line.subject]
        named = entry["transit_router"]
        router = named if isinstance(named, str) else named[0]
        owner = (group and group.get("owner_account")) or routers[router]["account"]
        return router, owner, entry.get("cost_center") or NOT_GIVEN

    return {
        ("sku",): lambda line: (line.sku,),
        ("subject",): lambda line: (line.subject,),
        ("account", "region"): lambda line: (
            CARRIERS if line.sku in oracle.OF_CARRIERS else line.account,
            line.region,
        ),
        ("router",): lambda line: of_subject(line)[:1],
        ("owner",): lambda line: of_subject(line)[1:2],
        ("cost_center",): lambda line: of_subject(line)[2:],
        ("gl_code",): lambda line: (codes.get(line.sku, NOT_GIVEN),),
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

    def contracted(line: oracle.Line) -> int:
        rate = oracle.exchange_rate(case.plan, line.currency, months[line.month])
        return oracle.round_half_up((line.contracted or 0) * rate)

    every = [line for line in lines if line.amount is not None]
    bought, leased = (
        sum(line.amount or 0 for line in every if line.sku in skus) for skus in (oracle.PREPAID, oracle.OF_CARRIERS)
    )
    priced = [line for line in every if line.sku not in (*oracle.PREPAID, *oracle.OF_CARRIERS)]
    rated = [line for line in priced if line.contracted is not None]  # what is covered is priced without a rate, too
    both = [line for line in rated if line.list_amount is not None]
    assert steps.list_cost == sum(map(listed, both))
    assert steps.list_complete == all(line.list_amount is not None for line in every)
    assert steps.without_list_price == sum(contracted(line) for line in rated if line.list_amount is None)
    assert steps.contract == sum(contracted(line) - listed(line) for line in both)
    assert steps.contracted == sum(map(contracted, rated))
    assert steps.covered == -sum(contracted(line) for line in lines if line.covered)
    assert (steps.prepaid_plans, steps.leased_lines) == (bought, leased)
    assert steps.billed == steps.contracted + steps.covered + bought + leased
    assert steps.billed == sum(line.amount or 0 for line in every)


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
        paid = [line for line in own if not line.covered]
        billed = [sum(line.contracted or 0 for line in paid if line.month == month.name) for month in months]
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


DOUBTED = {"customer-gateways-per-region", "routes-per-route-table"}
"""Quotas whose default is that of an old page, or of an example: an excess warns."""


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
        doubted = row.quota in DOUBTED and row.limit == oracle.DEFAULT_LIMITS[row.quota]
        assert finding.level == ("warning" if doubted else "error")
    if {quota for quota, _ in first} - DOUBTED:
        assert not plan.passed


@drawn(120)
@given(cases(prepaid=True))
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
@given(cases(most_gb=10**9, most_rate=99_999_999, prepaid=True))
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


def test_an_underlay_that_nothing_runs_over_needs_no_price_list() -> None:
    # The router of the underlay is of the other site, for which the plan has neither price list nor exchange rate.
    plan = {
        "version": "1",
        "name": "idle",
        "currency": "USD",
        "period": {"start": "2027-01", "months": "1"},
        "underlays": {"idle": {"kind": "vbr", "transit_router": "other", "port": {"speed": "1G"}}},
        "attachments": {"g": {"network_type": "public", "transit_router": "tr", "sites": "1"}},
    }
    estate = {
        "version": "1",
        "accounts": {"own": {"site": "intl"}, "chinese": {"site": "cn"}},
        "transit_routers": {
            "tr": {"region": "ap-southeast-1", "account": "own"},
            "other": {"region": "cn-hangzhou", "account": "chinese"},
        },
    }
    assert_same(plans.lines_of(calculated(Case(plan, estate, [], []))), oracle.lines_of(plan, estate))


def test_a_prepaid_plan_of_an_account_that_nothing_else_is_billed_to_needs_no_price_list() -> None:
    # Its account is of the other site, but the offer is in USD.
    offer = {"kind": "cdt-resource-plan", "account": "chinese", "start": "2027-01-01", "gb": "50", "area": "mainland"}
    plan = {
        "version": "1",
        "name": "offer",
        "currency": "USD",
        "period": {"start": "2027-01", "months": "1"},
        "prepaid": {"v": {**offer, "price": "5", "currency": "USD", "evidence": "contract", "source": "offer"}},
        "attachments": {"g": {"network_type": "public", "transit_router": "tr", "sites": "1"}},
    }
    estate = {
        "version": "1",
        "accounts": {"own": {"site": "intl"}, "chinese": {"site": "cn"}},
        "transit_routers": {"tr": {"region": "ap-southeast-1", "account": "own"}},
    }
    lines = plans.lines_of(calculated(Case(plan, estate, [], [])))
    assert_same(lines, oracle.lines_of(plan, estate))
    assert [plans.money(line.amount or 0) for line in lines if line.subject == "v"] == [5]


def test_a_group_without_traffic_is_compared_beside_one_of_the_other_site() -> None:
    # Both may be billed by legacy or by CDT: the one sends nothing, of the other it is not known what it sends.
    silent = {"to_data_center_gb": "0", "from_data_center_gb": "0"}
    plan = {
        "version": "1",
        "name": "silent",
        "currency": "USD",
        "period": {"start": "2027-01", "months": "1"},
        "finance": {
            "version": "1",
            "exchange_rates": [{"from": "CNY", "to": "USD", "rate": "1", "agreed_on": "2026-11-20", "source": "t"}],
        },
        "attachments": {
            "a": {"network_type": "public", "transit_router": "tr", "sites": "1", "traffic": silent},
            "b": {"network_type": "public", "transit_router": "other", "sites": "1"},
        },
    }
    estate = {
        "version": "1",
        "accounts": {"own": {"site": "intl"}, "chinese": {"site": "cn"}},
        "transit_routers": {
            "tr": {"region": "ap-southeast-1", "account": "own"},
            "other": {"region": "cn-hangzhou", "account": "chinese"},
        },
    }
    assert_same(plans.lines_of(calculated(Case(plan, estate, [], []))), oracle.lines_of(plan, estate))


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_agree_with_the_oracle(name: str) -> None:
    plan, estate, books = plans.trees_of(SCENARIOS / f"{name}.yaml")
    made = example(name).made
    assert_same(plans.lines_of(made), oracle.lines_of(plan, estate, books))
    assert_same(plans.quotas_of(made), sorted(oracle.quotas_of(plan, estate)))
