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
from planner.quota import ATTACHMENT_LIMITS, ESTATE, Claims, Quota


def claims(inventory: Inventory, events: Events, assumptions: Assumptions) -> Claims:
    """Every connection claims one on its transit router; one that names several routers claims one on each.

    What exists counts until the plan retires it.
    """
    routers, groups = inventory.routers, inventory.groups
    row = np.arange(len(events.group))
    scope = groups.router[events.group]
    for group, others in groups.more_routers.items():
        own = np.flatnonzero(events.group == group)
        for other in others:
            row = np.concatenate([row, own])
            scope = np.concatenate([scope, np.full(len(own), other)])
    left = inventory.retirements
    nobody = np.full(len(left.router), ESTATE)
    return Claims(
        scopes=routers.ids,
        holder=np.arange(len(routers.ids)),
        existing=routers.attached_vpn,
        places=routers.places,
        scope=np.concatenate([scope, left.router]),
        instant=np.concatenate([events.instant[row], left.instant]),
        change=np.concatenate([events.change[row], -left.connections]),
        step=np.concatenate([events.step[row], nobody]),
        group=np.concatenate([events.group[row], nobody]),
    )


QUOTA = Quota(
    title="VPN attachments",
    description="At most 50 IPsec-VPN connections can be attached to a transit router; more by request.",
    unit="VPN attachment",
    default=50,
    adjustable=True,
    maximum=None,
    scope="transit router",
    holder="transit router",
    product="cbn",
    reference=ATTACHMENT_LIMITS,
    claims=claims,
    remedy="attach sites to another transit router (one per region and CEN instance), or later",
)
