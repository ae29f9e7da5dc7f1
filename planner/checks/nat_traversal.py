"""NAT traversal is on by default; to turn it off is worth a look.

passes:
    tunnels:
      strong: {nat_traversal: true}

fails:
    tunnels:
      strong: {nat_traversal: false}
"""

from collections.abc import Iterator

from planner.check import Check, Subject
from planner.core.problem import Finding


def find(subject: Subject) -> Iterator[Finding]:
    """One warning per configuration that turns it off."""
    for use in subject.tunnels:
        if use.entry.nat_traversal is False:
            message = "NAT traversal is off: a NAT gateway along the tunnel is not discovered"
            remedy = "take nat_traversal out, or set it to true"
            yield CHECK.about("nat-traversal", "warning", use, ("nat_traversal",), message, remedy)


CHECK = Check(
    description=("NAT traversal is on, as it is by default."),
    source="Attach an IPsec-VPN connection to a transit router, encryption settings",
    find=find,
)
