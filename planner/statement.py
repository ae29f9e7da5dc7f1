"""What a report has to state beside its numbers: sources, assumptions, and what the total leaves out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from planner import settlement
from planner.assumption import Answered, Facts, listed
from planner.core.period import HOUR, NEVER
from planner.core.provenance import EVIDENCE, Evidence, Reference
from planner.core.words import some
from planner.finance import ExchangeRate, Tax, exchange_rate
from planner.inventory import CDT_DEFAULT_RULE, Bools, Ints, in_doubt, on_cdt_by_rule
from planner.plan import Plan
from pricing import money
from pricing.book import Rate
from pricing.price_table import FREE, NO_RATE
from pricing.sku import skus

if TYPE_CHECKING:
    from pricing.prepaid import Prepaid

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
    lines, of_line = plan.lines, _evidence_of_lines(plan)
    found = []
    for number, evidence in enumerate(EVIDENCE):
        own = of_line == number
        if own.any():
            found.append(EvidenceShare(evidence, money.total(lines.amount[own]), int(own.sum())))
    return tuple(found)


def evidence_by_month(plan: Plan) -> dict[Evidence, tuple[int, ...]]:
    """The same by month: (m,) nano-units of each grade of evidence."""
    lines, of_line = plan.lines, _evidence_of_lines(plan)
    months = range(plan.inventory.period.count)
    return {
        evidence: tuple(money.total(lines.amount[(of_line == number) & (lines.month == month)]) for month in months)
        for number, evidence in enumerate(EVIDENCE)
    }


def _evidence_of_lines(plan: Plan) -> Ints:
    """(i,) the place in EVIDENCE of the weakest evidence that the price of each line has; -1: none."""
    lines = plan.lines
    of_rate = np.array([EVIDENCE.index(rate.evidence) for rate in lines.rates] + [-1], dtype=np.int64)
    return np.where(lines.priced, of_rate[lines.rate], -1)


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
        what = f"free quota of {used.sku}" if used.tier == FREE else used.sku
        what = f"list price of {what}" if used.list_only else what
        yield rate.reference, f"{what} ({rate.scope})", rate.note
        if rate.effective_from is None:
            yield rate.reference, f"{what} ({rate.scope})", UNDATED
        for one in rate.adjustments:
            yield one.reference, f"{one.kind} on {used.sku} ({one.scope})", one.note
    for converted in used_exchanges(plan):
        rate_of = converted.rate
        reference = Reference(rate_of.source, None, rate_of.agreed_on.isoformat(), "contract")
        yield reference, f"exchange rate ({rate_of.base} to {rate_of.quote})", ""
    if plan.priced:
        for tax in _taxes_that_apply(plan):
            day = (plan.as_of or plan.inventory.period.first.first_day).isoformat()
            yield Reference(tax.source, None, day, "contract"), f"tax ({tax.title})", "as finance says"
    if plan.priced and on_cdt_by_rule(plan.inventory):
        yield CDT_DEFAULT_RULE, "billing mode (cdt-internet)", ""
    for use in plan.quotas:
        if use.scopes and (use.quota.default is not None or use.planned.any()):
            yield use.quota.reference, use.id, ""
    for limit in plan.inventory.limits:
        note = "requested, not granted: pending" if limit.status == "requested" else "as the estate says"
        yield limit.reference, f"{limit.quota} ({plan.inventory.holder_of(limit)})", note


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
        two_accounts=bool(
            (groups.owner != tables.routers.account[groups.router])[[not one for one in groups.payer]].any()
        ),
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
        list_prices=bool(at_list_prices(plan).any()),
        parts_of_port_months=_parts_of_port_months(plan),
        between_regions=bool((timeline.site_hours[sorted(groups.clouds)] > 0).any()),
        **_facts_of_prepaid_plans(plan),
    )


def _used_by_others(plan: Plan, prepaid: Prepaid) -> bool:
    """Whether everything else in the account pays for what a prepaid plan offsets, so that it matters who is first."""
    account = plan.inventory.accounts[prepaid.account]
    baselines = [one for one in plan.scenarios[0].estate.baselines if one.account == account]
    for rated in plan.rated:
        if not prepaid.offsets(rated.usage.sku):
            continue
        if rated.pools is not None:
            own = rated.pools.account == prepaid.account
            if (rated.pools.baseline > rated.pools.baseline_free)[own].any():
                return True
        elif any(getattr(one, rated.usage.sku.replace("-", "_") + "_gb", None) for one in baselines):
            return True
    return False


def _facts_of_prepaid_plans(plan: Plan) -> dict[str, bool]:
    if plan.prepaid is None:
        return {}
    use, first = plan.prepaid.use, plan.inventory.period.first.first_day
    drawn = [row for row, one in enumerate(use.by_lines + use.by_others) if one.any()]
    volumes = [plan.prepaid.plans[row] for row in drawn if plan.prepaid.plans[row].quantity]
    return {
        "prepaid_volumes": any(_used_by_others(plan, one) for one in volumes),
        "older_volumes": any(one.start < first and one.remaining is None for one in volumes),
        "savings_plans": len(volumes) < len(drawn),
    }


def at_list_prices(plan: Plan) -> Bools:
    """(i,) whether a line follows list prices: neither a contract's rate, nor a free quota's, nor what a plan gives."""
    lines = plan.lines
    of_list = np.array([rate.reference.evidence != "contract" for rate in lines.rates] + [False], dtype=bool)
    listed = np.array([skus()[name].priced_by != "plan" for name in lines.skus], dtype=bool)
    return of_list[lines.rate] & (lines.tier != FREE) & listed[lines.sku]


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


def _parts_of_port_months(plan: Plan) -> bool:
    """Whether an underlay with ports is there in a part of a month only."""
    hours = plan.timeline.underlay_hours[sorted(plan.inventory.underlays.ports)]
    return bool(((hours > 0) & (hours < np.diff(plan.inventory.bounds) // HOUR)).any())


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
        yield f"inter-region data transfer of groups that state no cloud_region: {some(unstated, _MOST_NAMES)}"
    new = sorted(set(groups.underlay[groups.private].tolist()) - set(np.flatnonzero(underlays.already_attached)))
    for what, stated in (
        ("Express Connect ports", underlays.ports),
        ("the carrier's leased lines", underlays.leased_lines),
    ):
        if missing := [underlays.ids[code] for code in new if code not in stated]:
            yield f"{what} under private attachments: {some(missing, _MOST_NAMES)}"
    left = tables.retirements
    if len(left.router):
        names = [tables.routers.ids[code] for code in sorted(set(left.router.tolist()))]
        count = int(left.connections.sum())
        yield f"fees of the {count} VPN attachments that exist and leave: {some(names, _MOST_NAMES)}"
    yield "equipment in the data centres and branches"
    if not _taxes_that_apply(plan):
        yield "tax"


def _taxes_that_apply(plan: Plan) -> list[Tax]:
    """Taxes of finance that add something to a bill of this plan."""
    applied = {(tax.title, tax.source) for bill in settlement.settle(plan) for tax in bill.taxes if any(tax.amounts)}
    return [tax for tax in plan.scenarios[0].finance.tax if (tax.title, tax.source) in applied]
