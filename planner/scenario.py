"""Reading a plan: a scenario is a plan with the estate it lands on, its references resolved."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar, cast

from planner import estate as estates
from planner import finance as finances
from planner import prepaid
from planner.connection import Connection, CustomerGateway, Peer
from planner.core.entry import Entry, load, load_rows
from planner.core.period import Period, instant_text, seconds
from planner.core.problem import InputError, Location, Place, Problem, suggestion
from planner.core.provenance import CURRENCY_OF_SITE
from planner.core.region import REGIONS, suggest_region
from planner.core.source import Source, TableSource, read_table, read_yaml
from planner.estate import Estate
from planner.finance import Finance
from planner.plan_file import Attachment, PlanFile, Step, TableRow, Traffic
from planner.tunnel import TUNNELS_PER_CONNECTION, Tunnel, each

E = TypeVar("E", bound=Entry)

_TRAFFIC_KEYS = tuple(Traffic.model_fields)
_PROFILES = (
    ("tunnel", "tunnels", "tunnel"),
    ("connection", "connections", "connection"),
    ("customer_gateway", "customer_gateways", "customer gateway"),
    ("peer", "peers", "peer"),
)
"""(key of a group, key of the plan, what it is called) of what groups name."""


@dataclass(frozen=True)
class Sites:
    """A step of a group, resolved: sites that come (> 0) or go (< 0) at an instant."""

    instant: int
    """Seconds since the epoch of the billing zone."""
    change: int
    place: Place


@dataclass(frozen=True)
class Group:
    """An attachment group, from the plan or from its table, with its references resolved."""

    id: str
    entry: Attachment | TableRow
    routers: tuple[str, ...]
    """The transit routers it names, usually one; the first is the one it is priced on."""
    owner: str
    """Account that owns the connections."""
    traffic: Traffic
    steps: tuple[Sites, ...]
    """By instant; removals before additions at the same instant."""
    connection_ids: tuple[str, ...]
    place: Place

    @property
    def most_sites(self) -> int:
        """The most sites that it has at one instant."""
        sites = most = 0
        for step in self.steps:
            sites += step.change
            most = max(most, sites)
        return most

    @property
    def most_connections(self) -> int:
        """The most connections that it has at one instant."""
        return self.most_sites * self.entry.connections_per_site

    def at(self, *keys: str | int) -> Place:
        """The place of one of its keys."""
        return Place(self.place.source, (*self.place.path, *keys))


@dataclass(frozen=True)
class Retired:
    """Attachments of the estate that leave, resolved."""

    instant: int
    """Seconds since the epoch of the billing zone."""
    router: str
    connections: int
    ecmp_set: str | None
    place: Place


@dataclass(frozen=True)
class Use(Generic[E]):
    """A profile of a plan, such as a configuration of tunnels, and the groups that have it."""

    id: str
    """Name of the profile, or of the group in which it stands."""
    entry: E
    groups: tuple[Group, ...]
    """Sorted by id; none for a profile that no group names."""
    place: Place

    @property
    def routers(self) -> tuple[str, ...]:
        """The transit routers of its groups, each once."""
        return tuple(dict.fromkeys(router for group in self.groups for router in group.routers))

    def at(self, *keys: str | int) -> Place:
        """The place of one of its keys."""
        return Place(self.place.source, (*self.place.path, *keys))


def by_group(uses: Iterable[Use[E]]) -> dict[str, E]:
    """What each group has, by the id of the group; of profiles of which a group names one."""
    return {group.id: use.entry for use in uses for group in use.groups}


@dataclass(frozen=True)
class Scenario:
    """A plan and the estate it lands on, complete and consistent."""

    plan: PlanFile
    estate: Estate
    groups: tuple[Group, ...]
    """Sorted by id."""
    source: Source
    estate_source: Source
    estate_path: tuple[str | int, ...]
    price_books: tuple[Source, ...]
    finance: Finance
    finance_source: Source
    finance_path: tuple[str | int, ...]
    sites: tuple[str, ...]
    """Sites of its accounts: intl, cn or both; that of the plan's currency first."""
    retired: tuple[Retired, ...] = ()
    """Attachments of the estate that leave, in the order of the file."""

    @property
    def site(self) -> str:
        """Site of its accounts, the first of two."""
        return self.sites[0]

    @property
    def period(self) -> Period:
        """The months it covers."""
        return Period(self.plan.period.start, self.plan.period.months)

    @property
    def files(self) -> tuple[str, ...]:
        """Names of every file it was read from."""
        tables = (group.place.source.name for group in self.groups)
        books = (book.name for book in self.price_books)
        own = [self.source.name, self.estate_source.name, self.finance_source.name]
        return tuple(dict.fromkeys([*own, *tables, *books]))

    @cached_property
    def tunnels(self) -> tuple[Use[Tunnel], ...]:
        """Every configuration of tunnels once: the profiles, then those that stand in a group."""
        return self._uses("tunnel", "tunnels", self.plan.tunnels)

    @cached_property
    def connections(self) -> tuple[Use[Connection], ...]:
        """Every way in which connections are made once, likewise."""
        return self._uses("connection", "connections", self.plan.connections)

    @cached_property
    def customer_gateways(self) -> tuple[Use[CustomerGateway], ...]:
        """Every customer gateway once; a group that names several is one of each."""
        return self._uses("customer_gateway", "customer_gateways", self.plan.customer_gateways)

    @cached_property
    def peers(self) -> tuple[Use[Peer], ...]:
        """Whatever stands at the other end once, likewise."""
        return self._uses("peer", "peers", self.plan.peers)

    def _uses(self, key: str, plural: str, profiles: Mapping[str, E]) -> tuple[Use[E], ...]:
        """Every profile once: those by name, then those that stand in a group."""
        named: dict[str, list[Group]] = {name: [] for name in profiles}
        inline = []
        for group in self.groups:
            given = getattr(group.entry, key)
            if isinstance(given, Entry):
                inline.append(Use(group.id, cast("E", given), (group,), group.at(key)))
            else:
                for name in dict.fromkeys(each(given)):
                    named[name].append(group)
        by_name = (Use(name, entry, tuple(named[name]), self.place(plural, name)) for name, entry in profiles.items())
        return (*by_name, *inline)

    def place(self, *path: str | int) -> Place:
        """A place in the plan's file."""
        return Place(self.source, path)

    def finance_place(self, *path: str | int) -> Place:
        """A place in what finance states, wherever it was given."""
        return Place(self.finance_source, (*self.finance_path, *path))

    def estate_place(self, *path: str | int) -> Place:
        """A place in the estate, wherever it was given."""
        return Place(self.estate_source, (*self.estate_path, *path))


