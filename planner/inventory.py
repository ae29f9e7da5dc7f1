"""Scenarios as tables: routers, underlays, attachment groups, and lots of sites with a life of their own.

Tables are frozen records of numpy columns with integer codes; names are tuples beside them. Every row knows
its place in the file it came from.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from planner.assumption import Assumptions
from planner.core.period import NEVER, Month, Period, seconds
from planner.core.problem import Place
from planner.core.provenance import Evidence, Reference
from planner.core.region import EVERYWHERE
from planner.estate import Account, AccountLimit, Attached
from planner.plan_file import LeasedLine, Traffic
from planner.prepaid import PrepaidPlan
from planner.scenario import Group, Scenario, by_group
from planner.tunnel import each

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

CDT_DEFAULT_FROM = seconds(date(2026, 3, 1))
"""From this day (UTC+8) new connections in CDT_DEFAULT_REGIONS are billed by CDT (CDT announcement, 2026)."""
CDT_DEFAULT_REGIONS = frozenset(
    {"eu-central-1", "eu-west-1", "ap-southeast-3", "ap-southeast-6", "ap-southeast-7", "ap-southeast-8"}
)
"""Germany, UK, Malaysia (Kuala Lumpur and Johor), Philippines, Thailand; other regions: to be determined."""

CDT_DEFAULT_RULE = Reference(
    title="Cloud Data Transfer announcement: new IPsec-VPN connections on transit routers are on CDT by default",
    url=None,
    read_on="2026-11",
    evidence="official",
)


LimitStatus = Literal["granted", "requested", "live"]
LimitHolder = Literal["transit router", "account"]


@dataclass(frozen=True)
class Limit:
    """A limit of a quota other than its default, as the estate states it."""

    holder: LimitHolder
    code: int
    """Code of the router or account that it is a limit of."""
    region: int
    """Of an account's limit: code of its region; -1: each region."""
    quota: str
    value: int
    effective_from: int
    """Seconds; 0 when it applies already."""
    status: LimitStatus
    reference: Reference
    """Where it stands, how good it is, and the day on which it was read or the estate was true."""
    place: Place
    """Where the estate names the quota."""


@dataclass(frozen=True)
class Threshold:
    """From when on a quota is tight, as the estate states it."""

    quota: str
    percent: int | None
    count: int | None
    place: Place
    """Where the estate names the quota."""


@dataclass(frozen=True)
class LeadTime:
    """How long an increase of a quota takes."""

    quota: str
    days: int
    place: Place
    """Where the estate names the quota."""


@dataclass(frozen=True)
class Routers:
    """Transit routers of the estate; r rows."""

    ids: tuple[str, ...]
    region: Ints
    """(r,) codes of regions."""
    account: Ints
    """(r,) codes of accounts."""
    cen: tuple[str, ...]
    """(r,) CEN instances; empty where the estate names none."""
    cidr_blocks: Ints
    """(r,) number of CIDR blocks."""
    attached_vpn: Ints
    """(r,) VPN attachments today, outside every plan."""
    attached: dict[str, Ints]
    """By kind, such as vbr: (r,) what else is attached today."""
    ecmp_attached: tuple[tuple[int, str, int], ...]
    """Today's ECMP sets as (router, name of the set, connections)."""
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Line:
    """A carrier's leased line, as its plan states it."""

    terms: LeasedLine
    reference: Reference
    """Where its price stands."""
    place: Place


@dataclass(frozen=True)
class Retirements:
    """VPN attachments of the estate that leave during the plans; n rows."""

    router: Ints
    instant: Ints
    """(n,) seconds."""
    connections: Ints
    ecmp_set: tuple[str, ...]
    """(n,) the set that they are part of; empty: none."""
    scenario: Ints
    """(n,) codes of the scenarios that retire them."""


