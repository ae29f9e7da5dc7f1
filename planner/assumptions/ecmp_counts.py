"""What the limit of VPN attachments in ECMP counts."""

from planner.assumption import Assumption

ASSUMPTION = Assumption(
    title="What the limit of 16 VPN attachments in ECMP counts",
    note=(
        "It is not stated whether a connection with two tunnels counts once or twice, and so how many connections"
        " carry a peak together."
    ),
    source="Attach an IPsec-VPN connection to a transit router, limits",
    answers={"connections": "every connection once", "tunnels": "every tunnel, two per connection"},
    touches=lambda facts: facts.shares_routes,
)
