"""Prepaid plans as files state them: their kinds, and what becomes of their keys."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from planner import prepaid, summary
from planner.core.entry import load
from planner.core.source import parse_yaml
from planner.plan import make_plan
from planner.prepaid import PrepaidPlan
from planner.scenario import read_scenario
from pricing.book import load_books
from pricing.prepaid import Prepaid, kinds
from tests.support.plans import planned

GB, DOLLAR = 10**6, 10**9
MARCH = date(2027, 3, 1)


def stated(text: str) -> PrepaidPlan:
    common = "account: b, start: 2027-03-01, evidence: contract, source: offer 7"
    return load(PrepaidPlan, parse_yaml(f"{{{common}, {text}}}", "plan.yaml"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "kind: cdt-resource-plan, gb: 1000, area: mainland, price: 108.56",
            Prepaid("p", "cdt-resource-plan", 1, MARCH, 12, 1000 * GB, None, "mainland", price=108_560_000_000),
        ),
        (
            "kind: vbr-outbound-plan, tb: 10, price: 0.000000001, remaining_gb: 0.5",
            Prepaid("p", "vbr-outbound-plan", 1, MARCH, 12, 10_240 * GB, GB // 2, price=1),
        ),
        (
            "kind: tr-savings-plan, commitment_per_hour: 3, discount_factor: 0.85, term_months: 36, paid: monthly",
            Prepaid("p", "tr-savings-plan", 1, MARCH, 36, per_hour=3 * DOLLAR, factor=Fraction(17, 20), monthly=True),
        ),
    ],
    ids=["cdt", "vbr", "savings"],
)
def test_keys_become_exact_numbers(text: str, expected: Prepaid) -> None:
    assert prepaid.bought([("p", stated(text))], ("a", "b")) == (expected,)


def test_plans_are_sorted_by_name() -> None:
    plan = stated("kind: vbr-outbound-plan, tb: 1, price: 1")
    assert [one.name for one in prepaid.bought([("z", plan), ("a", plan)], ("b",))] == ["z", "a"]


@pytest.mark.parametrize("name", kinds())
def test_a_kind_has_sizes_and_a_volume_offsets_one_item(name: str) -> None:
    kind = kinds()[name]
    assert kind.size in prepaid.SIZES
    assert kind.is_commitment or len(kind.offsets) == 1
    assert kind.is_commitment == (kind.micro(1) == 0)
    bounds = kind.sizes or (kind.at_least, kind.at_most or 10**6)
    assert all(kind.fits(size) for size in bounds)
    assert not kind.fits(min(bounds) - 1)


def test_sizes_that_are_sold() -> None:
    assert {name: kind.sizes_in_words for name, kind in kinds().items()} == {
        "cdt-resource-plan": "50 to 102,400 GB",
        "tr-savings-plan": "1 or more per hour",
        "vbr-outbound-plan": "1, 10 or 100 TB",
    }
    assert not kinds()["vbr-outbound-plan"].fits(50)
    assert not kinds()["cdt-resource-plan"].fits(102_401)


def test_a_plan_can_cover_all_there_is_of_an_item(tmp_path: Path) -> None:
    text = """
version: 1
name: all-covered
currency: USD
period: {start: 2027-01, months: 1}
estate:
  version: 1
  accounts: {hub: {site: intl}}
  transit_routers: {tr-singapore: {region: ap-southeast-1, account: hub}}
  baselines: [{account: hub, region: ap-southeast-1, vbr_outbound_gb: 0}]
prepaid:
  one: {kind: vbr-outbound-plan, account: hub, start: 2027-01-01, tb: 1, price: 30, evidence: assumed, source: offer}
underlays: {vbr: {kind: vbr, transit_router: tr-singapore, already_attached: true}}
attachments:
  site:
    network_type: private
    transit_router: tr-singapore
    underlay: vbr
    traffic: {to_data_center_gb: 1000, from_data_center_gb: 0}
    sites: 1
"""
    (tmp_path / "plan.yaml").write_text(text, encoding="utf-8")
    made = make_plan([read_scenario(str(tmp_path / "plan.yaml"))], load_books("intl"))
    # no free quota after 2026, so that nothing of the item is billed: 1,000 x 0.0390 are covered
    assert summary.steps(made).covered == -39 * DOLLAR
    # two fees of 744 h x 0.06, and the price of the plan
    assert summary.totals(made).subtotal == 2 * 44_640_000_000 + 30 * DOLLAR


def test_an_account_of_the_other_site_may_buy_a_prepaid_plan_and_nothing_else(tmp_path: Path) -> None:
    plan = {
        "version": "1",
        "name": "bought",
        "currency": "USD",
        "period": {"start": "2027-03", "months": "2"},
        "finance": {
            "version": "1",
            "exchange_rates": [
                {"from": "CNY", "to": "USD", "rate": "0.14", "agreed_on": "2026-10-01", "source": "treasury"}
            ],
        },
        "prepaid": {
            "p": {"kind": "vbr-outbound-plan", "account": "works", "start": "2027-03-01", "tb": "1", "price": "700"}
            | {"evidence": "contract", "source": "offer 7"}
        },
        "attachments": {"a": {"network_type": "public", "transit_router": "tr", "sites": "1"}},
    }
    estate = {
        "version": "1",
        "accounts": {"hub": {"site": "intl"}, "works": {"site": "cn"}},
        "transit_routers": {"tr": {"region": "eu-central-1", "account": "hub"}},
    }
    made = planned(tmp_path, plan, estate)
    (paid,) = [one for one in made.rated if one.usage.sku == "prepaid-plan"]
    assert paid.reported(paid.amount).tolist() == [[[98 * DOLLAR, 0]]]  # CNY 700 × 0.14


def test_an_item_that_prepaid_plans_cover_wholly_costs_nothing_beside_them(tmp_path: Path) -> None:
    plan = {
        "version": "1",
        "name": "covered",
        "currency": "USD",
        "period": {"start": "2027-03", "months": "2"},
        "prepaid": {
            "p": {"kind": "vbr-outbound-plan", "account": "hub", "start": "2027-03-01", "tb": "1", "price": "15"}
            | {"evidence": "contract", "source": "offer 7"}
        },
        "underlays": {"u": {"kind": "vbr", "transit_router": "tr"}},
        "attachments": {
            "a": {"network_type": "private", "transit_router": "tr", "underlay": "u", "sites": "1"}
            | {"traffic": {"to_data_center_gb": "100", "from_data_center_gb": "0"}}
        },
    }
    estate = {
        "version": "1",
        "accounts": {"hub": {"site": "intl"}},
        "transit_routers": {"tr": {"region": "eu-central-1", "account": "hub"}},
    }
    made = planned(tmp_path, plan, estate)
    (outbound,) = [one for one in made.rated if one.usage.sku == "vbr-outbound"]
    assert outbound.covered == (True,)  # 100 of 1,024 GB in each month
    (row,) = [row for row, sku in enumerate(made.costs.sku.tolist()) if made.costs.skus[sku] == "vbr-outbound"]
    assert made.costs.amount[row].tolist() == [0, 0]
    assert made.costs.contracted[row].tolist() == [19 * DOLLAR // 10] * 2  # 100 GB × 0.019