@dataclass(frozen=True)
class Underlays:
    """VBR and ECR connections that private attachments run over; u rows."""

    ids: tuple[str, ...]
    scenario: Ints
    kind: tuple[str, ...]
    router: Ints
    already_attached: Bools
    cost_center: tuple[str, ...]
    ports: dict[int, tuple[str, int]]
    """Underlays with Express Connect ports of this plan: their speed and number."""
    leased_lines: dict[int, Line]
    """Underlays with a carrier's line of this plan."""
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Groups:
    """Attachment groups, sorted by (scenario, id); g rows."""

    ids: tuple[str, ...]
    scenario: Ints
    router: Ints
    """(g,) the router the group is priced on."""
    owner: Ints
    """(g,) codes of the accounts that own the connections."""
    payer: tuple[str, ...]
    """(g,) cen-owner | resource-owner; empty where the plan does not say who pays the transit router's fees"""
    private: Bools
    underlay: Ints
    """(g,) codes of underlays; -1: none."""
    connections_per_site: Ints
    traffic: Ints
    """(g,) codes of Inventory.traffic."""
    cost_center: tuple[str, ...]
    ecmp: tuple[str, ...]
    """(g,) none | per-site | group | set NAME"""
    internet_billing: tuple[str, ...]
    """(g,) auto | legacy | cdt"""
    more_routers: dict[int, tuple[int, ...]]
    """Groups that name several routers: the others, which they count on as well."""
    connection_ids: dict[int, tuple[str, ...]]
    """Groups that name real connections."""
    own_gateways: Ints
    """(g,) customer gateways that each site has for itself; of a group that names none, one."""
    shared_gateways: dict[int, tuple[str, ...]]
    """Groups that name customer gateways which serve all sites: their names."""
    flow_protection: Bools
    """(g,) whether their tunnels forward by source and destination."""
    clouds: dict[int, tuple[int, str]]
    """Groups whose workloads are in another region than their router: its code, and the line class between them."""
    places: tuple[Place, ...]


@dataclass(frozen=True)
class PrepaidPlans:
    """Prepaid plans, those that exist in the estate and those that plans buy; q rows, by name."""

    ids: tuple[str, ...] = ()
    entries: tuple[PrepaidPlan, ...] = ()
    scenario: Ints = field(default_factory=lambda: _ints(()))
    """(q,) codes of the scenarios that buy them; -1: it exists already, so that its price is not one of a plan."""
    account: Ints = field(default_factory=lambda: _ints(()))
    """(q,) codes of accounts."""
    region: Ints = field(default_factory=lambda: _ints(()))
    """(q,) codes of Inventory.regions: the area that it serves, or all."""
    cost_center: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    read_on: date = date.min
    """Day on which their prices were true: that of the estate."""


@dataclass(frozen=True)
class Lots:
    """Sites of a group that come at one step and leave at one step, oldest first; l rows by group and start."""

    group: Ints
    start: Ints
    """(l,) seconds; exact."""
    end: Ints
    """(l,) seconds, exclusive; NEVER where they stay."""
    sites: Ints
    cdt_from: Ints
    """(l,) seconds from which their Internet traffic is billed by CDT; NEVER where it is not."""
    added_by: Ints
    """(l,) codes of Inventory.step_places."""
    undecided: Bools
    """(l,) whether cdt_from is an assumption: no rule, no estate and no plan says how it is billed."""


@dataclass(frozen=True)
class TrafficTable:
    """Distinct traffic statements; t rows, micro-GB per site and month."""

    to_data_center: Ints
    """(t,) micro-GB; -1: not stated."""
    from_data_center: Ints
    growth: tuple[tuple[int, int], ...]
    """(t,) monthly growth factor as an exact fraction (numerator, denominator)."""
    base_month: tuple[Month, ...]


