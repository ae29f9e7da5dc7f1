"""`cenplan quotas request`: what to ask of quotas, as a folder to paste from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from planner.command import AsOf, Command, PlanArguments, calculated, path_given, show, stop


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
            help="Folder for the requests.",
        ),
    ],
    buffer_percent: Annotated[
        int,
        typer.Option(
            "--buffer-percent", metavar="P", min=0, max=1000, help="Ask for P percent more than the peak, rounded up."
        ),
    ] = 10,
    buffer: Annotated[
        int, typer.Option("--buffer", metavar="N", min=0, max=1_000_000, help="Ask for N more in addition.")
    ] = 0,
    every: Annotated[
        bool, typer.Option("--all", help="Look at every adjustable quota that the plan touches, also where it is ok.")
    ] = False,
    as_of: AsOf = None,
) -> None:
    """Write the requests for what a plan needs of quotas into a folder: value, reasons, text to paste, days.

    Nothing is submitted anywhere. Where there is nothing to request, no folder is written.
    """
    made = calculated(plan, as_of, priced=False)
    from planner import quota_request
    from reports import folder, quota_pack

    found = quota_request.requests(made, quota_request.Buffer(buffer_percent, buffer), every)
    written: tuple[Path, ...] = ()
    if found.asked:
        try:
            written = quota_pack.write(found, Path(out))
        except folder.ReportError as error:
            stop(str(error))
    files = "".join(f"{path}\n" for path in written)
    show(quota_pack.text(found) + (f"\n{files}" if files else ""))


COMMAND = Command(order=50, run=run)
