"""`cenplan checks list`: everything that a plan is checked for besides quotas."""

from __future__ import annotations

from typing import Annotated

from planner.command import Command, Out, TableFormat, format_option, put


def run(
    format: Annotated[
        list[TableFormat] | None,
        format_option("text (default), json, csv or markdown"),
    ] = None,
    out: Out = None,
) -> None:
    """List every check: what it looks for, how grave its findings can be at each stage of a plan, and its source.

    A check that needs prices speaks in estimate and report only.
    """
    from reports import check_list

    put([one.value for one in format or [TableFormat.TEXT]], check_list.render, out, "checks")


COMMAND = Command(order=61, run=run)
