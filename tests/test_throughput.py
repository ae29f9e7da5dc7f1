"""What sites send at their peak and what connections carry, worked out by hand; and what the check makes of it."""

from __future__ import annotations

import importlib
import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner import quota, scenario
from planner.assumptions.gb_definition import ASSUMPTION
from planner.core.entry import load
from planner.core.period import Month, Period, instant_text
from planner.core.problem import Finding
from planner.core.source import parse_yaml
from planner.plan import make_plan
from planner.plan_file import PlanFile, Traffic
from planner.scenario import Scenario
from planner.throughput import (
    BYTES_OF_GB,
    MOST_IN_ECMP,
    Capacity,
    Load,
    capacity_of,
    connections_needed,
    loads,
    peaks_of,
)
from planner.tunnel import Tunnel

YEAR = Period(Month(2027, 1), 12)
MEGA = 1_000_000

PLAN = """\
version: 1
name: example
currency: USD
period: {{start: 2027-01, months: 12}}
stage: {stage}
estate:
  version: 1
  accounts: {{hub: {{site: intl}}}}
  transit_routers:
    tr: {{region: eu-central-1, account: hub, attached: {{vpn: 5}}, ecmp_attached: {{dc: 5}}}}
assumptions: {assumptions}
tunnels: {{own: {tunnel}}}
attachments:
{groups}
"""


def read(groups: str, tunnel: str = "{}", stage: str = "estimate", assumptions: str = "{}") -> Scenario:
    lines = [f"  {line}" for line in groups.strip().splitlines()]
    text = PLAN.format(groups="\n".join(lines), tunnel=tunnel, stage=stage, assumptions=assumptions)
    source = parse_yaml(text, "plan.yaml")
    return scenario.resolve(load(PlanFile, source), source)


def group(name: str, traffic: str, more: str = "sites: 1") -> str:
    return f"{name}: {{network_type: public, transit_router: tr, tunnel: own, traffic: {traffic}, {more}}}\n"


def load_of(groups: str, **more: str) -> Load:
    (one,) = loads([read(groups, **more)])
    return one


def told(groups: str, **more: str) -> list[Finding]:
    return [one for one in make_plan([read(groups, **more)], None).findings if one.code == "throughput"]


def traffic(**stated: object) -> Traffic:
    return Traffic(**{key: str(value) for key, value in stated.items()})  # type: ignore[arg-type]


# Peaks


def test_gb_become_the_average_rate_of_the_calendar_month_times_the_ratio() -> None:
    made = peaks_of(traffic(to_data_center_gb=1000, from_data_center_gb=400, peak_to_average=3), YEAR)
    assert made and made.basis == "peak_to_average"
    # 1,000 GB × 2^30 bytes × 8 bit / 2,678,400 s of January × 3 = 9,621,342.51 bit/s; February: 2,419,200 s
    assert made.bits[0] == 9_621_343
    assert made.bits[1] == round(1000 * 2**30 * 8 * 3 / 2_419_200) == 10_652_201


def test_gb_of_10_to_the_9_bytes_are_fewer_bits() -> None:
    made = peaks_of(traffic(to_data_center_gb=1000), YEAR, "decimal")
    assert made and made.basis == "average"
    assert made.bits[0] == 2_986_858  # 1,000 GB × 10^9 bytes × 8 bit / 2,678,400 s = 2,986,857.83


def test_both_answers_to_the_assumption_are_known_here() -> None:
    assert set(ASSUMPTION.answers) == set(BYTES_OF_GB)


def test_a_stated_peak_grows_from_its_base_month() -> None:
    stated = traffic(peak_mbps=100, monthly_growth_percent=10, base_month="2026-12", to_data_center_gb=1)
    made = peaks_of(stated, YEAR)
    assert made and made.basis == "peak_mbps"
    assert made.bits[:2] == (110_000_000, 121_000_000)  # 100 Mbit/s × 1.1, × 1.1²
    assert made.bits[11] == 313_842_838  # 100 Mbit/s × 1.1^12 = 313.842837672...


def test_nothing_stated_is_no_peak() -> None:
    assert peaks_of(Traffic(), YEAR) is None


