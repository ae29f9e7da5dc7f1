"""Every example tells a story in its header; here each of its claims is calculated."""

from __future__ import annotations

import json
import re
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import jsonschema
import pytest
import yaml
from pydantic import BaseModel

from planner import connection, plan_file, summary, together, tunnel
from planner import estate as estates
from planner import finance as finances
from planner.core.entry import load
from planner.core.problem import InputError
from planner.plan import make_plan
from planner.prepaid import PrepaidPlan
from pricing import book_file, money
from pricing.book import load_price_lists
from tests.support import branches_400, plans
from tests.support.examples import EXAMPLES, SCENARIOS, Example, changed, example, header_of

ROOT = SCENARIOS.parent
VPN = "vpn-attachments-per-transit-router"
ECMP = "ecmp-vpn-attachments"
ONE_ROUTER = "transit-routers-per-connection"
AT_AN_ESTIMATE = {"first-vpn-attachment", "unstated-rollout"}
"""What every estimate of several sites is told: what is unknown between them, and what it need not state yet."""

HOURS_2027 = {
    1: 744, 2: 672, 3: 744, 4: 720, 5: 744, 6: 720, 7: 744, 8: 744, 9: 720, 10: 744, 11: 720, 12: 744
}  # fmt: skip
YEAR_2027, YEAR_2028 = 8760, 8784  # hours; 2028 is a leap year


def cents(amount: Decimal) -> str:
    """An amount as a header writes it: 1,263.60."""
    return f"{amount.quantize(Decimal('0.01'), ROUND_HALF_UP):,}"


def total(of: Example) -> str:
    return cents(Decimal(of.result["totals"]["priced_subtotal"]))


# The set


def test_scenarios_holds_nothing_untested() -> None:
    read = {f"{name}.yaml" for name in EXAMPLES} | {"__init__.py"}
    for name in EXAMPLES:
        plan = example(name).made.scenarios[0].plan
        named = (plan.estate, plan.finance, plan.attachment_table, *plan.price_books)
        read.update(path for path in named if isinstance(path, str))
    here = {path.name for path in SCENARIOS.iterdir() if path.name != "__pycache__"}
    assert here == {*read, "rollout"}
    assert {path.name for path in (SCENARIOS / "rollout").iterdir()} == {"cenplan.yaml", "policy.yaml", "waivers.yaml"}


@pytest.mark.parametrize("name", EXAMPLES)
def test_example_opens_with_question_answer_and_facts(name: str) -> None:
    header = header_of(SCENARIOS / f"{name}.yaml")
    assert header.startswith("Question: ")
    assert " Answer: " in header
    assert " What it shows - " in header
    assert example(name).result["scenario"] == name  # the plan is called as its file
    example(name).says(total(example(name)))


@pytest.mark.parametrize("name", EXAMPLES)
def test_verdict_is_the_one_that_is_known(name: str) -> None:
    assert example(name).made.passed == (EXAMPLES[name] == 0)
    assert ("exceeded" in example(name).statuses()) == (EXAMPLES[name] == 2)


def test_every_example_has_its_paragraph_in_the_documentation() -> None:
    page = (ROOT / "docs" / "scenarios.md").read_text(encoding="utf-8")
    missing = [path.name for path in SCENARIOS.rglob("*") if path.suffix in (".yaml", ".csv") and path.name not in page]
    assert not missing


def test_every_key_of_a_file_is_shown_in_some_example() -> None:
    shown: set[tuple[str, str]] = set()

    def walk(value: object) -> None:
        if isinstance(value, BaseModel):
            shown.update((type(value).__name__, key) for key in value.model_fields_set)
            for key in value.model_fields_set:
                walk(getattr(value, key))
        elif isinstance(value, dict):
            for item in value.values():
                walk(item)
        elif isinstance(value, tuple):
            for item in value:
                walk(item)

    for name in EXAMPLES:
        read = example(name).made.scenarios[0]
        walk(read.plan)
        walk(read.estate)
        walk(read.finance)
        for source in read.price_books:
            walk(load(book_file.BookFile, source))
    models = (
        plan_file.PlanFile, plan_file.PeriodEntry, plan_file.Include, plan_file.Traffic, plan_file.Underlay,
        plan_file.Port, plan_file.LeasedLine, plan_file.Step, plan_file.Attachment, tunnel.Tunnel, tunnel.Ike,
        tunnel.Ipsec, tunnel.Bgp, tunnel.HealthCheck, connection.Connection, connection.CustomerGateway,
        connection.Peer, connection.Flow, estates.Account, estates.Attached, estates.StatedLimit,
        estates.AccountLimit, estates.Threshold, plan_file.Retirement,
        estates.TransitRouter, estates.Baseline, estates.Estate, PrepaidPlan, finances.Finance,
        finances.FiscalYear, finances.ExchangeRate, finances.Tax, finances.Allocation, book_file.BookFile,
        book_file.ReferenceEntry, book_file.ItemEntry, book_file.RateEntry, book_file.TierEntry,
        book_file.FreeQuotaEntry, book_file.DiscountEntry, book_file.ExpectedEntry,
    )  # fmt: skip
    hidden = [
        f"{model.__name__}.{key}"
        for model in models
        for key in model.model_fields
        if (model.__name__, key) not in shown
    ]
    assert not hidden


# apac-branches


def test_apac_passes_the_quota_of_singapore_in_july() -> None:
    apac = example("apac-branches")
    singapore = apac.quota(VPN, "tr-singapore")
    # 22 today + 4 dc + (2 + 5) stores × 2 + 3 offices + 2 warehouses × 2 = 47, tight (80 % of 50 is 40)
    assert singapore["2027-06"] == (47, 50, "tight")
    # + 6 stores × 2
    assert singapore["2027-07"] == (59, 50, "exceeded")
    assert [month for month, (_, _, status) in singapore.items() if status == "exceeded"] == [
        "2027-07", "2027-08", "2027-09",
    ]  # fmt: skip
    assert singapore["2027-10"] == (59, 80, "ok")
    assert singapore["2027-11"] == (71, 80, "tight")  # + 6 stores × 2
    assert singapore["2028-06"] == (71 - 2 * 2, 80, "tight")  # removals come first in June
    assert apac.quota(VPN, "tr-hongkong")["2027-11"] == (12 + (6 + 8) * 2, 50, "tight")
    apac.says(
        "59 VPN attachments in 2027-07, 9 more than the limit of 50",
        "counts only from 2027-10-01",
        "From 2027-11 on there are 71 of 80",
        "Hong Kong is tight from 2027-11 on: 40 of 50",
    )


