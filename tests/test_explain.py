"""`cenplan explain`: everything declared has a page, and a profile is what the engine makes of it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner import assumption, check, demand, inventory, profile, quota
from planner.assumption import Assumptions
from planner.core.entry import load
from planner.core.source import parse_yaml
from planner.plan_file import PlanFile
from planner.scenario import read_scenario, resolve
from pricing.sku import skus
from reports import explain_page, page
from tests.support.examples import EXAMPLES, SCENARIOS
from tests.support.told import unfolded

ROOT = Path(__file__).resolve().parents[1]
GOLDEN = ROOT / "tests" / "golden_pages"
PLAN = "scenarios/apac-branches.yaml"
DECLARED = {
    "billable item": tuple(skus()),
    "quota": tuple(quota.declared()),
    "check": tuple(check.declared()),
    "assumption": tuple(assumption.listed(Assumptions())),
}
NAMES = [name for names in DECLARED.values() for name in names]


pytestmark = pytest.mark.usefixtures("in_the_repository")


# Pages of names


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("format", ["text", "markdown"])
def test_everything_declared_has_a_page(
    name: str, format: str, run_explain: Callable[..., tuple[int, str, str]]
) -> None:
    status, out, err = run_explain(name, "-f", format)
    assert (status, err) == (0, "")
    title, *rest = out.removeprefix("# ").split("\n\n")
    assert title.startswith(f"{name}: ")
    assert len("".join(rest)) > 80


def test_ids_are_those_that_are_declared() -> None:
    assert explain_page.ids() == {name: kind for kind, names in DECLARED.items() for name in names}


@pytest.mark.parametrize("name", ["vbr-outbound", "ecmp-vpn-attachments", "internet-billing", "ecmp-scope"])
@pytest.mark.parametrize(("format", "extension"), [("text", "txt"), ("markdown", "md")])
def test_pages_are_what_is_kept(
    name: str,
    format: str,
    extension: str,
    run_explain: Callable[..., tuple[int, str, str]],
    golden: Callable[[Path, str], None],
) -> None:
    golden(GOLDEN / f"{name}.{extension}", run_explain(name, "-f", format)[1])


def test_list_names_everything(run_explain: Callable[..., tuple[int, str, str]]) -> None:
    status, out, _ = run_explain("--list")
    assert status == 0
    first_words = [line.split(" ")[0] for line in out.splitlines()]
    assert [word for word in first_words if word in NAMES] == NAMES


@pytest.mark.parametrize("name", skus())
def test_the_page_of_an_item_says_how_much_is_known_for_both_sites(
    name: str, run_explain: Callable[..., tuple[int, str, str]]
) -> None:
    out = run_explain(name)[1]
    if skus()[name].priced_by == "plan":
        assert "each plan, which says what it costs" in " ".join(out.split())
        assert "Prices of site" not in out
        return
    for site in ("intl, in USD", "cn, in CNY"):
        said = out.partition(f"Prices of site {site} per {skus()[name].unit}")[2].partition("Prices")[0]
        assert "Known in " in said or "No price is known" in said
        assert (" read 2026-11" in " ".join(said.split())) == ("Known in " in said)


def test_every_answer_that_a_page_suggests_can_be_given() -> None:
    for name, one in assumption.listed(Assumptions()).items():
        text = page.text(explain_page.page(name))
        suggested = text.partition("write into the plan:\n\n")[2]
        assert bool(suggested) == one.assumption.is_key
        if suggested:
            chosen = load(Assumptions, parse_yaml(suggested, "snippet.yaml"), ("assumptions",))
            assert chosen != Assumptions()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("cdt-intrnet", "did you mean cdt-internet (billable item)?"),
        ("ECMP_SCOPE", "did you mean ecmp-scope (assumption)"),
        ("baselin", "did you mean baseline (assumption) or leased-line (check) or missing-baseline (check)?"),
        ("ecmp", "ecmp-vpn-attachments (quota)"),
        ("qqqqqq", "`cenplan explain --list` lists every id"),
    ],
)
def test_an_unknown_name_ends_with_1_and_what_resembles_it(
    name: str, said: str, run_explain: Callable[..., tuple[int, str, str]]
) -> None:
    status, out, err = run_explain(name)
    assert (status, out) == (1, "")
    assert err.startswith(f"cenplan: nothing is called '{name}': ")
    assert said in unfolded(err)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "give an id or a plan"),
        (("payer", "--list"), "lists everything"),
        (("payer", "--profile", "store"), "profiles are those of a plan"),
        (("payer", "--month", "2027-01"), "amounts are those of a plan, and 'payer' is none"),
        (("--month", "2027-01"), "give an id or a plan"),
        (("--list", "--sku", "cdt-internet"), "lists everything"),
        ((PLAN, "--month", "2027-13"), "there is no month 13"),
        ((PLAN, "--profile", "store", "--sku", "cdt-internet"), "give either a profile or --sku"),
        ((PLAN, "--profile", "store", "-f", "json"), "json is for amounts of a plan"),
        ((PLAN, "--profile", "sore"), "apac-branches has no profile 'sore': did you mean 'store'?"),
        (("nothing.yaml", "--profile", "store"), "no such file"),
        (("scenarios", "--profile", "store"), "this is a folder"),
        (("payer", "-f", "json"), "json is for amounts of a plan"),
    ],
)
def test_wrong_use_ends_with_1(
    arguments: tuple[str, ...], said: str, run_explain: Callable[..., tuple[int, str, str]]
) -> None:
    status, out, err = run_explain(*arguments)
    assert (status, out) == (1, "")
    assert said in " ".join(err.split())


def test_a_name_wins_over_a_file_of_that_name(
    run_explain: Callable[..., tuple[int, str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "payer").write_text("no: plan\n", encoding="utf-8")
    assert run_explain("payer")[0] == 0
    assert "payer:1:1: error: unknown key 'no'" in run_explain("./payer", "--profile", "store")[2]


def test_formats_are_written_into_a_folder(run_explain: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    assert run_explain("payer", "-f", "text", "-f", "markdown", "-o", tmp_path)[0] == 0
    assert run_explain(PLAN, "--profile", "store", "-f", "text", "-f", "markdown", "-o", tmp_path)[0] == 0
    names = ["apac-branches-explain.md", "apac-branches-explain.txt", "payer-explain.md", "payer-explain.txt"]
    assert sorted(path.name for path in tmp_path.iterdir()) == names


# Profiles of plans


@pytest.mark.parametrize("name", ["store", "warehouse"])
def test_a_profile_is_what_is_kept(
    name: str, run_explain: Callable[..., tuple[int, str, str]], golden: Callable[[Path, str], None]
) -> None:
    status, out, err = run_explain(PLAN, "--profile", name)
    assert (status, err) == (0, "")
    golden(GOLDEN / f"profile-{name}.txt", out)


PROFILE = """\
version: 1
name: one
currency: USD
period: {start: 2027-01, months: 24}
estate:
  version: 1
  accounts: {own: {site: intl}}
  transit_routers: {tr: {region: ap-southeast-1, account: own}}
