"""The verdict as Markdown, for the comment on a change request."""

from __future__ import annotations

from planner.verdict import Verdict
from reports.format import Format


def render(verdict: Verdict) -> str:
    """The verdict and the findings; of a check the quotas month by month, of a gate what it rests on."""
    if verdict.judgement:
        from reports import gate_page  # each needs what the other does without

        return gate_page.markdown(verdict)
    from reports import markdown

    return markdown.check(verdict.plan)


FORMAT = Format(extension="md", purpose="a comment on a change request, a ticket, a wiki page", render=render)
