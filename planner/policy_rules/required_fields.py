"""Keys that a plan has to give."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from planner.core.entry import Entry
from planner.core.problem import Finding, Place
from planner.policy_rule import Case, Rule
from planner.scenario import Scenario

Path = tuple[str | int, ...]


def judge(case: Case) -> Iterator[Finding]:
    """One finding per place at which a required key is not given; rows of an attachment table are attachments."""
    for scenario in case.plan.scenarios:
        for index, path in enumerate(case.policy.required):
            for place, where in _missing(scenario, path.split(".")):
                name = ".".join(map(str, where))
                subject = f"{scenario.plan.name}:{name}" if case.plan.several else name
                yield Finding(
                    code="required-fields",
                    level="error",
                    subject=subject,
                    place=place,
                    message=f"{name} is not given, and the policy requires {path}",
                    remedy=f"give {where[-1]}",
                    source=case.cite("required", index),
                )


def _missing(scenario: Scenario, steps: list[str]) -> Iterator[tuple[Place, Path]]:
    """Places that lack a key, and the path of the key."""
    if steps[0] != "attachments" or len(steps) < 3:
        yield from ((Place(scenario.source, at[:-1]), at) for at in _lacking(scenario.plan, steps, ()))
        return
    for group in scenario.groups:
        if steps[1] in ("*", group.id):
            base = ("attachments", group.id)
            for at in _lacking(group.entry, steps[2:], base):
                yield Place(group.place.source, (*group.place.path, *at[2:-1])), at


def _lacking(value: Any, steps: list[str], at: Path) -> Iterator[Path]:
    """Paths below a value at which the keys of some steps end in nothing."""
    if not steps:
        if value is None or value == "":
            yield at
        return
    first, *rest = steps
    if first == "*":
        for key, inner in _inside(value):
            yield from _lacking(inner, rest, (*at, key))
    elif isinstance(value, Entry):
        names = {field.alias or name: name for name, field in type(value).model_fields.items()}
        given = first in names and names[first] in value.model_fields_set
        yield from _lacking(getattr(value, names[first]) if given else None, rest if given else [], (*at, first))
    elif isinstance(value, dict):
        yield from _lacking(value.get(first), rest if first in value else [], (*at, first))


def _inside(value: Any) -> list[tuple[str | int, Any]]:
    if isinstance(value, dict):
        return list(value.items())
    return list(enumerate(value)) if isinstance(value, tuple) else []


RULE = Rule("The plan gives the keys that the policy requires.", "required", judge)
