"""Leased lines of carriers under new underlays."""

from planner.demand import Timeline
from planner.inventory import Inventory
from planner.meter import of_leased_lines
from pricing.usage import Usage


def measure(inventory: Inventory, timeline: Timeline) -> tuple[Usage, ...]:
    """Whole months, through the minimum term; counted to the transit router's account, paid to the carrier."""
    return of_leased_lines(
        "leased-line",
        inventory,
        lambda terms: terms.monthly,
        lambda lease, months: (months >= lease.first) & (months < lease.end),
    )
