"""`cenplan diff`: what does one plan change against another?"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from planner.command import FAILED, AsOf, Command, Out, day_given, format_option, path_given, put

if TYPE_CHECKING:
    from planner.plan_diff import SideOf

_SIDE = "Plan file, or the JSON of one as `estimate` or `report` wrote it; - reads standard input."


class DiffFormat(StrEnum):
    """Formats of `diff`."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


def run(
    old: Annotated[str, typer.Argument(metavar="OLD", help=f"{_SIDE} With --against: NEW.", callback=path_given)],
    new: Annotated[
        str | None, typer.Argument(metavar="NEW", help="The same, the plan that is new.", callback=path_given)
    ] = None,
    against: Annotated[
        str | None,
        typer.Option("--against", metavar="OLD", help="What to compare with, instead of a first argument."),
    ] = None,
    format: Annotated[list[DiffFormat] | None, format_option("text (default), json or markdown")] = None,
    out: Out = None,
    as_of: AsOf = None,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="End with 2 when anything differs.")] = False,
) -> None:
    """Show what a plan changes against another: in its own words, in cost and in headroom.

    Changes of prices are told apart from changes of the plan. Either side is a plan file, or the JSON document of one
    that was kept. Ends with 0 whenever both could be compared.
    """
    day_given(as_of)
    if (new is None) == (against is None):
        raise typer.BadParameter("name two plans: OLD and NEW, or NEW and --against OLD", param_hint="NEW")
    names = (against, old) if against is not None else (old, new)
    if names[0] == names[1] == "-":
        raise typer.BadParameter("only one side can come from standard input", param_hint="NEW")
    from planner import plan_diff, together

    found = plan_diff.compare(*(_side(str(name), as_of) for name in names))

    def rendered(name: str) -> str:
        if name == "json":
            from reports import diff_document

            return diff_document.render(found)
        from reports import diff_page

        return diff_page.render(found, name)

    formats = [one.value for one in format or [DiffFormat.TEXT]]
    put(formats, rendered, out, f"{together.name_of(found.new.plan.scenario.split(','))}-diff")
    if exit_code and found.differs:
        raise typer.Exit(FAILED)


def _side(path: str, as_of: str | None) -> SideOf:
    """A side: the document that was kept, or the one that `estimate` writes of the plan."""
    from planner import saved_plan
    from planner.plan_diff import SideOf as Side

    text, name = saved_plan.text_of(path)
    document = saved_plan.document_in(text, name)
    if document is None:
        import os

        from planner import scenario
        from planner.command import with_prices
        from planner.core.source import parse_yaml
        from reports import document as writer

        read = scenario.read_source(parse_yaml(text, name), "" if path == "-" else os.path.dirname(path))
        document = writer.document(with_prices(read, as_of)[0])
    return Side(name, saved_plan.saved_plan(document, name))


COMMAND = Command(order=35, run=run)
