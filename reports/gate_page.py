"""The verdict of a gate for people: what counts against it, what was waived, what it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from planner import fingerprint, gate, summary
from planner.core.problem import Measured, render, visible
from planner.verdict import Judgement, Row, Verdict
from pricing import money
from reports import blocks, layout, outline
from reports.format import waived
from reports.layout import SHOWN_ALIKE

HEADER = ("level", "check", "subject", "place", "numbers", "waiver")
WIDEST = 36
"""Characters of a cell of the table in a terminal; longer ones are cut, for the whole stands above it."""
INPUTS = ("input", "file", "sha256", "from")


def text(verdict: Verdict, color: bool = False) -> str:
    """Findings in full, the table of them, cost and inputs, and the sentence as the last line."""
    one = _judgement(verdict)
    parts = [
        layout.head(verdict.plan),
        _findings(verdict.rows, color),
        _text_table(verdict),
        "\n".join([*map(layout.wrapped, _cost(verdict)), *map(layout.wrapped, one.overrides)]),
        "\n".join(["Inputs", *layout.table(INPUTS, _inputs(one), "<<<<")]),
        layout.wrapped(gate.sentence(verdict)),
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def markdown(verdict: Verdict) -> str:
    """The sentence, one table with everything that was found, and what it rests on."""
    one = _judgement(verdict)
    header = ("level", "check", "subject", "place", "numbers", "why", "remedy", "source", "waiver")
    rows = [
        (*_cells(row)[:5], row.finding.message, row.finding.remedy, row.finding.source, _waiver(row))
        for row in verdict.rows
    ]
    return blocks.markdown(
        [
            blocks.Heading(f"Gate: {outline.title(verdict.plan)}", 1),
            outline.facts(verdict.plan),
            gate.sentence(verdict),
            blocks.Heading("Findings"),
            blocks.Table(header, rows, "<" * len(header)) if rows else "None.",
            blocks.Heading("Cost"),
            blocks.Bullets([*_cost(verdict), *one.overrides]),
            blocks.Heading("Inputs"),
            blocks.Table(INPUTS, _inputs(one), "<<<<"),
        ]
    )


def numbers(one: Measured | None) -> str:
    """What was measured against which limit; empty where there are no numbers."""
    if one is None:
        return ""
    if one.money:
        return f"{one.unit} {money.display(one.actual)}, limit {money.display(one.limit)}"
    actual, limit = (money.text(n, one.decimals) if one.decimals else str(n) for n in (one.actual, one.limit))
    return f"{actual} {one.unit}, {'at least' if one.at_least else 'limit'} {limit}"


def _judgement(verdict: Verdict) -> Judgement:
    assert verdict.judgement is not None, "a check is shown by reports.formats"
    return verdict.judgement


def _findings(rows: Sequence[Row], color: bool) -> str:
    """Every row with its numbers, source and waiver, at the level it counts as; of alike information the first few."""
    shown: list[str] = []
    for (level, code), alike in groupby(rows, key=lambda row: (row.level, row.finding.code)):
        several = list(alike)
        brief = level == "info" and len(several) > SHOWN_ALIKE + 1 and not any(row.waiver for row in several)
        shown += [_finding(row, color) for row in (several[:SHOWN_ALIKE] if brief else several)]
        if brief:
            shown.append(f"… and {len(several) - SHOWN_ALIKE} more of {level}[{code}]; -f json lists them all")
    return "\n\n".join(shown)


def _finding(row: Row, color: bool) -> str:
    facts = {
        "numbers": numbers(row.finding.measured),
        "source": row.finding.source,
        "waiver": waived(row) or "; ".join(row.notes),
        "can waive": " or ".join(row.approvers) if row.level != "info" else "",
    }
    lines = [f"  {name}: {visible(words)}" for name, words in facts.items() if words]
    return "\n".join([render(replace(row.finding, level=row.level), color), *lines])


def _text_table(verdict: Verdict) -> str:
    """A line per finding, errors first; of information only what is waived."""
    rows = [tuple(map(_cut, _cells(row))) for row in verdict.rows if row.level != "info" or row.waiver]
    return "\n".join(["What counts", *layout.table(HEADER, rows, "<<<<<<")]) if rows else ""


def _cells(row: Row) -> tuple[str, ...]:
    one = row.finding
    level = f"waived {one.level}" if row.waiver else one.level
    place = ""
    if one.location:
        place = f"{fingerprint.shown(one.location.file)}:{one.location.line}:{one.location.column}"
    ticket = f"{row.waiver.ticket}, until {row.waiver.expires}" if row.waiver else "refused" if row.notes else ""
    return (level, one.code, visible(one.subject), place, numbers(one.measured), visible(ticket))


def _cut(cell: str) -> str:
    return cell if len(cell) <= WIDEST else cell[: WIDEST - 1] + "…"


def _waiver(row: Row) -> str:
    return waived(row) or ". ".join(row.notes)


def _cost(verdict: Verdict) -> Iterator[str]:
    """What the plan costs, and what the baseline did."""
    for name, plan in (("Cost", verdict.plan), ("Baseline", _judgement(verdict).baseline)):
        if plan is None:
            continue
        totals, period = summary.totals(plan), plan.inventory.period
        kind = "" if totals.complete else f", the priced subtotal: {totals.coverage_percent} % of lines have a price"
        amount = f"{plan.inventory.currency} {money.display(totals.subtotal)}"
        yield f"{name}: {amount} from {period.first} to {period.months[-1]}{kind}"


def _inputs(one: Judgement) -> list[tuple[str, ...]]:
    return [(given.role, visible(given.path), given.sha256, visible(given.origin)) for given in one.inputs]
