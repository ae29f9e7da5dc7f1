"""Which tunnels the prices are of."""

from planner.assumption import Assumption

ASSUMPTION = Assumption(
    title="Every tunnel has Standard bandwidth; of Large no price is published",
    note="Since 2026 tunnels can be Large (3 Gbps). What that would change of the connection fee is unknown.",
    source="VPN Gateway documentation: Standard (1 Gbps) is the default",
    answers={"standard": "1 Gbps per tunnel"},
    touches=lambda facts: facts.priced and facts.attached,
)
