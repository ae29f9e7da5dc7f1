"""`cenplan check`: does a plan fit the quotas and keep the rules?"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from planner.command import (
    FAILED,
    WARNED,
    AsOf,
    Command,
    NoColor,
    Out,
    PlanArguments,
    calculated,
    colored,
    name_of,
    put,
)


class CheckFormat(StrEnum):
    """Formats of `check`."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


def run(
    plan: PlanArguments,
    format: Annotated[
        list[CheckFormat] | None,
        typer.Option(
            "--format",
            "-f",
            metavar="FORMAT",
            envvar="CENPLAN_FORMAT",
            help="text (default), json or markdown; repeatable, with -o DIR.",
        ),
    ] = None,
    out: Out = None,
    as_of: AsOf = None,
    fail_on_warn: Annotated[bool, typer.Option("--fail-on-warn", help="End with 3 when there are warnings.")] = False,
    no_color: NoColor = False,
) -> None:
    """Check plans against quotas and rules, month by month; ends with 2 when one is broken."""
    made = calculated(plan, as_of, priced=False)

    def rendered(name: str) -> str:
        if name == "json":
            from reports import document

            return document.render(made)
        if name == "markdown":
            from reports import markdown

            return markdown.check(made)
        from reports import check_text

        return check_text.render(made, colored(no_color, out))

    put([one.value for one in format or [CheckFormat.TEXT]], rendered, out, f"{name_of(made)}-check")
    if not made.passed:
        raise typer.Exit(FAILED)
    if fail_on_warn and any(finding.level == "warning" for finding in made.findings):
        raise typer.Exit(WARNED)


COMMAND = Command(order=10, run=run)
