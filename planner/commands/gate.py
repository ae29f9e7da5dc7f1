"""`cenplan gate`: may it go ahead, by quotas, rules, cost and policy?"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from planner.command import (
    AS_OF,
    Command,
    FailOnWarn,
    NoColor,
    VerdictFormats,
    day_given,
    end,
    path_given,
    paths_given,
    put_verdict,
    show,
    write,
)


def _file(*names: str, metavar: str, help: str) -> object:
    return typer.Option(*names, metavar=metavar, help=help, callback=path_given)


def run(
    plan: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PLAN]...", help="Plan files. Default: those of the project.", show_default=False),
    ] = None,
    project: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            envvar="CENPLAN_PROJECT",
            callback=path_given,
            help="Project file. Default: cenplan.yaml of the current folder, where there is one.",
        ),
    ] = None,
    policy: Annotated[
        str | None, _file("--policy", metavar="FILE", help="Policy. Default: that of the project.")
    ] = None,
    waivers: Annotated[
        str | None, _file("--waivers", metavar="FILE", help="Waivers. Default: those of the project.")
    ] = None,
    baseline: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PLAN",
            help="Plan that was approved before; repeatable. Default: that of the project.",
        ),
    ] = None,
    protected: Annotated[
        str | None,
        typer.Option(
            metavar="DIR",
            envvar="CENPLAN_PROTECTED",
            callback=path_given,
            help="Folder such as a checkout of the protected branch: policy, waivers, estate and baseline are read"
            " there, at the same relative paths.",
        ),
    ] = None,
    no_policy: Annotated[bool, typer.Option("--no-policy", help="Judge without a policy; a warning says so.")] = False,
    as_of: Annotated[
        str | None,
        typer.Option(
            metavar="DATE",
            envvar="CENPLAN_AS_OF",
            help="Day as of which it is judged, YYYY-MM-DD. Required: the day of an estate would keep waivers alive.",
        ),
    ] = None,
    format: VerdictFormats = None,
    out: Annotated[
        str | None,
        typer.Option(
            "--out",
            "-o",
            metavar="DIR",
            envvar="CENPLAN_OUT",
            callback=path_given,
            help="Folder for a file of each format, and for decision.json. Default: one format on standard output.",
        ),
    ] = None,
    fail_on_warn: FailOnWarn = False,
    no_color: NoColor = False,
) -> None:
    """Judge plans by quotas, rules, cost and policy; ends with 2 when they may not go ahead.

    With -o the result and the record of the decision are written before it ends.
    """
    day = day_given(as_of)
    if day is None:
        raise typer.BadParameter("a gate needs the day as of which it judges: give YYYY-MM-DD", param_hint=AS_OF)
    if policy and no_policy:
        raise typer.BadParameter("give --policy or --no-policy", param_hint="--no-policy")
    from planner import decision, gate
    from planner.project import Request

    asked = Request(
        plans=tuple(paths_given(plan or [])),
        project=project,
        policy=policy,
        waivers=waivers,
        baseline=tuple(paths_given(baseline or [])),
        protected=protected,
        without_policy=no_policy,
    )
    made = gate.judge(asked, day)
    folder = None if out in (None, "-") else os.path.join(str(out), "")
    put_verdict(made, format, folder, no_color)
    if folder:
        write(Path(folder) / decision.FILE, decision.text(made))
        show(gate.sentence(made) + "\n")
    end(made, fail_on_warn)


COMMAND = Command(order=12, run=run)
