"""The sheet of prices of the live workbook: every rate that is used or missing, and every free quota.

A row holds for some months of an item, a place and a tier. Its price is the contract's own, else the list price less
a discount; the list price is that of the book after a change that is expected.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from planner.core.period import Month
from planner.plan import Plan
from pricing import money, pool
from pricing.book import Adjustment, FreeQuota, Rate
from pricing.rating import Rated
from pricing.sku import skus
from reports.live_grid import Grid, Value, serial
from reports.live_input_sheet import Inputs, Watched, decimals

UNPRICED = "unpriced"
HEADS = (
    "Key", "Item", "Place", "Tier", "From GB", "First month", "Last month", "Book price", "Expected change",
    "List price", "Contract price", "Discount", "Rate", "Currency / unit", "Evidence", "Valid from", "Valid until",
    "Source", "Address", "Read on", "Scope, book and notes",
)  # fmt: skip
(
    KEY, _ITEM, _PLACE, _TIER, FROM_GB, FIRST, LAST, BOOK, CHANGE, LIST, CONTRACT, DISCOUNT, RATE, _UNIT, _EVIDENCE,
    _VALID_FROM, _VALID_UNTIL, _SOURCE, _ADDRESS, _READ_ON, _NOTE,
) = range(len(HEADS))  # fmt: skip
FREE_HEADS = (
    "Key", "Item", "Area", "Of", "GB per month", "First month", "Last month", "Evidence", "Valid from", "Valid until",
    "", "", "", "", "", "", "", "Source", "Address", "Read on", "Book and notes",
)  # fmt: skip


@dataclass(frozen=True)
class Tariff:
    """A price of an item in a place, as the calculation looks it up."""

    key: str
    unit: str
    values: tuple[Value, ...]
    """(m,) the engine's rates; "unpriced" where none is known."""
    lower: tuple[float, ...]
    """(m,) GB from which on the tier begins; ENDLESS where there is no such tier."""

    @property
    def tiered(self) -> bool:
        """Whether it is a tier that begins above 0, or one that is not there in every month."""
        return any(self.lower)


ENDLESS = 1e15
"""GB that no tier reaches."""


@dataclass
class Prices:
    """The sheet, and the keys under which rates stand in it."""

    grid: Grid
    tariffs: dict[tuple[int, int, int], Tariff] = field(default_factory=dict)
    """By (number of the rated item, place, column)."""
    free: dict[tuple[str, str, str], str] = field(default_factory=dict)
    """By (item, site's currency, scope): the key of a free quota."""
    free_columns: tuple[str, str, str, str] = ("", "", "", "")
    """Addresses of keys, first months, last months and GB of the free quotas."""
    rates: tuple[int, int] = (0, 0)
    """First and last row of the table of rates."""
    watched: list[Watched] = field(default_factory=list)


def lay_out(plan: Plan, inputs: Inputs) -> Prices:
    """The table of rates, and below it the free quotas."""
    grid = Grid("Prices", next_row=6)
    found = Prices(grid)
    grid.put(0, 0, "Prices", "title")
    grid.put(1, 0, "Blue on yellow: type here. Rate = contract price, else list price less discount.", "note")
    grid.put(2, 0, "unpriced: no rate is known, which is not 0. Type a book price or a contract price for it.", "note")
    grid.put(
        3, 0, "A row holds from its first month through its last one; a discount in green stands in Inputs.", "note"
    )
    _rates(found, plan, inputs)
    _free_quotas(found, plan)
    return found


def _rates(found: Prices, plan: Plan, inputs: Inputs) -> None:
    grid, row = found.grid, found.grid.next_row
    grid.header(row, HEADS, [FROM_GB, FIRST, LAST, *range(BOOK, RATE + 1)])
    first = row + 1
    months = plan.inventory.period.months
    for number, one in enumerate(plan.rated):
        for place, column in _wanted(one):
            rates = [one.prices.rate(one.prices.code, column, place, m) for m in range(len(months))]
            listed = [one.prices.rate(one.prices.list_code, column, place, m) for m in range(len(months))]
            lower = one.prices.lower[column - 1, place].tolist()
            tariff = _tariff(plan, one, place, column, rates, lower)
            found.tariffs[number, place, column] = tariff
            for begin, end in _runs(list(zip(rates, listed, lower, strict=True))):
                if lower[begin] >= pool.ENDLESS:
                    continue
                row += 1
                _rate(found, inputs, row, plan, one, place, column, tariff, rates[begin], listed[begin], lower[begin])
                grid.put(row, FIRST, serial(months[begin].first_day), "cell", "month")
                grid.put(row, LAST, serial(months[end].first_day), "cell", "month")
    last = max(row, first)
    found.rates = (first, last)
    if row < first:
        grid.put(first, KEY, "nothing is billed", "cell")
        for column in (FIRST, LAST, RATE):
            grid.put(first, column, "", "cell")
    for title, column in (
        ("Book prices", BOOK), ("Contract prices", CONTRACT), ("Discounts in Prices", DISCOUNT),
        ("Expected changes in Prices", CHANGE), ("Bounds of tiers", FROM_GB),
    ):  # fmt: skip
        cells = tuple(
            (cell.row + 1, cell.value)
            for cell in grid.cells
            if cell.column == column and first <= cell.row <= last and cell.value is not None
        )
        found.watched.append(Watched(title, grid.span(first, last, column), cells))
    number_rule: dict[str, object] = {
        "validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 10**9,
        "error_title": "Not a price", "error_message": "Type a price of one unit, 0 or more.",
    }  # fmt: skip
    grid.valid.append((first, BOOK, last, BOOK, number_rule))
    grid.valid.append((first, CONTRACT, last, CONTRACT, number_rule))
    grid.valid.append((first, FROM_GB, last, FROM_GB, decimals(0, 10**12)))
    for column in (CHANGE, DISCOUNT):
        grid.valid.append((first, column, last, column, decimals(-10, 1)))
    grid.next_row = last + 3


