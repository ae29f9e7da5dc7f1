"""Exact money: the one rounding, sums beyond int64, and what people read."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricing import money
from pricing.money import AmountTooLargeError

INT64_MAX = 2**63 - 1
EXACT = Context(prec=80)

quantities = st.one_of(
    st.integers(0, INT64_MAX), st.integers(0, 10**15), st.integers(0, 10**9), st.sampled_from([0, 1, 500, 5 * 10**6])
)
rates = st.builds(
    lambda digits, decimals: Decimal(digits).scaleb(-decimals),
    st.one_of(st.integers(0, 10**18 - 1), st.integers(0, 10**12), st.integers(0, 10**4)),
    st.integers(0, 10),
).filter(lambda rate: rate < 10**8)


def by_decimal(quantity: int, rate: Decimal) -> int:
    """Micro-units times rate in nano-units, rounded half up by the decimal module."""
    amount = EXACT.multiply(Decimal(quantity).scaleb(-6), rate)
    return int(amount.quantize(Decimal("1e-9"), ROUND_HALF_UP, EXACT).scaleb(9, EXACT))


def multiplied(pairs: list[tuple[int, Decimal]]) -> list[int]:
    """The engine's amounts of quantities, each with a rate of its own."""
    factors, divisors = zip(*(money.mantissa(rate) for _, rate in pairs), strict=True)
    columns = [quantity for quantity, _ in pairs], factors, divisors
    return money.multiply(*(np.array(column, dtype=np.int64) for column in columns)).tolist()


def assert_exact_or_refused(pairs: list[tuple[int, Decimal]]) -> None:
    expected = [by_decimal(quantity, rate) for quantity, rate in pairs]
    if max(expected) > INT64_MAX:
        with pytest.raises(AmountTooLargeError):
            multiplied(pairs)
    else:
        assert multiplied(pairs) == expected


@given(quantities, rates)
def test_one_amount_is_rounded_half_up_or_refused(quantity: int, rate: Decimal) -> None:
    assert_exact_or_refused([(quantity, rate)])


@given(st.lists(st.tuples(quantities, rates), min_size=1, max_size=6))
def test_amounts_of_many_rates_are_rounded_half_up_or_refused(pairs: list[tuple[int, Decimal]]) -> None:
    assert_exact_or_refused(pairs)


@given(
    st.lists(st.integers(0, 10**15), min_size=1, max_size=6),
    st.lists(st.builds(lambda n: Decimal(n).scaleb(-10), st.integers(0, 10**11)), min_size=1, max_size=4),
)
def test_amounts_of_usual_size_are_never_refused(volumes: list[int], prices: list[Decimal]) -> None:
    # up to a billion GB at up to 10 per GB is 10 billion: refused only where the amount does not fit
    pairs = [(volume, price) for volume in volumes for price in prices if by_decimal(volume, price) <= INT64_MAX]
    if pairs:
        assert multiplied(pairs) == [by_decimal(*pair) for pair in pairs]


@given(st.integers(0, 10**9), st.integers(4, 10))
def test_exact_halves_go_up(units: int, decimals: int) -> None:
    # A micro-unit at 5 × 10^-decimals has its last digit just below the nano-unit when decimals is 4.
    rate = Decimal(5).scaleb(-decimals)
    quantity = units * 10 ** (decimals - 4) * 2 + 10 ** (decimals - 4)
    assert multiplied([(quantity, rate)]) == [units + 1]  # (2 units + 1) / 2


@pytest.mark.parametrize(
    ("quantity", "rate", "nano"),
    [
        (744_000_000, "0.06", 44_640_000_000),  # 744 h × 0.06 = 44.64
        (1, "0.0005", 1),  # half a nano-unit
        (1, "0.0004999999", 0),
        (3, "0.0001666666", 0),  # 0.4999998 nano-units
        (3, "0.0001666667", 1),  # 0.5000001
        (INT64_MAX, "0.001", INT64_MAX),
        (INT64_MAX, "0.0009999999", 9223371114517572122),
        (INT64_MAX, "0", 0),
        (0, "99999999.9999999999", 0),
    ],
)
def test_amounts_by_hand(quantity: int, rate: str, nano: int) -> None:
    assert by_decimal(quantity, Decimal(rate)) == nano
    assert multiplied([(quantity, Decimal(rate))]) == [nano]


