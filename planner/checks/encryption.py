"""Encryption algorithms are those of the document's list, and not the weak ones of it.

passes:
    tunnels:
      strong: {ike: {encryption: aes256}, ipsec: {encryption: aes256}}

fails:
    tunnels:
      strong: {ike: {encryption: 3des}, ipsec: {encryption: aes256}}

fails as error:
    tunnels:
      strong: {ipsec: {encryption: aes128}}
"""

from collections.abc import Iterator

from planner.check import Check, Subject
from planner.core.problem import Finding

_LISTED = ("aes", "aes192", "aes256", "des", "3des")
_WEAK = ("des", "3des")


def find(subject: Subject) -> Iterator[Finding]:
    """Per phase: an error for what is not in the list, a warning for what is weak."""
    return CHECK.algorithms(subject, "encryption", _LISTED, _WEAK, "take aes256 or stronger")


CHECK = Check(
    description=(
        "Encryption algorithms of both phases: aes, aes192, aes256, des, 3des; des and 3des are accepted and weak."
    ),
    source="Attach an IPsec-VPN connection to a transit router, Encryption Algorithm",
    find=find,
    level="error",
)
