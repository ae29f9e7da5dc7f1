"""What something costs on two sides, as cells of a table and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from planner.core.cost_center import ROUNDING
from planner.price_effect import Pair, Side
from pricing import money
from reports import cost_outline
from reports.blocks import TOGETHER

UNPRICED = "UNPRICED"


def cells(name: str, pair: Pair) -> tuple[str, ...]:
    """(name, old, new, difference, change in percent)."""
    difference = pair.difference
    if difference is None:
        return name, side(pair.old), side(pair.new), "cannot be compared", ""
    return name, side(pair.old), side(pair.new), signed(difference), share(pair)


def rounding(whole: Pair, pairs: Sequence[Pair]) -> Iterator[tuple[str, ...]]:
    """A row that makes the parts as shown add up to the total as shown, where they do not."""
    gaps = [
        cost_outline.rounded_gap(whole.old.amount, [pair.old.amount for pair in pairs]),
        cost_outline.rounded_gap(whole.new.amount, [pair.new.amount for pair in pairs]),
        cost_outline.rounded_gap(whole.difference, [pair.difference or 0 for pair in pairs])
        if whole.difference is not None
        else "",
    ]
    if any(gaps):
        yield (ROUNDING, *gaps, "")


def side(one: Side) -> str:
    """An amount, and that something beside it has no price."""
    if one.complete:
        return money.display(one.amount)
    return f"{money.display(one.amount)}{TOGETHER}+{TOGETHER}{UNPRICED}" if one.amount else UNPRICED


def signed(amount: int) -> str:
    """An amount with its sign, as people read it."""
    shown = money.display(amount)
    return f"+{shown}" if amount > 0 and shown.strip("0.") else shown


def share(pair: Pair) -> str:
    """The difference in percent of the old amount; empty where there is none, or nothing to compare it to."""
    if not pair.difference or not pair.old.amount:
        return ""
    percent = (Decimal(pair.difference) / pair.old.amount * 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{percent:+,f}{TOGETHER}%"


def record(pair: Pair) -> dict[str, Any]:
    """Amounts as text; a difference that is not known is null."""
    return {
        "old": {"priced": money.text(pair.old.amount, 9), "complete": pair.old.complete},
        "new": {"priced": money.text(pair.new.amount, 9), "complete": pair.new.complete},
        "difference": None if pair.difference is None else money.text(pair.difference, 9),
    }
