"""Only a connection that was created as associated with nothing can be attached to a transit router.

passes:
    connections:
      made: {individual_resource: select, associate_resource: do-not-associate, was_bound_to_vpn_gateway: false}
    attachments:
      branch: {connection: made}

fails:
    connections:
      made: {individual_resource: select, associate_resource: vpn-gateway}
    attachments:
      branch: {connection: made}
"""

from collections.abc import Iterator

from planner.check import Check, Missing, Subject
from planner.core.problem import Finding
from planner.core.words import some
from planner.scenario import Scenario


def find(subject: Subject) -> Iterator[Finding]:
    """Errors for connections that are associated with something, or that were ever bound to a VPN gateway."""
    remedy = "create a connection with Associate Resource set to Do Not Associate, and attach that"
    for use in subject.connections:
        associated = use.entry.associate_resource
        if associated not in (None, "do-not-associate"):
            message = f"associated with a {associated.replace('-', ' ').replace('vpn', 'VPN')} when it was created"
            yield CHECK.about("associate-resource", "error", use, ("associate_resource",), message, remedy)
        if use.entry.was_bound_to_vpn_gateway and use.entry.individual_resource != "create":
            message = "a connection that was ever bound to a VPN gateway cannot be attached"
            yield CHECK.about("associate-resource", "error", use, ("was_bound_to_vpn_gateway",), message, remedy)


def missing(scenario: Scenario) -> Iterator[Missing]:
    """Connections that exist and are selected, of which the plan does not state what they are associated with."""
    keys = ("associate_resource", "was_bound_to_vpn_gateway")
    unclear = [
        use
        for use in scenario.connections
        if use.groups
        and use.entry.individual_resource == "select"
        and any(getattr(use.entry, key) is None for key in keys)
    ]
    if unclear:
        names = some([use.id for use in unclear])
        yield Missing(
            what="what selected connections are associated with",
            whose=names,
            subject=unclear[0].id,
            place=unclear[0].at(),
            message=(
                f"connections are selected, and it is not stated that they are associated with nothing and were never"
                f" bound to a VPN gateway: {names}"
            ),
            remedy=f"look it up in the VPN Gateway console, and state {' and '.join(keys)}",
        )


CHECK = Check(
    description=(
        "A connection that was created in the VPN Gateway console has Associate Resource set to Do Not Associate, and"
        " was never bound to a VPN gateway; another one cannot be attached to a transit router. A connection that the"
        " attachment itself creates has neither."
    ),
    source="Attach an IPsec-VPN connection to a transit router, Procedure",
    find=find,
    level="error",
    missing=missing,
)
