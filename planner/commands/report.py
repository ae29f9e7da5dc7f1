"""`cenplan report`: workbook, pages and charts into a folder, of a plan or of one that was saved."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.command import (
    AS_OF,
    AsOf,
    Command,
    Progress,
    calculated,
    day_given,
    path_given,
    paths_given,
    show,
    stop,
)

if TYPE_CHECKING:
    from planner.fingerprint import Input
    from planner.plan import Plan


_BYTE_ORDER_MARK = "\ufeff"
"""Some programs put it before what they save as UTF-8."""
_SAY_EFFECTS = {"workbook", "page", "summary", "document"}
"""Parts that tell what other answers to open questions change, which takes longer to calculate than all else."""


def parts_given(given: list[str] | None) -> list[str] | None:
    if given:
        from reports import folder

        if wrong := folder.unknown_part(given):
            raise typer.BadParameter(wrong)
    return given


def run(
    plan: Annotated[
        list[str],
        typer.Argument(
            metavar="PLAN",
            help="Plan file; - reads standard input. Several plans on one estate add up. Or the JSON of a plan as"
            " `estimate` or `report` wrote it: it is rendered again, and nothing is calculated.",
            callback=paths_given,
        ),
    ],
    out: Annotated[
        str,
        typer.Option(
            "--out",
            "-o",
            metavar="DIR",
            envvar="CENPLAN_OUT",
            callback=path_given,
            help="Folder for the workbook, the HTML page, the summary and the charts.",
        ),
    ],
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only",
            metavar="PART",
            callback=parts_given,
            help="Write this part only: workbook, page, summary, charts, line-items, document, or a chart by its name;"
            " repeatable. The folder then holds nothing else.",
        ),
    ] = None,
    as_of: AsOf = None,
) -> None:
    """Write a workbook, an HTML page, a one-page summary and charts into a folder.

    Only a complete new report replaces an old one.
    """
    parts = tuple(only or ())
    made, saved = _plan(plan, as_of, effects=not parts or not _SAY_EFFECTS.isdisjoint(parts))
    from reports import folder

    try:
        with Progress() as progress:
            written = folder.write(made, Path(out), progress, parts, saved)
    except folder.ReportError as error:
        stop(str(error))
    show("".join(f"{path}\n" for path in written))


def _plan(paths: list[str], as_of: str | None, effects: bool) -> tuple[Plan, Input | None]:
    """The plan of some plan files; or the one that a document holds, and which document that is."""
    day = day_given(as_of)
    from planner import saved_plan

    given = {path: _read(path) for path in dict.fromkeys(paths) if _may_be_json(path)}
    for path, (text, name) in given.items():
        if (document := saved_plan.document_in(text, name)) is None:
            continue
        from planner import fingerprint, saved_state
        from planner.core.problem import InputError, Location, Problem
        from planner.core.text import Source

        if len(paths) > 1:
            remedy = "name it alone, or give plan files, which add up"
            raise InputError(Problem(Location(name, 0, 0), "a plan that was saved is rendered alone", remedy))
        made = saved_state.plan_in(document, name)
        if day not in (None, made.as_of):
            message = f"{path} was made as of {made.as_of or 'no day'}; render another day from the plan files"
            raise typer.BadParameter(message, param_hint=AS_OF)
        return made, fingerprint.of_file("saved plan", Source(name, text), "the command line")
    return calculated(paths, as_of, priced=True, effects=effects, given=given), None


def _read(path: str) -> tuple[str, str]:
    from planner import saved_plan

    text, name = saved_plan.text_of(path)
    return text.removeprefix(_BYTE_ORDER_MARK), name


def _may_be_json(path: str) -> bool:
    """Whether a file begins as JSON does; standard input, which is read once, may always."""
    if path == "-":
        return True
    try:
        with open(path, "rb") as file:
            beginning = file.read(4096).removeprefix(_BYTE_ORDER_MARK.encode("utf-8"))
    except OSError:
        return False  # whoever reads it says why
    return beginning.lstrip().startswith(b"{")


COMMAND = Command(order=30, run=run)
