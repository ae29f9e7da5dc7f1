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

Objects = NDArray[np.object_]


@dataclass(frozen=True)
class Costs:
    """Cost by SKU, subject and month, in the currency of the results; c rows x m months, exact."""

    skus: tuple[str, ...]
    sku: Ints
    """(c,) codes of skus."""
    subject: Ints
    account: Ints
    region: Ints
    list_amount: Objects
    """(c, m) nano-units at list price, Python integers: the part that has one."""
    contracted: Objects
    """(c, m) nano-units at contracted price: the priced part."""
    amount: Objects
    """(c, m) nano-units that are billed: the contracted price without what prepaid plans cover."""
    list_unpriced: Bools
    """(c, m) where something has no list price."""
    unpriced: Bools
    """(c, m) where something has no price, so that the amount is not the whole cost."""
    used: Bools
    """(c,) whether there is anything at all, be it free."""


def add_up(rated: Sequence[Rated]) -> Costs:
    """What each subject costs by SKU and month, tiers added up."""
    skus = tuple(dict.fromkeys(one.usage.sku for one in rated))
    months = rated[0].usage.quantity.shape[1] if rated else 0
    used = (one.usage.quantity.any(axis=1) | one.usage.unknown.any(axis=1) for one in rated)
    sums = [_of_all_columns(one) for one in rated]
    return Costs(
        skus=skus,
        sku=joined(np.full(len(one.usage.subject), skus.index(one.usage.sku)) for one in rated),
        subject=joined(one.usage.subject for one in rated),
        account=joined(one.usage.account for one in rated),
        region=joined(one.usage.region for one in rated),
        list_amount=np.concatenate([np.zeros((0, months), dtype=object), *(listed for listed, _, _ in sums)]),
        contracted=np.concatenate([np.zeros((0, months), dtype=object), *(contracted for _, contracted, _ in sums)]),
        amount=np.concatenate([np.zeros((0, months), dtype=object), *(billed for _, _, billed in sums)]),
        list_unpriced=np.concatenate([np.zeros((0, months), dtype=bool), *(one.list_unpriced for one in rated)]),
        unpriced=np.concatenate([np.zeros((0, months), dtype=bool), *(one.unpriced for one in rated)]),
        used=np.concatenate([np.zeros(0, dtype=bool), *used]),
    )


def _of_all_columns(one: Rated) -> tuple[Objects, Objects, Objects]:
    """(n, m) exact amounts at list price, at contracted price and billed, columns added up, as Python integers."""
    contracted = _sum(one.reported(one.amount))
    listed = contracted if one.list_amount is one.amount else _sum(one.reported(one.list_amount))
    billed = contracted if not any(one.covered) else _sum(one.reported(one.amount[~np.array(one.covered)]))
    return listed, contracted, billed


def _sum(amounts: Ints) -> Objects:
    columns, *shape = amounts.shape
    return money.column_totals(amounts.reshape(columns, -1)).reshape(shape)


def monthly_totals(rated: Sequence[Rated]) -> Objects:
    """(m,) the exact billed total of each month, nano-units, as Python integers."""
    months = rated[0].usage.quantity.shape[1] if rated else 0
    total = np.zeros(months, dtype=object)
    for one in rated:
        for number, covered, amount in zip(one.column, one.covered, one.amount, strict=True):
            if number != FREE and not covered:
                total += money.column_totals(one.reported(amount))
    return total
