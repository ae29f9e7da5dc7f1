"""Flow protection forwards by source and destination, and needs the blocks at both ends.

passes:
    tunnels:
      strong:
        ike: {version: ikev2}
        routing_mode: flow-protection
        local_cidr_blocks: [10.0.0.0/16, 10.1.0.0/16]
        peer_cidr_blocks: [192.168.0.0/24]

fails:
    tunnels:
      strong: {routing_mode: flow-protection, local_cidr_blocks: [10.0.0.0/16]}

fails as warning:
    tunnels:
      strong:
        routing_mode: flow-protection
        local_cidr_blocks: [10.0.0.0/16, 10.1.0.0/16]
        peer_cidr_blocks: [192.168.0.0/24]
"""

from collections.abc import Iterator

from planner.check import Check, Subject
from planner.core import cidr
from planner.core.problem import Finding, Level

MOST_BLOCKS = 5


def find(subject: Subject) -> Iterator[Finding]:
    """Errors for missing, too many or malformed blocks and several with IKE version 1; a warning if none is stated."""
    for use in subject.tunnels:
        tunnel = use.entry
        if tunnel.routing_mode != "flow-protection":
            continue
        for key in ("local_cidr_blocks", "peer_cidr_blocks"):
            blocks = getattr(tunnel, key)
            if not blocks:
                message, remedy = f"flow protection without {key}", f"give {key}"
                yield CHECK.about("flow-protection-cidrs", "error", use, ("routing_mode",), message, remedy)
            if len(blocks) > MOST_BLOCKS:
                message = f"{len(blocks)} {key}, and at most {MOST_BLOCKS} are possible"
                remedy = "join neighbouring blocks, or use destination routing"
                yield CHECK.about("flow-protection-cidrs", "error", use, (key,), message, remedy)
            for index, block in enumerate(blocks):
                if cidr.network(block) is None:
                    message, remedy = f"{block} is no CIDR block", "write its first address and its mask"
                    yield CHECK.about("flow-protection-cidrs", "error", use, (key, index), message, remedy)
        several = max(len(tunnel.local_cidr_blocks), len(tunnel.peer_cidr_blocks)) > 1
        if several and tunnel.ike.version != "ikev2":
            level: Level = "error" if tunnel.ike.version else "warning"
            stated = "this is version 1" if tunnel.ike.version else "none is stated: by the document 1 is the default"
            message, remedy = f"several CIDR blocks need IKE version 2, and {stated}", "set ike: {version: ikev2}"
            keys = ("ike", "version") if tunnel.ike.version else ("routing_mode",)
            yield CHECK.about("flow-protection-cidrs", level, use, keys, message, remedy)


CHECK = Check(
    description=(
        "Flow protection needs local and peer CIDR blocks, at most 5 of each (a page of 2020), and IKE version 2 for "
        "several."
    ),
    source="Attach an IPsec-VPN connection to a transit router, Routing Mode; at most 5 blocks by a page of 2020",
    find=find,
    level="error",
)
