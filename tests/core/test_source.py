"""Files as plain values with places."""

from __future__ import annotations

import io
import os
import re
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from planner.core import table, yaml_source
from planner.core.problem import InputError, Location
from planner.core.source import Plain, Quoted, parse_table, parse_yaml, read_table, read_yaml


def value_of(text: str) -> Any:
    return parse_yaml(text, "plan.yaml").value


def told(error: InputError) -> list[str]:
    return [f"{p.location.line}:{p.location.column} {p.message}" for p in error.problems]


def problems_of(text: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        parse_yaml(text, "plan.yaml")
    return told(caught.value)


def where(source: Any, *path: str | int, key: bool = False) -> tuple[int, int]:
    location = source.locate(path, key)
    return location.line, location.column


# values


def test_scalars_keep_their_text() -> None:
    value = value_of("a: no\nb: 010\nc: 1:30\nd: 1.50\ne: 2027-02-30\nf: .nan\ng: 0x1F\nh: 1_000\n")
    assert list(value.values()) == ["no", "010", "1:30", "1.50", "2027-02-30", ".nan", "0x1F", "1_000"]
    assert {type(item) for item in value.values()} == {Plain}


def test_quotes_and_block_scalars_are_told_apart_from_plain_scalars() -> None:
    value = value_of("a: '1'\nb: \"2\"\nc: |\n  3\nd: >-\n  4\n  5\n")
    assert value == {"a": "1", "b": "2", "c": "3\n", "d": "4 5"}
    assert {type(item) for item in value.values()} == {Quoted}


@pytest.mark.parametrize("text", ["", "~", "null", "Null", "NULL"])
def test_null_is_none(text: str) -> None:
    assert value_of(f"a: {text}\n") == {"a": None}
    assert value_of("a: 'null'\nb: ''\n") == {"a": "null", "b": ""}


def test_keys_are_text_whatever_they_look_like() -> None:
    assert value_of("no: 1\n010: 2\nnull: 3\n'<<': 4\n") == {"no": "1", "010": "2", "null": "3", "<<": "4"}


def test_json_is_read_too() -> None:
    assert value_of('{"a": [1, "b", null], "c": {"d": true}}') == {"a": ["1", "b", None], "c": {"d": "true"}}


def test_aliases_and_merges() -> None:
    value = value_of(
        "a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc: {<<: *a, y: 3}\nd: {x: 4, <<: [*a, *b]}\n"
        "e: *a\nf: &g text\n*g : h\n"
    )
    assert value["c"] == {"x": "1", "y": "3"}
    assert value["d"] == {"x": "4", "y": "1", "z": "2"}
    assert value["e"] == value["a"] == {"x": "1", "y": "1"}
    assert value["text"] == "h"


def test_merges_of_merges() -> None:
    value = value_of("a: &a {x: 1}\nb: &b {<<: *a, y: 2}\nc: {<<: *b, z: 3}\n")
    assert value["c"] == {"x": "1", "y": "2", "z": "3"}


# places


TEXT = """\
plain: 1
quoted: "a b"
mapping:
  inner:
    deep: x
flow: {a: 1, b: [2, {c: 3}]}
list:
  - first
  - key: second
  -
empty:
"""


def test_values_and_keys_have_their_places() -> None:
    source = parse_yaml(TEXT, "plan.yaml")
    assert source.locate(("plain",)) == Location("plan.yaml", 1, 8)
    assert where(source) == (1, 1)
    assert where(source, "plain", key=True) == (1, 1)
    assert where(source, "quoted") == (2, 9)
    assert where(source, "mapping") == (4, 3)
    assert where(source, "mapping", key=True) == (3, 1)
    assert where(source, "mapping", "inner", "deep") == (5, 11)
    assert where(source, "flow", "b", 1, "c") == (6, 25)
    assert where(source, "flow", "b", 1, "c", key=True) == (6, 22)
    assert where(source, "list", 0) == (8, 5)
    assert where(source, "list", 0, key=True) == (8, 5)  # an entry of a list has no key
    assert where(source, "list", 1, "key") == (9, 10)
    assert where(source, "list", 2) == (10, 4)
    assert where(source, "empty") == (11, 7)


def test_what_does_not_exist_is_where_its_nearest_ancestor_is() -> None:
    source = parse_yaml(TEXT, "plan.yaml")
    assert where(source, "mapping", "absent", "x") == where(source, "mapping")
    assert where(source, "list", 7) == where(source, "list", -1) == where(source, "list", "x") == (8, 3)
    assert where(source, "plain", "x") == (1, 8)
    assert where(source, "absent") == (1, 1)
    assert where(source, "mapping", "absent", key=True) == (3, 1)


def test_a_merged_value_is_where_it_was_written_and_an_alias_where_it_is_used() -> None:
    source = parse_yaml("a: &a {x: 1}\nb: {<<: *a}\nc: *a\n", "plan.yaml")
    assert where(source, "b", "x") == where(source, "c", "x") == (1, 11)
    assert where(source, "c") == (3, 4)


def test_a_byte_order_mark_takes_no_column() -> None:
    source = parse_yaml("\ufeffa: 1\n", "plan.yaml")
    assert source.value == {"a": "1"}
    assert where(source, "a") == (1, 4)


def test_columns_count_characters_and_lines_end_in_any_way() -> None:
    source = parse_yaml("中文: {é: 😀, x: 1}\r\nb: 2\rc: 3\n", "plan.yaml")
    assert where(source, "中文", "x") == (1, 15)
    assert where(source, "b") == (2, 4)
    assert where(source, "c") == (3, 4)
    assert source.excerpt(source.locate(("c",))) == "  3 | c: 3\n    |    ^"


def double_quoted(text: str) -> str:
    """The scalar in double quotes that a text begins with."""
    match = re.match(r'"(?:[^"\\]|\\.)*"', text)
    assert match, text
    return match[0]


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=8)
TREES = st.recursive(
    st.text(st.characters(codec="utf-8"), max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(NAMES, TREES, min_size=1, max_size=5), st.booleans(), st.booleans())
def test_every_value_of_any_yaml_is_found_where_it_is(tree: dict[str, Any], ascii_only: bool, flow: bool) -> None:
    text = yaml.safe_dump(
        tree, allow_unicode=not ascii_only, default_flow_style=flow, default_style='"', sort_keys=False, width=10**6
    )
    source = parse_yaml(text, "plan.yaml")
    assert source.value == tree
    lines = text.split("\n")

    def visit(value: Any, path: tuple[str | int, ...]) -> None:
        if path:
            line, column = where(source, *path)
            rest = lines[line - 1][column - 1 :]
            if isinstance(value, str):
                assert yaml.safe_load(double_quoted(rest)) == value
            if isinstance(path[-1], str):
                line, column = where(source, *path, key=True)
                assert yaml.safe_load(double_quoted(lines[line - 1][column - 1 :])) == path[-1]
        steps: Any = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
        for step in steps:
            visit(value[step], (*path, step))

    visit(tree, ())


WORDS = st.from_regex("[a-z]{1,6}", fullmatch=True)
PHRASES = st.from_regex("[a-z][a-z0-9 ]{0,8}[a-z]", fullmatch=True)


@given(st.dictionaries(WORDS, PHRASES, min_size=1, max_size=9))
def test_plain_keys_and_values_are_found_to_the_column(mapping: dict[str, str]) -> None:
    source = parse_yaml("".join(f"{key}:  {value}\n" for key, value in mapping.items()), "plan.yaml")
    for number, (key, value) in enumerate(mapping.items(), start=1):
        assert where(source, key, key=True) == (number, 1)
        assert where(source, key) == (number, len(key) + 4)
        assert source.line(number)[len(key) + 3 :] == value


# what is refused


def test_all_duplicates_and_other_faults_are_told_at_once() -> None:
    assert problems_of("a: 1\nb: {c: 1, c: 2}\na: 2\n? [x]\n: 1\nd: !!str 5\n") == [
        "2:11 key 'c' is already there, on line 2",
        "3:1 key 'a' is already there, on line 1",
        "4:3 a key must be text, not a mapping or a list",
        "6:4 tags such as '!!str' are not allowed",
    ]


def test_a_merge_does_not_hide_a_duplicate() -> None:
    assert problems_of("a: &a {x: 1}\nb: {<<: *a, x: 2, x: 3}\nc: {<<: *a, <<: *a}\n") == [
        "2:19 key 'x' is already there, on line 2",
        "3:13 key '<<' is already there, on line 3",
    ]


@pytest.mark.parametrize("text", ["", "\n\n", "# comment\n", "---\n", "~\n", "null\n", "--- # x\n...\n"])
def test_a_file_without_values_is_refused(text: str) -> None:
    assert problems_of(text) == ["1:1 the file holds no values"]


@pytest.mark.parametrize("text", ["a: 1\n---\nb: 2\n", "--- 1\n--- 2\n", "a: 1\n...\n---\nb: 1\n"])
def test_a_second_document_is_refused(text: str) -> None:
    assert any("a second document" in problem for problem in problems_of(text))


@pytest.mark.parametrize(
    "text", ["&a [*a]", "a: &a {b: *a}", "a: &a\n  b:\n    - *a\n", "a: &a {<<: *a}", "&a {*a : 1}"]
)
def test_an_alias_inside_its_own_value_is_refused(text: str) -> None:
    assert any("inside what it stands for" in problem for problem in problems_of(text))


def test_an_anchor_is_defined_once_and_before_its_aliases() -> None:
    assert problems_of("a: *x\nb: &x 1\nc: &x 2\n") == [
        "1:4 there is no anchor '&x' above this alias",
        "3:4 the anchor '&x' is already there",
    ]


@pytest.mark.parametrize("join", ["[{0}, {0}]", "{{a: {0}, b: {0}}}", "{{<<: [{0}, {0}], c: {0}}}"])
def test_aliases_cannot_multiply_without_bound(join: str) -> None:
    lines = ["a0: &a0 {k: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]}"]
    lines += [f"a{n}: &a{n} " + join.format(f"*a{n - 1}") for n in range(1, 60)]
    began = time.perf_counter()
    (problem,) = problems_of("\n".join(lines))
    assert "aliases make the file more than" in problem or "levels" in problem
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "{a: " * 50_000,
        "- " * 50_000 + "x",
        "\n".join(" " * n + "a:" for n in range(500)),
        "? " * 20_000,
        "\n".join(["a0: &a0 [x]", *(f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 200))]),
    ],
    ids=["brackets", "braces", "dashes", "indentation", "questions", "aliases"],
)
def test_absurd_depth_is_refused_without_recursion(text: str) -> None:
    assert any("levels of mappings and lists" in problem for problem in problems_of(text))