def test_apac_finding_names_the_step_and_the_increase_that_comes_too_late() -> None:
    apac = example("apac-branches")
    (finding,) = apac.findings("error")
    assert finding["code"] == VPN
    assert "59 VPN attachments in 2027-07, 9 more than the limit of 50" in finding["message"]
    assert "the step of 2027-07-05 of 'stores-singapore', which adds 12" in finding["message"]
    assert "the increase to 80 (quota request 4711) counts only from 2027-10-01" in finding["remedy"]
    assert apac.source_line(finding).startswith("- {wave: wave-2, add_sites: 6}")


def test_apac_fits_with_the_second_wave_on_the_day_of_the_increase(tmp_path: Path) -> None:
    later = changed("apac-branches", tmp_path, lambda text: text.replace("wave-2: 2027-07-05", "wave-2: 2027-10-01"))
    assert later.made.passed
    assert later.quota(VPN, "tr-singapore")["2027-10"] == (59, 80, "ok")
    example("apac-branches").says(
        "With the second wave on 2027-10-01 the plan fits", f"later second wave {total(later)}"
    )


def test_apac_moves_to_cdt_in_september_and_crosses_ten_terabytes() -> None:
    apac = example("apac-branches")
    legacy = {line["month"] for line in apac.lines(sku="ipsec-internet-legacy", region="ap-southeast-1")}
    cdt = {line["month"] for line in apac.lines(sku="cdt-internet")}
    assert max(legacy) == "2027-08"
    assert min(cdt) == "2027-09"
    # 13 stores × 350 GB × 1.015⁸ + 2 warehouses × 1,800 GB
    plan = 13 * 350 * Decimal("1.015") ** 8 + 2 * 1800
    assert round(plan, 4) == Decimal("8725.5413")
    # 10,240 - (4,000 - 200 free) GB are left of tier 1
    assert apac.quantity(month="2027-09", sku="cdt-internet", account="retail", tier=1) == 6440
    in_tier_2 = apac.quantity(month="2027-09", sku="cdt-internet", account="retail", tier=2)
    assert in_tier_2 == round(plan - 6440, 6)
    assert 4000 + plan > 10240
    assert apac.tiers(sku="cdt-internet", account="retail") == {1, 2}  # never 0: the free 200 GB are used up
    # the hub: 200 - 150 GB are left to 3 offices × 120 GB
    assert apac.quantity(month="2027-09", sku="cdt-internet", account="network-hub", tier=0) == 50
    assert apac.quantity(month="2027-09", sku="cdt-internet", account="network-hub", tier=1) == 310
    apac.says("moves to CDT on 2027-09-01", "more than 10 TB", "leaves 50 to the plan")


def test_apac_is_priced_in_full_with_three_groups_in_doubt() -> None:
    apac = example("apac-branches")
    assert apac.result["totals"]["complete"]
    doubtful = apac.findings("warning", "internet-billing")
    assert [finding["subject"] for finding in doubtful] == ["stores-hongkong", "stores-jakarta", "franchise-tokyo"]
    assert all(finding["message"].endswith("by CDT it would be unpriced") for finding in doubtful)
    # the new VBR connection from 11 January 2027 to the end of 2028: (8,760 + 8,784 - 240) h × 0.06
    assert apac.cost(subject="vbr-singapore") == (YEAR_2027 + YEAR_2028 - 240) * Decimal("0.06")
    assert apac.lines(subject="vbr-tokyo") == []  # exists already
    # 4 connections of today's set and 4 of dc-singapore
    assert apac.quota(ECMP, "tr-singapore/set dc-route")["2027-01"] == (8, 16, "ok")


# apac-warehouses


def test_warehouses_fit_by_themselves_and_not_beside_the_stores() -> None:
    alone = example("apac-warehouses")
    alone.says("34 VPN attachments in Singapore, 22 that exist and 12 of the plan")
    assert alone.quota(VPN, "tr-singapore")["2027-05"] == (34, 50, "ok")  # 22 + 6 sites x 2
    scenarios = together.read([str(SCENARIOS / f"apac-{name}.yaml") for name in ("branches", "warehouses")])
    both = make_plan(scenarios, load_price_lists(scenarios[0].sites))
    used = {row.month: row.used for row in plans.quotas_of(both) if (row.quota, row.scope) == (VPN, "tr-singapore")}
    stores = example("apac-branches").quota(VPN, "tr-singapore")
    assert all(used[month] == stores[month][0] + (12 if month >= "2027-05" else 0) for month in used)
    alone.says("exceeded from 2027-05 on, two months earlier", "from 2027-11 on: 83")
    assert used["2027-04"] <= 50 < used["2027-05"]
    assert used["2027-11"] == 83
    by_plan = {row.key[0]: row.total for row in summary.by(summary.cost_rows(both), "scenario")}
    whole, own = (money.display(amount) for amount in (sum(by_plan.values()), by_plan["apac-warehouses"]))
    alone.says(f"{own} of the {whole} of both plans")


# private-vbr


def test_private_outbound_is_free_up_to_50_tb_until_the_end_of_2026() -> None:
    vbr = example("private-vbr")
    december = {"month": "2026-12", "sku": "vbr-outbound"}
    january = {"month": "2027-01", "sku": "vbr-outbound"}
    assert vbr.quantity(**december) == vbr.quantity(**january) == 40000 + 20000 + 4 * 1250
    # 51,200 - 10,000 of the baseline = 41,200: Beijing's 25,000 first, then 16,200 of Frankfurt's 40,000
    assert vbr.quantity(**december, region="cn-beijing", tier=0) == 25000
    assert vbr.quantity(**december, region="eu-central-1", tier=0) == 16200
    assert cents(vbr.cost(**december)) == "452.20"  # (40,000 - 16,200) × 0.019
    assert vbr.tiers(**january) == {None}
    assert cents(vbr.cost(**january)) == "1,085.00"  # 40,000 × 0.019 + 25,000 × 0.013
    assert cents(vbr.cost(**january) - vbr.cost(**december)) == "632.80"
    free = {line["month"] for line in vbr.lines(sku="vbr-outbound", tier=0)}
    assert free == {"2026-10", "2026-11", "2026-12"}
    vbr.says("free each month end on 2026-12-31", "USD 632.80 more", "USD 452.20", "USD 1,085.00")


