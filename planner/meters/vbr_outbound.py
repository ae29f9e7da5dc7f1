"""Outbound data transfer of private attachments, from their underlay to the data centre."""

import numpy as np

from planner.demand import Timeline
from planner.inventory import Inventory
from planner.meter import of_groups
from pricing.usage import Usage


def measure(inventory: Inventory, timeline: Timeline) -> tuple[Usage, ...]:
    """GB to the data centres over VBRs, and apart from them over ECRs, for which no billing rule is known.

    source : Express Connect, "outbound data transfer fees": from Alibaba Cloud towards the data centre only
    """
    groups = inventory.groups
    over_ecr = np.array([kind == "ecr" for kind in inventory.underlays.kind] + [False])[groups.underlay]
    return tuple(
        of_groups(
            "vbr-outbound",
            inventory,
            rows,
            groups.owner,
            timeline.to_data_center[rows],
            timeline.to_stated[rows],
            timeline.site_hours[rows] > 0,
            priceable,
        )
        for rows, priceable in (
            (np.flatnonzero(groups.private & ~over_ecr), True),
            (np.flatnonzero(groups.private & over_ecr), False),
        )
    )
