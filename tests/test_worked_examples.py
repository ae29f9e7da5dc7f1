"""Published calculations and some by hand, from the text of a plan to the cent.

The examples themselves, E1 to E8, are files of planner/selftests/: `cenplan selftest` runs them wherever it is
installed, and here each of their figures is a test. What they take for granted is varied below.
"""

from __future__ import annotations

import ast
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from planner import selftest, summary
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
    return plans.planned(folder, plan, estate)


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


RESULTS = selftest.run()
FIGURES = [
    pytest.param(outcome, id=f"{result.label} {outcome.figure.what}")
    for result in RESULTS
    for outcome in result.outcomes
]


def test_the_examples_are_there() -> None:
    assert [result.label for result in RESULTS] == ["E1", "E2", "E3", "E4", "E5", "E6", "E7", "E8"]


@pytest.mark.parametrize("outcome", FIGURES)
def test_the_engine_gets_what_the_example_says(outcome: selftest.Outcome) -> None:
    assert outcome.got == outcome.figure.expected  # to the last decimal
    assert outcome.agrees


@pytest.mark.parametrize("outcome", FIGURES)
def test_the_arithmetic_of_a_figure_gives_it(outcome: selftest.Outcome) -> None:
    assert calculated(outcome.figure.arithmetic) == outcome.figure.expected


def calculated(arithmetic: str) -> Decimal:
    """(1,020 - 20) × 0.118, exactly."""
    tree = ast.parse(arithmetic.replace(",", "").replace("×", "*"), mode="eval")
    return _value(tree.body, arithmetic.replace(",", "").replace("×", "*"))


def _value(node: ast.expr, text: str) -> Decimal:
    if isinstance(node, ast.BinOp):
        operator = {ast.Add: Decimal.__add__, ast.Sub: Decimal.__sub__, ast.Mult: Decimal.__mul__}[type(node.op)]
        return operator(_value(node.left, text), _value(node.right, text))
    return Decimal(ast.get_source_segment(text, node) or "")  # not the number that Python read: that is a float


# E1 with the promotion shared in proportion, which is what a plan assumes unless it says who sends first


def test_e1_in_proportion_virginia_shares_the_promotion(tmp_path: Path) -> None:
    sent = {"cn-beijing": 100 * 1024, "us-east-1": 80 * 1024}
    plan = planned(
        tmp_path,
        {
            region: attachment("private", region, underlay=f"vbr-{region}", traffic={"to_data_center_gb": str(volume)})
            for region, volume in sent.items()
        },
        "2026-12",
        underlays={f"vbr-{region}": {"kind": "vbr", "transit_router": f"tr-{region}"} for region in sent},
    )
    # Beijing has 100/180 of 51,200 free GB, Virginia 80/180: 73,955.56 × 0.013 + 59,164.44 × 0.019
    assert round(cost(plan, sku="vbr-outbound"), 2) == USD("2085.55")
    assert quantity(plan, sku="vbr-outbound", tier=0) == 50 * 1024


# E4 with other times


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


# E6 with the free GB where the article does not have them


def test_e6_shenzhen_with_free_gb_inside_tier_1_is_one_yuan_less(tmp_path: Path) -> None:
    entry = attachment("public", "cn-shenzhen", internet_billing="cdt", traffic={"to_data_center_gb": "50000"})
    assumptions = {"free-quota-position": "inside-tier-1"}
    plan = planned(tmp_path, {"dc": entry}, "2027-01", currency="CNY", assumptions=assumptions)
    # (10,240 - 20) × 0.80 + (50,000 - 10,240) × 0.75: 20 GB move from tier 2 at 0.75 into tier 1 at 0.80
    assert cost(plan, sku="cdt-internet") == Decimal("37996.00")


# E8 over a VBR connection that exists already


@pytest.mark.parametrize(("already_attached", "expected"), [("false", "149.42"), ("true", "104.78")])
def test_e8_an_underlay_that_exists_costs_nothing(tmp_path: Path, already_attached: str, expected: str) -> None:
    sent = {"to_data_center_gb": "500", "from_data_center_gb": "300"}
    vbr = {"kind": "vbr", "transit_router": "tr-eu-central-1", "already_attached": already_attached}
    entry = attachment("private", "eu-central-1", underlay="vbr", traffic=sent)
    plan = planned(tmp_path, {"dc": entry}, "2027-01", underlays={"vbr": vbr})
    assert total(plan) == USD(expected)  # 149.42 - 744 × 0.06 where it exists
    if already_attached == "false":
        assert cost(plan, sku="tr-connection", subject="vbr") == USD("44.64")  # 744 × 0.06
