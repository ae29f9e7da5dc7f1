"""Costs of subjects and totals of months, added up exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pricing import money
from pricing.price_table import FREE
from pricing.rating import Rated
from pricing.usage import Bools, Ints, joined


@dataclass(frozen=True)
class Costs:
    """Cost by SKU, subject and month; c rows x m months, exact."""

    skus: tuple[str, ...]
    sku: Ints
    """(c,) codes of skus."""
    subject: Ints
    account: Ints
    region: Ints
    amount: NDArray[np.object_]
    """(c, m) nano-units, Python integers: the priced part."""
    unpriced: Bools
    """(c, m) where something has no price, so that the amount is not the whole cost."""
    used: Bools
    """(c,) whether there is anything at all, be it free."""


def add_up(rated: Sequence[Rated]) -> Costs:
    """What each subject costs by SKU and month, tiers added up."""
    skus = tuple(dict.fromkeys(one.usage.sku for one in rated))
    months = rated[0].usage.quantity.shape[1] if rated else 0
    used = (one.usage.quantity.any(axis=1) | one.usage.unknown.any(axis=1) for one in rated)
    return Costs(
        skus=skus,
        sku=joined(np.full(len(one.usage.subject), skus.index(one.usage.sku)) for one in rated),
        subject=joined(one.usage.subject for one in rated),
        account=joined(one.usage.account for one in rated),
        region=joined(one.usage.region for one in rated),
        amount=np.concatenate([np.zeros((0, months), dtype=object), *map(_of_all_tiers, rated)]),
        unpriced=np.concatenate([np.zeros((0, months), dtype=bool), *(one.unpriced for one in rated)]),
        used=np.concatenate([np.zeros(0, dtype=bool), *used]),
    )


def _of_all_tiers(one: Rated) -> NDArray[np.object_]:
    """(n, m) exact amounts, tiers added up, as Python integers."""
    tiers, *shape = one.amount.shape
    return money.column_totals(one.amount.reshape(tiers, -1)).reshape(shape)


def monthly_totals(rated: Sequence[Rated]) -> NDArray[np.object_]:
    """(m,) the exact priced total of each month, nano-units, as Python integers."""
    months = rated[0].usage.quantity.shape[1] if rated else 0
    total = np.zeros(months, dtype=object)
    for one in rated:
        for number, amount in zip(one.column, one.amount, strict=True):
            if number != FREE:
                total += money.column_totals(amount)
    return total
