"""Which prices a plan needs: items, regions and months of its usage, and what of it has no price."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from planner.core.period import Month
from planner.plan import Plan
from pricing.book import Books, Tier
from pricing.price_table import NO_RATE
from pricing.rating import Rated
from pricing.sku import skus


@dataclass(frozen=True)
class Need:
    """An item that is used in a region, in months in which the same is known of its price."""

    sku: str
    region: str
    first: Month
    last: Month
    months: int
    """How many months between them have usage."""
    tiers: tuple[Tier, ...]
    """() if no rate is known; one for a flat rate."""
    billable: bool
    """False where no billing rule is known, so that no price can help."""
    lines: int
    unpriced_lines: int
    """Without a rate, those of unknown quantity not counted."""
    unknown_lines: int
    """Of an unknown quantity."""
    unpriced: int
    """Micro-units without a rate."""


def needs(plan: Plan, books: Books) -> tuple[Need, ...]:
    """What a priced plan needs, by item, region and month; usage whose rates the plan itself gives is left out.

    books : those the plan was priced with
    """
    items = list(skus())
    found = [need for one in plan.rated if one.usage.rates is None for need in _needs(one, plan, books)]
    return tuple(sorted(found, key=lambda need: (items.index(need.sku), need.region, need.first, not need.billable)))


def _needs(one: Rated, plan: Plan, books: Books) -> Iterator[Need]:
    usage, months = one.usage, plan.inventory.period.months
    names = usage.lanes if usage.lane is not None else plan.inventory.regions
    for place in np.unique(usage.place).tolist():
        rows = usage.place == place
        unknown = usage.unknown[rows].sum(axis=0)
        quantity = one.quantity[:, rows]  # (k, n, m)
        missing = one.prices.code[list(one.column), place] == NO_RATE  # (k, m)
        lines = (quantity > 0).sum(axis=1)
        unpriced = quantity.sum(axis=1, dtype=object) * missing
        used = np.flatnonzero(lines.sum(axis=0) + unknown).tolist()
        tiers = {
            m: books.schedule(usage.sku, names[place], months[m].first_day) if usage.priceable else () for m in used
        }
        for known, run in groupby(used, key=tiers.__getitem__):
            columns = list(run)
            yield Need(
                sku=usage.sku,
                region=names[place],
                first=months[columns[0]],
                last=months[columns[-1]],
                months=len(columns),
                tiers=known,
                billable=usage.priceable,
                lines=int(lines[:, columns].sum() + unknown[columns].sum()),
                unpriced_lines=int((lines * missing)[:, columns].sum()),
                unknown_lines=int(unknown[columns].sum()),
                unpriced=int(unpriced[:, columns].sum()),
            )
