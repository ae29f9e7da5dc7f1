"""Findings as workflow commands of GitHub Actions: printed by a step, they show at their lines of the change.

source : GitHub Actions, "Workflow commands for GitHub Actions", notice, warning and error messages; how values are
         escaped is what the toolkit of GitHub Actions does (% CR LF, and : and , in properties)
"""

from __future__ import annotations

from planner.core.problem import visible
from planner.verdict import Row, Verdict
from reports.format import Format, said, spot, verdict_line

COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}


def render(verdict: Verdict) -> str:
    """One command per finding, and the verdict as a line of the log."""
    lines = (*(_command(row, verdict) for row in verdict.rows), visible(verdict_line(verdict)))
    return "".join(f"{line}\n" for line in lines)


def _command(row: Row, verdict: Verdict) -> str:
    file, line, column = spot(row.finding, verdict)
    place = {"file": file, **({"line": str(line), "col": str(column)} if line else {})}
    properties = {**place, "title": f"cenplan {row.finding.code}"}
    words = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{COMMANDS[row.level]} {words}::{_data(said(row))}"


def _data(text: str) -> str:
    return visible(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


FORMAT = Format(extension="github.txt", purpose="GitHub Actions: annotations at the lines of the plan", render=render)
