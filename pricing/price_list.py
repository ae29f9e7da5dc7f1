"""Everything that price books say, entry by entry: the one place that walks whole books.

What applies to a region on a day is for ``Books`` to say; this is what stands in the files, superseded or not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from planner.core.entry import Entry, load
from planner.core.provenance import CURRENCY_OF_SITE, Reference, in_force
from planner.core.region import AREAS, EVERYWHERE, OVERSEAS, REGIONS, scopes
from planner.core.source import Source, read_yaml
from pricing.book import load_books
from pricing.book_file import BookFile, Sourced, TierEntry
from pricing.money import micro
from pricing.sku import skus

_SHIPPED = Path(__file__).parent / "books"
_SCOPES = (*REGIONS, *AREAS, OVERSEAS, EVERYWHERE)


@dataclass(frozen=True, slots=True)
class Listed:
    """A rate of an item, or one tier of it, as it stands in a book."""

    sku: str
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


def rates(files: Iterable[BookFile]) -> tuple[Listed, ...]:
    """Every rate of books, tier by tier: by item, scope and day; within a tie in the order of the files."""
    return tuple(
        sorted(
            (row for file in files for row in _rates(file)),
            key=lambda row: (*_order(row.sku, row.scopes[0], row.effective_from), row.start),
        )
    )


def free_quotas(files: Iterable[BookFile]) -> tuple[ListedFreeQuota, ...]:
    """Every free quota of books, by item, scope and day."""
    return tuple(
        sorted(
            (row for file in files for row in _free_quotas(file)),
            key=lambda row: _order(row.sku, row.scopes[0], row.effective_from),
        )
    )


_Row = TypeVar("_Row", Listed, ListedFreeQuota)


def covering(rows: Iterable[_Row], sku: str, region: str | None, on: date | None) -> tuple[_Row, ...]:
    """The entries of an item that cover a region; on a day, those that hold then, or would but for a later one.

    region : None: every entry, those for a part of the world as well
    on     : None: at any time
    """
    within = scopes(region) if region else _SCOPES
    return tuple(
        row
        for row in rows
        if row.sku == sku and any(scope in within for scope in row.scopes) and (on is None or in_force([row], on))
    )


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


def _order(sku: str, scope: str, begins: date | None) -> tuple[int, int, date]:
    items = list(skus())
    return (
        items.index(sku) if sku in items else len(items),
        _SCOPES.index(scope) if scope in _SCOPES else len(_SCOPES),
        begins or date.min,
    )


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


def _reference(file: BookFile, entry: Sourced, tier: TierEntry | None = None) -> Reference:
    read = file.references[(tier and tier.source) or entry.source]
    evidence = (tier and tier.evidence) or entry.evidence
    return Reference(read.title, read.url, read.read_on, evidence, read.updated or "")
