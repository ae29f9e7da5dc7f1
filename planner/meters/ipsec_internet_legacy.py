"""Internet data transfer of public attachments that is not billed by CDT: a flat price per GB, outbound only."""

import numpy as np

from planner.demand import Timeline
from planner.inventory import Inventory
from planner.meter import of_groups, share_of
from pricing.usage import Usage


def measure(inventory: Inventory, timeline: Timeline) -> tuple[Usage, ...]:
    """GB to the data centres in the hours that are not billed by CDT; the owner of the connection pays."""
    rows = np.flatnonzero(~inventory.groups.private & (timeline.cdt_site_hours < timeline.site_hours).any(axis=1))
    total, cdt = timeline.site_hours[rows], timeline.cdt_site_hours[rows]
    volume = timeline.to_data_center[rows]
    rest = volume - share_of(volume, cdt, total)
    return (
        of_groups(
            "ipsec-internet-legacy",
            inventory,
            rows,
            inventory.groups.owner,
            rest,
            timeline.to_stated[rows],
            cdt < total,
        ),
    )
