"""The tunnel CIDR block of BGP is a /30 of 169.254.0.0/16 that is not reserved; each tunnel has its own.

passes:
    tunnels:
      strong: {bgp: {tunnel_cidr: [169.254.10.0/30, 169.254.10.4/30], local_bgp_ip: [169.254.10.1, 169.254.10.5]}}

fails:
    tunnels:
      strong: {bgp: {tunnel_cidr: 169.254.0.0/30}}
"""

from collections.abc import Iterator

from planner.check import Check, Subject
from planner.core.problem import Finding
from planner.tunnel import RESERVED_TUNNEL_BLOCKS, Bgp, each

_RANGE = "169.254.0.0/16"


def find(subject: Subject) -> Iterator[Finding]:
    """An error per block that cannot be used, per block that both tunnels have, and per address outside its block."""
    for use in subject.tunnels:
        if use.entry.bgp is None:
            continue
        for key, index, message, remedy in _wrong(use.entry.bgp):
            listed = isinstance(getattr(use.entry.bgp, key), tuple)
            keys = ("bgp", key, index) if listed else ("bgp", key)
            yield CHECK.about("bgp-tunnel-cidr", "error", use, keys, message, remedy)


def _wrong(bgp: Bgp) -> Iterator[tuple[str, int, str, str]]:
    """Key, index in its list, message and remedy of each thing wrong with blocks and addresses."""
    from ipaddress import IPv4Address, IPv4Network

    blocks: list[IPv4Network | None] = []
    for index, text in enumerate(each(bgp.tunnel_cidr)):
        try:
            block = IPv4Network(text)
        except ValueError:
            blocks.append(None)
            yield "tunnel_cidr", index, f"{text} is no CIDR block", "write the first address and /30"
            continue
        said = ""
        if block.prefixlen != 30:
            said = f"the mask is /{block.prefixlen}, not /30"
        elif not block.subnet_of(IPv4Network(_RANGE)):
            said = f"it is not inside {_RANGE}"
        elif str(block) in RESERVED_TUNNEL_BLOCKS:
            said = "it is reserved"
        elif block in blocks:
            said = "both tunnels have it"
        elif index > 1:
            said = "a connection has two tunnels"
        if said:
            yield "tunnel_cidr", index, f"the block {text} cannot be used: {said}", f"take another /30 of {_RANGE}"
        blocks.append(block)
    addresses = each(bgp.local_bgp_ip)
    for index, text in enumerate(addresses):
        remedy = "take one of the two addresses in the middle of the block"
        try:
            address = IPv4Address(text)
        except ValueError:
            yield "local_bgp_ip", index, f"{text} is no IPv4 address", remedy
            continue
        if index >= len(blocks):
            yield "local_bgp_ip", index, f"the address {text} has no tunnel_cidr", "give a block for each address"
        elif (own := blocks[index]) is not None and address not in own:
            yield "local_bgp_ip", index, f"the address {text} is outside its block {own}", remedy


CHECK = Check(
    description=(
        "With BGP every tunnel has a block inside 169.254.0.0/16 with a mask of /30, two tunnels have different ones, "
        "and the local BGP address lies inside. Reserved are 169.254.0.0 to 169.254.6.0 and 169.254.169.252, a /30 "
        "each, which newer pages state; the document does not."
    ),
    source="Attach an IPsec-VPN connection to a transit router, Tunnel CIDR Block; reserved blocks by newer pages",
    find=find,
    level="error",
)
