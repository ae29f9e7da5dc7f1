"""Pricing, from usage records to amounts and exact monthly totals, against bare numpy."""

from __future__ import annotations

import resource
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks import workload
from benchmarks.workload import Mix
from planner import demand, meter
from planner.inventory import Ints
from pricing import cost, rating
from pricing.book import load_books
from pricing.rating import Rated
from pricing.usage import Usage

BOOKS = load_books("intl")
MONTHS = [month.first_day for month in workload.PERIOD.months]


@dataclass(frozen=True)
class Case:
    """Usage records to price, and quantities for bare numpy to multiply."""

    mix: Mix
    usages: tuple[Usage, ...]
    produced: tuple[int, ...]
    """By SKU and tier: how many lines with a quantity pricing produces."""
    bare: tuple[Ints, ...]
    """For each of these so many quantities, in a column for each month."""

    @property
    def lines(self) -> int:
        """All lines."""
        return sum(self.produced)


def case(groups: int, mix: Mix) -> Case:
    """The usage of a made-up plan."""
    inventory = workload.inventory(groups, mix)
    usages = meter.measure(inventory, demand.timeline(inventory))
    produced = tuple(int(np.count_nonzero(column)) for one in price(usages, mix) for column in one.quantity)
    return Case(mix, usages, produced, tuple(_quantities(lines) for lines in produced))


def _quantities(lines: int) -> Ints:
    shape = (-(-lines // len(MONTHS)), len(MONTHS))
    return np.random.default_rng(lines).integers(10**6, 10**12, size=shape)


def price(usages: Sequence[Usage], mix: Mix) -> list[Rated]:
    """What is measured: usage records to amounts and exact totals of the months."""
    rated = [rating.rate(usage, mix.regions, MONTHS, BOOKS) for usage in usages]
    cost.monthly_totals(rated)
    return rated


def multiply(quantities: Sequence[Ints]) -> list[Ints]:
    """What it is compared with: for each line one int64 product by a rate, and the sums of the columns.

    One rate for all lines of an array is the fastest way there is. As in the engine, amounts go into new memory
    and are kept to the end: new memory costs as much as the product.
    """
    amounts = [quantity * 50 for quantity in quantities]
    for amount in amounts:
        amount.sum(axis=0)
    return amounts


def pricing(one: Case) -> Callable[[], object]:
    """The engine's side, to be run."""
    return lambda: price(one.usages, one.mix)


def bare(one: Case) -> Callable[[], object]:
    """Bare numpy's side, to be run."""
    return lambda: multiply(one.bare)


def peak_memory(groups: int, mix: Mix) -> float:
    """GiB that this process has held at most after pricing a made-up plan; ask a process of its own."""
    inventory = workload.inventory(groups, mix)
    price(meter.measure(inventory, demand.timeline(inventory)), mix)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**30 if sys.platform == "darwin" else 2**20)
