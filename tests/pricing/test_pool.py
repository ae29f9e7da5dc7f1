"""What accumulates: tiers, free quotas, and shares of them that add up exactly."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from pricing import pool
from pricing.pool import ENDLESS, MOST_IN_A_POOL, QuantityTooLargeError
from tests import oracle

volumes = st.one_of(st.integers(0, 12), st.integers(0, 10**13), st.integers(0, 2**56))
"""Micro-units of a row; sixteen of the largest fill a pool."""


def ints(values: object) -> pool.Ints:
    return np.array(values, dtype=np.int64)


# split and marginal


@st.composite
def tier_bounds(draw: DrawFn) -> list[int]:
    """Lower bounds of one to five tiers."""
    return [0, *sorted(draw(st.sets(st.one_of(st.integers(1, 20), st.integers(1, 2**58)), max_size=4)))]


def tiers_of(bounds: list[int]) -> list[oracle.Column]:
    ends = [*bounds[1:], None]
    return [
        oracle.Column(start, end, list_rate=Decimal(0), rate=Decimal(0))
        for start, end in zip(bounds, ends, strict=True)
    ]


@given(st.lists(volumes, max_size=6), tier_bounds())
def test_split_puts_each_unit_into_the_tier_it_falls_in(quantity: list[int], bounds: list[int]) -> None:
    parts = pool.split(ints(quantity), bounds)
    assert parts.sum(axis=1).tolist() == quantity
    assert parts.tolist() == [oracle.overlap(0, each, tiers_of(bounds))[:-1] for each in quantity]


def test_split_at_the_bounds() -> None:
    bounds = [0, 10, 50]
    assert pool.split(ints([0, 9, 10, 11, 50, 51]), bounds).tolist() == [
        [0, 0, 0],
        [9, 0, 0],
        [10, 0, 0],
        [10, 1, 0],
        [10, 40, 0],
        [10, 40, 1],
    ]


@pytest.mark.parametrize("bounds", [[], [1, 5], [0, 5, 5], [0, 5, 3]])
def test_split_wants_tiers_that_ascend_from_0(bounds: list[int]) -> None:
    with pytest.raises(ValueError, match="ascend from 0"):
        pool.split(ints([1]), bounds)


@given(volumes, volumes, tier_bounds(), st.integers(0, 2))
def test_a_plan_pays_the_tiers_above_what_is_there(before: int, plan: int, bounds: list[int], fewer: int) -> None:
    lower = ints([*bounds, *[ENDLESS] * fewer])[:, None, None]  # other pools may have more tiers
    parts = pool.marginal(ints([[before]]), ints([[plan]]), lower)[:, 0, 0]
    with_plan, without = pool.split(ints([before + plan]), bounds)[0], pool.split(ints([before]), bounds)[0]
    assert parts[: len(bounds)].tolist() == (with_plan - without).tolist()
    assert parts[len(bounds) :].tolist() == [0] * fewer
    assert parts.sum() == plan


# allocate


class Shared(NamedTuple):
    """Pools whose columns are to be shared among rows, for some months."""

    rows: list[list[int]]
    pool: list[int]
    columns: list[list[list[int]]]
    """[column][pool][month]"""


@st.composite
def shared(draw: DrawFn, most_rows: int = 5) -> Shared:
    """One to four pools, of none to five rows each, two to four columns, one or two months."""
    months, width = draw(st.integers(1, 2)), draw(st.integers(2, 4))
    sizes = draw(st.lists(st.integers(0, most_rows), min_size=1, max_size=4))
    of_row = [p for p, size in enumerate(sizes) for _ in range(size)]
    rows = [draw(st.lists(volumes, min_size=months, max_size=months)) for _ in of_row]
    columns = [[[0] * months for _ in sizes] for _ in range(width)]
    for p in range(len(sizes)):
        for m in range(months):
            total = sum(row[m] for row, own in zip(rows, of_row, strict=True) if own == p)
            cut = st.one_of(st.integers(0, total), st.sampled_from([0, total]))  # often all in one column
            cuts = sorted(draw(st.lists(cut, min_size=width - 1, max_size=width - 1)))
            for k, (low, high) in enumerate(zip([0, *cuts], [*cuts, total], strict=True)):
                columns[k][p][m] = high - low
    return Shared(rows, of_row, columns)


def allocated(case: Shared) -> pool.Ints:
    months = len(case.columns[0][0])
    return pool.allocate(ints(case.rows).reshape(-1, months), ints(case.pool), ints(case.columns))


@given(shared())
def test_rows_and_columns_of_shares_add_up_and_no_share_is_negative(case: Shared) -> None:
    shares = allocated(case)
    assert (shares >= 0).all()
    assert shares.sum(axis=0).tolist() == case.rows
    for k, column in enumerate(case.columns):
        for p, by_month in enumerate(column):
            own = [row for row, of in enumerate(case.pool) if of == p]
            assert shares[k, own].sum(axis=0).tolist() == by_month


@given(shared())
def test_shares_are_those_of_the_oracle(case: Shared) -> None:
    shares = allocated(case)
    for p in set(case.pool):
        own = [row for row, of in enumerate(case.pool) if of == p]
        for m in range(len(case.columns[0][0])):
            expected = oracle.allocate([case.rows[row][m] for row in own], [column[p][m] for column in case.columns])
            assert shares[:, own, m].T.tolist() == expected


@given(shared())
def test_a_share_is_proportional_but_for_the_remainders(case: Shared) -> None:
    # A row keeps less than one unit per column when shares are rounded down, and so does a column per row.
    shares = allocated(case)
    for row, p in enumerate(case.pool):
        spare = min(len(case.columns), case.pool.count(p)) - 1
        for k, column in enumerate(case.columns):
            for m, volume in enumerate(case.rows[row]):
                total = sum(other[p][m] for other in case.columns)
                exact = Fraction(volume * column[p][m], total) if total else Fraction(0)
                assert -1 < shares[k, row, m] - exact <= spare


def test_remainders_are_laid_along_each_other() -> None:
    # Three rows of 1 and columns of 2 and 1: every share rounds down to 0, the remainders fill the columns in order.
    assert pool.allocate(ints([[1], [1], [1]]), ints([0, 0, 0]), ints([[[2]], [[1]]]))[:, :, 0].tolist() == [
        [1, 1, 0],
        [0, 0, 1],
    ]


def test_shares_stay_exact_up_to_the_largest_pool() -> None:
    half = MOST_IN_A_POOL // 2
    shares = pool.allocate(ints([[half], [half - 1], [1]]), ints([0, 0, 0]), ints([[[half + 1]], [[half - 1]]]))
    assert shares[:, :, 0].T.tolist() == oracle.allocate([half, half - 1, 1], [half + 1, half - 1])


@pytest.mark.parametrize("beside", [0, 1, 2**9, 2**30, 2**51])
@pytest.mark.parametrize("row", [2**51, 2**52 - 1, 2**52, 2**53 + 3])
def test_shares_of_the_largest_rows_are_those_of_the_oracle(row: int, beside: int) -> None:
    # A float holds whole numbers to 2^53; nearly all of a pool that is nearly full lies in one column.
    rows = [row - n for n in range(MOST_IN_A_POOL // (row + 1))]
    columns = [sum(rows) - beside, beside]
    for order in (columns, columns[::-1]):
        shares = pool.allocate(ints(rows)[:, None], ints([0] * len(rows)), ints(order)[:, None, None])
        assert shares[:, :, 0].T.tolist() == oracle.allocate(rows, order)


@given(st.integers(0, 2**32), st.sampled_from([2**20, 2**40, 2**51, 2**52]))
def test_pools_of_many_rows_are_shared_as_those_of_few(seed: int, most: int) -> None:
    # More rows than are worked on at a time, pools that begin and end inside a block and pools of several blocks.
    random = np.random.default_rng(seed)
    of_row = np.sort(random.choice([0, 1, 1, 1, 2, 4, 5], 700))
    rows = random.integers(0, most, (700, 2)) * (random.random((700, 2)) < 0.9)
    sums = ints([rows[of_row == p].sum(axis=0) for p in range(6)])
    cuts = np.sort((sums * random.random((2, 6, 2))).astype(np.int64), axis=0)
    columns = np.stack([cuts[0], cuts[1] - cuts[0], sums - cuts[1]])
    shares = pool.allocate(rows, of_row, columns)
    for p in range(6):
        own = of_row == p
        for m in range(2):
            assert shares[:, own, m].T.tolist() == oracle.allocate(rows[own, m].tolist(), columns[:, p, m].tolist())


def test_one_column_takes_every_row_as_it_is() -> None:
    assert pool.allocate(ints([[3], [4]]), ints([0, 0]), ints([[[7]]])).tolist() == [[[3], [4]]]


def test_no_rows_have_no_shares() -> None:
    shares = pool.allocate(ints([]).reshape(0, 2), ints([]), ints([]).reshape(3, 0, 2))
    assert shares.shape == (3, 0, 2)


def test_a_pool_beyond_what_is_exact_is_refused() -> None:
    most = MOST_IN_A_POOL
    pool.allocate(ints([[most - 1], [1]]), ints([0, 0]), ints([[[5]], [[most - 5]]]))
    with pytest.raises(QuantityTooLargeError):
        pool.allocate(ints([[most], [1]]), ints([0, 0]), ints([[[5]], [[most - 4]]]))


# draw


class Drawing(NamedTuple):
    """Pools that draw from free quotas, for some months."""

    free: list[list[int]]
    key: list[int]
    wanted: list[list[int]]
    rank: list[int]


@st.composite
def drawings(draw: DrawFn) -> Drawing:
    """One to three free quotas, each for none to four regions; those of rank 9 share, the others come one by one."""
    months = draw(st.integers(1, 2))

    def by_month() -> list[int]:
        return draw(st.lists(volumes, min_size=months, max_size=months))

    free = [by_month() for _ in range(draw(st.integers(1, 3)))]
    key = sorted(draw(st.lists(st.integers(0, len(free) - 1), max_size=4)))
    rank = [draw(st.sampled_from([0 + number, 9, 9])) for number in range(len(key))]
    return Drawing(free, key, [by_month() for _ in key], rank)


@given(drawings(), st.booleans())
def test_a_free_quota_goes_to_those_in_order_first_and_then_in_proportion(case: Drawing, in_order: bool) -> None:
    months = len(case.free[0])
    ranks = ints(case.rank) if in_order else None
    given_ = pool.draw(ints(case.free), ints(case.key), ints(case.wanted).reshape(-1, months), ranks)
    for f in set(case.key):
        own = [p for p, key in enumerate(case.key) if key == f]
        order = [str(p) for p in sorted(own, key=lambda p: case.rank[p]) if in_order and case.rank[p] < 9]
        for m in range(months):
            wanted = {str(p): case.wanted[p][m] for p in own}
            expected = oracle.draw_in_order(wanted, case.free[f][m], order)
            assert {str(p): int(given_[p, m]) for p in own} == expected


@given(drawings())
def test_a_free_quota_is_given_up_to_what_is_wanted_and_never_more(case: Drawing) -> None:
    months = len(case.free[0])
    wanted = ints(case.wanted).reshape(-1, months)
    free = ints(case.free)
    given_ = pool.draw(free, ints(case.key), wanted, ints(case.rank))
    assert (given_ >= 0).all()
    assert (given_ <= wanted).all()
    for f in set(case.key):
        own = ints(case.key) == f
        assert given_[own].sum(axis=0).tolist() == np.minimum(free[f], wanted[own].sum(axis=0)).tolist()
    assert free.tolist() == case.free  # what is left of a quota is not written into the caller's table