@dataclass(frozen=True)
class Inventory:
    """Everything the calculation needs to know of some scenarios, as tables."""

    period: Period
    bounds: Ints
    """(m + 1,) seconds of the month starts and of the end of the last month."""
    currency: str
    scenarios: tuple[str, ...]
    vpc_processing: Bools
    """(s,) whether a scenario prices data processing at the VPC side."""
    pro_rata_ports: bool
    """Whether parts of a month of a port are billed in proportion, or as whole months."""
    regions: tuple[str, ...]
    """Regions, and behind them the areas that prepaid plans are bought for."""
    accounts: tuple[str, ...]
    account_sites: tuple[str, ...]
    """Site of each account, which decides its price list and currency."""
    routers: Routers
    underlays: Underlays
    groups: Groups
    lots: Lots
    traffic: TrafficTable
    step_places: tuple[Place, ...]
    assumptions: Assumptions = field(default_factory=Assumptions, kw_only=True)
    """The answers to what the published rules leave open."""
    prepaid: PrepaidPlans = field(default_factory=PrepaidPlans, kw_only=True)
    lead_times: tuple[LeadTime, ...] = field(default=(), kw_only=True)
    """How long increases of quotas take, as the estate states it."""
    limits: tuple[Limit, ...] = field(default=(), kw_only=True)
    """Limits other than the defaults, in the order of the estate."""
    thresholds: tuple[Threshold, ...] = field(default=(), kw_only=True)
    """From when on quotas are tight, as the estate states it."""
    retirements: Retirements = field(default_factory=lambda: _retirements(()), kw_only=True)

    @cached_property
    def group_region(self) -> Ints:
        """(g,) codes of the regions of the groups."""
        return self.routers.region[self.groups.router]

    @cached_property
    def subjects(self) -> tuple[str, ...]:
        """Ids of everything that costs: the groups, then the underlays, then the prepaid plans."""
        return self.groups.ids + self.underlays.ids + self.prepaid.ids

    @cached_property
    def group_names(self) -> tuple[str, ...]:
        """The groups as reports call them: of several plans, each with the plan that brings it."""
        return tuple(map(self._named, self.groups.ids, self.groups.scenario.tolist()))

    @cached_property
    def subject_names(self) -> tuple[str, ...]:
        """The subjects as reports call them."""
        return tuple(map(self._named, self.subjects, self.subject_scenarios.tolist()))

    def _named(self, name: str, scenario: int) -> str:
        return f"{self.scenarios[scenario]}:{name}" if len(self.scenarios) > 1 and scenario >= 0 else name

    @property
    def cost_centers(self) -> tuple[str, ...]:
        """The cost centre of each subject; empty where it has none."""
        return self.groups.cost_center + self.underlays.cost_center + self.prepaid.cost_center

    def holder_of(self, limit: Limit) -> str:
        """What a limit is a limit of: a transit router, or an account with its region where it has one."""
        if limit.holder == "transit router":
            return self.routers.ids[limit.code]
        account = self.accounts[limit.code]
        return account if limit.region < 0 else f"{account}/{self.regions[limit.region]}"

    @cached_property
    def subject_owners(self) -> Ints:
        """(s,) the account that owns each subject: connections, the transit router of an underlay, prepaid plans."""
        return np.concatenate([self.groups.owner, self.routers.account[self.underlays.router], self.prepaid.account])

    @cached_property
    def subject_routers(self) -> tuple[str, ...]:
        """The transit router of each subject; prepaid plans have none, and their account stands for one."""
        codes = np.concatenate([self.groups.router, self.underlays.router]).tolist()
        accounts = (f"(account {self.accounts[code]})" for code in self.prepaid.account.tolist())
        return (*(self.routers.ids[code] for code in codes), *accounts)

    @cached_property
    def subject_scenarios(self) -> Ints:
        """(s,) codes of the scenarios that bring each subject; -1: it exists already."""
        return np.concatenate([self.groups.scenario, self.underlays.scenario, self.prepaid.scenario])

    @cached_property
    def subject_places(self) -> tuple[Place, ...]:
        """The place of each subject."""
        return self.groups.places + self.underlays.places + self.prepaid.places


