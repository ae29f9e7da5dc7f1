"""An underlay that no group runs over costs nothing in this plan, and is probably a slip.

passes:
    underlays:
      vbr: {kind: vbr, transit_router: tr}
    attachments:
      branch: {network_type: private, underlay: vbr}

fails:
    underlays:
      vbr: {kind: vbr, transit_router: tr}
"""

from collections.abc import Iterator

from planner.check import Check, Subject
from planner.core.problem import Finding
from planner.inventory import Underlays


def find(subject: Subject) -> Iterator[Finding]:
    """One warning per unused underlay."""
    underlays = subject.inventory.underlays
    used = set(subject.inventory.groups.underlay.tolist())
    for code, name in enumerate(underlays.ids):
        if code not in used:
            yield Finding(
                code="unused-underlay",
                level="warning",
                subject=name,
                place=underlays.places[code],
                message=f"{name}: no attachment group runs over this underlay; {_costs(underlays, code)} left out",
                remedy="name it in the groups that run over it, or take it out",
                source=CHECK.source,
            )


def _costs(underlays: Underlays, code: int) -> str:
    more = [what for what, of in (("port", underlays.ports), ("leased line", underlays.leased_lines)) if code in of]
    return f"its connection fee, {' and '.join(more)} are" if more else "its connection fee is"


CHECK = Check(
    description="Every underlay carries at least one attachment group; an unused one costs nothing in the plan.",
    source="",
    find=find,
)
