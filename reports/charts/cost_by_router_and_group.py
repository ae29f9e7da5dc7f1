"""Where does the money go: which transit routers, and which attachment groups on them?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from planner import summary
from planner.plan import Plan
from planner.summary import Sum
from reports import chart, cost_outline
from reports.chart import Canvas

MOST_ROUTERS = 5
MOST_GROUPS = 8
LEFT = 0.33
TOP, BOTTOM = 0.845, 0.1
THICKEST = 0.088
"""Of the picture's height, with which a few bars would be too thick."""
_COLORS = {"router": chart.FILLS[0][0], "group": chart.FILLS[1][0], "rest": "#D0D0D0"}


@dataclass(frozen=True)
class Bar:
    """A router, one of its groups, or the rest of either."""

    kind: Literal["router", "group", "rest"]
    name: str
    amount: int
    """Over the period, nano-units: the priced part."""
    complete: bool


@dataclass(frozen=True)
class Data:
    """What the chart shows."""

    subtitle: str
    bars: tuple[Bar, ...]
    """From top to bottom: each router, the most expensive first, with its groups below it."""
    total: int
    empty: str


def data(plan: Plan) -> Data:
    """The routers and groups that cost most; the others are added up, so that nothing is missing."""
    rows = summary.cost_rows(plan)
    routers = summary.dearest(summary.by(rows, "router"))
    groups = summary.dearest(summary.by(rows, "router", "subject"))
    shown = {found.key for found in routers[:MOST_ROUTERS]}
    named = {found.key for found in [group for group in groups if group.key[:1] in shown][:MOST_GROUPS]}
    bars = []
    for router in routers[:MOST_ROUTERS]:
        bars.append(Bar("router", cost_outline.place_name(router.key[0], plan), router.total, router.complete))
        own = [group for group in groups if group.key[0] == router.key[0]]
        bars += [Bar("group", group.key[1], group.total, group.complete) for group in own if group.key in named]
        bars += _rest([group for group in own if group.key not in named], "group")
    bars += _rest(routers[MOST_ROUTERS:], "router")
    return Data(
        subtitle=chart.cost_subtitle(plan, chart.span(plan)),
        bars=tuple(bars),
        total=summary.totals(plan).subtotal,
        empty=chart.nothing_to_show(plan),
    )


def _rest(left: Sequence[Sum], what: Literal["router", "group"]) -> list[Bar]:
    """One bar for what is left; a single one keeps its name."""
    if len(left) < 2:
        return [Bar(what, one.key[-1], one.total, one.complete) for one in left]
    name = f"{len(left)} more {what}s"
    return [Bar("rest", name, sum(one.total for one in left), all(one.complete for one in left))]


def draw(canvas: Canvas, shown: Data) -> None:
    """Horizontal bars with their amounts; groups are set in under their router."""
    if shown.empty:
        canvas.say(shown.empty)
        return
    height = min((TOP - BOTTOM) / len(shown.bars), THICKEST)
    axes = canvas.axes(left=LEFT, right=0.955, bottom=TOP - height * len(shown.bars), top=TOP)
    most = max(chart.value(bar.amount) for bar in shown.bars)
    chart.amount_axis(axes, most, canvas.currency, horizontal=True)
    axes.set_xlim(0, most * 1.3)
    axes.set_ylim(len(shown.bars) - 0.5, -0.5)
    axes.set_yticks([])
    for row, bar in enumerate(shown.bars):
        heading = bar.kind == "router"
        look: dict[str, Any] = {
            "weight": "bold" if heading else "normal",
            "style": "italic" if bar.kind == "rest" else "normal",
        }
        amount = chart.value(bar.amount)
        axes.barh(row, amount, height=0.78 if heading else 0.6, color=_COLORS[bar.kind])
        axes.annotate(
            _label(bar, shown.total), (amount, row), (7, 0), textcoords="offset points", va="center",
            size=chart.SMALL, weight=look["weight"],
        )  # fmt: skip
        canvas.figure.text(
            0.035 if heading else 0.055, TOP - (row + 0.5) * height, chart.shortened(bar.name, 32), va="center",
            size=chart.LABEL if heading else chart.SMALL, **look,
        )  # fmt: skip


def _label(bar: Bar, total: int) -> str:
    if not bar.amount and not bar.complete:
        return "unpriced"
    return f"{'' if bar.complete else '≥ '}{chart.amount(bar.amount)} ({chart.share(bar.amount, total)})"


CHART = chart.Chart(order=30, title="Cost by transit router and attachment group", data=data, draw=draw)
