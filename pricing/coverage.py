"""Which regions and items can be priced, and on what evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from planner.core.provenance import EVIDENCE, Evidence, Reference
from planner.core.region import EVERYWHERE, REGIONS, Region
from pricing.book import Books, FreeQuota, Tier, load_books
from pricing.money import decimal
from pricing.sku import Sku, skus

PRICES_READ = date(2026, 11, 1)
"""Month in which the prices of the shipped books were last read: the day as of which tables show them."""

_MARK: dict[Evidence, str] = {"assumed": "a", "secondary": "s", "official": "o", "contract": "c"}
_SUPPORT = {"yes": "", "no": ", no VPN attachments", "by-request": ", by request"}


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is known of the price of one item in one region on one day."""

    region: str
    sku: str
    tiers: tuple[Tier, ...]
    """() if no rate is known; one for a flat rate."""
    evidence: Evidence | None
    """The weakest of the tiers' evidence; None if no rate is known."""
    dated: bool
    """Whether every tier says from which day it applies."""

    @property
    def known_to(self) -> int | None:
        """Micro-units above which nothing is known: None if everything is, 0 if nothing."""
        return self.tiers[-1].end if self.tiers else 0


def coverage(books: Books, on: date) -> tuple[Coverage, ...]:
    """A row for every region and item that has prices of its own there, in the order of their tables."""
    return tuple(_row(books, region, sku, on) for region in REGIONS for sku in by_region())


def by_region() -> Mapping[str, Sku]:
    """The items with prices of their own in regions: not those priced as another, by lane or by the plan."""
    return {name: sku for name, sku in skus().items() if sku.priced_by == "region" and not sku.priced_as}


def _row(books: Books, region: str, sku: str, on: date) -> Coverage:
    tiers = books.schedule(sku, region, on)
    evidence = min((tier.rate.reference.evidence for tier in tiers), key=EVIDENCE.index, default=None)
    dated = bool(tiers) and all(tier.rate.effective_from for tier in tiers)
    return Coverage(region, sku, tiers, evidence, dated)


def markdown(site: str, on: date = PRICES_READ) -> str:
    """A Markdown table of a site's shipped books, a row per region, with a legend; no final line break."""
    books = load_books(site)
    rows = coverage(books, on)
    labels = [f"{sku.label} `{name}`" for name, sku in by_region().items()]
    lines = [
        f"| {books.currency} per unit | {' | '.join(labels)} |",
        f"|---|{'---|' * len(labels)}",
    ]
    for region in REGIONS.values():
        cells = [_cell(row) for row in rows if row.region == region.id]
        lines.append(f"| {_name(region)} | {' | '.join(cells)} |")
    notes = [*_legend(rows), *_free_quotas(books, on), *_elsewhere()]
    return "\n".join([*lines, "", *(f"- {note}" for note in notes)])


def lanes(site: str, on: date = PRICES_READ) -> str:
    """A Markdown table of a site's shipped prices between regions, a row per item and rate; no final line break."""
    books = load_books(site)
    lines = [f"| item | {books.currency} per GB | lanes |", "|---|---|---|"]
    for name, sku in skus().items():
        if sku.priced_by not in ("lane", "cross-border-lane"):
            continue
        by_rate: dict[str, list[str]] = {}
        for scope, (tier, *_) in books.by_scope(name, on).items():
            by_rate.setdefault(f"{tier.rate.value:f} {_MARK[tier.rate.reference.evidence]}", []).append(scope)
        for rate, scopes in by_rate.items() or (("?", []),):
            lines.append(f"| {sku.label} `{name}` | {rate} | {', '.join(scopes) or 'all'} |")
    return "\n".join(lines)


def sources(site: str, on: date = PRICES_READ) -> str:
    """A Markdown list of where a site's prices were read, weakest evidence first; no final line break."""
    books = load_books(site)
    found: dict[Reference, set[str]] = {}
    for row in coverage(books, on):
        for tier in row.tiers:
            found.setdefault(tier.rate.reference, set()).add(row.sku)
        if quota := books.free_quota(row.sku, row.region, on):
            found.setdefault(quota.reference, set()).add(row.sku)
    for sku in skus():
        for tiers in books.by_scope(sku, on).values():
            found.setdefault(tiers[0].rate.reference, set()).add(skus()[sku].priced_as or sku)
    ordered = sorted(found, key=lambda one: (EVIDENCE.index(one.evidence), one.title))
    return "\n".join(
        f"- {_reference(one)}: {', '.join(f'`{s}`' for s in skus() if s in found[one])}" for one in ordered
    )


def _reference(reference: Reference) -> str:
    title = f"[{reference.title}]({reference.url})" if reference.url else reference.title
    updated = f" ({reference.updated})" if reference.updated else ""
    return f"{reference.evidence}: {title}{updated}, read {reference.read_on}"


def _name(region: Region) -> str:
    return f"`{region.id}` {region.name}{_SUPPORT[region.public]}"


def _cell(row: Coverage) -> str:
    if row.evidence is None:
        return "?"
    rates = [f"{tier.rate.value:f}" for tier in row.tiers]
    text = rates[0] if len(rates) == 1 else f"{rates[0]} … {rates[-1]}"
    limit = f" to {_quantity(row.known_to)}" if row.known_to else ""
    return f"{text}{limit} {_MARK[row.evidence]}{'*' if row.dated else ''}"


def _legend(rows: tuple[Coverage, ...]) -> Iterator[str]:
    priced = [row for row in rows if row.tiers]
    used = [evidence for evidence in EVIDENCE if any(row.evidence == evidence for row in priced)]
    marks = ", ".join(f"{_MARK[evidence]} = {evidence}" for evidence in used)
    yield f"{len(priced)} of {len(rows)} prices are known. Evidence: {marks}. ? = unknown, so unpriced."
    if any(len(row.tiers) > 1 or row.known_to for row in priced):
        yield "`x … y`: from the first tier to the last; `to n GB`: unpriced above."
    if any(row.dated for row in priced):
        yield "`*`: says from which day it applies; the others are undated."
    else:
        yield "All of them are undated: no page says from which day they apply."


def _elsewhere() -> Iterator[str]:
    for name, sku in skus().items():
        if sku.priced_as:
            yield f"`{name}` has the prices of `{sku.priced_as}`."
    named = ", ".join(f"`{name}`" for name, sku in skus().items() if sku.priced_by == "plan")
    yield f"What these cost is what a plan says: {named}."


def _free_quotas(books: Books, on: date) -> Iterator[str]:
    for sku, item in skus().items():
        found = {quota.pool: quota for region in REGIONS if (quota := books.free_quota(sku, region, on))}
        if found:
            pools = "; ".join(_pool(quota, item.unit) for quota in found.values())
            yield f"Free per account and month, `{sku}`: {pools}."


def _pool(quota: FreeQuota, unit: str) -> str:
    begins = f", from {quota.effective_from}" if quota.effective_from else ""
    last_day = quota.effective_until - timedelta(days=1) if quota.effective_until else None
    ends = f", to {last_day}" if last_day else ""
    where = "all regions" if quota.pool == EVERYWHERE else quota.pool
    return f"{_quantity(quota.quantity, unit)} in {where}{begins}{ends} ({quota.reference.evidence})"


def _quantity(micro_units: int, unit: str = "GB") -> str:
    return f"{decimal(micro_units, 6).normalize():,f} {unit}"
