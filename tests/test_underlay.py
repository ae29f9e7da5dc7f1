"""Underlays and what the four items leave out: what each costs when a plan switches it on, and is told of when not."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from planner import statement
from planner.plan import Plan
from tests import oracle
from tests.support import plans

EQUIPMENT_AND_TAX = ("equipment in the data centres and branches", "tax")
OFFER = {"monthly": "1200.00", "evidence": "assumed", "source": "offer 12"}


def planned(
    folder: Path,
    underlay: dict[str, Any] | None = None,
    currency: str = "USD",
    region: str = "eu-central-1",
    months: int = 6,
    start: str = "2027-01",
    group: dict[str, Any] | None = None,
    **more: Any,
) -> Plan:
    """A private group of one site over an underlay, 500 GB to it and 300 from it."""
    entry: dict[str, Any] = {"network_type": "private", "transit_router": "tr", "underlay": "vbr"}
    if "rollout" not in (group or {}):
        entry["sites"] = "1"
    traffic = {"to_data_center_gb": "500", "from_data_center_gb": "300"}
    plan = {
        "version": "1",
        "name": "underlay",
        "currency": currency,
        "period": {"start": start, "months": str(months)},
        "underlays": {"vbr": {"kind": "vbr", "transit_router": "tr", **(underlay or {})}},
        "attachments": {"dc": {**entry, "traffic": traffic, **(group or {})}},
        **more,
    }
    estate = {
        "version": "1",
        "accounts": {"hub": {"site": {"USD": "intl", "CNY": "cn"}[currency]}, "other": {"site": "intl"}},
        "transit_routers": {"tr": {"region": region, "account": "hub"}},
    }
    return plans.planned(folder, plan, estate)


def lines(plan: Plan, sku: str) -> list[oracle.Line]:
    return [line for line in plans.lines_of(plan) if line.sku.startswith(sku)]


def costs(plan: Plan, sku: str) -> dict[str, Decimal]:
    """Cost by month of an item; every line of it has a price."""
    found: dict[str, Decimal] = {}
    for line in lines(plan, sku):
        assert line.amount is not None
        found[line.month] = found.get(line.month, Decimal(0)) + plans.money(line.amount)
    return found


# Express Connect ports


@pytest.mark.parametrize(
    ("region", "speed", "rate"),
    [
        ("cn-beijing", "1G", 85),
        ("eu-central-1", "10G", 1600),
        ("me-central-1", "40G", 6600),
        ("us-east-1", "100G", 11700),
    ],
)
def test_a_port_costs_its_price_per_port_and_month(tmp_path: Path, region: str, speed: str, rate: int) -> None:
    plan = planned(tmp_path, {"port": {"speed": speed, "ports": "2"}}, region=region, months=2)
    assert costs(plan, f"express-connect-port-{speed.lower()}") == {"2027-01": 2 * rate, "2027-02": 2 * rate}
    assert {line.account for line in lines(plan, "express-connect")} == {"hub"}


def test_a_port_is_there_from_the_first_attachment_to_the_last(tmp_path: Path) -> None:
    steps = [
        {"date": "2027-02-10", "add_sites": "1"},
        {"date": "2027-03-01", "remove_sites": "1"},  # nothing runs over it in March
        {"date": "2027-04-20", "add_sites": "1"},
        {"date": "2027-05-01", "remove_sites": "1"},
    ]
    plan = planned(tmp_path, {"port": {"speed": "1G"}}, group={"rollout": steps})
    assert costs(plan, "express-connect") == dict.fromkeys(("2027-02", "2027-03", "2027-04"), Decimal(210))


def test_parts_of_a_month_can_be_in_proportion(tmp_path: Path) -> None:
    group = {"start": "2027-02-10", "end": "2027-04-20"}
    pro_rata = {"part-of-a-port-month": "pro-rata"}
    plan = planned(tmp_path, {"port": {"speed": "10G", "ports": "2"}}, group=group, assumptions=pro_rata)
    assert costs(plan, "express-connect") == {
        "2027-02": Decimal("2171.4288"),  # 2 × 456 / 672 h = 1.357143 port-months × 1,600
        "2027-03": Decimal(3200),
        "2027-04": Decimal("2026.6672"),  # 2 × 456 / 720 h = 1.266667 × 1,600
    }
    named = {one.id: one.value for one in statement.used_assumptions(plan)}
    assert named["part-of-a-port-month"] == "pro-rata"


def test_whole_months_leave_nothing_to_assume(tmp_path: Path) -> None:
    whole = planned(tmp_path, {"port": {"speed": "10G"}})
    part = planned(tmp_path, {"port": {"speed": "10G"}}, group={"start": "2027-02-10"})
    assumed = [{one.id for one in statement.used_assumptions(plan)} for plan in (whole, part)]
    assert ["part-of-a-port-month" in ids for ids in assumed] == [False, True]


def test_a_port_has_no_price_in_cny(tmp_path: Path) -> None:
    plan = planned(tmp_path, {"port": {"speed": "1G"}}, currency="CNY", region="cn-hangzhou", months=1)
    (line,) = lines(plan, "express-connect")
    assert (line.quantity, line.rate, line.amount) == (10**6, None, None)


# Leased lines


def test_a_line_is_paid_in_whole_months_while_something_runs_over_it(tmp_path: Path) -> None:
    line = {**OFFER, "one_off": "5000"}
    plan = planned(tmp_path, {"leased_line": line}, group={"start": "2027-02-10", "end": "2027-04-01"})
    assert costs(plan, "leased-line-setup") == {"2027-02": 5000}
    months = [one.month for one in lines(plan, "leased-line") if one.sku == "leased-line"]
    assert months == ["2027-02", "2027-03"]  # the end is exclusive: nothing of April


def test_a_line_is_paid_through_its_term_and_cut_at_the_period(tmp_path: Path) -> None:
    group = {"start": "2027-02-10", "end": "2027-03-01"}
    short = planned(tmp_path, {"leased_line": {**OFFER, "term_months": "3"}}, group=group)
    assert list(costs(short, "leased-line")) == ["2027-02", "2027-03", "2027-04"]
    long = planned(tmp_path, {"leased_line": {**OFFER, "term_months": "36"}}, group=group)
    assert list(costs(long, "leased-line")) == ["2027-02", "2027-03", "2027-04", "2027-05", "2027-06"]
    (finding,) = [one for one in long.findings if one.code == "leased-line"]
    # February 2027 to January 2030; 31 of the 36 months lie after June: 31 × 1,200.00
    assert "runs through 2030-01: 31 months after the period, USD 37,200.00" in finding.message


def test_a_line_that_was_there_before_the_period_was_set_up_before(tmp_path: Path) -> None:
    line = {**OFFER, "one_off": "5000", "start": "2026-11-20", "term_months": "4"}
    plan = planned(tmp_path, {"leased_line": line}, group={"end": "2027-01-15"})
    assert costs(plan, "leased-line") == {"2027-01": 1200, "2027-02": 1200}  # November to February, no setup
    (used,) = [used for used in statement.used_rates(plan) if used.sku == "leased-line"]
    assert used.rate.note == "minimum term of 4 months, through 2027-02"


def test_a_line_names_its_evidence_and_source(tmp_path: Path) -> None:
    plan = planned(tmp_path, {"leased_line": {**OFFER, "currency": "USD"}}, months=1)
    (line,) = [used for used in statement.used_rates(plan) if used.sku == "leased-line"]
    assert (line.rate.reference.title, line.rate.reference.evidence) == ("offer 12", "assumed")
    assert (line.rate.scope, str(line.rate.value)) == ("vbr", "1200.00")
    of_line = next(
        one for one in statement.used_sources(plan)[:2] if one.reference.title == "offer 12"
    )  # weakest first
    assert of_line.used_for == ("leased-line (vbr)",)


# Data processing at the VPC side


def test_traffic_to_the_data_centre_is_processed_at_the_vpc_side(tmp_path: Path) -> None:
    plan = planned(tmp_path, months=1, group={"owner_account": "other"}, include={"vpc_processing": "true"})
    (line,) = lines(plan, "tr-data-processing-vpc")
    assert (line.account, line.region, line.quantity) == ("hub", "eu-central-1", 500 * 10**6)
    assert plans.money(line.amount or 0) == 10  # 500 GB × 0.02


def test_it_is_processed_in_the_region_of_the_clouds(tmp_path: Path) -> None:
    clouds = {"cloud_region": "cn-hangzhou", "inter_region_class": "gold"}
    plan = planned(
        tmp_path, currency="CNY", region="cn-shanghai", months=1, group=clouds, include={"vpc_processing": "true"}
    )
    (line,) = lines(plan, "tr-data-processing-vpc")
    assert (line.region, line.rate) == ("cn-hangzhou", Decimal("0.13"))  # Shanghai has no price


def test_unstated_traffic_is_unknown_at_the_vpc_side_and_between_regions(tmp_path: Path) -> None:
    group = {"traffic": {"from_data_center_gb": "300"}, "cloud_region": "eu-west-1", "inter_region_class": "gold"}
    plan = planned(tmp_path, months=1, group=group, include={"vpc_processing": "true"})
    (line,) = lines(plan, "tr-data-processing-vpc")
    assert line.quantity is None
    assert [(line.region, line.quantity) for line in lines(plan, "inter-region")] == [
        ("eu-central-1", 300 * 10**6),
        ("eu-west-1", None),
    ]


# Between regions


@pytest.mark.parametrize(
    ("region", "cloud", "line_class", "sku", "rate"),
    [
        ("cn-hangzhou", "cn-shanghai", "gold", "inter-region-gold", "0.48"),
        ("cn-hangzhou", "ap-southeast-1", "platinum", "cross-border-platinum", "8.4"),
        ("cn-hongkong", "cn-shenzhen", "gold", "cross-border-gold", "5.6"),  # Hong Kong is beyond the border
        ("cn-hongkong", "ap-southeast-1", "platinum", "inter-region-platinum", "0.788"),
        ("eu-central-1", "us-east-1", "gold", "inter-region-gold", "0.35"),
        ("me-east-1", "eu-central-1", "gold", "inter-region-gold", "2.5"),
    ],
)
def test_transfer_between_regions(
    tmp_path: Path, region: str, cloud: str, line_class: str, sku: str, rate: str
) -> None:
    group = {"cloud_region": cloud, "inter_region_class": line_class}
    plan = planned(tmp_path, currency="CNY", region=region, months=1, group=group)
    found = {line.region: line for line in lines(plan, sku)}
    assert {line.account for line in found.values()} == {"hub"}
    # 500 GB leave the clouds, 300 the router; each × the rate of its lane
    assert plans.money(found[cloud].amount or 0) == 500 * Decimal(rate)
    assert plans.money(found[region].amount or 0) == 300 * Decimal(rate)
    assert "inter-region-payer" in {one.id for one in statement.used_assumptions(plan)}


# What is left out


def test_everything_that_is_off_is_told(tmp_path: Path) -> None:
    assert statement.not_included(planned(tmp_path)) == (
        "data processing of traffic towards the data centres, where it enters the router (such as at VPC connections)",
        "inter-region data transfer, where clouds and routers are in different regions or the border is crossed",
        "Express Connect ports under private attachments: vbr",
        "the carrier's leased lines under private attachments: vbr",
        *EQUIPMENT_AND_TAX,
    )


def test_what_is_on_is_not_told(tmp_path: Path) -> None:
    underlay = {"port": {"speed": "1G"}, "leased_line": OFFER}
    group = {"cloud_region": "eu-west-1", "inter_region_class": "gold"}
    plan = planned(tmp_path, underlay, group=group, include={"vpc_processing": "true"})
    assert statement.not_included(plan) == EQUIPMENT_AND_TAX


def test_an_underlay_that_exists_leaves_no_port_out(tmp_path: Path) -> None:
    told = statement.not_included(planned(tmp_path, {"already_attached": "true"}))
    assert not [entry for entry in told if "port" in entry or "leased" in entry]


def test_groups_that_state_no_cloud_region_are_named(tmp_path: Path) -> None:
    clouds = {"cloud_region": "eu-west-1", "inter_region_class": "gold"}
    public = {"network_type": "public", "transit_router": "tr", "sites": "1"}
    attachments = {"with": {**public, **clouds}, **{f"without-{n}": public for n in range(7)}}
    plan = planned(tmp_path, attachments=attachments)
    assert (
        "inter-region data transfer of groups that state no cloud_region:"
        " without-0, without-1, without-2, without-3, without-4 and 2 more"
    ) in statement.not_included(plan)
