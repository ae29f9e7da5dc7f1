"""How Internet data transfer is billed: which mode each step gets, and what the other mode would cost.

source : the announcement of Cloud Data Transfer: new connections on transit routers from 2026-03-01T00:00 (UTC+8)
         in some regions; existing ones are moved region by region
"""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from planner.inventory import CDT_DEFAULT_REGIONS
from planner.plan import make_plan
from planner.scenario import read_scenario
from pricing.book import load_books
from reports import document

LEGACY, CDT = "ipsec-internet-legacy", "cdt-internet"

Planned = Callable[..., dict[str, Any]]


@pytest.fixture
def planned(tmp_path: Path) -> Planned:
    """`planned("ap-southeast-1", groups)`: the JSON document of groups on a router `tr` in a region."""

    def make(region: str, groups: str, period: str = "2027-01, months: 1", estate: str = "") -> dict[str, Any]:
        (tmp_path / "plan.yaml").write_text(
            f"version: 1\nname: modes\ncurrency: USD\nperiod: {{start: {period}}}\n"
            "estate:\n  version: 1\n  accounts: {hub: {site: intl}}\n"
            f"  transit_routers: {{tr: {{region: {region}, account: hub}}}}\n"
            f"  {estate or 'baselines: []'}\nattachments:\n{groups}",
            encoding="utf-8",
        )
        read = read_scenario(str(tmp_path / "plan.yaml"))
        return document.document(make_plan([read], load_books(read.site)))

    return make


def group(name: str, gb: object, steps: str, mode: str = "auto") -> str:
    """A public group with one connection per site; `steps` are keys of the group."""
    return (
        f"  {name}: {{network_type: public, transit_router: tr, internet_billing: {mode}, {steps},"
        f" traffic: {{to_data_center_gb: {gb}, from_data_center_gb: 0}}}}\n"
    )


def gb(made: dict[str, Any], sku: str, month: str = "", subject: str = "") -> Decimal:
    """GB of an item, in all tiers."""
    return sum(
        (
            Decimal(line["quantity"])
            for line in made["line_items"]
            if line["sku"] == sku and month in line["month"] and subject in line["subject"]
        ),
        Decimal(0),
    )


def in_doubt(made: dict[str, Any]) -> list[str]:
    """Groups of which a warning says that no rule decides."""
    return [
        finding["subject"]
        for finding in made["findings"]
        if finding["code"] == "internet-billing" and "no published rule" in finding["message"]
    ]


# The rule


@pytest.mark.parametrize("region", ["eu-central-1", "eu-west-1", *(f"ap-southeast-{n}" for n in (3, 6, 7, 8))])
@pytest.mark.parametrize(
    ("start", "mode"),
    [("2026-02-28T23:59", LEGACY), ("2026-02-28T23:59:59", LEGACY), ("2026-03-01T00:00", CDT), ("2026-03-01", CDT)],
)
def test_rule_decides_by_region_and_instant(region: str, start: str, mode: str, planned: Planned) -> None:
    made = planned(region, group("a", 100, f"sites: 1, start: {start}"), "2026-02, months: 3")
    assert {line["sku"] for line in made["line_items"] if "internet" in line["sku"]} == {mode}
    # an older connection is moved some day, which no rule says
    assert in_doubt(made) == (["a"] if mode == LEGACY else [])


def test_regions_of_the_rule_are_those_of_the_announcement() -> None:
    # Germany, UK, Malaysia (two regions), Philippines, Thailand
    assert len(CDT_DEFAULT_REGIONS) == 6


@pytest.mark.parametrize("region", ["ap-southeast-1", "cn-hangzhou", "cn-hongkong", "us-east-1", "ap-southeast-5"])
@pytest.mark.parametrize("start", ["2026-02-28T23:59", "2026-03-01", "2027-06-01"])
def test_elsewhere_the_rule_does_not_decide(region: str, start: str, planned: Planned) -> None:
    made = planned(region, group("a", 100, f"sites: 1, start: {start}"), "2026-02, months: 24")
    assert gb(made, CDT) == 0
    assert in_doubt(made) == ["a"]
    (finding,) = (one for one in made["findings"] if one["code"] == "internet-billing")
    assert finding["level"] == "warning"
    assert f"whether Internet traffic in {region} is billed by CDT; it is taken as legacy" in finding["message"]
    assert f"give cdt_from: {{{region}: DAY}} in the estate" in finding["remedy"]


def test_each_step_has_its_own_mode_and_shares_the_month_by_hours(planned: Planned) -> None:
    steps = "rollout: [{date: 2026-01-01, add_sites: 1}, {date: 2026-03-16, add_sites: 1}]"
    made = planned("eu-central-1", group("a", 74.4, steps), "2026-02, months: 3")
    assert (gb(made, LEGACY, "2026-02"), gb(made, CDT, "2026-02")) == (Decimal("74.4"), 0)
    # March: 744 h of the first site, 16 × 24 = 384 h of the second, 74.4 GB ÷ 744 h = 0.1 GB an hour
    assert gb(made, LEGACY, "2026-03") == Decimal("74.4")
    assert gb(made, CDT, "2026-03") == Decimal("38.4")
    assert (gb(made, LEGACY, "2026-04"), gb(made, CDT, "2026-04")) == (Decimal("74.4"), Decimal("74.4"))
    assert in_doubt(made) == ["a"]  # one warning, for the older step


