"""Internet data transfer of public attachments that is billed by CDT: graduated tiers, pooled over the account."""

import numpy as np

from planner.demand import Timeline
from planner.inventory import Inventory
from planner.meter import of_groups, share_of
from pricing.usage import Usage


def measure(inventory: Inventory, timeline: Timeline) -> tuple[Usage, ...]:
    """GB to the data centres in the hours that are billed by CDT; the owner of the connection pays."""
    rows = np.flatnonzero(~inventory.groups.private & (timeline.cdt_site_hours > 0).any(axis=1))
    total, cdt = timeline.site_hours[rows], timeline.cdt_site_hours[rows]
    return (
        of_groups(
            "cdt-internet",
            inventory,
            rows,
            inventory.groups.owner,
            share_of(timeline.to_data_center[rows], cdt, total),
            timeline.to_stated[rows],
            cdt > 0,
        ),
    )
