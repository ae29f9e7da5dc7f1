"""A profile that no group names has no effect, and is perhaps a slip.

passes:
    peers: {site: {mainland: false}}
    attachments:
      branch: {peer: site}

fails:
    peers: {site: {mainland: false}}
"""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from planner.check import Check, Subject
from planner.core.problem import Finding
from planner.scenario import Use


def find(subject: Subject) -> Iterator[Finding]:
    """Information per profile of tunnels, connections, customer_gateways and peers that no group names."""
    uses: Iterator[Use[Any]] = chain(subject.tunnels, subject.connections, subject.customer_gateways, subject.peers)
    for use in uses:
        if not use.groups:
            message = f"no attachment group names this profile of {use.place.path[0]}: it has no effect"
            yield CHECK.about("unused-profile", "info", use, (), message, "name it in a group, or take it out")


CHECK = Check(
    description="Every profile of tunnels, connections, customer gateways and peers is named by an attachment group.",
    source="",
    find=find,
    level="info",
)
