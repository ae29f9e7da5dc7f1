"""What other prices make of a plan: its cost with the old ones and with the new ones, never across what is unknown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from planner import summary
from planner.plan import Plan
from planner.summary import CostRow, Sum
from pricing.sku import skus


@dataclass(frozen=True)
class Side:
    """What something costs with one of two sets of prices."""

    amount: int
    """Nano-units: the priced part."""
    complete: bool
    """Whether everything has a price, so that the amount is the cost."""


@dataclass(frozen=True)
class Pair:
    """What something costs with the old prices and with the new ones."""

    key: str
    old: Side
    new: Side

    @property
    def difference(self) -> int | None:
        """Nano-units; None where either side has something unpriced: a difference would count it as 0."""
        return self.new.amount - self.old.amount if self.old.complete and self.new.complete else None


@dataclass(frozen=True)
class Effect:
    """What other prices do to a plan."""

    total: Pair
    by_month: tuple[Pair, ...]
    by_item: tuple[Pair, ...]
    """By SKU."""
    priced_by_both: Pair
    """Of every month, item and subject that both price wholly: always comparable."""
    priced_by_new: Pair | None
    """What only the new prices price wholly."""
    priced_by_old: Pair | None
    """What only the old prices price wholly."""
    priced_by_neither: Pair | None


@dataclass(frozen=True)
class _Cell:
    """The cost of a subject and item in a month, on both sides."""

    month: int
    sku: str
    old: Side
    new: Side


def effect(old: Plan, new: Plan) -> Effect:
    """Compare one plan that was priced twice; the usage is the same, so that rows and months are.

    raises : ValueError for plans whose usage differs
    """
    before, after = _by_key(summary.cost_rows(old)), _by_key(summary.cost_rows(new))
    if before.keys() != after.keys():
        raise ValueError("the two plans do not have the same usage")
    cells = [cell for key, row in before.items() for cell in _cells(key[_SKU], row, after[key])]
    months = old.inventory.period.months
    by_month: dict[int, list[_Cell]] = {column: [] for column in range(len(months))}
    by_item: dict[str, list[_Cell]] = {}
    by_state: dict[tuple[bool, bool], list[_Cell]] = {(True, True): []}
    for cell in cells:
        by_month[cell.month].append(cell)
        by_item.setdefault(cell.sku, []).append(cell)
        by_state.setdefault((cell.old.complete, cell.new.complete), []).append(cell)

    def part(key: str, state: tuple[bool, bool]) -> Pair | None:
        return _add(key, by_state[state]) if state in by_state else None

    return Effect(
        total=_add("total", cells),
        by_month=tuple(_add(str(months[column]), own) for column, own in by_month.items()),
        by_item=tuple(_add(sku, by_item[sku]) for sku in skus() if sku in by_item),
        priced_by_both=_add("priced by both", by_state[True, True]),
        priced_by_new=part("priced by new only", (False, True)),
        priced_by_old=part("priced by old only", (True, False)),
        priced_by_neither=part("priced by neither", (False, False)),
    )


_SKU = 4


def _by_key(rows: Iterable[CostRow]) -> dict[tuple[str, ...], Sum]:
    """Rows by what they are about; several about the same are added up."""
    names = ("scenario", "router", "region", "subject", "sku", "account")
    return {row.key: row for row in summary.by(rows, *names)}


def _cells(sku: str, old: Sum, new: Sum) -> Iterator[_Cell]:
    sides = zip(old.amounts, old.unpriced, new.amounts, new.unpriced, strict=True)
    for month, (before, not_before, after, not_after) in enumerate(sides):
        if before or not_before or after or not_after:
            yield _Cell(month, sku, Side(before, not not_before), Side(after, not not_after))


def _add(key: str, cells: Sequence[_Cell]) -> Pair:
    return Pair(key, _side([cell.old for cell in cells]), _side([cell.new for cell in cells]))


def _side(sides: Sequence[Side]) -> Side:
    return Side(sum(side.amount for side in sides), all(side.complete for side in sides))
