"""What the count of a quota is made of, where it can be a formula: sums over lots of sites, and what is there at all.

The quotas themselves count by other means, at every instant. A count is taken for a formula only where it changes by
the same numbers at the same instants; it is left to the engine elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from planner.core.period import NEVER
from planner.inventory import Inventory
from planner.quota import QuotaUse
from planner.tunnel import TUNNELS_PER_CONNECTION

MOST_LOTS = 400
"""Lots that a count is made of by formula; of more it is the engine's."""
_MOST_APART = 15
"""Terms that a count can add without its formula becoming too long."""
SITES, CONNECTIONS, GATEWAYS, ROUTES = 2, 6, 7, 8
"""Columns of lots that are added up."""
ROUTER, ACCOUNT, SHARED = 1, 9, 10
"""Columns of lots that say what they count towards."""


@dataclass(frozen=True)
class Presence:
    """What counts as long as any site of some groups is there."""

    groups: tuple[int, ...]
    times: int
    """What it counts."""
    connections_of: int = -1
    """Group by whose connections per site that is multiplied; -1: by none."""


@dataclass(frozen=True)
class Count:
    """What a count is made of, beside what there is today."""

    key: int = -1
    """Column of lots in which its scope is named; -1: it adds up no lots."""
    value: int = CONNECTIONS
    """Column of lots that is added up."""
    groups: tuple[int, ...] = ()
    """Groups of these lots."""
    apart: tuple[int, ...] = ()
    """Groups that are added as well, though their lots name another scope."""
    presences: tuple[Presence, ...] = ()
    times: int = 1
    """What each of a sum counts."""
    retired: int = -1
    """Column of what is retired in which its scope is named; -1: nothing is."""

    @property
    def every_group(self) -> tuple[int, ...]:
        """Every group whose sites change it."""
        return tuple(sorted({*self.groups, *self.apart, *(one for part in self.presences for one in part.groups)}))


RETIRED_ROUTER, RETIRED_SET = 0, 1
"""Columns of what is retired."""


def shares_in(tables: Inventory, group: int, router: int = -1) -> str:
    """The scope of ECMP in which the connections of a group add up; empty where they add up in none.

    router : another one than its first
    """
    ecmp, name = tables.groups.ecmp[group], tables.group_names[group]
    per_router = tables.assumptions.ecmp_scope == "transit-router"
    if ecmp == "none" or (ecmp == "per-site" and not per_router):
        return ""
    return _of_set(
        tables, int(tables.groups.router[group]) if router < 0 else router, name if ecmp == "group" else ecmp
    )


def retired_set(tables: Inventory, row: int) -> str:
    """The scope of ECMP that what is retired leaves; empty: none."""
    name = tables.retirements.ecmp_set[row]
    return _of_set(tables, int(tables.retirements.router[row]), f"set {name}") if name else ""


def _of_set(tables: Inventory, router: int, name: str) -> str:
    own = tables.routers.ids[router]
    return own if tables.assumptions.ecmp_scope == "transit-router" else f"{own}/{name}"


def routes_per_site(tables: Inventory) -> list[int]:
    """(g,) routes of each site; 0 where all sites of a group share one."""
    groups = tables.groups
    columns = zip(groups.flow_protection.tolist(), groups.connections_per_site.tolist(), groups.ecmp, strict=True)
    return [each if flow else int(ecmp in ("none", "per-site")) for flow, each, ecmp in columns]


def counts_of(tables: Inventory, use: QuotaUse) -> list[Count | None]:
    """What the count of each scope of a quota is made of; None where no formula counts the same."""
    maker = _MAKERS.get(use.id)
    folded = {name.casefold() for name in (*use.scopes, *tables.routers.ids)}
    told_apart = len(folded) == len({*use.scopes, *tables.routers.ids})  # by formulas, which ignore capitals
    found: list[Count | None] = []
    for scope in range(len(use.scopes)):
        claimed = _claimed(use, scope)
        if not claimed:
            found.append(Count())
            continue
        count = maker(tables, use, scope) if maker and told_apart else None
        fits = (
            count is not None
            and len(count.apart) + len(count.presences) <= _MOST_APART
            and int(np.isin(tables.lots.group, count.every_group).sum()) <= MOST_LOTS
            and dict(_changes(tables, use, scope, count)) == claimed
        )
        found.append(count if fits else None)
    return found


def _claimed(use: QuotaUse, scope: int) -> dict[int, int]:
    """By instant: what the engine's count of a scope changes by."""
    own = use.claims.scope == scope
    return dict(_added(zip(use.claims.instant[own].tolist(), use.claims.change[own].tolist(), strict=True)))


