"""Amounts of a plan taken apart: how each comes about, from the sites of the plan to the source of its price.

Nothing is calculated anew: numbers are those of the plan's tables, gathered for one item of one subject in a month.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from planner import amount_assumption, derivation, pool_share, prepaid_share, priced_line, statement
from planner.amount import Amount
from planner.amount_assumption import ROUTER_FEES, Basis
from planner.assumption import Answered
from planner.core.period import Month
from planner.core.problem import Location
from planner.core.region import LANE
from planner.derivation import Derivation, Direction, Hours
from planner.finance import ExchangeRate, exchange_rate
from planner.plan import Plan
from planner.plan_file import TableRow
from planner.pool_share import Pool
from planner.prepaid_share import Bought, Cover
from planner.priced_line import Line, Origin
from pricing.sku import Sku, skus
from pricing.usage import Usage

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
class Lane:
    """From where to where something is sent, and what is at its ends."""

    origin: str
    destination: str
    direction: Direction
    """to: from the clouds to the router, towards the data centre; from: the other way."""


@dataclass(frozen=True)
class Explanation:
    """An amount with everything that makes it."""

    plan: str
    """That brings the subject; of a prepaid plan that exists already, all plans."""
    plans: tuple[str, ...]
    """That were calculated together."""
    month: Month
    sku: str
    item: Sku
    subject: str
    """Of several plans with its plan in front."""
    id: str
    """As the file of its plan calls it."""
    kind: SubjectKind
    location: Location | None
    """Of the subject in the plan."""
    router: str
    """The transit router; empty where it has none."""
    router_region: str
    region: str
    """Where it is used."""
    place: str
    """What decides its price: a region or a lane; of what the plan prices itself, what that is."""
    lane: Lane | None
    """Which decides its price; None: something else does."""
    account: str
    """Which is billed."""
    payer: str
    """Why this account and no other; empty where there is no question."""
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
    cover: Cover | None
    """The prepaid plans that it can draw on; None: there are none."""
    bought: Bought | None
    """What becomes of the prepaid plan that is paid; None: it is something else."""
    lines: tuple[Line, ...]
    origins: tuple[Origin, ...]
    price_books: tuple[str, ...]
    """Titles of the plan's own price books, the strongest last."""
    assumptions: tuple[Answered, ...]

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
        """Lines of which it is not known what is billed: without a quantity, or without a rate."""
        return tuple(line for line in self.lines if line.billed is None)

    @property
    def status(self) -> Literal["priced", "partly priced", "unpriced"]:
        if not self.unpriced:
            return "priced"
        return "unpriced" if len(self.unpriced) == len(self.lines) else "partly priced"


def explain(plan: Plan, amount: Amount) -> Explanation:
    """An amount with everything that makes it."""
    (found,) = explain_all(plan, [amount])
    return found


def explain_all(plan: Plan, amounts: Iterable[Amount]) -> Iterator[Explanation]:
    """Amounts of a plan, each with everything that makes it."""
    questions = statement.used_assumptions(plan)
    for amount in amounts:
        yield _explain(plan, amount, questions)


