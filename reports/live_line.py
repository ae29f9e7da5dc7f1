"""Lines of the live workbook: what each subject uses of each item, as the calculation lists it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from planner.core.cost_center import NOT_GIVEN
from planner.estate import CARRIERS
from planner.plan import Plan
from pricing import money
from pricing.rating import Rated
from pricing.sku import skus
from pricing.usage import Bools
from reports.live_grid import Value
from reports.live_usage import UNKNOWN

ALL = "(all)"


@dataclass(frozen=True, slots=True)
class Line:
    """Usage of an item by a subject, or of too many groups by a router; as the calculation has it."""

    sku: str
    subject: str
    router: str
    region: str
    account: str
    cost_center: str
    rated: int
    """Number of the rated item."""
    rows: tuple[int, ...]
    """Rows of the rated item: one, or those that are added up."""
    used: bool


@dataclass(frozen=True)
class Item:
    """A rated item that has lines."""

    number: int
    """Which of the plan's rated items it is."""
    rated: Rated
    title: str
    lines: tuple[Line, ...]
    first_cost: int
    """Row of the plan's costs in which the first row of its usage stands; the others follow."""

    @property
    def sku(self) -> str:
        """What is billed."""
        return self.rated.usage.sku


def items_of(plan: Plan, detailed: bool) -> list[Item]:
    """Each rated item with its lines: of each subject, or of more than can be listed by transit router."""
    found, first_cost = [], 0
    for number, one in enumerate(plan.rated):
        if lines := _lines(plan, number, one, detailed):
            found.append(Item(number, one, _title(plan, one), lines, first_cost))
        first_cost += len(one.usage.subject)
    return found


def values_of(one: Rated, line: Line) -> list[Value]:
    """(m,) what the engine counts, in the unit of the item; unknown where it is."""
    rows = list(line.rows)
    quantity, unknown = one.usage.quantity[rows].sum(axis=0), np.any(one.usage.unknown[rows], axis=0)
    return [
        UNKNOWN if no else micro / money.MICRO for micro, no in zip(quantity.tolist(), unknown.tolist(), strict=True)
    ]


def _title(plan: Plan, one: Rated) -> str:
    note = "" if one.usage.priceable else " over ECR, no billing rule is known"
    at_bill = f", billed in {one.currency}" if one.currency != plan.inventory.currency else ""
    return f"{skus()[one.usage.sku].title}{note}{at_bill}"


class _Key(NamedTuple):
    """What rows of usage have in common that stand in one line."""

    router: str
    subject: str
    region: str
    account: str
    cost_center: str
    place: int
    """Row of the price table."""
    apart: int
    """The row itself where each stands alone; else whether something of it is unknown."""


def _lines(plan: Plan, number: int, one: Rated, detailed: bool) -> tuple[Line, ...]:
    usage = one.usage
    used: Bools = np.logical_or(usage.quantity.any(axis=1), usage.unknown.any(axis=1))
    own: dict[_Key, list[int]] = {}
    for row in range(len(usage.subject)):
        if used[row] or (detailed and not _never(plan, one, row)):
            own.setdefault(_key(plan, one, row, detailed), []).append(row)
    lines = [
        Line(
            usage.sku, key.subject, key.router, key.region, key.account, key.cost_center, number, tuple(rows),
            bool(used[rows].any()),
        )
        for key, rows in own.items()
    ]  # fmt: skip
    if one.pools is not None and not detailed:  # those of a pool stand together
        lines.sort(key=lambda line: (usage.account[line.rows[0]], usage.region[line.rows[0]]))
    return tuple(lines)


def _key(plan: Plan, one: Rated, row: int, detailed: bool) -> _Key:
    tables, usage = plan.inventory, one.usage
    subject = int(usage.subject[row])
    return _Key(
        router=tables.subject_routers[subject],
        subject=tables.subject_names[subject] if detailed else ALL,
        region=tables.regions[usage.region[row]],
        account=CARRIERS if skus()[usage.sku].billed_by == "carrier" else tables.accounts[usage.account[row]],
        cost_center=(tables.cost_centers[subject] or NOT_GIVEN) if detailed else ALL,
        place=int(usage.place[row]),
        apart=row if detailed else int(usage.unknown[row].any()),
    )


def _never(plan: Plan, one: Rated, row: int) -> bool:
    """Whether a row without usage has none whatever the inputs are."""
    underlay = int(one.usage.subject[row]) - len(plan.inventory.groups.ids)
    if underlay < 0:
        return False
    underlays = plan.inventory.underlays
    if underlay >= len(underlays.ids):
        return True
    return bool(underlays.already_attached[underlay]) or not (plan.inventory.groups.underlay == underlay).any()
