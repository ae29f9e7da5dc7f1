"""There is no load balancing between a VPN attachment and a way through a VPN gateway and a VPC.

passes:
    peers: {site: {vpn_gateway: false}}
    attachments:
      branch: {peer: site}

fails:
    peers: {site: {vpn_gateway: true}}
    attachments:
      branch: {peer: site}
"""

from collections.abc import Iterator

from planner.check import Check, Subject
from planner.core.problem import Finding

_RULE = "a data centre that is reached both directly and through a VPN gateway and a VPC"


def find(subject: Subject) -> Iterator[Finding]:
    """One error per peer whose plan relies on load balancing, a warning per peer that is reached in both ways."""
    for use in subject.peers:
        if not use.entry.vpn_gateway:
            continue
        if use.entry.load_balancing:
            message = f"the plan relies on load balancing, and {_RULE} has none"
            remedy = "spread the traffic over several VPN attachments in ECMP, and give up the other way"
            yield CHECK.about("load-balancing", "error", use, ("load_balancing",), message, remedy)
        else:
            message = f"{_RULE} has no load balancing between the two"
            remedy = "decide which of the two ways carries the traffic, by its routes"
            yield CHECK.about("load-balancing", "warning", use, ("vpn_gateway",), message, remedy)


CHECK = Check(
    description=(
        "A data centre that is connected to a transit router through a VPN gateway and a VPC, and by a VPN attachment"
        " as well, has no load balancing between the two."
    ),
    source="Attach an IPsec-VPN connection to a transit router, Limits",
    find=find,
    level="error",
)
