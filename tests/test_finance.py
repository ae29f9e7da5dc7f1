"""What finance adds: currencies, fiscal years, bills with tax, charges, pools, evidence; each with its arithmetic."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner import chargeback, pool_bill, settlement, statement, summary
from planner.core.period import Month
from planner.finance import FiscalYear
from planner.plan import Plan, make_plan
from planner.scenario import read_scenario
from pricing.book import load_price_lists
from pricing.exchange import convert_exactly, fixed

Write = Callable[[str], Plan]
CENT, UNIT = 10**7, 10**9

PLAN = """\
version: 1
name: two
currency: USD
period: {start: 2027-01, months: 2}
estate:
  version: 1
  as_of: 2026-11-20
  accounts: {hub: {site: intl}, branch: {site: intl}, east: {site: cn}}
  transit_routers:
    tr-de: {region: eu-central-1, account: hub}
    tr-hz: {region: cn-hangzhou, account: east}
  baselines:
    - {account: hub, region: eu-central-1, cdt_internet_gb: 300, vbr_outbound_gb: 0}
underlays:
  line: {kind: vbr, transit_router: tr-de}
attachments:
"""
PUBLIC = (
    "  shops: {network_type: public, transit_router: tr-de, sites: 1, cost_center: retail,"
    " traffic: {to_data_center_gb: 500, from_data_center_gb: 100}}\n"
)
PRIVATE = (
    "  plant: {network_type: private, transit_router: tr-de, underlay: line, sites: 1, cost_center: works,"
    " traffic: {to_data_center_gb: 300, from_data_center_gb: 0}}\n"
    "  depot: {network_type: private, transit_router: tr-de, underlay: line, sites: 1, cost_center: stock,"
    " traffic: {to_data_center_gb: 100, from_data_center_gb: 0}}\n"
)
CHINESE = (
    "  office: {network_type: public, transit_router: tr-hz, internet_billing: cdt, sites: 1, cost_center: china,"
    " traffic: {to_data_center_gb: 120, from_data_center_gb: 10}}\n"
)


@pytest.fixture
def calculated(tmp_path: Path) -> Write:
    def write(text: str) -> Plan:
        (tmp_path / "plan.yaml").write_text(text, encoding="utf-8")
        read = read_scenario(str(tmp_path / "plan.yaml"))
        return make_plan([read], load_price_lists(read.sites, read.price_books))

    return write


def finance(text: str) -> str:
    return f"finance:\n  version: 1\n{text}"


RATES = "  exchange_rates: [{from: CNY, to: USD, rate: 0.14, agreed_on: 2026-11-20, source: treasury}]\n"


# Currencies


def test_accounts_of_both_sites_are_billed_in_their_own_currency_and_converted(calculated: Write) -> None:
    plan = calculated(PLAN + CHINESE + finance(RATES))
    lines = plan.lines
    assert set(lines.currencies) == {"CNY"}
    (row,) = [row for row in summary.cost_rows(plan) if row.sku == "tr-connection"]
    # 744 h x 0.35 = CNY 260.40 in January, 672 h x 0.35 = 235.20 in February; x 0.14
    assert row.amounts == (36_456_000_000, 32_928_000_000)
    (cdt,) = [row for row in summary.cost_rows(plan) if row.sku == "cdt-internet"]
    assert cdt.amounts == (11_200_000_000, 11_200_000_000)  # (120 - 20) x 0.80 = 80.00; x 0.14 = 11.20
    assert statement.exchange_notes(plan) == ("CNY 1 = USD 0.14 (FY2027; fixed 2026-11-20, treasury)",)


def test_each_fiscal_year_has_its_rate(calculated: Write) -> None:
    rates = RATES.replace("rate: 0.14,", "rate: 0.14, fiscal_year: 2027,").rstrip("]\n") + (
        ", {from: CNY, to: USD, rate: 0.15, fiscal_year: 2028, agreed_on: 2026-11-21, source: treasury}]\n"
    )
    year = "  fiscal_year: {first_month: 2}\n"  # FY2027 ends with January 2027
    plan = calculated(PLAN + CHINESE + finance(rates + year))
    (row,) = [row for row in summary.cost_rows(plan) if row.sku == "tr-connection"]
    assert row.amounts == (36_456_000_000, 35_280_000_000)  # 260.40 x 0.14; 235.20 x 0.15
    assert [one.years for one in statement.used_exchanges(plan)] == [(2027,), (2028,)]


def test_results_can_be_in_a_currency_that_no_account_is_billed_in(calculated: Write) -> None:
    rates = "  exchange_rates: [{from: USD, to: EUR, rate: 0.9, agreed_on: 2026-11-20, source: treasury}]\n"
    plan = calculated(PLAN.replace("currency: USD", "currency: EUR") + PUBLIC + finance(rates))
    (row,) = [row for row in summary.cost_rows(plan) if row.sku == "tr-connection"]
    assert row.amounts[0] == 40_176_000_000  # 744 x 0.06 x 0.9


@given(
    st.lists(st.integers(0, 10**15), min_size=2, max_size=2),
    st.decimals("0.0000000001", 1000, places=10),
)
def test_conversion_rounds_half_up_once(amounts: list[int], rate: Decimal) -> None:
    exchange = fixed("CNY", "USD", [rate, rate])
    exact = [(Decimal(amount) * rate + Decimal("0.5")).to_integral_value("ROUND_FLOOR") for amount in amounts]
    assert convert_exactly(exchange, amounts) == tuple(int(one) for one in exact)


@pytest.mark.parametrize(
    ("first", "named", "month", "year"),
    [
        (1, "end", (2027, 1), 2027),
        (1, "start", (2027, 12), 2027),
        (4, "end", (2027, 3), 2027),
        (4, "end", (2027, 4), 2028),
        (4, "start", (2027, 3), 2026),
        (4, "start", (2027, 4), 2027),
    ],
)
def test_fiscal_years(first: int, named: str, month: tuple[int, int], year: int) -> None:
    fiscal = FiscalYear.model_validate({"first_month": first, "named_after": named})
    assert fiscal.of(Month(*month)) == year


# Bills


def test_a_bill_is_rounded_down_once_a_month_and_taxed_after_that(calculated: Write) -> None:
    text = finance(
        "  tax: [{title: VAT, percent: 7, source: tax office, accounts: [hub], effective_from: 2027-02-01}]\n"
    )
    plan = calculated(PLAN + PUBLIC.replace("500", "500.033") + text)
    (bill,) = settlement.settle(plan)
    # connection 44.64 + IPsec 44.64 + processing 2.00 + (500.033 - 0 free: the baseline took them) x 0.074 = 37.002442
    assert bill.billed[0] == 128_282_442_000
    assert bill.rounding[0] == -2_442_000
    assert bill.settled[0] == 128_280_000_000
    assert [tax.amounts for tax in bill.taxes] == [(0, 8_370_000_000)]
    # February: 40.32 + 40.32 + 2.00 + 37.002442 = 119.642442; 119.64 x 7 % = 8.3748, to the cent 8.37
    assert bill.settled[1] == 119_640_000_000


def test_tax_is_rounded_half_up_to_the_cent() -> None:
    assert settlement.percent_of(50 * CENT, Decimal(7), CENT) == 4 * CENT  # 0.50 x 7 % = 0.035
    assert settlement.percent_of(49 * CENT, Decimal(7), CENT) == 3 * CENT  # 0.0343
    assert settlement.percent_of(-100, Decimal("12.5")) == -12  # -12.5, half up


def test_bills_are_in_the_currency_of_the_account(calculated: Write) -> None:
    plan = calculated(PLAN + PUBLIC + CHINESE + finance(RATES + "  settlement: true\n"))
    assert [(bill.account, bill.currency) for bill in settlement.settle(plan)] == [("east", "CNY"), ("hub", "USD")]
    east = settlement.settle(plan)[0]
    assert east.unpriced == (True, True)  # no price of the IPsec connection is known
    assert east.reported[0] == east.payable[0] * 14 // 100


# Charges


def charges(plan: Plan) -> dict[str, tuple[int, int, int]]:
    return {one.cost_center: (sum(one.direct), sum(one.shared), sum(one.markup)) for one in chargeback.charge(plan)}


def test_an_underlay_is_laid_over_its_groups_by_gb(calculated: Write) -> None:
    plan = calculated(PLAN + PUBLIC + PRIVATE + finance(""))
    fee = 1416 * 60_000_000  # 744 + 672 hours x 0.06 = 84.96
    found = charges(plan)
    assert found["works"][1] == fee * 3 // 4  # 300 of 400 GB
    assert found["stock"][1] == fee // 4
    assert found["retail"][1] == 0


@pytest.mark.parametrize(
    ("rule", "works", "stock", "board"),
    [
        ("by-connection-hours", (1, 2), (1, 2), (0, 1)),
        ("equal", (1, 2), (1, 2), (0, 1)),
        ("{works: 20, board: 80}", (1, 5), (0, 1), (4, 5)),
    ],
)
def test_other_rules(
    rule: str, works: tuple[int, int], stock: tuple[int, int], board: tuple[int, int], calculated: Write
) -> None:
    plan = calculated(PLAN + PUBLIC + PRIVATE + finance(f"  allocation: {{underlays: {rule}}}\n"))
    found, fee = charges(plan), 1416 * 60_000_000
    for name, (part, whole) in (("works", works), ("stock", stock), ("board", board)):
        assert found.get(name, (0, 0, 0))[1] == fee * part // whole


def test_an_underlay_with_a_cost_centre_is_not_shared(calculated: Write) -> None:
    text = PLAN.replace("transit_router: tr-de}\nattach", "transit_router: tr-de, cost_center: backbone}\nattach")
    plan = calculated(text + PRIVATE + finance(""))
    assert charges(plan)["backbone"] == (1416 * 60_000_000, 0, 0)


def test_a_pool_can_be_shared_by_another_rule(calculated: Write) -> None:
    plan = calculated(PLAN + PRIVATE + finance("  allocation: {pools: equal}\n"))
    direct = calculated(PLAN + PRIVATE + finance(""))
    outbound = 2 * 400 * 19_000_000  # two months x 400 GB x 0.019
    assert charges(plan)["works"][1] - charges(direct)["works"][1] == outbound // 2
    assert charges(plan)["stock"][1] - charges(direct)["stock"][1] == outbound // 2


def test_a_markup_is_added_to_what_a_cost_centre_bears(calculated: Write) -> None:
    plan = calculated(PLAN + PRIVATE + finance("  markup_percent: {works: 5}\n"))
    direct, shared, markup = charges(plan)["works"]
    assert markup == sum(
        settlement.percent_of(d + s, Decimal(5))
        for one in chargeback.charge(plan)
        if one.cost_center == "works"
        for d, s in zip(one.direct, one.shared, strict=True)
    )
    assert abs(markup - (direct + shared) * 5 // 100) <= 2


@pytest.mark.parametrize("rule", ["by-gb", "by-connection-hours", "equal", "{works: 33.333333, stock: 66.666667}"])
@pytest.mark.parametrize("key", ["underlays", "pools"])
def test_charges_add_up_to_what_is_billed(key: str, rule: str, calculated: Write) -> None:
    plan = calculated(PLAN + PUBLIC + PRIVATE + finance(f"  allocation: {{{key}: {rule}}}\n"))
    assert sum(direct + shared for direct, shared, _ in charges(plan).values()) == summary.totals(plan).subtotal


@given(st.integers(0, 10**18), st.lists(st.integers(0, 10**12), min_size=1, max_size=9).filter(any))
def test_shares_add_up_and_are_off_by_less_than_one(amount: int, weights: list[int]) -> None:
    shares = chargeback.share_out(amount, weights)
    assert sum(shares) == amount
    for share, weight in zip(shares, weights, strict=True):
        assert share >= 0
        assert abs(share * sum(weights) - amount * weight) < sum(weights)


# Pools


def test_run_rate_increment_and_expected_bill_of_a_pool(calculated: Write) -> None:
    plan = calculated(PLAN + PUBLIC)
    (cdt,) = pool_bill.pool_bills(plan)
    assert (cdt.sku, cdt.account, cdt.region) == ("cdt-internet", "hub", "eu-central-1")
    assert cdt.run_rate == (7_400_000_000,) * 2  # (300 - 200 free) x 0.074
    assert cdt.increment == (37_000_000_000,) * 2  # 500 x 0.074
    assert cdt.expected == (44_400_000_000,) * 2


def test_without_a_baseline_the_run_rate_is_not_known(calculated: Write) -> None:
    (cdt,) = pool_bill.pool_bills(calculated(PLAN.replace("cdt_internet_gb: 300, ", "") + PUBLIC))
    assert (cdt.run_rate, cdt.expected) == (None, None)
    assert cdt.increment == (22_200_000_000,) * 2  # (500 - 200) x 0.074


# Steps and evidence

BOOK = """\
version: 1
title: deal
site: intl
currency: USD
references: {deal: {title: deal, read_on: 2026-11}}
items:
  ipsec-connection: {rates: [{scope: all, rate: 0.05, evidence: contract, source: deal}]}
