"""An IPsec-VPN connection stays on one side of the border of the Chinese mainland.

passes:
    peers: {site: {mainland: false}}
    attachments:
      branch: {peer: site}

fails:
    peers: {site: {mainland: true}}
    attachments:
      branch: {peer: site}
"""

from collections.abc import Iterator

from planner.check import Check, Subject
from planner.core.problem import Finding
from planner.core.region import is_mainland
from planner.core.words import some


def find(subject: Subject) -> Iterator[Finding]:
    """One error per peer on the other side of the border than a transit router that it is attached to."""
    for scenario in subject.scenarios:
        routers = scenario.estate.transit_routers
        for use in scenario.peers:
            mainland = use.entry.mainland
            if mainland is None:
                continue
            across = [
                f"{name} ({routers[name].region})"
                for name in use.routers
                if is_mainland(routers[name].region) != mainland
            ]
            if not across:
                continue
            sides = ("in the mainland", "outside") if mainland else ("outside the mainland", "inside")
            message = (
                f"it lies {sides[0]}, its transit router {sides[1]}: {some(across)}; an IPsec-VPN connection does not"
                " cross the border of the Chinese mainland, traffic between regions over transit routers does"
            )
            remedy = (
                "attach it to a transit router on its own side, and let traffic cross between the regions:"
                " cloud_region and inter_region_class"
            )
            yield CHECK.about("cross-border", "error", use, ("mainland",), message, remedy)


CHECK = Check(
    description=(
        "The other end of an IPsec-VPN connection lies on the same side of the border of the Chinese mainland as the"
        " transit router. Hong Kong, Macao and Taiwan are outside the mainland. What has to cross the border crosses it"
        " between the regions of two transit routers."
    ),
    source="CEN and VPN Gateway documentation: IPsec-VPN does not cross the border, inter-region connections do",
    find=find,
    level="error",
)