def test_private_free_quota_in_proportion_costs_less_in_december(tmp_path: Path) -> None:
    order = "free-quota-region-order: [cn-beijing, eu-central-1]"
    proportional = changed(
        "private-vbr", tmp_path, lambda text: text.replace(order, "free-quota-region-order: proportional")
    )
    # 23,800 GB are not free, of which Frankfurt 40/65 and Beijing 25/65
    by_hand = 23800 * (Decimal(40) / 65 * Decimal("0.019") + Decimal(25) / 65 * Decimal("0.013"))
    assert cents(by_hand) == cents(proportional.cost(month="2026-12", sku="vbr-outbound")) == "397.28"
    example("private-vbr").says("December would cost USD 397.28")


def test_private_underlay_is_charged_once_or_not_at_all() -> None:
    vbr = example("private-vbr")
    # vbr-frankfurt carries two groups from 2026-11 to 2027-02: one connection, 720 h × 0.06
    assert vbr.cost(month="2026-11", subject="vbr-frankfurt") == Decimal("43.2")
    assert vbr.lines(subject="vbr-beijing") == []
    assert max(used for used, _, _ in vbr.quota(VPN, "tr-frankfurt").values()) == 2 + 4 + 2
    assert max(used for used, _, _ in vbr.quota(VPN, "tr-beijing").values()) == 2 + 4
    assert vbr.statuses() == {"ok"}
    assert vbr.result["totals"]["complete"]
    vbr.says("at most 8 of 50 in Frankfurt, 6 of 50 in Beijing")


# cdt-move


def test_cdt_move_has_three_ways_to_be_billed_by_cdt() -> None:
    move = example("cdt-move")

    def months(sku: str, subject: str) -> tuple[str, str]:
        found = [line["month"] for line in move.lines(sku=sku, subject=subject)]
        return min(found), max(found)

    assert months("ipsec-internet-legacy", "studios-frankfurt") == ("2027-01", "2027-09")
    assert months("cdt-internet", "studios-frankfurt") == ("2027-03", "2027-12")
    assert months("ipsec-internet-legacy", "studios-singapore") == ("2027-01", "2027-06")
    assert months("cdt-internet", "studios-singapore") == ("2027-07", "2027-12")
    assert months("cdt-internet", "studios-virginia") == ("2027-02", "2027-12")
    assert move.lines(sku="ipsec-internet-legacy", subject="studios-virginia") == []
    # nothing is in doubt but a limit that no page states
    assert {finding["code"] for finding in move.result["findings"]} == AT_AN_ESTIMATE | {
        "ipsec-connections-per-account"
    }
    move.says(
        "(Frankfurt), from a day", "(Singapore, the older ones in Frankfurt)", "(internet_billing: cdt, Virginia)"
    )


def test_cdt_move_splits_a_group_by_the_hours_of_its_steps() -> None:
    move = example("cdt-move")
    # 15,000 GB, 4 sites of 10 older than the rule
    assert move.quantity(month="2027-03", sku="ipsec-internet-legacy", region="eu-central-1") == 6000
    assert move.quantity(month="2027-03", sku="cdt-internet", region="eu-central-1") == 9000
    move.says("from 2027-03 to 2027-09, four sites of studios-frankfurt are on legacy billing and six on CDT")


def test_cdt_move_uses_the_tiers_that_account_and_region_have_reached() -> None:
    move = example("cdt-move")
    # Frankfurt: tier 1 has 10,240 - (8,000 - 200) = 2,440 GB left for the plan's 15,000
    october = {"month": "2027-10", "sku": "cdt-internet", "region": "eu-central-1"}
    assert move.quantity(**october, tier=1) == 2440
    assert move.quantity(**october, tier=2) == 12560
    assert cents(move.cost(**october)) == "996.96"  # 2,440 × 0.074 + 12,560 × 0.065
    # September: 2,440 × 0.074 + 6,560 × 0.065 by CDT, 6,000 × 0.07 the legacy way
    september = {"month": "2027-09", "region": "eu-central-1"}
    transfer = move.cost(**september, sku="cdt-internet") + move.cost(**september, sku="ipsec-internet-legacy")
    assert cents(transfer) == "1,026.96"
    # Singapore: 51,200 - (45,000 - 200) = 6,400 GB of 10,800 are left in tier 2
    july = {"month": "2027-07", "sku": "cdt-internet", "region": "ap-southeast-1"}
    assert move.quantity(**july, tier=2) == 6400
    assert move.quantity(**july, tier=3) == 4400
    assert cents(move.cost(**july)) == "734.00"  # 6,400 × 0.07 + 4,400 × 0.065
    june = move.cost(month="2027-06", sku="ipsec-internet-legacy", region="ap-southeast-1")
    assert cents(june) == "1,263.60"  # 10,800 × 0.117
    assert move.tiers(sku="cdt-internet", region="eu-central-1") == {1, 2}
    assert move.tiers(sku="cdt-internet", region="ap-southeast-1") == {2, 3}
    assert 0 not in move.tiers(sku="cdt-internet")
    move.says(
        "USD 1,263.60 in June 2027 and 734.00 in July",
        "1,026.96 in September and 996.96 in October",
        "crosses 10 TB and uses tiers 1 and 2",
        "crosses 50 TB and uses tiers 2 and 3, never 1",
        "the other traffic takes all of it",
    )


def test_cdt_move_total_by_hand() -> None:
    fee = Decimal("0.06") + Decimal("0.06")  # transit router and IPsec connection, per hour
    from_march = YEAR_2027 - HOURS_2027[1] - HOURS_2027[2]
    from_february = YEAR_2027 - HOURS_2027[1]
    connections = (4 * YEAR_2027 + 6 * from_march + 6 * from_february + 12 * YEAR_2027) * fee
    # from the studios: 4, then 10 × 250 GB; 6 × 40 GB; 12 × 150 GB
    processing = (2 * 1000 + 10 * 2500 + 11 * 240 + 12 * 1800) * Decimal("0.02")
    frankfurt = 9 * Decimal("420.00") + 7 * Decimal("606.96") + 3 * Decimal("996.96")
    virginia = 11 * 1800 * Decimal("0.074")
    singapore = 6 * Decimal("1263.60") + 6 * Decimal("734.00")
    by_hand = connections + processing + frankfurt + virginia + singapore
    move = example("cdt-move")
    assert Decimal(move.result["totals"]["cost"]) == by_hand == Decimal("53373.60")
    assert move.statuses() == {"ok"}


# ecmp-sets


