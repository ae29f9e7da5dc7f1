"""Timeline and price books -> priced usage of a plan's billable items.

A check needs none of this and never imports it: what it does not load cannot slow it down.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from planner import demand, inventory, meter
from planner.assumption import Assumptions
from planner.core.period import NEVER
from planner.core.problem import InputError, Problem
from planner.core.provenance import CURRENCY_OF_SITE
from planner.core.region import REGIONS
from planner.demand import Timeline
from planner.finance import exchange_rate
from planner.inventory import Bools, Inventory
from planner.scenario import Scenario
from pricing import cost, exchange, money, rating
from pricing.book import Books
from pricing.exchange import Exchange
from pricing.pool import QuantityTooLargeError
from pricing.rating import Rated
from pricing.usage import Baselines, Usage

if TYPE_CHECKING:
    from pricing.prepaid import Prepaid
    from pricing.purchase import PrepaidUse

PriceLists = Mapping[str, Books]
"""The books of each site."""

_INTERNET = ("ipsec-internet-legacy", "cdt-internet")


def rate(
    scenario: Scenario, tables: Inventory, timeline: Timeline, books: PriceLists
) -> tuple[tuple[Rated, ...], PrepaidUse | None]:
    """Usage of every billable item, priced: a record for each item and site of accounts; and the prepaid plans.

    raises : InputError where a number is too large
    """
    usages = meter.measure(tables, timeline)
    if not tables.prepaid.ids:
        return tuple(_rate_all(usages, scenario, tables, books)), None
    from planner import prepaid
    from pricing.prepaid import gives_up_free_quota

    plans = prepaid.bought(zip(tables.prepaid.ids, tables.prepaid.entries, strict=True), tables.accounts)
    months = [month.first_day for month in tables.period.months]
    lost = {sku: gives_up_free_quota(sku, plans, len(tables.accounts), months) for sku in _offset_items()}
    rated = (
        *_rate_all(usages, scenario, tables, books, lost),
        *_baseline_alone(usages, scenario, tables, books, lost),
    )
    return _covered(rated, plans, scenario, tables, months)


def _baseline_alone(
    usages: Sequence[Usage], scenario: Scenario, tables: Inventory, books: PriceLists, lost: Mapping[str, Bools]
) -> Iterator[Rated]:
    """Items that everything else in the accounts uses and the plan does not: their pools, without a line."""
    nothing, months = np.empty(0, dtype=np.int64), tables.period.count
    for site, own in books.items():
        of_site = [account == site for account in tables.account_sites]
        used = {one.sku for one in usages if np.array(of_site, dtype=bool)[one.account].any()}
        for sku in sorted(_offset_items() - used):
            if _baselines(scenario, tables, site).of(sku):
                empty = np.empty((0, months), dtype=np.int64)
                usage = Usage(sku, nothing, nothing, nothing, empty, empty.astype(bool))
                yield _rate_one(usage, scenario, tables, own, lost[sku])


def _offset_items() -> set[str]:
    """Items that some kind of prepaid plan offsets."""
    from pricing.prepaid import kinds

    return {sku for kind in kinds().values() for sku in kind.offsets}


def _covered(
    rated: tuple[Rated, ...], plans: tuple[Prepaid, ...], scenario: Scenario, tables: Inventory, months: list[date]
) -> tuple[tuple[Rated, ...], PrepaidUse]:
    """What prepaid plans leave to be billed, and how they are used up."""
    from pricing import offset, purchase

    regions = [name for name in tables.regions if name in REGIONS]
    offsets = [number for number, one in enumerate(rated) if one.usage.sku in _offset_items()]
    traffics = []
    for number in offsets:
        one = rated[number]
        site = next(site for site, currency in CURRENCY_OF_SITE.items() if currency == one.currency)
        traffics.append(offset.traffic(one, _baselines(scenario, tables, site).of(one.usage.sku)))
    first = scenario.plan.assumptions.prepaid_order == "plan-first"
    drawn = offset.draw(traffics, plans, regions, months, plan_first=first)
    billed = list(rated)
    for number, own in zip(offsets, drawn.offset, strict=True):
        billed[number] = rating.cover(rated[number], own)
    owners = (tables.account_sites[code] for code in tables.prepaid.account.tolist())
    currency = tuple(
        entry.currency or CURRENCY_OF_SITE[site] for entry, site in zip(tables.prepaid.entries, owners, strict=True)
    )
    return tuple(billed), purchase.PrepaidUse(plans, drawn.use, purchase.costs(plans, drawn.use, months), currency)


def cdt_comparison(
    scenario: Scenario, tables: Inventory, rated: Sequence[Rated], books: PriceLists
) -> Mapping[int, tuple[str, str]]:
    """What data transfer costs the groups whose billing mode is in doubt, and what it would cost in the other mode.

    Both count all sites of a group, also those whose mode is decided. The alternative bills all that is in doubt in
    the other mode at once, beside what is billed by CDT anyway.
    """
    doubtful = inventory.in_doubt(tables)
    if not len(doubtful):
        return {}
    lots = tables.lots
    elsewhere = np.where(lots.cdt_from == NEVER, lots.start, NEVER)
    moved = lots.undecided & np.isin(lots.group, doubtful)
    other = dataclasses.replace(
        tables, lots=dataclasses.replace(lots, cdt_from=np.where(moved, elsewhere, lots.cdt_from))
    )
    moved_timeline = demand.timeline(other)
    usages = [usage for sku in _INTERNET for usage in meter.declared()[sku](other, moved_timeline)]
    try:
        used = [usage for usage in usages if len(usage.subject)]
        alternative = list(_rate_all(used, scenario, other, books))
    except InputError:  # too large an amount, of a bill that is only imagined: the plan itself has none
        return {}
    transfer = [one for one in rated if one.usage.sku in _INTERNET]
    taken, otherwise = _in_words(transfer, tables.currency), _in_words(alternative, tables.currency)
    return {group: (taken[group], otherwise[group]) for group in doubtful.tolist()}


def _rate_all(
    usages: Iterable[Usage],
    scenario: Scenario,
    tables: Inventory,
    books: PriceLists,
    without_free_quota: Mapping[str, Bools] = MappingProxyType({}),
) -> Iterator[Rated]:
    for usage in usages:
        for site, part in _by_site(usage, tables):
            # An underlay that nothing runs over may be of an account whose price list the plan does not need.
            if site in books or part.quantity.any() or part.unknown.any():
                # Nor does a prepaid plan need that of its account: its price is given.
                own = books[site] if usage.rates is None or site in books else Books(site, CURRENCY_OF_SITE[site], ())
                yield _rate_one(part, scenario, tables, own, without_free_quota.get(usage.sku))


def _by_site(usage: Usage, tables: Inventory) -> Iterator[tuple[str, Usage]]:
    """Usage by the site of the accounts that are billed: each has a price list and a currency of its own."""
    for site in dict.fromkeys(tables.account_sites):
        rows = np.array([own == site for own in tables.account_sites], dtype=bool)[usage.account]
        if rows.all():
            yield site, usage
        elif rows.any():
            yield site, _rows_of(usage, rows)


def _rows_of(usage: Usage, rows: Bools) -> Usage:
    return dataclasses.replace(
        usage,
        subject=usage.subject[rows],
        account=usage.account[rows],
        region=usage.region[rows],
        quantity=usage.quantity[rows],
        unknown=usage.unknown[rows],
        lane=None if usage.lane is None else usage.lane[rows],
    )


def _rate_one(
    usage: Usage, scenario: Scenario, tables: Inventory, books: Books, without_free_quota: Bools | None
) -> Rated:
    months = [month.first_day for month in tables.period.months]
    try:
        return rating.rate(
            usage,
            tables.regions,
            months,
            books,
            _baselines(scenario, tables, books.site),
            _options(scenario.plan.assumptions),
            _exchange(scenario, usage.currency or books.currency),
            without_free_quota,
        )
    except (QuantityTooLargeError, money.AmountTooLargeError) as error:
        largest = int(usage.subject[np.argmax(usage.quantity.max(axis=1))])
        raise InputError(
            Problem(
                tables.subject_places[largest],
                f"{usage.sku}: {error} (the largest part is that of {tables.subject_names[largest]!r})",
                "correct its traffic, growth, sites or rate",
            )
        ) from None


def _exchange(scenario: Scenario, base: str) -> Exchange | None:
    """What makes the plan's currency of another one; the scenario was refused where a rate is missing."""
    quote = scenario.plan.currency
    if base == quote:
        return None
    found = (exchange_rate(scenario.finance, base, quote, month) for month in scenario.period.months)
    return exchange.fixed(base, quote, [one.rate for one in found if one])


