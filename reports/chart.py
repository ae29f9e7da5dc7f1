"""What the charts share: size, letters, colours, axes. A file in ``charts/`` is one chart, drawn as PNG and SVG.

Each chart splits in two: ``data`` is exact and tested, ``draw`` only shows it. Floats begin where drawing does.
"""

from __future__ import annotations

import importlib
import io
import pkgutil
import textwrap
from bisect import bisect
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import matplotlib
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from matplotlib.ticker import FuncFormatter, MaxNLocator

from planner import statement, summary
from planner.core.period import Month
from planner.core.provenance import EVIDENCE
from planner.plan import Plan
from pricing import money
from pricing.sku import skus
from reports import charts

WIDTH, HEIGHT = 13.333, 7.5
"""Inches: a slide of 16:9."""
DPI = 120
FORMATS = ("png", "svg")
TITLE, SUBTITLE, LABEL, SMALL, FOOTER = 25, 16, 14.5, 13, 11
"""Sizes of letters, in points."""
_HEAD_LETTERS, _FOOT_LETTERS = 92, 165
"""Letters of the subtitle and of the footer that fit on a line."""

INK, SOFT, FAINT, PAPER = "#1A1A1A", "#4D4D4D", "#BFBFBF", "#FFFFFF"
# After Okabe and Ito. Neighbours of a stack differ in lightness, so that they stay apart on a grey print and for
# every kind of colour vision; hatches are the second cue.
FILLS: tuple[tuple[str, str], ...] = (
    ("#08306B", ""),
    ("#8CC8EE", "///"),
    ("#D55E00", ""),
    ("#F5E04E", "..."),
    ("#0072B2", "xxx"),
    ("#F0B24B", "\\\\\\"),
    ("#7A3E65", ""),
    ("#9BD6B8", "///"),
    # From here on the colours come again, with other hatches.
    ("#08306B", "..."),
    ("#8CC8EE", ""),
    ("#D55E00", "xxx"),
    ("#F5E04E", "///"),
    ("#0072B2", ""),
    ("#F0B24B", "..."),
    ("#7A3E65", "///"),
    ("#9BD6B8", "xxx"),
    ("#08306B", "\\\\\\"),
    ("#8CC8EE", "..."),
    ("#D55E00", "///"),
    ("#F5E04E", ""),
    ("#0072B2", "\\\\\\"),
    ("#F0B24B", "xxx"),
    ("#7A3E65", "..."),
    ("#9BD6B8", ""),
)
# What exists is solid, what is planned is outlined, what goes wrong is hatched: the notation of every chart.
TODAY = ("#8C8C8C", "")
PLANNED = ("#DCEBF7", "")
OVER = ("#B33C00", "///")
OUTLINE = "#08306B"
"""Around what is planned."""
MISSING = "□"
"""Stands for a character that the letters of the charts do not have, such as a Chinese one."""

_FEWEST_MONTHS = 6
"""Fewer months leave room at both ends: a single one is not as wide as the page."""

_STYLE: dict[str, Any] = {
    "font.family": "DejaVu Sans",  # comes with matplotlib, so that every machine draws the same letters
    "text.parse_math": False,  # a $ in a name is a $
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": SOFT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.linewidth": 1.0,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "grid.color": "#E0E0E0",
    "grid.linewidth": 0.9,
    "hatch.linewidth": 0.8,
    "svg.fonttype": "path",
    "svg.hashsalt": "cenplan",
    "savefig.facecolor": PAPER,
    "figure.facecolor": PAPER,
}


@dataclass(frozen=True)
class Chart:
    """What a file in ``charts/`` declares."""

    order: int
    title: str
    data: Callable[[Plan], Any]
    """What is shown, exact; nothing of it is computed while drawing."""
    draw: Callable[[Canvas, Any], None]


@cache
def declared() -> dict[str, Chart]:
    """Every chart by id, which is the name of its file, in order."""
    names = sorted(module.name for module in pkgutil.iter_modules(charts.__path__))
    found = {name.replace("_", "-"): importlib.import_module(f"{charts.__name__}.{name}").CHART for name in names}
    return dict(sorted(found.items(), key=lambda item: (item[1].order, item[0])))


