"""Whether a plan fits into its quotas, on the one page: what is exceeded first, what is tight, what is not known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planner.capacity import Capacity
from planner.core.period import instant_text
from planner.core.words import some
from planner.plan import Plan
from planner.quota import PENDING
from reports import outline
from reports.one_page import Figure
from reports.one_page_words import count_of, cut


def key_figure(plan: Plan, scopes: Sequence[Capacity]) -> Figure:
    """When a quota is exceeded first, or that none is known to be."""
    first, label = outline.first_exceeded(scopes), "First quota exceeded"
    if first is not None and first.exceeded_from is not None:
        return Figure(label, instant_text(first.exceeded_from), cut(first.scope, 40), "bad")
    unknown = outline.unknown_limits(plan)
    if unknown:
        return Figure(label, "none known", f"{count_of(unknown, 'limit')} unknown", "unknown")
    return Figure(label, "none", "in the whole period", "good")


def facts_of(plan: Plan, scopes: Sequence[Capacity]) -> Iterator[tuple[str, str]]:
    """The first quota that is exceeded and what to do, the tightest of the others, and what is not known."""
    touched = [(use, scope) for use in plan.quotas for scope in range(len(use.scopes))]
    pairs = list(zip(scopes, touched, strict=True))
    first = outline.first_exceeded(scopes)
    if first is not None:
        use, scope = dict(pairs)[first]
        yield "First exceeded", _excess(first, int(use.most_over[scope]))
        yield "Apply by", _apply_by(first)
        if others := [one for one in scopes if one.exceeded_from is not None and one is not first]:
            yield "Exceeded too", some([f"{one.scope}: {one.quota}" for one in others])
    own = [one for one, (use, scope) in pairs if use.planned[scope]]
    yield from _tightest(own, "Tightest headroom" if first is None else "Tightest of the rest")
    unknown = dict.fromkeys(one.quota for one in own if one.headroom is None)
    if unknown:
        yield "Limits not known", f"{count_of(outline.unknown_limits(plan), 'scope')} of {some([*unknown])}"
    if pending := [one for one in scopes if one.limit_status == PENDING]:
        yield "Limits pending", f"requested, not granted: {some([f'{one.scope} ({one.limit:,})' for one in pending])}"


def _tightest(own: Sequence[Capacity], name: str) -> Iterator[tuple[str, str]]:
    """Of the scopes that the plan uses and does not exceed, the one with the least headroom, in proportion."""
    known = [one for one in own if one.exceeded_from is None and one.headroom is not None and one.limit]
    if known:
        one = min(known, key=lambda one: ((one.headroom or 0) / (one.limit or 1), one.quota, one.scope))
        bound = "at most " if one.lower_bound else ""
        left = f"{bound}{one.headroom:,} of {one.limit:,} left at the least"
        yield name, f"{one.scope}: {left}, {one.quota}, highest on {instant_text(one.peak_at)}"
    elif not own:
        yield "Quotas", "the plan uses nothing that a quota limits"


def _excess(one: Capacity, most_over: int) -> str:
    """Where and from when on, by how many at most, and the highest count, which a later limit may allow."""
    at_least = "at least " if one.lower_bound else ""
    when = instant_text(one.exceeded_from) if one.exceeded_from is not None else ""
    return (
        f"{one.scope} from {when}: {one.quota}, limit {one.limit or 0:,} then, exceeded by {most_over:,} at most;"
        f" {at_least}{one.peak:,} at the highest on {instant_text(one.peak_at)}"
    )


def _apply_by(one: Capacity) -> str:
    """By when to apply, for which limit, and whether that is over."""
    if one.least_limit is None:
        return "the quota cannot be increased"
    wanted = f"for a limit of {one.least_limit:,} at least"
    if one.apply_by is None:
        return f"not known, {wanted}: the estate does not state lead_time_days"
    over = ": this day is over" if one.too_late else ""
    return f"{one.apply_by}, {wanted}{over}"
