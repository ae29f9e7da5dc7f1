"""Networks of different sites on one transit router do not overlap, and can be routed to.

passes:
    attachments:
      branch: {peer: {cidr_blocks: [10.1.0.0/16, 10.1.2.0/24]}}
      office:
        network_type: public
        transit_router: tr
        tunnel: strong
        sites: 1
        peer: {cidr_blocks: [10.2.0.0/16]}

fails:
    attachments:
      branch: {peer: {cidr_blocks: [10.0.0.0/8]}}
      office:
        network_type: public
        transit_router: tr
        tunnel: strong
        sites: 1
        peer: {cidr_blocks: [10.2.0.0/16]}
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planner.check import Check, Subject
from planner.core import cidr
from planner.core.problem import Finding
from planner.scenario import Group, Scenario, Use

if TYPE_CHECKING:
    from ipaddress import IPv4Network

_SHARED = "100.64.0.0/10"


@dataclass(frozen=True)
class _Block:
    network: IPv4Network
    use: Use[Any]
    keys: tuple[str | int, ...]
    routers: tuple[str, ...]
    sites: str
    """Name of the sites whose network it is, the same for all groups that reach them."""


def find(subject: Subject) -> Iterator[Finding]:
    """An error per block that is none or cannot be routed to, and per block that networks of other sites overlap.

    Groups that name the same peer or share a set of routes reach the same sites, and so do those that state no peer
    and share a configuration of tunnels.
    """
    blocks: list[_Block] = []
    for scenario in subject.scenarios:
        sites = _Sites(scenario)
        for use, keys, text, routed in _stated(scenario):
            network = cidr.network(text)
            if network is None:
                if keys[0] == "cidr_blocks":  # of tunnels flow-protection-cidrs tells it
                    message, remedy = f"{text} is no CIDR block", "write its first address and its mask"
                    yield CHECK.about("overlapping-sites", "error", use, keys, message, remedy)
                continue
            if routed and (wrong := _not_routable(network)):
                message = f"{text}: {wrong}"
                remedy = "state the networks of the sites, or use BGP" if keys[0] == "cidr_blocks" else "state networks"
                yield CHECK.about("overlapping-sites", "error", use, keys, message, remedy)
                continue
            reached: dict[str, dict[str, None]] = {}
            for group in use.groups:
                reached.setdefault(sites.of(group), {})[group.routers[0]] = None
            blocks += [_Block(network, use, keys, tuple(on), name) for name, on in reached.items()]
    for router in sorted({router for block in blocks for router in block.routers}):
        yield from _overlaps(router, [block for block in blocks if router in block.routers])


def _stated(scenario: Scenario) -> Iterator[tuple[Use[Any], tuple[str | int, ...], str, bool]]:
    """Every block, with its configuration, its keys, and whether a static route leads to it."""
    with_bgp = {group.id for use in scenario.tunnels if use.entry.bgp for group in use.groups}
    for peer in scenario.peers:
        static = any(group.id not in with_bgp for group in peer.groups)
        for index, text in enumerate(peer.entry.cidr_blocks):
            yield peer, ("cidr_blocks", index), text, static
    for tunnel in scenario.tunnels:
        if tunnel.entry.routing_mode == "flow-protection":
            for index, text in enumerate(tunnel.entry.peer_cidr_blocks):
                yield tunnel, ("peer_cidr_blocks", index), text, True


class _Sites:
    """Which groups of a plan reach the same sites."""

    def __init__(self, scenario: Scenario) -> None:
        self.parent: dict[str, str] = {}
        tunnels = {group.id: use.id for use in scenario.tunnels for group in use.groups}
        peers = {group.id: use.id for use in scenario.peers for group in use.groups}
        plan = scenario.plan
        for group in scenario.groups:
            names = [f"{plan.name} tunnel {tunnels.get(group.id, group.id)}"]
            if peer := peers.get(group.id):  # by name it is the same in every plan
                names = [f"peer {peer}" if peer in plan.peers else f"{plan.name} peer {peer}"]
            if group.entry.ecmp.startswith("set "):
                names.append(f"{group.routers[0]} {group.entry.ecmp}")
            for name in names:
                self.parent[self._root(group.id)] = self._root(name)

    def of(self, group: Group) -> str:
        return self._root(group.id)

    def _root(self, name: str) -> str:
        while (above := self.parent.setdefault(name, name)) != name:
            self.parent[name] = self.parent[above]
            name = above
        return name


def _not_routable(network: IPv4Network) -> str:
    from ipaddress import IPv4Network

    if network.prefixlen == 0:
        return "a static route never leads to 0.0.0.0/0"
    if network.overlaps(IPv4Network(_SHARED)):
        return f"a static route never leads to what overlaps {_SHARED}"
    return ""


def _overlaps(router: str, blocks: list[_Block]) -> Iterator[Finding]:
    """Blocks in which those of other sites lie: CIDR blocks lie inside each other, or apart."""
    in_order = sorted(blocks, key=lambda block: (block.network, block.sites))  # an outer block before its inner ones
    around: list[_Block] = []
    inside: dict[int, list[_Block]] = {}
    for block in in_order:
        while around and around[-1].network.broadcast_address < block.network.network_address:
            around.pop()
        outer = next((one for one in around if _apart(one, block)), None)
        if outer is not None:
            inside.setdefault(id(outer), []).append(block)
        around.append(block)
    for outer in in_order:
        if found := inside.get(id(outer)):
            inner = found[0]
            others = len({block.sites for block in found}) - 1
            more = f", and so do blocks of {others} more" if others else ""
            message = (
                f"{inner.network} overlaps {outer.network} of {outer.use.id} at {outer.use.at(*outer.keys).location},"
                f" on the same transit router {router}{more}"
            )
            remedy = "give every site networks of its own, or name one peer where it is the same data centre"
            yield CHECK.about("overlapping-sites", "error", inner.use, inner.keys, message, remedy)


def _apart(one: _Block, other: _Block) -> bool:
    """Whether they are of different sites. Of one configuration that is only sure where both groups name a peer."""
    same = one.use.place == other.use.place and one.keys == other.keys
    return one.sites != other.sites and not (same and not ("peer " in one.sites and "peer " in other.sites))


CHECK = Check(
    description=(
        "Networks behind different peers on one transit router do not overlap: of two routes to one network it would"
        " not be clear where traffic goes. Static routes, which connections without BGP need, never lead to 0.0.0.0/0"
        f" nor to what overlaps {_SHARED}. The document does not say it; this follows newer pages."
    ),
    source="Transit router documentation, static routes; networks that communicate do not overlap",
    find=find,
    level="error",
)
