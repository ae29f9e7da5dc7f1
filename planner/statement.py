"""What a report has to state beside its numbers: sources, assumptions, and what the total leaves out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from planner.assumption import listed
from planner.core.period import HOUR
from planner.core.provenance import EVIDENCE, Assumption, Reference
from planner.inventory import CDT_DEFAULT_RULE, on_cdt_by_rule
from planner.plan import Plan
from pricing.book import Rate
from pricing.price_table import FREE, NO_RATE

_MOST_NAMES = 5
"""Names that a statement lists before it counts the others."""


@dataclass(frozen=True)
class Source:
    """Where numbers of a plan were read."""

    reference: Reference
    used_for: tuple[str, ...]
    """What rests on it: items with the scopes of their rates, quotas, granted limits."""
    notes: tuple[str, ...]
    """What else its numbers come with, such as that they are undated."""


UNDATED = "undated: taken as valid always"
"""The note of a rate whose source does not say since when it applies."""


@dataclass(frozen=True)
class UsedRate:
    """A rate that prices at least one line of the plan."""

    sku: str
    tier: int
    """0: free quota, 1...: tiers, -1: flat."""
    rate: Rate
    lines: int


def used_rates(plan: Plan) -> tuple[UsedRate, ...]:
    """Every rate that prices a line, by item, scope and tier."""
    lines = plan.lines
    priced = lines.rate != NO_RATE
    keys, counts = np.unique(
        np.stack([lines.sku[priced], lines.tier[priced], lines.rate[priced]]), axis=1, return_counts=True
    )
    found = [
        UsedRate(lines.skus[sku], tier, lines.rates[rate], count)
        for (sku, tier, rate), count in zip(keys.T.tolist(), counts.tolist(), strict=True)
    ]
    return tuple(sorted(found, key=lambda used: (used.sku, used.rate.scope, used.tier, str(used.rate.effective_from))))


def used_sources(plan: Plan) -> tuple[Source, ...]:
    """Exactly the sources that this plan used, weakest evidence first."""
    uses: dict[Reference, dict[str, None]] = {}
    notes: dict[Reference, dict[str, None]] = {}
    for reference, use, note in _uses(plan):
        uses.setdefault(reference, {})[use] = None
        if note:
            notes.setdefault(reference, {})[note] = None
    return tuple(
        Source(reference, tuple(uses[reference]), tuple(notes.get(reference, ())))
        for reference in sorted(uses, key=lambda ref: (EVIDENCE.index(ref.evidence), ref.title, ref.url or ""))
    )


def _uses(plan: Plan) -> Iterator[tuple[Reference, str, str]]:
    for used in used_rates(plan):
        rate = used.rate
        what = f"{used.sku}, free quota" if used.tier == FREE else used.sku
        yield rate.reference, f"{what} ({rate.scope})", rate.note
        if rate.effective_from is None:
            yield rate.reference, f"{what} ({rate.scope})", UNDATED
    if plan.priced and on_cdt_by_rule(plan.inventory):
        yield CDT_DEFAULT_RULE, "billing mode (cdt-internet)", ""
    for use in plan.quotas:
        if use.scopes:
            yield use.quota.reference, use.id, ""
    routers = plan.inventory.routers
    day = (plan.as_of or plan.inventory.period.first.first_day).isoformat()
    for grant in routers.grants:
        yield (
            Reference(grant.source, None, day, "contract"),
            f"{grant.quota} ({routers.ids[grant.router]})",
            "as the estate says",
        )


def used_assumptions(plan: Plan) -> tuple[Assumption, ...]:
    """The open questions that touch this plan, with its answers."""
    known = listed(plan.scenarios[0].plan.assumptions)
    touching = {"part-of-an-hour", "gb-definition", "encryption-overhead", "connection-fee-per-connection"}
    groups = plan.inventory.groups
    if any(ecmp != "none" for ecmp in groups.ecmp):
        touching.add("ecmp-scope")
    if plan.priced:
        touching.add("list-prices-stay")
        if (groups.owner != plan.inventory.routers.account[groups.router]).any():
            touching.add("payer")
        touching |= _of_pools(plan) | _of_more_than_four_items(plan)
        lots = plan.inventory.lots
        both = (plan.timeline.cdt_site_hours > 0) & (plan.timeline.cdt_site_hours < plan.timeline.site_hours)
        if both.any() and len(np.unique(lots.cdt_from)) > 1:
            touching.add("removal-order")
    else:
        touching -= {
            "gb-definition",
            "encryption-overhead",
            "connection-fee-per-connection",
            "part-of-an-hour",
        }
    return tuple(assumption for name, assumption in known.items() if name in touching)


def _of_pools(plan: Plan) -> set[str]:
    """Assumptions about free quotas and tiers that can change an amount of this plan."""
    touching: set[str] = set()
    for rated in plan.rated:
        if rated.pools is None:
            continue
        shares = rated.pools.columns[0].any()
        if shares and len(rated.pools.region) > 1:
            touching.add("free-quota-region-order")
        if (shares or rated.pools.baseline_free.any()) and rated.prices.tiered.any():
            touching.add("free-quota-position")
    if any(finding.code == "missing-baseline" for finding in plan.findings):
        touching.add("baseline")
    return touching


def _of_more_than_four_items(plan: Plan) -> set[str]:
    """Assumptions about ports and about transfer between regions that can change an amount of this plan."""
    touching: set[str] = set()
    tables, ports = plan.inventory, sorted(plan.inventory.underlays.ports)
    hours = plan.timeline.underlay_hours[ports]
    if ((hours > 0) & (hours < np.diff(tables.bounds) // HOUR)).any():
        touching.add("part-of-a-port-month")
    if (plan.timeline.site_hours[list(tables.groups.clouds)] > 0).any():
        touching.add("inter-region-payer")
    return touching


def not_included(plan: Plan) -> tuple[str, ...]:
    """What the amounts of this plan leave out and a reader would miss.

    source : CEN billing page; Express Connect, resource usage fee; see docs/billing.md
    """
    return tuple(_left_out(plan)) if plan.priced else ()


def _left_out(plan: Plan) -> Iterator[str]:
    tables = plan.inventory
    groups, underlays = tables.groups, tables.underlays
    if not tables.vpc_processing.all():
        yield (
            "data processing of traffic towards the data centres, where it enters the router (such as at VPC"
            " connections)"
        )
    if not groups.clouds:
        yield "inter-region data transfer, where clouds and routers are in different regions or the border is crossed"
    elif unstated := [name for code, name in enumerate(groups.ids) if code not in groups.clouds]:
        yield f"inter-region data transfer of groups that state no cloud_region: {_some(unstated)}"
    new = sorted(set(groups.underlay[groups.private].tolist()) - set(np.flatnonzero(underlays.already_attached)))
    for what, stated in (
        ("Express Connect ports", underlays.ports),
        ("the carrier's leased lines", underlays.leased_lines),
    ):
        if missing := [underlays.ids[code] for code in new if code not in stated]:
            yield f"{what} under private attachments: {_some(missing)}"
    yield "equipment in the data centres and branches"
    yield "tax"


def _some(names: Sequence[str]) -> str:
    """The first names, and how many more there are."""
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
