"""The workbook of prices, filled in -> a price book: every cell is checked, and everything wrong is told at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from planner.core.entry import load
from planner.core.problem import InputError, Location, Problem, quoted, suggestion, visible
from planner.core.provenance import CURRENCY_OF_SITE
from planner.core.source import Plain, Source
from pricing import book_file
from pricing.book_file import QUANTITY_DECIMALS, RATE_DECIMALS, BookFile
from pricing.sku import skus
from reports import discount_sheet, discount_sheet_reading, price_cells
from reports.discount_sheet import DISCOUNTS
from reports.discount_sheet_reading import Discount
from reports.price_cells import NEW_TEMPLATE, At, CellError, CellLocation, Cells, digits
from reports.price_sheet import (
    COLUMNS,
    CURRENCY,
    CURRENCY_ROW,
    DOCUMENT,
    DOCUMENT_ROW,
    FROM,
    HEADER_ROW,
    ITEM,
    KNOWN_RATE,
    LABELS,
    NEW_EVIDENCE,
    NEW_RATE,
    NOTE,
    PRICES,
    READ_ON_ROW,
    SCOPE,
    SITE_ROW,
    TIER_FROM,
    TIER_TO,
    UNIT,
    UNTIL,
)

Path_ = tuple[str | int, ...]


@dataclass(frozen=True)
class Imported:
    """What a workbook says."""

    book: BookFile
    filled: int
    """Rates that were filled in."""
    left: int
    """Rows that were asked for and left empty."""
    doubts: tuple[Problem, ...] = ()
    """What was read as it stands and is probably not meant."""


def read(path: str, title: str | None = None) -> Imported:
    """The price book that a workbook was filled in with: rates, and discounts.

    title  : of the book; by default one that names the file
    raises : InputError with every problem, each with its sheet and cell
    method : rows without a new rate say nothing, whatever else is in them, unless the reader has added them. The
             tiers of an item and scope that have one validity are a schedule, in whatever order they stand
    """
    sheets = price_cells.read(path)
    title = title or f"Prices from {visible(Path(path).name)}"
    return _Reading(sheets[PRICES], sheets.get(DISCOUNTS), title).imported()


class SheetSource(Source):
    """Sheets as the source of a price book: paths lead to cells."""

    def __init__(self, name: str) -> None:
        super().__init__(name, "")
        self.cells: dict[Path_, CellLocation] = {}

    def locate(self, path: Path_, key: bool = False) -> Location:
        """The cell of a path, or that of the nearest value around it."""
        for length in range(len(path), -1, -1):
            if (location := self.cells.get(path[:length])) is not None:
                return location
        return CellLocation(self.name, 1, 1)


@dataclass
class _Row:
    """A row with a new rate, read."""

    number: int
    """From 0."""
    sku: str
    scopes: tuple[str, ...]
    start: Decimal
    end: Decimal | None
    rate: Decimal
    evidence: str
    begins: date | None
    ends: date | None
    source: str
    note: str

    @property
    def validity(self) -> tuple[date | None, date | None]:
        """From and until which day it holds."""
        return self.begins, self.ends


@dataclass
class _Known:
    """A row without a new rate whose rate is known: what a schedule must not lose."""

    number: int
    sku: str
    scopes: frozenset[str]
    start: Decimal
    rate: Any


@dataclass
class _Reading:
    """Reads the sheets; collects every problem."""

    cells: Cells
    """Of the sheet of prices."""
    discounts: Cells | None
    title: str
    references: dict[tuple[str, str], str] = field(default_factory=dict)
    """Name of each document, by title and day."""
    undocumented: list[str] = field(default_factory=list)
    """Rows that name no document, in words."""
    damaged: set[tuple[str, frozenset[str]]] = field(default_factory=set)
    """Items and scopes of which a row cannot be read."""

    def __post_init__(self) -> None:
        self.source = SheetSource(self.cells.name)

    def imported(self) -> Imported:
        expected = {(row, 0): label for row, label in LABELS.items()}
        _check_layout(self.cells, expected, HEADER_ROW, COLUMNS)
        if self.discounts:
            _check_layout(self.discounts, {}, discount_sheet.HEADER_ROW, discount_sheet.COLUMNS)
        if self.cells.problems:
            raise InputError(self.cells.problems)
        site, currency = self._site()
        document, read_on = self._document()
        rows: list[_Row] = []
        known: list[_Known] = []
        filled = left = 0
        for number in sorted({row for row, _ in self.cells.values if row > HEADER_ROW}):
            if self._is_filled(number):
                filled += 1
                if row := self._row(number, currency, document, read_on):
                    rows.append(row)
            elif self.cells.text(number, ITEM):
                left += 1
                known += self._known(number)
        of_sheet = self.discounts or Cells(DISCOUNTS, {})
        discounts = list(discount_sheet_reading.rows(of_sheet))
        self.undocumented += [f"{one.number + 1} of {DISCOUNTS}" for one in discounts if not (one.document or document)]
        granted = len(discount_sheet_reading.filled(of_sheet))
        if not filled and not granted:
            message = (
                f"no new rate is filled in: column {COLUMNS[NEW_RATE]!r} is empty, and so is the sheet {DISCOUNTS}"
            )
            self.cells.wrong((HEADER_ROW, NEW_RATE), message, "fill in at least one, and save the file")
        if self.undocumented:
            numbers = ", ".join(self.undocumented[:10])
            more = " and more" if len(self.undocumented) > 10 else ""
            message = f"no document is named here, and none in row {numbers}{more}"
            remedy = f"name the one the rates are taken from, or fill in column {COLUMNS[DOCUMENT]!r}"
            self.cells.wrong((DOCUMENT_ROW, 1), message, remedy)
        entries = [self._discount(number, one, document, read_on) for number, one in enumerate(discounts)]
        book = self._book(site, currency, self._items(rows, known), entries)
        if self.cells.problems or book is None:
            raise InputError(self.cells.problems)
        return Imported(book, filled, left, tuple(of_sheet.doubts))

    def _site(self) -> tuple[str, str]:
        site, currency = self.cells.text(SITE_ROW, 1), self.cells.text(CURRENCY_ROW, 1)
        if site not in CURRENCY_OF_SITE:
            self.cells.wrong((SITE_ROW, 1), f"Site must be intl or cn, not {quoted(site)}", "write it as it was")
        elif currency != CURRENCY_OF_SITE[site]:
            message = f"Currency must be {CURRENCY_OF_SITE[site]}, that of site {site}, not {quoted(currency)}"
            self.cells.wrong((CURRENCY_ROW, 1), message, f"give the rates in {CURRENCY_OF_SITE[site]}")
        return site, CURRENCY_OF_SITE.get(site, currency)

    def _document(self) -> tuple[str, str]:
        """The document that rows rest on, and the day on which it was read."""
        document, read_on = "", ""
        try:
            document = self.cells.line(DOCUMENT_ROW, 1, "Document")
            day = self.cells.day(READ_ON_ROW, 1, "Read on")
            if day is None:
                message = "Read on is empty"
                self.cells.wrong((READ_ON_ROW, 1), message, "write the day on which you read the document")
            else:
                read_on = day.isoformat()
        except CellError:
            pass
        return document, read_on

    # --- rows

    def _is_filled(self, number: int) -> bool:
        """Whether a row has a new rate, or was added by the reader and must have one."""
        cell = self.cells.get(number, NEW_RATE)
        if cell.formula or (cell.value is not None and str(cell.value).strip()):
            return True
        return bool(self.cells.text(number, ITEM)) and not self.cells.text(number, KNOWN_RATE)

    def _known(self, number: int) -> Iterator[_Known]:
        """What is known of a row that was left as it is."""
        rate = self.cells.get(number, KNOWN_RATE).value
        if isinstance(rate, int | float):
            start = self.cells.get(number, TIER_FROM).value
            scopes = frozenset(self.cells.names(number, SCOPE))
            known = Decimal(digits(start)) if isinstance(start, int | float) else Decimal(0)
            yield _Known(number, self.cells.text(number, ITEM), scopes, known, rate)

    def _row(self, number: int, currency: str, document: str, read_on: str) -> _Row | None:
        """A row with a new rate; None where a cell of it is wrong, after all of them were looked at."""
        before = len(self.cells.problems)
        sku, scopes = self._item(number), self._scopes(number)
        found: dict[str, Any] = {}
        readings: dict[str, Callable[[], Any]] = {
            "rate": lambda: self._rate(number),
            "start": lambda: self.cells.number(number, TIER_FROM, COLUMNS[TIER_FROM], QUANTITY_DECIMALS),
            "end": lambda: self.cells.number(number, TIER_TO, COLUMNS[TIER_TO], QUANTITY_DECIMALS),
            "evidence": lambda: self.cells.evidence(number, NEW_EVIDENCE, COLUMNS[NEW_EVIDENCE]),
            "begins": lambda: self.cells.day(number, FROM, COLUMNS[FROM]),
            "ends": lambda: self.cells.day(number, UNTIL, COLUMNS[UNTIL]),
            "source": lambda: self.cells.line(number, DOCUMENT, COLUMNS[DOCUMENT]),
            "note": lambda: self.cells.line(number, NOTE, COLUMNS[NOTE]),
        }
        for key, reading in readings.items():
            try:
                found[key] = reading()
            except CellError:
                continue
        self._check_common(number, sku, currency)
        if sku and skus()[sku].model == "flat":
            for key, column in (("start", TIER_FROM), ("end", TIER_TO)):
                if found.get(key):
                    message = f"{quoted(sku)} is a flat item: it has no tiers"
                    self.cells.wrong((number, column), message, "clear the cell, and give one rate")
        title = found.get("source") or document
        if "source" in found and not title:
            self.undocumented.append(str(number + 1))
        if len(self.cells.problems) > before:
            self.damaged.add((sku, frozenset(scopes)))
            return None
        source = self._reference(title or "none", read_on or "never")  # what is missing was noted
        start = found.pop("start") or Decimal(0)
        return _Row(**{**found, "source": source}, number=number, sku=sku, scopes=scopes, start=start)

    def _rate(self, number: int) -> Decimal:
        rate = self.cells.number(number, NEW_RATE, COLUMNS[NEW_RATE], RATE_DECIMALS)
        if rate is None:
            message = f"{COLUMNS[NEW_RATE]} is empty in a row that was added"
            self.cells.wrong((number, NEW_RATE), message, "write the rate, or clear the row")
            raise CellError
        return rate

    def _item(self, number: int) -> str:
        """The item of a row; an empty text where it does not exist."""
        name = self.cells.text(number, ITEM)
        if name in skus():
            if base := skus()[name].priced_as:
                self.cells.wrong((number, ITEM), f"{quoted(name)} has the prices of {base!r}", f"write {base}")
            elif skus()[name].priced_by == "plan":
                message = f"{quoted(name)} has no price list: each plan says what it costs"
                self.cells.wrong((number, ITEM), message, "write it into the plan, and clear this row")
            else:
                return name
        elif name:
            self.cells.wrong((number, ITEM), f"unknown item {quoted(name)}", suggestion(name, skus(), "items"))
        else:
            self.cells.wrong((number, ITEM), "Item is empty beside a new rate", f"write one of: {', '.join(skus())}")
        return ""

    def _scopes(self, number: int) -> tuple[str, ...]:
        names = self.cells.names(number, SCOPE)
        if not names:
            message = f"{COLUMNS[SCOPE]} is empty beside a new rate"
            self.cells.wrong((number, SCOPE), message, "write a region id, an area, overseas, all or a lane")
        return names

    def _check_common(self, number: int, sku: str, currency: str) -> None:
        """Unit and currency, where the row has them, are those that rates are in."""
        unit, own = self.cells.text(number, UNIT), self.cells.text(number, CURRENCY)
        if sku and unit and unit != skus()[sku].unit:
            message = f"Unit must be {skus()[sku].unit}, not {quoted(unit)}"
            self.cells.wrong((number, UNIT), message, f"give the rate per {skus()[sku].unit}")
        if own and own != currency:
            message = f"Currency must be {currency}, that of the sheet, not {quoted(own)}"
            self.cells.wrong((number, CURRENCY), message, f"give the rate in {currency}")

    def _reference(self, title: str, read_on: str) -> str:
        """The short name of a document in the references of the book."""
        known = self.references.get((title, read_on))
        if known is None:
            stem = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:40].strip("-") or "document"
            taken = set(self.references.values())
            names = (stem if n == 1 else f"{stem}-{n}" for n in range(1, len(taken) + 2))
            known = next(name for name in names if name not in taken)
            self.references[title, read_on] = known
        return known

    # --- the book

    def _items(self, rows: list[_Row], known: list[_Known]) -> dict[str, dict[str, list[Any]]]:
        """The items of the book, from the rows that can be read."""
        items: dict[str, dict[str, list[Any]]] = {}
        for sku in skus():
            for schedule in self._schedules(sku, rows, known):
                entries = items.setdefault(sku, {"rates": []})["rates"]
                entries.append(self._entry(("items", sku, "rates", len(entries)), schedule))
        return items

    def _discount(self, index: int, row: Discount, document: str, read_on: str) -> dict[str, Any]:
        """A discount of the book, and the cells of its values."""
        assert self.discounts is not None
        for key, column in discount_sheet_reading.KEYS.items():
            self.source.cells["discounts", index, key] = self.discounts.location((row.number, column))
        self.source.cells["discounts", index] = self.discounts.location((row.number, discount_sheet.ITEMS))
        source = self._reference(row.document or document or "none", read_on or "never")  # what is missing was noted
        return {**row.entry, "source": Plain(source)}

    def _book(
        self, site: str, currency: str, items: dict[str, dict[str, list[Any]]], discounts: list[dict[str, Any]]
    ) -> BookFile | None:
        """The book of what can be read, with what only the whole of it can show to be wrong."""
        if not (items or discounts) or site not in CURRENCY_OF_SITE:
            return None
        self.source.value = {
            "version": Plain("1"),
            "title": Plain(self.title),
            "site": Plain(site),
            "currency": Plain(currency),
            "references": {
                name: {"title": Plain(title), "read_on": Plain(read_on), **_address(title)}
                for (title, read_on), name in sorted(self.references.items(), key=lambda one: one[1])
            },
            "items": items,
            "discounts": discounts,
        }
        self.source.cells[()] = self.cells.location((HEADER_ROW, NEW_RATE))
        try:
            book = load(BookFile, self.source)
        except InputError as error:
            self.cells.problems += error.problems
            return None
        self.cells.problems += book_file.problems(book, self.source)
        return book

    def _schedules(self, sku: str, rows: list[_Row], known: list[_Known]) -> Iterator[list[_Row]]:
        """The schedules of an item, each with its tiers in order; by scope and day."""
        groups: dict[frozenset[str], list[_Row]] = {}
        for row in rows:
            if row.sku == sku and (sku, frozenset(row.scopes)) not in self.damaged:
                groups.setdefault(frozenset(row.scopes), []).append(row)
        found = []
        for scopes, group in groups.items():
            if skus()[sku].model == "flat":
                found += [[row] for row in group]
                continue
            kept = [one for one in known if one.sku == sku and one.scopes == scopes]
            found += [tiers for tiers in self._joined(group) if not self._loses(tiers, kept)]
        yield from sorted(found, key=lambda tiers: (tiers[0].scopes, tiers[0].begins or date.min, tiers[0].number))

    def _joined(self, group: list[_Row]) -> Iterator[list[_Row]]:
        """Tiers of one validity together; a tier without days belongs to the only schedule there is."""
        firsts = [row for row in group if row.start == 0]
        schedules = {row.number: [row] for row in firsts}
        if not firsts:
            yield sorted(group, key=lambda row: row.start)  # which does not start at 0, and is told so
            return
        for row in (row for row in group if row.start != 0):
            undated = row.validity == (None, None)
            own = firsts if undated and len(firsts) == 1 else [one for one in firsts if one.validity == row.validity]
            if own:
                schedules[own[0].number].append(row)
            else:
                message = "no first tier, from 0, is valid for the same time as this tier"
                self.cells.wrong((row.number, FROM), message, "give all tiers of a schedule the same days")
        for tiers in schedules.values():
            yield sorted(tiers, key=lambda row: (row.start, row.number))

    def _loses(self, tiers: list[_Row], known: list[_Known]) -> bool:
        """Whether a schedule would make a known rate unknown; that is told."""
        lost = [one for one in known if not any(_covers(tier, one.start) for tier in tiers)]
        for one in lost:
            message = f"{COLUMNS[NEW_RATE]} is empty where other tiers of the same schedule are filled in"
            remedy = f"write {digits(one.rate)} if the known rate stays: a schedule is replaced as a whole"
            self.cells.wrong((one.number, NEW_RATE), message, remedy)
        return bool(lost)

    def _entry(self, path: Path_, tiers: list[_Row]) -> dict[str, Any]:
        """An entry of the book, and the cells of its values."""
        first = tiers[0]
        cells = self.source.cells

        def place(row: _Row, columns: dict[str, int], *inside: str | int) -> None:
            cells[(*path, *inside)] = self.cells.location((row.number, NEW_RATE))
            for key, column in columns.items():
                cells[(*path, *inside, key)] = self.cells.location((row.number, column))

        sourced = {"evidence": NEW_EVIDENCE, "source": DOCUMENT, "note": NOTE}
        place(first, {**sourced, "scope": SCOPE, "effective_from": FROM, "effective_until": UNTIL, "rate": NEW_RATE})
        scopes = [Plain(name) for name in first.scopes]
        entry: dict[str, Any] = {"scope": scopes if len(scopes) > 1 else scopes[0]}
        if skus()[first.sku].model == "flat":
            entry["rate"] = _plain(first.rate)
        else:
            entry["tiers"] = []
            for number, tier in enumerate(tiers):
                place(tier, {**sourced, "from": TIER_FROM, "to": TIER_TO, "rate": NEW_RATE}, "tiers", number)
                entry["tiers"].append(_tier(tier, first))
        days = {"effective_from": first.begins, "effective_until": first.ends}
        entry |= {key: Plain(day.isoformat()) for key, day in days.items() if day}
        entry |= {"evidence": Plain(first.evidence), "source": Plain(first.source)}
        return {**entry, "note": Plain(first.note)} if first.note else entry


def _tier(tier: _Row, first: _Row) -> dict[str, Any]:
    """A tier of an entry, with what it has otherwise than the first."""
    found = {"from": _plain(tier.start), "rate": _plain(tier.rate)}
    if tier.end is not None:
        found["to"] = _plain(tier.end)
    for key in ("evidence", "source", "note"):
        own = getattr(tier, key)
        if own and own != getattr(first, key):
            found[key] = Plain(own)
    return found


def _covers(tier: _Row, start: Decimal) -> bool:
    return tier.start <= start and (tier.end is None or start < tier.end)


def _check_layout(cells: Cells, expected: dict[At, str], header_row: int, columns: tuple[str, ...]) -> None:
    """The head and the columns are those of the template."""
    for at, label in {**expected, **{(header_row, column): label for column, label in enumerate(columns)}}.items():
        value = cells.get(*at).value
        if value != label:
            said = "empty" if value is None else quoted(str(value))
            cells.wrong(at, f"must be {label!r}, not {said}", f"do not move or rename it, or {NEW_TEMPLATE}")
    for row, column in cells.values:
        if row == header_row and column >= len(columns):
            cells.wrong((row, column), f"unknown column {quoted(cells.text(row, column))}", "take it out")


def _address(title: str) -> dict[str, Any]:
    """A document that is named by its address has one."""
    return {"url": Plain(title)} if re.fullmatch(r"https?://\S+", title) else {}


def _plain(number: Decimal) -> Plain:
    return Plain(f"{number:f}")
