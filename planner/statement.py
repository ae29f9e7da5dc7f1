"""What a report has to state beside its numbers: sources, assumptions, and what the total leaves out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from planner.assumption import listed
from planner.core.provenance import EVIDENCE, Assumption, Reference
from planner.inventory import CDT_DEFAULT_RULE, on_cdt_by_rule
from planner.plan import Plan
from pricing.book import Rate
from pricing.price_table import FREE, NO_RATE

_LEFT_OUT = (
    (
        "data processing of traffic towards the data centres, where it enters the router (such as at VPC connections)",
        None,
    ),
    ("inter-region data transfer, where clouds and routers are in different regions or the border is crossed", None),
    ("Express Connect ports and the carrier's leased lines under private attachments", True),
    ("equipment in the data centres and branches", None),
    ("tax", None),
)
"""What the billable items leave out, and whether only plans with private attachments need to be told."""


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
        touching |= _of_pools(plan)
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


def not_included(plan: Plan) -> tuple[str, ...]:
    """What the billable items of the attachments leave out and a reader would miss.

    source : CEN billing page; Express Connect, resource usage fee; see docs/billing.md
    """
    if not plan.priced:
        return ()
    private = plan.inventory.groups.private.any()
    return tuple(what for what, applies in _LEFT_OUT if applies is None or private)
