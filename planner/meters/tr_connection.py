"""Transit router connections: of every IPsec-VPN connection, and of every new underlay."""

import numpy as np

from planner.demand import Timeline
from planner.inventory import Inventory, fees_payer
from planner.meter import MICRO
from pricing.usage import Usage


def measure(inventory: Inventory, timeline: Timeline) -> tuple[Usage, ...]:
    """Connection-hours; the transit router's account pays, or the owner of the connection.

    source : CEN billing page, "transit router connection": unit price x connections x hours
    """
    groups, underlays, routers = inventory.groups, inventory.underlays, inventory.routers
    router = np.concatenate([groups.router, underlays.router])
    hours = np.concatenate([timeline.connection_hours, timeline.underlay_hours])
    return (
        Usage(
            sku="tr-connection",
            subject=np.arange(len(router)),
            account=np.concatenate([fees_payer(inventory), routers.account[underlays.router]]),
            region=routers.region[router],
            quantity=hours * MICRO,
            unknown=np.zeros(hours.shape, dtype=bool),
        ),
    )
