"""A traffic profile of a plan, month by month: what one site sends, and which groups send it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from planner.core.period import Month
from planner.demand import MOST_MICRO_GB
from planner.plan_file import Traffic
from planner.scenario import Scenario


@dataclass(frozen=True)
class Profile:
    """What one site sends in whole calendar months: m months."""

    name: str
    plan: str
    """Name of the plan."""
    traffic: Traffic
    base_month: Month
    """The month of the GB that the plan states; growth counts from it."""
    step: Decimal
    """What a month multiplies the GB by: 1.015 where they grow by 1.5 percent."""
    months: tuple[Month, ...]
    to_data_center: tuple[int, ...] | None
    """(m,) micro-GB, MOST_MICRO_GB at most; None: not stated, which is unknown."""
    from_data_center: tuple[int, ...] | None
    """(m,) likewise."""
    groups: tuple[str, ...]
    """Attachment groups that use it, sorted."""


def read(scenario: Scenario, name: str) -> Profile:
    """A profile of a plan.

    raises : LookupError where the plan has none of that name
    """
    traffic, period = scenario.plan.profiles[name], scenario.period
    base = traffic.base_month or period.first
    step = (100 + (traffic.monthly_growth_percent or Decimal(0))).scaleb(-2)

    def volumes(gb: Decimal | None) -> tuple[int, ...] | None:
        return None if gb is None else tuple(_grown(gb, step, base, period.months))

    return Profile(
        name=name,
        plan=scenario.plan.name,
        traffic=traffic,
        base_month=base,
        step=step,
        months=period.months,
        to_data_center=volumes(traffic.to_data_center_gb),
        from_data_center=volumes(traffic.from_data_center_gb),
        groups=tuple(group.id for group in scenario.groups if group.entry.traffic == name),
    )


def _grown(gb: Decimal, step: Decimal, base: Month, months: tuple[Month, ...]) -> Iterator[int]:
    """Micro-GB of each month: GB x step^n, exact, rounded half up once; n counts from the base month."""
    for month in months:
        exact = Fraction(gb.scaleb(6)) * Fraction(step) ** (month.number - base.number)
        yield min(math.floor(exact + Fraction(1, 2)), MOST_MICRO_GB)
