"""Two connections have different tunnel CIDR blocks.

passes:
    tunnels:
      strong: {bgp: {tunnel_cidr: 169.254.10.0/30}}
    attachments:
      branch: {sites: 1}

fails:
    tunnels:
      strong: {bgp: {tunnel_cidr: 169.254.10.0/30}}
    attachments:
      branch: {sites: 2}
"""

from collections import Counter
from collections.abc import Iterator

from planner.check import Check, Subject
from planner.core.problem import Finding
from planner.scenario import Use
from planner.tunnel import Tunnel, each


def find(subject: Subject) -> Iterator[Finding]:
    """One warning per configuration with blocks that several connections of a transit router have."""
    uses = [use for use in subject.tunnels if use.entry.bgp]
    connections: Counter[tuple[str, str]] = Counter()
    for use in uses:
        for at in _blocks(use):
            connections[at] += sum(group.most_connections for group in use.groups if group.routers[0] == at[0])
    told: set[tuple[str, str]] = set()
    for use in uses:
        repeated = [at for at in _blocks(use) if connections[at] > 1 and at not in told]
        if not repeated:
            continue
        told.update(repeated)
        blocks = ", ".join(dict.fromkeys(block for _, block in repeated))
        message = f"{max(connections[at] for at in repeated)} connections of a transit router have the block {blocks}"
        remedy = "give every tunnel a block of its own: leave tunnel_cidr out of what several connections share"
        yield CHECK.about("same-tunnel-cidr", "warning", use, ("bgp", "tunnel_cidr"), message, remedy)


def _blocks(use: Use[Tunnel]) -> list[tuple[str, str]]:
    """Router and block of its connections, each once."""
    blocks = dict.fromkeys(each(use.entry.bgp.tunnel_cidr)) if use.entry.bgp else ()
    return [(router, block) for router in dict.fromkeys(group.routers[0] for group in use.groups) for block in blocks]


CHECK = Check(
    description=("With BGP every tunnel on a transit router has a block of its own."),
    source="Attach an IPsec-VPN connection to a transit router, Tunnel CIDR Block; newer pages",
    find=find,
)
