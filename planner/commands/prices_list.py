"""`cenplan prices list`: every price that is known, or that a price book says."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from planner.command import Command, Out, Site, books_given, format_option, put


class ListFormat(StrEnum):
    """Formats of `prices list`."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"


def run(
    books: Annotated[
        list[str] | None, typer.Argument(metavar="BOOK", help="Price books to list instead of the shipped ones.")
    ] = None,
    format: Annotated[
        list[ListFormat] | None,
        format_option("text (default), json or csv"),
    ] = None,
    out: Out = None,
    site: Site = None,
) -> None:
    """List every rate and free quota that is shipped, or what price books say.

    At list price or by contract, with discounts and expected changes; with the days from and until which they hold,
    their evidence and their source.
    """
    from pricing import price_list
    from reports.price_entries import PriceList

    named, given = books_given(books or (), site)
    files = tuple(file for _, file in given.values()) or price_list.shipped(named)
    found = PriceList(named, price_list.listing(files))
    put([one.value for one in format or [ListFormat.TEXT]], found.render, out, f"prices-{named}")


COMMAND = Command(order=71, run=run)
