"""The verdict of a check as people read it in a terminal."""

from __future__ import annotations

from planner.plan import Plan
from planner.quota import OK
from reports import layout, outline
from reports.layout import SHOWN_ALIKE


def render(plan: Plan, color: bool = False) -> str:
    """Findings, quotas month by month, and the verdict as the last line."""
    blocks = [layout.head(plan), layout.findings(plan.findings, color), _quotas(plan), outline.verdict(plan)]
    return "\n\n".join(filter(None, blocks)) + "\n"


def _quotas(plan: Plan) -> str:
    """Scopes that the plan touches or that are not ok; of those that are fine, the first few."""
    rows: list[tuple[str, ...]] = []
    hidden = 0
    for use in plan.quotas:
        touched = [scope for scope in range(len(use.scopes)) if use.planned[scope] or use.worst[scope] != OK]
        hidden += len(use.scopes) - len(touched)
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
        lines.append(f"{hidden} {'scope' if hidden == 1 else 'scopes'} that this plan does not touch: ok, not shown")
    return "\n".join(lines)
