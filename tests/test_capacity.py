"""Capacity: when a quota runs out, what it consists of, what would do, and by when to ask."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from planner import capacity
from planner.core.period import instant_text
from tests.support import plans
from tests.support.examples import SCENARIOS


def test_apac_runs_out_in_july_and_has_to_ask_two_weeks_before() -> None:
    plan = plans.calculated(SCENARIOS / "apac-branches.yaml")
    (one,) = capacity.measure(plan, wanted=lambda status: status == "exceeded")
    assert one.exceeded_from is not None
    assert (one.scope, instant_text(one.exceeded_from), one.limit) == ("tr-singapore", "2027-07-05", 50)
    assert one.apply_by == date(2027, 6, 21)  # 14 days before
    assert one.too_late is False
    assert (one.least_limit, one.more_routers) == (71, 1)  # 59 - 50 = 9 too many before the limit is 80


def test_without_a_lead_time_the_day_is_unknown_and_a_fixed_quota_is_not_asked_for() -> None:
    for one in capacity.measure(plans.calculated(SCENARIOS / "ecmp-sets.yaml"), lambda status: status == "exceeded"):
        assert one.apply_by is None
        assert one.too_late is None
        assert one.least_limit is None  # 16 cannot be increased


def test_what_exists_and_what_groups_add_are_the_peak() -> None:
    for path in sorted(Path(SCENARIOS).glob("*-*.yaml")):
        if "attachments" not in path.read_text(encoding="utf-8") or path.stem.endswith(("estate", "finance")):
            continue
        if "period:" not in path.read_text(encoding="utf-8"):
            continue
        for one in capacity.measure(plans.calculated(path)):
            assert one.existing + sum(count for _, count in one.added) == one.peak
            assert (one.status == "exceeded") == (one.exceeded_from is not None)
