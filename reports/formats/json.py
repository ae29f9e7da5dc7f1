"""The result as a JSON document, for programs that work on with the numbers."""

from __future__ import annotations

from planner.plan import Plan
from reports import document
from reports.format import Format


def render(plan: Plan) -> str:
    """The document that `estimate` writes as well, here without costs."""
    return document.render(plan)


FORMAT = Format(extension="json", purpose="programs: the whole result, with a schema", render=render)
