"""How traffic is spread over the hours of a month that a commitment covers."""

from planner.assumption import Assumption

ASSUMPTION = Assumption(
    title="How traffic is spread over the hours of its month, where a savings plan covers it",
    note="A commitment that an hour does not use is lost, so traffic with peaks is covered less. Favourable.",
    source="Cloud Enterprise Network documentation, savings plan: the commitment is one per hour",
    answers={"even": "evenly"},
    touches=lambda facts: facts.savings_plans,
)
