"""Regions in which a plan may be."""

from collections.abc import Iterator

from planner.core.problem import Finding, Place
from planner.policy_rule import Case, Rule


def judge(case: Case) -> Iterator[Finding]:
    """One finding per attachment group whose transit router or workloads are in a region that is not allowed."""
    allowed = case.policy.regions
    if allowed is None:
        return
    for scenario in case.plan.scenarios:
        routers = scenario.estate.transit_routers
        for group in scenario.groups:
            name = f"{scenario.plan.name}:{group.id}" if case.plan.several else group.id
            found = [(routers[router].region, "transit_router", router) for router in group.routers]
            if group.entry.cloud_region:
                found.append((group.entry.cloud_region, "cloud_region", "its workloads"))
            for region, key, what in found:
                if region in allowed:
                    continue
                yield Finding(
                    code="allowed-regions",
                    level="error",
                    subject=name,
                    place=Place(group.place.source, (*group.place.path, key)),
                    message=f"{name}: {what} in {region}; the policy allows {', '.join(allowed) or 'no region'}",
                    remedy="use a transit router in an allowed region, or have the region allowed",
                    source=case.cite("regions"),
                )


RULE = Rule("Transit routers and workloads are in allowed regions.", "regions", judge)
