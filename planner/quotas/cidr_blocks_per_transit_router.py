"""How many CIDR blocks a transit router can have.

exceeded:
    estate:
      transit_routers:
        tr: {cidr_blocks: [10.0.0.0/24, 10.0.1.0/24, 10.0.2.0/24, 10.0.3.0/24, 10.0.4.0/24, 10.0.5.0/24]}
"""

import numpy as np

from planner.assumption import Assumptions
from planner.core.provenance import Reference
from planner.demand import Events
from planner.inventory import Inventory
from planner.quota import Claims, Quota, claims_of


def claims(inventory: Inventory, events: Events, assumptions: Assumptions) -> Claims:
    """Every CIDR block of a transit router that the estate states claims one; plans add none."""
    routers = inventory.routers
    stated = np.flatnonzero(routers.cidr_blocks).tolist()
    return claims_of(
        scopes=[routers.ids[router] for router in stated],
        holder=stated,
        existing=routers.cidr_blocks[stated].tolist(),
        places=[routers.places[router] for router in stated],
        rows=[],
    )


QUOTA = Quota(
    title="CIDR blocks",
    description="A transit router has at most 5 CIDR blocks, from which gateway addresses are taken.",
    unit="CIDR block",
    default=5,
    adjustable=None,
    maximum=None,
    scope="transit router",
    holder="transit router",
    product="cbn",
    reference=Reference(
        title="CreateTransitRouterCidr",
        url="https://alibabacloud.com/help/en/cen/developer-reference/api-createtransitroutercidr",
        read_on="2026-11",
        evidence="official",
        updated="2025-08-07",
    ),
    claims=claims,
    remedy="use fewer and larger blocks: masks from /16 on are possible",
)
