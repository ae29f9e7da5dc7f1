"""What price books say, entry by entry: all of it, or the page of one item."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from planner.core.provenance import CURRENCY_OF_SITE, Reference
from pricing import money
from pricing.book import FreeQuota, Tier
from pricing.price_list import Listed, ListedAdjustment, ListedFreeQuota, Listing
from pricing.sku import Sku, skus
from reports import blocks
from reports.blocks import Block, Bullets, Heading, Table
from reports.price_words import (
    NO_DAY,
    counted,
    day,
    made_of,
    percent,
    percent_text,
    quantity,
    rate_record,
    read,
    site_title,
    source_record,
    tier,
)

_COLUMNS = (
    "skus", "kind", "side", "scopes", "tier", "from", "to", "rate", "quantity", "percent", "unit", "currency",
    "effective_from", "effective_until", "evidence", "source", "url", "read_on", "updated", "note", "book",
)  # fmt: skip
Row = Listed | ListedFreeQuota | ListedAdjustment
Numbers = Mapping[Reference, int]


@dataclass(frozen=True)
class PriceList:
    """Every entry of some books of a site."""

    site: str
    entries: Listing

    def render(self, form: str) -> str:
        """The list as text, json or csv."""
        records = [record(row, self.site) for row in self.entries.entries]
        if form == "json":
            return _json({"site": self.site, "currency": CURRENCY_OF_SITE[self.site], "entries": records})
        if form == "csv":
            return blocks.csv_text(_COLUMNS, records)
        return blocks.text(self._blocks())

    def _blocks(self) -> Iterator[Block]:
        rates, free_quotas = self.entries.rates, self.entries.free_quotas
        numbers = numbered(self.entries.entries)
        named = {rate.sku for rate in rates} | {free.sku for free in free_quotas}
        items = [sku for sku in skus() if sku in named]
        kinds = [one.kind for one in self.entries.adjustments]
        counts = [
            f"{counted(len(rates), 'rate')} of {counted(len({row.sku for row in rates}), 'item')}" if rates else "",
            counted(len(free_quotas), "free quota"),
            *(counted(kinds.count(kind), kind) for kind in ("discount", "expected change")),
        ]
        yield Heading(f"Prices, {site_title(self.site)}", 1)
        yield (
            f"{', '.join(filter(None, counts)) or 'Nothing'}; [n] is the source below. Until: the first day on which a"
            " price no longer holds."
        )
        for sku in items:
            yield Heading(f"{sku}: {skus()[sku].title}, {CURRENCY_OF_SITE[self.site]} per {skus()[sku].unit}")
            yield rate_table([rate for rate in rates if rate.sku == sku], numbers)
            yield free_quota_table([free for free in free_quotas if free.sku == sku], numbers)
        yield from adjustments(self.entries.adjustments, numbers)
        yield Heading("Sources")
        yield sources(numbers)


@dataclass(frozen=True)
class Holds:
    """What of an item's price applies in a place on a day."""

    place: str
    on: date
    listed: tuple[Tier, ...]
    contracted: tuple[Tier, ...]
    free_quota: FreeQuota | None


