"""`cenplan prices diff`: what does a new price book change?"""

from __future__ import annotations

import os
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from planner.command import (
    AsOf,
    Command,
    Out,
    books_given,
    day_given,
    format_option,
    name_of,
    path_given,
    put,
    with_prices,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.core.source import Source
    from reports.price_changes import OfPlan

SHIPPED = "shipped"
_BOOK = f"Price book, or the word {SHIPPED} for the shipped ones."


class DiffFormat(StrEnum):
    """Formats of `prices diff`."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


def run(
    old: Annotated[str, typer.Argument(metavar="OLD", help=_BOOK, callback=path_given)],
    new: Annotated[str, typer.Argument(metavar="NEW", help=_BOOK, callback=path_given)],
    plans: Annotated[
        list[str] | None,
        typer.Argument(metavar="PLAN", help="Plans whose cost is to be compared."),
    ] = None,
    format: Annotated[
        list[DiffFormat] | None,
        format_option("text (default), json or markdown"),
    ] = None,
    out: Out = None,
    as_of: AsOf = None,
) -> None:
    """Show what a price book changes against another.

    Which rates, discounts and free quotas, by how much and from which day; and what that does to the cost of plans.
    In a plan, each book stands in the place of the other, or after the plan's own books where it names neither.
    """
    day_given(as_of)
    from pricing import book, price_diff, price_list
    from pricing.sku import skus
    from reports.price_changes import PriceDiff

    if old == new == SHIPPED:
        raise typer.BadParameter("the shipped books do not differ from themselves: name a price book", param_hint="NEW")
    site, given = books_given([name for name in (old, new) if name != SHIPPED])
    sources = [() if name == SHIPPED else (given[name][0],) for name in (old, new)]
    before, after = (book.load_books(site, side) for side in sources)
    listings = [price_list.listing([] if name == SHIPPED else [given[name][1]]) for name in (old, new)]
    days = price_list.days([*price_list.shipped(site), *(file for _, file in given.values())])
    found = PriceDiff(
        site=site,
        old=old,
        new=new,
        changes=price_diff.changes(before, after, days, listings),
        looked_at={name: price_diff.looked_at(name, listings) for name in skus()},
        free_quotas=price_diff.free_quota_changes(before, after, days),
        adjustments=price_diff.adjustment_changes(*listings),
        plans=tuple(_of_plan(path, site, sources, as_of) for path in plans or ()),
    )
    put([one.value for one in format or [DiffFormat.TEXT]], found.render, out, f"prices-{site}-diff")


def _of_plan(path: str, site: str, sides: Sequence[Sequence[Source]], as_of: str | None) -> OfPlan:
    """A plan's cost with either side; each stands where the plan names one of the two, or after its own books.

    What accounts of another site pay is the same on both sides.
    """
    import dataclasses

    from planner import price_effect, scenario
    from planner.core.problem import InputError, Problem
    from reports.price_changes import OfPlan as Compared

    read = scenario.read_scenario(path)
    if site not in read.sites:
        message = f"the accounts of the plan are of site {read.site}, the price books of site {site}"
        raise InputError(Problem(read.place("currency"), message, f"compare books of site {read.site}"))
    compared = [os.path.realpath(source.name) for side in sides for source in side]
    own = [os.path.realpath(source.name) in compared for source in read.price_books]
    at = own.index(True) if True in own else len(own)
    kept = [(source, n < at) for n, source in enumerate(read.price_books) if not own[n]]
    first, later = ([source for source, before in kept if before is side] for side in (True, False))
    priced = [with_prices([dataclasses.replace(read, price_books=(*first, *side, *later))], as_of)[0] for side in sides]
    return Compared(name_of(priced[0]), read.source.name, priced[0].inventory.currency, price_effect.effect(*priced))


COMMAND = Command(order=76, run=run)
