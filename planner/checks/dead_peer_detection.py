"""Dead peer detection is on by default; to turn it off is worth a look.

passes:
    tunnels:
      strong: {dpd: true}

fails:
    tunnels:
      strong: {dpd: false}
"""

from collections.abc import Iterator

from planner.check import Check, Subject
from planner.core.problem import Finding


def find(subject: Subject) -> Iterator[Finding]:
    """One warning per configuration that turns it off."""
    for use in subject.tunnels:
        if use.entry.dpd is False:
            message = "dead peer detection is off: a peer that does not answer is not noticed"
            remedy = "take dpd out, or set it to true"
            yield CHECK.about("dead-peer-detection", "warning", use, ("dpd",), message, remedy)


CHECK = Check(
    description=("Dead peer detection is on, as it is by default."),
    source="Attach an IPsec-VPN connection to a transit router, encryption settings",
    find=find,
)
