"""The gate: what a policy judges, what waivers cover, where its files come from, and what its decision records."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest

from planner import cli, decision, policy_rule
from planner.core.problem import InputError
from reports import format as machinery
from tests.support import gates
from tests.support.gates import AS_OF, judged, rows, waiver

ROOT = Path(__file__).resolve().parents[1]
QUOTA = "vpn-attachments-per-transit-router"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def _in_a_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gates.write(tmp_path)
    monkeypatch.chdir(tmp_path)
    for name in ("CENPLAN_AS_OF", "CENPLAN_OUT", "CENPLAN_FORMAT", "CENPLAN_PROJECT", "CENPLAN_PROTECTED"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """`run("gate", "--as-of", "2026-11-24")`: exit status, standard output and standard error."""

    def call(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            cli.main([*map(str, arguments)])
        printed = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, printed.out, printed.err

    return call


def policy(text: str) -> None:
    Path("policy.yaml").write_text(f"version: 1\n{text}\n", encoding="utf-8")


def waivers(text: str) -> None:
    Path("waivers.yaml").write_text(text, encoding="utf-8")


def replace(name: str, old: str, new: str) -> None:
    text = Path(name).read_text(encoding="utf-8")
    assert old in text
    Path(name).write_text(text.replace(old, new), encoding="utf-8")


def exact(nano: int) -> str:
    """An amount in nano-units as a file has it."""
    return f"{nano // 10**9}.{nano % 10**9:09}"


# What a policy judges. The plan has 5 connections in eu-central-1 all through 2027; 8,760 h.


def test_a_policy_that_asks_for_nothing_lets_the_plan_pass() -> None:
    verdict = judged()
    assert verdict.passed
    # That the limit of connections per account is unknown is a warning, whatever the policy asks for.
    assert {row.finding.code for row in verdict.rows} & policy_rule.declared().keys() == {"unknown-quota"}


def test_budget_is_held_against_month_year_and_total_to_the_nano() -> None:
    plan = judged().plan
    amounts = [sum(column) for column in zip(*plan.costs.amount.tolist(), strict=True)]
    total, month = sum(amounts), max(amounts)
    for key, cost in (("month", month), ("year", total), ("total", total)):
        policy(f"budget: {{{key}: {{amount: {exact(cost)}, currency: USD}}}}")
        assert not rows(judged(), "budget")  # as much as the budget is not more than it
        policy(f"budget: {{{key}: {{amount: {exact(cost - 1)}, currency: USD}}}}")
        (row,) = rows(judged(), "budget")
        assert row.finding.measured is not None
        assert (row.finding.measured.actual, row.finding.measured.excess) == (cost, 1)
        assert row.finding.subject == {"month": "month", "year": "2027", "total": "total"}[key]
        assert row.finding.location and row.finding.location.line == 8  # the group that costs most of it
        assert "policy.yaml:2:" in row.finding.source


def test_increase_is_held_against_the_baseline_by_percent_and_amount() -> None:
    gates.write(Path("before"), plan=gates.PLAN.replace("sites: 5", "sites: 4"))
    old, new = judged(baseline=("before/plan.yaml",)), judged()
    assert old.judgement and old.judgement.baseline
    before = sum(map(sum, old.judgement.baseline.costs.amount.tolist()))
    more = sum(map(sum, new.plan.costs.amount.tolist())) - before
    assert before * 5 == (before + more) * 4  # every item is per site, without tiers that 5 sites would reach
    for allowed, refused in (
        ("{percent: 25}", False),
        ("{percent: 24.9}", True),
        ("{percent: 25, most: {amount: 1, currency: USD}}", True),
    ):
        policy(f"allowed_increase: {{total: {allowed}}}")
        found = rows(judged(baseline=("before/plan.yaml",)), "allowed-increase")
        assert bool(found) == refused
    assert found[0].finding.measured and found[0].finding.measured.excess == more - 10**9
    (row,) = rows(judged(), "allowed-increase")
    assert "no baseline is given" in row.finding.message


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("least_evidence: contract", "price-evidence", "the policy asks for contract or better"),
        ("oldest_price: {days: 0}", "price-age", "accepted: at most 0 days before it"),
        ("oldest_price: {day: 2026-11-24}", "price-age", "accepted: on 2026-11-24 or later"),
        ("headroom: {default: {percent: 10.01}}", "headroom", "5 of 50 VPN attachments stay free in 2027-01; "),
        (f"headroom: {{{QUOTA}: {{count: 6}}}}", "headroom", "the policy keeps 6"),
        ("regions: [eu-west-1]", "allowed-regions", "shops: tr in eu-central-1; the policy allows eu-west-1"),
        ("required: [title]", "required-fields", "title is not given"),
        ("required: [attachments.*.owner_account]", "required-fields", "attachments.shops.owner_account is not given"),
        ("price_books: {shipped: []}", "price-books", "site intl that cenplan ships may not be used"),
    ],
    ids=str,
)  # fmt: skip
def test_rule_refuses_with_place_remedy_and_the_line_of_the_policy(text: str, code: str, says: str) -> None:
    policy(text)
    verdict = judged()
    found = rows(verdict, code)
    assert found
    assert says in found[0].finding.message
    assert not verdict.passed
    for row in found:
        assert row.finding.location
        assert row.finding.remedy
        assert row.finding.source.startswith("the policy, policy.yaml:2:")


@pytest.mark.parametrize(
    "text",
    [
        "least_evidence: assumed",
        "oldest_price: {days: 400}",
        "headroom: {default: {percent: 10, count: 5}}",  # 10 % of 50 are 5
        "regions: [eu-central-1]",
        "required: [contact, attachments.*.cost_center, attachments.*.traffic.to_data_center_gb]",
        "price_books: {own: []}",
        "least_price_coverage_percent: 100",
        "overrides: {assumptions: {}, limits: {}}",
    ],
)
def test_rule_lets_pass_what_keeps_it(text: str) -> None:
    policy(text)
    assert judged().passed


def test_coverage_and_unknown_cost_are_what_the_policy_says() -> None:
    replace("plan.yaml", "to_data_center_gb: 10, ", "")
    policy("least_price_coverage_percent: 100")
    verdict = judged()
    (row,) = rows(verdict, "price-coverage")
    assert row.finding.measured and row.finding.measured.at_least and row.finding.measured.excess > 0
    assert [one.level for one in rows(verdict, "unstated-traffic")] == ["error"]  # unknown cost is no pass
    policy("unknown_cost: warning")
    assert judged().passed
    policy("unknown_cost: warning\nlevels: {unstated-traffic: error}")
    assert not judged().passed


def test_answers_and_limits_are_overridden_only_as_the_policy_allows() -> None:
    replace("plan.yaml", "attachments:\n", "assumptions: {ecmp-scope: transit-router}\nattachments:\n")
    replace(
        "estate.yaml",
        "attached: {vpn: 40}",
        f"attached: {{vpn: 40}}, limits: {{{QUOTA}: {{value: 90, source: quota request 1}}}}",
    )
    policy("overrides: {assumptions: {}, limits: {}}")
    assert [(one.level, one.finding.subject) for one in rows(judged(), "overrides")] == [
        ("error", f"{QUOTA}/tr"),
        ("error", "ecmp-scope"),
    ]
    limits = f'{{{QUOTA}: {{source: "quota request *"}}}}'
    policy(f"overrides: {{assumptions: {{ecmp-scope: {{evidence: a letter}}}}, limits: {limits}}}")
    (row,) = rows(judged(), "overrides")
    assert (row.level, "to be shown for it: a letter" in row.finding.message) == ("info", True)
    policy(f"overrides: {{limits: {{{QUOTA}: {{most: 89}}}}}}")
    assert "at most 89" in rows(judged(), "overrides")[0].finding.message


def test_price_book_is_allowed_by_its_hash() -> None:
    book = ROOT / "scenarios" / "framework-agreement.yaml"
    Path("book.yaml").write_bytes(book.read_bytes())
    replace("cenplan.yaml", "policy:", "price_books: [book.yaml]\npolicy:")
    policy("price_books: {own: []}")
    (row,) = rows(judged(), "price-books")
    digest = hashlib.sha256(book.read_bytes()).hexdigest()
    assert digest in row.finding.message
    policy(f"price_books: {{own: [{digest}]}}")
    assert not rows(judged(), "price-books")


# Waivers. The quota is 50, 40 exist.


def grown(sites: int) -> None:
    replace("plan.yaml", "sites: 5", f"sites: {sites}")


def test_waiver_holds_up_to_its_cap_and_is_refused_again_beyond_it() -> None:
    grown(12)  # 52 of 50: 2 too many
    waivers(waiver(QUOTA, cap="{count: 2}"))
    verdict = judged()
    (row,) = rows(verdict, QUOTA)
    assert verdict.passed
    assert row.waiver and row.finding.level == "error"  # it stays visible, with its waiver
    replace("plan.yaml", "sites: 12", "sites: 13")
    verdict = judged()
    (row,) = rows(verdict, QUOTA)
    assert not verdict.passed
    assert row.waiver is None
    assert row.notes == ("the waiver of ann (T-1) does not hold: the excess is 3, its cap 2",)
    assert [one.level for one in rows(verdict, "waiver-exceeded")] == ["warning"]


def test_cap_in_money_counts_what_is_beyond_the_limit() -> None:
    policy("budget: {total: {amount: 1, currency: USD}}")
    (row,) = rows(judged(), "budget")
    assert row.finding.measured
    excess = row.finding.measured.excess
    waivers(waiver("budget", cap=f"{{amount: {exact(excess)}, currency: USD}}"))
    assert judged().passed
    waivers(waiver("budget", cap=f"{{amount: {exact(excess - 1)}, currency: USD}}"))
    assert not judged().passed
    waivers(waiver("budget", cap="{count: 1000000}"))  # a count says nothing of money
    assert "measured in money" in rows(judged(), "budget")[0].notes[0]


def test_cap_holds_for_all_findings_that_a_waiver_covers_together() -> None:
    policy("required: [title, attachments.*.owner_account]")
    waivers(waiver("required-fields", cap="{count: 1}"))  # a finding without numbers counts as 1
    assert len(rows(judged(), "waiver-exceeded")) == 1
    waivers(waiver("required-fields", cap="{count: 2}"))
    assert judged().passed


def test_waiver_expires_on_its_day_and_what_it_covered_counts_again() -> None:
    policy("required: [title]")
    waivers(waiver("required-fields", subject="title", expires="2026-11-25"))
    assert judged(date(2026, 11, 24)).passed
    verdict = judged(date(2026, 11, 25))
    assert not verdict.passed
    assert "expired on 2026-11-25" in rows(verdict, "required-fields")[0].notes[0]
    (row,) = rows(verdict, "waiver-expired")
    assert row.finding.location and row.finding.location.file == "waivers.yaml"


def test_waiver_that_covers_nothing_is_told() -> None:
    waivers(waiver("required-fields", subject="contact"))
    (row,) = rows(judged(), "waiver-unused")
    assert (row.level, row.finding.subject) == ("warning", "required-fields/contact")


def test_only_approvers_of_the_policy_can_own_a_waiver() -> None:
    policy("required: [title]\napprovers: {required-fields: [bob, eve], default: ann}")
    waivers(waiver("required-fields"))
    verdict = judged()
    assert [one.finding.remedy for one in rows(verdict, "waiver-not-allowed")] == ["have it waived by bob or eve"]
    assert rows(verdict, "required-fields")[0].approvers == ("bob", "eve")
    waivers(waiver("required-fields", owner="eve"))
    assert judged().passed


def test_level_of_a_check_replaces_that_of_its_worst_findings() -> None:
    grown(12)
    policy(f"levels: {{{QUOTA}: warning}}")
    verdict = judged()
    assert verdict.passed
    assert [row.level for row in rows(verdict, QUOTA)] == ["warning"]
    with pytest.raises(InputError, match="levels"):
        policy(f'levels: {{{QUOTA}: "off"}}')
        judged()


# Where its files come from


def test_protected_folder_decides_policy_waivers_and_estate() -> None:
    gates.write(Path("main"), policy="version: 1\nrequired: [title]\n")
    waivers(waiver("required-fields"))  # what the change itself brings
    verdict = judged(protected="main")
    assert not verdict.passed
    assert verdict.judgement
    read = {one.role: one.path for one in verdict.judgement.inputs}
    assert read["policy"] == "main/policy.yaml"
    assert read["waivers"] == "main/waivers.yaml"
    assert read["estate"] == "main/estate.yaml"
    assert read["plan"] == "plan.yaml"


def test_project_of_a_change_cannot_name_another_policy_than_the_protected_one() -> None:
    gates.write(Path("main"), policy="version: 1\nrequired: [title]\n", lax="version: 1\n")
    Path("lax.yaml").write_text("version: 1\n", encoding="utf-8")
    replace("cenplan.yaml", "policy: policy.yaml", "policy: lax.yaml")
    assert judged().passed
    assert not judged(protected="main").passed


def test_inline_estate_cannot_be_protected() -> None:
    gates.write(Path("main"))
    inline = "estate:\n" + "".join(f"  {line}\n" for line in gates.ESTATE.splitlines())
    replace("plan.yaml", "estate: estate.yaml\n", inline)
    with pytest.raises(InputError, match="cannot be taken from the protected folder"):
        judged(protected="main")


def test_estate_and_price_books_of_a_project_hold_for_its_plans() -> None:
    Path("other.yaml").write_text(gates.ESTATE.replace("vpn: 40", "vpn: 49"), encoding="utf-8")
    replace("cenplan.yaml", "policy:", "estate: other.yaml\npolicy:")
    verdict = judged()
    assert rows(verdict, QUOTA)[0].level == "error"  # 49 + 5 of 50
    assert verdict.judgement and verdict.judgement.overrides == (
        "shops: the estate of the project (other.yaml), not what the plan names",
    )


def test_hashes_are_those_of_the_files() -> None:
    verdict = judged()
    assert verdict.judgement
    inputs = {one.role: one for one in verdict.judgement.inputs}
    assert set(inputs) == {"project", "policy", "waivers", "plan", "estate", "shipped price books"}
    for one in inputs.values():
        if one.role != "shipped price books":
            assert one.sha256 == hashlib.sha256(Path(one.path).read_bytes()).hexdigest()
    assert inputs["estate"].origin == "named by plan.yaml"
    assert inputs["policy"].origin == "named by cenplan.yaml"


# Exit statuses, files, decisions

DAY = ("--as-of", "2026-11-24")


def test_exit_statuses(run: Run) -> None:
    assert run("gate", *DAY)[0] == 0
    policy("required: [title]")
    assert run("gate", *DAY)[0] == 2
    policy("required: [title]\nlevels: {required-fields: warning}")
    assert run("gate", *DAY)[0] == 0
    assert run("gate", *DAY, "--fail-on-warn")[0] == 3
    assert run("gate")[0] == 1  # without a day
    replace("cenplan.yaml", "policy: policy.yaml\n", "")
    status, out, err = run("gate", *DAY)
    assert (status, out) == (1, "")
    assert "there is no policy" in err
    status, out, _ = run("gate", *DAY, "--no-policy", "--fail-on-warn")
    assert status == 3
    assert "warning[no-policy]" in out


def test_everything_is_written_before_the_gate_fails_and_is_valid(run: Run) -> None:
    policy("required: [title]\ndecision_valid_days: 30")
    status, out, _ = run("gate", *DAY, "-f", "markdown", "-f", "json", "-f", "junit", "-o", "review")
    assert status == 2
    assert out.startswith("FAILED as of 2026-11-24: 1 error")
    names = {"shops-gate.md", "shops-gate.json", "shops-gate.junit.xml", "decision.json"}
    assert {path.name for path in Path("review").iterdir()} == names
    schema = json.loads((ROOT / "docs" / "schema" / "decision.schema.json").read_text(encoding="utf-8"))
    record = json.loads(Path("review/decision.json").read_text(encoding="utf-8"))
    for value in (record, json.loads(Path("review/shops-gate.json").read_text(encoding="utf-8"))):
        jsonschema.Draft202012Validator(schema).validate(value)
    assert record["valid_until"] == "2026-12-24"  # 30 days after 2026-11-24
    assert record["approver"] == {"name": None, "date": None, "comment": None}


def test_decision_ends_with_the_first_waiver_that_it_rests_on() -> None:
    policy("required: [title]\ndecision_valid_days: 30")
    waivers(waiver("required-fields", expires="2026-12-01"))
    verdict = judged()
    assert verdict.judgement and verdict.judgement.valid_until == date(2026, 12, 1)


def test_verify_says_the_same_changed_or_expired(run: Run) -> None:
    policy("decision_valid_days: 30")
    run("gate", *DAY, "-o", "review")
    record = json.loads(Path("review/decision.json").read_text(encoding="utf-8"))
    record["approver"] = {"name": "Ann", "date": "2026-11-25", "comment": "fine"}
    Path("review/decision.json").write_text(json.dumps(record), encoding="utf-8")
    status, out, _ = run("verify", "review/decision.json")
    assert status == 0
    assert out.endswith("The same, byte for byte\n")
    assert "Ann" in out
    assert run("verify", "review/decision.json", "--as-of", "2026-12-23")[0] == 0
    status, out, _ = run("verify", "review/decision.json", "--as-of", "2026-12-24")
    assert (status, "EXPIRED: on 2026-12-24" in out) == (2, True)
    grown(12)
    status, out, _ = run("verify", "review/decision.json", "-f", "json")
    found = json.loads(out)
    assert status == 2
    assert not found["same"]
    changed = {(one["what"], one["which"]) for one in found["changes"]}
    assert {("input", "plan plan.yaml"), ("finding", f"{QUOTA} tr"), ("cost", ""), ("passed", "")} <= changed


def test_verify_notices_a_record_that_was_touched(run: Run) -> None:
    policy("required: [title]")
    run("gate", *DAY, "-o", "review")
    replace("review/decision.json", '"passed": false', '"passed": true')
    assert run("verify", "review/decision.json")[0] == 2


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"kind": "cenplan-decision", "version": 1}', "[" * 100_000])
def test_verify_refuses_what_is_no_decision(text: str, run: Run) -> None:
    Path("decision.json").write_text(text, encoding="utf-8")
    status, out, err = run("verify", "decision.json")
    assert (status, out) == (1, "")
    assert "help: name a decision.json that cenplan gate wrote" in err


def test_same_files_give_the_same_decision() -> None:
    assert decision.text(judged()) == decision.text(judged(AS_OF))


def test_hash_seed_changes_no_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    written = []
    for seed in ("1", "2"):
        command = [sys.executable, "-m", "planner.cli", "gate", "--project", "scenarios/rollout/cenplan.yaml", *DAY]
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        run = subprocess.run([*command, "-f", "json"], capture_output=True, env=environment, timeout=120)
        assert (run.returncode, run.stderr) == (2, b"")
        written.append(run.stdout)
    assert written[0] == written[1]


def test_check_loads_nothing_of_the_gate() -> None:
    code = """
