"""Express Connect ports of 10 Gbps under new underlays."""

from planner.demand import Timeline
from planner.inventory import Inventory
from planner.meter import of_ports
from pricing.usage import Usage


def measure(inventory: Inventory, timeline: Timeline) -> tuple[Usage, ...]:
    """Ports × months from the first attachment to the last; the transit router's account pays.

    source : Express Connect, "resource usage fee": per port and month
    """
    return of_ports("express-connect-port-10g", "10G", inventory, timeline)
