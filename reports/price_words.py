"""How price reports put sites, scopes, tiers, days and sources into words."""

from __future__ import annotations

from datetime import date

from planner.core.provenance import CURRENCY_OF_SITE, Reference
from pricing import money

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
