"""Price books: every rate an item ever had, with its source, and the one that applies to a region on a day.

Shipped books lie in ``books/<site>/``, one file per item; a plan may bring more. A later book overrides an
earlier one where it knows something, whatever the scope; within a book the most specific scope wins, then
what began last.

Every item has two prices. The list price is what entries say whose evidence is not ``contract``, after the
changes that are expected of it. The contracted price is that of a ``contract`` entry, which is net; else the
list price less its discount; else the list price.
source : prices read up to November 2026, see the references in each file
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple, TypeVar

from planner.core.entry import load
from planner.core.problem import InputError, Problem
from planner.core.provenance import CURRENCY_OF_SITE, Dated, Evidence, Reference, in_force, weakest
from planner.core.region import EVERYWHERE, scopes
from planner.core.source import Source, read_yaml
from pricing import book_file
from pricing.book_file import ALL_ITEMS, AdjustmentEntry, BookFile, FreeQuotaEntry, RateEntry, Sourced, TierEntry
from pricing.money import RATE_DECIMALS, micro
from pricing.sku import skus

FOLDER = Path(__file__).parent / "books"
_LAST_DECIMAL = Decimal(1).scaleb(-RATE_DECIMALS)
_D = TypeVar("_D", bound=Dated)


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What changes a list price by so many percent: a discount, or a change that is expected."""

    kind: Literal["discount", "expected change"]
    percent: Decimal
    """-12 for a discount of 12 %, 3 for prices that rise by 3 %."""
    reference: Reference
    scope: str
    effective_from: date | None
    effective_until: date | None
    book: str
    note: str

    @property
    def factor(self) -> Decimal:
        """What the list price is multiplied by."""
        return 1 + self.percent.scaleb(-2)


@dataclass(frozen=True, slots=True)
class Rate:
    """The price of one unit, and where it comes from."""

    value: Decimal
    """In the currency of the books, per unit of the item; at most 10 decimals."""
    reference: Reference
    scope: str
    """The scope it was found for: a region id, an area, overseas or all."""
    effective_from: date | None
    """First day on which it holds; None: undated, which reports say."""
    book: str
    """Title of its book."""
    note: str
    effective_until: date | None = None
    """First day on which it holds no longer; None: without end."""
    base: Decimal | None = None
    """The value in the book, where adjustments changed it."""
    adjustments: tuple[Adjustment, ...] = ()
    """What made the value of the base, in order."""

    @property
    def references(self) -> tuple[Reference, ...]:
        """Where the price and its adjustments were read."""
        return (self.reference, *(one.reference for one in self.adjustments))

    @property
    def evidence(self) -> Evidence:
        """The weakest evidence among the price and its adjustments."""
        return weakest(reference.evidence for reference in self.references)

    def adjusted(self, by: Adjustment | None) -> Rate:
        """The rate after an adjustment, rounded half up to the decimals that rates have."""
        if by is None or not by.percent:
            return self
        value = (self.value * by.factor).quantize(_LAST_DECIMAL, ROUND_HALF_UP)
        return replace(
            self,
            value=_without_zeros(value),
            base=self.value if self.base is None else self.base,
            adjustments=(*self.adjustments, by),
        )


class Tier(NamedTuple):
    """A part of a schedule and its rate: from start (inclusive) to end (exclusive; None: without end)."""

    start: int
    """Micro-units."""
    end: int | None
    """Micro-units."""
    rate: Rate


@dataclass(frozen=True, slots=True)
class FreeQuota:
    """What an account may use for nothing in each calendar month."""

    pool: str
    """The scope over whose regions together it accumulates, such as mainland; also its scope."""
    quantity: int
    """Micro-units per account and calendar month."""
    reference: Reference
    effective_from: date | None = None
    effective_until: date | None = None
    book: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Schedule:
    """The tiers that hold in a scope for a time."""

    tiers: tuple[Tier, ...]
    effective_from: date | None
    effective_until: date | None


class Item(NamedTuple):
    """What one book knows of one item: histories by scope."""

    list_prices: Mapping[str, tuple[Schedule, ...]]
    contracts: Mapping[str, tuple[Schedule, ...]]
    free_quotas: Mapping[str, tuple[FreeQuota, ...]]


Adjustments = Mapping[str, Mapping[str, tuple[Adjustment, ...]]]
"""By item (or all), by scope: the history of an adjustment."""


