"""A price book as the text of its file: sorted, exact, and what was read from it gives it again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from planner.core.problem import visible
from pricing.book_file import (
    AdjustmentEntry,
    BookFile,
    DiscountEntry,
    ExpectedEntry,
    FreeQuotaEntry,
    RateEntry,
    Sourced,
    TierEntry,
)


def render(book: BookFile, comment: str = "") -> str:
    """The text of a book; its items and entries in the order they have.

    comment : lines that stand above it
    """
    lines = [f"# {visible(line)}".rstrip() for line in comment.splitlines()]
    lines += [
        f"version: {book.version}",
        f"title: {_text(book.title)}",
        f"site: {book.site}",
        f"currency: {book.currency}",
        "references:",
    ]
    for name, reference in book.references.items():
        lines.append(f"  {_name(name)}:")
        lines.append(f"    title: {_text(reference.title)}")
        lines += [f"    url: {_text(reference.url)}"] if reference.url else []
        lines.append(f"    read_on: {_text(reference.read_on)}")
        lines += [f"    updated: {_text(reference.updated)}"] if reference.updated else []
    adjusted: tuple[tuple[str, Sequence[AdjustmentEntry]], ...]
    adjusted = (("discounts", book.discounts), ("expected", book.expected))
    if book.items or not any(entries for _, entries in adjusted):
        lines.append("items:" if book.items else "items: {}")
    for name, item in book.items.items():
        lines.append(f"  {_name(name)}:")
        for key, entries in (("rates", item.rates), ("free_quotas", item.free_quotas)):
            if entries:
                lines.append(f"    {key}:")
                lines += (line for entry in entries for line in _entry(entry))
    for key, adjustments in adjusted:
        if adjustments:
            lines.append(f"{key}:")
            lines += (line for entry in adjustments for line in _adjustment(entry))
    return "\n".join(lines) + "\n"


def _adjustment(entry: AdjustmentEntry) -> Iterator[str]:
    """The lines of a discount or an expected change."""
    yield f"  - items: {_names(entry.skus)}"
    yield f"    scope: {_names(entry.scopes)}"
    if isinstance(entry, DiscountEntry):
        yield f"    discount_percent: {number(entry.discount_percent)}"
    elif isinstance(entry, ExpectedEntry):
        yield f"    change_percent: {number(entry.change_percent)}"
    yield from (f"    {key}: {value}" for key, value in _sourced(entry).items())


def _entry(entry: RateEntry | FreeQuotaEntry) -> Iterator[str]:
    """The lines of an entry of a list."""
    scopes = entry.scopes if isinstance(entry, RateEntry) else (entry.scope,)
    yield f"      - scope: {_names(scopes)}"
    if isinstance(entry, FreeQuotaEntry):
        yield f"        quantity: {number(entry.quantity)}"
    elif entry.rate is not None:
        yield f"        rate: {number(entry.rate)}"
    else:
        yield "        tiers:"
        yield from (f"          - {{{', '.join(_tier(tier))}}}" for tier in entry.tiers or ())
    yield from (f"        {key}: {value}" for key, value in _sourced(entry).items())


def _tier(tier: TierEntry) -> Iterator[str]:
    yield f"from: {number(tier.start)}"
    if tier.end is not None:
        yield f"to: {number(tier.end)}"
    yield f"rate: {number(tier.rate)}"
    yield from (f"{key}: {value}" for key, value in _sourced(tier).items())


def _sourced(entry: Sourced | TierEntry) -> Mapping[str, str]:
    days: dict[str, date | None] = {}
    if isinstance(entry, Sourced):
        days = {"effective_from": entry.effective_from, "effective_until": entry.effective_until}
    shown = {key: day.isoformat() for key, day in days.items() if day}
    if entry.evidence:
        shown["evidence"] = entry.evidence
    if entry.source:
        shown["source"] = _name(entry.source)
    if entry.note:
        shown["note"] = _text(entry.note)
    return shown


def number(value: Decimal) -> str:
    """A decimal in plain digits."""
    return f"{value:f}"


def _name(name: str) -> str:
    """A name as it is; in quotes where YAML would take it for nothing."""
    return _text(name) if name.lower() == "null" else name


def _names(names: Sequence[str]) -> str:
    """One name, or a list of them."""
    named = ", ".join(map(_name, names))
    return named if len(names) == 1 else f"[{named}]"


def _text(text: str) -> str:
    """A text in double quotes; what does not print is escaped."""
    return f'"{"".join(map(_letter, text))}"'


def _letter(letter: str) -> str:
    if letter in '"\\':
        return f"\\{letter}"
    if letter.isprintable():
        return letter
    code = ord(letter)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
