"""The CIDR blocks of a transit router have addresses for the gateways of its private attachments.

passes:
    estate:
      transit_routers:
        tr: {cidr_blocks: [10.60.0.0/24]}

fails:
    estate:
      transit_routers:
        tr: {cidr_blocks: [10.60.0.0/24]}
    underlays:
      line: {kind: vbr, transit_router: tr, already_attached: true}
    attachments:
      branch: {network_type: private, underlay: line, sites: 300}
"""

from collections.abc import Iterator

from planner.check import Check, Subject
from planner.core.problem import Finding, Level
from planner.demand import most_at_once
from planner.scenario import Group

_RESERVED = 3
"""Blocks that the system reserves at the first VPN attachment; each has at least one address."""
_CLOSE_PERCENT = 80


def find(subject: Subject) -> Iterator[Finding]:
    """A warning per router whose addresses are used up, or nearly, by the least that is needed.

    Information about supply and the least demand where there are more, from the stage design on: what is really
    needed is unknown.
    """
    first = subject.scenarios[0]
    private: dict[str, list[Group]] = {}
    for scenario in subject.scenarios:
        for group in scenario.groups:
            if group.entry.network_type == "private":
                private.setdefault(group.routers[0], []).append(group)
    early = all(scenario.plan.stage == "estimate" for scenario in subject.scenarios)
    for router, groups in sorted(private.items()):
        blocks = first.estate.transit_routers[router].cidr_blocks
        supply = sum(map(_addresses, blocks))
        if not supply:
            continue  # a block that is missing or is none is told elsewhere
        connections = most_at_once(groups)
        least = connections + _RESERVED
        level: Level = "warning" if 100 * least >= _CLOSE_PERCENT * supply else "info"
        if early and level == "info":
            continue
        verdict = "which is too few" if least > supply else "whether that is enough is unknown"
        message = (
            f"{router}: its CIDR blocks have {supply:,} addresses; {connections:,} private connections need at least"
            f" {least:,} of them, one each and {_RESERVED} in blocks that the system reserves: {verdict}; how many a"
            " connection takes, and how large those blocks are, is not documented"
        )
        place = first.estate_place("transit_routers", router, "cidr_blocks")
        remedy = "plan larger or more blocks, at most 5 with masks of /16 to /24; ask how many addresses are taken"
        yield Finding("address-supply", level, router, place, message, remedy, CHECK.source)


def _addresses(text: str) -> int:
    from ipaddress import IPv4Network

    try:
        return IPv4Network(text).num_addresses
    except ValueError:
        return 0


CHECK = Check(
    description=(
        "Gateway addresses of private attachments come from the CIDR blocks of the transit router, by newer pages; the"
        " document says so of all. How many an attachment takes is unknown, and so is how large the three blocks are"
        " that the system reserves at the first one. So supply and the least demand are shown, and never called"
        f" enough; from {_CLOSE_PERCENT} % on it is a warning."
    ),
    source="Attach an IPsec-VPN connection to a transit router, prerequisites; Transit router CIDR blocks",
    find=find,
)
