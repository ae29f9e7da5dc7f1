"""No traffic flows among VPN, VBR and CCN attachments of a transit router that has a VPN attachment.

passes:
    flows: [{transit_router: tr, between: [vpn, vpc]}]

fails:
    flows: [{transit_router: tr, between: [vpn, vbr]}]
"""

from collections.abc import Iterator

from planner.check import Check, Subject
from planner.core.problem import Finding
from planner.scenario import Scenario

_KINDS = {"vpn": "VPN attachments", "vbr": "VBRs", "ccn": "CCN instances"}
_POLICY = "a routing policy of priority 5000 (the document: Deny; newer pages: Reject, not to be modified or deleted)"


def find(subject: Subject) -> Iterator[Finding]:
    """An error per flow in need, a warning where it is unknown whether it flows; else information per router."""
    told: set[str] = set()
    for scenario in subject.scenarios:
        routers = scenario.estate.transit_routers
        for index, flow in enumerate(scenario.plan.flows):
            name, between = flow.transit_router, flow.between
            has_vpn = "vpn" in between or name in subject.sites_on or routers[name].attached.vpn > 0
            if has_vpn and set(between) <= _KINDS.keys():
                told.add(name)
                yield _stopped(scenario, index)
    for name in subject.sites_on:
        if name not in told:
            yield from _both_kinds(subject, name)


def _stopped(scenario: Scenario, index: int) -> Finding:
    """A flow of the plan that the policy stops, or may stop."""
    flow = scenario.plan.flows[index]
    one, other = (_KINDS[kind] for kind in flow.between)
    if one == other:
        said = f"it is unknown whether traffic flows between two {one}"
        said += (
            ": the document names them in a sentence that can be read both ways, newer pages speak of loops between"
            " VPN, VBR and CCN; this follows neither"
        )
        remedy = "ask Alibaba Cloud or try it before the rollout"
    else:
        said = f"the plan needs traffic between {one} and {other}, and {_POLICY} stops it"
        remedy = "attach one of them to another transit router and connect the two, or let the traffic go another way"
    return Finding(
        code="vpn-vbr-ccn-flow",
        level="warning" if one == other else "error",
        subject=flow.transit_router,
        place=scenario.place("flows", index, "between"),
        message=f"{flow.transit_router}: {said}",
        remedy=remedy,
        source=CHECK.source,
    )


def _both_kinds(subject: Subject, name: str) -> Iterator[Finding]:
    """That a router with VPN attachments has VBRs or CCN instances as well, and no flow in need is declared."""
    scenario = subject.scenarios[0]
    attached = scenario.estate.transit_routers[name].attached
    planned = any(
        underlay.kind == "vbr" and underlay.transit_router == name
        for one in subject.scenarios
        for underlay in one.plan.underlays.values()
    )
    others = [_KINDS["vbr"]] if attached.vbr or planned else []
    others += [_KINDS["ccn"]] if attached.ccn else []
    if others:
        among = " and ".join(others)
        message = f"it has VPN attachments and {among}, and {_POLICY} stops traffic among them"
        remedy = "state in flows what the plan needs, so that it is held against this"
        yield CHECK.about_router("vpn-vbr-ccn-flow", "info", scenario, name, (), message, remedy)


CHECK = Check(
    description=(
        "With its first VPN attachment a transit router gets a routing policy of priority 5000 in all its route tables,"
        " which stops traffic among VPN attachments, VBRs and CCN instances. The document calls its action Deny and its"
        " direction Import to Regional Gateway; newer pages call the action Reject, and say that the policy cannot be"
        " modified or deleted and is there to prevent loops. Whether two attachments of one kind reach each other is"
        " unknown."
    ),
    source="Attach an IPsec-VPN connection to a transit router, Limits; newer pages on its routing policy",
    find=find,
    level="error",
)
