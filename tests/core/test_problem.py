"""Places, and how problems look on a terminal."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.core.problem import (
    EXCERPT_WIDTH,
    Finding,
    InputError,
    Location,
    Place,
    Problem,
    draw,
    quoted,
    render,
    render_all,
    visible,
)
from planner.core.source import parse_yaml

SOURCE = parse_yaml("a: 1\nb:\n  c: wrong\n", "plan.yaml")


def columns(text: str) -> int:
    """Terminal columns that a text takes."""
    zero = ("Mn", "Me", "Cf")
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text if unicodedata.category(char) not in zero)
    return len(text) + wide - sum(unicodedata.category(char) in zero for char in text)


def test_location_reads_like_a_compiler_and_sorts_by_position() -> None:
    assert str(Location("plan.yaml", 7, 27)) == "plan.yaml:7:27"
    assert str(Location("plan.yaml", 0, 0)) == "plan.yaml"
    assert sorted([Location("b", 1, 1), Location("a", 10, 1), Location("a", 9, 30), Location("a", 9, 4)]) == [
        Location("a", 9, 4),
        Location("a", 9, 30),
        Location("a", 10, 1),
        Location("b", 1, 1),
    ]


def test_problem_shows_place_excerpt_and_remedy() -> None:
    problem = Problem(Place(SOURCE, ("b", "c")), "c must be a number, not 'wrong'", "write digits, such as 12.5")
    assert render(problem) == (
        "plan.yaml:3:6: error: c must be a number, not 'wrong'\n"
        "  3 |   c: wrong\n"
        "    |      ^\n"
        "  help: write digits, such as 12.5"
    )


def test_problem_of_a_whole_file_has_no_excerpt() -> None:
    problem = Problem(Location("plan.yaml", 0, 0), "no such file", "check the name")
    assert render(problem) == "plan.yaml: error: no such file\n  help: check the name"


def test_finding_shows_its_level_and_code() -> None:
    finding = Finding(
        "some-quota", "warning", "tr-a", Place(SOURCE, ("b",), key=True), "46 of 50", "ask for more", "page"
    )
    assert render(finding) == ("plan.yaml:2:1: warning[some-quota]: 46 of 50\n  2 | b:\n    | ^\n  help: ask for more")
    nowhere = Finding("unpriced", "info", "tr-a", None, "no rate is known", "", "")
    assert nowhere.location is None
    assert render(nowhere) == "info[unpriced]: no rate is known"


def test_color_adds_codes_and_nothing_else() -> None:
    problem = Problem(Place(SOURCE, ("b", "c")), "message", "remedy")
    colored = render(problem, color=True)
    assert "\x1b[1;31m" in colored
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == render(problem)


def test_input_error_tells_everything_in_the_order_of_the_lines() -> None:
    places = [("b", "c"), ("a",), ("b",)]
    error = InputError(Problem(Place(SOURCE, place), "wrong", "remedy") for place in places)
    assert [problem.location.line for problem in error.problems] == [1, 3, 3]
    assert str(error) == render_all(error.problems)
    assert [problem.location.column for problem in error.problems] == [4, 3, 6]
    assert str(error).count("error: wrong") == 3


def test_input_error_tells_once_what_an_alias_repeats() -> None:
    source = parse_yaml("a: &x {n: wrong}\nb: *x\n", "plan.yaml")
    error = InputError(Problem(Place(source, (name, "n")), "wrong", "remedy") for name in "ab")
    assert len(error.problems) == 1


def test_render_all_can_be_cut_short() -> None:
    problems = [Problem(Location("f", line, 1), "m", "") for line in range(1, 6)]
    assert render_all(problems, limit=2) == "f:1:1: error: m\n\nf:2:1: error: m\n\n… and 3 more"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain 中文", "plain 中文"),
        ("\x1b[31m", "\\x1b[31m"),
        ("a\tb\nc\rd", "a\\tb\\nc\\rd"),
        ("\u202eevil", "\\u202eevil"),
        ("\ud800", "\\ud800"),
        ("\x9b31m", "\\x9b31m"),
    ],
)
def test_what_disturbs_a_terminal_is_escaped(text: str, shown: str) -> None:
    assert visible(text) == shown
    assert quoted(text) == f"'{shown}'"


def test_messages_and_file_names_cannot_write_escapes() -> None:
    problem = Problem(Location("a\x1b[2J.yaml", 1, 1), "unknown key '\x1b[31m'", "\x07", "  1 | x\n    | ^")
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", render(problem))


def test_caret_stands_under_a_value_after_wide_characters_and_tabs() -> None:
    text, caret = draw("\t名: 值 x", 7, 7).splitlines()
    assert text == "  7 |     名: 值 x"
    assert columns(text[: text.index("x")]) == caret.index("^")


def test_long_lines_are_cut_around_the_caret() -> None:
    text, caret = draw("a" * 500 + "X" + "b" * 500, 3, 501).splitlines()
    assert text.startswith("  3 | …a") and text.endswith("b…")
    assert text[caret.index("^")] == "X"
    assert len(text) < EXCERPT_WIDTH + 10


@given(st.text(max_size=300), st.integers(-3, 400), st.integers(1, 10**6))
def test_excerpt_is_two_safe_lines_with_the_caret_under_the_character(line: str, column: int, number: int) -> None:
    line = line.replace("\n", "").replace("\r", "")
    text, caret = draw(line, number, column).split("\n")
    assert not re.search("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]", text)
    assert columns(text) <= EXCERPT_WIDTH + 2 + len(f"{number:>3} | ")
    position = caret.index("^")
    if 1 <= column <= len(line) and line[column - 1].isascii() and line[column - 1].isprintable():
        shown = ""  # the character is that which follows as many columns as there are before the caret
        for index in range(len(text) + 1):
            if columns(text[:index]) == position:
                shown = text[index : index + 1] or shown
        assert shown in (line[column - 1], "") and (shown or line[column - 1] == " ")
