"""Plain text for a terminal: tables, lists and findings."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from itertools import groupby

from planner.core.problem import Finding, render
from planner.plan import LEVELS, Plan
from reports import outline

WIDTH = 100
SHOWN_ALIKE = 3
"""Findings of one code that are not errors, and scopes that are fine, are shown so often; the rest is counted."""


_AMOUNT = re.compile(r"\b([A-Z]{3}) (?=\d)")
_TOGETHER = "\xa0"


def head(plan: Plan) -> str:
    """Title, period, currency and day of a plan."""
    return f"{outline.title(plan)}\n{outline.facts(plan)}"


def findings(findings: Sequence[Finding], color: bool, excerpts: bool = True) -> str:
    """Findings, errors first; with excerpts of the files, or in brief."""
    shown: list[str] = []
    in_order = sorted(findings, key=lambda finding: (LEVELS.index(finding.level), finding.code))
    for (level, code), alike in groupby(in_order, key=lambda finding: (finding.level, finding.code)):
        several = list(alike)
        limit = len(several) if level == "error" or len(several) <= SHOWN_ALIKE + 1 else SHOWN_ALIKE
        shown += [render(finding, color) if excerpts else _brief(finding) for finding in several[:limit]]
        if limit < len(several):
            shown.append(f"… and {len(several) - limit} more of {level}[{code}]; -f json lists them all")
    return ("\n\n" if excerpts else "\n").join(shown)


def _brief(finding: Finding) -> str:
    where = f"{finding.location}: " if finding.location else ""
    return wrapped(f"{where}{finding.level}[{finding.code}]: {finding.message}", "")


def wrapped(text: str, indent: str = "") -> str:
    """A text in lines of at most WIDTH characters."""
    first, *others = _broken(text, WIDTH - len(indent))
    return "\n".join([indent + first, *(indent + part for part in others)])


def _broken(text: str, width: int) -> list[str]:
    """A text in lines, the later ones indented; a currency stays with its amount."""
    together = _AMOUNT.sub(rf"\1{_TOGETHER}", text)
    parts = textwrap.wrap(together, width, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
    return [part.replace(_TOGETHER, " ") for part in parts] or [""]


def table(header: Sequence[str], rows: Sequence[Sequence[str]], align: str) -> list[str]:
    """Lines of a table; align has < or > for each column."""
    widths = [max(len(row[n]) for row in (header, *rows)) for n in range(len(header))]
    lines = []
    for row in (header, *rows):
        cells = [f"{cell:{side}{width}}" for cell, side, width in zip(row, align, widths, strict=True)]
        lines.append("  ".join(cells).rstrip())
    lines.insert(1, "─" * max(map(len, lines)))
    return lines


def beside(text: str, note: str, width: int) -> str:
    """A text with a note behind it, which is continued below itself.

    width : columns of the text, so that the notes of several stand below each other
    """
    first, *others = _broken(note, max(WIDTH - width - 2, 20))
    lines = [(text, first), *(("", part) for part in others)]
    return "\n".join(f"{left:<{width}}  {right}".rstrip() for left, right in lines)


def bullets(title: str, entries: Sequence[str]) -> str:
    """A title with its entries below; empty when there are none."""
    return "\n".join([title, *(wrapped(f"- {entry}", "  ") for entry in entries)]) if entries else ""
