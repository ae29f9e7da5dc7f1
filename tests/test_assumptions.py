"""Open questions: what each answer makes of a plan, by hand, and how they are declared."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner import assumption, statement
from planner.assumption import Assumptions, Facts
from planner.core.entry import field_docs
from planner.core.period import NEVER, Month, Period, seconds
from planner.demand import clock_hours, running_hours
from planner.plan import Plan, make_plan
from planner.quota import EXCEEDED
from tests import oracle
from tests.support import plans

CONNECTIONS, DATA, IPSEC = "tr-connection", "tr-data-processing", "ipsec-connection"
LEGACY, CDT, VBR = "ipsec-internet-legacy", "cdt-internet", "vbr-outbound"
ECMP = "ecmp-vpn-attachments"


def planned(
    folder: Path,
    groups: dict[str, dict[str, Any]],
    estate: dict[str, Any] | None = None,
    start: str = "2027-01",
    months: int = 1,
    **assumptions: Any,
) -> Plan:
    """Public groups on `tr` in Frankfurt, where every price is known; `part_of_an_hour="..."` answers a question."""
    plan = {
        "version": "1",
        "name": "open",
        "currency": "USD",
        "period": {"start": start, "months": str(months)},
        "assumptions": {key.replace("_", "-"): value for key, value in assumptions.items()},
        "attachments": {
            name: {"network_type": "public", "transit_router": "tr", **entry} for name, entry in groups.items()
        },
    }
    landing = {
        "version": "1",
        "accounts": {"hub": {"site": "intl"}, "retail": {"site": "intl"}},
        "transit_routers": {"tr": {"region": "eu-central-1", "account": "hub"}},
        **(estate or {}),
    }
    return plans.planned(folder, plan, landing)


def used(plan: Plan, sku: str, month: str = "", account: str = "") -> Fraction:
    """Units of an item, in all tiers."""
    return Fraction(
        sum(
            line.quantity or 0
            for line in plans.lines_of(plan)
            if line.sku == sku and month in line.month and account in line.account
        ),
        10**6,
    )


def cost(plan: Plan, sku: str) -> Decimal:
    """What an item costs; all of it has a price."""
    lines = [line for line in plans.lines_of(plan) if line.sku == sku]
    assert all(line.amount is not None for line in lines)
    return plans.money(sum(line.amount or 0 for line in lines))


# part-of-an-hour


def test_part_of_an_hour_by_clock_or_from_the_instant_of_creation(tmp_path: Path) -> None:
    group = {"sites": "1", "start": "2027-01-05T10:30", "end": "2027-01-05T12:15"}
    clock = planned(tmp_path, {"g": group})
    running = planned(tmp_path, {"g": group}, part_of_an_hour="running-hour")
    # touched are the clock hours of 10, 11 and 12 o'clock; from 10:30 on, 1 h 45 min are two hours
    assert (used(clock, CONNECTIONS), used(running, CONNECTIONS)) == (3, 2)
    assert (used(clock, IPSEC), used(running, IPSEC)) == (3, 2)


def test_an_hour_belongs_to_the_month_in_which_it_begins(tmp_path: Path) -> None:
    group = {"sites": "1", "start": "2027-01-31T22:50", "end": "2027-02-01T00:30"}
    traffic = {"traffic": {"from_data_center_gb": "744"}}
    clock = planned(tmp_path, {"g": group | traffic}, months=2)
    running = planned(tmp_path, {"g": group | traffic}, months=2, part_of_an_hour="running-hour")
    # by the clock 22 and 23 o'clock in January and 0 o'clock in February; from 22:50 on, 1 h 40 min
    assert [used(clock, IPSEC, month) for month in ("2027-01", "2027-02")] == [2, 1]
    assert [used(running, IPSEC, month) for month in ("2027-01", "2027-02")] == [2, 0]
    # GB follow the clock hours either way: 744 GB × 2/744, and 744 GB × 1/672 = 1.107143
    for plan in (clock, running):
        assert [used(plan, DATA, month) for month in ("2027-01", "2027-02")] == [2, Fraction("1.107143")]


def test_an_underlay_is_charged_by_the_same_hours(tmp_path: Path) -> None:
    text = """
