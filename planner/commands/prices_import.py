"""`cenplan prices import`: a price book from the workbook that finance filled in."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from planner.command import Command, Out, path_given, put

if TYPE_CHECKING:
    from reports.price_sheet_reading import Imported


def run(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="Workbook of `prices template`, filled in.", callback=path_given)
    ],
    out: Out = None,
    title: Annotated[
        str | None,
        typer.Option("--title", metavar="TEXT", help="Title of the price book. Default: it names the workbook."),
    ] = None,
) -> None:
    """Make a price book of a workbook that was filled in.

    Every cell is checked, and everything wrong is told at once, with sheet and cell; then nothing is written. Rows
    without a new rate are left out.
    """
    if out and os.path.exists(out) and os.path.exists(file) and os.path.samefile(out, file):
        raise typer.BadParameter("this is the workbook itself: give the price book another name", param_hint="--out")
    if title is not None and not (title.strip() and title.isprintable()):
        raise typer.BadParameter("write a title on one line", param_hint="--title")
    from planner.core.problem import visible
    from planner.core.source import parse_yaml
    from pricing import book_text, price_list
    from reports import price_sheet_reading

    found = price_sheet_reading.read(file, title)
    name = os.path.basename(file)
    comment = (
        f"Price book of site {found.book.site}, rates in {found.book.currency}.\n"
        f"Made by `cenplan prices import` from {visible(name)}; {_counted(found)}.\n"
        "Name it under price_books of a plan: it wins over the shipped prices."
    )
    text = book_text.render(found.book, comment)
    price_list.checked(parse_yaml(text, out or "price book"))  # what is written can be read, or it is not written
    put(["yaml"], lambda _: text, out, f"{os.path.splitext(name)[0]}")
    print(f"{_counted(found)}; {found.left} rows left as they are", file=sys.stderr)
    for one in found.book.discounts:  # a slip of a percent is seen here, if anywhere
        what = f"{one.discount_percent:f} % off {', '.join(one.skus)} in {', '.join(one.scopes)}"
        print(f"discount: {what}", file=sys.stderr)
    for doubt in found.doubts:
        print(f"{visible(f'{doubt.location}: warning: {doubt.message}')}\n  help: {doubt.remedy}", file=sys.stderr)


def _counted(found: Imported) -> str:
    from reports.price_words import counted

    return ", ".join(filter(None, (counted(found.filled, "new rate"), counted(len(found.book.discounts), "discount"))))


COMMAND = Command(order=75, run=run)
