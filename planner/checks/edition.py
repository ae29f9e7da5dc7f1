"""Only Enterprise Edition transit routers take VPN attachments.

passes:
    estate:
      transit_routers:
        tr: {edition: enterprise}

fails:
    estate:
      transit_routers:
        tr: {edition: basic}
"""

from collections.abc import Iterator

from planner.check import Check, Subject
from planner.core.problem import Finding


def find(subject: Subject) -> Iterator[Finding]:
    """One error per Basic Edition router that a group names."""
    for scenario in subject.scenarios:
        routers = scenario.estate.transit_routers
        used = {router for group in scenario.groups for router in group.routers}
        for name in sorted(used):
            if routers[name].edition != "enterprise":
                yield Finding(
                    code="edition",
                    level="error",
                    subject=name,
                    place=scenario.estate_place("transit_routers", name, "edition"),
                    message=f"{name}: a Basic Edition transit router takes no VPN attachments",
                    remedy="use an Enterprise Edition transit router",
                    source=CHECK.source,
                )


CHECK = Check(
    description="Only Enterprise Edition transit routers support VPN attachments.",
    source="Attach an IPsec-VPN connection to a transit router, limits",
    find=find,
    level="error",
)
