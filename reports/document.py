"""A plan as a JSON document: the one shape that `check` and `estimate` share, for programs.

Money, rates and quantities are plain decimal text; null is unknown and never 0.
The schema is docs/schema/document.schema.json.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from planner import statement, summary
from planner.assumption import Answered, Effect
from planner.core.problem import Finding
from planner.effect import says
from planner.plan import Plan
from planner.quota import STATUSES, UNKNOWN, QuotaUse
from pricing import line_item, money, price_table
from pricing.sku import skus

VERSION = 1


def render(plan: Plan) -> str:
    """The document as text: two spaces of indentation, a newline at the end."""
    return json.dumps(document(plan), ensure_ascii=False, indent=2) + "\n"


def document(plan: Plan) -> dict[str, Any]:
    """The document as plain values."""
    period = plan.inventory.period
    return {
        "version": VERSION,
        "scenario": ",".join(plan.inventory.scenarios),
        "currency": plan.inventory.currency,
        "period": {"start": str(period.first), "months": period.count},
        "as_of": plan.as_of.isoformat() if plan.as_of else None,
        "totals": _totals(plan),
        "line_items": list(line_item_records(plan)),
        "quotas": list(quota_records(plan)),
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
    }


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


def line_item_records(plan: Plan) -> Iterator[dict[str, Any]]:
    """Line items as records, sorted by month, item, subject and tier."""
    tables, lines = plan.inventory, plan.lines
    months = [str(month) for month in tables.period.months]
    items = skus() if len(lines.month) else {}
    cost_centers = tables.groups.cost_center + tables.underlays.cost_center
    columns = (
        lines.month, lines.sku, lines.subject, lines.account, lines.region, lines.tier, lines.quantity, lines.rate,
        lines.amount, lines.priced,
    )  # fmt: skip
    for month, sku, subject, account, region, tier, quantity, code, amount, priced in zip(
        *(column.tolist() for column in columns), strict=True
    ):
        rate = lines.rates[code] if code != price_table.NO_RATE else None
        item = items[lines.skus[sku]]
        yield {
            "month": months[month],
            "sku": lines.skus[sku],
            "subject": tables.subjects[subject],
            "region": tables.regions[region],
            "account": tables.accounts[account],
            "cost_center": cost_centers[subject] or None,
            "pool": _pool(item.free_quota_over, item.tiers_over, tables.accounts[account], tables.regions[region]),
            "tier": None if tier == line_item.NO_TIER else tier,
            "quantity": None if quantity == line_item.UNKNOWN else money.text(quantity, 6),
            "unit": item.unit,
            "rate": format(rate.value, "f") if rate else None,
            "list_cost": _amount(amount) if priced else None,
            "status": "priced" if priced else "unpriced",
            "evidence": rate.reference.evidence if rate else None,
            "source": rate.reference.title if rate else None,
        }


def _pool(free_quota_over: str | None, tiers_over: str | None, account: str, region: str) -> str | None:
    """What the line's free quota and tiers accumulate over, as far as the SKU declares it."""
    if tiers_over:
        return f"{account}/{region}"
    return account if free_quota_over else None


def quota_records(plan: Plan) -> Iterator[dict[str, Any]]:
    """Quotas as records, by quota, scope and month."""
    for use in plan.quotas:
        yield from _records_of(use, plan)


def _records_of(use: QuotaUse, plan: Plan) -> Iterator[dict[str, Any]]:
    months = [str(month) for month in plan.inventory.period.months]
    for scope, name in enumerate(use.scopes):
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
                "source": use.limit_source[scope][column],
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
