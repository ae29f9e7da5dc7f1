"""Everything that price books say, entry by entry: the one place that walks whole books.

What applies to a region on a day is for ``Books`` to say; this is what stands in the files, superseded or not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal, TypeVar

from planner.core.entry import Entry, load
from planner.core.provenance import CURRENCY_OF_SITE, Reference, in_force
from planner.core.region import AREAS, EVERYWHERE, LANE, OVERSEAS, REGIONS, scopes
from planner.core.source import Source, read_yaml
from pricing.book import load_books
from pricing.book_file import ALL_ITEMS, AdjustmentEntry, BookFile, Sourced, TierEntry
from pricing.money import micro
from pricing.sku import skus

_SHIPPED = Path(__file__).parent / "books"
_SCOPES = (*REGIONS, *AREAS, OVERSEAS, EVERYWHERE)

Side = Literal["list", "contract"]


@dataclass(frozen=True, slots=True)
class Listed:
    """A rate of an item, or one tier of it, as it stands in a book."""

    sku: str
    side: Side
    """Which price it is: a contract's is net, and no discount applies to it."""
    scopes: tuple[str, ...]
    tier: int | None
    """1...; None for a flat rate."""
    start: int
    """Micro-units from which it holds."""
    end: int | None
    """Micro-units below which it holds; None: without end."""
    rate: Decimal
    effective_from: date | None
    effective_until: date | None
    reference: Reference
    note: str
    book: str
    """Title of its book."""


@dataclass(frozen=True, slots=True)
class ListedFreeQuota:
    """A free quota as it stands in a book."""

    sku: str
    scopes: tuple[str, ...]
    """Its one scope, over whose regions it accumulates."""
    quantity: int
    """Micro-units per account and calendar month."""
    effective_from: date | None
    effective_until: date | None
    reference: Reference
    note: str
    book: str


@dataclass(frozen=True, slots=True)
class ListedAdjustment:
    """A discount or an expected change of list prices as it stands in a book."""

    kind: Literal["discount", "expected change"]
    skus: tuple[str, ...]
    """Its items, or all."""
    scopes: tuple[str, ...]
    percent: Decimal
    """What it changes list prices by: -12 for a discount of 12 %."""
    effective_from: date | None
    effective_until: date | None
    reference: Reference
    note: str
    book: str


@dataclass(frozen=True, slots=True)
class Listing:
    """Everything that some books say: by item, scope and day; within a tie in the order of the books."""

    rates: tuple[Listed, ...]
    free_quotas: tuple[ListedFreeQuota, ...]
    adjustments: tuple[ListedAdjustment, ...]

    @property
    def entries(self) -> tuple[Listed | ListedFreeQuota | ListedAdjustment, ...]:
        """All of it."""
        return (*self.rates, *self.free_quotas, *self.adjustments)

    def about(self, sku: str, place: str | None = None, on: date | None = None) -> Listing:
        """The entries that are about an item, and cover a place; on a day, those that hold then, or would but for a
        later one.

        place : a region or a lane; None: every entry, those for a part of the world as well
        on    : None: at any time
        """
        base = skus()[sku].priced_as or sku
        within = (*scopes(place), EVERYWHERE) if place else ()  # of adjustments, all covers lanes as well

        def holds(row: Listed | ListedFreeQuota | ListedAdjustment) -> bool:
            covers = not place or any(scope in within for scope in row.scopes)
            return covers and (on is None or in_force([row], on) is not None)

        return Listing(
            tuple(row for row in self.rates if row.sku == base and holds(row)),
            tuple(row for row in self.free_quotas if row.sku == sku and holds(row)),
            tuple(row for row in self.adjustments if {sku, base, ALL_ITEMS} & {*row.skus} and holds(row)),
        )


def listing(files: Iterable[BookFile]) -> Listing:
    """Everything that books say."""
    files = tuple(files)
    return Listing(
        _sorted(_rates, files, lambda row: (row.sku, row.start)),
        _sorted(_free_quotas, files, lambda row: (row.sku, 0)),
        _sorted(_adjustments, files, lambda row: (row.skus[0], 0)),
    )


def shipped(site: str) -> tuple[BookFile, ...]:
    """The shipped books of a site, in the order of the items."""
    paths = (_SHIPPED / site / f"{sku}.yaml" for sku in skus())
    return tuple(load(BookFile, read_yaml(path)) for path in paths if path.exists())