def _wanted(one: Rated) -> Iterator[tuple[int, int]]:
    """(place, column) of every tier of every place where the item is used."""
    if not len(one.usage.subject):
        return
    used = one.usage.quantity.any(axis=1) | one.usage.unknown.any(axis=1)
    if one.pools is not None:
        used = np.ones_like(used)  # a pool that is not used yet may be with other inputs
    places = np.unique(one.usage.place[used | (one.usage.lane is None)]).tolist()
    for place in places:
        for column in range(1, len(one.prices.code)):
            if (one.prices.lower[column - 1, place] < pool.ENDLESS).any():
                yield place, column


def place_name(plan: Plan, one: Rated, place: int) -> str:
    """A region, a lane, an underlay or a prepaid plan."""
    return one.usage.lanes[place] if one.usage.lane is not None else plan.inventory.regions[place]


def _tariff(
    plan: Plan, one: Rated, place: int, column: int, rates: Sequence[Rate | None], lower: Sequence[int]
) -> Tariff:
    name = one.usage.sku if one.usage.priceable else f"{one.usage.sku} over ECR"
    tier = f" tier {column}" if len(one.prices.code) > 2 else ""
    return Tariff(
        key=f"{name} {place_name(plan, one, place)}{tier} {one.currency}",
        unit=f"{one.currency} / {skus()[one.usage.sku].unit}",
        values=tuple(UNPRICED if rate is None else float(rate.value) for rate in rates),
        lower=tuple(ENDLESS if start >= pool.ENDLESS else start / money.MICRO for start in lower),
    )


def _runs(values: Sequence[object]) -> list[tuple[int, int]]:
    starts = [n for n in range(len(values)) if n == 0 or values[n] != values[n - 1]]
    return list(zip(starts, [n - 1 for n in starts[1:]] + [len(values) - 1], strict=True))


def _rate(
    found: Prices,
    inputs: Inputs,
    row: int,
    plan: Plan,
    one: Rated,
    place: int,
    column: int,
    tariff: Tariff,
    rate: Rate | None,
    listed: Rate | None,
    lower: int,
) -> None:
    """One row: what is typed, and the formulas that make the rate of it."""
    grid, at = found.grid, row + 1
    tiered = len(one.prices.code) > 2
    grid.puts(row, KEY, (tariff.key, one.usage.sku, place_name(plan, one, place)), "cell")
    grid.put(row, _TIER, f"tier {column}" if tiered else "flat", "cell")
    grid.put(row, FROM_GB, lower / money.MICRO, "input" if tiered and lower else "cell", "quantity")
    discount = next((change for change in rate.adjustments if change.kind == "discount"), None) if rate else None
    book, own = listed, rate is not None and rate != listed and discount is None
    base = None if book is None else book.value if book.base is None else book.base
    grid.put(row, BOOK, UNPRICED if base is None else float(base), "input", "rate", "right")
    changes = () if book is None else book.adjustments
    expected = next((change for change in changes if change.kind == "expected change"), None)
    _percent(grid, inputs, row, CHANGE, expected)
    list_value: Value = "unknown" if book is None else float(book.value)
    grid.formula(
        row, LIST, f'IF(ISNUMBER(H{at}),ROUND(H{at}*(1+I{at}),10),"unknown")', list_value, "cell", "rate", "right"
    )
    # A contract's tiers that end leave the rest without a price, whatever the list says.
    contract: Value | None = UNPRICED if rate is None and listed is not None else None
    grid.put(row, CONTRACT, float(rate.value) if own and rate else contract, "input", "rate", "right")
    _percent(grid, inputs, row, DISCOUNT, discount)
    formula = (
        f'IF(ISNUMBER(K{at}),K{at},IF(OR(ISTEXT(K{at}),NOT(ISNUMBER(J{at}))),"{UNPRICED}",ROUND(J{at}*(1-L{at}),10)))'
    )
    grid.formula(row, RATE, formula, UNPRICED if rate is None else float(rate.value), "cell", "rate", "strong", "right")
    shown = rate or listed
    grid.put(row, _UNIT, tariff.unit, "cell", "apart")
    grid.put(row, _EVIDENCE, shown.evidence if rate and shown else "unknown", "cell")
    if shown is None:
        nothing = "no billing rule is known" if not one.usage.priceable else "no price was found"
        grid.puts(row, _VALID_FROM, ("", "", nothing, "", "", ""), "cell")
        return
    _dates(grid, row, _VALID_FROM, shown.effective_from, shown.effective_until)
    grid.put(row, _SOURCE, "; ".join(dict.fromkeys(one.title for one in shown.references)), "cell")
    grid.put(row, _ADDRESS, shown.reference.url or "(no public address)", "cell", "url")
    grid.put(row, _READ_ON, shown.reference.read_on, "cell")
    notes = (shown.scope, shown.book, shown.note)
    grid.put(row, _NOTE, "; ".join(filter(None, notes)), "cell")


