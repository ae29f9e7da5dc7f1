"""Pricing, from usage records to amounts and exact monthly totals, against bare numpy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from benchmarks import workload
from benchmarks.workload import Mix
from planner import demand, meter
from planner.inventory import Ints
from pricing import rating
from pricing.book import load_books
from pricing.rating import Rated
from pricing.usage import Usage

BOOKS = load_books("intl")
MONTHS = [month.first_day for month in workload.PERIOD.months]


@dataclass(frozen=True)
class Case:
    """Usage records to be priced, and quantities for bare numpy to multiply."""

    mix: Mix
    usages: tuple[Usage, ...]
    produced: tuple[int, ...]
    """Lines with a quantity, by SKU and tier."""
    bare: tuple[Ints, ...]
    """For each of these, an array of so many quantities, a column for each month."""

    @property
    def lines(self) -> int:
        return sum(self.produced)


def case(groups: int, mix: Mix) -> Case:
    """Usage of a made-up plan."""
    inventory = workload.inventory(groups, mix)
    usages = meter.measure(inventory, demand.timeline(inventory))
    produced = tuple(
        int(np.count_nonzero(column)) for one in price(usages, mix) for column in one.quantity if column.any()
    )
    return Case(mix, usages, produced, tuple(_quantities(lines) for lines in produced))


def _quantities(lines: int) -> Ints:
    shape = (-(-lines // len(MONTHS)), len(MONTHS))
    return np.random.default_rng(lines).integers(10**6, 10**12, size=shape)


def price(usages: Sequence[Usage], mix: Mix) -> list[Rated]:
    """What is measured."""
    rated = [rating.rate(usage, mix.regions, MONTHS, BOOKS) for usage in usages]
    rating.monthly_totals(rated)
    return rated


def multiply(quantities: Sequence[Ints]) -> list[Ints]:
    """What it is compared with: a product by one rate for each line, and the sums of the columns.

    As in the engine, every product goes into memory that is fresh and is kept to the end.
    """
    amounts = [quantity * 50 for quantity in quantities]
    sum(amount.sum(axis=0) for amount in amounts)
    return amounts


def engine(one: Case) -> partial[list[Rated]]:
    """The engine's side, to be run."""
    return partial(price, one.usages, one.mix)


def bare(one: Case) -> partial[list[Ints]]:
    """Bare numpy's side, to be run."""
    return partial(multiply, one.bare)
