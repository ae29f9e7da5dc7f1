"""What two price books change: rates, discounts, free quotas, and what that does to the cost of plans."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from planner.core.provenance import CURRENCY_OF_SITE
from planner.core.region import LANE
from planner.price_effect import Effect, Pair
from pricing import coverage, money
from pricing.book import FreeQuota, Rate
from pricing.price_diff import KINDS, AdjustmentChange, Change, FreeQuotaChange, Rates
from pricing.price_list import ListedAdjustment
from pricing.sku import skus
from reports import blocks, cost_pair
from reports.blocks import TOGETHER, Block, Heading, Table
from reports.price_words import (
    NO_DAY,
    percent_text,
    quantity,
    rate_record,
    region_words,
    site_title,
    source_record,
    tier,
)
from reports.price_words import percent as signed

_WORDS = {
    "changed": "changed",
    "added": "added",
    "removed": "removed",
    "list": "with another list price alone",
    "evidence": "with other evidence or source",
}
_NONE = "none"


@dataclass(frozen=True)
class OfPlan:
    """What the change does to a plan."""

    name: str
    file: str
    currency: str
    effect: Effect


@dataclass(frozen=True)
class PriceDiff:
    """What NEW changes against OLD."""

    site: str
    old: str
    new: str
    changes: tuple[Change, ...]
    looked_at: Mapping[str, tuple[str, ...]]
    """By item, the places that were compared."""
    free_quotas: tuple[FreeQuotaChange, ...]
    adjustments: tuple[AdjustmentChange, ...]
    plans: tuple[OfPlan, ...]

    def render(self, form: str) -> str:
        """The changes as text, json or markdown."""
        if form == "json":
            return json.dumps(self._document(), ensure_ascii=False, indent=2) + "\n"
        return blocks.markdown(self._blocks()) if form == "markdown" else blocks.text(self._blocks())

    def _counts(self) -> dict[str, int]:
        return {kind: sum(change.kind == kind for change in self.changes) for kind in KINDS}

    def _document(self) -> dict[str, Any]:
        return {
            "version": 1,
            "site": self.site,
            "currency": CURRENCY_OF_SITE[self.site],
            "old": self.old,
            "new": self.new,
            "counts": self._counts(),
            "changes": [*map(_change_record, self.changes)],
            "free_quotas": [*map(_free_quota_record, self.free_quotas)],
            "adjustments": [*map(_adjustment_record, self.adjustments)],
            "plans": [*map(_plan_record, self.plans)],
        }

    def _blocks(self) -> Iterator[Block]:
        yield Heading(f"Prices of {self.new} against {self.old}, {site_title(self.site)}", 1)
        yield "Both as a plan sees them, over the shipped books: where a book is silent, the shipped price holds."
        counts = [f"{count} {_WORDS[kind]}" for kind, count in self._counts().items() if count]
        yield f"Rates: {', '.join(counts)}." if counts else "No rate differs."
        shared = ("valid", "old", "new", "change", "evidence")
        in_regions = [change for change in self.changes if not skus()[change.sku].by_lane]
        yield Table(
            ("item", "regions", "tier", *shared),
            [(*_where(change), *_cells(change)) for change in in_regions],
            "<<<<>>><",
        )
        on_lanes = [change for change in self.changes if skus()[change.sku].by_lane]
        yield Table(
            ("item", "lanes", *shared),
            [(change.sku, self._lanes(change), *_cells(change)) for change in on_lanes],
            "<<<>>><",
        )
        if self.adjustments:
            yield Heading("Discounts and expected changes")
            yield Table(
                ("what", "items", "scope", "valid", "old", "new", "evidence"),
                [*map(_adjustment_cells, self.adjustments)],
                "<<<<>><",
            )
        if self.free_quotas:
            yield Heading("Free quotas, per account and calendar month")
            yield Table(
                ("item", "regions", "valid", "old", "new", "change", "evidence"),
                [*map(_free_quota_cells, self.free_quotas)],
                "<<<>>><",
            )
        for plan in self.plans:
            yield from _effect(plan, self.old, self.new)

    def _lanes(self, change: Change) -> str:
        """Lanes in short, with air in which a line can be broken."""
        names = coverage.lane_names(change.places, self.looked_at[change.sku])
        return ", ".join(names).replace(LANE, f" {LANE} ")


def _where(change: Change) -> tuple[str, ...]:
    whole = change.start == 0 and change.end is None
    return (
        change.sku,
        region_words(change.places),
        NO_DAY if whole else tier(change.start, change.end, skus()[change.sku].unit),
    )


def _cells(change: Change) -> tuple[str, ...]:
    old, new = change.contracted
    listed = change.listed or (None, None)
    return (
        _valid(change),
        _price(old, listed[0]),
        _price(new, listed[1]),
        _words(change),
        _arrow(*(rate.evidence if rate else "" for rate in (old, new))),
    )


def _valid(one: Change | FreeQuotaChange | ListedAdjustment) -> str:
    """When it is so: from a day (inclusive) until a day (exclusive)."""
    begins = f"from {one.effective_from}" if one.effective_from else ""
    ends = f"until {one.effective_until}" if one.effective_until else ""
    return " ".join(filter(None, (begins, ends))) or "always"


def _price(rate: Rate | None, listed: Rate | None) -> str:
    """A contracted rate; with the list price where that changes too and is another."""
    if rate is None:
        return "unknown"
    other = listed is not None and listed.value != rate.value
    return f"{rate.value:f} (list {listed.value:f})" if listed and other else f"{rate.value:f}"


def _words(change: Change) -> str:
    """By how much, or what else happened."""
    if change.kind in ("added", "removed"):
        return change.kind
    if change.kind == "changed":
        return _signed_percent(change.contracted.percent)
    if change.kind == "evidence" or change.listed is None:
        return "same"
    by = _signed_percent(change.listed.percent)
    return f"list {by or ('removed' if change.listed.new is None else 'added')}"


def _arrow(before: str, after: str) -> str:
    return " → ".join(filter(None, (before, after))) if before != after else before


def _signed_percent(value: Decimal | None) -> str:
    return "" if value is None else f"{value:+f}{TOGETHER}%"


def _adjustment_cells(change: AdjustmentChange) -> tuple[str, ...]:
    one = change.either
    return (
        one.kind,
        ", ".join(one.skus),
        ", ".join(one.scopes),
        _valid(one),
        *(signed(side.percent) if side else _NONE for side in (change.old, change.new)),
        _arrow(*(side.reference.evidence if side else "" for side in (change.old, change.new))),
    )


def _free_quota_cells(change: FreeQuotaChange) -> tuple[str, ...]:
    unit = skus()[change.sku].unit
    return (
        change.sku,
        region_words(change.places),
        _valid(change),
        *(f"{quantity(one.quantity)} {unit}" if one else _NONE for one in (change.old, change.new)),
        _signed_percent(change.percent),
        _arrow(*(one.reference.evidence if one else "" for one in (change.old, change.new))),
    )


def _effect(plan: OfPlan, old: str, new: str) -> Iterator[Block]:
    yield Heading(f"{plan.name} ({plan.file}), amounts in {plan.currency}")
    whole = plan.effect.total
    if whole.difference is None:
        items = plan.effect.by_item
        sides = (
            (old, [pair.key for pair in items if not pair.old.complete]),
            (
                new,
                [pair.key for pair in items if not pair.new.complete],
            ),
        )
        missing = [f"{', '.join(keys)} with {name}" for name, keys in sides if keys]
        yield (
            f"The totals cannot be compared: something has no price, of {'; of '.join(missing)}. They are priced"
            " subtotals; what both price is compared below."
        )
    header = ("old", "new", "difference", "change")
    name = "total" if whole.difference is not None else "priced subtotal"
    for what, pairs in (
        ("month", [(pair.key, pair) for pair in plan.effect.by_month]),
        ("item", [(skus()[pair.key].title, pair) for pair in plan.effect.by_item]),
    ):
        rounding = cost_pair.rounding(whole, [pair for _, pair in pairs])
        rows = [*(cost_pair.cells(key, pair) for key, pair in pairs), *rounding]
        yield Table((what, *header), [*rows, cost_pair.cells(name, whole)], "<>>>>", strong=len(rows))
    if whole.difference is None:
        parts = [
            cost_pair.cells(words, pair)
            for words, pair in (
                ("priced by both", plan.effect.priced_by_both),
                ("wholly priced by new only", plan.effect.priced_by_new),
                ("wholly priced by old only", plan.effect.priced_by_old),
                ("not wholly priced by either", plan.effect.priced_by_neither),
            )
            if pair
        ]
        yield Table(("what can be compared", *header), parts, "<>>>>")


def _change_record(change: Change) -> dict[str, Any]:
    return {
        "sku": change.sku,
        "places": list(change.places),
        "kind": change.kind,
        **_validity(change),
        "from": money.text(change.start, 6),
        "to": None if change.end is None else money.text(change.end, 6),
        "unit": skus()[change.sku].unit,
        **_rates_record(change.contracted),
        "list": change.listed and _rates_record(change.listed),
    }


def _rates_record(rates: Rates) -> dict[str, Any]:
    return {"old": rate_record(rates.old), "new": rate_record(rates.new), "percent": _text(rates.percent)}


def _free_quota_record(change: FreeQuotaChange) -> dict[str, Any]:
    def side(one: FreeQuota | None) -> dict[str, Any] | None:
        if one is None:
            return None
        quota = {"scope": one.pool, "quantity": money.text(one.quantity, 6)}
        return {**quota, **source_record(one.reference), "book": one.book}

    return {
        "sku": change.sku,
        "places": list(change.places),
        **_validity(change),
        "unit": skus()[change.sku].unit,
        "old": side(change.old),
        "new": side(change.new),
        "percent": _text(change.percent),
    }


def _adjustment_record(change: AdjustmentChange) -> dict[str, Any]:
    def side(one: ListedAdjustment | None) -> dict[str, Any] | None:
        if one is None:
            return None
        return {"percent": percent_text(one.percent), **source_record(one.reference), "book": one.book}

    one = change.either
    return {
        "kind": one.kind.replace(" ", "-"),
        "skus": list(one.skus),
        "scopes": list(one.scopes),
        **_validity(one),
        "old": side(change.old),
        "new": side(change.new),
    }


def _validity(one: Change | FreeQuotaChange | ListedAdjustment) -> dict[str, Any]:
    return {
        "effective_from": one.effective_from.isoformat() if one.effective_from else None,
        "effective_until": one.effective_until.isoformat() if one.effective_until else None,
    }


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def _plan_record(plan: OfPlan) -> dict[str, Any]:
    effect = plan.effect
    parts: Sequence[tuple[str, Pair | None]] = (
        ("priced_by_both", effect.priced_by_both),
        ("priced_by_new_only", effect.priced_by_new),
        ("priced_by_old_only", effect.priced_by_old),
        ("priced_by_neither", effect.priced_by_neither),
    )
    return {
        "plan": plan.name,
        "file": plan.file,
        "currency": plan.currency,
        "total": cost_pair.record(effect.total),
        "by_month": [{"month": pair.key, **cost_pair.record(pair)} for pair in effect.by_month],
        "by_item": [{"sku": pair.key, **cost_pair.record(pair)} for pair in effect.by_item],
        **{name: pair and cost_pair.record(pair) for name, pair in parts},
    }