def render(plan: Plan, chart: Chart) -> dict[str, bytes]:
    """The pictures of a chart by format, with the same bytes on every run."""
    pictures = {}
    with _style():
        figure = Figure(figsize=(WIDTH, HEIGHT), dpi=DPI)
        FigureCanvasAgg(figure)
        canvas = Canvas(figure, plan.inventory.currency)
        data = chart.data(plan)
        canvas.head(chart.title, data.subtitle)
        chart.draw(canvas, data)
        canvas.foot(_footer(plan), _basis(plan) if plan.priced else "", *canvas.missing())
        # No date and no version of the library: both would change the bytes.
        title = f"{plan.name}: {chart.title}"
        metadata: dict[str, dict[str, Any]] = {
            "png": {"Title": title, "Software": None},
            "svg": {"Title": title, "Date": None, "Creator": None},
        }
        for name in FORMATS:
            out = io.BytesIO()
            figure.savefig(out, format=name, metadata=metadata[name])
            pictures[name] = out.getvalue()
    return pictures


@contextmanager
def _style() -> Iterator[None]:
    """Our settings alone: what a user's own matplotlibrc says must not show."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_STYLE)  # type: ignore[arg-type]
        yield


def _footer(plan: Plan) -> str:
    entry = plan.scenarios[0].plan
    counts = Counter(source.reference.evidence for source in statement.used_sources(plan))
    sources = ", ".join(f"{counts[evidence]} {evidence}" for evidence in EVIDENCE if counts[evidence])
    parts = [
        shortened(entry.title if not plan.several and entry.title and drawable(entry.title) else plan.name, 50),
        f"as of {plan.as_of}" if plan.as_of else "no as-of date given",
        f"sources: {sources} (see workbook)" if sources else "",
    ]
    return " · ".join(filter(None, parts))


def _basis(plan: Plan) -> str:
    """Which prices the amounts are at, and at which rates other currencies were converted."""
    prices = "list prices before tax" if summary.steps(plan).plain else "contracted prices before tax"
    used = (converted.rate for converted in statement.used_exchanges(plan))
    rates = [f"{rate.base} 1 = {rate.quote} {rate.rate.normalize():f}" for rate in used]
    return " · ".join([prices, *rates])


def cost_subtitle(plan: Plan, unit: str, *facts: str) -> str:
    """Unit, facts, and that the amounts are not everything where something has no price."""
    totals = summary.totals(plan)
    parts = [f"{plan.inventory.currency} {unit}", *filter(None, facts)]
    if not totals.complete:
        parts.append(f"priced subtotal, {totals.coverage_percent} % of lines priced")
    return " · ".join(parts)


def nothing_to_show(plan: Plan) -> str:
    """The sentence that stands where there is no amount to draw; empty where there is one."""
    totals = summary.totals(plan)
    if totals.subtotal:
        return ""
    if not totals.lines:
        return f"Nothing is attached between {plan.inventory.period.first} and {plan.inventory.period.months[-1]}."
    if totals.complete:
        return "Everything in this plan is free: all amounts are 0."
    return f"Nothing in this plan has a known price: {totals.lines:,} line items are unpriced. That is not 0."


class Canvas:
    """One picture while it is drawn: a title, a subtitle with the unit, room for axes, a footer."""

    def __init__(self, figure: Figure, currency: str) -> None:
        self.figure, self.currency = figure, currency

    def head(self, title: str, subtitle: str) -> None:
        """Title and subtitle, left."""
        self.figure.text(0.035, 0.945, title, size=TITLE, weight="bold", va="center")
        size = SUBTITLE if len(subtitle) <= _HEAD_LETTERS else SUBTITLE - 3
        self.figure.text(0.035, 0.893, shortened(subtitle, 118), size=size, color=SOFT, va="center")

    def foot(self, text: str, *more: str) -> None:
        """The bottom: which plan, of which day, on what evidence, at which prices; on two lines where one is full."""
        rest = " · ".join(filter(None, more))
        whole = " · ".join(filter(None, (text, rest)))
        lines = [whole] if len(whole) <= _FOOT_LETTERS else [text, rest]
        for line, height in zip(reversed(lines), (0.022, 0.047), strict=False):
            self.figure.text(0.035, height, shortened(line, _FOOT_LETTERS), size=FOOTER, color=SOFT, va="center")

    def missing(self) -> Iterator[str]:
        """What is said below a picture in which characters are missing."""
        if any(MISSING in text.get_text() for text in self.figure.findobj(Text)):
            yield f"{MISSING}: a character without a letter here, in full in the workbook"

    def key(self, entries: Iterable[tuple[tuple[str, str], str]], x: float = 0.037, y: float = 0.838) -> float:
        """What fills mean, on one line under the subtitle; returns where there is room for more of it."""
        for fill, name in entries:
            self.swatch(x, y, fill)
            self.figure.text(x + 0.024, y, name, size=SMALL, va="center")
            x += 0.045 + 0.0079 * len(name)
        return x

    def say(self, sentence: str) -> None:
        """A sentence instead of a picture."""
        wrapped = "\n".join(textwrap.wrap(sentence, 55))
        self.figure.text(0.5, 0.48, wrapped, size=22, color=SOFT, ha="center", va="center", linespacing=1.6)

    def axes(self, left: float = 0.1, right: float = 0.97, bottom: float = 0.115, top: float = 0.845) -> Axes:
        """Axes between these parts of the picture."""
        return self.figure.add_axes((left, bottom, right - left, top - bottom))

    def panels(self, count: int, lines: int = 2, left: float = 0.06, beside: float = 0.075) -> list[Axes]:
        """Up to six axes of equal size, row by row; each has room for lines above and for a number to its right."""
        columns = {1: 1, 2: 2, 3: 3, 4: 2}.get(count, 3)
        rows = -(-count // columns)
        right, bottom, top = 0.985, 0.06, 0.815
        above = 0.018 + 0.036 * lines
        width, height = (right - left) / columns, (top - bottom) / rows
        return [
            self.figure.add_axes(
                (
                    left + (n % columns) * width,
                    top - (n // columns + 1) * height + 0.045,
                    width - beside,
                    height - 0.045 - above,
                )
            )
            for n in range(count)
        ]

    def rule(self, y: float) -> None:
        """A dashed line over the whole width, below which nothing is to scale."""
        line = Line2D([0.035, 0.985], [y, y], color=FAINT, linestyle=(0, (4, 3)), transform=self.figure.transFigure)
        self.figure.add_artist(line)

    def swatch(self, x: float, y: float, fill: tuple[str, str], width: float = 0.018, height: float = 0.026) -> None:
        """A small box of a colour and hatch, its left edge at x, its middle at y."""
        color, hatch = fill
        around = OUTLINE if fill == PLANNED else edge(fill)
        box = Rectangle((x, y - height / 2), width, height, facecolor=color, hatch=hatch, edgecolor=around)
        box.set_transform(self.figure.transFigure)
        box.set_linewidth(1.4 if fill == PLANNED else 0.6)
        self.figure.add_artist(box)


def fill_of(sku: str) -> tuple[str, str]:
    """Colour and hatch of an item: always the same, whatever else a plan uses."""
    return FILLS[list(skus()).index(sku) % len(FILLS)]


def edge(fill: tuple[str, str]) -> str:
    """The colour of edges and hatches on a fill: lighter on a dark one, darker on a light one."""
    dark = luminance(fill[0]) < 140
    parts = [int(fill[0][at : at + 2], 16) for at in (1, 3, 5)]
    mixed = [round(part + (255 - part) * 0.6) if dark else round(part * 0.68) for part in parts]
    return "#" + "".join(f"{part:02X}" for part in mixed)


def pale(fill: tuple[str, str]) -> tuple[str, str]:
    """The same, lighter: for layers of what is planned, which an outline holds together."""
    parts = [int(fill[0][at : at + 2], 16) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(part + (255 - part) * 0.5):02X}" for part in parts), fill[1]


def luminance(color: str) -> float:
    """Lightness of #rrggbb on a grey print, 0 to 255 (ITU-R BT.601)."""
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue


