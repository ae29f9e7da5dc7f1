"""How many customer gateways an account can have in a region.

exceeded:
    attachments:
      branch: {sites: 101, connections_per_site: 1}
    estate:
      transit_routers:
        tr: {limits: {vpn-attachments-per-transit-router: {value: 200, source: request 1}}}
"""

from planner.assumption import Assumptions
from planner.core.provenance import Reference
from planner.demand import Events
from planner.inventory import Inventory
from planner.quota import Claims, Quota, per_account_and_region


def claims(inventory: Inventory, events: Events, assumptions: Assumptions) -> Claims:
    """Every site of a plan claims one, in the account that owns its connections.

    That is a lower bound: what exists is not counted, since the estate does not say how many customer gateways there
    are, and a site can have several, one for each of its addresses.
    """
    sites = events.change // inventory.groups.connections_per_site[events.group]
    return per_account_and_region(inventory, events, sites)


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
