"""How many ECRs can be attached to a transit router.

unknown:
    underlays:
      line: {kind: ecr, transit_router: tr}
    attachments:
      branch: {network_type: private, underlay: line}
"""

from planner.assumption import Assumptions
from planner.demand import Events
from planner.inventory import Inventory
from planner.quota import ATTACHMENTS_OF_OTHER_KINDS, Claims, Quota, attached_of_kind


def claims(inventory: Inventory, events: Events, assumptions: Assumptions) -> Claims:
    """Every ECR attached today claims one, and every underlay that a plan brings, while attachments run over it."""
    return attached_of_kind("ecr", inventory)


QUOTA = Quota(
    title="ECR attachments",
    description=(
        "Only so many Express Connect Routers can be attached to a transit router; how many, no page that was read"
        " states."
    ),
    unit="ECR attachment",
    default=None,
    adjustable=None,
    maximum=None,
    scope="transit router",
    holder="transit router",
    product="cbn",
    reference=ATTACHMENTS_OF_OTHER_KINDS,
    claims=claims,
    remedy="attach fewer, or use another transit router (one per region and CEN instance)",
)
