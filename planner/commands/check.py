"""`cenplan check`: does a plan fit the quotas and keep the rules?"""

from __future__ import annotations

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
    format_option,
    name_of,
    put,
)
from reports import format as machinery  # lists its formats; each is loaded when it is asked for

FORMATS = tuple(machinery.names())


def _known(given: list[str] | None) -> list[str] | None:
    for name in given or ():
        if name not in FORMATS:
            raise typer.BadParameter(f"{name!r} is not one of {', '.join(map(repr, FORMATS))}")
    return given


def run(
    plan: PlanArguments,
    format: Annotated[
        list[str] | None,
        format_option(f"{FORMATS[0]} (default), {', '.join(FORMATS[1:-1])} or {FORMATS[-1]}", _known),
    ] = None,
    out: Out = None,
    as_of: AsOf = None,
    fail_on_warn: Annotated[bool, typer.Option("--fail-on-warn", help="End with 3 when there are warnings.")] = False,
    no_color: NoColor = False,
) -> None:
    """Check plans against quotas and rules, month by month; ends with 2 when one is broken."""
    made = calculated(plan, as_of, priced=False)
    wanted = {name: machinery.load(name) for name in format or [machinery.DEFAULT]}

    def rendered(name: str) -> str:
        one = wanted[name]
        return one.in_colors(made) if one.in_colors and colored(no_color, out) else one.render(made)

    extensions = {name: one.extension for name, one in wanted.items()}
    put([*wanted], rendered, out, f"{name_of(made)}-check", extensions)
    if not made.passed:
        raise typer.Exit(FAILED)
    if fail_on_warn and any(finding.level == "warning" for finding in made.findings):
        raise typer.Exit(WARNED)


COMMAND = Command(order=10, run=run)