@dataclass(frozen=True)
class Shared:
    """Files that hold for plans whatever they name themselves, such as those of their project; paths as they open."""

    estate: str | None = None
    finance: str | None = None
    price_books: tuple[str, ...] = ()
    guarded: Callable[[str], str] | None = None
    """Where the estate of a path is read instead; None: there."""


def read_scenario(path: str, shared: Shared | None = None) -> Scenario:
    """Read a plan ("-": from standard input) with its estate, attachment table and price books.

    shared : files that hold instead of those that the plan names
    raises : InputError with every problem of every file that could be read
    """
    return read_source(read_yaml(path), "" if path == "-" else os.path.dirname(path), shared)


def read_source(source: Source, folder: str, shared: Shared | None = None) -> Scenario:
    """Read a plan whose text was read already; what it names is in a folder, or others share it.

    raises : InputError with every problem of every file that could be read
    """
    if isinstance(source.value, dict) and "transit_routers" in source.value and "attachments" not in source.value:
        raise InputError(
            Problem(
                source.place("transit_routers", key=True),
                "this is an estate, not a plan",
                "give the plan that names it",
            )
        )
    try:
        plan = load(PlanFile, source)
    except InputError as error:
        raise InputError([*error.problems, *_estate_problems(source, folder)]) from None
    return resolve(plan, source, folder, shared)


def resolve(plan: PlanFile, source: Source, folder: str = "", shared: Shared | None = None) -> Scenario:
    """A plan that was loaded from a source, with what it names in a folder, or others share with it.

    raises : InputError with every problem of every file that could be read
    """
    return _Reading(plan, source, folder, shared or Shared()).scenario()