discounts: [{items: cdt-internet, discount_percent: 50, evidence: contract, source: deal}]
"""


def test_from_list_price_to_bill(calculated: Write, tmp_path: Path) -> None:
    (tmp_path / "deal.yaml").write_text(BOOK, encoding="utf-8")
    plan = calculated(PLAN + PUBLIC + "price_books: [deal.yaml]\n")
    steps = summary.steps(plan)
    # list: 1,416 h x (0.06 + 0.06) + 2 x (100 x 0.02 + 500 x 0.074); contract: 1,416 h x -0.01 - 2 x 18.50
    assert steps.list_cost == 247_920_000_000
    assert steps.contract == -51_160_000_000
    assert (steps.without_list_price, steps.covered) == (0, 0)
    assert steps.billed == summary.totals(plan).subtotal == 196_760_000_000
    shares = {one.evidence: one.amount for one in statement.evidence_shares(plan)}
    assert shares == {"contract": 70_800_000_000, "secondary": 125_960_000_000}  # 1,416 x 0.05


def test_what_has_no_list_price_is_a_step_of_its_own(calculated: Write, tmp_path: Path) -> None:
    book = BOOK.replace("intl", "cn").replace("USD", "CNY").split("discounts")[0]
    (tmp_path / "deal.yaml").write_text(book, encoding="utf-8")
    text = PLAN.replace("currency: USD", "currency: CNY") + CHINESE + "price_books: [deal.yaml]\n"
    steps = summary.steps(calculated(text))
    assert not steps.list_complete
    assert steps.without_list_price == 70_800_000_000  # 1,416 h x 0.05: no list price of the connection is known
    assert steps.contract == 0


def test_codes_of_the_general_ledger_and_owners(calculated: Write) -> None:
    text = PUBLIC.replace("sites: 1", "sites: 1, owner_account: branch")
    plan = calculated(PLAN + text + finance("  gl_codes: {tr-connection: '6420', cdt-internet: '6430'}\n"))
    rows = summary.cost_rows(plan)
    assert {row.gl_code for row in rows} == {"6420", "6430", "(none)"}
    assert {(row.owner, row.account) for row in rows} == {("branch", "hub"), ("branch", "branch")}
    by_code = {one.key[0]: one.total for one in summary.by(rows, "gl_code")}
    assert sum(by_code.values()) == summary.totals(plan).subtotal
