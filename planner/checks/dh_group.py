"""Diffie-Hellman groups are those of the document's list; phase 2 can also be without one.

passes:
    tunnels:
      strong: {ike: {dh_group: group14}, ipsec: {dh_group: group14}}

fails:
    tunnels:
      strong: {ike: {dh_group: disabled}, ipsec: {dh_group: group14}}

fails as warning:
    tunnels:
      strong: {ike: {dh_group: group5}}
"""

from collections.abc import Iterator

from planner.check import Check, Subject
from planner.core.problem import Finding, Level

_GROUPS = ("group1", "group2", "group5", "group14")


def find(subject: Subject) -> Iterator[Finding]:
    """Per phase: an error for what is not in its list, a warning for a small group and for phase 2 without one."""
    for use in subject.tunnels:
        for phase, settings in use.entry.phases:
            stated = settings.dh_group
            if stated is None or stated == "group14":
                continue
            listed = _GROUPS if phase == "ike" else (*_GROUPS, "disabled")
            level: Level = "warning" if stated in listed else "error"
            told = f"is none of {', '.join(listed)}"
            remedy = "take group14"
            if stated == "disabled" and stated in listed:
                told = "is without PFS, and the client must have PFS off as well"
            elif stated in listed:
                told = "is small"
            yield CHECK.about("dh-group", level, use, (phase, "dh_group"), f"{phase} dh_group {stated} {told}", remedy)


CHECK = Check(
    description=(
        "Diffie-Hellman groups: group1, group2, group5 and group14, in phase 2 also disabled, which is without "
        "perfect forward secrecy (PFS). With a group in phase 2, PFS must be on at the client too."
    ),
    source="Attach an IPsec-VPN connection to a transit router, DH Group",
    find=find,
    level="error",
)
