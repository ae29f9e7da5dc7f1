"""Who may import whom, who may print, and what the lower layers must not load.

The table LAYERS is the rule; everything is read from the source with ast, function-local imports included.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[1]

# Lowest first. A module belongs to the longest name here that is it or contains it; it may import what is
# lower, and of its own layer only what has the same name here. A singular module and its plural folder
# are one name.
LAYERS: tuple[tuple[str, ...], ...] = (
    ("planner", "scenarios"),  # a docstring and the version; the examples
    ("planner.core",),
    ("planner.assumption", "pricing", "planner.packing"),
    ("planner.prepaid",),
    ("planner.estate",),
    ("planner.finance",),
    ("planner.tunnel",),
    ("planner.connection",),
    ("planner.plan_file",),
    ("planner.scenario",),
    ("planner.together",),
    ("planner.fingerprint",),
    ("planner.project", "planner.policy"),
    ("planner.waiver",),
    ("planner.inventory",),
    ("planner.demand", "planner.throughput"),
    ("planner.quota", "planner.check", "planner.meter", "planner.derivation"),
    ("planner.billing",),
    ("planner.plan",),
    ("planner.verdict",),
    ("planner.stated", "planner.saved_plan", "planner.saved_state"),
    ("planner.stated_diff",),
    (
        "planner.settlement",
        "planner.pool_bill",
        "planner.starter",
        "planner.profile",
        "planner.address_plan",
        "planner.checklist",
        "planner.selftest",
        "planner.amount",
    ),
    (
        "planner.summary",
        "planner.statement",
        "planner.pool_share",
        "planner.prepaid_share",
        "planner.priced_line",
        "planner.capacity",
    ),
    ("planner.amount_assumption",),
    ("planner.chargeback", "planner.effect", "planner.explanation", "planner.quota_request"),
    ("planner.policy_rule", "planner.waiver_use", "planner.price_need", "planner.price_effect", "planner.sizing"),
    ("planner.gate",),
    ("planner.decision",),
    ("planner.cost_diff", "planner.headroom_diff"),
    ("planner.plan_diff",),
    ("reports",),
    ("planner.command",),
    ("planner.cli",),
)
RANK = {name: rank for rank, layer in enumerate(LAYERS) for name in layer}

# The layers are an order, but some pairs must not meet although the order would let them.
FORBIDDEN = {
    ("planner.estate", "pricing"): "an estate knows no prices",
    ("planner.scenario", "pricing"): "a scenario knows no prices",
    ("planner.tunnel", "pricing"): "tunnels know no prices",
    ("planner.connection", "pricing"): "connections know no prices",
    ("planner.plan_file", "pricing"): "a plan's file knows no prices",
    ("planner.quota", "pricing"): "quotas know no prices",
    ("pricing", "planner"): "pricing imports planner.core and nothing else of the planner",
}

COMMAND_LINE = ("planner.cli", "planner.command")
SLOW_TO_LOAD = {"pandas", "matplotlib", "xlsxwriter", "openpyxl", "jinja2", "jsonschema"}
ONLY_IN_CLI = {"typer", "click", "rich"}  # reports may use rich

PRINTS_OR_EXITS = {
    "print", "exit", "quit", "breakpoint",
    "sys.exit", "os._exit", "os.abort",
    "sys.stdout.write", "sys.stderr.write", "sys.stdout.buffer.write",
    "typer.echo", "typer.secho", "typer.Exit", "typer.Abort", "click.echo", "click.secho",
    "SystemExit", "rich.print",
}  # fmt: skip


class Import(NamedTuple):
    """One import: ``target`` is the module, ``line`` where it stands."""

    target: str
    line: int


class Module(NamedTuple):
    """One source file of ours: dotted name, path and tree."""

    name: str
    path: Path
    tree: ast.Module

    def at(self, line: int) -> str:
        return f"{self.path.relative_to(ROOT) if self.path.is_relative_to(ROOT) else self.path}:{line}"


def read_module(path: Path, root: Path = ROOT) -> Module:
    parts = path.relative_to(root).with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    return Module(name, path, ast.parse(path.read_text(encoding="utf-8"), str(path)))


def read_modules() -> tuple[Module, ...]:
    paths = (path for top in ("planner", "pricing", "scenarios", "reports") for path in (ROOT / top).rglob("*.py"))
    return tuple(read_module(path) for path in sorted(paths))


MODULES = read_modules()
NAMES = {module.name for module in MODULES}


def singular(name: str) -> str:
    """``planner.quotas`` -> ``planner.quota``: the machinery of a plural folder, else the name."""
    return name[:-1] if name.endswith("s") and name[:-1] in RANK else name


def layer_of(module: str) -> str | None:
    """The name in LAYERS that a module of ours belongs to; None when it is not ours or has no layer."""
    parts = module.split(".")
    if len(parts) > 1 and parts[0] == "planner":
        name = singular(".".join(parts[:2]))
        return name if name in RANK else None
    return parts[0] if parts[0] in RANK else None


def is_ours(target: str) -> bool:
    return target.split(".")[0] in ("planner", "pricing", "scenarios", "reports")


def imports(module: Module) -> Iterator[Import]:
    """Every import of a module, wherever it stands, also ``import_module("...")`` with a literal name."""
    package = module.name if module.path.name == "__init__.py" else module.name.rpartition(".")[0]
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, node.lineno)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = package.split(".")
                parents = parents[: len(parents) - node.level + 1]
                base = ".".join([*parents, base] if base else parents)
            for alias in node.names:
                # `from planner import quota` names a module, `from planner.quota import sweep` what is in it.
                inner = f"{base}.{alias.name}"
                yield Import(inner if inner in NAMES or inner in RANK else base, node.lineno)
        elif isinstance(node, ast.Call) and dotted(node.func) in (
            "import_module", "importlib.import_module", "__import__",
        ):  # fmt: skip
            name = node.args[0] if node.args else None
            if isinstance(name, ast.Constant) and isinstance(name.value, str):
                yield Import(name.value, node.lineno)


def dotted(node: ast.expr) -> str:
    """``a.b.c`` of an expression that is such a chain of names, else an empty text."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        base = dotted(node.value)
        return f"{base}.{node.attr}" if base else ""
    return ""


