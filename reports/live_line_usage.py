"""Which row of the live workbook counts each line of an item: one of a group or underlay, or one of its own."""

from __future__ import annotations

from collections.abc import Sequence

from planner.plan import Plan
from pricing.rating import Rated
from pricing.sku import skus
from reports.live_calculation import Calculation
from reports.live_grid import Series, Value
from reports.live_line import Item, Line, values_of
from reports.live_usage import Quantities

LEFT_TO_ENGINE = "from the engine: run cenplan again after changes"
Source = Series | str
"""A row that counts a line, or a formula from one."""


def of_item(sheet: Calculation, quantities: Quantities, item: Item) -> tuple[list[Series], int]:
    """The row that counts each line, in the unit of the item; and how many of them are the engine's.

    Rows of groups and underlays are used where there are such; a block of its own holds the others.
    """
    sources = [_source(sheet.plan, quantities, item.rated, line) for line in item.lines]
    apart = [source for source in sources if not isinstance(source, Series)]
    unit = skus()[item.sku].unit
    if apart:
        sheet.heading(f"Quantity: {item.title}", "" if apart[0] else LEFT_TO_ENGINE)
    found = []
    for line, source in zip(item.lines, sources, strict=True):
        if not isinstance(source, Series):
            labels = (skus()[line.sku].label, line.subject, line.router, "" if source else LEFT_TO_ENGINE, unit)
            source = sheet.row(labels, source, values_of(item.rated, line), total=True)
        found.append(source)
    if apart:
        sheet.gap()
    return found, sources.count(None)


def of_pools(sheet: Calculation, quantities: Quantities, item: Item) -> tuple[list[Series], int]:
    """A row of its own for each line, in GB; and how many of them are the engine's.

    Pools add them up, so they stand together.
    """
    found, left = [], 0
    for line in item.lines:
        source = _source(sheet.plan, quantities, item.rated, line)
        formula = source.cell if isinstance(source, Series) else source
        key = LEFT_TO_ENGINE if source is None else line.sku
        left += source is None
        labels = (skus()[line.sku].label, line.subject, line.router, key, "GB")
        found.append(sheet.row(labels, formula, values_of(item.rated, line), total=True))
    return found, left


def _source(plan: Plan, quantities: Quantities, one: Rated, line: Line) -> Source | None:
    """What counts a line with the engine's values; None: only the engine does."""
    if len(line.rows) != 1 or not quantities.site_hours:
        return None
    subject, groups = int(one.usage.subject[line.rows[0]]), len(plan.inventory.groups.ids)
    found = (
        _of_underlay(quantities, line.sku, subject - groups)
        if subject >= groups
        else _of_group(plan, quantities, one, line, subject)
    )
    return found[0] if found is not None and _alike(found[1], values_of(one, line)) else None


def _of_underlay(quantities: Quantities, sku: str, underlay: int) -> tuple[Source, Sequence[Value]] | None:
    """The row of an underlay that an item counts, with its (m,) values."""
    hours = sku == "tr-connection"
    series = quantities.underlay_hours.get(underlay) if hours else quantities.others.get((sku, underlay))
    return (series, series.values) if series else None


def _of_group(
    plan: Plan, quantities: Quantities, one: Rated, line: Line, group: int
) -> tuple[Source, Sequence[Value]] | None:
    """The row of a group that an item counts, or a formula from it; with its (m,) values."""
    tables = plan.inventory
    if line.sku == "tr-connection":
        hours = quantities.connection_hours[group]
        return hours, hours.values
    if line.sku == "ipsec-connection":
        hours = quantities.connection_hours[group]
        tunnels = 2 if tables.assumptions.connection_fee_per_connection == "tunnel" else 1
        values = [value * tunnels for value in hours.values if not isinstance(value, str)]
        return f'{hours.cell}*IF(connection_fee_per="tunnel",2,1)', values
    by_sku = {
        "tr-data-processing": quantities.from_data_center,
        "tr-data-processing-vpc": quantities.to_data_center,
        "vbr-outbound": quantities.to_data_center,
        "cdt-internet": quantities.cdt_gb,
        "ipsec-internet-legacy": quantities.legacy_gb,
    }
    rows = by_sku.get(line.sku)
    if rows is None and skus()[line.sku].by_lane and group in tables.groups.clouds:
        to = int(one.usage.region[line.rows[0]]) == tables.groups.clouds[group][0]
        rows = quantities.to_data_center if to else quantities.from_data_center
    series = rows.get(group) if rows else None
    return (series, series.values) if series else None


def _alike(found: Sequence[Value], values: Sequence[Value]) -> bool:
    """Whether a row holds what the engine counts, (m,) both; to a millionth."""
    return all(
        a == b if isinstance(a, str) or isinstance(b, str) else abs(a - b) <= 1e-6
        for a, b in zip(found, values, strict=True)
    )
