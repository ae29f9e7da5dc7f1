"""What so many sites take, on one screen; and the same as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from planner import statement
from planner.quota_request import DEFAULT_PERCENT
from planner.sizing import Sizing
from planner.throughput import Load
from pricing import money
from pricing.sku import skus
from reports.page import Block, Bullets, Facts, Heading, Page, Table

_SAID = {
    "vpn-attachments-per-transit-router",
    "throughput",
    "region-support",
    "missing-baseline",
    "unpriced",
    "unstated-traffic",
}
"""Checks of which the page says itself what they find."""


def page(one: Sizing) -> Page:
    """The page."""
    each = "connection" if one.per_site == 1 else "connections"
    sites = "site" if one.sites == 1 else "sites"
    title = f"{one.sites:,} {sites} with {one.per_site} {one.wish.network_type} {each} each in {one.region.name}"
    return Page(title, [*_blocks(one)])


def _blocks(one: Sizing) -> Iterator[Block]:
    yield Facts(
        [
            ("Attachments", f"{one.sites:,} × {one.per_site:,} = {one.attachments:,}{_existing(one)}"),
            ("One router", _one_router(one)),
            ("To ask for", _ask(one)),
            ("Or routers", _routers(one)),
            ("ECMP", _ecmp(one)),
            ("Throughput", _throughput(one)),
            ("Region", _region(one)),
        ]
    )
    yield Heading(f"Cost in {one.month}, {one.hours} hours, {one.plan.inventory.currency}")
    yield Table(("item", "amount", ""), [*_costs(one)], "<><")
    yield Bullets([*_notes(one)])


def _costs(one: Sizing) -> Iterator[tuple[str, str, str]]:
    """Items and their sums; what is unknown is never shown as 0."""
    for cost in one.costs:
        yield skus()[cost.sku].title, *_amount(cost.amount, not cost.unpriced)
    month = not any(cost.unpriced for cost in one.costs)
    period = one.plan.inventory.period
    months = "1 month" if period.count == 1 else f"{period.count} months"
    yield f"{_total(month)} of the month", *_amount(one.steady, month)
    yield f"{_total(one.complete)} of {months} from {period.first} on", *_amount(one.total, one.complete)


def _amount(nano: int, complete: bool) -> tuple[str, str]:
    if complete:
        return money.display(nano), ""
    return (money.display(nano), "priced in part") if nano else ("unknown", "no price")


def _total(complete: bool) -> str:
    return "total" if complete else "priced subtotal"


def _existing(one: Sizing) -> str:
    return f"; with {one.existing:,} that exist {one.used:,}" if one.existing else ""


def _one_router(one: Sizing) -> str:
    if one.limit is None:
        return f"{one.used:,} used; the limit is unknown"
    status = one.status.upper() if one.status == "exceeded" else one.status
    return f"{one.used:,} of {one.limit:,}, headroom {one.limit - one.used:,}: {status}"


def _ask(one: Sizing) -> str:
    if one.ask is None:
        return "nothing: the limit holds them"
    ask = one.ask
    parts = f"{ask.peak:,} and {DEFAULT_PERCENT} %"
    if ask.value != ask.peak + ask.extra:
        parts = f"the least limit at which {ask.peak:,} are not tight"
    most = "the highest that can be had is unknown" if ask.maximum is None else f"at most {ask.maximum:,} can be had"
    return f"a limit of {ask.value:,} on one router: {parts}; {most}"


def _routers(one: Sizing) -> str:
    routers = one.routers
    if routers.needed is None:
        return f"no router with the default limit of {routers.limit} takes the {one.per_site} connections of one site"
    if routers.more == 0:
        return f"1 with the default limit of {routers.limit} takes all"
    first = f"{routers.on_first:,} sites on the first, " if routers.on_first else "none on the one that exists, "
    each = f"up to {routers.per_router:,} on each of {routers.more:,} others"
    if routers.more == 1:
        each = f"{one.sites - routers.on_first:,} on another"
    return (
        f"{routers.needed:,} with the default limit of {routers.limit}: {first}{each}; one per region and CEN instance,"
        " so each in a CEN instance of its own"
    )


def _ecmp(one: Sizing) -> str:
    if one.ecmp is None:
        return "no connections share routes"
    status = one.ecmp.status.upper() if one.ecmp.status == "exceeded" else one.ecmp.status
    of = "of each site" if one.ecmp.each_site else "of all sites"
    return f"{one.ecmp.used:,} connections {of} share routes, {one.ecmp.limit} can: {status}"


def _throughput(one: Sizing) -> str:
    load = one.load
    if load is None:
        return "unknown"
    carries = load.capacity
    each = f"{carries.connection_mbps:,} Mbit/s per connection, {carries.tunnel_mbps:,} per tunnel and flow"
    whose = "all sites" if load.kind == "group" else "a site"
    if load.unstated:
        return f"unknown, no peak is stated; documented: {each}"
    lower = "" if "average" not in load.bases else " on average, a lower bound of the peak"
    told = f"{whose} {'send' if load.kind == 'group' else 'sends'} {_mbps(load)} Mbit/s{lower}"
    has = f"{load.connections} {'carries' if load.connections == 1 else 'carry'} up to {load.carried // 10**6:,}"
    verdict = {"fits": "it fits", "exceeds": "TOO MUCH", "unknown": "unknown whether it fits"}
    end = verdict.get(load.status, "whether the peak fits is unknown")
    needed = f"{load.needed:,} {'is' if load.needed == 1 else 'are'} needed"
    return f"{told}; {has} ({each}): {end}; {'at least ' if lower else ''}{needed}"


def _mbps(load: Load) -> str:
    whole, rest = divmod(load.bits // 1000, 1000)
    return f"{whole:,}" + (f".{rest:03}".rstrip("0") if rest else "")


def _region(one: Sizing) -> str:
    region = one.region
    tunnels = {"yes": "yes", "default": "yes, without a published list of zones", "unknown": "unknown"}
    zones = " ".join(region.zones) or "unknown"
    parts = [
        f"{region.id}: public {region.public}, private {region.private}",
        f"two tunnels {tunnels[region.dual_tunnel]}, zones {zones}",
        region.note,
    ]
    said = "; ".join(filter(None, parts))
    return said if one.supported == "yes" else f"NOT SUPPORTED as a matter of course: {said}"


def _notes(one: Sizing) -> Iterator[str]:
    """What the check says beyond the lines above, and what no amount has in it."""
    for finding in one.plan.findings:
        if finding.level != "info" and finding.code not in _SAID:
            yield f"{finding.code}: {finding.message}"
    missing = [name for name, gb in (("--gb", one.wish.to_gb), ("--from-gb", one.wish.from_gb)) if gb is None]
    if missing:
        yield f"Without {' and '.join(missing)} the traffic is unknown, and so is what it costs."
    yield "Nothing else is assumed in the account: what it sends already would fill free quotas and tiers first."
    yield f"Not in any amount: {'; '.join(statement.not_included(one.plan))}."


def document(one: Sizing) -> str:
    """The answer as JSON: decimals are text, null is unknown."""
    return json.dumps(_plain(one), ensure_ascii=False, indent=2) + "\n"


def _plain(one: Sizing) -> dict[str, Any]:
    load, ask = one.load, one.ask
    return {
        "version": 1,
        "region": {
            "id": one.region.id,
            "name": one.region.name,
            "public": one.region.public,
            "private": one.region.private,
            "dual_tunnel": one.region.dual_tunnel,
            "zones": list(one.region.zones),
            "note": one.region.note or None,
            "supported": one.supported,
        },
        "sites": one.sites,
        "connections_per_site": one.per_site,
        "network_type": one.wish.network_type,
        "attachments": {
            "existing": one.existing,
            "needed": one.attachments,
            "used": one.used,
            "limit": one.limit,
            "headroom": None if one.limit is None else one.limit - one.used,
            "status": one.status,
            "ask_for": ask.value if ask else None,
            "least_limit": ask.peak if ask else None,
            "maximum": ask.maximum if ask else None,
        },
        "routers": {
            "default_limit": one.routers.limit,
            "needed": one.routers.needed,
            "sites_on_the_first": one.routers.on_first,
            "sites_on_each_other": one.routers.per_router,
        },
        "ecmp": None
        if one.ecmp is None
        else {
            "used": one.ecmp.used,
            "limit": one.ecmp.limit,
            "status": one.ecmp.status,
            "of": "site" if one.ecmp.each_site else "all sites",
        },
        "throughput": None
        if load is None
        else {
            "status": load.status,
            "peak_mbps": None if load.unstated else money.text(load.bits, 6),
            "basis": min(load.bases, default=None),
            "connections": load.connections,
            "connections_needed": None if load.unstated else load.needed,
            "connection_mbps": load.capacity.connection_mbps,
            "tunnel_mbps": load.capacity.tunnel_mbps,
        },
        "cost": {
            "currency": one.plan.inventory.currency,
            "month": str(one.month),
            "hours": one.hours,
            "items": [
                {
                    "sku": cost.sku,
                    "cost": None if cost.unpriced else money.text(cost.amount, 9),
                    "priced_subtotal": money.text(cost.amount, 9),
                }
                for cost in one.costs
            ],
            "priced_subtotal": money.text(one.steady, 9),
            "complete": not any(cost.unpriced for cost in one.costs),
            "months": one.plan.inventory.period.count,
            "priced_subtotal_of_all_months": money.text(one.total, 9),
            "all_months_complete": one.complete,
        },
        "findings": [
            {"level": finding.level, "code": finding.code, "message": finding.message} for finding in one.plan.findings
        ],
    }
