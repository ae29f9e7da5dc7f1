"""What accumulates over an account or region: free quotas, tiers, and shares of them.

Quantities are int64 micro-units. A pool is an (account, region); its columns are what its usage falls into:
the free quota, then tier 1, tier 2 and so on. Shares are whole micro-units and add up exactly.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

MOST_IN_A_POOL = 2**60
"""Micro-units that everything in a pool may add up to (1.15 trillion GB): more is refused."""
ENDLESS = 2**62
"""The upper bound of a tier without one."""
_VERY_LARGE = 2**52
"""Rows from which on a share that is estimated in floats can be off by 8 or more."""
_JUST_BELOW, _SURELY_ABOVE = 1 - 2**-50, 1 + 2**-49
"""Factors beyond the errors of an estimate in floats: each of its six steps adds 2^-53 at most."""
_BLOCK = 2**16
"""Numbers worked on at a time: a few arrays of so many stay in the cache."""


class QuantityTooLargeError(OverflowError):
    """A quantity beyond what shares can be calculated for exactly."""


def split(quantity: Ints, bounds: Sequence[int] | Ints) -> Ints:
    """Split quantities over graduated tiers: each unit belongs to the tier it falls in.

    quantity : (n,) int64, micro-units, each >= 0
    bounds   : lower bound of each of the k tiers, micro-units, ascending, the first is 0
    returns  : (n, k) int64; each row adds up to its quantity
    raises   : ValueError if bounds do not ascend from 0
    source   : Cloud Data Transfer billing, "multiply the amount in each tier by its price and add"
    """
    lower = np.asarray(bounds, dtype=np.int64)
    if len(lower) == 0 or lower[0] != 0 or (np.diff(lower) <= 0).any():
        raise ValueError("tiers ascend from 0")
    upper = np.append(lower[1:], ENDLESS)
    return np.clip(np.asarray(quantity)[:, None] - lower, 0, upper - lower)


def marginal(before: Ints, plan: Ints, lower: Ints) -> Ints:
    """What a plan adds to each tier on top of what is there: split(before + plan) - split(before).

    before, plan : (p, m) micro-units
    lower        : (k, p, m) lower bounds of the tiers; ENDLESS where a pool has fewer
    returns      : (k, p, m); its sum over k is plan
    """
    upper = np.concatenate([lower[1:], np.full((1, *lower.shape[1:]), ENDLESS)])
    return np.clip(before + plan, lower, upper) - np.clip(before, lower, upper)


def draw(free: Ints, pool_key: Ints, wanted: Ints, rank: Ints | None = None) -> Ints:
    """Give a free quota to the pools that share it.

    free     : (f, m) what is left of each free quota
    pool_key : (p,) which free quota each pool draws from, ascending
    wanted   : (p, m) what each pool could use
    rank     : (p,) order in which the pools draw; equal ranks share in proportion. None: all share
    returns  : (p, m) what each gets, at most what it wants
    """
    given = np.zeros_like(wanted)
    left = free.copy()
    ranks = np.zeros(len(pool_key), dtype=np.int64) if rank is None else rank
    for turn in np.unique(ranks):
        rows = np.flatnonzero(ranks == turn)
        keys, start = np.unique(pool_key[rows], return_index=True)
        demand = np.add.reduceat(wanted[rows], start)
        taken = np.minimum(left[keys], demand)
        of_row = np.searchsorted(keys, pool_key[rows])
        given[rows] = allocate(wanted[rows], of_row, np.stack([taken, demand - taken]))[0]
        left[keys] -= taken
    return given


def allocate(rows: Ints, pool: Ints, columns: Ints) -> Ints:
    """Share the columns of pools among their rows, in proportion, so that rows and columns add up exactly.

    rows    : (n, m) micro-units of each row
    pool    : (n,) which pool each row belongs to, ascending
    columns : (k, p, m) micro-units of each column of each pool; over k they add up to the pool's rows
    returns : (k, n, m) int64, each >= 0; sums over k are the rows, sums over a pool's rows its columns
    raises  : QuantityTooLargeError for a pool of more than MOST_IN_A_POOL
    method  : every share is rounded down; then the rows' remainders, laid end to end in order, are cut where
              the columns' remainders, laid end to end beside them, end
    """
    if rows.size == 0 or len(columns) == 1:
        return np.broadcast_to(rows, (len(columns), *rows.shape))
    sums = columns.sum(axis=0)
    if sums.max() > MOST_IN_A_POOL:
        raise QuantityTooLargeError("more than 1.15 trillion GB in a pool")
    divided = ((columns > 0).sum(axis=0) > 1).any(axis=0)
    if divided.all():
        return _divide(rows, pool, columns)
    shares = _undivided(rows, pool, columns == sums)
    if divided.any():
        shares[:, :, divided] = _divide(rows[:, divided], pool, columns[:, :, divided])
    return shares


def blocks(rows: int, numbers: int) -> Iterator[slice]:
    """Slices of rows that hold so many numbers each; a few arrays of a block stay in the cache."""
    size = max(_BLOCK // numbers, 1)
    return (slice(at, at + size) for at in range(0, rows, size))


def _undivided(rows: Ints, pool: Ints, whole: Bools) -> Ints:
    """(k, n, m) shares where each pool has one column, whose they all are.

    whole : (k, p, m) which one
    """
    shares = np.zeros((len(whole), *rows.shape), dtype=np.int64)
    for block in blocks(len(rows), rows.shape[1]):
        for share, own in zip(shares[:, block], _of_rows(whole, pool[block]), strict=True):
            if own.any():
                np.multiply(rows[block], own, out=share)
    return shares


def _divide(rows: Ints, pool: Ints, columns: Ints) -> Ints:
    """(k, n, m) shares by the method of ``allocate``, some pools at a time."""
    shares = np.zeros((len(columns), *rows.shape), dtype=np.int64)
    for of in _whole_pools(pool, shares[:, 0].size):
        pools = slice(pool[of.start], pool[of.stop - 1] + 1)
        used = np.flatnonzero(columns[:, pools].any(axis=(1, 2)))
        if len(used):
            own = slice(used[0], used[-1] + 1)
            _divide_pools(rows[of], pool[of] - pools.start, columns[own, pools], shares[own, of])
    return shares


def _whole_pools(pool: Ints, numbers: int) -> Iterator[slice]:
    """Slices of rows, each of a large pool or of several small ones."""
    start, least = 0, _BLOCK // numbers
    for end in (np.flatnonzero(np.diff(pool, append=-1)) + 1).tolist():
        if end - start >= least or end == len(pool):
            yield slice(start, end)
            start = end


def _divide_pools(rows: Ints, pool: Ints, columns: Ints, shares: Ints) -> None:
    """Set the shares of the rows of some pools."""
    sums = columns.sum(axis=0)
    fraction = np.where(columns == sums, 1, columns / np.maximum(sums, 1) * _JUST_BELOW)
    kept = columns.copy()
    remainders = np.empty(rows.shape, dtype=np.int32)
    for block in blocks(len(rows), shares[:, 0].size):
        row, of_pool, share = rows[block], pool[block], shares[:, block]
        undecided = _round_down(row.astype(np.float64) * _of_rows(fraction, of_pool), share)
        if len(undecided):
            _correct(share, undecided, row, of_pool, columns)
        firsts = np.flatnonzero(np.diff(of_pool, prepend=-1))
        kept[:, of_pool[firsts]] -= np.add.reduceat(share, firsts, axis=1)
        remainders[block] = row - share.sum(axis=0)
    _lay(remainders, pool, kept, shares)


def _of_rows(of_pools: NDArray, pool: Ints) -> NDArray:  # type: ignore[type-arg]
    """(k, n, m) what belongs to the pool of each row; (k, 1, m) to broadcast where the rows share one."""
    return of_pools[:, pool[:1]] if pool[0] == pool[-1] else of_pools.take(pool, axis=1)


def _round_down(estimate: NDArray[np.float64], share: Ints) -> Ints:
    """Set shares to estimates from below, rounded down; returns which may be too low, counted through all axes.

    Raised above the exact value, most estimates still round down to the same number, which is exact then.
    """
    np.copyto(share, estimate, casting="unsafe")
    estimate *= _SURELY_ABOVE
    return np.flatnonzero(estimate.astype(np.int64) != share)


def _correct(share: Ints, which: Ints, row: Ints, pool: Ints, columns: Ints) -> None:
    """Raise shares that may be too low to floor(row x column / sum of the columns).

    The rest, row x column - share x sum, is a few sums at most: arithmetic modulo 2^64 gets it right although
    the products do not fit. In very large rows it is more; Python integers hold everything.
    """
    k, of_row, month = np.unravel_index(which, share.shape)
    of_pool = pool[of_row]
    numbers = (row[of_row, month], columns[k, of_pool, month], columns.sum(axis=0)[of_pool, month])
    exact = np.int64 if row.max() < _VERY_LARGE else object
    of, column, total = (number.astype(exact) for number in numbers)
    low = share[k, of_row, month]
    share[k, of_row, month] = low + (of * column - low * total) // total


def _lay(remainders: NDArray[np.int32], pool: Ints, kept: Ints, shares: Ints) -> None:
    """Add to the shares what rounding down left.

    remainders : (n, m) of each row
    kept       : (k, p, m) of each column; laid end to end, pool after pool and column after column, the
                 columns' remainders end where those of the same pool's rows end
    """
    columns, pools, months = kept.shape
    ends = np.cumsum(kept.transpose(1, 0, 2).reshape(-1, months), axis=0)
    ends = ends.reshape(pools, columns, months).transpose(1, 0, 2)
    done = np.zeros(months, dtype=np.int64)
    for block in blocks(len(remainders), months):
        until = np.cumsum(remainders[block], axis=0, dtype=np.int32)
        start, all_of_block = until - remainders[block], until[-1].copy()
        cuts = np.clip(_of_rows(ends, pool[block]) - done, 0, all_of_block).astype(np.int32)
        for k in range(columns):
            end = np.minimum(np.maximum(start, cuts[k]), until)
            start -= end
            shares[k, block] -= start
            start = end
        done += all_of_block
