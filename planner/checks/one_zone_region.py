"""A region with one zone has both tunnels of a connection in it.

passes:
    estate:
      transit_routers:
        tr: {region: eu-central-1}

fails:
    estate:
      transit_routers:
        tr: {region: ap-southeast-6}
"""

from collections.abc import Iterator

from planner.check import Check, Subject
from planner.core.problem import Finding
from planner.core.region import REGIONS


def find(subject: Subject) -> Iterator[Finding]:
    """Information per transit router in a region with one zone."""
    scenario = subject.scenarios[0]
    for name in subject.sites_on:
        region = REGIONS[scenario.estate.transit_routers[name].region]
        if region.one_zone:
            message = (
                f"{region.name} has one zone: both tunnels of a connection are in it, and when it fails nothing of them"
                " is left"
            )
            remedy = "accept it, or keep a second way over a transit router in another region"
            yield CHECK.about_router("one-zone-region", "info", scenario, name, ("region",), message, remedy)


CHECK = Check(
    description=(
        "In a region with one zone both tunnels of a connection are in that zone: there is no disaster recovery across"
        " zones."
    ),
    source="Regions that support different features of IPsec-VPN",
    find=find,
    level="info",
)
