"""Which prices to ask for: the rates that are missing, and those in use that may be overridden.

A schedule of tiers is replaced as a whole, so all of its tiers are listed together, known or not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from planner.core.region import EVERYWHERE, OVERSEAS, REGIONS, scopes
from pricing.book import Books, Rate, Tier
from pricing.sku import skus


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of the price of an item where it is needed."""

    sku: str
    place: str
    """A region, or a lane."""
    tiers: tuple[Tier, ...]
    """Contracted; () if no rate is known."""


@dataclass(frozen=True, slots=True)
class Request:
    """A rate that is asked for: of an item, in regions or on lanes, for a tier."""

    sku: str
    scopes: tuple[str, ...]
    start: int | None
    """Micro-units from which it is to hold; None for an item without tiers."""
    end: int | None
    """Micro-units below which it is to hold; None: without end."""
    known: Rate | None
    """None: missing."""


def requests(found: Iterable[Found], books: Books, on: date) -> tuple[Request, ...]:
    """What to ask for: first the schedules of which something is missing, then the known ones; by item and region.

    Places in which the same is known are asked for together, those of which nothing is known one by one: filling
    in a price changes nothing elsewhere.
    on : day on which the usual bounds of tiers are looked up
    """
    alike: dict[tuple[str, tuple[Tier, ...], str], list[str]] = {}
    for one in found:
        places = alike.setdefault((one.sku, one.tiers, "" if one.tiers else one.place), [])
        if one.place not in places:
            places.append(one.place)
    items = list(skus())

    def order(schedule: tuple[tuple[str, tuple[Tier, ...], str], list[str]]) -> tuple[bool, int, int]:
        (sku, tiers, _), places = schedule
        return _is_whole(tiers), items.index(sku), min(map(_order, places))

    return tuple(
        Request(sku, scope_names(places), *part)
        for (sku, tiers, _), places in sorted(alike.items(), key=order)
        for part in _parts(sku, tiers, usual_bounds(books, sku, on))
    )


def _is_whole(tiers: tuple[Tier, ...]) -> bool:
    return bool(tiers) and tiers[-1].end is None


def _order(place: str) -> int:
    return list(REGIONS).index(place) if place in REGIONS else len(REGIONS)


def _parts(
    sku: str, tiers: tuple[Tier, ...], bounds: tuple[int, ...]
) -> list[tuple[int | None, int | None, Rate | None]]:
    """(start, end, known rate) of each row."""
    if skus()[sku].model == "flat":
        return [(None, None, tiers[0].rate if tiers else None)]
    parts: list[tuple[int | None, int | None, Rate | None]] = [(tier.start, tier.end, tier.rate) for tier in tiers]
    if not _is_whole(tiers):
        begins = tiers[-1].end or 0 if tiers else 0
        starts = [begins, *(bound for bound in bounds if bound > begins)]
        parts += [(start, end, None) for start, end in zip(starts, [*starts[1:], None], strict=True)]
    return parts


def usual_bounds(books: Books, sku: str, on: date) -> tuple[int, ...]:
    """Where the tiers of an item start in the region whose schedule has most; micro-units, (0,) if none is known."""
    if skus()[sku].model == "flat":
        return (0,)
    found = [tuple(tier.start for tier in books.schedule(sku, region, on)) for region in skus()[sku].places]
    return max(found, key=len, default=()) or (0,)


def scope_names(places: Iterable[str]) -> tuple[str, ...]:
    """The names by which a price book says exactly these places: one that covers them all and no other, or each."""
    regions = list(places)
    inside = {region for region in regions if region in REGIONS}
    covered: dict[str, set[str]] = {}
    for region in REGIONS:
        for scope in scopes(region):
            covered.setdefault(scope, set()).add(region)
    wide = [scope for scope in covered if scope not in REGIONS]
    wide.sort(key=lambda scope: (scope == EVERYWHERE, scope == OVERSEAS))
    exact = [scope for scope in wide if covered[scope] == inside]
    return (exact[0],) if exact else tuple(sorted(regions, key=_order))
