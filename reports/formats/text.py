"""The verdict of a check or a gate as people read it in a terminal."""

from __future__ import annotations

from itertools import groupby

from planner.plan import Plan
from planner.quota import NOT_KNOWN, OK
from planner.verdict import Verdict
from reports import layout, outline
from reports.format import Format
from reports.layout import SHOWN_ALIKE


def render(verdict: Verdict, color: bool = False) -> str:
    """Findings, then quotas month by month or what a gate rests on, and the verdict as the last line."""
    if verdict.judgement:
        from reports import gate_page  # a check does without

        return gate_page.text(verdict, color)
    plan = verdict.plan
    blocks = [
        layout.head(plan),
        layout.findings(plan.findings, color),
        _quotas(plan),
        _capacity(plan),
        outline.verdict(plan),
    ]
    return "\n\n".join(filter(None, blocks)) + "\n"


def _quotas(plan: Plan) -> str:
    """Scopes that the plan touches or that are not ok; of those that are fine, the first few."""
    rows: list[tuple[str, ...]] = []
    hidden = unknown = 0
    for use in plan.quotas:
        touched = [scope for scope in range(len(use.scopes)) if outline.shown(use, scope)]
        hidden += len(use.scopes) - len(touched)
        unknown += sum(use.worst[scope] == NOT_KNOWN for scope in range(len(use.scopes)) if scope not in touched)
        if touched:
            rows.append((use.id, "", "", "", "", ""))
        fine = [scope for scope in touched if use.worst[scope] == OK]
        left_out = set(fine[2 * SHOWN_ALIKE :])
        for scope in touched:
            if scope in left_out:
                continue
            name = f"  {use.scopes[scope]}"
            for run in outline.quota_runs(use, scope, plan):
                rows.append((name, run.months, run.used, run.limit, run.headroom, run.status))
                name = ""
            rows.extend((f"    {who}", month, used, "", "", "") for who, month, used in outline.users(use, scope, plan))
        if left_out:
            rows.append((f"  … and {len(left_out)} more scopes", "", "", "", "", "ok"))
    header = ("quota and scope", "months", "used", "limit", "headroom", "status")
    lines = ["Quotas", *layout.table(header, rows, "<<>>><")]
    if hidden:
        said = ", ".join(f"{count} {word}" for count, word in ((hidden - unknown, "ok"), (unknown, "unknown")) if count)
        lines.append(f"Scopes that this plan does not touch, not shown: {said}")
    return "\n".join(lines)


def _capacity(plan: Plan) -> str:
    """When scopes that are exceeded or tight run out, and what would do; empty where there are none."""
    scopes = outline.scarce(plan)
    rows = list(outline.capacity_rows(scopes))
    if not rows:
        return ""
    shown: list[tuple[str, ...]] = []
    for quota, same in groupby(rows, key=lambda row: row[0]):
        shown.append((quota, *[""] * (len(outline.CAPACITY) - 1)))
        shown += [(f"  {cells[0]}", *cells[1:]) for _, cells in same]
    notes = [layout.wrapped(note) for note in outline.capacity_notes(scopes)]
    return "\n".join(["Capacity", *layout.table(outline.CAPACITY, shown, "<<>>>><"), *notes])


FORMAT = Format(
    extension="txt",
    purpose="people at a terminal",
    render=render,
    in_colors=lambda verdict: render(verdict, color=True),
)
