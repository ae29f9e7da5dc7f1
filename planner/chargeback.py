"""What cost centres are charged on: their own costs, their share of shared ones by a stated rule, and a markup.

Shared are the costs of underlays and prepaid plans that name no cost centre, and pools where a rule other than
`by-gb` is chosen (line items share pools by GB already). Every share is exact: shares add up to what is shared.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from planner.core.cost_center import NOT_GIVEN
from planner.finance import Rule
from planner.inventory import Ints
from planner.plan import Plan
from planner.settlement import percent_of
from pricing.cost import Objects
from pricing.sku import skus

_NO_ROWS = np.empty(0, dtype=np.int64)


@dataclass(frozen=True)
class Charge:
    """What a cost centre is charged by month; nano-units of the results' currency."""

    cost_center: str
    direct: tuple[int, ...]
    """(m,) costs of its own groups, underlays and prepaid plans."""
    shared: tuple[int, ...]
    """(m,) its share of shared costs."""
    markup: tuple[int, ...]
    """(m,) the percentage that finance adds, on both."""
    unpriced: tuple[bool, ...]
    """(m,) where some of it has no price."""

    @property
    def total(self) -> tuple[int, ...]:
        """(m,) what is charged."""
        return tuple(map(sum, zip(self.direct, self.shared, self.markup, strict=True)))


@dataclass(frozen=True)
class _Shared:
    """A cost that is laid over several groups."""

    rows: Ints
    """(n,) rows of the plan's costs."""
    rule: Rule
    groups: Ints
    """(g,) codes of the groups that share it."""


def shown(plan: Plan) -> bool:
    """Whether reports show charges: where the plan says what finance states."""
    return plan.scenarios[0].plan.finance is not None


def charge(plan: Plan) -> tuple[Charge, ...]:
    """What each cost centre is charged, by name; together the billed total and the markups."""
    costs, months = plan.costs, plan.inventory.period.count
    markups, shares = plan.scenarios[0].finance.markup_percent, tuple(_shared(plan))
    of_subject = [name or NOT_GIVEN for name in plan.inventory.cost_centers]
    fixed = [name for one in shares if isinstance(one.rule, dict) for name in one.rule]
    names = sorted({*of_subject, *fixed, NOT_GIVEN})
    code = {name: number for number, name in enumerate(names)}
    bearer = np.array([code[name] for name in of_subject], dtype=np.int64)
    direct, shared = (np.zeros((len(names), months), dtype=object) for _ in range(2))
    unpriced = np.zeros((len(names), months), dtype=bool)
    own = np.setdiff1d(np.arange(len(costs.subject)), np.concatenate([_NO_ROWS, *(one.rows for one in shares)]))
    for number in range(len(names)):
        rows = own[bearer[costs.subject[own]] == number]
        direct[number] = _sum(costs.amount[rows])
        unpriced[number] = costs.unpriced[rows].any(axis=0)
    for one in shares:
        for number, amounts in _laid_over(one, bearer, code, plan):
            shared[number] += amounts
            unpriced[number] |= costs.unpriced[one.rows].any(axis=0)
    charges = []
    for number, name in enumerate(names):
        percent = markups.get(name, Decimal(0))
        markup = tuple(percent_of(amount, percent) for amount in (direct[number] + shared[number]).tolist())
        parts = (tuple(direct[number].tolist()), tuple(shared[number].tolist()), markup)
        if any(map(any, parts)) or unpriced[number].any():
            charges.append(Charge(name, *parts, tuple(unpriced[number].tolist())))
    return tuple(charges)


def _sum(amounts: Objects) -> Objects:
    """(m,) the sum of (n, m) Python integers, 0 of none."""
    return amounts.sum(axis=0) if len(amounts) else np.zeros(amounts.shape[1], dtype=object)