def take(scenarios: Sequence[Scenario]) -> Inventory:
    """Tables of one or several scenarios, joined by planner.together: what holds for all is the same in each."""
    first = scenarios[0]
    estate = first.estate
    regions = tuple(
        sorted(
            {router.region for router in estate.transit_routers.values()}
            | {baseline.region for baseline in estate.baselines}
            | {group.entry.cloud_region for one in scenarios for group in one.groups if group.entry.cloud_region}
            | {limit.region for account in estate.accounts.values() for limit in _stated(account) if limit.region}
        )
    )
    bought = _prepaid_entries(scenarios)
    regions += tuple(sorted({entry.area or EVERYWHERE for _, _, entry, _ in bought}))
    accounts = tuple(sorted(estate.accounts))
    routers = _routers(first, regions, accounts)
    underlays = _underlays(scenarios, routers)
    rows = sorted(
        ((number, group) for number, scenario in enumerate(scenarios) for group in scenario.groups),
        key=lambda row: (scenarios[row[0]].plan.name, row[1].id),
    )
    traffic, traffic_of = _traffic(rows, first.period.first)
    lots, step_places = _lots(rows, first)
    return Inventory(
        period=first.period,
        bounds=np.array(first.period.bounds, dtype=np.int64),
        currency=first.plan.currency,
        scenarios=tuple(scenario.plan.name for scenario in scenarios),
        vpc_processing=np.array([scenario.plan.include.vpc_processing for scenario in scenarios], dtype=bool),
        pro_rata_ports=first.plan.assumptions.part_of_a_port_month == "pro-rata",
        regions=regions,
        accounts=accounts,
        account_sites=tuple(estate.accounts[account].site for account in accounts),
        routers=routers,
        underlays=underlays,
        groups=_groups(scenarios, rows, routers, regions, accounts, underlays, traffic_of),
        lots=lots,
        traffic=traffic,
        step_places=step_places,
        assumptions=first.plan.assumptions,
        prepaid=_prepaid(bought, regions, accounts, estate.as_of or first.period.first.first_day),
        lead_times=tuple(
            LeadTime(quota, days, Place(first.estate_source, (*first.estate_path, "lead_time_days", quota), key=True))
            for quota, days in estate.lead_time_days.items()
        ),
        limits=tuple(_limits(first, routers.ids, accounts, regions)),
        thresholds=tuple(
            Threshold(
                quota,
                one.percent,
                one.count,
                Place(first.estate_source, (*first.estate_path, "thresholds", quota), key=True),
            )
            for quota, one in estate.thresholds.items()
        ),
        retirements=_retirements(
            (routers.ids.index(left.router), left.instant, left.connections, left.ecmp_set or "", number)
            for number, scenario in enumerate(scenarios)
            for left in scenario.retired
        ),
    )


def _prepaid_entries(scenarios: Sequence[Scenario]) -> list[tuple[str, int, PrepaidPlan, Place]]:
    """(name, scenario that buys it or -1, entry, place) of every prepaid plan, by name."""
    first = scenarios[0]
    exist = [
        (name, -1, entry, Place(first.estate_source, (*first.estate_path, "prepaid", name), key=True))
        for name, entry in first.estate.prepaid.items()
    ]
    bought = [
        (name, number, entry, Place(scenario.source, ("prepaid", name), key=True))
        for number, scenario in enumerate(scenarios)
        for name, entry in scenario.plan.prepaid.items()
    ]
    return sorted([*exist, *bought], key=lambda row: row[:2])


def _prepaid(
    rows: Sequence[tuple[str, int, PrepaidPlan, Place]],
    regions: tuple[str, ...],
    accounts: tuple[str, ...],
    read_on: date,
) -> PrepaidPlans:
    return PrepaidPlans(
        ids=tuple(name for name, _, _, _ in rows),
        entries=tuple(entry for _, _, entry, _ in rows),
        scenario=_ints(number for _, number, _, _ in rows),
        account=_ints(accounts.index(entry.account) for _, _, entry, _ in rows),
        region=_ints(regions.index(entry.area or EVERYWHERE) for _, _, entry, _ in rows),
        cost_center=tuple(entry.cost_center or "" for _, _, entry, _ in rows),
        places=tuple(place for _, _, _, place in rows),
        read_on=read_on,
    )


def _routers(scenario: Scenario, regions: tuple[str, ...], accounts: tuple[str, ...]) -> Routers:
    entries = scenario.estate.transit_routers
    ids = tuple(sorted(entries))
    return Routers(
        ids=ids,
        region=_ints(regions.index(entries[name].region) for name in ids),
        account=_ints(accounts.index(entries[name].account) for name in ids),
        cen=tuple(entries[name].cen or "" for name in ids),
        cidr_blocks=_ints(len(entries[name].cidr_blocks) for name in ids),
        attached_vpn=_ints(entries[name].attached.vpn for name in ids),
        attached={
            kind: _ints(getattr(entries[name].attached, kind) for name in ids)
            for kind in Attached.model_fields
            if kind != "vpn"
        },
        ecmp_attached=tuple(
            (code, name, count)
            for code, router in enumerate(ids)
            for name, count in entries[router].ecmp_attached.items()
        ),
        places=tuple(
            Place(scenario.estate_source, (*scenario.estate_path, "transit_routers", name), key=True) for name in ids
        ),
    )


