"""When do how many sites come and go, in which wave, and on which transit routers?"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from planner.core.period import NEVER, Month, instant_text
from planner.plan import Plan
from reports import chart
from reports.chart import Canvas
from reports.rollout import Wave, waves

MOST_ROUTERS = 8
LEFT, RIGHT, TOP, BOTTOM = 0.075, 0.76, 0.705, 0.115
_OUTLINE = chart.FILLS[4][0]
_ROWS = 5
"""Rows in which names of waves stand above the axes."""


@dataclass(frozen=True)
class Layer:
    """The sites of the plan on a transit router, or on the rest of them."""

    name: str
    sites: tuple[int, ...]
    """From each instant of ``Data.instants`` on."""


@dataclass(frozen=True)
class Data:
    """What the chart shows."""

    subtitle: str
    months: tuple[Month, ...]
    bounds: tuple[int, ...]
    """Seconds of the starts of the months, and of the end of the last."""
    instants: tuple[int, ...]
    """Seconds, ascending: the start of the period, and every change inside it."""
    layers: tuple[Layer, ...]
    """Most sites first."""
    waves: tuple[Wave, ...]
    """By instant."""
    empty: str


def data(plan: Plan) -> Data:
    """Sites by router at every instant of the period, exact, and what each wave brings."""
    tables, period = plan.inventory, plan.inventory.period
    lots, bounds = tables.lots, period.bounds
    names = [tables.routers.ids[code] for code in tables.groups.router[lots.group].tolist()]
    changes: list[tuple[int, str, int]] = []
    columns = (lots.start.tolist(), lots.end.tolist(), lots.sites.tolist(), names)
    for start, end, sites, router in zip(*columns, strict=True):
        changes.append((start, router, sites))
        if end < NEVER:
            changes.append((end, router, -sites))
    changes = [(max(at, bounds[0]), router, sites) for at, router, sites in changes if at < bounds[-1]]
    instants = sorted({bounds[0], *(at for at, _, _ in changes)})
    layers = _layers(changes, instants)
    totals = [sum(column) for column in zip(*(layer.sites for layer in layers), strict=True)]
    peak = max(totals, default=0)
    when = instant_text(instants[totals.index(peak)])[:10] if peak else ""
    last = bounds[-1] - 1
    return Data(
        subtitle=f"Sites of the plan, without what exists · at most {peak:,}, from {when} on",
        months=period.months,
        bounds=bounds,
        instants=tuple(instants),
        layers=layers,
        waves=waves(plan),
        empty="" if peak else f"Nothing is attached between {period.first} and {str(instant_text(last))[:7]}.",
    )


def _layers(changes: list[tuple[int, str, int]], instants: list[int]) -> tuple[Layer, ...]:
    """The routers with most sites, and the others added up."""
    by_router: dict[str, Counter[int]] = {}
    for at, router, sites in changes:
        by_router.setdefault(router, Counter())[at] += sites
    found = [Layer(router, tuple(accumulate(own[at] for at in instants))) for router, own in sorted(by_router.items())]
    found = sorted((one for one in found if any(one.sites)), key=lambda one: (-max(one.sites), one.name))
    if len(found) <= MOST_ROUTERS:
        return tuple(found)
    rest = found[MOST_ROUTERS - 1 :]
    others = Layer(f"{len(rest)} more routers", tuple(map(sum, zip(*(one.sites for one in rest), strict=True))))
    return (*found[: MOST_ROUTERS - 1], others)


def draw(canvas: Canvas, shown: Data) -> None:
    """Stacked steps, a layer for each router; waves are lines with their names above."""
    if shown.empty:
        canvas.say(shown.empty)
        return
    axes = canvas.axes(left=LEFT, right=RIGHT, top=TOP)
    edges = [chart.position(shown.bounds, at) for at in (*shown.instants, shown.bounds[-1])]
    base = [0] * len(shown.instants)
    for number, layer in enumerate(shown.layers):
        color, hatch = fill = chart.pale(chart.FILLS[number])
        top = [low + sites for low, sites in zip(base, layer.sites, strict=True)]
        axes.stairs(
            top, edges, baseline=base, fill=True, facecolor=color, hatch=hatch, edgecolor=chart.edge(fill), linewidth=0
        )
        axes.stairs(top, edges, baseline=None, color=_OUTLINE, linewidth=0.8)
        base = top
    # The outline says that all of it is planned: sites that exist already are not in it.
    axes.stairs(base, edges, baseline=0, color=chart.OUTLINE, linewidth=2.2)
    axes.set_ylim(0, max(base) * 1.08)
    chart.month_axis(axes, shown.months, most=9)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=6, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda number, _: f"{number:,.0f}"))
    axes.grid(axis="y")
    axes.yaxis.set_tick_params(length=0)
    axes.spines["left"].set_visible(False)
    _names(canvas, axes, shown, base)
    _labels(canvas, shown, max(base) * 1.08)


def _names(canvas: Canvas, axes: Axes, shown: Data, totals: list[int]) -> None:
    """Names of waves and what they bring, above the axes in rows; those for which there is no room are counted."""
    low, high = axes.get_xlim()
    placed: list[_Place] = []
    # Names step up to the left, so that no line runs through one; steps without a name come where there is room.
    named = [wave for wave in reversed(shown.waves) if wave.names]
    nameless = sorted((wave for wave in shown.waves if not wave.names), key=lambda one: -one.added - one.removed)
    for wave in (*named, *nameless):
        at = chart.position(shown.bounds, wave.instant)
        x = LEFT + (RIGHT - LEFT) * (at - low) / (high - low)
        end = x + 0.0068 * len(_said(wave)) + 0.012
        rows = (row for row in range(_ROWS) if end < 0.985 and not any(one.hides(row, x, end) for one in placed))
        if (row := next(rows, None)) is None:
            continue
        placed.append(_Place(row, x, end))
        y = TOP + 0.024 + 0.034 * row
        number = shown.instants.index(wave.instant)
        foot = max(totals[max(number - 1, 0) : number + 1]) / axes.get_ylim()[1]
        look: dict[str, Any] = {"weight": "bold", "color": chart.INK} if wave.names else {"color": chart.SOFT}
        axes.axvline(
            at, foot, (y + 0.012 - BOTTOM) / (TOP - BOTTOM), clip_on=False, linewidth=1, color=look["color"], zorder=0
        )
        canvas.figure.text(x + 0.004, y, _said(wave), size=chart.FOOTER + 0.5, va="center", **look)
    if silent := len(shown.waves) - len(placed):
        said = f"{silent} more {'step has' if silent == 1 else 'steps have'} no room for a name"
        canvas.figure.text(0.985, 0.893, said, size=chart.FOOTER, color=chart.SOFT, va="center", ha="right")


@dataclass(frozen=True)
class _Place:
    """Where a name stands: its row, and its extent, in parts of the picture; its line runs down from its start."""

    row: int
    start: float
    end: float

    def hides(self, row: int, start: float, end: float) -> bool:
        """Whether another name there would touch this one, or the line of either would run through the other."""
        if row == self.row:
            return start < self.end and self.start < end
        return self.start <= start < self.end if row > self.row else start <= self.start < end


def _said(wave: Wave) -> str:
    name = chart.shortened(" = ".join(wave.names) or instant_text(wave.instant)[:10], 24)
    came = f" +{wave.added:,}" if wave.added else ""
    left = f" \N{MINUS SIGN}{wave.removed:,}" if wave.removed else ""
    return f"{name}{came}{left}"


def _labels(canvas: Canvas, shown: Data, most: float) -> None:
    """Names of routers beside their layers, as high as these are at the end as far as there is room."""
    middles, base = [], 0.0
    for layer in shown.layers:
        middles.append(BOTTOM + (base + layer.sites[-1] / 2) / most * (TOP - BOTTOM))
        base += layer.sites[-1]
    for number, (layer, y) in enumerate(
        zip(shown.layers, chart.spread(middles, 0.072, BOTTOM + 0.03, TOP - 0.01), strict=True)
    ):
        canvas.swatch(RIGHT + 0.012, y, chart.pale(chart.FILLS[number]), height=0.045)
        peak, last = max(layer.sites), layer.sites[-1]
        said = f"{last:,} at the end" + (f", {peak:,} at most" if peak > last else "")
        name = chart.shortened(layer.name, 22)
        canvas.figure.text(RIGHT + 0.038, y + 0.014, name, size=chart.SMALL, weight="bold", va="center")
        canvas.figure.text(RIGHT + 0.038, y - 0.016, said, size=chart.FOOTER + 0.5, va="center")


CHART = chart.Chart(order=25, title="Rollout: sites by transit router and wave", data=data, draw=draw)
