"""The verdict as Markdown, for the comment on a change request."""

from __future__ import annotations

from planner.plan import Plan
from reports import markdown
from reports.format import Format


def render(plan: Plan) -> str:
    """The verdict, the findings, and the quotas month by month."""
    return markdown.check(plan)


FORMAT = Format(extension="md", purpose="a comment on a change request, a ticket, a wiki page", render=render)
