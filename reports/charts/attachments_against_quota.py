"""Does every transit router have room for its attachments, and if not, from which month on?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

from planner.core.period import Month
from planner.plan import Plan
from planner.quota import EXCEEDED, TIGHT, UNKNOWN, QuotaUse
from reports import chart
from reports.chart import Canvas

QUOTA = "vpn-attachments-per-transit-router"
MOST_PANELS = 6


@dataclass(frozen=True)
class Panel:
    """One transit router."""

    router: str
    region: str
    today: int
    """Attachments outside the plan."""
    used: tuple[int, ...]
    """By month: the highest count inside it."""
    limit: tuple[int | None, ...]
    """By month; None where unknown."""
    first_exceeded: int | None
    """Column of the first month in which the limit is exceeded."""
    first_tight: int | None

    @property
    def over(self) -> tuple[int, ...]:
        """By month: how many are more than the limit."""
        return tuple(
            0 if limit is None else max(used - limit, 0) for used, limit in zip(self.used, self.limit, strict=True)
        )


@dataclass(frozen=True)
class Data:
    """What the chart shows."""

    subtitle: str
    months: tuple[Month, ...]
    panels: tuple[Panel, ...]
    """The routers that have most to say: exceeded first, then those with the least room."""
    left_out: int
    """Routers that are not shown; none of them is closer to its limit than those shown."""


def data(plan: Plan) -> Data:
    """Used and limit of the routers that matter most."""
    use = next((use for use in plan.quotas if use.id == QUOTA), None)
    months = plan.inventory.period.months
    panels = sorted((_panel(plan, use, row) for row in range(len(use.scopes))), key=_interest) if use else []
    exceeded = sum(panel.first_exceeded is not None for panel in panels)
    routers = f"{len(panels)} transit router{'s' if len(panels) != 1 else ''}"
    facts = ["highest count of each month", f"over the limit on {exceeded} of {routers}"]
    if not exceeded:
        facts[1] = f"within the limit on {routers}" if all(map(_known, panels)) else f"{routers}, limits unknown"
    left_out = max(len(panels) - MOST_PANELS, 0)
    if left_out:
        which = "that are over first" if exceeded >= MOST_PANELS else "closest to their limit"
        facts.append(f"shown: the {MOST_PANELS} {which}")
    return Data(" · ".join(facts).capitalize(), months, tuple(panels[:MOST_PANELS]), left_out)


def _known(panel: Panel) -> bool:
    return None not in panel.limit


def _panel(plan: Plan, use: QuotaUse, row: int) -> Panel:
    routers, status = plan.inventory.routers, use.status[row]
    at = routers.ids.index(use.scopes[row])
    return Panel(
        router=use.scopes[row],
        region=plan.inventory.regions[int(routers.region[at])],
        today=int(routers.attached_vpn[at]),
        used=tuple(use.used[row].tolist()),
        limit=tuple(None if limit == UNKNOWN else limit for limit in use.limit[row].tolist()),
        first_exceeded=int(np.argmax(status == EXCEEDED)) if (status == EXCEEDED).any() else None,
        first_tight=int(np.argmax(status == TIGHT)) if (status == TIGHT).any() else None,
    )


def _interest(panel: Panel) -> tuple[bool, int, float, str]:
    """Sorts what is exceeded first, earliest before later, then by how much of the limit is used."""
    known = [used / max(limit, 1) for used, limit in zip(panel.used, panel.limit, strict=True) if limit is not None]
    never = panel.first_exceeded is None
    return never, 0 if panel.first_exceeded is None else panel.first_exceeded, -max(known, default=1.0), panel.router


def draw(canvas: Canvas, shown: Data) -> None:
    """A panel for each router: bars of what is attached, the limit as a line with steps."""
    if not shown.panels:
        canvas.say("The estate has no transit router.")
        return
    _key(canvas, any(any(panel.over) for panel in shown.panels))
    several = len(shown.panels)
    for axes, panel in zip(canvas.panels(several), shown.panels, strict=True):
        _draw_panel(axes, panel, shown.months, several)


def _key(canvas: Canvas, over: bool) -> None:
    """What the colours mean, on one line under the subtitle."""
    x, y = 0.037, 0.838
    entries = [(chart.TODAY, "attached today"), (chart.PLANNED, "planned")]
    for fill, name in entries + ([(chart.OVER, "over the limit")] if over else []):
        canvas.swatch(x, y, fill)
        canvas.figure.text(x + 0.024, y, name, size=chart.SMALL, va="center")
        x += 0.045 + 0.0088 * len(name)
    line = Line2D([x, x + 0.028], [y, y], color=chart.INK, linewidth=3, transform=canvas.figure.transFigure)
    canvas.figure.add_artist(line)
    canvas.figure.text(x + 0.034, y, "limit", size=chart.SMALL, va="center")


def _draw_panel(axes: Axes, panel: Panel, months: tuple[Month, ...], several: int) -> None:
    columns = np.arange(len(months))
    used, over = np.array(panel.used), np.array(panel.over)
    today = np.minimum(panel.today, used - over)
    width = 1.0 if len(months) > 40 or several > 2 else 0.82
    for height, base, (color, hatch) in (
        (today, 0 * used, chart.TODAY),
        (used - over - today, today, chart.PLANNED),
        (over, used - over, chart.OVER),
    ):
        axes.bar(
            columns, height, width=width, bottom=base, color=color, hatch=hatch,
            edgecolor=chart.edge((color, hatch)), linewidth=0,
        )  # fmt: skip
    top = max([1, *panel.used, *(limit for limit in panel.limit if limit is not None)])
    axes.set_ylim(0, top * 1.3)
    chart.month_axis(axes, months, most={1: 12, 2: 6, 4: 6}.get(several, 3))
    axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=4 if several > 3 else 6, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda number, _: f"{number:,.0f}"))
    axes.grid(axis="y")
    axes.yaxis.set_tick_params(length=0)
    axes.spines["left"].set_visible(False)
    _limit(axes, panel)
    _caption(axes, panel, months, several)
    if panel.first_exceeded is not None:
        _mark(axes, panel.first_exceeded, panel.used[panel.first_exceeded], months, top * 1.2)


def _mark(axes: Axes, column: int, used: int, months: tuple[Month, ...], height: float) -> None:
    """The first month over the limit: an arrow to its bar, and its name above everything else."""
    axes.annotate(
        "", (column, used), (column, height), arrowprops={"arrowstyle": "-|>", "color": chart.INK, "linewidth": 1.8}
    )
    right = column > len(months) * 0.7
    axes.annotate(
        str(months[column]), (column, height), (-6 if right else 6, 0), textcoords="offset points", size=chart.SMALL,
        weight="bold", ha="right" if right else "left", va="center",
    )  # fmt: skip


def _limit(axes: Axes, panel: Panel) -> None:
    """The limit, drawn over each month: the last value is written at its end, those before where they begin."""
    edges, values = [], []
    for column, limit in enumerate(panel.limit):
        edges += [column - 0.5, column + 0.5]
        values += [np.nan if limit is None else limit] * 2
    axes.plot(edges, values, color=chart.INK, linewidth=3, solid_joinstyle="miter")
    look: dict[str, Any] = {"textcoords": "offset points", "size": chart.SMALL, "weight": "bold"}
    last = panel.limit[-1]
    if last is None:
        axes.annotate("limit\nunknown", (1, 0.6), (4, 0), xycoords="axes fraction", va="center", **look)
    else:
        axes.annotate(f"{last:,}", (edges[-1], last), (5, 0), va="center", annotation_clip=False, **look)
    before: int | None = None
    for column, limit in enumerate(panel.limit):
        if limit is not None and limit != before and limit != last:
            axes.annotate(f"{limit:,}", (column - 0.45, limit), (2, 3), va="bottom", **look)
        before = limit


def _caption(axes: Axes, panel: Panel, months: tuple[Month, ...], several: int) -> None:
    """The router, and what there is to say of it, above its axes."""
    room = {1: 90, 2: 44, 4: 44}.get(several, 28)
    name = f"{panel.router} ({panel.region})"
    name = chart.shortened(name if len(name) <= room else panel.router, room)
    for line, text, weight in ((27, name, "bold"), (8, _said(panel, months), "normal")):
        axes.annotate(
            text, (0, 1), (0, line), xycoords="axes fraction", textcoords="offset points", va="bottom",
            size=chart.LABEL if line > 10 else chart.SMALL, weight=weight,
        )  # fmt: skip


def _said(panel: Panel, months: tuple[Month, ...]) -> str:
    """The panel in a few words."""
    if panel.first_exceeded is not None:
        at = panel.first_exceeded
        return f"over from {months[at]}: {panel.used[at]:,} of {panel.limit[at]:,}"
    peak = max(range(len(months)), key=lambda m: (panel.used[m], -m))
    if panel.limit[peak] is None:
        return f"limit unknown; at most {panel.used[peak]:,}"
    said = f"at most {panel.used[peak]:,} of {panel.limit[peak]:,}"
    return f"{said}, tight from {months[panel.first_tight]}" if panel.first_tight is not None else said


CHART = chart.Chart(order=20, title="VPN attachments against the quota", data=data, draw=draw)
