"""Which regions of an account use its free quota first."""

from typing import Annotated, Any, Literal

from planner.assumption import Alternative, Assumption, Facts
from planner.core.entry import BY_SHAPE, Name


def _orders(facts: Facts, answer: Any) -> tuple[Alternative, ...]:
    """The cheapest region first pays most, for the dear GB remain; the dearest first pays least."""
    tried = (
        Alternative("proportional", "proportional"),
        Alternative(f"cheapest rate first ({', '.join(facts.cheapest_first)})", facts.cheapest_first),
        Alternative(f"dearest rate first ({', '.join(facts.dearest_first)})", facts.dearest_first),
    )
    return tuple(one for one in tried if one.answer != answer)


ASSUMPTION = Assumption(
    title="Which regions use an account-wide free quota first",
    note=(
        "The bill gives it to the region that consumes first (an older text: that was created first), which a plan"
        " by months cannot know."
    ),
    source="Express Connect, outbound data transfer fees; Cloud Data Transfer billing page",
    answers={
        "proportional": "all of them, in proportion to their GB",
        "[region, ...]": "those of the list, one after the other, then the rest in proportion",
    },
    kind=Annotated[Literal["proportional"] | tuple[Name, ...], BY_SHAPE],
    touches=lambda facts: facts.priced and bool(facts.cheapest_first),
    others=_orders,
)
