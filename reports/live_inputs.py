"""The sheet of inputs of the live workbook: every number of the plan that can change, each with its address."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from planner import demand
from planner.core.period import NEVER
from planner.finance import exchange_rate
from planner.inventory import CDT_DEFAULT_FROM, CDT_DEFAULT_REGIONS, Inventory
from planner.plan import Plan
from pricing import money
from pricing.book import Adjustment, Rate
from reports import live_counts
from reports.live_grid import Grid, Value, serial, serial_hours

STAYS = ""
NEVER_ON_CDT = "never"
NOT_STATED = "not stated"
UNKNOWN_GB = "unknown"
_EARLIEST, _LATEST = 36_526, 110_000
"""Days between 2000 and 2201, as spreadsheets count them."""
HEADS_OF_LOTS = (
    "Group", "Transit router", "Sites", "From (UTC+8)", "Until (UTC+8)", "On CDT from", "Connections",
    "Customer gateways", "Routes", "Account and region", "Shares routes in", "Network", "Stands in",
)  # fmt: skip
HEADS_OF_GROUPS = (
    "Group", "Transit router", "Connections per site", "GB to data centre", "GB from data centre", "Growth per month",
    "Base month", "Network", "Region", "Owner", "Gateways per site", "Routes per site", "Stands in",
)  # fmt: skip


@dataclass(frozen=True)
class Watched:
    """A column of inputs whose changes the checks notice."""

    title: str
    span: str
    """Its address."""
    cells: tuple[tuple[int, Value], ...]
    """(row as spreadsheets count it, value) of each."""

    @property
    def mark(self) -> float:
        """What the column adds up to, each number times its row: words count nothing."""
        return float(sum(row * value for row, value in self.cells if not isinstance(value, str)))


@dataclass
class Inputs:
    """The sheet, and where everything stands in it."""

    grid: Grid
    lots: int = 0
    """Row of the first lot; lot l stands so many rows below."""
    groups: int = 0
    detailed: bool = True
    """Whether sites and traffic are listed; of too many groups they are not."""
    underlays: dict[int, int] = field(default_factory=dict)
    """Row of each underlay that has something to pay beside its groups."""
    baselines: dict[tuple[str, int, int], str] = field(default_factory=dict)
    """By (item, account, region): the address of its GB per month."""
    baseline_values: dict[tuple[str, int, int], float] = field(default_factory=dict)
    exchange: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    """By currency: addresses of first months, last months and rates."""
    adjustments: dict[Adjustment, str] = field(default_factory=dict)
    taxes: dict[int, tuple[str, str, str]] = field(default_factory=dict)
    """By number of the tax: addresses of its percent, and of the days from and until which it applies."""
    markups: dict[str, str] = field(default_factory=dict)
    """By cost centre: the address of what is added when its cost is charged on."""
    watched: list[Watched] = field(default_factory=list)

    def lot(self, number: int, column: int) -> str:
        """The address of a number of a lot."""
        return self.grid.at(self.lots + number, column)

    def group(self, number: int, column: int) -> str:
        """The address of a number of a group."""
        return self.grid.at(self.groups + number, column)

    def watch(self, title: str, first: int, last: int, column: int) -> None:
        """Let the checks notice changes of a column."""
        if last >= first:
            inside = range(first, last + 1)
            self._pending.append((title, first, last, column, inside))

    _pending: list[tuple[str, int, int, int, range]] = field(default_factory=list)

    def finish(self) -> None:
        """Take the values of what is watched: to be called when every cell is there."""
        values: dict[tuple[int, int], Value] = {
            (cell.row, cell.column): cell.value for cell in self.grid.cells if cell.value is not None
        }
        for title, first, last, column, inside in self._pending:
            cells = tuple((row + 1, values[row, column]) for row in inside if (row, column) in values)
            self.watched.append(Watched(title, self.grid.span(first, last, column), cells))
        self._pending.clear()


def lay_out(plan: Plan, detailed: bool) -> Inputs:
    """Every block of inputs, one below the other.

    detailed : whether the groups are few enough for their sites and traffic to be listed
    """
    grid = Grid("Inputs", next_row=5)
    found = Inputs(grid, detailed=detailed)
    grid.put(0, 0, "Inputs", "title")
    grid.put(
        1,
        0,
        "Every number of the plan that can change. Blue on yellow: type here, and formulas follow; grey does not.",
        "note",
    )
    note = "The period and the lists of groups are fixed: to add some, change the plan and run cenplan report again."
    grid.put(2, 0, note, "note")
    _general(found, plan)
    if detailed:
        _groups(found, plan)
        _lots(found, plan)
    else:
        row = title(grid, "Sites and traffic", "")
        said = (
            f"{len(plan.inventory.groups.ids):,} groups are too many for live formulas: quantities are the engine's,"
            " added up by transit router and item. line-items.csv beside this workbook has every group."
        )
        grid.put(row, 0, said, "bad")
        grid.next_row = row + 2
    _underlays(found, plan)
    _baselines(found, plan)
    _exchange(found, plan)
    _adjustments(found, plan)
    _taxes(found, plan)
    _markups(found, plan)
    return found


def title(grid: Grid, heading: str, note: str) -> int:
    """A heading and a sentence; returns the row below."""
    grid.put(grid.next_row, 0, heading, "heading")
    if note:
        grid.put(grid.next_row + 1, 0, note, "note")
        return grid.next_row + 2
    return grid.next_row + 1


def _general(found: Inputs, plan: Plan) -> None:
    grid, chosen = found.grid, plan.inventory.assumptions
    row = title(grid, "General", "")
    grid.header(row, ("What", "Value", "Unit", "What it does"), [1])
    first = serial(plan.inventory.period.first.first_day)
    grid.puts(row + 1, 0, ("First month",), "cell")
    grid.put(row + 1, 1, first, "cell", "month")
    grid.puts(row + 1, 2, ("month", "Fixed: prices and months of every sheet begin here."), "cell")
    grid.name("first_month", row + 1, 1)
    overhead = Fraction(chosen.encryption_overhead) / 100
    row += 2
    grid.put(row, 0, "Encryption overhead", "cell")
    grid.put(row, 1, float(overhead), "input", "percent_fine")
    grid.puts(row, 2, ("of GB", "So much more is billed than the GB of the plan, in both directions."), "cell")
    grid.name("encryption_overhead", row, 1)
    grid.valid.append((row, 1, row, 1, decimals(0, 10)))
    found.watch("Encryption overhead", row, row, 1)
    for name, key, answers, what in (
        ("gb_definition", chosen.gb_definition, ["binary", "decimal"], "A GB of the plan: 2^30 or 10^9 bytes."),
        (
            "connection_fee_per", chosen.connection_fee_per_connection, ["connection", "tunnel"],
            "Whether an IPsec-VPN connection is paid once or for each of its two tunnels.",
        ),
        (
            "free_quota_position", chosen.free_quota_position, ["before-tiers", "inside-tier-1"],
            "Whether tier 1 begins after the free GB, or they are its first.",
        ),
        (
            "part_of_a_port_month", chosen.part_of_a_port_month, ["whole-month", "pro-rata"],
            "Whether a part of a month of a port is paid as a whole one.",
        ),
    ):  # fmt: skip
        row += 1
        grid.put(row, 0, name.replace("_", " ").capitalize().replace("Gb", "GB"), "cell")
        grid.put(row, 1, key, "input", "right")
        grid.puts(row, 2, ("choice", what), "cell")
        grid.name(name, row, 1)
        grid.valid.append((row, 1, row, 1, {"validate": "list", "source": answers}))
    row += 1
    grid.put(row, 0, "Billed GB of one GB of the plan", "cell")
    formula = '(1+encryption_overhead)*IF(gb_definition="decimal",10^9/2^30,1)'
    grid.formula(row, 1, formula, float(demand.billed_gb(chosen)), "cell", "fine")
    grid.puts(row, 2, ("factor", "From the two rows above."), "cell")
    grid.name("billed_gb", row, 1)
    for name, answer in (
        ("Part of an hour", chosen.part_of_an_hour),
        ("Free quota without a baseline", chosen.baseline),
        ("Removal order", chosen.removal_order),
    ):
        row += 1
        grid.put(row, 0, name, "cell")
        grid.put(row, 1, answer, "cell", "right")
        grid.puts(row, 2, ("choice", "Fixed here: the plan's answer, which the formulas follow."), "cell")
    grid.next_row = row + 2


def _lots(found: Inputs, plan: Plan) -> None:
    grid, tables = found.grid, plan.inventory
    lots, names = tables.lots, tables.group_names
    note = (
        "A lot is sites of a group that come and leave together. An empty Until: they stay."
        " 0 sites: they never come. Which sites a removal takes is resolved already."
    )
    row = title(grid, "Lots of sites", note)
    grid.header(row, HEADS_OF_LOTS, range(2, 9))
    found.lots = row + 1
    places = [str(tables.step_places[code].location) for code in lots.added_by.tolist()]
    both = _on_both(plan)
    gateways, routes = tables.groups.own_gateways.tolist(), live_counts.routes_per_site(tables)
    columns = zip(
        lots.group.tolist(), lots.start.tolist(), lots.end.tolist(), lots.sites.tolist(), lots.cdt_from.tolist(),
        strict=True,
    )  # fmt: skip
    for number, (group, start, end, sites, cdt) in enumerate(columns):
        at = found.lots + number
        grid.puts(at, 0, (names[group], tables.routers.ids[tables.groups.router[group]]), "cell")
        grid.put(at, 2, sites, "input", "count")
        grid.put(at, 3, serial_hours(start) / 24, "input", "instant")
        grid.put(at, 4, None if end == NEVER else serial_hours(end) / 24, "input", "instant")
        if cdt == NEVER:
            grid.put(at, 5, "private" if tables.groups.private[group] else NEVER_ON_CDT, "cell", "right")
        elif cdt == start:
            grid.formula(at, 5, _on_cdt(plan, group, at + 1), serial_hours(start) / 24, "cell", "instant", "right")
        else:
            styles = ("input", "instant") if group in both else ("cell", "instant")
            grid.put(at, 5, serial_hours(cdt) / 24, *styles)
        connections = sites * int(tables.groups.connections_per_site[group])
        of_group = found.groups + group + 1
        grid.formula(at, 6, f"C{at + 1}*C{of_group}", connections, "cell", "count")
        for column, letter, each in ((7, "K", gateways[group]), (8, "L", routes[group])):
            grid.formula(at, column, f"C{at + 1}*{letter}{of_group}", sites * each, "cell", "count")
        account = tables.accounts[tables.groups.owner[group]]
        grid.put(at, 9, f"{account}/{tables.regions[tables.group_region[group]]}", "cell")
        grid.put(at, 10, live_counts.shares_in(tables, group), "cell")
        grid.put(at, 11, "private" if tables.groups.private[group] else "public", "cell")
        grid.put(at, 12, places[number], "cell", "note")
    last = found.lots + len(places) - 1
    grid.valid.append((found.lots, 2, last, 2, whole(0, 10**6)))
    grid.valid.append((found.lots, 3, last, 5, days()))
    for what, column in (("Sites", 2), ("Lots, from", 3), ("Lots, until", 4), ("Lots, on CDT from", 5)):
        found.watch(what, found.lots, last, column)
    grid.next_row = last + 2


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


def _groups(found: Inputs, plan: Plan) -> None:
    grid, tables = found.grid, plan.inventory
    groups, traffic = tables.groups, tables.traffic
    note = "GB of one site in a whole month, and how they grow from the base month on. unknown is not 0: type a number."
    row = title(grid, "Groups", note)
    grid.header(row, HEADS_OF_GROUPS, [2, 3, 4, 5, 6, 10, 11])
    found.groups = row + 1
    routes = live_counts.routes_per_site(tables)
    for number, name in enumerate(tables.group_names):
        at, code = found.groups + number, int(groups.traffic[number])
        grid.puts(at, 0, (name, tables.routers.ids[groups.router[number]]), "cell")
        grid.put(at, 2, int(groups.connections_per_site[number]), "input", "count")
        for column, volumes in ((3, traffic.to_data_center), (4, traffic.from_data_center)):
            volume = int(volumes[code])
            grid.put(at, column, UNKNOWN_GB if volume < 0 else volume / money.MICRO, "input", "quantity", "right")
        grid.put(at, 5, float(Fraction(*traffic.growth[code]) - 1), "input", "percent_fine")
        grid.put(at, 6, serial(traffic.base_month[code].first_day), "input", "month")
        grid.put(at, 7, "private" if groups.private[number] else "public", "cell")
        grid.put(at, 8, tables.regions[tables.group_region[number]], "cell")
        grid.put(at, 9, tables.accounts[groups.owner[number]], "cell")
        grid.put(at, 10, int(groups.own_gateways[number]), "input", "count")
        if groups.flow_protection[number]:
            grid.formula(at, 11, f"C{at + 1}", routes[number], "cell", "count")
        else:
            grid.put(at, 11, routes[number], "cell", "count")
        grid.put(at, 12, str(groups.places[number].location), "cell", "note")
    last = found.groups + len(groups.ids) - 1
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


def _underlays(found: Inputs, plan: Plan) -> None:
    tables, grid = plan.inventory, found.grid
    underlays = tables.underlays
    rows = sorted({*underlays.ports, *underlays.leased_lines})
    if not rows:
        return
    row = title(grid, "Underlays", "Ports of new underlays, and the minimum terms of leased lines; prices: Prices.")
    grid.header(
        row,
        ("Underlay", "Transit router", "Ports", "Term, months", "Line starts", "Port speed", "Stands in"),
        [2, 3, 4],
    )
    for at, code in enumerate(rows, start=row + 1):
        found.underlays[code] = at
        grid.puts(at, 0, (underlays.ids[code], tables.routers.ids[underlays.router[code]]), "cell")
        speed, count = underlays.ports.get(code, ("", 0))
        line = underlays.leased_lines.get(code)
        if speed:
            grid.put(at, 2, count, "input", "count")
        else:
            grid.put(at, 2, "none", "cell", "right")
        if line:
            grid.put(at, 3, line.terms.term_months or 0, "input", "count")
            start = line.terms.start
            grid.put(at, 4, serial(start.date()) if start else None, "input", "day")
        else:
            grid.puts(at, 3, ("no line", "no line"), "cell", "right")
        grid.put(at, 5, speed or "none", "cell")
        grid.put(at, 6, str(underlays.places[code].location), "cell", "note")
    last = row + len(rows)
    grid.valid.append((row + 1, 2, last, 3, whole(0, 240)))
    grid.valid.append((row + 1, 4, last, 4, days()))
    for what, column in (("Ports", 2), ("Terms of leased lines", 3), ("Starts of leased lines", 4)):
        found.watch(what, row + 1, last, column)
    grid.next_row = last + 2


def pools_of(plan: Plan) -> Iterator[tuple[str, int, int, float]]:
    """(item, account, region, GB per month of everything else) of every pool that the plan draws on."""
    for one in plan.rated:
        if one.pools is None or not len(one.usage.subject):
            continue
        columns = zip(
            one.pools.account.tolist(), one.pools.region.tolist(), one.pools.baseline[:, 0].tolist(), strict=True
        )
        for account, region, micro in columns:
            yield one.usage.sku, account, region, micro / money.MICRO


def _baselines(found: Inputs, plan: Plan) -> None:
    grid, tables = found.grid, plan.inventory
    pools = list(pools_of(plan))
    if not pools:
        return
    stated = {
        (sku, tables.accounts.index(one.account), tables.regions.index(one.region))
        for one in plan.scenarios[0].estate.baselines
        for sku, volume in (("cdt-internet", one.cdt_internet_gb), ("vbr-outbound", one.vbr_outbound_gb))
        if volume is not None
    }
    note = "GB that everything else in an account uses each month: it draws free quotas and tiers first."
    row = title(grid, "Baselines", note)
    grid.header(row, ("Account", "Item", "GB per month", "Region"), [2])
    for at, (sku, account, region, volume) in enumerate(pools, start=row + 1):
        grid.puts(at, 0, (tables.accounts[account], sku), "cell")
        known = (sku, account, region) in stated
        grid.put(at, 2, volume if known else NOT_STATED, "input", "quantity", "right")
        grid.put(at, 3, tables.regions[region], "cell")
        found.baselines[sku, account, region] = grid.at(at, 2)
        found.baseline_values[sku, account, region] = volume
    last = row + len(pools)
    grid.valid.append((row + 1, 2, last, 2, decimals(0, 10**12)))
    found.watch("Baselines", row + 1, last, 2)
    grid.next_row = last + 2


def _exchange(found: Inputs, plan: Plan) -> None:
    grid, period = found.grid, plan.inventory.period
    bases = sorted({one.exchange.base for one in plan.rated if one.exchange is not None})
    if not bases:
        return
    quote = plan.inventory.currency
    row = title(grid, "Exchange rates", "Fixed by finance; never fetched.")
    grid.header(row, ("From", "To", "Rate", "First month", "Last month", "Agreed on", "Source"), [2, 3, 4])
    start = at = row + 1
    for base in bases:
        first = at
        rates = [exchange_rate(plan.scenarios[0].finance, base, quote, month) for month in period.months]
        runs = _runs(rates)
        for begin, end in runs:
            rate = rates[begin]
            assert rate is not None, "the scenario was refused where one is missing"
            grid.puts(at, 0, (base, quote), "cell")
            grid.put(at, 2, float(rate.rate), "input", "rate")
            grid.put(at, 3, serial(period.months[begin].first_day), "cell", "month")
            grid.put(at, 4, serial(period.months[end].first_day), "cell", "month")
            grid.put(at, 5, serial(rate.agreed_on), "cell", "day")
            grid.put(at, 6, rate.source, "cell")
            at += 1
        found.exchange[base] = (grid.span(first, at - 1, 3), grid.span(first, at - 1, 4), grid.span(first, at - 1, 2))
    grid.valid.append((start, 2, at - 1, 2, decimals(0, 10**6)))
    found.watch("Exchange rates", start, at - 1, 2)
    grid.next_row = at + 1


def _runs(values: Sequence[object]) -> list[tuple[int, int]]:
    """(first, last) of each run of equal values."""
    starts = [n for n in range(len(values)) if n == 0 or values[n] != values[n - 1]]
    return list(zip(starts, [n - 1 for n in starts[1:]] + [len(values) - 1], strict=True))


def used_rates(plan: Plan) -> Iterator[Rate]:
    """Every rate that the plan's items could be priced at, list and contracted."""
    for one in plan.rated:
        if len(one.usage.subject):
            yield from one.prices.rates


