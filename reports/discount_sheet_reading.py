"""The sheet of discounts, filled in -> entries of a price book, each value with its cell."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from planner.core.region import EVERYWHERE
from planner.core.source import Plain
from pricing.book_file import PERCENT_DECIMALS
from reports.discount_sheet import COLUMNS, DOCUMENT, EVIDENCE, FROM, HEADER_ROW, ITEMS, NOTE, PERCENT, SCOPE, UNTIL
from reports.price_cells import CellError, Cells

_TYPED = (ITEMS, SCOPE, PERCENT, FROM, UNTIL, DOCUMENT, NOTE)
"""Columns that are empty in the template."""
KEYS = {
    "items": ITEMS,
    "scope": SCOPE,
    "discount_percent": PERCENT,
    "effective_from": FROM,
    "effective_until": UNTIL,
    "evidence": EVIDENCE,
    "source": DOCUMENT,
    "note": NOTE,
}
"""The column of each key of an entry."""


@dataclass(frozen=True)
class Discount:
    """A row that was filled in."""

    number: int
    """From 0."""
    entry: dict[str, Any]
    """As the file of a price book has it, without its source."""
    document: str
    """The document that the row names; empty: none."""


def filled(cells: Cells) -> list[int]:
    """Rows in which something was written."""
    rows = sorted({row for row, _ in cells.values if row > HEADER_ROW})
    return [row for row in rows if any(cells.text(row, column) for column in _TYPED)]


def rows(cells: Cells) -> Iterator[Discount]:
    """The discounts that can be read; what is wrong in the others is noted, every cell of them."""
    for number in filled(cells):
        before = len(cells.problems)
        found = _row(cells, number)
        if len(cells.problems) == before:
            yield Discount(number, _entry(found), found["document"])


def _row(cells: Cells, number: int) -> dict[str, Any]:
    """What the cells of a row hold, without those that cannot be read."""
    readings: dict[str, Callable[[], Any]] = {
        "items": lambda: cells.names(number, ITEMS),
        "scopes": lambda: cells.names(number, SCOPE) or (EVERYWHERE,),
        "percent": lambda: cells.percent(number, PERCENT, COLUMNS[PERCENT], PERCENT_DECIMALS),
        "begins": lambda: cells.day(number, FROM, COLUMNS[FROM]),
        "ends": lambda: cells.day(number, UNTIL, COLUMNS[UNTIL]),
        "evidence": lambda: cells.evidence(number, EVIDENCE, COLUMNS[EVIDENCE]),
        "document": lambda: cells.line(number, DOCUMENT, COLUMNS[DOCUMENT]),
        "note": lambda: cells.line(number, NOTE, COLUMNS[NOTE]),
    }
    found: dict[str, Any] = {}
    for key, reading in readings.items():
        try:
            found[key] = reading()
        except CellError:
            continue
    if not found["items"]:
        cells.wrong((number, ITEMS), f"{COLUMNS[ITEMS]} is empty beside a discount", "write all, or some items")
    if found.get("percent", 0) is None:
        message = f"{COLUMNS[PERCENT]} is empty beside a discount"
        cells.wrong((number, PERCENT), message, "write the discount, such as 12, or clear the row")
    return found


def _entry(found: dict[str, Any]) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "items": _one_or_more(found["items"]),
        "scope": _one_or_more(found["scopes"]),
        "discount_percent": Plain(f"{found['percent']:f}"),
    }
    days = {"effective_from": found["begins"], "effective_until": found["ends"]}
    entry |= {key: Plain(day.isoformat()) for key, day in days.items() if day}
    entry["evidence"] = Plain(found["evidence"])
    return {**entry, "note": Plain(found["note"])} if found["note"] else entry


def _one_or_more(names: tuple[str, ...]) -> Any:
    plain = [Plain(name) for name in names]
    return plain if len(plain) > 1 else plain[0]
