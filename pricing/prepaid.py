"""What prepaid plans are: volumes and hourly commitments that are bought in advance and offset usage.

A kind of plan is a file in ``prepaids/``, whose name is its id. How plans are used up is in ``offset.py``.
source : billing rules of CDT resource plans, VBR outbound plans and savings plans, read 2026-11
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import numpy as np

from planner.core.entry import Entry, Flag, Name, Positive, Text, load
from planner.core.period import HOUR, Month, seconds
from planner.core.region import scopes
from planner.core.source import read_yaml
from pricing import money
from pricing.usage import Bools, Ints

_FOLDER = Path(__file__).parent / "prepaids"
_MICRO_GB = {"gb": money.MICRO, "tb": 1024 * money.MICRO, "commitment_per_hour": 0}
_UNIT = {"gb": " GB", "tb": " TB", "commitment_per_hour": " per hour"}


class Kind(Entry):
    """A kind of prepaid plan. No price is published: it comes with the offer."""

    title: Text
    """What it is called."""
    offsets: tuple[Name, ...]
    """Items whose usage it offsets; a volume offsets one item."""
    size: Literal["gb", "tb", "commitment_per_hour"]
    """The key that says how much is bought: a volume, or whole units of the currency in every hour."""
    sizes: tuple[Positive, ...] = ()
    """The sizes in which it is sold; none: every whole number within the bounds."""
    at_least: Positive = 1
    """The smallest size."""
    at_most: Positive | None = None
    """The largest size; none: no bound is known."""
    term_months: Positive | None = None
    """How long it is valid; none: the offer says."""
    per_area: Flag = False
    """Whether it is bought for an area; otherwise it serves all regions of its account."""
    gives_up_free_quota_from: Positive | None = None
    """Size from which on its account has no free quota of these items while the plan is valid."""
    rules: tuple[Text, ...]
    """What else a buyer must know."""
    source: Text
    """Page that says so."""

    def fits(self, size: int) -> bool:
        """Whether there is such a size."""
        return size in self.sizes if self.sizes else self.at_least <= size <= (self.at_most or size)

    @property
    def sizes_in_words(self) -> str:
        """Every size there is, with its unit."""
        if self.sizes:
            words = f"{', '.join(map(str, self.sizes[:-1]))} or {self.sizes[-1]}"
        else:
            words = f"{self.at_least:,} to {self.at_most:,}" if self.at_most else f"{self.at_least:,} or more"
        return words + self.unit

    @property
    def unit(self) -> str:
        """What stands behind a size: GB, TB, or per hour."""
        return _UNIT[self.size]

    @property
    def is_commitment(self) -> bool:
        """Whether it commits to an amount per hour and not to a volume."""
        return self.size == "commitment_per_hour"

    def micro(self, size: int) -> int:
        """Micro-GB of a size (1 TB is 1,024 GB); 0 for a commitment."""
        return size * _MICRO_GB[self.size]


@cache
def kinds() -> Mapping[str, Kind]:
    """Every kind by its id. Read once, when first asked for.

    raises : InputError when one of the shipped files is damaged
    """
    return MappingProxyType({path.stem: load(Kind, read_yaml(path)) for path in sorted(_FOLDER.glob("*.yaml"))})


@dataclass(frozen=True, slots=True)
class Prepaid:
    """A plan that was bought: a volume or a commitment."""

    name: str
    kind: str
    account: int
    """Code of the account."""
    start: date
    """It is valid from the first instant of this day."""
    term_months: int
    quantity: int = 0
    """Micro-GB that were bought; 0: a commitment."""
    remaining: int | None = None
    """Micro-GB that are left when the period begins, of a plan that began before; None: all."""
    area: str | None = None
    """Area, or overseas, whose regions it serves; None: all regions."""
    per_hour: int = 0
    """Nano-units of the currency committed to in every hour; 0: a volume."""
    factor: Fraction = Fraction(1)
    """What usage that a commitment covers counts for, as a factor of its contracted cost."""
    price: int | None = None
    """Nano-units paid at the start; None: unknown, or paid month by month."""
    monthly: bool = False
    """Whether a commitment is paid as it runs, hour by hour."""

    @property
    def end(self) -> date:
        """The first day on which it is no longer valid."""
        return months_later(self.start, self.term_months)

    def offsets(self, sku: str) -> bool:
        """Whether it offsets usage of an item."""
        return sku in kinds()[self.kind].offsets

    def serves(self, regions: Sequence[str]) -> Bools:
        """(r,) in which regions."""
        return np.array([self.area is None or self.area in scopes(region) for region in regions], dtype=bool)


def months_later(day: date, months: int) -> date:
    """The same day so many months later; where there is none, the first of the month after.

    What begins on 2028-02-29 and is valid for a year ends on 2029-03-01 (exclusive): its last day is 28 February.
    """
    month = Month(day.year, day.month) + months
    return min(month.first_day + timedelta(days=day.day - 1), (month + 1).first_day)


def hour(day: date) -> int:
    """Hours from the epoch of the billing zone to the first instant of a day."""
    return seconds(day) // HOUR


def bounds(months: Sequence[date]) -> Ints:
    """(m + 1,) hours at which consecutive months begin, and at which the last one ends.

    months : first days
    """
    return np.array([hour(day) for day in (*months, months_later(months[-1], 1))], dtype=np.int64)


def valid_hours(plans: Sequence[Prepaid], months: Sequence[date]) -> Ints:
    """(q, m) hours of each month in which each plan is valid."""
    begin = np.array([hour(plan.start) for plan in plans], dtype=np.int64)[:, None]
    end = np.array([hour(plan.end) for plan in plans], dtype=np.int64)[:, None]
    at = bounds(months)
    return np.clip(np.minimum(end, at[1:]) - np.maximum(begin, at[:-1]), 0, None)


def gives_up_free_quota(sku: str, plans: Sequence[Prepaid], accounts: int, months: Sequence[date]) -> Bools:
    """(accounts, m) where an account has no free quota of an item, because of a plan that is valid in that month.

    A month that the plan's validity touches counts as a whole: the promotion is one of calendar months.
    """
    lost = np.zeros((accounts, len(months)), dtype=bool)
    for plan, hours in zip(plans, valid_hours(plans, months), strict=True):
        kind = kinds()[plan.kind]
        least = kind.gives_up_free_quota_from
        if least is not None and plan.quantity >= kind.micro(least) and plan.offsets(sku):
            lost[plan.account] |= hours > 0
    return lost
