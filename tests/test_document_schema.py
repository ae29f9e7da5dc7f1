"""The JSON Schemas in docs/schema: what cenplan writes and what people write are as they say."""

from __future__ import annotations

import copy
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from planner.core.source import read_yaml
from planner.plan import LEVELS, make_plan
from planner.quota import STATUSES
from planner.scenario import read_scenario
from planner.together import read
from pricing.book import load_price_lists
from reports import document
from tests.support.own_schemas import errors, validator

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = sorted((ROOT / "scenarios").glob("*.yaml"))


def kind(path: Path) -> str:
    """Which schema a file is for, told by a key that only such files have."""
    keys = read_yaml(path).value
    if "references" in keys:
        return "price-book"
    return "plan" if "period" in keys else "estate" if "accounts" in keys else "finance"


PLANS = [path for path in EXAMPLES if kind(path) == "plan"]


@cache
def written(path: Path, priced: bool) -> str:
    scenario = read_scenario(str(path))
    books = load_price_lists(scenario.sites, scenario.price_books) if priced else None
    made = make_plan([scenario], books)
    return document.kept(made) if priced else document.render(made)


@pytest.mark.parametrize("priced", [False, True], ids=["check", "estimate"])
@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_document_of_every_example_is_as_the_schema_says(path: Path, priced: bool) -> None:
    value = json.loads(written(path, priced))
    lines = value["line_items"]
    value["line_items"] = lines[:: len(lines) // 2000 + 1]  # all of 30,000 lines would take half a minute
    assert not errors("document", value)


@pytest.mark.parametrize("priced", [False, True], ids=["check", "estimate"])
def test_document_of_several_plans_is_as_the_schema_says_and_tells_who_uses_what(priced: bool) -> None:
    scenarios = read([str(ROOT / "scenarios" / f"apac-{name}.yaml") for name in ("branches", "warehouses")])
    plan = make_plan(scenarios, load_price_lists(scenarios[0].sites, ()) if priced else None)
    value = json.loads(document.render(plan))
    assert not errors("document", value)
    about = ("vpn-attachments-per-transit-router", "tr-singapore", "2027-11")
    row = next(one for one in value["quotas"] if (one["quota"], one["scope"], one["month"]) == about)
    assert (row["used"], row["existing"]) == (83, 22)  # 22 + 49 + 12
    assert row["by_plan"] == {"apac-branches": 49, "apac-warehouses": 12}
    assert row["by_group"]["apac-branches:stores-singapore"] == 38
    for part in ("by_plan", "by_group"):
        assert all(one["existing"] + sum(one[part].values()) == one["used"] for one in value["quotas"])
    del row["by_plan"]
    assert errors("document", value)  # all of it or nothing


def test_the_document_of_a_single_plan_repeats_no_shares() -> None:
    value = json.loads(written(ROOT / "scenarios" / "apac-branches.yaml", False))
    assert not any({"existing", "by_plan", "by_group"} & row.keys() for row in value["quotas"])


def test_the_examples_show_every_kind_of_value() -> None:
    """Otherwise the test above would prove little."""
    documents = [json.loads(written(path, priced)) for path in PLANS for priced in (False, True)]
    assert {one["totals"]["complete"] for one in documents} == {None, False, True}
    lines = [line for one in documents for line in one["line_items"]]
    assert {line["status"] for line in lines} == {"priced", "unpriced"}
    assert {line["tier"] for line in lines} >= {None, 0, 1, 2}
    assert {finding["level"] for one in documents for finding in one["findings"]} == set(LEVELS)
    statuses = {row["status"] for one in documents for row in one["quotas"]}
    assert statuses == set(STATUSES)


def change(text: str, *path: str | int, value: Any) -> Any:
    """A document with one value changed."""
    changed = copy.deepcopy(json.loads(text))
    inner = changed
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return changed


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("extra",), 1),
        (("totals", "cost"), 211681.17),  # money is text
        (("totals", "cost"), "2.1e5"),
        (("totals", "cost"), "211681.170"),
        (("totals", "cost"), None),  # while complete
        (("totals", "complete"), False),
        (("totals", "coverage_percent"), "99.5"),
        (("totals", "months", 0, "month"), "2027-1"),
        (("period", "months"), 0),
        (("as_of",), "20 November"),
        (("line_items", 0, "contracted_cost"), None),  # while priced
        (("line_items", 0, "rate"), None),
        (("line_items", 0, "status"), "unpriced"),
        (("line_items", 0, "status"), "free"),
        (("line_items", 0, "tier"), -1),
        (("line_items", 0, "evidence"), None),  # while there is a rate
        (("quotas", 0, "limit"), None),  # while the status is known
        (("quotas", 0, "headroom"), "16"),
        (("findings", 0, "level"), "fatal"),
        (("sources", 0, "evidence"), "hearsay"),
        (("state",), "no base64"),
    ],
    ids=str,
)  # fmt: skip
def test_schema_refuses_what_no_document_may_say(path: tuple[str | int, ...], value: Any) -> None:
    good = written(ROOT / "scenarios" / "apac-branches.yaml", True)
    assert errors("document", change(good, *path, value=value))


@pytest.mark.parametrize("name", ["document", "size", "quota-requests", "verify"])
def test_schema_lists_in_required_every_property_it_describes(name: str) -> None:
    def walk(schema: Any) -> None:
        if isinstance(schema, dict):
            if schema.get("additionalProperties") is False:
                assert set(schema["required"]) == set(schema["properties"])
            for inner in schema.values():
                walk(inner)
        elif isinstance(schema, list):
            for inner in schema:
                walk(inner)

    walk(validator(name).schema)


# What other commands write: the golden files are what they print, and are held against it by tests of their own.

