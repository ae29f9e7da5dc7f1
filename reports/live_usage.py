"""Sites, hours and GB of the live workbook: from the lots of sites to what each billable item counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from planner import demand
from planner.core.period import HOUR
from planner.core.period import NEVER as NEVER_SECONDS
from planner.demand import clock_hours, running_hours
from planner.inventory import Ints
from pricing import money
from pricing.rating import Rated
from pricing.sku import skus
from pricing.usage import Bools
from reports.live_calculation import ENDS, HOURS, NEVER, NUMBER, STARTS, Calculation
from reports.live_grid import Series, Value, serial_hours
from reports.live_input_sheet import Inputs
from reports.live_site_inputs import lots_of_groups

UNKNOWN = "unknown"
_SITES, _FROM, _UNTIL, _CDT = 2, 3, 4, 5
_CONNECTIONS, _TO, _FROM_DC, _GROWTH, _BASE = 2, 3, 4, 5, 6


@dataclass
class Quantities:
    """Rows of the calculation that items count, by group or underlay."""

    site_hours: dict[int, Series] = field(default_factory=dict)
    cdt_hours: dict[int, Series] = field(default_factory=dict)
    connection_hours: dict[int, Series] = field(default_factory=dict)
    to_data_center: dict[int, Series] = field(default_factory=dict)
    from_data_center: dict[int, Series] = field(default_factory=dict)
    cdt_gb: dict[int, Series] = field(default_factory=dict)
    legacy_gb: dict[int, Series] = field(default_factory=dict)
    underlay_hours: dict[int, Series] = field(default_factory=dict)
    others: dict[tuple[str, int], Series] = field(default_factory=dict)
    """By (item, underlay): ports, months and set-ups of leased lines."""


def lay_out(calculation: Calculation, inputs: Inputs) -> Quantities:
    """Every block of quantities; nothing where the groups are too many to be listed."""
    found = Quantities()
    if inputs.detailed and calculation.plan.inventory.groups.ids:
        _hours(calculation, inputs, found)
        _traffic(calculation, inputs, found)
    return found


def _hours(sheet: Calculation, inputs: Inputs, found: Quantities) -> None:
    plan = sheet.plan
    tables, lots, bounds = plan.inventory, plan.inventory.lots, plan.inventory.bounds
    note = "A part of a clock hour is a whole hour: the first is rounded down, the last up."
    sheet.heading("Site-hours of lots", note, ("Sites", "First hour", "Last hour"))
    rows = _lot_rows(sheet, inputs, "site-hours", lots.start, clock_hours(lots.start, lots.end, bounds))
    sheet.gap()
    by_group = lots_of_groups(tables)
    sheet.heading("Site-hours of groups", "", ())
    for group, (first, last) in enumerate(by_group):
        values = plan.timeline.site_hours[group].tolist()
        found.site_hours[group] = _sum(
            sheet, group, "Site-hours", "site-hour", [rows[n] for n in range(first, last + 1)], values
        )
    sheet.gap()
    charged = rows
    if tables.assumptions.part_of_an_hour == "running-hour":
        note = "By the plan's reading an hour begins at the instant of creation, and the last one is whole as well."
        sheet.heading("Charged site-hours of lots", note, ("Sites", "From, hours", "Until, hours"))
        charged = _running_rows(sheet, inputs)
        sheet.gap()
    note = "IPsec-VPN connections: connections per site × the hours of the sites."
    sheet.heading("Connection-hours of groups", note, ("Connections",))
    for group, (first, last) in enumerate(by_group):
        address = inputs.group(group, _CONNECTIONS)
        number = int(tables.groups.connections_per_site[group])
        values = plan.timeline.connection_hours[group].tolist()
        r = sheet.next_row
        if charged is rows:
            of = found.site_hours[group]
            formula = f"$F{r}*{of.cell}"
        else:
            a, b = charged[first].row + 1, charged[last].row + 1
            formula = f"$F{r}*SUM(¤{a}:¤{b})"
        labels = _labels(sheet, group, "Connection-hours", "connection-hour")
        found.connection_hours[group] = sheet.row(labels, formula, values, [(address, number)], total=True)
    sheet.gap()
    _cdt_hours(sheet, inputs, found)
    _underlays(sheet, inputs, found, rows, charged)


def _labels(sheet: Calculation, group: int, what: str, unit: str, key: str = "") -> tuple[str, ...]:
    tables = sheet.plan.inventory
    return what, tables.group_names[group], tables.routers.ids[tables.groups.router[group]], key, unit


def _lot_rows(sheet: Calculation, inputs: Inputs, unit: str, start: Ints, hours: Ints) -> list[Series]:
    """A row for each lot: its hours in each month times its sites."""
    lots = sheet.plan.inventory.lots
    rows = []
    for lot, group in enumerate(lots.group.tolist()):
        r, sites = sheet.next_row, int(lots.sites[lot])
        since, until = inputs.lot(lot, _FROM), inputs.lot(lot, _UNTIL)
        begins = f"IF(AND(ISNUMBER({until}),{until}<={since}),{NEVER},ROUNDDOWN(ROUND({since}*24,6),0))"
        ends = f"IF(ISNUMBER({until}),ROUNDUP(ROUND({until}*24,6),0),{NEVER})"
        parameters = [
            (inputs.lot(lot, _SITES), sites),
            (begins, serial_hours(int(start[lot]) // HOUR * HOUR)),
            (ends, _last_hour(int(lots.end[lot]))),
        ]
        labels = _labels(sheet, group, f"Lot {lot + 1}", unit, _underlay_of(sheet, group))
        formula = f"$F{r}*MAX(0,MIN($H{r},¤${ENDS + 1})-MAX($G{r},¤${STARTS + 1}))"
        values = (hours[lot] * sites).tolist()
        rows.append(sheet.row(labels, formula, values, parameters, total=True))
    return rows


def _last_hour(end: int) -> float:
    return NEVER if end == NEVER_SECONDS else serial_hours(-(-end // HOUR) * HOUR)


def _underlay_of(sheet: Calculation, group: int) -> str:
    tables = sheet.plan.inventory
    code = int(tables.groups.underlay[group])
    return "" if code < 0 else f"over {tables.subject_names[len(tables.groups.ids) + code]}"


def _running_rows(sheet: Calculation, inputs: Inputs) -> list[Series]:
    """A row for each lot: hours that begin at the instant at which its sites come."""
    tables, lots = sheet.plan.inventory, sheet.plan.inventory.lots
    hours = running_hours(lots.start, lots.end, tables.bounds)
    rows = []
    for lot, group in enumerate(lots.group.tolist()):
        r, sites = sheet.next_row, int(lots.sites[lot])
        since, until = inputs.lot(lot, _FROM), inputs.lot(lot, _UNTIL)
        end = int(lots.end[lot])
        parameters = [
            (inputs.lot(lot, _SITES), sites),
            (f"ROUND({since}*24,6)", round(serial_hours(int(lots.start[lot])), 6)),
            (
                f"IF(ISNUMBER({until}),ROUND({until}*24,6),{NEVER})",
                NEVER if end == NEVER_SECONDS else round(serial_hours(end), 6),
            ),
        ]
        labels = _labels(sheet, group, f"Lot {lot + 1}", "site-hour", _underlay_of(sheet, group))
        rows.append(sheet.row(labels, f"$F{r}*{_running(r)}", (hours[lot] * sites).tolist(), parameters, total=True))
    return rows


def _running(r: int) -> str:
    """Hours of a month that begin at the instant $G and run to $H, the last one whole."""

    def begun(row: int) -> str:
        return f"MIN(MAX(0,ROUNDUP(ROUND($H{r}-$G{r},6),0)),MAX(0,ROUNDUP(ROUND(¤${row + 1}-$G{r},6),0)))"

    return f"({begun(ENDS)}-{begun(STARTS)})"


def _sum(
    sheet: Calculation, group: int, what: str, unit: str, rows: Sequence[Series], values: Sequence[Value]
) -> Series:
    first, last = rows[0].row + 1, rows[-1].row + 1
    labels = _labels(sheet, group, what, unit)
    return sheet.row(labels, f"SUM(¤{first}:¤{last})", values, total=True)


def _cdt_hours(sheet: Calculation, inputs: Inputs, found: Quantities) -> None:
    """Site-hours on which Internet traffic is billed by CDT, of groups that have some."""
    plan = sheet.plan
    tables, lots = plan.inventory, plan.inventory.lots
    on_cdt = sorted(set(lots.group[(lots.cdt_from < NEVER_SECONDS) & ~tables.groups.private[lots.group]].tolist()))
    if not on_cdt:
        return
    hours = clock_hours(np.maximum(lots.start, lots.cdt_from), lots.end, tables.bounds)
    sheet.heading(
        "Site-hours of lots on CDT", "From the day on which CDT bills them.", ("Sites", "First hour", "Last hour")
    )
    by_group, rows = lots_of_groups(tables), {}
    for group in on_cdt:
        for lot in range(by_group[group][0], by_group[group][1] + 1):
            r, sites = sheet.next_row, int(lots.sites[lot])
            since, until, cdt = (inputs.lot(lot, column) for column in (_FROM, _UNTIL, _CDT))
            later = f"MAX({since},{cdt})"
            gone = f"AND(ISNUMBER({until}),{until}<={later})"
            begins = f"IF(ISNUMBER({cdt}),IF({gone},{NEVER},ROUNDDOWN(ROUND({later}*24,6),0)),{NEVER})"
            start = max(int(lots.start[lot]), int(lots.cdt_from[lot]))
            first = NEVER if start >= int(lots.end[lot]) else serial_hours(start // HOUR * HOUR)
            ends = f"IF(ISNUMBER({until}),ROUNDUP(ROUND({until}*24,6),0),{NEVER})"
            parameters = [
                (inputs.lot(lot, _SITES), sites), (begins, first), (ends, _last_hour(int(lots.end[lot]))),
            ]  # fmt: skip
            formula = f"$F{r}*MAX(0,MIN($H{r},¤${ENDS + 1})-MAX($G{r},¤${STARTS + 1}))"
            labels = _labels(sheet, group, f"Lot {lot + 1}", "site-hour")
            values = (hours[lot] * sites).tolist()
            rows[lot] = sheet.row(labels, formula, values, parameters, total=True)
    sheet.gap()
    sheet.heading("Site-hours of groups on CDT")
    for group in on_cdt:
        first, last = by_group[group]
        values = plan.timeline.cdt_site_hours[group].tolist()
        own = [rows[lot] for lot in range(first, last + 1)]
        found.cdt_hours[group] = _sum(sheet, group, "Site-hours on CDT", "site-hour", own, values)
    sheet.gap()


def _underlays(
    sheet: Calculation, inputs: Inputs, found: Quantities, rows: Sequence[Series], charged: Sequence[Series]
) -> None:
    """Hours of new underlays, from the first attachment over each to the last; their ports and leased lines."""
    tables = sheet.plan.inventory
    used = [code for code in range(len(tables.underlays.ids)) if (tables.groups.underlay == code).any()]
    new = [code for code in used if not tables.underlays.already_attached[code]]
    if not used or not rows:
        return
    sheet.heading("Underlays", "From the first attachment over each to the last.", ("", "First hour", "Last hour"))
    spans: dict[int, Series] = {}
    lots = tables.lots
    for code in used:
        name = tables.subject_names[len(tables.groups.ids) + code]
        router = tables.routers.ids[tables.underlays.router[code]]
        of = tables.groups.underlay[lots.group] == code
        exact = charged is not rows
        first, last = (charged if exact else rows)[0].row + 1, (charged if exact else rows)[-1].row + 1
        start, end = int(lots.start[of].min()), int(lots.end[of].max())
        where = f'$D${first}:$D${last},"over {name}",$F${first}:$F${last},">0"'
        begins = f"_xlfn.MINIFS($G${first}:$G${last},{where})"
        ends = f"_xlfn.MAXIFS($H${first}:$H${last},{where})"
        first_hour = serial_hours(start) if exact else serial_hours(start // HOUR * HOUR)
        last_hour = (NEVER if end == NEVER_SECONDS else serial_hours(end)) if exact else _last_hour(end)
        r = sheet.next_row
        own = _running(r) if exact else f"MAX(0,MIN($H{r},¤${ENDS + 1})-MAX($G{r},¤${STARTS + 1}))"
        hours = (running_hours if exact else clock_hours)(
            np.array([start]), np.array([end]), tables.bounds
        )[0].tolist()  # fmt: skip
        labels = ("Hours of an underlay", name, router, "new" if code in new else "attached already", "h")
        spans[code] = sheet.row(labels, own, hours, ["", (begins, first_hour), (ends, last_hour)], total=True)
        if code in new:
            found.underlay_hours[code] = spans[code]
    sheet.gap()
    _ports(sheet, inputs, found, spans)
    _lines(sheet, inputs, found, spans)


def _quantity(plan_rated: Sequence[Rated], sku: str, subject: int) -> list[float] | None:
    """(m,) what the engine counts of an item for a subject; None: nothing."""
    for one in plan_rated:
        if one.usage.sku == sku:
            rows = np.flatnonzero(one.usage.subject == subject)
            if len(rows):
                return (one.usage.quantity[rows[0]] / money.MICRO).tolist()
    return None


def _ports(sheet: Calculation, inputs: Inputs, found: Quantities, spans: dict[int, Series]) -> None:
    tables = sheet.plan.inventory
    codes = [code for code in tables.underlays.ports if code in found.underlay_hours]
    if not codes:
        return
    sheet.heading("Ports of underlays", "A part of a month counts as Inputs says.", ("Ports",))
    for code in codes:
        speed, count = tables.underlays.ports[code]
        sku = f"express-connect-port-{speed.lower()}"
        values = _quantity(sheet.plan.rated, sku, len(tables.groups.ids) + code)
        if values is None:
            continue
        r, hours = sheet.next_row, spans[code]
        formula = f'$F{r}*IF(part_of_a_port_month="pro-rata",{hours.cell}/¤${HOURS + 1},--({hours.cell}>0))'
        labels = (
            "Ports",
            tables.underlays.ids[code],
            tables.routers.ids[tables.underlays.router[code]],
            sku,
            "port-month",
        )
        parameters = [(inputs.grid.at(inputs.underlays[code], 2), count)]
        found.others[sku, code] = sheet.row(labels, formula, values, parameters, total=True)
    sheet.gap()


def _lines(sheet: Calculation, inputs: Inputs, found: Quantities, spans: dict[int, Series]) -> None:
    tables = sheet.plan.inventory
    leases = demand.leases(tables)
    codes = [code for code in leases if code in spans]
    if not codes:
        return
    note = "Whole months, from the line's start through the last attachment or the minimum term."
    sheet.heading("Leased lines", note, ("First month", "First after it"))
    period_end = tables.period.first.number + tables.period.count
    for code in codes:
        lease, span = leases[code], f"{spans[code].row + 1}"
        start, term = (inputs.grid.at(inputs.underlays[code], column) for column in (4, 3))

        def number(day: str) -> str:
            return f"YEAR({day})*12+MONTH({day})-1"

        for sku, what, unit in (
            ("leased-line", "Months of a leased line", "month"),
            ("leased-line-setup", "Set-up", "item"),
        ):
            values = _quantity(sheet.plan.rated, sku, len(tables.groups.ids) + code)
            if values is None:
                continue
            r = sheet.next_row
            first = f"IF(ISNUMBER({start}),{number(start)},{number(f'$G{span}/24')})"
            until = f"IF($H{span}>={NEVER},{period_end},{number(f'($H{span}-0.5)/24')}+1)"
            formula = (
                f"--AND(¤${NUMBER + 1}>=$F{r},¤${NUMBER + 1}<$G{r})"
                if sku == "leased-line"
                else f"--(¤${NUMBER + 1}=$F{r})"
            )
            labels = (what, tables.underlays.ids[code], tables.routers.ids[tables.underlays.router[code]], sku, unit)
            parameters = [(first, lease.first), (f"MAX({until},$F{r}+{term})", max(lease.end, lease.term_end))]
            found.others[sku, code] = sheet.row(labels, formula, values, parameters, total=True)
    sheet.gap()


def _traffic(sheet: Calculation, inputs: Inputs, found: Quantities) -> None:
    plan, tables = sheet.plan, sheet.plan.inventory
    note = "GB per site × (1 + growth)^months × site-hours / hours of the month × billed GB of one GB."
    for what, title, column, volumes, stated, per_site, rows in (
        (
            "GB to data centre", "GB to the data centres", _TO, plan.timeline.to_data_center,
            plan.timeline.to_stated, tables.traffic.to_data_center, found.to_data_center,
        ),
        (
            "GB from data centre", "GB from the data centres", _FROM_DC, plan.timeline.from_data_center,
            plan.timeline.from_stated, tables.traffic.from_data_center, found.from_data_center,
        ),
    ):  # fmt: skip
        sheet.heading(title, note, ("GB per site", "Growth", "Base month"))
        for group in range(len(tables.groups.ids)):
            code = int(tables.groups.traffic[group])
            hours = found.site_hours[group]
            gb, growth, base = (inputs.group(group, n) for n in (column, _GROWTH, _BASE))
            values = _stated(volumes[group], bool(stated[group]), plan.timeline.site_hours[group] > 0)
            parameters = [
                (gb, UNKNOWN if not stated[group] else int(per_site[code]) / money.MICRO),
                (growth, float(Fraction(*tables.traffic.growth[code]) - 1)),
                (f"YEAR({base})*12+MONTH({base})-1", tables.traffic.base_month[code].number),
            ]
            r = sheet.next_row
            formula = (
                f"IF(ISNUMBER($F{r}),ROUND($F{r}*(1+$G{r})^(¤${NUMBER + 1}-$H{r})*{hours.cell}"
                f'/¤${HOURS + 1}*billed_gb,6),IF({hours.cell}>0,"{UNKNOWN}",0))'
            )
            labels = _labels(sheet, group, what, "GB")
            rows[group] = sheet.row(labels, formula, values, parameters, total=True)
        sheet.gap()
    _internet(sheet, found)


def _stated(volumes: Ints, stated: bool, active: Bools) -> list[Value]:
    """(m,) GB; unknown in months in which there are sites whose traffic is not stated."""
    if stated:
        return (volumes / money.MICRO).tolist()
    return [UNKNOWN if there else 0 for there in active.tolist()]


def _internet(sheet: Calculation, found: Quantities) -> None:
    """GB of public groups by CDT and in the legacy way, in proportion to the site-hours of each."""
    plan = sheet.plan
    for sku, title, rows in (
        ("cdt-internet", "Internet GB billed by CDT", found.cdt_gb),
        ("ipsec-internet-legacy", "Internet GB billed in the legacy way", found.legacy_gb),
    ):
        of_item = [one for one in plan.rated if one.usage.sku == sku and len(one.usage.subject)]
        if not of_item:
            continue
        sheet.heading(title, "In proportion to the site-hours that are billed in this way.")
        for one in of_item:
            for row, group in enumerate(one.usage.subject.tolist()):
                total, site, cdt = found.to_data_center[group], found.site_hours[group], found.cdt_hours.get(group)
                values: list[Value] = [
                    UNKNOWN if no else quantity / money.MICRO
                    for quantity, no in zip(
                        one.usage.quantity[row].tolist(), one.usage.unknown[row].tolist(), strict=True
                    )
                ]
                gb, formula = total.cell, total.cell
                if cdt is not None:
                    part = f"IF({site.cell}=0,0,ROUND({gb}*{cdt.cell}/{site.cell},6))"
                    share, on = part, cdt.cell
                    if sku != "cdt-internet":
                        share, on = f"{gb}-{part}", f"({site.cell}-{cdt.cell})"
                    formula = f'IF(ISNUMBER({gb}),{share},IF({on}>0,"{UNKNOWN}",0))'
                labels = _labels(sheet, group, skus()[sku].label, "GB", sku)
                rows[group] = sheet.row(labels, formula, values, total=True)
        sheet.gap()
