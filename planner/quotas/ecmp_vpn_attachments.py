"""How many VPN attachments of a transit router can share routes (ECMP).

exceeded:
    attachments:
      branch: {ecmp: group, connections_per_site: 17}

other reading:
    attachments:
      branch: {ecmp: group, connections_per_site: 9}
"""

from collections.abc import Iterator

import numpy as np

from planner.assumption import Assumptions
from planner.core.period import NEVER
from planner.core.problem import Place
from planner.demand import Events
from planner.inventory import Inventory
from planner.quota import ATTACHMENT_LIMITS, ESTATE, Claims, Quota, claims_of
from planner.tunnel import TUNNELS_PER_CONNECTION

Row = tuple[int, int, int, int]
"""instant, change, step, group"""


def claims(inventory: Inventory, events: Events, assumptions: Assumptions) -> Claims:
    """Connections that share routes claim one each, in their set or, by another reading, on their router.

    By another reading again they claim one for each of their tunnels.
    """
    groups, routers = inventory.groups, inventory.routers
    per_router = assumptions.ecmp_scope == "transit-router"
    by_tunnel = assumptions.ecmp_counts == "tunnels"
    each = TUNNELS_PER_CONNECTION if by_tunnel else 1
    existing: dict[tuple[int, str], int] = {}
    places: dict[tuple[int, str], Place] = {}
    rows: list[tuple[tuple[int, str], Row]] = []
    for router, name, count in routers.ecmp_attached:
        scope = (router, "" if per_router else f"set {name}")
        existing[scope] = existing.get(scope, 0) + count * each
        places.setdefault(scope, routers.places[router])
    left = inventory.retirements
    columns = (left.router.tolist(), left.ecmp_set, left.instant.tolist(), left.connections.tolist())
    for router, name, instant, count in zip(*columns, strict=True):
        if name:
            rows.append(((router, "" if per_router else f"set {name}"), (instant, -count, -1, ESTATE)))
    sharing = {group for group, ecmp in enumerate(groups.ecmp) if ecmp != "none"}
    by_group = _events_by_group(events, sharing)
    for group in sorted(sharing):
        of_set = list(_one_site(inventory, group)) if _is_per_site(groups.ecmp[group], per_router) else by_group[group]
        for router in (int(groups.router[group]), *groups.more_routers.get(group, ())):
            scope = (router, "" if per_router else _set_name(inventory, group))
            existing.setdefault(scope, 0)
            places.setdefault(scope, groups.places[group])
            rows.extend((scope, row) for row in of_set)
    scopes = sorted(existing, key=lambda scope: (routers.ids[scope[0]], scope[1]))
    code = {scope: number for number, scope in enumerate(scopes)}
    return claims_of(
        scopes=["/".join(filter(None, (routers.ids[router], name))) for router, name in scopes],
        holder=[router for router, _ in scopes],
        existing=[existing[scope] for scope in scopes],
        places=[places[scope] for scope in scopes],
        rows=[(code[scope], instant, change * each, step, group) for scope, (instant, change, step, group) in rows],
        notes=["each tunnel counts, two per connection"] * len(scopes) if by_tunnel else (),
    )


def _is_per_site(ecmp: str, per_router: bool) -> bool:
    return ecmp == "per-site" and not per_router


def _set_name(inventory: Inventory, group: int) -> str:
    """Each site's set is alike, so a group's sets are one scope; sets by name are shared between groups."""
    ecmp, name = inventory.groups.ecmp[group], inventory.group_names[group]
    if ecmp == "per-site":
        return f"{name}, each site"
    return name if ecmp == "group" else ecmp


def _events_by_group(events: Events, sharing: set[int]) -> dict[int, list[Row]]:
    rows: dict[int, list[Row]] = {group: [] for group in sharing}
    wanted = np.flatnonzero(np.isin(events.group, list(sharing)))
    columns = (events.group, events.instant, events.change, events.step)
    for group, instant, change, step in zip(*(column[wanted].tolist() for column in columns), strict=True):
        rows[group].append((instant, change, step, group))
    return rows


def _one_site(inventory: Inventory, group: int) -> Iterator[Row]:
    """The set of one site: there from the first site on, until the last one leaves."""
    lots, connections = inventory.lots, int(inventory.groups.connections_per_site[group])
    own = slice(*np.searchsorted(lots.group, [group, group + 1]).tolist())
    until = None
    for start, end, step in zip(*(c[own].tolist() for c in (lots.start, lots.end, lots.added_by)), strict=True):
        if until is None or start > until:
            if until is not None:
                yield until, -connections, -1, group
            yield start, connections, step, group
        until = end if until is None else max(until, end)
    if until is not None and until < NEVER:
        yield until, -connections, -1, group


def _other_readings(assumptions: Assumptions) -> tuple[tuple[str, Assumptions], ...]:
    scope = "transit-router" if assumptions.ecmp_scope == "route-set" else "route-set"
    counts = "tunnels" if assumptions.ecmp_counts == "connections" else "connections"
    return (
        (f"ecmp-scope: {scope}", assumptions.model_copy(update={"ecmp_scope": scope})),
        (f"ecmp-counts: {counts}", assumptions.model_copy(update={"ecmp_counts": counts})),
    )


QUOTA = Quota(
    title="VPN attachments in ECMP",
    description=(
        "At most 16 VPN attachments of a transit router share routes (ECMP). The source document says"
        " VPC attachments; the pages of 2022 and 2026 say VPN attachments, and cenplan follows them."
    ),
    unit="VPN attachment in ECMP",
    default=16,
    adjustable=False,
    maximum=16,
    scope="transit router and set of routes",
    holder="transit router",
    product="cbn",
    reference=ATTACHMENT_LIMITS,
    claims=claims,
    remedy="this quota cannot be increased: share the routes among fewer connections, in several sets",
    other_readings=_other_readings,
)