def layer_errors(module: Module) -> Iterator[str]:
    """Imports of ours that the layers do not allow."""
    own = layer_of(module.name)
    if own is None:
        yield f"{module.at(1)}: {module.name} has no layer; give it one in tests/test_layers.py"
        return
    for target, line in imports(module):
        if not is_ours(target):
            continue
        other = layer_of(target)
        if other is None:
            yield f"{module.at(line)}: {module.name} imports {target}, which has no layer"
        elif (own, other) in FORBIDDEN:
            yield f"{module.at(line)}: {module.name} imports {target}: {FORBIDDEN[own, other]}"
        elif own == "pricing" and other not in ("pricing", "planner.core"):
            yield f"{module.at(line)}: {module.name} imports {target}: {FORBIDDEN['pricing', 'planner']}"
        elif RANK[other] > RANK[own]:
            yield f"{module.at(line)}: {module.name} imports {target}, which is a higher layer"
        elif RANK[other] == RANK[own] and other != own:
            yield f"{module.at(line)}: {module.name} imports {target}, which is beside it in the same layer"


def plural_folder(module: str) -> str | None:
    """The folder of items that a module is an item of: ``planner.quotas`` for ``planner.quotas.x``."""
    package = module.rpartition(".")[0]
    return package if package.endswith("s") and package[:-1] in NAMES else None


def item_errors(module: Module) -> Iterator[str]:
    """Imports of an item by name: a file in the folder is the registration, no item knows another."""
    for target, line in imports(module):
        if target in NAMES and plural_folder(target) is not None:
            yield f"{module.at(line)}: {module.name} imports the item {target} by name"


def print_errors(module: Module) -> Iterator[str]:
    """Printing and exiting outside the command line."""
    if layer_of(module.name) in COMMAND_LINE:
        return
    for node in ast.walk(module.tree):
        name = ""
        if isinstance(node, ast.Call):
            name = dotted(node.func)
        elif isinstance(node, ast.Raise) and node.exc is not None and not isinstance(node.exc, ast.Call):
            name = dotted(node.exc)
        if name in PRINTS_OR_EXITS:
            yield f"{module.at(node.lineno)}: {module.name} uses {name}; only the command line prints and exits"
    for target, line in imports(module):
        top = target.split(".")[0]
        if top in ONLY_IN_CLI and (layer_of(module.name), top) != ("reports", "rich"):
            yield f"{module.at(line)}: {module.name} imports {top}, which is for the command line"


def weight_errors(module: Module) -> Iterator[str]:
    """Libraries that make every command slow, imported below the reports."""
    own = layer_of(module.name)
    below_reports = own is not None and RANK[own] < RANK["reports"]
    at_top = {node.lineno for node in module.tree.body if isinstance(node, ast.Import | ast.ImportFrom)}
    for target, line in imports(module):
        top = target.split(".")[0]
        if top in SLOW_TO_LOAD and (below_reports or (own in COMMAND_LINE and line in at_top)):
            yield f"{module.at(line)}: {module.name} imports {top}, which is slow to load"
        elif top == "numpy" and own == "planner.core":
            yield f"{module.at(line)}: {module.name} imports numpy; the core does without"


