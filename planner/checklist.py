"""The rollout of a plan as a checklist: what must be created, granted or agreed, wave by wave, in the order in which
things must exist, in which account, and on the side of the data centre.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

from planner.connection import Connection, numbered
from planner.core.entry import Entry
from planner.core.period import seconds
from planner.core.problem import Place
from planner.scenario import Group, Scenario, Use
from planner.tunnel import Ike, Ipsec, Tunnel, each

StepId = Literal[
    "customer-gateway", "connection", "cidr-block", "grant", "attachment", "route-table", "health-check-route",
    "data-centre",
]  # fmt: skip
STEPS: Mapping[StepId, str] = {
    "customer-gateway": "Customer gateways",
    "connection": "IPsec-VPN connections",
    "cidr-block": "CIDR blocks of transit routers",
    "grant": "Grants to other accounts",
    "attachment": "Attachments",
    "route-table": "Association and propagation of route tables",
    "health-check-route": "Routes of health checks",
    "data-centre": "On the side of the data centre",
}
"""The order in which things must exist, with its headings. The data centre's side can be done at any time before.

source : Attach an IPsec-VPN connection to a transit router, procedure, prerequisites, health checks
"""
DATA_CENTRE = ""
"""Account of what is done at the other end."""
_DEFAULTS = {"encryption": "aes", "authentication": "sha1", "dh_group": "group2"}


@dataclass(frozen=True)
class Item:
    """One thing to do, of one or several groups of a plan that need the same."""

    plan: str
    instant: int
    """Seconds: when the attachments are to be there."""
    wave: str
    """Names of the waves at that instant; empty if it has none."""
    step: StepId
    account: str
    """Account in which it is done; DATA_CENTRE: at the other end."""
    action: str
    """What is to be done, with {} for how many of it, such as: create {} IPsec-VPN connections."""
    count: int | None
    """How many; None: not stated."""
    done: bool
    """Whether the plan or the estate says that it is there already."""
    names: tuple[str, ...]
    """Names that are planned; runs of numbers as one, such as vpn-1 to vpn-6."""
    missing: tuple[str, ...]
    """Keys that the plan does not state and this needs."""
    groups: tuple[str, ...]
    """Groups, or the transit router, that it is for."""
    places: tuple[Place, ...]
    """Where it is planned, one for each of them."""

    @property
    def text(self) -> str:
        """What is to be done, as a sentence without its end."""
        words = self.action.replace("{}", "" if self.count is None else f"{self.count:,}")
        return words.replace("(s)", "" if self.count == 1 else "s")


def checklist(scenarios: Sequence[Scenario]) -> tuple[Item, ...]:
    """The checklist of plans that are read together, by instant and then in the order of STEPS.

    Every step of a rollout that adds sites has its items. What groups need alike at the same instant is one item.
    What exists once is listed where it is needed first. Sites that leave need nothing.
    """
    alike: dict[tuple[object, ...], list[Item]] = {}
    once: set[tuple[str, ...]] = set()
    for scenario in scenarios:
        of_plan = _Of(scenario)
        steps = [(group, at) for group in scenario.groups for at, step in enumerate(group.steps) if step.change > 0]
        for group, at in sorted(steps, key=lambda one: (one[0].steps[one[1]].instant, one[0].id)):
            for key, item in _items(_Maker(of_plan, group, at)):
                if not key or key not in once:
                    once.add(key)
                    same = (item.plan, item.instant, item.step, item.account, item.action, item.done, item.missing)
                    alike.setdefault(same, []).append(item)
    order = list(STEPS)
    return tuple(
        sorted(
            map(_joined, alike.values()),
            key=lambda item: (item.instant, order.index(item.step), item.account, item.plan, item.groups, item.action),
        )
    )


def _joined(items: Sequence[Item]) -> Item:
    """Several items that say the same, as one."""
    counts = [item.count for item in items if item.count is not None]
    places = {name: place for item in reversed(items) for name, place in zip(item.groups, item.places, strict=True)}
    groups = tuple(dict.fromkeys(name for item in items for name in item.groups))
    return replace(
        items[0],
        count=sum(counts) if len(counts) == len(items) else None,
        names=tuple(dict.fromkeys(name for item in items for name in item.names)),
        groups=groups,
        places=tuple(places[name] for name in groups),
    )


class _Of:
    """A plan, and what each of its groups has."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.name = scenario.plan.name
        self.tunnels = _by_group(scenario.tunnels)
        self.connections = _by_group(scenario.connections)
        self.peers = _by_group(scenario.peers)
        self.gateways = {use.id: use for use in scenario.customer_gateways}
        self.waves: dict[int, list[str]] = {}
        for name, when in scenario.plan.waves.items():
            self.waves.setdefault(seconds(when), []).append(name)


