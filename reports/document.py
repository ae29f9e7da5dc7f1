"""A plan as a JSON document: the one shape that `check` and `estimate` share, for programs.

Money, rates and quantities are plain decimal text; null is unknown and never 0.
The schema is docs/schema/document.schema.json.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from planner import capacity, chargeback, pool_bill, settlement, stated, statement, summary
from planner.assumption import Answered, Effect
from planner.core.period import instant_text, month_of
from planner.core.problem import Finding
from planner.effect import says
from planner.plan import Plan
from planner.quota import PENDING, STATUSES, UNKNOWN, QuotaUse
from pricing import line_item, money, price_table
from pricing.sku import skus

VERSION = 1


def render(plan: Plan) -> str:
    """The document as text: two spaces of indentation, a newline at the end. A report cannot be rendered from it."""
    return _text(document(plan))


def kept(plan: Plan) -> str:
    """The document of a priced plan with its state, from which a report can be rendered again."""
    from planner import saved_state  # knows every record of a plan; a check does without

    found = document(plan)
    return _text({**found, saved_state.KEY: saved_state.state_of(plan, found)})


def _text(found: dict[str, Any]) -> str:
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def document(plan: Plan) -> dict[str, Any]:
    """The document as plain values."""
    period = plan.inventory.period
    return {
        "version": VERSION,
        "scenario": ",".join(plan.inventory.scenarios),
        "currency": plan.inventory.currency,
        "period": {"start": str(period.first), "months": period.count},
        "as_of": plan.as_of.isoformat() if plan.as_of else None,
        "plans": [{"name": one.plan.name, "stated": stated.plan(one)} for one in plan.scenarios],
        "groups": list(group_records(plan)),
        "estate": stated.estate(plan.scenarios[0]),
        "finance": stated.finance(plan.scenarios[0]) if plan.priced else {},
        "exchange_rates": [_exchange(used, plan) for used in statement.used_exchanges(plan)] if plan.priced else [],
        "totals": _totals(plan),
        "steps": _steps(plan),
        "evidence": _evidence(plan),
        "prepaid": list(prepaid_records(plan)),
        "settlement": list(settlement_records(plan)) if plan.priced else [],
        "charges": list(charge_records(plan)) if plan.priced and chargeback.shown(plan) else [],
        "pools": list(pool_records(plan)) if plan.priced else [],
        "line_items": list(line_item_records(plan)),
        "quotas": list(quota_records(plan, with_shares=len(plan.scenarios) > 1)),
        "capacity": list(capacity_records(plan)),
        "findings": [_finding(finding) for finding in plan.findings],
        "not_included": list(statement.not_included(plan)),
        "sources": [
            {
                "title": source.reference.title,
                "url": source.reference.url,
                "read_on": source.reference.read_on,
                "updated": source.reference.updated or None,
                "evidence": source.reference.evidence,
                "used_for": list(source.used_for),
                "notes": list(source.notes),
            }
            for source in statement.used_sources(plan)
        ],
        "assumptions": [
            *(_assumption(one, plan, True) for one in statement.used_assumptions(plan)),
            *(_assumption(one, plan, False) for one in statement.unused_assumptions(plan)),
        ],
        "state": None,
    }


def group_records(plan: Plan) -> Iterator[dict[str, Any]]:
    """The attachment groups as the plans state them, by plan and id."""
    for scenario in plan.scenarios:
        for group in scenario.groups:
            yield {"plan": scenario.plan.name, "id": group.id, "stated": stated.group(group)}


def _assumption(one: Answered, plan: Plan, touches: bool) -> dict[str, Any]:
    default, *others = one.assumption.answers
    return {
        "id": one.id,
        "title": one.assumption.title,
        "value": one.value,
        "default": default,
        "alternatives": others,
        "note": one.assumption.note,
        "source": one.assumption.source,
        "touches_plan": touches,
        "effects": [_effect(effect, plan) for effect in plan.effects if effect.id == one.id],
    }


def _effect(effect: Effect, plan: Plan) -> dict[str, Any]:
    months, known = plan.inventory.period.months, not effect.refused
    return {
        "answer": effect.alternative.words,
        "cost": _amount(effect.total) if known and effect.complete else None,
        "priced_subtotal": _amount(effect.total) if known else None,
        "months": {str(month): _amount(nano) for month, nano in zip(months, effect.months, strict=False) if nano},
        "accounts": {name: _amount(nano) for name, nano in effect.accounts},
        "unpriced_lines": effect.unpriced[1] - effect.unpriced[0] if known else None,
        "passes": effect.passes[1] if known else None,
        "adds": list(effect.appear),
        "removes": list(effect.disappear),
        "says": says(effect),
    }


def _totals(plan: Plan) -> dict[str, Any]:
    months = [str(month) for month in plan.inventory.period.months]
    if not plan.priced:
        return {
            "cost": None,
            "priced_subtotal": None,
            "complete": None,
            "coverage_percent": None,
            "months": [{"month": month, "cost": None, "priced_subtotal": None} for month in months],
        }
    totals = summary.totals(plan)
    subtotal = _amount(totals.subtotal)
    return {
        "cost": subtotal if totals.complete else None,
        "priced_subtotal": subtotal,
        "complete": totals.complete,
        "coverage_percent": totals.coverage_percent,
        "months": [
            {
                "month": month,
                "cost": None if unpriced else _amount(amount),
                "priced_subtotal": _amount(amount),
            }
            for month, amount, unpriced in zip(months, totals.amounts, totals.unpriced, strict=True)
        ],
    }


def _steps(plan: Plan) -> dict[str, Any] | None:
    if not plan.priced:
        return None
    steps = summary.steps(plan)
    return {
        "list_cost": _amount(steps.list_cost),
        "list_complete": steps.list_complete,
        "without_list_price": _amount(steps.without_list_price),
        "contract": _amount(steps.contract),
        "contracted_cost": _amount(steps.contracted),
        "covered": _amount(steps.covered),
        "prepaid_plans": _amount(steps.prepaid_plans),
        "leased_lines": _amount(steps.leased_lines),
        "billed_cost": _amount(steps.billed),
    }


def _evidence(plan: Plan) -> list[dict[str, Any]]:
    if not plan.priced:
        return []
    shares = statement.evidence_shares(plan)
    total = sum(share.amount for share in shares)
    return [
        {
            "evidence": share.evidence,
            "billed_cost": _amount(share.amount),
            "percent": share.percent(total),
            "lines": share.lines,
        }
        for share in shares
    ]


def _exchange(used: statement.UsedExchange, plan: Plan) -> dict[str, Any]:
    fiscal_year = plan.scenarios[0].finance.fiscal_year
    return {
        "from": used.rate.base,
        "to": used.rate.quote,
        "rate": format(used.rate.rate, "f"),
        "fiscal_years": list(used.years),
        "months": [str(month) for month in plan.inventory.period.months if fiscal_year.of(month) in used.years],
        "agreed_on": used.rate.agreed_on.isoformat(),
        "source": used.rate.source,
    }


def prepaid_records(plan: Plan) -> Iterator[dict[str, Any]]:
    """How prepaid plans are used up, as records by plan and month; volumes in GB, commitments as amounts."""
    if plan.prepaid is None:
        return
    months = [str(month) for month in plan.inventory.period.months]
    use, costs = plan.prepaid.use, plan.prepaid.costs
    for row, (one, currency) in enumerate(zip(plan.prepaid.plans, plan.prepaid.currency, strict=True)):
        decimals, priced = 9 if one.per_hour else 6, one.price is not None or one.monthly
        for column, month in enumerate(months):
            amounts = {
                name: money.text(int(part[row, column]), decimals)
                for name, part in (
                    ("bought", use.bought),
                    ("drawn_by_plan", use.by_lines),
                    ("drawn_by_others", use.by_others),
                    ("expired", use.expired),
                    ("remaining", use.remaining),
                )
            }
            money_of = {
                name: _amount(int(part[row, column])) if priced else None
                for name, part in (("due", costs.due), ("used_cost", costs.used), ("lost_cost", costs.lost))
            }
            yield {
                "name": one.name,
                "kind": one.kind,
                "account": plan.inventory.accounts[one.account],
                "start": one.start.isoformat(),
                "end": one.end.isoformat(),
                "month": month,
                "valid_hours": int(use.hours[row, column]),
                "unit": currency if one.per_hour else "GB",
                **amounts,
                "currency": currency,
                **money_of,
            }


def settlement_records(plan: Plan) -> Iterator[dict[str, Any]]:
    """The monthly bills of accounts, as records by account, currency and month; empty where none are shown."""
    months = [str(month) for month in plan.inventory.period.months]
    for one in settlement.settle(plan) if settlement.shown(plan) else ():
        for column, month in enumerate(months):
            yield {
                "account": one.account,
                "currency": one.currency,
                "month": month,
                "billed": _amount(one.billed[column]),
                "rounding": _amount(one.rounding[column]),
                "settled": _amount(one.settled[column]),
                "taxes": [
                    {"title": tax.title, "percent": format(tax.percent, "f"), "amount": _amount(tax.amounts[column])}
                    for tax in one.taxes
                ],
                "payable": _amount(one.payable[column]),
                "payable_in_results_currency": _amount(one.reported[column]),
                "complete": not one.unpriced[column],
            }


def charge_records(plan: Plan) -> Iterator[dict[str, Any]]:
    """What cost centres are charged, as records by cost centre and month."""
    months = [str(month) for month in plan.inventory.period.months]
    for one in chargeback.charge(plan):
        for column, month in enumerate(months):
            yield {
                "cost_center": one.cost_center,
                "month": month,
                "direct": _amount(one.direct[column]),
                "shared": _amount(one.shared[column]),
                "markup": _amount(one.markup[column]),
                "charged": _amount(one.total[column]),
                "complete": not one.unpriced[column],
            }


def pool_records(plan: Plan) -> Iterator[dict[str, Any]]:
    """Pools as the account's bill will show them, as records by item, account, region and month."""
    months = [str(month) for month in plan.inventory.period.months]
    for one in pool_bill.pool_bills(plan):
        for column, month in enumerate(months):
            yield {
                "sku": one.sku,
                "account": one.account,
                "region": one.region,
                "month": month,
                "run_rate": None if one.run_rate is None else _amount(one.run_rate[column]),
                "increment": _amount(one.increment[column]),
                "expected": None if one.expected is None else _amount(one.expected[column]),
                "complete": not (one.run_rate_unpriced[column] or one.increment_unpriced[column]),
            }


