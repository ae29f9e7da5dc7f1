"""`cenplan addresses`: which block and which addresses does every tunnel with BGP get?"""

from __future__ import annotations

from typing import Annotated

import typer

from planner.command import Command, Out, PlanArguments, TableFormat, format_option, path_given, put


def run(
    plan: PlanArguments,
    keep: Annotated[
        str | None,
        typer.Option(
            "--keep",
            metavar="CSV",
            help="An earlier address plan, as -f csv writes it: what it gave stays as it is.",
            callback=path_given,
        ),
    ] = None,
    format: Annotated[
        list[TableFormat] | None,
        format_option("text (default), csv, json or markdown"),
    ] = None,
    out: Out = None,
) -> None:
    """Draw up an address plan: a block of its own for every tunnel with BGP, and the addresses at both ends.

    What the plan states stays. The other tunnels take the free blocks in order: groups as they stand in the file,
    sites as they are attached. With --keep nothing that was given before changes.
    """
    from planner import address_plan, together
    from planner.core.source import read_table
    from reports import address_list

    scenarios = together.read(plan)
    kept = address_plan.earlier(read_table(keep)) if keep else {}
    rows = address_plan.draw_up(scenarios, kept)
    stem = together.name_of([one.plan.name for one in scenarios])[: together.LONGEST_NAME]
    put(
        [one.value for one in format or [TableFormat.TEXT]],
        lambda form: address_list.render(rows, form),
        out,
        f"{stem}-addresses",
    )


COMMAND = Command(order=45, run=run)
