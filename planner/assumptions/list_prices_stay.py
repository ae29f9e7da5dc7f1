"""Whether list prices change."""

from typing import Any

from planner.assumption import Alternative, Assumption, Facts


def _one_percent_higher(facts: Facts, answer: Any) -> tuple[Alternative, ...]:
    return (Alternative("1 % higher", higher_list_prices=True),)


ASSUMPTION = Assumption(
    title="List prices stay as they are for the whole period",
    note="Only price changes that are in the price books are counted; most published prices are undated.",
    source="every price page: for reference only, the buy page prevails",
    answers={"yes": "but for changes that price books state"},
    touches=lambda facts: facts.list_prices,
    others=_one_percent_higher,
)
