"""`cenplan prices show`: the page of a billable item."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from planner.command import Command, Out, Site, day_given, put, site_given


class ShowFormat(StrEnum):
    """Formats of `prices show`."""

    TEXT = "text"
    JSON = "json"


def run(
    item: Annotated[str, typer.Argument(metavar="ITEM", help="Billable item, such as tr-connection.")],
    region: Annotated[
        str | None, typer.Option("--region", metavar="REGION", help="What covers this region, and which of it holds.")
    ] = None,
    on: Annotated[
        str | None,
        typer.Option("--on", metavar="DATE", help="What holds on this day; with --region, else the day of reading."),
    ] = None,
    format: Annotated[
        list[ShowFormat] | None,
        typer.Option(
            "--format",
            "-f",
            metavar="FORMAT",
            envvar="CENPLAN_FORMAT",
            help="text (default) or json; repeatable, with -o DIR.",
        ),
    ] = None,
    out: Out = None,
    site: Site = None,
) -> None:
    """Show what an item is, and every rate it had.

    Scope by scope, with its free quotas and sources; with --region also what holds there.
    """
    day = day_given(on, "--on")
    from planner.core.problem import quoted, suggestion
    from planner.core.region import REGIONS, suggest_region
    from pricing import book, coverage, price_list
    from pricing.sku import skus
    from reports.price_entries import ItemPage

    if item not in skus():
        help_ = suggestion(item, skus(), "items")
        raise typer.BadParameter(f"unknown item {quoted(item)}: {help_}", param_hint="ITEM")
    if region is not None and region not in REGIONS:
        raise typer.BadParameter(f"unknown region {quoted(region)}: {suggest_region(region)}", param_hint="--region")
    named = site_given(site, None)
    books, files = book.load_books(named), price_list.shipped(named)
    if region is not None:
        day = day or coverage.PRICES_READ
    page = ItemPage(
        name=item,
        site=named,
        rates=price_list.covering(price_list.rates(files), item, region, day),
        free_quotas=price_list.covering(price_list.free_quotas(files), item, region, day),
        region=region,
        on=day,
        holds=books.schedule(item, region, day) if region and day else None,
        free_quota=books.free_quota(item, region, day) if region and day else None,
    )
    put([one.value for one in format or [ShowFormat.TEXT]], page.render, out, f"prices-{named}-{item}")


COMMAND = Command(order=72, run=run)
