"""Explanations of amounts as JSON, for programs: the numbers of the page, exact.

Money, rates and quantities are plain decimal text; null is unknown and never 0.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from typing import Any

from planner import priced_line
from planner.amount import Amount
from planner.core.period import NEVER, instant_text
from planner.core.provenance import Reference
from planner.derivation import Derivation, Hours, Stay
from planner.explanation import Explanation
from planner.plan import Plan
from planner.pool_share import Pool
from planner.priced_line import Line, Origin
from pricing import money
from pricing.book import Adjustment, Rate
from reports.explain_page import measured_by
from reports.explain_words import decimal

VERSION = 1


def amounts(plan: Plan, found: Sequence[Amount]) -> str:
    """Amounts that can be explained, without their explanations."""
    return _text(
        {
            "version": VERSION,
            "plan": plan.scenarios[0].plan.name,
            "currency": plan.inventory.currency,
            "amounts": [
                {
                    "month": str(one.month),
                    "sku": one.sku,
                    "subject": one.subject,
                    "account": one.account,
                    "place": one.place,
                    "cost": None if one.unpriced else _nano(one.billed),
                    "priced_subtotal": _nano(one.billed),
                }
                for one in found
            ],
        }
    )


def explanations(found: Sequence[Explanation]) -> str:
    """Explanations of one item of one subject in one month."""
    return _text({"version": VERSION, "explanations": [_explanation(one) for one in found]})


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _explanation(one: Explanation) -> dict[str, Any]:
    measured, rule = measured_by(one.sku)
    some = one.status != "unpriced"
    return {
        "plan": one.plan,
        "month": str(one.month),
        "sku": one.sku,
        "item": one.item.title,
        "subject": one.subject,
        "kind": one.kind,
        "location": str(one.location) if one.location else None,
        "transit_router": one.router or None,
        "region": one.region,
        "place": one.place,
        "account": one.account,
        "owner": one.owner,
        "cost_center": one.cost_center or None,
        "gl_code": one.gl_code or None,
        "status": one.status,
        "billing_currency": one.currency,
        "list_cost": _nano(one.list_cost) if all(line.list_cost is not None for line in one.lines) else None,
        "contracted_cost": _nano(one.contracted) if not one.unpriced else None,
        "billed_cost": _nano(one.billed) if not one.unpriced else None,
        "priced_subtotal": _nano(one.billed) if some else None,
        "currency": one.reported_currency,
        "cost": _nano(one.reported) if not one.unpriced else None,
        "exchange_rate": _exchange(one),
        "rule": {
            "description": one.item.description,
            "measured": measured,
            "rule": rule or None,
            "source": one.item.source,
        },
        "quantity": {
            "value": None if one.quantity is None else _micro(one.quantity),
            "unit": one.item.unit,
            "stated": _stated(one),
            "derivation": None if one.derivation is None else _derivation(one.derivation),
        },
        "pool": None if one.pool is None else _pool(one.pool),
        "lines": [_line(line) for line in one.lines],
        "sources": [_origin(origin) for origin in one.origins],
        "assumptions": [
            {"id": known.id, "value": known.value, "title": known.assumption.title} for known in one.assumptions
        ],
    }


def _exchange(one: Explanation) -> dict[str, Any] | None:
    rate = one.exchange
    if rate is None:
        return None
    return {
        "from": rate.base,
        "to": rate.quote,
        "rate": f"{rate.rate:f}",
        "fiscal_year": rate.fiscal_year,
        "agreed_on": rate.agreed_on.isoformat(),
        "source": rate.source,
    }


def _stated(one: Explanation) -> dict[str, Any] | None:
    if one.stated is None:
        return None
    return {"key": one.stated.key, "profile": one.stated.profile, "location": str(one.stated.location)}


def _derivation(derived: Derivation) -> dict[str, Any]:
    """Hours: the quantity is the sum of sites x connections x hours. Volume: see its formula."""
    if isinstance(derived, Hours):
        return {"kind": "hours", "stays": [_stay(stay) for stay in derived.stays]}
    return {
        "kind": "volume",
        "direction": derived.direction,
        "part": derived.part,
        "internet_billing": derived.mode,
        "gb_per_site": _micro(derived.per_site),
        "growth_factor": decimal(derived.step),
        "base_month": str(derived.base),
        "months_since": derived.months,
        "month_hours": derived.month_hours,
        "site_hours": derived.site_hours,
        "cdt_site_hours": derived.cdt_site_hours,
        "gb": _micro(derived.whole),
        "stays": [_stay(stay) for stay in derived.stays],
    }


def _stay(stay: Stay) -> dict[str, Any]:
    return {
        "sites": stay.sites,
        "connections_per_site": stay.connections,
        "from": instant_text(stay.start),
        "until": None if stay.end == NEVER else instant_text(stay.end),
        "hours": stay.hours,
        "cdt_hours": stay.cdt_hours,
        "location": str(stay.place.location) if stay.place else None,
    }


def _pool(pool: Pool) -> dict[str, Any]:
    return {
        "account": pool.account,
        "region": pool.region,
        "baseline_given": pool.baseline_given,
        "subjects": pool.members,
        "subjects_of_unknown_quantity": pool.unknown,
        "free_quota_inside_tier_1": pool.inside_tier_1,
        "free_quota": None
        if pool.free_quota is None
        else {
            "scope": pool.free_quota.pool,
            "quantity": _micro(pool.free_quota.quantity),
            "draws": [
                {
                    "region": draw.region,
                    "turn": draw.turn + 1,
                    "baseline": _micro(draw.baseline),
                    "baseline_free": _micro(draw.baseline_free),
                    "plan": _micro(draw.plan),
                    "plan_free": _micro(draw.plan_free),
                }
                for draw in pool.draws
            ],
        },
        "columns": [
            {
                "tier": column.tier,
                "from": _micro(column.lower),
                "to": None if column.upper is None else _micro(column.upper),
                "baseline": _micro(column.baseline),
                "plan": _micro(column.plan),
                "own": _micro(column.own),
            }
            for column in pool.columns
        ],
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "tier": line.tier,
        "quantity": None if line.quantity is None else _micro(line.quantity),
        "list_rate": _rate(line.list_rate),
        "list_cost": _known(line.list_cost),
        "rate": _rate(line.rate),
        "contracted_cost": _known(line.contracted),
        "covered": line.covered,
        "billed_cost": _known(line.billed),
        "cost": _known(line.reported),
    }


def _rate(rate: Rate | None) -> dict[str, Any] | None:
    """A rate, and how it was made of that of its book."""
    if rate is None:
        return None
    return {
        "value": f"{rate.value:f}",
        "in_book": f"{rate.value if rate.base is None else rate.base:f}",
        "steps": [
            {"kind": one.kind, "percent": f"{one.percent:f}", "value": f"{made:f}"}
            for one, made in priced_line.steps(rate)
        ],
        "evidence": rate.evidence,
    }


def _origin(origin: Origin) -> dict[str, Any]:
    source = origin.source
    return {
        "what": origin.what,
        "tiers": list(origin.tiers),
        "percent": f"{source.percent:f}" if isinstance(source, Adjustment) else None,
        "scope": origin.scope,
        "effective_from": _day(source.effective_from),
        "effective_until": _day(source.effective_until),
        "book": source.book,
        "own_book": origin.own_book,
        "note": source.note or None,
        "source": _reference(source.reference),
    }


def _reference(reference: Reference) -> dict[str, Any]:
    return {field.name: getattr(reference, field.name) or None for field in fields(reference)}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _known(nano: int | None) -> str | None:
    return None if nano is None else _nano(nano)


def _nano(nano: int) -> str:
    return money.text(nano, 9)


def _micro(micro: int) -> str:
    return money.text(micro, 6)
