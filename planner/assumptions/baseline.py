"""What else uses free quota and tiers of an account without a baseline."""

from planner.assumption import Assumption

ASSUMPTION = Assumption(
    title="What else uses free quota and tiers where an account has no baseline",
    note="Nothing else is favourable: give baselines in the estate.",
    source="Cloud Data Transfer billing page: free quota and tiers accumulate over all traffic of the account",
    answers={
        "none": "nothing",
        "free-quota-used": "everything else uses up the free quota, and nothing of the tiers",
    },
    touches=lambda facts: facts.priced and facts.without_baseline,
)
