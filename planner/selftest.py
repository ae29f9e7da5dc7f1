"""Worked examples whose results are known, calculated by the engine that is installed.

A file in ``selftests/`` is one example: plans, and the amounts that a page, or somebody by hand, gets for them.
What a neighbouring product costs stands in its example as a price book of its own, never among the shipped ones.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from planner import scenario
from planner.core.entry import BY_SHAPE, Count, Entry, Month, Name, NonNegative, Text, load
from planner.core.problem import Location
from planner.core.source import Source, read_yaml
from planner.plan import Plan, make_plan
from planner.plan_file import PlanFile
from pricing import book, money
from pricing.book_file import BookFile
from pricing.line_item import UNKNOWN
from pricing.usage import Bools, Ints

_FOLDER = Path(__file__).parent / "selftests"


class Figure(Entry):
    """A cost, or a quantity, of the line items of a plan that have these values, added up."""

    what: Text
    """What it is, in a few words."""
    expected: NonNegative
    """The exact figure, in the currency of the plan or in `unit`."""
    arithmetic: Text
    """How it comes about, with numbers; a test calculates it."""
    unit: Text | None = None
    """Given: the figure is a quantity in this unit. Not given: a cost."""
    side: Literal["billed", "covered", "saving"] = "billed"
    """billed; what prepaid plans cover, at contracted price; or what that saves after the price of the plans."""
    sku: Annotated[Name | tuple[Name, ...], BY_SHAPE] | None = None
    """Billable item, or several. Not given, here and below: any."""
    subject: Name | None = None
    """Attachment group or underlay."""
    region: Name | None = None
    """Region of the line."""
    month: Month | None = None
    """Month of the line."""
    tier: Count | None = None
    """Tier of the line; 0 is the free quota."""


class Case(Entry):
    """A plan, and figures of its result."""

    plan: PlanFile
    """The plan, with its estate inline."""
    book: BookFile | None = None
    """Prices of a neighbouring product, for the items that stand in for it."""
    figures: Annotated[tuple[Figure, ...], Field(min_length=1)]
    """What is known of the result."""


class Origin(Entry):
    """Where an example was read."""

    name: Text
    """A short name for the column of a table."""
    title: Text
    """What the page or document is called."""
    url: Text | None = None
    """Its address."""
    read_on: Text
    """Day or month on which it was read, such as 2026-11."""


class Example(Entry):
    """A worked example."""

    title: Text
    """What it is about."""
    evidence: Literal["official", "secondary", "by-hand"]
    """Alibaba Cloud's own page, a third party's page, or a calculation by hand."""
    source: Origin
    """Where it was read."""
    notes: tuple[Text, ...] = ()
    """What a reader must know, such as a slip on the page."""
    cases: Annotated[tuple[Case, ...], Field(min_length=1)]
    """Its plans."""


@dataclass(frozen=True)
class Outcome:
    """A figure, and what the engine gets for it."""

    figure: Figure
    currency: str
    got: Decimal | None
    """None: no line has these values, or one of them has no price or no quantity."""

    @property
    def agrees(self) -> bool:
        """Whether it is exactly what is expected."""
        return self.got == self.figure.expected


@dataclass(frozen=True)
class Result:
    """An example, calculated."""

    id: str
    """Name of its file: e1-vbr-outbound."""
    example: Example
    outcomes: tuple[Outcome, ...]

    @property
    def label(self) -> str:
        """Its number: E1."""
        return self.id.partition("-")[0].upper()


class _Part(Source):
    """A value inside another source, read as if it were a file; its places are those in the whole."""

    def __init__(self, whole: Source, *path: str | int) -> None:
        value = whole.value
        for step in path:
            value = value[step]
        super().__init__(whole.name, whole.text, value)
        self.whole, self.path = whole, path

    def locate(self, path: tuple[str | int, ...], key: bool = False) -> Location:
        return self.whole.locate((*self.path, *path), key)


def run() -> tuple[Result, ...]:
    """Every example, calculated; in the order of their numbers.

    raises : InputError when one of the shipped files is damaged
    """
    return tuple(map(_result, _files()))


def _files() -> list[Path]:
    return sorted(_FOLDER.glob("*.yaml"), key=lambda path: (len(path.stem.partition("-")[0]), path.stem))


def _result(path: Path) -> Result:
    source = read_yaml(path)
    example = load(Example, source)
    outcomes: list[Outcome] = []
    for number, case in enumerate(example.cases):
        plan = _calculated(case, source, number)
        for figure in case.figures:
            got = _quantity(plan, figure) if figure.unit else _cost(plan, figure)
            outcomes.append(Outcome(figure, plan.inventory.currency, got))
    return Result(path.stem, example, tuple(outcomes))


def _calculated(case: Case, source: Source, number: int) -> Plan:
    """The plan of a case, the way the commands calculate one."""
    read = scenario.resolve(case.plan, _Part(source, "cases", number, "plan"))
    if case.book:
        read = dataclasses.replace(read, price_books=(_Part(source, "cases", number, "book"),))
    return make_plan([read], book.load_price_lists(read.sites, read.price_books))


def _cost(plan: Plan, figure: Figure) -> Decimal | None:
    lines, rows = plan.lines, _rows(plan, figure)
    known = rows.any() and lines.priced[rows].all()
    billed, covered = money.total(lines.amount[rows]), money.total(lines.contracted[rows & lines.covered])
    amount = {"billed": billed, "covered": covered, "saving": covered - billed}[figure.side]
    return money.decimal(amount, 9) if known else None


def _quantity(plan: Plan, figure: Figure) -> Decimal | None:
    lines, rows = plan.lines, _rows(plan, figure)
    known = rows.any() and (lines.quantity[rows] != UNKNOWN).all()
    return money.decimal(money.total(lines.quantity[rows]), 6) if known else None


def _rows(plan: Plan, figure: Figure) -> Bools:
    """(i,) which line items have the values of a figure."""
    lines, tables = plan.lines, plan.inventory
    rows = np.ones(len(lines.month), dtype=bool)
    for names, codes, wanted in (
        (lines.skus, lines.sku, figure.sku),
        (tables.subjects, lines.subject, figure.subject),
        (tables.regions, lines.region, figure.region),
        (tables.period.months, lines.month, figure.month),
    ):
        if wanted is not None:
            rows &= _among(names, codes, wanted)
    return rows if figure.tier is None else rows & (lines.tier == figure.tier)


def _among(names: Sequence[object], codes: Ints, wanted: object) -> Bools:
    """(i,) whether the name of each code is the one that is wanted, or one of several."""
    several = wanted if type(wanted) is tuple else (wanted,)
    return np.array([name in several for name in names], dtype=bool)[codes]
