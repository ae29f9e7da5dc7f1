"""A health check needs both addresses, a route back, and a connection that can have one.

passes:
    tunnels:
      strong: {health_check: null}

fails:
    tunnels:
      strong: {health_check: {destination: 10.200.0.1}}

fails as warning:
    tunnels:
      strong: {health_check: {destination: 10.200.0.1, source: 10.1.0.1}}
"""

from collections.abc import Iterator

from planner.check import Check, Subject
from planner.core.problem import Finding


def find(subject: Subject) -> Iterator[Finding]:
    """An error for an address that is missing or none.

    Else a warning, as newer pages know health checks for single tunnels only, and information on the route it needs.
    """
    for use in subject.tunnels:
        check = use.entry.health_check
        if check is None:
            continue
        wrong = [key for key in ("destination", "source") if not _is_address(getattr(check, key))]
        for key in wrong:
            stated = getattr(check, key)
            message = f"the health check has no {key} address"
            if stated is not None:
                message = f"the {key} of the health check, {stated}, is no address"
            keys = ("health_check", key) if stated is not None else ("health_check",)
            yield CHECK.about("health-check", "error", use, keys, message, f"give {key}: an IPv4 address")
        if not wrong:
            message = (
                "the document offers health checks; by newer pages, which this follows, connections with two tunnels,"
                " as all new ones are, have none"
            )
            remedy = "ask whether it can be had"
            yield CHECK.about("health-check", "warning", use, ("health_check",), message, remedy)
            message = f"the health check needs a route to {check.source}/32 whose next hop is the connection"
            remedy = "add the route after the health check is set; `cenplan checklist` lists it"
            yield CHECK.about("health-check", "info", use, ("health_check", "source"), message, remedy)


def _is_address(text: str | None) -> bool:
    from ipaddress import IPv4Address

    try:
        return text is not None and IPv4Address(text) is not None
    except ValueError:
        return False


CHECK = Check(
    description=(
        "A health check has a destination and a source address, and a route to the source address, with a mask of "
        "/32, whose next hop is the connection. Newer pages offer it for connections with a single tunnel only; since "
        "2024-11-26 new ones have two."
    ),
    source="Attach an IPsec-VPN connection to a transit router, Health checks; single tunnel by newer pages",
    find=find,
    level="error",
)