def _estate_problems(source: Source, folder: str) -> tuple[Problem, ...]:
    """What is wrong with the form of the estate that an ill-formed plan names, so that all is said at once."""
    given = source.value.get("estate") if isinstance(source.value, dict) else None
    if not isinstance(given, str) or not os.path.exists(path := os.path.join(folder, given)):
        return ()
    try:
        load(Estate, read_yaml(path))
    except InputError as error:
        return error.problems
    return ()


class _Reading:
    """Reads what a plan refers to and resolves its references; collects every problem."""

    def __init__(self, plan: PlanFile, source: Source, folder: str, shared: Shared) -> None:
        held = {"estate": shared.estate, "finance": shared.finance, "price_books": shared.price_books}
        self.held = {key: value for key, value in held.items() if value}
        self.plan = plan.model_copy(update=self.held)
        self.guarded = shared.guarded
        self.source = source
        self.folder = folder
        self.problems: list[Problem] = []
        self.estate: Estate | None = None
        self.table_is_read = True
        self.finance_is_read = True

    def scenario(self) -> Scenario:
        plan = self.plan
        estate_source: Source = self.source
        estate_path: tuple[str | int, ...] = ("estate",)
        if isinstance(plan.estate, Estate):
            self.estate = plan.estate
            if self.guarded:
                message = "the estate stands in the plan, so it cannot be taken from the protected folder"
                self._problem(message, "put it into a file of its own, and name that", "estate", key=True)
        else:
            loaded = self._read_estate(plan.estate)
            if loaded:
                self.estate, estate_source = loaded
                estate_path = ()
        if self.estate:
            self.problems.extend(estates.problems(self.estate, estate_source, estate_path))
        finance, finance_source, finance_path = self._finance()
        self.problems.extend(finances.problems(finance, self.estate, finance_source, finance_path))
        self._check_underlays()
        self._check_flows()
        self._check_carriers(finance)
        self._check_assumptions()
        self._check_prepaid(finance)
        groups = [self._group(*item) for item in self._entries()]
        if not groups and self.table_is_read:
            self._problem(
                "a plan without attachments",
                "give at least one group under attachments, or an attachment_table with rows",
                "attachment_table" if self.plan.attachment_table else "attachments",
                key=True,
            )
        retired = [*self._retired()]
        sites = self._sites(groups, finance)
        for index, given in enumerate(plan.price_books):
            if given in plan.price_books[:index]:
                self._problem(f"{given} a second time", "name every price book once", "price_books", index)
        books = tuple(book for book in map(self._read_book, range(len(plan.price_books))) if book)
        if self.problems:
            raise InputError(self.problems)
        assert self.estate is not None
        return Scenario(
            plan=plan,
            estate=self.estate,
            groups=tuple(sorted(groups, key=lambda group: group.id)),
            source=self.source,
            estate_source=estate_source,
            estate_path=estate_path,
            price_books=books,
            finance=finance,
            finance_source=finance_source,
            finance_path=finance_path,
            sites=sites,
            retired=tuple(retired),
        )

    def _problem(self, message: str, remedy: str, *where: str | int, key: bool = False) -> None:
        self.problems.append(Problem(Place(self.source, where, key), message, remedy))

    def _path(self, given: str, *where: str | int) -> str:
        """The path of a file that the plan names, relative to the plan's own folder."""
        if where[0] in self.held:
            return given
        path = os.path.join(self.folder, given)
        if not os.path.exists(path):
            remedy = "paths are relative to the folder of the plan"
            if self.source.name == "<stdin>":
                remedy = "paths are relative to the current folder, since the plan comes from standard input"
            raise InputError(Problem(Place(self.source, where), f"there is no file {path!r}", remedy))
        if os.path.isdir(path):
            raise InputError(Problem(Place(self.source, where), f"{path!r} is a folder", "name a file in it"))
        return path

    def _read_estate(self, given: str) -> tuple[Estate, Source] | None:
        try:
            if self.guarded and "estate" not in self.held:
                source = read_yaml(self.guarded(os.path.join(self.folder, given)))
            else:
                source = read_yaml(self._path(given, "estate"))
            return load(Estate, source), source
        except InputError as error:
            self.problems.extend(error.problems)
            return None

    def _finance(self) -> tuple[Finance, Source, tuple[str | int, ...]]:
        """What finance states, and where; nothing where the plan names none or it cannot be read."""
        given = self.plan.finance
        if isinstance(given, str):
            try:
                source = read_yaml(self._path(given, "finance"))
                return load(Finance, source), source, ()
            except InputError as error:
                self.problems.extend(error.problems)
                self.finance_is_read = False
                given = None
        return given or Finance.model_construct(version=1), self.source, ("finance",)

    def _read_book(self, index: int) -> Source | None:
        try:
            return read_yaml(self._path(self.plan.price_books[index], "price_books", index))
        except InputError as error:
            self.problems.extend(error.problems)
            return None

    def _entries(self) -> Iterator[tuple[str, Attachment | TableRow, Place]]:
        for name, entry in self.plan.attachments.items():
            yield name, entry, Place(self.source, ("attachments", name))
        if self.plan.attachment_table is None:
            return
        told: set[Location] = set()
        try:
            table = read_table(self._path(self.plan.attachment_table, "attachment_table"))
            unknown = tuple(_unknown_columns(table))
            self.problems.extend(unknown)
            told = {problem.location for problem in unknown}
            rows = load_rows(TableRow, table)
        except InputError as error:
            self.problems.extend(problem for problem in error.problems if problem.location not in told)
            self.table_is_read = False
            return
        taken = {name: Place(self.source, ("attachments", name), True) for name in self.plan.attachments}
        for index, row in enumerate(rows):
            place = Place(table, (index,))
            if row.id in taken:
                self.problems.append(
                    Problem(
                        Place(table, (index, "id")),
                        f"attachment group {row.id!r} stands already at {taken[row.id].location}",
                        "give every group an id of its own",
                    )
                )
                continue
            taken[row.id] = place
            yield row.id, row, place

    def _group(self, name: str, entry: Attachment | TableRow, place: Place) -> Group:
        def problem(message: str, remedy: str, *keys: str | int, key: bool = False) -> None:
            self.problems.append(Problem(Place(place.source, (*place.path, *keys), key), message, remedy))

        routers = (entry.transit_router,) if isinstance(entry.transit_router, str) else entry.transit_router
        account = ""
        if not routers:
            problem("transit_router is an empty list", "name the transit router", "transit_router")
        if self.estate:
            known = self.estate.transit_routers
            for index, router in enumerate(routers):
                if router not in known:
                    problem(
                        f"unknown transit router {router!r}",
                        suggestion(router, known, "transit routers of the estate"),
                        "transit_router",
                        *([] if isinstance(entry.transit_router, str) else [index]),
                    )
            if routers and routers[0] in known:
                account = known[routers[0]].account
            if entry.owner_account is not None and entry.owner_account not in self.estate.accounts:
                problem(
                    f"unknown account {entry.owner_account!r}",
                    suggestion(entry.owner_account, self.estate.accounts, "accounts of the estate"),
                    "owner_account",
                )
        self._check_underlay(entry, routers, problem)
        self._check_cloud_region(entry, routers, problem)
        if entry.network_type == "private" and entry.internet_billing != "auto":
            problem(
                "internet_billing on a private attachment",
                "take it out: private attachments send nothing over the Internet",
                "internet_billing",
            )
        self._check_profiles(entry, problem)
        steps = self._steps(entry, place, problem)
        ids = _connection_ids(entry)
        added = sum(step.change for step in steps if step.change > 0) * entry.connections_per_site
        if len(ids) > added:
            problem(
                f"{len(ids)} connection_ids for {added} connections",
                "give at most one id per connection",
                "connection_ids",
            )
        seen: set[str] = set()
        for index, connection in enumerate(ids):
            if connection in seen:
                where = ("connection_ids", index) if isinstance(entry, Attachment) else ("connection_ids",)
                problem(f"connection id {connection!r} stands twice", "name every connection once", *where)
            seen.add(connection)
        return Group(
            id=name,
            entry=entry,
            routers=routers,
            owner=entry.owner_account or account,
            traffic=self._traffic(entry, problem),
            steps=steps,
            connection_ids=ids,
            place=place,
        )

    def _check_profiles(self, entry: Attachment | TableRow, problem: Any) -> None:
        """Names of profiles are known, and a connection has at most as many customer gateways as tunnels."""
        for key, plural, what in _PROFILES:
            given = getattr(entry, key)
            if isinstance(given, Entry):
                continue
            known = getattr(self.plan, plural)
            for index, name in enumerate(each(given)):
                if name not in known:
                    where = (key, index) if isinstance(given, tuple) else (key,)
                    problem(f"unknown {what} {name!r}", suggestion(name, known, f"{plural} of this plan"), *where)
        gateways = entry.customer_gateway
        if isinstance(gateways, tuple) and not 1 <= len(gateways) <= TUNNELS_PER_CONNECTION:
            message = f"{len(gateways)} customer gateways for a connection, which has {TUNNELS_PER_CONNECTION} tunnels"
            problem(message, "name one for both tunnels, or one for each", "customer_gateway")

    def _check_underlay(self, entry: Attachment | TableRow, routers: tuple[str, ...], problem: Any) -> None:
        if entry.network_type == "public":
            if entry.underlay is not None:
                problem(
                    "a public attachment runs over the Internet and has no underlay",
                    "take underlay out, or set network_type: private",
                    "underlay",
                )
            return
        known = ", ".join(self.plan.underlays) or "none"
        if entry.underlay is None:
            problem(
                "a private attachment needs an underlay",
                f"name a VBR or ECR connection of the same transit router; underlays of this plan: {known}",
                "network_type",
            )
        elif entry.underlay not in self.plan.underlays:
            remedy = suggestion(entry.underlay, self.plan.underlays, "underlays of this plan")
            problem(f"unknown underlay {entry.underlay!r}", remedy, "underlay")
        elif self.plan.underlays[entry.underlay].transit_router not in routers[:1]:
            problem(
                f"underlay {entry.underlay!r} is attached to"
                f" {self.plan.underlays[entry.underlay].transit_router!r}, the group to {', '.join(routers)!r}",
                "name an underlay on the group's transit router",
                "underlay",
            )

    def _check_cloud_region(self, entry: Attachment | TableRow, routers: tuple[str, ...], problem: Any) -> None:
        cloud = entry.cloud_region
        if cloud is None:
            if entry.inter_region_class is not None:
                message = "inter_region_class without cloud_region: nothing is transferred between regions"
                problem(message, "give cloud_region, or take it out", "inter_region_class")
            return
        router = self.estate.transit_routers.get(routers[0]) if self.estate and routers else None
        if cloud not in REGIONS:
            problem(f"unknown region {cloud!r}", suggest_region(cloud), "cloud_region")
        elif router and router.region == cloud:
            problem(
                f"cloud_region is the region of {routers[0]!r} itself: nothing is transferred between regions",
                "take it out: it is for workloads in another region",
                "cloud_region",
            )
        elif entry.inter_region_class is None:
            message = "cloud_region without inter_region_class, which decides the price of the transfer"
            problem(message, "write inter_region_class: gold or platinum", "cloud_region")

    def _steps(self, entry: Attachment | TableRow, place: Place, problem: Any) -> tuple[Sites, ...]:
        rollout = entry.rollout if isinstance(entry, Attachment) else None
        if rollout is None and entry.sites is None:
            problem("a group without sites", "give sites, or a rollout with steps", key=True)
            return ()
        if rollout is None:
            return self._short_form(entry, place, problem)
        for key in ("sites", "start", "wave", "end"):
            if getattr(entry, key) is not None:
                problem(f"{key} beside rollout", f"take {key} out: the steps of rollout say it", key, key=True)
        if not rollout:
            problem("a rollout without steps", "give at least one step that adds sites", "rollout")
        steps = self._rollout(rollout, place, problem)
        self._check_present(steps)
        return steps

    def _check_present(self, steps: Iterable[Sites]) -> None:
        """A step can remove only what is there."""
        present = 0
        for step in steps:
            present += step.change
            if present < 0:
                there = present - step.change
                self.problems.append(
                    Problem(
                        step.place,
                        f"removes {-step.change} {'site' if step.change == -1 else 'sites'} where there are {there}",
                        "remove at most what was added before; at one instant removals come first",
                    )
                )
                return

    def _rollout(self, rollout: Iterable[Step], place: Place, problem: Any) -> tuple[Sites, ...]:
        """The steps by instant, removals first; none when one of them has a problem."""
        steps: list[Sites | None] = []
        for index, step in enumerate(rollout):
            here = ("rollout", index)
            instant = self._instant(step.wave, step.date, here, problem, "date")
            if step.wave is None and step.date is None:
                problem("a step without an instant", "give wave or date", *here)
            if (step.add_sites is None) == (step.remove_sites is None):
                problem("a step either adds or removes sites", "give one of add_sites and remove_sites", *here)
                instant = None
            change = step.add_sites if step.add_sites is not None else -(step.remove_sites or 0)
            step_place = Place(place.source, (*place.path, *here))
            steps.append(None if instant is None else Sites(instant, change, step_place))
        found = [step for step in steps if step]
        if len(found) < len(steps):
            return ()
        return tuple(sorted(found, key=lambda step: (step.instant, step.change > 0)))

    def _short_form(self, entry: Attachment | TableRow, place: Place, problem: Any) -> tuple[Sites, ...]:
        instant = self._instant(entry.wave, entry.start, (), problem, "start")
        if instant is None:
            instant = self.plan.period.start.start
        assert entry.sites is not None
        key = "start" if entry.start is not None else "wave" if entry.wave is not None else "sites"
        here = Place(place.source, (*place.path, key))
        steps = [Sites(instant, entry.sites, here)]
        if entry.end is not None:
            end = seconds(entry.end)
            if end <= instant:
                message = f"end is not after the start, {instant_text(instant)}"
                problem(message, "end is exclusive: give a later instant", "end")
            steps.append(Sites(end, -entry.sites, Place(place.source, (*place.path, "end"))))
        return tuple(steps)

    def _instant(
        self, wave: str | None, when: Any, here: tuple[str | int, ...], problem: Any, other: str
    ) -> int | None:
        if wave is not None and when is not None:
            problem(f"wave and {other} together", f"give one of wave and {other}", *here, "wave", key=True)
        if when is not None:
            return seconds(when)
        if wave is None:
            return None
        if wave not in self.plan.waves:
            problem(f"unknown wave {wave!r}", suggestion(wave, self.plan.waves, "waves of this plan"), *here, "wave")
            return None
        return seconds(self.plan.waves[wave])

    def _retired(self) -> Iterator[Retired]:
        """What leaves of the estate, where it can be said; a problem for each entry of which it cannot."""

        def problem(message: str, remedy: str, *where: str | int, key: bool = False) -> None:
            self._problem(message, remedy, "retire", *where, key=key)

        known = self.estate.transit_routers if self.estate else {}
        found = []
        for row, entry in enumerate(self.plan.retire):
            instant = self._instant(entry.wave, entry.date, (row,), problem, "date")
            if entry.wave is None and entry.date is None:
                problem("a retirement without an instant", "give wave or date", row)
            router = entry.transit_router or (next(iter(known)) if len(known) == 1 else None)
            if router is None and known:
                remedy = f"name the transit router that they leave, one of: {', '.join(known)}"
                problem("a retirement without a transit_router, and the estate has several", remedy, row)
            elif router is not None and known and router not in known:
                remedy = suggestion(router, known, "transit routers of the estate")
                problem(f"unknown transit router {router!r}", remedy, row, "transit_router")
            elif router is not None and known and entry.ecmp_set not in (None, *known[router].ecmp_attached):
                assert entry.ecmp_set is not None
                remedy = suggestion(entry.ecmp_set, known[router].ecmp_attached, f"ecmp_attached of {router}")
                problem(f"{router} has no ECMP set {entry.ecmp_set!r} today", remedy, row, "ecmp_set")
            elif router is not None and known and instant is not None:
                place = Place(self.source, ("retire", row))
                found.append(Retired(instant, router, entry.attached_vpn, entry.ecmp_set, place))
        if self.estate:
            self.problems.extend(retirement_problems(found, self.estate))
        yield from found

    def _traffic(self, entry: Attachment | TableRow, problem: Any) -> Traffic:
        if isinstance(entry, TableRow):
            inline = {key: getattr(entry, key) for key in _TRAFFIC_KEYS if getattr(entry, key) is not None}
            if entry.traffic is None:
                return Traffic.model_construct(**inline)
            for key in inline:
                problem(f"{key} beside traffic", "give a profile's name or its keys, not both", key)
        if isinstance(entry.traffic, Traffic):
            return entry.traffic
        if entry.traffic is None:
            return Traffic()
        if entry.traffic not in self.plan.profiles:
            remedy = suggestion(entry.traffic, self.plan.profiles, "profiles of this plan")
            problem(f"unknown profile {entry.traffic!r}", remedy, "traffic")
            return Traffic()
        return self.plan.profiles[entry.traffic]

    def _check_underlays(self) -> None:
        if not self.estate:
            return
        for name, underlay in self.plan.underlays.items():
            if underlay.transit_router not in self.estate.transit_routers:
                self._problem(
                    f"unknown transit router {underlay.transit_router!r}",
                    suggestion(underlay.transit_router, self.estate.transit_routers, "transit routers of the estate"),
                    "underlays",
                    name,
                    "transit_router",
                )

    def _check_flows(self) -> None:
        known = self.estate.transit_routers if self.estate else {}
        for index, flow in enumerate(self.plan.flows if self.estate else ()):
            if flow.transit_router not in known:
                remedy = suggestion(flow.transit_router, known, "transit routers of the estate")
                where = ("flows", index, "transit_router")
                self._problem(f"unknown transit router {flow.transit_router!r}", remedy, *where)

    def _check_carriers(self, finance: Finance) -> None:
        """Ports and leased lines are those of new underlays, in a currency that the results can be in."""
        for name, underlay in self.plan.underlays.items():
            for key, what in (("port", "port"), ("leased_line", "leased line")):
                if underlay.already_attached and getattr(underlay, key) is not None:
                    self._problem(
                        f"a {what} under an underlay that is already attached: it exists for other reasons",
                        f"take {key} out, or already_attached if this plan brings the underlay",
                        *("underlays", name, key),
                        key=True,
                    )
            line = underlay.leased_line
            if line and line.currency and (without := self._without_rate(line.currency, finance)):
                self._problem(
                    f"the leased line is paid in {line.currency}, and {without}",
                    _exchange_rates(line.currency, self.plan.currency),
                    *("underlays", name, "leased_line", "currency"),
                )

    def _check_assumptions(self) -> None:
        order = self.plan.assumptions.free_quota_region_order
        if isinstance(order, str):
            return
        for index, region in enumerate(order):
            where = ("assumptions", "free-quota-region-order", index)
            if region not in REGIONS:
                self._problem(f"unknown region {region!r}", suggest_region(region), *where)
            elif region in order[:index]:
                self._problem(f"region {region!r} stands twice", "name every region once", *where)

    def _check_prepaid(self, finance: Finance) -> None:
        if not self.estate or not self.plan.prepaid:
            return
        sites = {name: account.site for name, account in self.estate.accounts.items()}
        self.problems.extend(prepaid.problems(self.plan.prepaid, sites, self.source, ("prepaid",), exists=False))
        for name in self.plan.prepaid.keys() & self.estate.prepaid.keys():
            message = f"prepaid plan {name!r} stands already in the estate"
            self._problem(message, "give every prepaid plan a name of its own", "prepaid", name, key=True)
        for name, plan in self.plan.prepaid.items():
            currency = plan.currency or CURRENCY_OF_SITE.get(sites.get(plan.account, ""))
            if currency and (without := self._without_rate(currency, finance)):
                message = f"the prepaid plan is paid in {currency}, and {without}"
                self._problem(message, _exchange_rates(currency, self.plan.currency), "prepaid", name, key=True)

    def _sites(self, groups: Iterable[Group], finance: Finance) -> tuple[str, ...]:
        """The sites of every account that this plan spends money of; what they bill must have an exchange rate."""
        currency = self.plan.currency
        own = [site for site, billed in CURRENCY_OF_SITE.items() if billed == currency]
        used: dict[str, str] = {}
        if self.estate:
            for group in groups:
                router = self.estate.transit_routers.get(group.routers[0]) if group.routers else None
                for account in (router.account if router else "", group.owner):
                    if account in self.estate.accounts:
                        used.setdefault(account, group.id)
            self._check_exchange(used, finance)
            own += [self.estate.accounts[account].site for account in used]
        return tuple(site for site in dict.fromkeys(own) if not used or self._has_account(site, used)) or ("intl",)

    def _has_account(self, site: str, accounts: Iterable[str]) -> bool:
        assert self.estate is not None
        return any(self.estate.accounts[account].site == site for account in accounts)

    def _check_exchange(self, used: dict[str, str], finance: Finance) -> None:
        """One problem for each currency that the plan's own cannot be made of in some month."""
        assert self.estate is not None
        told: set[str] = set()
        for account, group in used.items():
            site = self.estate.accounts[account].site
            base = CURRENCY_OF_SITE[site]
            if base in told or not (without := self._without_rate(base, finance)):
                continue
            told.add(base)
            self._problem(
                f"currency is {self.plan.currency}, but account {account!r} is billed in {base}"
                f" (site {site}; used by {group!r}) and {without}",
                f"{_exchange_rates(base, self.plan.currency)}, or set the currency to that of the accounts",
                "currency",
            )

    def _without_rate(self, base: str, finance: Finance) -> str:
        """That no exchange rate makes the plan's currency of another one, and from when on; empty where one does."""
        quote = self.plan.currency
        if base == quote or not self.finance_is_read:  # what cannot be read may hold the rate
            return ""
        months = Period(self.plan.period.start, self.plan.period.months).months
        missing = [month for month in months if not finances.exchange_rate(finance, base, quote, month)]
        if not missing:
            return ""
        since = "" if len(missing) == len(months) else f" in {missing[0]} (FY{finance.fiscal_year.of(missing[0])})"
        return f"no exchange rate makes {quote} of it{since}"