def test_ecmp_sets_break_at_17_and_at_18() -> None:
    sets = example("ecmp-sets")
    own = sets.quota(ECMP, "tr-dubai/processing-centre")
    assert own["2027-04"] == (8 + 4, 16, "ok")
    assert own["2027-05"] == (8 + 4 + 5, 16, "exceeded")
    shared = sets.quota(ECMP, "tr-dubai/set dc-route")
    assert shared["2027-01"] == (10, 16, "ok")  # today's
    assert shared["2027-02"] == (10 + 4, 16, "ok")
    assert shared["2027-03"] == (10 + 4 + 4, 16, "exceeded")
    assert set(sets.quota(ECMP, "tr-dubai/rigs, each site").values()) == {(2, 16, "ok")}
    first, second = sets.findings("error")
    assert "17 VPN attachments in ECMP in 2027-05, 1 more than the limit of 16" in first["message"]
    assert sets.source_line(first).startswith("- {date: 2027-05-01, add_sites: 5}")
    assert "18 VPN attachments in ECMP in 2027-03, 2 more than the limit of 16" in second["message"]
    assert "'disaster-recovery', which adds 4" in second["message"]
    sets.says(
        "processing-centre: 17 in its set from 2027-05 on, 1 more than the limit of 16",
        "set dc-route: 18 from 2027-03 on, 2 more than 16",
        "2 of 16",
    )


def test_ecmp_sets_show_the_other_reading_and_the_other_quota() -> None:
    sets = example("ecmp-sets")
    by_tunnel, by_router = sets.findings("info", ECMP)
    # 10 today + 17 + 4 + 4 + 12 rigs × 2 share routes on the router
    assert "59 of 16 on tr-dubai in 2027-05" in by_router["message"]
    assert "36 of 16 on tr-dubai/set dc-route in 2027-03" in by_tunnel["message"]  # 18 connections, two tunnels each
    # 15 today + 17 + 4 + 4 + 24
    assert sets.quota(VPN, "tr-dubai")["2027-05"] == (64, 70, "tight")
    assert sets.result["totals"]["complete"]
    sets.says("the router has 59 in ECMP", "64 of 70 VPN attachments")


def test_ecmp_sets_finds_the_router_when_the_plan_reads_the_rule_so(tmp_path: Path) -> None:
    strict = changed(
        "ecmp-sets", tmp_path, lambda text: text.replace("ecmp-scope: route-set", "ecmp-scope: transit-router")
    )
    assert strict.quota(ECMP, "tr-dubai")["2027-05"] == (59, 16, "exceeded")


# quota-limits


def test_quota_limits_fits_with_what_is_requested_only() -> None:
    limits = example("quota-limits")
    frankfurt = limits.quota(VPN, "tr-frankfurt")
    assert frankfurt["2027-03"] == (51, 60, "ok")  # 46 + 5
    assert frankfurt["2027-04"] == (66, 75, "ok")  # 46 + 5 + 15, on the 12th
    assert frankfurt["2027-06"] == (46, 75, "ok")  # 16 + 4 leave
    assert limits.quota("ecmp-vpn-attachments", "tr-frankfurt/set dc-route")["2027-06"] == (4, 16, "ok")
    assert limits.quota(VPN, "tr-frankfurt-2")["2027-02"] == (15, 100, "ok")
    assert limits.quota("customer-gateways-per-region", "parcel/eu-central-1")["2027-09"] == (23, 150, "ok")
    (pending,) = [one for one in limits.findings("warning", VPN) if "pending: a limit of 75" in one["message"]]
    assert "without it 66 of 60 VPN attachments from 2027-04-12 on" in pending["message"]
    assert limits.result["not_included"][-3] == "fees of the 20 VPN attachments that exist and leave: tr-frankfurt"
    limits.says(
        "20 of the 46", "4 of them out of the set dc-route", "66 in 2027-04", "a limit of 100", "150 customer gateways"
    )


# two-routers


def test_two_routers_are_found_by_connection_id() -> None:
    two = example("two-routers")
    for depot in ("dep01", "dep02", "dep03"):
        use = two.quota(ONE_ROUTER, f"vco-t4n0000000000{depot}")
        assert [month for month, (used, _, _) in use.items() if used == 2] == ["2027-03"]
    for store in ("sto01", "sto02"):  # leave and join at one instant
        use = two.quota(ONE_ROUTER, f"vco-t4n0000000000{store}")
        assert set(use.values()) == {(1, 1, "ok")}
    assert {used for used, _, _ in two.quota(ONE_ROUTER, "vco-t4n0000000000hq001").values()} == {2}
    assert len(two.findings("error", ONE_ROUTER)) == len(two.findings("error")) == 3 + 1
    two.says("from 2027-03-15 to 2027-04-01", "2027-04-01T22:00")


def test_two_routers_of_a_list_are_both_counted_and_the_first_is_priced() -> None:
    two = example("two-routers")
    # 3 today + 3 depots + 2 stores + the head office; 17 today + the head office
    assert two.quota(VPN, "tr-acquired")["2027-01"][0] == 3 + 3 + 2 + 1
    assert two.quota(VPN, "tr-group")["2027-01"][0] == 17 + 1
    fees = two.lines(subject="head-office", sku="tr-connection")
    assert {line["account"] for line in fees} == {"acquired"}  # the first router's


def test_two_routers_leave_unstated_traffic_unknown() -> None:
    two = example("two-routers")
    unknown = two.lines(quantity=None)
    assert {line["subject"] for line in unknown} == {"head-office"}
    assert len(unknown) == 2 * 6  # data processing and data transfer, in each of six months
    assert all(line["list_cost"] is None for line in unknown)
    totals = two.result["totals"]
    assert totals["cost"] is None
    assert not totals["complete"]
    lines = len(two.result["line_items"])
    assert totals["coverage_percent"] == "87.23" == cents(Decimal(100 * (lines - 12)) / lines)
    two.says("two of its lines each month have no quantity", "the coverage is 87.23 percent")


def test_two_routers_pass_when_the_depots_leave_in_time_and_the_head_office_has_one(tmp_path: Path) -> None:
    def repair(text: str) -> str:
        text = text.replace("end: 2027-04-01\n", "end: 2027-03-15\n")
        return text.replace("transit_router: [tr-acquired, tr-group]", "transit_router: tr-group")

    assert changed("two-routers", tmp_path, repair).made.passed


# china-cny


