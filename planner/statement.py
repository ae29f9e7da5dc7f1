"""What a report has to state beside its numbers: sources, assumptions, and what the total leaves out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from planner.assumption import Answered, Facts, listed
from planner.core.period import HOUR, NEVER
from planner.core.provenance import EVIDENCE, Reference
from planner.inventory import CDT_DEFAULT_RULE, in_doubt, on_cdt_by_rule
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


def used_assumptions(plan: Plan) -> tuple[Answered, ...]:
    """The open questions that touch this plan, with its answers."""
    known, of_plan = listed(plan.inventory.assumptions).values(), facts(plan)
    return tuple(one for one in known if one.assumption.touches(of_plan))


def unused_assumptions(plan: Plan) -> tuple[Answered, ...]:
    """The open questions whose answers change nothing of this plan."""
    known, of_plan = listed(plan.inventory.assumptions).values(), facts(plan)
    return tuple(one for one in known if not one.assumption.touches(of_plan))


def facts(plan: Plan) -> Facts:
    """What of a plan decides which open questions touch it."""
    tables, timeline = plan.inventory, plan.timeline
    groups, lots = tables.groups, tables.lots
    leaves = lots.end < NEVER
    left = leaves & (lots.end < tables.bounds[-1])
    first, last = np.full(len(groups.ids), NEVER), np.zeros(len(groups.ids), dtype=np.int64)
    np.minimum.at(first, lots.group, lots.start)
    np.maximum.at(last, lots.group, lots.start)
    cheapest_first, dearest_first = _by_rate(plan)
    return Facts(
        priced=plan.priced,
        attached=bool(timeline.connection_hours.any()),
        parts_of_hours=bool((left & ((lots.start % HOUR > 0) | (lots.end % HOUR > 0))).any()),
        traffic=bool(timeline.to_data_center.any() or timeline.from_data_center.any()),
        shares_routes=any(ecmp != "none" for ecmp in groups.ecmp),
        two_accounts=bool((groups.owner != tables.routers.account[groups.router]).any()),
        undecided_billing=len(in_doubt(tables)) > 0,
        removes_some=bool((leaves & (first < last)[lots.group]).any()),
        without_baseline=any(finding.code == "missing-baseline" for finding in plan.findings),
        free_before_tiers=any(
            rated.pools is not None
            and bool(rated.pools.columns[FREE].any() or rated.pools.baseline_free.any())
            and bool(rated.prices.tiered.any())
            for rated in plan.rated
        ),
        cheapest_first=cheapest_first,
        dearest_first=dearest_first,
        list_prices=_has_list_prices(plan),
    )


def _has_list_prices(plan: Plan) -> bool:
    """Whether a line is priced at a rate that is neither that of a free quota nor of a contract."""
    lines = plan.lines
    used = np.bincount(lines.rate[(lines.rate != NO_RATE) & (lines.tier != FREE)], minlength=len(lines.rates))
    return any(lines.rates[code].reference.evidence != "contract" for code in np.flatnonzero(used).tolist())


def _by_rate(plan: Plan) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Regions that draw a free quota, by the highest rate that GB beyond it have there: ascending, descending."""
    rates: dict[str, Decimal | None] = {}
    for rated in plan.rated:
        if rated.pools is None:
            continue
        for pool in np.flatnonzero(rated.pools.columns[FREE].any(axis=1)).tolist():
            place = rated.pools.region[pool]
            region = plan.inventory.regions[place]
            codes = rated.prices.code[1:, place][rated.prices.code[1:, place] != NO_RATE]
            known = [rates.get(region), *(rated.prices.rates[code].value for code in np.unique(codes).tolist())]
            rates[region] = max((rate for rate in known if rate is not None), default=None)
    if len(rates) < 2:
        return (), ()
    priced = sorted((rate, region) for region, rate in rates.items() if rate is not None)
    unpriced = sorted(region for region, rate in rates.items() if rate is None)
    cheapest_first = [region for _, region in priced]
    return (*cheapest_first, *unpriced), (*reversed(cheapest_first), *unpriced)


def not_included(plan: Plan) -> tuple[str, ...]:
    """What the billable items of the attachments leave out and a reader would miss.

    source : CEN billing page; Express Connect, resource usage fee; see docs/billing.md
    """
    if not plan.priced:
        return ()
    private = plan.inventory.groups.private.any()
    return tuple(what for what, applies in _LEFT_OUT if applies is None or private)
