"""Authentication algorithms are those of the document's list, and not the weak ones of it.

passes:
    tunnels:
      strong: {ike: {authentication: sha256}, ipsec: {authentication: sha256}}

fails:
    tunnels:
      strong: {ike: {authentication: md5}, ipsec: {authentication: sha256}}
"""

from collections.abc import Iterator

from planner.check import Check, Subject
from planner.core.problem import Finding, Level

_LISTED = ("sha1", "md5", "sha256", "sha384", "sha512")
_WEAK = ("md5", "sha1")


def find(subject: Subject) -> Iterator[Finding]:
    """Per phase: an error for what is not in the list, a warning for what is weak."""
    for use in subject.tunnels:
        for phase, settings in use.tunnel.phases:
            stated = settings.authentication
            if stated is None or (stated in _LISTED and stated not in _WEAK):
                continue
            level: Level = "warning" if stated in _WEAK else "error"
            told = "is weak" if stated in _WEAK else f"is none of {', '.join(_LISTED)}"
            remedy = "take sha256 or stronger"
            message = f"{phase} authentication {stated} {told}"
            yield CHECK.tunnel("authentication", level, use, (phase, "authentication"), message, remedy)


CHECK = Check(
    description=(
        "Authentication algorithms of both phases: sha1, md5, sha256, sha384, sha512; md5 and sha1 are accepted and "
        "weak."
    ),
    source="Attach an IPsec-VPN connection to a transit router, Authentication Algorithm",
    find=find,
)
