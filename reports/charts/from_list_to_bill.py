"""How does the list price become what is billed, and what is not known on the way?"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import Literal

from matplotlib.axes import Axes

from planner import summary
from planner.plan import Plan
from reports import chart
from reports.chart import Canvas

_FILLS: dict[str, tuple[str, str]] = {
    "sum": chart.FILLS[0],
    "more": ("#F0B24B", "..."),
    "less": ("#8CC8EE", "///"),
}
_NAMES = {
    "list_cost": "at list price",
    "without_list_price": "without a list price, by contract",
    "contract": "contract rates and discounts",
    "covered": "covered by prepaid plans",
    "prepaid_plans": "price of prepaid plans",
    "leased_lines": "billed by carriers",
}


@dataclass(frozen=True)
class Step:
    """A column of the waterfall."""

    kind: Literal["sum", "more", "less"]
    name: str
    amount: int
    """Nano-units: a sum, or what is added (> 0) or taken off (< 0)."""
    start: int
    """Where the column begins: 0, or what all before it add up to."""
    at_least: bool = False
    """Whether something of it is not known, so that it is only a part."""

    @property
    def end(self) -> int:
        """What all so far add up to."""
        return self.start + self.amount


@dataclass(frozen=True)
class Data:
    """What the chart shows."""

    subtitle: str
    steps: tuple[Step, ...]
    """From the list price to what is billed; steps that change nothing are left out."""
    unpriced: int
    """Line items without a price: what they cost is in none of the steps."""
    lines: int
    plain: bool
    """Whether what is billed is the list price."""
    empty: str


def data(plan: Plan) -> Data:
    """The steps of planner.summary, each begun where the one before it ends."""
    steps, totals = summary.steps(plan), summary.totals(plan)
    open_end = not totals.complete
    found = [Step("sum", _NAMES["list_cost"], steps.list_cost, 0, open_end or not steps.list_complete)]
    running = steps.list_cost
    for name in list(_NAMES)[1:]:
        amount = getattr(steps, name)
        if name == "covered" and len(found) > 1 and any(getattr(steps, after) for after in list(_NAMES)[3:]):
            found.append(Step("sum", "at contract price", running, 0, open_end))
        if amount:
            found.append(Step("more" if amount > 0 else "less", _NAMES[name], amount, running))
            running += amount
    found.append(Step("sum", "billed, before tax", steps.billed, 0, open_end))
    return Data(
        subtitle=chart.cost_subtitle(plan, chart.span(plan)),
        steps=tuple(found),
        unpriced=totals.lines - totals.priced_lines,
        lines=totals.lines,
        plain=steps.plain,
        empty=chart.nothing_to_show(plan),
    )


def draw(canvas: Canvas, shown: Data) -> None:
    """A column for each step; a line carries each sum to the next. What is not known has a column of its own."""
    if shown.empty:
        canvas.say(shown.empty)
        return
    axes = canvas.axes(bottom=0.2, top=0.835)
    most = max(chart.value(max(step.start, step.end)) for step in shown.steps)
    chart.amount_axis(axes, most, canvas.currency)
    count = len(shown.steps) + (shown.unpriced > 0)
    axes.set_xlim(-0.6, max(count + shown.plain, 4) - 0.4)
    axes.set_xticks([])
    for column, step in enumerate(shown.steps):
        _column(axes, column, step)
        if column + 1 < len(shown.steps):
            axes.plot([column + 0.31, column + 0.69], [chart.value(step.end)] * 2, color=chart.SOFT, linewidth=1.2)
        _name(axes, column, step.name, step.kind == "sum", count)
    if shown.unpriced:
        _unknown(axes, len(shown.steps), shown, most, count)
    if shown.plain:
        said = "No contract, discount,\nprepaid plan or carrier\nchanges the list price."
        axes.text(count - 0.3, most / 2, said, size=chart.LABEL, color=chart.SOFT, va="center", linespacing=1.5)


def _column(axes: Axes, column: int, step: Step) -> None:
    color, hatch = fill = _FILLS[step.kind]
    low, high = sorted((chart.value(step.start), chart.value(step.end)))
    axes.bar(
        column, high - low, bottom=low, width=0.62, color=color, hatch=hatch, edgecolor=chart.edge(fill), linewidth=0.8
    )
    said = chart.amount(step.amount) if step.kind == "sum" else _signed(step.amount)
    axes.annotate(
        f"{'≥ ' if step.at_least else ''}{said}", (column, high), (0, 5), textcoords="offset points", ha="center",
        va="bottom", size=chart.LABEL, weight="bold" if step.kind == "sum" else "normal",
    )  # fmt: skip


def _name(axes: Axes, column: int, name: str, strong: bool, count: int) -> None:
    wrapped = "\n".join(textwrap.wrap(name, 18 if count < 6 else 13))
    axes.annotate(
        wrapped, (column, 0), (0, -10), textcoords="offset points", ha="center", va="top", size=chart.SMALL,
        weight="bold" if strong else "normal", annotation_clip=False,
    )  # fmt: skip


def _unknown(axes: Axes, column: int, shown: Data, most: float, count: int) -> None:
    """A dashed box of no scale: what it stands for costs something, and nobody knows how much."""
    axes.bar(
        column, most * 0.42, width=0.62, color=chart.PAPER, edgecolor=chart.INK, linewidth=1.6, linestyle=(0, (4, 3))
    )
    axes.text(column, most * 0.21, "?", size=34, ha="center", va="center", color=chart.SOFT)
    axes.annotate(
        "amount unknown", (column, most * 0.42), (0, 5), textcoords="offset points", ha="center", va="bottom",
        size=chart.SMALL,
    )  # fmt: skip
    _name(axes, column, f"{shown.unpriced:,} of {shown.lines:,} lines unpriced", False, count)


def _signed(amount: int) -> str:
    sign = "+" if amount > 0 else "\N{MINUS SIGN}" if amount < 0 else ""
    return f"{sign}{chart.amount(abs(amount))}"


CHART = chart.Chart(order=50, title="From list price to bill", data=data, draw=draw)
