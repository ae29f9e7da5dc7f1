"""`cenplan report`: workbook, HTML page, one-page summary and charts into a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from planner.command import AsOf, Command, PlanArguments, Progress, calculated, path_given, show, stop


def run(
    plan: PlanArguments,
    out: Annotated[
        str,
        typer.Option(
            "--out",
            "-o",
            metavar="DIR",
            envvar="CENPLAN_OUT",
            callback=path_given,
            help="Folder for the workbook, the HTML page, the summary and the charts.",
        ),
    ],
    as_of: AsOf = None,
) -> None:
    """Write a workbook, an HTML page, a one-page summary and charts into a folder.

    Only a complete new report replaces an old one.
    """
    made = calculated(plan, as_of, priced=True, effects=True)
    from reports import folder

    try:
        with Progress() as progress:
            written = folder.write(made, Path(out), progress)
    except folder.ReportError as error:
        stop(str(error))
    show("".join(f"{path}\n" for path in written))


COMMAND = Command(order=30, run=run)
