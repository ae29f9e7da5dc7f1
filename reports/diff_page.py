"""What one plan changes against another, for people: in the plan's words, in money, and in headroom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from planner import cost_diff
from planner.core.cost_center import ROUNDING
from planner.core.period import Month
from planner.core.problem import visible
from planner.core.secret import hidden
from planner.cost_diff import ALL_TIERS, CostDiff, Effects, LineChange, Part
from planner.headroom_diff import FindingChange, QuotaChange
from planner.plan_diff import PlanDiff
from planner.price_effect import Pair, Side
from planner.saved_plan import QuotaPart
from planner.stated_diff import GROUP, EntryChange, KeyChange
from pricing import money
from pricing.sku import skus
from reports import blocks, cost_outline, cost_pair
from reports.blocks import TOGETHER, Block, Bullets, Heading, Table
from reports.price_words import counted

ARROW = "→"
NOT_STATED = "not stated"
SIGNS = {"added": "+", "removed": "-", "changed": "~", "renamed": "~"}
_NONE = "–"
_MOST_USERS = 5
_BY = {"plan": "by plan", "price": "by prices", "exchange": "by exchange"}


def render(diff: PlanDiff, form: str) -> str:
    """The differences as text or markdown."""
    return (blocks.markdown if form == "markdown" else blocks.text)(_blocks(diff))


def _blocks(diff: PlanDiff) -> Iterator[Block]:
    yield Heading(_safe(f"{diff.new.file} against {diff.old.file}"), 1)
    yield _safe(_about(diff))
    if not diff.differs:
        yield "Nothing differs."
        yield from _not_compared(diff)
        return
    if diff.facts:
        rows = [(one.key, one.old or _NONE, one.new or _NONE) for one in diff.facts]
        yield _table(("what", "old", "new"), rows, "<<<")
    yield from _months_apart(diff)
    yield from _stated("Groups", [one for one in diff.entries if one.kind == GROUP])
    yield from _stated("The rest of plan, estate and finance", [one for one in diff.entries if one.kind != GROUP])
    if not diff.entries:
        yield "Both state the same."
    yield from _costs(diff)
    yield from _headroom(diff)
    yield from _findings(diff.findings)


def _about(diff: PlanDiff) -> str:
    """What is compared: plan, months, currency."""
    new, months = diff.new.plan, diff.months
    name = (
        new.scenario if new.scenario == diff.old.plan.scenario else f"{new.scenario} against {diff.old.plan.scenario}"
    )
    parts = [name, _span(months), counted(len(months), "month"), new.currency]
    return " · ".join(filter(None, parts))


def _months_apart(diff: PlanDiff) -> Iterator[Block]:
    old, new = diff.old.plan, diff.new.plan
    only = [
        (word, [month for month in one.months if month not in other.months])
        for word, one, other in (("old", old, new), ("new", new, old))
    ]
    said = [
        f"{_span(months)} ({counted(len(months), 'month')}) only in the {word} one" for word, months in only if months
    ]
    if said and diff.months:
        yield f"The periods differ: the months that both have are compared. Beside them, {' and '.join(said)}."
    elif said:
        yield f"The periods have no month in common: costs and quotas cannot be compared. {' and '.join(said)}."


def _stated(title: str, entries: Sequence[EntryChange]) -> Iterator[Block]:
    if not entries:
        return
    yield Heading(title)
    counts = [
        f"{count} {word}"
        for word in ("added", "removed", "renamed", "changed")
        if (count := sum(one.change == word for one in entries))
    ]
    yield f"{', '.join(counts)}."
    yield _table(
        ("", "what", "name", "key", "old", "new"), [row for one in entries for row in _entry_rows(one)], "<<<<<<"
    )


def _entry_rows(one: EntryChange) -> Iterator[tuple[str, ...]]:
    name = f"{one.plan}:{one.name}" if one.plan else one.name
    head = (SIGNS[one.change], one.kind, "" if one.name == one.kind else name)
    if one.change == "renamed":
        yield (*head, "name", one.old_name, one.name)
        return
    if one.change in ("added", "removed"):
        stated = "; ".join(_key_in_words(key) for key in one.keys)
        yield (*head, "", *(("", stated) if one.change == "added" else (stated, "")))
    for number, key in enumerate(one.keys if one.change == "changed" else ()):
        blank = ("", "", "")
        yield (*(blank if number else head), key.key, key.old or NOT_STATED, key.new or NOT_STATED)
    if one.used_by:
        more = f" and {len(one.used_by) - _MOST_USERS} more" if len(one.used_by) > _MOST_USERS else ""
        yield "", "", f"used by {', '.join(one.used_by[:_MOST_USERS])}{more}", "", "", ""


def _key_in_words(one: KeyChange) -> str:
    value = one.new if one.old is None else one.old
    return f"{one.key} {value}".strip()


def _not_compared(diff: PlanDiff) -> Iterator[str]:
    """That costs cannot be compared, and why."""
    if unpriced := [side.file for side in (diff.old, diff.new) if not side.plan.priced]:
        have = "has" if len(unpriced) == 1 else "have"
        yield _safe(
            f"Costs cannot be compared: {' and '.join(unpriced)} {have} none. What cenplan check writes is without"
            " costs and the findings that need them: give what cenplan estimate wrote."
        )
    elif diff.costs and diff.costs.total.pair.difference is None:
        items = {
            word: sorted(part.key[0] for part in diff.costs.by_item if not getattr(part.pair, word).complete)
            for word in ("old", "new")
        }
        missing = [f"{', '.join(names)} of the {word} one" for word, names in items.items() if names]
        yield _safe(
            f"The totals cannot be compared: something has no price, {'; '.join(missing)}. They are priced subtotals;"
            " only what both price can be compared."
        )


def _costs(diff: PlanDiff) -> Iterator[Block]:
    costs = diff.costs
    if costs is None:
        if said := [*_not_compared(diff)]:
            yield Heading("Cost")
            yield from said
        return
    yield Heading(f"Cost, {diff.new.plan.currency}")
    yield from _not_compared(diff)
    if not costs.lines:
        yield f"All line items are the same: {cost_pair.side(costs.total.pair.new)} in these months."
    else:
        yield from _cost_tables(costs)
    if costs.apart:
        rows = [(word, str(month), cost_pair.side(side)) for word, month, side in costs.apart]
        yield Heading("Months that are only in one")
        yield _table(("side", "month", "cost"), rows, "<<>")


def _cost_tables(costs: CostDiff) -> Iterator[Block]:
    header = ("old", "new", "difference", "change")
    name = "total" if costs.total.pair.difference is not None else "priced subtotal"
    summary = [*_peak(costs.peaks), _row(name, costs.total.pair)]
    if costs.total.pair.difference is None:
        summary.append(_row("priced by both", costs.priced_by_both.pair))
    yield _table(("what", *header), summary, "<>>>>")
    yield from _effects(costs.priced_by_both, name == "total")
    for what, parts in (
        ("group, underlay or prepaid plan", [(":".join(filter(None, one.key)), one) for one in costs.by_subject]),
        ("item", [(skus()[one.key[0]].title if one.key[0] in skus() else one.key[0], one) for one in costs.by_item]),
        ("month", [(one.key[0], one) for one in costs.by_month]),
    ):
        yield _parts(what, parts, costs.total, name)
    yield from _prices(costs.lines)


def _peak(peaks: tuple[tuple[Month, Side] | None, tuple[Month, Side] | None]) -> Iterator[tuple[str, ...]]:
    old, new = peaks
    if old and new:
        months = f"{old[0]}" if old[0] == new[0] else f"{old[0]} {ARROW} {new[0]}"
        yield _row(f"peak month, {months}", Pair("", old[1], new[1]))


def _row(name: str, pair: Pair) -> tuple[str, ...]:
    return cost_pair.cells(name, pair)


def _effects(part: Part, whole: bool) -> Iterator[Block]:
    """Why: what the plan changes, and apart from it what prices and exchange rates do."""
    effects = part.effects
    rows = [("changes of the plan", effects.plan), ("changes of prices", effects.price)]
    rows += [("changes of exchange rates", effects.exchange)] if effects.exchange else []
    rows += [("rounding of line items", effects.rounding)] if effects.rounding else []
    shown = [(name, _exact(amount)) for name, amount in rows]
    gap = cost_outline.rounded_gap(effects.difference, [amount for _, amount in rows])
    total = "difference" if whole else "difference of what both price"
    rounding = [(ROUNDING, gap)] if gap else []
    yield _table(
        ("why", "amount"), [*shown, *rounding, (total, _exact(effects.difference))], "<>", len(shown) + bool(gap)
    )


def _exact(amount: int) -> str:
    """An amount with its sign; with all decimals where cents would show nothing."""
    if amount and not cost_pair.signed(amount).strip("+-0."):
        return f"{'+' if amount > 0 else ''}{money.text(amount, 9)}"
    return cost_pair.signed(amount)


def _parts(what: str, parts: Sequence[tuple[str, Part]], whole: Part, name: str) -> Block:
    """Parts that differ, then the others as one row, so that they add up to the total."""
    differ = [(key, one) for key, one in parts if _differs(one)]
    same = [one for _, one in parts if not _differs(one)]
    shown = ("plan", "price", "exchange") if whole.effects.exchange else ("plan", "price")
    rows = [_part_row(key, one.pair, one.effects, shown) for key, one in differ]
    pairs = [one.pair for _, one in differ]
    if same:
        pairs.append(_sum([one.pair for one in same]))
        rows.append(
            _part_row(f"{len(same)} that {'is' if len(same) == 1 else 'are'} the same", pairs[-1], Effects(), shown)
        )
    rows += [(*row[:4], *("" for _ in shown)) for row in cost_pair.rounding(whole.pair, pairs)]
    total = _part_row(name, whole.pair, whole.effects, shown)
    header = (what, "old", "new", "difference", *(_BY[one] for one in shown))
    return _table(header, [*rows, total], f"<>>>{'>' * len(shown)}", len(rows))


def _differs(one: Part) -> bool:
    return one.pair.old != one.pair.new or one.effects != Effects()


def _sum(pairs: Sequence[Pair]) -> Pair:
    sides = (
        Side(sum(one.amount for one in own), all(one.complete for one in own))
        for own in ([pair.old for pair in pairs], [pair.new for pair in pairs])
    )
    return Pair("", *sides)


def _part_row(name: str, pair: Pair, effects: Effects, shown: Sequence[str]) -> tuple[str, ...]:
    _, old, new, difference, _ = cost_pair.cells(name, pair)
    amounts = (getattr(effects, one) for one in shown)
    return name, old, new, difference, *(_exact(one) if one else _NONE for one in amounts)


def _prices(lines: Sequence[LineChange]) -> Iterator[Block]:
    rows = []
    for (sku, region, _, currency, tier, old, new), own in cost_diff.price_changes(lines):
        months = sorted({one.key.month for one in own})
        rows.append(
            (
                sku,
                region,
                "all" if tier == ALL_TIERS else "free" if tier == 0 else str(tier) if tier > 0 else _NONE,
                _span(months),
                *(f"{_rates(side)}{TOGETHER}{currency}" for side in (old, new)),
                _exact(sum(one.effects.price for one in own if one.effects)),
            )
        )
    if rows:
        yield Heading("Prices that differ")
        split = " Tier all: the free quota or the tiers differ." if any(row[2] == "all" for row in rows) else ""
        yield f"Rates as they are billed, 0 for what prepaid plans cover; the effect is on the new quantity.{split}"
        yield _table(("item", "region", "tier", "months", "old", "new", "effect"), rows, "<<<<>>>")


def _rates(rates: Sequence[int]) -> str:
    return " and ".join(money.text(rate, money.RATE_DECIMALS) for rate in rates)


def _headroom(diff: PlanDiff) -> Iterator[Block]:
    if not diff.months:
        return
    yield Heading("Headroom, in the worst month of each side")
    for quota, own in groupby(diff.quotas, key=lambda one: one.quota):
        header = (quota, "month", "used", "limit", "headroom", "note")
        yield _table(header, [*map(_quota_row, own)], "<<>>><")
    if not diff.quotas:
        yield f"The same in all of {counted(diff.same_quotas, 'scope')}."
    elif diff.same_quotas:
        yield f"The same in {counted(diff.same_quotas, 'other scope')}."


def _quota_row(one: QuotaChange) -> tuple[str, ...]:
    sides = (one.old, one.new)
    turned = one.turned.upper() if one.turned == "newly exceeded" else one.turned
    new_scope = "new scope" if one.old is None else "scope is gone" if one.new is None else ""
    return (
        one.scope,
        _arrow(*(_NONE if side is None else str(side.month) for side in sides)),
        _arrow(*(_NONE if side is None else str(side.used) for side in sides)),
        _arrow(*(_NONE if side is None else _known(side.limit) for side in sides)),
        _arrow(*(_NONE if side is None else _known(headroom(side)) for side in sides)),
        ", ".join(filter(None, (turned, new_scope))),
    )


def headroom(one: QuotaPart) -> int | None:
    """What is left of a limit; None where it is not known."""
    return None if one.limit is None else one.limit - one.used


def _known(value: int | None) -> str:
    return "unknown" if value is None else str(value)


def _arrow(old: str, new: str) -> str:
    return old if old == new else f"{old}{TOGETHER}{ARROW} {new}"


def _findings(findings: Sequence[FindingChange]) -> Iterator[Block]:
    for change, title in (
        ("new", "New findings"),
        ("level", "Findings of another level"),
        ("gone", "Findings that are gone"),
    ):
        own = [one for one in findings if one.change == change]
        if own:
            yield Heading(title)
            yield Bullets([_safe(f"{_level(one)} [{one.finding.code}] {one.finding.message}") for one in own])


def _level(one: FindingChange) -> str:
    return f"{one.old_level} {ARROW} {one.finding.level}" if one.old_level else one.finding.level


def _table(header: Sequence[str], rows: Sequence[Sequence[str]], align: str, strong: int | None = None) -> Table:
    return Table(header, [tuple(map(_safe, row)) for row in rows], align, strong)


def _safe(text: str) -> str:
    """What a file or a document says, as it may be shown: no secret, nothing that moves a terminal."""
    return TOGETHER.join(visible(hidden(part)) for part in text.split(TOGETHER))


def _span(months: Sequence[Month]) -> str:
    if not months:
        return ""
    return str(months[0]) if len(months) == 1 else f"{months[0]} to {months[-1]}"