@dataclass(frozen=True)
class ItemPage:
    """What an item is, and everything the books of a site say of it."""

    name: str
    site: str
    entries: Listing
    on: date | None
    holds: Holds | None
    """None where no region is asked for."""

    @property
    def sku(self) -> Sku:
        """What the item is."""
        return skus()[self.name]

    def render(self, form: str) -> str:
        """The page as text or json."""
        return _json(self._document()) if form == "json" else blocks.text(self._blocks())

    def _document(self) -> dict[str, Any]:
        one, holds = self.sku, self.holds
        return {
            "sku": self.name,
            "title": one.title,
            "unit": one.unit,
            "model": one.model,
            "priced_by": one.priced_by,
            "priced_as": one.priced_as,
            "free_quota_over": one.free_quota_over,
            "tiers_over": one.tiers_over,
            "description": one.description,
            "source": one.source,
            "site": self.site,
            "currency": CURRENCY_OF_SITE[self.site],
            "place": holds and holds.place,
            "on": self.on.isoformat() if self.on else None,
            "holds": holds
            and {
                "list": [*map(_held, holds.listed)],
                "contracted": [*map(_held, holds.contracted)],
                "free_quota": holds.free_quota and _free(holds.free_quota),
            },
            "entries": [record(row, self.site) for row in self.entries.entries],
        }

    def _blocks(self) -> Iterator[Block]:
        one, entries = self.sku, self.entries
        numbers = numbered(entries.entries)
        yield Heading(f"{self.name}: {one.title}", 1)
        yield one.description
        yield Bullets([*self._facts()])
        if one.priced_by == "plan":
            yield "What it costs is what each plan says, with its source; no price book has it."
            return
        if self.holds is not None:
            yield from self._held(self.holds)
        where = f" that cover {self.holds.place}" if self.holds else ""
        when = f" on {self.on}" if self.on and not self.holds else ""
        yield Heading(f"Rates{where}{when}, {CURRENCY_OF_SITE[self.site]} per {one.unit}, {site_title(self.site)}")
        yield (
            rate_table(entries.rates, numbers)
            if entries.rates
            else ("None is known: what is used of it stays unpriced.")
        )
        if entries.free_quotas:
            yield Heading("Free quotas, per account and calendar month")
            yield free_quota_table(entries.free_quotas, numbers)
        yield from adjustments(entries.adjustments, numbers)
        if notes := _notes(entries.entries):
            yield Heading("Notes")
            yield Bullets(notes)
        if numbers:
            yield Heading("Sources")
            yield sources(numbers)

    def _facts(self) -> Iterator[str]:
        one = self.sku
        yield f"unit: {one.unit}; {one.model}"
        if one.priced_as:
            yield f"priced as {one.priced_as}: the rates below are those of that item"
        if one.by_lane:
            yield "priced by lane, FROM>TO, between regions or areas"
        if one.free_quota_over:
            over = "an account, all regions together" if one.free_quota_over == "account" else "an account and an area"
            yield f"free quota accumulates over: {over}"
        if one.tiers_over:
            yield "tiers accumulate over: an account and a region, per calendar month"
        yield f"source: {one.source}"

    def _held(self, holds: Holds) -> Iterator[Block]:
        if holds.contracted == holds.listed:
            yield from self._schedule(f"In {holds.place} on {holds.on}", holds.listed)
        else:
            yield from self._schedule(f"In {holds.place} on {holds.on}, at list price", holds.listed)
            yield from self._schedule(f"In {holds.place} on {holds.on}, contracted", holds.contracted)
        if free := holds.free_quota:
            over = "all regions" if free.pool == "all" else free.pool
            yield f"Free: {quantity(free.quantity)} {self.sku.unit} per account and month, over {over}."

    def _schedule(self, title: str, tiers: Sequence[Tier]) -> Iterator[Block]:
        yield Heading(title)
        if not tiers:
            yield "No rate is known: what is used of it stays unpriced."
        elif tiers[-1].end is not None:
            yield f"Above {quantity(tiers[-1].end)} {self.sku.unit} no rate is known."
        made = any(one.rate.base is not None for one in tiers)
        header = ("tier", "rate", *(("made of",) if made else ()), "found for", "evidence", "source")
        rows = [
            (
                tier(one.start, one.end, self.sku.unit) if self.sku.model == "graduated" else NO_DAY,
                f"{one.rate.value:f}",
                *((made_of(one.rate),) if made else ()),
                one.rate.scope,
                one.rate.evidence,
                ", ".join(dict.fromkeys(reference.title for reference in one.rate.references)),
            )
            for one in tiers
        ]
        yield Table(header, rows, f"<>{'<' * (len(header) - 2)}")


def numbered(rows: Iterable[Row]) -> Numbers:
    """The sources of rows and the numbers they are named by, in the order of the rows."""
    found: dict[Reference, int] = {}
    for row in rows:
        found.setdefault(_document(row.reference), len(found) + 1)
    return found


def _document(reference: Reference) -> Reference:
    """A source whatever the evidence of what was taken from it."""
    return Reference(reference.title, reference.url, reference.read_on, "official", reference.updated)


def sources(numbers: Numbers) -> Bullets:
    """The list of sources that tables refer to."""
    return Bullets([f"[{number}] {read(reference)}" for reference, number in numbers.items()])


