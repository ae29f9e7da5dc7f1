"""Schema of what finance states: fiscal year, exchange rates, tax, chargeback. Shared by plans, like an estate."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from planner.core.cost_center import CostCenter
from planner.core.entry import BY_SHAPE, Day, Entry, Flag, Name, Positive, Real, Text, Version, Whole, must
from planner.core.period import Month
from planner.core.problem import Place, Problem, suggestion
from planner.core.source import Source
from planner.estate import Estate

_CURRENCY = re.compile("[A-Z]{3}")
SHARES_ADD_UP_TO = 100


def _currency(text: str) -> str:
    if not _CURRENCY.fullmatch(text):
        raise must("be a currency of three capital letters", text, "write USD, CNY, EUR or the like")
    return text


Currency = Annotated[Text, AfterValidator(_currency), Field(json_schema_extra={"pattern": f"^{_CURRENCY.pattern}$"})]
"""A currency by its three letters of ISO 4217."""
TaxPercent = Annotated[Decimal, Real(minimum=0, maximum=100, decimals=6)]
MarkupPercent = Annotated[Decimal, Real(minimum=-100, maximum=1000, decimals=6)]
SharePercent = Annotated[Decimal, Real(minimum=0, maximum=100, decimals=6)]
Rule = Annotated[Literal["by-gb", "by-connection-hours", "equal"] | dict[CostCenter, SharePercent], BY_SHAPE]
"""How a shared cost is laid over those who share it; a mapping gives cost centres fixed shares in percent."""


class FiscalYear(Entry):
    """When the fiscal year begins, and what it is called."""

    first_month: Annotated[int, Whole(1, 12)] = 1
    """Its first calendar month, 1 to 12."""
    named_after: Literal["start", "end"] = "end"
    """Whether FY2027 is the fiscal year that begins or that ends in 2027."""

    def of(self, month: Month) -> int:
        """The fiscal year that a month belongs to."""
        begins = month.year if month.month >= self.first_month else month.year - 1
        return begins + 1 if self.named_after == "end" and self.first_month > 1 else begins


class ExchangeRate(Entry):
    """A fixed exchange rate. None is ever fetched."""

    base: Currency = Field(alias="from")
    """Currency of the bill."""
    quote: Currency = Field(alias="to")
    """Currency of the results."""
    rate: Annotated[Decimal, Real(above=0, maximum=10**6, decimals=10)]
    """Units of `to` for one unit of `from`."""
    fiscal_year: Annotated[int, Whole(2000, 2200)] | None = None
    """The fiscal year it is for; not given: every year without a rate of its own."""
    agreed_on: Day
    """Day on which it was fixed."""
    source: Text
    """Who fixed it, or where it stands."""


class Tax(Entry):
    """A tax on what is billed."""

    title: Text
    """What it is called, such as VAT."""
    percent: TaxPercent
    """Its rate, on the amount that is settled."""
    accounts: tuple[Name, ...] = ()
    """Accounts whose bills carry it; not given: all."""
    effective_from: Day | None = None
    """First day on which it applies; it counts for months that start on or after it."""
    effective_until: Day | None = None
    """First day on which it applies no longer."""
    source: Text
    """Where the rate stands."""


class Allocation(Entry):
    """How costs that several groups cause together are laid over them."""

    underlays: Rule = "by-gb"
    """Connection fee, port and leased line of an underlay: over the groups that run over it."""
    pools: Rule = "by-gb"
    """Items with a free quota or tiers: over the groups of an account and region."""
    prepaid: Rule = "by-gb"
    """Price of prepaid plans: over the groups whose traffic they cover."""


class Finance(Entry):
    """What finance states."""

    version: Version
    """Version of this format: 1."""
    fiscal_year: FiscalYear = FiscalYear()
    """When the fiscal year begins."""
    exchange_rates: tuple[ExchangeRate, ...] = ()
    """Fixed exchange rates."""
    tax: tuple[Tax, ...] = ()
    """Taxes on what is billed."""
    settlement: Flag = False
    """Whether reports show the month-end rounding of each account's bill; with taxes they always do."""
    markup_percent: dict[CostCenter, MarkupPercent] = {}
    """By cost centre: what is added when its cost is charged on."""
    gl_codes: dict[Name, Text] = {}
    """By billable item: the account of the general ledger that it is booked to."""
    allocation: Allocation = Allocation()
    """How shared costs are laid over those who share them."""
    price_age_days: Positive | None = None
    """Days after which a price counts as old: reports warn of rates that were read longer ago."""


