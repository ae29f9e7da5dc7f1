"""The verdict as JUnit XML, which every CI server shows: a suite of the plans, a case per quota, check and rule.

There is no time in it: the same plan gives the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

import numpy as np

from planner.core.problem import visible
from planner.quota import NOT_KNOWN
from planner.verdict import Row, Verdict
from reports.format import Format, Rule, rules, said, spot

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(verdict: Verdict) -> str:
    """A suite; errors are failures, warnings and information are output, what was not judged is skipped."""
    name = _text(f"cenplan {verdict.command} {','.join(verdict.plan.inventory.scenarios)}")
    root = Element("testsuites")
    suite = SubElement(root, "testsuite", name=name)
    failures = skipped = 0
    known = rules(verdict)
    for rule in known:
        own = [row for row in verdict.rows if row.finding.code == rule.id]
        case = SubElement(suite, "testcase", classname=rule.kind, name=_text(rule.id))
        failed = _failure(case, [one for one in own if one.level == "error"], verdict)
        failures += failed
        skipped += not failed and _skipped(case, rule, verdict, bool(own))
        if others := [one for one in own if one.level != "error"]:
            SubElement(case, "system-out").text = _lines(others, verdict)
    counts = {"tests": len(known), "failures": failures, "errors": 0, "skipped": skipped}
    for count, value in counts.items():
        for element in (suite,) if count == "skipped" else (root, suite):  # Jenkins allows it of a suite only
            element.set(count, str(value))
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def _failure(case: Element, errors: Sequence[Row], verdict: Verdict) -> bool:
    """The errors of a case in one failure: readers of JUnit XML expect at most one."""
    if errors:
        first = visible(errors[0].finding.message) + (f"; and {len(errors) - 1} more" if len(errors) > 1 else "")
        SubElement(case, "failure", message=_text(first), type="error").text = _lines(errors, verdict)
    return bool(errors)


def _skipped(case: Element, rule: Rule, verdict: Verdict, found: bool) -> bool:
    """Says of a case without errors that it was not judged, where it was not; unknown is no pass.

    found : whether it has findings all the same
    """
    plan, reason = verdict.plan, ""
    if rule.needs_prices and not plan.priced and not found:
        reason = "it judges prices, and a check reads none"
    for use in plan.quotas:
        not_known = (use.status == NOT_KNOWN).any(axis=1) & (use.planned > 0)
        if use.id == rule.id and (unknown := np.flatnonzero(not_known).tolist()):
            reason = f"the limit is unknown: {', '.join(use.scopes[scope] for scope in unknown)}"
    if reason:
        SubElement(case, "skipped", message=_text(visible(reason)))
    return bool(reason)


def _lines(rows: Sequence[Row], verdict: Verdict) -> str:
    """A line per finding: place, level, what is wrong and what to do."""
    lines = []
    for row in rows:
        one = row.finding
        file, line, column = spot(one, verdict)
        place = f"{file}:{line}:{column}" if line else file
        source = f" Source: {one.source}" if one.source else ""
        lines.append(visible(f"{place}: {row.level}: {said(row)}.{source}"))
    return _text("\n".join(lines))


def _text(text: str) -> str:
    """Text that XML can hold; what it cannot is written as an escape."""
    return _NOT_XML.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


FORMAT = Format(extension="junit.xml", purpose="any CI server: a test case per quota and check", render=render)
