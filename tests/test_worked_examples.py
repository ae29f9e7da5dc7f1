"""Published calculations and some by hand, from the text of a plan to the cent.

E1, E2, E4, E5: Alibaba Cloud's own pages; E6: an article; E7, E8: by hand. 1 TB = 1,024 GB.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from planner import summary
from planner.plan import Plan
from tests.support import plans

USD = Decimal


def router(region: str) -> dict[str, Any]:
    return {"region": region, "account": "own"}


def attachment(kind: str, region: str, **more: Any) -> dict[str, Any]:
    return {"network_type": kind, "transit_router": f"tr-{region}", "sites": "1", **more}


def planned(
    folder: Path,
    attachments: dict[str, dict[str, Any]],
    start: str,
    months: int = 1,
    currency: str = "USD",
    books: Sequence[dict[str, Any]] = (),
    **more: Any,
) -> Plan:
    """The plan of some attachments of one account, with a transit router in each of their regions."""
    regions = sorted({entry["transit_router"].removeprefix("tr-") for entry in attachments.values()})
    plan = {
        "version": "1",
        "name": "worked-example",
        "currency": currency,
        "period": {"start": start, "months": str(months)},
        "attachments": attachments,
        **more,
    }
    estate = {
        "version": "1",
        "accounts": {"own": {"site": {"USD": "intl", "CNY": "cn"}[currency]}},
        "transit_routers": {f"tr-{region}": router(region) for region in regions},
    }
    return plans.planned(folder, plan, estate, books)


def cost(plan: Plan, **like: Any) -> Decimal:
    """What the line items with these values cost, exactly; every one of them has a price."""
    lines = [line for line in plans.lines_of(plan) if all(getattr(line, key) == like[key] for key in like)]
    assert lines, f"no line is like {like}"
    assert all(line.amount is not None for line in lines)
    return plans.money(sum(line.amount or 0 for line in lines))


def quantity(plan: Plan, **like: Any) -> Decimal:
    """What the line items with these values add up to, in units."""
    lines = [line for line in plans.lines_of(plan) if all(getattr(line, key) == like[key] for key in like)]
    return Decimal(sum(line.quantity or 0 for line in lines)).scaleb(-6)


def total(plan: Plan) -> Decimal:
    """What the whole plan costs; nothing is unpriced."""
    totals = summary.totals(plan)
    assert totals.complete
    return plans.money(totals.subtotal)


# E1: outbound data transfer of VBRs. Beijing sends 100 TB, first, and Virginia 80 TB, later.
#
# The page prints totals of 2,196.48 and 2,836.48: they still use an older price of 0.0125 for Beijing.
# (0.0125 × 50 × 1,024 + 1,556.48 = 2,196.48.) Its lines, with 0.0130, are right, and are what is tested.


def vbr_plan(folder: Path, month: str, **assumptions: Any) -> Plan:
    sent = {"cn-beijing": 100 * 1024, "us-east-1": 80 * 1024}
    return planned(
        folder,
        {
            region: attachment("private", region, underlay=f"vbr-{region}", traffic={"to_data_center_gb": str(volume)})
            for region, volume in sent.items()
        },
        month,
        underlays={f"vbr-{region}": {"kind": "vbr", "transit_router": f"tr-{region}"} for region in sent},
        assumptions=assumptions,
    )


def vbr_cost(plan: Plan, **like: Any) -> Decimal:
    return cost(plan, sku="vbr-outbound", **like)


def test_e1_beijing_first_uses_the_whole_50_tb_promotion(tmp_path: Path) -> None:
    plan = vbr_plan(tmp_path, "2026-12", **{"free-quota-region-order": ["cn-beijing"]})
    assert vbr_cost(plan, region="cn-beijing") == USD("665.60")  # 0.0130 × (100 - 50) × 1,024
    assert vbr_cost(plan, region="us-east-1") == USD("1556.48")  # 0.0190 × 80 × 1,024
    assert vbr_cost(plan) == USD("2222.08")  # 665.60 + 1,556.48
    assert quantity(plan, sku="vbr-outbound", tier=0, region="cn-beijing") == 50 * 1024


def test_e1_after_the_promotion_everything_costs_the_list_price(tmp_path: Path) -> None:
    plan = vbr_plan(tmp_path, "2027-01", **{"free-quota-region-order": ["cn-beijing"]})
    assert vbr_cost(plan, region="cn-beijing") == USD("1331.20")  # 0.0130 × 100 × 1,024
    assert vbr_cost(plan, region="us-east-1") == USD("1556.48")  # 0.0190 × 80 × 1,024
    assert vbr_cost(plan) == USD("2887.68")  # 1,331.20 + 1,556.48


def test_e1_in_proportion_virginia_shares_the_promotion(tmp_path: Path) -> None:
    plan = vbr_plan(tmp_path, "2026-12")
    # Beijing has 100/180 of 51,200 free GB, Virginia 80/180: 73,955.56 × 0.013 + 59,164.44 × 0.019
    assert round(vbr_cost(plan), 2) == USD("2085.55")
    assert quantity(plan, sku="vbr-outbound", tier=0) == 50 * 1024


# E2: Internet data transfer by CDT in the mainland, 1,020 GB in June


def test_e2_the_first_20_gb_in_the_mainland_are_free(tmp_path: Path) -> None:
    sent = {"to_data_center_gb": "1020"}
    plan = planned(
        tmp_path, {"dc": attachment("public", "cn-hangzhou", internet_billing="cdt", traffic=sent)}, "2026-06"
    )
    assert cost(plan, sku="cdt-internet") == USD("118.00")  # (1,020 - 20) × 0.118
    assert quantity(plan, sku="cdt-internet", tier=0) == 20
    assert cost(plan, sku="cdt-internet", tier=0) == 0


# E4: a neighbouring product (EIP) with its prices: 09:30 to the end of the day is 14.5 h, billed 15 h; 60 GB


def eip_prices() -> dict[str, Any]:
    """Per hour 0.006, per GB 0.081."""
    known = {"evidence": "contract", "source": "eip", "scope": "all"}
    rates = {"ipsec-connection": "0.006", "ipsec-internet-legacy": "0.081"}
    return {
        "version": "1",
        "title": "Elastic IP",
        "site": "intl",
        "currency": "USD",
        "references": {"eip": {"title": "Elastic IP billing", "read_on": "2026-11"}},
        "items": {sku: {"rates": [{**known, "rate": rate}]} for sku, rate in rates.items()},
    }


def test_e4_part_of_an_hour_is_a_whole_hour(tmp_path: Path) -> None:
    # Traffic is given for a whole month of 744 h and follows the 15 h that are billed: 2,976 × 15 / 744 = 60
    entry = attachment(
        "public",
        "ap-southeast-1",
        start="2027-01-10T09:30",
        end="2027-01-11",
        internet_billing="legacy",
        traffic={"to_data_center_gb": "2976", "from_data_center_gb": "0"},
    )
    plan = planned(tmp_path, {"eip": entry}, "2027-01", books=[eip_prices()])
    assert quantity(plan, sku="ipsec-connection") == quantity(plan, sku="tr-connection") == 15
    assert cost(plan, sku="ipsec-connection") == USD("0.09")  # 15 × 0.006
    assert cost(plan, sku="ipsec-internet-legacy") == USD("4.86")  # 60 × 0.081
    assert total(plan) - cost(plan, sku="tr-connection") == USD("4.95")


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2027-01-10T09:30", "2027-01-10T10:00", 1),
        ("2027-01-10T09:30", "2027-01-10T10:00:01", 2),  # touches two clock hours
        ("2027-01-10T09:59:59", "2027-01-10T10:00:01", 2),
        ("2027-01-10T09:00", "2027-01-10T10:00", 1),
        ("2026-12-31T23:30", "2027-01-01T00:30", 1),  # the other hour belongs to December
        ("2027-01-31T23:59:59", "2027-02-01", 1),
        ("2027-01-31T23:30", "2027-02-28", 1),  # the rest belongs to February
        ("2026-11-05", "2027-01-01", 0),
    ],
)
def test_connections_are_billed_for_the_clock_hours_they_touch(
    tmp_path: Path, start: str, end: str, hours: int
) -> None:
    plan = planned(tmp_path, {"g": attachment("public", "ap-southeast-1", start=start, end=end)}, "2027-01")
    assert quantity(plan, sku="ipsec-connection") == hours


# E5: a neighbouring product (flow logs), whose 5 free GB are the first of tier 1


def flow_log_prices() -> dict[str, Any]:
    """To 10 TB 2.5, to 30 TB 1.25, to 50 TB 0.5, above 0.25; 5 GB free."""
    known = {"evidence": "contract", "source": "logs", "scope": "all"}
    bounds = ("0", "10240", "30720", "51200")
    tiers = [{"from": low, "rate": rate} for low, rate in zip(bounds, ("2.5", "1.25", "0.5", "0.25"), strict=True)]
    for tier, end in zip(tiers, bounds[1:], strict=False):
        tier["to"] = end
    return {
        "version": "1",
        "title": "Flow logs",
        "site": "cn",
        "currency": "CNY",
        "references": {"logs": {"title": "Flow log billing", "read_on": "2026-11"}},
        "items": {
            "cdt-internet": {"rates": [{**known, "tiers": tiers}], "free_quotas": [{**known, "quantity": "5"}]},
        },
    }


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("100", "237.5"),  # (100 - 5) × 2.5
        # (10 × 1,024 - 5) × 2.5 + 20 × 1,024 × 1.25 + 20 × 1,024 × 0.5 + 10 × 1,024 × 0.25
        ("61440", "63987.5"),
    ],
)
def test_e5_free_quota_inside_tier_1(tmp_path: Path, sent: str, expected: str) -> None:
    entry = attachment("public", "cn-hangzhou", internet_billing="cdt", traffic={"to_data_center_gb": sent})
    plan = planned(
        tmp_path,
        {"logs": entry},
        "2027-01",
        currency="CNY",
        books=[flow_log_prices()],
        assumptions={"free-quota-position": "inside-tier-1"},
    )
    assert cost(plan, sku="cdt-internet") == Decimal(expected)


# E6: Internet data transfer by CDT, price list of the China site (CNY), 50,000 GB


def cny_plan(folder: Path, region: str, **assumptions: Any) -> Plan:
    entry = attachment("public", region, internet_billing="cdt", traffic={"to_data_center_gb": "50000"})
    return planned(folder, {"dc": entry}, "2027-01", currency="CNY", assumptions=assumptions)


def test_e6_shenzhen_reproduces_with_free_gb_before_tier_1(tmp_path: Path) -> None:
    # 10,240 × 0.80 + (50,000 - 20 - 10,240) × 0.75; the article prints 37,997
    assert cost(cny_plan(tmp_path, "cn-shenzhen"), sku="cdt-internet") == Decimal("37997.00")


def test_e6_shenzhen_with_free_gb_inside_tier_1_is_one_yuan_less(tmp_path: Path) -> None:
    plan = cny_plan(tmp_path, "cn-shenzhen", **{"free-quota-position": "inside-tier-1"})
    # (10,240 - 20) × 0.80 + (50,000 - 10,240) × 0.75: 20 GB move from tier 2 at 0.75 into tier 1 at 0.80
    assert cost(plan, sku="cdt-internet") == Decimal("37996.00")


def test_e6_hong_kong_has_the_free_quota_of_everywhere_else(tmp_path: Path) -> None:
    hong_kong = cost(cny_plan(tmp_path, "cn-hongkong"), sku="cdt-internet")
    assert hong_kong == Decimal("28530.40")  # 10,240 × 0.70 + (50,000 - 200 - 10,240) × 0.54
    assert 50000 - hong_kong == Decimal("21469.60")  # what the article compares with; it prints 21,470


# E7: the four items of one public attachment in Singapore, January 2027 (744 h)


def singapore(folder: Path, billing: str) -> Plan:
    sent = {"to_data_center_gb": "500", "from_data_center_gb": "300"}
    entry = attachment("public", "ap-southeast-1", internet_billing=billing, traffic=sent)
    return planned(folder, {"branch": entry}, "2027-01")


def test_e7_public_attachment_with_legacy_billing(tmp_path: Path) -> None:
    plan = singapore(tmp_path, "legacy")
    assert cost(plan, sku="tr-connection") == USD("44.64")  # 744 × 0.06
    assert cost(plan, sku="tr-data-processing") == USD("6.00")  # 300 × 0.02
    assert cost(plan, sku="ipsec-connection") == USD("44.64")  # 744 × 0.06
    assert cost(plan, sku="ipsec-internet-legacy") == USD("58.50")  # 500 × 0.117
    assert total(plan) == USD("153.78")


def test_e7_public_attachment_billed_by_cdt(tmp_path: Path) -> None:
    plan = singapore(tmp_path, "cdt")
    assert cost(plan, sku="cdt-internet") == USD("30.00")  # (500 - 200) × 0.10
    assert total(plan) == USD("125.28")  # 153.78 - 58.50 + 30.00


# E8: one private attachment over one new VBR connection in Frankfurt


def frankfurt(folder: Path, month: str, **underlay: Any) -> Plan:
    sent = {"to_data_center_gb": "500", "from_data_center_gb": "300"}
    return planned(
        folder,
        {"dc": attachment("private", "eu-central-1", underlay="vbr", traffic=sent)},
        month,
        underlays={"vbr": {"kind": "vbr", "transit_router": "tr-eu-central-1", **underlay}},
    )


def test_e8_private_attachment_after_the_promotion(tmp_path: Path) -> None:
    plan = frankfurt(tmp_path, "2027-01")
    assert cost(plan, sku="tr-connection") == USD("89.28")  # 2 × 744 × 0.06: the VPN's and the VBR's
    assert cost(plan, sku="tr-connection", subject="vbr") == USD("44.64")
    assert cost(plan, sku="tr-data-processing") == USD("6.00")  # 300 × 0.02
    assert cost(plan, sku="ipsec-connection") == USD("44.64")  # 744 × 0.06
    assert cost(plan, sku="vbr-outbound") == USD("9.50")  # 500 × 0.0190
    assert total(plan) == USD("149.42")


def test_e8_private_attachment_while_the_promotion_lasts(tmp_path: Path) -> None:
    plan = frankfurt(tmp_path, "2026-12")
    assert cost(plan, sku="vbr-outbound") == USD("0.00")  # 500 GB of 50 TB
    assert total(plan) == USD("139.92")  # 149.42 - 9.50; December has 744 h as well


def test_e8_an_underlay_that_exists_costs_nothing(tmp_path: Path) -> None:
    plan = frankfurt(tmp_path, "2027-01", already_attached="true")
    assert total(plan) == USD("104.78")  # 149.42 - 744 × 0.06
