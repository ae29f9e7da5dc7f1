"""Quotas over exact instants: what counts, how much is in use, and which step tips the balance."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner import capacity
from planner.core.problem import Finding, InputError
from planner.plan import Plan
from planner.quota import UNKNOWN
from tests.support import plans

VPN = "vpn-attachments-per-transit-router"
ECMP = "ecmp-vpn-attachments"
CONNECTIONS = "ipsec-connections-per-account"
ONE_ROUTER = "transit-routers-per-connection"

Use = tuple[int, int, str]
"""used, limit, status"""


def planned(folder: Path, groups: dict[str, dict[str, Any]], months: int = 2, **more: Any) -> Plan:
    """Groups on a router tr, beside a router tr2 in another region, from January 2027 on; tr as `router` says.

    more : keys of the plan; router, account, thresholds: those of the estate
    """
    estate = {
        "version": "1",
        "accounts": {"own": {"site": "intl", **more.pop("account", {})}},
        "transit_routers": {
            "tr": {"region": "ap-southeast-1", "account": "own", **more.pop("router", {})},
            "tr2": {"region": "eu-central-1", "account": "own"},
        },
        "thresholds": more.pop("thresholds", {}),
    }
    common = {"network_type": "public", "transit_router": "tr", "internet_billing": "legacy"}
    plan = {
        "version": "1",
        "name": "quotas",
        "currency": "USD",
        "period": {"start": "2027-01", "months": str(months)},
        "attachments": {name: {**common, **entry} for name, entry in groups.items()},
        **more,
    }
    return plans.planned(folder, plan, estate)


def uses(plan: Plan, quota: str, scope: str = "tr") -> list[Use]:
    """Used, limit and status of a scope, month by month."""
    rows = plans.quotas_of(plan)
    return [(row.used, row.limit, row.status) for row in rows if (row.quota, row.scope) == (quota, scope)]


def scopes(plan: Plan, quota: str) -> set[str]:
    return {row.scope for row in plans.quotas_of(plan) if row.quota == quota}


def errors(plan: Plan, quota: str) -> list[Finding]:
    return [finding for finding in plan.findings if finding.code == quota and finding.level == "error"]


def line_of(finding: Finding) -> str:
    """The line of the file that a finding points to."""
    assert finding.location
    return Path(finding.location.file).read_text(encoding="utf-8").splitlines()[finding.location.line - 1].strip()


def rollout(*steps: tuple[str, int]) -> list[dict[str, str]]:
    """Steps as (date, sites that come or go)."""
    return [
        {"date": when, **({"add_sites": str(change)} if change > 0 else {"remove_sites": str(-change)})}
        for when, change in steps
    ]


# 50 VPN attachments per transit router


def test_what_exists_counts_beside_what_is_planned(tmp_path: Path) -> None:
    plan = planned(tmp_path, {"g": {"sites": "5", "connections_per_site": "2"}}, router={"attached": {"vpn": "29"}})
    assert uses(plan, VPN) == [(39, 50, "ok")] * 2
    assert uses(plan, VPN, "tr2") == [(0, 50, "ok")] * 2


@pytest.mark.parametrize(("sites", "status"), [("39", "ok"), ("40", "tight"), ("50", "tight"), ("51", "exceeded")])
def test_a_quota_is_tight_from_80_percent_and_exceeded_above_its_limit(tmp_path: Path, sites: str, status: str) -> None:
    plan = planned(tmp_path, {"g": {"sites": sites}}, months=1)
    assert uses(plan, VPN) == [(int(sites), 50, status)]
    assert plan.passed == (status != "exceeded")


def test_the_highest_count_inside_a_month_is_seen_although_it_passes(tmp_path: Path) -> None:
    steps = rollout(("2027-01-10", 10), ("2027-01-15T08:00", 45), ("2027-01-15T08:01", -50))
    plan = planned(tmp_path, {"g": {"rollout": steps}})
    assert uses(plan, VPN) == [(55, 50, "exceeded"), (5, 50, "ok")]


def test_removals_come_before_additions_at_the_same_instant(tmp_path: Path) -> None:
    steps = rollout(("2027-01-15", 20), ("2027-01-01", 50), ("2027-01-15", -20))
    assert uses(planned(tmp_path, {"g": {"rollout": steps}}), VPN) == [(50, 50, "tight")] * 2
    # of other groups as well
    groups = {
        "a": {"rollout": rollout(("2027-01-15", 20))},
        "b": {"rollout": rollout(("2026-01-01", 50), ("2027-01-15", -20))},
    }
    assert uses(planned(tmp_path, groups), VPN) == [(50, 50, "tight")] * 2


def test_what_goes_at_the_start_of_a_month_is_not_in_it(tmp_path: Path) -> None:
    plan = planned(tmp_path, {"g": {"sites": "60", "end": "2027-02-01"}})
    assert uses(plan, VPN) == [(60, 50, "exceeded"), (0, 50, "ok")]
    plan = planned(tmp_path, {"g": {"sites": "60", "end": "2027-02-01T00:00:01"}})
    assert uses(plan, VPN) == [(60, 50, "exceeded"), (60, 50, "exceeded")]


def test_steps_outside_the_period_count_before_it_and_not_after(tmp_path: Path) -> None:
    steps = rollout(("2020-05-05", 7), ("2026-12-31T23:59:59", 1), ("2027-03-01", 100))
    assert uses(planned(tmp_path, {"g": {"rollout": steps}}), VPN) == [(8, 50, "ok")] * 2


def granted(*grants: tuple[str, int], quota: str = VPN) -> dict[str, Any]:
    entries = [{"from": day, "value": str(value), "source": f"request-{value}"} for day, value in grants]
    return {"limits": {quota: entries}}


def test_an_increase_counts_from_its_day_on(tmp_path: Path) -> None:
    plan = planned(tmp_path, {"g": {"sites": "60"}}, router=granted(("2027-02-01", 80)))
    assert uses(plan, VPN) == [(60, 50, "exceeded"), (60, 80, "ok")]
    (finding,) = errors(plan, VPN)
    assert "60 VPN attachments in 2027-01, 10 more than the limit of 50" in finding.message
    assert "the increase to 80 (request-80) counts only from 2027-02-01" in finding.remedy
    assert plan.quotas[[use.id for use in plan.quotas].index(VPN)].limit_source[0][1] == "request-80"


def test_a_month_in_which_the_limit_rises_shows_the_instant_that_breaks_it(tmp_path: Path) -> None:
    # 60 of 50 until the 15th, then 70 of 80: the higher count fits, the lower one does not
    steps = rollout(("2027-01-01", 60), ("2027-01-20", 10))
    plan = planned(tmp_path, {"g": {"rollout": steps}}, router=granted(("2027-01-15", 80)))
    assert uses(plan, VPN) == [(60, 50, "exceeded"), (70, 80, "tight")]


def test_a_grant_that_falls_below_what_is_attached_breaks_the_quota(tmp_path: Path) -> None:
    plan = planned(tmp_path, {"g": {"sites": "60"}}, router=granted(("2026-06-01", 80), ("2027-02-10", 55)))
    assert uses(plan, VPN) == [(60, 80, "ok"), (60, 55, "exceeded")]
    (finding,) = errors(plan, VPN)
    assert "the limit falls below what is attached on 2027-02-10" in finding.message


def test_one_finding_per_scope_names_the_step_that_tips_it(tmp_path: Path) -> None:
    groups = {
        "a": {"rollout": rollout(("2027-01-05", 30), ("2027-03-01", 30))},
        "b": {"rollout": rollout(("2027-02-10T09:30", 19), ("2027-02-11", 3))},
    }
    (finding,) = errors(planned(tmp_path, groups, months=4), VPN)
    assert finding.subject == "tr"
    assert "52 VPN attachments in 2027-02, 2 more than the limit of 50" in finding.message
    assert "the step of 2027-02-11 of 'b', which adds 3" in finding.message
    assert "the highest count is 82 in 2027-03" in finding.message
    assert "at least 82 before 2027-02-11" in finding.remedy
    assert "2027-02-11" in line_of(finding)


def test_an_increase_of_a_quota_that_cannot_grow_is_an_error(tmp_path: Path) -> None:
    router = {"limits": {ECMP: {"value": "32", "source": "hope"}}}
    with pytest.raises(InputError, match="cannot be increased"):
        planned(tmp_path, {"g": {"sites": "1"}}, router=router)


# 16 VPN attachments in ECMP


def test_sites_with_sets_of_their_own_do_not_add_up(tmp_path: Path) -> None:
    plan = planned(tmp_path, {"g": {"sites": "20", "connections_per_site": "2", "ecmp": "per-site"}})
    assert uses(plan, ECMP, "tr/g, each site") == [(2, 16, "ok")] * 2


def test_the_set_of_a_site_is_there_as_long_as_some_site_is(tmp_path: Path) -> None:
    steps = rollout(("2027-01-10", 2), ("2027-02-01", -1), ("2027-03-01", -1), ("2027-04-10", 1))
    entry = {"rollout": steps, "connections_per_site": "17", "ecmp": "per-site"}
    plan = planned(tmp_path, {"g": entry}, months=4)
    there, gone = (17, 16, "exceeded"), (0, 16, "ok")
    assert uses(plan, ECMP, "tr/g, each site") == [there, there, gone, there]


def test_a_group_that_shares_its_routes_counts_every_connection(tmp_path: Path) -> None:
    plan = planned(tmp_path, {"g": {"sites": "9", "connections_per_site": "2", "ecmp": "group"}})
    assert uses(plan, ECMP, "tr/g") == [(18, 16, "exceeded")] * 2  # a quota that cannot grow is never tight
    plan = planned(tmp_path, {"g": {"sites": "8", "connections_per_site": "2", "ecmp": "group"}})
    assert uses(plan, ECMP, "tr/g") == [(16, 16, "ok")] * 2


def test_a_named_set_is_shared_with_other_groups_and_with_what_exists(tmp_path: Path) -> None:
    router = {"attached": {"vpn": "6"}, "ecmp_attached": {"dc": "4", "old": "2"}}
    groups = {"a": {"sites": "5", "ecmp": "set dc"}, "b": {"sites": "8", "ecmp": "set dc", "start": "2027-02-10"}}
    plan = planned(tmp_path, groups, router=router)
    assert uses(plan, ECMP, "tr/set dc") == [(9, 16, "ok"), (17, 16, "exceeded")]
    assert uses(plan, ECMP, "tr/set old") == [(2, 16, "ok")] * 2
    assert "of 'b', which adds 8" in errors(plan, ECMP)[0].message


def test_a_named_set_on_another_router_is_another_set(tmp_path: Path) -> None:
    groups = {"a": {"sites": "10", "ecmp": "set dc"}, "b": {"sites": "10", "ecmp": "set dc", "transit_router": "tr2"}}
    plan = planned(tmp_path, groups)
    assert uses(plan, ECMP, "tr/set dc") == uses(plan, ECMP, "tr2/set dc") == [(10, 16, "ok")] * 2


def test_read_the_other_way_every_set_of_a_router_counts(tmp_path: Path) -> None:
    router = {"attached": {"vpn": "4"}, "ecmp_attached": {"dc": "4"}}
    groups = {
        "a": {"sites": "5", "ecmp": "per-site", "connections_per_site": "2"},
        "b": {"sites": "3", "ecmp": "group"},
        "c": {"sites": "30"},  # shares no routes
    }
    plan = planned(tmp_path, groups, router=router)
    assert scopes(plan, ECMP) == {"tr/a, each site", "tr/b", "tr/set dc"}
    (other,) = [one for one in plan.findings if one.code == ECMP and "(ecmp-scope: transit-router)" in one.message]
    assert (other.level, "transit-router" in other.message) == ("warning", True)
    assert "17 of 16 on tr" in other.message  # 4 + 10 + 3
    plan = planned(tmp_path, groups, router=router, assumptions={"ecmp-scope": "transit-router"})
    assert scopes(plan, ECMP) == {"tr"}
    assert uses(plan, ECMP) == [(17, 16, "exceeded")] * 2
    assert not plan.passed


# One transit router per connection


def test_a_connection_on_two_routers_at_once_is_found(tmp_path: Path) -> None:
    groups = {
        "a": {"sites": "2", "connections_per_site": "2", "connection_ids": ["vco-1", "vco-2", "vco-3"]},
        "b": {"sites": "1", "transit_router": "tr2", "connection_ids": ["vco-3"], "start": "2027-02-10"},
    }
    plan = planned(tmp_path, groups)
    assert uses(plan, ONE_ROUTER, "vco-3") == [(1, 1, "ok"), (2, 1, "exceeded")]
    assert uses(plan, ONE_ROUTER, "vco-1") == [(1, 1, "ok")] * 2
    (finding,) = errors(plan, ONE_ROUTER)
    assert finding.subject == "vco-3"
    assert "of 'b'" in finding.message


def test_a_connection_that_moves_from_one_router_to_another_is_fine(tmp_path: Path) -> None:
    groups = {
        "a": {"sites": "1", "connection_ids": ["vco-1"], "end": "2027-01-20T10:00"},
        "b": {"sites": "1", "transit_router": "tr2", "connection_ids": ["vco-1"], "start": "2027-01-20T10:00"},
    }
    assert uses(planned(tmp_path, groups), ONE_ROUTER, "vco-1") == [(1, 1, "ok")] * 2
    groups["b"]["start"] = "2027-01-20T09:59:59"
    assert uses(planned(tmp_path, groups), ONE_ROUTER, "vco-1")[0] == (2, 1, "exceeded")


def test_ids_belong_to_the_sites_added_first_which_leave_first(tmp_path: Path) -> None:
    steps = rollout(("2027-01-01", 1), ("2027-01-02", 1), ("2027-02-01", -1))
    groups = {
        "a": {"rollout": steps, "connection_ids": ["vco-1", "vco-2"]},
        "b": {"sites": "2", "transit_router": "tr2", "connection_ids": ["vco-1", "vco-2"], "start": "2027-02-05"},
    }
    plan = planned(tmp_path, groups)
    assert uses(plan, ONE_ROUTER, "vco-1") == [(1, 1, "ok")] * 2  # gone from tr when it comes to tr2
    assert uses(plan, ONE_ROUTER, "vco-2") == [(1, 1, "ok"), (2, 1, "exceeded")]


def test_one_connection_in_two_groups_of_a_router_stands_on_one_router(tmp_path: Path) -> None:
    groups = {name: {"sites": "1", "connection_ids": ["vco-1"]} for name in ("a", "b")}
    assert uses(planned(tmp_path, groups), ONE_ROUTER, "vco-1") == [(1, 1, "ok")] * 2


def test_a_group_that_names_two_routers_counts_on_both_and_is_priced_on_the_first(tmp_path: Path) -> None:
    groups = {"g": {"sites": "3", "transit_router": ["tr2", "tr"], "ecmp": "group"}}
    plan = planned(tmp_path, groups)
    assert uses(plan, VPN, "tr") == uses(plan, VPN, "tr2") == [(3, 50, "ok")] * 2
    assert uses(plan, ECMP, "tr/g") == uses(plan, ECMP, "tr2/g") == [(3, 16, "ok")] * 2
    assert uses(plan, ONE_ROUTER, "g") == [(2, 1, "exceeded")] * 2
    assert {line.region for line in plans.lines_of(plan)} == {"eu-central-1"}


# Brute force


moments = st.integers(-200, 62 * 96)
"""Quarters of an hour since 2027-01-01T00:00, to a few days after the end of February."""


@settings(max_examples=80)
@given(
    st.lists(st.tuples(moments, st.integers(1, 3000), st.integers(1, 30)), min_size=1, max_size=8),
    st.lists(st.tuples(st.integers(-3, 60), st.integers(0, 90)), max_size=3, unique_by=lambda grant: grant[0]),
    st.sampled_from([(VPN, "tr"), (CONNECTIONS, "own/ap-southeast-1")]),
    st.none() | st.integers(1, 100),
    st.none() | st.integers(1, 60),
)
def test_every_month_shows_its_worst_quarter_of_an_hour(
    tmp_path_factory: pytest.TempPathFactory, stays: list[tuple[int, int, int]], grants: list[tuple[int, int]],
    counted: tuple[str, str], percent: int | None, count: int | None,
) -> None:  # fmt: skip
    quota, scope = counted
    start = datetime(2027, 1, 1)
    quarter = timedelta(minutes=15)

    def text(moment: int) -> str:
        return (start + moment * quarter).isoformat(timespec="minutes")

    groups = {
        f"g{n}": {"sites": str(sites), "start": text(begin), "end": text(begin + length)}
        for n, (begin, length, sites) in enumerate(stays)
    }
    days = [((start + timedelta(days=day)).date().isoformat(), value) for day, value in grants]
    holder = "router" if quota == VPN else "account"
    numbers = {key: str(value) for key, value in (("percent", percent), ("count", count)) if value is not None}
    stated = {holder: granted(*days, quota=quota)} if days else {}
    thresholds = {quota: numbers} if numbers else {}
    plan = planned(tmp_path_factory.mktemp("quota"), groups, **stated, thresholds=thresholds)
    default = 50 if quota == VPN else UNKNOWN
    if percent is None and quota == VPN:
        percent = 80  # it can be increased
    expected: list[Use] = []
    most = 0
    for first, last in ((0, 31 * 96), (31 * 96, 59 * 96)):
        worst = (False, -1, 0)
        for moment in range(first, last):
            used = sum(sites for begin, length, sites in stays if begin <= moment < begin + length)
            most = max(most, used)
            begun = [grant for grant in sorted(grants) if grant[0] * 96 <= moment]
            limit = begun[-1][1] if begun else default
            worst = max(worst, (limit != UNKNOWN and used > limit, used, -limit))
        exceeded, used, limit = worst[0], worst[1], -worst[2]
        tight = (percent is not None and used * 100 >= limit * percent) or limit - used < (count or 0)
        status = "unknown" if limit == UNKNOWN else "exceeded" if exceeded else "tight" if tight else "ok"
        expected.append((used, limit, status))
    assert uses(plan, quota, scope) == expected
    (one,) = (one for one in capacity.measure(plan) if (one.quota, one.scope) == counted)
    assert one.peak == most == one.existing + sum(dict(one.added).values())
    assert (one.exceeded_from is not None) == ("exceeded" in {status for _, _, status in expected})
    assert one.least_limit == (one.peak if quota == VPN and one.exceeded_from is not None else None)


def test_the_step_that_tips_it_before_the_period_is_the_last_one_that_did(tmp_path: Path) -> None:
    early = [
        {"date": "2026-01-01", "add_sites": "60"},  # over the limit, but gone again before the period
        {"date": "2026-05-01", "remove_sites": "50"},
    ]
    late = [{"date": "2026-12-01", "add_sites": "45"}]
    plan = planned(tmp_path, {"a": {"rollout": early}, "b": {"rollout": late}})
    finding = next(one for one in plan.findings if one.code == VPN)
    assert "55 VPN attachments in 2027-01" in finding.message  # 60 - 50 + 45
    assert "tipped by the step of 2026-12-01 of 'b', which adds 45" in finding.message


def test_of_steps_at_one_instant_the_first_in_the_file_counts_first(tmp_path: Path) -> None:
    plan = planned(tmp_path, {"z": {"sites": "20"}, "m": {"sites": "40"}, "c": {"sites": "1"}})
    finding = next(one for one in plan.findings if one.code == VPN)
    assert "of 'm', which adds 40" in finding.message  # z makes it 20, m makes it 60
