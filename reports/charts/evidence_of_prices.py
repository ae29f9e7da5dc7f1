"""How sure are the prices behind the total, and what has no price at all?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from planner import statement, summary
from planner.core.provenance import EVIDENCE, EVIDENCE_MEANING, Evidence
from planner.plan import Plan
from reports import chart, cost_outline
from reports.chart import Canvas

MOST_UNPRICED = 5
LEFT, RIGHT, TOP, BOTTOM = 0.2, 0.965, 0.84, 0.1
# The surer, the darker and the more solid.
_FILLS: dict[Evidence, tuple[str, str]] = {
    "contract": ("#08306B", ""),
    "official": ("#5C96C8", ""),
    "secondary": ("#A9CFEA", "///"),
    "assumed": ("#F5E9B8", "..."),
}


@dataclass(frozen=True)
class Grade:
    """What rests on prices of one grade of evidence."""

    evidence: Evidence
    amount: int
    """Nano-units that are billed, in the currency of the results."""
    lines: int


@dataclass(frozen=True)
class Data:
    """What the chart shows."""

    subtitle: str
    grades: tuple[Grade, ...]
    """Surest first; grades of which nothing is billed are left out."""
    total: int
    unpriced: int
    """Line items without a price: they are in no grade."""
    lines: int
    missing: tuple[str, ...]
    """What has no price, by item and region."""
    empty: str


def data(plan: Plan) -> Data:
    """What is billed by the weakest evidence that each line's price has, and what is unpriced."""
    totals = summary.totals(plan)
    shares = {one.evidence: one for one in statement.evidence_shares(plan) if one.amount}
    grades = tuple(
        Grade(evidence, shares[evidence].amount, shares[evidence].lines)
        for evidence in reversed(EVIDENCE)
        if evidence in shares
    )
    unsure = sum(one.amount for one in grades if one.evidence in ("secondary", "assumed"))
    fact = f"{chart.share(unsure, totals.subtotal)} on secondary or assumed prices" if totals.subtotal else ""
    return Data(
        subtitle=chart.cost_subtitle(plan, f"billed {chart.span(plan)}", fact),
        grades=grades,
        total=totals.subtotal,
        unpriced=totals.lines - totals.priced_lines,
        lines=totals.lines,
        missing=tuple(cost_outline.unpriced(plan)[1]),
        empty=chart.nothing_to_show(plan),
    )


def draw(canvas: Canvas, shown: Data) -> None:
    """A bar for each grade with its share and meaning; below them, to no scale, what is unpriced."""
    if shown.empty:
        canvas.say(shown.empty)
        return
    height = 0.118 if shown.unpriced else 0.15
    most = max(chart.value(one.amount) for one in shown.grades)
    axes = canvas.axes(left=LEFT, right=RIGHT, top=TOP, bottom=TOP - height * len(shown.grades))
    axes.set_xlim(0, most * 1.5)
    axes.set_ylim(len(shown.grades) - 0.5, -0.5)
    axes.set_yticks([])
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    for row, one in enumerate(shown.grades):
        color, hatch = fill = _FILLS[one.evidence]
        amount, y = chart.value(one.amount), TOP - (row + 0.5) * height
        axes.barh(row - 0.13, amount, height=0.5, color=color, hatch=hatch, edgecolor=chart.edge(fill), linewidth=0.8)
        said = f"{chart.amount(one.amount)} ({chart.share(one.amount, shown.total)})"
        axes.annotate(
            f"{said}, {one.lines:,} {'line' if one.lines == 1 else 'lines'}", (amount, row - 0.13), (8, 0),
            textcoords="offset points", va="center", size=chart.LABEL, weight="bold",
        )  # fmt: skip
        canvas.figure.text(0.035, y + 0.015, one.evidence, size=chart.LABEL + 1, weight="bold", va="center")
        meaning = EVIDENCE_MEANING[one.evidence]
        canvas.figure.text(LEFT, y - 0.036, meaning, size=chart.SMALL - 0.5, va="center", color=chart.SOFT)
    if shown.unpriced:
        _unpriced(canvas, shown, TOP - height * len(shown.grades) - 0.03)
    else:
        y = TOP - height * len(shown.grades) - 0.045
        canvas.figure.text(0.035, y, f"Every one of {shown.lines:,} lines has a price.", size=chart.LABEL, va="center")


def _unpriced(canvas: Canvas, shown: Data, top: float) -> None:
    """What has no price: how many lines, and of what; a dashed line above says that no scale goes on."""
    look: dict[str, Any] = {"size": chart.SMALL - 0.5, "va": "center"}
    canvas.rule(top)
    y = top - 0.034
    canvas.figure.text(0.035, y, "unpriced", size=chart.LABEL + 1, weight="bold", va="center")
    said = f"{shown.unpriced:,} of {shown.lines:,} lines: what they cost is unknown, and in no bar"
    canvas.figure.text(LEFT, y, said, size=chart.LABEL, weight="bold", va="center")
    room = min(MOST_UNPRICED, max(int((y - BOTTOM) / 0.033), 1))
    listed = shown.missing[: room if len(shown.missing) <= room else room - 1]
    more = len(shown.missing) - len(listed)
    for number, entry in enumerate((*listed, *([f"and {more} more, see the workbook"] if more else []))):
        canvas.figure.text(LEFT, y - 0.036 - 0.033 * number, chart.shortened(entry, 95), color=chart.SOFT, **look)


CHART = chart.Chart(order=60, title="How sure the prices are", data=data, draw=draw)
