"""`cenplan quotas list`: every quota that a plan is measured against."""

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
    """List every quota: what it limits and per what, its default, whether it can be increased, and where that stands.

    An increase that was granted stands in the estate, under limits of the transit router.
    """
    from reports import quota_list

    put([one.value for one in format or [TableFormat.TEXT]], quota_list.render, out, "quotas")


COMMAND = Command(order=60, run=run)
