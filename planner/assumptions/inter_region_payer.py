"""Who pays for what is sent between regions."""

from planner.assumption import Assumption

ASSUMPTION = Assumption(
    title="Who pays for what is sent between regions",
    note="Not stated. It is billed by CDT on egress; the transit router's account is the natural reading.",
    source="Cloud Enterprise Network billing page, 2026-03-23: inter-region traffic is charged on egress, through CDT",
    answers={"cen-owner": "the account of the transit router"},
    touches=lambda facts: facts.priced and facts.between_regions,
)