def checked(source: Source) -> BookFile:
    """The price book of a source, after everything that can be wrong in one was looked for.

    raises : InputError with every problem
    """
    site = source.value.get("site") if isinstance(source.value, dict) else None
    load_books(site if site in CURRENCY_OF_SITE else "intl", [source])
    return load(BookFile, source)


def days(files: Iterable[BookFile]) -> tuple[date, ...]:
    """Every day on which something in books begins or ends to hold, ascending."""
    found = {day for file in files for entry in _sourced(file) for day in (entry.effective_from, entry.effective_until)}
    return tuple(sorted(day for day in found if day))


def _sourced(value: object) -> Iterator[Sourced]:
    """Every entry that holds for a time, wherever it stands in a book."""
    if isinstance(value, Sourced):
        yield value
    elif isinstance(value, Entry):
        for name in type(value).model_fields:
            yield from _sourced(getattr(value, name))
    elif isinstance(value, dict | tuple):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _sourced(one)


_Row = TypeVar("_Row", Listed, ListedFreeQuota, ListedAdjustment)


def _sorted(
    read: Callable[[BookFile], Iterator[_Row]], files: Sequence[BookFile], key: Callable[[_Row], tuple[str, int]]
) -> tuple[_Row, ...]:
    items = list(skus())

    def order(row: _Row) -> tuple[object, ...]:
        sku, start = key(row)
        ends = [_SCOPES.index(end) if end in _SCOPES else len(_SCOPES) for end in row.scopes[0].split(LANE)]
        at = items.index(sku) if sku in items else -1  # all items come first
        return at, ends, row.effective_from or date.min, start

    return tuple(sorted((row for file in files for row in read(file)), key=order))


def _rates(file: BookFile) -> Iterator[Listed]:
    for sku, item in file.items.items():
        for entry in item.rates:
            if entry.rate is not None:
                parts: Iterable[tuple[int | None, int, int | None, Decimal, TierEntry | None]]
                parts = [(None, 0, None, entry.rate, None)]
            else:
                parts = (
                    (number, micro(tier.start), None if tier.end is None else micro(tier.end), tier.rate, tier)
                    for number, tier in enumerate(entry.tiers or (), start=1)
                )
            for number, start, end, rate, tier in parts:
                yield Listed(
                    sku=sku,
                    side="contract" if entry.evidence == "contract" else "list",
                    scopes=entry.scopes,
                    tier=number,
                    start=start,
                    end=end,
                    rate=rate,
                    effective_from=entry.effective_from,
                    effective_until=entry.effective_until,
                    reference=_reference(file, entry, tier),
                    note=(tier and tier.note) or entry.note or "",
                    book=file.title,
                )


def _free_quotas(file: BookFile) -> Iterator[ListedFreeQuota]:
    for sku, item in file.items.items():
        for entry in item.free_quotas:
            yield ListedFreeQuota(
                sku=sku,
                scopes=(entry.scope,),
                quantity=micro(entry.quantity),
                effective_from=entry.effective_from,
                effective_until=entry.effective_until,
                reference=_reference(file, entry),
                note=entry.note or "",
                book=file.title,
            )


def _adjustments(file: BookFile) -> Iterator[ListedAdjustment]:
    found: list[tuple[Literal["discount", "expected change"], AdjustmentEntry, Decimal]] = [
        *(("discount", entry, -entry.discount_percent) for entry in file.discounts),
        *(("expected change", entry, entry.change_percent) for entry in file.expected),
    ]
    for kind, entry, percent in found:
        yield ListedAdjustment(
            kind=kind,
            skus=entry.skus,
            scopes=entry.scopes,
            percent=percent,
            effective_from=entry.effective_from,
            effective_until=entry.effective_until,
            reference=_reference(file, entry),
            note=entry.note or "",
            book=file.title,
        )


def _reference(file: BookFile, entry: Sourced, tier: TierEntry | None = None) -> Reference:
    read = file.references[(tier and tier.source) or entry.source]
    evidence = (tier and tier.evidence) or entry.evidence
    return Reference(read.title, read.url, read.read_on, evidence, read.updated or "")
