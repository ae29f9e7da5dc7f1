"""A gallery of projects, policies and waivers that are refused: each file with what is then said of it.

What a file is tells its name: project-, policy- or waivers-; the right files that go with it lie in gallery_gate/files.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from planner import cli

GALLERY = Path(__file__).with_name("gallery_gate")
FILES = sorted(GALLERY.glob("*.yaml"))


def refusal(path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    """What the gate says of a file that it refuses."""
    monkeypatch.chdir(GALLERY)  # the texts name the files, not where they are
    for name in ("CENPLAN_OUT", "CENPLAN_FORMAT", "CENPLAN_PROJECT", "CENPLAN_PROTECTED"):
        monkeypatch.delenv(name, raising=False)
    kind = path.stem.partition("-")[0]
    plan = [] if kind == "project" else ["files/plan.yaml"]
    policy = ["--policy", "files/policy.yaml"] if kind == "waivers" else []
    with pytest.raises(SystemExit) as ended:
        cli.main(["gate", *plan, f"--{kind}", path.name, *policy, "--as-of", "2026-11-24"])
    printed = capsys.readouterr()
    assert (ended.value.code, printed.out) == (1, "")
    return printed.err


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_wrong_file_reads_like_its_golden_text(
    path: Path,
    golden: Callable[[Path, str], None],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    golden(path.with_suffix(".txt"), refusal(path, monkeypatch, capsys))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_problem_has_a_place_an_excerpt_and_a_remedy(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for problem in refusal(path, monkeypatch, capsys).rstrip("\n").split("\n\n"):
        place, *excerpt, remedy = problem.split("\n")
        assert place.startswith(f"{path.name}:")
        assert ": error: " in place
        assert len(excerpt) == 2
        assert remedy.startswith("  help: ")


def test_every_text_belongs_to_a_file() -> None:
    assert {path.stem for path in GALLERY.glob("*.txt")} == {path.stem for path in FILES}
