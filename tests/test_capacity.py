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


CROWDED = """\
version: 1
name: crowded
currency: USD
period: {start: 2027-01, months: 6}
estate:
  version: 1
  as_of: 2027-02-25
  accounts:
    hub: {site: intl}
  transit_routers:
    tr: {region: eu-central-1, account: hub, attached: {vpn: 20}}
  lead_time_days: {vpn-attachments-per-transit-router: 14}
attachments:
  shops:
    network_type: public
    transit_router: tr
    rollout:
      - {date: 2027-01-15, add_sites: 10}
      - {date: 2027-03-05, add_sites: 90}
"""


def test_an_application_that_comes_too_late_and_routers_that_would_take_the_rest(tmp_path: Path) -> None:
    # On 5 March 20 + 10 + 90 = 120 are there, 70 more than 50: two more routers of 50 each take them.
    # 14 days before 5 March is 19 February, which is over on 25 February.
    (tmp_path / "plan.yaml").write_text(CROWDED)
    (one,) = capacity.measure(plans.calculated(tmp_path / "plan.yaml"), lambda status: status == "exceeded")
    assert (one.existing, one.added, one.peak, one.limit) == (20, (("shops", 100),), 120, 50)
    assert (one.apply_by, one.too_late) == (date(2027, 2, 19), True)
    assert (one.least_limit, one.more_routers) == (120, 2)


def test_an_application_on_the_last_day_is_in_time(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(CROWDED.replace("as_of: 2027-02-25", "as_of: 2027-02-19"))
    (one,) = capacity.measure(plans.calculated(tmp_path / "plan.yaml"), lambda status: status == "exceeded")
    assert one.too_late is False