class Book(NamedTuple):
    """A book that was read."""

    items: Mapping[str, Item]
    discounts: Adjustments
    expected: Adjustments


@dataclass(frozen=True, eq=False)
class Books:
    """The shipped books of a site, each item read when first asked for, and the books of a plan over them."""

    site: str
    currency: str
    extra: tuple[Book, ...] = ()
    """Books of the plan; a later one overrides an earlier one."""

    def schedule(self, sku: str, region: str, on: date) -> tuple[Tier, ...]:
        """The contracted tiers of an item in a region on a day; one tier without an end for a flat rate.

        on      : first day of the month that is priced
        returns : () if no rate is known; above the end of the last tier nothing is known
        raises  : LookupError for an item or a region that does not exist
        """
        if found := _find([item.contracts for item in self._items(sku)], region, on):
            return found.tiers
        discount = _adjustment([book.discounts for book in reversed(self.extra)], sku, region, on)
        return _adjusted(self.list_schedule(sku, region, on), discount)

    def list_schedule(self, sku: str, region: str, on: date) -> tuple[Tier, ...]:
        """The tiers at list price, after the changes that are expected; as ``schedule``."""
        found = _find([item.list_prices for item in self._items(sku)], region, on)
        expected = _adjustment([book.expected for book in reversed(self.extra)], sku, region, on)
        return _adjusted(found.tiers, expected) if found else ()

    def free_quota(self, sku: str, region: str, on: date) -> FreeQuota | None:
        """The free quota that an item draws on in a region on a day; None if none is known.

        on      : first day of the month that is priced
        raises  : LookupError for an item or a region that does not exist
        """
        return _find([item.free_quotas for item in self._items(sku)], region, on)

    def _items(self, sku: str) -> Iterator[Item]:
        """What each book knows of an item, the strongest book first."""
        if sku not in skus():
            raise LookupError(f"no item {sku!r}")
        sku = skus()[sku].priced_as or sku
        for book in reversed(self.extra):
            if sku in book.items:
                yield book.items[sku]
        if shipped := _shipped(self.site, sku):
            yield shipped


def load_books(site: str, extra: Sequence[Source] = ()) -> Books:
    """The books of a site (intl or cn) and those of a plan over them, in the plan's order.

    raises : InputError with every problem of the plan's books: of form, another site or currency, unknown
             items, scopes or references, tiers that do not join, validities that overlap, too many decimals
    """
    return load_price_lists([site], extra)[site]


def load_price_lists(sites: Sequence[str], extra: Sequence[Source] = ()) -> dict[str, Books]:
    """The books of each site, and over them those of a plan that are for it.

    raises : InputError as ``load_books``
    """
    found: list[Problem] = []
    files = []
    for source in extra:
        try:
            file = load(BookFile, source)
        except InputError as error:
            found += error.problems
            continue
        found += _other_site(file, source, sites)
        found += book_file.problems(file, source)
        files.append(file)
    if found:
        raise InputError(found)
    return {
        site: Books(site, CURRENCY_OF_SITE[site], tuple(_book(file) for file in files if file.site == site))
        for site in sites
    }


def _other_site(file: BookFile, source: Source, sites: Sequence[str]) -> Iterator[Problem]:
    if file.site not in sites:
        others = " and ".join(sites)
        message = f"the book is for accounts of site {file.site}, the plan's are of site {others}"
        yield Problem(source.place("site"), message, f"use a book of site {others}")
    elif file.currency != CURRENCY_OF_SITE[file.site]:
        billed = CURRENCY_OF_SITE[file.site]
        message = f"the book is in {file.currency}, accounts of site {file.site} are billed in {billed}"
        yield Problem(source.place("currency"), message, f"give the prices in {billed}")


@cache
def _shipped(site: str, sku: str) -> Item | None:
    path = FOLDER / site / f"{sku}.yaml"
    if not path.exists():
        return None
    source = read_yaml(path)
    file = load(BookFile, source)
    if found := [*_other_site(file, source, [site]), *book_file.problems(file, source)]:
        raise InputError(found)
    return _book(file).items[sku]


def _find(histories: Sequence[Mapping[str, tuple[_D, ...]]], place: str, on: date) -> _D | None:
    for history in histories:
        if history:
            for scope in scopes(place):
                if found := in_force(history.get(scope, ()), on):
                    return found
    return None


