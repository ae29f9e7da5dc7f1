"""Which tunnels the prices are of."""

from planner.assumption import Assumption

ASSUMPTION = Assumption(
    title="Which tunnel bandwidth the IPsec-VPN connection fee is of",
    note="Since 2026 tunnels can be Large (3 Gbps). No price of it is published: what it would change is unknown.",
    source="VPN Gateway documentation: Standard (1 Gbps) is the default",
    answers={"standard": "1 Gbps per tunnel"},
    touches=lambda facts: facts.priced and facts.attached,
)
