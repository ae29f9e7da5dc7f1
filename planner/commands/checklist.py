"""`cenplan checklist`: what must be created, granted and agreed, in which order?"""

from __future__ import annotations

from typing import Annotated

import typer

from planner.command import Command, Out, PlanArguments, TableFormat, format_option, put


def run(
    plan: PlanArguments,
    account: Annotated[
        str | None, typer.Option("--account", metavar="NAME", help="Only what is done in this account.")
    ] = None,
    format: Annotated[
        list[TableFormat] | None,
        format_option("text (default), markdown, csv or json"),
    ] = None,
    out: Out = None,
) -> None:
    """Draw up the checklist of a rollout: what must be created, granted and agreed, wave by wave, in order.

    Each line says in which account, how many, for whom, where it is planned, and what the plan does not state.
    """
    from planner import checklist, together
    from planner.core.problem import quoted, suggestion
    from reports import checklist_page

    scenarios = together.read(plan)
    known = scenarios[0].estate.accounts
    if account is not None and account not in known:
        remedy = suggestion(account, known, "accounts of the estate")
        raise typer.BadParameter(f"unknown account {quoted(account)}: {remedy}", param_hint="'--account'")
    items = checklist.checklist(scenarios)
    if account is not None:
        items = tuple(item for item in items if item.account == account)
    stem = together.name_of([one.plan.name for one in scenarios])[: together.LONGEST_NAME]
    put(
        [one.value for one in format or [TableFormat.TEXT]],
        lambda form: checklist_page.render(items, form),
        out,
        f"{stem}-checklist",
    )


COMMAND = Command(order=46, run=run)
