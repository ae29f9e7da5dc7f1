"""Several plans on one estate: they add up as one plan would, whatever their order, or are refused with places."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner import cli, summary
from planner.core.problem import InputError
from planner.plan import Plan, make_plan
from planner.scenario import read_scenario
from planner.together import LONGEST_NAME, join, read
from pricing.book import load_price_lists
from reports import document
from tests.support import plans
from tests.test_golden import GOLDEN, ROOT

VPN = "vpn-attachments-per-transit-router"
ESTATE: dict[str, Any] = {
    "version": "1",
    "accounts": {"own": {"site": "intl"}, "shops": {"site": "intl"}},
    "transit_routers": {
        "tr": {"region": "ap-southeast-1", "account": "own", "attached": {"vpn": "22"}, "ecmp_attached": {"dc": "4"}},
        "tr2": {"region": "eu-central-1", "account": "own"},
    },
    "baselines": [{"account": "shops", "region": "ap-southeast-1", "cdt_internet_gb": "150"}],
    "cdt_from": {"ap-southeast-1": "2027-02-10"},
}
GROUP = {"network_type": "public", "transit_router": "tr", "owner_account": "shops", "sites": "3", "ecmp": "set dc"}


def written(folder: Path, name: str, groups: dict[str, Any] | None = None, **more: Any) -> str:
    """The path of a plan on the estate of this module."""
    plan = {
        "version": "1",
        "name": name,
        "currency": "USD",
        "period": {"start": "2027-01", "months": "3"},
        "estate": "estate.yaml",
        "attachments": groups or {f"{name}-group": GROUP},
        **more,
    }
    (folder / "estate.yaml").write_text(plans.yaml_text(ESTATE), encoding="utf-8")
    path = folder / f"{name}.yaml"
    path.write_text(plans.yaml_text(plan), encoding="utf-8")
    return str(path)


def calculated(*paths: str) -> Plan:
    scenarios = read(paths)
    return make_plan(scenarios, load_price_lists(scenarios[0].sites, scenarios[0].price_books))


def refused(*paths: str) -> str:
    with pytest.raises(InputError) as caught:
        read(paths)
    return str(caught.value)


# They add up as one plan

groups = st.fixed_dictionaries(
    {
        "network_type": st.just("public"),
        "transit_router": st.sampled_from(["tr", "tr", "tr2"]),
        "owner_account": st.sampled_from(["own", "shops"]),
        "sites": st.integers(1, 40).map(str),
        "connections_per_site": st.integers(1, 2).map(str),
        "start": st.sampled_from(["2026-11-03", "2027-01-01", "2027-02-10T09:30", "2027-03-05"]),
        "ecmp": st.sampled_from(["none", "set dc", "set other"]),
        "traffic": st.fixed_dictionaries(
            {"to_data_center_gb": st.integers(0, 9000).map(str), "from_data_center_gb": st.integers(0, 900).map(str)}
        ),
    }
)
several = st.lists(groups, min_size=1, max_size=3)


def costs(plan: Plan) -> dict[tuple[str, str], tuple[int, ...]]:
    """By group, without its plan, and item."""
    rows = summary.by(summary.cost_rows(plan), "subject", "sku")
    return {(row.key[0].split(":")[-1], row.key[1]): row.amounts for row in rows}


@settings(max_examples=40)
@given(several, several)
def test_two_plans_are_one_plan_with_both_their_groups(
    tmp_path_factory: pytest.TempPathFactory, one: list[dict[str, Any]], other: list[dict[str, Any]]
) -> None:
    folder = tmp_path_factory.mktemp("together")
    ours = {f"a{number}": entry for number, entry in enumerate(one)}
    theirs = {f"b{number}": entry for number, entry in enumerate(other)}
    first, second = written(folder, "first", ours), written(folder, "second", theirs)
    both = calculated(first, second)
    single = calculated(written(folder, "single", {**ours, **theirs}))
    assert plans.quotas_of(both) == plans.quotas_of(single)
    assert costs(both) == costs(single)
    assert summary.totals(both) == summary.totals(single)
    by_plan = summary.by(summary.cost_rows(both), "scenario")
    assert sum(row.total for row in by_plan) == summary.totals(single).subtotal
    assert both.passed == single.passed
    # the order in which they are given changes nothing at all
    assert document.render(calculated(second, first)) == document.render(both)
    # and a plan never adds headroom
    alone = {(row.quota, row.scope, row.month): row.used for row in plans.quotas_of(calculated(first))}
    together = {(row.quota, row.scope, row.month): row.used for row in plans.quotas_of(both)}
    assert all(together[scope] >= used for scope, used in alone.items())


@settings(max_examples=40)
@given(several, several)
def test_who_uses_a_quota_adds_up_to_what_is_used(
    tmp_path_factory: pytest.TempPathFactory, one: list[dict[str, Any]], other: list[dict[str, Any]]
) -> None:
    folder = tmp_path_factory.mktemp("together")
    paths = (written(folder, n, {f"{n}{i}": e for i, e in enumerate(g)}) for n, g in (("a", one), ("b", other)))
    plan = calculated(*paths)
    for use in plan.quotas:
        for scope in range(len(use.scopes)):
            for column in range(plan.inventory.period.count):
                existing, by_group = use.shares(scope, int(use.instant[scope, column]))
                assert existing + sum(by_group.values()) == use.used[scope, column]


def test_a_finding_says_who_uses_what_and_which_plan_tips_it(tmp_path: Path) -> None:
    early = written(tmp_path, "early", {"g": {**GROUP, "sites": "20", "ecmp": "none"}})
    late = written(tmp_path, "late", {"g": {**GROUP, "sites": "10", "ecmp": "none", "start": "2027-02-08"}})
    assert calculated(early).passed and calculated(late).passed
    plan = calculated(late, early)
    finding = next(one for one in plan.findings if one.code == VPN)
    assert finding.message == (
        "tr: 52 VPN attachments in 2027-02, 2 more than the limit of 50 (existing 22; early 20: g 20; late 10: g 10);"
        " tipped by the step of 2027-02-08 of 'late:g', which adds 10"
    )
    assert finding.location and finding.location.file == late
    # groups of one name are told apart
    assert {row.subject for row in summary.cost_rows(plan)} == {"early:g", "late:g"}
    lines = document.document(plan)["line_items"]
    assert {(line["scenario"], line["subject"]) for line in lines} == {("early", "g"), ("late", "g")}


def test_what_one_plan_states_for_all_holds_for_the_others(tmp_path: Path) -> None:
    quiet = written(tmp_path, "quiet")
    speaks = written(tmp_path, "speaks", assumptions={"baseline": "free-quota-used"}, finance={"version": "1"})
    joined = join([read_scenario(speaks), read_scenario(quiet)])
    assert [one.plan.name for one in joined] == ["quiet", "speaks"]
    assert {one.plan.assumptions.baseline for one in joined} == {"free-quota-used"}
    assert {id(one.finance) for one in joined} == {id(joined[1].finance)}
    assert join(joined) == joined  # once more changes nothing


# What keeps plans apart


@pytest.mark.parametrize(
    ("one", "other", "says"),
    [
        ({}, {"period": {"start": "2027-01", "months": "4"}}, "another period than that of 'a' at "),
        ({}, {"estate": {**ESTATE, "as_of": "2026-11-20"}}, "another estate than that of 'a' at "),
        ({}, {"currency": "EUR"}, "another currency than that of 'a' at "),
        (
            {"assumptions": {"baseline": "none"}},
            {"assumptions": {"baseline": "free-quota-used"}},
            "assumptions.baseline: not what 'a' states at ",
        ),
        (
            {"finance": {"version": "1"}},
            {"finance": {"version": "1", "price_age_days": "30"}},
            "finance: not what 'a' states at ",
        ),
    ],
)
def test_plans_that_do_not_fit_together_are_refused_with_both_places(
    tmp_path: Path, one: dict[str, Any], other: dict[str, Any], says: str
) -> None:
    rates = {"finance": {"version": "1", "exchange_rates": [
        {"from": "USD", "to": "EUR", "rate": "0.9", "agreed_on": "2026-11-01", "source": "treasury"}
    ]}} if "currency" in other else {}  # fmt: skip
    first, second = written(tmp_path, "a", **one), written(tmp_path, "b", **{**deepcopy(other), **rates})
    said = refused(second, first)
    assert f"{second}:" in said and f"{says}{first}:" in said
    assert "  help: " in said


def test_a_plan_is_given_once_and_its_name_is_its_own(tmp_path: Path) -> None:
    first = written(tmp_path, "a")
    assert "the plan 'a' is given twice" in refused(first, first)
    second = tmp_path / "copy.yaml"
    second.write_text(Path(first).read_text(encoding="utf-8"), encoding="utf-8")
    assert "a second plan of the name 'a'; the first stands at " in refused(first, str(second))


def test_a_connection_of_an_underlay_is_charged_by_one_plan(tmp_path: Path) -> None:
    private = {"network_type": "private", "transit_router": "tr", "underlay": "vbr", "sites": "1"}

    def with_underlay(name: str, **more: str) -> str:
        underlays = {"vbr": {"kind": "vbr", "transit_router": "tr", **more}}
        return written(tmp_path, name, {"g": private}, underlays=underlays)

    assert "its connection would be charged twice" in refused(with_underlay("a"), with_underlay("b"))
    joined = calculated(with_underlay("a"), with_underlay("b", already_attached="true"))
    assert "b:vbr" not in {row.subject for row in summary.cost_rows(joined)}


def test_every_wrong_file_is_told_at_once(tmp_path: Path) -> None:
    first, second = written(tmp_path, "a", colour="red"), written(tmp_path, "b", shape="round")
    said = refused(first, second)
    assert "colour" in said and "shape" in said


# What the commands print


def test_names_of_files_stay_short(tmp_path: Path) -> None:
    assert calculated(written(tmp_path, "b"), written(tmp_path, "a")).name == "a+b"
    long = calculated(*(written(tmp_path, f"{letter * 40}") for letter in "abc"))
    assert long.name == f"{'a' * 40}+2-more"
    assert len(long.name) <= LONGEST_NAME


@pytest.mark.parametrize(("command", "status"), [("check", 2), ("estimate", 0)])
def test_the_example_of_two_plans_prints_what_is_kept(
    command: str,
    status: int,
    golden: Callable[[Path, str], None],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(ROOT)
    with pytest.raises(SystemExit) as ended:
        cli.main([command, "scenarios/apac-warehouses.yaml", "scenarios/apac-branches.yaml"])
    assert ended.value.code == status
    golden(GOLDEN / "together" / f"{command}.txt", capsys.readouterr().out)
