"""Limits granted, requested and read live, thresholds, what leaves of an estate, and properties of every quota."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner import capacity, quota, statement, verdict
from planner.capacity import Capacity
from planner.core.period import instant_text
from planner.core.problem import Finding, InputError
from planner.plan import Plan, make_plan
from planner.quota import STATUSES, UNKNOWN
from planner.together import read
from reports import document, outline
from reports.formats import text
from tests.support import example_plans, plans

VPN = "vpn-attachments-per-transit-router"
GATEWAYS = "customer-gateways-per-region"
ECMP = "ecmp-vpn-attachments"


def planned(
    folder: Path,
    groups: dict[str, Any],
    routers: dict[str, Any],
    estate: dict[str, Any] | None = None,
    **more: Any,
) -> Plan:
    """Public groups from January 2027 on, on the routers given; those without a name of one on tr."""
    common = {"network_type": "public", "transit_router": "tr"}
    plan = {
        "version": "1",
        "name": "limits",
        "currency": "USD",
        "period": {"start": "2027-01", "months": "4"},
        "attachments": {name: {**common, **entry} for name, entry in groups.items()},
        **more,
    }
    known = {name: {"region": "eu-central-1", "account": "own", **entry} for name, entry in routers.items()}
    accounts = {"own": {"site": "intl"}}
    return plans.planned(
        folder, plan, {"version": "1", "accounts": accounts, "transit_routers": known, **(estate or {})}
    )


def months(plan: Plan, of: str, scope: str) -> list[tuple[int, int, str]]:
    return [(row.used, row.limit, row.status) for row in plans.quotas_of(plan) if (row.quota, row.scope) == (of, scope)]


def findings(plan: Plan, of: str) -> list[Finding]:
    return [one for one in plan.findings if one.code == of]


def scope_of(plan: Plan, of: str, scope: str) -> Capacity:
    (one,) = [one for one in capacity.measure(plan) if (one.quota, one.scope) == (of, scope)]
    return one


# Limits


def requested(value: int, day: str, **more: str) -> dict[str, str]:
    return {"value": str(value), "from": day, "status": "requested", "source": "request 7", **more}


def test_a_requested_limit_counts_from_its_day_and_is_pending_wherever_it_is_used(tmp_path: Path) -> None:
    router = {"limits": {VPN: [requested(80, "2027-02-01")]}}
    steps = [{"date": "2027-01-01", "add_sites": "45"}, {"date": "2027-03-05", "add_sites": "20"}]
    plan = planned(tmp_path, {"g": {"rollout": steps}}, {"tr": router})
    assert months(plan, VPN, "tr") == [(45, 50, "tight"), (45, 80, "ok"), (65, 80, "tight"), (65, 80, "tight")]
    (pending,) = [one for one in findings(plan, VPN) if "pending: a limit" in one.message]
    assert pending.level == "warning"
    assert "80 from 2027-02-01 (request 7) is requested, not granted" in pending.message
    assert "without it 65 of 50 VPN attachments from 2027-03-05 on" in pending.message
    rows = [row for row in document.quota_records(plan) if (row["quota"], row["scope"]) == (VPN, "tr")]
    assert [row["limit_status"] for row in rows] == ["default", *["requested"] * 3]
    assert [row["pending"] for row in rows] == [False, True, True, True]
    use = next(use for use in plan.quotas if use.id == VPN)
    runs = list(outline.quota_runs(use, 0, plan))
    assert [run.status for run in runs] == ["tight", "ok, limit pending", "tight, limit pending"]
    assert scope_of(plan, VPN, "tr").limit_status == "requested"
    (tight,) = [one for one in findings(plan, VPN) if "at the highest" in one.message]
    assert "65 of 80 (requested, pending) VPN attachments" in tight.message


def test_an_excess_of_a_requested_limit_says_that_it_is_pending(tmp_path: Path) -> None:
    router = {"limits": {VPN: [requested(60, "2027-01-01")]}}
    plan = planned(tmp_path, {"g": {"sites": "61"}}, {"tr": router})
    (error,) = [one for one in findings(plan, VPN) if one.level == "error"]
    assert "1 more than the limit of 60 (requested, pending)" in error.message


def test_a_requested_limit_that_the_plan_does_not_need_is_said_quietly(tmp_path: Path) -> None:
    plan = planned(tmp_path, {"g": {"sites": "5"}}, {"tr": {"limits": {VPN: [requested(80, "2027-02-01")]}}})
    (pending,) = findings(plan, VPN)
    assert (pending.level, "does not depend on it" in pending.message) == ("info", True)


def test_a_live_limit_counts_from_its_day_and_before_it_where_nothing_else_is_stated(tmp_path: Path) -> None:
    live = {"value": "70", "status": "live", "read_on": "2027-02-10", "source": "Quota Center"}
    plan = planned(tmp_path, {"g": {"sites": "60"}}, {"tr": {"limits": {VPN: live}}})
    assert [limit for _, limit, _ in months(plan, VPN, "tr")] == [70] * 4
    both = [{"value": "65", "from": "2026-05-01", "source": "request 1"}, live]
    plan = planned(tmp_path, {"g": {"sites": "60"}}, {"tr": {"limits": {VPN: both}}})
    # in February 60 of 65 until the 10th, then 60 of 70: the lower limit is the worse instant
    assert [limit for _, limit, _ in months(plan, VPN, "tr")] == [65, 65, 70, 70]


def test_evidence_of_a_limit_follows_its_status_unless_it_is_stated(tmp_path: Path) -> None:
    stated = [
        {"value": "60", "from": "2027-01-01", "source": "granted one"},
        {"value": "70", "from": "2027-02-01", "status": "requested", "source": "requested one"},
        {"value": "80", "read_on": "2027-03-01", "status": "live", "source": "live one"},
        {"value": "90", "from": "2027-04-01", "evidence": "secondary", "source": "told one"},
    ]
    plan = planned(tmp_path, {"g": {"sites": "5"}}, {"tr": {"limits": {VPN: stated}}})
    evidence = {one.reference.title: one.reference.evidence for one in statement.used_sources(plan)}
    own = {"granted one": "contract", "requested one": "assumed", "live one": "official", "told one": "secondary"}
    assert own.items() <= evidence.items()
    notes = {one.reference.title: one.notes for one in statement.used_sources(plan)}
    assert notes["requested one"] == ("requested, not granted: pending",)


def test_limits_of_accounts_are_those_of_their_region_or_of_each(tmp_path: Path) -> None:
    live = {"status": "live", "source": "Quota Center"}
    limits = [
        {**live, "value": "20", "read_on": "2026-10-01"},
        {**live, "value": "30", "read_on": "2026-11-01", "region": "eu-central-1"},
    ]
    estate = {"accounts": {"own": {"site": "intl", "limits": {GATEWAYS: limits}}}}
    routers = {"tr": {}, "tr2": {"region": "eu-west-1"}}
    groups = {"a": {"sites": "25"}, "b": {"sites": "25", "transit_router": "tr2"}}
    plan = planned(tmp_path, groups, routers, estate)
    assert months(plan, GATEWAYS, "own/eu-central-1")[0] == (25, 30, "ok")
    assert months(plan, GATEWAYS, "own/eu-west-1")[0] == (25, 20, "exceeded")
    assert not plan.passed  # of a limit that was read live, an excess is an error


def test_an_excess_of_an_old_default_warns_and_does_not_fail(tmp_path: Path) -> None:
    limits = {VPN: {"value": "200", "source": "request 1"}}
    plan = planned(tmp_path, {"a": {"sites": "101"}}, {"tr": {"limits": limits}})
    assert months(plan, GATEWAYS, "own/eu-central-1")[0] == (101, 100, "exceeded")
    assert [one.level for one in findings(plan, GATEWAYS)] == ["warning"]
    assert plan.passed
    assert outline.verdict(plan).startswith("PASSED")
    assert "quotas exceeded" not in outline.verdict(plan)


def test_a_live_limit_of_a_quota_that_cannot_be_increased_is_accepted_and_a_granted_one_is_not(tmp_path: Path) -> None:
    live = {"value": "20", "status": "live", "read_on": "2026-12-01", "source": "Quota Center"}
    plan = planned(tmp_path, {"a": {"sites": "18", "ecmp": "group"}}, {"tr": {"limits": {ECMP: live}}})
    assert months(plan, ECMP, "tr/a")[0] == (18, 20, "ok")
    with pytest.raises(InputError, match="cannot be increased"):
        planned(tmp_path, {"a": {"sites": "1"}}, {"tr": {"limits": {ECMP: {"value": "20", "source": "hope"}}}})


# Unknown limits


def test_an_unknown_limit_is_never_ok_and_does_not_fail(tmp_path: Path) -> None:
    plan = planned(tmp_path, {"a": {"sites": "3", "connections_per_site": "2"}}, {"tr": {"attached": {"vpc": "9"}}})
    for use in plan.quotas:
        assert ((use.limit == UNKNOWN) == (use.status == STATUSES.index("unknown"))).all()
    (said,) = findings(plan, "ipsec-connections-per-account")
    assert (said.level, "at least 6" in said.message) == ("info", True)
    assert "product code vpn" in said.remedy
    assert findings(plan, "vpc-attachments-per-transit-router") == []  # the plan does not touch it
    shown = text.render(verdict.of_check(plan))
    assert "vpc-attachments" not in shown
    assert "Scopes that this plan does not touch, not shown: 1 unknown" in shown
    assert plan.passed


# Thresholds


@pytest.mark.parametrize(
    ("threshold", "sites", "status"),
    [
        ({}, 40, "tight"),
        ({"percent": "90"}, 44, "ok"),
        ({"percent": "90"}, 45, "tight"),
        ({"percent": "100", "count": "5"}, 45, "ok"),  # headroom 5 is not less than 5
        ({"percent": "100", "count": "5"}, 46, "tight"),
        ({"count": "30"}, 20, "ok"),
        ({"count": "30"}, 21, "tight"),
        ({"count": "5"}, 40, "tight"),  # 80 % stays the default
    ],
    ids=str,
)
def test_a_threshold_says_from_when_on_a_quota_is_tight(
    tmp_path: Path, threshold: dict[str, str], sites: int, status: str
) -> None:
    estate = {"thresholds": {VPN: threshold}} if threshold else {}
    plan = planned(tmp_path, {"a": {"sites": str(sites)}}, {"tr": {}}, estate)
    assert months(plan, VPN, "tr")[0] == (sites, 50, status)
    assert bool(findings(plan, VPN)) == (status == "tight")


def test_a_quota_that_cannot_be_increased_is_tight_by_a_threshold_only(tmp_path: Path) -> None:
    groups = {"a": {"sites": "15", "ecmp": "group"}}
    assert months(planned(tmp_path, groups, {"tr": {}}), ECMP, "tr/a")[0] == (15, 16, "ok")
    plan = planned(tmp_path, groups, {"tr": {}}, {"thresholds": {ECMP: {"count": "2"}}})
    assert months(plan, ECMP, "tr/a")[0] == (15, 16, "tight")
    (said,) = [one for one in findings(plan, ECMP) if "at the highest" in one.message]
    assert "headroom of less than 2" in said.message
    assert "in several sets" in said.remedy


# What leaves


def test_what_leaves_makes_room_at_its_instant_for_what_comes_then(tmp_path: Path) -> None:
    # 48 exist; on 1 March 30 leave and 20 come: removals go first, so that 48 - 30 + 20 = 38 is the count.
    retire = [{"date": "2027-03-01", "attached_vpn": "30"}]
    steps = [{"date": "2027-03-01", "add_sites": "20"}]
    plan = planned(tmp_path, {"a": {"rollout": steps}}, {"tr": {"attached": {"vpn": "48"}}}, retire=retire)
    assert [used for used, _, _ in months(plan, VPN, "tr")] == [48, 48, 38, 38]
    use = next(use for use in plan.quotas if use.id == VPN)
    group = plan.inventory.group_names.index("a")
    assert use.shares(0, int(plan.inventory.bounds[0])) == (48, {})
    assert use.shares(0, int(plan.inventory.bounds[2])) == (18, {group: 20})
    one = scope_of(plan, VPN, "tr")
    assert (one.existing, one.peak, one.headroom, one.added) == (48, 48, 2, ())
    assert any(
        "fees of the 30 VPN attachments that exist and leave: tr" in said for said in statement.not_included(plan)
    )


def test_a_peak_after_something_has_left_consists_of_what_is_still_there(tmp_path: Path) -> None:
    retire = [{"date": "2027-02-01", "attached_vpn": "5"}]
    steps = [{"date": "2027-03-10", "add_sites": "12"}]
    plan = planned(tmp_path, {"a": {"rollout": steps}}, {"tr": {"attached": {"vpn": "10"}}}, retire=retire)
    one = scope_of(plan, VPN, "tr")
    assert (one.existing, one.added, one.peak, instant_text(one.peak_at)) == (5, (("a", 12),), 17, "2027-03-10")


def test_what_leaves_of_a_set_makes_room_in_it(tmp_path: Path) -> None:
    router = {"attached": {"vpn": "20"}, "ecmp_attached": {"dc": "10"}}
    retire = [{"date": "2027-02-01", "attached_vpn": "6", "ecmp_set": "dc"}]
    steps = [{"date": "2027-02-01", "add_sites": "12"}]
    plan = planned(tmp_path, {"a": {"rollout": steps, "ecmp": "set dc"}}, {"tr": router}, retire=retire)
    assert [used for used, _, _ in months(plan, ECMP, "tr/set dc")] == [10, 16, 16, 16]
    assert [used for used, _, _ in months(plan, VPN, "tr")] == [20, 26, 26, 26]
    by_tunnel = planned(
        tmp_path, {"a": {"rollout": steps, "ecmp": "set dc"}}, {"tr": router}, retire=retire,
        assumptions={"ecmp-counts": "tunnels"},
    )  # fmt: skip
    assert [used for used, _, _ in months(by_tunnel, ECMP, "tr/set dc")] == [20, 32, 32, 32]


def test_plans_together_cannot_retire_more_than_exists(tmp_path: Path) -> None:
    estate = {
        "version": "1",
        "accounts": {"own": {"site": "intl"}},
        "transit_routers": {"tr": {"region": "eu-central-1", "account": "own", "attached": {"vpn": "10"}}},
    }
    (tmp_path / "estate.yaml").write_text(plans.yaml_text(estate), encoding="utf-8")
    paths = []
    for name in ("one", "two"):
        plan = {
            "version": "1", "name": name, "currency": "USD", "estate": "estate.yaml",
            "period": {"start": "2027-01", "months": "2"},
            "retire": [{"date": "2027-01-10", "attached_vpn": "6"}],
            "attachments": {name: {"network_type": "public", "transit_router": "tr", "sites": "1"}},
        }  # fmt: skip
        path = tmp_path / f"{name}.yaml"
        path.write_text(plans.yaml_text(plan), encoding="utf-8")
        paths.append(str(path))
    with pytest.raises(InputError, match="12 VPN attachments leave where 10 exist"):
        read(paths)
    assert make_plan(read(paths[:1]), None).passed


# Where more routers could stand


def test_more_routers_stand_in_cen_instances_without_one_in_the_region_first(tmp_path: Path) -> None:
    routers = {
        "tr": {"cen": "cen-a", "attached": {"vpn": "60"}},
        "tr2": {"cen": "cen-b", "region": "eu-west-1"},
        "tr3": {"region": "eu-central-1"},
    }
    plan = planned(tmp_path, {"a": {"sites": "60"}}, routers)
    one = scope_of(plan, VPN, "tr")
    assert one.more_routers == 2  # 120 - 50 = 70 too many
    assert (one.cens, one.without_cen, one.region) == (("cen-b",), ("tr3",), "eu-central-1")
    (note,) = outline.capacity_notes([one])
    assert "2 more routers take what is too much, in cen-b, which has none in eu-central-1 and in a new CEN" in note
    assert "no CEN instance is stated of tr3" in note
    record = next(row for row in document.capacity_records(plan) if (row["quota"], row["scope"]) == (VPN, "tr"))
    assert record["cen_instances"] == ["cen-b"]
    assert json.dumps(record)


@pytest.mark.parametrize("name", ["apac-branches", "branches-400", "ecmp-sets", "quota-limits", "two-routers"])
def test_the_table_of_capacity_is_at_most_100_columns_wide(name: str) -> None:
    shown = text.render(verdict.of_check(plans.calculated(Path("scenarios") / f"{name}.yaml"))).splitlines()
    if "Capacity" in shown:
        assert max(len(line) for line in shown[shown.index("Capacity") :]) <= 100


# Properties


SITES = st.integers(1, 60)
DAYS = st.sampled_from(["2026-06-01", "2027-01-01", "2027-01-20", "2027-02-01", "2027-03-15T12:00"])
GROUPS = st.lists(st.tuples(SITES, st.integers(1, 3), DAYS, st.sampled_from(["tr", "tr2"])), min_size=1, max_size=4)
ROUTERS = {
    "tr": {"cen": "cen-a", "attached": {"vpn": "20", "vpc": "3"}, "ecmp_attached": {"dc": "6"}},
    "tr2": {"cen": "cen-b", "attached": {"vpn": "3"}, "cidr_blocks": ["10.0.0.0/22"]},
}


def entries(groups: list[tuple[int, int, str, str]], ecmp: str = "set dc") -> dict[str, Any]:
    return {
        f"g{number}": {
            "sites": str(sites),
            "connections_per_site": str(per_site),
            "start": start,
            "transit_router": router,
            "ecmp": ecmp,
        }
        for number, (sites, per_site, start, router) in enumerate(groups)
    }


def used(plan: Plan) -> dict[tuple[str, str, str], tuple[int, int, str]]:
    return {(row.quota, row.scope, row.month): (row.used, row.limit, row.status) for row in plans.quotas_of(plan)}


@settings(max_examples=25)
@given(GROUPS, SITES, DAYS)
def test_adding_connections_never_adds_headroom(
    tmp_path_factory: pytest.TempPathFactory, groups: list[tuple[int, int, str, str]], sites: int, start: str
) -> None:
    folder = tmp_path_factory.mktemp("more")
    few = used(planned(folder, entries(groups), ROUTERS))
    many = used(planned(folder, entries([*groups, (sites, 1, start, "tr")]), ROUTERS))
    for cell, (count, limit, _) in few.items():
        assert many[cell][0] >= count
        assert many[cell][1] == limit


@settings(max_examples=25)
@given(st.integers(2, 60), st.integers(1, 3), DAYS, st.data(), st.sampled_from(["none", "set dc"]))
def test_splitting_a_group_changes_no_quota(
    tmp_path_factory: pytest.TempPathFactory, sites: int, per_site: int, start: str, data: st.DataObject, ecmp: str
) -> None:
    first = data.draw(st.integers(1, sites - 1))
    folder = tmp_path_factory.mktemp("split")
    whole = planned(folder, entries([(sites, per_site, start, "tr")], ecmp), ROUTERS)
    parts = [(first, per_site, start, "tr"), (sites - first, per_site, start, "tr")]
    assert used(planned(folder, entries(parts, ecmp), ROUTERS)) == used(whole)


@settings(max_examples=25)
@given(GROUPS, st.integers(0, 4))
def test_plans_together_are_one_plan_with_both(
    tmp_path_factory: pytest.TempPathFactory, groups: list[tuple[int, int, str, str]], cut: int
) -> None:
    folder = tmp_path_factory.mktemp("both")
    retire = [{"date": "2027-02-01", "transit_router": "tr", "attached_vpn": "4"}]
    every = list(entries(groups).items())
    one = planned(folder, dict(every), ROUTERS, retire=retire)
    first, second = every[:cut], every[cut:]
    parts = [part for part in (first, second) if part]
    paths = []
    for number, part in enumerate(parts):
        own = {"retire": retire} if number == 0 else {}
        planned(folder, dict(part), ROUTERS, name=f"part-{number}", **own)
        paths.append(str((folder / "plan.yaml").rename(folder / f"part-{number}.yaml")))
    assert used(make_plan(read(paths), None)) == used(one)


@settings(max_examples=25)
@given(GROUPS, st.lists(st.tuples(DAYS.filter(lambda day: day > "2026-12"), st.integers(1, 4)), max_size=3))
def test_retiring_never_lowers_headroom(
    tmp_path_factory: pytest.TempPathFactory, groups: list[tuple[int, int, str, str]], leaving: list[tuple[str, int]]
) -> None:
    folder = tmp_path_factory.mktemp("left")
    before = used(planned(folder, entries(groups), ROUTERS))
    retire = [{"date": day, "transit_router": "tr", "attached_vpn": str(count)} for day, count in leaving]
    after = used(planned(folder, entries(groups), ROUTERS, **({"retire": retire} if retire else {})))
    assert after.keys() == before.keys()
    for cell, (count, limit, _) in before.items():
        assert after[cell][0] <= count
        assert after[cell][1] == limit


def test_every_quota_says_what_quota_center_and_a_reader_need() -> None:
    for name, one in quota.declared().items():
        assert one.product in ("cbn", "vpn", "vpc", "expressconnect")
        assert one.unit and one.unit != one.title, name
        assert one.maximum is None or one.default is None or one.maximum >= one.default
        assert one.adjustable is not True or one.default is not None


def test_customer_gateways_are_those_that_groups_name() -> None:
    # 3 sites with two gateways each are 6; 5 sites that share one are 1; 2 sites that name none are 2 at least.
    text = """\
customer_gateways:
  left: {ip: 203.0.113.1}
  right: {ip: 203.0.113.2}
  hub: {ip: 203.0.113.3, shared: true}
attachments:
  branch: {sites: 3, customer_gateway: [left, right]}
  depots: {network_type: public, transit_router: tr, sites: 5, customer_gateway: hub}
  shops: {network_type: public, transit_router: tr, sites: 2}
"""
    use = next(one for one in example_plans.made(text, priced=False).quotas if one.id == GATEWAYS)
    assert use.scopes == ("hub/eu-central-1",)
    assert use.used[0, 0] == 6 + 1 + 2
