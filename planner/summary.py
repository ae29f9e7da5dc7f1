"""What a plan costs, added up the ways people ask for it; exact, in nano-units of the plan's currency."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from planner.core.cost_center import NOT_GIVEN
from planner.estate import CARRIERS
from planner.plan import Plan
from pricing.cost import Objects
from pricing.sku import Sku, skus
from pricing.usage import Bools


@dataclass(frozen=True)
class Sum:
    """What something costs by month."""

    key: tuple[str, ...]
    amounts: tuple[int, ...]
    """(m,) nano-units: the priced part."""
    unpriced: tuple[bool, ...]
    """(m,) where something has no price."""
    covered: bool = field(default=False, kw_only=True)
    """Whether prepaid plans cover some of it."""

    @property
    def total(self) -> int:
        """The priced part over all months."""
        return sum(self.amounts)

    @property
    def complete(self) -> bool:
        """Whether everything has a price, so that the total is the cost."""
        return not any(self.unpriced)

    @property
    def first(self) -> int | None:
        """Column of the first month with a cost or with something unpriced; None: there is none."""
        return next(
            (m for m, (amount, no) in enumerate(zip(self.amounts, self.unpriced, strict=True)) if amount or no),
            None,
        )

    @property
    def peak(self) -> int:
        """Column of the most expensive month; the first of several."""
        return max(range(len(self.amounts)), key=lambda m: (self.amounts[m], -m))


@dataclass(frozen=True)
class CostRow(Sum):
    """What one item costs for one subject."""

    scenario: str = field(kw_only=True)
    router: str = field(kw_only=True)
    region: str = field(kw_only=True)
    subject: str = field(kw_only=True)
    """Attachment group or underlay; of several plans with its plan, plan:group."""
    sku: str = field(kw_only=True)
    account: str = field(kw_only=True)
    """Account that is billed; ``CARRIERS`` for what carriers bill."""
    owner: str = field(kw_only=True)
    """Account that owns the connections, or the transit router of an underlay."""
    cost_center: str = field(kw_only=True)
    gl_code: str = field(kw_only=True)
    """Account of the general ledger that the item is booked to."""


@dataclass(frozen=True)
class Steps:
    """How list prices become what is billed; nano-units over the whole period. Each is exact, and they add up."""

    list_cost: int
    """At Alibaba Cloud's list price: of what is priced, the part that has one."""
    list_complete: bool
    """Whether everything that is priced has a list price."""
    without_list_price: int
    """At contracted price: the part that has no list price."""
    contract: int
    """What contract rates and discounts change of the list cost."""
    covered: int
    """What prepaid plans cover, at contracted price: not billed; 0 or negative."""
    prepaid_plans: int
    """The price of prepaid plans, when it is due."""
    leased_lines: int
    """What carriers bill."""
    billed: int

    @property
    def contracted(self) -> int:
        """Usage at contracted price."""
        return self.list_cost + self.without_list_price + self.contract

    @property
    def plain(self) -> bool:
        """Whether what is billed is the list price."""
        return self.list_cost == self.billed and not (self.without_list_price or self.contract or self.covered)


