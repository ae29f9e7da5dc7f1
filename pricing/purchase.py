"""What prepaid plans cost: the amounts that are due, and what of them was used and what was lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from pricing import prepaid
from pricing.offset import Use
from pricing.prepaid import Prepaid
from pricing.usage import Ints


@dataclass(frozen=True)
class Purchases:
    """Costs of q plans in m months, nano-units of the currency of each; 0 where a price is unknown."""

    due: Ints
    """(q, m) to be paid: a price in the month of the start, a commitment that is paid monthly by its hours."""
    used: Ints
    """(q, m) of which usage drew, be it rated or everything else: what plans cost, spread over what they do."""
    lost: Ints
    """(q, m) of which nothing was drawn: what expired."""


def costs(plans: Sequence[Prepaid], use: Use, months: Sequence[date]) -> Purchases:
    """What plans cost by month, when it is due and when it is used up.

    months : first days of the months of the use
    method : a price is spread over what was bought with it, a commitment's over all its hours; sums of months are
             rounded down, so that a plan that ends in the period has cost its price and nothing is lost in rounding
    """
    due, used, lost = (np.zeros_like(use.hours) for _ in range(3))
    drawn = use.by_others + use.by_lines
    for row, plan in enumerate(plans):
        if plan.monthly:
            due[row], used[row], lost[row] = use.bought[row], drawn[row], use.expired[row]
        elif plan.price is not None:
            due[row] = [plan.price * (plan.start.replace(day=1) == month) for month in months]
            whole = plan.quantity or plan.per_hour * (prepaid.hour(plan.end) - prepaid.hour(plan.start))
            parts = np.stack([drawn[row], use.expired[row]], axis=1).ravel()
            so_far = [0, *(plan.price * part // whole for part in np.cumsum(parts).tolist())]
            used[row], lost[row] = np.diff(so_far).reshape(-1, 2).T
    return Purchases(due, used, lost)


@dataclass(frozen=True)
class PrepaidUse:
    """What becomes of prepaid plans: how they are used up, and what they cost; q plans, m months."""

    plans: tuple[Prepaid, ...]
    use: Use
    costs: Purchases
    """In the currency of each plan's price."""
    currency: tuple[str, ...]
    """(q,) currency of the price."""