E = TypeVar("E", bound=Entry)


def _by_group(uses: Sequence[Use[E]]) -> dict[str, Use[E]]:
    return {group.id: use for use in uses for group in use.groups}


Keyed = tuple[tuple[str, ...], Item]
"""What exists once in all plans, or (): every time; and the item."""


def _items(make: _Maker) -> Iterator[Keyed]:
    """What a step of a group needs."""
    group = make.group
    yield from _gateways(make)
    yield (), _connections(make)
    yield _cidr_block(make)
    if group.owner != make.router_account:
        yield (), _grant(make)
    yield (), _attachments(make)
    yield (), _route_table(make)
    check = make.tunnel.health_check if make.tunnel else None
    if check:
        missing = () if check.source else ("health_check.source",)
        action = f"add {{}} route(s) to {check.source or 'the source address'}/32, next hop the connection"
        yield (), make.item("health-check-route", make.router_account, action, make.connections, missing=missing)
    yield from (((), item) for item in _data_centre(make))


class _Maker:
    """Makes the items of a step of a group."""

    def __init__(self, of: _Of, group: Group, number: int) -> None:
        self.of, self.group, self.step = of, group, group.steps[number]
        self.before = sum(one.change for one in group.steps[:number])
        """Sites of the group that are there already."""
        tunnel, connection, peer = of.tunnels.get(group.id), of.connections.get(group.id), of.peers.get(group.id)
        self.tunnel = tunnel.entry if tunnel else None
        self.connection = connection.entry if connection else None
        self.peer = peer.entry if peer else None
        self.router = group.routers[0]
        self.router_account = of.scenario.estate.transit_routers[self.router].account
        self.connections = self.step.change * group.entry.connections_per_site

    def item(
        self,
        step: StepId,
        account: str,
        action: str,
        count: int | None,
        *,
        done: bool = False,
        names: tuple[str, ...] = (),
        missing: tuple[str, ...] = (),
        about: tuple[str, Place] | None = None,
    ) -> Item:
        name, place = about or (self.group.id, self.step.place)
        return Item(
            plan=self.of.name,
            instant=self.step.instant,
            wave=", ".join(self.of.waves.get(self.step.instant, ())),
            step=step,
            account=account,
            action=action,
            count=count,
            done=done,
            names=names,
            missing=missing,
            groups=(name,),
            places=(place,),
        )


def _gateways(make: _Maker) -> Iterator[Keyed]:
    """A gateway that is shared is one; else every site has its own."""
    group, sites = make.group, make.step.change
    names = dict.fromkeys(each(group.entry.customer_gateway))
    needed = ("ip", "asn") if make.tunnel and make.tunnel.bgp else ("ip",)
    if not names:
        action = "create customer gateways; how many is not stated"
        yield (), make.item("customer-gateway", group.owner, action, None, missing=("customer_gateway",))
    for name in names:
        use = make.of.gateways[name]
        entry = use.entry
        action = "use {} existing customer gateway(s)" if entry.exists else "create {} customer gateway(s)"
        most = group.most_connections // group.entry.connections_per_site
        item = make.item(
            "customer-gateway",
            group.owner,
            action,
            1 if entry.shared else sites,
            done=entry.exists,
            names=(name,) if entry.shared else _run(name, make.before + 1, sites, most),
            missing=tuple(f"customer_gateways.{name}.{key}" for key in needed if getattr(entry, key) is None),
            about=(group.id, use.place),
        )
        yield (make.of.name, "customer-gateway", name, group.owner) if entry.shared else (), item


def _connections(make: _Maker) -> Item:
    entry, group = make.connection, make.group
    how = entry.individual_resource if entry else None
    selected = how == "select" or bool(group.connection_ids)
    missing = () if make.tunnel else ("tunnel",)
    if how is None and not selected:
        missing = (*missing, "connection.individual_resource")
    action = "create {} IPsec-VPN connection(s)"
    if selected:
        action = "select {} existing IPsec-VPN connection(s), associated with no resource (Do Not Associate)"
    elif group.owner != make.router_account:
        action += " beforehand, with Associate Resource: Do Not Associate"
    elif how == "create":
        action += " together with the attachment (Create Resource)"
    before = make.before * group.entry.connections_per_site
    ids = group.connection_ids[before : before + make.connections]
    return make.item("connection", group.owner, action, make.connections, names=ids, missing=missing)


