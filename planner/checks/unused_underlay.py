"""An underlay that no group runs over costs nothing in this plan, and is probably a slip."""

from collections.abc import Iterator

from planner.check import Check, Subject
from planner.core.problem import Finding


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
                message=f"{name}: no attachment group runs over this underlay; its connection fee is left out",
                remedy="name it in the groups that run over it, or take it out",
                source=CHECK.source,
            )


CHECK = Check(
    description="Every underlay carries at least one attachment group; the fee of an unused one is left out.",
    source="",
    find=find,
)
