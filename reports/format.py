"""What the formats of a verdict share: names, files, rules, places, fingerprints. A file in ``formats/`` is one format.

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
    from planner.verdict import Row, Verdict

DEFAULT = "text"


@dataclass(frozen=True)
class Format:
    """What a file in ``formats/`` declares."""

    extension: str
    """Of its file, without a dot; no two formats have the same, so that all of them fit into one folder."""
    purpose: str
    """What it is for, as half a sentence."""
    render: Callable[[Verdict], str]
    in_colors: Callable[[Verdict], str] | None = None
    """The same for a terminal that shows colours."""


@dataclass(frozen=True)
class Rule:
    """A check, a quota or a rule of a policy, as machines list it."""

    id: str
    kind: str
    """check, quota or policy"""
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


def rules(verdict: Verdict) -> list[Rule]:
    """Every quota, every check and for a gate every rule of a policy, by kind and id; last what else findings name."""
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
    if verdict.judgement:
        from planner import policy_rule, waiver  # a check does without

        found += [
            Rule(name, "policy", one.level, one.description, "", f"The policy, {one.key}", "")
            for name, one in policy_rule.declared().items()
        ] + [Rule(name, "policy", "warning", words, "", "The waivers", "") for name, words in waiver.CODES.items()]
    known = {one.id for one in found}
    others = {finding.code: finding.level for finding in reversed(verdict.findings) if finding.code not in known}
    kind = "policy" if verdict.judgement else "check"
    return [*found, *(Rule(code, kind, others[code], code, "", "", "") for code in sorted(others))]


def _asking(adjustable: bool | None) -> str:
    return "have the quota increased, or " if adjustable else ""


def _url(source: str) -> str:
    found = re.search(r"https?://[^\s,;]+", source)
    return found[0] if found else ""


def spot(finding: Finding, verdict: Verdict) -> Spot:
    """Where a finding is shown; one without a place at the plan's file as a whole."""
    location = finding.location or verdict.plan.scenarios[0].source.locate(())
    if finding.location is None or not location.line:
        return Spot(shown_path(location.file), 0, 0)
    return Spot(shown_path(location.file), location.line, location.column)


def shown_path(file: str) -> str:
    """The path relative to the current folder, with / between its parts: no report tells where that folder is."""
    if file.startswith("<"):  # standard input
        return file
    return (os.path.relpath(file) if os.path.isabs(file) else os.path.normpath(file)).replace(os.sep, "/")


def fingerprints(verdict: Verdict) -> Iterator[str]:
    """What tells each finding from all others, and is the same when it moves to another line.

    It is made of the name of its plan, code and subject, so that plans which are checked one by one do not share any;
    of several with the same, by how many come before, worst first and by message.
    """
    from hashlib import sha256  # slow to load

    order = {"error": 0, "warning": 1, "info": 2}
    findings = verdict.findings
    ranked = sorted(range(len(findings)), key=lambda at: _rank(findings[at], order))
    before: Counter[tuple[str, str, str]] = Counter()
    found = {}
    for at in ranked:
        key = _plan_of(findings[at], verdict), findings[at].code, findings[at].subject
        text = "\0".join((*key, str(before[key])))
        found[at] = sha256(text.encode("utf-8", "backslashreplace")).hexdigest()
        before[key] += 1
    return (found[at] for at in range(len(findings)))


def _plan_of(finding: Finding, verdict: Verdict) -> str:
    """The name of the plan in whose file a finding stands; elsewhere those of all plans."""
    where = finding.place.source if finding.place else None
    own = (one.plan.name for one in verdict.plan.scenarios if one.source is where)
    return next(own, ",".join(verdict.plan.inventory.scenarios))


def _rank(finding: Finding, order: dict[str, int]) -> tuple[int, str]:
    return order[finding.level], finding.message


def said(row: Row) -> str:
    """What is wrong and what to do, on one line; of what is waived by whom and why."""
    one = row.finding
    parts = [one.message, *row.notes]
    if row.waiver:
        parts.append(waived(row))
    elif one.remedy:
        parts.append(f"To do: {one.remedy}")
    return visible(". ".join(parts))


def waived(row: Row) -> str:
    """Who waived a finding, until when and why; empty where nobody did."""
    if row.waiver is None:
        return ""
    one = row.waiver
    cap = f", up to {one.cap.words} beyond the limit" if one.cap else ""
    return f"Waived by {one.owner} until {one.expires}{cap}: {one.reason} ({one.ticket})"


def verdict_line(verdict: Verdict) -> str:
    """The verdict on one line."""
    if verdict.judgement:
        from planner import gate  # a check does without

        return gate.sentence(verdict)
    from reports import outline

    return outline.verdict(verdict.plan)
