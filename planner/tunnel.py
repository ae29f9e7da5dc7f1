"""Schema of the parameters of IPsec tunnels, as the console asks for them. All are optional.

Types are closed; whether an algorithm, a block or a number is one that the vendor takes is for a check to say.
"""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, WithJsonSchema

from planner.core.entry import BY_SHAPE, Count, Entry, Flag, Positive, Text, Whole, must

DEFAULT_ASN = 45104
"""The vendor's own number on its side, where none is given."""

TUNNELS_PER_CONNECTION = 2
"""Of every connection created since 2024-11-26 (VPN Gateway documentation); older ones can have one."""

RESERVED_TUNNEL_BLOCKS = (*(f"169.254.{third}.0/30" for third in range(7)), "169.254.169.252/30")
"""Blocks of 169.254.0.0/16 that no tunnel can have (Attach an IPsec-VPN connection, newer pages)."""

_ASN = re.compile(r"([0-9]{1,10})(?:\.([0-9]{1,10}))?")


def _asn(text: str) -> str:
    if not _ASN.fullmatch(text):
        raise must("be an autonomous system number", text, "write a number such as 65010, or two such as 123.456")
    return text


Asn = Annotated[
    Text,
    AfterValidator(_asn),
    WithJsonSchema({"anyOf": [{"type": "string", "pattern": f"^{_ASN.pattern}$"}, {"type": "number", "minimum": 0}]}),
]


def asn_number(text: str) -> int | None:
    """The number of an ASN that was written as one or in two segments; None if a segment has more than 16 bits.

    >>> asn_number("65010"), asn_number("123.456"), asn_number("1.65536")
    (65010, 8061384, None)

    source : Attach an IPsec-VPN connection to a transit router, Local ASN: 123 x 65536 + 456 = 8061384
    """
    high, dot, low = text.partition(".")
    if not dot:
        return int(high)
    return int(high) * 65536 + int(low) if max(int(high), int(low)) < 65536 else None


def each(given: str | tuple[str, ...] | None) -> tuple[str, ...]:
    """The values of a key that takes one or a list of them."""
    return () if given is None else (given,) if isinstance(given, str) else given


class Ike(Entry):
    """Phase 1: how the two ends come to trust each other."""

    version: Literal["ikev1", "ikev2"] | None = None
    """Version of IKE."""
    mode: Literal["main", "aggressive"] | None = None
    """Negotiation mode."""
    encryption: Text | None = None
    """Encryption algorithm: aes, aes192, aes256, des or 3des."""
    authentication: Text | None = None
    """Authentication algorithm: sha1, md5, sha256, sha384 or sha512."""
    dh_group: Text | None = None
    """Diffie-Hellman group: group1, group2, group5 or group14."""
    lifetime_seconds: Count | None = None
    """Lifetime of the security association, up to 86400."""
    local_id: Text | None = None
    """Identifier on Alibaba Cloud: an address or a domain name."""
    remote_id: Text | None = None
    """Identifier of the data centre: an address or a domain name."""


class Ipsec(Entry):
    """Phase 2: how the traffic itself is protected."""

    encryption: Text | None = None
    """Encryption algorithm: aes, aes192, aes256, des or 3des."""
    authentication: Text | None = None
    """Authentication algorithm: sha1, md5, sha256, sha384 or sha512."""
    dh_group: Text | None = None
    """Diffie-Hellman group: group1, group2, group5, group14, or disabled, which is without PFS."""
    lifetime_seconds: Count | None = None
    """Lifetime of the security association, up to 86400."""


class Bgp(Entry):
    """BGP over the tunnels. That it is there turns it on."""

    tunnel_cidr: Annotated[Text | tuple[Text, ...], BY_SHAPE] | None = None
    """Block inside 169.254.0.0/16 with a mask of /30, or a list with one for each of the two tunnels."""
    local_bgp_ip: Annotated[Text | tuple[Text, ...], BY_SHAPE] | None = None
    """Address on Alibaba Cloud inside the block, or a list with one for each block."""
    local_asn: Asn | None = None
    """Autonomous system number on Alibaba Cloud, as a number or in two segments (123.456)."""


class HealthCheck(Entry):
    """Health check of a connection. That it is there turns it on."""

    destination: Text | None = None
    """Address in the data centre that Alibaba Cloud reaches over the connection."""
    source: Text | None = None
    """Address on Alibaba Cloud that the data centre reaches over the connection."""
    interval_seconds: Positive = 3
    """Time between two checks."""
    retries: Positive = 3
    """Number of retries."""
    switch_route: Flag = True
    """Whether routes that fail are withdrawn."""


class Tunnel(Entry):
    """How the tunnels of a connection are configured. What is not stated is left to the vendor's defaults."""

    ike: Ike = Ike()
    """Phase 1."""
    ipsec: Ipsec = Ipsec()
    """Phase 2."""
    dpd: Flag | None = None
    """Dead peer detection."""
    nat_traversal: Flag | None = None
    """NAT traversal."""
    bgp: Bgp | None = None
    """BGP over the tunnels. Not given: off."""
    health_check: HealthCheck | None = None
    """Health check of the connection. Not given: off."""
    routing_mode: Literal["destination", "flow-protection"] | None = None
    """What traffic is forwarded by: its destination, or source and destination."""
    local_cidr_blocks: tuple[Text, ...] = ()
    """With flow protection: blocks on Alibaba Cloud."""
    peer_cidr_blocks: tuple[Text, ...] = ()
    """With flow protection: blocks in the data centre."""
    bandwidth: Literal["standard", "large"] | None = None
    """Bandwidth of each tunnel: standard is 1 Gbps, large 3 Gbps. Not given: standard."""
    configured_tunnels: Annotated[int, Whole(1, 2)] | None = None
    """How many of the two tunnels are configured and used. Not given: not stated."""
    apply_immediately: Flag | None = None
    """Whether negotiation starts at once, and not only when there is traffic."""

    @property
    def phases(self) -> tuple[tuple[str, Ike | Ipsec], ...]:
        """Both phases, by the key under which they stand."""
        return ("ike", self.ike), ("ipsec", self.ipsec)
