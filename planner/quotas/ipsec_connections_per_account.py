"""How many IPsec-VPN connections an account can have in a region.

unknown:
    attachments:
      branch: {sites: 4}
"""

from planner.assumption import Assumptions
from planner.core.provenance import Reference
from planner.demand import Events
from planner.inventory import Inventory
from planner.quota import Claims, Quota, per_account_and_region


def claims(inventory: Inventory, events: Events, assumptions: Assumptions) -> Claims:
    """Every connection of a plan claims one, in the account that owns it.

    That is a lower bound: what exists is not counted, since the estate does not say which account owns it.
    """
    return per_account_and_region(inventory, events, events.change)


QUOTA = Quota(
    title="IPsec-VPN connections",
    description=(
        "Only so many IPsec-VPN connections can be created in an account and region; how many, no page that was read"
        " states."
    ),
    unit="IPsec-VPN connection",
    default=None,
    adjustable=None,
    maximum=None,
    scope="account and region",
    holder="account",
    product="vpn",
    reference=Reference(
        title="VPN Gateway, quotas (only the top of the page was read)",
        url="https://www.alibabacloud.com/help/en/vpn/user-guide/quotas",
        read_on="2026-11",
        evidence="official",
    ),
    claims=claims,
    remedy="spread the connections over accounts or regions",
    lower_bound=True,
)
