"""Which items can be priced where, and on what evidence: in regions, and on lanes between areas."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from planner.core.provenance import EVIDENCE, Evidence, Reference, weakest
from planner.core.region import AREAS, EVERYWHERE, LANE, REGIONS, Region, scopes
from pricing.book import Books, FreeQuota, Tier, load_books
from pricing.money import decimal
from pricing.sku import skus

PRICES_READ = date(2026, 11, 1)
"""Month in which the prices of the shipped books were last read: the day as of which tables show them."""

KNOWN, UNKNOWN = "known", "unknown"

_MARK: dict[Evidence, str] = {"assumed": "a", "secondary": "s", "official": "o", "contract": "c"}
_SUPPORT = {"yes": "", "no": ", no VPN attachments", "by-request": ", by request"}


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is known of the price of one item in one place on one day."""

    place: str
    """A region, or a lane."""
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

    @property
    def status(self) -> str:
        """known, unknown, or which tiers alone are known."""
        if not self.tiers:
            return UNKNOWN
        if self.known_to is None:
            return KNOWN
        return "tier 1 only" if len(self.tiers) == 1 else f"tiers 1 to {len(self.tiers)} only"

    @property
    def words(self) -> str:
        """On what evidence it is known, and how far: official, tier 1 only."""
        if self.evidence is None:
            return UNKNOWN
        return f"{self.evidence}, {self.status}" if self.known_to else self.evidence

    @property
    def oldest(self) -> str | None:
        """The day or month on which the oldest of its rates was read; None if no rate is known."""
        return min((one.read_on for tier in self.tiers for one in tier.rate.references), default=None)


def age_days(read_on: str | None, as_of: date) -> int | None:
    """Days from the reading of a price to a day; 0 for one that was read later.

    read_on : a day or a month, counted from its first day; None for anything else
    """
    if read_on is None:
        return None
    try:
        day = date.fromisoformat(f"{read_on}-01" if len(read_on) == 7 else read_on)
    except ValueError:
        return None
    return max((as_of - day).days, 0)


def known(rows: Iterable[Coverage]) -> int:
    """How many prices are known, be it in part."""
    return sum(bool(row.tiers) for row in rows)


def alike(rows: Sequence[Coverage]) -> list[tuple[list[str], list[Coverage]]]:
    """Places whose items are known equally well, and the rows of the first of them; in the order of the tables.

    rows : of every place, with the same items in the same order
    """
    by_place: dict[str, list[Coverage]] = {}
    for row in rows:
        by_place.setdefault(row.place, []).append(row)
    found: dict[tuple[str, ...], list[str]] = {}
    for place, own in by_place.items():
        found.setdefault(tuple(row.words for row in own), []).append(place)
    return [(places, by_place[places[0]]) for places in found.values()]


def region_names(regions: Collection[str], mark: str = "") -> list[str]:
    """Regions in short: whole areas by their name, most of an area as all but the others.

    mark : put around each id, such as the backtick of Markdown
    """
    words = []
    for area in AREAS:
        members = [one.id for one in REGIONS.values() if one.area == area]
        here = [f"{mark}{one}{mark}" for one in members if one in regions]
        others = [f"{mark}{one}{mark}" for one in members if one not in regions]
        if here and not others:
            words.append(f"all of {area}")
        elif len(here) > 2 * len(others) > 0:
            words.append(f"{area} but {', '.join(others)}")
        else:
            words += here
    return words


def lane_names(lanes: Collection[str], looked_at: Collection[str]) -> list[str]:
    """Lanes in short: those between areas, and what inside them is otherwise.

    lanes     : which of those that were looked at are meant
    looked_at : lanes between areas, and those from or to single regions that need to be told apart
    """
    if lanes and set(lanes) == set(looked_at):
        return ["all lanes"]
    inside: dict[str, list[str]] = {}
    """Of each lane between areas, those inside it that are not meant."""
    words = []
    for lane in looked_at:
        wide = LANE.join(end if end in AREAS else REGIONS[end].area for end in lane.split(LANE))
        if lane == wide and lane in lanes:
            inside[lane] = [one for one in looked_at if one not in lanes and lane in scopes(one)]
        elif lane in lanes and wide not in lanes:
            words.append(lane)
    whole = [lane for lane, others in inside.items() if not others]
    back = {lane: LANE.join(reversed(lane.split(LANE))) for lane in whole}
    both = [lane for lane in whole if back[lane] in whole and whole.index(lane) < whole.index(back[lane])]
    one_way = [lane for lane in whole if lane not in both and back[lane] not in both]
    some = [f"{lane} but {', '.join(others)}" for lane, others in inside.items() if others]
    return [*one_way, *(f"{lane} and back" for lane in both), *some, *words]