GOLDEN = ROOT / "tests" / "golden"
SIZES = sorted((GOLDEN / "size").glob("*.json"))
PACKS = sorted((GOLDEN / "quotas-request").glob("*/requests.json"))


@pytest.mark.parametrize(
    ("name", "path"),
    [*(("size", path) for path in SIZES), *(("quota-requests", path) for path in PACKS)],
    ids=lambda one: one if isinstance(one, str) else f"{one.parent.name}-{one.stem}",
)
def test_golden_json_is_as_the_schema_says(name: str, path: Path) -> None:
    assert not errors(name, json.loads(path.read_text(encoding="utf-8")))


VERIFIED = """{
  "version": 1, "same": false, "expired": false, "holds": false, "as_of": "2026-12-01",
  "decided_as_of": "2026-11-24", "valid_until": "2026-12-24", "approver": {"name": "Ann"},
  "changes": [{"what": "passed", "which": "", "then": "true", "now": "false"}]
}"""
SIZED = (GOLDEN / "size" / "public.json").read_text(encoding="utf-8")
PACK = (GOLDEN / "quotas-request" / "apac-branches" / "requests.json").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "path", "value"),
    [
        ("size", ("extra",), 1),
        ("size", ("sites",), 0),
        ("size", ("attachments", "limit"), None),  # while the status is known
        ("size", ("attachments", "status"), "unknown"),  # while the limit is known
        ("size", ("throughput", "peak_mbps"), None),  # while the connections needed are known
        ("size", ("throughput", "connections_needed"), None),
        ("size", ("cost", "priced_subtotal"), 1.5),  # money is text
        ("size", ("cost", "priced_subtotal"), "1.50"),
        ("size", ("cost", "complete"), False),  # while everything has a price
        ("size", ("cost", "items", 0, "cost"), None),  # while complete
        ("size", ("cost", "month"), "2027-13"),
        ("size", ("findings", 0, "level"), "fatal"),
        ("quota-requests", ("submitted",), True),
        ("quota-requests", ("as_of",), "today"),
        ("quota-requests", ("requests", 0, "extra"), 1),
        ("quota-requests", ("requests", 0, "file"), None),  # a request has a page
        ("quota-requests", ("requests", 0, "needed_from"), None),  # while there is a last day to apply
        ("quota-requests", ("requests", 0, "apply_by"), None),  # while it is known whether that is too late
        ("quota-requests", ("requests", 0, "peak_at"), "1 November"),
        ("quota-requests", ("requests", 0, "limits"), []),
        ("quota-requests", ("requests", 0, "quota_code"), "q_1"),  # unknown
        ("verify", ("extra",), 1),
        ("verify", ("holds",), True),  # while it is not the same
        ("verify", ("same",), True),  # while something differs
        ("verify", ("expired",), None),  # while somebody asks
        ("verify", ("as_of",), None),  # while it is known whether it is expired
        ("verify", ("changes", 0, "then"), True),
    ],
    ids=str,
)  # fmt: skip
def test_schemas_refuse_what_no_command_may_say(name: str, path: tuple[str | int, ...], value: Any) -> None:
    good = {"size": SIZED, "quota-requests": PACK, "verify": VERIFIED}[name]
    assert not errors(name, json.loads(good))
    assert errors(name, change(good, *path, value=value))


# The files that people write, as an editor reads them: by the ordinary rules of YAML 1.2.


class EditorLoader(yaml.SafeLoader):
    """PyYAML follows YAML 1.1; editors follow 1.2, where a day is text and only true and false are booleans."""


EditorLoader.yaml_implicit_resolvers = {
    first: [(tag, rule) for tag, rule in rules if tag not in ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:bool")]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
EditorLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("true|false"), list("tf"))


def as_an_editor(text: str) -> Any:
    return yaml.load(text, EditorLoader)


WRITTEN = [
    *((kind(path), path) for path in EXAMPLES),
    *((path.stem.replace("cenplan", "project"), path) for path in sorted((ROOT / "scenarios" / "rollout").iterdir())),
    *(("price-book", path) for path in sorted((ROOT / "pricing" / "books").rglob("*.yaml"))),
    *((path.stem.rpartition("-")[2], path) for path in sorted((ROOT / "planner" / "starters").glob("*.yaml"))),
]


@pytest.mark.parametrize(("name", "path"), WRITTEN, ids=lambda one: one if isinstance(one, str) else one.stem)
def test_shipped_files_are_as_the_schema_says(name: str, path: Path) -> None:
    assert not errors(name, as_an_editor(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("name", "find", "write"),
    [
        ("plan", "months: 24", "months: 0"),
        ("plan", "period:", "periode:"),
        ("plan", "currency: USD", "currency: euro"),
        ("plan", "add_sites: 6", "add_site: 6"),
        ("plan", "network_type: public", "network_type: internet"),
        ("estate", "vpn: 22", "vpn: -1"),
        ("estate", "site: intl", "site: international"),
        ("estate", "as_of: 2026-11-20", "as_of: yesterday"),
        ("finance", "first_month: 4", "first_month: 13"),
        ("finance", "named_after: end", "named_after: middle"),
        ("finance", "rate: 0.14,", "rate: 0,"),
        ("finance", "settlement: true", "settlement: sometimes"),
        ("finance", "underlays: by-connection-hours", "underlays: by-weight"),
    ],
)
def test_schemas_refuse_what_cenplan_refuses(name: str, find: str, write: str) -> None:
    file = {"plan": "apac-branches.yaml", "estate": "apac-estate.yaml", "finance": "company-finance.yaml"}[name]
    text = (ROOT / "scenarios" / file).read_text(encoding="utf-8")
    assert find in text
    assert errors(name, as_an_editor(text.replace(find, write, 1)))
