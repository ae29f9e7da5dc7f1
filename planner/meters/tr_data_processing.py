"""Data that enters the transit router: from IPsec-VPN connections, or over the underlays of private ones."""

import numpy as np

from planner.demand import Timeline
from planner.inventory import Inventory, fees_payer
from planner.meter import of_groups
from pricing.usage import Usage


def measure(inventory: Inventory, timeline: Timeline) -> tuple[Usage, ...]:
    """GB from the data centres; the transit router's account pays, or the owner of the connection.

    source : CEN billing page, "data processing": unit price x GB of ingress from intra-region connections
    """
    groups = inventory.groups
    rows = np.arange(len(groups.ids))
    return (
        of_groups(
            "tr-data-processing",
            inventory,
            rows,
            fees_payer(inventory),
            timeline.from_data_center,
            timeline.from_stated,
            timeline.site_hours > 0,
        ),
    )
