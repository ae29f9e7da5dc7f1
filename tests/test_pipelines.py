"""The pipelines of docs/approvers.md: of the form that their services ask for, and their commands work.

The commands run in a clone whose branch loosens the policy it is judged by. What they call of others, to install, to
comment and to know the day, is replaced; git and cenplan are the real ones.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema
import pytest
import yaml

from tests.support.schemas import GITHUB, GITLAB, bytes_of

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "approvers.md").read_text(encoding="utf-8")
NAME = "apac-branches+apac-warehouses-gate"
PROJECT = """\
version: 1
plans: [scenarios/apac-branches.yaml, scenarios/apac-warehouses.yaml]
estate: scenarios/apac-estate.yaml
policy: scenarios/rollout/policy.yaml
waivers: scenarios/rollout/waivers.yaml
baseline: scenarios/apac-branches.yaml
"""


def pipeline(heading: str) -> Any:
    """The first YAML below a heading of the page; `on` is a word there, not a truth value."""
    return yaml.load(PAGE.split(f"### {heading}\n")[1].split("```yaml\n")[1].split("```")[0], yaml.BaseLoader)


def refused(name: str, pipeline: Any) -> list[str]:
    """What a schema refuses of a pipeline."""
    schema = json.loads(bytes_of(name))
    validator = jsonschema.validators.validator_for(schema)(schema)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(pipeline)]


@pytest.mark.parametrize(("name", "heading"), [(GITHUB, "GitHub Actions"), (GITLAB, "GitLab CI")])
def test_pipeline_has_the_form_that_its_service_asks_for(name: str, heading: str) -> None:
    assert not refused(name, pipeline(heading))


def test_the_schemas_refuse_another_form() -> None:
    workflow, gitlab = pipeline("GitHub Actions"), pipeline("GitLab CI")
    workflow["jobs"]["gate"]["steps"][0]["run"] = "true"  # a step runs commands or uses an action
    gitlab["gate"]["artifacts"]["reports"]["junit"] = {"path": "review"}
    assert refused(GITHUB, workflow)
    assert refused(GITLAB, gitlab)


class Ended(NamedTuple):
    status: int
    out: str
    err: str
    folder: Path


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone of a repository with plans, on a branch that empties the policy."""
    origin, made = tmp_path / "origin", tmp_path / "clone"
    shutil.copytree(ROOT / "scenarios", origin / "scenarios", ignore=shutil.ignore_patterns("__pycache__"))
    (origin / "cenplan.yaml").write_text(PROJECT, encoding="utf-8")
    git(origin, "init", "--quiet", "--initial-branch", "main")
    commit(origin, "Plans and policy")
    git(tmp_path, "clone", "--quiet", str(origin), str(made))
    git(made, "checkout", "--quiet", "-b", "change")
    (made / "scenarios/rollout/policy.yaml").write_text("version: 1\n", encoding="utf-8")
    (made / "scenarios/rollout/waivers.yaml").write_text("version: 1\nwaivers: []\n", encoding="utf-8")
    commit(made, "An easier policy")
    return made


def git(folder: Path, *words: str) -> None:
    who = ["-c", "user.name=Ann", "-c", "user.email=ann@lotus.example", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True, timeout=60)


def commit(folder: Path, message: str) -> None:
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", message)


def run(lines: list[str], clone: Path, **variables: str) -> Ended:
    """Shell lines as a runner runs them: in one bash that stops at the first that fails."""
    tools = clone.parent / "bin"
    tools.mkdir()
    for name, does in {
        "cenplan": f'exec "{sys.executable}" -m planner.cli "$@"',
        "pip": "exit 0",
        "pipx": "exit 0",
        "date": "echo 2026-11-24",
        "curl": 'printf "%s\\n" "$@" > ../curl.txt',
    }.items():
        (tools / name).write_text(f"#!/bin/sh\n{does}\n", encoding="utf-8")
        (tools / name).chmod(0o755)
    own = {name: value for name, value in os.environ.items() if not name.startswith(("CENPLAN_", "GIT_"))}
    path = f"{tools}{os.pathsep}{own['PATH']}"
    ended = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", "\n".join(lines)],
        cwd=clone,
        env={**own, "PATH": path, "PYTHONPATH": str(ROOT), **variables},
        capture_output=True,
        text=True,
        timeout=120,
    )
    return Ended(ended.returncode, ended.stdout, ended.stderr, clone / "review")


def on_github(clone: Path) -> Ended:
    (job,) = pipeline("GitHub Actions")["jobs"].values()
    lines = [step["run"] for step in job["steps"] if "run" in step]
    return run(lines, clone, GITHUB_BASE_REF="main", GITHUB_STEP_SUMMARY=str(clone.parent / "summary.md"))


def on_gitlab(clone: Path) -> Ended:
    (job,) = pipeline("GitLab CI").values()
    variables = {
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
        "REVIEW_TOKEN": "token",
        "CI_API_V4_URL": "https://gitlab.example/api/v4",
        "CI_PROJECT_ID": "7",
        "CI_MERGE_REQUEST_IID": "11",
    }
    return run(job["script"], clone, **variables)


def test_commands_for_github_judge_by_the_protected_branch(clone: Path) -> None:
    ended = on_github(clone)
    assert ended.status == 2, ended.err
    extensions = ("github.txt", "junit.xml", "md", "sarif")
    assert {path.name for path in ended.folder.iterdir()} == {*(f"{NAME}.{one}" for one in extensions), "decision.json"}
    assert "::error file=scenarios/apac-warehouses.yaml,line=16" in ended.out
    assert "required-fields" in ended.out  # the policy of the branch asks for nothing
    summary = (clone.parent / "summary.md").read_text(encoding="utf-8")
    assert summary == (ended.folder / f"{NAME}.md").read_text(encoding="utf-8")
    assert summary.startswith("# Gate: ")


def test_commands_for_gitlab_judge_by_the_protected_branch(clone: Path) -> None:
    ended = on_gitlab(clone)
    assert ended.status == 2, ended.err
    (job,) = pipeline("GitLab CI").values()
    reports = job["artifacts"]["reports"]
    assert [path.name for path in clone.glob(reports["junit"])] == [f"{NAME}.junit.xml"]
    assert any(
        "required-fields" in one["check_name"] for one in json.loads((clone / reports["codequality"]).read_text())
    )
    sent = (clone.parent / "curl.txt").read_text(encoding="utf-8").splitlines()
    assert f"body@review/{NAME}.md" in sent
    assert sent[-1] == "https://gitlab.example/api/v4/projects/7/merge_requests/11/notes"


@pytest.mark.parametrize("service", [on_github, on_gitlab])
def test_wrong_input_ends_with_1_and_its_own_words(service: Any, clone: Path) -> None:
    plan = clone / "scenarios/apac-warehouses.yaml"
    plan.write_text(plan.read_text(encoding="utf-8").replace("period:", "periot:"), encoding="utf-8")
    ended = service(clone)
    assert ended.status == 1
    assert "unknown key 'periot'" in ended.err
    assert "No such file" not in ended.err
    assert not ended.folder.exists()
