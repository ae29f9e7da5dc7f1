"""Where free GB stand."""

from planner.assumption import Assumption

ASSUMPTION = Assumption(
    title="Whether free GB come before tier 1 or inside it",
    note="Not stated; a public calculation reproduces with the free GB before tier 1.",
    source="Cloud Data Transfer billing page: free quota and tiers",
    answers={"before-tiers": "tier 1 begins after them", "inside-tier-1": "they are the first GB of tier 1"},
    touches=lambda facts: facts.priced and facts.free_before_tiers,
)
