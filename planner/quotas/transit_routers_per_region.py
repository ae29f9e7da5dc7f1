"""How many transit routers of one CEN instance can stand in one region.

exceeded:
    estate:
      transit_routers:
        tr: {cen: cen-one}
        more: {cen: cen-one, region: eu-central-1, account: hub}
"""

from planner.assumption import Assumptions
from planner.core.problem import Place
from planner.core.provenance import Reference
from planner.demand import Events
from planner.inventory import Inventory
from planner.quota import NO_HOLDER, Claims, Quota, claims_of


def claims(inventory: Inventory, events: Events, assumptions: Assumptions) -> Claims:
    """Every transit router of the estate that names its CEN instance claims one there, in its region."""
    routers = inventory.routers
    existing: dict[str, int] = {}
    places: dict[str, Place] = {}
    for router, (cen, region) in enumerate(zip(routers.cen, routers.region.tolist(), strict=True)):
        if cen:
            scope = f"{cen}/{inventory.regions[region]}"
            existing[scope] = existing.get(scope, 0) + 1
            places[scope] = routers.places[router]
    scopes = sorted(existing)
    return claims_of(
        scopes=scopes,
        holder=[NO_HOLDER] * len(scopes),
        existing=[existing[scope] for scope in scopes],
        places=[places[scope] for scope in scopes],
        rows=[],
    )


QUOTA = Quota(
    title="transit routers",
    description="A CEN instance has one transit router in a region; another CEN instance can have its own there.",
    unit="transit router",
    default=1,
    adjustable=None,
    maximum=1,
    scope="CEN instance and region",
    holder=None,
    product="cbn",
    reference=Reference(
        title="Cloud Enterprise Network, FAQ, and CreateTransitRouter",
        url="https://www.alibabacloud.com/help/doc-detail/66205.htm",
        read_on="2026-11",
        evidence="official",
        updated="2026-03-05",
    ),
    claims=claims,
    remedy="correct cen or region in the estate, or give one of the routers a CEN instance of its own",
)
