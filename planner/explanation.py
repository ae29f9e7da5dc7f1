"""Amounts of a plan taken apart: how each comes about, from the sites of the plan to the source of its price.

Nothing is calculated anew: numbers are those of the plan's tables, gathered for one item of one subject in a month.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from planner import derivation, pool_share, priced_line, statement, summary
from planner.amount import Amount
from planner.core.period import Month
from planner.core.problem import Location
from planner.core.provenance import Assumption
from planner.derivation import Derivation, Hours, Volume
from planner.finance import ExchangeRate, exchange_rate
from planner.plan import Plan
from planner.pool_share import Pool
from planner.priced_line import Line, Origin
from planner.scenario import TableRow
from pricing.price_table import FREE
from pricing.sku import Sku, skus

SubjectKind = Literal["attachment group", "underlay", "prepaid plan"]


@dataclass(frozen=True)
class Statement:
    """A value that the plan states, or should."""

    key: str
    profile: str | None
    """The traffic profile that it belongs to; None: the group's own traffic."""
    location: Location
    """Where it stands; if it does not exist, where it belongs."""


@dataclass(frozen=True)
class Explanation:
    """An amount with everything that makes it."""

    plan: str
    month: Month
    sku: str
    item: Sku
    subject: str
    kind: SubjectKind
    location: Location | None
    """Of the subject in the plan."""
    router: str
    region: str
    place: str
    account: str
    """Which is billed."""
    owner: str
    cost_center: str
    gl_code: str
    currency: str
    """Of the bill."""
    reported_currency: str
    exchange: ExchangeRate | None
    """What makes the results' currency of it; None where it is the same."""
    quantity: int | None
    """Micro-units; None: unknown."""
    derivation: Derivation | None
    """How the quantity comes about; None where that is not known."""
    stated: Statement | None
    """The GB of the plan that it rests on."""
    priceable: bool
    """False where no billing rule is known."""
    given: bool
    """Whether the plan itself gives the rates, as of a leased line."""
    pool: Pool | None
    lines: tuple[Line, ...]
    origins: tuple[Origin, ...]
    price_books: tuple[str, ...]
    """Titles of the plan's own price books, the strongest last."""
    assumptions: tuple[Assumption, ...] = ()

    @property
    def list_cost(self) -> int:
        """Nano-units of the bill's currency: the part that has a list price."""
        return sum(line.list_cost or 0 for line in self.lines)

    @property
    def contracted(self) -> int:
        """Nano-units of the bill's currency: the priced part."""
        return sum(line.contracted or 0 for line in self.lines)

    @property
    def billed(self) -> int:
        """Nano-units of the bill's currency: the priced part."""
        return sum(line.billed or 0 for line in self.lines)

    @property
    def reported(self) -> int:
        """Nano-units of the results' currency: the priced part."""
        return sum(line.reported or 0 for line in self.lines)

    @property
    def unpriced(self) -> tuple[Line, ...]:
        """Lines without a quantity or a rate."""
        return tuple(line for line in self.lines if line.contracted is None)

    @property
    def status(self) -> Literal["priced", "partly priced", "unpriced"]:
        if not self.unpriced:
            return "priced"
        return "unpriced" if len(self.unpriced) == len(self.lines) else "partly priced"


def explain(plan: Plan, amount: Amount) -> Explanation:
    """An amount with everything that makes it."""
    number, row, month = amount.at
    rated, tables = plan.rated[number], plan.inventory
    usage = rated.usage
    subject = int(usage.subject[row])
    unknown = bool(usage.unknown[row, month])
    derived = None if unknown else derivation.derive(tables, plan.timeline, usage, row, month)
    kind, router = _kind(plan, subject)
    lines = tuple(priced_line.lines_of(rated, row, month))
    exchange = None
    if rated.exchange is not None:
        exchange = exchange_rate(plan.scenarios[0].finance, rated.currency, rated.exchange.quote, amount.month)
    found = Explanation(
        plan=plan.scenarios[0].plan.name,
        month=amount.month,
        sku=usage.sku,
        item=skus()[usage.sku],
        subject=amount.subject,
        kind=kind,
        location=tables.subject_places[subject].location,
        router=router,
        region=tables.regions[int(usage.region[row])],
        place=amount.place,
        account=amount.account,
        owner=tables.accounts[int(summary.owners(plan)[subject])],
        cost_center=tables.cost_centers[subject],
        gl_code=plan.scenarios[0].finance.gl_codes.get(usage.sku, ""),
        currency=rated.currency,
        reported_currency=tables.currency,
        exchange=exchange,
        quantity=None if unknown else int(usage.quantity[row, month]),
        derivation=derived,
        stated=_stated(plan, usage.sku, subject, derived),
        priceable=usage.priceable,
        given=usage.rates is not None,
        pool=None if unknown else pool_share.pool_of(plan, rated, row, month),
        lines=lines,
        origins=tuple(priced_line.origins_of(plan, rated, amount, lines)),
        price_books=tuple(priced_line.book_titles(plan)),
    )
    return dataclasses.replace(found, assumptions=tuple(_assumptions(plan, found)))


