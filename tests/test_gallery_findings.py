"""A gallery of findings: a plan for each check, quota and level, and what the command says of it.

The plans are made from the examples in the docstrings of planner/checks and planner/quotas; nothing here is written
by hand but the made-up price books. `make golden` writes all of it anew and takes out what nothing is shown with.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from planner import check, cli, quota
from planner.core.problem import Finding
from planner.plan import LEVELS
from planner.quota import STATUSES
from tests.support.example_plans import BOOKS, GALLERY, ROOT, Case, cases, made, source_file, written

SHOWN = [case for case in cases() if case.section != "passes"]
GAPS = GALLERY / "gaps.txt"
_START = re.compile(r"^\S.*?(?:error|warning|info)\[([a-z0-9-]+)\]: ")


@pytest.fixture(autouse=True)
def _inside_the_gallery(monkeypatch: pytest.MonkeyPatch, in_the_repository: None) -> None:
    monkeypatch.chdir(GALLERY)  # the texts name the files, not where they are


def plan_file(case: Case) -> str:
    """The plan of an example, with where the example stands."""
    place = source_file(case).relative_to(ROOT).as_posix()
    return f"# Made by `make golden` from the example in {place}: {case.section}\n\n{written(case.text)}"


def priced(case: Case) -> bool:
    return case.kind == "check" and check.declared()[case.id].needs_prices


def said(output: str, name: str) -> str:
    """What of an output is about a check or quota: its findings, and its rows of the table of quotas."""
    parts: list[list[str]] = []
    for block in output.split("\n\n"):
        lines = block.split("\n")
        starts = [number for number, line in enumerate(lines) if _START.match(line)]
        for start, end in pairwise([*starts, len(lines)]):
            found = _START.match(lines[start])
            if found and found[1] == name:
                parts.append(lines[start:end])
        if lines[0] == "Quotas" and name in lines:
            own = lines.index(name) + 1
            while own < len(lines) and lines[own].startswith(" "):
                own += 1
            parts.append([*lines[:3], *lines[lines.index(name) : own]])
    return "\n\n".join("\n".join(part) for part in parts)


@pytest.mark.parametrize("case", SHOWN, ids=lambda case: case.stem)
def test_gallery_shows_what_the_command_says(
    case: Case, golden: Callable[[Path, str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    path = GALLERY / f"{case.stem}.yaml"
    golden(path, plan_file(case))
    command = "estimate" if priced(case) else "check"
    with pytest.raises(SystemExit) as ended:
        cli.main([command, path.name])
    printed = capsys.readouterr()
    own = said(printed.out, case.id)
    assert printed.err == ""
    assert ended.value.code == (2 if command == "check" and "FAILED: " in printed.out else 0)
    assert own, "nothing is said of it"
    golden(path.with_suffix(".txt"), f"$ cenplan {command} {path.name}\n…\n{own}\n…\n")


def statuses(case: Case) -> set[str]:
    """Every status of a quota in a plan."""
    uses = [use for use in made(case.text, priced=False).quotas if use.id == case.id]
    return {STATUSES[code] for use in uses for code in np.unique(use.status)}


def findings(case: Case) -> list[Finding]:
    """What a check or quota says of one of its examples."""
    return [finding for finding in made(case.text, priced(case)).findings if finding.code == case.id]


@pytest.mark.parametrize("case", [one for one in SHOWN if one.kind == "quota"], ids=lambda case: case.stem)
def test_example_of_a_quota_is_what_it_is_called(case: Case) -> None:
    if case.section == "other reading":
        told = [one for one in findings(case) if one.message.startswith("read the other way")]
        assert "warning" in {one.level for one in told}, "no other reading changes the verdict"
        assert "exceeded" not in statuses(case)
    else:
        assert case.section in statuses(case)


@pytest.mark.parametrize("case", [one for one in SHOWN if one.kind == "check"], ids=lambda case: case.stem)
def test_no_finding_is_graver_than_its_check_says(case: Case) -> None:
    worst = check.declared()[case.id].level
    for finding in findings(case):
        assert LEVELS.index(finding.level) >= LEVELS.index(worst), f"level={finding.level!r} is missing in its CHECK"


# What is not shown


def gaps() -> Iterator[str]:
    """Checks and quotas, their levels and states, that no example shows."""
    for name in check.declared():
        own = [case for case in SHOWN if (case.kind, case.id) == ("check", name)]
        shown = {finding.level for case in own for finding in findings(case)}
        for level in LEVELS:
            if level in levels_in_code(name) - shown:
                yield f"check {name}: fails as {level}"
    for name, one in quota.declared().items():
        possible = {
            "exceeded": one.default is not None or one.adjustable,
            "tight": one.adjustable,
            "unknown": one.default is None,
            "other reading": bool(one.other_readings),
        }
        shown = {case.section for case in SHOWN if (case.kind, case.id) == ("quota", name)}
        yield from (
            f"quota {name}: {state}" for state, is_possible in possible.items() if is_possible and state not in shown
        )


def levels_in_code(name: str) -> set[str]:
    """Levels that the file of a check names, and that of its CHECK; what else it may call is not looked through."""
    file = source_file(Case("check", name, "", ""))
    tree = ast.parse(file.read_text(encoding="utf-8"))
    named = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    calls = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    found = {level for level in LEVELS if level in named} | {check.declared()[name].level}
    return found | ({"error", "warning"} if "algorithms" in calls else set())


def test_whatever_is_not_shown_is_known(golden: Callable[[Path, str], None]) -> None:
    head = (
        "# What no example shows yet; each is a section of the docstring of the check or quota.\n"
        "# Made by `make golden`; a line that is new in a difference asks for an example.\n"
    )
    golden(GAPS, head + "".join(f"{gap}\n" for gap in gaps()))


def test_every_check_and_quota_is_in_the_gallery_or_known_to_be_missing() -> None:
    known = GAPS.read_text(encoding="utf-8")
    for kind, declared in (("check", check.declared()), ("quota", quota.declared())):
        for name in declared:
            shown = [*GALLERY.glob(f"{name}.yaml"), *GALLERY.glob(f"{name}.*.yaml")]
            assert shown or f"{kind} {name}:" in known, f"run make golden: {name}"


def test_every_file_of_the_gallery_is_made_from_an_example(request: pytest.FixtureRequest) -> None:
    expected = {GAPS, *(GALLERY / f"{case.stem}.{end}" for case in SHOWN for end in ("yaml", "txt"))}
    stale = {path for path in GALLERY.iterdir() if path.is_file()} - expected
    if request.config.getoption("--golden"):
        for path in stale:
            path.unlink()
        return
    assert not stale, "run make golden"


def test_every_book_of_the_gallery_is_used() -> None:
    named = "\n".join(case.text for case in cases())
    assert not [path.name for path in BOOKS.iterdir() if f"books/{path.name}" not in named]
