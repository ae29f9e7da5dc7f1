"""Inputs of the live workbook by which sites are counted: lots, groups with their traffic, and underlays."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from planner.core.period import NEVER
from planner.inventory import CDT_DEFAULT_FROM, CDT_DEFAULT_REGIONS, Inventory
from planner.plan import Plan
from pricing import money
from reports import live_counts
from reports.live_grid import serial, serial_hours
from reports.live_input_sheet import Inputs, days, decimals, title, whole

NEVER_ON_CDT = "never"
UNKNOWN_GB = "unknown"
HEADS_OF_LOTS = (
    "Group", "Transit router", "Sites", "From (UTC+8)", "Until (UTC+8)", "On CDT from", "Connections",
    "Customer gateways", "Routes", "Account and region", "Shares routes in", "Network", "Stands in",
)  # fmt: skip
HEADS_OF_GROUPS = (
    "Group", "Transit router", "Connections per site", "GB to data centre", "GB from data centre", "Growth per month",
    "Base month", "Network", "Region", "Owner", "Gateways per site", "Routes per site", "Stands in",
)  # fmt: skip


def lay_out(found: Inputs, plan: Plan) -> None:
    """Groups and lots where they are listed, and underlays."""
    if found.detailed:
        _groups(found, plan)
        _lots(found, plan)
    else:
        _too_many(found, plan)
    _underlays(found, plan)


def lots_of_groups(inventory: Inventory) -> list[tuple[int, int]]:
    """(first, last) lot of each group: they stand together."""
    groups = np.arange(len(inventory.groups.ids))
    first = np.searchsorted(inventory.lots.group, groups)
    last = np.searchsorted(inventory.lots.group, groups, side="right") - 1
    return list(zip(first.tolist(), last.tolist(), strict=True))


def _too_many(found: Inputs, plan: Plan) -> None:
    grid = found.grid
    row = title(grid, "Sites and traffic", "")
    said = (
        f"{len(plan.inventory.groups.ids):,} groups are too many for live formulas: quantities are the engine's,"
        " added up by transit router and item. line-items.csv beside this workbook has every group."
    )
    grid.put(row, 0, said, "bad")
    grid.next_row = row + 2


def _groups(found: Inputs, plan: Plan) -> None:
    grid, tables = found.grid, plan.inventory
    note = "GB of one site in a whole month, and how they grow from the base month on. unknown is not 0: type a number."
    row = title(grid, "Groups", note)
    grid.header(row, HEADS_OF_GROUPS, [2, 3, 4, 5, 6, 10, 11])
    found.groups = row + 1
    routes = live_counts.routes_per_site(tables)
    for group in range(len(tables.group_names)):
        _group(found, tables, group, routes[group])
    last = found.groups + len(tables.groups.ids) - 1
    grid.valid.append((found.groups, 2, last, 2, whole(1, 1000)))
    grid.valid.append((found.groups, 3, last, 4, decimals(0, 10**9)))
    grid.valid.append((found.groups, 5, last, 5, decimals(-1, 10)))
    grid.valid.append((found.groups, 6, last, 6, days()))
    grid.valid.append((found.groups, 10, last, 10, whole(0, 1000)))
    for what, column in (
        ("Connections per site", 2), ("Gateways per site", 10), ("GB to the data centre", 3),
        ("GB from the data centre", 4), ("Growth", 5), ("Base month", 6),
    ):  # fmt: skip
        found.watch(what, found.groups, last, column)
    grid.next_row = last + 2


def _group(found: Inputs, tables: Inventory, group: int, routes: int) -> None:
    """The row of a group; routes: of one of its sites."""
    grid, groups, traffic = found.grid, tables.groups, tables.traffic
    at, code = found.groups + group, int(groups.traffic[group])
    grid.puts(at, 0, (tables.group_names[group], tables.routers.ids[groups.router[group]]), "cell")
    grid.put(at, 2, int(groups.connections_per_site[group]), "input", "count")
    for column, volumes in ((3, traffic.to_data_center), (4, traffic.from_data_center)):
        volume = int(volumes[code])
        grid.put(at, column, UNKNOWN_GB if volume < 0 else volume / money.MICRO, "input", "quantity", "right")
    grid.put(at, 5, float(Fraction(*traffic.growth[code]) - 1), "input", "percent_fine")
    grid.put(at, 6, serial(traffic.base_month[code].first_day), "input", "month")
    grid.put(at, 7, "private" if groups.private[group] else "public", "cell")
    grid.put(at, 8, tables.regions[tables.group_region[group]], "cell")
    grid.put(at, 9, tables.accounts[groups.owner[group]], "cell")
    grid.put(at, 10, int(groups.own_gateways[group]), "input", "count")
    if groups.flow_protection[group]:
        grid.formula(at, 11, f"C{at + 1}", routes, "cell", "count")
    else:
        grid.put(at, 11, routes, "cell", "count")
    grid.put(at, 12, str(groups.places[group].location), "cell", "note")


def _lots(found: Inputs, plan: Plan) -> None:
    grid, tables = found.grid, plan.inventory
    note = (
        "A lot is sites of a group that come and leave together. An empty Until: they stay."
        " 0 sites: they never come. Which sites a removal takes is resolved already."
    )
    row = title(grid, "Lots of sites", note)
    grid.header(row, HEADS_OF_LOTS, range(2, 9))
    found.lots = row + 1
    count, both, routes = len(tables.lots.group), _on_both(plan), live_counts.routes_per_site(tables)
    for lot in range(count):
        group, at = int(tables.lots.group[lot]), found.lots + lot
        grid.puts(at, 0, (tables.group_names[group], tables.routers.ids[tables.groups.router[group]]), "cell")
        grid.put(at, 2, int(tables.lots.sites[lot]), "input", "count")
        _instants(found, plan, lot, group in both)
        _counts(found, tables, lot, routes[group])
        _place(found, tables, lot)
    last = found.lots + count - 1
    grid.valid.append((found.lots, 2, last, 2, whole(0, 10**6)))
    grid.valid.append((found.lots, 3, last, 5, days()))
    for what, column in (("Sites", 2), ("Lots, from", 3), ("Lots, until", 4), ("Lots, on CDT from", 5)):
        found.watch(what, found.lots, last, column)
    grid.next_row = last + 2


def _instants(found: Inputs, plan: Plan, lot: int, on_both: bool) -> None:
    """When the sites of a lot come, leave and move to CDT; on_both: whether the group has rows for both bills."""
    grid, tables, at = found.grid, plan.inventory, found.lots + lot
    lots, group = tables.lots, int(tables.lots.group[lot])
    start, end, cdt = int(lots.start[lot]), int(lots.end[lot]), int(lots.cdt_from[lot])
    grid.put(at, 3, serial_hours(start) / 24, "input", "instant")
    grid.put(at, 4, None if end == NEVER else serial_hours(end) / 24, "input", "instant")
    if cdt == NEVER:
        grid.put(at, 5, "private" if tables.groups.private[group] else NEVER_ON_CDT, "cell", "right")
    elif cdt == start:
        grid.formula(at, 5, _on_cdt(plan, group, at + 1), serial_hours(start) / 24, "cell", "instant", "right")
    else:
        grid.put(at, 5, serial_hours(cdt) / 24, "input" if on_both else "cell", "instant")


def _counts(found: Inputs, tables: Inventory, lot: int, routes: int) -> None:
    """What comes with the sites of a lot; routes: of one site."""
    grid, groups, at = found.grid, tables.groups, found.lots + lot
    sites, group = int(tables.lots.sites[lot]), int(tables.lots.group[lot])
    of_group = found.groups + group + 1
    per_site = (int(groups.connections_per_site[group]), int(groups.own_gateways[group]), routes)
    for column, letter, each in zip((6, 7, 8), "CKL", per_site, strict=True):
        grid.formula(at, column, f"C{at + 1}*{letter}{of_group}", sites * each, "cell", "count")


def _place(found: Inputs, tables: Inventory, lot: int) -> None:
    """In which account and region a lot is, with what it shares routes, and where it stands in the plan."""
    grid, groups, at = found.grid, tables.groups, found.lots + lot
    group = int(tables.lots.group[lot])
    account, region = tables.accounts[groups.owner[group]], tables.regions[tables.group_region[group]]
    grid.put(at, 9, f"{account}/{region}", "cell")
    grid.put(at, 10, live_counts.shares_in(tables, group), "cell")
    grid.put(at, 11, "private" if groups.private[group] else "public", "cell")
    grid.put(at, 12, str(tables.step_places[int(tables.lots.added_by[lot])].location), "cell", "note")


def _on_cdt(plan: Plan, group: int, row: int) -> str:
    """From when on CDT bills sites that it bills from the start: where the published rule says so, not before it."""
    tables = plan.inventory
    region = tables.regions[tables.group_region[group]]
    if tables.groups.internet_billing[group] != "auto" or region not in CDT_DEFAULT_REGIONS:
        return f"D{row}"
    move = plan.scenarios[0].estate.cdt_from.get(region)
    otherwise = str(serial(move)) if move else f'"{NEVER_ON_CDT}"'
    if not move and tables.assumptions.undecided_internet_billing == "cdt":
        return f"D{row}"
    rule = round(serial_hours(CDT_DEFAULT_FROM) / 24)
    return f"IF(D{row}>={rule},D{row},{otherwise})"


def _on_both(plan: Plan) -> set[int]:
    """Groups that have a row for each of the two ways of billing Internet traffic."""
    of_sku: dict[str, set[int]] = {"cdt-internet": set(), "ipsec-internet-legacy": set()}
    for one in plan.rated:
        if one.usage.sku in of_sku:
            of_sku[one.usage.sku] |= set(one.usage.subject.tolist())
    return set.intersection(*of_sku.values())


def _underlays(found: Inputs, plan: Plan) -> None:
    tables, grid = plan.inventory, found.grid
    rows = sorted({*tables.underlays.ports, *tables.underlays.leased_lines})
    if not rows:
        return
    row = title(grid, "Underlays", "Ports of new underlays, and the minimum terms of leased lines; prices: Prices.")
    heads = ("Underlay", "Transit router", "Ports", "Term, months", "Line starts", "Port speed", "Stands in")
    grid.header(row, heads, [2, 3, 4])
    for at, code in enumerate(rows, start=row + 1):
        found.underlays[code] = at
        _underlay(found, tables, code)
    last = row + len(rows)
    grid.valid.append((row + 1, 2, last, 3, whole(0, 240)))
    grid.valid.append((row + 1, 4, last, 4, days()))
    for what, column in (("Ports", 2), ("Terms of leased lines", 3), ("Starts of leased lines", 4)):
        found.watch(what, row + 1, last, column)
    grid.next_row = last + 2


def _underlay(found: Inputs, tables: Inventory, code: int) -> None:
    grid, underlays, at = found.grid, tables.underlays, found.underlays[code]
    grid.puts(at, 0, (underlays.ids[code], tables.routers.ids[underlays.router[code]]), "cell")
    speed, count = underlays.ports.get(code, ("", 0))
    if speed:
        grid.put(at, 2, count, "input", "count")
    else:
        grid.put(at, 2, "none", "cell", "right")
    if line := underlays.leased_lines.get(code):
        start = line.terms.start
        grid.put(at, 3, line.terms.term_months or 0, "input", "count")
        grid.put(at, 4, serial(start.date()) if start else None, "input", "day")
    else:
        grid.puts(at, 3, ("no line", "no line"), "cell", "right")
    grid.put(at, 5, speed or "none", "cell")
    grid.put(at, 6, str(underlays.places[code].location), "cell", "note")