@pytest.mark.parametrize(
    "rule", [layer_errors, item_errors, print_errors, weight_errors], ids=lambda rule: rule.__name__
)
def test_every_module_keeps_the_rule(rule) -> None:
    errors = [error for module in MODULES for error in rule(module)]
    assert not errors, "\n" + "\n".join(errors)


@pytest.mark.parametrize("package", ["planner", "scenarios", "reports"])
def test_package_init_holds_a_docstring_and_at_most_the_version(package: str) -> None:
    module = read_module(ROOT / package / "__init__.py")
    docstring, *rest = module.tree.body
    assert ast.get_docstring(module.tree), f"{module.at(1)}: the docstring is missing"
    allowed = [node for node in rest if package == "planner" and ast.unparse(node).startswith("__version__ = '")]
    extra = [node for node in rest if node not in allowed]
    assert not extra, "\n".join(f"{module.at(node.lineno)}: {ast.unparse(node)}" for node in extra)
    assert docstring.lineno == 1


# The rules themselves, on sources that break them.


@pytest.mark.parametrize(
    ("name", "source", "rule", "complaint"),
    [
        ("planner/quota.py", "import planner.gate", layer_errors, "higher layer"),
        ("planner/quota.py", "def f():\n    from planner import plan", layer_errors, "planner/quota.py:2"),
        ("planner/quotas/a.py", "from ..gate import decide", layer_errors, "higher layer"),
        ("planner/quotas/a.py", "from pricing.book import load_books", layer_errors, "quotas know no prices"),
        ("planner/quotas/a.py", "from planner.check import x", layer_errors, "beside it"),
        ("planner/scenario.py", "from pricing import money", layer_errors, "knows no prices"),
        ("planner/estate.py", "from pricing import money", layer_errors, "knows no prices"),
        ("planner/estate.py", "from planner.scenario import Plan", layer_errors, "higher layer"),
        ("pricing/book.py", "from planner import __version__", layer_errors, "nothing else of the planner"),
        ("pricing/book.py", "from planner.estate import Estate", layer_errors, "nothing else of the planner"),
        ("planner/gate.py", "import importlib\nimportlib.import_module('reports.x')", layer_errors, "higher"),
        ("planner/surprise.py", "", layer_errors, "has no layer"),
        ("planner/gate.py", "import sys\nsys.exit(2)", print_errors, "uses sys.exit"),
        ("planner/gate.py", "raise SystemExit", print_errors, "uses SystemExit"),
        ("reports/workbook.py", "def f():\n    print(1)", print_errors, "reports/workbook.py:2"),
        ("planner/gate.py", "import typer", print_errors, "imports typer"),
        ("pricing/rating.py", "def f():\n    import pandas as pd", weight_errors, "slow to load"),
        ("planner/cli.py", "from matplotlib import pyplot", weight_errors, "slow to load"),
        ("planner/core/period.py", "import numpy as np", weight_errors, "the core does without"),
    ],
)  # fmt: skip
def test_rule_finds_what_breaks_it(tmp_path: Path, name: str, source: str, rule, complaint: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True)
    path.write_text(source, encoding="utf-8")
    (error,) = rule(read_module(path, tmp_path))
    assert complaint in error


def test_rule_finds_an_item_imported_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "NAMES", {"planner.quota", "planner.quotas", "planner.quotas.ecmp"})
    path = tmp_path / "planner" / "quota.py"
    path.parent.mkdir()
    path.write_text("from planner.quotas import ecmp", encoding="utf-8")
    (error,) = item_errors(read_module(path, tmp_path))
    assert "imports the item planner.quotas.ecmp by name" in error


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("planner/quotas/a.py", "from planner.quota import Quota\nfrom planner.demand import Events"),
        ("planner/plan.py", "from pricing.rating import rate\nfrom planner import quota, check, meter"),
        ("planner/scenario.py", "from planner.estate import Estate"),
        (
            "pricing/models/flat.py",
            "from planner.core.provenance import Reference\nfrom pricing.money import x",
        ),
        ("planner/cli.py", "def f():\n    import reports.workbook\n    import pandas\n    print(1)"),
        (
            "reports/workbook.py",
            "import pandas\nfrom planner import __version__\nfrom planner.plan import Plan",
        ),
    ],
)
def test_rules_allow_what_the_design_draws(tmp_path: Path, name: str, source: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True)
    path.write_text(source, encoding="utf-8")
    module = read_module(path, tmp_path)
    assert not [error for rule in (layer_errors, item_errors, print_errors, weight_errors) for error in rule(module)]
