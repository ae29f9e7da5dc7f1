"""`cenplan prices lint`: is a price book well-formed?"""

from __future__ import annotations

from typing import Annotated

import typer

from planner.command import Command, path_given, show


def run(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="Price book; - reads standard input.", callback=path_given)
    ],
) -> None:
    """Tell everything that is wrong in a price book.

    With place and remedy; ends with 1 when something is wrong, else with 0.
    """
    from planner.core.source import read_yaml
    from pricing import price_list
    from reports.price_words import counted

    source = read_yaml(file)
    book = price_list.checked(source)
    found = price_list.listing([book])
    items = len({row.sku for row in found.rates})
    counts = [
        f"{counted(len(found.rates), 'rate')} of {counted(items, 'item')}" if items else "",
        counted(len(found.free_quotas), "free quota"),
        counted(len(book.discounts), "discount"),
        counted(len(book.expected), "expected change"),
    ]
    said = ", ".join(filter(None, counts)) or "it says nothing"
    show(f"{source.name}: no problem; {said}\n")


COMMAND = Command(order=73, run=run)
