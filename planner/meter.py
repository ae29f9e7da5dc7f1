"""Timeline -> usage records: a file in ``meters/`` measures one billable item."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from planner import demand, meters
from planner.core.period import HOUR, Month
from planner.core.provenance import CURRENCY_OF_SITE, Reference
from planner.core.region import LANE, crosses_border
from planner.demand import Lease, Timeline
from planner.inventory import Bools, Ints, Inventory
from planner.plan_file import LeasedLine
from planner.prepaid import PrepaidPlan, bought
from pricing.book import Rate
from pricing.usage import Usage

if TYPE_CHECKING:
    from pricing.prepaid import Prepaid

MICRO = 10**6

Meter = Callable[[Inventory, Timeline], tuple[Usage, ...]]
Price = Callable[[LeasedLine], Decimal | None]
Months = Callable[[Lease, Ints], Bools]
PrepaidPrice = Callable[[PrepaidPlan], Decimal | None]
PrepaidQuantity = Callable[["Prepaid", Ints], Sequence[int]]


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
    region: Ints | None = None,
) -> Usage:
    """Usage of attachment groups.

    rows     : (n,) codes of groups
    account  : (g,) account that is billed, by group
    quantity : (n, m) micro-units
    region   : (g,) where it is used, by group; None: in the regions of their routers
    stated   : (n,) whether the quantity is known; unknown in the months of ``active`` (n, m) where it is not
    """
    unknown = np.zeros(quantity.shape, dtype=bool)
    if stated is not None and active is not None and not stated.all():
        unknown = active & ~stated[:, None]
    region = inventory.group_region if region is None else region
    return Usage(sku, rows, account[rows], region[rows], quantity, unknown, priceable)


def of_ports(sku: str, speed: str, inventory: Inventory, timeline: Timeline) -> tuple[Usage, ...]:
    """Port-months of the ports of a speed, from the first attachment over an underlay to the last.

    A part of a month is a whole one, or its share of the hours of the month if the plan says so.
    """
    ports = [(code, count) for code, (of, count) in inventory.underlays.ports.items() if of == speed]
    if not ports:
        return ()
    rows, counts = np.array(ports, dtype=np.int64).T
    hours = timeline.underlay_hours[rows]
    quantity = MICRO * counts[:, None] * (hours > 0)
    if inventory.pro_rata_ports:
        quantity = share_of(quantity, hours, np.broadcast_to(np.diff(inventory.bounds) // HOUR, hours.shape))
    return (_of_underlays(sku, inventory, rows, quantity),)


def of_leased_lines(sku: str, inventory: Inventory, price: Price, months: Months) -> tuple[Usage, ...]:
    """What is paid for leased lines, at the rates their plan gives; apart by the currency of the line.

    price  : what is paid for a line at a time; None: nothing
    months : in which of some months (m,) it is paid, given as numbers
    """
    lines, leases = inventory.underlays.leased_lines, demand.leases(inventory)
    numbers = inventory.period.first.number + np.arange(inventory.period.count)
    by_currency: dict[str, list[int]] = {}
    for code in leases:
        if price(lines[code].terms) is not None:
            by_currency.setdefault(lines[code].terms.currency or inventory.currency, []).append(code)
    return tuple(
        dataclasses.replace(
            _of_underlays(
                sku,
                inventory,
                np.array(codes, dtype=np.int64),
                MICRO * np.array([months(leases[code], numbers) for code in codes], dtype=np.int64),
            ),
            lane=np.arange(len(codes)),
            lanes=tuple(inventory.underlays.ids[code] for code in codes),
            rates=tuple(_given(inventory, code, leases[code], price(lines[code].terms)) for code in codes),
            currency=currency,
        )
        for currency, codes in by_currency.items()
    )


def _given(inventory: Inventory, code: int, lease: Lease, value: Decimal | None) -> Rate | None:
    """The rate of a leased line, as its plan gives it."""
    line, underlays = inventory.underlays.leased_lines[code], inventory.underlays
    term = line.terms.term_months
    if value is None:
        return None
    return Rate(
        value=value,
        reference=line.reference,
        scope=underlays.ids[code],
        effective_from=Month.at(lease.first).first_day,
        book=f"plan {inventory.scenarios[underlays.scenario[code]]}",
        note=f"minimum term of {term} months, through {Month.at(lease.term_end - 1)}" if term else "",
    )


def _of_underlays(sku: str, inventory: Inventory, rows: Ints, quantity: Ints) -> Usage:
    """Usage of underlays that is paid by the account of their router.

    rows : (n,) codes of underlays;  quantity : (n, m) micro-units
    """
    router = inventory.underlays.router[rows]
    return Usage(
        sku=sku,
        subject=len(inventory.groups.ids) + rows,
        account=inventory.routers.account[router],
        region=inventory.routers.region[router],
        quantity=quantity,
        unknown=np.zeros(quantity.shape, dtype=bool),
    )


def of_prepaid(sku: str, inventory: Inventory, price: PrepaidPrice, quantity: PrepaidQuantity) -> tuple[Usage, ...]:
    """What is paid for prepaid plans that plans buy, at the prices they give; apart by currency.

    price    : of one unit; None: nothing is paid for it in this way
    quantity : (m,) units by month, of a plan and the hours (m,) in which it is valid
    """
    table = inventory.prepaid
    rows = [code for code, entry in enumerate(table.entries) if table.scenario[code] >= 0 and price(entry) is not None]
    if not rows:
        return ()
    from pricing.prepaid import valid_hours

    plans = bought(zip(table.ids, table.entries, strict=True), inventory.accounts)
    hours = valid_hours(plans, [month.first_day for month in inventory.period.months])
    by_currency: dict[str, list[int]] = {}
    for code in rows:
        own = CURRENCY_OF_SITE[inventory.account_sites[table.account[code]]]
        by_currency.setdefault(table.entries[code].currency or own, []).append(code)
    return tuple(
        _of_prepaid_plans(
            sku, inventory, codes, currency, price, [quantity(plans[code], hours[code]) for code in codes]
        )
        for currency, codes in by_currency.items()
    )


def _of_prepaid_plans(
    sku: str, inventory: Inventory, codes: list[int], currency: str, price: PrepaidPrice, units: list[Sequence[int]]
) -> Usage:
    table, rows = inventory.prepaid, np.array(codes, dtype=np.int64)
    quantity = MICRO * np.array(units, dtype=np.int64).reshape(len(codes), -1)
    return Usage(
        sku=sku,
        subject=len(inventory.groups.ids) + len(inventory.underlays.ids) + rows,
        account=table.account[rows],
        region=table.region[rows],
        quantity=quantity,
        unknown=np.zeros(quantity.shape, dtype=bool),
        lane=np.arange(len(codes)),
        lanes=tuple(table.ids[code] for code in codes),
        rates=tuple(_offered(inventory, code, price(table.entries[code])) for code in codes),
        currency=currency,
    )


def _offered(inventory: Inventory, code: int, value: Decimal | None) -> Rate | None:
    """The price of a prepaid plan, as the plan that buys it gives it."""
    table = inventory.prepaid
    entry, scenario = table.entries[code], inventory.scenarios[table.scenario[code]]
    if value is None:
        return None
    reference = Reference(entry.source, None, table.read_on.isoformat(), entry.evidence)
    return Rate(value, reference, table.ids[code], entry.start, f"plan {scenario}", f"{entry.kind} of {entry.account}")


def between_regions(
    sku: str, line_class: str, across_the_border: bool, inventory: Inventory, timeline: Timeline
) -> tuple[Usage, ...]:
    """GB between the region of the clouds and that of the router, by lane; each way where it leaves.

    source : CEN billing page: inter-region traffic is charged on egress, through CDT
    """
    groups, regions = inventory.groups, inventory.regions
    sent = [
        (code, cloud, home)
        for code, (cloud, of_class) in groups.clouds.items()
        if of_class == line_class
        and crosses_border(regions[cloud], regions[home := int(inventory.group_region[code])]) == across_the_border
    ]
    if not sent:
        return ()
    group, cloud, home = np.array(sent, dtype=np.int64).T
    egress, ingress = np.concatenate([cloud, home]), np.concatenate([home, cloud])
    lanes, lane = np.unique(egress * len(regions) + ingress, return_inverse=True)
    quantity = np.concatenate([timeline.to_data_center[group], timeline.from_data_center[group]])
    stated = np.concatenate([timeline.to_stated[group], timeline.from_stated[group]])
    active = np.tile(timeline.site_hours[group] > 0, (2, 1))
    return (
        Usage(
            sku=sku,
            subject=np.tile(group, 2),
            account=np.tile(inventory.routers.account[groups.router[group]], 2),
            region=egress,
            quantity=quantity,
            unknown=active & ~stated[:, None],
            lane=lane,
            lanes=tuple(LANE.join(regions[end] for end in divmod(both, len(regions))) for both in lanes.tolist()),
        ),
    )


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
