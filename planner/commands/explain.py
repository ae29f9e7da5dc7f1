"""`cenplan explain`: what is behind a name, or behind a number of a plan?"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from planner.command import Command, Out, any_paths_given, calculated, put, stop
from planner.core.problem import quoted, suggestion

if TYPE_CHECKING:
    from planner.core.period import Month
    from reports.page import Page


class ExplainFormat(StrEnum):
    """Formats of `explain`."""

    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"


Rendered = Callable[[str], str]
"""The text in a format."""


def run(
    targets: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="NAME|PLAN",
            help="Id of a billable item, a quota, a check or an assumption; or a plan file, - reads standard input."
            " Several plans on one estate add up.",
            callback=any_paths_given,
            show_default=False,
        ),
    ] = None,
    month: Annotated[
        str | None, typer.Option("--month", metavar="MONTH", help="Of a plan: the month of an amount, YYYY-MM.")
    ] = None,
    sku: Annotated[
        str | None, typer.Option("--sku", metavar="ITEM", help="Of a plan: the billable item of an amount.")
    ] = None,
    subject: Annotated[
        str | None,
        typer.Option(
            "--subject",
            metavar="NAME",
            help="Of a plan: the attachment group or underlay of an amount; of several plans PLAN:NAME.",
        ),
    ] = None,
    account: Annotated[
        str | None,
        typer.Option("--account", metavar="NAME", help="Of a plan: the account that an amount is billed to."),
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
            help="text (default) or markdown; of amounts also json. Repeatable, with -o DIR.",
        ),
    ] = None,
    out: Out = None,
) -> None:
    """Explain a name: what is counted, what it costs, where that was read. Or an amount of a plan, step by step.

    Given plans alone, or a part of month, item and subject, it lists the amounts that there are.
    """
    formats = [one.value for one in format or [ExplainFormat.TEXT]]
    asked = {"--month": month, "--sku": sku, "--subject": subject, "--account": account}
    given = [name for name, value in asked.items() if value is not None]
    paths = targets or []
    if every and (paths or profile is not None or given):
        raise typer.BadParameter("lists everything: give nothing beside it", param_hint="'--list'")
    if profile is not None and given:
        raise typer.BadParameter(f"give either a profile or {' and '.join(given)}", param_hint="'--profile'")
    if not paths and not every:
        raise typer.BadParameter("give an id or a plan; --list lists the ids", param_hint="'NAME|PLAN'")
    names = [path for path in paths if _is_name(path) or not _is_file(path)]
    if names and len(paths) > 1:
        raise typer.BadParameter(
            f"several are plans that add up, and {quoted(names[0])} is none", param_hint="'NAME|PLAN'"
        )
    if given and names:
        raise typer.BadParameter(f"amounts are those of a plan, and {quoted(names[0])} is none", param_hint=given[0])
    if paths and not names and profile is None:
        rendered = _amounts(paths, _month(month), sku, subject, account)
    else:
        if ExplainFormat.JSON in formats:
            raise typer.BadParameter("json is for amounts of a plan", param_hint="'--format'")
        rendered = _of_page(_page(paths, profile, not names))
    put(formats, rendered, out, "explain" if every else _stem(paths))


def _amounts(
    paths: Sequence[str], month: Month | None, sku: str | None, subject: str | None, account: str | None
) -> Rendered:
    """One amount of a plan, or a list of those that are meant."""
    plan = calculated(paths, None, priced=True)
    from planner import amount, explanation
    from reports import explain_amount, explain_choice, explain_document

    try:
        found = amount.amounts(plan, month, sku, subject, account)
    except amount.NotInPlanError as error:
        stop(str(error))
    if len({(one.month, one.sku, one.subject) for one in found}) == 1:
        explained = list(explanation.explain_all(plan, found))
        return _of_page(explain_amount.page(explained), lambda: explain_document.explanations(explained))
    asked = month is not None or sku is not None or subject is not None or account is not None
    page = explain_choice.some(plan, found, paths) if asked else explain_choice.everything(plan, found, paths)
    return _of_page(page, lambda: explain_document.amounts(plan, found))


def _of_page(page: Page, document: Callable[[], str] | None = None) -> Rendered:
    from reports import page as pages

    texts = {"text": lambda: pages.text(page), "markdown": lambda: pages.as_markdown(page)}
    return lambda name: (texts | ({"json": document} if document else {}))[name]()


def _month(text: str | None) -> Month | None:
    if text is None:
        return None
    from planner.core.period import Month

    try:
        return Month.parse(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="'--month'") from None


def _page(paths: Sequence[str], profile: str | None, are_plans: bool) -> Page:
    from reports import explain_page

    if not paths:
        return explain_page.index()
    if are_plans and profile is not None:
        return _profile(paths, profile)
    if profile is not None:
        raise typer.BadParameter(
            f"profiles are those of a plan, and {quoted(paths[0])} is none", param_hint="'--profile'"
        )
    return _of_name(paths[0])


def _of_name(name: str) -> Page:
    from reports import explain_page

    try:
        return explain_page.page(name)
    except LookupError:
        near = explain_page.nearest(name)
        remedy = f"did you mean {' or '.join(near)}?" if near else "`cenplan explain --list` lists every id"
        stop(f"nothing is called {quoted(name)}: {remedy}")


def _profile(paths: Sequence[str], name: str) -> Page:
    """A profile by its name; of several plans that have one of it, by PLAN:NAME."""
    from planner import profile as profiles
    from planner import together
    from reports import profile_page

    scenarios = together.read(paths)
    plan, _, own = name.rpartition(":") if len(scenarios) > 1 else ("", "", name)
    known = {f"{one.plan.name}:{of}": (one, of) for one in scenarios for of in one.plan.profiles}
    found = [key for key, (one, of) in known.items() if of == own and plan in ("", one.plan.name)]
    if len(found) == 1:
        return profile_page.page(profiles.read(*known[found[0]]))
    if found:
        stop(f"several plans have a profile {quoted(name)}: name one of {', '.join(found)}")
    if len(scenarios) == 1:
        remedy = suggestion(name, scenarios[0].plan.profiles, "profiles of this plan")
        stop(f"{scenarios[0].plan.name} has no profile {quoted(name)}: {remedy}")
    stop(f"none of the plans has a profile {quoted(name)}: {suggestion(name, known, 'profiles of these plans')}")


def _is_name(target: str) -> bool:
    from reports import explain_page

    return target in explain_page.ids()


def _is_file(target: str) -> bool:
    """Whether a target that is no id is meant as a file; ids have neither dots nor slashes."""
    return target == "-" or os.path.exists(target) or not {".", "/", os.sep}.isdisjoint(target)


def _stem(targets: Sequence[str]) -> str:
    """The name of the file for what is explained, in a folder."""
    from planner import together

    names = [os.path.basename(one).partition(".")[0].lstrip("-") or "plan" for one in targets]
    return f"{together.name_of(names)}-explain"


COMMAND = Command(order=40, run=run)