def test_the_deepest_that_is_allowed_can_be_read() -> None:
    depth = yaml_source.MAX_DEPTH
    value_of("[" * depth + "]" * depth)
    assert problems_of("[" * (depth + 1) + "]" * (depth + 1))


@pytest.mark.parametrize("char", ["\x00", "\x07", "\x1b", "\x7f", "\x9b", "\ud800", "\uffff"])
def test_control_characters_are_refused_at_their_place(char: str) -> None:
    assert problems_of(f"a: 1\nb: x{char}y\n") == [f"2:5 the character U+{ord(char):04X} is not allowed in a text file"]


@pytest.mark.parametrize("text", ["a:\n\tb: 1\n", "a:\n  b: 1\n\tc: 2\n", "a:\n  \tb: {c: 1}\n  d: 1\n"])
def test_tabs_as_indentation_are_called_so(text: str) -> None:
    assert any("a tab is used as indentation" in problem for problem in problems_of(text))


def test_without_libyaml_the_same_is_read_and_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "a: &x {y: 1}\nb: {<<: *x, z: '2'}\nc:\n  - |\n    3\n"
    fast, faults = parse_yaml(text, "f"), problems_of("a: b: c\n")
    monkeypatch.delattr(yaml, "CLoader", raising=False)
    slow = parse_yaml(text, "f")
    assert slow.value == fast.value
    assert type(slow.value["b"]["z"]) is Quoted and type(slow.value["a"]["y"]) is Plain
    for path in [("a",), ("a", "y"), ("b", "y"), ("b", "z"), ("c", 0)]:
        assert slow.locate(path) == fast.locate(path)
    assert problems_of("a: b: c\n") == faults


