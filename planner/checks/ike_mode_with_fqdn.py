"""An end that is identified by a domain name goes better with the aggressive mode.

passes:
    tunnels:
      strong: {ike: {mode: aggressive, remote_id: gw.example.com}}

fails:
    tunnels:
      strong: {ike: {mode: main, remote_id: gw.example.com}}
"""

from collections.abc import Iterator

from planner.check import Check, Subject
from planner.core.problem import Finding


def find(subject: Subject) -> Iterator[Finding]:
    """One warning per configuration with a domain name as an identifier and the main mode, stated or by default."""
    for use in subject.tunnels:
        ike = use.entry.ike
        named = [key for key in ("local_id", "remote_id") if _is_name(getattr(ike, key))]
        if named and ike.mode != "aggressive":
            mode = "main mode" if ike.mode else "the mode is not stated, and main by default"
            message = f"{' and '.join(named)} is a domain name, and {mode}: aggressive is recommended"
            keys = ("ike", "mode") if ike.mode else ("ike", named[0])
            yield CHECK.about("ike-mode-with-fqdn", "warning", use, keys, message, "set mode: aggressive")


def _is_name(identifier: str | None) -> bool:
    if identifier is None:
        return False
    from ipaddress import ip_address

    try:
        ip_address(identifier)
    except ValueError:
        return True
    return False


CHECK = Check(
    description=(
        "Where the identifier of an end is a domain name and no address, the aggressive negotiation mode is "
        "recommended."
    ),
    source="Attach an IPsec-VPN connection to a transit router, LocalId and RemoteId",
    find=find,
)
