"""Rules of the house: no file tells of the machine it was written on, and every folder keeps its law."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

import planner

ROOT = Path(__file__).resolve().parents[1]

# Put together here, so that this file does not break its own rule.
REGISTRY_HOSTS = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("pypi", "python", "org"),
        ("anaconda", "org"),
        ("anaconda", "com"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("conda-forge", "org"),
        ("jfrog", "io"),
        ("mirrors", "aliyun", "com"),
        ("mirrors", "cloud", "aliyuncs", "com"),
        ("tuna", "tsinghua", "edu", "cn"),
    )
)
MACHINE_PATH = re.compile(r"(?<![\w.~/-])/(?:home|Users|root|work|opt|mnt|srv)/[\w.-]+|file:" + r"///|[A-Z]:\\Users\\")
INDEX_OPTION = re.compile(r"^\s*(-i|-f|--(index-url|extra-index-url|find-links|trusted-host|no-index))\b", re.MULTILINE)
NOT_OURS = {".git", ".venv", "out", "dist", "build", "__pycache__"}


def project_files() -> list[Path]:
    """Every file that is or could be committed: tracked or untracked, but not ignored."""
    if shutil.which("git") and (ROOT / ".git").exists():
        command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        run = subprocess.run(command, capture_output=True, text=True, timeout=60)
        if run.returncode == 0:
            paths = [ROOT / name for name in run.stdout.split("\0") if name]
            return sorted(path for path in paths if path.is_file())
    found = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in NOT_OURS and not name.endswith("_cache")]
        found += [Path(folder, name) for name in names]
    return sorted(found)


def text_of(path: Path) -> str:
    """The text of a file; empty for a binary one."""
    data = path.read_bytes()
    return "" if b"\0" in data else data.decode("utf-8", errors="replace")


FILES = project_files()


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}: {match[0]}"
        for path in FILES
        for number, line in enumerate(text_of(path).splitlines(), start=1)
        if (match := pattern.search(line))
    ]


def test_no_file_names_the_host_of_a_package_registry() -> None:
    assert not lines_with(re.compile("|".join(map(re.escape, REGISTRY_HOSTS)), re.IGNORECASE))


def test_no_file_names_a_path_of_this_machine() -> None:
    assert not lines_with(MACHINE_PATH)
    if len(ROOT.parts) > 2:  # /app would be too short to tell from prose
        assert not lines_with(re.compile(re.escape(str(ROOT)) + r"(?![\w-])"))


# requirements.lock


def locked() -> dict[str, str]:
    """Project name, lower case -> its block in the lock file."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    blocks = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
    return {normal(re.split(r"[=\s\[;]", block, maxsplit=1)[0]): block for block in blocks}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_lock_pins_every_requirement_with_hashes() -> None:
    blocks = locked()
    assert blocks
    for name, block in blocks.items():
        assert re.match(r"[\w.\[\],-]+==[\w.!+]+( ;.*)? \\\n", block), f"{name} is not pinned to one version"
        assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", block), f"{name} has no hash"


def test_lock_names_neither_an_index_nor_a_place() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert not INDEX_OPTION.search(text)
    assert not re.search(r"\w+://|(?<=\s)@(?=\s)|^-e\b", text, flags=re.MULTILINE)


def test_lock_holds_what_the_project_declares() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {normal(re.split(r"[<>=!~;\s\[]", requirement, maxsplit=1)[0]) for requirement in declared}
    missing = names - locked().keys()
    assert not missing, f"run `make lock`: {sorted(missing)}"


# The law of naming: a singular module is the machinery, the plural folder beside it holds one file per item.

ITEM = re.compile(r"[a-z0-9]+([-_][a-z0-9]+)*\.(py|yaml)")
DATA_FOLDERS = {"pricing/books": 2, "pricing/skus": 1}  # folder -> levels: books are per site


def plural_folders() -> list[Path]:
    """Folders named like a module beside them, plus an s."""
    folders = {
        path.with_name(path.stem + "s")
        for package in ("planner", "pricing", "reports")
        for path in (ROOT / package).rglob("*.py")
    }
    return sorted(folder for folder in folders if folder.is_dir())


@pytest.mark.parametrize("folder", plural_folders(), ids=lambda folder: folder.relative_to(ROOT).as_posix())
def test_plural_folder_holds_one_file_per_item(folder: Path) -> None:
    levels = DATA_FOLDERS.get(folder.relative_to(ROOT).as_posix(), 1)
    files = [path for path in FILES if folder in path.parents and path.name != "__init__.py"]
    wrong = [
        path.relative_to(ROOT).as_posix()
        for path in files
        if not ITEM.fullmatch(path.name) or len(path.relative_to(folder).parts) != levels
    ]
    assert not wrong, f"not items: {wrong}"
    assert len({path.suffix for path in files}) <= 1, "items of one folder are of one kind"


@pytest.mark.parametrize("folder", plural_folders(), ids=lambda folder: folder.relative_to(ROOT).as_posix())
def test_plural_folder_needs_no_registration(folder: Path) -> None:
    init = folder / "__init__.py"
    body = ast.parse(init.read_text(encoding="utf-8")).body if init.exists() else []
    beyond_docstring = [
        node for node in body if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
    ]
    assert not beyond_docstring, f"{init.relative_to(ROOT)}: a file in the folder is the registration"


# What a release needs


def test_changelog_has_the_current_version() -> None:
    headings = re.findall(r"^## \[?([0-9][^\s\]]*)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[:1] == [planner.__version__]


def test_version_is_stated_once() -> None:
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert not re.search(r"^version\s*=", pyproject, re.MULTILINE)
