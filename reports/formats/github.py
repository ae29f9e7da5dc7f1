"""Findings as workflow commands of GitHub Actions: printed by a step, they show at their lines of the change.

source : GitHub Actions, "Workflow commands for GitHub Actions", notice, warning and error messages; how values are
         escaped is what the toolkit of GitHub Actions does (% CR LF, and : and , in properties)
"""

from __future__ import annotations

from planner.core.problem import Finding, visible
from planner.plan import Plan
from reports import outline
from reports.format import Format, said, spot

COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}


def render(plan: Plan) -> str:
    """One command per finding, and the verdict as a line of the log."""
    return "".join(f"{line}\n" for line in (*(_command(one, plan) for one in plan.findings), outline.verdict(plan)))


def _command(finding: Finding, plan: Plan) -> str:
    file, line, column = spot(finding, plan)
    place = {"file": file, **({"line": str(line), "col": str(column)} if line else {})}
    properties = {**place, "title": f"cenplan {finding.code}"}
    words = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{COMMANDS[finding.level]} {words}::{_data(said(finding))}"


def _data(text: str) -> str:
    return visible(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


FORMAT = Format(extension="github.txt", purpose="GitHub Actions: annotations at the lines of the plan", render=render)