def _limits(
    scenario: Scenario, routers: Sequence[str], accounts: Sequence[str], regions: Sequence[str]
) -> Iterator[Limit]:
    estate = scenario.estate
    as_of = estate.as_of or scenario.period.first.first_day
    holders: tuple[tuple[LimitHolder, str, Sequence[str], Any], ...] = (
        ("transit router", "transit_routers", routers, estate.transit_routers),
        ("account", "accounts", accounts, estate.accounts),
    )
    for holder, key, names, entries in holders:
        for code, name in enumerate(names):
            for quota, stated in entries[name].limits.items():
                place = Place(scenario.estate_source, (*scenario.estate_path, key, name, "limits", quota), key=True)
                for limit in stated if isinstance(stated, tuple) else (stated,):
                    region = limit.region if isinstance(limit, AccountLimit) else None
                    yield Limit(
                        holder=holder,
                        code=code,
                        region=-1 if region is None else regions.index(region),
                        quota=quota,
                        value=limit.value,
                        effective_from=seconds(limit.since) if limit.since else 0,
                        status=limit.status,
                        reference=Reference(
                            title=limit.source,
                            url=None,
                            read_on=(limit.read_on or as_of).isoformat(),
                            evidence=limit.evidence or _EVIDENCE_OF_LIMITS[limit.status],
                        ),
                        place=place,
                    )


_EVIDENCE_OF_LIMITS: dict[LimitStatus, Evidence] = {"granted": "contract", "requested": "assumed", "live": "official"}


def _stated(account: Account) -> Iterator[AccountLimit]:
    for stated in account.limits.values():
        yield from stated if isinstance(stated, tuple) else (stated,)


def _retirements(rows: Iterable[tuple[int, int, int, str, int]]) -> Retirements:
    listed = list(rows)
    return Retirements(
        router=_ints(row[0] for row in listed),
        instant=_ints(row[1] for row in listed),
        connections=_ints(row[2] for row in listed),
        ecmp_set=tuple(row[3] for row in listed),
        scenario=_ints(row[4] for row in listed),
    )


def _underlays(scenarios: Sequence[Scenario], routers: Routers) -> Underlays:
    rows = [
        (number, name, entry, Place(scenario.source, ("underlays", name), key=True))
        for number, scenario in enumerate(scenarios)
        for name, entry in sorted(scenario.plan.underlays.items())
    ]
    return Underlays(
        ids=tuple(name for _, name, _, _ in rows),
        scenario=_ints(number for number, _, _, _ in rows),
        kind=tuple(entry.kind for _, _, entry, _ in rows),
        router=_ints(routers.ids.index(entry.transit_router) for _, _, entry, _ in rows),
        already_attached=np.array([entry.already_attached for _, _, entry, _ in rows], dtype=bool),
        cost_center=tuple(entry.cost_center or "" for _, _, entry, _ in rows),
        ports={code: (entry.port.speed, entry.port.ports) for code, (_, _, entry, _) in enumerate(rows) if entry.port},
        leased_lines={
            code: _line(scenarios[number], name, entry.leased_line)
            for code, (number, name, entry, _) in enumerate(rows)
            if entry.leased_line
        },
        places=tuple(place for _, _, _, place in rows),
    )


def _line(scenario: Scenario, underlay: str, terms: LeasedLine) -> Line:
    day = scenario.estate.as_of or scenario.period.first.first_day
    reference = Reference(terms.source, None, day.isoformat(), terms.evidence)
    return Line(terms, reference, Place(scenario.source, ("underlays", underlay, "leased_line"), key=True))


