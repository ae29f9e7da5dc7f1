"""Costs of subjects and totals of months, added up exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pricing import money
from pricing.exchange import Exchange
from pricing.price_table import FREE, NO_RATE
from pricing.rating import Rated
from pricing.sku import skus
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
    """(c, m) nano-units at list price, Python integers: of what is priced, the part that has one."""
    unlisted: Objects
    """(c, m) nano-units at contracted price of what has no list price."""
    contracted: Objects
    """(c, m) nano-units at contracted price: the priced part."""
    amount: Objects
    """(c, m) nano-units that are billed: the contracted price without what prepaid plans cover."""
    list_unpriced: Bools
    """(c, m) where something has no list price."""
    unpriced: Bools
    """(c, m) where something has no price, so that the amount is not the whole cost."""
    covered: Bools
    """(c,) whether prepaid plans cover some of it."""
    used: Bools
    """(c,) whether there is anything at all, be it free."""


def add_up(rated: Sequence[Rated]) -> Costs:
    """What each subject costs by SKU and month, tiers added up."""
    skus = tuple(dict.fromkeys(one.usage.sku for one in rated))
    months = rated[0].usage.quantity.shape[1] if rated else 0
    used = (one.usage.quantity.any(axis=1) | one.usage.unknown.any(axis=1) for one in rated)
    no_amounts, no_flags = (np.zeros((0, months), dtype=kind) for kind in (object, bool))
    amounts = [_of_all_columns(one) for one in rated]
    list_amount, unlisted, contracted, billed = (
        np.concatenate([no_amounts, *(sums[n] for sums in amounts)]) for n in range(4)
    )
    return Costs(
        skus=skus,
        sku=joined(np.full(len(one.usage.subject), skus.index(one.usage.sku)) for one in rated),
        subject=joined(one.usage.subject for one in rated),
        account=joined(one.usage.account for one in rated),
        region=joined(one.usage.region for one in rated),
        list_amount=list_amount,
        unlisted=unlisted,
        contracted=contracted,
        amount=billed,
        list_unpriced=np.concatenate([no_flags, *(one.list_unpriced for one in rated)]),
        unpriced=np.concatenate([no_flags, *(one.unpriced for one in rated)]),
        covered=np.concatenate([np.zeros(0, dtype=bool), *map(_covered, rated)]),
        used=np.concatenate([np.zeros(0, dtype=bool), *used]),
    )


def _covered(one: Rated) -> Bools:
    """(n,) which rows prepaid plans cover in part."""
    return one.quantity[np.array(one.covered, dtype=bool)].any(axis=(0, 2))


def _of_all_columns(one: Rated) -> tuple[Objects, Objects, Objects, Objects]:
    """(n, m) exact amounts, columns added up: list, contracted without a list price, contracted, billed."""
    contracted = _sum(one.reported(one.amount))
    billed = contracted if not any(one.covered) else _sum(one.reported(one.amount[~np.array(one.covered)]))
    if one.list_amount is one.amount:
        return contracted, np.zeros_like(contracted), contracted, billed
    no_list = [one.prices.list_code[column][one.usage.place] == NO_RATE for column in one.column]
    unlisted = _sum(one.reported(np.where(no_list, one.amount, 0)))
    # At list price counts only what is priced: what a contract leaves open is not what it saves.
    no_price = [one.prices.code[column][one.usage.place] == NO_RATE for column in one.column]
    listed = _sum(one.reported(np.where(no_price, 0, one.list_amount)))
    return listed, unlisted, contracted, billed


def _sum(amounts: Ints) -> Objects:
    """(n, m) the sum of (k, n, m) over its columns, of which there are none where plans cover all of them."""
    columns, rows, months = amounts.shape
    return money.column_totals(amounts.reshape(columns, rows * months)).reshape(rows, months)


def monthly_totals(rated: Sequence[Rated]) -> Objects:
    """(m,) the exact billed total of each month, nano-units, as Python integers."""
    months = rated[0].usage.quantity.shape[1] if rated else 0
    total = np.zeros(months, dtype=object)
    for one in rated:
        for number, covered, amount in zip(one.column, one.covered, one.amount, strict=True):
            if number != FREE and not covered:
                total += money.column_totals(one.reported(amount))
    return total


@dataclass(frozen=True)
class Bill:
    """What Alibaba Cloud bills an account in one currency; m months, before rounding and tax."""

    account: int
    currency: str
    exchange: Exchange | None
    amount: Objects
    """(m,) nano-units of the currency, Python integers: the priced part."""
    unpriced: Bools
    """(m,) where something has no price."""


def bills(rated: Sequence[Rated]) -> tuple[Bill, ...]:
    """Alibaba Cloud's bill to every account and in every currency in which something is used."""
    found: dict[tuple[int, str], Bill] = {}
    for one in rated:
        if skus()[one.usage.sku].billed_by != "alibaba-cloud":
            continue
        billed, unpriced = one.amount[~np.array(one.covered, dtype=bool)], one.unpriced
        used = one.usage.quantity.any(axis=1) | one.usage.unknown.any(axis=1)
        for account in np.unique(one.usage.account[used]).tolist():
            rows = one.usage.account == account
            amount = sum(map(money.column_totals, billed[:, rows]), np.zeros(unpriced.shape[1], dtype=object))
            key, missing = (account, one.currency), unpriced[rows].any(axis=0)
            if other := found.get(key):
                amount, missing = amount + other.amount, missing | other.unpriced
            found[key] = Bill(account, one.currency, one.exchange, amount, missing)
    return tuple(found.values())
