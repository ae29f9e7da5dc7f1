"""Data transfer across the border of the Chinese mainland, class Platinum."""

from planner.demand import Timeline
from planner.inventory import Inventory
from planner.meter import between_regions
from pricing.usage import Usage


def measure(inventory: Inventory, timeline: Timeline) -> tuple[Usage, ...]:
    """GB to and from the data centres, each way where it leaves a region; the transit router's account pays."""
    return between_regions("cross-border-platinum", "platinum", True, inventory, timeline)
