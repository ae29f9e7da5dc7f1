"""Native charts of the live workbook: they follow its formulas. Those as pictures are files in ``charts/``."""

from __future__ import annotations

from typing import Any

from planner.plan import Plan
from planner.quota import UNKNOWN
from pricing.sku import skus
from reports import sheet
from reports.live_quotas import Scope
from reports.sheet import Page

_FILLS: tuple[tuple[str, str], ...] = (
    ("#08306B", ""), ("#8CC8EE", "wide_upward_diagonal"), ("#D55E00", ""), ("#F5E04E", "percent_25"),
    ("#0072B2", ""), ("#F0B24B", "wide_downward_diagonal"), ("#7A3E65", ""),
    ("#9BD6B8", ""),
)  # fmt: skip
"""Colours and patterns of items, by their place among all items: told apart on a grey print as well."""
_WIDTH, _HEIGHT, _ROWS = 560, 330, 17
_FAINT: dict[str, Any] = {"visible": True, "line": {"color": "#D9D9D9", "width": 0.75}}


def insert(page: Page, plan: Plan, row: int) -> int:
    """Monthly cost by item, cost so far, and the quota with the least headroom; returns the row below them."""
    costs = page.model.costs
    if costs.total is None or not costs.by_item:
        return row
    page.text(row, 0, "Charts", sheet.HEADING)
    charts = [_by_item(page), _cumulative(page)]
    tightest = _tightest(page)
    if tightest is not None:
        charts.append(_quota(page, tightest))
    for number, chart in enumerate(charts):
        chart.set_size({"width": _WIDTH, "height": _HEIGHT})
        page.worksheet.insert_chart(row + 1, 0, chart, {"x_offset": 4 + number * (_WIDTH + 12), "y_offset": 4})
    return row + 1 + _ROWS + 1


def _chart(page: Page, kind: dict[str, str], title: str) -> Any:
    chart = page.workbook.add_chart(kind)
    chart.set_title({"name": title, "name_font": {"size": 12, "bold": True, "color": "#1F3864"}, "overlay": False})
    chart.set_legend({"position": "bottom", "font": {"size": 9}})
    months = {"num_format": "yyyy-mm", "num_font": {"size": 9, "rotation": -90}, "text_axis": True}
    chart.set_x_axis({**months, "line": {"color": "#808080"}})
    chart.set_y_axis(
        {"num_format": "#,##0", "num_font": {"size": 9}, "major_gridlines": _FAINT, "line": {"none": True}}
    )
    chart.show_blanks_as("gap")
    return chart


def _months(page: Page) -> str:
    columns = page.model.calculation.columns
    return f"=Calculation!${columns[0]}$5:${columns[-1]}$5"


def _by_item(page: Page) -> Any:
    """Which item makes the cost of a month: columns, stacked."""
    model, chart = (
        page.model,
        _chart(page, {"type": "column", "subtype": "stacked"}, f"Monthly cost by item\n{page.currency}"),
    )
    order = list(skus())
    for sku, series in model.costs.by_item.items():
        if not series.total and any(one.total for one in model.costs.by_item.values()):
            continue
        color, pattern = _FILLS[order.index(sku) % len(_FILLS)]
        look = (
            {"pattern": {"pattern": pattern, "fg_color": "#FFFFFF", "bg_color": color}}
            if pattern
            else {"fill": {"color": color}}
        )
        chart.add_series(
            {
                "name": f"={model.calculation.grid.at(series.row, 0)}", "categories": _months(page),
                "values": f"={model.calculation.months_of(series)}", "gap": 40, "border": {"color": "#FFFFFF"}, **look,
            }
        )  # fmt: skip
    return chart


def _cumulative(page: Page) -> Any:
    """How much will have been spent by when."""
    model, chart = page.model, _chart(page, {"type": "line"}, f"Cost so far\n{page.currency}")
    assert model.costs.cumulative is not None
    chart.add_series(
        {
            "name": "so far", "categories": _months(page),
            "values": f"={model.calculation.months_of(model.costs.cumulative)}",
            "line": {"color": "#08306B", "width": 2.25},
        }
    )  # fmt: skip
    chart.set_legend({"none": True})
    return chart


def _tightest(page: Page) -> Scope | None:
    """The scope that uses the largest part of its limit in some month, of those that the plan touches."""
    known = [one for one in page.model.quotas.scopes if (one.use.limit[one.scope] != UNKNOWN).all()]
    known = [one for one in known if one.use.planned[one.scope]] or known

    def part(one: Scope) -> float:
        limits = one.use.limit[one.scope].clip(min=1)
        return float((one.use.used[one.scope] / limits).max())

    live = [one for one in known if one.count is not None] or known
    return max(live, key=part, default=None)


def _quota(page: Page, one: Scope) -> Any:
    """What is used of a limit, and the limit."""
    quotas, chart = (
        page.model.quotas,
        _chart(page, {"type": "column"}, f"Least headroom: {one.use.scopes[one.scope]}\n{one.use.id}"),
    )
    categories = f"=Quotas!${quotas.columns[0]}$9:${quotas.columns[-1]}$9"
    chart.add_series(
        {
            "name": "used", "categories": categories, "values": f"={quotas.months_of(one.row)}",
            "fill": {"color": "#8CC8EE"}, "gap": 40,
        }
    )  # fmt: skip
    limit = page.workbook.add_chart({"type": "line"})
    limit.add_series(
        {
            "name": "limit", "categories": categories, "values": f"={quotas.months_of(one.row + 1)}",
            "line": {"color": "#B33C00", "width": 2.25, "dash_type": "dash"},
        }
    )  # fmt: skip
    chart.combine(limit)
    return chart