def _added(changes: Iterator[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    sums: dict[int, int] = {}
    for instant, change in changes:
        sums[instant] = sums.get(instant, 0) + change
    yield from ((instant, change) for instant, change in sums.items() if change)


def _changes(tables: Inventory, use: QuotaUse, scope: int, count: Count) -> Iterator[tuple[int, int]]:
    """By instant: what a count changes by."""
    yield from _added(_parts(tables, use, scope, count))


def _parts(tables: Inventory, use: QuotaUse, scope: int, count: Count) -> Iterator[tuple[int, int]]:
    groups = tables.groups
    per_site = {
        SITES: np.ones(len(groups.ids), dtype=np.int64),
        CONNECTIONS: groups.connections_per_site,
        GATEWAYS: groups.own_gateways,
        ROUTES: np.array(routes_per_site(tables), dtype=np.int64),
    }[count.value]
    for start, end, sites, group in _stays(tables, (*count.groups, *count.apart)):
        change = sites * int(per_site[group]) * count.times
        yield start, change
        if end < NEVER:
            yield end, -change
    for one in count.presences:
        each = int(groups.connections_per_site[one.connections_of]) if one.connections_of >= 0 else 1
        yield from _turns(tables, one.groups, one.times * each)
    if count.retired >= 0:
        left = tables.retirements
        for row in range(len(left.router)):
            named = retired_set(tables, row) if count.retired == RETIRED_SET else tables.routers.ids[left.router[row]]
            if named == use.scopes[scope]:
                yield int(left.instant[row]), -int(left.connections[row]) * count.times


def _stays(tables: Inventory, groups: Sequence[int]) -> Iterator[tuple[int, int, int, int]]:
    lots = tables.lots
    own = np.isin(lots.group, groups)
    columns = (lots.start, lots.end, lots.sites, lots.group)
    yield from zip(*(column[own].tolist() for column in columns), strict=True)


def _turns(tables: Inventory, groups: Sequence[int], value: int) -> Iterator[tuple[int, int]]:
    """When the first site of some groups comes and the last one leaves."""
    sites: dict[int, int] = {}
    for start, end, count, _ in _stays(tables, groups):
        for instant, change in ((start, count), (end, -count)):
            sites[instant] = sites.get(instant, 0) + change
    present = 0
    for instant in sorted(sites):
        was, present = present, present + sites[instant]
        if (was > 0) != (present > 0) and instant < NEVER:
            yield instant, value if present > 0 else -value


def _vpn_attachments(tables: Inventory, use: QuotaUse, scope: int) -> Count:
    router = int(use.claims.holder[scope])
    return Count(ROUTER, CONNECTIONS, _on(tables, router), _also_on(tables, router), retired=RETIRED_ROUTER)


def _on(tables: Inventory, router: int) -> tuple[int, ...]:
    return tuple(np.flatnonzero(tables.groups.router == router).tolist())


def _also_on(tables: Inventory, router: int) -> tuple[int, ...]:
    """Groups that name a router beside their first."""
    return tuple(group for group, others in sorted(tables.groups.more_routers.items()) if router in others)


def _in_account(tables: Inventory, use: QuotaUse, scope: int) -> tuple[int, ...]:
    account, region = use.claims.key(scope)
    return tuple(np.flatnonzero((tables.groups.owner == account) & (tables.group_region == region)).tolist())


def _ipsec_connections(tables: Inventory, use: QuotaUse, scope: int) -> Count:
    return Count(ACCOUNT, CONNECTIONS, _in_account(tables, use, scope))


def _customer_gateways(tables: Inventory, use: QuotaUse, scope: int) -> Count:
    """Those of each site, and those that serve all sites of the groups that name them."""
    own = _in_account(tables, use, scope)
    shared: dict[tuple[int, str], list[int]] = {}
    for group in own:
        for name in tables.groups.shared_gateways.get(group, ()):
            shared.setdefault((int(tables.groups.scenario[group]), name), []).append(group)
    return Count(ACCOUNT, GATEWAYS, own, presences=tuple(Presence(tuple(one), 1) for one in shared.values()))


def _routes(tables: Inventory, use: QuotaUse, scope: int) -> Count:
    """Those of each site, and one for each set of connections that share it."""
    own, alone = _on(tables, int(use.claims.holder[scope])), routes_per_site(tables)
    shared: dict[str, list[int]] = {}
    for group in own:
        ecmp = tables.groups.ecmp[group]
        if not alone[group]:
            shared.setdefault(ecmp if ecmp.startswith("set ") else f"group {group}", []).append(group)
    return Count(ROUTER, ROUTES, own, presences=tuple(Presence(tuple(one), 1) for one in shared.values()))


def _sharing(tables: Inventory, use: QuotaUse, scope: int) -> Count:
    """Connections of sets, or those of one site where each has a set for itself."""
    router, name = int(use.claims.holder[scope]), use.scopes[scope]
    times = TUNNELS_PER_CONNECTION if tables.assumptions.ecmp_counts == "tunnels" else 1
    of_sites = [
        Presence((group,), times, group)
        for group in (*_on(tables, router), *_also_on(tables, router))
        if tables.groups.ecmp[group] == "per-site"
        and name == f"{tables.routers.ids[router]}/{tables.group_names[group]}, each site"
    ]
    return Count(
        SHARED,
        CONNECTIONS,
        tuple(group for group in _on(tables, router) if shares_in(tables, group) == name),
        tuple(group for group in _also_on(tables, router) if shares_in(tables, group, router) == name),
        tuple(of_sites),
        times,
        RETIRED_SET,
    )


def _routers_of_a_connection(tables: Inventory, use: QuotaUse, scope: int) -> Count | None:
    """Of connections without ids, which are alike: all transit routers that their group names."""
    name = use.scopes[scope]
    group = tables.group_names.index(name) if name in tables.group_names else -1
    others = tables.groups.more_routers.get(group)
    return Count(presences=(Presence((group,), 1 + len(others)),)) if others else None


_MAKERS: dict[str, Callable[[Inventory, QuotaUse, int], Count | None]] = {
    "vpn-attachments-per-transit-router": _vpn_attachments,
    "ipsec-connections-per-account": _ipsec_connections,
    "customer-gateways-per-region": _customer_gateways,
    "routes-per-route-table": _routes,
    "ecmp-vpn-attachments": _sharing,
    "transit-routers-per-connection": _routers_of_a_connection,
}
"""By quota: what the count of a scope is made of."""
