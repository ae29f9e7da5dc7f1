"""Which prices a plan needs: items, places and months of its usage, and what of it has no price."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from planner.core.period import Month
from planner.plan import Plan
from pricing.book import Books, Tier
from pricing.price_request import Found
from pricing.price_table import NO_RATE
from pricing.rating import Rated
from pricing.sku import skus


@dataclass(frozen=True)
class Need:
    """An item that is used in a place by accounts of a site, in months in which the same is known of its price."""

    site: str
    sku: str
    place: str
    """A region, or a lane between two."""
    first: Month
    last: Month
    months: int
    """How many months between them have usage."""
    tiers: tuple[Tier, ...]
    """Contracted; () if no rate is known, one for a flat rate."""
    list_tiers: tuple[Tier, ...]
    """At list price, likewise."""
    billable: bool
    """False where no billing rule is known, so that no price can help."""
    lines: int
    unpriced_lines: int
    """Without a rate, those of unknown quantity not counted."""
    unknown_lines: int
    """Of an unknown quantity."""
    unpriced: int
    """Micro-units without a rate."""

    @property
    def suffices(self) -> bool:
        """Whether every quantity of it that is known has a contracted price."""
        return not self.unpriced_lines and (bool(self.tiers) or not self.unknown_lines)


@dataclass(frozen=True)
class Given:
    """An item whose rates the plan itself gives."""

    sku: str
    lines: int


def needs(plan: Plan, books: Mapping[str, Books]) -> tuple[Need, ...]:
    """What a priced plan needs of price books, by site, item, place and month.

    books : by site, those the plan was priced with
    """
    items, sites = list(skus()), list(books)
    found = [need for one in plan.rated if one.usage.rates is None for need in _needs(one, plan, books)]

    def order(need: Need) -> tuple[int, int, str, Month, bool]:
        return sites.index(need.site), items.index(need.sku), need.place, need.first, not need.billable

    return tuple(sorted(found, key=order))


def found(plan: Plan, books: Mapping[str, Books], site: str) -> list[Found]:
    """What is known of the prices of a site that a plan needs and price books can have; of an item that is priced
    as another, under that one."""
    own = [need for need in needs(plan, books) if need.site == site and need.billable]
    return [
        Found(base, need.place, books[site].schedule(base, need.place, need.first.first_day))
        if (base := skus()[need.sku].priced_as)
        else Found(need.sku, need.place, need.tiers)
        for need in own
    ]


def given(plan: Plan) -> tuple[Given, ...]:
    """What a priced plan needs no price book for, by item."""
    lines: dict[str, int] = {}
    for one in plan.rated:
        if one.usage.rates is not None and (own := int((one.quantity > 0).sum())):
            lines[one.usage.sku] = lines.get(one.usage.sku, 0) + own
    return tuple(Given(sku, lines[sku]) for sku in skus() if sku in lines)


def _needs(one: Rated, plan: Plan, books: Mapping[str, Books]) -> Iterator[Need]:
    usage, months = one.usage, plan.inventory.period.months
    names = usage.lanes if usage.lane is not None else plan.inventory.regions
    billed = ~np.array(one.covered)[:, None]  # what a prepaid plan covers needs no rate
    for place in np.unique(usage.place).tolist():
        rows = usage.place == place
        known = books[plan.inventory.account_sites[usage.account[0]]]  # the usage of a record is that of one site
        unknown = usage.unknown[rows].sum(axis=0)
        quantity = one.quantity[:, rows]  # (k, n, m)
        missing = billed & (one.prices.code[list(one.column), place] == NO_RATE)  # (k, m)
        lines = (quantity > 0).sum(axis=1)
        unpriced = quantity.sum(axis=1, dtype=object) * missing
        used = np.flatnonzero(lines.sum(axis=0) + unknown).tolist()
        tiers = {m: _tiers(known, usage.sku, names[place], months[m]) if usage.priceable else ((), ()) for m in used}
        for (contracted, listed), run in groupby(used, key=tiers.__getitem__):
            columns = list(run)
            yield Need(
                site=known.site,
                sku=usage.sku,
                place=names[place],
                first=months[columns[0]],
                last=months[columns[-1]],
                months=len(columns),
                tiers=contracted,
                list_tiers=listed,
                billable=usage.priceable,
                lines=int(lines[:, columns].sum() + unknown[columns].sum()),
                unpriced_lines=int((lines * missing)[:, columns].sum()),
                unknown_lines=int(unknown[columns].sum()),
                unpriced=int(unpriced[:, columns].sum()),
            )


def _tiers(books: Books, sku: str, place: str, month: Month) -> tuple[tuple[Tier, ...], tuple[Tier, ...]]:
    """Contracted and at list price."""
    return books.schedule(sku, place, month.first_day), books.list_schedule(sku, place, month.first_day)
