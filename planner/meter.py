"""Timeline -> usage records: a file in ``meters/`` measures one billable item."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from functools import cache

import numpy as np

from planner import meters
from planner.demand import Timeline
from planner.inventory import Bools, Ints, Inventory
from pricing.usage import Usage

MICRO = 10**6

Meter = Callable[[Inventory, Timeline], tuple[Usage, ...]]


@cache
def declared() -> dict[str, Meter]:
    """Every meter by the SKU it measures, which is the name of its file."""
    names = sorted(module.name for module in pkgutil.iter_modules(meters.__path__))
    return {name.replace("_", "-"): importlib.import_module(f"{meters.__name__}.{name}").measure for name in names}


def measure(inventory: Inventory, timeline: Timeline) -> tuple[Usage, ...]:
    """Usage of every billable item; a SKU may have several records, and those without rows are left out."""
    return tuple(usage for meter in declared().values() for usage in meter(inventory, timeline) if len(usage.subject))


def of_groups(
    sku: str,
    inventory: Inventory,
    rows: Ints,
    account: Ints,
    quantity: Ints,
    stated: Bools | None = None,
    active: Bools | None = None,
    priceable: bool = True,
) -> Usage:
    """Usage of attachment groups.

    rows     : (n,) codes of groups
    account  : (g,) account that is billed, by group
    quantity : (n, m) micro-units
    stated   : (n,) whether the quantity is known; unknown in the months of ``active`` (n, m) where it is not
    """
    unknown = np.zeros(quantity.shape, dtype=bool)
    if stated is not None and active is not None and not stated.all():
        unknown = active & ~stated[:, None]
    region = inventory.group_region[rows]
    return Usage(sku, rows, account[rows], region, quantity, unknown, priceable)


def share_of(quantity: Ints, part: Ints, whole: Ints) -> Ints:
    """quantity x part / whole, rounded half up; exact. 0 where whole is 0.

    quantity, part, whole : (n, m), 0 <= part <= whole
    """
    if (part == whole).all():
        return quantity
    result = np.where(part == whole, quantity, 0)
    for row, column in np.argwhere((part > 0) & (part < whole)).tolist():
        exact = 2 * int(quantity[row, column]) * int(part[row, column]) + int(whole[row, column])
        result[row, column] = exact // (2 * int(whole[row, column]))
    return result
