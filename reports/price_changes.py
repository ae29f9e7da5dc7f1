"""What two price books change: rates, and what that does to the cost of plans."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from planner.core.provenance import CURRENCY_OF_SITE
from planner.price_effect import Effect, Pair, Side
from pricing import coverage, money
from pricing.book import Rate
from pricing.price_diff import KINDS, Change
from pricing.sku import skus
from reports import blocks, cost_outline
from reports.blocks import TOGETHER, Block, Heading, Table
from reports.price_words import NO_DAY, day, site_title, tier

_WORDS = {"changed": "changed", "added": "added", "removed": "removed", "evidence": "with other evidence or source"}
_UNPRICED = "UNPRICED"


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
            "plans": [*map(_plan_record, self.plans)],
        }

    def _blocks(self) -> Iterator[Block]:
        yield Heading(f"Prices of {self.new} against {self.old}, {site_title(self.site)}", 1)
        yield "Both as a plan sees them, over the shipped books: where a book is silent, the shipped price holds."
        counts = [f"{count} {_WORDS[kind]}" for kind, count in self._counts().items() if count]
        yield f"Rates: {', '.join(counts)}." if counts else "No rate differs."
        yield Table(
            ("item", "regions", "from", "until", "tier", "old", "new", "change", "evidence"),
            [*map(_cells, self.changes)],
            "<<<<<>>><",
        )
        for plan in self.plans:
            yield from _effect(plan)


def _cells(change: Change) -> tuple[str, ...]:
    unit = skus()[change.sku].unit
    whole = change.start == 0 and change.end is None
    return (
        change.sku,
        ", ".join(coverage.region_names(change.regions)),
        day(change.effective_from) if change.effective_from else "always",
        day(change.effective_until),
        NO_DAY if whole else tier(change.start, change.end, unit),
        _rate(change.old),
        _rate(change.new),
        _words(change),
        _evidence(change),
    )


def _words(change: Change) -> str:
    """By how much, or what else happened."""
    if change.kind in ("added", "removed"):
        return change.kind
    return "same" if change.kind == "evidence" else _signed_percent(change.percent)


def _rate(rate: Rate | None) -> str:
    return f"{rate.value:f}" if rate else "unknown"


def _evidence(change: Change) -> str:
    before, after = (rate.reference.evidence if rate else "" for rate in (change.old, change.new))
    return " → ".join(filter(None, (before, after))) if before != after else before


def _signed_percent(percent: Decimal | None) -> str:
    return "" if percent is None else f"{percent:+f}{TOGETHER}%"


def _effect(plan: OfPlan) -> Iterator[Block]:
    yield Heading(f"{plan.name} ({plan.file}), amounts in {plan.currency}")
    whole = plan.effect.total
    if whole.difference is None:
        yield (
            "Something has no price, so the totals are priced subtotals and their difference is not known."
            " What both books price can be compared."
        )
    header = ("old", "new", "difference", "change")
    name = "total" if whole.difference is not None else "priced subtotal"
    for what, pairs in (
        ("month", [(pair.key, pair) for pair in plan.effect.by_month]),
        ("item", [(skus()[pair.key].title, pair) for pair in plan.effect.by_item]),
    ):
        rows = [*(_pair(key, pair) for key, pair in pairs), *_rounding(whole, [pair for _, pair in pairs])]
        yield Table((what, *header), [*rows, _pair(name, whole)], "<>>>>", strong=len(rows))
    if whole.difference is None:
        parts = [
            _pair(words, pair)
            for words, pair in (
                ("priced by both", plan.effect.priced_by_both),
                ("wholly priced by new only", plan.effect.priced_by_new),
                ("wholly priced by old only", plan.effect.priced_by_old),
                ("not wholly priced by either", plan.effect.priced_by_neither),
            )
            if pair
        ]
        yield Table(("what can be compared", *header), parts, "<>>>>")


def _pair(name: str, pair: Pair) -> tuple[str, ...]:
    difference = pair.difference
    if difference is None:
        return name, _side(pair.old), _side(pair.new), "—", ""
    shown = money.display(difference)
    return name, _side(pair.old), _side(pair.new), f"+{shown}" if difference > 0 else shown, _share(pair)


def _rounding(whole: Pair, pairs: Sequence[Pair]) -> Iterator[tuple[str, ...]]:
    """A row that makes the parts as shown add up to the total as shown, where they do not."""
    gaps = [
        cost_outline.rounded_gap(whole.old.amount, [pair.old.amount for pair in pairs]),
        cost_outline.rounded_gap(whole.new.amount, [pair.new.amount for pair in pairs]),
        cost_outline.rounded_gap(whole.difference, [pair.difference or 0 for pair in pairs])
        if whole.difference is not None
        else "",
    ]
    if any(gaps):
        yield (cost_outline.ROUNDING, *gaps, "")


def _side(side: Side) -> str:
    if side.complete:
        return money.display(side.amount)
    return f"{money.display(side.amount)}{TOGETHER}+{TOGETHER}{_UNPRICED}" if side.amount else _UNPRICED


def _share(pair: Pair) -> str:
    if not pair.difference or not pair.old.amount:
        return ""
    percent = (Decimal(pair.difference) / pair.old.amount * 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{percent:+,f}{TOGETHER}%"


def _change_record(change: Change) -> dict[str, Any]:
    return {
        "sku": change.sku,
        "regions": list(change.regions),
        "kind": change.kind,
        "effective_from": change.effective_from.isoformat() if change.effective_from else None,
        "effective_until": change.effective_until.isoformat() if change.effective_until else None,
        "from": money.text(change.start, 6),
        "to": None if change.end is None else money.text(change.end, 6),
        "unit": skus()[change.sku].unit,
        "old": _rate_record(change.old),
        "new": _rate_record(change.new),
        "percent": None if change.percent is None else f"{change.percent:f}",
    }


def _rate_record(rate: Rate | None) -> dict[str, Any] | None:
    if rate is None:
        return None
    reference = rate.reference
    return {
        "rate": f"{rate.value:f}",
        "evidence": reference.evidence,
        "source": reference.title,
        "read_on": reference.read_on,
        "book": rate.book,
    }


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
        "total": _pair_record(effect.total),
        "by_month": [{"month": pair.key, **_pair_record(pair)} for pair in effect.by_month],
        "by_item": [{"sku": pair.key, **_pair_record(pair)} for pair in effect.by_item],
        **{name: pair and _pair_record(pair) for name, pair in parts},
    }


def _pair_record(pair: Pair) -> dict[str, Any]:
    """Amounts as text; a difference that is not known is null."""
    return {
        "old": {"priced": money.text(pair.old.amount, 9), "complete": pair.old.complete},
        "new": {"priced": money.text(pair.new.amount, 9), "complete": pair.new.complete},
        "difference": None if pair.difference is None else money.text(pair.difference, 9),
    }
