"""What text and Markdown say alike of costs: the tree, the sums, and what has no price."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from planner import effect, statement, summary
from planner.core.cost_center import ROUNDING
from planner.estate import CARRIERS
from planner.plan import Plan
from planner.summary import CostRow, Sum
from pricing import line_item, money
from pricing.sku import skus


@dataclass(frozen=True)
class CostLine:
    """A line of the cost tree, as text."""

    depth: int
    """0: router, 1: group or underlay, 2: item; a rounding line has the depth of its siblings."""
    last: bool
    """Whether it is the last of its siblings."""
    name: str
    first_month: str
    first: str
    peak_month: str
    peak: str
    total: str
    note: str
    """What must be said beside the total: that something has no price, or that it is free."""


def cost_lines(plan: Plan, rows: Sequence[CostRow]) -> Iterator[CostLine]:
    """The cost tree: routers, groups and items, with rounding lines where visible parts do not add up."""
    items = skus()
    tables = plan.inventory
    regions = {name: tables.regions[code] for name, code in zip(tables.routers.ids, tables.routers.region, strict=True)}
    for router, own_of_router in groupby(rows, key=lambda row: row.router):
        of_router = list(own_of_router)
        whole = summary.add(of_router)
        name = f"{router} ({regions[router]})" if router in regions else place_name(router, plan)
        yield _line(plan, 0, False, name, whole)
        groups = [(key, list(own)) for key, own in groupby(of_router, key=lambda row: row.subject)]
        rounding = rounded_gap(whole.total, [summary.add(own).total for _, own in groups])
        for number, (subject, own) in enumerate(groups):
            group = summary.add(own)
            yield _line(plan, 1, number == len(groups) - 1 and not rounding, subject, group)
            parts = [(sku, summary.add(list(same))) for sku, same in groupby(own, key=lambda row: row.sku)]
            gap = rounded_gap(group.total, [part.total for _, part in parts])
            for place, (sku, part) in enumerate(parts):
                yield _line(plan, 2, place == len(parts) - 1 and not gap, items[sku].title, part)
            if gap:
                yield _rounding_line(2, gap)
        if rounding:
            yield _rounding_line(1, rounding)


def place_name(router: str, plan: Plan) -> str:
    """What costs are called that stand under a transit router, or under none: those of prepaid plans."""
    return router if router in plan.inventory.routers.ids else f"Prepaid plans {router}"


def total_lines(plan: Plan, rows: Sequence[CostRow]) -> Iterator[CostLine]:
    """The bottom line, called a priced subtotal when it is not the whole cost."""
    totals = summary.totals(plan)
    gap = rounded_gap(totals.subtotal, [router.total for router in summary.by(rows, "router")])
    if gap:
        yield _rounding_line(0, gap)
    name = "TOTAL" if totals.complete else f"PRICED SUBTOTAL ({totals.coverage_percent} % of lines priced)"
    yield _line(plan, 0, True, name, Sum((), totals.amounts, totals.unpriced))


def _line(plan: Plan, depth: int, last: bool, name: str, row: Sum) -> CostLine:
    months = plan.inventory.period.months
    first = row.first
    if first is None:
        note = ("prepaid" if row.covered else "free") if depth == 2 else ""
        return CostLine(depth, last, name, "", "", "", "", money.display(row.total), note)
    if not row.complete and row.total == 0:
        return CostLine(depth, last, name, str(months[first]), "—", "", "—", "—", "UNPRICED")
    return CostLine(
        depth,
        last,
        name,
        str(months[first]),
        "—" if row.unpriced[first] and not row.amounts[first] else money.display(row.amounts[first]),
        str(months[row.peak]),
        money.display(row.amounts[row.peak]),
        money.display(row.total),
        "" if row.complete else "+ UNPRICED",
    )


def _rounding_line(depth: int, gap: str) -> CostLine:
    return CostLine(depth, True, ROUNDING, "", "", "", "", gap, "")


def amount(currency: str, nano: int, missing: bool) -> str:
    """An amount in words; what has no price is never 0.

    nano    : the priced part
    missing : whether something has no price
    """
    if missing and not nano:
        return "unpriced"
    return f"{currency} {money.display(nano)}{' + unpriced' if missing else ''}"


def sums(parts: Sequence[tuple[str, Sum]]) -> list[tuple[str, str, str]]:
    """(name, total, note) of parts that are shown one below the other, with a rounding line where needed."""
    lines = [(name, money.display(part.total), "" if part.complete else "+ UNPRICED") for name, part in parts]
    gap = rounded_gap(sum(part.total for _, part in parts), [part.total for _, part in parts])
    return [*lines, (ROUNDING, gap, "")] if gap else lines


def breakdowns(plan: Plan, rows: Sequence[CostRow]) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """Sums by plan, account, owner, cost centre, code of the general ledger and year; what is alike is left out."""
    if not rows:
        return []
    whole = summary.add(rows)
    years = [
        (summary.year_name(plan, year), Sum((), whole.amounts[columns], whole.unpriced[columns]))
        for year, columns in summary.years(plan)
    ]
    by = [("By plan", "scenario")] if plan.several else []
    by.append(("By account", "account"))
    if any(row.account not in (row.owner, CARRIERS) for row in rows):
        by.append(("By owner", "owner"))
    by.append(("By cost centre", "cost_center"))
    if plan.scenarios[0].finance.gl_codes:
        by.append(("By GL code", "gl_code"))
    found = [(title, [(row.key[0], row) for row in summary.by(rows, name)]) for title, name in by]
    return [(title, sums(parts)) for title, parts in (*found, (f"By {summary.year_kind(plan)}", years))]


def rounded_gap(total: int, parts: Iterable[int]) -> str:
    """What the parts as shown lack to the total as shown; empty when they add up."""
    gap = _cents(total) - sum(map(_cents, parts))
    return money.display(gap * 10**7) if gap else ""


def _cents(amount: int) -> int:
    return int(money.display(amount).replace(",", "").replace(".", ""))


@dataclass(frozen=True)
class OpenQuestion:
    """An open question that touches a plan, as text."""

    id: str
    answer: str
    question: str
    effects: tuple[str, ...]
    """What each other answer would change: "tunnel: moves the total by +USD 1.00"; () where there is no other."""


def assumptions(plan: Plan) -> tuple[list[OpenQuestion], list[str]]:
    """The open questions that touch the plan, what decides most first, and notes that name all the others."""
    found: list[tuple[tuple[bool, int], OpenQuestion]] = []
    same = []
    for one in statement.used_assumptions(plan):
        own = [e for e in plan.effects if e.id == one.id]
        if own and not any(e.changes for e in own):
            same.append(f"{one.id}: {one.value} ({', '.join(e.alternative.words for e in own)})")
            continue
        effects = tuple(f"{e.alternative.words}: {effect.says(e)}" for e in own)
        turns = any(e.passes[0] != e.passes[1] for e in own)
        most = max((abs(e.total) for e in own), default=-1)
        found.append(((not turns, -most), OpenQuestion(one.id, one.value, one.assumption.title, effects)))
    notes = [f"another answer changes nothing here: {'; '.join(same)}"] if same else []
    if rest := [one.id for one in statement.unused_assumptions(plan)]:
        notes.append(f"not touched by this plan: {', '.join(rest)}")
    return [question for _, question in sorted(found, key=lambda one: (one[0], one[1].id))], notes


def unpriced(plan: Plan) -> tuple[str, list[str]]:
    """A loud title and an entry per item and region without a price, with quantities; ("", []) if there is none."""
    lines, tables = plan.lines, plan.inventory
    missing = (~lines.priced).nonzero()[0].tolist()
    found: dict[tuple[str, str], list[int]] = {}
    for row in missing:
        found.setdefault((lines.skus[lines.sku[row]], tables.regions[lines.region[row]]), []).append(row)
    entries = []
    for (sku, region), rows in sorted(found.items()):
        quantities = [int(lines.quantity[row]) for row in rows]
        known = sum(quantity for quantity in quantities if quantity != line_item.UNKNOWN)
        unknown = sum(quantity == line_item.UNKNOWN for quantity in quantities)
        parts = [f"{money.display(known * 1000)} {skus()[sku].unit} without a price"] if known else []
        parts += [f"{unknown} {'line' if unknown == 1 else 'lines'} of unknown quantity"] if unknown else []
        entries.append(f"{sku} in {region}: {', '.join(parts)}")
    if not missing:
        return "", []
    return (
        f"UNPRICED: {len(missing)} of {len(lines.priced)} lines have no price: the subtotal is not the whole cost",
        entries,
    )
