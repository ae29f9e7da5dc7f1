"""What is listed on the one page: the rollout, the gravest findings, open assumptions, and the inputs with hashes."""

from __future__ import annotations

from collections.abc import Sequence

from planner import fingerprint
from planner.core.period import instant_text
from planner.core.problem import Finding, visible
from planner.core.words import some
from planner.plan import Plan
from reports import cost_outline, rollout
from reports.one_page import Part, Row
from reports.one_page_words import count_of, cut, end_of, place_of

_MOST = {"findings": 5, "waves": 6, "assumptions": 4, "inputs": 8}
"""Rows of each list where there is room."""


def waves(plan: Plan) -> Part:
    """Every instant at which sites come or go, and how many sites of the plan there are from then on.

    With little room the first and the last stay, then those that have a name, then the largest.
    """
    first = plan.inventory.period.bounds[0]
    steps = [step for scenario in plan.scenarios for group in scenario.groups for step in group.steps]
    there = sum(step.change for step in steps if step.instant < first)
    after = sum(step.instant >= plan.inventory.period.bounds[-1] for step in steps)
    rows, found = [], rollout.waves(plan)
    for number, wave in enumerate(found):
        there += wave.added - wave.removed
        changes = [f"+{wave.added:,}" if wave.added else "", f"−{wave.removed:,}" if wave.removed else ""]
        cells = (instant_text(wave.instant), some(wave.names), " ".join(filter(None, changes)), f"{there:,}")
        ends = number in (0, len(found) - 1)
        weight = ends * 10**13 + bool(wave.names) * 10**12 + wave.added + wave.removed
        rows.append(Row(tuple(cut(cell, 60) for cell in cells), weight=weight))
    notes = ["" if rows else f"nothing comes or goes in the period; sites of the plan that are there: {there:,}"]
    notes += [f"{count_of(after, 'step')} after the period"] if after else []
    return Part(
        "Rollout", tuple(rows), ("date", "wave", "sites", "sites then"), "<<>>", "date", _MOST["waves"],
        note="; ".join(filter(None, notes)),
    )  # fmt: skip


def findings(plan: Plan, grave: Sequence[Finding]) -> Part:
    """The gravest of each kind; those of a kind that say alike are counted.

    grave : errors and warnings, the gravest first
    """
    kinds: dict[tuple[str, str], list[Finding]] = {}
    for one in grave:
        kinds.setdefault((one.level, one.code), []).append(one)
    rows = []
    for (level, _), alike in kinds.items():
        counted = level if len(alike) == 1 else count_of(len(alike), level)
        rows.append(Row((counted, cut(alike[0].message), place_of(alike[0])), len(alike)))
    infos = len(plan.findings) - len(grave)
    return Part(
        "Gravest findings", tuple(rows), ("level", "the first of it", "place"), "<<<", "finding", _MOST["findings"],
        beyond=infos,
        note="" if rows else "no error and no warning",
    )  # fmt: skip


def assumptions(plan: Plan) -> Part:
    """Open questions that touch the plan, and what another answer would change."""
    questions, _ = cost_outline.assumptions(plan)
    rows = [Row((f"{one.id}: {one.answer}", cut("; ".join(one.effects) or "there is no other"))) for one in questions]
    return Part(
        "Open assumptions that decide most", tuple(rows), ("assumption", "another answer"), "<<", "assumption",
        _MOST["assumptions"], note="" if rows else "no other answer to an open question changes anything here",
    )  # fmt: skip


def inputs(plan: Plan) -> Part:
    """Every input with its hash, and one hash of them all for those that there is no room for."""
    files = plan.inputs
    rows = dict.fromkeys((one.role, end_of(visible(one.path)), one.sha256) for one in files)  # whoever names them
    return Part(
        "Inputs", tuple(map(Row, rows)), ("input", "file", "SHA-256"), "<<<", "input", _MOST["inputs"],
        note=f"all together: SHA-256 {fingerprint.together(files)}",
        exact=True,
    )  # fmt: skip
