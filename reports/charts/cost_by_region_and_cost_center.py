"""Who bears the cost, and where does it arise: regions, transit routers and cost centres side by side?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planner import summary
from planner.core.region import REGIONS
from planner.plan import Plan
from planner.summary import CostRow
from reports import chart, cost_outline
from reports.chart import Canvas

MOST, FEWEST = 7, 5
LEFT, RIGHT, TOP, BOTTOM = 0.035, 0.985, 0.785, 0.085
_BETWEEN = 0.028


@dataclass(frozen=True)
class Bar:
    """A region, a router, a cost centre, or the rest of them."""

    name: str
    amount: int
    """Over the period, nano-units: the priced part."""
    complete: bool
    rest: bool = False


@dataclass(frozen=True)
class Column:
    """One way to add the cost up; its bars are the whole of it."""

    title: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Data:
    """What the chart shows."""

    subtitle: str
    columns: tuple[Column, ...]
    total: int
    empty: str


def data(plan: Plan) -> Data:
    """The same total three times: by region, by transit router and by cost centre, the largest part first."""
    rows = summary.cost_rows(plan)
    return Data(
        subtitle=chart.cost_subtitle(plan, chart.span(plan), "cost centres before chargeback"),
        columns=(
            Column("By region", _bars(plan, rows, "region")),
            Column("By transit router", _bars(plan, rows, "router")),
            Column("By cost centre", _bars(plan, rows, "cost_center")),
        ),
        total=summary.totals(plan).subtotal,
        empty=chart.nothing_to_show(plan),
    )


def _bars(plan: Plan, rows: Sequence[CostRow], what: str) -> tuple[Bar, ...]:
    found = summary.dearest(summary.by(rows, what))
    bars = [Bar(_name(plan, what, one.key[0]), one.total, one.complete) for one in found]
    if len(bars) <= MOST:
        return tuple(bars)
    rest = bars[MOST - 1 :]
    last = Bar(f"{len(rest)} more", sum(one.amount for one in rest), all(one.complete for one in rest), rest=True)
    return (*bars[: MOST - 1], last)


def _name(plan: Plan, what: str, key: str) -> str:
    if what == "region":
        return f"{key}, {REGIONS[key].name}" if key in REGIONS else f"prepaid plans for {key}"
    return cost_outline.place_name(key, plan) if what == "router" else key


def draw(canvas: Canvas, shown: Data) -> None:
    """Three columns of bars to one scale; names stand above their bars, amounts beside them."""
    if shown.empty:
        canvas.say(shown.empty)
        return
    most = max(chart.value(bar.amount) for column in shown.columns for bar in column.bars)
    width = (RIGHT - LEFT - _BETWEEN * (len(shown.columns) - 1)) / len(shown.columns)
    height = (TOP - BOTTOM) / min(max(*(len(column.bars) for column in shown.columns), FEWEST), MOST)
    for number, column in enumerate(shown.columns):
        left = LEFT + number * (width + _BETWEEN)
        canvas.figure.text(left, TOP + 0.035, column.title, size=chart.LABEL + 1.5, weight="bold", va="center")
        axes = canvas.axes(left=left, right=left + width, bottom=TOP - height * len(column.bars), top=TOP)
        axes.set_xlim(0, most * 2.1)
        axes.set_ylim(len(column.bars) - 0.5, -0.5)
        axes.set_xticks([])
        axes.set_yticks([])
        axes.spines["bottom"].set_visible(False)
        for row, bar in enumerate(column.bars):
            amount = chart.value(bar.amount)
            fill = ("#D0D0D0", "") if bar.rest else chart.FILLS[0]
            axes.barh(row + 0.14, amount, height=0.4, color=fill[0])
            axes.annotate(
                _label(bar, shown.total), (amount, row + 0.14), (6, 0), textcoords="offset points", va="center",
                size=chart.SMALL, weight="bold",
            )  # fmt: skip
            axes.annotate(
                chart.shortened(bar.name, 36), (0, row - 0.27), (3, 0), textcoords="offset points", va="center",
                size=chart.SMALL, style="italic" if bar.rest else "normal",
            )  # fmt: skip


def _label(bar: Bar, total: int) -> str:
    if not bar.amount and not bar.complete:
        return "unpriced"
    return f"{'' if bar.complete else '≥ '}{chart.amount(bar.amount)} ({chart.share(bar.amount, total)})"


CHART = chart.Chart(order=35, title="Cost by region, transit router and cost centre", data=data, draw=draw)
