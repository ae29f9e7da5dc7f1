"""Examples of checks and quotas as whole plans: each is a part of a plan, laid over the plan below."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from planner import checks, quotas, scenario
from planner.core import example
from planner.core.entry import load
from planner.core.source import parse_yaml
from planner.plan import Plan, make_plan
from planner.plan_file import PlanFile
from pricing import book

ROOT = Path(__file__).resolve().parents[2]
GALLERY = ROOT / "tests" / "gallery_findings"
BOOKS = GALLERY / "books"
"""Made-up price books, which examples of checks about prices name as books/NAME.yaml."""

PLAN = """\
version: 1
name: example
currency: USD
period: {start: 2027-01, months: 12}
estate:
  version: 1
  accounts:
    hub: {site: intl}
  transit_routers:
    tr: {region: eu-central-1, account: hub}
tunnels:
  strong: {}
attachments:
  branch:
    network_type: public
    transit_router: tr
    traffic: {to_data_center_gb: 100, from_data_center_gb: 10}
    tunnel: strong
    sites: 1
"""


class Case(NamedTuple):
    """An example of a check or a quota."""

    kind: str
    """check or quota"""
    id: str
    section: str
    """What it shows: fails, fails as warning, exceeded."""
    text: str
    """The part of a plan."""

    @property
    def stem(self) -> str:
        """Name of its file in the gallery."""
        return example.stem(self.id, self.section)


def cases() -> Iterator[Case]:
    """Every example of every check and quota, sorted."""
    for kind, package in (("check", checks), ("quota", quotas)):
        for module in sorted(one.name for one in pkgutil.iter_modules(package.__path__)):
            for section, text in example.examples(f"{package.__name__}.{module}").items():
                yield Case(kind, module.replace("_", "-"), section, text)


def source_file(case: Case) -> Path:
    """The file in whose docstring an example stands."""
    package = {"check": checks, "quota": quotas}[case.kind]
    found = importlib.import_module(f"{package.__name__}.{case.id.replace('-', '_')}").__file__
    assert found
    return Path(found)


def laid_over(below: Any, above: Any) -> Any:
    """A plan with the keys of an example, where both are mappings those of both; null takes a key out."""
    if not (isinstance(below, dict) and isinstance(above, dict)):
        return above
    merged = {key: laid_over(below.get(key), value) for key, value in above.items()}
    return {key: value for key, value in (below | merged).items() if value != "null"}


class _Plain(yaml.SafeDumper):
    """Writes every text without quotes where YAML allows: numbers and days were read as text."""

    yaml_implicit_resolvers: dict[str, list[Any]] = {}


def written(text: str) -> str:
    """The whole plan of an example, in YAML."""
    tree = laid_over(yaml.load(PLAN, yaml.BaseLoader), yaml.load(text, yaml.BaseLoader))
    return yaml.dump(tree, Dumper=_Plain, sort_keys=False, default_flow_style=None, allow_unicode=True, width=100)


def made(example_text: str, priced: bool) -> Plan:
    """What the plan of an example comes to; with prices, those that are shipped and those of its own books."""
    source = parse_yaml(written(example_text), "plan.yaml")
    read = scenario.resolve(load(PlanFile, source), source, str(GALLERY))
    return make_plan([read], book.load_price_lists(read.sites, read.price_books) if priced else None)
