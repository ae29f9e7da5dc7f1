"""Commitments of savings plans that a plan buys and that are paid as they run."""

from decimal import Decimal

from planner.demand import Timeline
from planner.inventory import Inventory
from planner.meter import of_prepaid
from pricing.usage import Usage


def measure(inventory: Inventory, timeline: Timeline) -> tuple[Usage, ...]:
    """Hours in which it is valid, used or not; the account it serves pays."""
    return of_prepaid(
        "prepaid-commitment",
        inventory,
        lambda entry: Decimal(entry.commitment_per_hour or 0) if entry.paid == "monthly" else None,
        lambda plan, hours: hours.tolist(),
    )
