"""What people read in a terminal: the verdict of a check, and the tree of an estimate."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from itertools import groupby

from planner import statement, summary
from planner.core.problem import Finding, render
from planner.plan import LEVELS, Plan
from planner.quota import OK
from reports import outline
from reports.outline import CostLine

WIDTH = 100
_SHOWN_ALIKE = 3
"""Findings of one code that are not errors, and scopes that are fine, are shown so often; the rest is counted."""


def check(plan: Plan, color: bool = False) -> str:
    """Findings, quotas month by month, and the verdict as the last line."""
    blocks = [_head(plan), _findings(plan.findings, color), _quotas(plan), outline.verdict(plan)]
    return "\n\n".join(filter(None, blocks)) + "\n"


def estimate(plan: Plan, color: bool = False) -> str:
    """The tree of costs, sums by account, cost centre and year, and what has to be said beside them."""
    rows = summary.cost_rows(plan)
    blocks = [
        _head(plan),
        _tree(plan, [*outline.cost_lines(plan, rows)], [*outline.total_lines(plan, rows)]),
        *(
            "\n".join(_table((title, "", ""), lines, "<><"))
            for title, lines in outline.breakdowns(plan, rows)
        ),
        _list(*outline.unpriced(plan)),
        _list("Not included in any amount above", statement.not_included(plan)),
        _list(
            "Assumptions",
            [f"{one.id}: {one.value} — {one.title}" for one in statement.used_assumptions(plan)],
        ),
        _sources(plan),
        _findings(plan.findings, color, excerpts=False),
    ]
    return "\n\n".join(filter(None, blocks)) + "\n"


def _head(plan: Plan) -> str:
    return f"{outline.title(plan)}\n{outline.facts(plan)}"


def _findings(findings: Sequence[Finding], color: bool, excerpts: bool = True) -> str:
    shown: list[str] = []
    in_order = sorted(findings, key=lambda finding: (LEVELS.index(finding.level), finding.code))
    for (level, code), alike in groupby(in_order, key=lambda finding: (finding.level, finding.code)):
        several = list(alike)
        limit = len(several) if level == "error" or len(several) <= _SHOWN_ALIKE + 1 else _SHOWN_ALIKE
        shown += [render(finding, color) if excerpts else _brief(finding) for finding in several[:limit]]
        if limit < len(several):
            shown.append(f"… and {len(several) - limit} more of {level}[{code}]; -f json lists them all")
    return ("\n\n" if excerpts else "\n").join(shown)


def _brief(finding: Finding) -> str:
    where = f"{finding.location}: " if finding.location else ""
    return _wrapped(f"{where}{finding.level}[{finding.code}]: {finding.message}", "")


def _wrapped(text: str, indent: str) -> str:
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent + "  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


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
        left_out = set(fine[2 * _SHOWN_ALIKE :])
        for scope in touched:
            if scope in left_out:
                continue
            name = f"  {use.scopes[scope]}"
            for run in outline.quota_runs(use, scope, plan):
                rows.append((name, run.months, run.used, run.limit, run.headroom, run.status))
                name = ""
        if left_out:
            rows.append((f"  … and {len(left_out)} more scopes", "", "", "", "", "ok"))
    header = ("quota and scope", "months", "used", "limit", "headroom", "status")
    lines = ["Quotas", *_table(header, rows, "<<>>><")]
    if hidden:
        lines.append(
            f"{hidden} {'scope' if hidden == 1 else 'scopes'} that this plan does not touch: ok, not shown"
        )
    return "\n".join(lines)


def _table(header: Sequence[str], rows: Sequence[Sequence[str]], align: str) -> list[str]:
    widths = [max(len(row[n]) for row in (header, *rows)) for n in range(len(header))]
    lines = []
    for row in (header, *rows):
        cells = [f"{cell:{side}{width}}" for cell, side, width in zip(row, align, widths, strict=True)]
        lines.append("  ".join(cells).rstrip())
    lines.insert(1, "─" * max(map(len, lines)))
    return lines


def _tree(plan: Plan, lines: Sequence[CostLine], totals: Sequence[CostLine]) -> str:
    """Routers, groups and items with their first month, peak month and total."""
    rows: list[tuple[str, ...]] = []
    stem = ""
    for line in lines:
        if line.depth == 0 and rows:
            rows.append(("",) * 7)
        if line.depth == 1:
            stem = "   " if line.last else "│  "
        branch = "" if line.depth == 0 else ("└─ " if line.last else "├─ ")
        rows.append(_cells((stem if line.depth == 2 else "") + branch + line.name, line))
    rows.append(("",) * 7)
    rows.extend(_cells(line.name, line) for line in totals)
    header = (f"Cost in {plan.inventory.currency}", "first month", "", "peak month", "", "total", "")
    return "\n".join(_table(header, rows, "<>>>>><"))


def _cells(name: str, line: CostLine) -> tuple[str, ...]:
    return (name, line.first_month, line.first, line.peak_month, line.peak, line.total, line.note)


def _list(title: str, entries: Sequence[str]) -> str:
    return "\n".join([title, *(_wrapped(f"- {entry}", "  ") for entry in entries)]) if entries else ""


def _sources(plan: Plan) -> str:
    return _list(
        "Sources, weakest first",
        [
            f"{source.reference.evidence}: {source.reference.title}, read {source.reference.read_on}"
            f" ({', '.join(dict.fromkeys(use.split(' (')[0] for use in source.used_for))})"
            for source in statement.used_sources(plan)
        ],
    )
