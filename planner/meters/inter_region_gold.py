"""Data transfer between regions on one side of the mainland's border, class Gold."""

from planner.demand import Timeline
from planner.inventory import Inventory
from planner.meter import between_regions
from pricing.usage import Usage


def measure(inventory: Inventory, timeline: Timeline) -> tuple[Usage, ...]:
    """GB to and from the data centres, each way where it leaves a region; the transit router's account pays."""
    return between_regions("inter-region-gold", "gold", False, inventory, timeline)
