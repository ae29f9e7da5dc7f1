"""What a report has to state beside its numbers: sources, assumptions, and what the total leaves out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from planner.assumption import listed
from planner.core.period import HOUR
from planner.core.provenance import EVIDENCE, Assumption, Evidence, Reference
from planner.finance import ExchangeRate, exchange_rate
from planner.inventory import CDT_DEFAULT_RULE, on_cdt_by_rule
from planner.plan import Plan
from pricing import money
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
    list_only: bool = False
    """Whether it prices the list cost alone, because a contract knows another."""


@dataclass(frozen=True)
class EvidenceShare:
    """What of the total rests on prices of one grade of evidence."""

    evidence: Evidence
    amount: int
    """Nano-units that are billed, in the currency of the results."""
    lines: int

    def percent(self, total: int) -> str:
        """The share of a total, to two decimals."""
        return f"{money.decimal((self.amount * 20000 + total) // (2 * total), 2):f}" if total else "0"


def evidence_shares(plan: Plan) -> tuple[EvidenceShare, ...]:
    """What of the billed total rests on which evidence, weakest first: the weakest that a line's price has."""
    lines = plan.lines
    of_rate = np.array([EVIDENCE.index(rate.evidence) for rate in lines.rates] + [-1], dtype=np.int64)
    of_line = np.where(lines.priced, of_rate[lines.rate], -1)
    found = []
    for number, evidence in enumerate(EVIDENCE):
        own = of_line == number
        if own.any():
            found.append(EvidenceShare(evidence, money.total(lines.amount[own]), int(own.sum())))
    return tuple(found)


@dataclass(frozen=True)
class UsedExchange:
    """A fixed exchange rate that amounts of this plan were converted at, and the fiscal years it was used in."""

    rate: ExchangeRate
    years: tuple[int, ...]


def used_exchanges(plan: Plan) -> tuple[UsedExchange, ...]:
    """Every exchange rate that converted something, by currency and year."""
    scenario = plan.scenarios[0]
    bases = sorted({one.exchange.base for one in plan.rated if one.exchange is not None and one.quantity.any()})
    used: dict[tuple[str, int | None], dict[int, ExchangeRate]] = {}
    for base in bases:
        for month in plan.inventory.period.months:
            rate = exchange_rate(scenario.finance, base, scenario.plan.currency, month)
            assert rate is not None, "the scenario was refused where one is missing"
            used.setdefault((base, rate.fiscal_year), {})[scenario.finance.fiscal_year.of(month)] = rate
    return tuple(UsedExchange(next(iter(years.values())), tuple(years)) for years in used.values())


def exchange_notes(plan: Plan) -> tuple[str, ...]:
    """A sentence for each exchange rate, to stand on every output."""
    return tuple(
        f"{one.rate.base} 1 = {one.rate.quote} {one.rate.rate.normalize():f}"
        f" ({', '.join(f'FY{year}' for year in one.years)}; fixed {one.rate.agreed_on}, {one.rate.source})"
        for one in used_exchanges(plan)
    )


def used_rates(plan: Plan) -> tuple[UsedRate, ...]:
    """Every rate that prices a line, and every other list rate beside one; by item, scope and tier."""
    lines = plan.lines
    found = []
    for codes, own, list_only in (
        (lines.rate, lines.rate != NO_RATE, False),
        (lines.list_rate, (lines.list_rate != NO_RATE) & (lines.list_rate != lines.rate), True),
    ):
        keys, counts = np.unique(np.stack([lines.sku[own], lines.tier[own], codes[own]]), axis=1, return_counts=True)
        found += [
            UsedRate(lines.skus[sku], tier, lines.rates[rate], count, list_only)
            for (sku, tier, rate), count in zip(keys.T.tolist(), counts.tolist(), strict=True)
        ]

    def place(used: UsedRate) -> tuple[str, str, int, str, bool]:
        return used.sku, used.rate.scope, used.tier, str(used.rate.effective_from), used.list_only

    return tuple(sorted(found, key=place))


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
        what = f"{what}, list price" if used.list_only else what
        yield rate.reference, f"{what} ({rate.scope})", rate.note
        if rate.effective_from is None:
            yield rate.reference, f"{what} ({rate.scope})", UNDATED
        for one in rate.adjustments:
            yield one.reference, f"{one.kind} on {what} ({one.scope})", one.note
    for converted in used_exchanges(plan):
        rate_of = converted.rate
        reference = Reference(rate_of.source, None, rate_of.agreed_on.isoformat(), "contract")
        yield reference, f"exchange rate ({rate_of.base} to {rate_of.quote})", ""
    if plan.priced:
        for tax in plan.scenarios[0].finance.tax:
            day = (plan.as_of or plan.inventory.period.first.first_day).isoformat()
            yield Reference(tax.source, None, day, "contract"), f"tax ({tax.title})", "as finance says"
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
    if not plan.scenarios[0].finance.tax:
        yield "tax"


def _some(names: Sequence[str]) -> str:
    """The first names, and how many more there are."""
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
