"""What is wrong and where: places in files, findings of checks, wrong input, and how they are shown."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from planner.core import secret

if TYPE_CHECKING:
    from planner.core.text import Path, Source

Level = Literal["error", "warning", "info"]

EXCERPT_WIDTH = 100  # terminal columns of source text shown around the caret

# What may move a terminal's cursor, change its colours or reorder its text: controls, line and paragraph
# separators, bidirectional overrides, byte order marks; and half surrogates, which cannot be written at all.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_SHORT_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


class Location(NamedTuple):
    """A position in a file; line and column count characters from 1. Line 0 is the file as a whole."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@dataclass(frozen=True)
class Place:
    """A value (or, with `key`, its key) in a source; the position is found when it is asked for."""

    source: Source
    path: Path = ()
    key: bool = False

    @property
    def location(self) -> Location:
        return self.source.locate(self.path, self.key)


@dataclass(frozen=True)
class Measured:
    """The numbers of a finding: what was measured against which limit, in fixed point."""

    actual: int
    limit: int
    unit: str
    """What is counted, such as "VPN attachments"; of money its currency."""
    decimals: int = 0
    """The numbers are whole multiples of 10^-decimals of the unit: 9 for money, which is in nano-units."""
    at_least: bool = False
    """Whether the limit is the least that is allowed, and not the most."""
    money: bool = False

    @property
    def excess(self) -> int:
        """By how much the limit is broken, in the same fixed point; 0 where it is kept."""
        return max(0, self.limit - self.actual if self.at_least else self.actual - self.limit)


@dataclass(frozen=True)
class Finding:
    """What a check or a quota says about a subject of the plan."""

    code: str
    """id of the check, quota or rule that speaks"""
    level: Level
    subject: str
    """id of what it is about: a group, a router, an account"""
    place: Place | None
    message: str
    remedy: str
    source: str
    """where the rule is written; empty if it follows from the plan alone"""
    measured: Measured | None = None
    """its numbers, where it has some that a policy or a waiver can be held against"""

    @property
    def location(self) -> Location | None:
        return self.place.location if self.place else None


@dataclass(frozen=True)
class Problem:
    """Something wrong in what a user wrote: the message says what, the remedy what to write instead."""

    place: Place | Location
    message: str
    remedy: str = ""
    drawn: str = ""
    """the excerpt, where `place` is a bare location that cannot draw it"""

    @property
    def location(self) -> Location:
        return self.place.location if isinstance(self.place, Place) else self.place

    @property
    def excerpt(self) -> str:
        """The source line with a caret under the column; empty for a file as a whole."""
        if self.drawn or not isinstance(self.place, Place):
            return self.drawn
        return self.place.source.excerpt(self.place.location)


class InputError(Exception):
    """Wrong input: every problem that was found, sorted by file, line and column."""

    problems: tuple[Problem, ...]

    def __init__(self, problems: Iterable[Problem] | Problem) -> None:
        found = [problems] if isinstance(problems, Problem) else problems
        # What an alias brings to several places is wrong in one.
        by_place = {(*problem.location, problem.message, problem.remedy): problem for problem in found}
        self.problems = tuple(by_place[place] for place in sorted(by_place))
        super().__init__(self.problems)

    def __str__(self) -> str:
        return render_all(self.problems)


def visible(text: str) -> str:
    """The text on one line, with what could disturb a terminal written as escapes (`\\x1b`, `\\u202e`)."""
    return text if text.isprintable() else _UNSAFE.sub(_escape, text)


def quoted(text: str, limit: int = 60) -> str:
    """The user's text inside a message: in single quotes, escaped, cut after `limit` characters."""
    text = secret.hidden(text)
    return f"'{visible(text if len(text) <= limit else text[: limit - 1] + '…')}'"


def suggestion(wrong: str, known: Iterable[str], what: str) -> str:
    """A remedy for a name that does not exist: the known one that it resembles, else the known ones.

    what : what the known ones are, such as "waves of this plan"
    """
    from difflib import get_close_matches  # needed for wrong input only

    names = list(known)
    if near := get_close_matches(wrong[:100], names, n=1, cutoff=0.7):
        return f"did you mean {quoted(near[0])}?"
    more = f" and {len(names) - 10} more" if len(names) > 10 else ""
    return f"{what}: {', '.join(names[:10]) or 'none'}{more}"


