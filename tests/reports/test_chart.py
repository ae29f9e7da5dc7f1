"""Charts: their data is the engine's, and their pictures can be read."""

from __future__ import annotations

import itertools
import struct

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from planner import summary
from planner.core.period import Month
from planner.plan import Plan
from pricing import money
from pricing.sku import skus
from reports import chart

IDS = [
    "monthly-cost-by-item",
    "attachments-against-quota",
    "headroom-heat-map",
    "rollout-timeline",
    "cost-by-router-and-group",
    "cost-by-region-and-cost-center",
    "cumulative-cost-by-year",
    "from-list-to-bill",
    "rate-card-sensitivity",
    "evidence-of-prices",
]
OF_COST = [
    "monthly-cost-by-item",
    "cost-by-router-and-group",
    "cost-by-region-and-cost-center",
    "cumulative-cost-by-year",
    "from-list-to-bill",
    "evidence-of-prices",
]
NAMES = ["exceeded", "unpriced", "nothing", "dark", "large"]


def data(name: str, plan: Plan):
    return chart.declared()[name].data(plan)


def test_charts_are_those_of_the_folder_in_order() -> None:
    assert list(chart.declared()) == IDS


# What they show


@pytest.mark.parametrize("name", NAMES)
def test_monthly_cost_by_item_adds_up_to_the_engines_months(plans: dict[str, Plan], name: str) -> None:
    plan, shown = plans[name], data("monthly-cost-by-item", plans[name])
    totals = summary.totals(plan)
    assert [sum(item.amounts[m] for item in shown.items) for m in range(len(shown.months))] == list(totals.amounts)
    used = {row.sku for row in summary.cost_rows(plan) if row.total or not row.complete}
    labels = {item.label for item in shown.items} | set(shown.unpriced)
    assert labels == {skus()[sku].label for sku in used}
    assert shown.incomplete == totals.unpriced


def test_items_are_stacked_in_the_order_of_tables(exceeded: Plan) -> None:
    shown = [item.sku for item in data("monthly-cost-by-item", exceeded).items]
    assert shown == [sku for sku in skus() if sku in shown]


def test_peak_and_currency_are_in_the_subtitle(exceeded: Plan) -> None:
    totals = summary.totals(exceeded)
    peak = max(range(len(totals.amounts)), key=totals.amounts.__getitem__)
    said = f"peak {money.display(totals.amounts[peak], 0)} in {exceeded.inventory.period.months[peak]}"
    assert data("monthly-cost-by-item", exceeded).subtitle == f"USD per calendar month · {said}"


@pytest.mark.parametrize("name", OF_COST)
def test_incomplete_amounts_are_called_a_priced_subtotal(unpriced: Plan, name: str) -> None:
    coverage = summary.totals(unpriced).coverage_percent
    assert f"priced subtotal, {coverage} % of lines priced" in data(name, unpriced).subtitle


@pytest.mark.parametrize("name", OF_COST)
def test_nothing_to_draw_is_said_and_unpriced_is_not_zero(nothing: Plan, dark: Plan, name: str) -> None:
    assert data(name, nothing).empty == "Nothing is attached between 2027-01 and 2027-01."
    assert (
        data(name, dark).empty == "Nothing in this plan has a known price: 12 line items are unpriced. That is not 0."
    )


def test_attachments_show_the_limit_and_the_first_month_over_it(exceeded: Plan) -> None:
    shown = data("attachments-against-quota", exceeded)
    first, second = shown.panels
    assert (first.router, first.region, set(first.existing)) == ("tr-singapore", "ap-southeast-1", {38})
    assert str(shown.months[first.first_exceeded]) == "2027-05"
    assert first.used == (38, 38, 38, 50, 50, 50, *[86] * 9)  # 38 + 2 x 6 from February, + 2 x 18 from May
    assert first.limit == (*[50] * 7, *[80] * 8)  # granted from June
    assert first.over == (0, 0, 0, 0, 0, 0, 36, *[6] * 8)
    assert (second.router, second.first_exceeded) == ("tr-frankfurt", None)
    assert shown.subtitle == "Highest count of each month · over the limit on 1 of 2 transit routers"


def test_of_many_routers_the_most_interesting_are_shown_and_the_others_counted(large: Plan) -> None:
    shown = data("attachments-against-quota", large)
    assert (len(shown.panels), shown.left_out) == (6, 10)
    assert "16 transit routers · shown: the 6" in shown.subtitle
    use = next(use for use in large.quotas if use.id == "vpn-attachments-per-transit-router")
    room = {scope: min(use.limit[n] - use.used[n]) for n, scope in enumerate(use.scopes)}
    over = [panel.router for panel in shown.panels if panel.first_exceeded is not None]
    assert over == [panel.router for panel in shown.panels][: len(over)]
    rest = [room[panel.router] for panel in shown.panels[len(over) :]]
    assert rest == sorted(rest)


@pytest.mark.parametrize("name", ["exceeded", "unpriced", "large"])
def test_routers_and_their_groups_leave_nothing_out(plans: dict[str, Plan], name: str) -> None:
    shown = data("cost-by-router-and-group", plans[name])
    total = summary.totals(plans[name]).subtotal
    assert shown.total == total
    heads = [bar for bar in shown.bars if bar.kind == "router" or bar.name.endswith("routers")]
    parts = [bar for bar in shown.bars if bar not in heads]
    rest_of_routers = sum(bar.amount for bar in heads if bar.kind == "rest")
    assert sum(bar.amount for bar in heads) == total
    assert sum(bar.amount for bar in parts) == total - rest_of_routers
    assert len(shown.bars) <= 5 + 8 + 5 + 1
    assert not [bar for bar in shown.bars if bar.name.startswith("1 more")]


