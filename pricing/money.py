"""Fixed-point amounts and the one rounding.

quantities : int64, micro-units (10^-6 of a GB or of a connection-hour)
rates      : Decimal with at most 10 decimals
amounts    : int64, nano-units (10^-9 of the currency)

quantity x rate is rounded half up once, here. Sums are exact, in Python integers where int64 could wrap.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

MICRO = 10**6
NANO = 10**9
RATE_DECIMALS = 10
_DECIMALS_WITHOUT_ROUNDING = 3  # micro-units x 10^-3 are nano-units: such a rate is one product
_INT64_MAX = 2**63 - 1
_PLAIN_DECIMAL = re.compile(r"(-?)([0-9]{1,40})(?:\.([0-9]{1,40}))?")
_BLOCK = 1024
"""Rows added up at a time: 1024 x 36 numbers stay in the cache."""


class AmountTooLargeError(OverflowError):
    """A quantity times a rate that int64 nano-units cannot hold (above about 9.2 billion of a currency), or a rate."""


def micro(value: Decimal) -> int:
    """Micro-units of an exact quantity; ValueError when it has more than six decimals."""
    return _scaled(value, 6)


def _scaled(value: Decimal, decimals: int) -> int:
    scaled = value.scaleb(decimals)
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{value} has more than {decimals} decimals")
    return int(scaled)


def mantissa(rate: Decimal) -> tuple[int, int]:
    """A rate as (factor, divisor): amount in nano-units = micro-units x factor / divisor.

    The divisor is 1 for a rate of at most three decimals, else a power of ten up to 10^7.
    raises : AmountTooLargeError when int64 cannot hold the factor
    """
    exponent = rate.normalize().as_tuple().exponent
    decimals = max(-int(exponent), _DECIMALS_WITHOUT_ROUNDING)
    if decimals > RATE_DECIMALS:
        raise ValueError(f"a rate has at most {RATE_DECIMALS} decimals: {rate}")
    factor = _scaled(rate, decimals)
    if factor > _INT64_MAX:
        raise AmountTooLargeError(f"a rate of {rate:f} has too many digits")
    return factor, 10 ** (decimals - _DECIMALS_WITHOUT_ROUNDING)


def multiply(quantity: Ints, factor: Ints, divisor: Ints | int, out: Ints | None = None) -> Ints:
    """Amounts: quantity x factor / divisor, rounded half up once.

    quantity : int64 micro-units, each >= 0
    factor, divisor : of the rates (see ``mantissa``), of shapes that broadcast with quantity
    out      : where to put the amounts, of the shape of quantity; None: a new array
    returns  : int64 nano-units
    raises   : AmountTooLargeError when an amount does not fit
    """
    if quantity.size == 0:
        return quantity * factor
    most, highest, widest = int(quantity.max()), int(factor.max()), int(np.max(divisor))
    if most * highest <= _INT64_MAX - widest:
        product = np.multiply(quantity, factor, out=out)
        return product if widest == 1 else _halves_up(product, divisor, out=product)
    dearest = int((factor // divisor).max()) + 1  # nano-units per micro-unit: rates may differ in their divisors
    if widest > 1 and widest * highest <= _INT64_MAX // 2 and most * dearest <= _INT64_MAX // 2:
        whole, part = np.divmod(quantity, divisor)  # qh * r + round(ql * r / d) cannot overflow here
        return np.add(whole * factor, _halves_up(part * factor, divisor), out=out)
    return np.positive(_multiply_in_python(quantity, factor, divisor), out=out)


def _multiply_in_python(quantity: Ints, factor: Ints, divisor: Ints | int) -> Ints:
    exact = quantity.astype(object) * factor.astype(object)
    doubled = np.asarray(divisor).astype(object) * 2
    amounts = (exact * 2 + doubled // 2) // doubled
    if amounts.max() > _INT64_MAX:
        raise AmountTooLargeError("an amount exceeds 9.2 billion")
    return np.asarray(amounts, dtype=np.int64)


def _halves_up(numerator: Ints, divisor: Ints | int, out: Ints | None = None) -> Ints:
    """numerator / divisor to whole numbers, halves up; the divisor is 1 or even."""
    return np.floor_divide(numerator + divisor // 2, divisor, out=out)


def total(amounts: Ints) -> int:
    """The exact sum of all elements, whatever their number."""
    high, low = amounts >> 31, amounts & (2**31 - 1)  # each half sums far inside int64
    return (int(high.sum(dtype=np.int64)) << 31) + int(low.sum(dtype=np.int64))


def column_totals(amounts: Ints) -> NDArray[Any]:
    """The exact sum of each column of an (n, m) array: (m,) Python integers."""
    totals = np.zeros(amounts.shape[1], dtype=object)
    for at in range(0, len(amounts), _BLOCK):
        block = amounts[at : at + _BLOCK]
        if int(block.view(np.uint64).max(initial=0)) <= _INT64_MAX // len(
            block
        ):  # a negative number is a large one here
            totals += block.sum(axis=0)
        else:  # each half sums far inside int64
            totals += (block >> 31).sum(axis=0).astype(object) * 2**31 + (block & (2**31 - 1)).sum(axis=0)
    return totals


def decimal(value: int, decimals: int) -> Decimal:
    """A fixed-point number as a plain decimal."""
    return Decimal(value).scaleb(-decimals)


def text(value: int, decimals: int) -> str:
    """A fixed-point number as plain decimal text without trailing zeros: 153780000000, 9 -> 153.78."""
    sign, digits = ("-" if value < 0 else ""), str(abs(value)).rjust(decimals + 1, "0")
    whole, part = digits[:-decimals], digits[-decimals:].rstrip("0")
    return f"{sign}{whole}.{part}" if part else f"{sign}{whole}"


def parse(text: str, decimals: int) -> int:
    """The fixed-point number that ``text`` writes: 153.78, 9 -> 153780000000.

    raises : ValueError for what is no plain decimal, or has more decimals
    """
    match = _PLAIN_DECIMAL.fullmatch(text)
    part = (match[3] or "").rstrip("0") if match else ""
    if match is None or len(part) > decimals:
        raise ValueError(f"not a decimal with at most {decimals} decimals: {text!r}")
    value = int(match[2] + part.ljust(decimals, "0"))
    return -value if match[1] else value


def display(amount: int, decimals: int = 2) -> str:
    """An amount in nano-units as people read it: rounded half up, thousands separated; 153.78 or 1,234.50."""
    unit = 10 ** (9 - decimals)
    rounded = (abs(amount) * 2 + unit) // (2 * unit)
    whole, part = divmod(rounded, 10**decimals)
    sign = "-" if amount < 0 and rounded else ""
    return f"{sign}{whole:,}.{part:0{decimals}}" if decimals else f"{sign}{whole:,}"