@dataclass(frozen=True)
class Totals:
    """The bottom line."""

    amounts: tuple[int, ...]
    """(m,) priced part of each month, nano-units; what is billed, before tax."""
    unpriced: tuple[bool, ...]
    """(m,) whether something in the month has no price."""
    priced_lines: int
    lines: int

    @property
    def subtotal(self) -> int:
        """The priced part, nano-units."""
        return sum(self.amounts)

    @property
    def complete(self) -> bool:
        """Whether every line is priced."""
        return self.priced_lines == self.lines

    @cached_property
    def coverage_percent(self) -> str:
        """Priced lines in percent of all lines, to two decimals; 100 only when every line is priced."""
        if self.complete:
            return "100"
        hundredths = min((self.priced_lines * 20000 + self.lines) // (2 * self.lines), 9999)
        whole, part = divmod(hundredths, 100)
        return f"{whole}.{part:02}".rstrip("0").rstrip(".")


def cost_rows(plan: Plan) -> tuple[CostRow, ...]:
    """One row per subject and item that is used in the period, be it free; by router, subject and item."""
    tables, costs = plan.inventory, plan.costs
    gl_codes = plan.scenarios[0].finance.gl_codes
    order = {sku: number for number, sku in enumerate(skus())}
    leased = _rows_of(_is_of_carrier, plan)
    accounts = [CARRIERS if own else tables.accounts[code] for own, code in zip(leased, costs.account, strict=True)]
    rows = []
    for row, (sku, subject) in enumerate(zip(costs.sku.tolist(), costs.subject.tolist(), strict=True)):
        amounts, unpriced = tuple(costs.amount[row].tolist()), tuple(costs.unpriced[row].tolist())
        if costs.used[row]:
            rows.append(
                CostRow(
                    key=(),
                    amounts=amounts,
                    unpriced=unpriced,
                    covered=bool(costs.covered[row]),
                    scenario=tables.scenarios[tables.subject_scenarios[subject]],
                    router=tables.subject_routers[subject],
                    region=tables.regions[costs.region[row]],
                    subject=tables.subject_names[subject],
                    sku=costs.skus[sku],
                    account=accounts[row],
                    owner=tables.accounts[tables.subject_owners[subject]],
                    gl_code=gl_codes.get(costs.skus[sku], NOT_GIVEN),
                    cost_center=tables.cost_centers[subject] or NOT_GIVEN,
                )
            )
    return tuple(sorted(rows, key=lambda r: (r.router, r.scenario, r.subject, order[r.sku], r.region)))


def by(rows: Iterable[CostRow], *names: str) -> tuple[Sum, ...]:
    """Rows added up by the named attributes, sorted by them: by(rows, "router", "sku")."""
    groups: dict[tuple[str, ...], list[CostRow]] = {}
    for row in rows:
        groups.setdefault(tuple(getattr(row, name) for name in names), []).append(row)
    return tuple(add(groups[key], key) for key in sorted(groups))


def dearest(found: Iterable[Sum]) -> list[Sum]:
    """Sums by their total, the largest first; of equal ones those with an unpriced part."""
    return sorted(found, key=lambda one: (-one.total, one.complete, one.key))


def add(rows: Sequence[Sum], key: tuple[str, ...] = ()) -> Sum:
    """Rows added up, month by month."""
    return Sum(
        key=key,
        amounts=tuple(map(sum, zip(*(row.amounts for row in rows), strict=True))),
        unpriced=tuple(map(any, zip(*(row.unpriced for row in rows), strict=True))),
        covered=any(row.covered for row in rows),
    )


def years(plan: Plan) -> tuple[tuple[int, slice], ...]:
    """The fiscal years of the period, which may be calendar years, and the columns of each."""
    fiscal_year = plan.scenarios[0].finance.fiscal_year
    columns: dict[int, list[int]] = {}
    for column, month in enumerate(plan.inventory.period.months):
        columns.setdefault(fiscal_year.of(month), []).append(column)
    return tuple((year, slice(own[0], own[-1] + 1)) for year, own in columns.items())


def year_kind(plan: Plan) -> str:
    """What the years of ``years`` are: calendar or fiscal years."""
    return "calendar year" if plan.scenarios[0].finance.fiscal_year.first_month == 1 else "fiscal year"


def year_name(plan: Plan, year: int) -> str:
    """A year as reports call it: 2027, or FY2027 where fiscal years do not begin in January."""
    return str(year) if year_kind(plan) == "calendar year" else f"FY{year}"


def steps(plan: Plan) -> Steps:
    """How the list prices of a plan become what is billed."""
    return Steps(
        **{name: sum(amounts) for name, amounts in steps_by_month(plan).items()},
        list_complete=not (plan.lines.priced & ~plan.lines.list_priced).any(),
        billed=sum(map(sum, plan.costs.amount.tolist())),
    )


def steps_by_month(plan: Plan) -> dict[str, tuple[int, ...]]:
    """(m,) amounts by the names they have in ``Steps``, from the list price on: together they are what is billed."""
    costs = plan.costs
    bought, leased = _rows_of(_is_prepaid_plan, plan), _rows_of(_is_of_carrier, plan)
    usage = ~bought & ~leased
    listed, unlisted, contracted, billed = (
        _by_month(part, usage, plan) for part in (costs.list_amount, costs.unlisted, costs.contracted, costs.amount)
    )
    found = {
        "list_cost": listed,
        "without_list_price": unlisted,
        "contract": contracted - unlisted - listed,
        "covered": billed - contracted,
        "prepaid_plans": _by_month(costs.amount, bought, plan),
        "leased_lines": _by_month(costs.amount, leased, plan),
    }
    return {name: tuple(amounts.tolist()) for name, amounts in found.items()}


def _is_prepaid_plan(sku: Sku) -> bool:
    return sku.priced_by == "plan" and not _is_of_carrier(sku)


def _is_of_carrier(sku: Sku) -> bool:
    return sku.billed_by == "carrier"


def _rows_of(chosen: Callable[[Sku], bool], plan: Plan) -> Bools:
    """(c,) which rows of a plan's costs are of the chosen items."""
    return np.isin(plan.costs.sku, [number for number, sku in enumerate(plan.costs.skus) if chosen(skus()[sku])])


def _by_month(amounts: Objects, chosen: Bools, plan: Plan) -> Objects:
    """(m,) the chosen rows of (c, m) amounts added up."""
    none = np.zeros(plan.inventory.period.count, dtype=object)
    return amounts[chosen].sum(axis=0) if chosen.any() else none


def totals(plan: Plan) -> Totals:
    """The bottom line of a plan that was priced."""
    lines = plan.lines
    months = plan.inventory.period.count
    unpriced = np.bincount(lines.month[~lines.priced], minlength=months) > 0
    amounts = [0] * months
    for row in plan.costs.amount:
        amounts = [total + amount for total, amount in zip(amounts, row.tolist(), strict=True)]
    return Totals(tuple(amounts), tuple(unpriced.tolist()), int(lines.priced.sum()), len(lines.priced))
