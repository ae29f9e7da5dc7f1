"""What encryption adds to the peaks."""

from decimal import Decimal
from typing import Annotated

from planner.assumption import Alternative, Assumption, Facts
from planner.core.entry import Real


def _one_percent_more(facts: Facts, answer: Decimal) -> tuple[Alternative, ...]:
    return (Alternative("1 % more", answer + 1),)


ASSUMPTION = Assumption(
    title="Percent that encryption adds to the stated peaks of VPN traffic",
    note="Encrypted packets are larger. No page that was read states by how much, or what the bandwidth of a tunnel"
    " counts.",
    source="VPN Gateway documentation, bandwidth of tunnels, which says Gbps and no more",
    answers={
        "0": "the overhead is not counted",
        "PERCENT": "connections have to carry so many percent more than the peaks that are stated",
    },
    kind=Annotated[Decimal, Real(minimum=0, maximum=1000, decimals=6)],
    default=Decimal(0),
    touches=lambda facts: facts.peaks,
    others=_one_percent_more,
)
