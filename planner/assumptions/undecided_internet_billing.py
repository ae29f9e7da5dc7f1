"""How Internet traffic is billed where no rule decides."""

from planner.assumption import Assumption

ASSUMPTION = Assumption(
    title="How Internet traffic is billed where no rule decides",
    note=(
        "Existing connections are moved to CDT region by region, without a published end; for new ones most regions"
        " are to be determined. Neither the estate's cdt_from nor internet_billing of the attachment decides either."
    ),
    source="Cloud Data Transfer announcement: new IPsec-VPN connections on transit routers are on CDT by default",
    answers={"legacy": "a flat price per GB", "cdt": "by Cloud Data Transfer, from the first instant on"},
    touches=lambda facts: facts.priced and facts.undecided_billing,
)
