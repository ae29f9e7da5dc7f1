"""What a part of a month of an Express Connect port is billed as."""

from planner.assumption import Assumption

ASSUMPTION = Assumption(
    title="What a part of a month of an Express Connect port is billed as",
    note="The page prices ports by the month and does not say whether a part of one is billed in proportion.",
    source="Alibaba Cloud Express Connect documentation, resource usage fee",
    answers={
        "whole-month": "a whole month",
        "pro-rata": "in proportion to the hours of the month",
    },
    touches=lambda facts: facts.priced and facts.parts_of_port_months,
)