def _adjustments(found: Inputs, plan: Plan) -> None:
    changes = dict.fromkeys(change for rate in used_rates(plan) for change in rate.adjustments)
    if not changes:
        return
    grid = found.grid
    row = title(grid, "Discounts and expected changes of list prices", "A discount lowers, an expected change raises.")
    heads = ("Kind", "Scope", "Percent", "From", "Until", "Evidence", "Price book, and source")
    grid.header(row, heads, [2, 3, 4])
    for at, one in enumerate(changes, start=row + 1):
        percent = -one.percent if one.kind == "discount" else one.percent
        grid.puts(at, 0, (one.kind, one.scope), "cell")
        grid.put(at, 2, float(percent.scaleb(-2)), "input", "percent_fine")
        for column, day in ((3, one.effective_from), (4, one.effective_until)):
            grid.put(at, column, serial(day) if day else "always", "cell", "day", "right")
        grid.puts(at, 5, (one.reference.evidence, f"{one.book}: {one.reference.title}"), "cell")
        found.adjustments[one] = grid.at(at, 2)
    last = row + len(changes)
    grid.valid.append((row + 1, 2, last, 2, decimals(-10, 1)))
    found.watch("Discounts and expected changes", row + 1, last, 2)
    grid.next_row = last + 2


def _taxes(found: Inputs, plan: Plan) -> None:
    grid, taxes = found.grid, plan.scenarios[0].finance.tax
    if not taxes:
        return
    row = title(grid, "Taxes", "On what an account settles; of months that start on or after the first day.")
    grid.header(row, ("Tax", "Accounts", "Percent", "From", "Until", "Source"), [2, 3, 4])
    for number, tax in enumerate(taxes):
        at = row + 1 + number
        grid.puts(at, 0, (tax.title, ", ".join(tax.accounts) or "all"), "cell")
        grid.put(at, 2, float(tax.percent.scaleb(-2)), "input", "percent_fine")
        for column, day in ((3, tax.effective_from), (4, tax.effective_until)):
            grid.put(at, column, serial(day) if day else None, "input", "day")
        grid.put(at, 5, tax.source, "cell")
        found.taxes[number] = grid.at(at, 2), grid.at(at, 3), grid.at(at, 4)
    last = row + len(taxes)
    grid.valid.append((row + 1, 2, last, 2, decimals(0, 1)))
    grid.valid.append((row + 1, 3, last, 4, days()))
    for what, column in (("Taxes", 2), ("Taxes, from", 3), ("Taxes, until", 4)):
        found.watch(what, row + 1, last, column)
    grid.next_row = last + 2


