"""`cenplan diff`: two plans, or documents of plans that were kept, against each other."""

from __future__ import annotations

import copy
import io
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jsonschema
import pytest
from hypothesis import given

from planner import cli, plan_diff, saved_plan, summary
from planner.core.problem import InputError
from planner.plan import Plan
from planner.plan_diff import PlanDiff, SideOf
from reports import diff_document, diff_page, document
from tests.support import plans
from tests.support.drawn_plans import calculated_or_none, drawn
from tests.support.examples import EXAMPLES, SCENARIOS
from tests.support.plan_strategies import Case, cases

ROOT = SCENARIOS.parent
GOLDEN = ROOT / "tests" / "golden" / "diff"
FORMATS = {"text": "txt", "markdown": "md", "json": "json"}


def side(plan: Plan, name: str = "plan.yaml") -> SideOf:
    return SideOf(name, saved_plan.saved_plan(json.loads(document.render(plan)), name))


def compared(old: Plan, new: Plan) -> PlanDiff:
    return plan_diff.compare(side(old, "old.yaml"), side(new, "new.yaml"))


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        cli.main(["diff", *map(str, arguments)])
    printed = capsys.readouterr()
    return int(ended.value.code or 0), printed.out, printed.err


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the examples, in which the user is."""
    for path in SCENARIOS.iterdir():
        if path.is_file():
            (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.chdir(tmp_path)
    for name in ("CENPLAN_AS_OF", "CENPLAN_OUT", "CENPLAN_FORMAT", "CENPLAN_DEBUG", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def changed(folder: Path, name: str, *replacements: tuple[str, str], to: str = "new.yaml") -> Path:
    text = (folder / f"{name}.yaml").read_text(encoding="utf-8")
    for old, new in replacements:
        assert old in text, f"{old!r} is not in {name}"
        text = text.replace(old, new)
    path = folder / to
    path.write_text(text, encoding="utf-8")
    return path


def branches(folder: Path) -> None:
    """apac-branches.yaml, changed in all the ways that groups and plans change."""
    changed(
        folder,
        "apac-branches",
        ("{wave: wave-1, add_sites: 5}", "{wave: wave-1, add_sites: 7}"),
        ("connections_per_site: 4", "connections_per_site: 3"),
        ("to_data_center_gb: 350", "to_data_center_gb: 400"),
        ("offices-singapore:", "bureaus-singapore:"),
        (
            "franchise-tokyo:\n    network_type: public",
            "franchise-tokyo:\n    network_type: public\n    payer: cen-owner",
        ),
        ("stores-hongkong:", "shops-hongkong:\n    internet_billing: cdt"),
        ("months: 24", "months: 18"),
    )


def prices(folder: Path) -> None:
    """contract-and-finance.yaml with another exchange rate and another rate of the contract."""
    changed(folder, "company-finance", ("rate: 0.14,", "rate: 0.15,"), to="new-finance.yaml")
    changed(folder, "framework-agreement", ("rate: 0.062", "rate: 0.05"), to="new-agreement.yaml")
    changed(
        folder,
        "contract-and-finance",
        ("company-finance.yaml", "new-finance.yaml"),
        ("framework-agreement.yaml", "new-agreement.yaml"),
    )


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    ("example", "change"), [("apac-branches", branches), ("contract-and-finance", prices)], ids=["branches", "prices"]
)
def test_what_is_shown_is_what_is_kept(
    example: str,
    change: Callable[[Path], None],
    form: str,
    folder: Path,
    golden: Callable[[Path, str], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    change(folder)
    status, out, err = run(capsys, f"{example}.yaml", "new.yaml", "-f", form)
    assert (status, err) == (0, "")
    if form == "json":
        value = json.loads(out)
        assert not errors(value)
        value["costs"]["line_items"] = value["costs"]["line_items"][:6]
        out = json.dumps(value, indent=2, ensure_ascii=False) + "\n"
    golden(GOLDEN / f"{change.__name__}.{FORMATS[form]}", out)


def errors(value: Any) -> list[str]:
    schema = json.loads((ROOT / "docs" / "schema" / "diff.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return [f"{e.json_path}: {e.message}" for e in jsonschema.Draft202012Validator(schema).iter_errors(value)]


@pytest.mark.parametrize("example", sorted({*EXAMPLES} - {"branches-400"}))
def test_a_plan_does_not_differ_from_the_document_that_was_kept_of_it(
    example: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        cli.main(["estimate", f"{example}.yaml", "-f", "json", "-o", "kept.json"])
    for pair in (("kept.json", f"{example}.yaml"), (f"{example}.yaml", "kept.json"), ("kept.json", "kept.json")):
        status, out, err = run(capsys, *pair, "--exit-code")
        assert (status, err) == (0, "")
        assert "Nothing differs.\n" in out


def test_document_and_plan_give_the_same_difference(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    branches(folder)
    for name in ("apac-branches", "new"):
        with pytest.raises(SystemExit):
            cli.main(["estimate", f"{name}.yaml", "-f", "json", "-o", f"{name}.json"])
    told = []
    for old in ("apac-branches.yaml", "apac-branches.json"):
        for new in ("new.yaml", "new.json"):
            status, out, err = run(capsys, new, "--against", old, "-f", "json")
            assert (status, err) == (0, "")
            value = json.loads(out)
            assert (value["old"].pop("file"), value["new"].pop("file")) == (old, new)
            told.append(value)
    assert all(one == told[0] for one in told)


@drawn(15)
@given(cases(prepaid=True))
def test_nothing_differs_in_a_plan_and_itself(case: Case) -> None:
    plan = calculated_or_none(case)
    if plan is None:
        return
    diff = compared(plan, plan)
    assert not diff.differs
    assert "Nothing differs." in diff_page.render(diff, "text")
    assert not errors(diff_document.document(diff))


def with_other_groups(case: Case) -> Case:
    """The plan with one group fewer, if it has several, and more connections in every other one."""
    plan = copy.deepcopy(case.plan)
    if len(plan["attachments"]) > 1:
        gone = sorted(plan["attachments"])[0]
        del plan["attachments"][gone]
    for entry in plan["attachments"].values():
        entry["connections_per_site"] = str(int(entry.get("connections_per_site", 1)) + 1)
        entry.pop("connection_ids", None)
    return case._replace(plan=plan, in_table=[name for name in case.in_table if name in plan["attachments"]])


def other(case: Case) -> Plan | None:
    with tempfile.TemporaryDirectory() as folder:
        try:
            return plans.planned(Path(folder), *case)
        except InputError:
            return None


def check_sums(diff: PlanDiff, old: Plan, new: Plan) -> None:
    costs = diff.costs
    assert costs is not None
    assert costs.total.pair.old.amount == summary.totals(old).subtotal
    assert costs.total.pair.new.amount == summary.totals(new).subtotal
    both = costs.priced_by_both
    assert both.pair.difference is not None
    assert both.effects.difference == both.pair.difference
    # A line is rounded twice, in the currency of the bill and in that of the results, and each effect once.
    rates = [one.rate for plan in (old, new) for one in plan.scenarios[0].finance.exchange_rates]
    assert abs(both.effects.rounding) <= (2 * max(rates, default=0) + 6) * max(len(costs.lines), 1)
    for parts in (costs.by_month, costs.by_subject, costs.by_item):
        for name in ("plan", "price", "exchange", "rounding"):
            assert sum(getattr(one.effects, name) for one in parts) == getattr(both.effects, name)
        assert sum(one.pair.new.amount for one in parts) == costs.total.pair.new.amount
    if costs.total.pair.difference is not None:
        assert costs.total.pair.difference == both.effects.difference
    assert not errors(diff_document.document(diff))


@drawn(15)
@given(cases())
def test_what_a_plan_changes_is_no_effect_of_prices_and_adds_up(case: Case) -> None:
    old, new = calculated_or_none(case), other(with_other_groups(case))
    if old is None or new is None:
        return
    diff = compared(old, new)
    check_sums(diff, old, new)
    assert diff.costs is not None
    assert (diff.costs.priced_by_both.effects.price, diff.costs.priced_by_both.effects.exchange) == (0, 0)


@drawn(15)
@given(cases())
def test_what_prices_change_is_no_effect_of_the_plan_and_adds_up(case: Case) -> None:
    old, new = calculated_or_none(case), other(case._replace(books=case.books[:-1]))
    if old is None or new is None:
        return
    diff = compared(old, new)
    check_sums(diff, old, new)
    assert diff.costs is not None
    if all(line.quantity is not None for line in side(old).plan.line_items):
        assert diff.costs.priced_by_both.effects.plan == 0


@drawn(10)
@given(cases(prepaid=True))
def test_all_effects_together_are_the_difference(case: Case) -> None:
    changed_case = with_other_groups(case)._replace(books=case.books[:-1])
    old, new = calculated_or_none(case), other(changed_case)
    if old is not None and new is not None:
        check_sums(compared(old, new), old, new)


PLAN = """\
version: 1
name: small
currency: USD
period: {start: 2027-01, months: 2}
estate:
  version: 1
  accounts: {hub: {site: intl}}
  transit_routers: {tr: {region: ap-southeast-1, account: hub}}
  baselines: [{account: hub, region: ap-southeast-1, cdt_internet_gb: 0, vbr_outbound_gb: 0}]
