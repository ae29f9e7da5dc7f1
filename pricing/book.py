"""Price books: every rate an item ever had, with its source, and the one that applies to a region on a day.

Shipped books lie in ``books/<site>/``, one file per item; a plan may bring more. A later book overrides an
earlier one where it knows something, whatever the scope; within a book the most specific scope wins, then
what began last.
source : prices read up to November 2026, see the references in each file
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import NamedTuple, TypeVar

from planner.core.entry import load
from planner.core.problem import InputError, Problem
from planner.core.provenance import CURRENCY_OF_SITE, Dated, Reference, in_force
from planner.core.region import scopes
from planner.core.source import Source, read_yaml
from pricing import book_file
from pricing.book_file import BookFile, FreeQuotaEntry, RateEntry, Sourced, TierEntry
from pricing.money import micro
from pricing.sku import skus

_FOLDER = Path(__file__).parent / "books"
_D = TypeVar("_D", bound=Dated)


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


@dataclass(frozen=True, slots=True)
class Tier:
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

    schedules: Mapping[str, tuple[Schedule, ...]]
    free_quotas: Mapping[str, tuple[FreeQuota, ...]]


Book = Mapping[str, Item]
"""A book that was read: its items by id."""


@dataclass(frozen=True, eq=False)
class Books:
    """The shipped books of a site, each item read when first asked for, and the books of a plan over them."""

    site: str
    currency: str
    extra: tuple[Book, ...] = ()
    """Books of the plan; a later one overrides an earlier one."""

    def schedule(self, sku: str, region: str, on: date) -> tuple[Tier, ...]:
        """The tiers of an item in a region on a day; one tier without an end for a flat rate.

        on      : first day of the month that is priced
        returns : () if no rate is known; above the end of the last tier nothing is known
        raises  : LookupError for an item or a region that does not exist
        """
        found = _find([item.schedules for item in self._items(sku)], region, on)
        return found.tiers if found else ()

    def free_quota(self, sku: str, region: str, on: date) -> FreeQuota | None:
        """The free quota that an item draws on in a region on a day; None if none is known.

        on      : first day of the month that is priced
        raises  : LookupError for an item or a region that does not exist
        """
        return _find([item.free_quotas for item in self._items(sku)], region, on)

    def by_scope(self, sku: str, on: date) -> Mapping[str, tuple[Tier, ...]]:
        """The tiers of an item on a day in each scope that its books name, as they stand there."""
        found: dict[str, tuple[Tier, ...]] = {}
        for item in self._items(sku):
            for scope, history in item.schedules.items():
                if scope not in found and (schedule := in_force(history, on)):
                    found[scope] = schedule.tiers
        return found

    def _items(self, sku: str) -> Iterator[Item]:
        """What each book knows of an item, the strongest book first."""
        if sku not in skus():
            raise LookupError(f"no item {sku!r}")
        sku = skus()[sku].priced_as or sku
        for book in reversed(self.extra):
            if sku in book:
                yield book[sku]
        if shipped := _shipped(self.site, sku):
            yield shipped


def load_books(site: str, extra: Sequence[Source] = ()) -> Books:
    """The books of a site (intl or cn) and those of a plan over them, in the plan's order.

    raises : InputError with every problem of the plan's books: of form, another site or currency, unknown
             items, scopes or references, tiers that do not join, validities that overlap, too many decimals
    """
    currency = CURRENCY_OF_SITE[site]
    found: list[Problem] = []
    books = []
    for source in extra:
        try:
            file = load(BookFile, source)
        except InputError as error:
            found += error.problems
            continue
        found += _other_site(file, source, site)
        found += book_file.problems(file, source)
        books.append((file, source))
    if found:
        raise InputError(found)
    return Books(site, currency, tuple(_book(file) for file, _ in books))


def _other_site(file: BookFile, source: Source, site: str) -> Iterator[Problem]:
    if file.site != site:
        message = f"the book is for accounts of site {file.site}, the plan's are of site {site}"
        yield Problem(source.place("site"), message, f"use a book of site {site}")
    elif file.currency != CURRENCY_OF_SITE[site]:
        message = f"the book is in {file.currency}, accounts of site {site} are billed in {CURRENCY_OF_SITE[site]}"
        yield Problem(source.place("currency"), message, f"give the prices in {CURRENCY_OF_SITE[site]}")


@cache
def _shipped(site: str, sku: str) -> Item | None:
    path = _FOLDER / site / f"{sku}.yaml"
    if not path.exists():
        return None
    source = read_yaml(path)
    file = load(BookFile, source)
    if found := [*_other_site(file, source, site), *book_file.problems(file, source)]:
        raise InputError(found)
    return _book(file)[sku]


def _find(histories: Sequence[Mapping[str, tuple[_D, ...]]], region: str, on: date) -> _D | None:
    for history in histories:
        for scope in scopes(region):
            if found := in_force(history.get(scope, ()), on):
                return found
    return None


def _book(file: BookFile) -> Book:
    return {
        sku: Item(
            _by_scope((scope, _schedule(file, entry, scope)) for entry in item.rates for scope in entry.scopes),
            _by_scope((entry.scope, _free_quota(file, entry)) for entry in item.free_quotas),
        )
        for sku, item in file.items.items()
    }


def _by_scope(pairs: Iterator[tuple[str, _D]]) -> Mapping[str, tuple[_D, ...]]:
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
