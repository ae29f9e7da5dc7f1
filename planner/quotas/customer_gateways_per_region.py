"""How many customer gateways an account can have in a region.

exceeded:
    attachments:
      branch: {sites: 101, connections_per_site: 1}
    estate:
      transit_routers:
        tr: {limits: {vpn-attachments-per-transit-router: {value: 200, source: request 1}}}
"""

import numpy as np

from planner.assumption import Assumptions
from planner.core.provenance import Reference
from planner.demand import Events
from planner.inventory import Ints, Inventory
from planner.quota import Claims, Quota, per_account_and_region, present


def claims(inventory: Inventory, events: Events, assumptions: Assumptions) -> Claims:
    """Every site of a plan claims one, or as many as its group names; one that serves all sites counts once.

    They belong to the account that owns the connections. That is a lower bound: what exists is not counted, since the
    estate does not say how many customer gateways there are.
    """
    groups = inventory.groups
    sites = events.change // groups.connections_per_site[events.group]
    own = sites * groups.own_gateways[events.group]
    if not groups.shared_gateways:
        return per_account_and_region(inventory, events, own)
    rows, turns = _shared(inventory, events, sites)
    every = np.concatenate([np.arange(len(own)), rows])
    more = Events(events.instant[every], events.group[every], events.change[every], events.step[every])
    return per_account_and_region(inventory, more, np.concatenate([own, turns]))


def _shared(inventory: Inventory, events: Events, sites: Ints) -> tuple[Ints, Ints]:
    """Events at which a gateway that serves all sites comes or goes: its first site comes, its last one leaves."""
    groups = inventory.groups
    rows, names = [], []
    codes: dict[tuple[int, int, int, str], int] = {}
    for group, shared in groups.shared_gateways.items():
        own = np.flatnonzero(events.group == group)
        for name in shared:
            key = (int(groups.scenario[group]), int(groups.owner[group]), int(inventory.group_region[group]), name)
            rows.append(own)
            names.append(np.full(len(own), codes.setdefault(key, len(codes))))
    row, code = np.concatenate(rows), np.concatenate(names)
    found = present(code, events.instant[row], sites[row])
    return row[found.row], found.change


QUOTA = Quota(
    title="customer gateways",
    description=(
        "At most 100 customer gateways per region, by a page of 2020; what holds today, no page that was read states."
    ),
    unit="customer gateway",
    default=100,
    adjustable=False,
    maximum=None,
    scope="account and region",
    holder="account",
    product="vpn",
    reference=Reference(
        title="VPN Gateway, limits",
        url="https://github.com/AlibabaCloudDocs/vpn/blob/5db6748b/intl.en-US/Product%20Overview/Limits.md",
        read_on="2026-11",
        evidence="official",
        updated="2020-09-30",
    ),
    claims=claims,
    remedy="let sites behind one address share a customer gateway, or spread them over accounts",
    lower_bound=True,
    doubt="the limit is that of a page of 2020, and what holds today is unknown",
)
