"""Data towards the data centres where it enters a transit router: at the VPC side, in the region of the clouds."""

import numpy as np

from planner.demand import Timeline
from planner.inventory import Inventory
from planner.meter import of_groups
from pricing.usage import Usage


def measure(inventory: Inventory, timeline: Timeline) -> tuple[Usage, ...]:
    """GB to the data centres, where a plan includes it; the transit router's account pays.

    source : CEN billing page, "data processing": traffic that leaves towards the VPN was counted where it entered
    """
    groups = inventory.groups
    if not inventory.vpc_processing.any():
        return ()
    rows = np.flatnonzero(inventory.vpc_processing[groups.scenario])
    region = inventory.group_region.copy()
    for code, (cloud, _) in groups.clouds.items():
        region[code] = cloud
    return (
        of_groups(
            "tr-data-processing-vpc",
            inventory,
            rows,
            inventory.routers.account[groups.router],
            timeline.to_data_center[rows],
            timeline.to_stated[rows],
            timeline.site_hours[rows] > 0,
            region=region,
        ),
    )