def test_china_leaves_unpriced_what_no_book_knows() -> None:
    china = example("china-cny")
    unpriced = {(line["sku"], line["region"]) for line in china.lines(status="unpriced")}
    assert unpriced == {
        ("tr-data-processing", "cn-shenzhen"),
        ("cdt-internet", "cn-hangzhou"),
        ("vbr-outbound", "cn-shenzhen"),  # over the ECR
    }
    totals = china.result["totals"]
    assert totals["cost"] is None
    assert totals["coverage_percent"] == "78.33"
    assert {line["list_cost"] for line in china.lines(status="unpriced")} == {None}
    # 6 × 1,500 GB; tier 1 has 10,240 - (2,020 - 20) left
    january = {"month": "2027-01", "sku": "cdt-internet", "region": "cn-hangzhou"}
    assert china.quantity(**january, status="priced") == 8240
    assert china.quantity(**january, status="unpriced") == 9000 - 8240 == 760
    assert {finding["code"] for finding in china.findings("warning")} == {"unpriced"}
    assert china.statuses() == {"ok"}
    china.says("78.33 percent", "(760 GB a month)", "beyond 10,240 GB", "leaves 0 of it")


def test_china_prices_shenzhen_over_two_tiers() -> None:
    china = example("china-cny")
    july = {"month": "2027-07", "sku": "cdt-internet", "region": "cn-shenzhen"}
    assert china.quantity(**july) == 5 * 2800 == 14000
    assert cents(china.cost(**july)) == "11,012.00"  # 10,240 × 0.80 + 3,760 × 0.75
    assert china.tiers(**july) == {1, 2}
    china.says("14,000 GB a month fall into tier 1 (0.80) and tier 2 (0.75)")


def test_china_subtotal_by_hand() -> None:
    from_march, from_june = YEAR_2027 - 744 - 672, sum(HOURS_2027[month] for month in range(6, 13))
    hangzhou = (6 * 2 + 2) * YEAR_2027  # connection-hours
    shenzhen = 3 * 2 * YEAR_2027 + 2 * 2 * from_june + from_march
    connections = hangzhou * Decimal("0.35") + shenzhen * Decimal("0.33")
    ipsec = (hangzhou + shenzhen) * Decimal("0.30")
    processing = 12 * (6 * 600 + 3500) * Decimal("0.13")  # Hangzhou
    cdt_hangzhou = 12 * 8240 * Decimal("0.80")
    cdt_shenzhen = 5 * 8400 * Decimal("0.80") + 7 * Decimal("11012.00")
    outbound = 12 * 5000 * Decimal("0.08")  # over the VBR in Hangzhou
    by_hand = connections + ipsec + processing + cdt_hangzhou + cdt_shenzhen + outbound
    assert Decimal(example("china-cny").result["totals"]["priced_subtotal"]) == by_hand


def test_china_public_price_list_alone_knows_less(tmp_path: Path) -> None:
    public = changed(
        "china-cny", tmp_path, lambda text: text.replace("price_books: [contract-cn.yaml]", "price_books: []")
    )
    assert public.result["totals"]["coverage_percent"] == "38.92"
    with_contract = {(line["sku"], line["region"]) for line in example("china-cny").lines(evidence="contract")}
    assert with_contract == {
        ("ipsec-connection", "cn-hangzhou"),
        ("ipsec-connection", "cn-shenzhen"),
        ("tr-connection", "cn-shenzhen"),
        ("vbr-outbound", "cn-hangzhou"),
    }
    example("china-cny").says("alone 38.92 percent")


def test_china_contract_says_wherever_it_is_named_that_it_is_made_up() -> None:
    made_up = "Example figures, not Alibaba Cloud prices"
    contract = [line for line in example("china-cny").lines() if line["evidence"] == "contract"]
    assert contract
    assert all(made_up in line["source"] for line in contract)
    (book,) = example("china-cny").made.scenarios[0].price_books
    assert made_up in str(book.value["title"])
    assert header_of(SCENARIOS / "contract-cn.yaml").startswith(made_up.upper())
    example("china-cny").says("MADE UP FOR THIS EXAMPLE")


# public-or-private


def test_public_or_private_by_hand() -> None:
    both = example("public-or-private")
    hours = YEAR_2027 - 744  # from February on
    alike = 2 * (2 * hours * Decimal("0.06")) + 11 * (3000 + 8000) * Decimal("0.02")
    public = alike + 11 * (8000 - 200) * Decimal("0.074")
    line = 12 * Decimal(1450) + 4000  # January to December, and once
    without_line = alike + 11 * 8000 * Decimal("0.0190") + hours * Decimal("0.06")
    private = without_line + 11 * 210 + line
    assert both.cost(cost_center="public") == public
    assert both.cost(cost_center="private") == private
    assert [cents(sum_) for sum_ in (public, private, 11 * 210 + line, without_line)] == [
        "10,693.04", "30,206.80", "23,710.00", "6,496.80"
    ]  # fmt: skip
    both.says("USD 10,693.04 over the Internet and 30,206.80 inside the line", "23,710.00 are the port", "6,496.80")


def test_public_or_private_months() -> None:
    both = example("public-or-private")
    february = {"month": "2027-02"}
    assert cents(both.cost(**february, sku="cdt-internet")) == "577.20"  # (8,000 - 200) × 0.074
    assert cents(both.cost(**february, sku="vbr-outbound")) == "152.00"  # 8,000 × 0.0190
    assert cents(both.cost(**february, sku="express-connect-port-1g")) == "210.00"
    for subject in ("depot-public", "depot-private"):
        assert cents(both.cost(**february, sku="tr-data-processing-vpc", subject=subject)) == "160.00"  # 8,000 × 0.02
    assert {line["sku"] for line in both.lines(month="2027-01")} == {"leased-line", "leased-line-setup"}
    assert {line["evidence"] for line in both.lines(subject="vbr-frankfurt", unit="month")} == {"assumed"}
    (term,) = both.findings("info", "leased-line")
    assert "through 2028-12: 12 months after the period, USD 17,400.00 are due" in term["message"]
    assert both.source_line(term).startswith("leased_line:")
    assert both.result["not_included"][1:] == ["equipment in the data centres and branches", "tax"]
    both.says("577.20 a month", "152.00 over the VBR", "210.00 a month", "160.00 a month")
    both.says("12 more months, USD 17,400.00", "USD 40,899.84")


# across-the-border


def test_the_border_by_hand() -> None:
    border = example("across-the-border")
    shanghai = 6 * 4 * (300 + 500) * Decimal("0.48")
    singapore = 4 * 2 * (60 + 150) * Decimal("8.4")
    assert border.cost(sku="inter-region-gold") == shanghai
    assert border.cost(sku="cross-border-platinum") == singapore
    assert [cents(shanghai), cents(singapore)] == ["9,216.00", "14,112.00"]
    assert Decimal("0.50") < (shanghai + singapore) / Decimal(border.result["totals"]["cost"]) < Decimal("0.51")
    january = {"month": "2027-01", "sku": "inter-region-gold"}
    assert border.quantity(**january, region="cn-shanghai") == 4 * 300 == 1200
    assert border.quantity(**january, region="cn-hangzhou") == 4 * 500 == 2000
    border.says("9,216.00 to and from Shanghai in six months", "14,112.00 to and from Singapore in four", "8.40 across")
    border.says("half of the CNY 46,288.80")


