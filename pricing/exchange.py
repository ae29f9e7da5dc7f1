"""Fixed exchange rates: what amounts of one currency are in another, month by month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from pricing import money
from pricing.usage import Ints


@dataclass(frozen=True, eq=False)
class Exchange:
    """What one unit of a currency is in another in each month; m months."""

    base: str
    """Currency of the bill."""
    quote: str
    """Currency of the results."""
    factor: Ints
    """(m,) numerator of the rate"""
    divisor: Ints
    """(m,) denominator, 1 or a power of ten"""

    def convert(self, amounts: Ints) -> Ints:
        """Amounts in the other currency, each rounded half up once.

        amounts : (..., m) int64 nano-units, each >= 0
        raises  : money.AmountTooLargeError
        """
        return money.multiply(amounts, np.broadcast_to(self.factor, amounts.shape), self.divisor)


def fixed(base: str, quote: str, rates: Sequence[Decimal]) -> Exchange:
    """The exchange at these rates, one per month: units of ``quote`` for one unit of ``base``."""
    fractions = [rate.normalize().as_tuple() for rate in rates]
    decimals = [max(-int(one.exponent), 0) for one in fractions]
    return Exchange(
        base,
        quote,
        np.array([int(rate.scaleb(n)) for rate, n in zip(rates, decimals, strict=True)], dtype=np.int64),
        np.array([10**n for n in decimals], dtype=np.int64),
    )


def convert_exactly(exchange: Exchange | None, amounts: Sequence[int]) -> tuple[int, ...]:
    """Amounts of months as ``Exchange.convert``, of any size; the same where there is no exchange."""
    if exchange is None:
        return tuple(amounts)
    rates = zip(amounts, exchange.factor.tolist(), exchange.divisor.tolist(), strict=True)
    return tuple((2 * amount * factor + divisor) // (2 * divisor) for amount, factor, divisor in rates)
