"""Prices of prepaid plans that a plan buys, when they fall due."""

from planner.demand import Timeline
from planner.inventory import Inventory
from planner.meter import of_prepaid
from pricing.usage import Usage


def measure(inventory: Inventory, timeline: Timeline) -> tuple[Usage, ...]:
    """One item in the month in which it begins; the account it serves pays."""
    return of_prepaid(
        "prepaid-plan",
        inventory,
        lambda entry: None if entry.paid == "monthly" else entry.price,
        lambda plan, hours: [plan.start.replace(day=1) == month.first_day for month in inventory.period.months],
    )