def test_between_regions_nothing_has_a_price_in_usd(tmp_path: Path) -> None:
    def in_usd(text: str) -> str:
        return text.replace("CNY", "USD").replace("site: cn", "site: intl").replace("[contract-cn.yaml]", "[]")

    border = changed("across-the-border", tmp_path, in_usd)
    unpriced = {line["sku"] for line in border.lines(status="unpriced")}
    assert unpriced == {"inter-region-gold", "cross-border-platinum"}
    lanes = {finding["subject"] for finding in border.findings("warning", "unpriced")}
    assert lanes == {
        "inter-region-gold/cn-shanghai>cn-hangzhou",
        "inter-region-gold/cn-hangzhou>cn-shanghai",
        "cross-border-platinum/ap-southeast-1>cn-hangzhou",
        "cross-border-platinum/cn-hangzhou>ap-southeast-1",
    }
    assert border.result["totals"]["cost"] is None
    border.says("In USD no such price is known")


# contract-and-finance

FY2027_HOURS = 744 + 672 + 744  # January to March 2027
FY2028_HOURS = 6600 + 744 + 696 + 744  # April 2027 to March 2028


def test_contract_by_hand() -> None:
    contract = example("contract-and-finance")
    # an hour: list 0.06, 10 percent less in FY2027, 20 percent less in FY2028; the contract's 0.05 is net
    hour = FY2027_HOURS * Decimal("0.054") + FY2028_HOURS * Decimal("0.048")
    connections = 15 * FY2027_HOURS + 15 * FY2028_HOURS
    assert connections == 15 * 10944
    ipsec = (FY2027_HOURS + FY2028_HOURS) * Decimal("0.05")
    processing = 3 * Decimal("0.018") + 12 * Decimal("0.016")  # of a GB in every month
    labs = 4 * (hour + ipsec) + 1600 * processing + 15 * (2740 * Decimal("0.085") + 1260 * Decimal("0.062"))
    # 0.0390 less 10 percent; from July 2027 on 0.0390 × 0.95 × 0.90
    outbound = {"until June": Decimal("0.0351"), "after": Decimal("0.033345")}
    plant = 2 * (hour + ipsec) + 2500 * processing + 6000 * (6 * outbound["until June"] + 9 * outbound["after"])
    depot = FY2028_HOURS * (Decimal("0.048") + Decimal("0.05")) + 12 * 500 * Decimal("0.016")
    depot += 2000 * (3 * outbound["until June"] + 9 * outbound["after"])
    line = hour + 15 * (900 + 210 * Decimal("0.9"))
    for subject, by_hand in (
        ("labs-singapore", labs), ("plant-singapore", plant), ("depot-singapore", depot), ("vbr-singapore", line),
    ):  # fmt: skip
        assert contract.cost(subject=subject) == by_hand, subject
    # in CNY, 5 percent off list prices of 0.35, 0.13 and 0.80; the contract's 0.30 is net; 500 × 2 GB after the free 20
    month = 600 * Decimal("0.1235") + 1000 * Decimal("0.76")
    fy2027, fy2028 = (
        2 * hours * (Decimal("0.3325") + Decimal("0.30")) + months * month
        for hours, months in ((FY2027_HOURS, 3), (FY2028_HOURS, 12))
    )
    factory = fy2027 * Decimal("0.14") + fy2028 * Decimal("0.138")
    assert contract.cost(subject="factory-hangzhou") == factory
    assert cents(labs + plant + depot + line + factory) == total(contract) == "37,539.43"
    contract.says("0.054 in FY2027", "0.048 in FY2028", "0.05 for IPsec connections is net")
    assert 2740 * Decimal("0.085") + 1260 * Decimal("0.062") == Decimal("311.02")
    contract.says("2,740 of tier 1 cost 0.085 and 1,260 cost 0.062: USD 311.02 a month", "0.033345 after the discount")
    assert cents(9 * 8000 * outbound["after"]) == "2,400.84"


def test_contract_steps_evidence_and_years() -> None:
    contract = example("contract-and-finance")
    steps = contract.result["steps"]
    names = ("list_cost", "without_list_price", "contract", "leased_lines", "billed_cost")
    assert [cents(Decimal(steps[name])) for name in names] == [
        "26,711.94", "908.76", "-3,581.27", "13,500.00", "37,539.43"
    ]  # fmt: skip
    assert not steps["list_complete"]  # no list price of IPsec connections in CNY
    no_list = {(line["sku"], line["billing_currency"]) for line in contract.lines(list_rate=None)}
    assert no_list == {("ipsec-connection", "CNY")}
    assumed, *_ = contract.result["evidence"]
    assert (assumed["evidence"], assumed["percent"], cents(Decimal(assumed["billed_cost"]))) == (
        "assumed", "6.40", "2,400.84"
    )  # fmt: skip
    years = {key: sum(contract.cost(month=month) for month in months) for key, months in _fiscal_years().items()}
    assert {key: cents(amount) for key, amount in years.items()} == {2027: "7,250.60", 2028: "30,288.83"}
    contract.says("USD 26,711.94 where a list price is known, and 908.76 where none is", "take off 3,581.27")
    contract.says("7,250.60 in FY2027 and 30,288.83 in FY2028", "USD 2,400.84, or 6.40 percent")


def _fiscal_years() -> dict[int, list[str]]:
    first = [f"2027-{month:02}" for month in (1, 2, 3)]
    second = [f"2027-{month:02}" for month in range(4, 13)] + [f"2028-{month:02}" for month in (1, 2, 3)]
    return {2027: first, 2028: second}


