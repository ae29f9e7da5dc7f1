"""The rollout of a plan as reports tell it: at which instants how many sites come and go, and in which wave."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from planner.core.period import seconds
from planner.plan import Plan


@dataclass(frozen=True)
class Wave:
    """An instant at which sites come or go inside the period, with its names."""

    instant: int
    """Seconds."""
    names: tuple[str, ...]
    """The waves of the plan at that instant; none where the plan names none."""
    added: int
    removed: int


def waves(plan: Plan) -> tuple[Wave, ...]:
    """Every instant of the period at which steps of the plan add or remove sites."""
    bounds = plan.inventory.period.bounds
    names: dict[int, dict[str, None]] = {}
    added: Counter[int] = Counter()
    removed: Counter[int] = Counter()
    for scenario in plan.scenarios:
        for wave, when in scenario.plan.waves.items():
            names.setdefault(seconds(when), {})[wave] = None
        for step in (step for group in scenario.groups for step in group.steps):
            (added if step.change > 0 else removed)[step.instant] += abs(step.change)
    return tuple(
        Wave(at, tuple(names.get(at, ())), added[at], removed[at])
        for at in sorted({*added, *removed})
        if bounds[0] <= at < bounds[-1]
    )
