"""What carriers charge once for leased lines under new underlays."""

from planner.demand import Timeline
from planner.inventory import Inventory
from planner.meter import of_leased_lines
from pricing.usage import Usage


def measure(inventory: Inventory, timeline: Timeline) -> tuple[Usage, ...]:
    """One, in the first month of each line; counted to the transit router's account, paid to the carrier."""
    return of_leased_lines(
        "leased-line-setup",
        inventory,
        lambda terms: terms.one_off,
        lambda lease, months: months == lease.first,
    )
