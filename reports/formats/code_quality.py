"""Findings as a GitLab Code Quality report, which a merge request shows at their lines.

source : GitLab documentation, "Code Quality", Code Quality report format
"""

from __future__ import annotations

import json

from planner.core.problem import visible
from planner.plan import Plan
from reports.format import Format, fingerprints, said, spot

SEVERITIES = {"error": "critical", "warning": "minor", "info": "info"}
"""GitLab knows info, minor, major, critical and blocker."""


def render(plan: Plan) -> str:
    """A list, one entry per finding."""
    entries = []
    for finding, fingerprint in zip(plan.findings, fingerprints(plan), strict=True):
        file, line, _ = spot(finding, plan)
        entries.append(
            {
                "description": said(finding),
                "check_name": finding.code,
                "fingerprint": fingerprint,
                "severity": SEVERITIES[finding.level],
                "location": {"path": visible(file), "lines": {"begin": max(line, 1)}},
            }
        )
    return json.dumps(entries, ensure_ascii=False, indent=2) + "\n"


FORMAT = Format(
    extension="code-quality.json", purpose="GitLab: a Code Quality report of the merge request", render=render
)
