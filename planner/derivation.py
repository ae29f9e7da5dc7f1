"""How a quantity of usage comes about: the sites, hours and GB that multiply and add up to it.

The engine counts all groups and months at once and keeps the results; this takes one of them apart. What it states
is compared with what was billed, so an item or a reading that it does not know is left as a number by itself.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

import numpy as np

from planner import demand
from planner.core.period import HOUR, Month
from planner.core.problem import Place
from planner.core.region import LANE
from planner.demand import Timeline
from planner.inventory import Ints, Inventory
from planner.prepaid import bought
from planner.tunnel import TUNNELS_PER_CONNECTION
from pricing.prepaid import valid_hours
from pricing.sku import skus
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
    """Hours in the month that are charged; of traffic, clock hours."""
    cdt_hours: int
    """Clock hours in which Internet traffic is billed by CDT."""
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
    """Connection-hours: sites x connections x hours, added up, and x tunnels where each of them is charged."""

    stays: tuple[Stay, ...]
    tunnels: int = 1
    """That are charged of a connection."""
    running: bool = False
    """Whether an hour begins at the instant of creation; otherwise clock hours are charged."""
    other_reading: int = 0
    """Connection-hours by the other of these readings."""

    @property
    def connection_hours(self) -> int:
        return sum(stay.connection_hours for stay in self.stays)

    @property
    def quantity(self) -> int:
        """Micro-units."""
        return self.connection_hours * self.tunnels * MICRO


@dataclass(frozen=True)
class Volume:
    """GB = GB per site x (1 + growth)^n x site-hours / hours of the month x billed GB of one GB.

    Rounded half up to micro-GB.
    """

    direction: Direction
    part: Part
    mode: str
    """How the plan says that Internet traffic is billed: auto, legacy or cdt."""
    undecided: str
    """How it is where nothing decides: legacy or cdt."""
    per_site: int
    """Micro-GB of a site in a whole month, in the base month."""
    step: Fraction
    """1 + growth."""
    base: Month
    months: int
    """Months since the base month: n."""
    month_hours: int
    stays: tuple[Stay, ...]
    overhead: Decimal = Decimal(0)
    """Percent that encryption adds to the GB."""
    decimal_gb: bool = False
    """Whether the GB of the plan are 10^9 bytes, of which those of the bill have 2^30."""

    @property
    def billed(self) -> Fraction:
        """GB that are billed of one GB of the plan."""
        factor = 1 + Fraction(self.overhead) / 100
        return factor * Fraction(10**9, 2**30) if self.decimal_gb else factor

    @property
    def site_hours(self) -> int:
        return sum(stay.site_hours for stay in self.stays)

    @property
    def cdt_site_hours(self) -> int:
        return sum(stay.sites * stay.cdt_hours for stay in self.stays)

    @property
    def exact(self) -> Fraction:
        """Micro-GB of all hours, before they are rounded."""
        return self.per_site * self.step**self.months * self.site_hours / self.month_hours * self.billed

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


@dataclass(frozen=True)
class Ports:
    """Port-months: ports, in every month in which something runs over them, or in proportion to its hours."""

    ports: int
    start: int
    """Seconds: the first attachment."""
    end: int
    """Seconds: the end of the last one; NEVER where it stays."""
    hours: int
    """Hours of the month between them that are charged."""
    month_hours: int
    pro_rata: bool
    """Whether a part of a month is its share of the hours; otherwise it is a whole month."""
    other_reading: int
    """Hours by the other reading of a part of an hour."""

    @property
    def exact(self) -> Fraction:
        """Micro-units, before they are rounded."""
        return Fraction(MICRO * self.ports * (self.hours if self.pro_rata else self.month_hours), self.month_hours)

    @property
    def quantity(self) -> int:
        """Micro-units."""
        return math.floor(self.exact + Fraction(1, 2)) if self.hours else 0


@dataclass(frozen=True)
class Lease:
    """A month in which a leased line is paid for, or the first one, in which its setup is."""

    month: Month
    once: bool
    """Whether it is what is paid once."""
    first: Month
    """That it is paid for."""
    by_plan: bool
    """Whether the plan says when it starts; otherwise it is there with the first attachment."""
    first_attachment: int
    """Seconds."""
    last_attachment: int
    """Seconds, exclusive; NEVER where it stays."""
    term: int
    """Months of the minimum term; 0: there is none."""

    @property
    def number(self) -> int:
        """Which of the months that are paid it is, from 1."""
        return self.month.number - self.first.number + 1

    @property
    def in_term(self) -> bool:
        """Whether it lies in the minimum term."""
        return self.number <= self.term

    @property
    def in_use(self) -> bool:
        """Whether the last attachment is still to leave in it, or later."""
        return self.last_attachment > self.month.start

    @property
    def quantity(self) -> int:
        """Micro-units."""
        paid = self.number == 1 if self.once else self.number >= 1 and (self.in_term or self.in_use)
        return MICRO * paid


@dataclass(frozen=True)
class Validity:
    """What is paid for a prepaid plan in a month: its price when it begins, or the hours in which it is valid."""

    month: Month
    start: date
    end: date
    """The first day on which it is no longer valid."""
    hours: int
    """Hours of the month in which it is valid."""
    month_hours: int
    by_the_hour: bool

    @property
    def quantity(self) -> int:
        """Micro-units."""
        begins = (self.start.year, self.start.month) == (self.month.year, self.month.month)
        return MICRO * (self.hours if self.by_the_hour else begins)


Derivation = Hours | Volume | Ports | Lease | Validity


_VOLUMES: dict[str, tuple[Direction, Part]] = {
    "tr-data-processing": ("from", "all"),
    "tr-data-processing-vpc": ("to", "all"),
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
    subject = int(usage.subject[row])
    underlay = subject - len(inventory.groups.ids)
    plan = underlay - len(inventory.underlays.ids)
    if plan >= 0:
        candidates: list[Derivation] = [_validity(inventory, usage.sku, plan, month)]
    elif underlay >= 0:
        candidates = _of_underlay(inventory, usage.sku, underlay, month)
    elif usage.sku in _HOURS:
        candidates = [_hours(inventory, usage.sku, subject, month)]
    elif usage.sku in _VOLUMES or "lane" in skus()[usage.sku].priced_by:
        part = _VOLUMES[usage.sku][1] if usage.sku in _VOLUMES else "all"
        candidates = [_volume(inventory, subject, month, direction(inventory, usage, row), part)]
    else:
        candidates = _alike(inventory, timeline, usage, row, month)
    found = [one for one in candidates if one.quantity == usage.quantity[row, month]]
    return found[0] if len(found) == 1 else None


def direction(inventory: Inventory, usage: Usage, row: int) -> Direction:
    """Which way the traffic of a row goes; of an item that is not known, the way that the plan does not state."""
    group = int(usage.subject[row])
    if usage.sku in _VOLUMES:
        return _VOLUMES[usage.sku][0]
    if usage.lane is not None and group in inventory.groups.clouds:
        origin = usage.lanes[int(usage.lane[row])].partition(LANE)[0]
        return "to" if origin == inventory.regions[inventory.groups.clouds[group][0]] else "from"
    stated = inventory.traffic.to_data_center[inventory.groups.traffic[group]] >= 0
    return "from" if stated else "to"


def month_hours(inventory: Inventory, month: int) -> int:
    """Hours of a month of the period."""
    start, end = inventory.bounds[month : month + 2].tolist()
    return int(end - start) // HOUR


def _volume(inventory: Inventory, group: int, month: int, direction: Direction, part: Part) -> Volume:
    table, statement = inventory.traffic, int(inventory.groups.traffic[group])
    stated = table.to_data_center if direction == "to" else table.from_data_center
    base, chosen = table.base_month[statement], inventory.assumptions
    return Volume(
        direction=direction,
        part=part,
        mode=inventory.groups.internet_billing[group],
        undecided=chosen.undecided_internet_billing,
        per_site=max(int(stated[statement]), 0),
        step=Fraction(*table.growth[statement]),
        base=base,
        months=inventory.period.months[month].number - base.number,
        month_hours=month_hours(inventory, month),
        stays=_stays(inventory, group, month),
        overhead=chosen.encryption_overhead,
        decimal_gb=chosen.gb_definition == "decimal",
    )


def _hours(inventory: Inventory, sku: str, group: int, month: int) -> Hours:
    charged, other = _readings(inventory)
    by_tunnel = sku == "ipsec-connection" and inventory.assumptions.connection_fee_per_connection == "tunnel"
    return Hours(
        stays=_stays(inventory, group, month, charged),
        tunnels=TUNNELS_PER_CONNECTION if by_tunnel else 1,
        running=charged is demand.running_hours,
        other_reading=sum(stay.connection_hours for stay in _stays(inventory, group, month, other)),
    )


def _readings(inventory: Inventory) -> tuple[demand.Hours, demand.Hours]:
    """How hours of a fee are counted, and how they would be by the other reading of a part of an hour."""
    readings = demand.clock_hours, demand.running_hours
    return readings[::-1] if inventory.assumptions.part_of_an_hour == "running-hour" else readings


def _alike(inventory: Inventory, timeline: Timeline, usage: Usage, row: int, month: int) -> list[Derivation]:
    """What agrees with a row of usage in every month."""
    group, quantity = int(usage.subject[row]), usage.quantity[row]
    found: list[Derivation] = []
    if (timeline.connection_hours[group] * MICRO == quantity).all():
        found.append(_hours(inventory, usage.sku, group, month))
    if (timeline.to_data_center[group] == quantity).all():
        found.append(_volume(inventory, group, month, "to", "all"))
    if (timeline.from_data_center[group] == quantity).all():
        found.append(_volume(inventory, group, month, "from", "all"))
    return found


def _stays(
    inventory: Inventory, group: int, month: int, hours_of: demand.Hours = demand.clock_hours
) -> tuple[Stay, ...]:
    """What of the lots of a group is there in a month, oldest first."""
    lots, bounds = inventory.lots, inventory.bounds[month : month + 2]
    first, last = np.searchsorted(lots.group, [group, group + 1])  # lots are sorted by group
    own = slice(int(first), int(last))
    hours = hours_of(lots.start[own], lots.end[own], bounds)[:, 0]
    on_cdt = np.maximum(lots.start[own], lots.cdt_from[own])
    cdt_hours = demand.clock_hours(on_cdt, lots.end[own], bounds)[:, 0]
    connections = int(inventory.groups.connections_per_site[group])
    columns = (lots.sites[own], lots.start[own], lots.end[own], hours, cdt_hours, lots.added_by[own])
    return tuple(
        Stay(sites, connections, start, end, of_month, of_cdt, inventory.step_places[step])
        for sites, start, end, of_month, of_cdt, step in zip(*(column.tolist() for column in columns), strict=True)
        if of_month
    )


def _of_underlay(inventory: Inventory, sku: str, underlay: int, month: int) -> list[Derivation]:
    """What is paid for an underlay from the first attachment over it to the last: a connection, ports, a line."""
    lots, underlays = inventory.lots, inventory.underlays
    over = inventory.groups.underlay[lots.group] == underlay
    if not over.any():
        return []
    start, end = lots.start[over].min(keepdims=True), lots.end[over].max(keepdims=True)
    if skus()[sku].billed_by == "carrier":
        return _lease(inventory, sku, underlay, month)
    hours, other = (_in_month(of, start, end, inventory, month) for of in _readings(inventory))
    running = inventory.assumptions.part_of_an_hour == "running-hour"
    first, last = int(start[0]), int(end[0])
    if skus()[sku].unit == "port-month" and underlay in underlays.ports:
        of_month, count = month_hours(inventory, month), underlays.ports[underlay][1]
        return [Ports(count, first, last, hours, of_month, inventory.pro_rata_ports, other)]
    return [Hours((Stay(1, 1, first, last, hours, 0, None),), running=running, other_reading=other)]


def _in_month(hours_of: demand.Hours, start: Ints, end: Ints, inventory: Inventory, month: int) -> int:
    return int(hours_of(start, end, inventory.bounds[month : month + 2])[0, 0])


def _lease(inventory: Inventory, sku: str, underlay: int, month: int) -> list[Derivation]:
    lease, lots = demand.leases(inventory).get(underlay), inventory.lots
    if lease is None:
        return []
    terms = inventory.underlays.leased_lines[underlay].terms
    left = int(lots.end[inventory.groups.underlay[lots.group] == underlay].max())
    return [
        Lease(
            month=inventory.period.months[month],
            once=sku == "leased-line-setup",
            first=Month.at(lease.first),
            by_plan=terms.start is not None,
            first_attachment=lease.first_attachment,
            last_attachment=left,
            term=terms.term_months or 0,
        )
    ]


def _validity(inventory: Inventory, sku: str, plan: int, month: int) -> Validity:
    entry, of_month = inventory.prepaid.entries[plan], inventory.period.months[month]
    (one,) = bought([(inventory.prepaid.ids[plan], entry)], inventory.accounts)
    return Validity(
        month=of_month,
        start=one.start,
        end=one.end,
        hours=int(valid_hours([one], [of_month.first_day])[0, 0]),
        month_hours=month_hours(inventory, month),
        by_the_hour=sku == "prepaid-commitment",
    )
