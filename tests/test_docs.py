"""The documentation is current, complete and true: generated parts, shown output, names and links."""

from __future__ import annotations

import importlib
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import typer
from PIL import Image, ImageChops
from pydantic import BaseModel

from planner import assumption, check, policy_rule, quota, waiver
from planner.assumption import Assumptions
from planner.cli import app
from planner.core.problem import InputError
from planner.core.region import REGIONS
from planner.core.source import parse_yaml
from planner.estate import Estate
from planner.finance import Finance
from planner.plan_file import PlanFile, TableRow
from planner.policy import Policy
from planner.prepaid import PrepaidPlan
from planner.project import ProjectFile
from planner.scenario import read_scenario
from planner.waiver import WaiverFile
from pricing.book_file import BookFile
from pricing.prepaid import kinds
from pricing.sku import skus
from tests.test_layers import RANK

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]
LINK = re.compile(r"\]\(([^)\s]+)\)")


def tool(name: str) -> ModuleType:
    """A module of docs/, which is no package: its modules find each other beside `generate.py`."""
    sys.path.insert(0, str(DOCS))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(DOCS))


generate, console, keys, rule_pages = tool("generate"), tool("console"), tool("keys"), tool("rule_pages")


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def page(name: str) -> str:
    return text(DOCS / f"{name}.md")


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


# Current: what is generated is what `make docs` would write.


@pytest.mark.parametrize("path", PAGES, ids=relative)
def test_generated_parts_are_current(path: Path) -> None:
    assert generate.with_parts(text(path)) == text(path), "run make docs"


def test_every_part_stands_in_a_page_and_is_closed() -> None:
    opened = [name for path in PAGES for name in re.findall(r"^<!-- generated: (.*) -->$", text(path), re.MULTILINE)]
    assert set(opened) == set(generate.PARTS)
    assert len(opened) == sum(text(path).count("\n<!-- end -->\n") for path in PAGES)


def test_every_check_and_quota_has_a_page_that_is_current() -> None:
    expected = dict(rule_pages.pages(ROOT))
    assert len(expected) == len(check.declared()) + len(quota.declared())
    for path, current in expected.items():
        assert path.exists() and text(path) == current, f"run make docs: {relative(path)}"


def test_no_page_tells_of_a_check_or_quota_that_is_gone() -> None:
    assert not rule_pages.stale(ROOT), "run make docs"


def test_a_page_of_what_is_gone_is_found(tmp_path: Path) -> None:
    gone = tmp_path / "docs" / "reference" / "checks" / "a-check-of-once.md"
    for path, current in rule_pages.pages(tmp_path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(current, encoding="utf-8")
    gone.write_text("# gone\n", encoding="utf-8")
    assert rule_pages.stale(tmp_path) == [gone]


def test_schemas_are_current() -> None:
    for path, current in generate.schema_files(ROOT):
        assert text(path) == current, "run make docs"


@pytest.mark.parametrize("path", [path for path in PAGES if "```console" in text(path)], ids=relative)
def test_shown_commands_print_what_the_page_shows(path: Path) -> None:
    assert console.refreshed(text(path), ROOT) == text(path), "run make docs"


def test_picture_in_the_readme_is_what_the_command_draws() -> None:
    kept, drawn = (Image.open(io.BytesIO(data)) for data in ((ROOT / generate.IMAGE).read_bytes(), generate.image()))
    assert kept.size == drawn.size, "run make docs"
    differences = ImageChops.difference(kept.convert("L"), drawn.convert("L")).histogram()
    assert sum(differences[64:]) < 20, "run make docs"  # edges of letters may differ a little between machines
    assert f"]({generate.IMAGE.as_posix()})" in text(ROOT / "README.md")


def test_generating_does_not_depend_on_what_was_generated() -> None:
    blank = "<!-- generated: checks -->\n<!-- end -->\n"
    assert generate.with_parts(generate.with_parts(blank)) == generate.with_parts(blank)
    with pytest.raises(KeyError):
        generate.with_parts("<!-- generated: nothing -->\n<!-- end -->\n")


@pytest.mark.parametrize(
    ("pattern", "output", "renewed"),
    [
        ("a b", "c d", "c d"),  # without a gap: the whole output
        ("… used 3 …", "head used 5 tail", "… used 5 …"),
        ("head … tail", "HEAD x y TAIL", "HEAD … TAIL"),
        ("… b2 c2 …", "a b1 x b2 c3 d", "… b2 c3 …"),
    ],
)
def test_excerpts_follow_the_output(pattern: str, output: str, renewed: str) -> None:
    def lines(words: str) -> tuple[str, ...]:
        return tuple(words.split())

    assert console.renew(lines(pattern), lines(output)) == lines(renewed)


# Complete: everything the code declares has its place in the documentation.


def every_command(group: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    """Every command by its words, those of groups as well: `check`, `prices list`."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from every_command(command, f"{before}{name} ")
        else:
            yield f"{before}{name}", command


def test_every_command_and_option_is_documented() -> None:
    commands = page("reference/commands")
    for name, command in every_command(typer.main.get_command(app)):
        section = commands.partition(f"## `cenplan {name}`")[2].partition("\n## ")[0]
        assert section, f"cenplan {name} is not in docs/reference/commands.md"
        for parameter in command.params:
            for word in parameter.opts if parameter.param_type_name == "option" else [parameter.metavar]:
                assert re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", section), f"cenplan {name}: {word}"
        assert any(f"cenplan {name}" in text(path) for path in PAGES if "reference" not in path.parts)


@pytest.mark.parametrize(
    ("name", "declared"),
    [
        ("reference/checks", check.declared()),
        ("reference/quotas", quota.declared()),
        ("reference/items", skus()),
        ("reference/prepaid", kinds()),
        ("reference/assumptions", assumption.listed(Assumptions())),
        ("regions", REGIONS),
        ("prices", skus()),
        ("reference/policy", [*policy_rule.declared(), *waiver.CODES, "no-policy"]),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_everything_declared_is_documented(name: str, declared: Any) -> None:
    missing = [one for one in declared if f"`{one}`" not in page(name)]
    assert not missing, f"not in docs/{name}.md: {missing}"


def models(kind: Any) -> Iterator[type[BaseModel]]:
    """Every model that a type is made of."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
        for field in kind.model_fields.values():
            yield from models(field.annotation)
    for inner in getattr(kind, "__args__", ()):
        yield from models(inner)


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("reference/plan", PlanFile),
        ("reference/estate", Estate),
        ("reference/finance", Finance),
        ("reference/attachment-table", TableRow),
        ("reference/price-book", BookFile),
        ("reference/project", ProjectFile),
        ("reference/policy", Policy),
        ("reference/waivers", WaiverFile),
    ],
)
def test_every_key_is_documented_with_its_meaning(name: str, model: type[BaseModel]) -> None:
    elsewhere = {*models(Estate), *models(Finance)} - {PrepaidPlan} if model is PlanFile else set()
    inside = set(models(model)) - elsewhere
    for one in inside:
        for key in (field.alias or field_name for field_name, field in one.model_fields.items()):
            row = re.search(rf"^\| `{re.escape(key)}` \|.*\|$", page(name), re.MULTILINE)
            assert row, f"{one.__name__}.{key} is not in docs/{name}.md"
            assert row[0].split("|")[-2].strip(), f"{one.__name__}.{key} has no meaning"


