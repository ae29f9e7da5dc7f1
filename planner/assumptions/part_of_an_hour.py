"""What a part of an hour is charged as."""

from planner.assumption import Assumption

ASSUMPTION = Assumption(
    title="What a part of an hour is charged as",
    note=(
        "The page says that part of an hour is a whole hour, not whether clock hours or running hours count."
        " It decides the fees by the hour of what comes or goes inside a clock hour, never its GB."
    ),
    source="CEN billing page, updated 2026-03-23: the billing cycle is one hour, part of an hour is charged as one",
    answers={
        "clock-hour": "every clock hour that is touched",
        "running-hour": "hours that begin at the instant of creation, in the month in which they begin",
    },
    touches=lambda facts: facts.priced and facts.parts_of_hours,
)
