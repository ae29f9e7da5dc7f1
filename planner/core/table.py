"""CSV -> rows of plain values, with the line and the column of every cell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from planner.core.problem import InputError, Location, Problem, quoted
from planner.core.secret import is_secret
from planner.core.text import MAX_PROBLEMS, Plain, Source, check_characters, read

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from planner.core.text import Path

MAX_TABLE_BYTES = 512 * 1024**2

_LINE_END = re.compile("\r\n|[\n\r]")
_QUOTED_CELL = re.compile(r'"[^"]*(?:""[^"]*)*"?')
_BARE_CELL = re.compile(r"[ \t]*([^,\r\n]*)")


class TableSource(Source):
    """A CSV file. `value` is a list of dict (column -> Plain), one per row that is not empty.

    Paths are (row index, column), (row index,) and, for a cell of the header, (column,).
    """

    def __init__(
        self, name: str, text: str, value: list[dict[str, Plain]], columns: tuple[str, ...], lines: list[int]
    ) -> None:
        super().__init__(name, text, value)
        self.columns = columns
        self._lines = lines  # of the header, then of each row

    def locate(self, path: Path, key: bool = False) -> Location:
        # A row has no key of its own: with `key` its cell is meant all the same, not the header's.
        row = path[0] if path and isinstance(path[0], int) else -1
        column = path[-1] if path else None
        line = self._lines[row + 1] if -1 <= row < len(self._lines) - 1 else self._lines[0]
        if column in self.columns:
            cells = list(self._cells(line))
            index = self.columns.index(str(column))
            if index < len(cells):
                return Location(self.name, *cells[index])
        return Location(self.name, line, 1)

    def _cells(self, line: int) -> Iterator[tuple[int, int]]:
        """Line and column of each cell of the record that begins at a line."""
        yield from _cell_positions(self.text, self.line_starts[line - 1], line)


def read_table(path: str | os.PathLike[str]) -> TableSource:
    """Read a CSV file, or standard input for `-`; InputError for what parse_table or the disk refuses."""
    return parse_table(*read(path, MAX_TABLE_BYTES))


def parse_table(text: str, name: str) -> TableSource:
    """Read CSV text: commas, double quotes, a header of unique names; spaces around a cell do not count.

    raises : InputError for a missing header, empty or duplicate names in it, rows with more or fewer cells,
             quotes that do not close; for columns of secrets, and then for nothing else
    """
    import csv
    import io

    text = text.removeprefix("\ufeff")
    source = Source(name, text)
    check_characters(source)
    problems: list[Problem] = []
    columns: tuple[str, ...] = ()
    value: list[dict[str, Plain]] = []
    lines: list[int] = []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for cells in reader:
            start, line = line, reader.line_num + 1
            if not columns:
                if any(cells):
                    columns = tuple(cell.strip() for cell in cells)
                    lines.append(start)
                    problems += _header_problems(source, columns, start)
                    if secrets := _secret_columns(source, columns, start):
                        raise InputError(secrets)  # and nothing else: the rows hold them
                continue
            row = {c: Plain(kept) for c, cell in zip(columns, cells, strict=False) if (kept := cell.strip())}
            if row:
                value.append(row)
                lines.append(start)
            if len(cells) != len(columns) and any(cell.strip() for cell in cells):
                problems.append(_ragged(source, start, len(cells), len(columns)))
                if len(problems) >= MAX_PROBLEMS:
                    break
    except csv.Error as error:
        problems.append(_table_error(source, line, str(error)))
    if not columns and not problems:
        remedy = "write the names of the columns in the first line, separated by commas"
        problems.append(source.problem(1, 1, "the table is empty", remedy))
    if problems:
        raise InputError(problems)
    return TableSource(name, source.text, value, columns, lines)


def _cell_positions(text: str, offset: int, line: int) -> Iterator[tuple[int, int]]:
    """Line and column of each cell of the record that begins at a line, up to where it breaks off."""
    line_start = offset
    while True:
        quoted_cell = _QUOTED_CELL.match(text, offset)
        bare = None if quoted_cell else _BARE_CELL.match(text, offset)
        yield line, (bare.start(1) if bare and bare[1] else offset) - line_start + 1
        if quoted_cell:
            for line_end in _LINE_END.finditer(text, quoted_cell.start(), quoted_cell.end()):
                line, line_start = line + 1, line_end.end()
        match = quoted_cell or bare
        offset = match.end() if match else offset
        if text[offset : offset + 1] != ",":
            return
        offset += 1


def _header_problems(source: Source, columns: tuple[str, ...], line: int) -> list[Problem]:
    places = list(_cell_positions(source.text, source.line_starts[line - 1], line))
    if len(columns) == 1 and (mark := next((m for m in ";\t|" if m in columns[0]), None)):
        shown = "tabs" if mark == "\t" else f"'{mark}'"
        return [source.problem(*places[0], f"the columns are separated by {shown}", "save the table with commas")]
    problems = []
    for index, name in enumerate(columns):
        if not name:
            problems.append(source.problem(*places[index], f"column {index + 1} has no name", "name it or remove it"))
        elif name in columns[:index]:
            message = f"column {quoted(name)} is already there, column {columns.index(name) + 1}"
            problems.append(source.problem(*places[index], message, "keep one of the two"))
    return problems


def _secret_columns(source: Source, columns: tuple[str, ...], line: int) -> list[Problem]:
    secrets = [index for index, name in enumerate(columns) if is_secret(name)]
    if not secrets:
        return []
    places = list(_cell_positions(source.text, source.line_starts[line - 1], line))
    return [source.secret(*places[index], columns[index]) for index in secrets]


def _ragged(source: Source, line: int, cells: int, columns: int) -> Problem:
    message = f"the row has {cells} cells, the header {columns}"
    if cells > columns:
        places = list(_cell_positions(source.text, source.line_starts[line - 1], line))
        return source.problem(*places[columns], message, "put text with a comma in double quotes")
    return source.problem(line, 1, message, "write a comma for each cell that is left empty")


def _table_error(source: Source, line: int, said: str) -> Problem:
    """The csv module's error, at the last cell of the record that could be read."""
    *_, place = _cell_positions(source.text, source.line_starts[line - 1], line)
    if "unexpected end" in said:
        return source.problem(*place, "the quote that opens here is not closed", "write the closing quote")
    if "field larger" in said:
        return source.problem(*place, "the cell is too long", "look for a quote that is not closed")
    return source.problem(*place, "text follows the closing quote of this cell", 'double the quotes inside: ""')
