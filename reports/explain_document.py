"""Explanations of amounts as JSON, for programs: the numbers of the page, exact.

Money, rates and quantities are plain decimal text; null is unknown and never 0. The schema is
docs/schema/explanation.schema.json.
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
from planner.derivation import Derivation, Hours, Lease, Ports, Stay, Validity
from planner.explanation import Explanation
from planner.plan import Plan
from planner.pool_share import Pool
from planner.prepaid_share import Bought, Cover
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
            "plan": ",".join(plan.inventory.scenarios),
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
        "lane": None
        if one.lane is None
        else {"from": one.lane.origin, "to": one.lane.destination, "direction": one.lane.direction},
        "account": one.account,
        "payer": one.payer or None,
        "owner": one.owner,
        "cost_center": one.cost_center or None,
        "gl_code": one.gl_code or None,
        "status": one.status,
        "billing_currency": one.currency,
        "list_cost": _nano(one.list_cost) if all(line.list_cost is not None for line in one.lines) else None,
        "contracted_cost": _nano(one.contracted) if all(line.contracted is not None for line in one.lines) else None,
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
        "prepaid": None if one.cover is None else _cover(one.cover),
        "bought": None if one.bought is None else _bought(one.bought),
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
    """What multiplies and adds up to the quantity; see docs/schema/explanation.schema.json."""
    if isinstance(derived, Hours):
        return {
            "kind": "hours",
            "reading": "running-hour" if derived.running else "clock-hour",
            "connection_hours": derived.connection_hours,
            "tunnels": derived.tunnels,
            "stays": [_stay(stay) for stay in derived.stays],
        }
    if isinstance(derived, Ports):
        return {
            "kind": "ports",
            "ports": derived.ports,
            "first_attachment": instant_text(derived.start),
            "last_attachment": _end(derived.end),
            "hours": derived.hours,
            "month_hours": derived.month_hours,
            "pro_rata": derived.pro_rata,
        }
    if isinstance(derived, Lease):
        return {
            "kind": "lease",
            "once": derived.once,
            "first_month": str(derived.first),
            "started_by_plan": derived.by_plan,
            "first_attachment": instant_text(derived.first_attachment),
            "last_attachment": _end(derived.last_attachment),
            "term_months": derived.term or None,
            "month_number": derived.number,
        }
    if isinstance(derived, Validity):
        return {
            "kind": "validity",
            "start": derived.start.isoformat(),
            "end": derived.end.isoformat(),
            "by_the_hour": derived.by_the_hour,
            "hours": derived.hours,
            "month_hours": derived.month_hours,
        }
    return {
        "kind": "volume",
        "direction": derived.direction,
        "part": derived.part,
        "internet_billing": derived.mode,
        "undecided_internet_billing": derived.undecided,
        "gb_per_site": _micro(derived.per_site),
        "growth_factor": decimal(derived.step),
        "base_month": str(derived.base),
        "months_since": derived.months,
        "month_hours": derived.month_hours,
        "encryption_overhead_percent": f"{derived.overhead:f}",
        "gb_definition": "decimal" if derived.decimal_gb else "binary",
        "site_hours": derived.site_hours,
        "cdt_site_hours": derived.cdt_site_hours,
        "gb": _micro(derived.whole),
        "stays": [_stay(stay) for stay in derived.stays],
    }


def _end(instant: int) -> str | None:
    return None if instant == NEVER else instant_text(instant)


def _stay(stay: Stay) -> dict[str, Any]:
    return {
        "sites": stay.sites,
        "connections_per_site": stay.connections,
        "from": instant_text(stay.start),
        "until": _end(stay.end),
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
        "without_free_quota": pool.without or None,
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


def _cover(cover: Cover) -> dict[str, Any]:
    return {
        "quantity": _micro(cover.quantity),
        "covered": _micro(cover.covered),
        "own_covered": _micro(cover.own),
        "plans": [_bought(plan) for plan in cover.plans],
    }


def _bought(plan: Bought) -> dict[str, Any]:
    """A prepaid plan; sizes and uses are GB of a volume, the currency of a commitment."""
    number = _nano if plan.of_kind.is_commitment else _micro
    return {
        "name": plan.name,
        "kind": plan.kind,
        "offsets": list(plan.of_kind.offsets),
        "account": plan.account,
        "area": plan.area,
        "start": plan.start.isoformat(),
        "end": plan.end.isoformat(),
        "location": str(plan.location),
        "exists": plan.exists,
        "unit": plan.unit,
        "size": number(plan.size),
        "factor": decimal(plan.factor) if plan.of_kind.is_commitment else None,
        "currency": plan.currency,
        "price": _known(plan.price),
        "months": [
            {
                "month": str(use.month),
                "valid_hours": use.hours,
                "bought": number(use.bought),
                "drawn_by_plan": number(use.by_plan),
                "drawn_by_others": number(use.by_others),
                "expired": number(use.expired),
                "remaining": number(use.remaining),
                "due": _known(use.due),
                "used_cost": _known(use.used_cost),
                "lost_cost": _known(use.lost_cost),
            }
            for use in plan.uses
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
