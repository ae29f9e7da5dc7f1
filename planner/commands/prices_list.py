"""`cenplan prices list`: every price that is known."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from planner.command import Command, Out, Site, put, site_given


class ListFormat(StrEnum):
    """Formats of `prices list`."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"


def run(
    format: Annotated[
        list[ListFormat] | None,
        typer.Option(
            "--format",
            "-f",
            metavar="FORMAT",
            envvar="CENPLAN_FORMAT",
            help="text (default), json or csv; repeatable, with -o DIR.",
        ),
    ] = None,
    out: Out = None,
    site: Site = None,
) -> None:
    """List every rate and free quota that is shipped.

    With the days from and until which they hold, their evidence and their source.
    """
    from pricing import price_list
    from reports.price_entries import PriceList

    named = site_given(site, None)
    files = price_list.shipped(named)
    found = PriceList(named, price_list.rates(files), price_list.free_quotas(files))
    put([one.value for one in format or [ListFormat.TEXT]], found.render, out, f"prices-{named}")


COMMAND = Command(order=71, run=run)
