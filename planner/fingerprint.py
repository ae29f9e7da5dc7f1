"""Hashes of what a verdict was made from: each input by role, path and SHA-256, and who named it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from planner.core.source import Source, TableSource
from planner.scenario import Scenario
from pricing import book


@dataclass(frozen=True)
class Input:
    """A file that a verdict rests on."""

    role: str
    """plan, attachment table, estate, finance, price book, shipped price books, policy, waivers, baseline, project"""
    path: str
    """As it was opened; of shipped price books their site."""
    sha256: str
    origin: str
    """Who named it: the command line, a project, a plan, cenplan itself."""


def of_file(role: str, source: Source, origin: str) -> Input:
    """A file that was read; of standard input its text."""
    if os.path.isfile(source.name):
        return Input(role, shown(source.name), sha256(Path(source.name).read_bytes()).hexdigest(), origin)
    return Input(role, source.name, sha256(source.text.encode("utf-8", "backslashreplace")).hexdigest(), origin)


def of_shipped(site: str) -> Input:
    """The price books of a site that cenplan ships, as one: their names and contents, in the order of the names."""
    whole = sha256()
    for path in sorted((book.FOLDER / site).glob("*.yaml")):
        whole.update(f"{path.name}\0{sha256(path.read_bytes()).hexdigest()}\n".encode())
    return Input("shipped price books", site, whole.hexdigest(), "cenplan")


def of_scenario(scenario: Scenario, role: str, origin: str, held: Mapping[str, str]) -> Iterator[Input]:
    """A plan and what was read with it.

    role, origin : of the plan itself
    held         : by key of a project that holds instead of what the plan names: who named it
    """
    own = f"named by {shown(scenario.source.name)}"
    yield of_file(role, scenario.source, origin)
    tables = {group.place.source.name: group.place.source for group in scenario.groups}
    for source in tables.values():
        if isinstance(source, TableSource):
            yield of_file("attachment table", source, own)
    for key, source, path in (
        ("estate", scenario.estate_source, scenario.estate_path),
        ("finance", scenario.finance_source, scenario.finance_path),
    ):
        if not path:  # else it stands in a plan
            yield of_file(key, source, held.get(key, own))
    for source in scenario.price_books:
        yield of_file("price book", source, held.get("price_books", own))


def of_scenarios(scenarios: Sequence[Scenario], priced: bool) -> tuple[Input, ...]:
    """Everything that plans of the command line were made from, and the price books that cenplan ships if priced."""
    files = (file for one in scenarios for file in of_scenario(one, "plan", "the command line", {}))
    shipped = map(of_shipped, scenarios[0].sites if priced else ())
    return (*dict.fromkeys(files), *shipped)


def together(inputs: Sequence[Input]) -> str:
    """One SHA-256 of several inputs: of the lines `SHA-256  PATH`, each once, sorted."""
    lines = sorted({f"{one.sha256}  {one.path}\n" for one in inputs})
    return sha256("".join(lines).encode("utf-8", "backslashreplace")).hexdigest()


def shown(path: str) -> str:
    """A path as reports name it: relative to the current folder where it lies below, with / between its parts."""
    if path.startswith("<"):
        return path
    relative = os.path.relpath(path) if os.path.isabs(path) else os.path.normpath(path)
    return (path if os.path.isabs(path) and relative.startswith("..") else relative).replace(os.sep, "/")
