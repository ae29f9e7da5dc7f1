"""What the limit of VPN attachments in ECMP is counted over."""

from planner.assumption import Assumption

ASSUMPTION = Assumption(
    title="What the limit of 16 VPN attachments in ECMP is counted over",
    note="The pages do not say whether it counts per set of equal routes or per transit router.",
    source="Attach an IPsec-VPN connection to a transit router, limits",
    answers={"route-set": "one set of equal routes", "transit-router": "a whole transit router"},
    touches=lambda facts: facts.shares_routes,
)
