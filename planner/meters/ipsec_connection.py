"""IPsec-VPN connections, for as long as they exist."""

import numpy as np

from planner.demand import Timeline
from planner.inventory import Inventory
from planner.meter import MICRO, of_groups
from pricing.usage import Usage


def measure(inventory: Inventory, timeline: Timeline) -> tuple[Usage, ...]:
    """Connection-hours; the owner of the connection pays.

    source : VPN Gateway billing: an IPsec-VPN connection is billed per hour from its creation
    """
    rows = np.arange(len(inventory.groups.ids))
    hours = timeline.connection_hours * MICRO
    return (of_groups("ipsec-connection", inventory, rows, inventory.groups.owner, hours),)