# fmt: off
PIECES = st.sampled_from([
    "a", "b: ", ": ", "- ", "? ", "[", "]", "{", "}", ",", "&x ", "*x", "*x ", "<<: ", "!t ", "!!int ", "'", '"',
    "|\n", ">-\n", "#", "%YAML 1.1\n", "%TAG ! x\n", "---\n", "...\n", "\n", "\n  ", "\n\t", "~", "\ufeff", "\x85",
    "\u2028", "\\x", "😀", "中", "@", "`", "\r", "12",
])
# fmt: on


@settings(max_examples=400)
@given(st.lists(PIECES, max_size=25).map("".join) | st.text(max_size=60))
@example("%YAML 9999999999999999999999.1\n---\na")
@example('"\\ud800"')
@example("\ufeff\ufeff")
def test_no_text_ends_in_anything_but_a_value_or_an_input_error(text: str) -> None:
    for parse in (parse_yaml, parse_table):
        try:
            source = parse(text, "f")
        except InputError as error:
            assert error.problems and str(error)
        else:
            assert source.excerpt(source.locate(("a",)))


@pytest.mark.parametrize("read", [read_yaml, read_table])
@given(data=st.binary(max_size=80))
@example(data=b"\xff\xfea\x00")
@example(data=b"a: \xc3")
@example(data=b"\xef\xbb\xbfa: \x80")
def test_no_bytes_end_in_anything_but_a_value_or_an_input_error(
    read: Any, data: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "bytes"
    path.write_bytes(data)
    try:
        read(path)
    except InputError as error:
        assert str(error)


def test_a_file_that_is_something_else_does_not_end_in_endless_problems() -> None:
    assert len(problems_of("a: 1\n" * 5000)) == 1000
    assert len(table_problems("a,b\n" + "1\n" * 5000)) == 1000


# files


def problem_of_file(path: str | Path) -> str:
    with pytest.raises(InputError) as caught:
        read_yaml(path)
    (problem,) = caught.value.problems
    assert problem.remedy
    return f"{problem.location}: {problem.message}"


def test_files_that_cannot_be_read_are_told_plainly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkdir("folder")
    assert problem_of_file("absent.yaml") == "absent.yaml: no such file"
    assert problem_of_file("folder") == "folder: this is a folder, not a file"
    assert problem_of_file("folder/x/y") == "folder/x/y: no such file"
    assert "cannot be read" in problem_of_file("nul\0.yaml")
    assert "cannot be read" in problem_of_file("x" * 5000)


def test_a_file_that_may_not_be_read_is_told_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", refuse)
    assert problem_of_file("plan.yaml") == "plan.yaml: the file may not be read"


def test_a_file_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(yaml_source, "MAX_YAML_BYTES", 2 * 1024**2)
    Path("large.yaml").write_bytes(b"a: " + b"x" * (2 * 1024**2))
    assert problem_of_file("large.yaml") == "large.yaml: the file is larger than 2 MiB"


def test_bytes_that_are_not_utf8_are_told_with_offset_and_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.yaml").write_bytes("a: 1\r\nb: é".encode() + b"\xe9\n")
    assert problem_of_file("a.yaml") == "a.yaml:2:5: the file is not UTF-8: byte 11 is 0xE9"


def test_a_dash_reads_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"a: 1\n")))
    source = read_yaml("-")
    assert (source.name, source.value) == ("<stdin>", {"a": "1"})
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"a: [\n")))
    assert problem_of_file("-") == "<stdin>:2:1: the file ends where a value is expected"


