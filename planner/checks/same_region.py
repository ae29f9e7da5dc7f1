"""An IPsec-VPN connection and its transit router are in one region.

passes:
    connections: {made: {region: eu-central-1}}
    attachments:
      branch: {connection: made}

fails:
    connections: {made: {region: eu-west-1}}
    attachments:
      branch: {connection: made}
"""

from collections.abc import Iterator

from planner.check import Check, Subject
from planner.core.problem import Finding
from planner.core.words import some


def find(subject: Subject) -> Iterator[Finding]:
    """One error per way of making connections whose region is not that of every transit router they are attached to."""
    for scenario in subject.scenarios:
        routers = scenario.estate.transit_routers
        for use in scenario.connections:
            region = use.entry.region
            elsewhere = [f"{name} in {routers[name].region}" for name in use.routers if routers[name].region != region]
            if region is None or not elsewhere:
                continue
            message = f"the connection is in {region}, its transit router is not: {some(elsewhere)}"
            remedy = "make the connection in the region of its transit router, or attach it to a router of its region"
            yield CHECK.about("same-region", "error", use, ("region",), message, remedy)


CHECK = Check(
    description=(
        "An IPsec-VPN connection is attached to a transit router of its own region. A plan that states no region means"
        " that of the transit router."
    ),
    source="Attach an IPsec-VPN connection to a transit router, Region and Zone",
    find=find,
    level="error",
)
