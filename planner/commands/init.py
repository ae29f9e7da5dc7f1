"""`cenplan init`: files to begin with."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from planner.command import Command, path_given, show, stop


class Kind(StrEnum):
    """Kinds of plan that `init` writes."""

    PUBLIC = "public"
    PRIVATE = "private"
    MIXED = "mixed"


def run(
    folder: Annotated[str, typer.Argument(metavar="DIR", help="Folder for the new files.", callback=path_given)],
    kind: Annotated[Kind, typer.Option("--kind", help="Which attachments the plan is about.")] = Kind.PUBLIC,
) -> None:
    """Write a commented plan and estate that run at once; existing files are left alone."""
    import shlex

    from planner import starter

    try:
        paths = starter.write(Path(folder), kind.value)
    except starter.StarterError as error:
        stop(str(error))
    show("".join(f"{path}\n" for path in paths))
    plan = shlex.quote(str(paths[0]))
    print(f"\nNext: cenplan check {plan}\n      cenplan estimate {plan}", file=sys.stderr)


COMMAND = Command(order=90, run=run)
