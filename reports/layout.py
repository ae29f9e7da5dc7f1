"""Plain text for a terminal: tables, lists and findings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from planner.core.fold import WIDTH, folded
from planner.core.problem import Finding, render
from planner.plan import LEVELS, Plan
from reports import outline

SHOWN_ALIKE = 3
"""Findings of one code that are not errors, and scopes that are fine, are shown so often; the rest is counted."""


_GAP = "  "
_NARROWEST = 16
"""Columns that a table leaves to its names in any case."""
_BRANCH = re.compile("[ │├└─]*")


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
        shown += [render(finding, color, WIDTH) if excerpts else _brief(finding) for finding in several[:limit]]
        if limit < len(several):
            shown.append(f"… and {len(several) - limit} more of {level}[{code}]; -f json lists them all")
    return ("\n\n" if excerpts else "\n").join(shown)


def _brief(finding: Finding) -> str:
    where = f"{finding.location}: " if finding.location else ""
    return wrapped(f"{where}{finding.level}[{finding.code}]: {finding.message}", "")


def wrapped(text: str, indent: str = "") -> str:
    """A text in lines of at most WIDTH columns."""
    return "\n".join(folded(text, first=indent, others=f"{indent}  "))


def table(header: Sequence[str], rows: Sequence[Sequence[str]], align: str) -> list[str]:
    """Lines of a table; align has < or > for each column. Where it is too wide, the names in its first column fold."""
    shown = [tuple(row) for row in rows]
    widths = [max(len(row[n]) for row in (header, *shown)) for n in range(len(header))]
    room = max(WIDTH - sum(len(_GAP) + width for width in widths[1:]), _NARROWEST)
    if widths[0] > room:
        shown = [line for row in shown for line in _narrowed(row, room)]
        widths[0] = max(len(row[0]) for row in (header, *shown) if not _alone(row))
    lines = []
    for row in (tuple(header), *shown):
        cells = [f"{cell:{side}{width}}" for cell, side, width in zip(row, align, widths, strict=True)]
        lines.append(_GAP.join(cells).rstrip())
    lines.insert(1, "─" * max(map(len, lines)))
    return lines


def _alone(row: Sequence[str]) -> bool:
    """Whether only the first cell of a row says something, so that it can reach over the others."""
    return not any(row[1:])


def _narrowed(row: tuple[str, ...], room: int) -> list[tuple[str, ...]]:
    """A row whose name takes at most so many columns: in a tree the rest of it stands below, else it stands above."""
    name, *cells = row
    nothing = ("",) * len(cells)
    if len(name) <= room or _alone(row):
        return [row]
    branch = _BRANCH.match(name)
    stem = branch[0] if branch else ""
    below = stem.replace("├─", "│ ").replace("└─", "  ") + "  "
    first, *others = folded(name[len(stem) :], room, stem, below)
    if not stem.strip() or len(first) > room:
        return [(name, *nothing), (below.rstrip(), *cells)]
    return [(first, *cells), *((other, *nothing) for other in others)]


def beside(text: str, note: str, width: int) -> str:
    """A text with a note behind it, which is continued below itself.

    width : columns of the text, so that the notes of several stand below each other
    """
    first, *others = folded(note, max(WIDTH - width - 2, 20))
    lines = [(text, first), *(("", part) for part in others)]
    return "\n".join(f"{left:<{width}}  {right}".rstrip() for left, right in lines)


def bullets(title: str, entries: Sequence[str]) -> str:
    """A title with its entries below; empty when there are none."""
    return "\n".join([title, *(wrapped(f"- {entry}", "  ") for entry in entries)]) if entries else ""
