"""The engine against the oracle: every line item and every quota row of plans that hypothesis draws."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, event, given, settings

from planner import summary
from planner.core.problem import InputError
from planner.plan import Plan
from pricing.rating import monthly_totals
from tests import oracle
from tests.support import plans
from tests.support.plan_strategies import Case, cases

SETTINGS: dict[str, Any] = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
}
settings.register_profile("ci", max_examples=150, derandomize=True, database=None, **SETTINGS)
settings.register_profile("heavy", max_examples=20_000, **SETTINGS)
PROFILE = settings.get_profile(os.environ.get("CENPLAN_HYPOTHESIS", "ci"))


def calculated(case: Case) -> Plan:
    with tempfile.TemporaryDirectory() as folder:
        return plans.planned(Path(folder), *case)


def refused(case: Case) -> bool:
    """Whether a number of a plan is beyond what the engine says it can hold."""
    uses = [use for use in oracle.usage_of(case.plan, case.estate) if use.quantity is not None]
    of_group: dict[tuple[str, str, bool], int] = {}
    of_pool: dict[tuple[str, str, str, str], int] = {}
    for use in uses:
        if use.sku in ("tr-connection", "ipsec-connection"):
            continue
        key = (use.month.name, use.subject, use.sku == "tr-data-processing")
        of_group[key] = of_group.get(key, 0) + (use.quantity or 0)
        pool = (use.month.name, use.sku, use.account, use.region)
        of_pool[pool] = of_pool.get(pool, 0) + (use.quantity or 0)
    amounts = [line.amount or 0 for line in oracle.lines_of(case.plan, case.estate, case.books)]
    return (
        max(of_group.values(), default=0) >= 2**51
        or max(of_pool.values(), default=0) > 2**60
        or max(amounts, default=0) >= 2**63
    )


@settings(PROFILE)
@given(cases())
def test_every_line_item_and_quota_agrees_with_the_oracle(case: Case) -> None:
    expected = oracle.lines_of(case.plan, case.estate, case.books)
    try:
        plan = calculated(case)
    except InputError as error:
        assert refused(case), error
        return
    assert not refused(case)
    assert_same(plans.lines_of(plan), expected)
    assert_same(plans.quotas_of(plan), sorted(oracle.quotas_of(case.plan, case.estate)))
    assert_sums(plan, expected)
    for line in expected:
        event(f"{line.sku}: {'unknown' if line.quantity is None else 'unpriced' if line.rate is None else 'priced'}")


def assert_same(found: Sequence[Any], expected: Sequence[Any]) -> None:
    """Equal; where not, the rows that differ and no others."""
    if found != expected:
        surplus = [row for row in found if row not in expected]
        missing = [row for row in expected if row not in found]
        pytest.fail(f"only the engine has {surplus[:6]}\nonly the oracle has {missing[:6]}")


def assert_sums(plan: Plan, lines: Sequence[oracle.Line]) -> None:
    """Every grouping of the summary adds up to the oracle's lines, exactly."""
    months = [str(month) for month in plan.inventory.period.months]
    of_month = [sum(line.amount or 0 for line in lines if line.month == month) for month in months]
    totals = summary.totals(plan)
    assert list(totals.amounts) == list(monthly_totals(plan.rated)) == of_month
    assert totals.complete == all(line.amount is not None for line in lines)
    assert totals.priced_lines == sum(line.amount is not None for line in lines)
    rows = summary.cost_rows(plan)
    for attribute in ("sku", "subject", "account", "region"):
        expected: dict[str, list[int]] = {}
        for line in lines:
            amounts = expected.setdefault(getattr(line, attribute), [0] * len(months))
            amounts[months.index(line.month)] += line.amount or 0
        found = {one.key[0]: list(one.amounts) for one in summary.by(rows, attribute)}
        assert found == expected
