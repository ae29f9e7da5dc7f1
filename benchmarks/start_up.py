"""The command line: ``cenplan check`` on an example, against an interpreter that only imports its libraries."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from planner.core.problem import InputError
from planner.scenario import Scenario, read_scenario

EXAMPLES = Path(__file__).resolve().parents[1] / "scenarios"
CHECK = "from planner.cli import main; main()"
IMPORTS = "import pydantic, typer, yaml\nclass Bare(pydantic.BaseModel):\n    number: int\n"


def largest_example() -> Scenario:
    """The example with the most attachment groups."""
    return max(_examples(), key=lambda scenario: len(scenario.groups))


def _examples() -> list[Scenario]:
    found = []
    for path in sorted(EXAMPLES.glob("*.yaml")):
        try:
            found.append(read_scenario(str(path)))
        except InputError:  # an estate or a price book
            continue
    return found


def check(scenario: Scenario) -> Callable[[], None]:
    """A process that checks an example; a quota it breaks (exit status 2) is no error."""
    return lambda: _run(CHECK, "check", scenario.source.name, statuses=(0, 2))


def bare() -> None:
    """A process that imports what the command needs, and defines one model."""
    _run(IMPORTS)


def _run(program: str, *arguments: str, statuses: tuple[int, ...] = (0,)) -> None:
    command = [sys.executable, "-c", program, *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120)
    if ended.returncode not in statuses:
        raise RuntimeError(f"exit status {ended.returncode} of {command}:\n{ended.stderr}")
