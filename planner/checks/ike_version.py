"""Version 2 of IKE is recommended: it negotiates more simply and takes several CIDR blocks better.

passes:
    tunnels:
      strong: {ike: {version: ikev2}}

fails:
    tunnels:
      strong: {ike: {version: ikev1}}
"""

from collections.abc import Iterator

from planner.check import Check, Subject
from planner.core.problem import Finding


def find(subject: Subject) -> Iterator[Finding]:
    """One warning per configuration that states version 1."""
    for use in subject.tunnels:
        if use.entry.ike.version == "ikev1":
            message = "IKE version 1; version 2 negotiates more simply and takes several CIDR blocks better"
            yield CHECK.about("ike-version", "warning", use, ("ike", "version"), message, "set version: ikev2")


CHECK = Check(
    description=(
        "IKE version 2 is recommended. What is not stated is the vendor's default: ikev1 by the document, ikev2 by "
        "newer pages."
    ),
    source="Attach an IPsec-VPN connection to a transit router, encryption settings",
    find=find,
)
