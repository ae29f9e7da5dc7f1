"""How price reports put sites, scopes, tiers, days and sources into words."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any

from planner.core.provenance import CURRENCY_OF_SITE, Reference
from pricing import coverage, money
from pricing.book import Adjustment, Rate
from reports.blocks import TOGETHER

_SITE_NAMES = {"intl": "international site", "cn": "China site"}
NO_DAY = "–"


def site_title(site: str) -> str:
    """A site and the currency of its price list."""
    return f"{_SITE_NAMES[site]} ({CURRENCY_OF_SITE[site]})"


def tier(start: int, end: int | None, unit: str) -> str:
    """A tier, from its start (inclusive) to its end (exclusive); micro-units."""
    if end is None:
        return f"from {quantity(start)} {unit}"
    return f"{quantity(start)} to {quantity(end)} {unit}"


def region_words(regions: Collection[str]) -> str:
    """Regions in short; an area and the words about it stay on one line."""
    names = coverage.region_names(regions)
    return ", ".join(name.replace(" ", TOGETHER) if name.startswith("all of ") else name for name in names)


def counted(number: int, what: str) -> str:
    """1 rate, 2 rates; empty for none."""
    return f"{number} {what}{'' if number == 1 else 's'}" if number else ""


def quantity(micro_units: int) -> str:
    """A quantity with all its decimals, thousands separated."""
    return f"{money.decimal(micro_units, 6).normalize():,f}"


def day(value: date | None) -> str:
    """A day of validity; a dash where there is none."""
    return value.isoformat() if value else NO_DAY


def read(reference: Reference) -> str:
    """A source, its address and when it was read."""
    parts = [reference.title, reference.url or "", f"read {reference.read_on}"]
    return ", ".join(filter(None, parts))


def percent(value: Decimal) -> str:
    """A change in percent, with its sign and without needless zeros."""
    return f"{_plain(value):+f}{TOGETHER}%"


def on_top(one: Adjustment) -> str:
    """A change of a list price: a discount of 12 % is -12 %."""
    return percent(one.percent) if one.kind == "discount" else f"{percent(one.percent)} expected"


def made_of(rate: Rate) -> str:
    """How a rate came about: 0.06, -12 %; empty for one that stands in a book as it is."""
    return "" if rate.base is None else ", ".join([f"{rate.base:f}", *map(on_top, rate.adjustments)])


def rate_record(rate: Rate | None) -> dict[str, Any] | None:
    """A rate that applies, as a record: with what made it of the one in the book."""
    if rate is None:
        return None
    return {
        "rate": f"{rate.value:f}",
        "base": None if rate.base is None else f"{rate.base:f}",
        "adjustments": [
            {
                "kind": one.kind.replace(" ", "-"),
                "percent": percent_text(one.percent),
                "scope": one.scope,
                **source_record(one.reference),
                "book": one.book,
            }
            for one in rate.adjustments
        ],
        "scope": rate.scope,
        **source_record(rate.reference),
        "book": rate.book,
    }


def source_record(reference: Reference) -> dict[str, Any]:
    """A source as a record, with the evidence of what was taken from it."""
    return {
        "evidence": reference.evidence,
        "source": reference.title,
        "url": reference.url,
        "read_on": reference.read_on,
        "updated": reference.updated or None,
    }


def percent_text(value: Decimal) -> str:
    """A change in percent in plain digits."""
    return f"{_plain(value):f}"


def _plain(value: Decimal) -> Decimal:
    """12.50 -> 12.5, and 10 stays 10."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()
