"""Words, numbers and tables that the pages of amounts share: every decimal that a number has, and no more."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from os.path import basename

from planner.core.period import instant_text
from planner.core.problem import Location
from planner.explanation import Explanation
from pricing import money
from pricing.price_table import FREE
from reports.page import Table

UNPRICED = "UNPRICED"
_NUMBER = re.compile(r"-?[0-9,]+(\.[0-9]+)?")


def tier_name(tier: int | None) -> str:
    """What a tier is called; empty where there is none."""
    return "" if tier is None else "free quota" if tier == FREE else f"tier {tier}"


def instant(at: int) -> str:
    """An instant, as people write it: the day alone when it is the start of one."""
    return instant_text(at).replace("T", " ")


def rounded(exact: Fraction) -> str:
    """Says so where a quantity is no whole number of micro-units."""
    return "" if exact.denominator == 1 else ", rounded half up to 6 decimals"


def where(location: Location) -> str:
    """File and line, without the folder."""
    return f"{basename(location.file)}:{location.line}"


def these_plans(one: Explanation) -> str:
    """The plans that were calculated, of which one is usually the only one."""
    return "this plan" if len(one.plans) == 1 else "these plans"


def groups(count: int) -> str:
    """2 groups."""
    return f"{count} {'group' if count == 1 else 'groups'}"


def money_text(nano: int, currency: str = "") -> str:
    """An amount with every decimal that it has, two at least."""
    return f"{currency} {_separated(money.decimal(nano, 9), 2)}".lstrip()


def units(micro: int) -> str:
    """A quantity with every decimal that it has."""
    return _separated(money.decimal(micro, 6), 0)


def _separated(value: Decimal, least: int) -> str:
    """With every decimal that it has, so many at least, and thousands separated."""
    return f"{value:,.{max(least, _decimals(plain(value)))}f}"


def plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def decimal(value: Fraction) -> str:
    """A fraction that is a finite decimal, as growth is."""
    return plain(Decimal(value.numerator) / Decimal(value.denominator))


def table(header: Sequence[str], rows: Sequence[Sequence[str]], align: str) -> Table:
    """A table whose numbers stand with their points one below the other, without columns that say nothing."""
    columns = [
        _alike(column) if side == ">" else column for column, side in zip(zip(*rows, strict=True), align, strict=True)
    ]
    kept = [n for n, column in enumerate(columns) if any(column)]
    return Table(
        [header[n] for n in kept],
        list(zip(*(columns[n] for n in kept), strict=True)),
        "".join(align[n] for n in kept),
    )


def _alike(cells: Sequence[str]) -> Sequence[str]:
    """Numbers with as many decimals as the one that has most; words as they are."""
    decimals = max(_decimals(cell) for cell in cells)
    return [f"{Decimal(cell.replace(',', '')):,.{decimals}f}" if _NUMBER.fullmatch(cell) else cell for cell in cells]


def _decimals(cell: str) -> int:
    return len(cell.partition(".")[2]) if _NUMBER.fullmatch(cell) else 0