def line_item_records(plan: Plan) -> Iterator[dict[str, Any]]:
    """Line items as records, sorted by month, item, subject and tier."""
    tables, lines = plan.inventory, plan.lines
    months = [str(month) for month in tables.period.months]
    items = skus() if len(lines.month) else {}
    gl_codes = plan.scenarios[0].finance.gl_codes
    columns = (
        lines.month, lines.sku, lines.subject, lines.account, lines.region, lines.tier, lines.quantity, lines.rate,
        lines.list_rate, lines.list_amount, lines.list_priced, lines.contracted, lines.billed, lines.covered,
        lines.currency, lines.amount, lines.priced,
    )  # fmt: skip
    for (
        month, sku, subject, account, region, tier, quantity, code,
        list_code, list_amount, list_priced, contracted, billed, covered,
        currency, amount, priced,
    ) in zip(*(column.tolist() for column in columns), strict=True):  # fmt: skip
        rate = lines.rates[code] if code != price_table.NO_RATE else None
        list_rate = lines.rates[list_code] if list_code != price_table.NO_RATE else None
        item = items[lines.skus[sku]]
        yield {
            "month": months[month],
            "sku": lines.skus[sku],
            "subject": tables.subjects[subject],
            "scenario": _scenario(int(tables.subject_scenarios[subject]), plan),
            "region": tables.regions[region],
            "account": tables.accounts[account],
            "owner": tables.accounts[tables.subject_owners[subject]],
            "cost_center": tables.cost_centers[subject] or None,
            "gl_code": gl_codes.get(lines.skus[sku]),
            "pool": _pool(item.free_quota_over, item.tiers_over, tables.accounts[account], tables.regions[region]),
            "tier": None if tier == line_item.NO_TIER else tier,
            "quantity": None if quantity == line_item.UNKNOWN else money.text(quantity, 6),
            "unit": item.unit,
            "list_rate": format(list_rate.value, "f") if list_rate else None,
            "list_cost": _amount(list_amount) if list_priced else None,
            "rate": format(rate.value, "f") if rate else None,
            "contracted_cost": _amount(contracted) if rate and priced else None,
            "covered": covered,
            "billed_cost": _amount(billed) if priced else None,
            "billing_currency": lines.currencies[currency],
            "cost": _amount(amount) if priced else None,
            "status": "priced" if priced else "unpriced",
            "evidence": rate.evidence if rate else None,
            "source": "; ".join(one.title for one in rate.references) if rate else None,
        }


