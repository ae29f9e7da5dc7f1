"""What two price books change: which rates apply with one and with the other, where and from which day.

Both are read as a plan reads them, over the shipped books: what a book no longer says falls back to the shipped
price, or becomes unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby, pairwise
from typing import Literal

from planner.core.region import REGIONS
from pricing.book import Books, Rate, Tier
from pricing.sku import skus

Kind = Literal["changed", "added", "removed", "evidence"]
KINDS: tuple[Kind, ...] = ("changed", "added", "removed", "evidence")
_PERCENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Change:
    """A rate that one book has otherwise than another, in some regions, for a time."""

    sku: str
    regions: tuple[str, ...]
    """In the order of their table."""
    effective_from: date | None
    """First day on which it is so; None: always."""
    effective_until: date | None
    """First day on which it is so no longer; None: without end."""
    start: int
    """Micro-units from which the rates hold."""
    end: int | None
    """Micro-units below which they do; None: without end."""
    old: Rate | None
    """None: unknown."""
    new: Rate | None

    @property
    def kind(self) -> Kind:
        """What happened: evidence where the rate is the same, but not what it rests on."""
        if self.old is None:
            return "added"
        if self.new is None:
            return "removed"
        return "evidence" if self.old.value == self.new.value else "changed"

    @property
    def percent(self) -> Decimal | None:
        """By how much the rate changes, to two decimals; None where a rate is unknown or the old one is 0."""
        if self.old is None or self.new is None or not self.old.value:
            return None
        return ((self.new.value - self.old.value) / self.old.value * 100).quantize(_PERCENT, ROUND_HALF_UP)


def changes(old: Books, new: Books, days: Sequence[date]) -> tuple[Change, ...]:
    """Every change, by item, region and day; alike regions in one.

    days : ascending, every day on which a price of either may begin or end
    """
    found: dict[tuple[object, ...], tuple[_Timed, list[str]]] = {}
    for sku in skus():
        for region in REGIONS:
            for change in _changes_of(sku, region, old, new, days):
                *when, before, after = change
                found.setdefault((sku, *when, _said(before), _said(after)), (change, []))[1].append(region)
    made = [Change(str(sku), tuple(regions), *change) for (sku, *_), (change, regions) in found.items()]
    items, places = list(skus()), list(REGIONS)

    def order(change: Change) -> tuple[int, int, date, int]:
        begins = change.effective_from or date.min
        return items.index(change.sku), places.index(change.regions[0]), begins, change.start

    return tuple(sorted(made, key=order))


_Part = tuple[int, int | None, Rate | None, Rate | None]
_Timed = tuple[date | None, date | None, int, int | None, Rate | None, Rate | None]


def _changes_of(sku: str, region: str, old: Books, new: Books, days: Sequence[date]) -> Iterator[_Timed]:
    """Changes of an item in a region: over time, alike stretches joined."""
    begins = [date.min, *days]
    parts = [tuple(_parts(old.schedule(sku, region, on), new.schedule(sku, region, on))) for on in begins]
    stretches = groupby(zip(begins, [*begins[1:], None], parts, strict=True), key=lambda stretch: stretch[2])
    for found, run in stretches:
        stretch = list(run)
        first, last = stretch[0][0], stretch[-1][1]
        for start, end, before, after in found:
            yield (None if first == date.min else first), last, start, end, before, after


def _parts(old: Sequence[Tier], new: Sequence[Tier]) -> Iterator[_Part]:
    """Where two schedules differ: (start, end, old, new) over the bounds of both."""
    bounds = {bound for tier in (*old, *new) for bound in (tier.start, tier.end) if bound is not None}
    for start, end in pairwise([*sorted(bounds), None]):
        assert start is not None
        before, after = _at(old, start), _at(new, start)
        if _said(before) != _said(after):
            yield start, end, before, after


def _at(tiers: Sequence[Tier], quantity: int) -> Rate | None:
    held = (tier.rate for tier in tiers if tier.start <= quantity and (tier.end is None or quantity < tier.end))
    return next(held, None)


def _said(rate: Rate | None) -> object:
    """What of a rate is compared: its value and what it rests on, not the scope or the book it was found in."""
    return rate and (rate.value, rate.reference)