def _markups(found: Inputs, plan: Plan) -> None:
    grid, markups = found.grid, plan.scenarios[0].finance.markup_percent
    if not markups:
        return
    row = title(grid, "Markups", "What is added when the cost of a cost centre is charged on.")
    grid.header(row, ("Cost centre", "", "Percent"), [2])
    for at, (center, percent) in enumerate(sorted(markups.items()), start=row + 1):
        grid.puts(at, 0, (center, ""), "cell")
        grid.put(at, 2, float(percent.scaleb(-2)), "input", "percent_fine")
        found.markups[center] = grid.at(at, 2)
    last = row + len(markups)
    grid.valid.append((row + 1, 2, last, 2, decimals(-1, 10)))
    found.watch("Markups", row + 1, last, 2)
    grid.next_row = last + 2


def whole(least: int, most: int) -> dict[str, object]:
    return {
        "validate": "integer", "criteria": "between", "minimum": least, "maximum": most,
        "error_title": "Not a whole number", "error_message": f"Type a whole number from {least} to {most}.",
    }  # fmt: skip


def decimals(least: float, most: float) -> dict[str, object]:
    return {
        "validate": "decimal", "criteria": "between", "minimum": least, "maximum": most,
        "error_title": "Not a number", "error_message": f"Type a number from {least} to {most}.",
    }  # fmt: skip


def days() -> dict[str, object]:
    return {
        "validate": "decimal", "criteria": "between", "minimum": _EARLIEST, "maximum": _LATEST,
        "error_title": "Not a day", "error_message": "Type a day, such as 2027-01-01, or a day and a time (UTC+8).",
    }  # fmt: skip


def lots_of_groups(inventory: Inventory) -> list[tuple[int, int]]:
    """(first, last) lot of each group: they stand together."""
    groups = np.arange(len(inventory.groups.ids))
    first = np.searchsorted(inventory.lots.group, groups)
    last = np.searchsorted(inventory.lots.group, groups, side="right") - 1
    return list(zip(first.tolist(), last.tolist(), strict=True))
