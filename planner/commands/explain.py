"""`cenplan explain`: what is behind a name, or behind a number of a plan?"""

from __future__ import annotations

import os
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from planner.command import Command, Out, path_given, put, stop
from planner.core.problem import quoted, suggestion

if TYPE_CHECKING:
    from reports.page import Page


class ExplainFormat(StrEnum):
    """Formats of `explain`."""

    TEXT = "text"
    MARKDOWN = "markdown"


def run(
    target: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME|PLAN",
            help="Id of a billable item, a quota, a check or an assumption; or a plan file, - reads standard input.",
            callback=path_given,
            show_default=False,
        ),
    ] = None,
    profile: Annotated[
        str | None,
        typer.Option("--profile", metavar="NAME", help="Of a plan: a traffic profile, month by month."),
    ] = None,
    every: Annotated[bool, typer.Option("--list", help="List every id, with what it is about.")] = False,
    format: Annotated[
        list[ExplainFormat] | None,
        typer.Option(
            "--format",
            "-f",
            metavar="FORMAT",
            envvar="CENPLAN_FORMAT",
            help="text (default) or markdown; repeatable, with -o DIR.",
        ),
    ] = None,
    out: Out = None,
) -> None:
    """Explain a name: what is counted, what it costs, where that was read. Or a part of a plan."""
    from reports import page

    shown = _page(target, profile, every)
    rendered = {"text": page.text, "markdown": page.as_markdown}
    formats = [one.value for one in format or [ExplainFormat.TEXT]]
    put(formats, lambda name: rendered[name](shown), out, "explain" if every else _stem(target or ""))


def _page(target: str | None, profile: str | None, every: bool) -> Page:
    from reports import explain_page

    if every:
        if target is not None or profile is not None:
            raise typer.BadParameter("lists everything: give nothing beside it", param_hint="'--list'")
        return explain_page.index()
    if target is None:
        raise typer.BadParameter("give an id or a plan; --list lists the ids", param_hint="'NAME|PLAN'")
    if target not in explain_page.ids() and _is_file(target):
        return _of_plan(target, profile)
    if profile is not None:
        raise typer.BadParameter(
            f"profiles are those of a plan, and {quoted(target)} is none", param_hint="'--profile'"
        )
    return _of_name(target)


def _of_name(name: str) -> Page:
    from reports import explain_page

    try:
        return explain_page.page(name)
    except LookupError:
        near = explain_page.nearest(name)
        remedy = f"did you mean {' or '.join(near)}?" if near else "`cenplan explain --list` lists every id"
        stop(f"nothing is called {quoted(name)}: {remedy}")


def _of_plan(path: str, profile: str | None) -> Page:
    """The page about a part of a plan."""
    from planner import profile as profiles
    from planner import scenario
    from reports import profile_page

    read = scenario.read_scenario(path)
    if profile is None:
        raise typer.BadParameter("say what of the plan: --profile NAME", param_hint="'NAME|PLAN'")
    try:
        return profile_page.page(profiles.read(read, profile))
    except LookupError:
        remedy = suggestion(profile, read.plan.profiles, "profiles of this plan")
        stop(f"{read.plan.name} has no profile {quoted(profile)}: {remedy}")


def _is_file(target: str) -> bool:
    """Whether a target that is no id is meant as a file; ids have neither dots nor slashes."""
    return target == "-" or os.path.exists(target) or not {".", "/", os.sep}.isdisjoint(target)


def _stem(target: str) -> str:
    """The name of the file for a target, in a folder."""
    return f"{os.path.basename(target).partition('.')[0].lstrip('-') or 'plan'}-explain"


COMMAND = Command(order=40, run=run)
