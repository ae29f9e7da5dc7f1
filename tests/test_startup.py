"""Start-up is fast: what a command does not need, it does not load."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PLAN = ROOT / "scenarios" / "apac-branches.yaml"
IMPORTED = re.compile(r"^import time: .*\| +(\S+)\n", flags=re.MULTILINE)
SLOW_TO_LOAD = {"pandas", "matplotlib", "xlsxwriter", "openpyxl", "jinja2", "jsonschema", "reportlab", "rich"}

needs_cli = pytest.mark.skipif(not (ROOT / "planner" / "cli.py").exists(), reason="planner/cli.py does not exist")
needs_example = pytest.mark.skipif(not PLAN.exists(), reason=f"scenarios/{PLAN.name} does not exist")


def loaded_by(*arguments: str) -> tuple[set[str], subprocess.CompletedProcess[str]]:
    """The top-level packages that a fresh interpreter loads when run with these arguments."""
    command = [sys.executable, "-X", "importtime", *arguments]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    names = IMPORTED.findall(run.stderr)
    run.stderr = IMPORTED.sub("", run.stderr).strip()
    assert names, run.stderr
    return {name.split(".")[0] for name in names}, run


def modules_below_reports() -> list[str]:
    paths = [path for top in ("planner", "pricing") for path in sorted((ROOT / top).rglob("*.py"))]
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in paths]
    return [name for name in names if not name.startswith(("planner.cli", "planner.command"))]


def test_nothing_below_the_reports_loads_slow_libraries() -> None:
    names = modules_below_reports()
    loaded, run = loaded_by("-c", f"import importlib\nfor name in {names!r}: importlib.import_module(name)")
    assert run.returncode == 0, run.stderr
    assert not loaded & SLOW_TO_LOAD


@needs_cli
@pytest.mark.parametrize("arguments", [("-c", "import planner.cli"), ("-m", "planner.cli", "--version")], ids=" ".join)
def test_command_line_loads_no_slow_libraries(arguments: tuple[str, ...]) -> None:
    loaded, run = loaded_by(*arguments)
    assert run.returncode == 0, run.stderr
    assert "planner" in loaded
    assert not loaded & SLOW_TO_LOAD


@needs_cli
@needs_example
def test_check_loads_no_slow_libraries() -> None:
    loaded, run = loaded_by("-m", "planner.cli", "check", str(PLAN))
    assert run.returncode in (0, 2), run.stderr  # 2: the plan breaks a quota
    assert "pydantic" in loaded
    assert not loaded & SLOW_TO_LOAD


@needs_cli
@needs_example
@pytest.mark.parametrize("name", ["text", "sarif"])
def test_check_loads_the_format_that_is_asked_for_and_no_other(name: str) -> None:
    code = f"""
import sys
from planner import cli
try:
    cli.main(["check", {str(PLAN)!r}, "-f", {name!r}])
finally:
    print(*sorted(name for name in sys.modules if name.startswith("reports.formats.")), file=sys.stderr)
"""
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert run.stderr.split() == [f"reports.formats.{name}"]


@needs_cli
@pytest.mark.parametrize("arguments", [("selftest",), ("explain", "cdt-internet")], ids=" ".join)
def test_what_answers_without_a_plan_loads_no_slow_libraries(arguments: tuple[str, ...]) -> None:
    loaded, run = loaded_by("-m", "planner.cli", *arguments)
    assert run.returncode == 0, run.stderr
    assert not loaded & SLOW_TO_LOAD


@needs_cli
@needs_example
def test_check_does_without_masked_arrays() -> None:
    # numpy loads them lazily, for a plain np.unique among others, and they take longer than all quotas together
    code = (
        "import sys\nfrom planner import cli\n"
        f"try:\n    cli.main(['check', {str(PLAN)!r}])\nexcept SystemExit:\n    print('numpy.ma' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert run.stdout.splitlines()[-1] == "False", run.stderr