def _scenario(code: int, plan: Plan) -> str | None:
    return plan.inventory.scenarios[code] if code >= 0 else None


def _pool(free_quota_over: str | None, tiers_over: str | None, account: str, region: str) -> str | None:
    """What the line's free quota and tiers accumulate over, as far as the SKU declares it."""
    if tiers_over:
        return f"{account}/{region}"
    return account if free_quota_over else None


def quota_records(plan: Plan, with_shares: bool = False) -> Iterator[dict[str, Any]]:
    """Quotas as records, by quota, scope and month; on request with who uses what of each count."""
    for use in plan.quotas:
        yield from _records_of(use, plan, with_shares)


def _records_of(use: QuotaUse, plan: Plan, with_shares: bool) -> Iterator[dict[str, Any]]:
    months = [str(month) for month in plan.inventory.period.months]
    shares = use.month_shares() if with_shares else None
    for scope, name in enumerate(use.scopes):
        of_scope = next(shares) if shares else None
        for column, month in enumerate(months):
            used, limit = int(use.used[scope, column]), int(use.limit[scope, column])
            yield {
                "quota": use.id,
                "scope": name,
                "month": month,
                "used": used,
                "limit": None if limit == UNKNOWN else limit,
                "headroom": None if limit == UNKNOWN else limit - used,
                "status": STATUSES[use.status[scope, column]],
                "lower_bound": use.quota.lower_bound,
                "limit_status": use.limit_status[scope][column] if limit != UNKNOWN else None,
                "pending": use.limit_status[scope][column] == PENDING,
                "source": use.limit_source[scope][column],
                **(_shares(*of_scope[column], plan) if of_scope else {}),
            }


