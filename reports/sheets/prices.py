"""Every rate that is used and every one that is missing: type here as well."""

from __future__ import annotations

from planner.plan import Plan
from reports import live_prices, sheet
from reports.sheet import Page

_HEADER = 6


def fill(page: Page, plan: Plan) -> None:
    """Every rate that is used or missing, with discount, evidence, source and day of reading; free quotas."""
    prices = page.model.prices
    keys = [tariff.key for tariff in prices.tariffs.values()]
    widths = (20, 18, 8, 11, 11, 11, 12, 11, 12, 12, 10, 12, 22, 11, 11, 11, 48, 30, 12, 60)
    page.widths(sheet.text_width(keys, 28, 52), *widths)
    page.draw(prices.grid)
    first, last = prices.rates
    columns = []
    for number, head in enumerate(live_prices.HEADS):
        right = number == live_prices.FROM_GB or live_prices.FIRST <= number <= live_prices.RATE
        columns.append(
            {"header": head, "header_format": page.formats.get(sheet.HEADER_RIGHT if right else sheet.HEADER)}
        )
    page.worksheet.add_table(
        first - 1, 0, last, len(columns) - 1, {"name": "Rates", "style": "Table Style Light 1", "columns": columns}
    )
    page.checks(4, 0)
    page.wide(_HEADER, 1)
    unpriced = {"type": "cell", "criteria": "==", "value": '"unpriced"', "format": page.formats.condition("bad")}
    page.worksheet.conditional_format(first, live_prices.BOOK, last, live_prices.RATE, unpriced)
    page.protect()


SHEET = sheet.Sheet(order=45, title="Prices", fill=fill)
