"""Who pays the fees of the transit router."""

from planner.assumption import Assumption

ASSUMPTION = Assumption(
    title="Who pays the transit router's fees where an attachment does not say",
    note=(
        "Either owner can be made to pay the connection and data processing fees; for IPsec-VPN connections this can be"
        " changed later."
    ),
    source="CEN billing page: PayByCenOwner or PayByResourceOwner",
    answers={"cen-owner": "the account of the transit router", "resource-owner": "the owner of the connection"},
    touches=lambda facts: facts.priced and facts.two_accounts,
)
