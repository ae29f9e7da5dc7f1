"""What the shipped price books say, entry by entry: all of it, or the page of one item."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from planner.core.provenance import CURRENCY_OF_SITE, Reference
from pricing import money
from pricing.book import FreeQuota, Tier
from pricing.price_list import Listed, ListedFreeQuota
from pricing.sku import Sku, skus
from reports import blocks
from reports.blocks import Block, Bullets, Heading, Table
from reports.price_words import NO_DAY, day, quantity, read, site_title, tier

_COLUMNS = (
    "sku", "kind", "scopes", "tier", "from", "to", "rate", "quantity", "unit", "currency", "effective_from",
    "effective_until", "evidence", "source", "url", "read_on", "updated", "note", "book",
)  # fmt: skip


@dataclass(frozen=True)
class PriceList:
    """Every entry of a site's books."""

    site: str
    rates: tuple[Listed, ...]
    free_quotas: tuple[ListedFreeQuota, ...]

    def render(self, form: str) -> str:
        """The list as text, json or csv."""
        if form == "json":
            return _json({"site": self.site, "currency": CURRENCY_OF_SITE[self.site], "entries": [*self._records()]})
        if form == "csv":
            return blocks.csv_text(_COLUMNS, self._records())
        return blocks.text(self._blocks())

    def _records(self) -> Iterator[dict[str, Any]]:
        for rate in self.rates:
            yield rate_record(rate, self.site)
        for free in self.free_quotas:
            yield free_quota_record(free, self.site)

    def _blocks(self) -> Iterator[Block]:
        numbers = numbered([*self.rates, *self.free_quotas])
        named = {rate.sku for rate in self.rates} | {free.sku for free in self.free_quotas}
        items = [sku for sku in skus() if sku in named]
        yield Heading(f"Prices, {site_title(self.site)}", 1)
        yield (
            f"{len(self.rates)} rates and {len(self.free_quotas)} free quotas of {len(items)} items;"
            f" [n] is the source below. Until: the first day on which a price no longer holds."
        )
        for sku in items:
            yield Heading(f"{sku}: {skus()[sku].title}, {self.site_unit(sku)}")
            yield rate_table([rate for rate in self.rates if rate.sku == sku], numbers)
            yield free_quota_table([free for free in self.free_quotas if free.sku == sku], numbers)
        yield Heading("Sources")
        yield sources(numbers)

    def site_unit(self, sku: str) -> str:
        """What a rate of an item is in."""
        return f"{CURRENCY_OF_SITE[self.site]} per {skus()[sku].unit}"


@dataclass(frozen=True)
class ItemPage:
    """What an item is, and everything the books of a site say of it."""

    name: str
    site: str
    rates: tuple[Listed, ...]
    free_quotas: tuple[ListedFreeQuota, ...]
    region: str | None
    on: date | None
    holds: tuple[Tier, ...] | None
    """What applies in the region on the day; None where no region is asked for."""
    free_quota: FreeQuota | None

    @property
    def sku(self) -> Sku:
        """What the item is."""
        return skus()[self.name]

    def render(self, form: str) -> str:
        """The page as text or json."""
        return _json(self._document()) if form == "json" else blocks.text(self._blocks())

    def _document(self) -> dict[str, Any]:
        one = self.sku
        return {
            "sku": self.name,
            "title": one.title,
            "unit": one.unit,
            "model": one.model,
            "free_quota_over": one.free_quota_over,
            "tiers_over": one.tiers_over,
            "description": one.description,
            "source": one.source,
            "site": self.site,
            "currency": CURRENCY_OF_SITE[self.site],
            "region": self.region,
            "on": self.on.isoformat() if self.on else None,
            "holds": None if self.holds is None else [*map(self._held, self.holds)],
            "entries": [
                *(rate_record(rate, self.site) for rate in self.rates),
                *(free_quota_record(free, self.site) for free in self.free_quotas),
            ],
        }

    def _held(self, one: Tier) -> dict[str, Any]:
        return {
            "from": money.text(one.start, 6),
            "to": None if one.end is None else money.text(one.end, 6),
            "rate": f"{one.rate.value:f}",
            "scope": one.rate.scope,
            **_source_record(one.rate.reference),
        }

    def _blocks(self) -> Iterator[Block]:
        one = self.sku
        numbers = numbered([*self.rates, *self.free_quotas])
        yield Heading(f"{self.name}: {one.title}", 1)
        yield one.description
        yield Bullets([*self._facts()])
        if self.holds is not None:
            yield from self._in_region()
        where = f" that cover {self.region}" if self.region else ""
        when = f" on {self.on}" if self.on and not self.region else ""
        yield Heading(f"Rates{where}{when}, {CURRENCY_OF_SITE[self.site]} per {one.unit}, {site_title(self.site)}")
        yield rate_table(self.rates, numbers) if self.rates else "None is known: what is used of it stays unpriced."
        if self.free_quotas:
            yield Heading("Free quotas, per account and calendar month")
            yield free_quota_table(self.free_quotas, numbers)
        if notes := _notes([*self.rates, *self.free_quotas]):
            yield Heading("Notes")
            yield Bullets(notes)
        if numbers:
            yield Heading("Sources")
            yield sources(numbers)

    def _facts(self) -> Iterator[str]:
        one = self.sku
        yield f"unit: {one.unit}; {one.model}"
        if one.free_quota_over:
            over = "an account, all regions together" if one.free_quota_over == "account" else "an account and an area"
            yield f"free quota accumulates over: {over}"
        if one.tiers_over:
            yield "tiers accumulate over: an account and a region, per calendar month"
        yield f"source: {one.source}"

    def _in_region(self) -> Iterator[Block]:
        assert self.holds is not None
        yield Heading(f"In {self.region} on {self.on}")
        if not self.holds:
            yield "No rate is known: what is used of it stays unpriced."
        elif self.holds[-1].end is not None:
            yield f"Above {quantity(self.holds[-1].end)} {self.sku.unit} no rate is known."
        yield Table(
            ("tier", "rate", "found for", "evidence", "source"),
            [
                (
                    tier(one.start, one.end, self.sku.unit) if self.sku.model == "graduated" else NO_DAY,
                    f"{one.rate.value:f}",
                    one.rate.scope,
                    one.rate.reference.evidence,
                    one.rate.reference.title,
                )
                for one in self.holds
            ],
            "<><<<",
        )
        if self.free_quota:
            free = self.free_quota
            over = "all regions" if free.pool == "all" else free.pool
            yield f"Free: {quantity(free.quantity)} {self.sku.unit} per account and month, over {over}."