@given(st.integers(1, 10**6), st.integers(-50, 50), st.integers(1, 100))
def test_a_peak_of_n_times_the_traffic_is_n_times_the_peak(gb: int, percent: int, ratio: int) -> None:
    whole, one = (
        peaks_of(
            Traffic(to_data_center_gb=Decimal(gb), monthly_growth_percent=Decimal(percent), peak_to_average=r), YEAR
        )
        for r in (Decimal(ratio), Decimal(1))
    )
    assert whole and one
    for many, single in zip(whole.bits, one.bits, strict=True):
        assert abs(many - ratio * single) <= ratio  # each is rounded once


# Capacity


@pytest.mark.parametrize(
    ("stated", "carried"),
    [
        ({}, Capacity(2, 1000, 2000, 2000)),
        ({"configured_tunnels": "1"}, Capacity(1, 1000, 1000, 1000)),
        ({"bandwidth": "large"}, Capacity(2, 3000, 3000, 6000)),  # of two Large ones no sum is documented
        ({"bandwidth": "large", "configured_tunnels": "1"}, Capacity(1, 3000, 3000, 3000)),
    ],
)
def test_what_a_connection_carries(stated: dict[str, str], carried: Capacity) -> None:
    assert capacity_of(Tunnel(**stated)) == carried  # type: ignore[arg-type]


def test_what_is_not_stated_is_two_standard_tunnels() -> None:
    assert capacity_of(None) == capacity_of(Tunnel())


@pytest.mark.parametrize(("mbps", "needed"), [(0, 1), (1, 1), (2000, 1), (2001, 2), (32_000, 16), (32_001, 17)])
def test_connections_that_carry_a_rate(mbps: int, needed: int) -> None:
    assert connections_needed(mbps * MEGA, capacity_of(None)) == needed


def test_the_most_in_ecmp_is_that_of_the_quota() -> None:
    assert quota.declared()["ecmp-vpn-attachments"].default == MOST_IN_ECMP
    assert importlib.import_module("planner.quotas.ecmp_vpn_attachments").QUOTA.adjustable is False


# Loads


def test_without_ecmp_one_connection_carries_the_site() -> None:
    one = load_of(group("a", "{peak_mbps: 2500}", "sites: 3, connections_per_site: 2"))
    assert (one.connections, one.bits, one.needed, one.status) == (1, 2500 * MEGA, 2, "exceeds")
    shared = load_of(group("a", "{peak_mbps: 2500}", "sites: 3, connections_per_site: 2, ecmp: per-site"))
    assert (shared.connections, shared.status) == (2, "fits")


def test_more_than_16_connections_of_a_site_carry_no_more() -> None:
    one = load_of(group("a", "{peak_mbps: 33000}", "sites: 1, connections_per_site: 20, ecmp: per-site"))
    assert (one.connections, one.carried, one.status) == (16, 32_000 * MEGA, "exceeds")
    half = load_of(
        group("a", "{peak_mbps: 15000}", "sites: 1, connections_per_site: 20, ecmp: per-site"),
        assumptions="{ecmp-counts: tunnels}",
    )
    assert (half.connections, half.most, half.status) == (8, 8, "fits")  # 8 connections have 16 tunnels


def test_a_set_carries_the_sum_of_its_groups_at_its_fullest_instant() -> None:
    groups = group("a", "{peak_mbps: 1500}", "ecmp: set dc, sites: 2") + group(
        "b", "{peak_mbps: 3000}", "ecmp: set dc, sites: 1, start: 2027-03-10, end: 2027-06-01"
    )
    one = load_of(groups)
    # before: 2 × 1,500 on 2 connections; from 2027-03-10: 3,000 + 3,000 = 6,000 on 3, which carry 2,000 each
    assert (one.bits, one.connections, instant_text(one.instant)) == (6000 * MEGA, 3, "2027-03-10")
    assert (one.status, one.existing, one.set_name) == ("fits", 5, "dc")


def test_in_a_set_the_weakest_connection_decides() -> None:
    weak = "{network_type: public, transit_router: tr, ecmp: set dc, sites: 1, traffic: {peak_mbps: 500},"
    groups = (
        group("a", "{peak_mbps: 2900}", "ecmp: set dc, sites: 1") + f"b: {weak} tunnel: {{configured_tunnels: 1}}}}"
    )
    one = load_of(groups, tunnel="{bandwidth: large}")
    assert (one.capacity.connection_mbps, one.carried, one.status) == (1000, 2000 * MEGA, "exceeds")