def _shares(existing: int, by_group: Mapping[int, int], plan: Plan) -> dict[str, Any]:
    """Who uses what of a count: what exists, each plan and each group; those with nothing are left out."""
    tables = plan.inventory
    by_plan: dict[str, int] = {}
    for code, count in by_group.items():
        name = tables.scenarios[tables.subject_scenarios[code]]
        by_plan[name] = by_plan.get(name, 0) + count
    groups = {tables.subject_names[code]: count for code, count in by_group.items()}
    return {"existing": existing, "by_plan": by_plan, "by_group": groups}


def capacity_records(plan: Plan) -> Iterator[dict[str, Any]]:
    """When each scope runs out and what would do, as records by quota and scope."""
    for one in capacity.measure(plan):
        yield {
            "quota": one.quota,
            "scope": one.scope,
            "status": one.status,
            "existing": one.existing,
            "peak": one.peak,
            "peak_at": instant_text(one.peak_at),
            "added_at_peak": dict(one.added),
            "by_plan_at_peak": dict(one.by_plan),
            "lower_bound": one.lower_bound,
            "limit": one.limit,
            "limit_status": None if one.limit is None else one.limit_status,
            "pending": one.limit_status == PENDING,
            "headroom": one.headroom,
            "exceeded_from": None if one.exceeded_from is None else instant_text(one.exceeded_from),
            "exceeded_month": None if one.exceeded_from is None else str(month_of(one.exceeded_from)),
            "least_limit": one.least_limit,
            "more_routers": one.more_routers,
            "cen_instances": list(one.cens),
            "lead_time_days": one.lead_time_days,
            "apply_by": one.apply_by.isoformat() if one.apply_by else None,
            "too_late": one.too_late,
        }


def _finding(finding: Finding) -> dict[str, Any]:
    location = finding.location
    return {
        "code": finding.code,
        "level": finding.level,
        "subject": finding.subject,
        "location": str(location) if location else None,
        "message": finding.message,
        "remedy": finding.remedy,
        "source": finding.source or None,
    }


def _amount(nano: int) -> str:
    return money.text(nano, 9)
