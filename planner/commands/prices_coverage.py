"""`cenplan prices coverage`: which prices are known, on what evidence, and how old?"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from planner.command import (
    AsOf,
    Command,
    Out,
    PlansOrNone,
    Site,
    SiteName,
    day_given,
    format_option,
    name_of,
    put,
    sites_given,
    with_prices,
)


class CoverageFormat(StrEnum):
    """Formats of `prices coverage`."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"
    MARKDOWN = "markdown"


def run(
    plan: PlansOrNone = None,
    format: Annotated[
        list[CoverageFormat] | None,
        format_option("text (default), json, csv or markdown"),
    ] = None,
    out: Out = None,
    as_of: AsOf = None,
    site: Site = None,
) -> None:
    """Show which prices are known, and how old they are.

    Of a whole site, or exactly those that plans need, at list price and contracted, with what they have no price for.
    """
    day = day_given(as_of)
    from pricing import coverage
    from reports import price_coverage

    found: price_coverage.OfSite | price_coverage.OfPlan
    if not plan:
        from pricing import book

        named, on = (site or SiteName.INTL).value, day or coverage.PRICES_READ
        books = book.load_books(named)
        found = price_coverage.OfSite(named, on, coverage.coverage(books, on), coverage.between_areas(books, on))
        stem = f"prices-{named}-coverage"
    else:
        from planner import price_need, together

        read = together.read(plan)
        sites = sites_given(site, read[0])
        made, lists = with_prices(read, as_of)
        needs = tuple(need for need in price_need.needs(made, lists) if need.site in sites)
        on = made.as_of or coverage.PRICES_READ
        found = price_coverage.OfPlan(made.inventory.scenarios, sites, on, needs, price_need.given(made))
        stem = f"{name_of(made)}-prices-coverage"
    put([one.value for one in format or [CoverageFormat.TEXT]], found.render, out, stem)


COMMAND = Command(order=70, run=run)