def _options(assumptions: Assumptions) -> rating.Options:
    order = assumptions.free_quota_region_order
    return rating.Options(
        free_quota_region_order=() if isinstance(order, str) else order,
        free_quota_inside_tier_1=assumptions.free_quota_position == "inside-tier-1",
        free_quota_used_without_baseline=assumptions.baseline == "free-quota-used",
    )


def _baselines(scenario: Scenario, tables: Inventory, site: str) -> Baselines:
    """Usage of everything else in the accounts of a site, in micro-GB per month; several entries of one add up."""
    by_sku: dict[str, dict[tuple[int, int], int]] = {"cdt-internet": {}, "vbr-outbound": {}}
    for baseline in scenario.estate.baselines:
        if scenario.estate.accounts[baseline.account].site != site:
            continue
        pool = (tables.accounts.index(baseline.account), tables.regions.index(baseline.region))
        for sku, volume in (
            ("cdt-internet", baseline.cdt_internet_gb),
            ("vbr-outbound", baseline.vbr_outbound_gb),
        ):
            if volume is not None:
                by_sku[sku][pool] = by_sku[sku].get(pool, 0) + money.micro(volume)
    return Baselines(by_sku)


def _in_words(rated: Sequence[Rated], currency: str) -> dict[int, str]:
    """By subject: its cost over the period in words, without hiding what has no price."""
    costs = cost.add_up(rated)
    amounts: dict[int, int] = {}
    unpriced: set[int] = set()
    for row, subject in enumerate(costs.subject.tolist()):
        amounts[subject] = amounts.get(subject, 0) + sum(costs.amount[row].tolist())
        if costs.unpriced[row].any():
            unpriced.add(subject)
    words = {subject: f"{currency} {money.display(amount)}" for subject, amount in amounts.items()}
    for subject in unpriced:
        words[subject] = f"{words[subject]} and an unpriced part" if amounts[subject] else "unpriced"
    return words
