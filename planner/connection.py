"""Schema of what belongs to an IPsec-VPN connection beside its tunnels: how it is made and attached, its customer
gateway, what stands at its other end, and the flows between what a transit router connects. All of it is optional.
"""

from typing import Annotated, Literal

from planner.core.entry import BY_SHAPE, Entry, Flag, Name, Text
from planner.tunnel import Asn

Kind = Literal["vpn", "vbr", "ccn", "vpc", "ecr"]
"""What can be attached to a transit router."""


def numbered(name: str, number: int, count: int) -> str:
    """The name of one of several attachments that are named together; that of a single one is as it was given.

    >>> numbered("vpn-oslo", 1, 1), numbered("vpn-depot", 2, 6)
    ('vpn-oslo', 'vpn-depot-2')
    """
    return name if count == 1 else f"{name}-{number}"


class Connection(Entry):
    """How IPsec-VPN connections are made and attached, as the console asks for it."""

    individual_resource: Literal["create", "select"] | None = None
    """Whether the attachment creates the connection, or selects one that exists, whose fee may run already."""
    associate_resource: Literal["do-not-associate", "vpn-gateway", "transit-router"] | None = None
    """What the connection was associated with when it was created in the VPN console; only a connection that is not
    associated can be attached."""
    was_bound_to_vpn_gateway: Flag | None = None
    """Whether an existing connection was ever bound to a VPN gateway."""
    region: Name | None = None
    """Region of the connection. Default: that of its transit router."""
    zones: tuple[Name, ...] = ()
    """Zones that were chosen for it."""
    created_with: Literal["console", "api", "terraform"] | None = None
    """What it is attached with: the console and the API have other defaults of the three keys below."""
    automatic_route_advertisement: Flag | None = None
    """Whether the router's routes are advertised to the connection; needs BGP."""
    default_route_table_association: Flag | None = None
    """Whether the attachment is associated with the default route table of the transit router."""
    default_route_table_propagation: Flag | None = None
    """Whether the connection's routes are propagated to the default route table of the transit router."""
    route_table: Name | None = None
    """The route table that the attachment is associated with instead."""
    grant: Literal["planned", "granted"] | None = None
    """For connections of another account: whether the grant to the transit router's account is planned, or given."""


class CustomerGateway(Entry):
    """What the data centre's end of a connection is called at Alibaba Cloud: its address and number."""

    ip: Annotated[Text | tuple[Text, ...], BY_SHAPE] | None = None
    """Its address: public for public attachments, private for private ones; or a list with one for each site."""
    asn: Asn | None = None
    """Autonomous system number of the data centre, as a number or in two segments (123.456); needed for BGP."""
    exists: Flag = False
    """Whether it exists already."""
    shared: Flag = False
    """Whether one gateway serves all sites; else every site has one of its own."""


class Peer(Entry):
    """What stands at the other end: the sites of a group, or a data centre."""

    mainland: Flag | None = None
    """Whether it lies in mainland China. A connection does not cross that border."""
    cidr_blocks: tuple[Text, ...] = ()
    """Networks behind it, those of all its sites together."""
    pfs: Flag | None = None
    """Whether perfect forward secrecy is on at its end."""
    vpn_gateway: Flag = False
    """Whether it is reached through a VPN gateway and a VPC as well."""
    load_balancing: Flag = False
    """Whether the plan relies on load balancing between that way and the attachment."""


class Flow(Entry):
    """Traffic between two kinds of attachments of a transit router that the plan needs."""

    transit_router: Name
    """The transit router that both are attached to."""
    between: tuple[Kind, Kind]
    """What is attached at either end: vpn, vbr, ccn, vpc or ecr."""
