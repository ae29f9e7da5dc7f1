"""Formulas of the sheet Finance: what accounts are billed and pay, and what cost centres cause themselves.

From list price to contract price, what prepaid plans cover, shares of shared costs and what is beside the plan in a
pool stay the engine's: each would be a calculation of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from planner import statement, summary
from planner.core.cost_center import ALL
from planner.estate import CARRIERS
from planner.plan import Plan
from pricing import money
from reports import finance_outline
from reports.finance_outline import BILLS, CHARGES, CONVERTED, FROM_LIST, MONTH_END, Row
from reports.live_calculation import HEADER
from reports.live_cost_by_month import ACCOUNT, COST_CENTER
from reports.live_grid import letters
from reports.live_model import Model


@dataclass(frozen=True)
class Line:
    """A row of the sheet that is a formula."""

    months: tuple[str, ...]
    label: str = ""
    """A formula for what it is called; empty: its name stands."""


LABELS = ("What", "Of whom", "Currency")
TOTAL = len(LABELS)


@dataclass(frozen=True)
class Layout:
    """The sheet: its notes, its header and below it the rows."""

    notes: tuple[str, ...]
    header: int
    rows: tuple[Row, ...]
    placed: tuple[int, ...]
    """(n,) where each row stands, from 0."""
    lines: dict[int, Line]
    """By number of the row: those that are formulas, which are wholly priced."""

    def payable(self, results: str) -> str:
        """A formula for what is payable of all bills, in the currency of the results; empty: there is none."""
        own = [number for number, row in enumerate(self.rows) if row.block == BILLS]
        parts = [number for number in own if self.rows[number].who == ALL] or _in_results(self.rows, own, results)
        if not parts or not all(number in self.lines for number in parts):
            return ""
        return "+".join(f"Finance!${letters(TOTAL)}${self.placed[number] + 1}" for number in parts)


def lay_out(plan: Plan, model: Model, note: str) -> Layout:
    """The sheet of a plan."""
    notes = (note, *(f"Converted at {one}." for one in statement.exchange_notes(plan)))
    header, rows = len(notes) + 2, tuple(finance_outline.rows_by_month(plan))
    placed = tuple(_placed(rows, header + 2))
    first = TOTAL + 1 + len(summary.years(plan))
    return Layout(notes, header, rows, placed, _Finance(plan, model, rows, placed, first).found)


def _placed(rows: Sequence[Row], first: int) -> Iterator[int]:
    """Where each row stands: a heading before each block, and an empty row between blocks."""
    at = first
    for number, row in enumerate(rows):
        if not number or rows[number - 1].block != row.block:
            at += 2 if number else 1
        yield at
        at += 1


def _in_results(rows: Sequence[Row], numbers: Sequence[int], results: str) -> list[int]:
    """Those of the rows of bills that add up to what is payable, in the currency of the results."""
    return [
        number
        for number in numbers
        if rows[number].who != ALL
        and rows[number].currency == results
        and (rows[number].strong or rows[number].what == CONVERTED or rows[number].who == CARRIERS)
    ]


class _Finance:
    """Gathers formulas block by block."""

    def __init__(self, plan: Plan, model: Model, rows: Sequence[Row], placed: Sequence[int], first: int) -> None:
        self.plan, self.model, self.rows, self.placed = plan, model, rows, placed
        count = plan.inventory.period.count
        self.here = [letters(first + m) for m in range(count)]
        self.costs = [letters(model.cost_by_month.first_month + m) for m in range(count)]
        self.found: dict[int, Line] = {}
        for number, row in enumerate(rows):
            if row.block == FROM_LIST and row.strong and model.costs.total is not None:
                self._put(number, (f"Calculation!{c}${model.costs.total.row + 1}" for c in model.calculation.columns))
        for block, build in ((BILLS, self._bill), (CHARGES, self._charge)):
            own = [number for number, row in enumerate(rows) if row.block == block and row.who != ALL]
            for who in dict.fromkeys(rows[number].who for number in own):
                build(who, [number for number in own if rows[number].who == who])
        self._all_bills()

    def _put(self, number: int, months: Iterator[str], label: str = "") -> None:
        amounts = self.rows[number].amounts
        if amounts is not None and amounts.complete:
            self.found[number] = Line(tuple(months), label)

    def _cells(self, number: int) -> list[str]:
        return [f"{column}{self.placed[number] + 1}" for column in self.here]

    def _of_lines(self, column: int, name: str, number: int) -> list[str] | None:
        """What the lines of Cost by month add up to whose cell in a column is a name; None: not to this row."""
        by_month, amounts = self.model.cost_by_month, self.rows[number].amounts
        own = [
            one.series.values
            for one in by_month.lines
            if (one.line.account if column == ACCOUNT else one.line.cost_center).casefold() == name.casefold()
        ]
        if amounts is None or any(isinstance(value, str) for values in own for value in values):
            return None
        sums = [sum(float(values[m]) for values in own) for m in range(len(self.here))]
        factor = self._factor(self.rows[number].currency)
        for m, (whole, amount) in enumerate(zip(sums, amounts.amounts, strict=True)):
            if abs(whole / factor[m] - amount / money.NANO) > 0.001:
                return None
        names = by_month.column(column)
        return [
            f"SUMIFS({by_month.column(by_month.first_month + m)},{names},{_quoted(name)})" for m in range(len(sums))
        ]

    def _factor(self, currency: str) -> list[float]:
        rate = self.model.costs.exchange.get(currency)
        return [float(value) for value in rate.values] if rate else [1.0] * len(self.here)

    def _rate(self, currency: str) -> list[str]:
        """What an amount of a currency is multiplied by to be one of the results; empty: nothing."""
        rate = self.model.costs.exchange.get(currency)
        return [f"Calculation!{c}${rate.row + 1}" if rate else "" for c in self.model.calculation.columns]

    def _bill(self, account: str, numbers: Sequence[int]) -> None:
        """Billed, rounded down to cents, taxes on that, payable, and the same in the currency of the results."""
        billed, *others = numbers
        lines = self._of_lines(ACCOUNT, account, billed)
        if lines is None:
            return
        rates = self._rate(self.rows[billed].currency)
        self._put(billed, (f"{one}/{rate}" if rate else one for one, rate in zip(lines, rates, strict=True)))
        if billed not in self.found or account == CARRIERS:
            return
        taxes = enumerate(self.plan.scenarios[0].finance.tax)
        of_account = (index for index, tax in taxes if not tax.accounts or account in tax.accounts)
        last = billed
        for number in others:
            row = self.rows[number]
            if row.what == MONTH_END:
                self._put(number, (f"ROUNDDOWN(ROUND({one},7),2)-{one}" for one in self._cells(billed)))
            elif row.strong:
                spans = zip(self._cells(billed), self._cells(last), strict=True)
                self._put(number, (f"SUM({first}:{until})" for first, until in spans))
            elif row.what == CONVERTED:
                self._put(number, (f"{one}*{rate}" for one, rate in zip(self._cells(last), rates, strict=True)))
            else:
                self._tax(number, billed, next(of_account))
            last = number

    def _tax(self, number: int, billed: int, tax: int) -> None:
        """A tax on what is settled, in months in which it applies."""
        percent, since, until = self.model.inputs.taxes[tax]
        settled = zip(self._cells(billed), self._cells(billed + 1), strict=True)
        heads = [f"Calculation!{column}${HEADER + 1}" for column in self.model.calculation.columns]
        self._put(
            number,
            (
                f'ROUND(ROUND({a}+{b},2)*{percent}*({head}>=N({since}))*OR({until}="",{head}<{until}),2)'
                for (a, b), head in zip(settled, heads, strict=True)
            ),
            f'{_quoted(f"{self.plan.scenarios[0].finance.tax[tax].title} ")}&ROUND(100*{percent},6)&" %"',
        )

    def _all_bills(self) -> None:
        """What is payable of all bills, in the currency of the results."""
        results = self.plan.inventory.currency
        own = [number for number, row in enumerate(self.rows) if row.block == BILLS]
        whole = next((number for number in own if self.rows[number].who == ALL), None)
        if whole is None:
            return
        parts = _in_results(self.rows, own, results)
        if all(number in self.found for number in parts):
            self._put(whole, ("+".join(cells) for cells in zip(*map(self._cells, parts), strict=True)))

    def _charge(self, center: str, numbers: Sequence[int]) -> None:
        """What a cost centre causes itself, the markup on it and on what it shares, and their sum."""
        by_name = {self.rows[number].what: number for number in numbers}
        if "direct" in by_name:
            lines = self._of_lines(COST_CENTER, center, by_name["direct"])
            if lines is not None:
                self._put(by_name["direct"], iter(lines))
        parts = [by_name[what] for what in ("direct", "shared") if what in by_name]
        if "markup" in by_name and center in self.model.inputs.markups:
            percent = self.model.inputs.markups[center]
            cells = zip(*map(self._cells, parts), strict=True)
            self._put(by_name["markup"], (f"({'+'.join(own)})*{percent}" for own in cells))
        if len(numbers) < 2:  # nothing of it has a price
            return
        first, *_, last = numbers
        spans = zip(self._cells(first), self._cells(last - 1), strict=True)
        self._put(last, (f"SUM({start}:{end})" for start, end in spans))


def _quoted(text: str) -> str:
    """A text inside a formula."""
    return '"' + text.replace('"', '""') + '"'
