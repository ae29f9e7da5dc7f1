"""What does it cost each month, and which item makes it so?"""

from __future__ import annotations

from dataclasses import dataclass

from planner import summary
from planner.core.period import Month
from planner.plan import Plan
from pricing.sku import skus
from reports import chart
from reports.chart import Canvas

RIGHT = 0.73
"""Where the axes end and the labels begin."""
THIN = 60
"""Of more months, the bars touch."""


@dataclass(frozen=True)
class Item:
    """One layer of the stack."""

    sku: str
    label: str
    amounts: tuple[int, ...]
    """By month, nano-units: the priced part."""
    complete: bool


@dataclass(frozen=True)
class Data:
    """What the chart shows."""

    subtitle: str
    months: tuple[Month, ...]
    items: tuple[Item, ...]
    """In the order of the stack, from below; items without any amount are left to ``unpriced``."""
    unpriced: tuple[str, ...]
    """Labels of items of which nothing is priced."""
    incomplete: tuple[bool, ...]
    """By month, whether something has no price."""
    empty: str
    """What to say instead where there is nothing to draw."""

    @property
    def totals(self) -> tuple[int, ...]:
        """By month."""
        return tuple(map(sum, zip(*(item.amounts for item in self.items), strict=True)))


def data(plan: Plan) -> Data:
    """Amounts by item and month."""
    months, totals = plan.inventory.period.months, summary.totals(plan)
    found = {one.key[0]: one for one in summary.by(summary.cost_rows(plan), "sku")}
    labels = {sku: item.label for sku, item in skus().items() if sku in found}
    peak = max(range(len(months)), key=lambda m: (totals.amounts[m], -m))
    fact = f"peak {chart.amount(totals.amounts[peak])} in {months[peak]}" if totals.subtotal else ""
    return Data(
        subtitle=chart.cost_subtitle(plan, "per calendar month", fact),
        months=months,
        items=tuple(
            Item(sku, label, found[sku].amounts, found[sku].complete)
            for sku, label in labels.items()
            if found[sku].total
        ),
        unpriced=tuple(label for sku, label in labels.items() if not found[sku].total and not found[sku].complete),
        incomplete=totals.unpriced,
        empty=chart.nothing_to_show(plan),
    )


def draw(canvas: Canvas, shown: Data) -> None:
    """Stacked bars; each item is named and added up beside its layer."""
    if shown.empty:
        canvas.say(shown.empty)
        return
    axes = canvas.axes(right=RIGHT)
    most = max(map(chart.value, shown.totals))
    chart.amount_axis(axes, most, canvas.currency)
    columns = range(len(shown.months))
    base = [0.0] * len(shown.months)
    thin = len(shown.months) > THIN
    for item in shown.items:
        color, hatch = chart.fill_of(item.sku)
        heights = list(map(chart.value, item.amounts))
        axes.bar(
            columns, heights, width=1.0 if thin else 0.82, bottom=base, color=color, hatch=hatch,
            edgecolor=chart.edge((color, hatch)), linewidth=0 if thin else 0.5,
        )  # fmt: skip
        base = [low + high for low, high in zip(base, heights, strict=True)]
    chart.month_axis(axes, shown.months, most=9)
    marked = [column for column in columns if shown.incomplete[column]]
    if marked:
        axes.plot(
            marked, [base[column] + most * 0.025 for column in marked], linestyle="none", marker="." if thin else "^",
            markersize=3 if thin else 7, markerfacecolor=chart.PAPER, markeredgecolor=chart.INK,
        )  # fmt: skip
    _labels(canvas, shown, most)


def _labels(canvas: Canvas, shown: Data, most: float) -> None:
    """Names and sums, as high as the layers of the last month as far as there is room."""
    total = sum(shown.totals)
    bottom, top = 0.115, 0.845
    middles, base = [], 0.0
    for item in shown.items:
        height = chart.value(item.amounts[-1])
        middles.append(bottom + (base + height / 2) / (most * 1.12) * (top - bottom))
        base += height
    mark = "•" if len(shown.months) > THIN else "△"
    notes = [f"{mark}  months with an unpriced part"] if any(shown.incomplete) else []
    notes += [f"{label}: unpriced" for label in shown.unpriced]
    low = bottom + 0.045 + 0.036 * len(notes)
    for item, y in zip(shown.items, chart.spread(middles, 0.088, low, top - 0.02), strict=True):
        canvas.swatch(RIGHT + 0.012, y, chart.fill_of(item.sku), height=0.05)
        own = sum(item.amounts)
        said = f"{'' if item.complete else '≥ '}{chart.amount(own)} ({chart.share(own, total)})"
        canvas.figure.text(RIGHT + 0.04, y + 0.016, item.label, size=chart.LABEL, weight="bold", va="center")
        canvas.figure.text(RIGHT + 0.04, y - 0.018, said, size=chart.SMALL, va="center")
    for number, note in enumerate(reversed(notes)):
        y = bottom + 0.01 + 0.036 * number
        canvas.figure.text(RIGHT + 0.012, y, note, size=chart.SMALL, color=chart.SOFT, va="center")


CHART = chart.Chart(order=10, title="Monthly cost by item", data=data, draw=draw)
