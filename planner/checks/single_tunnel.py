"""Both tunnels of a connection are configured: with one alone the service level agreement does not apply.

passes:
    tunnels:
      strong: {configured_tunnels: 2}

fails:
    tunnels:
      strong: {configured_tunnels: 1}
"""

from collections.abc import Iterator

from planner.check import Check, Subject
from planner.core.problem import Finding


def find(subject: Subject) -> Iterator[Finding]:
    """One warning per configuration with one tunnel only."""
    for use in subject.tunnels:
        if use.entry.configured_tunnels == 1:
            message = "one of the two tunnels is configured: the service level agreement (SLA) does not apply"
            remedy = "configure both tunnels"
            yield CHECK.about("single-tunnel", "warning", use, ("configured_tunnels",), message, remedy)


CHECK = Check(
    description=(
        "Connections created since 2024-11-26 have two tunnels, and the SLA applies only where both are configured. The"
        " document knows one tunnel only; this follows the newer pages."
    ),
    source="VPN Gateway documentation: connections with two tunnels",
    find=find,
)
