"""The first VPN attachment of a transit router stops traffic that flows today.

passes:
    estate:
      transit_routers:
        tr: {attached: {vpn: 0, vbr: 2}}

fails:
    estate:
      transit_routers:
        tr: {attached: {vpn: 0, vbr: 1, ccn: 1}}
"""

from collections.abc import Iterator

from planner.check import Check, Subject
from planner.core.problem import Finding
from planner.core.words import some
from planner.scenario import Scenario


def find(subject: Subject) -> Iterator[Finding]:
    """A warning per router whose VBRs and CCN instances it parts; information per plan on VPN to VPN."""
    first = subject.scenarios[0]
    for name in subject.sites_on:
        attached = first.estate.transit_routers[name].attached
        if attached.vpn == 0 and attached.vbr and attached.ccn:
            message = (
                f"the first VPN attachment brings a routing policy of priority 5000, which also stops what flows today"
                f" between its {attached.vbr} VBR{'s' if attached.vbr > 1 else ''} and {attached.ccn} CCN"
                f" instance{'s' if attached.ccn > 1 else ''}"
            )
            remedy = "find out whether anything flows between them, and move it or take another transit router"
            yield CHECK.about_router("first-vpn-attachment", "warning", first, name, ("attached",), message, remedy)
    for scenario in subject.scenarios:
        yield from _between_branches(subject, scenario)


def _between_branches(subject: Subject, scenario: Scenario) -> Iterator[Finding]:
    """That it is unknown whether sites reach each other over their router, where no flow says that they have to."""
    routers = scenario.estate.transit_routers
    declared = {flow.transit_router for flow in scenario.plan.flows if flow.between == ("vpn", "vpn")}
    own = {name for group in scenario.groups for name in group.routers}
    several = [
        name
        for name, sites in subject.sites_on.items()
        if name in own - declared and sites + routers[name].attached.vpn > 1
    ]
    if several:
        yield Finding(
            code="first-vpn-attachment",
            level="info",
            subject=scenario.plan.name,
            place=scenario.place("attachments" if scenario.plan.attachments else "attachment_table"),
            message=(
                f"several VPN attachments on {some(several)}: it is unknown whether they reach each other over it;"
                " the document names them in a sentence that can be read both ways, newer pages speak of loops between"
                " VPN, VBR and CCN"
            ),
            remedy="where sites have to reach each other, try it before the rollout, and state it in flows",
            source=CHECK.source,
        )


CHECK = Check(
    description=(
        "A transit router that has no VPN attachment yet gets a routing policy with the first one. It also stops"
        " traffic that flows today between VBRs and CCN instances. Whether VPN attachments reach each other over one"
        " router, branch to branch, is unknown."
    ),
    source="Attach an IPsec-VPN connection to a transit router, Limits; newer pages on its routing policy",
    find=find,
)
