"""A gallery of plans that are refused: each file is wrong in one way; its text is what the command then says.

The files that they name, which are right or wrong in their turn, lie in gallery_plan/files.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from planner import cli
from tests.support.told import unfolded

GALLERY = Path(__file__).with_name("gallery_plan")
PLANS = sorted(GALLERY.glob("*.yaml"))
READS_PRICES = ("amounts", "book-")
"""What a check, which prices nothing, cannot know."""


@pytest.fixture(autouse=True)
def _inside_the_gallery(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(GALLERY)  # the texts name the files, not where they are
    for name in ("CENPLAN_AS_OF", "CENPLAN_OUT", "CENPLAN_FORMAT", "CENPLAN_DEBUG"):
        monkeypatch.delenv(name, raising=False)


def refusal(command: str, plan: str, capsys: pytest.CaptureFixture[str]) -> str:
    """What a command says of a plan that it refuses."""
    with pytest.raises(SystemExit) as ended:
        cli.main([command, plan])
    printed = capsys.readouterr()
    assert ended.value.code == 1
    assert printed.out == ""
    return printed.err


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_wrong_plan_reads_like_its_golden_text(
    path: Path, golden: Callable[[Path, str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    said = refusal("estimate", path.name, capsys)
    golden(path.with_suffix(".txt"), said)
    if not path.stem.startswith(READS_PRICES):
        assert refusal("check", path.name, capsys) == said


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_every_problem_of_a_plan_has_a_place_an_excerpt_and_a_remedy(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    problems = unfolded(refusal("estimate", path.name, capsys)).rstrip("\n").split("\n\n")
    for problem in (one for one in problems if not one.startswith("… and ")):
        place, source, caret, remedy = problem.split("\n")
        file, line, column, level = place.split(":")[:4]
        assert level == " error"
        text = Path(file).read_text(encoding="utf-8").splitlines()[int(line) - 1]
        assert 1 <= int(column) <= len(text) + 1
        marked = source[caret.index("^") :].removesuffix("…")
        assert text[int(column) - 1 :].startswith(marked)  # the caret stands under what is meant
        assert remedy.startswith("  help: ")


def test_every_text_and_every_file_of_the_gallery_is_used() -> None:
    assert {path.stem for path in GALLERY.glob("*.txt")} == {path.stem for path in PLANS}
    named = "\n".join(path.read_text(encoding="utf-8") for path in PLANS)
    unused = [path.name for path in (GALLERY / "files").iterdir() if f"files/{path.name}" not in named]
    assert not unused
