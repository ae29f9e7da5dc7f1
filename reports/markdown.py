"""A check or an estimate as Markdown, for a merge request, a ticket or a wiki page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from planner import statement, summary
from planner.plan import Plan
from reports import cost_outline, finance_outline, outline

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~])")


def check(plan: Plan) -> str:
    """The verdict, the findings, and the quotas month by month."""
    blocks = [*_head(plan), f"**{outline.verdict(plan)}**", *_findings(plan), *_quotas(plan), *_capacity(plan)]
    return "\n\n".join(blocks) + "\n"


def estimate(plan: Plan) -> str:
    """The cost tree, sums, and what has to be said beside them."""
    rows = summary.cost_rows(plan)
    blocks = [
        *_head(plan),
        *_costs(plan, rows),
        *_list("Not included in any amount above", statement.not_included(plan)),
        *_assumptions(plan),
        *_sources(plan),
        *_findings(plan),
    ]
    return "\n\n".join(blocks) + "\n"


def plain(text: str) -> str:
    """Text that means nothing to Markdown or HTML, whatever a plan's author put into it."""
    return escaped(" ".join(text.split()))


def escaped(text: str) -> str:
    """The same with its spaces as they are."""
    return _SPECIAL.sub(r"\\\1", text).replace("&", "&amp;")


def _head(plan: Plan) -> Iterator[str]:
    yield f"# {plain(outline.title(plan))}"
    yield plain(outline.facts(plan))
    if plan.priced:
        yield from (plain(f"Converted at {note}") for note in statement.exchange_notes(plan))


def _findings(plan: Plan) -> Iterator[str]:
    if not plan.findings:
        return
    yield "## Findings"
    yield _table(
        ("level", "check", "place", "what", "what to do"),
        [(one.level, one.code, str(one.location or ""), one.message, one.remedy) for one in plan.findings],
        "lllll",
    )


def _quotas(plan: Plan) -> Iterator[str]:
    rows = [
        (use.id, run.scope, run.months, run.used, run.limit, run.headroom, run.status)
        for use in plan.quotas
        for scope in range(len(use.scopes))
        if outline.shown(use, scope)
        for run in outline.quota_runs(use, scope, plan)
    ]
    if rows:
        yield "## Quotas"
        yield _table(("quota", "scope", "months", "used", "limit", "headroom", "status"), rows, "lllrrrl")
    used = [
        (use.id, use.scopes[scope], *row)
        for use in plan.quotas
        for scope in range(len(use.scopes))
        for row in outline.users(use, scope, plan)
    ]
    if used:
        yield "## Who uses them, in the month of the highest count"
        yield _table(("quota", "scope", "plan", "month", "used"), used, "llllr")


def _capacity(plan: Plan) -> Iterator[str]:
    scopes = outline.scarce(plan)
    rows = [(quota, *cells) for quota, cells in outline.capacity_rows(scopes)]
    if rows:
        yield "## Capacity"
        yield _table(("quota", *outline.CAPACITY), rows, "lllrrrrl")
        yield from _list("At the peak", list(outline.capacity_notes(scopes)))


def _costs(plan: Plan, rows: Sequence[summary.CostRow]) -> Iterator[str]:
    currency = plan.inventory.currency
    yield f"## Cost in {currency}"
    lines = []
    for line in (*cost_outline.cost_lines(plan, rows), *cost_outline.total_lines(plan, rows)):
        name = "\u2003" * line.depth + line.name  # an em space for each level
        lines.append((name, line.first_month, line.first, line.peak_month, line.peak, line.total, line.note))
    header = ("", "first month", "amount", "peak month", "amount", "total", "")
    yield _table(header, lines, "llrlrrl", strong=len(lines) - 1)
    yield from _list(*cost_outline.unpriced(plan))
    for title, sums in cost_outline.breakdowns(plan, rows):
        yield f"### {title}"
        yield _table(("", currency, ""), sums, "lrl")
    for block in finance_outline.blocks(plan):
        yield f"### {plain(block.header[0])}"
        yield _table(("", *block.header[1:]), block.rows, block.align.replace("<", "l").replace(">", "r"))
        yield from map(plain, block.notes)


def _assumptions(plan: Plan) -> Iterator[str]:
    questions, notes = cost_outline.assumptions(plan)
    if not questions and not notes:
        return
    yield "## Assumptions, what decides most first"
    if questions:
        yield _table(
            ("question", "assumption", "answer", "another answer would change"),
            [
                (*(one.question, one.id, one.answer), changed) if not number else ("", "", "", changed)
                for one in questions
                for number, changed in enumerate(one.effects or ("",))
            ],
            "llll",
        )
    yield from map(plain, notes)


def _sources(plan: Plan) -> Iterator[str]:
    found = statement.used_sources(plan)
    if not found:
        return
    yield "## Sources, weakest first"
    yield _table(
        ("evidence", "source", "read", "used for"),
        [
            (
                source.reference.evidence,
                " ".join(filter(None, (source.reference.title, source.reference.url))),
                source.reference.read_on,
                ", ".join(source.used_for),
            )
            for source in found
        ],
        "llll",
    )


def _list(title: str, entries: Sequence[str]) -> Iterator[str]:
    if entries:
        yield f"## {plain(title)}"
        yield "\n".join(f"- {plain(entry)}" for entry in entries)


def _table(header: Sequence[str], rows: Sequence[Sequence[str]], align: str, strong: int | None = None) -> str:
    lines = [_row(header), _row(["---:" if side == "r" else "---" for side in align], raw=True)]
    for number, row in enumerate(rows):
        lines.append(_row(row, bold=number == strong))
    return "\n".join(lines)


def _row(cells: Sequence[str], raw: bool = False, bold: bool = False) -> str:
    shown = [cell if raw else plain_cell(cell) for cell in cells]
    return f"| {' | '.join(f'**{cell}**' if bold and cell else cell for cell in shown)} |"


def plain_cell(text: str) -> str:
    """Text of a cell; em spaces that indent it are kept."""
    indent = len(text) - len(text.lstrip("\u2003"))
    return "\u2003" * indent + plain(text)
