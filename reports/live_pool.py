"""Pools of the live workbook: what the plan and everything else have of an item in each account and region, in GB."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pricing import money
from pricing.rating import Pools
from reports.live_calculation import Calculation
from reports.live_grid import Series
from reports.live_input_sheet import Inputs
from reports.live_line import Item


@dataclass(frozen=True)
class Pool:
    """An account and region whose GB of an item are counted together; with rows of the calculation."""

    number: int
    """Which of the item's pools it is."""
    account: int
    region: int
    name: str
    lines: tuple[int, ...]
    """Which of the item's lines are in it."""
    of_plan: Series
    """GB of the plan."""
    of_others: Series
    """GB of everything else."""


def engine_pools(item: Item) -> Pools:
    """The engine's pools of an item that has some."""
    assert item.rated.pools is not None
    return item.rated.pools


def lay_out(sheet: Calculation, inputs: Inputs, item: Item, counted: Sequence[Series]) -> list[Pool]:
    """Two rows for each pool: this plan and everything else.

    counted : the row that counts each line of the item, in GB
    """
    engine, tables, found = engine_pools(item), sheet.plan.inventory, []
    for number, (account, region) in enumerate(zip(engine.account.tolist(), engine.region.tolist(), strict=True)):
        name = f"{tables.accounts[account]} / {tables.regions[region]}"
        lines = _lines_in(item, account, region)
        of_plan = _of_plan(sheet, item, number, name, [counted[at] for at in lines])
        address = inputs.baselines[item.sku, account, region]
        values = (engine.baseline[number] / money.MICRO).tolist()
        labels = ("Everything else", name, "", item.sku, "GB")
        of_others = sheet.row(labels, f"N({address})", values, total=True, link=True)
        found.append(Pool(number, account, region, name, lines, of_plan, of_others))
    sheet.gap()
    return found


def _lines_in(item: Item, account: int, region: int) -> tuple[int, ...]:
    usage = item.rated.usage
    return tuple(
        at
        for at, line in enumerate(item.lines)
        if usage.account[line.rows[0]] == account and usage.region[line.rows[0]] == region
    )


def _of_plan(sheet: Calculation, item: Item, number: int, name: str, counted: Sequence[Series]) -> Series:
    values = (engine_pools(item).columns[:, number].sum(axis=0) / money.MICRO).tolist()
    labels = ("This plan", name, "", item.sku, "GB")
    if not counted:
        return sheet.row(labels, "0", values, total=True)
    first, last = counted[0].row + 1, counted[-1].row + 1
    return sheet.row(labels, f"SUM(¤{first}:¤{last})", values, total=True, strong=True)
