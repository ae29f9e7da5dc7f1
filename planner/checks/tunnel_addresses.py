"""There are tunnel CIDR blocks for all connections with BGP.

passes:
    tunnels:
      strong: {bgp: {local_asn: 64512}}
    attachments:
      branch: {sites: 8188}

fails:
    tunnels:
      strong: {bgp: {local_asn: 64512}}
    attachments:
      branch: {sites: 8189}
"""

from collections.abc import Iterator

from planner.check import Check, Subject
from planner.core.problem import Finding
from planner.demand import most_at_once
from planner.scenario import Group
from planner.tunnel import TUNNELS_PER_CONNECTION

BLOCKS = 16_384 - 8
"""Blocks of 169.254.0.0/16 with a mask of /30, less those that are reserved."""


def find(subject: Subject) -> Iterator[Finding]:
    """One warning per transit router with more tunnels with BGP than there are blocks."""
    groups: dict[str, list[Group]] = {}
    for use in subject.tunnels:
        for group in use.groups if use.entry.bgp else ():
            groups.setdefault(group.routers[0], []).append(group)
    for router, with_bgp in sorted(groups.items()):
        tunnels = TUNNELS_PER_CONNECTION * most_at_once(with_bgp)
        if tunnels > BLOCKS:
            message = (
                f"{router}: {tunnels // TUNNELS_PER_CONNECTION:,} connections with BGP need {tunnels:,} tunnel CIDR"
                f" blocks, and {BLOCKS:,} can be used"
            )
            remedy = "use another transit router, or leave BGP out of some connections"
            yield Finding("tunnel-addresses", "warning", router, with_bgp[0].place, message, remedy, CHECK.source)


CHECK = Check(
    description=(
        "Connections with BGP need two different blocks of 169.254.0.0/16 each, with a mask of /30, one for each"
        f" tunnel; {BLOCKS:,} can be used. Blocks that repeat are told by `same-tunnel-cidr`."
    ),
    source="Attach an IPsec-VPN connection to a transit router, Tunnel CIDR Block; reserved blocks by newer pages",
    find=find,
)