def _kind(plan: Plan, subject: int) -> tuple[SubjectKind, str]:
    """What a subject is, and the transit router it is priced on; "" where it has none."""
    groups, underlays, routers = plan.inventory.groups, plan.inventory.underlays, plan.inventory.routers
    if subject < len(groups.ids):
        return "attachment group", routers.ids[int(groups.router[subject])]
    underlay = subject - len(groups.ids)
    if underlay < len(underlays.ids):
        return "underlay", routers.ids[int(underlays.router[underlay])]
    return "prepaid plan", ""


def _stated(plan: Plan, sku: str, subject: int, derived: Derivation | None) -> Statement | None:
    """Where the plan states the GB of a group, or should."""
    groups = plan.inventory.groups
    if subject >= len(groups.ids) or isinstance(derived, Hours) or not skus()[sku].usage_based:
        return None
    way = derived.direction if derived else derivation.direction(plan.inventory, sku, subject)
    key = f"{way}_data_center_gb"
    scenario = plan.scenarios[int(groups.scenario[subject])]
    group = next(one for one in scenario.groups if one.id == groups.ids[subject])
    traffic = group.entry.traffic
    if isinstance(traffic, str):
        return Statement(key, traffic, scenario.place("profiles", traffic, key).location)
    place = group.at(key) if isinstance(group.entry, TableRow) else group.at("traffic", key)
    return Statement(key, None, place.location)


# --- assumptions


def _assumptions(plan: Plan, found: Explanation) -> Iterator[Assumption]:
    """The open questions of the plan that touch an amount; one that is not known here is named rather than not."""
    for one in statement.used_assumptions(plan):
        touches = _TOUCHES.get(one.id)
        if touches is None or touches(found, plan):
            yield one


def _by_the_hour(found: Explanation, plan: Plan) -> bool:
    """Whether the quantity is hours, or GB of less than a whole month."""
    if isinstance(found.derivation, Volume):
        return any(stay.hours < found.derivation.month_hours for stay in found.derivation.stays)
    return not found.item.usage_based


def _of_traffic(found: Explanation, plan: Plan) -> bool:
    return found.item.unit == "GB"


def _draws_in_turn(found: Explanation, plan: Plan) -> bool:
    """Whether regions of the plan share a free quota."""
    draws = found.pool.draws if found.pool else ()
    return any(draw.plan_free for draw in draws) and sum(draw.plan > 0 for draw in draws) > 1


def _free_before_tiers(found: Explanation, plan: Plan) -> bool:
    columns = found.pool.columns if found.pool else ()
    return any(column.tier for column in columns) and any(
        column.tier == FREE and (column.baseline or column.plan) for column in columns
    )


_TOUCHES: Mapping[str, Callable[[Explanation, Plan], bool]] = {
    "ecmp-scope": lambda found, plan: False,  # a question of quotas
    "part-of-an-hour": _by_the_hour,
    "gb-definition": _of_traffic,
    "encryption-overhead": _of_traffic,
    "connection-fee-per-connection": lambda found, plan: found.item.unit == "connection-hour",
    "list-prices-stay": lambda found, plan: any(origin.what == "list price" for origin in found.origins),
    "payer": lambda found, plan: bool(found.router) and found.owner != _account_of(plan, found.router),
    "removal-order": lambda found, plan: isinstance(found.derivation, Volume) and found.derivation.split,
    "free-quota-region-order": _draws_in_turn,
    "free-quota-position": _free_before_tiers,
    "baseline": lambda found, plan: found.pool is not None and not found.pool.baseline_given,
}
"""Whether an assumption that touches the plan touches an amount of it."""


def _account_of(plan: Plan, router: str) -> str:
    routers = plan.inventory.routers
    return plan.inventory.accounts[int(routers.account[routers.ids.index(router)])]
