"""The live workbook of a plan, laid out: every sheet that has formulas, so that each can refer to the others."""

from __future__ import annotations

from dataclasses import dataclass

from planner import summary
from planner.plan import Plan
from reports import (
    live_checks,
    live_cost_by_month,
    live_costs,
    live_inputs,
    live_line,
    live_prices,
    live_quota_inputs,
    live_quotas,
    live_usage,
)
from reports.live_calculation import Calculation
from reports.live_checks import Checks
from reports.live_cost_by_month import CostByMonth
from reports.live_cost_rows import Costs
from reports.live_input_sheet import Inputs
from reports.live_prices import Prices
from reports.live_quota_inputs import QuotaInputs
from reports.live_quotas import MEASURES, Quotas
from reports.live_usage import Quantities

MOST_FORMULAS = 300_000
"""Formulas of Calculation, about: with more, groups are added up by transit router and item. A spreadsheet program
takes some seconds for so many."""
MOST_SCOPES = 25_000 // len(MEASURES)


@dataclass(frozen=True)
class Model:
    """Every sheet with formulas."""

    plan: Plan
    detailed: bool
    """Whether groups are listed; too many are added up by transit router and item."""
    inputs: Inputs
    prices: Prices
    calculation: Calculation
    quantities: Quantities
    costs: Costs
    cost_by_month: CostByMonth
    quota_inputs: QuotaInputs
    quotas: Quotas
    checks: Checks


def formulas_of(plan: Plan) -> int:
    """About how many formulas the calculation of a plan has with every group."""
    tables = plan.inventory
    lots, groups = len(tables.lots.group), len(tables.groups.ids)
    costs = sum(len(one.usage.subject) for one in plan.rated)
    return tables.period.count * (2 * lots + 4 * groups + 3 * costs)


def lay_out(plan: Plan, most: int = MOST_FORMULAS, most_scopes: int = MOST_SCOPES) -> Model:
    """The model of a priced plan.

    most        : formulas from which on groups are added up
    most_scopes : scopes of quotas that are shown
    """
    detailed = formulas_of(plan) <= most
    inputs = live_inputs.lay_out(plan, detailed)
    prices = live_prices.lay_out(plan, inputs)
    quota_inputs = live_quota_inputs.lay_out(plan, inputs)
    inputs.finish()
    calculation = Calculation(plan)
    quantities = live_usage.lay_out(calculation, inputs)
    items = live_line.items_of(plan, detailed)
    costs = live_costs.lay_out(calculation, inputs, prices, quantities, items)
    by_month = live_cost_by_month.lay_out(plan, calculation, costs, summary.years(plan), detailed)
    quotas = live_quotas.lay_out(plan, calculation, quota_inputs, most_scopes)
    watched = [*inputs.watched, *prices.watched]
    checks = live_checks.lay_out(plan, watched, calculation, quantities, costs, quotas, by_month.total)
    return Model(plan, detailed, inputs, prices, calculation, quantities, costs, by_month, quota_inputs, quotas, checks)
