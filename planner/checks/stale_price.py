"""A price that was read long ago may have changed since: finance says how old one may be.

passes:
    estate: {as_of: 2026-12-01}
    finance: {version: 1, price_age_days: 90}

fails:
    estate: {as_of: 2027-06-01}
    finance: {version: 1, price_age_days: 90}
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from planner.check import Check, Subject
from planner.core.problem import Finding, Measured
from planner.core.provenance import read_day

if TYPE_CHECKING:
    from pricing.book import Rate


def find(subject: Subject) -> Iterator[Finding]:
    """One warning per source that was read more than `price_age_days` before the day of the plan, with its items."""
    scenario = subject.scenarios[0]
    most, as_of = scenario.finance.price_age_days, subject.as_of
    if most is None or as_of is None:
        return
    items: dict[tuple[str, int], dict[str, None]] = {}
    for rated in subject.rated:
        for rate in rated.used_rates():
            age = (as_of - oldest(rate)).days
            if age > most:
                items.setdefault((rate.reference.title, age), {})[rated.usage.sku] = None
    for (title, age), skus in sorted(items.items()):
        yield Finding(
            code="stale-price",
            level="warning",
            subject=title,
            place=scenario.finance_place("price_age_days"),
            message=f"{', '.join(skus)}: read {age} days before {as_of} in {title!r}; finance allows {most}",
            remedy="read the prices again and put them into a price book, or raise price_age_days",
            source=CHECK.source,
            measured=Measured(age, most, "days"),
        )


def oldest(rate: Rate) -> date:
    """The day on which the oldest of a rate's sources was read."""
    return min(read_day(reference.read_on) for reference in rate.references)


CHECK = Check(
    description="Prices were read no longer ago than finance allows (`finance: price_age_days`), where it says so.",
    source="",
    find=find,
    needs_prices=True,
)
