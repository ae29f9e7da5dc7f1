"""How much room is left on each transit router in each month, and where is there none?"""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from planner.core.period import Month
from planner.plan import Plan
from planner.quota import STATUSES, UNKNOWN, QuotaUse
from reports import chart
from reports.chart import Canvas

QUOTA = "vpn-attachments-per-transit-router"
MOST_ROUTERS = 24
MOST_NUMBERS = 36
"""Of more months, the cells have no numbers."""
LEFT, RIGHT, TOP, BOTTOM = 0.27, 0.83, 0.8, 0.115
THICKEST = 0.095
"""Of the picture's height, with which a few rows would be too thick."""
_FILLS: dict[str, tuple[str, str]] = {
    "ok": ("#E4EFF8", ""),
    "tight": ("#7FB2DA", ""),
    "exceeded": chart.OVER,
    "unknown": (chart.PAPER, "...."),
}
_SAID = {"ok": "room left", "tight": "tight", "exceeded": "over the limit", "unknown": "limit unknown"}


@dataclass(frozen=True)
class Row:
    """One transit router."""

    router: str
    region: str
    headroom: tuple[int | None, ...]
    """By month: attachments that still fit; negative: too many; None: the limit is not known."""
    status: tuple[str, ...]
    """By month, one of STATUSES."""

    @property
    def least(self) -> int | None:
        """Column of the first month with the least headroom that is known; None: none is."""
        known = [(room, column) for column, room in enumerate(self.headroom) if room is not None]
        return min(known)[1] if known else None


@dataclass(frozen=True)
class Data:
    """What the chart shows."""

    subtitle: str
    months: tuple[Month, ...]
    rows: tuple[Row, ...]
    """Least headroom first."""
    left_out: int
    """Routers that are not shown; none of them has less headroom than those shown."""


def data(plan: Plan) -> Data:
    """Headroom of the routers that have least."""
    use = next((use for use in plan.quotas if use.id == QUOTA), None)
    rows = sorted((_row(plan, use, number) for number in range(len(use.scopes))), key=_interest) if use else []
    left_out = max(len(rows) - MOST_ROUTERS, 0)
    facts = ["VPN attachments that still fit, least of each month", "negative: too many"]
    if left_out:
        facts.append(f"shown: the {MOST_ROUTERS} of {len(rows)} routers with least")
    return Data(" · ".join(facts), plan.inventory.period.months, tuple(rows[:MOST_ROUTERS]), left_out)


def _row(plan: Plan, use: QuotaUse, number: int) -> Row:
    routers = plan.inventory.routers
    at = routers.ids.index(use.scopes[number])
    pairs = zip(use.used[number].tolist(), use.limit[number].tolist(), strict=True)
    return Row(
        router=use.scopes[number],
        region=plan.inventory.regions[int(routers.region[at])],
        headroom=tuple(None if limit == UNKNOWN else limit - used for used, limit in pairs),
        status=tuple(STATUSES[code] for code in use.status[number].tolist()),
    )


def _interest(row: Row) -> tuple[int, str]:
    """Sorts by the least headroom; a limit that is not known is worse than any room, and better than none."""
    return (-1 if row.least is None else row.headroom[row.least] or 0), row.router


def draw(canvas: Canvas, shown: Data) -> None:
    """A row of cells for each router: shade and number say the headroom, hatches that the limit is exceeded."""
    if not shown.rows:
        canvas.say("The estate has no transit router.")
        return
    used = {status for row in shown.rows for status in row.status}
    canvas.key([(_FILLS[status], _SAID[status]) for status in STATUSES if status in used])
    height = min((TOP - BOTTOM) / len(shown.rows), THICKEST)
    axes = canvas.axes(left=LEFT, right=RIGHT, bottom=TOP - height * len(shown.rows), top=TOP)
    chart.month_axis(axes, shown.months, most=9)
    axes.set_xlim(-0.5, len(shown.months) - 0.5)
    axes.set_ylim(len(shown.rows) - 0.5, -0.5)
    axes.set_yticks([])
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    for number, row in enumerate(shown.rows):
        _cells(axes, row, number, len(shown.months))
        y = TOP - (number + 0.5) * height
        size = chart.SMALL if height > 0.034 else chart.FOOTER
        roomy = height > 0.055
        name = chart.shortened(row.router, 26 if roomy else 28)
        canvas.figure.text(0.035, y + 0.014 * roomy, name, size=size, va="center", weight="bold")
        if roomy:
            canvas.figure.text(0.035, y - 0.017, row.region, size=chart.FOOTER, va="center", color=chart.SOFT)
        _least(canvas, row, shown.months, y, size)
    canvas.figure.text(RIGHT + 0.012, TOP + 0.022, "least", size=chart.SMALL, va="center", color=chart.SOFT)


def _cells(axes: Axes, row: Row, number: int, months: int) -> None:
    """The cells of a router; alike neighbours are one where there are no numbers in them."""
    numbered = months <= MOST_NUMBERS
    size = chart.SMALL if months <= 16 else chart.FOOTER if months <= 24 else 8.5
    start = 0
    for column in range(months):
        last = column + 1 == months or row.status[column + 1] != row.status[column]
        if not numbered and not last:
            continue
        first = column if numbered else start
        start = column + 1
        color, hatch = fill = _FILLS[row.status[column]]
        dark = row.status[column] == "exceeded"
        gap = 0.04 if numbered else 0.0
        axes.add_patch(
            Rectangle(
                (first - 0.5 + gap, number - 0.46), column - first + 1 - 2 * gap, 0.92, facecolor=color, hatch=hatch,
                edgecolor=chart.edge(fill) if dark else chart.FAINT, linewidth=0.6,
            )
        )  # fmt: skip
        if numbered:
            axes.text(
                column, number, _number(row.headroom[column]), size=size, ha="center", va="center",
                color=chart.PAPER if dark else chart.INK, weight="bold" if dark else "normal",
                bbox={"facecolor": color, "edgecolor": "none", "pad": 1} if hatch else None,
            )  # fmt: skip


def _least(canvas: Canvas, row: Row, months: tuple[Month, ...], y: float, size: float) -> None:
    """How little there is at worst, and when."""
    said = "unknown" if row.least is None else f"{_number(row.headroom[row.least])} in {months[row.least]}"
    over = row.least is not None and (row.headroom[row.least] or 0) < 0
    weight = "bold" if over else "normal"
    canvas.figure.text(RIGHT + 0.012, y, said, size=size, va="center", weight=weight)


def _number(headroom: int | None) -> str:
    return "?" if headroom is None else f"{headroom:,}".replace("-", "\N{MINUS SIGN}")


CHART = chart.Chart(order=22, title="Headroom by transit router and month", data=data, draw=draw)
