"""`cenplan verify`: does a decision still rest on what it rested on?"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from planner.command import FAILED, Command, Out, day_given, format_option, path_given, put


class VerifyFormat(StrEnum):
    """Formats of `verify`."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


def run(
    decision: Annotated[
        str, typer.Argument(metavar="DECISION", help="decision.json that cenplan gate wrote.", callback=path_given)
    ],
    as_of: Annotated[
        str | None,
        typer.Option(
            metavar="DATE",
            envvar="CENPLAN_AS_OF",
            help="Day on which it is asked whether the decision still holds, YYYY-MM-DD. Default: nobody asks.",
        ),
    ] = None,
    format: Annotated[list[VerifyFormat] | None, format_option("text (default), json or markdown")] = None,
    out: Out = None,
) -> None:
    """Replay the gate of a decision: the same to the byte, or what changed since.

    Run it in the folder in which the gate was run. What the approver filled in is no change. Ends with 2 when
    something changed or the decision holds no longer.
    """
    day = day_given(as_of)
    from planner import decision as decisions
    from reports import replay_page

    found = decisions.replay(decision, day)

    def rendered(name: str) -> str:
        if name == VerifyFormat.JSON:
            return replay_page.document(found)
        return replay_page.markdown(found) if name == VerifyFormat.MARKDOWN else replay_page.text(found)

    put([one.value for one in format or [VerifyFormat.TEXT]], rendered, out, "verify")
    if not found.holds:
        raise typer.Exit(FAILED)


COMMAND = Command(order=13, run=run)
