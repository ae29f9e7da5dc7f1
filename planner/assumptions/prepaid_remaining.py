"""What is left of a prepaid volume that began before the period."""

from planner.assumption import Assumption

ASSUMPTION = Assumption(
    title="What is left of a prepaid volume that began before the period",
    note="A plan cannot know what was drawn before it begins. Favourable: give remaining_gb in the estate.",
    source="follows from the period of the plan",
    answers={"all": "all of it, where remaining_gb does not say otherwise"},
    touches=lambda facts: facts.older_volumes,
)
