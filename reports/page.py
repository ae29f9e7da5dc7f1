"""A page of words and tables, written once and shown as plain text for a terminal or as Markdown.

In its texts, what stands in `backquotes` is code; everything else means what it says, also to Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from textwrap import fill, indent

from planner.core.fold import WIDTH
from reports import layout, markdown

_VERBATIM = re.compile(r"(`[^`\n]+`|https?://[^\s,;)]+)")


@dataclass(frozen=True)
class Heading:
    """The title of a section."""

    text: str


@dataclass(frozen=True)
class Facts:
    """Names with what is to be said of each; those of which nothing is to be said are left out."""

    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Table:
    """A table; align has < or > for each column."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    align: str


@dataclass(frozen=True)
class Bullets:
    """A list."""

    entries: Sequence[str]


@dataclass(frozen=True)
class Code:
    """What can be copied into a file."""

    language: str
    text: str


Block = str | Heading | Facts | Table | Bullets | Code
"""A text by itself is a paragraph."""


@dataclass(frozen=True)
class Page:
    """A title and what stands below it."""

    title: str
    blocks: Sequence[Block] = field(default=())


def text(page: Page) -> str:
    """The page for a terminal."""
    return "\n\n".join([page.title, *filter(None, map(_text, page.blocks))]) + "\n"


def as_markdown(page: Page) -> str:
    """The page as Markdown."""
    return "\n\n".join([f"# {_inline(page.title)}", *filter(None, map(_markdown, page.blocks))]) + "\n"


def _text(block: Block) -> str:
    match block:
        case str():
            return _wrapped(block)
        case Heading():
            return f"{block.text}\n{'─' * len(block.text)}"
        case Facts():
            rows = [(name, said) for name, said in block.rows if said]
            width = max((len(name) for name, _ in rows), default=0) + 2
            return "\n".join(_wrapped(said, f"{name:{width}}", " " * width) for name, said in rows)
        case Table():
            return "\n".join(layout.table(block.header, block.rows, block.align)) if block.rows else ""
        case Bullets():
            return "\n".join(_wrapped(entry, "- ", "  ") for entry in block.entries)
        case Code():
            return indent(block.text, "    ")


def _wrapped(words: str, first: str = "", other: str = "") -> str:
    return fill(
        words,
        WIDTH,
        initial_indent=first,
        subsequent_indent=other,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _markdown(block: Block) -> str:
    match block:
        case str():
            return _inline(block)
        case Heading():
            return f"## {_inline(block.text)}"
        case Facts():
            return "\n".join(f"- {_inline(name)}: {_inline(said)}" for name, said in block.rows if said)
        case Table():
            line = ["---:" if side == ">" else "---" for side in block.align]
            cells = [block.header, *block.rows]
            rows = [[_inline(cell).replace("\\|", "|").replace("|", "\\|") for cell in row] for row in cells]
            return "\n".join(f"| {' | '.join(row)} |" for row in [rows[0], line, *rows[1:]]) if block.rows else ""
        case Bullets():
            return "\n".join(f"- {_inline(entry)}" for entry in block.entries)
        case Code():
            return f"```{block.language}\n{block.text}\n```"


def _inline(words: str) -> str:
    """Words on one line; code and addresses stay as they are, the rest means nothing to Markdown or HTML."""
    parts = _VERBATIM.split(" ".join(words.split()))
    return "".join(
        markdown.escaped(part) if number % 2 == 0 else part if part.startswith("`") else f"<{part}>"
        for number, part in enumerate(parts)
    )
