"""How many routes a route table of a transit router can hold.

exceeded:
    attachments:
      branch: {sites: 2001}
"""

import numpy as np

from planner.assumption import Assumptions
from planner.core.provenance import Reference
from planner.demand import Events
from planner.inventory import Inventory
from planner.quota import Claims, Quota, present


def claims(inventory: Inventory, events: Events, assumptions: Assumptions) -> Claims:
    """Every site of a plan claims one route at least, and connections that share routes one for all of them.

    With flow protection every connection claims one. That is a lower bound: what exists is not counted, nor the
    routes of VPCs, nor a second network of a site. It is counted as if all were in one route table.
    """
    groups = inventory.groups
    count = len(groups.ids)
    shared = np.array([ecmp not in ("none", "per-site") for ecmp in groups.ecmp], dtype=bool) & ~groups.flow_protection
    alone = ~shared[events.group]
    each = np.where(groups.flow_protection, 1, groups.connections_per_site)[events.group]
    sets: dict[tuple[int, str], int] = {}
    names = zip(groups.router.tolist(), groups.ecmp, range(count), strict=True)
    keys = [(router, ecmp if ecmp.startswith("set ") else f"group {group}") for router, ecmp, group in names]
    set_of = np.array([sets.setdefault(key, len(sets)) for key in keys], dtype=np.int64)
    own = ~alone
    one = present(set_of[events.group[own]], events.instant[own], events.change[own])
    row = np.concatenate([np.flatnonzero(alone), np.flatnonzero(own)[one.row]])
    change = np.concatenate([(events.change // each)[alone], one.change])
    group = events.group[row]
    used, _ = np.unique(groups.router, return_index=True)  # plain unique loads numpy.ma
    scope_of = np.full(len(inventory.routers.ids), -1)
    scope_of[used] = np.arange(len(used))
    return Claims(
        scopes=tuple(inventory.routers.ids[router] for router in used.tolist()),
        holder=used,
        existing=np.zeros(len(used), dtype=np.int64),
        places=tuple(inventory.routers.places[router] for router in used.tolist()),
        scope=scope_of[groups.router[group]],
        instant=events.instant[row],
        change=change,
        step=events.step[row],
        group=group,
    )


QUOTA = Quota(
    title="routes",
    description="A route table of a transit router holds at most 2,000 routes, by an example of the documentation.",
    unit="route",
    default=2000,
    adjustable=None,
    maximum=None,
    scope="transit router",
    holder="transit router",
    product="cbn",
    reference=Reference(
        title="Cloud Enterprise Network, prefix lists",
        url="https://help.aliyun.com/en/cen/user-guide/prefix-lists",
        read_on="2026-11",
        evidence="official",
    ),
    claims=claims,
    remedy="aggregate routes, or spread the sites over several route tables or routers",
    lower_bound=True,
    doubt="the limit is given as an example only, and is unknown otherwise",
)
