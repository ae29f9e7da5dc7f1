"""The whole calculation a second time: plain loops over sites, `datetime`, `Fraction` and Python integers.

Written from the published rules and not from the engine, to disagree with it where one of them is wrong.
It reads plans, estates and price books as PyYAML gives them, with every scalar as the text that was written,
so that not even the engine's reading of files is shared. Slow and meant to be: it asks about every site, and
for quotas about every instant at which anything changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from math import floor
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from planner.core.region import scopes

Tree = Mapping[str, Any]
HOUR = timedelta(hours=1)
FOREVER = datetime(9000, 1, 1)
MICRO = 10**6
"""Quantities are whole numbers of 10^-6 units, amounts of 10^-9 of the currency."""

CDT_RULE_REGIONS = {
    "eu-central-1",
    "eu-west-1",
    "ap-southeast-3",
    "ap-southeast-6",
    "ap-southeast-7",
    "ap-southeast-8",
}
CDT_RULE_BEGINS = datetime(2026, 3, 1)
BASELINE_KEYS = {"cdt-internet": "cdt_internet_gb", "vbr-outbound": "vbr_outbound_gb"}
GRADUATED = "cdt-internet"
PRICED_AS = {"tr-data-processing-vpc": "tr-data-processing"}
VOLUMES = {"cdt-internet": "cdt-resource-plan", "vbr-outbound": "vbr-outbound-plan"}
"""Items of which prepaid plans offset GB, and their kind; each is valid for a year."""
COMMITMENT = "tr-savings-plan"
OFFSET_BY_COMMITMENTS = ("tr-data-processing", "tr-data-processing-vpc")
GB_PER_TB = 1024
GIVES_UP_FREE_QUOTA_FROM = 50
"""TB of a VBR outbound plan from which on its account has no free quota."""
AREAS_WITH_DASH = {"asia-pacific", "north-america", "south-america", "middle-east"}
DEFAULT_LIMITS = {
    "vpn-attachments-per-transit-router": 50,
    "ecmp-vpn-attachments": 16,
    "transit-routers-per-connection": 1,
    "transit-routers-per-region": 1,
    "cidr-blocks-per-transit-router": 5,
    "customer-gateways-per-region": 100,
    "routes-per-route-table": 2000,
}
NOT_KNOWN = -1
EACH_SITE = ", each site"
CURRENCY_OF_SITE = {"intl": "USD", "cn": "CNY"}
OF_CARRIERS = ("leased-line", "leased-line-setup")
"""Items on the bill of somebody else; the plan says what they cost, in a currency of their own."""
PREPAID = ("prepaid-plan", "prepaid-commitment")
"""Items that are the price of prepaid plans."""
RATE_DECIMALS = 10
ADJUSTABLE = {"vpn-attachments-per-transit-router"}


# ---------------------------------------------------------------------------------------------- files


class _TextLoader(yaml.SafeLoader):
    """YAML whose scalars stay text; anchors and merges work."""


_TextLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if tag in ("tag:yaml.org,2002:merge", "tag:yaml.org,2002:null")]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read(text: str) -> Tree:
    """A YAML text as dicts, lists, text and None."""
    return yaml.load(text, _TextLoader)


@cache
def shipped_book(site: str, sku: str) -> Tree | None:
    """The book of an item that is shipped for a site, if there is one."""
    path = Path(__file__).parents[1] / "pricing" / "books" / site / f"{sku}.yaml"
    return read(path.read_text(encoding="utf-8")) if path.exists() else None


def instant(text: str) -> datetime:
    """A day is its first instant."""
    return datetime.fromisoformat(text)


def micro(text: str) -> int:
    """Units as written, in micro-units."""
    return round_half_up(Fraction(text) * MICRO)


def round_half_up(value: Fraction) -> int:
    """The nearest whole number; of two, the upper one."""
    return floor(value + Fraction(1, 2))


# ---------------------------------------------------------------------------------------------- months


class Month(NamedTuple):
    """A calendar month."""

    name: str
    start: datetime
    end: datetime
    number: int
    """Months since year 0."""

    @property
    def hours(self) -> int:
        return (self.end - self.start) // HOUR


def month_at(number: int) -> Month:
    """The month of a number."""
    start, end = (datetime(n // 12, n % 12 + 1, 1) for n in (number, number + 1))
    return Month(f"{start:%Y-%m}", start, end, number)


def month_number(text: str) -> int:
    """The number of a month such as 2027-01."""
    year, month = text.split("-")
    return int(year) * 12 + int(month) - 1


def months_of(plan: Tree) -> list[Month]:
    """The months of a plan's period."""
    first = month_number(plan["period"]["start"])
    return [month_at(first + n) for n in range(int(plan["period"]["months"]))]


def fiscal_year(finance: Tree, month: Month) -> int:
    """The fiscal year of a month: the calendar year where it begins in January, else named after its start or end."""
    stated = finance.get("fiscal_year") or {}
    first = int(stated.get("first_month", 1))
    year, of_year = divmod(month.number, 12)
    begins = year if of_year + 1 >= first else year - 1
    return begins + 1 if first > 1 and stated.get("named_after", "end") == "end" else begins


def exchange_rate(plan: Tree, base: str, month: Month) -> Fraction:
    """What a unit of a currency is in that of the plan in a month: of its fiscal year, or of every year."""
    if base == plan["currency"]:
        return Fraction(1)
    finance = plan.get("finance") or {}
    pair = [e for e in finance.get("exchange_rates") or [] if (e["from"], e["to"]) == (base, plan["currency"])]
    year = str(fiscal_year(finance, month))
    own = [entry for entry in pair if entry.get("fiscal_year") == year]
    (found,) = own or [entry for entry in pair if not entry.get("fiscal_year")]
    return Fraction(found["rate"])


def answer(plan: Tree, question: str, default: str) -> Any:
    """How a plan answers what the published rules leave open."""
    return (plan.get("assumptions") or {}).get(question) or default


