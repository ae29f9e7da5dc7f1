"""The file of a price book: its schema, and what can be wrong in one that is well-formed.

A shipped file and a user's have the same shape; a shipped one holds one item, whose id is the file's name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field

from planner.core.entry import BY_SHAPE, Day, Entry, Name, NonNegative, Real, Scope, Text, Version
from planner.core.problem import Problem, quoted
from planner.core.provenance import Evidence
from planner.core.region import AREAS, EVERYWHERE, LANE, REGIONS, SCOPES, crosses_border, suggest_region
from planner.core.source import Source
from pricing.sku import Sku, skus

RATE_DECIMALS = 10
"""Bills know rates with up to 10 decimals."""
RATE_LIMIT = 10**8
"""Rates stay below it, so that int64 holds one with all its decimals."""
QUANTITY_DECIMALS = 6
QUANTITY_LIMIT = 10**12
"""Tier bounds and free quotas stay below it, so that int64 micro-units hold them."""

PERCENT_DECIMALS = 6
ALL_ITEMS = "all"

Path = tuple[str | int, ...]


class ReferenceEntry(Entry):
    """A page, a contract or another document that names prices."""

    title: Text
    """What it is called."""
    url: Text | None = None
    """Its address; none for a document without a public one."""
    read_on: Text
    """Day or month on which it was read, such as 2026-11."""
    updated: Text | None = None
    """What it says about its own date."""


class Sourced(Entry):
    """Something that holds for a time, and where it was read."""

    effective_from: Day | None = None
    """First day on which it holds; a rate applies to the months that start on or after it. None: undated."""
    effective_until: Day | None = None
    """First day on which it holds no longer; none: without end."""
    evidence: Evidence
    """How good the source is: assumed, secondary, official or contract."""
    source: Name
    """A key of `references`."""
    note: Text | None = None
    """What else a reader must know."""


class TierEntry(Entry):
    """A tier of a graduated rate."""

    start: NonNegative = Field(alias="from")
    """Lower bound in units of the item, inclusive; the first tier starts at 0."""
    end: NonNegative | None = Field(default=None, alias="to")
    """Upper bound, exclusive; none in the last tier: it has no end. What lies above all tiers is unpriced."""
    rate: NonNegative
    """Price of one unit in this tier, at most 10 decimals."""
    evidence: Evidence | None = None
    """As for the whole rate, where it differs."""
    source: Name | None = None
    """As for the whole rate, where it differs."""
    note: Text | None = None
    """As for the whole rate, where it differs."""


class RateEntry(Sourced):
    """A rate: flat, or a whole schedule of tiers."""

    scope: Annotated[Scope | Annotated[tuple[Scope, ...], Field(min_length=1)], BY_SHAPE]
    """Where it applies: a region id, an area, overseas (all but the mainland) or all; or a list of them. Of items
    between regions: lanes from one of these to another, such as mainland>europe."""
    rate: NonNegative | None = None
    """Price of one unit, at most 10 decimals; or give `tiers`."""
    tiers: tuple[TierEntry, ...] | None = None
    """A schedule of tiers of a graduated item; it replaces the schedule of an earlier book as a whole."""

    @property
    def scopes(self) -> tuple[str, ...]:
        """The scopes, also of an entry that names one."""
        return self.scope if isinstance(self.scope, tuple) else (self.scope,)


class FreeQuotaEntry(Sourced):
    """What an account may use for nothing in each calendar month, over the regions of the scope together."""

    scope: Name
    """The regions that share it: a region id, an area, overseas or all."""
    quantity: NonNegative
    """Units of the item per account and calendar month; 0 takes away the free quota of an earlier book."""


class AdjustmentEntry(Sourced):
    """What changes the list price of items by so many percent."""

    items: Annotated[Name | Annotated[tuple[Name, ...], Field(min_length=1)], BY_SHAPE] = ALL_ITEMS
    """The items it is about: one, a list, or `all`."""
    scope: Annotated[Scope | Annotated[tuple[Scope, ...], Field(min_length=1)], BY_SHAPE] = EVERYWHERE
    """Where it applies: a region id, an area, overseas or all, or a lane between two of them; or a list."""

    @property
    def scopes(self) -> tuple[str, ...]:
        """The scopes, also of an entry that names one."""
        return self.scope if isinstance(self.scope, tuple) else (self.scope,)

    @property
    def skus(self) -> tuple[str, ...]:
        """The items, also of an entry that names one."""
        return self.items if isinstance(self.items, tuple) else (self.items,)


class DiscountEntry(AdjustmentEntry):
    """A discount on list prices that was agreed. A rate with evidence `contract` is net: no discount applies to it."""

    discount_percent: Annotated[Decimal, Real(minimum=0, maximum=100, decimals=PERCENT_DECIMALS)]
    """What is taken off the list price, in percent: 12 makes 0.88 of 1.00."""


class ExpectedEntry(AdjustmentEntry):
    """A change of list prices that is expected but not announced. It changes no rate with evidence `contract`."""

    change_percent: Annotated[Decimal, Real(above=-100, maximum=1000, decimals=PERCENT_DECIMALS)]
    """Against the list price of the books, in percent: -5 makes 0.95 of 1.00. A later change takes its place."""


class ItemEntry(Entry):
    """Every rate and free quota that an item ever had."""

    rates: tuple[RateEntry, ...] = ()
    """Its rates. A region's beats an area's, which beats overseas, which beats all."""
    free_quotas: tuple[FreeQuotaEntry, ...] = ()
    """Its free quotas, found in the same way."""


class BookFile(Entry):
    """A price book."""

    version: Version
    """Version of this format: 1."""
    title: Text
    """What reports call the book."""
    site: Literal["intl", "cn"]
    """Site of the accounts whose price list it is."""
    currency: Literal["USD", "CNY"]
    """Currency of every rate: USD for intl, CNY for cn."""
    references: dict[Name, ReferenceEntry]
    """Where its prices were read, by a short name of your own."""
    items: dict[Name, ItemEntry] = {}
    """Rates and free quotas by item."""
    discounts: tuple[DiscountEntry, ...] = ()
    """Discounts on list prices. One on an item beats one on all items; a region's beats an area's."""
    expected: tuple[ExpectedEntry, ...] = ()
    """Changes of list prices that are expected; reports name them as assumed."""


def problems(book: BookFile, source: Source) -> Iterator[Problem]:
    """Everything in a book that no field can know by itself: names, tiers, validity, decimals."""
    for name, item in book.items.items():
        here: Path = ("items", name)
        sku = skus().get(name)
        if sku is None:
            yield _unknown_item(name, source, here, key=True)
            continue
        if sku.priced_as:
            message = f"'{name}' has the prices of '{sku.priced_as}'"
            yield Problem(source.place(*here, key=True), message, f"give them under {sku.priced_as}")
            continue
        if sku.priced_by == "plan":
            message = f"'{name}' has no price list: each plan says what it costs"
            yield Problem(source.place(*here, key=True), message, "give the price in the plan, and take this out")
            continue
        for index, rate in enumerate(item.rates):
            path = (*here, "rates", index)
            yield from _provenance_problems(rate, book, source, path)
            yield from _rate_problems(rate, name, sku, book, source, path)
        for index, quota in enumerate(item.free_quotas):
            path = (*here, "free_quotas", index)
            yield from _provenance_problems(quota, book, source, path)
            yield from _quota_problems(quota, name, sku, source, path)
        rates = [(index, scope, rate) for index, rate in enumerate(item.rates) for scope in rate.scopes]
        yield from _overlaps(rates, source, (*here, "rates"))
        quotas = [(index, quota.scope, quota) for index, quota in enumerate(item.free_quotas)]
        yield from _overlaps(quotas, source, (*here, "free_quotas"))
    yield from _adjustment_problems(book.discounts, "discounts", book, source)
    yield from _adjustment_problems(book.expected, "expected", book, source)
    if not book.model_fields_set & {"items", "discounts", "expected"}:
        message = "the book has neither items nor discounts nor expected changes"
        yield Problem(source.place("title", key=True), message, "give the rates of at least one item under `items`")


def _unknown_item(name: str, source: Source, path: Path, key: bool = False) -> Problem:
    near = get_close_matches(name[:100], skus(), n=1)
    remedy = f"did you mean '{near[0]}'?" if near else f"items are: {', '.join(skus())}"
    return Problem(source.place(*path, key=key), f"unknown item {quoted(name)}", remedy)


def _adjustment_problems(
    entries: Sequence[AdjustmentEntry], key: str, book: BookFile, source: Source
) -> Iterator[Problem]:
    for index, entry in enumerate(entries):
        path = (key, index)
        yield from _provenance_problems(entry, book, source, path)
        for position, scope in enumerate(entry.scopes):
            where = (*path, "scope", position) if isinstance(entry.scope, tuple) else (*path, "scope")
            yield from _unknown_scopes(scope.split(LANE), source, where)
        for position, name in enumerate(entry.skus):
            if name not in skus() and name != ALL_ITEMS:
                yield _unknown_item(name, source, _item_path(path, entry, position))
            elif name != ALL_ITEMS and skus()[name].priced_by == "plan":
                message = f"'{name}' has no price list: each plan says what it costs"
                yield Problem(source.place(*_item_path(path, entry, position)), message, "take it out")
    for name in dict.fromkeys(name for entry in entries for name in entry.skus):
        own = [(i, scope, entry) for i, entry in enumerate(entries) if name in entry.skus for scope in entry.scopes]
        yield from _overlaps(own, source, (key,))


def _item_path(path: Path, entry: AdjustmentEntry, position: int) -> Path:
    return (*path, "items", position) if isinstance(entry.items, tuple) else (*path, "items")


def _provenance_problems(entry: Sourced | TierEntry, book: BookFile, source: Source, path: Path) -> Iterator[Problem]:
    if entry.source is not None and entry.source not in book.references:
        known = ", ".join(book.references) or "none yet"
        message = f"{quoted(entry.source)} is not among the references of this book"
        yield Problem(source.place(*path, "source"), message, f"add it to references, or name one of: {known}")
    if not isinstance(entry, Sourced) or not entry.effective_from or not entry.effective_until:
        return
    if entry.effective_until <= entry.effective_from:
        message = "effective_until must lie after effective_from: it is the first day that no longer counts"
        yield Problem(source.place(*path, "effective_until"), message, "give a later day, or leave it out")


def _rate_problems(
    entry: RateEntry, name: str, sku: Sku, book: BookFile, source: Source, path: Path
) -> Iterator[Problem]:
    for position, scope in enumerate(entry.scopes):
        where = (*path, "scope", position) if isinstance(entry.scope, tuple) else (*path, "scope")
        yield from _scope_problems(scope, name, sku, source, where)
    if (entry.rate is None) == (entry.tiers is None):
        what = "neither" if entry.rate is None else "both"
        remedy = "give `rate` for one price per unit, or `tiers`"
        yield Problem(source.place(*path), f"{what} of rate and tiers is given: exactly one is needed", remedy)
    if entry.rate is not None:
        yield from _number_problems(entry.rate, RATE_DECIMALS, RATE_LIMIT, "a rate", source, (*path, "rate"))
    if entry.tiers is not None:
        if sku.model == "flat":
            message = f"'{name}' is a flat item: it has no tiers"
            yield Problem(source.place(*path, "tiers", key=True), message, "give one `rate`")
        yield from _tier_problems(entry.tiers, book, source, (*path, "tiers"))


def _tier_problems(tiers: tuple[TierEntry, ...], book: BookFile, source: Source, path: Path) -> Iterator[Problem]:
    if not tiers:
        yield Problem(source.place(*path), "the schedule has no tier", "give at least one, from 0")
    expected: Decimal | None = Decimal(0)
    for index, tier in enumerate(tiers):
        here = (*path, index)
        yield from _provenance_problems(tier, book, source, here)
        yield from _number_problems(tier.rate, RATE_DECIMALS, RATE_LIMIT, "a rate", source, (*here, "rate"))
        for key, bound in (("from", tier.start), ("to", tier.end)):
            if bound is not None:
                limits = (QUANTITY_DECIMALS, QUANTITY_LIMIT)
                yield from _number_problems(bound, *limits, "a tier bound", source, (*here, key))
        if expected is None:
            message = "no tier can follow one without an end"
            yield Problem(source.place(*here), message, "give the tier before it a `to`")
        elif tier.start != expected:
            message = (
                f"the tier starts at {tier.start:f}, where the one before ends at {expected:f}"
                if index
                else f"the first tier starts at {tier.start:f}, not at 0"
            )
            remedy = f"let it start at {expected:f}; an unknown price cannot stand between two known ones"
            yield Problem(source.place(*here, "from"), message, remedy)
        if tier.end is not None and tier.end <= tier.start:
            message = f"the tier ends at {tier.end:f}, not above its start {tier.start:f}"
            yield Problem(source.place(*here, "to"), message, "give a larger `to`, or none for a tier without end")
        expected = tier.end


def _quota_problems(entry: FreeQuotaEntry, name: str, sku: Sku, source: Source, path: Path) -> Iterator[Problem]:
    yield from _unknown_scopes((entry.scope,), source, (*path, "scope"))
    limits = (QUANTITY_DECIMALS, QUANTITY_LIMIT)
    yield from _number_problems(entry.quantity, *limits, "a free quota", source, (*path, "quantity"))
    if sku.free_quota_over is None:
        yield Problem(source.place(*path), f"'{name}' is an item without a free quota", "leave it out")
    elif sku.free_quota_over == "account" and entry.scope != "all":
        message = f"the free quota of '{name}' is one for all regions of an account"
        yield Problem(source.place(*path, "scope"), message, "write 'scope: all'")


def _scope_problems(scope: str, name: str, sku: Sku, source: Source, path: Path) -> Iterator[Problem]:
    """What is wrong with the scope of a rate: of an item between regions it is a lane, of the others it is none."""
    ends = tuple(scope.split(LANE))
    by_lane = sku.priced_by != "region"
    if by_lane != (len(ends) == 2):
        if by_lane:
            message = f"'{name}' is priced by lane, and {quoted(scope)} is none"
            remedy = f"write FROM>TO, such as {'europe' if sku.priced_by == 'lane' else 'mainland'}>asia-pacific"
        else:
            message = f"'{name}' is priced by region, and {quoted(scope)} is a lane"
            remedy = "name one region, area, overseas or all"
        yield Problem(source.place(*path), message, remedy)
        return
    unknown = tuple(_unknown_scopes(ends, source, path))
    yield from unknown
    if unknown or not by_lane:
        return
    crosses = crosses_border(*ends)
    if ends[0] == ends[1] in REGIONS:
        remedy = "name two regions, or their areas"
        yield Problem(source.place(*path), "within a region nothing is transferred between regions", remedy)
    elif crosses is not None and crosses != (sku.priced_by == "cross-border-lane"):
        other = "cross-border-lane" if crosses else "lane"
        items = ", ".join(item for item, one in skus().items() if one.priced_by == other)
        how = "crosses" if crosses else "does not cross"
        message = f"{quoted(scope)} {how} the border of the Chinese mainland: it is no lane of '{name}'"
        yield Problem(source.place(*path), message, f"give its price under one of: {items}")


def _unknown_scopes(names: Iterable[str], source: Source, path: Path) -> Iterator[Problem]:
    for scope in names:
        if scope in SCOPES:
            continue
        near = get_close_matches(scope[:100], sorted(SCOPES), n=1)
        remedy = f"did you mean '{near[0]}'?" if near else suggest_region(scope)
        if not remedy.startswith("did you mean"):
            remedy = f"give a region id, an area ({', '.join(AREAS)}), overseas or all"
        yield Problem(source.place(*path), f"unknown scope {quoted(scope)}", remedy)


def _number_problems(
    value: Decimal, decimals: int, limit: int, what: str, source: Source, path: Path
) -> Iterator[Problem]:
    if len(f"{value:f}".partition(".")[2].rstrip("0")) > decimals:
        remedy = f"round it to {decimals} decimals"
        yield Problem(source.place(*path), f"{what} has at most {decimals} decimals", remedy)
    if value >= limit:
        yield Problem(source.place(*path), f"{what} must stay below {limit:,}", "check the unit")


def _overlaps(entries: Iterable[tuple[int, str, Sourced]], source: Source, path: Path) -> Iterator[Problem]:
    """Two entries of a scope that begin on one day, or one that is to end only after the next has begun.

    One without an end does not overlap: the next supersedes it.
    """
    by_scope: dict[str, list[tuple[date, int, Sourced]]] = {}
    for index, scope, entry in entries:
        by_scope.setdefault(scope, []).append((entry.effective_from or date.min, index, entry))
    for scope, history in by_scope.items():
        for (begun, first, earlier), (begins, second, _) in pairwise(sorted(history, key=lambda e: e[:2])):
            ends = earlier.effective_until
            if begins == begun or (ends is not None and begins < ends):
                line = source.locate((*path, first)).line
                message = f"the validity of this entry and of the one in line {line} overlap in scope '{scope}'"
                remedy = "let the earlier one end (effective_until) where the later one begins (effective_from)"
                yield Problem(source.place(*path, second), message, remedy)
