"""Frames for notebooks: exact, complete, and as the documentation shows them."""

from __future__ import annotations

import doctest
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from planner import summary
from planner.plan import Plan, make_plan
from planner.scenario import read_scenario
from pricing import money
from pricing.book import load_books
from reports import frame

SCENARIOS = Path(__file__).parents[2] / "scenarios"


def plan_of(name: str) -> Plan:
    scenario = read_scenario(str(SCENARIOS / name))
    return make_plan([scenario], load_books(scenario.site, scenario.price_books))


@pytest.mark.parametrize("name", ["apac-branches.yaml", "china-cny.yaml", "two-routers.yaml"])
def test_line_items_add_up_to_the_priced_subtotal(name: str) -> None:
    plan = plan_of(name)
    lines = frame.line_items(plan)
    assert sum(lines.cost.dropna(), Decimal(0)) == money.decimal(summary.totals(plan).subtotal, 9)
    assert len(lines) == summary.totals(plan).lines


def test_what_is_unknown_is_missing_and_not_zero() -> None:
    lines = frame.line_items(plan_of("two-routers.yaml"))
    unpriced = lines[lines.status == "unpriced"]
    assert len(unpriced) > 0
    assert unpriced.cost.isna().all()


def test_quotas_have_a_row_for_each_scope_and_month() -> None:
    plan = plan_of("apac-branches.yaml")
    quotas = frame.quotas(plan)
    assert len(quotas) == sum(use.used.size for use in plan.quotas)
    singapore = quotas[
        (quotas.quota == "vpn-attachments-per-transit-router")
        & (quotas.scope == "tr-singapore")
        & (quotas.month == pd.Period("2027-07"))
    ].iloc[0]
    assert (singapore.used, singapore.limit, singapore.headroom, singapore.status) == (59, 50, -9, "exceeded")


def test_example_of_the_documentation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(SCENARIOS.parent)
    results = doctest.testmod(frame)
    assert (results.failed, results.attempted) == (0, 6)
