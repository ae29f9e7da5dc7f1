"""The cost tree of an estimate as people read it in a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from planner import statement, summary
from planner.plan import Plan
from reports import cost_outline, finance_outline, layout
from reports.cost_outline import CostLine


def render(plan: Plan, color: bool = False) -> str:
    """The tree of costs, sums by account, cost centre and year, and what has to be said beside them."""
    rows = summary.cost_rows(plan)
    blocks = [
        "\n".join([layout.head(plan), *(f"Converted at {note}" for note in statement.exchange_notes(plan))]),
        _tree(plan, [*cost_outline.cost_lines(plan, rows)], [*cost_outline.total_lines(plan, rows)]),
        layout.bullets(*cost_outline.unpriced(plan)),
        *("\n".join(layout.table((title, "", ""), sums, "<><")) for title, sums in cost_outline.breakdowns(plan, rows)),
        *(_block(block) for block in finance_outline.blocks(plan)),
        layout.bullets("Not included in any amount above", statement.not_included(plan)),
        _assumptions(plan),
        _sources(plan),
        layout.findings(plan.findings, color, excerpts=False),
    ]
    return "\n\n".join(filter(None, blocks)) + "\n"


def _block(block: finance_outline.Block) -> str:
    return "\n".join([*layout.table(block.header, block.rows, block.align), *map(layout.wrapped, block.notes)])


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
    return "\n".join(layout.table(header, rows, "<>>>>><"))


def _cells(name: str, line: CostLine) -> tuple[str, ...]:
    return (name, line.first_month, line.first, line.peak_month, line.peak, line.total, line.note)


def _assumptions(plan: Plan) -> str:
    """Each open question with the answer as a plan writes it, and at the end of the line what others would change."""
    questions, notes = cost_outline.assumptions(plan)
    if not questions and not notes:
        return ""
    answers = [f"  {one.id}: {one.answer}" for one in questions]
    width = max(map(len, answers), default=0)
    lines = []
    for one, answer in zip(questions, answers, strict=True):
        lines.append(layout.wrapped(one.question))
        first = answer
        for changed in one.effects or ("",):
            lines.append(layout.beside(first, changed, width))
            first = ""
    title = "Assumptions, what decides most first, and what another answer would change"
    notes = [*notes, "`cenplan explain NAME` says what is open and which answers there are"]
    return "\n".join([title, "─" * len(title), *lines, *(layout.wrapped(note) for note in notes)])


def _sources(plan: Plan) -> str:
    return layout.bullets(
        "Sources, weakest first",
        [
            f"{source.reference.evidence}: {source.reference.title}, read {source.reference.read_on}"
            f"{', undated prices' if statement.UNDATED in source.notes else ''} ({_uses(source.used_for)})"
            for source in statement.used_sources(plan)
        ],
    )


def _uses(used_for: Sequence[str]) -> str:
    """What rests on a source, without scopes; the list price of what it prices anyway goes without saying."""
    names = dict.fromkeys(use.split(" (")[0] for use in used_for)
    return ", ".join(name for name in names if name.removeprefix("list price of ") == name or name[14:] not in names)
