"""The region of the transit router must take IPsec-VPN connections of the network type.

passes:
    estate:
      transit_routers:
        tr: {region: eu-central-1}

fails:
    estate:
      transit_routers:
        tr: {region: cn-fuzhou}

fails as warning:
    estate:
      transit_routers:
        tr: {region: us-southeast-1}
"""

from collections.abc import Iterator

from planner.check import Check, Subject
from planner.core.problem import Finding
from planner.core.region import REGIONS


def find(subject: Subject) -> Iterator[Finding]:
    """Per group: an error where its region has no support, a warning where it has to be asked for or is retired."""
    for scenario in subject.scenarios:
        for group in scenario.groups:
            region = REGIONS[scenario.estate.transit_routers[group.routers[0]].region]
            network = group.entry.network_type
            support = region.public if network == "public" else region.private
            if support == "yes" and not region.note.startswith("being retired"):
                continue
            if support == "no":
                said = f"{region.name} does not support {network} VPN attachments"
            else:
                said = f"{region.name} ({region.id}) is {region.note}"
            yield Finding(
                code="region-support",
                level="error" if support == "no" else "warning",
                subject=group.id,
                place=group.at("transit_router"),
                message=f"{group.id}: {said}",
                remedy="use a transit router in a region that supports them"
                if support == "no"
                else "clear it with Alibaba Cloud before the rollout",
                source=region.source,
            )


CHECK = Check(
    description="The region supports IPsec-VPN connections of this network type on transit routers.",
    source="Regions that support different features of IPsec-VPN",
    find=find,
    level="error",
)
