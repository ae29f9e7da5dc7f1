"""Rates, bounds of tiers and exchange rates of the live workbook, month by month."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from pricing.rating import Rated
from reports.live_calculation import HEADER, Calculation
from reports.live_grid import Series
from reports.live_input_sheet import Inputs
from reports.live_prices import UNPRICED, Prices, Tariff

_HEAD = HEADER + 1
"""The row of the months, as formulas count it."""


@dataclass
class Rates:
    """Rows of the calculation that amounts are multiplied by."""

    of_tariffs: dict[str, Series] = field(default_factory=dict)
    """By key of a tariff: its rate, in the currency of the bill per unit."""
    lower: dict[str, Series] = field(default_factory=dict)
    """By key of a tariff that is a tier: the GB from which on it begins."""
    exchange: dict[str, Series] = field(default_factory=dict)
    """By currency of a bill: its exchange rates."""

    def of(self, tariff: Tariff) -> Series:
        """The row of a tariff's rate."""
        return self.of_tariffs[tariff.key]

    def begins(self, tariff: Tariff) -> Series | None:
        """The row of the GB from which on a tier begins; None where it begins at 0."""
        return self.lower[tariff.key] if tariff.tiered else None

    def to_results(self, one: Rated) -> str:
        """What an amount of a bill is multiplied by to be one of the results; nothing where it is the same currency."""
        return "" if one.exchange is None else f"*{self.exchange[one.exchange.base].cell}"


def lay_out(sheet: Calculation, inputs: Inputs, prices: Prices) -> Rates:
    """A row for each tariff, each tier and each currency."""
    found = Rates()
    tariffs = {tariff.key: tariff for tariff in prices.tariffs.values()}
    if tariffs:
        _rates(sheet, tariffs.values(), found)
    tiers = [tariff for tariff in tariffs.values() if tariff.tiered]
    if tiers:
        _bounds(sheet, tiers, found)
    if inputs.exchange:
        _exchange(sheet, inputs, found)
    return found


def _rates(sheet: Calculation, tariffs: Iterable[Tariff], found: Rates) -> None:
    sheet.heading("Rates by month", "The row of Prices that holds in the month; unpriced where there is none.")
    for tariff in tariffs:
        where = _in_force(sheet.next_row)
        formula = f'IF(COUNTIFS({where},Rates[Rate],">=0")=0,"{UNPRICED}",SUMIFS(Rates[Rate],{where}))'
        labels = ("Rate", "", "", tariff.key, tariff.unit)
        found.of_tariffs[tariff.key] = sheet.row(labels, formula, tariff.values, style="rate")
    sheet.gap()


def _bounds(sheet: Calculation, tiers: Iterable[Tariff], found: Rates) -> None:
    sheet.heading("Bounds of tiers by month", "GB of the account and region from which on a tier begins.")
    for tariff in tiers:
        where = _in_force(sheet.next_row)
        formula = f"IF(COUNTIFS({where})=0,10^15,SUMIFS(Rates[From GB],{where}))"
        found.lower[tariff.key] = sheet.row(("Tier from", "", "", tariff.key, "GB"), formula, tariff.lower)
    sheet.gap()


def _in_force(row: int) -> str:
    """Conditions for the rows of Prices that have the key of a row and hold in the month."""
    return f'Rates[Key],$D{row},Rates[First month],"<="&¤${_HEAD},Rates[Last month],">="&¤${_HEAD}'


def _exchange(sheet: Calculation, inputs: Inputs, found: Rates) -> None:
    sheet.heading("Exchange rates by month")
    of = {one.exchange.base: one.exchange for one in sheet.plan.rated if one.exchange is not None}
    for base, (firsts, lasts, rates) in inputs.exchange.items():
        exchange = of[base]
        values = (exchange.factor / exchange.divisor).tolist()
        formula = f'SUMIFS({rates},{firsts},"<="&¤${_HEAD},{lasts},">="&¤${_HEAD})'
        labels = ("Exchange rate", f"{base} in {exchange.quote}", "", "", f"{exchange.quote} / {base}")
        found.exchange[base] = sheet.row(labels, formula, values, style="rate")
    sheet.gap()
