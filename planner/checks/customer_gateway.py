"""Every connection names a customer gateway, whose address and number it can have.

passes:
    stage: ready
    customer_gateways: {office: {ip: 203.0.113.7, asn: 65010}}
    attachments:
      branch: {customer_gateway: office}

fails:
    stage: ready
    customer_gateways: {office: {ip: 192.168.0.1, asn: 45104}}
    attachments:
      branch: {customer_gateway: office}
"""

from collections.abc import Iterator, Sequence

from planner.check import Check, Missing, Subject
from planner.connection import CustomerGateway
from planner.core.problem import Finding
from planner.core.words import some
from planner.scenario import Scenario, Use, by_group
from planner.tunnel import DEFAULT_ASN, asn_number, each

MOST_ASN = 4294967295
_NEVER = ("100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "255.0.0.0/8")
_PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
"""RFC 1918."""


def find(subject: Subject) -> Iterator[Finding]:
    """Per gateway, errors for addresses and a number that it cannot have; a warning for more addresses than sites."""
    for use in subject.customer_gateways:
        yield from _addresses(use)
        yield from _counted(use)
        if use.entry.asn is not None and (said := _number(use.entry.asn)):
            remedy = "take the number of the data centre, such as one of 64512 to 65534"
            yield CHECK.about("customer-gateway", "error", use, ("asn",), said, remedy)


def _addresses(use: Use[CustomerGateway]) -> Iterator[Finding]:
    """One error per gateway, at the first of its addresses that cannot be."""
    networks = sorted({group.entry.network_type for group in use.groups})
    said = ((index, _address(text, networks)) for index, text in enumerate(each(use.entry.ip)))
    wrong = [(index, words) for index, words in said if words]
    if wrong:
        index, words = wrong[0]
        more = f"; and {len(wrong) - 1} more of its addresses" if len(wrong) > 1 else ""
        keys = ("ip", index) if isinstance(use.entry.ip, tuple) else ("ip",)
        remedy = "give the address that Alibaba Cloud reaches the data centre at: public or private as the attachment"
        yield CHECK.about("customer-gateway", "error", use, keys, words + more, remedy)


def _address(text: str, networks: Sequence[str]) -> str:
    """What is wrong with an address for attachments of some network types; empty if nothing is."""
    from ipaddress import IPv4Address, IPv4Network

    try:
        address = IPv4Address(text)
    except ValueError:
        return f"{text} is no IPv4 address"
    for block in _NEVER:
        if address in IPv4Network(block):
            return f"the address {text} is inside {block}, where no customer gateway can be"
    own = "private" if any(address in IPv4Network(block) for block in _PRIVATE) else "public"
    for other in networks:
        if other != own:
            return f"the address {text} is {own}, and attachments that name it are {other}"
    return ""


def _counted(use: Use[CustomerGateway]) -> Iterator[Finding]:
    """More addresses than a gateway, or its sites, can have."""
    addresses = len(each(use.entry.ip))
    sites = sum(step.change for group in use.groups for step in group.steps if step.change > 0)
    if use.entry.shared and addresses > 1:
        message = f"one gateway for all sites has one address, not {addresses}"
        remedy = "make a gateway of each address, or leave shared out"
        yield CHECK.about("customer-gateway", "error", use, ("ip",), message, remedy)
    elif use.groups and addresses > sites:
        message = f"{addresses} addresses for {sites} site{'' if sites == 1 else 's'}: it needs one for each at most"
        remedy = "take out what belongs to no site"
        yield CHECK.about("customer-gateway", "warning", use, ("ip",), message, remedy)


def _number(text: str) -> str:
    """What is wrong with an autonomous system number; empty if nothing is."""
    number = asn_number(text)
    if number is None or not 1 <= number <= MOST_ASN:
        return f"asn {text} is none of 1 to {MOST_ASN}, nor two segments of 16 bits"
    return f"asn {text} is the vendor's own" if number == DEFAULT_ASN else ""


def missing(scenario: Scenario) -> Iterator[Missing]:
    """Once per plan: groups without a gateway, gateways without addresses, and without a number where BGP is on."""
    without = [group for group in scenario.groups if not group.entry.customer_gateway]
    if without:
        count = f"{len(without)} of {len(scenario.groups)} groups"
        yield Missing(
            what="a customer gateway",
            whose=count,
            subject=scenario.plan.name,
            place=without[0].place,
            message=f"{count} name no customer gateway, and it has to exist before the connection",
            remedy="describe customer gateways in customer_gateways, and name one in every group",
        )
    used = [use for use in scenario.customer_gateways if use.groups]
    fewer = [use for use in used if len(each(use.entry.ip)) < _needed(use)]
    if fewer:
        told = some([f"{use.id} has {len(each(use.entry.ip))} of {_needed(use)}" for use in fewer])
        yield Missing(
            what="an address of every customer gateway",
            whose=some([use.id for use in fewer]),
            subject=fewer[0].id,
            place=fewer[0].at("ip"),
            message=f"not every site has the address of its customer gateway: {told}",
            remedy="give ip, a list with one for each site; or shared: true for one gateway of all sites",
        )
    bgp = {id for id, tunnel in by_group(scenario.tunnels).items() if tunnel.bgp}
    no_number = [use for use in used if use.entry.asn is None and any(group.id in bgp for group in use.groups)]
    if no_number:
        names = some([use.id for use in no_number])
        yield Missing(
            what="the autonomous system number of a customer gateway with BGP",
            whose=names,
            subject=no_number[0].id,
            place=no_number[0].at(),
            message=f"BGP is on, and the customer gateway has no autonomous system number: {names}",
            remedy="give asn",
        )


def _needed(use: Use[CustomerGateway]) -> int:
    """How many addresses it takes: one, or one for each site that is there at once."""
    return 1 if use.entry.shared else sum(group.most_sites for group in use.groups)


CHECK = Check(
    description=(
        "Every connection names a customer gateway, which exists before it. The address is public for a public"
        " attachment and private (RFC 1918) for a private one, and not inside 100.64.0.0/10, 127.0.0.0/8,"
        " 169.254.0.0/16, 224.0.0.0/4 or 255.0.0.0/8. With BGP it has an autonomous system number of its own, which is"
        " not 45104."
    ),
    source="Attach an IPsec-VPN connection to a transit router, Customer Gateway; newer pages on customer gateways",
    find=find,
    level="error",
    missing=missing,
)
