"""A transit router has CIDR blocks before the first VPN attachment, and they are ones that it can have.

passes:
    stage: ready
    estate:
      transit_routers:
        tr: {cidr_blocks: [10.60.0.0/24]}

fails:
    stage: ready
    estate:
      transit_routers:
        tr: {cidr_blocks: []}
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any

from planner.check import Check, Missing, Subject
from planner.core import cidr
from planner.core.problem import Finding
from planner.core.words import some
from planner.scenario import Scenario, Use

if TYPE_CHECKING:
    from ipaddress import IPv4Network

    Blocks = dict[tuple[str, int], IPv4Network]

SHORTEST, LONGEST = 16, 24
_NEVER = ("100.64.0.0/10", "224.0.0.0/4", "127.0.0.0/8", "169.254.0.0/16")


def find(subject: Subject) -> Iterator[Finding]:
    """Errors per CIDR block of a router: one that cannot be, is not unique in its CEN, or meets a network behind it."""
    scenario = subject.scenarios[0]
    blocks: Blocks = {}
    for name, router in scenario.estate.transit_routers.items():
        for index, text in enumerate(router.cidr_blocks):
            block = cidr.network(text)
            if block is not None:
                blocks[name, index] = block
            said = _wrong(block)
            if said and name in subject.sites_on:
                keys, remedy = ("cidr_blocks", index), f"take a block with a mask of /{SHORTEST} to /{LONGEST}"
                message = f"the CIDR block {text} cannot be used: {said}"
                yield CHECK.about_router("cidr-block", "error", scenario, name, keys, message, remedy)
    networks = _networks(subject)
    for (name, index), block in blocks.items():
        if name in subject.sites_on:
            met = _met(subject, blocks, name, index)
            met += [words for network, words in networks.get(name, ()) if network.overlaps(block)]
            if met:
                message = f"the CIDR block {block} overlaps {some(met)}"
                remedy = "take a block that nothing else has which communicates over the transit router"
                keys = ("cidr_blocks", index)
                yield CHECK.about_router("cidr-block", "error", scenario, name, keys, message, remedy)


def _wrong(block: IPv4Network | None) -> str:
    """Why a router cannot have a block, whatever else there is; empty if it can."""
    from ipaddress import IPv4Network

    if block is None:
        return "it is no CIDR block: the first address of one, and its mask"
    if not SHORTEST <= block.prefixlen <= LONGEST:
        return f"the mask is /{block.prefixlen}, none of /{SHORTEST} to /{LONGEST}"
    inside = [text for text in _NEVER if block.overlaps(IPv4Network(text))]
    return f"it is inside {inside[0]}" if inside else ""


def _met(subject: Subject, blocks: Blocks, name: str, index: int) -> list[str]:
    """Blocks of the CEN that a block overlaps, in words; a pair on two routers in use is told once, at the later."""
    routers, own = subject.scenarios[0].estate.transit_routers, blocks[name, index]
    found, later = [], False
    for (other, at), block in blocks.items():
        if (other, at) == (name, index):
            later = True
            continue
        same_cen = other == name or (routers[other].cen is not None and routers[other].cen == routers[name].cen)
        if same_cen and block.overlaps(own) and not (later and other in subject.sites_on):
            found.append(f"{block} of {other}")
    return found


def _networks(subject: Subject) -> dict[str, list[tuple[IPv4Network, str]]]:
    """By transit router: networks that communicate over it, as far as plans state them, each once; with their names.

    What is no CIDR block is left out here.
    """
    found: dict[str, dict[tuple[str, str], None]] = {}
    of_peers = ((use, use.entry.cidr_blocks) for use in subject.peers)
    of_tunnels = ((use, (*use.entry.local_cidr_blocks, *use.entry.peer_cidr_blocks)) for use in subject.tunnels)
    stated: Iterator[tuple[Use[Any], tuple[str, ...]]] = chain(of_peers, of_tunnels)
    for use, texts in stated:
        for router in use.routers if texts else ():
            found.setdefault(router, {}).update(dict.fromkeys((text, use.id) for text in texts))
    return {
        router: [(network, f"{text} of {use}") for text, use in own if (network := cidr.network(text))]
        for router, own in found.items()
    }


def missing(scenario: Scenario) -> Iterator[Missing]:
    """Routers without a CIDR block."""
    used = {name for group in scenario.groups for name in group.routers}
    without = [
        name
        for name, router in sorted(scenario.estate.transit_routers.items())
        if name in used and not router.cidr_blocks
    ]
    for name in without:
        yield Missing(
            what="a CIDR block",
            whose=name,
            subject=name,
            place=scenario.estate_place("transit_routers", name),
            message=f"{name}: no CIDR block is stated, and one has to exist before a VPN attachment",
            remedy="create a transit router CIDR block, and state it in cidr_blocks",
        )


CHECK = Check(
    description=(
        "A transit router has a CIDR block before its first VPN attachment: gateway addresses are allocated from it. A"
        " block has a mask of /16 to /24, is not inside 100.64.0.0/10, 224.0.0.0/4, 127.0.0.0/8 or 169.254.0.0/16, is"
        " unique in the CEN, and overlaps no network that communicates over the transit router. Networks are those that"
        " peers and tunnels state, routers of one CEN those that state the same `cen`."
    ),
    source="Attach an IPsec-VPN connection to a transit router, Prerequisites; transit router CIDR blocks",
    find=find,
    level="error",
    missing=missing,
)
