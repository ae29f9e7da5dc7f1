"""What each account is asked to pay month by month: the bill's month-end rounding, then tax.

source : since 2024-04-01 bills are rounded once a month, down, on the total; they show amounts before tax
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from planner.core.provenance import in_force
from planner.finance import Finance
from planner.plan import Plan
from pricing import cost, exchange

CENT = 10**7
"""Nano-units of the smallest amount that is paid."""


@dataclass(frozen=True)
class TaxLine:
    """A tax on what an account settles."""

    title: str
    percent: Decimal
    source: str
    amounts: tuple[int, ...]
    """(m,) nano-units, whole cents; 0 in months in which it does not apply."""


@dataclass(frozen=True)
class Settlement:
    """The monthly bills of an account in one currency; m months, nano-units of that currency."""

    account: str
    currency: str
    billed: tuple[int, ...]
    """(m,) exact, before rounding: the priced part."""
    unpriced: tuple[bool, ...]
    """(m,) where something on the bill has no price."""
    rounding: tuple[int, ...]
    """(m,) what rounding down to whole cents takes away; 0 or negative."""
    taxes: tuple[TaxLine, ...]
    reported: tuple[int, ...]
    """(m,) what is payable, in the currency of the results."""

    @property
    def settled(self) -> tuple[int, ...]:
        """(m,) the bill before tax, in whole cents."""
        return tuple(map(sum, zip(self.billed, self.rounding, strict=True)))

    @property
    def payable(self) -> tuple[int, ...]:
        """(m,) the bill with tax."""
        return tuple(map(sum, zip(self.settled, *(tax.amounts for tax in self.taxes), strict=True)))


def settle(plan: Plan) -> tuple[Settlement, ...]:
    """The bills of every account that pays for something in this plan, by account and currency."""
    scenario, tables = plan.scenarios[0], plan.inventory
    found = []
    for bill in cost.bills(plan.rated):
        account = tables.accounts[bill.account]
        billed = tuple(bill.amount.tolist())
        settled = tuple(amount // CENT * CENT for amount in billed)
        taxes = tuple(_taxes(scenario.finance, account, settled, plan))
        payable = [sum(parts) for parts in zip(settled, *(tax.amounts for tax in taxes), strict=True)]
        found.append(
            Settlement(
                account=account,
                currency=bill.currency,
                billed=billed,
                unpriced=tuple(bill.unpriced.tolist()),
                rounding=tuple(after - before for before, after in zip(billed, settled, strict=True)),
                taxes=taxes,
                reported=exchange.convert_exactly(bill.exchange, payable),
            )
        )
    return tuple(sorted(found, key=lambda one: (one.account, one.currency)))


def shown(plan: Plan) -> bool:
    """Whether reports show settlements: where finance asks for them, or there are taxes."""
    finance = plan.scenarios[0].finance
    return finance.settlement or bool(finance.tax)


def _taxes(finance: Finance, account: str, settled: tuple[int, ...], plan: Plan) -> Iterator[TaxLine]:
    for tax in finance.tax:
        if tax.accounts and account not in tax.accounts:
            continue
        applies = [in_force([tax], month.first_day) is tax for month in plan.inventory.period.months]
        on_month = zip(settled, applies, strict=True)
        amounts = tuple(percent_of(amount, tax.percent, CENT) if on else 0 for amount, on in on_month)
        yield TaxLine(tax.title, tax.percent, tax.source, amounts)


def percent_of(amount: int, percent: Decimal, unit: int = 1) -> int:
    """So many percent of an amount >= 0 or < 0, rounded half up to whole units (of nano-units)."""
    numerator, denominator = percent.as_integer_ratio()
    exact, whole = amount * numerator, 100 * denominator * unit
    return (2 * exact + whole) // (2 * whole) * unit
