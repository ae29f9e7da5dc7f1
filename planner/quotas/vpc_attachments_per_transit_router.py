"""How many VPCs can be attached to a transit router."""

from planner.assumption import Assumptions
from planner.core.provenance import Reference
from planner.demand import Events
from planner.inventory import Inventory
from planner.quota import Claims, Quota, attached_of_kind


def claims(inventory: Inventory, events: Events, assumptions: Assumptions) -> Claims:
    """Every VPC attached today claims one; plans attach none."""
    return attached_of_kind("vpc", inventory)


QUOTA = Quota(
    title="VPC attachments",
    description="Only so many VPCs can be attached to a transit router; how many, no page that was read states.",
    unit="VPC attachment",
    default=None,
    adjustable=None,
    maximum=None,
    scope="transit router",
    holder="transit router",
    product="cbn",
    reference=Reference(
        title="CreateTransitRouterVpcAttachment: error QuotaExceeded.CenQuotaVpcAttachPerTransitRouter",
        url=None,
        read_on="2026-11",
        evidence="official",
    ),
    claims=claims,
    remedy="attach fewer, or use another transit router (one per region and CEN instance)",
)