Row = Listed | ListedFreeQuota
Numbers = Mapping[Reference, int]


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
        own = (", ".join(rate.scopes), day(rate.effective_from), day(rate.effective_until))
        shown = ("", "", "") if own == above and (rate.tier or 0) > 1 else own
        above = own
        source = f"[{numbers[_document(rate.reference)]}]"
        rows.append((*shown, tiered, f"{rate.rate:f}", rate.reference.evidence, source))
    return Table(("scope", "from", "until", "tier", "rate", "evidence", "source"), rows, "<<<<><<")


def free_quota_table(found: Sequence[ListedFreeQuota], numbers: Numbers) -> Table:
    """Free quotas of one item."""
    rows = [
        (
            ", ".join(one.scopes),
            day(one.effective_from),
            day(one.effective_until),
            f"{quantity(one.quantity)} {skus()[one.sku].unit} free",
            one.reference.evidence,
            f"[{numbers[_document(one.reference)]}]",
        )
        for one in found
    ]
    return Table(("free quota over", "from", "until", "per account and month", "evidence", "source"), rows, "<<<<<<")


def rate_record(rate: Listed, site: str) -> dict[str, Any]:
    """A rate as a record; `to` and the days are empty where there is no end."""
    return {
        "sku": rate.sku,
        "kind": "rate",
        "scopes": list(rate.scopes),
        "tier": rate.tier,
        "from": money.text(rate.start, 6),
        "to": None if rate.end is None else money.text(rate.end, 6),
        "rate": f"{rate.rate:f}",
        "quantity": None,
        **_common(rate, site),
    }


def free_quota_record(free: ListedFreeQuota, site: str) -> dict[str, Any]:
    """A free quota as a record."""
    return {
        "sku": free.sku,
        "kind": "free-quota",
        "scopes": list(free.scopes),
        "tier": None,
        "from": None,
        "to": None,
        "rate": None,
        "quantity": money.text(free.quantity, 6),
        **_common(free, site),
    }


def _common(row: Row, site: str) -> dict[str, Any]:
    return {
        "unit": skus()[row.sku].unit,
        "currency": CURRENCY_OF_SITE[site],
        "effective_from": row.effective_from.isoformat() if row.effective_from else None,
        "effective_until": row.effective_until.isoformat() if row.effective_until else None,
        **_source_record(row.reference),
        "note": row.note or None,
        "book": row.book,
    }


def _source_record(reference: Reference) -> dict[str, Any]:
    return {
        "evidence": reference.evidence,
        "source": reference.title,
        "url": reference.url,
        "read_on": reference.read_on,
        "updated": reference.updated or None,
    }


def _notes(rows: Sequence[Row]) -> list[str]:
    """What rows are noted with, each note once with the scopes that have it."""
    noted: dict[str, dict[str, None]] = {}
    for row in rows:
        if row.note:
            noted.setdefault(row.note, {}).update(dict.fromkeys(row.scopes))
    return [f"{', '.join(of)}: {note}" for note, of in noted.items()]


def _json(document: dict[str, Any]) -> str:
    return json.dumps({"version": 1, **document}, ensure_ascii=False, indent=2) + "\n"
