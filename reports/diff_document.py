"""What one plan changes against another, as JSON for programs; the schema is docs/schema/diff.schema.json."""

from __future__ import annotations

import json
from typing import Any

from planner.cost_diff import ALL_TIERS, CostDiff, Effects, LineChange, Part
from planner.headroom_diff import FindingChange, QuotaChange
from planner.plan_diff import PlanDiff, SideOf
from planner.price_effect import Side
from planner.saved_plan import QuotaPart
from planner.stated_diff import EntryChange, KeyChange
from pricing import money
from reports import cost_pair
from reports.diff_page import headroom

VERSION = 1


def render(diff: PlanDiff) -> str:
    """The document as text."""
    return json.dumps(document(diff), ensure_ascii=False, indent=2) + "\n"


def document(diff: PlanDiff) -> dict[str, Any]:
    """The document as plain values: money, rates and quantities are decimal text; null is unknown or not there."""
    return {
        "version": VERSION,
        "old": _side(diff.old),
        "new": _side(diff.new),
        "currency": diff.new.plan.currency,
        "months": [*map(str, diff.months)],
        "differs": diff.differs,
        "facts": [*map(_key, diff.facts)],
        "stated": [*map(_entry, diff.entries)],
        "costs": None if diff.costs is None else _costs(diff.costs),
        "quotas": [*map(_quota, diff.quotas)],
        "findings": [*map(_finding, diff.findings)],
    }


def _side(side: SideOf) -> dict[str, Any]:
    plan = side.plan
    return {
        "file": side.file,
        "scenario": plan.scenario,
        "period": {"start": str(plan.period.start), "months": plan.period.months},
        "as_of": plan.as_of,
        "priced": plan.priced,
    }


def _key(one: KeyChange) -> dict[str, Any]:
    return {"key": one.key, "old": one.old, "new": one.new}


def _entry(one: EntryChange) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "plan": one.plan or None,
        "name": one.name,
        "change": one.change,
        "old_name": one.old_name or None,
        "keys": [*map(_key, one.keys)],
        "used_by": [*one.used_by],
    }


def _costs(costs: CostDiff) -> dict[str, Any]:
    peaks = [None if one is None else {"month": str(one[0]), **_amount(one[1])} for one in costs.peaks]
    return {
        "total": _part(costs.total),
        "priced_by_both": _part(costs.priced_by_both),
        "peak_month": {"old": peaks[0], "new": peaks[1]},
        "by_month": [{"month": one.key[0], **_part(one)} for one in costs.by_month],
        "by_subject": [{"plan": one.key[0] or None, "subject": one.key[1], **_part(one)} for one in costs.by_subject],
        "by_item": [{"sku": one.key[0], **_part(one)} for one in costs.by_item],
        "line_items": [*map(_line, costs.lines)],
        "months_apart": [{"side": word, "month": str(month), **_amount(side)} for word, month, side in costs.apart],
    }


def _amount(side: Side) -> dict[str, Any]:
    return {"priced": money.text(side.amount, 9), "complete": side.complete}


def _part(one: Part) -> dict[str, Any]:
    return {**cost_pair.record(one.pair), "effects": _effects(one.effects)}


def _effects(effects: Effects) -> dict[str, str]:
    return {name: money.text(getattr(effects, name), 9) for name in ("plan", "price", "exchange", "rounding")}


def _line(one: LineChange) -> dict[str, Any]:
    key = one.key
    sides = ("old", "new")
    return {
        "month": str(key.month),
        "sku": key.sku,
        "plan": key.plan or None,
        "subject": key.subject,
        "region": key.region,
        "account": key.account,
        "billing_currency": key.currency,
        "tier": "all" if key.tier == ALL_TIERS else key.tier if key.tier >= 0 else None,
        "quantity": {
            side: None if quantity is None else money.text(quantity, 6)
            for side, quantity in zip(sides, one.quantities, strict=True)
        },
        "rates": {
            side: [money.text(rate, money.RATE_DECIMALS) for rate in rates]
            for side, rates in zip(sides, one.rates, strict=True)
        },
        **cost_pair.record(one.pair),
        "effects": None if one.effects is None else _effects(one.effects),
    }


def _quota(one: QuotaChange) -> dict[str, Any]:
    return {
        "quota": one.quota,
        "scope": one.scope,
        "old": _worst(one.old),
        "new": _worst(one.new),
        "turned": one.turned or None,
    }


def _worst(one: QuotaPart | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {
        "month": str(one.month),
        "used": one.used,
        "limit": one.limit,
        "headroom": headroom(one),
        "status": one.status,
    }


def _finding(one: FindingChange) -> dict[str, Any]:
    found = one.finding
    return {
        "change": one.change,
        "code": found.code,
        "level": found.level,
        "old_level": one.old_level or None,
        "subject": found.subject,
        "message": found.message,
    }