def retirement_problems(retired: Iterable[Retired], estate: Estate) -> Iterator[Problem]:
    """More of a router or of a set than exists, and what left before the day of the estate."""
    left: dict[tuple[str, str | None], int] = {}
    for one in retired:
        router, where = estate.transit_routers[one.router], (one.router, one.ecmp_set)
        if estate.as_of and one.instant < seconds(estate.as_of):
            message = f"{one.connections} leave {one.router} before {estate.as_of}, the day of the estate"
            yield Problem(Place(one.place.source, one.place.path), message, "take it out: the estate is without them")
        if one.ecmp_set is not None:
            there, said = router.ecmp_attached[one.ecmp_set], f"in the set {one.ecmp_set} of {one.router}"
        else:
            there, said = router.attached.vpn - sum(router.ecmp_attached.values()), f"on {one.router}"
            said += " outside its ECMP sets" if router.ecmp_attached else ""
        left[where] = left.get(where, 0) + one.connections
        if left[where] > there >= left[where] - one.connections:
            message = f"{left[where]} VPN attachments leave where {there} exist {said}"
            remedy = "retire at most what the estate states; of a set, name it: ecmp_set"
            yield Problem(Place(one.place.source, (*one.place.path, "attached_vpn")), message, remedy)


def _exchange_rates(base: str, quote: str) -> str:
    return f"give finance: exchange_rates: [{{from: {base}, to: {quote}, rate: ..., agreed_on: ..., source: ...}}]"


def _unknown_columns(table: TableSource) -> Iterator[Problem]:
    """Columns that no attachment group has; an empty one would otherwise go unnoticed."""
    from difflib import get_close_matches  # needed for wrong input only

    known = list(TableRow.model_fields)
    for column in table.columns:
        if column not in known:
            near = get_close_matches(column, known, n=1)
            remedy = f"did you mean {near[0]!r}?" if near else f"columns: {', '.join(known)}"
            yield Problem(Place(table, (column,)), f"unknown column {column!r}", remedy)


def _connection_ids(entry: Attachment | TableRow) -> tuple[str, ...]:
    if isinstance(entry, TableRow):
        return tuple((entry.connection_ids or "").replace(";", " ").split())
    return entry.connection_ids
