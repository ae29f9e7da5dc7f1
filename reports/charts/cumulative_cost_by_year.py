"""How much will have been spent by when, and what falls into each year, calendar or fiscal?"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

from matplotlib.axes import Axes

from planner import summary
from planner.core.period import Month
from planner.plan import Plan
from reports import chart
from reports.chart import Canvas

NARROW = 0.045
"""Part of the axis below which a year has no room for its cost."""


@dataclass(frozen=True)
class Year:
    """A calendar or fiscal year, as far as the period covers it."""

    name: str
    """2027, or FY2027 where fiscal years do not begin in January."""
    first: int
    """Column of its first month."""
    last: int
    """Column of its last month."""
    cost: int
    """Nano-units: the priced part."""
    cumulative: int
    """From the start of the period to its end, nano-units."""
    complete: bool
    """Whether its own cost is whole."""
    cumulative_complete: bool
    """Whether the sum until its end is whole."""


@dataclass(frozen=True)
class Data:
    """What the chart shows."""

    subtitle: str
    months: tuple[Month, ...]
    cumulative: tuple[int, ...]
    """By month: from the start of the period to its end, nano-units."""
    years: tuple[Year, ...]
    empty: str


def data(plan: Plan) -> Data:
    """Running sums by month and year."""
    totals, months = summary.totals(plan), plan.inventory.period.months
    cumulative = tuple(accumulate(totals.amounts))
    years = tuple(
        Year(
            name=summary.year_name(plan, year),
            first=columns.start,
            last=columns.stop - 1,
            cost=sum(totals.amounts[columns]),
            cumulative=cumulative[columns.stop - 1],
            complete=not any(totals.unpriced[columns]),
            cumulative_complete=not any(totals.unpriced[: columns.stop]),
        )
        for year, columns in summary.years(plan)
    )
    return Data(
        subtitle=chart.cost_subtitle(plan, f"since the start of {months[0]}", "year's own cost at the top"),
        months=months,
        cumulative=cumulative,
        years=years,
        empty=chart.nothing_to_show(plan),
    )


def draw(canvas: Canvas, shown: Data) -> None:
    """A rising line over bands of years; the sum at the end of each year is written at the line."""
    if shown.empty:
        canvas.say(shown.empty)
        return
    axes = canvas.axes(right=0.955, top=0.835)
    most = chart.value(shown.cumulative[-1])
    chart.amount_axis(axes, most, canvas.currency)
    axes.set_ylim(0, most * 1.32)
    # A month's sum is reached at its end, half a month right of its label.
    ends = [-0.5, *(column + 0.5 for column in range(len(shown.months)))]
    line = [0.0, *map(chart.value, shown.cumulative)]
    axes.fill_between(ends, line, color="#C6DFF2", linewidth=0)
    axes.plot(ends, line, color=chart.FILLS[0][0], linewidth=3.5, solid_capstyle="round")
    chart.month_axis(axes, shown.months)
    low, high = axes.get_xlim()
    size = chart.SMALL if len(shown.years) > 6 else chart.LABEL
    for number, year in enumerate(shown.years):
        left = low if number == 0 else year.first - 0.5
        right = high if number == len(shown.years) - 1 else year.last + 0.5
        if number % 2:
            axes.axvspan(left, right, color="#EFEFEF", zorder=0, linewidth=0)
        middle = (left + right) / 2
        axes.text(middle, most * 1.275, year.name, ha="center", va="center", size=size, weight="bold")
        part = (right - left) / (high - low)
        if part > NARROW:
            small = size - 2.5 if part < 1.3 * NARROW else size
            axes.text(middle, most * 1.205, _cost(year), ha="center", va="center", size=small)
    for year in _marked(shown, most):
        # Of a first year at the very left there is no more to say than stands at its top.
        _mark(axes, year, size, named=(year.last - low) / (high - low) > 0.1)


def _marked(shown: Data, most: float) -> list[Year]:
    """The years whose sums have room at the line: not those that the next one's would cover."""
    years = [year for year in shown.years if year.cumulative]
    return [
        year
        for year, following in zip(years, [*years[1:], None], strict=True)
        if following is None
        or following.last - year.last > len(shown.months) * 0.09
        or chart.value(following.cumulative - year.cumulative) > most * 0.07
    ]


def _mark(axes: Axes, year: Year, size: float, named: bool) -> None:
    at = (year.last + 0.5, chart.value(year.cumulative))
    axes.plot(*at, marker="o", markersize=9, color=chart.FILLS[0][0], markeredgecolor=chart.PAPER, clip_on=False)
    if named:
        axes.annotate(
            f"{'' if year.cumulative_complete else '≥ '}{chart.amount(year.cumulative)}", at, (-10, 6),
            textcoords="offset points", ha="right", va="bottom", size=size, weight="bold", color=chart.FILLS[0][0],
        )  # fmt: skip


def _cost(year: Year) -> str:
    if not year.cost and not year.complete:
        return "unpriced"
    return f"{'' if year.complete else '≥ '}{chart.amount(year.cost)}"


CHART = chart.Chart(order=40, title="Cumulative cost by year", data=data, draw=draw)