version: 1
name: underlay
currency: USD
period: {start: 2027-01, months: 1}
assumptions: {part-of-an-hour: running-hour}
estate: {version: 1, accounts: {hub: {site: intl}}, transit_routers: {tr: {region: eu-central-1, account: hub}}}
underlays: {vbr: {kind: vbr, transit_router: tr}}
attachments:
  dc:
    network_type: private
    transit_router: tr
    underlay: vbr
    sites: 1
    start: 2027-01-05T10:30
    end: 2027-01-05T12:15
"""
    (tmp_path / "plan.yaml").write_text(text, encoding="utf-8")
    plan = plans.calculated(tmp_path / "plan.yaml")
    assert used(plan, CONNECTIONS) == 2 + 2  # the connection's and the underlay's


MONTHS = Period(Month(2027, 1), 3)


@given(
    st.integers(0, 59 * 86400),
    st.one_of(st.integers(-3600, 3 * 3600), st.integers(0, 40 * 86400), st.sampled_from([3600, 7200])),
)
def test_running_hours_are_those_that_a_walk_counts(begin: int, length: int) -> None:
    start = datetime(2026, 12, 25) + timedelta(seconds=begin)
    counted = [0, 0, 0]
    hour = start
    while hour < start + timedelta(seconds=length):
        if hour.year == 2027 and hour.month <= 3:
            counted[hour.month - 1] += 1
        hour += timedelta(hours=1)
    at = np.array([seconds(start)])
    assert running_hours(at, at + length, np.array(MONTHS.bounds)).tolist() == [counted]


@given(st.lists(st.integers(0, 100 * 86400), min_size=1, max_size=5))
def test_what_stays_is_charged_the_same_hours_in_both_readings(starts: list[int]) -> None:
    start = np.array(starts) + MONTHS.bounds[0] - 5 * 86400
    bounds, never = np.array(MONTHS.bounds), np.full(len(starts), NEVER)
    assert (running_hours(start, never, bounds) == clock_hours(start, never, bounds)).all()


# gb-definition, encryption-overhead


def test_decimal_gb_are_fewer_on_the_bill(tmp_path: Path) -> None:
    group = {"sites": "1", "traffic": {"to_data_center_gb": "1000", "from_data_center_gb": "300"}}
    plan = planned(tmp_path, {"g": group}, gb_definition="decimal")
    # 1,000 × 10^9 / 2^30 = 931.3225746…; 300 × 10^9 / 2^30 = 279.3967723…
    assert used(plan, CDT) == Fraction("931.322575")
    assert used(plan, DATA) == Fraction("279.396772")
    # 200 of them are free: 731.322575 × 0.074
    assert cost(plan, CDT) == Decimal("54.117870550")


def test_baselines_are_gb_of_the_bill_either_way(tmp_path: Path) -> None:
    group = {"sites": "1", "traffic": {"to_data_center_gb": "1000"}}
    baselines = [{"account": "hub", "region": "eu-central-1", "cdt_internet_gb": "10340"}]
    plan = planned(tmp_path, {"g": group}, {"baselines": baselines}, gb_definition="decimal")
    # the baseline leaves 10,240 - (10,340 - 200) = 100 GB of tier 1
    assert [line.quantity for line in plans.lines_of(plan) if line.sku == CDT] == [100 * 10**6, 831_322_575]


def test_encryption_adds_percent_to_both_directions_and_is_rounded_with_the_volume(tmp_path: Path) -> None:
    traffic = {"to_data_center_gb": "0.000001", "from_data_center_gb": "200"}
    plan = planned(tmp_path, {"g": {"sites": "1", "traffic": traffic}}, encryption_overhead="7.5")
    assert used(plan, DATA) == 215  # 200 × 1.075
    assert used(plan, CDT) == Fraction("0.000001")  # 0.000001075, rounded once
    both = planned(
        tmp_path, {"g": {"sites": "1", "traffic": traffic}}, encryption_overhead="7.5", gb_definition="decimal"
    )
    assert used(both, DATA) == Fraction("200.234354")  # 200 × 1.075 × 10^9 / 2^30 = 200.2343535…


# connection-fee-per-connection, payer


def test_a_fee_by_tunnel_is_twice_that_by_connection(tmp_path: Path) -> None:
    group = {"sites": "2", "connections_per_site": "3"}
    plan = planned(tmp_path, {"g": group}, connection_fee_per_connection="tunnel")
    assert used(plan, IPSEC) == 2 * 3 * 2 * 744
    assert used(plan, CONNECTIONS) == 2 * 3 * 744  # the transit router counts connections
    assert cost(plan, IPSEC) == Decimal("535.68")  # 8,928 × 0.06


def test_the_owner_of_the_connection_can_pay_the_fees_of_the_transit_router(tmp_path: Path) -> None:
    group = {
        "sites": "1",
        "owner_account": "retail",
        "traffic": {"to_data_center_gb": "10", "from_data_center_gb": "20"},
    }
    hub_pays = planned(tmp_path, {"g": group})
    retail_pays = planned(tmp_path, {"g": group}, payer="resource-owner")
    for sku in (CONNECTIONS, DATA):
        assert (used(hub_pays, sku, account="retail"), used(retail_pays, sku, account="hub")) == (0, 0)
        assert used(hub_pays, sku) == used(retail_pays, sku, account="retail") > 0
    for plan in (hub_pays, retail_pays):  # data-transfer-payer
        assert used(plan, IPSEC, account="hub") == used(plan, CDT, account="hub") == 0


# removal-order


ROLLOUT = [
    {"date": "2026-02-28", "add_sites": "2"},  # before the rule: legacy
    {"date": "2026-03-01", "add_sites": "1"},  # by CDT
    {"date": "2027-01-01", "remove_sites": "2"},
]


@pytest.mark.parametrize(
    ("order", "gb"),
    [
        ("oldest-first", (0, 7)),  # the two legacy ones leave
        ("newest-first", (7, 0)),  # the one by CDT and one of the others
    ],
)
def test_order_of_removals_decides_the_mode_of_those_that_stay(order: str, gb: tuple[int, int], tmp_path: Path) -> None:
    group = {"rollout": ROLLOUT, "traffic": {"to_data_center_gb": "7"}}
    plan = planned(tmp_path, {"g": group}, removal_order=order)
    assert (used(plan, LEGACY), used(plan, CDT)) == gb


def test_last_connection_ids_leave_first_when_the_newest_sites_do(tmp_path: Path) -> None:
    rollout = [{"date": "2027-01-01", "add_sites": "3"}, {"date": "2027-01-10", "remove_sites": "1"}]
    groups = {
        "a": {"rollout": rollout, "connection_ids": ["vco-1", "vco-2", "vco-3"]},
        "b": {"transit_router": "other", "sites": "2", "start": "2027-01-20", "connection_ids": ["vco-1", "vco-3"]},
    }
    estate = {"transit_routers": {name: {"region": "eu-central-1", "account": "hub"} for name in ("tr", "other")}}
    twice = {}
    for order in ("oldest-first", "newest-first"):
        plan = planned(tmp_path, groups, estate, removal_order=order)
        rows = plans.quotas_of(plan)
        twice[order] = [row.scope for row in rows if row.quota == "transit-routers-per-connection" and row.used > 1]
    assert twice == {"oldest-first": ["vco-3"], "newest-first": ["vco-1"]}


# baseline


def test_without_a_baseline_everything_else_can_be_taken_to_use_the_free_quota(tmp_path: Path) -> None:
    group = {"sites": "1", "traffic": {"to_data_center_gb": "500"}}
    nothing = planned(tmp_path, {"g": group})
    used_up = planned(tmp_path, {"g": group}, baseline="free-quota-used")
    assert cost(nothing, CDT) == Decimal("22.20")  # (500 - 200) × 0.074
    assert cost(used_up, CDT) == Decimal("37.00")  # 500 × 0.074: tier 1 begins with the plan
    (finding,) = (one for one in used_up.findings if one.code == "missing-baseline")
    assert "priced as if everything else in the account used up the free quota" in finding.message


def test_an_account_with_a_baseline_is_not_touched_by_the_answer(tmp_path: Path) -> None:
    groups = {
        "a": {"sites": "1", "traffic": {"to_data_center_gb": "500"}},
        "b": {"sites": "1", "owner_account": "retail", "traffic": {"to_data_center_gb": "500"}},
    }
    baselines = [{"account": "retail", "region": "us-east-1", "cdt_internet_gb": "150"}]
    plan = planned(tmp_path, groups, {"baselines": baselines}, baseline="free-quota-used")
    free = {line.subject: line.quantity for line in plans.lines_of(plan) if line.sku == CDT and line.tier == 0}
    assert free == {"b": 50 * 10**6}  # Virginia draws 150 of the 200


# undecided-internet-billing


def test_traffic_that_no_rule_decides_can_be_taken_as_cdt(tmp_path: Path) -> None:
    groups = {
        "undecided": {"sites": "1", "traffic": {"to_data_center_gb": "10000"}},
        "forced": {"sites": "1", "internet_billing": "legacy", "traffic": {"to_data_center_gb": "7"}},
    }
    estate = {"transit_routers": {"tr": {"region": "ap-southeast-1", "account": "hub"}}}
    plan = planned(tmp_path, groups, estate, undecided_internet_billing="cdt")
    assert (used(plan, LEGACY), used(plan, CDT)) == (7, 10000)
    (finding,) = (one for one in plan.findings if one.code == "internet-billing")
    # (10,000 - 200) × 0.10 = 980.00; the legacy way 10,000 × 0.117 = 1,170.00
    assert finding.subject == "undecided"
    assert finding.message.endswith(
        "is billed by CDT; it is taken as CDT: USD 980.00 in the period; the legacy way it would be USD 1,170.00"
    )


def test_answer_is_not_asked_where_the_rule_or_the_estate_decides(tmp_path: Path) -> None:
    group = {"sites": "1", "traffic": {"to_data_center_gb": "31"}}
    estate = {
        "transit_routers": {"tr": {"region": "ap-southeast-1", "account": "hub"}},
        "cdt_from": {"ap-southeast-1": "2027-01-11"},
    }
    for answer in ("legacy", "cdt"):
        moved = planned(tmp_path, {"g": group}, estate, undecided_internet_billing=answer)
        assert (used(moved, LEGACY), used(moved, CDT)) == (10, 21)
        ruled = planned(tmp_path, {"g": group}, undecided_internet_billing=answer)
        assert (used(ruled, LEGACY), used(ruled, CDT)) == (0, 31)
        assert not any(one.code == "internet-billing" for plan in (moved, ruled) for one in plan.findings)


def test_older_sites_of_a_group_move_while_the_rule_holds_for_its_newer_ones(tmp_path: Path) -> None:
    rollout = [{"date": "2026-01-01", "add_sites": "1"}, {"date": "2026-04-01", "add_sites": "3"}]
    group = {"rollout": rollout, "traffic": {"to_data_center_gb": "1000"}}
    plan = planned(tmp_path, {"g": group}, start="2026-06", undecided_internet_billing="cdt")
    assert (used(plan, LEGACY), used(plan, CDT)) == (0, 4000)
    (finding,) = (one for one in plan.findings if one.code == "internet-billing")
    # (4,000 - 200) × 0.074 = 281.20; the other way 1,000 × 0.07 + (3,000 - 200) × 0.074 = 277.20
    assert "taken as CDT: USD 281.20 in the period; the legacy way it would be USD 277.20" in finding.message


# ecmp-counts


def test_tunnels_can_count_instead_of_connections(tmp_path: Path) -> None:
    group = {"sites": "7", "ecmp": "set dc"}
    router = {"region": "eu-central-1", "account": "hub", "attached": {"vpn": "2"}, "ecmp_attached": {"dc": "2"}}
    plan = planned(tmp_path, {"g": group}, {"transit_routers": {"tr": router}}, ecmp_counts="tunnels")
    (use,) = (one for one in plan.quotas if one.id == ECMP)
    assert use.used.tolist() == [[(2 + 7) * 2]]
    assert (use.status == EXCEEDED).all()
    error, *others = (one for one in plan.findings if one.code == ECMP)
    assert error.message == (
        "tr/set dc: 18 VPN attachments in ECMP in 2027-01, 2 more than the limit of 16; tipped by the step of"
        " 2027-01-01 of 'g', which adds 14; each tunnel counts, two per connection"
    )
    assert {one.message.partition(",")[0] for one in others} == {
        "read the other way (ecmp-scope: transit-router)",
        "read the other way (ecmp-counts: connections)",
    }


# how they are declared


@pytest.mark.parametrize("name", assumption.declared())
def test_default_is_the_first_answer_and_changes_nothing_where_it_is_given(name: str) -> None:
    one = assumption.declared()[name]
    answered = assumption.listed(Assumptions())[name]
    assert answered.value == answered.default == next(iter(one.answers))
    if one.is_key:
        assert getattr(Assumptions(**{name: answered.answer}), assumption.field_of(name)) == answered.answer
        assert field_docs(Assumptions)[assumption.field_of(name)] == one.meaning
    else:
        assert name not in {field.alias for field in Assumptions.model_fields.values()}


def test_ids_never_change() -> None:
    assert {
        "ecmp-scope", "free-quota-region-order", "free-quota-position", "list-prices-stay", "part-of-an-hour",
        "gb-definition", "encryption-overhead", "connection-fee-per-connection", "payer", "removal-order", "baseline",
    } <= set(assumption.declared())  # fmt: skip


def test_alternatives_are_answers_that_the_model_takes_and_not_the_one_that_is_given() -> None:
    facts = Facts(cheapest_first=("cn-beijing", "us-east-1"), dearest_first=("us-east-1", "cn-beijing"))
    for name, one in assumption.listed(Assumptions()).items():
        for alternative in one.assumption.alternatives(facts, one.answer):
            if alternative.higher_list_prices:
                continue
            answer = list(alternative.answer) if isinstance(alternative.answer, tuple) else str(alternative.answer)
            taken = assumption.listed(Assumptions(**{name: answer}))[name]
            assert taken.answer == alternative.answer != one.answer


# which plans they touch


def touching(plan: Plan) -> set[str]:
    return {one.id for one in statement.used_assumptions(plan)}


def test_only_questions_that_can_change_something_touch_a_plan(tmp_path: Path) -> None:
    zero = [{"account": "hub", "region": "eu-central-1", "cdt_internet_gb": "0"}]
    fees = {"connection-fee-per-connection", "tunnel-bandwidth", "list-prices-stay"}
    bare = planned(tmp_path, {"g": {"sites": "1", "traffic": {"to_data_center_gb": "0", "from_data_center_gb": "0"}}})
    assert touching(bare) == fees
    sending = planned(tmp_path, {"g": {"sites": "1", "traffic": {"to_data_center_gb": "9"}}}, {"baselines": zero})
    assert touching(sending) == {*fees, "gb-definition", "encryption-overhead", "free-quota-position"}
    unused = {one.id for one in statement.unused_assumptions(sending)}
    assert unused == set(assumption.declared()) - touching(sending)
    part = planned(tmp_path, {"g": {"sites": "1", "end": "2027-01-05T10:30"}})
    assert "part-of-an-hour" in touching(part)
    shared = planned(tmp_path, {"g": {"sites": "1", "ecmp": "group", "owner_account": "retail"}})
    assert {"ecmp-scope", "ecmp-counts", "payer", "data-transfer-payer"} <= touching(shared)
    removed = planned(tmp_path, {"g": {"rollout": ROLLOUT}})
    assert "removal-order" in touching(removed)
    without = planned(tmp_path, {"g": {"sites": "1", "traffic": {"to_data_center_gb": "9"}}})
    assert "baseline" in touching(without)


@pytest.mark.parametrize(
    ("traffic", "relies"),
    [
        ({"to_data_center_gb": "400", "peak_to_average": "5"}, True),
        ({"to_data_center_gb": "400"}, True),  # the average is a lower bound of the peak
        ({"to_data_center_gb": "400", "peak_mbps": "5"}, False),  # nothing is made of the GB where nothing is priced
        ({"to_data_center_gb": "0"}, False),
        ({}, False),
    ],
    ids=str,
)
def test_what_peaks_are_made_of_is_listed_where_nothing_is_priced(
    tmp_path: Path, traffic: dict[str, str], relies: bool
) -> None:
    group = {"sites": "1", "connections_per_site": "2", "ecmp": "per-site", "traffic": traffic}
    checked = make_plan(planned(tmp_path, {"g": group}).scenarios, None)
    assert ("gb-definition" in touching(checked)) == relies
    assert "ecmp-counts" in touching(checked)  # two connections, or the four tunnels of both, of 16


def test_every_answer_that_changes_what_is_found_of_a_peak_is_listed(tmp_path: Path) -> None:
    """The other answer to a question that is not listed changes nothing that a check says."""
    # 400,000 GB x 2^30 x 8 / 2,678,400 s x 16 = 20.5 Gbit/s, and ten connections carry 20; 10^9 bytes make 19.1 of it
    peaks = {"to_data_center_gb": "400000", "peak_to_average": "16"}
    group = {"sites": "1", "connections_per_site": "10", "ecmp": "per-site", "traffic": peaks}

    def said(**answers: str) -> tuple[set[str], set[str]]:
        checked = make_plan(planned(tmp_path, {"g": group}, **answers).scenarios, None)
        return {one.message for one in checked.findings if one.code == "throughput"}, touching(checked)

    usual, listed = said()
    for name, answer in (("gb_definition", "decimal"), ("ecmp_counts", "tunnels")):
        assert said(**{name: answer})[0] != usual
        assert name.replace("_", "-") in listed


def test_regions_are_ranked_by_what_gb_beyond_the_free_quota_cost(tmp_path: Path) -> None:
    text = """
