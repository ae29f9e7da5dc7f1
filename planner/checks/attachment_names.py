"""Attachments of a transit router have different names.

passes:
    attachments:
      branch: {attachment_name: vpn, sites: 3}
      office: {network_type: public, transit_router: tr, tunnel: strong, sites: 1, attachment_name: vpn-4}

fails:
    attachments:
      branch: {attachment_name: vpn, sites: 4}
      office: {network_type: public, transit_router: tr, tunnel: strong, sites: 1, attachment_name: vpn-4}
"""

from collections.abc import Iterator

from planner.check import Check, Subject
from planner.connection import numbered
from planner.core.problem import Finding
from planner.scenario import Group


def find(subject: Subject) -> Iterator[Finding]:
    """One warning per transit router and name that several groups have, with or without a number behind."""
    named: dict[tuple[str, str], list[Group]] = {}
    for scenario in subject.scenarios:
        for group in scenario.groups:
            if group.entry.attachment_name is not None:
                named.setdefault((group.routers[0], group.entry.attachment_name), []).append(group)
    for (router, name), groups in named.items():
        if len(groups) > 1:
            yield _finding(router, f"{name} and its numbers" if _several(groups) else name, groups)
            continue
        base, _, number = name.rpartition("-")
        others = named.get((router, base), [])
        count = max((group.most_connections for group in others), default=0)
        clash = number.isdecimal() and count > 1 and numbered(base, int(number), count) == name
        if clash and 1 <= int(number) <= count and groups[0].most_connections == 1:
            yield _finding(router, name, [*groups, *others])


def _several(groups: list[Group]) -> bool:
    return any(group.most_connections > 1 for group in groups)


def _finding(router: str, name: str, groups: list[Group]) -> Finding:
    more = f" and {len(groups) - 3} more" if len(groups) > 3 else ""
    return Finding(
        code="attachment-names",
        level="warning",
        subject=router,
        place=groups[-1].at("attachment_name") if len(groups) < 3 else groups[1].at("attachment_name"),
        message=f"{router}: the attachment name {name} is given to the groups"
        f" {', '.join(group.id for group in groups[:3])}{more}",
        remedy="give each group a name of its own",
        source=CHECK.source,
    )


CHECK = Check(
    description=(
        "Attachment names are unique on a transit router. Those of a group with several connections have a number"
        " behind, such as vpn-1 and vpn-2."
    ),
    source="Attach an IPsec-VPN connection to a transit router, Attachment Name; that they are unique is no rule there",
    find=find,
)
