"""Which sites of a group leave first."""

from planner.assumption import Assumption

ASSUMPTION = Assumption(
    title="Which sites of a group are removed first",
    note=(
        "A plan says how many sites leave, not which. It decides the billing mode of those that stay, how long"
        " connections with an id are on a router, and parts of hours."
    ),
    source="follows from plans that count sites",
    answers={"oldest-first": "those that were added first", "newest-first": "those that were added last"},
    touches=lambda facts: facts.removes_some,
)
