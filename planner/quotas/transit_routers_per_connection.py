"""To how many transit routers one IPsec-VPN connection can be attached.

exceeded:
    estate:
      transit_routers:
        other: {region: eu-central-1, account: hub, cen: cen-of-the-other}
    attachments:
      branch: {transit_router: [tr, other]}
"""

from collections.abc import Iterator

import numpy as np

from planner.assumption import Assumptions
from planner.core.period import NEVER
from planner.core.problem import Place
from planner.demand import Events
from planner.inventory import Inventory
from planner.quota import ATTACHMENT_LIMITS, NO_HOLDER, Claims, Quota, claims_of

Stay = tuple[int, int, int, int]
"""start, end, step, group"""


def claims(inventory: Inventory, events: Events, assumptions: Assumptions) -> Claims:
    """A connection claims each transit router on which it stands.

    Connections without an id are alike; only groups that name several routers are listed for them.
    """
    groups = inventory.groups
    stays: dict[str, dict[int, list[Stay]]] = {}
    for group, ids in groups.connection_ids.items():
        for router in _routers(inventory, group):
            for name, stay in zip(ids, _of_connections(inventory, group), strict=False):
                stays.setdefault(name, {}).setdefault(router, []).append(stay)
    for group in groups.more_routers.keys() - groups.connection_ids.keys():
        for router in _routers(inventory, group):
            stays.setdefault(inventory.group_names[group], {})[router] = list(_of_connections(inventory, group))
    scopes = sorted(stays)
    places: list[Place] = []
    rows = []
    for scope, name in enumerate(scopes):
        places.append(groups.places[next(iter(stays[name].values()))[0][3]])
        for on_router in stays[name].values():
            for start, end, step, group in _merged(on_router):
                rows.append((scope, start, 1, step, group))
                if end < NEVER:
                    rows.append((scope, end, -1, -1, group))
    notes = [f"on {' and '.join(inventory.routers.ids[router] for router in stays[name])}" for name in scopes]
    nothing = [0] * len(scopes)
    return claims_of(scopes, [NO_HOLDER] * len(scopes), nothing, places, rows, notes)


def _routers(inventory: Inventory, group: int) -> tuple[int, ...]:
    return (int(inventory.groups.router[group]), *inventory.groups.more_routers.get(group, ()))


def _of_connections(inventory: Inventory, group: int) -> Iterator[Stay]:
    """When each connection of a group is there: the first connections belong to the first sites."""
    lots, per_site = inventory.lots, int(inventory.groups.connections_per_site[group])
    own = slice(*np.searchsorted(lots.group, [group, group + 1]).tolist())
    columns = (lots.start, lots.end, lots.added_by, lots.sites)
    for start, end, step, sites in zip(*(column[own].tolist() for column in columns), strict=True):
        for _ in range(sites * per_site):
            yield start, end, step, group


def _merged(stays: list[Stay]) -> Iterator[Stay]:
    """Stays on one router, overlapping ones joined: a connection is on a router or is not."""
    current: Stay | None = None
    for stay in sorted(stays):
        if current is None:
            current = stay
        elif stay[0] <= current[1]:
            current = (current[0], max(current[1], stay[1]), *current[2:])
        else:
            yield current
            current = stay
    if current:
        yield current


QUOTA = Quota(
    title="transit routers",
    description="An IPsec-VPN connection can be attached to one transit router.",
    unit="transit router",
    default=1,
    adjustable=False,
    maximum=1,
    scope="connection",
    holder=None,
    product="vpn",
    reference=ATTACHMENT_LIMITS,
    claims=claims,
    remedy="this quota cannot be increased: attach the connection to one router, and create another one for the other",
)
