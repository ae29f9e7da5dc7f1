"""How a quantity of usage comes about: the sites, hours and GB that multiply and add up to it.

The engine counts all groups and months at once and keeps the results; this takes one of them apart. What it states
is compared with what was billed, so an item or a reading that it does not know is left as a number by itself.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np

from planner import demand
from planner.core.period import HOUR, Month
from planner.core.problem import Place
from planner.demand import Timeline
from planner.inventory import Inventory
from pricing.usage import Usage

MICRO = 10**6

Direction = Literal["to", "from"]
"""Of traffic, as seen from the router: to the data centre or from it."""
Part = Literal["all", "cdt", "legacy"]
"""What of the traffic of a group is billed by an item: all, or that of the hours in one billing mode."""


@dataclass(frozen=True)
class Stay:
    """What is there in a month, from an instant to another: sites that came together, or a connection."""

    sites: int
    """1 for the connection of an underlay, which has none."""
    connections: int
    """Per site."""
    start: int
    """Seconds; before the month where it was there already."""
    end: int
    """Seconds, exclusive; NEVER where it stays."""
    hours: int
    """Clock hours in the month."""
    cdt_hours: int
    """Those of them in which Internet traffic is billed by CDT."""
    place: Place | None
    """Where the plan adds it; None: it follows from others."""

    @property
    def site_hours(self) -> int:
        return self.sites * self.hours

    @property
    def connection_hours(self) -> int:
        return self.site_hours * self.connections


@dataclass(frozen=True)
class Hours:
    """Connection-hours: sites x connections x hours, added up."""

    stays: tuple[Stay, ...]

    @property
    def quantity(self) -> int:
        """Micro-units."""
        return sum(stay.connection_hours for stay in self.stays) * MICRO


@dataclass(frozen=True)
class Volume:
    """GB = GB per site x (1 + growth)^n x site-hours / hours of the month, rounded half up to micro-GB."""

    direction: Direction
    part: Part
    mode: str
    """How the plan says that Internet traffic is billed: auto, legacy or cdt."""
    per_site: int
    """Micro-GB of a site in a whole month, in the base month."""
    step: Fraction
    """1 + growth."""
    base: Month
    months: int
    """Months since the base month: n."""
    month_hours: int
    stays: tuple[Stay, ...]

    @property
    def site_hours(self) -> int:
        return sum(stay.site_hours for stay in self.stays)

    @property
    def cdt_site_hours(self) -> int:
        return sum(stay.sites * stay.cdt_hours for stay in self.stays)

    @property
    def exact(self) -> Fraction:
        """Micro-GB of all hours, before they are rounded."""
        return self.per_site * self.step**self.months * self.site_hours / self.month_hours

    @property
    def whole(self) -> int:
        """Micro-GB of all hours."""
        return math.floor(self.exact + Fraction(1, 2))

    @property
    def exact_cdt(self) -> Fraction:
        """Micro-GB of the hours on CDT, before they are rounded."""
        return Fraction(self.whole * self.cdt_site_hours, self.site_hours)

    @property
    def by_cdt(self) -> int:
        """Micro-GB of the hours on CDT."""
        return math.floor(self.exact_cdt + Fraction(1, 2))

    @property
    def quantity(self) -> int:
        """Micro-GB that are billed."""
        return {"all": self.whole, "cdt": self.by_cdt, "legacy": self.whole - self.by_cdt}[self.part]

    @property
    def split(self) -> bool:
        """Whether some hours are billed by CDT and others are not."""
        return self.part != "all" and 0 < self.cdt_site_hours < self.site_hours


Derivation = Hours | Volume


_VOLUMES: dict[str, tuple[Direction, Part]] = {
    "tr-data-processing": ("from", "all"),
    "ipsec-internet-legacy": ("to", "legacy"),
    "cdt-internet": ("to", "cdt"),
    "vbr-outbound": ("to", "all"),
}
"""Items that are traffic of groups: which way, and what part of it."""
_HOURS = ("tr-connection", "ipsec-connection")
"""Items that are connection-hours of groups. What stands in neither is recognised by its numbers."""


def derive(inventory: Inventory, timeline: Timeline, usage: Usage, row: int, month: int) -> Derivation | None:
    """How the quantity of a row of usage in a month comes about; None where that is not known.

    row, month : of the usage's quantity, which is known there
    """
    group = int(usage.subject[row])
    underlay = group - len(inventory.groups.ids)
    if underlay >= len(inventory.underlays.ids):
        return None
    if underlay >= 0:
        candidates = _hours_of_underlay(inventory, underlay, month)
    elif usage.sku in _HOURS:
        candidates = [Hours(_stays(inventory, group, month))]
    elif usage.sku in _VOLUMES:
        candidates = [_volume(inventory, group, month, *_VOLUMES[usage.sku])]
    else:
        candidates = _alike(inventory, timeline, usage, row, month)
    found = [one for one in candidates if one.quantity == usage.quantity[row, month]]
    return found[0] if len(found) == 1 else None


def direction(inventory: Inventory, sku: str, group: int) -> Direction:
    """Which way the traffic of an item goes; of one that is not known, the way that the plan does not state."""
    if sku in _VOLUMES:
        return _VOLUMES[sku][0]
    stated = inventory.traffic.to_data_center[inventory.groups.traffic[group]] >= 0
    return "from" if stated else "to"


def _volume(inventory: Inventory, group: int, month: int, direction: Direction, part: Part) -> Volume:
    table, statement = inventory.traffic, int(inventory.groups.traffic[group])
    stated = table.to_data_center if direction == "to" else table.from_data_center
    base = table.base_month[statement]
    start, end = inventory.bounds[month : month + 2].tolist()
    return Volume(
        direction=direction,
        part=part,
        mode=inventory.groups.internet_billing[group],
        per_site=max(int(stated[statement]), 0),
        step=Fraction(*table.growth[statement]),
        base=base,
        months=inventory.period.months[month].number - base.number,
        month_hours=(end - start) // HOUR,
        stays=_stays(inventory, group, month),
    )


def _alike(inventory: Inventory, timeline: Timeline, usage: Usage, row: int, month: int) -> list[Derivation]:
    """What agrees with a row of usage in every month."""
    group, quantity = int(usage.subject[row]), usage.quantity[row]
    found: list[Derivation] = []
    if (timeline.connection_hours[group] * MICRO == quantity).all():
        found.append(Hours(_stays(inventory, group, month)))
    if (timeline.to_data_center[group] == quantity).all():
        found.append(_volume(inventory, group, month, "to", "all"))
    if (timeline.from_data_center[group] == quantity).all():
        found.append(_volume(inventory, group, month, "from", "all"))
    return found


def _stays(inventory: Inventory, group: int, month: int) -> tuple[Stay, ...]:
    """What of the lots of a group is there in a month, oldest first."""
    lots, bounds = inventory.lots, inventory.bounds[month : month + 2]
    first, last = np.searchsorted(lots.group, [group, group + 1])  # lots are sorted by group
    own = slice(int(first), int(last))
    hours = demand.clock_hours(lots.start[own], lots.end[own], bounds)[:, 0]
    on_cdt = np.maximum(lots.start[own], lots.cdt_from[own])
    cdt_hours = demand.clock_hours(on_cdt, lots.end[own], bounds)[:, 0]
    connections = int(inventory.groups.connections_per_site[group])
    columns = (lots.sites[own], lots.start[own], lots.end[own], hours, cdt_hours, lots.added_by[own])
    return tuple(
        Stay(sites, connections, start, end, of_month, of_cdt, inventory.step_places[step])
        for sites, start, end, of_month, of_cdt, step in zip(*(column.tolist() for column in columns), strict=True)
        if of_month
    )


def _hours_of_underlay(inventory: Inventory, underlay: int, month: int) -> list[Derivation]:
    """The connection of an underlay: one, from the first attachment over it to the last."""
    lots = inventory.lots
    over = inventory.groups.underlay[lots.group] == underlay
    if not over.any():
        return []
    start, end = lots.start[over].min(keepdims=True), lots.end[over].max(keepdims=True)
    hours = int(demand.clock_hours(start, end, inventory.bounds[month : month + 2])[0, 0])
    return [Hours((Stay(1, 1, int(start[0]), int(end[0]), hours, 0, None),))]
