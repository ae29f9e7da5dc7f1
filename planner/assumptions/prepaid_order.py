"""Who draws on a prepaid volume first."""

from planner.assumption import Assumption

ASSUMPTION = Assumption(
    title="Who draws on a prepaid volume first",
    note="Not stated; traffic draws on it as it flows, which a plan by months cannot know.",
    source="Alibaba Cloud CDT documentation, resource plan page",
    answers={
        "everything-else-first": "everything else in the account, as it does on free quotas and tiers",
        "plan-first": "the traffic of the plan",
    },
    touches=lambda facts: facts.prepaid_volumes,
)