def value(nano: int) -> float:
    """An amount as a number to draw."""
    return nano / money.NANO


def amount(nano: int) -> str:
    """An amount as a label: whole units from 100 on."""
    return money.display(nano, 0 if not nano or abs(nano) >= 100 * money.NANO else 2)


def share(part: int, whole: int) -> str:
    """A part in percent, as a label."""
    percent = (part * 200 + whole) // (2 * whole) if whole else 0
    if part and not percent:
        return "< 1 %"
    return "> 99 %" if part < whole and percent == 100 else f"{percent} %"


def span(plan: Plan) -> str:
    """The period in words."""
    period = plan.inventory.period
    return f"from {period.first} to {period.months[-1]}" if period.count > 1 else f"in {period.first}"


def position(bounds: Sequence[int], instant: int) -> float:
    """Where an instant stands on an axis of months: a month reaches from half before its number to half after it.

    bounds : seconds of the starts of the months, and of the end of the last
    """
    column = min(max(bisect(bounds, instant) - 1, 0), len(bounds) - 2)
    return column - 0.5 + (instant - bounds[column]) / (bounds[column + 1] - bounds[column])


def amount_axis(axes: Axes, most: float, currency: str, horizontal: bool = False) -> None:
    """An axis of amounts from 0, with thousands separated."""
    axis = axes.xaxis if horizontal else axes.yaxis
    (axes.set_xlim if horizontal else axes.set_ylim)(0, most * 1.12 or 1)
    axis.set_major_locator(MaxNLocator(nbins=6, min_n_ticks=3, steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda number, _: tick(number, most)))
    axes.grid(axis="x" if horizontal else "y")
    axis.set_tick_params(length=0)
    if not horizontal:
        axes.spines["left"].set_visible(False)