def linked(path: Path) -> set[Path]:
    """Pages that a page links to."""
    return {(path.parent / target.partition("#")[0]).resolve() for target in LINK.findall(text(path))} & {*PAGES}


def test_every_page_can_be_reached_from_the_map() -> None:
    """In one step, and those of checks and quotas in two: their own maps name them."""
    maps = [DOCS / "index.md", *(DOCS / "reference" / f"{folder}.md" for folder in rule_pages.FOLDERS)]
    reached = set().union(*map(linked, maps))
    assert {path for path in PAGES if path.is_relative_to(DOCS)} <= reached | {DOCS / "index.md"}


def test_every_layer_is_drawn() -> None:
    drawn = page("architecture").partition("## Layers")[2].partition("\n## ")[0]
    existing = [name for name in RANK if (ROOT / f"{name.replace('.', '/')}.py").exists()]
    missing = [name for name in existing if not re.search(rf"{re.escape(name)}(?![\w.])", drawn)]
    assert not missing, f"not in the layers of docs/architecture.md: {missing}"


# True: links lead somewhere, and what looks like a file loads.


def anchors(markdown: str) -> set[str]:
    without_code = re.sub(r"^```.*?^```$", "", markdown, flags=re.DOTALL | re.MULTILINE)
    return {keys.slug(heading) for heading in re.findall(r"^#+ (.+)$", without_code, re.MULTILINE)}


@pytest.mark.parametrize("path", PAGES, ids=relative)
def test_relative_links_resolve(path: Path) -> None:
    broken = []
    for target in LINK.findall(text(path)):
        file, _, anchor = target.partition("#")
        if "://" in target:
            continue
        goal = (path.parent / file).resolve() if file else path
        if not goal.exists() or not goal.is_relative_to(ROOT) or (anchor and anchor not in anchors(text(goal))):
            broken.append(target)
    assert not broken


@pytest.mark.parametrize("path", PAGES, ids=relative)
def test_files_in_pages_load(path: Path, tmp_path: Path) -> None:
    """A fence with a file name is a whole file: a plan reads without error, unless its name begins with wrong-."""
    files = [block for block in console.blocks(text(path)) if block.file]
    (tmp_path / "scenarios").symlink_to(ROOT / "scenarios")
    for block in files:
        (tmp_path / block.file).write_text(block.text, encoding="utf-8")
    for block in files:
        if "period" not in parse_yaml(block.text, block.file).value:
            continue
        if block.file.startswith("wrong-"):
            with pytest.raises(InputError):
                read_scenario(str(tmp_path / block.file))
        else:
            read_scenario(str(tmp_path / block.file))


@pytest.mark.parametrize("path", PAGES, ids=relative)
def test_yaml_in_pages_is_yaml(path: Path) -> None:
    for block in console.blocks(text(path)):
        if block.language == "yaml":
            parse_yaml(block.text, relative(path))


@pytest.mark.parametrize("path", PAGES, ids=relative)
def test_commands_in_shell_blocks_exist(path: Path) -> None:
    targets = re.findall(r"^([a-z]+):.*## ", text(ROOT / "Makefile"), re.MULTILINE)
    root: Any = typer.main.get_command(app)
    for block in console.blocks(text(path)):
        if block.language == "sh":
            assert set(re.findall(r"^make ([a-z]+)", block.text, re.MULTILINE)) <= set(targets)
            assert set(re.findall(r"^cenplan ([a-z]+)", block.text, re.MULTILINE)) <= set(root.commands)
