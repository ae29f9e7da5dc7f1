"""Authentication algorithms are those of the document's list, and not the weak ones of it.

passes:
    tunnels:
      strong: {ike: {authentication: sha256}, ipsec: {authentication: sha256}}

fails:
    tunnels:
      strong: {ike: {authentication: md5}, ipsec: {authentication: sha256}}

fails as error:
    tunnels:
      strong: {ike: {authentication: sha3}}
"""

from collections.abc import Iterator

from planner.check import Check, Subject
from planner.core.problem import Finding

_LISTED = ("sha1", "md5", "sha256", "sha384", "sha512")
_WEAK = ("md5", "sha1")


def find(subject: Subject) -> Iterator[Finding]:
    """Per phase: an error for what is not in the list, a warning for what is weak."""
    return CHECK.algorithms(subject, "authentication", _LISTED, _WEAK, "take sha256 or stronger")


CHECK = Check(
    description=(
        "Authentication algorithms of both phases: sha1, md5, sha256, sha384, sha512; md5 and sha1 are accepted and "
        "weak."
    ),
    source="Attach an IPsec-VPN connection to a transit router, Authentication Algorithm",
    find=find,
    level="error",
)