def draw(line: str, number: int, column: int) -> str:
    """A source line and a caret under one of its characters.

    line   : its text, of any length and content; about EXCERPT_WIDTH columns around the caret are shown, no secret
    number : its number in the file
    column : the character to mark, from 1; one more than the length marks the end
    """
    line = secret.hidden(line)
    at = min(max(column - 1, 0), len(line))
    before = _shown(line[max(0, at - 2 * EXCERPT_WIDTH) : at])
    after = _shown(line[at : at + 2 * EXCERPT_WIDTH])
    left, cut_left = _fit(before[::-1], max(EXCERPT_WIDTH - _width(after), EXCERPT_WIDTH // 2))
    right, cut_right = _fit(after, EXCERPT_WIDTH - min(_width(before), EXCERPT_WIDTH // 2))
    left.reverse()
    lead = "…" if cut_left or at > 2 * EXCERPT_WIDTH else ""
    tail = "…" if cut_right or len(line) > at + 2 * EXCERPT_WIDTH else ""
    text = lead + "".join(piece for piece, _ in left + right) + tail
    gutter = max(3, len(str(number)))
    caret = " " * (len(lead) + _width(left)) + "^"
    return f"{number:>{gutter}} | {text}".rstrip() + f"\n{'':>{gutter}} | {caret}"


def render(problem: Problem | Finding, color: bool = False) -> str:
    """One problem or finding as lines of text: place and message, excerpt, help. No line break at the end.

    color : with ANSI colour codes
    """
    paint = _paint if color else _plain
    level, code = ("error", "") if isinstance(problem, Problem) else (problem.level, f"[{problem.code}]")
    location = problem.location
    where = paint("bold", f"{visible(str(location))}: ") if location else ""
    what = paint(level, level + code) + paint("bold", f": {visible(problem.message)}")
    lines = [where + what]
    for line in _excerpt(problem).splitlines():
        gutter, bar, rest = line.partition("|")
        lines.append(paint("frame", gutter + bar) + (paint(level, rest) if rest.strip() == "^" else rest))
    if problem.remedy:
        lines.append(f"  {paint('frame', 'help')}: {visible(problem.remedy)}")
    return "\n".join(lines)


def render_all(problems: Iterable[Problem | Finding], color: bool = False, limit: int | None = None) -> str:
    """Problems or findings with an empty line between; after `limit` of them, how many there are more."""
    found = list(problems)
    shown = found if limit is None or len(found) <= limit else found[:limit]
    parts = [render(problem, color) for problem in shown]
    if len(shown) < len(found):
        parts.append(f"… and {len(found) - len(shown)} more")
    return "\n\n".join(parts)


def _excerpt(problem: Problem | Finding) -> str:
    if isinstance(problem, Problem):
        return problem.excerpt
    return problem.place.source.excerpt(problem.place.location) if problem.place else ""


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return _SHORT_ESCAPES.get(match[0]) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")


def _shown(text: str) -> list[tuple[str, int]]:
    """Each character as (what is shown for it, terminal columns that takes)."""
    if text.isascii() and text.isprintable():
        return [(char, 1) for char in text]
    from unicodedata import category, east_asian_width

    pieces = []
    for char in text:
        if char == "\t":
            pieces.append(("    ", 4))
        elif _UNSAFE.match(char):
            piece = visible(char)
            pieces.append((piece, len(piece)))
        elif category(char) in ("Mn", "Me", "Cf"):
            pieces.append((char, 0))
        else:
            pieces.append((char, 2 if east_asian_width(char) in "WF" else 1))
    return pieces


def _width(pieces: list[tuple[str, int]]) -> int:
    return sum(width for _, width in pieces)


def _fit(pieces: list[tuple[str, int]], room: int) -> tuple[list[tuple[str, int]], bool]:
    """The first pieces that take at most `room` columns, and whether any were left off."""
    used = 0
    for count, (_, width) in enumerate(pieces):
        used += width
        if used > room:
            return pieces[:count], True
    return list(pieces), False


_STYLES = {"error": "1;31", "warning": "1;33", "info": "1;36", "frame": "1;34", "bold": "1"}


def _paint(style: str, text: str) -> str:
    return f"\x1b[{_STYLES[style]}m{text}\x1b[0m"


def _plain(style: str, text: str) -> str:
    return text
