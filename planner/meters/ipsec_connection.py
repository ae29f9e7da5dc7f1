"""IPsec-VPN connections, for as long as they exist."""

import numpy as np

from planner.demand import Timeline
from planner.inventory import Inventory
from planner.meter import MICRO, of_groups
from planner.tunnel import TUNNELS_PER_CONNECTION
from pricing.usage import Usage


def measure(inventory: Inventory, timeline: Timeline) -> tuple[Usage, ...]:
    """Connection-hours, or by another reading those of every tunnel; the owner of the connection pays.

    source : VPN Gateway billing: an IPsec-VPN connection is billed per hour from its creation
    """
    rows = np.arange(len(inventory.groups.ids))
    hours = timeline.connection_hours * MICRO
    if inventory.assumptions.connection_fee_per_connection == "tunnel":
        hours = hours * TUNNELS_PER_CONNECTION
    return (of_groups("ipsec-connection", inventory, rows, inventory.groups.owner, hours),)