def _cidr_block(make: _Maker) -> Keyed:
    of = make.of
    router = of.scenario.estate.transit_routers[make.router]
    place = of.scenario.estate_place("transit_routers", make.router)
    blocks = router.cidr_blocks
    if blocks:
        place = of.scenario.estate_place("transit_routers", make.router, "cidr_blocks")
    item = make.item(
        "cidr-block",
        make.router_account,
        "use {} CIDR block(s) of the transit router" if blocks else "add a CIDR block to the transit router",
        len(blocks) or None,
        done=bool(blocks),
        names=blocks,
        missing=() if blocks else (f"transit_routers.{make.router}.cidr_blocks",),
        about=(make.router, place),
    )
    return ("cidr-block", make.router), item


def _grant(make: _Maker) -> Item:
    stated = make.connection.grant if make.connection else None
    action = f"grant {{}} connection(s) to account {make.router_account} for {make.router}"
    missing = () if stated else ("connection.grant",)
    return make.item("grant", make.group.owner, action, make.connections, done=stated == "granted", missing=missing)


def _attachments(make: _Maker) -> Item:
    group = make.group
    given = group.entry.attachment_name
    action = f"attach {{}} connection(s) to {make.router}"
    names: tuple[str, ...] = ()
    if given is not None:
        before = make.before * group.entry.connections_per_site
        names = _run(given, before + 1, make.connections, group.most_connections)
    missing = () if given is not None else ("attachment_name",)
    return make.item("attachment", make.router_account, action, make.connections, names=names, missing=missing)


def _route_table(make: _Maker) -> Item:
    """Where the default route table is left, or nothing is stated of an API, a table is to be named."""
    entry = make.connection or Connection()
    by_default = entry.created_with not in ("api", "terraform")
    association = _or(entry.default_route_table_association, by_default)
    propagation = _or(entry.default_route_table_propagation, by_default)
    table = entry.route_table or "a route table that is not named"
    association_table, propagation_table = (
        "the default route table" if on else table for on in (association, propagation)
    )
    action = f"associate {{}} attachment(s) with {association_table}, propagate to {propagation_table}"
    missing = () if entry.route_table or (association and propagation) else ("connection.route_table",)
    if make.connection is None:
        missing = (*missing, "connection")
    return make.item("route-table", make.router_account, action, make.connections, missing=missing)


def _or(stated: bool | None, default: bool) -> bool:
    return default if stated is None else stated


def _data_centre(make: _Maker) -> Iterator[Item]:
    """What has to be the same, or there, at the other end."""
    tunnel = make.tunnel or Tunnel()
    missing = () if make.tunnel else ("tunnel",)
    per = "for both tunnels of {} connection(s)" if tunnel.configured_tunnels != 1 else "for {} connection(s)"
    action = f"set the same pre-shared key as in Alibaba Cloud {per}; it stands in no file"
    yield make.item("data-centre", DATA_CENTRE, action, make.connections)
    action = f"set the same algorithms {per}: {_phase('ike', tunnel.ike)}; {_phase('ipsec', tunnel.ipsec)}"
    unset = tuple(
        f"tunnel.{name}.{key}" for name, phase in tunnel.phases for key in _DEFAULTS if getattr(phase, key) is None
    )
    yield make.item("data-centre", DATA_CENTRE, action, make.connections, missing=missing or unset)
    on = tunnel.ipsec.dh_group != "disabled"
    pfs = make.peer.pfs if make.peer else None
    action = f"{'turn on' if on else 'leave off'} PFS {per}"
    lacking = () if pfs is not None else ("peer.pfs",)
    yield make.item("data-centre", DATA_CENTRE, action, make.connections, done=pfs is on, missing=lacking)
    if check := tunnel.health_check:
        action = f"add {{}} return route(s) to {check.source or 'the source address'}/32"
        lacking = () if check.source else ("health_check.source",)
        yield make.item("data-centre", DATA_CENTRE, action, make.connections, missing=lacking)


def _phase(name: str, phase: Ike | Ipsec) -> str:
    """The algorithms of a phase, those that are not stated as the document's defaults."""
    parts = [f"{getattr(phase, key) or default + ' (default)'}" for key, default in _DEFAULTS.items()]
    version = [phase.version or "version not stated"] if isinstance(phase, Ike) else []
    return f"{name} {' '.join([*version, *parts])}"


def _run(name: str, first: int, count: int, most: int) -> tuple[str, ...]:
    """The names of some of several, a run of numbers as one."""
    if count == 1:
        return (numbered(name, first, most),)
    return (f"{numbered(name, first, most)} to {numbered(name, first + count - 1, most)}",)