price_books: [book.yaml]
attachments:
  shops:
    network_type: public
    transit_router: tr
    internet_billing: legacy
    traffic: {to_data_center_gb: 100, from_data_center_gb: 0}
    sites: 10
"""
BOOK = """\
version: 1
site: intl
currency: USD
title: made up
references:
  offer: {title: made up, read_on: 2026-11-01}
items:
  tr-connection:
    rates: [{scope: ap-southeast-1, rate: 0.06, evidence: assumed, source: offer}]
"""


def small(folder: Path, name: str, *replacements: tuple[str, str], rate: str = "0.06") -> str:
    """A plan of one group, in a folder of its own with its price book."""
    own = folder / name
    own.mkdir()
    text = PLAN
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    (own / "plan.yaml").write_text(text, encoding="utf-8")
    (own / "book.yaml").write_text(BOOK.replace("0.06", rate), encoding="utf-8")
    return f"{name}/plan.yaml"


def told(capsys: pytest.CaptureFixture[str], *arguments: object) -> Any:
    status, out, err = run(capsys, *arguments, "-f", "json")
    assert (status, err) == (0, "")
    return json.loads(out)


def stated(value: Any) -> list[tuple[str, str, str, list[tuple[str, str | None, str | None]]]]:
    return [
        (one["change"], one["kind"], one["name"], [(key["key"], key["old"], key["new"]) for key in one["keys"]])
        for one in value["stated"]
    ]


def test_volume_and_price_are_told_apart(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = small(folder, "old")
    new = small(folder, "new", ("sites: 10", "sites: 12"), rate="0.05")
    value = told(capsys, old, new)
    assert stated(value) == [("changed", "group", "shops", [("sites", "10", "12")])]
    (item,) = (one for one in value["costs"]["by_item"] if one["sku"] == "tr-connection")
    # January and February 2027 have 744 + 672 = 1416 hours.
    assert item["effects"] == {
        "plan": "169.92",  # 2 more x 1416 h x 0.06
        "price": "-169.92",  # 12 x 1416 h x (0.05 - 0.06)
        "exchange": "0",
        "rounding": "0",
    }
    assert item["difference"] == "0"
    assert value["differs"] is True


def test_a_group_with_the_same_entry_was_renamed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    value = told(capsys, small(folder, "old"), small(folder, "new", ("shops:", "stores:")))
    assert stated(value) == [("renamed", "group", "stores", [])]
    assert value["stated"][0]["old_name"] == "shops"
    assert value["costs"]["total"]["difference"] == "0"
    assert value["costs"]["line_items"] == value["findings"] == value["quotas"] == []


def test_a_default_that_is_written_is_no_difference(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = small(folder, "old"), small(folder, "new", ("sites: 10", "sites: 10\n    connections_per_site: 1"))
    assert not told(capsys, old, new)["differs"]
    third = small(folder, "third", ("sites: 10", "sites: 10\n    connections_per_site: 2\n    ecmp: per-site"))
    keys = [("connections_per_site", "1", "2"), ("ecmp", "none", "per-site")]
    assert stated(told(capsys, old, third)) == [("changed", "group", "shops", keys)]


def test_a_group_in_a_table_is_the_group_in_the_plan(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    group = PLAN[PLAN.index("attachments:") :]
    old, new = small(folder, "old"), small(folder, "new", (group, "attachment_table: table.csv\n"))
    (folder / "new" / "table.csv").write_text(
        "id,network_type,transit_router,internet_billing,to_data_center_gb,from_data_center_gb,sites\n"
        "shops,public,tr,legacy,100.0,0,10\n",
        encoding="utf-8",
    )
    assert not told(capsys, old, new)["differs"]


def test_what_has_no_price_is_not_compared(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = small(folder, "old")
    new = small(folder, "new", ("{to_data_center_gb: 100, from_data_center_gb: 0}", "{from_data_center_gb: 0}"))
    value = told(capsys, old, new)
    total = value["costs"]["total"]
    assert (total["difference"], total["new"]["complete"], total["old"]["complete"]) == (None, False, True)
    assert value["costs"]["priced_by_both"]["difference"] == "0"
    _, out, _ = run(capsys, old, new)
    assert "The totals cannot be compared: something has no price, ipsec-internet-legacy of the new one." in out
    assert "priced subtotal" in out


def test_months_that_only_one_has_stand_apart(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    value = told(capsys, small(folder, "old"), small(folder, "new", ("months: 2", "months: 3")))
    assert value["months"] == ["2027-01", "2027-02"]
    assert value["costs"]["total"]["difference"] == "0"
    assert [(one["side"], one["month"]) for one in value["costs"]["months_apart"]] == [("new", "2027-03")]
    assert value["facts"] == [{"key": "period.months", "old": "2", "new": "3"}]
    later = small(folder, "later", ("start: 2027-01", "start: 2028-01"))
    assert told(capsys, "old/plan.yaml", later)["costs"] is None


def test_headroom_and_findings(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    value = told(capsys, small(folder, "old"), small(folder, "new", ("sites: 10", "sites: 51")))
    quota = next(one for one in value["quotas"] if one["quota"] == "vpn-attachments-per-transit-router")
    assert (quota["old"]["headroom"], quota["new"]["headroom"], quota["turned"]) == (40, -1, "newly exceeded")
    assert [(one["change"], one["code"]) for one in value["findings"] if one["level"] == "error"] == [
        ("new", "vpn-attachments-per-transit-router")
    ]
    _, out, _ = run(capsys, "new/plan.yaml", "old/plan.yaml")
    assert "no longer exceeded" in out


@pytest.mark.parametrize(
    ("replacement", "expected"),
    [
        (("{hub: {site: intl}}", "{hub: {site: intl, uid: '1'}}"), ("changed", "account", "hub")),
        (("account: hub}}", "account: hub, attached: {vpn: 3}}}"), ("changed", "transit router", "tr")),
        (("cdt_internet_gb: 0", "cdt_internet_gb: 7"), ("changed", "estate", "estate")),
        (("currency: USD", "currency: USD\nassumptions: {ecmp-counts: tunnels}"), ("changed", "plan", "plan")),
        (("currency: USD", "currency: USD\ninclude: {vpc_processing: true}"), ("changed", "plan", "plan")),
        (
            ("currency: USD", "currency: USD\nfinance: {version: 1, settlement: true}"),
            ("changed", "finance", "finance"),
        ),
        (("currency: USD", "currency: USD\nwaves: {one: 2027-02-01}"), ("added", "wave", "one")),
    ],
)
def test_the_rest_of_a_plan(
    replacement: tuple[str, str], expected: tuple[str, ...], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    value = told(capsys, small(folder, "old"), small(folder, "new", replacement))
    assert [tuple(one[:3]) for one in stated(value)] == [expected]
    assert not errors(value)


def test_exit_code_says_whether_anything_differs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = small(folder, "old"), small(folder, "new", ("sites: 10", "sites: 11"))
    assert run(capsys, old, new)[0] == 0
    assert run(capsys, old, new, "--exit-code")[0] == 2
    assert run(capsys, old, old, "--exit-code")[0] == 0


def test_standard_input(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SystemExit):
        cli.main(["estimate", "private-vbr.yaml", "-f", "json", "-o", "kept.json"])
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(Path("kept.json").read_bytes())))
    assert "Nothing differs." in run(capsys, "-", "private-vbr.yaml")[1]
    assert "only one side can come from standard input" in run(capsys, "-", "-")[2]


def broken(change: Callable[[dict[str, Any]], None]) -> Callable[[str], str]:
    def text(given: str) -> str:
        value = json.loads(given)
        change(value)
        return json.dumps(value)

    return text


WRONG: dict[str, tuple[Callable[[str], str], str]] = {
    "no JSON": (lambda text: text[:200], "kept.json:"),
    "not a plan": (lambda _: '{"a": 1}', "neither a plan nor the JSON document"),
    "a list": (lambda _: "[1]", "kept.json"),
    "another version": (broken(lambda value: value.update(version=2)), "a document of version 2"),
    "an older document": (broken(lambda value: value.pop("groups")), "does not say what its plan states"),
    "a number": (
        broken(lambda value: value["line_items"][0].update(cost=1.5)),
        "line_items[0].cost: decimal text is expected",
    ),
    "a quantity": (broken(lambda value: value["line_items"][0].update(quantity="x")), "line_items[0].quantity"),
    "a missing key": (broken(lambda value: value["quotas"][0].pop("used")), "quotas[0].used: it is missing"),
    "an exchange rate": (
        broken(lambda value: value["line_items"][0].update(billing_currency="CNY")),
        "no exchange rate from CNY to USD in 2026-10",
    ),
    "a secret": (
        broken(lambda value: value["groups"][0]["stated"].update(psk="hunter2")),
        "'psk' holds a secret, and no file of a plan may hold one",
    ),
}


@pytest.mark.parametrize(("change", "message"), WRONG.values(), ids=WRONG)
def test_what_is_no_document_is_refused(
    change: Callable[[str], str], message: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        cli.main(["estimate", "private-vbr.yaml", "-f", "json", "-o", "kept.json"])
    path = Path("kept.json")
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    status, out, err = run(capsys, "kept.json", "private-vbr.yaml")
    assert (status, out) == (1, "")
    assert message in err
    assert "help: " in err
    assert "hunter2" not in err
    assert "Traceback" not in err
    assert "internal error" not in err


def test_two_currencies_are_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "china-cny.yaml", "apac-branches.yaml")
    assert (status, out) == (1, "")
    assert "results in USD; those of china-cny.yaml are in CNY" in err


def test_the_document_of_a_check_has_no_costs_to_compare(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["check", "private-vbr.yaml", "-f", "json", "-o", "kept.json"])
    _, out, _ = run(capsys, "kept.json", "private-vbr.yaml")
    assert "Costs cannot be compared: kept.json has none." in out
    assert "0.00" not in out


@pytest.mark.parametrize("arguments", [("a.yaml",), ("a.yaml", "b.yaml", "--against", "c.yaml")])
def test_two_plans_are_named(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = run(capsys, *arguments)
    assert status == 1
    assert "name two plans" in err


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_what_a_document_says_cannot_disturb(form: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["estimate", "private-vbr.yaml", "-f", "json", "-o", "kept.json"])
    value = json.loads(Path("kept.json").read_text(encoding="utf-8"))
    value["plans"][0]["stated"]["title"] = "\x1b[31m<b>|*x*\u202e psk: hunter2"
    Path("kept.json").write_text(json.dumps(value), encoding="utf-8")
    _, out, _ = run(capsys, "private-vbr.yaml", "kept.json", "-f", form)
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "hunter2" not in out
    assert "title" in out
    assert form == "text" or "<b>" not in out
