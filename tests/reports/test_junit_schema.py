"""JUnit XML held against the schema that Jenkins publishes, as the command writes it and as golden files keep it."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner import cli
from tests.support.example_plans import GALLERY
from tests.support.examples import EXAMPLES, SCENARIOS
from tests.support.schemas import JUNIT, bytes_of

ROOT = SCENARIOS.parent
KEPT = sorted((ROOT / "tests" / "golden").rglob("*.junit.xml"))
PLANS = [*(SCENARIOS / f"{name}.yaml" for name in EXAMPLES), *sorted(GALLERY.glob("*.yaml"))]

pytestmark = pytest.mark.usefixtures("in_the_repository")


def errors(report: bytes) -> list[str]:
    """What the schema refuses of a report."""
    etree = pytest.importorskip("lxml.etree", reason="lxml is not installed: run make setup")
    schema = etree.XMLSchema(etree.fromstring(bytes_of(JUNIT)))
    schema.validate(etree.fromstring(report))
    return [f"{error.line}: {error.message}" for error in schema.error_log]


def test_golden_files_of_a_check_and_a_gate_are_there() -> None:
    assert {"check.junit.xml", "gate.junit.xml"} == {path.name for path in KEPT}


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.parent.name)
def test_what_is_kept_is_valid(path: Path) -> None:
    assert not errors(path.read_bytes())


@pytest.mark.parametrize("plan", PLANS, ids=lambda path: path.stem)
def test_what_a_check_writes_is_valid(plan: Path, tmp_path: Path) -> None:
    assert not errors(written(["check", str(plan)], tmp_path))


@pytest.mark.parametrize(
    "what",
    [["--project", "scenarios/rollout/cenplan.yaml"], ["scenarios/two-routers.yaml", "--no-policy"]],
    ids=["policy", "no-policy"],
)
def test_what_a_gate_writes_is_valid(what: list[str], tmp_path: Path) -> None:
    assert not errors(written(["gate", *what, "--as-of", "2026-11-24"], tmp_path))


def written(command: list[str], folder: Path) -> bytes:
    with pytest.raises(SystemExit) as ended:
        cli.main([*command, "-f", "junit", "-f", "json", "-o", str(folder)])
    assert ended.value.code in (0, 2)
    (report,) = folder.glob("*.junit.xml")
    return report.read_bytes()


@pytest.mark.parametrize(
    "wrong",
    [
        '<testsuites skipped="1"/>',
        '<testsuites><testsuite name="a" tests="0" errors="0"/></testsuites>',
        "<testsuites><report/></testsuites>",
        "<testsuites><testcase name='a'/></testsuites>",
    ],
)
def test_the_schema_refuses_what_is_wrong(wrong: str) -> None:
    assert errors(wrong.encode())
