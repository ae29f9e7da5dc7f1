"""Formats of a check: complete, valid, the same from the same plan, and whatever a plan says is data in them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner import check, quota, verdict
from planner.core.problem import Finding, Place, visible
from planner.core.source import parse_yaml
from planner.plan import LEVELS, Plan, make_plan
from planner.scenario import read_scenario
from planner.verdict import Row
from reports import format as machinery
from tests.support.examples import EXAMPLES, SCENARIOS, example

FAILS, PASSES = "apac-branches", "private-vbr"
MACHINE = ("code-quality", "github", "junit", "sarif")


@cache
def checked(name: str) -> Plan:
    """An example as `check` calculates it, without prices."""
    return make_plan([read_scenario(str(SCENARIOS / f"{name}.yaml"))], None)


def rendered(name: str, plan: Plan) -> str:
    """A format of a plan, as a file holds it."""
    text = machinery.load(name).render(verdict.of_check(plan))
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


# The folder


def test_formats_have_files_of_their_own_and_say_what_they_are_for() -> None:
    assert machinery.names()[0] == "text"
    found = [machinery.load(name) for name in machinery.names()]
    assert len({one.extension for one in found}) == len(found)  # all of them fit into one folder
    assert all(one.purpose for one in found)


@pytest.mark.parametrize("name", EXAMPLES)
def test_checks_declare_their_worst_level_and_whether_they_need_prices(name: str) -> None:
    declared = {**check.declared(), **quota.declared()}
    for finding in (*example(name).made.findings, *checked(name).findings):
        worst = getattr(declared[finding.code], "level", "error")
        assert LEVELS.index(finding.level) >= LEVELS.index(worst), finding
    for finding in checked(name).findings:
        assert not getattr(declared[finding.code], "needs_prices", False), finding
    only_priced = {one.code for one in example(name).made.findings} - {one.code for one in checked(name).findings}
    assert all(check.declared()[code].needs_prices for code in only_priced)


# SARIF. The part of the format that cenplan writes, and no more; section numbers are those of the OASIS Standard, SARIF
# Version 2.1.0. test_published_schemas.py holds what the command writes against the whole schema.


def closed(required: str, optional: str = "", **properties: Any) -> dict[str, Any]:
    """An object with these properties and no others, as every object of SARIF is."""
    assert {*required.split(), *optional.split()} == set(properties)
    return {
        "type": "object",
        "properties": properties,
        "required": required.split(),
        "additionalProperties": False,
    }


TEXT = {"type": "string", "minLength": 1}
MESSAGE = closed("text", text=TEXT)  # 3.11.8, 3.12.3
LEVEL = {"enum": ["none", "note", "warning", "error"]}  # 3.27.10, 3.50.3
FROM_1 = {"type": "integer", "minimum": 1}
RULE = closed(  # 3.49
    "id shortDescription fullDescription help defaultConfiguration properties",
    "helpUri",
    id=TEXT,
    shortDescription=MESSAGE,
    fullDescription=MESSAGE,
    help=MESSAGE,
    helpUri={"type": "string", "pattern": "^https://"},
    defaultConfiguration=closed("level", level=LEVEL),
    properties={"type": "object"},
)
PLACE = closed(  # 3.29
    "artifactLocation",
    "region",
    artifactLocation=closed("uri", uri={"type": "string", "pattern": r"^(?!/)([\w.~/-]|%[0-9A-F]{2})+$"}),  # 3.4.3
    region=closed("startLine startColumn", startLine=FROM_1, startColumn=FROM_1),  # 3.30.5, 3.30.6
)
RESULT = closed(  # 3.27
    "ruleId ruleIndex level message locations partialFingerprints",
    ruleId=TEXT,
    ruleIndex={"type": "integer", "minimum": 0},
    level=LEVEL,
    message=MESSAGE,
    locations={"type": "array", "items": closed("physicalLocation", physicalLocation=PLACE), "minItems": 1},
    partialFingerprints={"type": "object", "additionalProperties": TEXT},
)
RUN = closed(  # 3.14
    "tool columnKind results",
    tool=closed(
        "driver",
        driver=closed(
            "name version rules",
            name=TEXT,
            version=TEXT,
            rules={"type": "array", "items": RULE, "uniqueItems": True},  # 3.19.23
        ),
    ),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},  # 3.14.17
    results={"type": "array", "items": RESULT},
)
SARIF = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    **closed(  # 3.13
        "version runs $schema",
        **{
            "version": {"const": "2.1.0"},
            "runs": {"type": "array", "items": RUN, "minItems": 1, "maxItems": 1},
            "$schema": {"type": "string", "pattern": r"^https://.*sarif-schema-2\.1\.0\.json$"},
        },
    ),
}


def sarif(plan: Plan) -> dict[str, Any]:
    """The run of a SARIF log that is valid."""
    log = json.loads(rendered("sarif", plan))
    jsonschema.validate(log, SARIF)
    run = log["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]  # 3.27.6
        assert not re.search(r"(?<!\{)(?:\{\{)*\{\d+\}", result["message"]["text"])  # a placeholder, 3.11.5
        assert "](" not in result["message"]["text"]  # a link, 3.11.6
    return run


@pytest.mark.parametrize("name", EXAMPLES)
def test_sarif_is_valid_and_has_every_finding(name: str) -> None:
    plan = checked(name)
    run = sarif(plan)
    ids = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert ids == [*quota.declared(), *check.declared()]
    assert len(run["results"]) == len(plan.findings)
    for result, finding in zip(run["results"], plan.findings, strict=True):
        region = result["locations"][0]["physicalLocation"]["region"]
        assert (region["startLine"], region["startColumn"]) == finding.location[1:]
        assert result["level"] == {"error": "error", "warning": "warning", "info": "note"}[finding.level]


# JUnit


@pytest.mark.parametrize("name", EXAMPLES)
def test_junit_has_a_case_per_quota_and_check(name: str) -> None:
    plan = checked(name)
    root = ElementTree.fromstring(rendered("junit", plan))
    (suite,) = root
    cases = {(case.get("classname"), case.get("name")): case for case in suite}
    assert list(cases) == [*(("quota", one) for one in quota.declared()), *(("check", one) for one in check.declared())]
    failed = {words[1] for words, case in cases.items() if case.find("failure") is not None}
    assert failed == {one.code for one in plan.findings if one.level == "error"}
    skipped = {words[1] for words, case in cases.items() if case.find("skipped") is not None}
    unknown = {use.id for use in plan.quotas if ((use.status == quota.NOT_KNOWN).any(axis=1) & (use.planned > 0)).any()}
    assert skipped == {one for one, declared in check.declared().items() if declared.needs_prices} | unknown
    counts = (len(cases), len(failed), 0, len(skipped))
    assert tuple(int(root.get(key, "")) for key in ("tests", "failures", "errors")) == counts[:3]
    assert tuple(int(suite.get(key, "")) for key in ("tests", "failures", "errors", "skipped")) == counts
    for element in (root, suite):
        assert not {"time", "timestamp", "hostname"} & set(element.keys())


def test_quota_with_an_unknown_limit_is_skipped_and_does_not_pass() -> None:
    plan = checked(PASSES)
    use = next(use for use in plan.quotas if use.id == "vpn-attachments-per-transit-router")
    unknown = replace(use, status=use.status * 0 + quota.NOT_KNOWN)
    plan = replace(plan, quotas=(unknown,), findings=())
    case = ElementTree.fromstring(rendered("junit", plan)).find(f".//testcase[@name='{use.id}']/skipped")
    assert case is not None
    touched = [name for name, steps in zip(use.scopes, use.planned, strict=True) if steps]
    assert touched
    assert case.get("message") == f"the limit is unknown: {', '.join(touched)}"


# Fingerprints


def fingerprints(plan: Plan) -> list[tuple[str, str, str]]:
    pairs = zip(plan.findings, machinery.fingerprints(verdict.of_check(plan)), strict=True)
    return sorted((one.code, one.subject, fingerprint) for one, fingerprint in pairs)


def test_fingerprints_tell_findings_apart_and_do_not_follow_lines(tmp_path: Path) -> None:
    plan = checked(FAILS)
    assert len({fingerprint for *_, fingerprint in fingerprints(plan)}) == len(plan.findings)
    for name in ("apac-branches.yaml", "apac-estate.yaml"):
        text = (SCENARIOS / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text("# moved\n# by two lines\n" + text, encoding="utf-8")
    moved = make_plan([read_scenario(str(tmp_path / "apac-branches.yaml"))], None)
    assert [one.location.line for one in moved.findings] == [one.location.line + 2 for one in plan.findings]
    assert fingerprints(moved) == fingerprints(plan)


# Places


def test_paths_are_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(SCENARIOS.parent)
    plan = checked(FAILS)  # read by its absolute path
    assert plan.scenarios[0].source.name.startswith("/")
    for name in MACHINE:
        text = rendered(name, plan)
        assert str(SCENARIOS.parent) not in text
        assert "scenarios/apac-branches.yaml" in text
    assert machinery.shown_path("./a/../plan.yaml") == "plan.yaml"
    assert machinery.shown_path("<stdin>") == "<stdin>"


def test_finding_without_a_line_stands_at_its_file_or_the_plan() -> None:
    plan = checked(PASSES)
    finding = Finding("edition", "error", "x", None, "wrong", "", "")
    plan = replace(plan, findings=(finding,))
    file = machinery.shown_path(plan.scenarios[0].source.name)
    assert machinery.spot(finding, verdict.of_check(plan)) == (file, 0, 0)
    (result,) = sarif(plan)["results"]
    assert "region" not in result["locations"][0]["physicalLocation"]
    assert ",line=" not in rendered("github", plan)
    (entry,) = json.loads(rendered("code-quality", plan))
    assert entry["location"] == {"path": file, "lines": {"begin": 1}}


# Whatever a plan says is data

ANYTHING = st.text(st.characters(exclude_categories=()), max_size=30) | st.sampled_from(
    [
        "a\n::error::x",
        "%0A::stop-commands::x",
        "##[error]x",
        "file=a,line=1::b",
        "]]></failure><testcase/>",
        '"><script>&amp;&lt;',
        "[click](https://evil.example)",
        "{0} {{1}} {",
        "\x00\x1b[31m\u202e\ufffe\uffff\u2028\x85",
        "\ud800",
    ]
)


def unescaped(text: str) -> str:
    """What GitHub Actions makes of an escaped value."""
    for code, char in (("%2C", ","), ("%3A", ":"), ("%0A", "\n"), ("%0D", "\r"), ("%25", "%")):
        text = text.replace(code, char)
    return text


@st.composite
def findings(draw: st.DrawFn) -> list[Finding]:
    """Findings whose every text can be anything, also the name of their file."""
    source = parse_yaml("a: 1\nb: 2\n", "x" + draw(ANYTHING))
    return [
        Finding(
            code=draw(st.sampled_from(["edition", "vpn-attachments-per-transit-router", "a-rule-of-later"])),
            level=draw(st.sampled_from(LEVELS)),
            subject=draw(ANYTHING),
            place=Place(source, (draw(st.sampled_from("ab")),)),
            message="m" + draw(ANYTHING),
            remedy=draw(ANYTHING),
            source=draw(ANYTHING),
        )
        for _ in range(draw(st.integers(1, 3)))
    ]


@given(findings())
def test_whatever_a_plan_says_is_data_in_every_format(found: list[Finding]) -> None:
    plan = replace(checked(PASSES), findings=tuple(found))
    spots = [machinery.spot(one, verdict.of_check(plan)) for one in found]
    said = [machinery.said(Row(one)) for one in found]
    assert all(line.isprintable() or not re.search(r"[\x00-\x1f\u2028\u2029]", line) for line in said)

    results = sarif(plan)["results"]
    assert [undoubled(one["message"]["text"]) for one in results] == [one.replace("](", "] (") for one in said]
    uris = [one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in results]
    assert [unquote(one) for one in uris] == [written(spot.file) for spot in spots]

    entries = json.loads(rendered("code-quality", plan))
    assert [one["description"] for one in entries] == said
    assert [one["location"]["lines"]["begin"] for one in entries] == [spot.line for spot in spots]
    assert len({one["fingerprint"] for one in entries}) == len(found)

    *lines, last = rendered("github", plan).removesuffix("\n").split("\n")
    assert last.startswith(("PASSED: ", "FAILED: "))
    assert len(lines) == len(found)
    for line, one, spot, words in zip(lines, found, spots, said, strict=True):
        match = re.fullmatch(r"::(error|warning|notice) file=([^:,]*),line=(\d+),col=\d+,title=([^:,]*)::(.*)", line)
        assert match
        assert unescaped(match[2]) == visible(spot.file)
        assert match[4] == f"cenplan {one.code}"
        assert unescaped(match[5]) == words

    root = ElementTree.fromstring(rendered("junit", plan).encode("utf-8"))
    assert {element.tag for element in root.iter()} <= {
        "testsuites", "testsuite", "testcase", "failure", "skipped", "system-out",
    }  # fmt: skip
    shown = [line for case in root.iter("testcase") for part in case for line in (part.text or "").split("\n") if line]
    assert len(shown) == len(found)


def undoubled(text: str) -> str:
    return text.replace("{{", "{").replace("}}", "}")


def written(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


@given(ANYTHING)
def test_name_of_a_plan_ends_no_attribute(name: str) -> None:
    plan = checked(PASSES)
    scenario = plan.scenarios[0]
    named = replace(plan, scenarios=(replace(scenario, plan=scenario.plan.model_copy(update={"name": name})),))
    (suite,) = ElementTree.fromstring(rendered("junit", named).encode("utf-8"))
    assert suite.get("name", "").startswith("cenplan check ")
    assert suite.keys() == ["name", "tests", "failures", "errors", "skipped"]