def test_months_without_sites_do_not_count() -> None:
    growing = "{peak_mbps: 1000, monthly_growth_percent: 10}"
    one = load_of(group("a", growing, "sites: 1, start: 2026-11-01, end: 2027-04-01"))
    assert (one.bits, str(one.month)) == (1_210 * MEGA, "2027-03")  # 1,000 × 1.1², in the last month it is there
    assert not list(loads([read(group("a", growing, "sites: 1, start: 2029-01-01"))]))


@pytest.mark.parametrize(("mbps", "status"), [(3000, "fits"), (3001, "unknown"), (6000, "unknown"), (6001, "exceeds")])
def test_what_two_large_tunnels_carry_together_is_unknown(mbps: int, status: str) -> None:
    assert load_of(group("a", f"{{peak_mbps: {mbps}}}"), tunnel="{bandwidth: large}").status == status


def test_an_average_is_never_carried_for_sure_but_can_be_too_much() -> None:
    assert load_of(group("a", "{to_data_center_gb: 100}")).status == "not-stated"
    # 700,000 GB × 2^30 × 8 / 2,419,200 s of February = 2,485.5 Mbit/s on average, and no peak is lower
    assert load_of(group("a", "{to_data_center_gb: 700000}")).status == "exceeds"


# The check


def test_the_finding_says_how_much_it_is_and_how_many_would_carry_it() -> None:
    (one,) = told(group("a", "{peak_mbps: 4500.5}", "sites: 3"))
    assert (one.level, one.subject, str(one.place and one.place.location)) == ("error", "a", "plan.yaml:14:71")
    assert one.message == (
        "a, each site: a peak of 4,500.5 Mbit/s in 2027-01 (as stated), and 1 connection carries up to 2,000 Mbit/s"
        " (2 tunnels of 1,000 Mbit/s per connection)"
    )
    assert one.remedy.startswith("give each site 3 connections that share routes")


def test_more_than_16_connections_are_no_remedy() -> None:
    (one,) = told(group("a", "{peak_mbps: 40000}"))
    assert one.remedy.startswith("20 connections of 2,000 Mbit/s would carry it, and more than 16 cannot share routes")
    (shared,) = told(group("a", "{peak_mbps: 24000}", "ecmp: set dc, sites: 1"))
    assert shared.remedy.startswith("12 connections")  # and 5 are in the set today
    assert "today's 5 connections" in shared.message


def test_large_beyond_what_is_documented_is_a_warning_that_says_so() -> None:
    (one,) = told(group("a", "{peak_mbps: 5000}"), tunnel="{bandwidth: large}")
    assert one.level == "warning"
    assert "3,000 of it are documented, and what two Large tunnels carry together is not" in one.message


def test_many_alike_are_one_finding() -> None:
    (one,) = told("".join(group(f"g{n}", f"{{peak_mbps: {2100 + n}}}") for n in range(50)))
    assert one.subject == "g49"
    assert "49 more of its kind" in one.message


def test_a_single_flow_is_told_once() -> None:
    (one,) = told("".join(group(f"g{n}", "{peak_mbps: 1500}") for n in range(9)))
    assert one.level == "info"
    assert "a single flow uses one tunnel, here 1,000 Mbit/s" in one.message
    assert "8 more" in one.message


@pytest.mark.parametrize(("stage", "findings"), [("estimate", 0), ("design", 1), ("ready", 1)])
def test_peaks_that_are_not_stated_are_told_once_and_not_of_an_estimate(stage: str, findings: int) -> None:
    groups = "".join(group(f"g{n}", "{to_data_center_gb: 10}") for n in range(5))
    found = told(groups + group("z", "{peak_mbps: 10}"), stage=stage)
    assert [one.level for one in found] == ["info"] * findings
    assert all("for 5 of 6 groups, such as g0, each site" in one.message for one in found)


def test_20_000_groups_are_measured_in_moments() -> None:
    growing = "monthly_growth_percent: 1"
    groups = "".join(group(f"g{n}", f"{{to_data_center_gb: {n}, {growing}}}") for n in range(1000))
    plan = read(groups)
    many = [plan] * 20  # the same groups, twenty times over
    start = time.process_time()
    assert sum(1 for _ in loads(many)) == 20_000
    assert time.process_time() - start < 5