def _percent(grid: Grid, inputs: Inputs, row: int, column: int, change: Adjustment | None) -> None:
    if change is None:
        grid.put(row, column, 0, "input", "percent_fine")
        return
    value = change.percent if column == CHANGE else -change.percent
    grid.formula(row, column, inputs.adjustments[change], float(value.scaleb(-2)), "link", "percent_fine")


def _dates(grid: Grid, row: int, column: int, *days: date | None) -> None:
    for offset, (day, otherwise) in enumerate(zip(days, ("undated", ""), strict=True)):
        grid.put(row, column + offset, serial(day) if day else otherwise, "cell", "day")


def _free_quotas(found: Prices, plan: Plan) -> None:
    grid, months = found.grid, plan.inventory.period.months
    rows = list(_free_quotas_of(plan, months))
    if not rows:
        return
    row = grid.next_row
    grid.put(row, 0, "Free quotas", "heading")
    grid.header(row + 1, FREE_HEADS, [4, 5, 6])
    first = at = row + 2
    for sku, currency, quota, begin, end in rows:
        key = f"{sku} {quota.pool} {currency}"
        found.free[sku, currency, quota.pool] = key
        grid.puts(at, 0, (key, sku, quota.pool, "account"), "cell")
        grid.put(at, 4, quota.quantity / money.MICRO, "input", "quantity")
        grid.put(at, 5, serial(months[begin].first_day), "cell", "month")
        grid.put(at, 6, serial(months[end].first_day), "cell", "month")
        grid.put(at, 7, quota.reference.evidence, "cell")
        _dates(grid, at, 8, quota.effective_from, quota.effective_until)
        grid.put(at, _SOURCE, quota.reference.title, "cell")
        grid.put(at, _ADDRESS, quota.reference.url or "(no public address)", "cell", "url")
        grid.put(at, _READ_ON, quota.reference.read_on, "cell")
        grid.put(at, _NOTE, "; ".join(filter(None, (quota.book, quota.note))), "cell")
        at += 1
    keys, starts, ends, volumes = (grid.span(first, at - 1, column) for column in (0, 5, 6, 4))
    found.free_columns = keys, starts, ends, volumes
    grid.valid.append(
        (first, 4, at - 1, 4, {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 10**9})
    )
    cells = tuple((cell.row + 1, cell.value) for cell in grid.cells if cell.column == 4 and first <= cell.row < at)
    found.watched.append(Watched("Free quotas", volumes, tuple((r, v) for r, v in cells if v is not None)))
    grid.next_row = at + 1


def _free_quotas_of(plan: Plan, months: Sequence[Month]) -> Iterator[tuple[str, str, FreeQuota, int, int]]:
    """(item, currency, quota, first and last month) of each free quota that some region has, by its area."""
    seen: set[tuple[str, str, str, int]] = set()
    for one in plan.rated:
        if one.pools is None or not len(one.usage.subject):
            continue
        by_scope: dict[str, list[FreeQuota | None]] = {}
        for region in np.unique(one.pools.region).tolist():
            for month, code in enumerate(one.prices.free_quota[region].tolist()):
                if code >= 0:
                    quota = one.prices.free_quotas[code]
                    by_scope.setdefault(quota.pool, [None] * len(months))[month] = quota
        for history in by_scope.values():
            for begin, end in _runs(history):
                quota_of_run = history[begin]
                if quota_of_run is None or (one.usage.sku, one.currency, quota_of_run.pool, begin) in seen:
                    continue
                seen.add((one.usage.sku, one.currency, quota_of_run.pool, begin))
                yield one.usage.sku, one.currency, quota_of_run, begin, end