def test_oldest_sites_leave_first_and_take_their_mode_along(planned: Planned) -> None:
    steps = (
        "rollout: [{date: 2026-01-01, add_sites: 2}, {date: 2026-05-01, add_sites: 1},"
        " {date: 2026-06-01, remove_sites: 1}, {date: 2026-07-01, remove_sites: 1}]"
    )
    made = planned("eu-central-1", group("a", 100, steps), "2026-04, months: 5")
    by_month = {month: (gb(made, LEGACY, month), gb(made, CDT, month)) for month in map("2026-0{}".format, range(4, 9))}
    assert by_month == {
        "2026-04": (200, 0), "2026-05": (200, 100), "2026-06": (100, 100), "2026-07": (0, 100), "2026-08": (0, 100),
    }  # fmt: skip


# The estate's cdt_from


def test_region_moves_as_a_whole_on_the_day_the_estate_gives(planned: Planned) -> None:
    steps = "rollout: [{date: 2027-08-01, add_sites: 1}, {date: 2027-09-16, add_sites: 1}]"
    move = "cdt_from: {ap-southeast-1: 2027-09-11}"
    made = planned("ap-southeast-1", group("a", 720, steps), "2027-08, months: 3", move)
    assert (gb(made, LEGACY, "2027-08"), gb(made, CDT, "2027-08")) == (720, 0)
    # September has 720 h, so 1 GB an hour and site: 10 days before the move; 20 days and 15 days from it on
    assert gb(made, LEGACY, "2027-09") == 10 * 24
    assert gb(made, CDT, "2027-09") == 20 * 24 + 15 * 24
    assert (gb(made, LEGACY, "2027-10"), gb(made, CDT, "2027-10")) == (0, 1440)
    assert in_doubt(made) == []


def test_estate_moves_the_older_connections_of_a_region_of_the_rule_as_well(planned: Planned) -> None:
    steps = "rollout: [{date: 2026-01-01, add_sites: 1}, {date: 2026-04-01, add_sites: 1}]"
    move = "cdt_from: {eu-central-1: 2026-07-01}"
    made = planned("eu-central-1", group("a", 100, steps), "2026-06, months: 2", move)
    assert (gb(made, LEGACY, "2026-06"), gb(made, CDT, "2026-06")) == (100, 100)
    assert (gb(made, LEGACY, "2026-07"), gb(made, CDT, "2026-07")) == (0, 200)
    assert in_doubt(made) == []


def test_move_after_the_period_decides_too(planned: Planned) -> None:
    made = planned("ap-southeast-1", group("a", 100, "sites: 1"), estate="cdt_from: {ap-southeast-1: 2030-01-01}")
    assert (gb(made, LEGACY), gb(made, CDT)) == (100, 0)
    assert in_doubt(made) == []


def test_split_of_a_month_adds_up_to_the_micro_unit(planned: Planned) -> None:
    # 1 GB over 31 days, 24 h and 1 min after the start of the month: 26 clock hours of 744
    move = "cdt_from: {ap-southeast-1: 2027-01-08}"
    made = planned("ap-southeast-1", group("a", "0.999999", "sites: 7"), estate=move)
    assert gb(made, LEGACY) + gb(made, CDT) == Decimal("6.999993")
    # 6.999993 × 24/31 = 5.41934941…, rounded once; the other part is the rest
    assert (gb(made, CDT), gb(made, LEGACY)) == (Decimal("5.419349"), Decimal("1.580644"))


# What the plan says itself


@pytest.mark.parametrize(("mode", "expected"), [("legacy", (300, 0)), ("cdt", (0, 300))])
@pytest.mark.parametrize("region", ["eu-central-1", "ap-southeast-1"])
def test_plan_can_decide(region: str, mode: str, expected: tuple[int, int], planned: Planned) -> None:
    made = planned(region, group("a", 100, "sites: 1, start: 2026-01-01", mode), "2027-01, months: 3")
    assert (gb(made, LEGACY), gb(made, CDT)) == expected
    assert in_doubt(made) == []


def test_plan_beats_the_estate_and_is_warned(planned: Planned) -> None:
    groups = group("a", 100, "sites: 1", "legacy") + group("b", 100, "sites: 1", "cdt")
    made = planned("ap-southeast-1", groups, estate="cdt_from: {ap-southeast-1: 2026-06-01}")
    assert (gb(made, LEGACY, subject="a"), gb(made, CDT, subject="a")) == (100, 0)
    (finding,) = (one for one in made["findings"] if one["code"] == "internet-billing")
    assert finding["subject"] == "a"
    assert "but the estate moves ap-southeast-1 to CDT on 2026-06-01" in finding["message"]