def clock_hours(start: datetime, end: datetime, month: Month) -> int:
    """Clock hours of a month that [start, end) touches."""
    first = start.replace(minute=0, second=0)
    last = end.replace(minute=0, second=0)
    if last < end:
        last += HOUR
    return max(0, (min(last, month.end) - max(first, month.start)) // HOUR)


def running_hours(start: datetime, end: datetime, month: Month) -> int:
    """Hours of [start, end) that begin in a month, one after the other from the start on."""
    first = max(0, hours_up(month.start - start))
    return max(0, hours_up(min(end, month.end) - start) - first)


def hours_up(length: timedelta) -> int:
    """Hours of a length of time, rounded up."""
    return -(-length // HOUR)


def charged_hours(plan: Tree) -> Callable[[datetime, datetime, Month], int]:
    """What a fee by the hour is charged for."""
    return running_hours if answer(plan, "part-of-an-hour", "") == "running-hour" else clock_hours


# ---------------------------------------------------------------------------------------------- groups


@dataclass
class Site:
    """One site of a group: when it is attached, and from when its Internet traffic is billed by CDT."""

    start: datetime
    end: datetime
    cdt_from: datetime


@dataclass
class Group:
    """An attachment group with everything looked up."""

    id: str
    entry: Tree
    routers: list[str]
    region: str
    router_account: str
    owner: str
    per_site: int
    traffic: Tree
    sites: list[Site]
    """In the order in which they are added."""


def groups_of(plan: Tree, estate: Tree) -> list[Group]:
    """Every group, in order of id."""
    return [_group(name, entry, plan, estate) for name, entry in sorted(plan["attachments"].items())]


def _group(name: str, entry: Tree, plan: Tree, estate: Tree) -> Group:
    named = entry["transit_router"]
    routers = [named] if isinstance(named, str) else list(named)
    router = estate["transit_routers"][routers[0]]
    traffic = entry.get("traffic") or {}
    return Group(
        id=name,
        entry=entry,
        routers=routers,
        region=router["region"],
        router_account=router["account"],
        owner=entry.get("owner_account") or router["account"],
        per_site=int(entry.get("connections_per_site", 1)),
        traffic=plan["profiles"][traffic] if isinstance(traffic, str) else traffic,
        sites=_sites(entry, plan, estate, router["region"]),
    )


def _sites(entry: Tree, plan: Tree, estate: Tree, region: str) -> list[Site]:
    steps = sorted(_steps(entry, plan), key=lambda step: (step[0], step[1] > 0))
    sites: list[Site] = []
    newest_first = answer(plan, "removal-order", "") == "newest-first"
    for when, change in steps:
        if change > 0:
            cdt_from = _cdt_from(when, entry.get("internet_billing", "auto"), estate, region, plan)
            sites += [Site(when, FOREVER, cdt_from) for _ in range(change)]
        else:
            present = [site for site in sites if site.end == FOREVER]
            for site in present[change:] if newest_first else present[:-change]:
                site.end = when
    return sites


def _steps(entry: Tree, plan: Tree) -> list[tuple[datetime, int]]:
    waves = plan.get("waves") or {}

    def when(step: Tree, key: str) -> datetime:
        if step.get("wave"):
            return instant(waves[step["wave"]])
        return instant(step[key]) if step.get(key) else months_of(plan)[0].start

    if entry.get("rollout"):
        return [
            (when(step, "date"), int(step.get("add_sites") or 0) - int(step.get("remove_sites") or 0))
            for step in entry["rollout"]
        ]
    count = int(entry["sites"])
    steps = [(when(entry, "start"), count)]
    if entry.get("end"):
        steps.append((instant(entry["end"]), -count))
    return steps


def _cdt_from(added: datetime, billing: str, estate: Tree, region: str, plan: Tree) -> datetime:
    """From when the Internet traffic of a site is billed by CDT; before, and forever if never, it is legacy."""
    if billing == "legacy":
        return FOREVER
    if billing == "cdt" or (added >= CDT_RULE_BEGINS and region in CDT_RULE_REGIONS):
        return added
    moved = (estate.get("cdt_from") or {}).get(region)
    if moved:
        return instant(moved)
    return added if answer(plan, "undecided-internet-billing", "") == "cdt" else FOREVER


# ---------------------------------------------------------------------------------------------- usage


def traffic_of(group: Group, key: str, month: Month, plan: Tree, site_hours: int) -> int | None:
    """Billed micro-GB of a group in a month; None where it is not stated."""
    per_site = group.traffic.get(key)
    if per_site is None:
        return None
    growth = 1 + Fraction(group.traffic.get("monthly_growth_percent") or "0") / 100
    base = month_number(group.traffic.get("base_month") or plan["period"]["start"])
    volume = Fraction(per_site) * growth ** (month.number - base) * Fraction(site_hours, month.hours)
    volume += volume * Fraction(answer(plan, "encryption-overhead", "0")) / 100
    if answer(plan, "gb-definition", "") == "decimal":
        volume = volume * 1000**3 / 1024**3
    return round_half_up(volume * MICRO)


class Usage(NamedTuple):
    """What one subject uses of one item in one month."""

    month: Month
    sku: str
    subject: str
    account: str
    region: str
    quantity: int | None
    """Micro-units; None: unknown."""
    pooled: bool = True
    """False where no rule is known that would price it, or count it in a pool."""
    to_region: str = ""
    """Where traffic between regions goes."""
    given: str = ""
    """The rate, where the plan says it and no price list does."""
    currency: str = ""
    """Currency of the given rate; none: that of the plan."""


def usage_of(plan: Tree, estate: Tree) -> list[Usage]:
    """Everything that is used, group by group."""
    found = [one for group in groups_of(plan, estate) for one in _group_usage(group, plan)]
    return found + _underlay_usage(plan, estate) + _purchases(plan, estate)


def _group_usage(group: Group, plan: Tree) -> list[Usage]:
    found = []
    charged = charged_hours(plan)
    fees_of_connection = 2 if answer(plan, "connection-fee-per-connection", "") == "tunnel" else 1
    pays = group.entry.get("payer") or answer(plan, "payer", "")
    payer = group.owner if pays == "resource-owner" else group.router_account
    for month in months_of(plan):
        hours = sum(clock_hours(site.start, site.end, month) for site in group.sites)
        if hours == 0:
            continue
        connection_hours = sum(charged(site.start, site.end, month) for site in group.sites) * group.per_site * MICRO
        incoming = traffic_of(group, "from_data_center_gb", month, plan, hours)
        outgoing = traffic_of(group, "to_data_center_gb", month, plan, hours)
        at_router = (group.id, payer, group.region)
        at_owner = (group.id, group.owner, group.region)
        cloud = group.entry.get("cloud_region") or group.region
        if (plan.get("include") or {}).get("vpc_processing") == "true":
            found.append(Usage(month, "tr-data-processing-vpc", group.id, group.router_account, cloud, outgoing))
        if cloud != group.region:
            sku = f"{_kind_of_lane(cloud, group.region)}-{group.entry['inter_region_class']}"
            for volume, origin, destination in (
                (outgoing, cloud, group.region),
                (incoming, group.region, cloud),
            ):
                place = (group.id, group.router_account, origin)
                found.append(Usage(month, sku, *place, volume, to_region=destination))
        found.append(Usage(month, "tr-connection", *at_router, connection_hours))
        found.append(Usage(month, "tr-data-processing", *at_router, incoming))
        found.append(Usage(month, "ipsec-connection", *at_owner, connection_hours * fees_of_connection))
        if group.entry["network_type"] == "private":
            over_vbr = plan["underlays"][group.entry["underlay"]]["kind"] == "vbr"
            found.append(Usage(month, "vbr-outbound", *at_owner, outgoing, over_vbr))
            continue
        cdt_hours = sum(clock_hours(max(site.start, site.cdt_from), site.end, month) for site in group.sites)
        by_cdt = None if outgoing is None else round_half_up(Fraction(outgoing * cdt_hours, hours))
        by_legacy = None if outgoing is None or by_cdt is None else outgoing - by_cdt
        if cdt_hours:
            found.append(Usage(month, "cdt-internet", *at_owner, by_cdt))
        if cdt_hours < hours:
            found.append(Usage(month, "ipsec-internet-legacy", *at_owner, by_legacy))
    return found


def _kind_of_lane(one: str, other: str) -> str:
    """Whether a lane crosses the border of the mainland, for which there are other items."""
    return "cross-border" if ("mainland" in scopes(one)) != ("mainland" in scopes(other)) else "inter-region"


def _underlay_usage(plan: Tree, estate: Tree) -> list[Usage]:
    found = []
    for name, underlay in (plan.get("underlays") or {}).items():
        sites = [
            site for group in groups_of(plan, estate) if group.entry.get("underlay") == name for site in group.sites
        ]
        if underlay.get("already_attached") == "true" or not sites:
            continue
        first, last = min(site.start for site in sites), max(site.end for site in sites)
        router = estate["transit_routers"][underlay["transit_router"]]
        for month in months_of(plan):
            place = (name, router["account"], router["region"])
            if hours := charged_hours(plan)(first, last, month):
                found.append(Usage(month, "tr-connection", *place, hours * MICRO))
                if port := underlay.get("port"):
                    part = Fraction(1)
                    if (plan.get("assumptions") or {}).get("part-of-a-port-month") == "pro-rata":
                        part = Fraction(hours, month.hours)
                    ports = round_half_up(int(port.get("ports", 1)) * part * MICRO)
                    found.append(Usage(month, f"express-connect-port-{port['speed'].lower()}", *place, ports))
            if line := underlay.get("leased_line"):
                found += _line_usage(line, place, month, first, last)
    return found


def _line_usage(line: Tree, place: tuple[str, str, str], month: Month, first: datetime, last: datetime) -> list[Usage]:
    """What a month costs of a leased line over which something runs from ``first`` to ``last``."""
    begins = instant(line["start"]) if line.get("start") else first
    since = month.number - (begins.year * 12 + begins.month - 1)
    paid = []
    if since >= 0 and (month.start < last or since < int(line.get("term_months", 0))):
        paid.append(("leased-line", line["monthly"]))
    if since == 0 and line.get("one_off"):
        paid.append(("leased-line-setup", line["one_off"]))
    found = [Usage(month, sku, *place, MICRO, given=price, currency=line.get("currency", "")) for sku, price in paid]
    return found


def _purchases(plan: Tree, estate: Tree) -> list[Usage]:
    """What prepaid plans cost that a plan buys: their price when they begin, or their commitment, hour by hour."""
    found = []
    for name, entry in (plan.get("prepaid") or {}).items():
        monthly = entry.get("paid") == "monthly"
        sku, price = (
            ("prepaid-commitment", entry["commitment_per_hour"]) if monthly else ("prepaid-plan", entry["price"])
        )
        currency = entry.get("currency") or CURRENCY_OF_SITE[estate["accounts"][entry["account"]]["site"]]
        start = midnight(validity(entry)[0])
        for month in months_of(plan):
            units = hours_valid(entry, month) if monthly else int(month.start <= start < month.end)
            place = (name, entry["account"], entry.get("area") or "all")
            found.append(Usage(month, sku, *place, units * MICRO, given=price, currency=currency))
    return found


def validity(entry: Tree) -> tuple[date, date]:
    """The first day of a prepaid plan, and the first on which it is valid no more."""
    start = date.fromisoformat(entry["start"])
    last = month_at(start.year * 12 + start.month - 1 + int(entry.get("term_months") or 12))
    try:
        return start, last.start.date().replace(day=start.day)
    except ValueError:  # there is no such day in that month: its last one is still valid
        return start, last.end.date()


def midnight(day: date) -> datetime:
    """Its first instant."""
    return datetime(day.year, day.month, day.day)


def hours_valid(entry: Tree, month: Month) -> int:
    """Hours of a month in which a prepaid plan is valid."""
    start, end = map(midnight, validity(entry))
    return max(0, (min(end, month.end) - max(start, month.start)) // HOUR)


# ---------------------------------------------------------------------------------------------- prices


class Tier(NamedTuple):
    """A part of a schedule, in micro-units."""

    start: int
    end: int | None
    rate: Decimal


class Column(NamedTuple):
    """A part of a schedule in which both the list rate and the contracted rate are one; None: not known."""

    start: int
    end: int | None
    list_rate: Decimal | None
    rate: Decimal | None


@dataclass
class Prices:
    """Every book for accounts of a site, the strongest first."""

    site: str
    extra: Sequence[Tree]
    """Books of the plan, in its order: a later one is stronger."""

    @property
    def own(self) -> list[Tree]:
        """The plan's books for this site, the strongest first."""
        return [book for book in reversed(self.extra) if book["site"] == self.site]

    def columns(self, sku: str, place: str, on: date) -> list[Column]:
        """The list price and the contracted price of a place on a day, from 0 to infinity; none if no rate is known."""
        listed = self._list_price(sku, place, on)
        contract = self._find("rates", sku, place, on, lambda entry: entry["evidence"] == "contract")
        off = self._adjustment("discounts", sku, place, on)
        kept = 1 - Fraction(off["discount_percent"]) / 100 if off else Fraction(1)
        contracted = _tiers(contract) if contract else _times(listed, kept)
        bounds = {bound for tier in [*listed, *contracted] for bound in (tier.start, tier.end) if bound is not None}
        ends = [*sorted(bounds)[1:], None]
        return [
            Column(start, end, _rate_at(listed, start), _rate_at(contracted, start))
            for start, end in zip(sorted(bounds), ends, strict=False)
        ]

    def free_quota(self, sku: str, region: str, on: date) -> tuple[str, int] | None:
        """The scope that shares it, and micro-units per account and month."""
        entry = self._find("free_quotas", sku, region, on, lambda _: True)
        return (entry["scope"], micro(entry["quantity"])) if entry else None

    def _list_price(self, sku: str, place: str, on: date) -> list[Tier]:
        entry = self._find("rates", sku, place, on, lambda entry: entry["evidence"] != "contract")
        if entry is None:
            return []
        change = self._adjustment("expected", sku, place, on)
        return _times(_tiers(entry), 1 + Fraction(change["change_percent"]) / 100 if change else Fraction(1))

    def _find(self, what: str, sku: str, place: str, on: date, wanted: Callable[[Tree], bool]) -> Tree | None:
        sku = PRICED_AS.get(sku, sku)
        for book in [*self.own, shipped_book(self.site, sku)]:
            entries = ((book or {}).get("items", {}).get(sku) or {}).get(what) or []
            if found := _in_force([entry for entry in entries if wanted(entry)], scopes_of(place), on):
                return found
        return None

    def _adjustment(self, what: str, sku: str, place: str, on: date) -> Tree | None:
        """A discount or an expected change: the item's own before that of what it is priced as, before all items'."""
        covering = scopes_of(place) if ">" not in place else [*scopes_of(place), "all"]
        for book in self.own:
            for name in (sku, PRICED_AS.get(sku, sku), "all"):
                entries = [e for e in book.get(what) or [] if name in _listed(e.get("items", "all"))]
                if found := _in_force(entries, covering, on):
                    return found
        return None


def _in_force(entries: Sequence[Tree], covering: Sequence[str], on: date) -> Tree | None:
    """Of the entries that hold on a day: of those with the most specific scope, the one that began last."""
    for scope in covering:
        held = [e for e in entries if scope in _listed(e.get("scope", "all")) and _from(e) <= on < _until(e)]
        if held:
            return max(held, key=_from)
    return None


def _tiers(entry: Tree) -> list[Tier]:
    if entry.get("rate") is not None:
        return [Tier(0, None, Decimal(entry["rate"]))]
    return [
        Tier(micro(tier["from"]), micro(tier["to"]) if tier.get("to") else None, Decimal(tier["rate"]))
        for tier in entry["tiers"]
    ]


def _times(tiers: Sequence[Tier], factor: Fraction) -> list[Tier]:
    """Rates times a factor; as they stand where it is 1."""
    return [tier._replace(rate=times(tier.rate, factor)) for tier in tiers] if factor != 1 else list(tiers)


def times(rate: Decimal, factor: Fraction) -> Decimal:
    """A rate times a factor, rounded half up to the decimals that rates have."""
    return Decimal(round_half_up(Fraction(rate) * factor * 10**RATE_DECIMALS)).scaleb(-RATE_DECIMALS)


def _rate_at(tiers: Sequence[Tier], quantity: int) -> Decimal | None:
    """The rate of what lies just above a quantity."""
    for tier in tiers:
        if tier.start <= quantity and (tier.end is None or quantity < tier.end):
            return tier.rate
    return None


def scopes_of(place: str) -> list[str]:
    """Scopes that cover a region or a lane. Of a lane: those of regions, areas, then wider ones at either end."""
    if ">" not in place:
        return list(scopes(place))
    origin, destination = place.split(">")

    def width(name: str) -> int:
        return {"overseas": 2, "all": 3}.get(name, 0 if "-" in name and name not in AREAS_WITH_DASH else 1)

    pairs = [(one, other) for one in scopes(origin) for other in scopes(destination)]
    pairs.sort(key=lambda pair: (max(width(pair[0]), width(pair[1])), width(pair[0]), width(pair[1])))
    return [f"{one}>{other}" for one, other in pairs]


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _from(entry: Tree) -> date:
    return date.fromisoformat(entry.get("effective_from") or "0001-01-01")


def _until(entry: Tree) -> date:
    return date.fromisoformat(entry.get("effective_until") or "9999-12-31")


# ---------------------------------------------------------------------------------------------- pools


def allocate(rows: Sequence[int], columns: Sequence[int]) -> list[list[int]]:
    """Lay the columns' totals over the rows in proportion, in whole numbers that add up both ways.

    Each share is rounded down; what is left of the rows is then laid along what is left of the columns.
    """
    total = sum(rows)
    assert total == sum(columns)
    cells = [[row * column // total if total else 0 for column in columns] for row in rows]
    row_left = [row - sum(cells[i]) for i, row in enumerate(rows)]
    column_left = [column - sum(line[k] for line in cells) for k, column in enumerate(columns)]
    i = k = 0
    while i < len(rows) and k < len(columns):
        part = min(row_left[i], column_left[k])
        cells[i][k] += part
        row_left[i] -= part
        column_left[k] -= part
        if row_left[i] == 0:
            i += 1
        else:
            k += 1
    return cells


def draw(amounts: Mapping[str, int], free: int) -> dict[str, int]:
    """What each region draws of a free quota, in proportion to what it uses."""
    total, regions = sum(amounts.values()), sorted(amounts)
    if total <= free:
        return dict(amounts)
    cells = allocate([amounts[region] for region in regions], [free, total - free])
    return {region: cells[i][0] for i, region in enumerate(regions)}


def draw_in_order(amounts: Mapping[str, int], free: int, order: Sequence[str]) -> dict[str, int]:
    """What each region draws of a free quota: those of the order one after the other, then the others."""
    drawn = {}
    for region in order:
        if region in amounts:
            drawn[region] = min(amounts[region], free)
            free -= drawn[region]
    return drawn | draw({region: used for region, used in amounts.items() if region not in drawn}, free)


def overlap(start: int, end: int, columns: Sequence[Column]) -> list[int]:
    """How much of [start, end) lies in each column, and last, in none of them."""
    parts = [max(0, min(end, end if one.end is None else one.end) - max(start, one.start)) for one in columns]
    return [*parts, end - start - sum(parts)]


# ---------------------------------------------------------------------------------------------- lines


class Line(NamedTuple):
    """A line item."""

    month: str
    sku: str
    subject: str
    account: str
    region: str
    tier: int | None
    """0: free; 1...: tiers of a graduated item, the last one what lies beyond all that are known; None: it has
    none, or its tiers are not known."""
    quantity: int | None
    list_rate: Decimal | None
    """None: not known, or not certain, as long as the quantity is unknown."""
    rate: Decimal | None
    """The contracted rate, likewise."""
    list_amount: int | None
    """Nano-units of the bill's currency at list price; None: it has no list price."""
    contracted: int | None
    """Nano-units of the bill's currency at contracted price; None: unpriced."""
    currency: str
    """Of the bill."""
    amount: int | None
    """Nano-units of the results' currency that are billed; None: unpriced."""
    covered: bool
    """Whether a prepaid plan covers it: then nothing is billed, also where it has no price."""


class Part(NamedTuple):
    """What one subject uses of an item in a month at one pair of rates; prepaid plans may cover some of it."""

    use: Usage
    column: int
    """0: of the free quota; 1...: tiers; 1 where there are none."""
    tier: int | None
    """As lines show it."""
    quantity: int | None
    rates: tuple[Decimal | None, Decimal | None]
    """List first."""
    currency: str
    """Of the bill."""

    @property
    def contracted(self) -> int:
        """Nano-units of the bill's currency at the contracted rate; 0 where it is not known."""
        rate = self.rates[1]
        return 0 if self.quantity is None or rate is None else cost(self.quantity, rate)


def lines_of(plan: Tree, estate: Tree, books: Sequence[Tree] = ()) -> list[Line]:
    """Every line item of a plan."""
    parts = parts_of(plan, estate, books)
    covered = _covered(parts, plan, estate, {site: Prices(site, books) for site in CURRENCY_OF_SITE})
    found: list[Line] = []
    for part, offset in zip(parts, covered, strict=True):
        if part.quantity is None or part.quantity > offset:
            found.append(_line(part, None if part.quantity is None else part.quantity - offset, plan, False))
        if offset:
            found.append(_line(part, offset, plan, True))
    return sorted(found, key=line_order)


def parts_of(plan: Tree, estate: Tree, books: Sequence[Tree] = ()) -> list[Part]:
    """Everything that is used, at its rates, before prepaid plans cover any of it."""
    sites = {name: account["site"] for name, account in estate["accounts"].items()}
    prices = {site: Prices(site, books) for site in CURRENCY_OF_SITE}
    found: list[Part] = []
    pooled: dict[tuple[Month, str, str], list[Usage]] = {}
    for use in usage_of(plan, estate):
        if use.quantity == 0:
            continue
        if use.sku not in BASELINE_KEYS or use.quantity is None or not use.pooled:
            found.append(_flat_part(use, plan, prices[sites[use.account]]))
        else:
            pooled.setdefault((use.month, use.sku, use.account), []).append(use)
    for (month, sku, account), uses in pooled.items():
        found += _pool_parts(month, sku, account, uses, plan, estate, prices[sites[account]])
    return found


def line_order(line: Line) -> tuple[Any, ...]:
    """An order that sorts lines with None in them."""
    return tuple((part is not None, part if part is not None else 0) for part in line)


def _flat_part(use: Usage, plan: Tree, prices: Prices) -> Part:
    """What is outside every pool: of a flat item, of what has no rule, or of an unknown quantity."""
    if use.given:
        rate = Decimal(use.given)
        return Part(use, 1, None, use.quantity, (rate, rate), use.currency or plan["currency"])
    on = use.month.start.date()
    place = f"{use.region}>{use.to_region}" if use.to_region else use.region
    columns = prices.columns(use.sku, place, on) if use.pooled else []
    # Of an unknown quantity nobody can say which tier it falls in, or whether the free quota covers it.
    certain = use.sku != GRADUATED and prices.free_quota(use.sku, use.region, on) is None
    rates = (columns[0].list_rate, columns[0].rate) if columns and certain else (None, None)
    return Part(use, 1, None, use.quantity, rates, CURRENCY_OF_SITE[prices.site])


def cost(quantity: int, rate: Decimal) -> int:
    """Nano-units of the currency: micro-units times rate, rounded half up."""
    return round_half_up(Fraction(quantity, MICRO) * Fraction(rate) * 10**9)


def _line(part: Part, quantity: int | None, plan: Tree, covered: bool) -> Line:
    """A line of some of a part, at its list rate and its contracted rate."""
    use = part.use
    listed, contracted = (None if quantity is None or rate is None else cost(quantity, rate) for rate in part.rates)
    amount = None if contracted is None else round_half_up(contracted * exchange_rate(plan, part.currency, use.month))
    place = (use.month.name, use.sku, use.subject, use.account, use.region)
    amounts = (listed, contracted, part.currency, 0 if covered else amount)
    return Line(*place, part.tier, quantity, *part.rates, *amounts, covered)


def _pool_parts(
    month: Month, sku: str, account: str, uses: Sequence[Usage], plan: Tree, estate: Tree, prices: Prices
) -> list[Part]:
    """Parts of everything an account uses of an item in a month."""
    on = month.start.date()
    by_region: dict[str, int] = {}
    for use in uses:
        by_region[use.region] = by_region.get(use.region, 0) + (use.quantity or 0)
    baseline = _baseline(estate, account, sku)
    free = _free(sku, by_region, baseline, on, plan, prices, _gives_up(plan, estate, account, sku, month))
    found = []
    inside = answer(plan, "free-quota-position", "") == "inside-tier-1"
    for region in sorted(by_region):
        known = prices.columns(sku, region, on)
        before = baseline.get(region, 0)
        free_before, free_plan = free[region]
        # Inside tier 1 the free GB count towards the tiers, before them they do not.
        start = before + free_plan if inside else before - free_before
        chargeable = by_region[region] - free_plan
        columns = [free_plan, *overlap(start, start + chargeable, known)]
        members = sorted((use for use in uses if use.region == region), key=lambda use: use.subject)
        shares = allocate([use.quantity or 0 for use in members], columns)
        for use, parts in zip(members, shares, strict=True):
            for tier, part in enumerate(parts):
                if part == 0:
                    continue
                shown = tier if tier == 0 or (known and sku == GRADUATED) else None
                rates: tuple[Decimal | None, Decimal | None] = (Decimal(0), Decimal(0))
                if tier > 0:
                    at = known[tier - 1] if known else None
                    rates = (at.list_rate, at.rate) if at else (None, None)
                found.append(Part(use, tier, shown, part, rates, CURRENCY_OF_SITE[prices.site]))
    return found


def _baseline(estate: Tree, account: str, sku: str) -> dict[str, int]:
    """By region: micro-units that everything else in an account uses of an item in a month."""
    found: dict[str, int] = {}
    for entry in estate.get("baselines") or []:
        if entry["account"] == account and entry.get(BASELINE_KEYS[sku]) is not None:
            found[entry["region"]] = found.get(entry["region"], 0) + micro(entry[BASELINE_KEYS[sku]])
    return found


def _free(
    sku: str,
    by_region: Mapping[str, int],
    baseline: Mapping[str, int],
    on: date,
    plan: Tree,
    prices: Prices,
    given_up: bool,
) -> dict[str, tuple[int, int]]:
    """By region: micro-units of the free quota that the baseline draws, and that the plan draws."""
    order = answer(plan, "free-quota-region-order", "proportional")
    used_up = given_up or (not baseline and answer(plan, "baseline", "") == "free-quota-used")
    free = dict.fromkeys([*by_region, *baseline], (0, 0))
    quotas: dict[tuple[str, int], list[str]] = {}
    for region in sorted({*by_region, *baseline}):
        if quota := prices.free_quota(sku, region, on):
            quotas.setdefault(quota, []).append(region)
    for (_, known), regions in quotas.items():
        quantity = 0 if used_up else known
        first = draw({region: baseline.get(region, 0) for region in regions}, quantity)
        left = quantity - sum(first.values())
        used = {region: by_region[region] for region in regions if region in by_region}
        second = draw_in_order(used, left, [] if isinstance(order, str) else order)
        for region in regions:
            free[region] = (first[region], second.get(region, 0))
    return free


# ---------------------------------------------------------------------------------------------- prepaid plans


def prepaid_of(plan: Tree, estate: Tree) -> dict[str, Tree]:
    """Every prepaid plan by name: those that exist, and those that the plan buys."""
    return {**(estate.get("prepaid") or {}), **(plan.get("prepaid") or {})}


def _gives_up(plan: Tree, estate: Tree, account: str, sku: str, month: Month) -> bool:
    """Whether an account has no free quota of an item in a month, as a prepaid plan gives it up."""
    return sku == "vbr-outbound" and any(
        entry["kind"] == VOLUMES[sku]
        and entry["account"] == account
        and int(entry["tb"]) >= GIVES_UP_FREE_QUOTA_FROM
        and hours_valid(entry, month) > 0
        for entry in prepaid_of(plan, estate).values()
    )


def _covered(parts: Sequence[Part], plan: Tree, estate: Tree, prices: Mapping[str, Prices]) -> list[int]:
    """Of each part, micro-units that prepaid plans cover."""
    from tests.support import prepaid_oracle  # which is made of parts of this module

    entries = prepaid_of(plan, estate)
    covered = [0] * len(parts)
    if not entries:
        return covered
    accounts, months = sorted(estate["accounts"]), months_of(plan)
    first = months[0].start.date()

    def bought(*kinds: str) -> list[prepaid_oracle.Plan]:
        return [
            prepaid_oracle.Plan(
                name=name,
                account=accounts.index(entry["account"]),
                start=validity(entry)[0],
                end=validity(entry)[1],
                quantity=_volume(entry),
                area=entry.get("area") or "all",
                per_hour=int(entry.get("commitment_per_hour") or 0) * 10**9,
                factor=Fraction(entry.get("discount_factor") or 1),
            )
            for name, entry in entries.items()
            if entry["kind"] in kinds
        ]

    def rows(numbers: Sequence[int]) -> tuple[list[prepaid_oracle.Row], dict[tuple[int, int, int], int]]:
        """Rows of parts, ordered by subject and told apart by item; and which part each cell is."""
        cells: dict[tuple[str, str, str, str], list[dict[int, tuple[int, int]]]] = {}
        for n in numbers:
            part, use = parts[n], parts[n].use
            months_of_row = cells.setdefault((use.subject, use.sku, use.account, use.region), [{} for _ in months])
            months_of_row[months.index(use.month)][part.column] = (part.quantity or 0, part.contracted)
        order = sorted(cells)
        found = [prepaid_oracle.Row(n, accounts.index(key[2]), key[3], cells[key]) for n, key in enumerate(order)]
        place = {
            (order.index((use.subject, use.sku, use.account, use.region)), months.index(use.month), parts[n].column): n
            for n in numbers
            for use in [parts[n].use]
        }
        return found, place

    for sku, kind in VOLUMES.items():
        own, place = rows([n for n, part in enumerate(parts) if part.use.sku == sku and _is_coverable(part)])
        others: dict[tuple[int, str], list[int]] = {}
        for account in accounts:
            baseline = _baseline(estate, account, sku)
            for month in months:
                given_up = _gives_up(plan, estate, account, sku, month)
                of_site = prices[estate["accounts"][account]["site"]]
                free = _free(sku, {}, baseline, month.start.date(), plan, of_site, given_up)
                for region, volume in baseline.items():
                    others.setdefault((accounts.index(account), region), []).append(volume - free[region][0])
        plan_first = answer(plan, "prepaid-order", "") == "plan-first"
        outcome = prepaid_oracle.volumes(own, others, bought(kind), first, len(months), plan_first)
        for cell, quantity in outcome.offset.items():
            if quantity:
                covered[place[cell]] = quantity
    for code, account in enumerate(accounts):
        committed = [one for one in bought(COMMITMENT) if one.account == code]
        own, place = rows(
            [
                n
                for n, part in enumerate(parts)
                if part.use.sku in OFFSET_BY_COMMITMENTS and part.use.account == account and _is_coverable(part)
            ]
        )
        if committed and own:
            for cell, quantity in prepaid_oracle.commitments(own, committed, first, len(months)).offset.items():
                covered[place[cell]] = quantity
    return covered


def _is_coverable(part: Part) -> bool:
    """Whether a prepaid plan can cover it: its quantity is known, and so is a rule that bills it."""
    return part.quantity is not None and part.use.pooled


def _volume(entry: Tree) -> int:
    """Micro-GB of a prepaid plan that are left when the period begins, or that were bought; 0: it has no volume."""
    if entry.get("remaining_gb") is not None:
        return micro(entry["remaining_gb"])
    return (int(entry.get("gb") or 0) + int(entry.get("tb") or 0) * GB_PER_TB) * MICRO


# ---------------------------------------------------------------------------------------------- quotas


class QuotaRow(NamedTuple):
    """One quota in one scope and month."""

    quota: str
    scope: str
    month: str
    used: int
    limit: int
    status: str
    touched: bool
    """Whether the plan adds to it; what it does not touch is not its doing."""


def quotas_of(plan: Tree, estate: Tree) -> list[QuotaRow]:
    """Every quota of a plan in every scope that the plan touches, and of every router that it names."""
    groups = groups_of(plan, estate)
    found = _per_router(plan, estate, groups)
    found += _ecmp(plan, estate, groups)
    found += _routers_per_connection(plan, estate, groups)
    found += _of_the_estate(plan, estate)
    found += _attached_of_kinds(plan, estate, groups)
    found += _per_account(plan, estate, groups)
    return found + _routes(plan, estate, groups)


def _sites_at(group: Group, when: datetime) -> int:
    return sum(site.start <= when < site.end for site in group.sites)


def _per_router(plan: Tree, estate: Tree, groups: Sequence[Group]) -> list[QuotaRow]:
    quota = "vpn-attachments-per-transit-router"
    found = []
    for name, router in sorted(estate["transit_routers"].items()):
        attached = int((router.get("attached") or {}).get("vpn", 0))
        here = [group for group in groups if name in group.routers]

        def used(when: datetime, here: Sequence[Group] = here, attached: int = attached) -> int:
            return attached + sum(_sites_at(group, when) * group.per_site for group in here)

        left = [one for one in _retired(plan, estate) if one[1] == name]
        found += _rows(quota, name, plan, estate, here, used, _granted(router, quota), left)
    return found


def _ecmp(plan: Tree, estate: Tree, groups: Sequence[Group]) -> list[QuotaRow]:
    quota = "ecmp-vpn-attachments"
    whole = answer(plan, "ecmp-scope", "") == "transit-router"
    counts = 2 if answer(plan, "ecmp-counts", "") == "tunnels" else 1
    found = []
    for name, router in sorted(estate["transit_routers"].items()):
        sharing = [group for group in groups if name in group.routers and group.entry.get("ecmp", "none") != "none"]
        attached = {key: int(count) for key, count in (router.get("ecmp_attached") or {}).items()}
        sets: dict[str, list[Group]] = {f"set {key}": [] for key in attached}
        for group in sharing:
            ecmp = group.entry["ecmp"]
            own = {"group": group.id, "per-site": f"{group.id}{EACH_SITE}"}
            sets.setdefault(own.get(ecmp, ecmp), []).append(group)
        if whole:
            sets = {"": sharing} if sets else {}
        for label, members in sorted(sets.items()):
            before = sum(attached.values()) if whole else 0
            if label.startswith("set "):
                before = attached.get(label.removeprefix("set "), 0)
            of_one_site = label.endswith(EACH_SITE)

            def used(
                when: datetime,
                members: Sequence[Group] = members,
                before: int = before,
                of_one_site: bool = of_one_site,
            ) -> int:
                present = [(_sites_at(group, when), group.per_site) for group in members]
                return counts * (before + sum(min(n, 1 if of_one_site else n) * each for n, each in present))

            scope, stated = f"{name}/{label}" if label else name, _granted(router, quota)
            left = [
                (when, where, gone * counts, of)
                for when, where, gone, of in _retired(plan, estate)
                if where == name and of and (whole or label == f"set {of}")
            ]
            found += _rows(quota, scope, plan, estate, members, used, stated, left)
    return found


def _routers_per_connection(plan: Tree, estate: Tree, groups: Sequence[Group]) -> list[QuotaRow]:
    quota = "transit-routers-per-connection"
    stands: dict[str, list[tuple[Group, Site]]] = {}
    for group in groups:
        for index, connection in enumerate(group.entry.get("connection_ids") or []):
            stands.setdefault(connection, []).append((group, group.sites[index // group.per_site]))
    found = []
    for connection, places in sorted(stands.items()):

        def used(when: datetime, places: Sequence[tuple[Group, Site]] = places) -> int:
            return len({r for group, site in places if site.start <= when < site.end for r in group.routers})

        found += _rows(quota, connection, plan, estate, [group for group, _ in places], used, [])
    for group in groups:
        if len(set(group.routers)) > 1 and not group.entry.get("connection_ids"):

            def used_by_any(when: datetime, group: Group = group) -> int:
                return len(set(group.routers)) if _sites_at(group, when) else 0

            found += _rows(quota, group.id, plan, estate, [group], used_by_any, [])
    return found


def _of_the_estate(plan: Tree, estate: Tree) -> list[QuotaRow]:
    """Quotas that no plan adds to: routers per CEN instance and region, CIDR blocks per router."""
    found = []
    places: dict[str, int] = {}
    for name, router in sorted(estate["transit_routers"].items()):
        if router.get("cen"):
            place = f"{router['cen']}/{router['region']}"
            places[place] = places.get(place, 0) + 1
        quota, blocks = "cidr-blocks-per-transit-router", len(router.get("cidr_blocks") or [])
        if blocks:
            found += _rows(quota, name, plan, estate, [], lambda when, n=blocks: n, _granted(router, quota))
    for place, count in places.items():
        found += _rows("transit-routers-per-region", place, plan, estate, [], lambda when, n=count: n, [])
    return found


def _attached_of_kinds(plan: Tree, estate: Tree, groups: Sequence[Group]) -> list[QuotaRow]:
    """VBRs, ECRs and VPCs: those of today, and underlays that the plan brings while attachments run over them."""
    found = []
    for kind in ("vbr", "ecr", "vpc"):
        quota = f"{kind}-attachments-per-transit-router"
        for name, router in sorted(estate["transit_routers"].items()):
            today = int((router.get("attached") or {}).get(kind, 0))
            spans = []
            over_new: list[Group] = []
            for underlay, entry in (plan.get("underlays") or {}).items():
                if entry["kind"] != kind or entry["transit_router"] != name or entry.get("already_attached") == "true":
                    continue
                over = [group for group in groups if group.entry.get("underlay") == underlay]
                sites = [site for group in over for site in group.sites]
                if sites:
                    spans.append((min(site.start for site in sites), max(site.end for site in sites)))
                    over_new += over
            if today or spans:

                def used(when: datetime, today: int = today, spans: Any = tuple(spans)) -> int:
                    return today + sum(start <= when < end for start, end in spans)

                found += _rows(quota, name, plan, estate, over_new, used, _granted(router, quota))
    return found


def _per_account(plan: Tree, estate: Tree, groups: Sequence[Group]) -> list[QuotaRow]:
    """Sites and connections per account that owns them and region."""
    found = []
    for owner, region in sorted({(group.owner, group.region) for group in groups}):
        own = [group for group in groups if (group.owner, group.region) == (owner, region)]
        for quota, by_connection in (("customer-gateways-per-region", False), ("ipsec-connections-per-account", True)):

            def used(when: datetime, own: Sequence[Group] = own, by_connection: bool = by_connection) -> int:
                if not by_connection:
                    return _gateways(plan, own, when)
                return sum(_sites_at(group, when) * group.per_site for group in own)

            stated = _granted(estate["accounts"][owner], quota, region)
            found += _rows(quota, f"{owner}/{region}", plan, estate, own, used, stated)
    return found


def _gateways(plan: Tree, own: Sequence[Group], when: datetime) -> int:
    """One per site and name, or one per site where none is named; those that serve all sites once."""
    count, shared = 0, set()
    for group in own:
        sites, given = _sites_at(group, when), group.entry.get("customer_gateway") or []
        names = {given} if isinstance(given, str) else set(given)
        common = {name for name in names if (plan["customer_gateways"][name] or {}).get("shared") == "true"}
        count += sites * (len(names - common) if names else 1)
        shared |= common if sites else set()
    return count + len(shared)


def _routes(plan: Tree, estate: Tree, groups: Sequence[Group]) -> list[QuotaRow]:
    """A route per site; one for connections that share routes; one per connection with flow protection."""
    quota = "routes-per-route-table"
    found = []
    for name in sorted({group.routers[0] for group in groups}):
        here = [group for group in groups if group.routers[0] == name]

        def used(when: datetime, here: Sequence[Group] = here) -> int:
            count, shared = 0, set()
            for group in here:
                sites, ecmp = _sites_at(group, when), group.entry.get("ecmp", "none")
                tunnel = group.entry.get("tunnel") or {}
                tunnel = plan["tunnels"][tunnel] if isinstance(tunnel, str) else tunnel
                if tunnel.get("routing_mode") == "flow-protection":
                    count += sites * group.per_site
                elif ecmp in ("none", "per-site"):
                    count += sites
                elif sites:
                    shared.add(group.id if ecmp == "group" else ecmp)
            return count + len(shared)

        found += _rows(quota, name, plan, estate, here, used, _granted(estate["transit_routers"][name], quota))
    return found


def _retired(plan: Tree, estate: Tree) -> list[tuple[datetime, str, int, str]]:
    """(instant, router, connections, set) of what leaves of the estate."""
    only = next(iter(estate["transit_routers"]))
    return [
        (
            instant(one["date"] if one.get("date") else plan["waves"][one["wave"]]),
            one.get("transit_router") or only,
            int(one["attached_vpn"]),
            one.get("ecmp_set") or "",
        )
        for one in plan.get("retire") or []
    ]


def _granted(holder: Tree, quota: str, region: str = "") -> list[tuple[datetime, int]]:
    """Limits other than the default: the instant from which each applies, and its value."""
    entries = (holder.get("limits") or {}).get(quota) or []
    entries = [entries] if isinstance(entries, Mapping) else entries
    dated = []
    for entry in entries:
        day = entry.get("from") or entry.get("read_on")
        if entry.get("region") in (None, region):
            dated.append((instant(day) if day else datetime.min, int(entry["value"]), entry.get("status") == "live"))
    dated.sort()
    if dated and dated[0][2]:
        dated[0] = (datetime.min, *dated[0][1:])  # nothing else is known of the time before it was read
    return [(when, value) for when, value, _ in dated]


def _limit_at(quota: str, granted: Iterable[tuple[datetime, int]], when: datetime) -> int:
    begun = [grant for grant in granted if grant[0] <= when]
    return max(begun, key=lambda grant: grant[0])[1] if begun else DEFAULT_LIMITS.get(quota, NOT_KNOWN)


def _rows(
    quota: str,
    scope: str,
    plan: Tree,
    estate: Tree,
    groups: Sequence[Group],
    used: Callable[[datetime], int],
    granted: Sequence[tuple[datetime, int]],
    left: Sequence[tuple[datetime, str, int, str]] = (),
) -> list[QuotaRow]:
    """A row per month: the instant at which it stands worst."""
    changes = {when for group in groups for site in group.sites for when in (site.start, site.end)}
    changes |= {when for when, _ in granted} | {one[0] for one in left}
    threshold = (estate.get("thresholds") or {}).get(quota) or {}
    percent = threshold.get("percent") or ("80" if quota in ADJUSTABLE else None)
    found = []
    for month in months_of(plan):
        instants = {month.start, *(when for when in changes if month.start <= when < month.end)}
        levels = [
            (
                used(when) - sum(one[2] for one in left if one[0] <= when),
                _limit_at(quota, granted, when),
            )
            for when in sorted(instants)
        ]
        count, limit = max(
            levels, key=lambda level: (level[1] != NOT_KNOWN and level[0] > level[1], level[0], -level[1])
        )
        status = "ok"
        if limit == NOT_KNOWN:
            status = "unknown"
        elif count > limit:
            status = "exceeded"
        elif (percent and 100 * count >= int(percent) * limit) or limit - count < int(threshold.get("count") or 0):
            status = "tight"
        found.append(QuotaRow(quota, scope, month.name, count, limit, status, bool(groups or left)))
    return found
