"""What accumulates over an account or region: free quotas, tiers, and shares of them.

Quantities are int64 micro-units. A pool is an (account, region); its columns are what its usage falls into:
the free quota, then tier 1, tier 2 and so on. Shares are whole micro-units and add up exactly.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

MOST_IN_A_POOL = 2**60
"""Micro-units that everything in a pool may add up to (1.15 trillion GB): more is refused."""
ENDLESS = 2**62
"""The upper bound of a tier without one."""
_SURELY_OFF_BY_ONE = 2**51
_BLOCK = 256
"""Rows worked on at a time: a block of a few arrays of 256 x 36 numbers stays in the cache."""


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
    floor_share = _floor_share if rows.max() < _SURELY_OFF_BY_ONE else _floor_share_in_python
    shares = np.empty((len(columns), *rows.shape), dtype=np.int64)
    kept = columns.copy()
    fraction = columns / np.maximum(sums, 1)
    for at in range(0, len(rows), _BLOCK):
        block = slice(at, at + _BLOCK)
        of, of_pool = rows[block], pool[block]
        total = _of_rows(sums, of_pool)
        firsts = np.flatnonzero(np.diff(of_pool, prepend=-1))
        for k in range(len(columns)):
            share = floor_share(of, _of_rows(fraction[k], of_pool), _of_rows(columns[k], of_pool), total)
            shares[k, block] = share
            kept[k, of_pool[firsts]] -= np.add.reduceat(share, firsts)
    _lay_remainders(rows, pool, kept, shares)
    return shares


def _of_rows(of_pools: NDArray, pool: Ints) -> NDArray:  # type: ignore[type-arg]
    """The row of a pool for each row of a block; one row to broadcast where they share a pool."""
    return of_pools[pool[:1]] if pool[0] == pool[-1] else of_pools[pool]


def _floor_share(row: Ints, fraction: NDArray[np.float64], column: Ints, total: Ints) -> Ints:
    """floor(row x column / total), exact: the estimate in floats is off by one at most.

    The rest row x column - share x total lies in [-total, 2 total), so it survives arithmetic modulo 2^64
    although the products do not.
    """
    share = (row * fraction).astype(np.int64)
    rest = row * column - share * total
    share -= rest < 0
    share += (rest >= total) & (total > 0)
    return share


def _floor_share_in_python(row: Ints, fraction: NDArray[np.float64], column: Ints, total: Ints) -> Ints:
    """The same for rows so large that the estimate could be off by more."""
    return (row.astype(object) * column // np.maximum(total, 1)).astype(np.int64)


def _lay_remainders(rows: Ints, pool: Ints, kept: Ints, shares: Ints) -> None:
    """Add to the shares what rounding down left.

    kept : (k, p, m) what is left of each column; laid end to end, pool after pool and column after column,
           the columns' remainders end where those of the same pool's rows end
    """
    ends = np.cumsum(kept.transpose(1, 0, 2).reshape(-1, kept.shape[2]), axis=0)
    ends = ends.reshape(kept.shape[1], kept.shape[0], kept.shape[2])
    carried = np.zeros(rows.shape[1], dtype=np.int64)
    for at in range(0, len(rows), _BLOCK):
        block = slice(at, at + _BLOCK)
        of_pool = pool[block]
        remainder = rows[block].copy()
        for share in shares:
            remainder -= share[block]
        after = np.cumsum(remainder, axis=0)
        after += carried
        before = after - remainder
        carried = after[-1]
        placed = np.zeros_like(remainder)
        for k in range(len(shares) - 1):
            end = _of_rows(ends[:, k], of_pool)
            until = np.minimum(after, end) - np.minimum(before, end)
            shares[k, block] += until - placed
            placed = until
        shares[-1, block] += remainder - placed