def test_traffic_that_is_not_stated_has_a_line_without_a_quantity_in_each_mode(planned: Planned) -> None:
    groups = "  a: {network_type: public, transit_router: tr, sites: 1}\n"
    made = planned("ap-southeast-1", groups, "2027-08, months: 3", "cdt_from: {ap-southeast-1: 2027-09-11}")
    lines = [(line["month"], line["sku"], line["quantity"]) for line in made["line_items"] if "internet" in line["sku"]]
    assert sorted(lines) == [
        ("2027-08", LEGACY, None), ("2027-09", CDT, None), ("2027-09", LEGACY, None), ("2027-10", CDT, None),
    ]  # fmt: skip


# What the other mode would cost


def comparison(made: dict[str, Any], subject: str) -> str:
    """What the warning says of the amounts."""
    (finding,) = (f for f in made["findings"] if f["code"] == "internet-billing" and f["subject"] == subject)
    return str(finding["message"]).partition("it is taken as legacy: ")[2]


def test_comparison_bills_all_groups_in_doubt_by_cdt_at_once(planned: Planned) -> None:
    made = planned("ap-southeast-1", group("a", 10000, "sites: 1") + group("b", 5000, "sites: 1"))
    # legacy: 10,000 × 0.117 = 1,170.00 and 5,000 × 0.117 = 585.00
    # CDT: 15,000 - 200 free = 14,800 GB: 10,240 × 0.10 + 4,560 × 0.07 = 1,024.00 + 319.20 = 1,343.20,
    #      of which a has 2/3 = 895.466…, b 1/3 = 447.733…
    assert comparison(made, "a") == "USD 1,170.00 in the period; by CDT it would be USD 895.47"
    assert comparison(made, "b") == "USD 585.00 in the period; by CDT it would be USD 447.73"
    assert gb(made, CDT) == 0  # it is a comparison, nothing else


def test_comparison_stands_on_the_baseline(planned: Planned) -> None:
    baseline = "baselines: [{account: hub, region: ap-southeast-1, cdt_internet_gb: 10440}]"
    groups = group("a", 10000, "sites: 1") + group("b", 5000, "sites: 1")
    made = planned("ap-southeast-1", groups, estate=baseline)
    # the baseline takes the 200 free GB and the 10,240 GB of tier 1; tier 2 begins with the plan:
    # 10,000 × 0.07 = 700.00 and 5,000 × 0.07 = 350.00
    assert comparison(made, "a").endswith("by CDT it would be USD 700.00")
    assert comparison(made, "b").endswith("by CDT it would be USD 350.00")


def test_comparison_shares_pools_with_what_is_billed_by_cdt_anyway(planned: Planned) -> None:
    groups = group("a", 10000, "sites: 1") + group("b", 5000, "sites: 1", "cdt")
    made = planned("ap-southeast-1", groups)
    # as if both were in doubt: a has 2/3 of 1,343.20. What b pays more then, is not part of a's amount.
    assert comparison(made, "a") == "USD 1,170.00 in the period; by CDT it would be USD 895.47"
    assert in_doubt(made) == ["a"]


def test_comparison_counts_every_site_on_both_sides(planned: Planned) -> None:
    steps = "rollout: [{date: 2026-01-01, add_sites: 1}, {date: 2026-04-01, add_sites: 3}]"
    made = planned("eu-central-1", group("a", 1000, steps), "2026-06, months: 1")
    # as it is: 1,000 × 0.07 = 70.00 the legacy way, (3,000 - 200) × 0.074 = 207.20 by CDT
    # all four by CDT: (4,000 - 200) × 0.074 = 281.20
    assert comparison(made, "a") == "USD 277.20 in the period; by CDT it would be USD 281.20"
    (finding,) = (one for one in made["findings"] if one["code"] == "internet-billing")
    question = "when Internet traffic of connections in eu-central-1 from before 2026-03-01 moves to CDT"
    assert f"no published rule says {question}; it is taken as legacy" in finding["message"]


@pytest.mark.parametrize(
    ("region", "volume", "said"),
    [
        # 300 × 0.120; by CDT 200 are free, 100 have no price in Tokyo
        ("ap-northeast-1", 300, "USD 36.00 in the period; by CDT it would be unpriced"),
        # 150 × 0.120; all of it would be free
        ("ap-northeast-1", 150, "USD 18.00 in the period; by CDT it would be USD 0.00"),
        # no legacy price in Seoul
        ("ap-northeast-2", 300, "unpriced in the period; by CDT it would be unpriced"),
        # 15,000 × 0.125; 20 free, 10,240 × 0.118 = 1,208.32, 4,740 above the last tier that is known
        ("cn-beijing", 15000, "USD 1,875.00 in the period; by CDT it would be USD 1,208.32 and an unpriced part"),
    ],
)
def test_comparison_never_hides_what_has_no_price(region: str, volume: int, said: str, planned: Planned) -> None:
    assert comparison(planned(region, group("a", volume, "sites: 1")), "a") == said


def test_check_reads_no_prices_and_compares_nothing(planned: Planned, tmp_path: Path) -> None:
    planned("ap-southeast-1", group("a", 100, "sites: 1"))
    made = json.loads(document.render(make_plan([read_scenario(str(tmp_path / "plan.yaml"))], None)))
    assert in_doubt(made) == ["a"]
    assert comparison(made, "a") == ""