def _groups(
    scenarios: Sequence[Scenario],
    rows: Sequence[tuple[int, Group]],
    routers: Routers,
    regions: tuple[str, ...],
    accounts: tuple[str, ...],
    underlays: Underlays,
    traffic_of: Sequence[int],
) -> Groups:
    router_code = {name: code for code, name in enumerate(routers.ids)}
    account_code = {name: code for code, name in enumerate(accounts)}
    underlay_code = {key: code for code, key in enumerate(zip(underlays.scenario.tolist(), underlays.ids, strict=True))}
    groups = [group for _, group in rows]
    gateways = [_gateways(scenarios[number], group) for number, group in rows]
    tunnels = [by_group(scenario.tunnels) for scenario in scenarios]
    modes = ((tunnel := tunnels[number].get(group.id)) and tunnel.routing_mode for number, group in rows)
    return Groups(
        ids=tuple(group.id for group in groups),
        scenario=_ints(number for number, _ in rows),
        router=_ints(router_code[group.routers[0]] for group in groups),
        owner=_ints(account_code[group.owner] for group in groups),
        payer=tuple(group.entry.payer or "" for group in groups),
        private=np.array([group.entry.network_type == "private" for group in groups], dtype=bool),
        underlay=_ints(
            -1 if group.entry.underlay is None else underlay_code[number, group.entry.underlay]
            for number, group in rows
        ),
        connections_per_site=_ints(group.entry.connections_per_site for group in groups),
        traffic=_ints(traffic_of),
        cost_center=tuple(group.entry.cost_center or "" for group in groups),
        ecmp=tuple(group.entry.ecmp for group in groups),
        internet_billing=tuple(group.entry.internet_billing for group in groups),
        more_routers={
            code: tuple(router_code[name] for name in dict.fromkeys(group.routers[1:]) if name != group.routers[0])
            for code, group in enumerate(groups)
            if len(group.routers) > 1
        },
        connection_ids={code: group.connection_ids for code, group in enumerate(groups) if group.connection_ids},
        own_gateways=_ints(own for own, _ in gateways),
        shared_gateways={code: shared for code, (_, shared) in enumerate(gateways) if shared},
        flow_protection=np.array([mode == "flow-protection" for mode in modes], dtype=bool),
        clouds={
            code: (regions.index(group.entry.cloud_region), group.entry.inter_region_class or "")
            for code, group in enumerate(groups)
            if group.entry.cloud_region
        },
        places=tuple(Place(group.place.source, group.place.path, key=True) for group in groups),
    )


def _gateways(scenario: Scenario, group: Group) -> tuple[int, tuple[str, ...]]:
    """Customer gateways that each site of a group has for itself, and the names of those that serve all sites."""
    named = each(group.entry.customer_gateway)
    shared = tuple(name for name in dict.fromkeys(named) if scenario.plan.customer_gateways[name].shared)
    return len(dict.fromkeys(named)) - len(shared) if named else 1, shared


def _traffic(rows: Sequence[tuple[int, Group]], first: Month) -> tuple[TrafficTable, list[int]]:
    """Distinct statements of traffic, and which one each group has."""
    codes: dict[tuple[int, int, tuple[int, int], Month], int] = {}
    of_group = [codes.setdefault(_statement(group.traffic, first), len(codes)) for _, group in rows]
    statements = list(codes)
    table = TrafficTable(
        to_data_center=_ints(statement[0] for statement in statements),
        from_data_center=_ints(statement[1] for statement in statements),
        growth=tuple(statement[2] for statement in statements),
        base_month=tuple(statement[3] for statement in statements),
    )
    return table, of_group


def _statement(traffic: Traffic, first: Month) -> tuple[int, int, tuple[int, int], Month]:
    percent = traffic.monthly_growth_percent or Decimal(0)
    growth = (100 + percent).scaleb(-2) if percent else Decimal(1)  # a shift of the point: exact
    return (
        -1 if traffic.to_data_center_gb is None else int(traffic.to_data_center_gb.scaleb(6)),
        -1 if traffic.from_data_center_gb is None else int(traffic.from_data_center_gb.scaleb(6)),
        growth.as_integer_ratio(),
        (traffic.base_month or first) if percent else first,
    )


