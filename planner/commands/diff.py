"""`cenplan diff`: what does one plan change against another, or several against several?"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from planner.command import FAILED, AsOf, Command, Out, day_given, format_option, paths_given, put

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from planner.core.problem import Problem
    from planner.plan_diff import SideOf
    from planner.scenario import Scenario

_TWO_SIDES = "name two plans: OLD and NEW; of several together, NEW... and --against OLD for each of the old ones"


class DiffFormat(StrEnum):
    """Formats of `diff`."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


def run(
    plans: Annotated[
        list[str],
        typer.Argument(
            metavar="PLAN",
            help="OLD and NEW: a plan file, the JSON of plans as `estimate` or `report` wrote it, or a project with its"
            " plans; - reads standard input. With --against all are NEW: plans on one estate add up.",
            callback=paths_given,
        ),
    ],
    against: Annotated[
        list[str] | None,
        typer.Option(
            "--against",
            metavar="OLD",
            help="What to compare with, instead of a first argument; repeatable: plans on one estate add up.",
        ),
    ] = None,
    format: Annotated[list[DiffFormat] | None, format_option("text (default), json or markdown")] = None,
    out: Out = None,
    as_of: AsOf = None,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="End with 2 when anything differs.")] = False,
) -> None:
    """Show what a plan changes against another: in its own words, in cost and in headroom.

    Changes of prices are told apart from changes of the plan. Either side is a plan, several that add up, a project,
    or the JSON document that was kept of any of them. Ends with 0 whenever both could be compared.
    """
    day_given(as_of)
    old, new = _sides(plans, paths_given(against or []))
    from planner import plan_diff, together
    from planner.core.problem import InputError

    sides: list[SideOf] = []
    problems: list[Problem] = []
    for paths in (old, new):
        try:
            sides.append(_side(paths, as_of))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(dict.fromkeys(problems))
    found = plan_diff.compare(*sides)

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


def _sides(plans: Sequence[str], against: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """The paths of the old side and of the new one."""
    if not against and len(plans) != 2:
        raise typer.BadParameter(_TWO_SIDES, param_hint="PLAN")
    old, new = (against, plans) if against else (plans[:1], plans[1:])
    if [*old, *new].count("-") > 1:
        raise typer.BadParameter("only one plan can come from standard input", param_hint="PLAN")
    return old, new


def _side(paths: Sequence[str], as_of: str | None) -> SideOf:
    """A side: the document that was kept, or the one that `estimate` writes of its plans.

    raises : InputError with everything that is wrong in what could be read
    """
    from planner import saved_plan, together
    from planner.command import with_prices
    from planner.core.problem import InputError
    from planner.plan_diff import SideOf as Side
    from reports import document as writer

    kept: dict[str, Any] | None = None
    scenarios: list[Scenario] = []
    problems: list[Problem] = []
    names = []
    for path in paths:
        try:
            text, name = saved_plan.text_of(path)
            names.append(name)
            document = saved_plan.document_in(text, name)
            if document is None:
                scenarios += _plans(text, name, path, len(paths) == 1)
            elif len(paths) > 1:
                raise _alone(name, "the JSON document of plans", "has all the plans of its side")
            else:
                kept = document
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    shown = " + ".join(names)
    if kept is None:
        kept = writer.document(with_prices(together.join(scenarios), as_of)[0])
    return Side(shown, saved_plan.saved_plan(kept, shown))


def _plans(text: str, name: str, path: str, alone: bool) -> Sequence[Scenario]:
    """The plan of a text, or the plans of a project."""
    import os

    from planner import project, scenario, together
    from planner.core.problem import InputError, Location, Problem
    from planner.core.source import parse_yaml

    source = parse_yaml(text, name)
    if not project.is_project(source.value):
        return (scenario.read_source(source, "" if path == "-" else os.path.dirname(path)),)
    if path == "-":
        message = "a project cannot come from standard input: its paths are relative to its folder"
        raise InputError(Problem(Location(name, 0, 0), message, "name its file"))
    if not alone:
        raise _alone(name, "a project", "names all the plans of its side")
    files = project.resolve(project.Request(project=path, without_policy=True))
    return together.read(files.plans, files.shared)


def _alone(name: str, what: str, why: str) -> Exception:
    from planner.core.problem import InputError, Location, Problem

    remedy = "give it alone on its side, or the files of the plans instead of it"
    return InputError(Problem(Location(name, 0, 0), f"{what} stands beside other plans, and it {why}", remedy))


COMMAND = Command(order=35, run=run)
