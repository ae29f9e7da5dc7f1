"""Findings as a GitLab Code Quality report, which a merge request shows at their lines.

source : GitLab documentation, "Code Quality", Code Quality report format
"""

from __future__ import annotations

import json

from planner.core.problem import visible
from planner.verdict import Verdict
from reports.format import Format, fingerprints, said, spot

SEVERITIES = {"error": "critical", "warning": "minor", "info": "info"}
"""GitLab knows info, minor, major, critical and blocker."""


def render(verdict: Verdict) -> str:
    """A list, one entry per finding."""
    entries = []
    for row, fingerprint in zip(verdict.rows, fingerprints(verdict), strict=True):
        file, line, _ = spot(row.finding, verdict)
        entries.append(
            {
                "description": said(row),
                "check_name": row.finding.code,
                "fingerprint": fingerprint,
                "severity": SEVERITIES[row.level],
                "location": {"path": visible(file), "lines": {"begin": max(line, 1)}},
            }
        )
    return json.dumps(entries, ensure_ascii=False, indent=2) + "\n"


FORMAT = Format(
    extension="code-quality.json", purpose="GitLab: a Code Quality report of the merge request", render=render
)
