"""What encryption adds to the GB."""

from decimal import Decimal
from typing import Annotated

from planner.assumption import Alternative, Assumption, Facts
from planner.core.entry import Real


def _one_percent_more(facts: Facts, answer: Decimal) -> tuple[Alternative, ...]:
    return (Alternative("1 % more", answer + 1),)


ASSUMPTION = Assumption(
    title="Percent that encryption adds to the GB of VPN traffic",
    note="It is not stated whether the overhead of encryption counts in the billed GB.",
    source="CEN and VPN Gateway billing pages, which say GB and no more",
    answers={"0": "the GB of the plan are billed", "PERCENT": "so many percent more are billed, in both directions"},
    kind=Annotated[Decimal, Real(minimum=0, maximum=1000, decimals=6)],
    default=Decimal(0),
    touches=lambda facts: facts.priced and facts.traffic,
    others=_one_percent_more,
)
