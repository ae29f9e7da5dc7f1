"""`cenplan prices template`: a workbook in which finance fills in prices."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from planner.command import (
    AsOf,
    Command,
    PlansOrNone,
    Site,
    SiteName,
    day_given,
    name_of,
    path_given,
    show,
    sites_given,
    stop,
    with_prices,
    write,
)


def run(
    out: Annotated[
        str,
        typer.Option(
            "--out", "-o", metavar="FILE", envvar="CENPLAN_OUT", callback=path_given, help="Workbook to write, .xlsx."
        ),
    ],
    plan: PlansOrNone = None,
    as_of: AsOf = None,
    site: Site = None,
) -> None:
    """Write a workbook in which prices are filled in.

    It asks for exactly the rates that are missing, of plans or of a whole site, and shows those in use, which may
    be overridden; discounts have a sheet of their own. `cenplan prices import` makes a price book of it. An existing
    file is left alone.
    """
    day = day_given(as_of)
    if not out.lower().endswith(".xlsx"):
        raise typer.BadParameter(f"{out!r} does not end in .xlsx", param_hint="--out")
    if os.path.lexists(out):
        stop(f"{out} exists already and may have been filled in: give another name, or move it away")
    from pricing import book, coverage, price_request
    from pricing.price_request import Found
    from reports import price_sheet

    if not plan:
        named, name, on = (site or SiteName.INTL).value, None, day or coverage.PRICES_READ
        books = book.load_books(named)
        rows = (*coverage.coverage(books, on), *coverage.between_areas(books, on))
        found = [Found(row.sku, row.place, row.tiers) for row in rows]
    else:
        from planner import price_need, together

        read = together.read(plan)
        named, *others = sites_given(site, read[0])
        if others:
            message = "the plan has accounts of both sites, and a workbook asks for prices in one currency"
            remedy = "write one for each: add --site intl, then --site cn"
            raise typer.BadParameter(f"{message}: {remedy}", param_hint="--site")
        made, lists = with_prices(read, as_of)
        name, on, books = name_of(made), made.as_of or coverage.PRICES_READ, lists[named]
        found = price_need.found(made, lists, named)
    asked = price_sheet.PriceSheet(named, on, name, price_request.requests(found, books, on))
    write(Path(out), price_sheet.render(asked))
    show(f"{out}: {asked.missing} rates to be filled in, {len(asked.requests) - asked.missing} in use\n")


COMMAND = Command(order=74, run=run)