@pytest.mark.parametrize(
    ("quantity", "rate"),
    [
        (INT64_MAX, "0.0010000001"),  # just above what fits
        (INT64_MAX, "0.002"),
        (10**15, "10"),  # a billion GB at 10: 10 billion
        (INT64_MAX, "99999999.9999999999"),
    ],
)
def test_what_does_not_fit_is_refused(quantity: int, rate: str) -> None:
    with pytest.raises(AmountTooLargeError):
        multiplied([(quantity, Decimal(rate))])


def test_an_amount_that_does_not_fit_is_refused_beside_a_rate_with_more_decimals() -> None:
    # 100 million GB at 90,000 is 9,000 billion; the other rate has a divisor of its own
    with pytest.raises(AmountTooLargeError):
        multiplied([(10**14, Decimal("90000")), (1, Decimal("10.0000001"))])


def test_rates_broadcast_over_rows() -> None:
    quantity = np.array([[1, 2, 3], [4, 5, 6]], dtype=np.int64) * 10**6
    factor, divisor = np.array([[60, 5]], dtype=np.int64), np.array([[1, 10]], dtype=np.int64)
    amounts = money.multiply(quantity[:, :2], factor, divisor)
    assert amounts.tolist() == [[60 * 10**6, 10**6], [240 * 10**6, 2500000]]


def test_nothing_times_a_rate_is_nothing() -> None:
    none = np.zeros((0, 3), dtype=np.int64)
    assert money.multiply(none, np.array([1, 2, 3]), np.array([1, 1, 10])).shape == (0, 3)


@given(rates)
def test_mantissa_is_the_rate(rate: Decimal) -> None:
    factor, divisor = money.mantissa(rate)
    assert divisor in {10**n for n in range(8)}
    assert Decimal(factor) / divisor == EXACT.multiply(rate, 1000)


def test_a_rate_of_eleven_decimals_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 10 decimals"):
        money.mantissa(Decimal("0.00000000001"))


def test_more_than_six_decimals_of_a_quantity_are_refused() -> None:
    assert money.micro(Decimal("0.000001")) == 1
    with pytest.raises(ValueError, match="more than 6 decimals"):
        money.micro(Decimal("0.0000001"))


int64s = st.one_of(st.integers(-(2**63), INT64_MAX), st.sampled_from([INT64_MAX, -(2**63), 0, -1, 2**31, -(2**31)]))


@given(st.lists(int64s, max_size=40))
def test_total_is_exact_where_int64_would_wrap(amounts: list[int]) -> None:
    assert money.total(np.array(amounts, dtype=np.int64)) == sum(amounts)


@given(st.integers(1, 5).flatmap(lambda width: st.lists(st.lists(int64s, min_size=width, max_size=width), max_size=8)))
def test_column_totals_are_exact_where_int64_would_wrap(rows: list[list[int]]) -> None:
    width = len(rows[0]) if rows else 3
    array = np.array(rows, dtype=np.int64).reshape(len(rows), width)
    expected = [sum(row[column] for row in rows) for column in range(width)]
    assert money.column_totals(array).tolist() == expected


def test_int64_would_have_wrapped() -> None:
    amounts = np.full(2, INT64_MAX)
    assert int(amounts.sum()) < 0  # why the sums are not numpy's
    assert money.total(amounts) == money.column_totals(amounts[:, None])[0] == 2 * INT64_MAX


@given(st.integers(-(10**27), 10**27), st.integers(1, 12))
def test_text_is_the_plain_decimal_without_trailing_zeros(value: int, decimals: int) -> None:
    text = money.text(value, decimals)
    assert Decimal(text) == money.decimal(value, decimals) == EXACT.scaleb(Decimal(value), -decimals)
    assert "E" not in text
    assert not ("." in text and text.endswith("0"))
    assert text != "-0"


@given(st.integers(-(10**24), 10**24), st.integers(0, 9))
def test_display_rounds_half_away_from_zero(amount: int, decimals: int) -> None:
    shown = money.display(amount, decimals)
    exact = EXACT.scaleb(Decimal(amount), -9)
    assert Decimal(shown.replace(",", "")) == exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP, EXACT)
    assert not (shown.startswith("-") and not shown.strip("-0,."))  # no -0.00


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (153_780_000_000, "153.78"),
        (1_234_500_000_000, "1,234.50"),
        (4_999_999, "0.00"),
        (5_000_000, "0.01"),
        (-4_999_999, "0.00"),
        (-1_234_567_891_000_000_000, "-1,234,567,891.00"),
        (999_995_000_000, "1,000.00"),
    ],
)
def test_amounts_as_people_read_them(amount: int, shown: str) -> None:
    assert money.display(amount) == shown
