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

    source = read_yaml(file)
    book = price_list.checked(source)
    rates, free = price_list.rates([book]), price_list.free_quotas([book])
    items = len({rate.sku for rate in rates} | {quota.sku for quota in free})
    counts = [_count(len(rates), "rate"), *([_count(len(free), "free quota")] if free else [])]
    show(f"{source.name}: no problem; {' and '.join(counts)} of {_count(items, 'item')}\n")


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


COMMAND = Command(order=73, run=run)