version: 1
name: order
currency: USD
period: {start: 2026-12, months: 1}
estate:
  version: 1
  accounts: {hub: {site: intl}}
  transit_routers:
    a: {region: us-east-1, account: hub}
    b: {region: cn-beijing, account: hub}
underlays:
  va: {kind: vbr, transit_router: a}
  vb: {kind: vbr, transit_router: b}
attachments:
  x: {network_type: private, transit_router: a, underlay: va, sites: 1, traffic: {to_data_center_gb: 60000}}
  y: {network_type: private, transit_router: b, underlay: vb, sites: 1, traffic: {to_data_center_gb: 60000}}
"""
    (tmp_path / "plan.yaml").write_text(text, encoding="utf-8")
    facts = statement.facts(plans.calculated(tmp_path / "plan.yaml"))
    # 0.0130 in Beijing, 0.0190 in Virginia
    assert facts.cheapest_first == ("cn-beijing", "us-east-1")
    assert facts.dearest_first == ("us-east-1", "cn-beijing")


def test_oracle_counts_running_hours_from_the_instant_on() -> None:
    month = oracle.month_at(oracle.month_number("2027-01"))
    start = datetime(2027, 1, 31, 22, 50)
    assert oracle.running_hours(start, start + timedelta(minutes=100), month) == 2
    assert oracle.running_hours(start, oracle.FOREVER, month) == 2
