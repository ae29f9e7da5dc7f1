"""What the fee of an IPsec-VPN connection is charged for."""

from planner.assumption import Assumption

ASSUMPTION = Assumption(
    title="What the IPsec-VPN connection fee is charged for",
    note="The published unit is the connection; no price by tunnels was seen. New connections have two tunnels.",
    source="VPN Gateway billing page: per connection and hour",
    answers={"connection": "once per connection", "tunnel": "for each tunnel, two per connection"},
    touches=lambda facts: facts.priced and facts.attached,
)
