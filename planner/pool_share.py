"""What an amount is counted together with: the free quota and the tiers of its account, and its share of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from planner import pool_bill
from planner.plan import Plan
from pricing import pool
from pricing.book import FreeQuota, Rate
from pricing.prepaid import gives_up_free_quota
from pricing.price_table import FREE
from pricing.rating import Rated


@dataclass(frozen=True)
class Draw:
    """What the traffic of the account in a region takes of a free quota; micro-units."""

    region: str
    turn: int
    """In which turn the regions draw; those of one turn share in proportion."""
    baseline: int
    """Everything else in the account: what there is."""
    baseline_free: int
    """Of which the free quota covers."""
    plan: int
    plan_free: int


@dataclass(frozen=True)
class Column:
    """A tier of a pool, or its free quota; micro-units."""

    tier: int | None
    """0: free quota, 1...: tiers; None: no tiers."""
    lower: int
    upper: int | None
    rate: Rate | None
    """The contracted one."""
    baseline: int
    """Everything else in the account and region."""
    plan: int
    own: int
    """The share of what is explained in what the plan has there."""


@dataclass(frozen=True)
class Pool:
    """What accumulates over an account and region in a month."""

    account: str
    region: str
    baseline_given: bool
    """Whether the estate says what else the account uses; otherwise it is taken as nothing."""
    free_quota: FreeQuota | None
    """None: there is none, or this account has none of it."""
    without: Literal["", "used-up", "given-up"]
    """Why an account has none of a free quota that there is: by assumption everything else uses it up, or a prepaid
    plan of the account gives it up."""
    draws: tuple[Draw, ...]
    """Every region that shares the free quota, in the order in which they draw."""
    inside_tier_1: bool
    """Whether the free GB count as the first of tier 1."""
    position_matters: bool
    """Whether that, or the contrary, puts GB of the plan into other tiers."""
    columns: tuple[Column, ...]
    """Those in which there is something, and those below them."""
    members: int
    """Subjects of the plan that are in it."""
    unknown: int
    """Subjects of the plan whose quantity is not known, so that they are not in it."""


def pool_of(plan: Plan, rated: Rated, row: int, month: int) -> Pool | None:
    """What a row's quantity is counted together with; None where nothing accumulates."""
    pools, usage, prices = rated.pools, rated.usage, rated.prices
    if pools is None:  # then places may be lanes, which are no regions
        return None
    region, account = int(usage.region[row]), int(usage.account[row])
    tiered, code = bool(prices.tiered[region, month]), int(prices.free_quota[region, month])
    if not (tiered or code >= 0):
        return None
    own = int(np.flatnonzero((pools.account == account) & (pools.region == region))[0])
    members = (usage.account == account) & (usage.region == region)
    chosen = plan.scenarios[0].plan.assumptions
    tables = plan.inventory
    without = _without(plan, rated, own, month) if code >= 0 else ""
    code = -1 if without else code
    return Pool(
        account=tables.accounts[account],
        region=tables.regions[region],
        baseline_given=tables.accounts[account] in pool_bill.baselines_given(usage.sku, plan),
        free_quota=prices.free_quotas[code] if code >= 0 else None,
        draws=tuple(_draws(plan, rated, account, code, month)) if code >= 0 else (),
        without=without,
        inside_tier_1=chosen.free_quota_position == "inside-tier-1",
        position_matters=_position_matters(rated, own, month),
        columns=tuple(_columns(plan, rated, row, own, month, tiered, code >= 0)),
        members=int((usage.quantity[members, month] > 0).sum()),
        unknown=int(usage.unknown[members, month].sum()),
    )


def _without(plan: Plan, rated: Rated, own: int, month: int) -> Literal["", "used-up", "given-up"]:
    """Why the account of a pool has none of a free quota that there is in its region."""
    pools, sku = rated.pools, rated.usage.sku
    assert pools is not None
    account = int(pools.account[own])
    if plan.prepaid is not None:
        of_month = [plan.inventory.period.months[month].first_day]
        if gives_up_free_quota(sku, plan.prepaid.plans, len(plan.inventory.accounts), of_month)[account, 0]:
            return "given-up"
    taken_as_used = plan.scenarios[0].plan.assumptions.baseline == "free-quota-used"
    given = plan.inventory.accounts[account] in pool_bill.baselines_given(sku, plan)
    return "used-up" if taken_as_used and not given else ""


def _position_matters(rated: Rated, own: int, month: int) -> bool:
    """Whether the plan's GB would fall into other tiers if free GB counted as the first of tier 1, or not."""
    pools = rated.pools
    assert pools is not None
    free, charged = int(pools.columns[FREE, own, month]), int(pools.columns[FREE + 1 :, own, month].sum())
    free_before = int(pools.baseline_free[own, month])
    start = int(pools.baseline[own, month]) - free_before
    before, inside = (_tiers(rated, own, month, at, charged) for at in (start, start + free_before + free))
    return before != inside


def _tiers(rated: Rated, own: int, month: int, before: int, quantity: int) -> list[int]:
    """Micro-units in each tier of a quantity that follows others in a pool."""
    assert rated.pools is not None
    one = slice(month, month + 1)
    lower = rated.prices.lower[:, rated.pools.region[own], None, one]
    split = pool.marginal(np.array([[before]]), np.array([[quantity]]), lower)
    return [int(tier) for tier in split[:, 0, 0]]


def _draws(plan: Plan, rated: Rated, account: int, code: int, month: int) -> Iterator[Draw]:
    """Every pool that shares a free quota, in the order in which they draw."""
    pools = rated.pools
    assert pools is not None
    chosen = plan.scenarios[0].plan.assumptions.free_quota_region_order
    order = () if isinstance(chosen, str) else chosen
    sharing = (pools.account == account) & (rated.prices.free_quota[pools.region, month] == code)
    found = []
    for own in np.flatnonzero(sharing).tolist():
        region = plan.inventory.regions[int(pools.region[own])]
        found.append(
            Draw(
                region=region,
                turn=order.index(region) if region in order else len(order),
                baseline=int(pools.baseline[own, month]),
                baseline_free=int(pools.baseline_free[own, month]),
                plan=int(pools.columns[:, own, month].sum()),
                plan_free=int(pools.columns[FREE, own, month]),
            )
        )
    yield from sorted(found, key=lambda draw: (draw.turn, draw.region))


def _columns(plan: Plan, rated: Rated, row: int, own: int, month: int, tiered: bool, free: bool) -> Iterator[Column]:
    """The free quota and the tiers of a pool, up to the last in which there is something."""
    pools = rated.pools
    assert pools is not None
    place = int(pools.region[own])
    of_baseline, free_baseline = int(pools.baseline[own, month]), int(pools.baseline_free[own, month])
    inside = plan.scenarios[0].plan.assumptions.free_quota_position == "inside-tier-1"
    start = free_baseline if inside else 0
    baseline = [free_baseline, *_tiers(rated, own, month, start, of_baseline - free_baseline)]
    of_plan = pools.columns[:, own, month].tolist()
    last = max(column for column, parts in enumerate(zip(baseline, of_plan, strict=True)) if any(parts))
    first = FREE if free else FREE + 1
    for column in range(first, last + 1):
        parts = [k for k, number in enumerate(rated.column) if number == column]
        lower, upper = rated.prices.bounds(column, place, month)
        yield Column(
            tier=column if tiered or column == FREE else None,
            lower=lower,
            upper=upper,
            rate=rated.prices.rate(rated.prices.code, column, place, month),
            baseline=baseline[column],
            plan=of_plan[column],
            own=sum(int(rated.quantity[k, row, month]) for k in parts),
        )
