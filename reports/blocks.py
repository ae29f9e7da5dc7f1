"""Paragraphs and tables, written once and shown as text for a terminal or as Markdown."""

from __future__ import annotations

import csv
import io
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from planner.core.fold import WIDTH
from reports.line_items_csv import BOM, cell
from reports.markdown import plain, plain_cell

TOGETHER = "\xa0"
_GAP = 2
_LEAST = 8
"""Characters below which a column is not made narrower."""


@dataclass(frozen=True)
class Heading:
    """A heading."""

    text: str
    level: int = 2


@dataclass(frozen=True)
class Table:
    """Rows under a header; align has < or > for each column."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    align: str
    strong: int | None = None
    """Which row is the sum of the others."""


@dataclass(frozen=True)
class Bullets:
    """A list."""

    entries: Sequence[str]


Block = Heading | Table | Bullets | str


def text(blocks: Iterable[Block]) -> str:
    """Blocks as plain text, no wider than a terminal; a heading stands on what follows it."""
    shown = ""
    for block in blocks:
        lines = _lines(block)
        if lines:
            shown += "\n".join(lines) + ("\n" if isinstance(block, Heading) else "\n\n")
    return shown.rstrip("\n") + "\n"


def markdown(blocks: Iterable[Block]) -> str:
    """Blocks as Markdown."""
    return "\n\n".join(filter(None, map(_markdown, blocks))) + "\n"


def csv_text(columns: Sequence[str], records: Iterable[Mapping[str, object]]) -> str:
    """Records as CSV for spreadsheets: unknown values empty, text that looks like a formula with a leading quote."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    for record in records:
        writer.writerow([cell(_joined(record[column])) for column in columns])
    return BOM + out.getvalue()


def _joined(value: object) -> object:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " ".join(map(str, value)) if isinstance(value, list) else value


def _lines(block: Block) -> list[str]:
    if isinstance(block, Heading):
        return [block.text]
    if isinstance(block, Bullets):
        return [line for entry in block.entries for line in _wrapped(f"- {entry}", "  ", "    ")]
    if isinstance(block, Table):
        return _table(block) if block.rows else []
    return [line for part in block.split("\n") for line in _wrapped(part, "", "")] if block else []


def _wrapped(text: str, first: str, others: str) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=others,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _table(table: Table) -> list[str]:
    """Lines of a table whose cells are wrapped until it fits; words joined by TOGETHER stay on one line."""
    rows = [table.header, *table.rows]
    widths = _widths(rows)
    lines: list[str] = []
    tall = False
    for number, row in enumerate(rows):
        cells = [textwrap.wrap(one, width, break_on_hyphens=False) for one, width in zip(row, widths, strict=True)]
        height = max(map(len, cells), default=1) or 1
        if number > 1 and (tall or height > 1) and lines[-1]:
            lines.append("")  # rows of several lines need air between them
        tall = height > 1 and number > 0
        for line in range(height):
            parts = [
                f"{part[line] if line < len(part) else '':{side}{width}}"
                for part, side, width in zip(cells, table.align, widths, strict=True)
            ]
            lines.append((" " * _GAP).join(parts).replace(TOGETHER, " ").rstrip())
        if number == 0:
            lines.append("─" * (sum(widths) + _GAP * (len(widths) - 1)))
        elif number == len(rows) - 2 == table.strong:
            lines.append("")
    return lines


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    """Widths of columns: of their longest cell, and where that is too wide, the widest columns give way."""
    columns = list(zip(*rows, strict=True))
    widths = [max(map(len, column)) for column in columns]
    longest = (max((len(word) for one in column for word in one.split(" ")), default=0) for column in columns)
    least = [min(word, _most(column)) for word, column in zip(longest, columns, strict=True)]
    while sum(widths) + _GAP * (len(widths) - 1) > WIDTH:
        wide = [n for n, width in enumerate(widths) if width > max(least[n], _LEAST)]
        if not wide:
            break
        widths[max(wide, key=lambda n: (widths[n], n))] -= 1
    return widths


def _most(column: Sequence[str]) -> int:
    """How wide a column must stay at most for the sake of a long word, such as an address."""
    return min(max(map(len, column)), WIDTH // 3)


def _markdown(block: Block) -> str:
    if isinstance(block, Heading):
        return f"{'#' * block.level} {plain(block.text)}"
    if isinstance(block, Bullets):
        return "\n".join(f"- {plain(entry)}" for entry in block.entries)
    if isinstance(block, str):
        return "\n\n".join(map(plain, block.split("\n"))) if block else ""
    if not block.rows:
        return ""
    lines = [_row(block.header), _row(["---:" if side == ">" else "---" for side in block.align], raw=True)]
    lines += [_row(row, bold=number == block.strong) for number, row in enumerate(block.rows)]
    return "\n".join(lines)


def _row(cells: Sequence[str], raw: bool = False, bold: bool = False) -> str:
    shown = [one if raw else plain_cell(one) for one in cells]
    return f"| {' | '.join(f'**{one}**' if bold and one else one for one in shown)} |"
