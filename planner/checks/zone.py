"""A connection with two tunnels has no zone that one would choose.

passes:
    connections: {made: {zones: []}}
    attachments:
      branch: {connection: made}

fails:
    connections: {made: {zones: [eu-central-1a]}}
    attachments:
      branch: {connection: made}
"""

from collections.abc import Iterator

from planner.check import Check, Subject
from planner.core.problem import Finding


def find(subject: Subject) -> Iterator[Finding]:
    """One warning per way of making connections that states zones."""
    for use in subject.connections:
        if use.entry.zones:
            message = (
                f"zones are chosen ({', '.join(use.entry.zones)}): the document has one choose a zone, newer pages,"
                " which this follows, leave it out where a connection has two tunnels"
            )
            yield CHECK.about("zone", "warning", use, ("zones",), message, "leave zones out")


CHECK = Check(
    description=(
        "The document has one choose a zone for a connection. Newer pages leave it out where a connection has two"
        " tunnels; this follows the newer pages."
    ),
    source="Attach an IPsec-VPN connection to a transit router, Zones; newer pages on connections with two tunnels",
    find=find,
)
