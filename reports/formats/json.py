"""The result as a JSON document, for programs that work on with the numbers."""

from __future__ import annotations

from planner.verdict import Verdict
from reports.format import Format


def render(verdict: Verdict) -> str:
    """Of a check the document that `estimate` writes as well, here without costs; of a gate its decision, undecided."""
    if verdict.judgement:
        from planner import decision  # each needs what the other does without

        return decision.written(decision.document(verdict))
    from reports import document

    return document.render(verdict.plan)


FORMAT = Format(extension="json", purpose="programs: the whole result, with a schema", render=render)