def share_out(amount: int, weights: Sequence[int]) -> list[int]:
    """Parts of an amount in proportion to weights, whole numbers that add up to it.

    Laid end to end, the parts end where the exact ones do, rounded down; at least one weight is above 0.
    """
    whole, ends, done = sum(weights), [], 0
    for weight in weights:
        done += weight
        ends.append(amount * done // whole)
    return [end - start for start, end in zip([0, *ends], ends, strict=False)]


def _shared(plan: Plan) -> Iterator[_Shared]:
    """Every cost that is shared, and by which rule."""
    tables, costs = plan.inventory, plan.costs
    rules, count = plan.scenarios[0].finance.allocation, len(tables.groups.ids)
    for underlay, cost_center in enumerate(tables.underlays.cost_center):
        rows = np.flatnonzero(costs.subject == count + underlay)
        if not cost_center and len(rows):
            yield _Shared(rows, rules.underlays, np.flatnonzero(tables.groups.underlay == underlay))
    yield from _prepaid(plan, rules.prepaid)
    if rules.pools == "by-gb":
        return
    for number, sku in enumerate(costs.skus):
        if not (skus()[sku].free_quota_over or skus()[sku].tiers_over):
            continue
        own = (costs.sku == number) & (costs.subject < count)
        for account, region in sorted({*zip(costs.account[own].tolist(), costs.region[own].tolist(), strict=True)}):
            rows = np.flatnonzero(own & (costs.account == account) & (costs.region == region))
            yield _Shared(rows, rules.pools, costs.subject[rows])


def _prepaid(plan: Plan, rule: Rule) -> Iterator[_Shared]:
    """Prepaid plans without a cost centre: over the groups of their account that use what they offset."""
    tables, costs = plan.inventory, plan.costs
    count, first = len(tables.groups.ids), len(tables.groups.ids) + len(tables.underlays.ids)
    for code, cost_center in enumerate(tables.prepaid.cost_center):
        rows = np.flatnonzero(costs.subject == first + code)
        if cost_center or not len(rows) or plan.prepaid is None:
            continue
        offset = [number for number, sku in enumerate(costs.skus) if plan.prepaid.plans[code].offsets(sku)]
        of_account = (costs.account == tables.prepaid.account[code]) & (costs.subject < count)
        served = np.unique(costs.subject[np.isin(costs.sku, offset) & of_account & costs.used])
        yield _Shared(rows, rule, served)


def _laid_over(one: _Shared, bearer: Ints, code: dict[str, int], plan: Plan) -> Iterator[tuple[int, Objects]]:
    """(cost centre, (m,) amounts) of each that bears a part of a shared cost."""
    amounts = _sum(plan.costs.amount[one.rows])
    if isinstance(one.rule, dict):
        bearers = [code[name] for name in one.rule]
        millionths = np.array([int(percent.scaleb(6)) for percent in one.rule.values()], dtype=object)
        weights = np.repeat(millionths[:, None], len(amounts), axis=1)
    else:
        bearers, weights = bearer[one.groups].tolist(), _weights(one, plan)
    parts = np.zeros((len(bearers) + 1, len(amounts)), dtype=object)
    for month, amount in enumerate(amounts.tolist()):
        if any(weights[:, month]):
            parts[:-1, month] = share_out(amount, weights[:, month].tolist())
        else:
            parts[-1, month] = amount  # nobody is there to bear it
    yield from zip([*bearers, code[NOT_GIVEN]], parts, strict=True)


def _weights(one: _Shared, plan: Plan) -> Objects:
    """(n, m) by what the groups share a cost; equally where the rule gives nobody anything."""
    timeline = plan.timeline
    hours = timeline.connection_hours[one.groups]
    there = (hours > 0).astype(object)
    if one.rule == "equal":
        return there
    weights = hours.astype(object)
    if one.rule == "by-gb":
        weights = (timeline.to_data_center[one.groups] + timeline.from_data_center[one.groups]).astype(object)
    none = weights.sum(axis=0) == 0
    return np.where(none, there, weights)