def _explain(plan: Plan, amount: Amount, questions: Sequence[Answered]) -> Explanation:
    """One of them. questions : the open ones that touch the plan"""
    number, row, month = amount.at
    rated, tables = plan.rated[number], plan.inventory
    usage = rated.usage
    subject = int(usage.subject[row])
    brings = int(tables.subject_scenarios[subject])
    unknown = bool(usage.unknown[row, month])
    derived = None if unknown else derivation.derive(tables, plan.timeline, usage, row, month)
    kind, router = _kind(plan, subject)
    lines = tuple(priced_line.lines_of(rated, row, month))
    exchange = None
    if rated.exchange is not None:
        exchange = exchange_rate(plan.scenarios[0].finance, rated.currency, rated.exchange.quote, amount.month)
    pool = None if unknown else pool_share.pool_of(plan, rated, row, month)
    cover = bought = None
    if plan.prepaid is not None:
        cover = None if unknown else prepaid_share.cover_of(plan, rated, row, month)
        if kind == "prepaid plan":
            bought = prepaid_share.bought(plan, subject - len(tables.subjects) + len(tables.prepaid.ids))
    return Explanation(
        plan=tables.scenarios[brings] if brings >= 0 else ",".join(tables.scenarios),
        plans=tables.scenarios,
        month=amount.month,
        sku=usage.sku,
        item=skus()[usage.sku],
        subject=amount.subject,
        id=tables.subjects[subject],
        kind=kind,
        location=tables.subject_places[subject].location,
        router=router,
        router_region=tables.regions[int(tables.routers.region[tables.routers.ids.index(router)])] if router else "",
        region=tables.regions[int(usage.region[row])],
        place=amount.place,
        lane=_lane(plan, usage, row),
        account=amount.account,
        payer=_payer(plan, usage.sku, subject, amount.account),
        owner=tables.accounts[int(tables.subject_owners[subject])],
        cost_center=tables.cost_centers[subject],
        gl_code=plan.scenarios[0].finance.gl_codes.get(usage.sku, ""),
        currency=rated.currency,
        reported_currency=tables.currency,
        exchange=exchange,
        quantity=None if unknown else int(usage.quantity[row, month]),
        derivation=derived,
        stated=_stated(plan, usage, row, derived),
        priceable=usage.priceable,
        given=usage.rates is not None,
        pool=pool,
        cover=cover,
        bought=bought,
        lines=lines,
        origins=tuple(priced_line.origins_of(plan, rated, amount, lines)),
        price_books=tuple(priced_line.book_titles(plan)),
        assumptions=tuple(amount_assumption.touching(Basis(plan, amount, derived, pool, lines, cover), questions)),
    )


def _kind(plan: Plan, subject: int) -> tuple[SubjectKind, str]:
    """What a subject is, and the transit router it is priced on; "" where it has none."""
    groups, underlays, routers = plan.inventory.groups, plan.inventory.underlays, plan.inventory.routers
    if subject < len(groups.ids):
        return "attachment group", routers.ids[int(groups.router[subject])]
    underlay = subject - len(groups.ids)
    if underlay < len(underlays.ids):
        return "underlay", routers.ids[int(underlays.router[underlay])]
    return "prepaid plan", ""


def _lane(plan: Plan, usage: Usage, row: int) -> Lane | None:
    """From where to where it is sent, where that decides its price."""
    if "lane" not in skus()[usage.sku].priced_by or usage.lane is None:
        return None
    origin, _, destination = usage.lanes[int(usage.lane[row])].partition(LANE)
    return Lane(origin, destination, derivation.direction(plan.inventory, usage, row))


def _payer(plan: Plan, sku: str, subject: int, account: str) -> str:
    """Why an account pays, where the connection belongs to another one than the transit router."""
    tables = plan.inventory
    groups, routers = tables.groups, tables.routers
    if skus()[sku].billed_by == "carrier":
        return "to which it is counted; the carrier is paid"
    if subject >= len(groups.ids):
        return ""
    home = int(routers.account[groups.router[subject]])
    if groups.owner[subject] == home:
        return ""
    owns = "which owns the transit router" if account == tables.accounts[home] else "which owns the connection"
    if sku not in ROUTER_FEES:
        return owns
    stated = groups.payer[subject]
    why = f"payer: {stated}, as the attachment says" if stated else f"assumption payer: {tables.assumptions.payer}"
    return f"{owns} ({why})"


def _stated(plan: Plan, usage: Usage, row: int, derived: Derivation | None) -> Statement | None:
    """Where the plan states the GB of a group, or should."""
    groups, subject = plan.inventory.groups, int(usage.subject[row])
    if subject >= len(groups.ids) or isinstance(derived, Hours) or not skus()[usage.sku].usage_based:
        return None
    key = f"{derivation.direction(plan.inventory, usage, row)}_data_center_gb"
    scenario = plan.scenarios[int(groups.scenario[subject])]
    group = next(one for one in scenario.groups if one.id == groups.ids[subject])
    traffic = group.entry.traffic
    if isinstance(traffic, str):
        return Statement(key, traffic, scenario.place("profiles", traffic, key).location)
    place = group.at(key) if isinstance(group.entry, TableRow) else group.at("traffic", key)
    return Statement(key, None, place.location)
