"""`cenplan prices show`: the page of a billable item."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from planner.command import Command, Out, Site, books_given, day_given, format_option, put

if TYPE_CHECKING:
    from pricing.sku import Sku


class ShowFormat(StrEnum):
    """Formats of `prices show`."""

    TEXT = "text"
    JSON = "json"


def run(
    item: Annotated[str, typer.Argument(metavar="ITEM", help="Billable item, such as tr-connection.")],
    books: Annotated[
        list[str] | None,
        typer.Argument(metavar="BOOK", help="Price books over the shipped ones; the last one is the strongest."),
    ] = None,
    region: Annotated[
        str | None,
        typer.Option(
            "--region",
            metavar="REGION",
            help="What covers this region, and which of it holds; of an item between regions a lane, FROM>TO.",
        ),
    ] = None,
    on: Annotated[
        str | None,
        typer.Option("--on", metavar="DATE", help="What holds on this day; with --region, else the day of reading."),
    ] = None,
    format: Annotated[
        list[ShowFormat] | None,
        format_option("text (default) or json"),
    ] = None,
    out: Out = None,
    site: Site = None,
) -> None:
    """Show what an item is, and every rate it had.

    Scope by scope, at list price and by contract, with its free quotas, discounts, expected changes and sources; with
    --region also what holds there.
    """
    day = day_given(on, "--on")
    from planner.core.problem import quoted, suggestion
    from pricing import book, coverage, price_list
    from pricing.sku import skus
    from reports.price_entries import Holds, ItemPage

    if item not in skus():
        help_ = suggestion(item, skus(), "items")
        raise typer.BadParameter(f"unknown item {quoted(item)}: {help_}", param_hint="ITEM")
    if region is not None:
        _check_place(region, item, skus()[item])
        day = day or coverage.PRICES_READ
    named, given = books_given(books or (), site)
    lists = book.load_books(named, [source for source, _ in given.values()])
    files = [*price_list.shipped(named), *(file for _, file in given.values())]
    holds = None
    if region is not None and day is not None:
        free = lists.free_quota(item, region, day) if skus()[item].free_quota_over else None
        holds = Holds(region, day, lists.list_schedule(item, region, day), lists.schedule(item, region, day), free)
    page = ItemPage(item, named, price_list.listing(files).about(item, region, day), day, holds)
    put([one.value for one in format or [ShowFormat.TEXT]], page.render, out, f"prices-{named}-{item}")


def _check_place(place: str, item: str, sku: Sku) -> None:
    """A region, or the lane that an item between regions needs."""
    from planner.core.problem import quoted
    from planner.core.region import AREAS, LANE, REGIONS, crosses_border, suggest_region

    def refuse(message: str) -> None:
        raise typer.BadParameter(message, param_hint="--region")

    ends = place.split(LANE)
    if sku.priced_by == "plan":
        refuse(f"what {item} costs is what each plan says, not a region")
    if (len(ends) == 2) != sku.by_lane:
        kind = "lane, such as europe>asia-pacific" if sku.by_lane else "region, not by lane"
        refuse(f"{item} is priced by {kind}")
    for end in ends:
        if end not in REGIONS and not (sku.by_lane and end in AREAS):
            refuse(f"unknown region {quoted(end)}: {suggest_region(end)}")
    if sku.by_lane and crosses_border(*ends) != (sku.priced_by == "cross-border-lane"):
        how = "does not cross" if sku.priced_by == "cross-border-lane" else "crosses"
        refuse(f"{quoted(place)} {how} the border of the Chinese mainland: it is no lane of {item}")


COMMAND = Command(order=72, run=run)