def coverage(books: Books, on: date) -> tuple[Coverage, ...]:
    """A row for every region and item that has prices of its own there, in the order of their tables."""
    return tuple(_row(books, place, sku, on) for place in REGIONS for sku in in_regions())


def between_areas(books: Books, on: date) -> tuple[Coverage, ...]:
    """A row for every item between regions and each lane between areas that it has."""
    return tuple(_row(books, lane, name, on) for name, one in skus().items() if one.by_lane for lane in one.places)


def in_regions() -> tuple[str, ...]:
    """The items with prices of their own in regions: not those priced as another, by lane or by the plan."""
    return tuple(name for name, one in skus().items() if one.places and not one.by_lane)


def priced_elsewhere() -> Iterator[str]:
    """A sentence for each kind of item that has no prices of its own."""
    for name, sku in skus().items():
        if sku.priced_as:
            yield f"`{name}` has the prices of `{sku.priced_as}`."
    named = ", ".join(f"`{name}`" for name, sku in skus().items() if sku.priced_by == "plan")
    yield f"What these cost is what each plan says, and no price book: {named}."


def _row(books: Books, place: str, sku: str, on: date) -> Coverage:
    return of_tiers(place, sku, books.schedule(sku, place, on))


def of_tiers(place: str, sku: str, tiers: tuple[Tier, ...]) -> Coverage:
    """What a schedule says of the price of an item in a place."""
    evidence = weakest(tier.rate.evidence for tier in tiers) if tiers else None
    dated = bool(tiers) and all(tier.rate.effective_from for tier in tiers)
    return Coverage(place, sku, tiers, evidence, dated)


def markdown(site: str, on: date = PRICES_READ) -> str:
    """A Markdown table of a site's shipped books, a row per region, with a legend; no final line break."""
    books = load_books(site)
    rows = coverage(books, on)
    labels = [f"{skus()[name].label} `{name}`" for name in in_regions()]
    lines = [
        f"| {books.currency} per unit | {' | '.join(labels)} |",
        f"|---|{'---|' * len(labels)}",
    ]
    for region in REGIONS.values():
        cells = [_cell(row) for row in rows if row.place == region.id]
        lines.append(f"| {_name(region)} | {' | '.join(cells)} |")
    notes = [*_legend(rows), *_free_quotas(books, on), *priced_elsewhere()]
    return "\n".join([*lines, "", *(f"- {note}" for note in notes)])


def lanes(site: str, on: date = PRICES_READ) -> str:
    """A Markdown table of a site's shipped prices between areas, a row per item and rate; no final line break."""
    books = load_books(site)
    rows = between_areas(books, on)
    lines = [f"| item | {books.currency} per GB | lanes |", "|---|---|---|"]
    alike: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        alike.setdefault((row.sku, _cell(row)), []).append(row.place)
    for (name, rate), found in alike.items():
        names = ", ".join(lane_names(found, skus()[name].places))
        lines.append(f"| {skus()[name].label} `{name}` | {rate} | {names} |")
    return "\n".join([*lines, "", f"- {known(rows)} of {len(rows)} prices between areas are known."])


def sources(site: str, on: date = PRICES_READ) -> str:
    """A Markdown list of where a site's prices were read, weakest evidence first; no final line break."""
    books = load_books(site)
    found: dict[Reference, set[str]] = {}
    for row in (*coverage(books, on), *between_areas(books, on)):
        for tier in row.tiers:
            found.setdefault(tier.rate.reference, set()).add(row.sku)
        if skus()[row.sku].free_quota_over and (quota := books.free_quota(row.sku, row.place, on)):
            found.setdefault(quota.reference, set()).add(row.sku)
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
    yield f"{len(priced)} of {len(rows)} prices in regions are known. Evidence: {marks}. ? = unknown, so unpriced."
    if any(len(row.tiers) > 1 or row.known_to for row in priced):
        yield "`x … y`: from the first tier to the last; `to n GB`: unpriced above."
    if any(row.dated for row in priced):
        yield "`*`: says from which day it applies; the others are undated."
    else:
        yield "All of them are undated: no page says from which day they apply."


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
