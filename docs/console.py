"""Blocks of a page that are files and commands: written, run, and their shown output compared or renewed.

A fence opened with ```yaml NAME.yaml is a file that the page's commands can use. A fence opened with ```console
shows commands (`$ ...`) with their output, standard output and errors together; they run one after the other
in a folder that holds a copy of scenarios/. A line `…` in the output stands for lines that were left out.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

GAP = "…"
_FENCE = re.compile(r"^```(\w+)(?: ([\w./-]+))?\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block of a page."""

    language: str
    file: str | None
    text: str
    start: int
    """Where its text begins in the page."""


@dataclass(frozen=True)
class Shown:
    """A command of a block and the output that the page shows for it."""

    command: str
    output: tuple[str, ...]


def blocks(text: str) -> Iterator[Block]:
    """The fenced blocks of a page."""
    return (Block(match[1], match[2], match[3], match.start(3)) for match in _FENCE.finditer(text))


def refreshed(text: str, root: Path) -> str:
    """A page with the output of its commands as it is today."""
    pieces, end = [], 0
    with tempfile.TemporaryDirectory() as folder:
        runner = _Runner(Path(folder), root)
        for block in blocks(text):
            if block.file:
                runner.write(block.file, block.text)
            if block.language == "console":
                pieces += [text[end : block.start], "".join(map(runner.renewed, shown(block.text)))]
                end = block.start + len(block.text)
    return "".join([*pieces, text[end:]])


def shown(text: str) -> Iterator[Shown]:
    """The commands of a block."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, *output = part.rstrip("\n").split("\n")
        yield Shown(command, tuple(output))


def renew(pattern: tuple[str, ...], output: tuple[str, ...]) -> tuple[str, ...]:
    """The same excerpt of another output: each run of lines between gaps where the output is most like it.

    The first run begins the output, and the last one ends it, unless the pattern begins or ends with a gap.
    """
    if GAP not in pattern:
        return output
    runs: list[list[str]] = [[]]
    for line in pattern:
        if line == GAP:
            runs.append([])
        else:
            runs[-1].append(line)
    result: list[str] = []
    position = 0
    for number, run in enumerate(runs):
        if number:
            result.append(GAP)
        if run:
            last = max(len(output) - len(run), position)
            at = 0 if number == 0 else last if number == len(runs) - 1 else _find(run, output, position, last)
            result += output[at : at + len(run)]
            position = at + len(run)
    return tuple(result)


def _find(run: list[str], output: tuple[str, ...], first: int, last: int) -> int:
    """Where a run of lines begins in an output, or what is most like it."""

    def likeness(at: int) -> float:
        return sum(_likeness(one, other) for one, other in zip(run, output[at:], strict=False))

    return max(range(first, last + 1), key=lambda at: (likeness(at), -at))


def _likeness(one: str, other: str) -> float:
    return float(len(one) + 1) if one == other else len(one) * SequenceMatcher(None, one, other, autojunk=False).ratio()


class _Runner:
    """Runs the commands of one page, one after the other, in a folder of its own."""

    def __init__(self, folder: Path, root: Path) -> None:
        self.folder = folder / "work"
        shutil.copytree(root / "scenarios", self.folder / "scenarios", ignore=shutil.ignore_patterns("__pycache__"))
        bin_folder = folder / "bin"
        bin_folder.mkdir()
        command = bin_folder / "cenplan"
        command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m planner.cli "$@"\n')
        command.chmod(0o755)
        self.environment = _environment(bin_folder, root)
        self.status = 0

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def renewed(self, one: Shown) -> str:
        """The command with its output as it is today, as the lines of a block."""
        run = subprocess.run(
            ["sh", "-c", f"(exit {self.status})\n{one.command}"],  # so that `echo $?` tells of the command before
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=300,
        )
        self.status = run.returncode
        lines = run.stdout.decode("utf-8").rstrip("\n").split("\n") if run.stdout else []
        output = tuple(line.rstrip("\r") for line in lines)  # as a terminal shows them
        return "\n".join([f"$ {one.command}", *renew(one.output, output)]) + "\n"


def _environment(bin_folder: Path, root: Path) -> Mapping[str, str]:
    """Nothing of the caller's settings: neither CENPLAN_* nor colours nor the width of a terminal."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CENPLAN_")}
    path = os.pathsep.join([str(bin_folder), kept.get("PATH", os.defpath)])
    return {
        **kept,
        "PATH": path,
        "PYTHONPATH": str(root),
        "COLUMNS": "100",
        "NO_COLOR": "1",
        "PYTHONUNBUFFERED": "1",
        "LC_ALL": "C.UTF-8",
    }