import sys
from planner import cli
try:
    cli.main(["check", "plan.yaml"])
finally:
    print(*sys.modules, file=sys.stderr)
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, env=with_ours())
    loaded = set(run.stderr.split())
    assert "planner.verdict" in loaded
    assert not loaded & {"planner.gate", "planner.policy", "planner.waiver", "planner.policy_rule", "reports.gate_page"}


def with_ours() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


# Whatever a waiver says is data


def test_text_of_a_waiver_begins_no_line_link_or_command() -> None:
    policy("required: [title]")
    waivers(waiver("required-fields").replace("reason: why", r'reason: "a|b <i> ](x) %0A::error:: {0} &"'))
    verdict = judged()
    text = {name: machinery.load(name).render(verdict) for name in machinery.names()}
    (line,) = (one for one in text["github"].splitlines() if "required-fields" in one and one.startswith("::"))
    assert line.count("::") == 4  # two of the command, and two of the reason that are no command of their own
    assert "%250A" in line
    assert r"a\|b \<i\> \](x)" in text["markdown"]
    assert "] (x) %0A::error:: {{0}}" in text["sarif"]
    (case,) = ElementTree.fromstring(text["junit"]).iterfind(".//testcase[@name='required-fields']")
    assert case.find("failure") is None
    assert "<i>" in (case.findtext("system-out") or "")
    (entry,) = (one for one in json.loads(text["code-quality"]) if one["check_name"] == "required-fields")
    assert entry["severity"] == "info"
