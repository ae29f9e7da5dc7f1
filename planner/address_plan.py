"""An address plan: for every tunnel with BGP a block of its own, with the address at either end.

Blocks are /30 networks of 169.254.0.0/16, as numbers of their place in it: 0 is 169.254.0.0/30. What the plan states
stays; what an earlier address plan gave to the same tunnel stays as well; the others take the free blocks in order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

from planner.core.problem import InputError, Place, Problem
from planner.core.table import TableSource
from planner.scenario import Group, Scenario, by_group
from planner.tunnel import DEFAULT_ASN, RESERVED_TUNNEL_BLOCKS, TUNNELS_PER_CONNECTION, Tunnel, asn_number, each

RANGE = IPv4Network("169.254.0.0/16")
_SIZE = 4
BLOCKS = RANGE.num_addresses // _SIZE
RESERVED = frozenset(
    (int(IPv4Network(block).network_address) - int(RANGE.network_address)) // _SIZE for block in RESERVED_TUNNEL_BLOCKS
)
"""Numbers of the blocks that cannot be used."""
USABLE = BLOCKS - len(RESERVED)

Key = tuple[str, str, int, int, int]
"""plan, group, site, connection of the site, tunnel; numbers count from 1"""
COLUMNS = (
    "plan", "group", "transit_router", "site", "connection", "tunnel", "tunnel_cidr", "local_bgp_ip", "peer_bgp_ip",
    "local_asn", "peer_asn", "origin",
)  # fmt: skip
"""Columns of an address plan as a table."""
_KEYS = ("plan", "group", "site", "connection", "tunnel")
"""Those of them that name a tunnel."""


@dataclass(frozen=True)
class TunnelAddress:
    """What a tunnel is given."""

    key: Key
    transit_router: str
    block: int | None
    """Number of its block; None: none is left."""
    local_bgp_ip: str
    """Address on Alibaba Cloud; empty without a block."""
    peer_bgp_ip: str
    """Address in the data centre; empty without a block."""
    local_asn: int
    peer_asn: int | None
    """None: the plan does not state it."""
    origin: str
    """stated (in the plan) | kept (of an earlier address plan) | proposed | none left"""

    @property
    def cidr(self) -> str:
        """The block as a network; empty without one."""
        return "" if self.block is None else block_text(self.block)

    @property
    def record(self) -> dict[str, str | int | None]:
        """A row under COLUMNS."""
        values = (
            *(self.key[0], self.key[1], self.transit_router, *self.key[2:], self.cidr or None),
            *(self.local_bgp_ip or None, self.peer_bgp_ip or None, self.local_asn, self.peer_asn, self.origin),
        )
        return dict(zip(COLUMNS, values, strict=True))


def block_text(number: int) -> str:
    """The block of a number: 169.254.0.4/30 of 1."""
    return f"{RANGE.network_address + _SIZE * number}/30"


def block_number(text: str) -> int | None:
    """The number of a block; None for what cannot be the block of a tunnel."""
    try:
        network = IPv4Network(text)
    except ValueError:
        return None
    if network.prefixlen != 30 or not network.subnet_of(RANGE):
        return None
    number = (int(network.network_address) - int(RANGE.network_address)) // _SIZE
    return None if number in RESERVED else number


@dataclass(frozen=True)
class _Wanted:
    """A tunnel that needs a block."""

    key: Key
    group: Group
    tunnel: Tunnel
    stated: int | None


def draw_up(scenarios: Sequence[Scenario], kept: Mapping[Key, int] | None = None) -> tuple[TunnelAddress, ...]:
    """Blocks for every tunnel with BGP: plans by name, groups in the order of the file, sites as they come.

    A block that the plan states belongs to the first connection that has it. A group that is added at the end changes
    nothing before it; with ``kept`` nothing that was given changes, wherever something is added.

    kept : numbers of blocks by tunnel, of an earlier address plan
    """
    wanted = [one for scenario in scenarios for one in _wanted(scenario)]
    given: dict[Key, tuple[int, str]] = {}
    taken: set[int] = set()
    for one in wanted:
        if one.stated is not None and one.stated not in taken:
            given[one.key] = one.stated, "stated"
            taken.add(one.stated)
    for one in wanted:
        earlier = (kept or {}).get(one.key)
        if one.key not in given and earlier is not None and earlier not in taken:
            given[one.key] = earlier, "kept"
            taken.add(earlier)
    free = (number for number in range(BLOCKS) if number not in taken and number not in RESERVED)
    for one in wanted:
        if one.key not in given and (number := next(free, None)) is not None:
            given[one.key] = number, "proposed"
    asns = {scenario.plan.name: _peer_asns(scenario) for scenario in scenarios}
    return tuple(_address(one, given.get(one.key), asns[one.key[0]]) for one in wanted)


def _wanted(scenario: Scenario) -> Iterator[_Wanted]:
    """Every tunnel with BGP, groups in the order of the file."""
    in_order = sorted(scenario.groups, key=lambda group: group.place.location)
    tunnels = by_group(scenario.tunnels)
    for group in in_order:
        tunnel = tunnels.get(group.id)
        if tunnel is None or tunnel.bgp is None:
            continue
        stated = [block_number(text) for text in each(tunnel.bgp.tunnel_cidr)]
        count = tunnel.configured_tunnels or TUNNELS_PER_CONNECTION
        sites = sum(step.change for step in group.steps if step.change > 0)
        for site in range(1, sites + 1):
            for connection in range(1, group.entry.connections_per_site + 1):
                for number in range(1, count + 1):
                    own = stated[number - 1] if number <= len(stated) else None
                    yield _Wanted((scenario.plan.name, group.id, site, connection, number), group, tunnel, own)


def _peer_asns(scenario: Scenario) -> dict[str, int | None]:
    """The number of the data centre by customer gateway; None: not stated."""
    return {
        name: None if one.asn is None else asn_number(one.asn) for name, one in scenario.plan.customer_gateways.items()
    }


def _address(one: _Wanted, given: tuple[int, str] | None, asns: Mapping[str, int | None]) -> TunnelAddress:
    assert one.tunnel.bgp is not None
    bgp, number = one.tunnel.bgp, one.key[4]
    gateways = each(one.group.entry.customer_gateway)
    gateway = gateways[min(number, len(gateways)) - 1] if gateways else ""
    block, origin = given or (None, "none left")
    local = peer = ""
    if block is not None:
        first, second = (str(RANGE.network_address + _SIZE * block + host) for host in (1, 2))
        stated = each(bgp.local_bgp_ip)
        own = stated[number - 1] if origin == "stated" and number <= len(stated) else first
        local, peer = own, second if own == first else first
    return TunnelAddress(
        key=one.key,
        transit_router=one.group.routers[0],
        block=block,
        local_bgp_ip=local,
        peer_bgp_ip=peer,
        local_asn=(asn_number(bgp.local_asn) if bgp.local_asn else None) or DEFAULT_ASN,
        peer_asn=asns.get(gateway),
        origin=origin,
    )


def earlier(table: TableSource) -> dict[Key, int]:
    """The blocks of an earlier address plan that was written as CSV.

    raises : InputError for what is no such table, a block that cannot be used, or one that stands twice
    """
    missing = [column for column in (*_KEYS, "tunnel_cidr") if column not in table.columns]
    if missing:
        message = f"no address plan: the column {missing[0]!r} is missing"
        raise InputError(Problem(Place(table), message, "give a file that cenplan addresses -f csv has written"))
    found: dict[Key, int] = {}
    places: dict[int, Place] = {}
    problems: list[Problem] = []
    for index, row in enumerate(table.value):
        place = Place(table, (index, "tunnel_cidr"))
        text = str(row.get("tunnel_cidr") or "")
        if not text:
            continue
        number = block_number(text)
        numbers = [str(row.get(column) or "") for column in ("site", "connection", "tunnel")]
        if number is None:
            problems.append(Problem(place, f"{text} cannot be the block of a tunnel", "take it out, or correct it"))
        elif number in places:
            message = f"{text} stands already at {places[number].location}"
            problems.append(Problem(place, message, "give every tunnel a block of its own"))
        elif not all(one.isdecimal() and len(one) < 10 for one in numbers):
            message = "site, connection and tunnel must be whole numbers"
            problems.append(Problem(Place(table, (index, "site")), message, "take the row as it was written"))
        else:
            places[number] = place
            site, connection, tunnel = map(int, numbers)
            found[str(row.get("plan") or ""), str(row.get("group") or ""), site, connection, tunnel] = number
    if problems:
        raise InputError(problems)
    return found
