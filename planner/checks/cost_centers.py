"""A cost centre that finance names and that nothing in the plan bears may be misspelt: money would go astray.

passes:
    attachments:
      branch: {cost_center: plant}
    finance: {version: 1, allocation: {pools: {plant: 100}}}

fails:
    attachments:
      branch: {cost_center: plant}
    finance: {version: 1, allocation: {pools: {palnt: 100}}}

fails as info:
    attachments:
      branch: {cost_center: plant}
    finance: {version: 1, markup_percent: {palnt: 5}}
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.check import Check, Subject
from planner.core.problem import Finding, Level, suggestion


def find(subject: Subject) -> Iterator[Finding]:
    """A warning per share, which is charged all the same; information per markup: plans may share a finance file."""
    scenario = subject.scenarios[0]
    known = sorted({name for name in subject.inventory.cost_centers if name})
    finance = scenario.finance
    named: list[tuple[Level, str, tuple[str, ...]]] = [
        ("info", "its markup is added to nothing", ("markup_percent", name)) for name in finance.markup_percent
    ]
    for rule in type(finance.allocation).model_fields:
        shares = getattr(finance.allocation, rule)
        if isinstance(shares, dict):
            named += [("warning", "it is charged its share", ("allocation", rule, name)) for name in shares]
    for level, consequence, path in named:
        name = path[-1]
        if name not in known:
            yield Finding(
                code="cost-centers",
                level=level,
                subject=name,
                place=scenario.finance_place(*path),
                message=f"{name}: no cost centre of this plan is called so; {consequence}",
                remedy=suggestion(name, known, "cost centres of this plan"),
                source=CHECK.source,
            )


CHECK = Check(
    description="The cost centres that finance names, for markups and fixed shares, are cost centres of the plan.",
    source="",
    find=find,
)