def test_dearest_groups_are_named(large: Plan) -> None:
    shown = data("cost-by-router-and-group", large)
    routers = [bar for bar in shown.bars if bar.kind == "router"]
    assert [bar.amount for bar in routers] == sorted((bar.amount for bar in routers), reverse=True)
    assert sum(bar.kind == "group" for bar in shown.bars) == 8


@pytest.mark.parametrize("name", ["exceeded", "unpriced", "large"])
def test_cumulative_cost_ends_at_the_total_and_years_add_up(plans: dict[str, Plan], name: str) -> None:
    plan, shown = plans[name], data("cumulative-cost-by-year", plans[name])
    totals = summary.totals(plan)
    assert shown.cumulative == tuple(itertools.accumulate(totals.amounts))
    assert sum(year.cost for year in shown.years) == shown.years[-1].cumulative == totals.subtotal
    assert [year.name for year in shown.years] == [str(year) for year, _ in summary.years(plan)]
    assert shown.years[-1].cumulative_complete == totals.complete


# How they look


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("chart_id", IDS)
def test_every_plan_gives_a_wide_png_and_an_svg_of_its_own(plans: dict[str, Plan], name: str, chart_id: str) -> None:
    pictures = chart.render(plans[name], chart.declared()[chart_id])
    assert list(pictures) == ["png", "svg"]
    width, height = struct.unpack(">II", pictures["png"][16:24])
    assert width / height == pytest.approx(16 / 9, rel=0.002)
    svg = pictures["svg"].decode("utf-8")
    assert "<svg" in svg
    assert 'href="http' not in svg


def test_neighbours_of_a_stack_differ_on_a_grey_print() -> None:
    for (one, _), (other, _) in itertools.pairwise(chart.FILLS):
        assert abs(chart.luminance(one) - chart.luminance(other)) > 30
    assert abs(chart.luminance(chart.TODAY[0]) - chart.luminance(chart.PLANNED[0])) > 30
    assert abs(chart.luminance(chart.OVER[0]) - chart.luminance(chart.PLANNED[0])) > 30
    assert len(set(chart.FILLS)) == len(chart.FILLS) >= len(skus())


@pytest.mark.parametrize("most", [3, 6, 9, 12])
def test_labels_of_months_never_overlap(most: int) -> None:
    widths = {12: 0.86, 9: 0.63, 6: 0.40, 3: 0.23}  # of axes that ask for so many labels
    figure = Figure(figsize=(chart.WIDTH, chart.HEIGHT))
    canvas = FigureCanvasAgg(figure)
    for count in (*range(1, 14), 18, 19, 24, 25, 27, 28, 36, 37, 54, 72, 73, 108, 109, 120):
        for first in (Month(2026, 1), Month(2026, 12)):
            figure.clear()
            axes = figure.add_axes((0.06, 0.1, widths[most], 0.7))
            months = [first + n for n in range(count)]
            chart.month_axis(axes, months, most)
            axes.tick_params(labelsize=chart.SMALL)
            labels = [label for label in axes.get_xticklabels() if label.get_text()]
            assert labels
            boxes = [label.get_window_extent(canvas.get_renderer()) for label in labels]
            assert all(left.x1 < right.x0 for left, right in itertools.pairwise(boxes)), (count, str(first))


@pytest.mark.parametrize(
    ("number", "most", "text"),
    [
        (0, 5, "0.00"),
        (2.5, 5, "2.50"),
        (1500, 6000, "1,500"),
        (15_000_000, 40_000_000, "15 M"),
        (2_500_000, 25e6, "2.5 M"),
    ],
)
def test_ticks_separate_thousands(number: float, most: float, text: str) -> None:
    assert chart.tick(number, most) == text


def test_labels_are_spread_in_their_order() -> None:
    assert chart.spread([0.5, 0.5, 0.5], 0.1, 0.0, 1.0) == pytest.approx([0.5, 0.6, 0.7])
    assert chart.spread([0.95, 0.95, 0.99], 0.1, 0.0, 1.0) == pytest.approx([0.8, 0.9, 1.0])
    crowded = chart.spread([0.5] * 30, 0.1, 0.0, 1.0)
    assert crowded == sorted(crowded)
    assert crowded[0] >= -1e-9
    assert crowded[-1] <= 1 + 1e-9


def test_names_are_shortened_in_the_middle_and_stay_drawable() -> None:
    assert chart.shortened("short", 10) == "short"
    assert chart.shortened("a-very-long-name-of-a-group-042", 16) == "a-very-lon…p-042"
    assert chart.shortened("华东\t$x$", 10) == "□□□$x$"


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [(1, 1000, "< 1 %"), (999, 1000, "> 99 %"), (0, 10, "0 %"), (125, 1000, "13 %"), (10, 10, "100 %"), (0, 0, "0 %")],
)
def test_share_never_shows_something_as_nothing(part: int, whole: int, text: str) -> None:
    assert chart.share(part, whole) == text
