"""The charts of the HTML report as places and words: the template draws them as SVG, and escapes every word.

Each chart is one stop of the Tab key; its bars are reached with the arrow keys. Floats begin here and end here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from planner import summary
from planner.core.period import Month
from planner.plan import Plan
from planner.summary import Sum
from pricing import money
from pricing.sku import skus
from reports import cost_outline, router_panel
from reports.router_panel import Panel

MOST_PANELS = 6
"""Routers that are drawn; the table of quotas names all."""
_COLORS = 8
_HATCHES = ("", "up", "", "dots", "cross", "down", "", "up", "dots", "", "cross", "up", "", "dots", "up", "cross")
"""The second cue beside the colour, by item; the neighbours of a stack differ in both."""


@dataclass(frozen=True)
class Piece:
    """A rectangle of a bar, in units of the picture; what is written there is exact to 1/100."""

    x: str
    y: str
    width: str
    height: str
    series: str
    """Which series it belongs to: its class, and the name of its fill."""


@dataclass(frozen=True)
class Bar:
    """A month: its pieces, the strip that the pointer finds, and what is said of it."""

    x: str
    width: str
    says: tuple[str, ...]
    """The month, then a line for each value."""
    pieces: tuple[Piece, ...]
    mark: tuple[str, str] | None
    """Where a mark for an unpriced part stands."""


@dataclass(frozen=True)
class Series:
    """An entry of the key."""

    id: str
    name: str
    color: int
    hatch: str


@dataclass(frozen=True)
class Tick:
    """A label of an axis."""

    at: str
    text: str


@dataclass(frozen=True)
class Picture:
    """A chart, ready to be drawn."""

    id: str
    title: str
    says: str
    """What a reader who does not see it is told first."""
    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    bars: tuple[Bar, ...]
    series: tuple[Series, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    limit: str = ""
    """The line of the limit, as a path; empty: there is none, or it is not known."""
    pending: str = ""
    """The same, of a limit that is requested and not granted."""
    notes: tuple[str, ...] = ()
    kind: str = "picture"


def monthly_cost(plan: Plan) -> Picture | None:
    """What each month costs, by item; nothing where no amount is known."""
    totals = summary.totals(plan)
    if not totals.subtotal:
        return None
    found = {one.key[0]: one for one in summary.by(summary.cost_rows(plan), "sku")}
    found = {sku: found[sku] for sku in skus() if sku in found}  # in the order of the stack, from below
    drawn = [sku for sku in found if found[sku].total]
    months, currency = plan.inventory.period.months, plan.inventory.currency
    frame = _Frame(width=960, height=380, left=84, right=14, top=18, bottom=34, columns=len(months))
    top = _Scale.for_most(max(totals.amounts), money.NANO // 100)
    bars = []
    for column, month in enumerate(months):
        parts = [(sku, found[sku].amounts[column]) for sku in drawn]
        missing = totals.unpriced[column]
        says = [f"{month}: {cost_outline.amount(currency, totals.amounts[column], missing)}"]
        says += [_line_of(sku, found[sku], column, currency) for sku in reversed(found) if _says(found[sku], column)]
        bars.append(frame.bar(column, parts, top.top, says, mark=missing))
    unpriced = [skus()[sku].title for sku in found if not found[sku].total and not found[sku].complete]
    return frame.picture(
        id="monthly-cost",
        title=f"Monthly cost by item, {currency}",
        says=f"Stacked bars of {len(months)} months; the table below holds the same numbers.",
        bars=bars,
        series=[_series_of(sku) for sku in drawn],
        months=months,
        up=[(tick, money.display(tick, 0 if top.step >= money.NANO else 2)) for tick in top.ticks],
        top=top.top,
        notes=[
            *(["△ marks months with an unpriced part"] if any(totals.unpriced) else []),
            *(f"{title}: unpriced, not drawn" for title in unpriced),
        ],
    )


def _series_of(sku: str) -> Series:
    """Colour and hatch of an item: always the same, whatever else a plan uses."""
    number = list(skus()).index(sku)
    return Series(f"s{number}", skus()[sku].title, number % _COLORS, _HATCHES[number % len(_HATCHES)])


def _says(one: Sum, column: int) -> bool:
    return bool(one.amounts[column]) or one.unpriced[column]


def _line_of(sku: str, one: Sum, column: int, currency: str) -> str:
    return f"{skus()[sku].title}: {cost_outline.amount(currency, one.amounts[column], one.unpriced[column])}"


def panels(plan: Plan) -> list[Panel]:
    """The transit routers that have VPN attachments, or get some, the most urgent first."""
    return [panel for panel in router_panel.panels(plan) if any(panel.used)]


def attachments(panels: Sequence[Panel], months: Sequence[Month]) -> list[Picture]:
    """A picture for each of the routers that matter most.

    panels : the most urgent first
    """
    return [_attachments_of(panel, months, number) for number, panel in enumerate(panels[:MOST_PANELS])]


def _attachments_of(panel: Panel, months: Sequence[Month], number: int) -> Picture:
    frame = _Frame(width=470, height=250, left=44, right=12, top=16, bottom=32, columns=len(months))
    top = _Scale.for_most(max([1, *panel.used, *(limit for limit in panel.limit if limit is not None)]), 1)
    bars = []
    each = zip(months, panel.used, panel.existing, panel.limit, panel.pending, strict=True)
    for column, (month, used, existing, limit, pending) in enumerate(each):
        over = 0 if limit is None else max(used - limit, 0)
        exists = min(existing, used - over)
        parts = [("exists", exists), ("planned", used - over - exists), ("over", over)]
        says = [
            f"{month}: {used} attachments",
            f"limit {'unknown' if limit is None else limit}{', requested, not granted' if pending else ''}",
        ]
        says += [f"{over} over the limit"] if over else []
        bars.append(frame.bar(column, parts, top.top, says))
    series = [Series("exists", "exist today", -1, ""), Series("planned", "planned", -1, "")]
    if panel.first_exceeded is not None:
        series.append(Series("over", "over the limit", -1, "up"))
    return frame.picture(
        id=f"attachments-{number}",
        title=f"{panel.router} ({panel.region})",
        says=_verdict_on(panel, months),
        bars=bars,
        series=series,
        months=months,
        up=[(tick, f"{tick:,}") for tick in top.ticks],
        top=top.top,
        limit=frame.steps(panel.limit_where(pending=False), top.top),
        pending=frame.steps(panel.limit_where(pending=True), top.top),
    )


def _verdict_on(panel: Panel, months: Sequence[Month]) -> str:
    if panel.first_exceeded is not None:
        limit = panel.limit[panel.first_exceeded]
        return f"Over the limit of {limit} from {months[panel.first_exceeded]}, at most {max(panel.used)} attachments."
    if None in panel.limit:
        return f"The limit is unknown; at most {max(panel.used)} attachments."
    pending = ", which is pending" if any(panel.pending) else ""
    return f"At most {max(panel.used)} attachments, within the limit of {panel.limit[-1]}{pending}."


@dataclass(frozen=True)
class _Scale:
    """An axis from 0 to a round number, in whole steps."""

    step: int
    top: int

    @classmethod
    def for_most(cls, most: int, least_step: int) -> _Scale:
        """At most six steps of 1, 2 or 5 times a power of ten times the least step."""
        size = least_step
        while True:
            for factor in (1, 2, 5):
                if size * factor * 6 >= most:
                    step = size * factor
                    return cls(step, -(-most // step) * step)
            size *= 10

    @property
    def ticks(self) -> range:
        return range(0, self.top + 1, self.step)


@dataclass(frozen=True)
class _Frame:
    """The room of a picture, and where months and amounts are in it."""

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    columns: int

    @property
    def _slot(self) -> float:
        """What a month takes; few months leave room at the right."""
        return (self.width - self.left - self.right) / max(self.columns, 6)

    def _x(self, column: float) -> float:
        return self.left + column * self._slot

    def _y(self, number: int, top: int) -> float:
        return self.height - self.bottom - number / top * (self.height - self.top - self.bottom)

    def bar(
        self, column: int, parts: Iterable[tuple[str, int]], top: int, says: Sequence[str], mark: bool = False
    ) -> Bar:
        """The bar of a month: its parts on top of each other, those below first."""
        share = 0.72 if self.columns <= 60 else 1.0
        x, base = self._x(column + (1 - share) / 2), 0
        pieces = []
        for series, number in parts:
            if number > 0:
                low, high = self._y(base, top), self._y(base + number, top)
                pieces.append(Piece(_at(x), _at(high), _at(share * self._slot), _at(low - high), _id_of(series)))
                base += number
        where = (_at(self._x(column + 0.5)), _at(self._y(base, top) - 4)) if mark else None
        return Bar(_at(self._x(column)), _at(self._slot), tuple(says), tuple(pieces), where)

    def steps(self, limits: Sequence[int | None], top: int) -> str:
        """The line of a limit, which jumps between months; where it is not known, there is none."""
        parts, before = [], None
        for column, limit in enumerate(limits):
            if limit is not None:
                y = _at(self._y(limit, top))
                parts.append(f"{'M' if before is None else 'L'}{_at(self._x(column))} {y}H{_at(self._x(column + 1))}")
            before = limit
        return "".join(parts)

    def picture(
        self,
        *,
        id: str,
        title: str,
        says: str,
        bars: Sequence[Bar],
        series: Sequence[Series],
        months: Sequence[Month],
        up: Sequence[tuple[int, str]],
        top: int,
        limit: str = "",
        pending: str = "",
        notes: Sequence[str] = (),
    ) -> Picture:
        """The whole, with its axes."""
        most = 12 if self.width > 600 else 5
        step = next((n for n in (1, 2, 3, 6, 12, 24) if self.columns <= most * n), 60)
        named = [at for at, month in enumerate(months) if (month.month - 1) % min(step, 12) == 0][:: max(step // 12, 1)]
        return Picture(
            id, title, says, self.width, self.height, self.left, self.right, self.top, self.bottom,
            bars=tuple(bars),
            series=tuple(series),
            across=tuple(Tick(_at(self._x(at + 0.5)), str(months[at])) for at in named or [0]),
            up=tuple(Tick(_at(self._y(number, top)), text) for number, text in up),
            limit=limit,
            pending=pending,
            notes=tuple(notes),
        )  # fmt: skip


def _id_of(series: str) -> str:
    return _series_of(series).id if series in skus() else series


def _at(number: float) -> str:
    """A place in a picture, the same on every machine."""
    return f"{number:.2f}"
