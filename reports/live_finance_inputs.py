"""Inputs of the live workbook that finance gives: exchange rates, discounts and changes, taxes, markups."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planner.finance import exchange_rate
from planner.plan import Plan
from pricing.book import Rate
from reports.live_grid import serial
from reports.live_input_sheet import Inputs, days, decimals, title


def lay_out(found: Inputs, plan: Plan) -> None:
    """Blocks below the other inputs; a block without a row is left out."""
    _exchange(found, plan)
    _adjustments(found, plan)
    _taxes(found, plan)
    _markups(found, plan)


def _exchange(found: Inputs, plan: Plan) -> None:
    grid, period = found.grid, plan.inventory.period
    bases = sorted({one.exchange.base for one in plan.rated if one.exchange is not None})
    if not bases:
        return
    quote = plan.inventory.currency
    row = title(grid, "Exchange rates", "Fixed by finance; never fetched.")
    grid.header(row, ("From", "To", "Rate", "First month", "Last month", "Agreed on", "Source"), [2, 3, 4])
    start = at = row + 1
    for base in bases:
        first = at
        rates = [exchange_rate(plan.scenarios[0].finance, base, quote, month) for month in period.months]
        runs = _runs(rates)
        for begin, end in runs:
            rate = rates[begin]
            assert rate is not None, "the scenario was refused where one is missing"
            grid.puts(at, 0, (base, quote), "cell")
            grid.put(at, 2, float(rate.rate), "input", "rate")
            grid.put(at, 3, serial(period.months[begin].first_day), "cell", "month")
            grid.put(at, 4, serial(period.months[end].first_day), "cell", "month")
            grid.put(at, 5, serial(rate.agreed_on), "cell", "day")
            grid.put(at, 6, rate.source, "cell")
            at += 1
        found.exchange[base] = (grid.span(first, at - 1, 3), grid.span(first, at - 1, 4), grid.span(first, at - 1, 2))
    grid.valid.append((start, 2, at - 1, 2, decimals(0, 10**6)))
    found.watch("Exchange rates", start, at - 1, 2)
    grid.next_row = at + 1


def _runs(values: Sequence[object]) -> list[tuple[int, int]]:
    """(first, last) of each run of equal values."""
    starts = [n for n in range(len(values)) if n == 0 or values[n] != values[n - 1]]
    return list(zip(starts, [n - 1 for n in starts[1:]] + [len(values) - 1], strict=True))


def _adjustments(found: Inputs, plan: Plan) -> None:
    changes = dict.fromkeys(change for rate in _rates(plan) for change in rate.adjustments)
    if not changes:
        return
    grid = found.grid
    row = title(grid, "Discounts and expected changes of list prices", "A discount lowers, an expected change raises.")
    heads = ("Kind", "Scope", "Percent", "From", "Until", "Evidence", "Price book, and source")
    grid.header(row, heads, [2, 3, 4])
    for at, one in enumerate(changes, start=row + 1):
        percent = -one.percent if one.kind == "discount" else one.percent
        grid.puts(at, 0, (one.kind, one.scope), "cell")
        grid.put(at, 2, float(percent.scaleb(-2)), "input", "percent_fine")
        for column, day in ((3, one.effective_from), (4, one.effective_until)):
            grid.put(at, column, serial(day) if day else "always", "cell", "day", "right")
        grid.puts(at, 5, (one.reference.evidence, f"{one.book}: {one.reference.title}"), "cell")
        found.adjustments[one] = grid.at(at, 2)
    last = row + len(changes)
    grid.valid.append((row + 1, 2, last, 2, decimals(-10, 1)))
    found.watch("Discounts and expected changes", row + 1, last, 2)
    grid.next_row = last + 2


def _rates(plan: Plan) -> Iterator[Rate]:
    """Every rate that the plan's items could be priced at, list and contracted."""
    for one in plan.rated:
        if len(one.usage.subject):
            yield from one.prices.rates


def _taxes(found: Inputs, plan: Plan) -> None:
    grid, taxes = found.grid, plan.scenarios[0].finance.tax
    if not taxes:
        return
    row = title(grid, "Taxes", "On what an account settles; of months that start on or after the first day.")
    grid.header(row, ("Tax", "Accounts", "Percent", "From", "Until", "Source"), [2, 3, 4])
    for number, tax in enumerate(taxes):
        at = row + 1 + number
        grid.puts(at, 0, (tax.title, ", ".join(tax.accounts) or "all"), "cell")
        grid.put(at, 2, float(tax.percent.scaleb(-2)), "input", "percent_fine")
        for column, day in ((3, tax.effective_from), (4, tax.effective_until)):
            grid.put(at, column, serial(day) if day else None, "input", "day")
        grid.put(at, 5, tax.source, "cell")
        found.taxes[number] = grid.at(at, 2), grid.at(at, 3), grid.at(at, 4)
    last = row + len(taxes)
    grid.valid.append((row + 1, 2, last, 2, decimals(0, 1)))
    grid.valid.append((row + 1, 3, last, 4, days()))
    for what, column in (("Taxes", 2), ("Taxes, from", 3), ("Taxes, until", 4)):
        found.watch(what, row + 1, last, column)
    grid.next_row = last + 2


def _markups(found: Inputs, plan: Plan) -> None:
    grid, markups = found.grid, plan.scenarios[0].finance.markup_percent
    if not markups:
        return
    row = title(grid, "Markups", "What is added when the cost of a cost centre is charged on.")
    grid.header(row, ("Cost centre", "", "Percent"), [2])
    for at, (center, percent) in enumerate(sorted(markups.items()), start=row + 1):
        grid.puts(at, 0, (center, ""), "cell")
        grid.put(at, 2, float(percent.scaleb(-2)), "input", "percent_fine")
        found.markups[center] = grid.at(at, 2)
    last = row + len(markups)
    grid.valid.append((row + 1, 2, last, 2, decimals(-1, 10)))
    found.watch("Markups", row + 1, last, 2)
    grid.next_row = last + 2
