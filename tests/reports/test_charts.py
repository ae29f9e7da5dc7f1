"""The charts of quotas, rollout and finance: worked numbers of the shipped examples, and pictures of extreme plans."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from planner import summary
from planner.core.period import seconds
from planner.plan import Plan, make_plan
from planner.scenario import read_scenario
from pricing import money
from pricing.book import load_price_lists
from reports import chart
from reports.charts.from_list_to_bill import Step
from reports.charts.rate_card_sensitivity import Tier

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
GB = 10**6
IDS = sorted(chart.declared())


@cache
def example(name: str) -> Plan:
    """The priced plan of a shipped example."""
    scenario = read_scenario(str(SCENARIOS / f"{name}.yaml"))
    return make_plan([scenario], load_price_lists(scenario.sites, scenario.price_books))


def data(name: str, plan: Plan):
    return chart.declared()[name].data(plan)


def usd(text: str) -> int:
    """Nano-units of an amount."""
    return int(Decimal(text) * money.NANO)


# Attachments against the quota


def test_the_last_day_to_apply_stands_at_the_router_that_needs_more() -> None:
    shown = data("attachments-against-quota", example("apac-branches"))
    first, *others = shown.panels
    assert first.router == "tr-singapore"
    # 22 today + 49 connections of the plan when most of them are there
    assert first.least_limit == max(first.used) == 71
    # over from 2027-07-05 on; the increase takes 14 days
    assert (first.apply_by, first.too_late) == (date(2027, 6, 21), False)
    assert [one.least_limit for one in others] == [None, None, None]
    assert shown.as_of == date(2026, 11, 20)


def test_what_leaves_of_the_estate_is_taken_out_and_requested_limits_are_pending() -> None:
    first, *_ = data("attachments-against-quota", example("quota-limits")).panels
    # January to September 2027: 46 exist, 5 + 15 sites come in February and April; on 1 June 16 + 4 leave.
    assert first.used == (46, 51, 51, 66, 66, 46, 46, 46, 46)
    assert first.existing == (46, 46, 46, 46, 46, 26, 26, 26, 26)
    # 60 are granted from February on, 75 requested from April on.
    assert first.limit == (50, 60, 60, 75, 75, 75, 75, 75, 75)
    assert first.pending == (False, False, False, *[True] * 6)


def test_without_a_lead_time_the_day_to_apply_is_not_known(exceeded: Plan) -> None:
    first, second = data("attachments-against-quota", exceeded).panels
    assert (first.least_limit, first.apply_by, first.too_late) == (86, None, None)  # 38 + 2 x 24
    assert (second.least_limit, second.apply_by) == (None, None)


# Headroom


def test_headroom_is_the_limit_less_what_is_used_and_the_least_comes_first() -> None:
    shown = data("headroom-heat-map", example("apac-branches"))
    assert [row.router for row in shown.rows] == ["tr-singapore", "tr-hongkong", "tr-jakarta", "tr-tokyo"]
    # 50 - 26, and 50 - 59 from July on, until 80 are granted in October: 80 - 59
    singapore = shown.rows[0]
    assert singapore.headroom[:10] == (24, 17, 13, 13, 3, 3, -9, -9, -9, 21)
    assert (singapore.status[0], singapore.status[4], singapore.status[6]) == ("ok", "tight", "exceeded")
    assert (str(shown.months[singapore.least]), shown.left_out) == ("2027-07", 0)
    assert shown.rows[3].headroom[:9] == (42,) * 8 + (33,)  # 50 - 6 - 2, and 9 more sites in September


def test_headroom_agrees_with_every_router_of_a_large_plan(large: Plan) -> None:
    use = next(use for use in large.quotas if use.id == "vpn-attachments-per-transit-router")
    shown = data("headroom-heat-map", large)
    found = {row.router: row.headroom for row in shown.rows}
    assert found == {
        name: tuple((use.limit[n] - use.used[n]).tolist()) for n, name in enumerate(use.scopes) if name in found
    }
    assert len(found) + shown.left_out == len(use.scopes)
    least = [row.headroom[row.least] for row in shown.rows]
    assert least == sorted(least)


# Rollout


def test_rollout_counts_sites_at_exact_instants_and_names_waves() -> None:
    shown = data("rollout-timeline", example("apac-branches"))
    ends = {layer.name: layer.sites[-1] for layer in shown.layers}
    # Tokyo: 1 data centre stays, the 9 franchise sites leave after their year. Jakarta: 10 + 6. Hong Kong: 6 + 8
    assert (ends["tr-tokyo"], ends["tr-jakarta"], ends["tr-hongkong"]) == (1, 16, 14)
    waves = {wave.names: (wave.added, wave.removed) for wave in shown.waves if wave.names}
    assert waves == {("pilot",): (5, 0), ("wave-1",): (5, 0), ("wave-2",): (12, 0), ("wave-3",): (24, 0)}
    assert shown.subtitle == "Sites of the plan, without what exists · at most 65, from 2028-04-03 on"
    tokyo = next(layer for layer in shown.layers if layer.name == "tr-tokyo")
    trial = shown.instants.index(seconds(date(2028, 9, 1)))
    assert tokyo.sites[trial - 1 : trial + 1] == (10, 1)


@pytest.mark.parametrize("name", ["apac-branches", "branches-400", "two-routers", "contract-and-finance"])
def test_layers_add_up_to_what_the_waves_bring(name: str) -> None:
    shown = data("rollout-timeline", example(name))
    total = [sum(column) for column in zip(*(layer.sites for layer in shown.layers), strict=True)]
    changed = sum(wave.added - wave.removed for wave in shown.waves)
    assert total[-1] == changed  # nothing of these plans is there before their first month
    assert len(shown.instants) == len(total)


# From list price to bill


def test_the_waterfall_of_a_contract_goes_from_list_to_bill() -> None:
    shown = data("from-list-to-bill", example("contract-and-finance"))
    assert shown.steps == (
        Step("sum", "at list price", usd("26711.9424"), 0, at_least=True),
        Step("more", "without a list price, by contract", usd("908.7552"), usd("26711.9424")),
        Step("less", "contract rates and discounts", usd("-3581.27112"), usd("27620.6976")),
        Step("sum", "at contract price", usd("24039.42648"), 0),  # 26,711.9424 + 908.7552 - 3,581.27112
        Step("more", "billed by carriers", usd("13500"), usd("24039.42648")),  # 900 a month, 15 months
        Step("sum", "billed, before tax", usd("37539.42648"), 0),
    )
    assert (shown.unpriced, shown.plain) == (0, False)


@pytest.mark.parametrize("name", ["apac-branches", "contract-and-finance", "prepaid-plans", "china-cny", "two-routers"])
def test_the_steps_of_a_waterfall_join(name: str) -> None:
    plan = example(name)
    steps = data("from-list-to-bill", plan).steps
    running = steps[0].amount
    for step in steps[1:]:
        assert (step.end if step.kind == "sum" else step.start) == running
        running = step.end
    assert running == summary.totals(plan).subtotal


def test_what_is_unpriced_is_beside_the_steps_and_never_in_them() -> None:
    shown = data("from-list-to-bill", example("china-cny"))
    assert (shown.unpriced, shown.lines) == (44, 203)
    assert [step.at_least for step in shown.steps if step.kind == "sum"] == [True, True]


# Rate cards


def test_a_pool_lies_on_its_rate_card_on_top_of_everything_else() -> None:
    robots, china = data("rate-card-sensitivity", example("contract-and-finance")).panels
    assert (robots.account, robots.region, robots.currency) == ("robots", "ap-southeast-1", "USD")
    assert robots.tiers == (Tier(0, 10240 * GB, Decimal("0.085")), Tier(10240 * GB, None, Decimal("0.062")))
    assert robots.baseline == 7500 * GB  # 8,000 a month, of which 500 are free by contract
    assert robots.ends[robots.peak] == 11500 * GB  # + 4 labs x 1,000 GB
    assert robots.tier == 1
    assert china.tiers[-1] == Tier(10240 * GB, None, None)  # above 10 TB no rate is known
    assert china.ends[china.peak] == 1500 * GB  # (520 - 20 free) + 2 x 500


def test_without_a_baseline_where_a_plan_lies_is_a_lower_bound(unpriced: Plan) -> None:
    panels = data("rate-card-sensitivity", unpriced).panels
    assert panels
    assert all(panel.baseline is None for panel in panels)


def test_the_month_with_most_and_that_with_least_are_found() -> None:
    panel = data("rate-card-sensitivity", example("apac-branches")).panels[0]
    used = [end for end, own in zip(panel.ends, panel.planned, strict=True) if own]
    assert panel.ends[panel.peak] == max(panel.ends)
    assert panel.ends[panel.lowest] == min(used)
    assert panel.baseline == 3800 * GB  # 4,000 of the web shop, less the 200 that are free overseas


def test_no_tiers_are_said(nothing: Plan) -> None:
    assert data("rate-card-sensitivity", nothing).panels == ()


# Evidence


def test_evidence_adds_up_to_what_is_billed_surest_first() -> None:
    shown = data("evidence-of-prices", example("contract-and-finance"))
    assert [(one.evidence, one.amount) for one in shown.grades] == [
        ("contract", usd("22796.4552")),
        ("official", usd("5470.23528")),
        ("secondary", usd("6871.896")),
        ("assumed", usd("2400.84")),  # outbound traffic that is expected to become cheaper
    ]
    assert sum(one.amount for one in shown.grades) == shown.total == usd("37539.42648")
    # (6,871.896 + 2,400.84) / 37,539.42648 = 24.7 %
    assert shown.subtitle == "USD billed from 2027-01 to 2028-03 · 25 % on secondary or assumed prices"


def test_lines_without_a_price_are_in_no_grade() -> None:
    shown = data("evidence-of-prices", example("china-cny"))
    assert sum(one.lines for one in shown.grades) + shown.unpriced == shown.lines == 203
    assert shown.missing[0] == "cdt-internet in cn-hangzhou: 9,120.00 GB without a price"


# Regions, routers, cost centres


@pytest.mark.parametrize("name", ["apac-branches", "branches-400", "contract-and-finance", "prepaid-plans"])
def test_each_column_of_costs_is_the_whole(name: str) -> None:
    plan = example(name)
    shown = data("cost-by-region-and-cost-center", plan)
    assert [column.title for column in shown.columns] == ["By region", "By transit router", "By cost centre"]
    for column in shown.columns:
        assert sum(bar.amount for bar in column.bars) == shown.total == summary.totals(plan).subtotal
        named = [bar.amount for bar in column.bars if not bar.rest]
        assert named == sorted(named, reverse=True)
        assert len(column.bars) <= 7


def test_cost_of_no_cost_center_is_shown_as_such() -> None:
    centers = data("cost-by-region-and-cost-center", example("contract-and-finance")).columns[2].bars
    assert (centers[0].name, centers[0].amount) == ("(none)", usd("16873.272"))  # the line, its port and its fee


# Pictures


def extreme(months: int, routers: int, name: str, center: str) -> str:
    """A plan of so many months and routers, with names that begin so."""
    regions = ["ap-southeast-1", "eu-central-1", "cn-beijing"]
    estate = [
        f"    {name}{n}: {{region: {regions[n % 3]}, account: hub, attached: {{vpn: {n}}}}}" for n in range(routers)
    ]
    groups = [
        f"  group-{n}: {{network_type: public, transit_router: {name}{n}, connections_per_site: 2, sites: {n % 9 + 1},"
        f" start: 2027-01-{n % 28 + 1:02}, cost_center: {center}{n}, internet_billing: cdt,"
        " traffic: {to_data_center_gb: 100, from_data_center_gb: 900}}"
        for n in range(routers)
    ]
    head = [
        "version: 1", "name: extreme", "title: 华东分支机构", "currency: USD",
        f"period: {{start: 2027-01, months: {months}}}", "estate:", "  version: 1", "  as_of: 2027-01-10",
        "  lead_time_days: {vpn-attachments-per-transit-router: 14}", "  accounts: {hub: {site: intl}}",
        "  transit_routers:",
    ]  # fmt: skip
    return "\n".join([*head, *estate, "attachments:", *groups]) + "\n"


@pytest.fixture(scope="session")
def extremes(plan_of: Callable[[str], Plan]) -> dict[str, Plan]:
    """A plan of one month and router, and one of 120 months and 60 routers with long names and Chinese letters."""
    long = "tr-a-very-long-name-of-a-router-in-the-north-of-the-country-"
    return {"least": plan_of(extreme(1, 1, "tr-", "a")), "most": plan_of(extreme(120, 60, long, "华东分支中心"))}


@pytest.mark.parametrize("size", ["least", "most"])
@pytest.mark.parametrize("chart_id", IDS)
def test_extreme_plans_are_drawn_with_the_same_bytes_each_time(
    extremes: dict[str, Plan], chart_id: str, size: str
) -> None:
    one = chart.declared()[chart_id]
    pictures = chart.render(extremes[size], one)
    assert pictures["png"].startswith(b"\x89PNG")
    assert pictures == chart.render(extremes[size], one)


def test_a_character_without_a_letter_is_shown_as_a_box_and_explained(extremes: dict[str, Plan]) -> None:
    assert chart.shortened("华东-7", 10) == "□□-7"
    figures: list[chart.Canvas] = []

    def drawn(canvas: chart.Canvas, shown: object) -> None:
        chart.declared()["cost-by-region-and-cost-center"].draw(canvas, shown)
        figures.append(canvas)

    real = chart.declared()["cost-by-region-and-cost-center"]
    for plan, explained in ((extremes["most"], True), (extremes["least"], False)):
        chart.render(plan, chart.Chart(real.order, real.title, real.data, drawn))
        assert bool(list(figures[-1].missing())) == explained


def test_an_instant_stands_in_its_month_as_far_as_it_has_run() -> None:
    bounds = [seconds(date(2027, month, 1)) for month in (1, 2, 3)]
    assert chart.position(bounds, bounds[0]) == -0.5
    assert chart.position(bounds, seconds(date(2027, 2, 15))) == 1.0  # 14 of 28 days
    assert chart.position(bounds, bounds[2]) == 1.5
