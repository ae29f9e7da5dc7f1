"""What two price books change: prices and free quotas that apply with one and with the other, where and from when.

Both are read as a plan reads them, over the shipped books: what a book no longer says falls back to the shipped
price, or becomes unknown. So a discount counts where there is a list price that it changes.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby, pairwise
from typing import Literal, NamedTuple, TypeVar

from planner.core.region import AREAS, LANE, REGIONS, crosses_border
from pricing.book import Books, FreeQuota, Rate, Tier
from pricing.price_list import ListedAdjustment, Listing
from pricing.sku import skus

Kind = Literal["changed", "added", "removed", "list", "evidence"]
KINDS: tuple[Kind, ...] = ("changed", "added", "removed", "list", "evidence")
_PERCENT = Decimal("0.01")


class Rates(NamedTuple):
    """A rate with the one book and with the other; None: unknown."""

    old: Rate | None
    new: Rate | None

    @property
    def percent(self) -> Decimal | None:
        """By how much it changes, to two decimals; None where one is unknown or the old one is 0."""
        return percent(_value(self.old), _value(self.new))


@dataclass(frozen=True, slots=True)
class Change:
    """A price that one book has otherwise than another, in some places, for a time."""

    sku: str
    places: tuple[str, ...]
    """Regions, in the order of their table; or lanes."""
    effective_from: date | None
    """First day on which it is so; None: always."""
    effective_until: date | None
    """First day on which it is so no longer; None: without end."""
    start: int
    """Micro-units from which the rates hold."""
    end: int | None
    """Micro-units below which they do; None: without end."""
    contracted: Rates
    """The same twice where only the list price changes."""
    listed: Rates | None
    """At list price; None where it stays."""

    @property
    def kind(self) -> Kind:
        """What happened to the contracted price; list where only the list price changes, evidence where none does."""
        old, new = self.contracted
        if old is None or new is None:
            return "added" if new else "removed"
        if old.value != new.value:
            return "changed"
        return "list" if self.listed and _value(self.listed.old) != _value(self.listed.new) else "evidence"


@dataclass(frozen=True, slots=True)
class FreeQuotaChange:
    """A free quota that one book has otherwise than another, in some regions, for a time."""

    sku: str
    places: tuple[str, ...]
    effective_from: date | None
    effective_until: date | None
    old: FreeQuota | None
    """None: none is known."""
    new: FreeQuota | None

    @property
    def percent(self) -> Decimal | None:
        """By how much it changes."""
        before, after = (Decimal(one.quantity) if one else None for one in (self.old, self.new))
        return percent(before, after)


@dataclass(frozen=True, slots=True)
class AdjustmentChange:
    """A discount or an expected change that one book has otherwise than another."""

    old: ListedAdjustment | None
    """None: the old book does not have it."""
    new: ListedAdjustment | None

    @property
    def either(self) -> ListedAdjustment:
        """What it is about: the same on both sides."""
        found = self.new or self.old
        assert found is not None
        return found


def percent(old: Decimal | None, new: Decimal | None) -> Decimal | None:
    """By how much something changes, to two decimals; None where it is unknown or was 0."""
    if old is None or new is None or not old:
        return None
    return ((new - old) / old * 100).quantize(_PERCENT, ROUND_HALF_UP)


def looked_at(name: str, entries: Sequence[Listing]) -> tuple[str, ...]:
    """The places in which an item may have prices of its own.

    Of an item between regions the lanes between areas, and those from or to regions that some entries name. An item
    that is priced as another differs from it only where an adjustment names it.
    """
    sku = skus()[name]
    if sku.priced_as and any(name in row.skus for one in entries for row in one.adjustments):
        return skus()[sku.priced_as].places
    if not sku.by_lane:
        return sku.places
    scopes = [row.scopes for one in entries for row in one.rates]
    scopes += [row.scopes for one in entries for row in one.adjustments]
    named = [scope.split(LANE) for own in scopes for scope in own]
    lanes = [ends for ends in named if len(ends) == 2]
    origins, destinations = ([*AREAS, *(r for r in REGIONS if any(r == one[end] for one in lanes))] for end in (0, 1))
    crosses = sku.priced_by == "cross-border-lane"
    return tuple(
        f"{a}{LANE}{b}"
        for a in origins
        for b in destinations
        if crosses_border(a, b) == crosses and not (a == b in REGIONS)
    )


def changes(old: Books, new: Books, days: Sequence[date], entries: Sequence[Listing] = ()) -> tuple[Change, ...]:
    """Every change of a price, by item, place and day; alike places in one.

    days    : ascending, every day on which a price of either may begin or end
    entries : of the two books, whose lanes are looked at
    """

    def parts(sku: str, place: str, on: date) -> tuple[_Part, ...]:
        return tuple(_parts(*(_schedules(books, sku, place, on) for books in (old, new))))

    found = []
    for name in skus():
        for when, part, places in _alike(name, looked_at(name, entries), days, parts):
            found.append(Change(name, places, *when, part.start, part.end, part.contracted, part.listed))
    return tuple(found)


def free_quota_changes(old: Books, new: Books, days: Sequence[date]) -> tuple[FreeQuotaChange, ...]:
    """Every change of a free quota, likewise."""

    def parts(sku: str, place: str, on: date) -> tuple[_FreeQuotas, ...]:
        before, after = (books.free_quota(sku, place, on) for books in (old, new))
        return () if _said_of_quota(before) == _said_of_quota(after) else (_FreeQuotas(before, after),)

    return tuple(
        FreeQuotaChange(name, places, *when, before, after)
        for name, one in skus().items()
        if one.free_quota_over
        for when, (before, after), places in _alike(name, one.places, days, parts)
    )


def adjustment_changes(old: Listing, new: Listing) -> tuple[AdjustmentChange, ...]:
    """Discounts and expected changes that are not the same in two books, by kind, items, scopes and validity."""
    sides = []
    for listing in (old, new):
        rows: dict[Hashable, ListedAdjustment] = {}
        for one in listing.adjustments:
            rows[one.kind, one.skus, one.scopes, one.effective_from, one.effective_until] = one
        sides.append(rows)
    before, after = sides
    found = (AdjustmentChange(before.get(key), after.get(key)) for key in {**before, **after})
    return tuple(
        one
        for one in found
        if (one.old and (one.old.percent, one.old.reference)) != (one.new and (one.new.percent, one.new.reference))
    )


class _Part(NamedTuple):
    start: int
    end: int | None
    contracted: Rates
    listed: Rates | None

    def said(self) -> Hashable:
        return self.start, self.end, _said(self.contracted), self.listed and _said(self.listed)


class _FreeQuotas(NamedTuple):
    old: FreeQuota | None
    new: FreeQuota | None

    def said(self) -> Hashable:
        return _said_of_quota(self.old), _said_of_quota(self.new)


_P = TypeVar("_P", _Part, _FreeQuotas)
_When = tuple[date | None, date | None]


def _alike(
    sku: str, places: Sequence[str], days: Sequence[date], parts: Callable[[str, str, date], tuple[_P, ...]]
) -> Iterator[tuple[_When, _P, tuple[str, ...]]]:
    """When and where each difference of an item holds: over time, alike stretches joined; then alike places."""
    begins: list[date] = [date.min, *days]
    found: dict[Hashable, tuple[_When, _P, list[str]]] = {}
    for place in places:
        told = [parts(sku, place, on) for on in begins]
        stretches = zip(begins, [*begins[1:], None], told, strict=True)
        for _, run in groupby(stretches, key=lambda stretch: [part.said() for part in stretch[2]]):
            stretch = list(run)
            first, last = stretch[0][0], stretch[-1][1]
            when = (None if first == date.min else first), last
            for part in stretch[0][2]:
                found.setdefault((when, part.said()), (when, part, []))[2].append(place)

    def order(one: tuple[_When, _P, list[str]]) -> tuple[int, date]:
        return places.index(one[2][0]), one[0][0] or date.min

    return ((when, part, tuple(own)) for when, part, own in sorted(found.values(), key=order))


def _schedules(books: Books, sku: str, place: str, on: date) -> tuple[tuple[Tier, ...], tuple[Tier, ...]]:
    return books.schedule(sku, place, on), books.list_schedule(sku, place, on)


def _parts(
    old: tuple[tuple[Tier, ...], tuple[Tier, ...]], new: tuple[tuple[Tier, ...], tuple[Tier, ...]]
) -> Iterator[_Part]:
    """Where the contracted and list schedules of two books differ, over the bounds of all."""
    tiers = [tier for side in (old, new) for schedule in side for tier in schedule]
    bounds = {bound for tier in tiers for bound in (tier.start, tier.end) if bound is not None}
    for start, end in pairwise([*sorted(bounds), None]):
        assert start is not None
        contracted, listed = (
            Rates(_at(before, start), _at(after, start)) for before, after in zip(old, new, strict=True)
        )
        stays = _same(listed)
        if not (stays and _same(contracted)):
            yield _Part(start, end, contracted, None if stays else listed)


def _at(tiers: Sequence[Tier], quantity: int) -> Rate | None:
    held = (tier.rate for tier in tiers if tier.start <= quantity and (tier.end is None or quantity < tier.end))
    return next(held, None)


def _value(rate: Rate | None) -> Decimal | None:
    return None if rate is None else rate.value


def _same(rates: Rates) -> bool:
    old, new = _said(rates)
    return old == new


def _said(rates: Rates) -> tuple[Hashable, Hashable]:
    """What of rates is compared: values and what they rest on, not the scope or the book they were found in."""
    old, new = (
        rate and (rate.value, rate.base, tuple((one.kind, one.percent) for one in rate.adjustments), rate.references)
        for rate in rates
    )
    return old, new


def _said_of_quota(quota: FreeQuota | None) -> Hashable:
    return quota and (quota.pool, quota.quantity, quota.reference)
