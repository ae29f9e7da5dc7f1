"""Texts of the one page: each on one line and with an end, whatever the plan says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from planner import fingerprint
from planner.core.problem import Finding, visible
from reports.one_page import LONGEST, Row, shortened

LONGEST_NAME = 120
_LONGEST_PLACE = 60


def cut(text: str, most: int = LONGEST) -> str:
    """A text on one line, with nothing in it that is not seen."""
    return shortened(visible(" ".join(text.split())), most)


def fact_rows(facts: Iterable[tuple[str, str]]) -> tuple[Row, ...]:
    """A row for each name of which something is said."""
    return tuple(Row((name, cut(said))) for name, said in facts if said)


def first_of(entries: Sequence[str], most: int) -> list[str]:
    """The first entries, and how many more there are."""
    more = len(entries) - most
    return [*entries[:most], *([f"and {more:,} more"] if more > 0 else [])]


def count_of(number: int, noun: str) -> str:
    """A number and what is counted, in the plural where it is not 1."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def place_of(finding: Finding) -> str:
    """File and line; of a long path its end."""
    if finding.location is None:
        return ""
    file, line, _ = finding.location
    path = end_of(visible(fingerprint.shown(file)))
    return f"{path}:{line}" if line else path


def end_of(path: str) -> str:
    """A path, or the end of a long one."""
    return path if len(path) <= _LONGEST_PLACE else f"…{path[1 - _LONGEST_PLACE :]}"