def tick(number: float, most: float) -> str:
    """A number on an axis that goes up to ``most``."""
    if most >= 20_000_000:
        millions = number / 1_000_000
        return f"{millions:,.0f} M" if millions == round(millions) else f"{millions:,.1f} M"
    return f"{number:,.0f}" if most >= 10 else f"{number:,.2f}"


def month_axis(axes: Axes, months: Sequence[Month], most: int = 12) -> None:
    """An axis of months 0, 1, ... with at most about ``most`` labels, which fall on quarters and years."""
    room = max(len(months), _FEWEST_MONTHS)
    step = next((n for n in (1, 2, 3, 6, 12, 24, 36) if room <= most * n), 60)
    at = [
        column
        for column, month in enumerate(months)
        if (month.month - 1) % min(step, 12) == 0 and (step <= 12 or month.year % (step // 12) == 0)
    ] or [0]
    axes.set_xticks(at, [str(months[column]) for column in at])
    padding = max(0.6, (_FEWEST_MONTHS - len(months)) / 2)
    axes.set_xlim(-padding, len(months) - 1 + padding)
    axes.xaxis.set_tick_params(length=4 if step > 1 else 0)


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places near the wanted ones, in their order, at least ``gap`` apart and inside [low, high] if they fit.

    wanted : ascending
    """
    gap = min(gap, (high - low) / max(len(wanted) - 1, 1))
    places: list[float] = []
    for place in wanted:
        places.append(max(place, places[-1] + gap if places else low))
    ceiling = high
    for number in reversed(range(len(places))):
        places[number] = min(places[number], ceiling)
        ceiling = places[number] - gap
    return places


def shortened(text: str, most: int) -> str:
    """A text of at most ``most`` characters that can be drawn; a long one loses its middle."""
    shown = "".join(char if char.isprintable() and drawable(char) else MISSING for char in text)
    if len(shown) <= most:
        return shown
    head = (most - 1) * 2 // 3
    return f"{shown[:head]}…{shown[len(shown) - (most - 1 - head) :]}"


def drawable(text: str) -> bool:
    """Whether the charts' letters hold every character."""
    return all(ord(char) in _characters() for char in text)


@cache
def _characters() -> frozenset[int]:
    return frozenset(FT2Font(font_manager.findfont("DejaVu Sans")).get_charmap())
