"""What prepaid plans do in a plan: those that cover a part of an amount, and what becomes of one that is bought."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from planner.core.period import Month
from planner.core.problem import Location
from planner.core.region import REGIONS
from planner.plan import Plan
from pricing import money
from pricing.prepaid import Kind, Prepaid, kinds
from pricing.rating import Rated
from pricing.usage import Ints


@dataclass(frozen=True)
class Use:
    """What becomes of a prepaid plan in a month: micro-GB of a volume, nano-units of its currency of a commitment."""

    month: Month
    hours: int
    """In which it is valid."""
    bought: int
    """What comes: a volume in its first month of the period, a commitment in every hour."""
    by_others: int
    """Drawn by everything else in the account."""
    by_plan: int
    """Drawn by what this plan uses."""
    expired: int
    remaining: int
    """At the end of the month."""
    due: int | None
    """Nano-units that are to be paid; None: no price is known."""
    used_cost: int | None
    """Nano-units: the price, spread over what was drawn."""
    lost_cost: int | None
    """Nano-units: the price of what expired."""

    @property
    def before(self) -> int:
        """What there was to draw on in the month: what was left, and what came."""
        return self.remaining + self.expired + self.by_plan + self.by_others


@dataclass(frozen=True)
class Bought:
    """A prepaid plan with what becomes of it in some months."""

    name: str
    kind: str
    of_kind: Kind
    account: str
    area: str | None
    """The area whose regions it serves; None: all regions."""
    start: date
    end: date
    """The first day on which it is no longer valid."""
    location: Location
    exists: bool
    """Whether the estate has it already, so that its price is not one of this plan."""
    size: int
    """Micro-GB of a volume, nano-units per hour of a commitment."""
    factor: Fraction
    """What usage that a commitment covers counts for, as a factor of its contracted cost."""
    price: int | None
    """Nano-units paid at the start; None: unknown, or paid month by month."""
    currency: str
    """Of its price."""
    assumed_full: bool
    """Whether it began before the period and nothing says what is left of it."""
    uses: tuple[Use, ...]

    @property
    def unit(self) -> str:
        """Of what is drawn: GB, or the currency of a commitment."""
        return self.currency if self.of_kind.is_commitment else "GB"


@dataclass(frozen=True)
class Cover:
    """Which prepaid plans an amount can draw on, and what of its item they cover in a month."""

    plans: tuple[Bought, ...]
    """In the order in which they are drawn, each with the use of the month."""
    covered: int
    """Micro-units of the item that they cover in the account."""
    quantity: int
    """Micro-units of the item in the account that they can cover: what is not free."""
    own: int
    """Micro-units of the amount that they cover."""


def cover_of(plan: Plan, rated: Rated, row: int, month: int) -> Cover | None:
    """What prepaid plans cover of a row's quantity and of its item; None where none of them can."""
    if plan.prepaid is None or not rated.usage.priceable:
        return None
    usage = rated.usage
    account = int(usage.account[row])
    region = plan.inventory.regions[int(usage.region[row])]
    valid = [
        number
        for number, one in enumerate(plan.prepaid.plans)
        if one.account == account
        and one.offsets(usage.sku)
        and plan.prepaid.use.hours[number, month]
        and region in REGIONS
        and one.serves([region])[0]
    ]
    if not valid:
        return None
    valid.sort(key=lambda number: _turn(plan.prepaid.plans[number]))  # type: ignore[union-attr]
    rows = usage.account == account
    return Cover(
        plans=tuple(_bought(plan, number, [month]) for number in valid),
        covered=_sum(rated, rows, month, covered=True),
        quantity=_sum(rated, rows, month),
        own=sum(int(rated.quantity[k, row, month]) for k, covered in enumerate(rated.covered) if covered),
    )


def _turn(one: Prepaid) -> tuple[date, date, str]:
    """The order in which plans are drawn: the one that expires first goes first."""
    return one.end, one.start, one.name


def _sum(rated: Rated, rows: Ints, month: int, covered: bool = False) -> int:
    """Micro-units that are not free: all, or those that are covered."""
    return sum(
        money.total(rated.quantity[k, rows, month])
        for k, column in enumerate(rated.column)
        if column > 0 and (rated.covered[k] or not covered)
    )


def bought(plan: Plan, number: int) -> Bought:
    """A prepaid plan with what becomes of it in every month of the period in which something does.

    number : its row in the inventory's table
    """
    assert plan.prepaid is not None
    use = plan.prepaid.use
    columns = [column for column, hours in enumerate(use.hours[number].tolist()) if hours]
    return _bought(plan, number, columns)


def _bought(plan: Plan, number: int, columns: Sequence[int]) -> Bought:
    assert plan.prepaid is not None
    one, tables = plan.prepaid.plans[number], plan.inventory
    return Bought(
        name=one.name,
        kind=one.kind,
        of_kind=kinds()[one.kind],
        account=tables.accounts[one.account],
        area=one.area,
        start=one.start,
        end=one.end,
        location=tables.prepaid.places[number].location,
        exists=int(tables.prepaid.scenario[number]) < 0,
        size=one.quantity or one.per_hour,
        factor=one.factor,
        price=one.price,
        currency=plan.prepaid.currency[number],
        assumed_full=bool(one.quantity) and one.remaining is None and one.start < tables.period.first.first_day,
        uses=tuple(_uses(plan, number, columns)),
    )


def _uses(plan: Plan, number: int, columns: Sequence[int]) -> Iterator[Use]:
    assert plan.prepaid is not None
    use, costs = plan.prepaid.use, plan.prepaid.costs
    one = plan.prepaid.plans[number]
    priced = one.monthly or one.price is not None
    remaining = use.remaining[number]
    for column in columns:
        due, used, lost = (int(of[number, column]) for of in (costs.due, costs.used, costs.lost))
        yield Use(
            month=plan.inventory.period.months[column],
            hours=int(use.hours[number, column]),
            bought=int(use.bought[number, column]),
            by_others=int(use.by_others[number, column]),
            by_plan=int(use.by_lines[number, column]),
            expired=int(use.expired[number, column]),
            remaining=int(remaining[column]),
            due=due if priced else None,
            used_cost=used if priced else None,
            lost_cost=lost if priced else None,
        )
