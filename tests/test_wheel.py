"""The wheel holds the four packages with their data, the command and the licence, and nothing else."""

from __future__ import annotations

import email
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import planner

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("planner", "pricing", "scenarios", "reports")
DATA = {".yaml", ".csv", ".json", ".j2", ".css", ".js"}


def build(directory: Path) -> Path:
    """Build the wheel into ``directory``, without a network and with the hatchling that is installed."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(directory)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr
    (wheel,) = directory.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def read(wheel: Path, name: str) -> str:
    with zipfile.ZipFile(wheel) as archive:
        (found,) = [member for member in archive.namelist() if member.endswith(f".dist-info/{name}")]
        return archive.read(found).decode("utf-8")


def test_wheel_is_named_after_the_version_and_runs_anywhere(wheel: Path) -> None:
    assert wheel.name == f"cenplan-{planner.__version__}-py3-none-any.whl"


def test_wheel_holds_the_four_packages_and_nothing_else(names: set[str]) -> None:
    dist_info = f"cenplan-{planner.__version__}.dist-info"
    assert {name.split("/")[0] for name in names} == {*PACKAGES, dist_info}
    stray = [
        name
        for name in names
        if set(name.split("/")) & {"tests", "docs", "benchmarks", "__pycache__", ".ci", "out"}
        or name.endswith((".pyc", ".orig", ".rej", ".swp", "~"))
    ]
    assert not stray


def test_wheel_holds_every_source_and_data_file_of_the_packages(names: set[str]) -> None:
    expected = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.suffix in {".py", *DATA} and "__pycache__" not in path.parts
    }
    assert expected
    assert not expected - names


def test_wheel_holds_the_command_the_licence_and_what_it_needs(wheel: Path, names: set[str]) -> None:
    assert "cenplan = planner.cli:main" in read(wheel, "entry_points.txt").splitlines()
    assert any(name.endswith("/licenses/LICENSE") for name in names)

    metadata = email.message_from_string(read(wheel, "METADATA"))
    assert (metadata["Name"], metadata["Version"]) == ("cenplan", planner.__version__)
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["License-Expression"] == "Apache-2.0"

    always = {line.split(">")[0].lower() for line in metadata.get_all("Requires-Dist", []) if "extra ==" not in line}
    assert always == {
        "jinja2", "matplotlib", "numpy", "openpyxl", "pandas",
        "pydantic", "pyyaml", "reportlab", "typer", "xlsxwriter",
    }  # fmt: skip


def test_wheel_is_the_same_bytes_when_built_again(wheel: Path, tmp_path: Path) -> None:
    assert build(tmp_path).read_bytes() == wheel.read_bytes()


@pytest.mark.skipif(not (ROOT / "planner" / "cli.py").exists(), reason="planner/cli.py does not exist")
def test_command_runs_from_the_wheel_alone(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    def cenplan(*arguments: str) -> subprocess.CompletedProcess[str]:
        program = (
            "import sys, planner, planner.cli\n"
            f"assert planner.__file__.startswith({str(tmp_path)!r}), planner.__file__\n"
            "sys.argv[0] = 'cenplan'\n"
            "planner.cli.main()\n"
        )
        return subprocess.run(
            [sys.executable, "-c", program, *arguments],
            cwd=elsewhere,
            env={**os.environ, "PYTHONPATH": str(tmp_path / "site")},
            capture_output=True,
            text=True,
            timeout=120,
        )

    assert planner.__version__ in cenplan("--version").stdout
    # Prices and the example's own files come from the wheel, too.
    plan = tmp_path / "site" / "scenarios" / "apac-branches.yaml"
    estimate = cenplan("estimate", str(plan))
    assert estimate.returncode == 0, estimate.stderr
    assert "USD" in estimate.stdout
    assert "<!DOCTYPE html>" in cenplan("estimate", str(plan), "-f", "html").stdout
    selftest = cenplan("selftest")
    assert selftest.returncode == 0, selftest.stdout + selftest.stderr
