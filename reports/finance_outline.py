"""What text, Markdown and workbook say alike for finance: steps of the amount, evidence, bills, charges, pools."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from planner import chargeback, pool_bill, settlement, statement, summary
from planner.plan import Plan
from planner.summary import Sum
from pricing import money
from pricing.prepaid import Prepaid
from pricing.sku import skus
from reports import cost_outline

UNKNOWN = "not known"


@dataclass(frozen=True)
class Block:
    """A small table with a title."""

    header: tuple[str, ...]
    """The first cell is the title."""
    rows: tuple[tuple[str, ...], ...]
    align: str
    """< or > for each column."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    """A row of amounts by month, for a sheet; m months, nano-units of its currency."""

    block: str
    who: str
    """Account, cost centre, or item and pool."""
    what: str
    currency: str
    amounts: Sum | None
    """None: not known."""
    strong: bool = False
    """Whether it is the sum of those above it."""


def rows_by_month(plan: Plan) -> Iterator[Row]:
    """Steps of the amount, bills, charges and pools, month by month."""
    yield from _step_rows(plan)
    yield from _prepaid_rows(plan)
    yield from _settlement_rows(plan)
    yield from _charge_rows(plan)
    yield from _pool_rows(plan)


def _step_rows(plan: Plan) -> Iterator[Row]:
    costs, currency = plan.costs, plan.inventory.currency
    no_list, no_price = (tuple(map(any, flags.T.tolist())) for flags in (costs.list_unpriced, costs.unpriced))
    if not len(costs.amount):
        return
    listed, unlisted, contracted, billed = (
        amounts.sum(axis=0) for amounts in (costs.list_amount, costs.unlisted, costs.contracted, costs.amount)
    )
    known = (False,) * plan.inventory.period.count
    parts = [
        ("list price", listed, tuple(map(any, zip(no_list, no_price, strict=True)))),
        ("contract price of what has no list price", unlisted, known),
        ("contract: rates and discounts", contracted - unlisted - listed, known),
        ("covered by prepaid plans", billed - contracted, known),
    ]
    block = "From list price to bill"
    for what, amounts, missing in parts:
        if any(amounts):
            yield Row(block, "", what, currency, Sum((), tuple(amounts.tolist()), missing))
    whole = Sum((), tuple(billed.tolist()), no_price)
    yield Row(block, "", "billed, before tax", currency, whole, strong=True)


def _prepaid_rows(plan: Plan) -> Iterator[Row]:
    """What prepaid plans cost when it is due, and spread over what they are used for."""
    if plan.prepaid is None:
        return
    costs = plan.prepaid.costs
    for row, (one, currency) in enumerate(zip(plan.prepaid.plans, plan.prepaid.currency, strict=True)):
        for what, part in (("due", costs.due), ("used, spread over months", costs.used), ("lost", costs.lost)):
            known = (one.price is None and not one.monthly,) * part.shape[1]
            yield Row("Prepaid plans", one.name, what, currency, Sum((), tuple(part[row].tolist()), known))


def _settlement_rows(plan: Plan) -> Iterator[Row]:
    for one in settlement.settle(plan) if settlement.shown(plan) else ():
        known = (False,) * len(one.billed)
        parts = [
            ("billed", one.billed, one.unpriced),
            ("month-end rounding, down", one.rounding, known),
            *((f"{tax.title} {tax.percent.normalize():f} %", tax.amounts, known) for tax in one.taxes),
        ]
        for what, amounts, missing in parts:
            yield Row("Bills by account", one.account, what, one.currency, Sum((), amounts, missing))
        whole = Sum((), one.payable, one.unpriced)
        yield Row("Bills by account", one.account, "payable", one.currency, whole, strong=True)
        if one.currency != plan.inventory.currency:
            converted = Sum((), one.reported, one.unpriced)
            yield Row("Bills by account", one.account, "at the fixed rate", plan.inventory.currency, converted)


def _charge_rows(plan: Plan) -> Iterator[Row]:
    currency = plan.inventory.currency
    for one in chargeback.charge(plan) if chargeback.shown(plan) else ():
        for what in ("direct", "shared", "markup"):
            amounts = getattr(one, what)
            if any(amounts):
                found = Sum((), amounts, (False,) * len(amounts))
                yield Row("Charged to cost centres", one.cost_center, what, currency, found)
        whole = Sum((), one.total, one.unpriced)
        yield Row("Charged to cost centres", one.cost_center, "charged", currency, whole, strong=True)


def _pool_rows(plan: Plan) -> Iterator[Row]:
    currency = plan.inventory.currency
    for one in pool_bill.pool_bills(plan):
        who = f"{one.sku} {one.account}/{one.region}"
        either = tuple(a or b for a, b in zip(one.run_rate_unpriced, one.increment_unpriced, strict=True))
        run_rate = Sum((), one.run_rate, one.run_rate_unpriced) if one.run_rate is not None else None
        expected = Sum((), one.expected, either) if one.expected is not None else None
        yield Row("Pools of accounts", who, "run rate", currency, run_rate)
        yield Row("Pools of accounts", who, "increment", currency, Sum((), one.increment, one.increment_unpriced))
        yield Row("Pools of accounts", who, "expected bill", currency, expected, strong=True)


def blocks(plan: Plan) -> Iterator[Block]:
    """Every block that this plan has something for."""
    yield from filter(
        None, (_steps(plan), _evidence(plan), _prepaid(plan), _settlement(plan), _charges(plan), _pools(plan))
    )


def _steps(plan: Plan) -> Block | None:
    """From list price to what is billed; nothing where both are the same."""
    steps = summary.steps(plan)
    if steps.plain:
        return None
    parts = [("list price" if steps.list_complete else "list price, where one is known", steps.list_cost)]
    if steps.without_list_price:
        parts.append(("contract price of what has no list price", steps.without_list_price))
    if steps.contract:
        parts.append(("contract: rates and discounts", steps.contract))
    if steps.covered:
        parts.append(("covered by prepaid plans", steps.covered))
    rows = [(name, money.display(amount)) for name, amount in parts]
    gap = cost_outline.rounded_gap(steps.billed, [amount for _, amount in parts])
    if gap:
        rows.append((cost_outline.ROUNDING, gap))
    rows.append(("billed, before tax", money.display(steps.billed)))
    return Block((f"From list price to bill, {plan.inventory.currency}", ""), tuple(rows), "<>")


def _evidence(plan: Plan) -> Block | None:
    """How much rests on which evidence, in money and percent."""
    shares = statement.evidence_shares(plan)
    total = sum(share.amount for share in shares)
    if not shares:
        return None
    rows: list[tuple[str, ...]] = [
        (share.evidence, money.display(share.amount), f"{share.percent(total)} %") for share in shares
    ]
    gap = cost_outline.rounded_gap(total, [share.amount for share in shares])
    if gap:
        rows.append((cost_outline.ROUNDING, gap, ""))
    return Block((f"How sure the prices are, {plan.inventory.currency}", "", ""), tuple(rows), "<>>")


def _prepaid(plan: Plan) -> Block | None:
    """How prepaid plans are used up over the period, and what of them is lost."""
    if plan.prepaid is None:
        return None
    use, costs = plan.prepaid.use, plan.prepaid.costs
    rows = []
    for row, (one, currency) in enumerate(zip(plan.prepaid.plans, plan.prepaid.currency, strict=True)):
        amounts = (sum(part[row].tolist()) for part in (use.by_lines, use.by_others, use.expired))
        left = int(use.remaining[row, -1])
        priced = one.price is not None or one.monthly
        money_of = (f"{currency} {money.display(sum(part[row].tolist()))}" for part in (costs.due, costs.lost))
        due, lost = money_of if priced else ("no price", "no price")
        rows.append(
            (one.name, f"{one.start} to {one.end}", *(_size(amount, one) for amount in (*amounts, left)), due, lost)
        )
    header = ("Prepaid plans", "valid", "by the plan", "by others", "expired", "left", "due", "lost")
    notes = ["by others: everything else in the account; due and lost: in the period"]
    if any(
        one.usage.unknown.any() and any(own.offsets(one.usage.sku) for own in plan.prepaid.plans) for one in plan.rated
    ):
        notes.append("traffic of unknown quantity draws nothing here: less may be left, or lost, than is shown")
    return Block(header, tuple(rows), "<<>>>>>>", tuple(notes))


def _size(amount: int, plan: Prepaid) -> str:
    """Micro-GB of a volume, or nano-units of a commitment, in words."""
    return money.display(amount) if plan.per_hour else f"{money.display(amount * 1000)} GB"


def _settlement(plan: Plan) -> Block | None:
    """What each account pays, with the month-end rounding and tax; each in the currency of its bill."""
    if not settlement.shown(plan):
        return None
    rows: list[tuple[str, ...]] = []
    for one in settlement.settle(plan):
        more = "  + UNPRICED" if any(one.unpriced) else ""
        rows.append((one.account, "billed", f"{one.currency} {money.display(sum(one.billed))}{more}"))
        rows.append(("", "month-end rounding, down", f"{one.currency} {money.display(sum(one.rounding), 4)}"))
        for tax in one.taxes:
            taxed = f"{one.currency} {money.display(sum(tax.amounts))}"
            rows.append(("", f"{tax.title} {tax.percent.normalize():f} %", taxed))
        rows.append(("", "payable", f"{one.currency} {money.display(sum(one.payable))}{more}"))
        if one.currency != plan.inventory.currency:
            converted = f"{plan.inventory.currency} {money.display(sum(one.reported))}"
            rows.append(("", "at the fixed rate", converted))
    carriers = any(skus()[one.usage.sku].billed_by == "carrier" for one in plan.rated)
    note = ("leased lines are on the carrier's bill and not in these",) if carriers else ()
    return Block(("Bills by account", "", ""), tuple(rows), "<<>", note)


def _charges(plan: Plan) -> Block | None:
    """What cost centres are charged on."""
    if not chargeback.shown(plan):
        return None
    charges = chargeback.charge(plan)
    rows = [
        (
            one.cost_center,
            *(money.display(sum(part)) for part in (one.direct, one.shared, one.markup, one.total)),
            "+ UNPRICED" if any(one.unpriced) else "",
        )
        for one in charges
    ]
    parts = ("direct", "shared", "markup", "total")
    totals = [sum(sum(getattr(one, part)) for one in charges) for part in parts]
    if len(charges) > 1:
        rows.append(("all", *(money.display(amount) for amount in totals), ""))
    rules = plan.scenarios[0].finance.allocation
    notes = [f"{key}: {_rule(getattr(rules, key))}" for key in type(rules).model_fields]
    title = f"Charged to cost centres, {plan.inventory.currency}"
    header = (title, "direct", "shared", "markup", "charged", "")
    note = (f"shared costs are laid over groups: {'; '.join(notes)}",) if totals[1] else ()
    return Block(header, tuple(rows), "<>>>><", note)


def _rule(rule: object) -> str:
    if isinstance(rule, dict):
        return ", ".join(f"{name} {percent.normalize():f} %" for name, percent in rule.items())
    return str(rule)


def _pools(plan: Plan) -> Block | None:
    """Pools as the account's bill will show them, and their sum by account."""
    bills = pool_bill.pool_bills(plan)
    if not bills:
        return None
    rows: list[tuple[str, ...]] = []
    by_account: dict[str, list[pool_bill.PoolBill]] = {}
    for one in bills:
        by_account.setdefault(one.account, []).append(one)
    for account, own in sorted(by_account.items()):
        rows += [(f"{one.sku} {one.account}/{one.region}", *_three([one])) for one in own]
        if len(own) > 1:
            rows.append((f"all of {account}", *_three(own)))
    header = (f"Pools of accounts, {plan.inventory.currency}", "run rate", "increment", "expected bill", "")
    note = "run rate: the baseline alone; increment: what this plan adds; before prepaid plans"
    return Block(header, tuple(rows), "<>>><", (note,))


def _three(bills: Sequence[pool_bill.PoolBill]) -> tuple[str, str, str, str]:
    """Run rate, increment and expected bill over the period, and what must be said beside them."""
    increment = money.display(sum(sum(one.increment) for one in bills))
    unpriced = any(any(one.run_rate_unpriced) or any(one.increment_unpriced) for one in bills)
    note = "+ UNPRICED" if unpriced else ""
    known = [one.run_rate for one in bills if one.run_rate is not None]
    if len(known) < len(bills):
        return UNKNOWN, increment, UNKNOWN, "; ".join(filter(None, (note, "no baseline is given")))
    run_rate = sum(map(sum, known))
    expected = run_rate + sum(sum(one.increment) for one in bills)
    return money.display(run_rate), increment, money.display(expected), note
