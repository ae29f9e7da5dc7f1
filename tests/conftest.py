"""Golden files: what the user sees, kept as text, compared to the character, rewritten with one flag.

And how hypothesis draws: the same examples on every run, or with CENPLAN_HYPOTHESIS=heavy many, and others each time.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from planner import cli

ROOT = Path(__file__).resolve().parents[1]

settings.register_profile("steady", derandomize=True, database=None, deadline=None)
settings.register_profile("heavy", max_examples=5000, database=None, deadline=None)
settings.load_profile(os.environ.get("CENPLAN_HYPOTHESIS", "steady"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--golden", action="store_true", help="rewrite golden files instead of comparing them")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """`golden(path, text)`: the text is that of the file; with --golden, the file becomes the text."""
    rewrite: bool = request.config.getoption("--golden")

    def compare(path: Path, text: str) -> None:
        if rewrite:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode("utf-8"))
            return
        assert path.exists(), f"{path.name} is missing: run pytest --golden and look at what it wrote"
        # Not read_text: it would translate line ends, which are part of what is promised.
        assert text == path.read_bytes().decode("utf-8"), f"{path.name} differs: see pytest --golden"

    return compare


@pytest.fixture
def in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a user in the repository who has set none of the variables that commands read."""
    monkeypatch.chdir(ROOT)
    for name in ("CENPLAN_AS_OF", "CENPLAN_OUT", "CENPLAN_FORMAT", "CENPLAN_DEBUG", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def run_explain(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """`run_explain("plan.yaml", "--month", "2027-01")`: exit status, standard output and standard error."""

    def call(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            cli.main(["explain", *map(str, arguments)])
        printed = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, printed.out, printed.err

    return call
