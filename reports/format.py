"""What the formats of a check share: names, files, rules, places, fingerprints. A file in ``formats/`` is one format.

A format is loaded when it is asked for. What a plan's author wrote is data in all of them: it can begin no element,
no command and no line.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from planner.core.problem import Finding, Level, visible
from reports import formats

if TYPE_CHECKING:
    from planner.plan import Plan

DEFAULT = "text"


@dataclass(frozen=True)
class Format:
    """What a file in ``formats/`` declares."""

    extension: str
    """Of its file, without a dot; no two formats have the same, so that all of them fit into one folder."""
    purpose: str
    """What it is for, as half a sentence."""
    render: Callable[[Plan], str]
    in_colors: Callable[[Plan], str] | None = None
    """The same for a terminal that shows colours."""


@dataclass(frozen=True)
class Rule:
    """A check or a quota, as machines list it."""

    id: str
    kind: str
    """check or quota"""
    level: Level
    """The worst that its findings can be."""
    description: str
    remedy: str
    """Empty where only the finding knows what to do."""
    source: str
    url: str
    """Page of the rule; empty where none is known."""
    needs_prices: bool = False


class Spot(NamedTuple):
    """Where a finding is shown: a file as the user named it, and a line and column from 1; 0: the file as a whole."""

    file: str
    line: int
    column: int


def names() -> list[str]:
    """Every format by name, the default first; none of them is loaded."""
    found = {module.name.replace("_", "-") for module in pkgutil.iter_modules(formats.__path__)}
    return [DEFAULT, *sorted(found - {DEFAULT})]


def load(name: str) -> Format:
    """The format of a name."""
    found: Format = importlib.import_module(f"{formats.__name__}.{name.replace('-', '_')}").FORMAT
    return found


def rules(plan: Plan) -> list[Rule]:
    """Every quota and every check that speaks, by kind and id; last what else the findings name."""
    from planner import check, quota  # the command line lists formats before it knows of a plan

    found = [
        Rule(
            name, "quota", "error", one.description, _asking(one.adjustable) + one.remedy, one.reference.title,
            one.reference.url or "",
        )
        for name, one in quota.declared().items()
    ] + [
        Rule(name, "check", one.level, one.description, "", one.source, _url(one.source), one.needs_prices)
        for name, one in check.declared().items()
    ]  # fmt: skip
    known = {one.id for one in found}
    others = {finding.code: finding.level for finding in reversed(plan.findings) if finding.code not in known}
    return [*found, *(Rule(code, "check", others[code], code, "", "", "") for code in sorted(others))]


def _asking(adjustable: bool | None) -> str:
    return "have the quota increased, or " if adjustable else ""


def _url(source: str) -> str:
    found = re.search(r"https?://[^\s,;]+", source)
    return found[0] if found else ""


def spot(finding: Finding, plan: Plan) -> Spot:
    """Where a finding is shown; one without a place at the plan's file as a whole."""
    location = finding.location or plan.scenarios[0].source.locate(())
    if finding.location is None or not location.line:
        return Spot(shown_path(location.file), 0, 0)
    return Spot(shown_path(location.file), location.line, location.column)


def shown_path(file: str) -> str:
    """The path relative to the current folder, with / between its parts: no report tells where that folder is."""
    if file.startswith("<"):  # standard input
        return file
    return (os.path.relpath(file) if os.path.isabs(file) else os.path.normpath(file)).replace(os.sep, "/")


def fingerprints(plan: Plan) -> Iterator[str]:
    """What tells each finding from all others, and is the same when it moves to another line.

    It is made of code and subject; of several with the same, by how many come before, worst first and by message.
    """
    from hashlib import sha256  # slow to load

    order = {"error": 0, "warning": 1, "info": 2}
    ranked = sorted(range(len(plan.findings)), key=lambda at: _rank(plan.findings[at], order))
    before: Counter[tuple[str, str]] = Counter()
    found = {}
    for at in ranked:
        key = plan.findings[at].code, plan.findings[at].subject
        text = "\0".join((*key, str(before[key])))
        found[at] = sha256(text.encode("utf-8", "backslashreplace")).hexdigest()
        before[key] += 1
    return (found[at] for at in range(len(plan.findings)))


def _rank(finding: Finding, order: dict[str, int]) -> tuple[int, str]:
    return order[finding.level], finding.message


def said(finding: Finding) -> str:
    """What is wrong and what to do, on one line."""
    return visible(finding.message + (f". To do: {finding.remedy}" if finding.remedy else ""))