def rate_table(rates: Sequence[Listed], numbers: Numbers) -> Table:
    """Rates of one item, a row for each tier; what a row shares with the one above is not said again."""
    rows = []
    above: tuple[str, ...] = ()
    for rate in rates:
        tiered = tier(rate.start, rate.end, skus()[rate.sku].unit) if rate.tier else NO_DAY
        own = (", ".join(rate.scopes), day(rate.effective_from), day(rate.effective_until), rate.side)
        shown = ("", "", "", "") if own == above and (rate.tier or 0) > 1 else own
        above = own
        rows.append((*shown, tiered, f"{rate.rate:f}", rate.reference.evidence, _number(rate, numbers)))
    return Table(("scope", "from", "until", "price", "tier", "rate", "evidence", "source"), rows, "<<<<<><<")


def free_quota_table(found: Sequence[ListedFreeQuota], numbers: Numbers) -> Table:
    """Free quotas of one item."""
    rows = [
        (
            ", ".join(one.scopes),
            day(one.effective_from),
            day(one.effective_until),
            f"{quantity(one.quantity)} {skus()[one.sku].unit} free",
            one.reference.evidence,
            _number(one, numbers),
        )
        for one in found
    ]
    return Table(("free quota over", "from", "until", "per account and month", "evidence", "source"), rows, "<<<<<<")


def adjustments(found: Sequence[ListedAdjustment], numbers: Numbers) -> Iterator[Block]:
    """Discounts and expected changes, each kind under its heading."""
    for kind, title in (
        ("discount", "Discounts on list prices; a contract's rate is net of them"),
        ("expected change", "Changes of list prices that are expected"),
    ):
        rows = [
            (
                ", ".join(one.skus),
                ", ".join(one.scopes),
                day(one.effective_from),
                day(one.effective_until),
                percent(one.percent),
                one.reference.evidence,
                _number(one, numbers),
            )
            for one in found
            if one.kind == kind
        ]
        if rows:
            yield Heading(title)
            yield Table(("items", "scope", "from", "until", "percent", "evidence", "source"), rows, "<<<<><<")


def _number(row: Row, numbers: Numbers) -> str:
    return f"[{numbers[_document(row.reference)]}]"


def record(row: Row, site: str) -> dict[str, Any]:
    """An entry as a record; what an entry of its kind does not have is null."""
    found: dict[str, Any] = dict.fromkeys(_COLUMNS)
    if isinstance(row, Listed):
        found |= {
            "skus": [row.sku],
            "kind": "rate",
            "side": row.side,
            "tier": row.tier,
            "from": money.text(row.start, 6),
            "to": None if row.end is None else money.text(row.end, 6),
            "rate": f"{row.rate:f}",
            "unit": skus()[row.sku].unit,
            "currency": CURRENCY_OF_SITE[site],
        }
    elif isinstance(row, ListedFreeQuota):
        found |= {
            "skus": [row.sku],
            "kind": "free-quota",
            "quantity": money.text(row.quantity, 6),
            "unit": skus()[row.sku].unit,
        }
    else:
        found |= {"skus": list(row.skus), "kind": row.kind.replace(" ", "-"), "percent": percent_text(row.percent)}
    return found | {
        "scopes": list(row.scopes),
        "effective_from": row.effective_from.isoformat() if row.effective_from else None,
        "effective_until": row.effective_until.isoformat() if row.effective_until else None,
        **source_record(row.reference),
        "note": row.note or None,
        "book": row.book,
    }


def _held(one: Tier) -> dict[str, Any]:
    return {
        "from": money.text(one.start, 6),
        "to": None if one.end is None else money.text(one.end, 6),
        **(rate_record(one.rate) or {}),
    }


def _free(free: FreeQuota) -> dict[str, Any]:
    return {"scope": free.pool, "quantity": money.text(free.quantity, 6), **source_record(free.reference)}


def _notes(rows: Sequence[Row]) -> list[str]:
    """What rows are noted with, each note once with the scopes that have it."""
    noted: dict[str, dict[str, None]] = {}
    for row in rows:
        if row.note:
            noted.setdefault(row.note, {}).update(dict.fromkeys(row.scopes))
    everywhere = {scope for row in rows for scope in row.scopes}
    return [f"{'all of them' if of.keys() == everywhere else ', '.join(of)}: {note}" for note, of in noted.items()]


def _json(document: dict[str, Any]) -> str:
    return json.dumps({"version": 1, **document}, ensure_ascii=False, indent=2) + "\n"
