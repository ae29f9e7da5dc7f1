"""What the commands print for every example, to the character; `pytest --golden` rewrites it for review."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from planner import cli
from reports import format as machinery
from tests.support.examples import EXAMPLES, SCENARIOS

ROOT = SCENARIOS.parent
GOLDEN = ROOT / "tests" / "golden"

EXTENSIONS = {"text": "txt", "json": "json", "csv": "csv", "markdown": "md", "summary": "summary.md"}
MACHINE = {name: machinery.load(name).extension for name in machinery.names() if name not in EXTENSIONS}
"""Formats that only machines read, of an example that fails and one that passes."""
OUTPUTS = [
    *(("check", name) for name in ("text", "json", "markdown")),
    *(("estimate", name) for name in ("text", "json", "csv", "markdown")),
]
SUMMARIES = ("apac-branches", "branches-400", "china-cny", "contract-and-finance", "prepaid-plans")
"""Examples whose summary of one page is kept: it holds hashes of price books, and changes with every price."""
CASES = [
    *((example, *output) for example in EXAMPLES for output in OUTPUTS),
    *((example, "estimate", "summary") for example in SUMMARIES),
    *((example, "check", name) for example in ("apac-branches", "private-vbr") for name in MACHINE),
]
LARGE = "branches-400"
SHOWN_ITEMS = 6
"""Entries of each long list of a JSON document that its golden file shows; the checksum covers all."""
SHOWN_LINES = 60
"""Lines at the top and at the bottom of a large text that its golden file shows."""


@pytest.fixture(autouse=True)
def _as_a_user_in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)  # the outputs name the files as the user does
    for name in ("CENPLAN_AS_OF", "CENPLAN_OUT", "CENPLAN_FORMAT", "CENPLAN_DEBUG", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(("example", "command", "name"), CASES, ids=lambda part: part)
def test_command_prints_what_is_kept(
    example: str,
    command: str,
    name: str,
    golden: Callable[[Path, str], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([command, f"scenarios/{example}.yaml", "-f", name])
    printed = capsys.readouterr()
    assert printed.err == ""
    assert ended.value.code == (EXAMPLES[example] if command == "check" else 0)
    golden(kept_in(example, command, name), kept(printed.out, example, name))


def kept_in(example: str, command: str, name: str) -> Path:
    return GOLDEN / example / f"{command}.{({**EXTENSIONS, **MACHINE})[name]}"


def kept(text: str, example: str, name: str) -> str:
    """What a golden file keeps of an output: all of it, but of the long ones a part and a checksum."""
    if name == "json":
        return shortened_document(text)
    return shortened_text(text) if example == LARGE else text


def shortened_document(text: str) -> str:
    document = json.loads(text)
    if document["state"] is not None:  # what it holds, tests/test_saved_state.py knows; here it would never be the same
        document["state"] = "left out"
        text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    lengths = {}
    for key in ("groups", "line_items", "quotas", "capacity"):
        lengths[key] = len(document[key])
        document[key] = document[key][:SHOWN_ITEMS]
    about = {"sha256": checksum(text), "entries": lengths}
    return json.dumps({"the whole document": about, **document}, indent=2, ensure_ascii=False) + "\n"


def shortened_text(text: str) -> str:
    lines = text.split("\n")
    if len(lines) <= 3 * SHOWN_LINES:
        return text
    between = len(lines) - 2 * SHOWN_LINES
    about = f"[{between} more lines; sha256 of the whole text: {checksum(text)}]"
    return "\n".join([*lines[:SHOWN_LINES], about, *lines[-SHOWN_LINES:]])


def checksum(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def test_golden_files_are_those_of_the_examples() -> None:
    expected = {kept_in(*case) for case in CASES}
    there = {path for example in EXAMPLES for path in (GOLDEN / example).iterdir()}
    assert there == expected


@pytest.mark.parametrize(("command", "name"), [("check", "text"), ("estimate", "csv")])
def test_real_process_writes_the_same_bytes(command: str, name: str) -> None:
    # The tests above run the command inside this process; here its own one writes bytes, as into a file.
    example = "two-routers"
    run = subprocess.run(
        [sys.executable, "-m", "planner.cli", command, f"scenarios/{example}.yaml", "-f", name],
        capture_output=True,
        timeout=120,
    )
    assert run.returncode == (EXAMPLES[example] if command == "check" else 0)
    assert run.stderr == b""
    assert run.stdout == kept_in(example, command, name).read_bytes()