def _adjustment(books: Sequence[Adjustments], sku: str, place: str, on: date) -> Adjustment | None:
    """The adjustment of an item: that of the strongest book which has one, on the item itself before all items."""
    names = dict.fromkeys((sku, skus()[sku].priced_as or sku, ALL_ITEMS))
    for history in (book.get(name, {}) for book in books for name in names):
        if history:
            for scope in dict.fromkeys((*scopes(place), EVERYWHERE)):  # all covers lanes as well
                if found := in_force(history.get(scope, ()), on):
                    return found
    return None


def _adjusted(tiers: tuple[Tier, ...], by: Adjustment | None) -> tuple[Tier, ...]:
    return tuple(tier._replace(rate=tier.rate.adjusted(by)) for tier in tiers) if by else tiers


def _without_zeros(value: Decimal) -> Decimal:
    """0.0440000000 -> 0.044, and 10 stays 10."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def _book(file: BookFile) -> Book:
    return Book(
        items={
            sku: Item(
                list_prices=_schedules(file, (one for one in item.rates if one.evidence != "contract")),
                contracts=_schedules(file, (one for one in item.rates if one.evidence == "contract")),
                free_quotas=_by_scope((entry.scope, _free_quota(file, entry)) for entry in item.free_quotas),
            )
            for sku, item in file.items.items()
        },
        discounts=_adjustments(
            (entry, scope, _adjustment_of(file, entry, scope, "discount", -entry.discount_percent))
            for entry in file.discounts
            for scope in entry.scopes
        ),
        expected=_adjustments(
            (entry, scope, _adjustment_of(file, entry, scope, "expected change", entry.change_percent))
            for entry in file.expected
            for scope in entry.scopes
        ),
    )


def _schedules(file: BookFile, entries: Iterable[RateEntry]) -> Mapping[str, tuple[Schedule, ...]]:
    return _by_scope((scope, _schedule(file, entry, scope)) for entry in entries for scope in entry.scopes)


def _adjustments(found: Iterable[tuple[AdjustmentEntry, str, Adjustment]]) -> Adjustments:
    by_item: dict[str, list[tuple[str, Adjustment]]] = {}
    for entry, scope, adjustment in found:
        for name in entry.skus:
            by_item.setdefault(name, []).append((scope, adjustment))
    return {name: _by_scope(pairs) for name, pairs in by_item.items()}


def _adjustment_of(
    file: BookFile, entry: AdjustmentEntry, scope: str, kind: Literal["discount", "expected change"], percent: Decimal
) -> Adjustment:
    reference = _reference(file, entry)
    dates = entry.effective_from, entry.effective_until
    return Adjustment(kind, percent, reference, scope, *dates, file.title, entry.note or "")


def _by_scope(pairs: Iterable[tuple[str, _D]]) -> Mapping[str, tuple[_D, ...]]:
    found: dict[str, tuple[_D, ...]] = {}
    for scope, value in pairs:
        found[scope] = (*found.get(scope, ()), value)
    return found


def _schedule(file: BookFile, entry: RateEntry, scope: str) -> Schedule:
    if entry.rate is not None:
        tiers: tuple[Tier, ...] = (Tier(0, None, _rate(file, entry, scope, entry.rate)),)
    else:
        tiers = tuple(
            Tier(
                micro(tier.start),
                None if tier.end is None else micro(tier.end),
                _rate(file, entry, scope, tier.rate, tier),
            )
            for tier in entry.tiers or ()
        )
    return Schedule(tiers, entry.effective_from, entry.effective_until)


def _rate(file: BookFile, entry: RateEntry, scope: str, value: Decimal, tier: TierEntry | None = None) -> Rate:
    return Rate(
        value,
        _reference(file, entry, tier),
        scope,
        entry.effective_from,
        file.title,
        (tier and tier.note) or entry.note or "",
        entry.effective_until,
    )


def _free_quota(file: BookFile, entry: FreeQuotaEntry) -> FreeQuota:
    return FreeQuota(
        entry.scope,
        micro(entry.quantity),
        _reference(file, entry),
        entry.effective_from,
        entry.effective_until,
        file.title,
        entry.note or "",
    )


def _reference(file: BookFile, entry: Sourced, tier: TierEntry | None = None) -> Reference:
    read = file.references[(tier and tier.source) or entry.source]
    evidence = (tier and tier.evidence) or entry.evidence
    return Reference(read.title, read.url, read.read_on, evidence, read.updated or "")