def test_contract_bills_in_two_currencies() -> None:
    contract = example("contract-and-finance")
    settled = contract.result["settlement"]

    def of(account: str, key: str) -> Decimal:
        return sum((Decimal(one[key]) for one in settled if one["account"] == account), Decimal(0))

    assert {one["account"]: one["currency"] for one in settled} == {"china": "CNY", "hub": "USD", "robots": "USD"}
    assert cents(of("china", "billed")) == "26,355.66"
    assert cents(of("china", "payable")) == "27,937.02"  # + 6 percent
    assert cents(of("china", "payable_in_results_currency")) == "3,866.41"
    # the labs' fees of the router are on the bill of their owner
    fees = contract.cost(subject="labs-singapore", sku="tr-connection")
    fees += contract.cost(subject="labs-singapore", sku="tr-data-processing")
    assert {line["account"] for line in contract.lines(subject="labs-singapore")} == {"robots"}
    assert cents(fees) == "2,546.69"
    everything = sum(of(account, "payable_in_results_currency") for account in ("china", "hub", "robots"))
    assert cents(everything + 15 * 900) == "37,758.14"  # and the carrier's line
    contract.says("CNY 26,355.66", "27,937.02", "USD 3,866.41", "USD 2,546.69 of fees", "37,758.14 are payable")


def test_contract_charges_and_pools() -> None:
    contract = example("contract-and-finance")
    charges = contract.result["charges"]

    def of(cost_center: str, key: str) -> Decimal:
        return sum((Decimal(one[key]) for one in charges if one["cost_center"] == cost_center), Decimal(0))

    shared = contract.cost(subject="vbr-singapore")
    until_march = sum(contract.cost(subject="vbr-singapore", month=month) for month in _fiscal_years()[2027])
    assert cents(shared) == "16,873.27"
    # one connection of three from April on
    assert cents((shared - until_march) / 3) == cents(of("logistics", "shared")) == "4,496.54"
    assert cents(of("production", "shared")) == "12,376.73"
    assert cents(of("research", "direct") * Decimal("0.025")) == cents(of("research", "markup")) == "235.02"
    assert cents(sum((Decimal(one["charged"]) for one in charges), Decimal(0))) == "38,899.99"
    pool = [one for one in contract.result["pools"] if one["account"] == "robots"]
    run_rate, increment, expected = (
        cents(sum((Decimal(one[key]) for one in pool), Decimal(0))) for key in ("run_rate", "increment", "expected")
    )
    assert 15 * (8000 - 500) * Decimal("0.085") == Decimal("9562.5")
    assert (run_rate, increment, expected) == ("9,562.50", "4,665.30", "14,227.80")
    contract.says("9,562.50 without the plan, the plan adds 4,665.30", "14,227.80 are to be expected")
    contract.says("(16,873.27)", "12,376.73 of it", "logistics 4,496.54", "charged 38,899.99")


@pytest.mark.parametrize("name", ["framework-agreement", "framework-agreement-cn", "company-finance"])
def test_made_up_figures_are_said_to_be_so(name: str) -> None:
    assert "EXAMPLE FIGURES" in header_of(SCENARIOS / f"{name}.yaml")
    if name.startswith("framework"):
        books = example("contract-and-finance").made.scenarios[0].price_books
        (book,) = [book for book in books if Path(book.name).stem == name]
        assert "Example figures, not Alibaba Cloud prices" in str(book.value["title"])
        for reference in dict(book.value["references"]).values():
            assert "Example figures, not Alibaba Cloud prices" in str(reference["title"])


# prepaid-plans


def test_prepaid_volumes_by_hand() -> None:
    prepaid = example("prepaid-plans")
    assert _use(prepaid, "mainland-2026", "drawn_by_plan") == 3 * 400 + _gb(400, 14, 31) == Decimal("1380.645161")
    assert _use(prepaid, "mainland-2026", "expired") == 1500 - Decimal("1380.645161")  # after 14 January
    # 220.00 bought 2,000 GB: 0.11 each
    assert (
        cents(_use(prepaid, "mainland-2026", "lost_cost")) == cents(Decimal("119.354839") * Decimal("0.11")) == "13.13"
    )
    assert _use(prepaid, "mainland-2027", "drawn_by_plan") == 1000
    left = 400 - (1000 - 400 - (400 - _gb(400, 14, 31)))
    assert prepaid.quantity(month="2027-03", sku="cdt-internet", covered=False) == left == Decimal("19.354839")
    assert cents(prepaid.cost(sku="cdt-internet")) == "2.28"  # × 0.118
    prepaid.says("180.65 GB", "119.35 GB expire, USD 13.13", "19.35 GB cost USD 2.28", "118.00 - 108.56 = 9.44")