# tables


def table_problems(text: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        parse_table(text, "t.csv")
    return told(caught.value)


def test_a_table_is_a_list_of_rows_without_empty_cells() -> None:
    source = parse_table('\ufeffid, sites ,note\r\na,1,"x, ""y"""\r\n\r\n,,\r\n b ,, \r\n', "t.csv")
    assert source.columns == ("id", "sites", "note")
    assert source.value == [{"id": "a", "sites": "1", "note": 'x, "y"'}, {"id": "b"}]
    assert {type(cell) for row in source.value for cell in row.values()} == {Plain}


def test_cells_are_found_by_physical_line_and_character() -> None:
    source = parse_table('id,note,sites\na,"two\nlines, ""q""",1\n\n"b", x,中\nc,,\n', "t.csv")
    assert where(source) == (1, 1)
    assert where(source, "sites", key=True) == where(source, "sites") == (1, 9)
    assert where(source, 0) == (2, 1)
    assert where(source, 0, "note") == (2, 3)
    assert where(source, 0, "sites") == (3, 15)
    assert where(source, 1, "id") == (5, 1)
    assert where(source, 1, "note") == (5, 6)
    assert where(source, 1, "sites") == (5, 8)
    assert where(source, 2, "note") == (6, 3)
    assert where(source, 2, "absent") == (6, 1)
    assert where(source, 99, "id") == (1, 1)
    assert source.excerpt(source.locate((0, "sites"))) == '  3 | lines, ""q""",1\n    |               ^'


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("", ["1:1 the table is empty"]),
        ("\n,,\n", ["1:1 the table is empty"]),
        ("a,,a\n1,2,3\n", ["1:3 column 2 has no name", "1:4 column 'a' is already there, column 1"]),
        ("a;b\n1;2\n", ["1:1 the columns are separated by ';'"]),
        ("a\tb\n1\t2\n", ["1:1 the columns are separated by tabs"]),
        (
            "a,b\n1\n1,2,3\n",
            ["2:1 the row has 1 cells, the header 2", "3:5 the row has 3 cells, the header 2"],
        ),
        ('a,b\n1,2\n3,"4\n5,6\n', ["3:3 the quote that opens here is not closed"]),
        ('a,b\n"1" x,2\n', ["2:1 text follows the closing quote of this cell"]),
        ('a,b\n"1\n2","3"4\n', ["3:4 text follows the closing quote of this cell"]),
        ("a,b\n1,\x00\n", ["2:3 the character U+0000 is not allowed in a text file"]),
        ("a\n" + "x" * 200_000, ["2:1 the cell is too long"]),
    ],
)
def test_wrong_tables_are_refused_at_their_place(text: str, problems: list[str]) -> None:
    assert table_problems(text) == problems


def test_a_table_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "MAX_TABLE_BYTES", 1024**2)
    (tmp_path / "t.csv").write_bytes(b"a\n" + b"1\n" * 1024**2)
    with pytest.raises(InputError, match="larger than 1 MiB"):
        read_table(tmp_path / "t.csv")


CELLS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc",)) | st.sampled_from('",\n\r'), max_size=8)


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=5), st.sampled_from(["\n", "\r\n", "\r"]))
def test_every_cell_of_any_table_is_found_where_it_is(rows: list[tuple[str, str, str]], end: str) -> None:
    import csv

    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator=end).writerows([("x", "y", "z"), *rows])
    text = out.getvalue()
    try:
        source = parse_table(text, "t.csv")
    except InputError as error:  # a stray byte order mark, a noncharacter
        assert "is not allowed" in str(error)
        return
    kept = [row for row in rows if any(cell.strip() for cell in row)]
    assert [[row.get(c, "") for c in "xyz"] for row in source.value] == [[c.strip() for c in row] for row in kept]
    for index, row in enumerate(source.value):
        for column in row:
            line, character = where(source, index, column)
            assert source.line(line)[character - 1] == '"'
