"""With flow protection the system adds routes by itself; that is said once.

passes:
    tunnels:
      strong: {routing_mode: destination}

fails:
    tunnels:
      strong:
        routing_mode: flow-protection
        local_cidr_blocks: [10.0.0.0/16]
        peer_cidr_blocks: [192.168.0.0/24]
"""

from collections.abc import Iterator

from planner.check import Check, Subject
from planner.core.problem import Finding
from planner.demand import most_at_once


def find(subject: Subject) -> Iterator[Finding]:
    """Information, once per plan, on how many connections bring routes of their own."""
    for scenario in subject.scenarios:
        uses = [use for use in scenario.tunnels if use.groups and use.entry.routing_mode == "flow-protection"]
        if not uses:
            continue
        connections = most_at_once(group for use in uses for group in use.groups)
        told = "1 connection has" if connections == 1 else f"{connections:,} connections have"
        message = (
            f"{told} flow protection: for each the system adds a route by itself and advertises it to the route table"
            f" of the transit router by default; it counts towards the {MOST_ROUTES:,} routes that pages give as an"
            " example, and can overlap others"
        )
        remedy = "compare the peer CIDR blocks with the routes of the table, and leave room for them"
        place = uses[0].at("routing_mode")
        yield Finding("flow-protection-route", "info", scenario.plan.name, place, message, remedy, CHECK.source)


MOST_ROUTES = 2_000
"""Of a route table of a transit router; pages give it as an example."""

CHECK = Check(
    description=(
        "After a connection with flow protection is attached, the system adds a destination-based route to its route"
        " table, which is advertised to that of the transit router by default."
    ),
    source="Attach an IPsec-VPN connection to a transit router, Routing Mode; limits of route tables by newer pages",
    find=find,
    level="info",
)
