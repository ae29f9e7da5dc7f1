"""Does every transit router have room for its attachments, and if not, from which month on?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

from planner.core.period import Month, seconds
from planner.plan import Plan
from reports import chart, router_panel
from reports.chart import Canvas
from reports.router_panel import Panel

MOST_PANELS = 6
_TODAY_LINE: dict[str, Any] = {"linestyle": (0, (2, 2)), "linewidth": 1.6}
_LIMIT_LINE: dict[str, Any] = {"linewidth": 3, "solid_joinstyle": "miter"}
_PENDING_LINE: dict[str, Any] = {"linestyle": (0, (1.5, 0.8)), "linewidth": 3}
_DIAMOND: dict[str, Any] = {"marker": "D", "markersize": 8, "markeredgecolor": chart.PAPER}


@dataclass(frozen=True)
class Data:
    """What the chart shows."""

    subtitle: str
    months: tuple[Month, ...]
    bounds: tuple[int, ...]
    """Seconds of the starts of the months, and of the end of the last."""
    as_of: date | None
    """Today, as the plan says it."""
    panels: tuple[Panel, ...]
    """The routers that have most to say: exceeded first, then those with the least room."""
    left_out: int
    """Routers that are not shown; none of them is closer to its limit than those shown."""


def data(plan: Plan) -> Data:
    """Used and limit of the routers that matter most."""
    period, panels = plan.inventory.period, router_panel.panels(plan)
    exceeded = sum(panel.first_exceeded is not None for panel in panels)
    routers = f"{len(panels)} transit router{'s' if len(panels) != 1 else ''}"
    facts = ["highest count of each month", f"over the limit on {exceeded} of {routers}"]
    if not exceeded:
        facts[1] = (
            f"within the limit on {routers}" if all(panel.limited for panel in panels) else f"{routers}, limits unknown"
        )
    left_out = max(len(panels) - MOST_PANELS, 0)
    if left_out:
        which = "that are over first" if exceeded >= MOST_PANELS else "closest to their limit"
        facts.append(f"shown: the {MOST_PANELS} {which}")
    return Data(
        subtitle=" · ".join(facts).capitalize(),
        months=period.months,
        bounds=period.bounds,
        as_of=plan.as_of,
        panels=tuple(panels[:MOST_PANELS]),
        left_out=left_out,
    )


def draw(canvas: Canvas, shown: Data) -> None:
    """A panel for each router: what is attached by month, the limit as a line with steps, and when to act."""
    if not shown.panels:
        canvas.say("The estate has no transit router.")
        return
    _key(canvas, shown)
    several = len(shown.panels)
    lines = 3 if any(panel.least_limit is not None for panel in shown.panels) else 2
    for axes, panel in zip(canvas.panels(several, lines), shown.panels, strict=True):
        _draw_panel(axes, panel, shown, lines)


def _key(canvas: Canvas, shown: Data) -> None:
    """What colours and signs mean, on one line under the subtitle."""
    y, transform = 0.838, canvas.figure.transFigure
    over = [(chart.OVER, "over the limit")] if any(any(panel.over) for panel in shown.panels) else []
    x = canvas.key([(chart.TODAY, "attached today"), (chart.PLANNED, "planned"), *over])
    signs: list[tuple[str, dict[str, Any]]] = [("limit", _LIMIT_LINE)]
    if any(any(panel.pending) for panel in shown.panels):
        signs.append(("limit requested, not granted", _PENDING_LINE))
    if shown.as_of is not None and _inside(shown.as_of, shown):
        signs.append((f"today, {shown.as_of}", _TODAY_LINE))
    if any(panel.apply_by is not None for panel in shown.panels):
        signs.append(("last day to apply for more", {**_DIAMOND, "markevery": [1], "linewidth": 0}))
    for name, look in signs:
        line = Line2D([x, x + 0.014, x + 0.028], [y, y, y], **{"color": chart.INK, **look}, transform=transform)
        canvas.figure.add_artist(line)
        canvas.figure.text(x + 0.034, y, name, size=chart.SMALL, va="center")
        x += 0.055 + 0.0079 * len(name)
    if shown.as_of is not None and not _inside(shown.as_of, shown):
        when = "before" if seconds(shown.as_of) < shown.bounds[0] else "after"
        said = f"today, {shown.as_of}, is {when} the first month" if when == "before" else f"today is {shown.as_of}"
        canvas.figure.text(0.985, 0.945, said, size=chart.SMALL, va="center", ha="right", color=chart.SOFT)


def _inside(day: date, shown: Data) -> bool:
    return shown.bounds[0] <= seconds(day) < shown.bounds[-1]


def _draw_panel(axes: Axes, panel: Panel, shown: Data, lines: int) -> None:
    months, several = shown.months, len(shown.panels)
    used, over = np.array(panel.used), np.array(panel.over)
    today = np.minimum(panel.existing, used - over)
    edges = np.arange(len(months) + 1) - 0.5
    for top, base, (color, hatch), outline in (
        (today, 0 * used, chart.TODAY, None),
        (used - over, today, chart.PLANNED, chart.OUTLINE),
        (used, used - over, chart.OVER, None),
    ):
        axes.stairs(
            np.where(top > base, top, np.nan), edges, baseline=base, fill=True, facecolor=color, hatch=hatch,
            edgecolor=outline or chart.edge((color, hatch)), linewidth=1.6 if outline else 0,
        )  # fmt: skip
    highest = max([1, *panel.used, *(limit for limit in panel.limit if limit is not None)])
    axes.set_ylim(0, highest * 1.3)
    chart.month_axis(axes, months, most={1: 12, 2: 6, 4: 6}.get(several, 3))
    axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=4 if several > 3 else 6, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda number, _: f"{number:,.0f}"))
    axes.grid(axis="y")
    axes.yaxis.set_tick_params(length=0)
    axes.spines["left"].set_visible(False)
    _limit(axes, panel)
    _caption(axes, panel, months, several, lines)
    if panel.first_exceeded is not None:
        _mark(axes, panel.first_exceeded, panel.used[panel.first_exceeded], months, highest * 1.2)
    _days(axes, panel, shown)


def _days(axes: Axes, panel: Panel, shown: Data) -> None:
    """Today, and the last day to apply; a day before the first month stands at its start, as an arrow."""
    if shown.as_of is not None and _inside(shown.as_of, shown):
        axes.axvline(chart.position(shown.bounds, seconds(shown.as_of)), color=chart.INK, **_TODAY_LINE)
    if panel.apply_by is not None:
        at = chart.position(shown.bounds, max(seconds(panel.apply_by), shown.bounds[0]))
        look = _DIAMOND if _inside(panel.apply_by, shown) else {**_DIAMOND, "marker": "<"}
        axes.plot([at], [0], color=chart.INK, clip_on=False, zorder=5, **look)


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
    edges = np.repeat(np.arange(len(panel.limit) + 1) - 0.5, 2)[1:-1]
    for pending, line in ((False, _LIMIT_LINE), (True, _PENDING_LINE)):
        values = [np.nan if limit is None else limit for limit in panel.limit_where(pending=pending)]
        axes.plot(edges, np.repeat(values, 2), color=chart.INK, **line)
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


def _caption(axes: Axes, panel: Panel, months: tuple[Month, ...], several: int, lines: int) -> None:
    """The router, and what there is to say of it, above its axes."""
    room = {1: 90, 2: 44, 4: 44}.get(several, 28)
    name = f"{panel.router} ({panel.region})"
    name = chart.shortened(name if len(name) <= room else panel.router, room)
    said = [_said(panel, months), *([_asked(panel)] if lines > 2 else [])]
    for line, text in enumerate((name, *said)):
        axes.annotate(
            text, (0, 1), (0, 8 + 19 * (len(said) - line)), xycoords="axes fraction", textcoords="offset points",
            va="bottom", size=chart.SMALL if line else chart.LABEL, weight="normal" if line else "bold",
        )  # fmt: skip


def _asked(panel: Panel) -> str:
    """What to ask for and until when, in a few words; nothing where no more is needed."""
    if panel.least_limit is None:
        return ""
    if panel.apply_by is None:
        return f"needs {panel.least_limit:,}; lead time unknown"
    return f"needs {panel.least_limit:,}; apply by {panel.apply_by}{' (over)' if panel.too_late else ''}"


def _said(panel: Panel, months: tuple[Month, ...]) -> str:
    """The panel in a few words."""
    if panel.first_exceeded is not None:
        at = panel.first_exceeded
        return f"over from {months[at]}: {panel.used[at]:,} of {panel.limit[at]:,}"
    peak = max(range(len(months)), key=lambda m: (panel.used[m], -m))
    if panel.limit[peak] is None:
        return f"limit unknown; at most {panel.used[peak]:,}"
    said = f"at most {panel.used[peak]:,} of {panel.limit[peak]:,}{' pending' if panel.pending[peak] else ''}"
    return f"{said}, tight from {months[panel.first_tight]}" if panel.first_tight is not None else said


CHART = chart.Chart(order=20, title="VPN attachments against the quota", data=data, draw=draw)
