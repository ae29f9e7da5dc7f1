"""How many IPsec-VPN connections can be attached to one transit router.

exceeded:
    attachments:
      branch: {sites: 51}

tight:
    attachments:
      branch: {sites: 40}
"""

import numpy as np

from planner.assumption import Assumptions
from planner.demand import Events
from planner.inventory import Inventory
from planner.quota import ATTACHMENT_LIMITS, Claims, Quota


def claims(inventory: Inventory, events: Events, assumptions: Assumptions) -> Claims:
    """Every connection claims one on its transit router; one that names several routers claims one on each."""
    routers, groups = inventory.routers, inventory.groups
    row = np.arange(len(events.group))
    scope = groups.router[events.group]
    for group, others in groups.more_routers.items():
        own = np.flatnonzero(events.group == group)
        for other in others:
            row = np.concatenate([row, own])
            scope = np.concatenate([scope, np.full(len(own), other)])
    return Claims(
        scopes=routers.ids,
        router=np.arange(len(routers.ids)),
        existing=routers.attached_vpn,
        places=routers.places,
        scope=scope,
        instant=events.instant[row],
        change=events.change[row],
        step=events.step[row],
        group=events.group[row],
    )


QUOTA = Quota(
    title="VPN attachments",
    description="At most 50 IPsec-VPN connections can be attached to a transit router; more by request.",
    default=50,
    adjustable=True,
    scope="transit router",
    reference=ATTACHMENT_LIMITS,
    claims=claims,
    remedy="attach sites to another transit router (one per region and CEN instance), or later",
)
