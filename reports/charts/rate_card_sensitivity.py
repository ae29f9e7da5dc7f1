"""In which tier of the rate card does each account buy, and what would one more tier do?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes

from planner import pool_bill
from planner.core.period import Month
from planner.plan import Plan
from pricing import money
from pricing.pool import ENDLESS
from pricing.price_table import FREE
from pricing.rating import Rated
from pricing.sku import skus
from reports import chart
from reports.chart import Canvas

MOST_PANELS = 6
_BEYOND = 0.35
"""How far into a tier without an end the axis reaches, in widths of a tier, where nothing lies in it."""


@dataclass(frozen=True)
class Tier:
    """A step of a rate card."""

    lower: int
    """Micro-units."""
    upper: int | None
    """Micro-units; None: without end."""
    rate: Decimal | None
    """Contracted, in the currency of the bill per unit; None: not known."""


@dataclass(frozen=True)
class Panel:
    """An item in an account and region, whose tiers accumulate there."""

    sku: str
    account: str
    region: str
    currency: str
    """That of the bill."""
    unit: str
    tiers: tuple[Tier, ...]
    """The rate card of the month with most, ascending."""
    changes: bool
    """Whether other months have another rate card."""
    baseline: int | None
    """Micro-units where everything else ends in the month with most; None where no baseline is given: not known."""
    ends: tuple[int, ...]
    """By month: micro-units where the plan ends, on top of everything else."""
    planned: tuple[int, ...]
    """By month: micro-units of the plan that are charged."""

    @property
    def peak(self) -> int:
        """Column of the month in which the plan ends highest."""
        return max(range(len(self.ends)), key=lambda month: (self.ends[month], -month))

    @property
    def lowest(self) -> int:
        """Column of the month in which the plan ends lowest, of those in which it has something."""
        return min(
            (month for month, own in enumerate(self.planned) if own), key=lambda month: (self.ends[month], month)
        )

    @property
    def tier(self) -> int:
        """The tier that holds the last unit of the month with most."""
        reached = self.ends[self.peak]
        return max((n for n, tier in enumerate(self.tiers) if tier.lower < reached), default=0)


@dataclass(frozen=True)
class Data:
    """What the chart shows."""

    subtitle: str
    months: tuple[Month, ...]
    panels: tuple[Panel, ...]
    """Most expensive first."""


def data(plan: Plan) -> Data:
    """Every pool with tiers in which the plan uses something, the most expensive ones."""
    cost = {(one.sku, one.account, one.region): sum(one.increment) for one in pool_bill.pool_bills(plan)}
    found = [panel for rated in plan.rated for panel in _panels(plan, rated)]
    found.sort(key=lambda one: (-cost[one.sku, one.account, one.region], one.sku, one.account, one.region))
    facts = ["Rate per GB, by what the account uses in a month", "tiers drawn equally wide"]
    if len(found) > MOST_PANELS:
        facts.append(f"shown: the {MOST_PANELS} of {len(found)} that cost most")
    return Data(" · ".join(facts), plan.inventory.period.months, tuple(found[:MOST_PANELS]))


def _panels(plan: Plan, rated: Rated) -> Iterator[Panel]:
    pools, tables = rated.pools, plan.inventory
    if pools is None or not rated.prices.tiered.any():
        return
    # Tiers count what is charged; by one reading of the rules the free quota counts as their first part.
    inside = plan.scenarios[0].plan.assumptions.free_quota_position == "inside-tier-1"
    given = pool_bill.baselines_given(rated.usage.sku, plan)
    planned = pools.columns[FREE + 1 :].sum(axis=0)
    free = pools.columns[FREE] + pools.baseline_free if inside else np.zeros_like(planned)
    before = free + pools.baseline - pools.baseline_free
    for row, (account, place) in enumerate(zip(pools.account.tolist(), pools.region.tolist(), strict=True)):
        if not planned[row].any():
            continue
        ends = before[row] + planned[row]
        peak = int(np.argmax(ends))
        if not rated.prices.tiered[place, peak]:
            continue
        name = tables.accounts[account]
        cards = {_card(rated, place, month) for month in np.flatnonzero(planned[row]).tolist()}
        yield Panel(
            sku=rated.usage.sku,
            account=name,
            region=tables.regions[place],
            currency=rated.currency,
            unit=skus()[rated.usage.sku].unit,
            tiers=_card(rated, place, peak),
            changes=len(cards) > 1,
            baseline=int(before[row, peak]) if name in given else None,
            ends=tuple(ends.tolist()),
            planned=tuple(planned[row].tolist()),
        )


def _card(rated: Rated, place: int, month: int) -> tuple[Tier, ...]:
    """The tiers of a place in a month; above the last that is known the rate is not."""
    tiers: list[Tier] = []
    for column in range(FREE + 1, len(rated.prices.code)):
        lower, upper = rated.prices.bounds(column, place, month)
        rate = rated.prices.rate(rated.prices.code, column, place, month)
        if lower >= ENDLESS:
            break
        value = None if rate is None else rate.value
        if tiers and tiers[-1].rate == value:  # a bound of the list price at which the contract changes nothing
            lower = tiers.pop().lower
        tiers.append(Tier(lower, upper, value))
    return tuple(tiers)


def draw(canvas: Canvas, shown: Data) -> None:
    """A panel for each pool: the rate card as steps, and on it where everything else and the plan end."""
    if not shown.panels:
        canvas.say("Nothing in this plan is priced by tiers: no quantity changes a rate.")
        return
    x = canvas.key([(chart.TODAY, "everything else"), (chart.PLANNED, "this plan, month with most")])
    notes = ["dotted: the month with least"]
    if any(panel.baseline is None for panel in shown.panels):
        notes.append("≥: everything else is not stated")
    if any(panel.changes for panel in shown.panels):
        notes.append("*: other months have other rates")
    canvas.figure.text(x, 0.838, " · ".join(notes), size=chart.SMALL - 0.5, va="center")
    several = len(shown.panels)
    for axes, panel in zip(canvas.panels(several, 3, beside=0.05), shown.panels, strict=True):
        _draw_panel(axes, panel, shown.months, several)


def _draw_panel(axes: Axes, panel: Panel, months: Sequence[Month], several: int) -> None:
    last = min(panel.tier + 1, len(panel.tiers) - 1)
    tiers = panel.tiers[: last + 1]
    known = [tier.rate for tier in tiers if tier.rate is not None]
    high = float(max(known, default=Decimal(1))) * 1.42 or 1.0
    end = _edge(panel, len(tiers))
    before = None if panel.baseline is None else _place(panel, panel.baseline)
    top, low = _place(panel, panel.ends[panel.peak]), _place(panel, panel.ends[panel.lowest])
    # What is used lies as a band on the axis, so that the steps of the card stay the picture.
    for start, stop, fill in ((0.0, before or 0.0, chart.TODAY), (before or 0.0, top, chart.PLANNED)):
        edge = chart.OUTLINE if fill == chart.PLANNED else fill[0]
        axes.bar(start, high * 0.1, width=stop - start, align="edge", facecolor=fill[0], edgecolor=edge, linewidth=1.4)
    for number, tier in enumerate(tiers):
        stop = end if number + 1 == len(tiers) else number + 1.0
        _step(axes, tier, number, stop, high, panel, several)
    for (one, _), (other, number) in pairwise((tier, number) for number, tier in enumerate(tiers)):
        if one.rate is not None and other.rate is not None:
            axes.plot([number, number], [float(one.rate), float(other.rate)], color=chart.INK, linewidth=3)
    axes.plot([top, top], [0, high * 0.2], color=chart.OUTLINE, linewidth=2.2)
    if low < top - 0.02:
        axes.plot([low, low], [0, high * 0.2], color=chart.OUTLINE, linewidth=1.6, linestyle=(0, (1.5, 1.5)))
    _ends(axes, panel, months, low, top, high, several)
    axes.set_ylim(0, high)
    axes.set_xlim(0, end)
    axes.set_xticks(range(len(tiers)), [_gb(tier.lower) for tier in tiers])
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    _caption(axes, panel, months, several)


def _step(axes: Axes, tier: Tier, number: int, stop: float, high: float, panel: Panel, several: int) -> None:
    """A step with its rate; a rate that is not known is a hatched field as high as the axes, never 0."""
    middle = (number + stop) / 2
    if tier.rate is None:
        axes.bar(
            number, high, width=stop - number, align="edge", facecolor="none", edgecolor=chart.FAINT, hatch="....",
            linewidth=0, zorder=0,
        )  # fmt: skip
        axes.text(
            middle, high * 0.6, "rate\nunknown", size=chart.SMALL, ha="center", va="center",
            bbox={"facecolor": chart.PAPER, "edgecolor": "none", "pad": 2},
        )  # fmt: skip
        return
    rate = float(tier.rate)
    axes.plot([number, stop], [rate, rate], color=chart.INK, linewidth=3, solid_capstyle="butt")
    said = f"{tier.rate.normalize():f}"
    size = chart.SMALL if several < 5 else chart.FOOTER + 0.5
    axes.annotate(
        said, (middle, rate), (0, 4), textcoords="offset points", ha="center", va="bottom", size=size, weight="bold"
    )


def _ends(axes: Axes, panel: Panel, months: Sequence[Month], low: float, top: float, high: float, several: int) -> None:
    """Which months end lowest and highest, at their marks; the lowest only where both have room."""
    size = chart.SMALL - 1 if several < 5 else chart.FOOTER
    width = axes.get_position().width
    room = 0.0075 * 10 / width * _edge(panel, min(panel.tier + 2, len(panel.tiers)))
    right = top + room > _edge(panel, min(panel.tier + 2, len(panel.tiers)))
    apart = top - low > room * (2 if right else 1)
    for month, at, said in ((panel.lowest, low, apart), (panel.peak, top, True)):
        if said:
            to_left = right if month == panel.peak else False
            axes.annotate(
                str(months[month]), (at, high * 0.2), (-3 if to_left else 3, 0), textcoords="offset points", size=size,
                ha="right" if to_left else "left", va="center", color=chart.OUTLINE,
            )  # fmt: skip


def _edge(panel: Panel, tiers: int) -> float:
    """Where the axis ends: after the tier that follows the last that is used, which may have no end."""
    last = panel.tiers[tiers - 1]
    if last.upper is not None:
        return float(tiers)
    return max(tiers - 1 + _BEYOND, _place(panel, panel.ends[panel.peak]) + 0.15, 1.0)


def _place(panel: Panel, quantity: int) -> float:
    """Where a quantity stands: tiers have a width of 1, the last without an end that of as much as it begins at."""
    for number, tier in enumerate(panel.tiers):
        if tier.upper is None:
            return number + min((quantity - tier.lower) / max(tier.lower, 1), 1.0)
        if quantity <= tier.upper:
            return number + (quantity - tier.lower) / (tier.upper - tier.lower)
    return float(len(panel.tiers))


def _caption(axes: Axes, panel: Panel, months: Sequence[Month], several: int) -> None:
    """The pool, its month with most, and what the next tier would do, above the axes."""
    room = {1: 100, 2: 52, 4: 52}.get(several, 34)
    size = chart.SMALL if several < 3 or several == 4 else chart.FOOTER + 0.5
    star = "*" if panel.changes else ""
    lines = (f"{panel.sku}{star}, {panel.account}, {panel.region}", *_said(panel, months))
    for number, text in enumerate(lines):
        axes.annotate(
            chart.shortened(text, room if number == 0 else room + 8), (0, 1), (0, 6 + 18 * (len(lines) - 1 - number)),
            xycoords="axes fraction", textcoords="offset points", va="bottom",
            size=size - 0.5 * (number > 0), weight="bold" if number == 0 else "normal",
        )  # fmt: skip


def _said(panel: Panel, months: Sequence[Month]) -> tuple[str, str]:
    """Where the month with most ends, and how far away the next tier is."""
    peak, tier = panel.ends[panel.peak], panel.tiers[panel.tier]
    at_least = "" if panel.baseline is not None else "≥ "
    where = f"{at_least}{_gb(peak)} {panel.unit} in {months[panel.peak]}"
    if tier.rate is None:
        return where, "above what has a known rate"
    where += f" at {panel.currency} {tier.rate.normalize():f}"
    if tier.upper is None:
        return where, "in the last tier: more changes no rate"
    following = panel.tiers[panel.tier + 1] if panel.tier + 1 < len(panel.tiers) else None
    far = f"{_gb(tier.upper - peak)} {panel.unit} to the next tier"
    if following is None or following.rate is None:
        return where, f"{far}: unknown rate"
    return where, f"{far}: {_percent(tier.rate, following.rate)}"


def _percent(rate: Decimal, following: Decimal) -> str:
    if not rate:
        return f"{following.normalize():f}"
    change = round((following - rate) / rate * 100, 1)
    return f"{change:+f} %".replace("-", "\N{MINUS SIGN}").replace(".0 %", " %")


def _gb(micro: int) -> str:
    return money.display(micro * 1000, 0)


CHART = chart.Chart(order=55, title="Rate cards and where this plan lies on them", data=data, draw=draw)