def _gb(quantity: int, days: int, of: int) -> Decimal:
    """A part of a month's GB, rounded down to 10^-6."""
    return Decimal(quantity * days * 10**6 // of).scaleb(-6)


def _use(of: Example, name: str, key: str) -> Decimal:
    return sum((Decimal(one[key]) for one in of.result["prepaid"] if one["name"] == name), Decimal(0))


def test_outbound_plan_gives_up_what_is_free() -> None:
    prepaid = example("prepaid-plans")
    outbound = {"sku": "vbr-outbound"}
    assert prepaid.tiers(month="2026-10", **outbound) == {0}  # 30,000 of 51,200 free GB
    for month in ("2026-11", "2026-12"):
        (line,) = prepaid.lines(month=month, **outbound)
        assert (line["tier"], line["covered"], line["billed_cost"]) == (None, True, "0")
    assert prepaid.quantity(month="2027-02", covered=False, **outbound) == 3 * 30000 + 30000 - 102400 == 17600
    assert cents(prepaid.cost(month="2027-02", **outbound)) == "686.40"  # × 0.0390
    assert cents(prepaid.cost(month="2027-03", **outbound)) == "1,170.00"
    prepaid.says("lose 60,000 of their 102,400 GB", "17,600 GB cost USD 686.40", "USD 1,170.00 in March")


def test_outbound_plan_is_better_left_or_bought_later(tmp_path: Path) -> None:
    def without(text: str) -> str:
        return re.sub(r"  outbound-100:.*?\n\n", "", text, flags=re.DOTALL)

    nothing, later = tmp_path / "nothing", tmp_path / "later"
    for folder in (nothing, later):
        folder.mkdir()
    # 3 × 1,170.00 instead of 3,100.00 + 686.40 + 1,170.00
    assert total(changed("prepaid-plans", nothing, without)) == "12,084.68"
    january = changed("prepaid-plans", later, lambda text: text.replace("start: 2026-11-01", "start: 2027-01-01"))
    assert total(january) == "11,674.68"  # 3,100.00 and nothing else
    example("prepaid-plans").says("without the outbound plan it would be 12,084.68", "from January 2027 on 11,674.68")


def test_savings_plan_by_hand() -> None:
    prepaid = example("prepaid-plans")
    assert 41000 * Decimal("0.02") == 820
    assert 820 * Decimal("0.8") == 656
    lost = {one["month"]: one["expired"] for one in prepaid.result["prepaid"] if one["name"] == "processing"}
    assert {month: lost[month] for month in ("2027-01", "2027-02", "2027-03")} == {
        "2027-01": "88", "2027-02": "16", "2027-03": "88"
    }  # fmt: skip
    assert prepaid.cost(sku="prepaid-commitment") == 744 + 672 + 744 == 2160
    assert prepaid.cost(sku="tr-data-processing", month="2027-01") == 0
    prepaid.says("744.00 in January", "take 656.00 of it, and 88.00 are lost", "192.00 of 2,160.00", "= 300.00")


def test_prepaid_plans_are_paid_and_charged() -> None:
    prepaid = example("prepaid-plans")
    due = sum((Decimal(one["due"]) for one in prepaid.result["prepaid"]), Decimal(0))
    assert due == Decimal("108.56") + 3100 + 2160
    shared = Decimal("108.56") + 3100
    by = {one["cost_center"]: Decimal(0) for one in prepaid.result["charges"]}
    for one in prepaid.result["charges"]:
        by[one["cost_center"]] += Decimal(one["shared"])
    assert by == {"production": shared * Decimal("0.4"), "logistics": shared * Decimal("0.6")}
    prepaid.says("USD 5,368.56 in all", "3,208.56 over production, 40 percent, and logistics, 60 percent")


def test_only_one_price_of_a_prepaid_plan_is_published() -> None:
    read = example("prepaid-plans").made.scenarios[0]
    stated = (*read.plan.prepaid.values(), *read.estate.prepaid.values())
    official = [one for one in stated if one.evidence == "official"]
    assert [(one.gb, one.area, one.price) for one in official] == [(1000, "mainland", Decimal("108.56"))]
    example("prepaid-plans").says("BUT FOR THE 108.56 EVERY PRICE OF A PREPAID PLAN IS MADE UP")
    made_up = [one for one in stated if one.evidence != "official"]
    assert {(one.evidence, one.source) for one in made_up} == {
        ("assumed", "Example figure, not an Alibaba Cloud price")
    }


# branches-400


def test_branches_table_is_the_one_that_its_generator_writes() -> None:
    path = SCENARIOS / "branches-400.csv"
    assert path.read_bytes().decode() == branches_400.text()
    rows = list(branches_400.rows())
    assert len(rows) == 400 == len({row["id"] for row in rows})
    assert len({row["transit_router"] for row in rows}) == 6
    # the table shows waves and dates, closing branches, profiles and traffic of its own
    for column in ("wave", "start", "end", "traffic", "to_data_center_gb"):
        assert 0 < sum(column in row for row in rows) < 400


def test_branches_fit_into_the_increases_and_end_tight() -> None:
    branches = example("branches-400")
    routers = branches.made.scenarios[0].estate.transit_routers
    assert len({router.region for router in routers.values()}) == 6
    for router in routers:
        use = branches.quota(VPN, router)
        assert "exceeded" not in {status for _, _, status in use.values()}
        assert use["2028-12"][2] == "tight"
    limits = [limit for _, limit, _ in branches.quota(VPN, "tr-frankfurt").values()]
    assert list(dict.fromkeys(limits)) == [50, 100, 200]
    # all rows of a router, with what is there today and the factory; what closes or opens later counts in part
    rows = [row for row in branches_400.rows() if row["transit_router"] == "tr-hongkong"]
    connections = sum(int(row.get("connections_per_site", "1")) for row in rows if "end" not in row)
    assert branches.quota(VPN, "tr-hongkong")["2028-12"][0] == 2 + connections
    (other,) = branches.findings("warning", ECMP)
    assert branches.source_line(other).startswith("at-vienna-01,")  # a finding about a row points to the row
    branches.says("every router ends above 80 % of its limit")


def test_branches_are_priced_in_full_and_use_tier_2() -> None:
    branches = example("branches-400")
    assert branches.result["totals"]["complete"]
    assert branches.findings("warning", "internet-billing") == []
    tier_2 = [line["month"] for line in branches.lines(sku="cdt-internet", region="eu-central-1", tier=2)]
    assert min(tier_2) == "2027-05"
    legacy = {line["region"] for line in branches.lines(sku="ipsec-internet-legacy", month="2028-01")}
    assert legacy == {"ap-northeast-1", "cn-hongkong"}
    branches.says("from 2027-05 on and use tier 2", "the branches of Tokyo and Hong Kong have legacy")


# Editors


class CoreLoader(yaml.SafeLoader):
    """YAML as editors read it: a date is text."""


CoreLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@pytest.mark.parametrize("path", sorted(SCENARIOS.glob("*.yaml")), ids=lambda path: path.name)
def test_example_names_a_schema_that_accepts_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    (named,) = re.findall(r"^# yaml-language-server: \$schema=(\S+)$", text, re.MULTILINE)
    schema = json.loads((path.parent / named).read_text(encoding="utf-8"))
    jsonschema.validate(yaml.load(text, CoreLoader), schema)


# tunnel-design


def test_tunnel_design_lacks_what_an_old_gateway_lacks_and_no_more() -> None:
    design = example("tunnel-design")
    told = {(finding["code"], finding["subject"]) for finding in design.findings("warning")}
    assert told == {
        ("ike-version", "depots"),
        ("dh-group", "depots"),
        ("health-check", "depots"),
        ("zone", "depots"),
        ("load-balancing", "oslo"),
        ("unstated-tunnel", "tunnel-design"),
    }
    assert not design.findings("error")
    design.says(
        "an old gateway of the depots takes IKE version 1 and DH group 2 only",
        "a zone was chosen for them that newer pages leave out",
        "Oslo has a second way without load balancing",
        "Nothing of it is an error",
    )


def test_tunnel_design_has_its_findings_where_the_parameters_stand() -> None:
    design = example("tunnel-design")
    (version,) = design.findings("warning", "ike-version")
    assert design.source_line(version).startswith("version: ikev1")


def test_tunnel_design_as_an_estimate_says_the_same_more_quietly(tmp_path: Path) -> None:
    sooner = changed("tunnel-design", tmp_path, lambda text: text.replace("stage: design\n", "stage: estimate\n"))
    assert len(sooner.findings("info", "unstated-tunnel")) == 1
    assert not sooner.findings("warning", "unstated-tunnel")


def test_tunnel_design_is_refused_with_a_key(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds a secret") as refused:
        changed("tunnel-design", tmp_path, lambda text: text.replace("dpd: true", "psk: hunter2-never-shown"))
    assert "hunter2" not in str(refused.value)
    example("tunnel-design").says("A pre-shared key stands nowhere: a file that holds one is refused.")
