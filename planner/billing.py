"""Timeline and price books -> priced usage of a plan's billable items.

A check needs none of this and never imports it: what it does not load cannot slow it down.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from planner import demand, inventory, meter
from planner.assumption import Assumptions
from planner.core.period import NEVER
from planner.core.problem import InputError, Problem
from planner.demand import Timeline
from planner.inventory import Inventory
from planner.scenario import Scenario
from pricing import cost, money, rating
from pricing.book import Books
from pricing.pool import QuantityTooLargeError
from pricing.rating import Rated
from pricing.usage import Baselines, Usage

_INTERNET = ("ipsec-internet-legacy", "cdt-internet")


def rate(scenario: Scenario, tables: Inventory, timeline: Timeline, books: Books) -> tuple[Rated, ...]:
    """Usage of every billable item, priced.

    raises : InputError where a number is too large
    """
    return tuple(_rate_one(usage, scenario, tables, books) for usage in meter.measure(tables, timeline))


def cdt_comparison(
    scenario: Scenario, tables: Inventory, rated: Sequence[Rated], books: Books
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
        alternative = [_rate_one(usage, scenario, other, books) for usage in usages if len(usage.subject)]
    except InputError:  # too large an amount, of a bill that is only imagined: the plan itself has none
        return {}
    transfer = [one for one in rated if one.usage.sku in _INTERNET]
    taken, otherwise = _in_words(transfer, tables.currency), _in_words(alternative, tables.currency)
    return {group: (taken[group], otherwise[group]) for group in doubtful.tolist()}


def _rate_one(usage: Usage, scenario: Scenario, tables: Inventory, books: Books) -> Rated:
    months = [month.first_day for month in tables.period.months]
    try:
        return rating.rate(
            usage,
            tables.regions,
            months,
            books,
            _baselines(scenario, tables),
            _options(scenario.plan.assumptions),
        )
    except (QuantityTooLargeError, money.AmountTooLargeError) as error:
        largest = int(usage.subject[np.argmax(usage.quantity.max(axis=1))])
        raise InputError(
            Problem(
                tables.subject_places[largest],
                f"{usage.sku}: {error} (the largest part is that of {tables.subjects[largest]!r})",
                "correct its traffic, growth, sites or rate",
            )
        ) from None


def _options(assumptions: Assumptions) -> rating.Options:
    order = assumptions.free_quota_region_order
    return rating.Options(
        free_quota_region_order=() if isinstance(order, str) else order,
        free_quota_inside_tier_1=assumptions.free_quota_position == "inside-tier-1",
        free_quota_used_without_baseline=assumptions.baseline == "free-quota-used",
    )


def _baselines(scenario: Scenario, tables: Inventory) -> Baselines:
    """Usage of everything else, in micro-GB per month; several entries of an account and region add up."""
    by_sku: dict[str, dict[tuple[int, int], int]] = {"cdt-internet": {}, "vbr-outbound": {}}
    for baseline in scenario.estate.baselines:
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
