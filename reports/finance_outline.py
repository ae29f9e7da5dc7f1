"""What text, Markdown and workbook say alike for finance: steps of the amount, evidence, bills, charges, pools."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from planner import chargeback, pool_bill, settlement, statement, summary
from planner.core.cost_center import ALL, ROUNDING
from planner.estate import CARRIERS
from planner.plan import Plan
from planner.summary import Sum
from pricing import money
from pricing.prepaid import Prepaid
from reports import cost_outline

UNKNOWN = "not known"
MONTH_END = "month-end rounding, down"
CONVERTED = "the same, converted"
SURE = "How sure the prices are"
BILLS, CHARGES = "Bills by account", "Charged to cost centres"
FROM_LIST, PAYABLE = "From list price to bill", "Payable, after rounding and tax"
POOLS = "Items shared with the rest of an account"


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
    """Steps of the amount, evidence, prepaid plans, bills, charges and pools, month by month."""
    yield from _step_rows(plan)
    yield from _evidence_rows(plan)
    yield from _prepaid_rows(plan)
    yield from _settlement_rows(plan)
    yield from _charge_rows(plan)
    yield from _pool_rows(plan)


def _step_rows(plan: Plan) -> Iterator[Row]:
    costs, currency = plan.costs, plan.inventory.currency
    if not len(costs.amount):
        return
    no_price = tuple(map(any, costs.unpriced.T.tolist()))
    known = (False,) * plan.inventory.period.count
    for name, amounts in summary.steps_by_month(plan).items():
        if any(amounts):
            missing = no_price if name == "list_cost" else known
            yield Row(FROM_LIST, "", _step_name(name, plan), currency, Sum((), amounts, missing))
    whole = Sum((), summary.totals(plan).amounts, no_price)
    yield Row(FROM_LIST, "", "billed, before tax", currency, whole, strong=True)


def _evidence_rows(plan: Plan) -> Iterator[Row]:
    """What is billed by the evidence of its prices, and in how many lines."""
    total, by_evidence = summary.totals(plan).subtotal, statement.evidence_by_month(plan)
    for share in statement.evidence_shares(plan):
        if share.amount:
            amounts = by_evidence[share.evidence]
            lines = f"{share.percent(total)} %, {share.lines:,} {'line' if share.lines == 1 else 'lines'}"
            found = Sum((), amounts, (False,) * len(amounts))
            yield Row(SURE, lines, f"{share.evidence} prices", plan.inventory.currency, found)


def _prepaid_rows(plan: Plan) -> Iterator[Row]:
    """What prepaid plans cost when it is due, and spread over what they are used for."""
    if plan.prepaid is None:
        return
    costs = plan.prepaid.costs
    for row, (one, currency) in enumerate(zip(plan.prepaid.plans, plan.prepaid.currency, strict=True)):
        for what, part in (("due", costs.due), ("spread over what is used", costs.used), ("lost unused", costs.lost)):
            known = (one.price is None and not one.monthly,) * part.shape[1]
            amounts = Sum((), tuple(part[row].tolist()), known)
            yield Row("Prepaid plans, what they cost", one.name, what, currency, amounts)


def _settlement_rows(plan: Plan) -> Iterator[Row]:
    if not settlement.shown(plan):
        return
    block, results = BILLS, plan.inventory.currency
    known = (False,) * plan.inventory.period.count
    for one in settlement.settle(plan):
        parts = [
            ("billed", one.billed, one.unpriced),
            (MONTH_END, one.rounding, known),
            *((f"{tax.title} {tax.percent.normalize():f} %", tax.amounts, known) for tax in one.taxes),
        ]
        for what, amounts, missing in parts:
            yield Row(block, one.account, what, one.currency, Sum((), amounts, missing))
        yield Row(block, one.account, "payable", one.currency, Sum((), one.payable, one.unpriced), strong=True)
        if one.currency != results:
            yield Row(block, one.account, CONVERTED, results, Sum((), one.reported, one.unpriced))
    if any(carriers := _of_carriers(plan)):
        yield Row(block, CARRIERS, "billed, before tax", results, Sum((), carriers, known))
    if everything := _all_bills(plan):
        yield Row(block, ALL, "payable", results, everything, strong=True)


def _all_bills(plan: Plan) -> Sum | None:
    """What is payable to Alibaba Cloud and to carriers together; None where it is one bill."""
    bills, carriers = settlement.settle(plan), _of_carriers(plan)
    if len(bills) + any(carriers) < 2:
        return None
    amounts = map(sum, zip(carriers, *(one.reported for one in bills), strict=True))
    unpriced = map(any, zip(*(one.unpriced for one in bills), strict=True)) if bills else (False for _ in carriers)
    return Sum((), tuple(amounts), tuple(unpriced))


def _of_carriers(plan: Plan) -> tuple[int, ...]:
    """(m,) what carriers bill, in the currency of the results."""
    return summary.steps_by_month(plan)["leased_lines"]


def _charge_rows(plan: Plan) -> Iterator[Row]:
    currency = plan.inventory.currency
    for one in chargeback.charge(plan) if chargeback.shown(plan) else ():
        for what in ("direct", "shared", "markup"):
            amounts = getattr(one, what)
            if any(amounts):
                found = Sum((), amounts, (False,) * len(amounts))
                yield Row(CHARGES, one.cost_center, what, currency, found)
        whole = Sum((), one.total, one.unpriced)
        yield Row(CHARGES, one.cost_center, "charged", currency, whole, strong=True)


def _pool_rows(plan: Plan) -> Iterator[Row]:
    currency = plan.inventory.currency
    for one in _pools_in_use(plan):
        who = f"{one.sku} {one.account}/{one.region}"
        either = tuple(a or b for a, b in zip(one.run_rate_unpriced, one.increment_unpriced, strict=True))
        run_rate = Sum((), one.run_rate, one.run_rate_unpriced) if one.run_rate is not None else None
        expected = Sum((), one.expected, either) if one.expected is not None else None
        yield Row(POOLS, who, "run rate", currency, run_rate)
        yield Row(POOLS, who, "increment", currency, Sum((), one.increment, one.increment_unpriced))
        yield Row(POOLS, who, "expected bill", currency, expected, strong=True)


def _pools_in_use(plan: Plan) -> list[pool_bill.PoolBill]:
    """Pools of which something is paid, or of which something is not known."""
    return [
        one
        for one in pool_bill.pool_bills(plan)
        if one.run_rate is None or any((*one.run_rate, *one.increment, *one.run_rate_unpriced, *one.increment_unpriced))
    ]


def headlines(plan: Plan) -> Iterator[tuple[str, Sum]]:
    """What else a reader asks of the total, as a label and amounts by month: list price, what is payable, charged."""
    unpriced = summary.totals(plan).unpriced
    if not summary.steps(plan).plain:
        name = _step_name("list_cost", plan)
        yield name[0].upper() + name[1:], Sum((), summary.steps_by_month(plan)["list_cost"], unpriced)
    if settlement.shown(plan):
        bills, carriers = settlement.settle(plan), _of_carriers(plan)
        payable = tuple(map(sum, zip(carriers, *(one.reported for one in bills), strict=True)))
        yield PAYABLE, Sum((), payable, unpriced)
    if plan.scenarios[0].finance.markup_percent:
        charges = chargeback.charge(plan)
        charged = tuple(map(sum, zip(*(one.total for one in charges), strict=True)))
        yield "Charged to cost centres", Sum((), charged or (0,) * len(unpriced), unpriced)


_STEPS = {
    "list_cost": "list price",
    "without_list_price": "contract price of what has no list price",
    "contract": "contract: rates and discounts",
    "covered": "covered by prepaid plans",
    "prepaid_plans": "price of prepaid plans, when it is due",
    "leased_lines": "leased lines, billed by carriers",
}
"""What the steps from list price to bill are called."""


def _step_name(name: str, plan: Plan) -> str:
    incomplete = name == "list_cost" and not summary.steps(plan).list_complete
    return _STEPS[name] + (", where one is known" if incomplete else "")


def blocks(plan: Plan) -> Iterator[Block]:
    """Every block that this plan has something for."""
    yield from filter(
        None,
        (
            steps_of(plan),
            evidence(plan),
            _prepaid_use(plan),
            _prepaid_costs(plan),
            _settlement(plan),
            _charges(plan),
            _pools(plan),
        ),
    )


def steps_of(plan: Plan) -> Block | None:
    """From list price to what is billed; nothing where both are the same."""
    steps = summary.steps(plan)
    if steps.plain:
        return None
    parts = [(_step_name(name, plan), getattr(steps, name)) for name in _STEPS]
    parts = [part for number, part in enumerate(parts) if part[1] or not number]
    rows = [(name, money.display(amount)) for name, amount in parts]
    gap = cost_outline.rounded_gap(steps.billed, [amount for _, amount in parts])
    if gap:
        rows.append((ROUNDING, gap))
    rows.append(("billed, before tax", money.display(steps.billed)))
    return Block((f"{FROM_LIST}, {plan.inventory.currency}", ""), tuple(rows), "<>")


def evidence(plan: Plan) -> Block | None:
    """How much rests on which evidence, in money, percent and lines; and how many lines have no price at all."""
    shares = [share for share in statement.evidence_shares(plan) if share.amount]
    total = sum(share.amount for share in shares)
    unpriced = int((~plan.lines.priced).sum())
    if not shares:
        return None
    rows: list[tuple[str, ...]] = [
        (share.evidence, money.display(share.amount), f"{share.percent(total)} %", f"{share.lines:,}")
        for share in shares
    ]
    gap = cost_outline.rounded_gap(total, [share.amount for share in shares])
    if gap:
        rows.append((ROUNDING, gap, "", ""))
    if unpriced:
        rows.append(("UNPRICED", UNKNOWN, "", f"{unpriced:,}"))
    header = (f"{SURE}, {plan.inventory.currency}", "billed", "share", "lines")
    return Block(header, tuple(rows), "<>>>")


def _prepaid_use(plan: Plan) -> Block | None:
    """How prepaid plans are used up over the period, and what of them is lost."""
    if plan.prepaid is None:
        return None
    use = plan.prepaid.use
    rows = []
    for row, (one, currency) in enumerate(zip(plan.prepaid.plans, plan.prepaid.currency, strict=True)):
        amounts = [sum(part[row].tolist()) for part in (use.by_lines, use.by_others, use.expired)]
        amounts.append(int(use.remaining[row, -1]))
        rows.append((one.name, *(_size(amount, one, currency) for amount in amounts)))
    header = ("Prepaid plans, what is used", "by this plan", "by others", "lost unused", "left at the end")
    notes = ["by others: everything else in the account"]
    if any(
        one.usage.unknown.any() and any(own.offsets(one.usage.sku) for own in plan.prepaid.plans) for one in plan.rated
    ):
        notes.append("traffic of unknown quantity draws nothing here: less may be left, or lost, than is shown")
    return Block(header, tuple(rows), "<>>>>", tuple(notes))


def _prepaid_costs(plan: Plan) -> Block | None:
    """What prepaid plans cost in the period."""
    if plan.prepaid is None:
        return None
    costs = plan.prepaid.costs
    rows = []
    for row, (one, currency) in enumerate(zip(plan.prepaid.plans, plan.prepaid.currency, strict=True)):
        amounts = [sum(part[row].tolist()) for part in (costs.due, costs.used, costs.lost)]
        known = one.price is not None or one.monthly
        shown = [f"{currency} {money.display(amount)}" if known else "no price" for amount in amounts]
        rows.append((one.name, f"{one.start} to {one.end - timedelta(days=1)}", *shown))
    header = ("Prepaid plans, what they cost", "first to last day", "due", "spread over use", "lost unused")
    note = "due: to be paid in the period; spread over use: what the part that was used has cost, whenever it is paid"
    return Block(header, tuple(rows), "<<>>>", (note,))


def _size(amount: int, plan: Prepaid, currency: str) -> str:
    """Micro-GB of a volume, or nano-units of a commitment, in words."""
    return f"{currency} {money.display(amount)}" if plan.per_hour else f"{money.display(amount * 1000)} GB"


def _settlement(plan: Plan) -> Block | None:
    """What each account pays, with the month-end rounding and tax; each in the currency of its bill."""
    if not settlement.shown(plan):
        return None
    rows: list[tuple[str, ...]] = []
    results = plan.inventory.currency
    for one in settlement.settle(plan):
        more = "+ UNPRICED" if any(one.unpriced) else ""
        parts = [
            ("billed", one.currency, one.billed, more),
            (MONTH_END, one.currency, one.rounding, ""),
            *((f"{tax.title} {tax.percent.normalize():f} %", one.currency, tax.amounts, "") for tax in one.taxes),
            ("payable", one.currency, one.payable, more),
        ]
        if one.currency != results:
            parts.append((CONVERTED, results, one.reported, more))
        for number, (what, currency, amounts, note) in enumerate(parts):
            rows.append((one.account * (not number), what, currency, money.display(sum(amounts)), note))
    carriers = _of_carriers(plan)
    if any(carriers):
        rows.append((CARRIERS, "billed, before tax", results, money.display(sum(carriers)), ""))
    if whole := _all_bills(plan):
        note = "" if whole.complete else "+ UNPRICED"
        rows.append((ALL, "payable", results, money.display(whole.total), note))
    notes = ("carriers: leased lines, which Alibaba Cloud does not bill",) if any(carriers) else ()
    return Block(("Bills by account", "", "", "", ""), tuple(rows), "<<<><", notes)


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
        rows.append((ALL, *(money.display(amount) for amount in totals), ""))
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
    bills = _pools_in_use(plan)
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
    header = (f"{POOLS}, {plan.inventory.currency}", "run rate", "increment", "expected bill", "")
    note = "run rate: everything else in the account; increment: what this plan adds; before prepaid plans"
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
