"""Several plans on one estate: what they have to share, and what one of them states for all."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from planner.core.problem import InputError, Place, Problem
from planner.core.provenance import CURRENCY_OF_SITE
from planner.core.source import parse_yaml
from planner.estate import Estate
from planner.scenario import Scenario, Shared, read_scenario, read_source, retirement_problems

LONGEST_NAME = 100
"""Characters of the joined names of several plans."""

Path = tuple[str | int, ...]


def name_of(plans: Sequence[str]) -> str:
    """What the results of some plans are called, for files: by all their names, or by the first and how many more."""
    first, *others = plans
    joined = "+".join(plans)
    if others and len(joined) > LONGEST_NAME:
        more = f"+{len(others)}-more"
        return first[: LONGEST_NAME - len(more)] + more
    return joined


def read(
    paths: Sequence[str], shared: Shared | None = None, given: Mapping[str, tuple[str, str]] | None = None
) -> tuple[Scenario, ...]:
    """The plans of some files, joined.

    shared : files that hold for all of them, whatever they name
    given  : by path text and name of those that were read already, as standard input can be once only
    raises : InputError with every problem of every file that could be read, or with what keeps the plans apart
    """
    scenarios: list[Scenario] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            if given and path in given:
                folder = "" if path == "-" else os.path.dirname(path)
                scenarios.append(read_source(parse_yaml(*given[path]), folder, shared))
            else:
                scenarios.append(read_scenario(path, shared))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return join(scenarios)


def join(scenarios: Sequence[Scenario]) -> tuple[Scenario, ...]:
    """Scenarios that can be calculated together, by name: the order in which they were given changes nothing.

    They share estate, period and currency. Answers to open questions, finance and price books hold for all:
    what one states, the others have as well.

    raises : InputError where they share too little, state different things for all, or bring the same thing twice
    """
    if len(scenarios) == 1:
        return tuple(scenarios)
    ordered = sorted(scenarios, key=lambda one: one.plan.name)
    problems = [*_same_plan(ordered)] or [
        *_not_shared(ordered),
        *_differently_stated(ordered),
        *_brought_twice(ordered),
        *_retired_twice(ordered),
    ]
    if problems:
        raise InputError(problems)
    return tuple(_completed(ordered))


def _problem(second: Scenario, path: Path, key: bool, message: str, remedy: str) -> Problem:
    return Problem(Place(second.source, path, key), message, remedy)


def _same_plan(ordered: Sequence[Scenario]) -> Iterator[Problem]:
    """Plans of one name: they cannot be told apart, and may be the same file."""
    for first, second in pairwise(ordered):
        if first.plan.name == second.plan.name:
            same = first.source.name == second.source.name
            name, place = second.plan.name, first.place("name").location
            message = f"the plan {name!r} is given twice"
            if not same:
                message = f"a second plan of the name {name!r}; the first stands at {place}"
            remedy = "name every file once" if same else "give every plan a name of its own"
            yield _problem(second, ("name",), False, message, remedy)


def _not_shared(ordered: Sequence[Scenario]) -> Iterator[Problem]:
    """Estate, period and currency, which are one for plans that add up."""
    first = ordered[0]
    for other in ordered[1:]:
        if other.estate != first.estate:
            differ = [key for key in Estate.model_fields if getattr(other.estate, key) != getattr(first.estate, key)]
            message = (
                f"another estate than that of {first.plan.name!r} at {first.place('estate').location}:"
                f" {', '.join(differ)} differ{'s' if len(differ) == 1 else ''}"
            )
            yield _problem(other, ("estate",), False, message, "name one estate file in both plans")
        if other.period != first.period:
            message = (
                f"another period than that of {first.plan.name!r} at {first.place('period').location}:"
                f" {_months(other)}, not {_months(first)}"
            )
            remedy = "give both plans the longer period; steps of a rollout stay when they are"
            yield _problem(other, ("period",), False, message, remedy)
        if other.plan.currency != first.plan.currency:
            message = (
                f"another currency than that of {first.plan.name!r} at {first.place('currency').location}:"
                f" {other.plan.currency}, not {first.plan.currency}"
            )
            yield _problem(other, ("currency",), False, message, "give both plans one currency of results")


def _months(scenario: Scenario) -> str:
    period = scenario.period
    return f"{period.first} to {period.months[-1]}"


def _differently_stated(ordered: Sequence[Scenario]) -> Iterator[Problem]:
    """What holds for all plans of an account and is stated by several of them, not alike."""
    for path, of_scenarios in _statements(ordered).items():
        (first, value), *others = of_scenarios
        for other, stated in others:
            if stated != value:
                message = (
                    f"{'.'.join(map(str, path))}: not what {first.plan.name!r} states at"
                    f" {Place(first.source, path, True).location}, and it holds for both"
                )
                remedy = "state the same in both plans, or state it in one of them: it then holds for all"
                yield _problem(other, path, True, message, remedy)


def _statements(ordered: Sequence[Scenario]) -> dict[Path, list[tuple[Scenario, Any]]]:
    """By path in the file of a plan: who states it, and what."""
    found: dict[Path, list[tuple[Scenario, Any]]] = {}
    for one in ordered:
        for name in sorted(one.plan.assumptions.model_fields_set):
            path: Path = ("assumptions", name.replace("_", "-"))
            found.setdefault(path, []).append((one, getattr(one.plan.assumptions, name)))
        if one.plan.finance is not None:
            found.setdefault(("finance",), []).append((one, one.finance))
        if one.price_books:
            found.setdefault(("price_books",), []).append((one, [book.value for book in one.price_books]))
    return found


def _brought_twice(ordered: Sequence[Scenario]) -> Iterator[Problem]:
    """Prepaid plans of one name, and underlays whose connection fee would be charged twice."""
    prepaid: dict[str, Scenario] = {}
    underlays: dict[tuple[str, str], Scenario] = {}
    for one in ordered:
        for name in one.plan.prepaid:
            first = prepaid.setdefault(name, one)
            if first is not one:
                path = ("prepaid", name)
                message = f"prepaid plan {name!r} stands already at {Place(first.source, path, True).location}"
                yield _problem(one, path, True, message, "buy it in one of the plans, or give it a name of its own")
        for name, entry in one.plan.underlays.items():
            if entry.already_attached:
                continue
            first = underlays.setdefault((entry.transit_router, name), one)
            if first is not one:
                path = ("underlays", name)
                message = (
                    f"underlay {name!r} of {entry.transit_router} stands already at"
                    f" {Place(first.source, path, True).location}: its connection would be charged twice"
                )
                remedy = "say already_attached: true in one of the plans, or give another connection another name"
                yield _problem(one, path, True, message, remedy)


def _retired_twice(ordered: Sequence[Scenario]) -> Iterator[Problem]:
    """Plans that together take more away than exists; what is wrong with one alone was found when it was read."""
    if all(one.estate == ordered[0].estate for one in ordered):
        yield from retirement_problems([left for one in ordered for left in one.retired], ordered[0].estate)


def _completed(ordered: Sequence[Scenario]) -> Iterator[Scenario]:
    """Each scenario with what any of them states for all."""
    answers = {
        name: getattr(one.plan.assumptions, name) for one in ordered for name in one.plan.assumptions.model_fields_set
    }
    finance = next((one for one in ordered if one.plan.finance is not None), ordered[0])
    books = next((one for one in ordered if one.price_books), ordered[0])
    sites = {site for one in ordered for site in one.sites}
    currency = ordered[0].plan.currency
    in_order = sorted(sites, key=lambda site: (CURRENCY_OF_SITE[site] != currency, [*CURRENCY_OF_SITE].index(site)))
    for one in ordered:
        stated = {
            "assumptions": one.plan.assumptions.model_copy(update=answers),
            "finance": finance.plan.finance,
        }
        yield dataclasses.replace(
            one,
            plan=one.plan.model_copy(update=stated),
            finance=finance.finance,
            finance_source=finance.finance_source,
            finance_path=finance.finance_path,
            price_books=books.price_books,
            sites=tuple(in_order),
        )
