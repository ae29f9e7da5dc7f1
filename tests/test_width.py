"""Text for a terminal is at most 100 columns wide; only an address, which must stay whole, can reach beyond."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.core.fold import WIDTH, folded
from planner.core.problem import Finding, Location, Problem, draw, noted, render
from reports import layout
from tests.support.told import unfolded

ROOT = Path(__file__).resolve().parent
TEXTS = sorted(
    path
    for folder in ROOT.iterdir()
    if folder.name.startswith(("golden", "gallery"))
    for path in folder.rglob("*.txt")
    if not path.name.endswith(".github.txt")  # an annotation of GitHub is one line, which only GitHub shows
)
_ADDRESS = re.compile(r"\s*([a-z]+ +)?https?://\S+")
_LEFT_OUT = re.compile(r"\[\d+ more lines; sha256 of the whole text: \w+]")
"""What a golden file of this project, and no command, says of the lines that it leaves out."""


def too_wide(text: str) -> list[str]:
    """Lines that are too wide; what a user types, behind a $, is as wide as that."""
    wide = (line for line in text.split("\n") if len(line) > WIDTH)
    return [line for line in wide if not (_ADDRESS.fullmatch(line) or _LEFT_OUT.fullmatch(line) or line[:2] == "$ ")]


def test_texts_are_found() -> None:
    assert len(TEXTS) > 200
    assert {"gate.txt", "check.txt", "estimate.txt"} <= {path.name for path in TEXTS}


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_text_is_wider_than_a_terminal(path: Path) -> None:
    assert not too_wide(path.read_text(encoding="utf-8"))


def test_width_is_held_against_every_line_but_addresses() -> None:
    address = "https://example.com/" + "a" * 100
    assert not too_wide(f"    {address}\nsource    {address}\n" + "x" * 100)
    assert too_wide("x" * 101) and too_wide(f"see {address} for more")


WORDS = st.lists(st.text("abcxyz-·,", min_size=1, max_size=30), min_size=1, max_size=60)


@given(WORDS, st.text("ab ", max_size=40))
def test_folding_keeps_every_word_and_the_width(words: list[str], first: str) -> None:
    lines = folded(" ".join(words), first=first)
    assert " ".join(lines).split() == [*first.split(), *words] or first.strip()
    assert all(len(line) <= WIDTH for line in lines)
    assert all(line.startswith("  ") for line in lines[1:])


def test_currency_stays_with_its_amount() -> None:
    assert folded("costs USD 1,234.56 in all", 14) == ["costs", "  USD 1,234.56", "  in all"]


@given(WORDS, st.booleans(), st.sampled_from(["plan.yaml", "a/long/way/to/the/file/that/holds/the/plan.yaml"]))
def test_problem_that_is_folded_says_the_same(words: list[str], a_finding: bool, file: str) -> None:
    message, remedy = " ".join(words), " ".join(reversed(words))
    place = Location(file, 7, 3)
    problem = Problem(place, message, remedy, drawn="  7 | a: b\n    | ^")
    found = Finding("throughput", "warning", "a", None, message, remedy, "")
    one = found if a_finding else problem
    lines = render(one, width=WIDTH).split("\n")
    assert all(len(line) <= WIDTH for line in lines)
    assert unfolded("\n".join(lines)) == render(one)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", render(one, color=True, width=WIDTH))
    assert plain.split("\n") == lines


def test_long_message_stands_below_a_long_place() -> None:
    place = Location("scenarios/of/a/company/with/long/names/plan.yaml", 33, 12)
    problem = Problem(place, "w" * 40 + " is unknown", "say it")
    assert render(problem, width=WIDTH).split("\n") == [
        f"{place}: error:",
        "    " + "w" * 40 + " is unknown",
        "  help: say it",
    ]


def test_note_of_several_lines_is_indented() -> None:
    assert noted("source", "word " * 25, width=WIDTH) == [
        "  source: " + "word " * 17 + "word",
        "    " + "word " * 6 + "word",
    ]


@given(st.text("abc {}", max_size=400), st.integers(1, 400), st.integers(1, 99_999))
def test_excerpt_fits_a_terminal(line: str, column: int, number: int) -> None:
    assert all(len(part) <= WIDTH for part in draw(line, number, column).split("\n"))


def test_table_that_is_too_wide_folds_its_names() -> None:
    header = ("cost", "note")
    rows = [
        ("router", "x" * 70),
        ("├─ Transit router data processing (VPC side)", "1"),
        ("└─ " + "y" * 50, "2"),
        ("z" * 60, ""),
    ]
    assert layout.table(header, rows, "<>") == [
        f"cost{'note':>90}",
        "─" * 94,
        f"{'router':24}" + "x" * 70,
        f"{'├─ Transit router data':24}{'1':>70}",
        "│    processing (VPC side)",
        "└─ " + "y" * 50,
        f"{'':24}{'2':>70}",
        "z" * 60,
    ]


def test_table_that_fits_stays_as_it_is() -> None:
    assert layout.table(("a", "b"), [("Transit router", "1"), ("", "22")], "<>") == [
        "a                b",
        "──────────────────",
        "Transit router   1",
        "                22",
    ]
