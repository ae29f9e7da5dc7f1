"""What the gate prints for the example project, in every format; `pytest --golden` rewrites it for review."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from planner import cli, decision
from reports import format as machinery

ROOT = Path(__file__).resolve().parents[1]
GOLDEN = ROOT / "tests" / "golden" / "gate"
PROJECT = ("gate", "--project", "scenarios/rollout/cenplan.yaml", "--as-of", "2026-11-24")


@pytest.mark.parametrize("name", machinery.names())
@pytest.mark.usefixtures("in_the_repository")
def test_gate_prints_what_is_kept(
    name: str, golden: Callable[[Path, str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([*PROJECT, "-f", name])
    printed = capsys.readouterr()
    assert (ended.value.code, printed.err) == (2, "")
    golden(GOLDEN / f"gate.{machinery.load(name).extension}", printed.out)


@pytest.mark.usefixtures("in_the_repository")
def test_gate_records_what_is_kept(golden: Callable[[Path, str], None], tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        cli.main([*PROJECT, "-o", str(tmp_path)])
    golden(GOLDEN / decision.FILE, (tmp_path / decision.FILE).read_text(encoding="utf-8"))
    assert {path.name for path in tmp_path.iterdir()} == {decision.FILE, "apac-branches+apac-warehouses-gate.txt"}
