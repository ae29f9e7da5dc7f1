"""Findings as SARIF 2.1.0, for code scanning: the rules, and each result at its line of the plan.

source : OASIS Standard, Static Analysis Results Interchange Format (SARIF) Version 2.1.0; numbers of sections below
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from planner import __version__
from planner.core.problem import visible
from planner.verdict import Row, Verdict
from reports.format import Format, Rule, fingerprints, rules, said, spot, waived

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {"error": "error", "warning": "warning", "info": "note"}
_FIRST_SENTENCE = re.compile(r".*?[.](?=\s|$)", re.DOTALL)


def render(verdict: Verdict) -> str:
    """A log of one run."""
    known = rules(verdict)
    numbers = {rule.id: number for number, rule in enumerate(known)}
    driver = {"name": "cenplan", "version": __version__, "rules": [_rule(rule) for rule in known]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [
            _result(row, fingerprint, verdict, numbers)
            for row, fingerprint in zip(verdict.rows, fingerprints(verdict), strict=True)
        ],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2) + "\n"


def _rule(rule: Rule) -> dict[str, Any]:
    first = _FIRST_SENTENCE.match(rule.description)
    remedy = f"To do: {rule.remedy}." if rule.remedy else "To do: what the finding says."
    source = f"Source: {rule.source}." if rule.source else "Source: it follows from the plan alone."
    return {
        "id": rule.id,
        "shortDescription": {"text": message_text(first[0] if first else rule.description)},
        "fullDescription": {"text": message_text(rule.description)},
        "help": {"text": message_text(f"{remedy} {source}")},
        **({"helpUri": rule.url} if rule.url else {}),
        "defaultConfiguration": {"level": LEVELS[rule.level]},
        "properties": {"kind": rule.kind},
    }


def _result(row: Row, fingerprint: str, verdict: Verdict, numbers: Mapping[str, int]) -> dict[str, Any]:
    finding = row.finding
    file, line, column = spot(finding, verdict)
    place: dict[str, Any] = {"artifactLocation": {"uri": uri(file)}}
    if line:
        place["region"] = {"startLine": line, "startColumn": column}
    return {
        "ruleId": finding.code,
        "ruleIndex": numbers[finding.code],
        "level": LEVELS[finding.level],
        "message": {"text": message_text(said(row))},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"planCodeAndSubject/v2": fingerprint},
        **({"suppressions": [_suppression(row)]} if row.waiver else {}),
    }


def _suppression(row: Row) -> dict[str, str]:
    """A waiver (3.35): the result keeps its level and does not count."""
    return {"kind": "external", "status": "accepted", "justification": visible(waived(row))}


def message_text(text: str) -> str:
    """Text without placeholders (3.11.5: braces are doubled) and links (3.11.6: a space ends what looks like one)."""
    return visible(text).replace("{", "{{").replace("}", "}}").replace("](", "] (")


def uri(file: str) -> str:
    """A relative reference to a file (3.4.3); a colon in its first part would make that a scheme."""
    return quote(file.encode("utf-8", "backslashreplace"), safe="/")


FORMAT = Format(extension="sarif", purpose="code scanning: SARIF 2.1.0 with the rules and the lines", render=render)
