"""Who pays the fees that are not those of the transit router."""

from planner.assumption import Assumption

ASSUMPTION = Assumption(
    title="Who pays the IPsec-VPN connection and data transfer",
    note="Not stated; it is the natural reading that what an attachment's payer does not move stays with its owner.",
    source="CEN billing page: what PayByCenOwner and PayByResourceOwner decide",
    answers={"resource-owner": "the owner of the connection, whoever pays the transit router's fees"},
    touches=lambda facts: facts.priced and facts.two_accounts,
)
