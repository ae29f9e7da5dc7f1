"""Perfect forward secrecy is on at both ends of a connection, or at neither.

passes:
    tunnels:
      strong: {ipsec: {dh_group: group14}}
    attachments:
      branch: {peer: {pfs: true}}

fails:
    tunnels:
      strong: {ipsec: {dh_group: group14}}
    attachments:
      branch: {peer: {pfs: false}}
"""

from collections.abc import Iterator

from planner.check import Check, Subject
from planner.core.problem import Finding
from planner.scenario import by_group

_DEFAULT = "group2"
"""DH group of phase 2 where none is stated."""


def find(subject: Subject) -> Iterator[Finding]:
    """One warning per peer whose PFS does not fit the DH group of phase 2 of its connections."""
    for scenario in subject.scenarios:
        stated = {name: tunnel.ipsec.dh_group for name, tunnel in by_group(scenario.tunnels).items()}
        for use in scenario.peers:
            if use.entry.pfs is None:
                continue
            differ = [g.id for g in use.groups if ((stated.get(g.id) or _DEFAULT) != "disabled") is not use.entry.pfs]
            if not differ:
                continue
            dh_group = stated.get(differ[0])
            told = dh_group or f"{_DEFAULT} (the default)"
            those = differ[0] if len(differ) == 1 else f"{differ[0]} and {len(differ) - 1} more groups"
            if use.entry.pfs:
                message = f"PFS is on at the peer, and off (ipsec dh_group {told}) for {those}"
                remedy = "set ipsec: {dh_group: group14}, or turn PFS off at the peer"
            else:
                message = f"PFS is off at the peer, and ipsec dh_group {told} turns it on for {those}"
                remedy = "turn PFS on at the peer; a peer without it needs ipsec: {dh_group: disabled}"
            yield CHECK.about("peer-pfs", "warning", use, ("pfs",), message, remedy)


CHECK = Check(
    description=(
        "A DH group of phase 2 other than disabled turns perfect forward secrecy (PFS) on, which is then needed at the"
        " other end as well; with disabled it is off at both."
    ),
    source="Attach an IPsec-VPN connection to a transit router, IPsec Settings, DH Group",
    find=find,
)