def _lots(rows: Sequence[tuple[int, Group]], first: Scenario) -> tuple[Lots, tuple[Place, ...]]:
    places: list[Place] = []
    columns: list[tuple[int, int, int, int, int, int, int]] = []
    routers = first.estate.transit_routers
    known_moves = {region: seconds(day) for region, day in first.estate.cdt_from.items()}
    assumptions = first.plan.assumptions
    newest_first = assumptions.removal_order == "newest-first"
    undecided_on_cdt = assumptions.undecided_internet_billing == "cdt"
    for code, (_, group) in enumerate(rows):
        region = routers[group.routers[0]].region
        for start, end, sites, step in _stays(group, newest_first):
            decided = _cdt_from(group, region, start, known_moves)
            assumed = start if undecided_on_cdt else NEVER
            cdt_from = assumed if decided is None else decided
            columns.append((code, start, end, sites, cdt_from, len(places) + step, decided is None))
        places.extend(step.place for step in group.steps)
    table = np.array(columns, dtype=np.int64).reshape(-1, 7)
    group_of, start_of, end_of, sites_of, cdt_of, added_by, undecided = map(np.ascontiguousarray, table.T)
    return Lots(group_of, start_of, end_of, sites_of, cdt_of, added_by, undecided.astype(bool)), tuple(places)


def _stays(group: Group, newest_first: bool) -> list[tuple[int, int, int, int]]:
    """Lots of a group as (start, end, sites, step that added them), in the order in which they were added.

    newest_first : whether removals take the sites that were added last, instead of those that were added first
    """
    present: deque[list[int]] = deque()
    stays: list[tuple[int, int, int, int]] = []
    for number, step in enumerate(group.steps):
        if step.change > 0:
            present.append([step.instant, step.change, number])
            continue
        leaving = -step.change
        while leaving:
            lot = present[-1 if newest_first else 0]
            start, sites, added_by = lot
            gone = min(sites, leaving)
            lot[1] -= gone
            if gone == sites:
                present.pop() if newest_first else present.popleft()
            leaving -= gone
            stays.append((start, step.instant, gone, added_by))
    stays += [(start, NEVER, sites, added_by) for start, sites, added_by in present]
    # Of the sites of one step as well, the first leave first, or last.
    return sorted(stays, key=lambda stay: (stay[3], -stay[1] if newest_first else stay[1]))


def _cdt_from(group: Group, region: str, start: int, known_moves: dict[str, int]) -> int | None:
    """From when Internet traffic of sites added at ``start`` is billed by CDT; None where nothing decides it.

    source : CDT announcement: new connections from 2026-03-01 in some regions; others are moved region by region
    """
    mode = group.entry.internet_billing
    if group.entry.network_type == "private" or mode == "legacy":
        return NEVER
    if mode == "cdt" or (region in CDT_DEFAULT_REGIONS and start >= CDT_DEFAULT_FROM):
        return start
    return known_moves.get(region)


def on_cdt_by_rule(inventory: Inventory) -> bool:
    """Whether the published rule alone puts some sites of the plan on CDT."""
    groups, lots = inventory.groups, inventory.lots
    auto = np.array([mode == "auto" for mode in groups.internet_billing], dtype=bool)
    region = inventory.group_region[lots.group]
    by_rule = np.array([name in CDT_DEFAULT_REGIONS for name in inventory.regions], dtype=bool)[region]
    return bool((auto[lots.group] & by_rule & (lots.start >= CDT_DEFAULT_FROM) & (lots.cdt_from == lots.start)).any())


def in_doubt(inventory: Inventory) -> Ints:
    """Groups of which some Internet traffic is billed in a mode that is assumed: no rule and no estate says more."""
    lots = inventory.lots
    seen = (lots.start < inventory.bounds[-1]) & (lots.end > inventory.bounds[0])
    return _ints(sorted(set(lots.group[lots.undecided & seen].tolist())))


def fees_payer(inventory: Inventory) -> Ints:
    """(g,) the account that pays the transit router's fees of each group: the router's own, or that of the owner.

    source : PayByCenOwner and PayByResourceOwner of an attachment; what is not stated, the assumption answers
    """
    groups, default = inventory.groups, inventory.assumptions.payer
    answers = [payer or default for payer in groups.payer]
    by_owner = np.array([payer == "resource-owner" for payer in answers], dtype=bool)
    return np.where(by_owner, groups.owner, inventory.routers.account[groups.router])


def _ints(values: object) -> Ints:
    return np.array(list(values), dtype=np.int64)  # type: ignore[call-overload]
