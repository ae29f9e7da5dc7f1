"""`cenplan prices import`: a price book from the workbook that finance filled in."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from planner.command import Command, Out, path_given, put


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
        f"Made by `cenplan prices import` from {visible(name)}; {found.filled} new rates.\n"
        "Name it under price_books of a plan: it wins over the shipped prices."
    )
    text = book_text.render(found.book, comment)
    price_list.checked(parse_yaml(text, out or "price book"))  # what is written can be read, or it is not written
    put(["yaml"], lambda _: text, out, f"{os.path.splitext(name)[0]}")
    said = f"{found.filled} new {'rate' if found.filled == 1 else 'rates'}; {found.left} rows left as they are"
    print(said, file=sys.stderr)


COMMAND = Command(order=75, run=run)