profiles:
  unused: {to_data_center_gb: 10}
  half: {to_data_center_gb: GB, monthly_growth_percent: GROWTH, base_month: BASE}
attachments:
  b: &group {network_type: public, transit_router: tr, traffic: half, sites: 1}
  a: *group
"""


def made(gb: str = "100", growth: str = "2.5", base: str = "2027-01") -> inventory.Scenario:
    text = PROFILE.replace("GB,", f"{gb},").replace("GROWTH", growth).replace("BASE", base)
    source = parse_yaml(text, "one.yaml")
    return resolve(load(PlanFile, source), source)


@given(
    gb=st.decimals(0, 1000, places=6),
    growth=st.decimals(-10, 20, places=3),
    base=st.sampled_from(["2025-06", "2027-01", "2030-12"]),
)
def test_a_profile_is_what_the_engine_counts_for_one_site(gb: Decimal, growth: Decimal, base: str) -> None:
    read = made(f"{gb:f}", f"{growth:f}", base)
    timeline = demand.timeline(inventory.take([read]))
    one = profile.read(read, "half")
    assert one.to_data_center == tuple(timeline.to_data_center[0].tolist())
    assert one.from_data_center is None
    assert one.groups == ("a", "b")


def test_growth_counts_from_the_base_month() -> None:
    one = profile.read(made("100", "2.5", "2026-12"), "half")
    assert one.to_data_center is not None
    assert one.to_data_center[0] == 102_500_000  # 100 × 1.025
    assert one.to_data_center[2] == 107_689_063  # 100 × 1.025^3 = 107.6890625, half up
    assert Fraction(one.step) == Fraction(1025, 1000)


def test_what_a_profile_does_not_state_is_unknown_and_its_absence_of_groups_is_told(
    run_explain: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(PROFILE.replace("GB,", "100,").replace("GROWTH", "0").replace("BASE", "2027-01"), "utf-8")
    out = run_explain(path, "--profile", "unused")[1]
    assert "from the data centre  not stated: unknown, not 0\n" in out
    assert "used by               no group\n" in out


def test_a_profile_that_grows_beyond_every_measure_is_not_counted_out() -> None:
    one = profile.read(made("1000000000", "900", "2000-01"), "half")
    assert one.to_data_center == (demand.MOST_MICRO_GB,) * 24


def test_profiles_of_the_examples_have_pages(run_explain: Callable[..., tuple[int, str, str]]) -> None:
    for example in EXAMPLES:
        path = SCENARIOS / f"{example}.yaml"
        for name in read_scenario(str(path)).plan.profiles:
            assert run_explain(path, "--profile", name)[0] == 0
