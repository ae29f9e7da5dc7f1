"""`cenplan checks list`: everything that a plan is checked for besides quotas."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from planner.command import Command, Out, format_option, put


class ChecksFormat(StrEnum):
    """Formats of `checks list`."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"
    MARKDOWN = "markdown"


def run(
    format: Annotated[
        list[ChecksFormat] | None,
        format_option("text (default), json, csv or markdown"),
    ] = None,
    out: Out = None,
) -> None:
    """List every check: what it looks for, how grave its findings can be at each stage of a plan, and its source.

    A check that needs prices speaks in estimate and report only.
    """
    from reports import check_list

    put([one.value for one in format or [ChecksFormat.TEXT]], check_list.render, out, "checks")


COMMAND = Command(order=61, run=run)