def exchange_rate(finance: Finance, base: str, quote: str, month: Month) -> ExchangeRate | None:
    """The rate that holds in a month: that of its fiscal year, else one for every year; None if there is none."""
    year = finance.fiscal_year.of(month)
    known = {
        one.fiscal_year: one
        for one in finance.exchange_rates
        if (one.base, one.quote) == (base, quote) and one.fiscal_year in (None, year)
    }
    return known.get(year) or known.get(None)


def problems(finance: Finance, estate: Estate | None, source: Source, path: tuple[str | int, ...]) -> Iterator[Problem]:
    """What does not fit together, in itself or with the estate."""

    def problem(message: str, remedy: str, *where: str | int, key: bool = False) -> Problem:
        return Problem(Place(source, (*path, *where), key), message, remedy)

    seen: set[tuple[str, str, int | None]] = set()
    for index, one in enumerate(finance.exchange_rates):
        here = ("exchange_rates", index)
        what = (one.base, one.quote, one.fiscal_year)
        if one.base == one.quote:
            yield problem(f"{one.base} to itself", "give a rate between two currencies", *here, "to")
        if what in seen:
            year = f"fiscal year {one.fiscal_year}" if one.fiscal_year else "every year"
            yield problem(f"a second rate from {one.base} to {one.quote} for {year}", "keep one of the two", *here)
        seen.add(what)
    for index, tax in enumerate(finance.tax):
        here = ("tax", index)
        for position, account in enumerate(tax.accounts):
            if estate and account not in estate.accounts:
                remedy = suggestion(account, estate.accounts, "accounts of the estate")
                yield problem(f"unknown account {account!r}", remedy, *here, "accounts", position)
        if tax.effective_from and tax.effective_until and tax.effective_until <= tax.effective_from:
            message = "effective_until must lie after effective_from: it is the first day that no longer counts"
            yield problem(message, "give a later day, or leave it out", *here, "effective_until")
    for index, tax in enumerate(finance.tax):
        if any(_overlap(tax, other) for other in finance.tax[:index]):
            message = f"{tax.title} a second time for the same account and days"
            yield problem(message, "keep one of the two, or let one end where the other begins", "tax", index)
    if finance.gl_codes:
        from pricing.sku import skus  # read only where a file names items

        for item in finance.gl_codes:
            if item not in skus():
                yield problem(f"unknown item {item!r}", suggestion(item, skus(), "items"), "gl_codes", item, key=True)
    for key in type(finance.allocation).model_fields:
        shares = getattr(finance.allocation, key)
        if isinstance(shares, dict) and (total := sum(shares.values(), Decimal(0))) != SHARES_ADD_UP_TO:
            message = f"the shares add up to {total.normalize():f} percent, not to {SHARES_ADD_UP_TO}"
            yield problem(message, "correct them, or name a rule: by-gb, by-connection-hours, equal", "allocation", key)


def _overlap(one: Tax, other: Tax) -> bool:
    """Whether two taxes of one name are charged on the same bill of the same day."""
    same_account = not one.accounts or not other.accounts or not {*one.accounts}.isdisjoint(other.accounts)
    begin = max(filter(None, (one.effective_from, other.effective_from)), default=date.min)
    end = min(filter(None, (one.effective_until, other.effective_until)), default=date.max)
    return one.title == other.title and same_account and begin < end
