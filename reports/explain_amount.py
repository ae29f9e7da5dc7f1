"""The page of an amount: what it is, and every step from the sites of the plan to the source of its price."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planner.explanation import Explanation
from pricing import money
from pricing.price_table import FREE
from reports import explain_pool, explain_prepaid, explain_price, explain_quantity
from reports.explain_page import measured_by, price_model
from reports.explain_words import UNPRICED, money_text, plain, units, where
from reports.page import Block, Bullets, Facts, Heading, Page


def page(found: Sequence[Explanation]) -> Page:
    """The page of explanations of one item of one subject in one month: one, or one for each account and place."""
    first = found[0]
    total = sum(one.reported for one in found)
    blocks: list[Block] = []
    for number, one in enumerate(found, start=1):
        if len(found) > 1:
            blocks.append(Heading(f"Part {number} of {len(found)}: {one.place}, paid by {one.account}"))
        blocks += _blocks(one)
    unpriced = any(one.unpriced for one in found)
    priced = any(one.status != "unpriced" for one in found)
    cost = f"{first.reported_currency} {money.display(total)}{f' + {UNPRICED}' if unpriced else ''}"
    return Page(f"{first.subject} · {first.sku} · {first.month}: {cost if priced else UNPRICED}", blocks)


def _blocks(one: Explanation) -> Iterator[Block]:
    """From the answer down to the sources."""
    yield Facts(list(_answer(one)))
    yield Heading("What is counted")
    yield from _rule(one)
    yield Heading(f"How much: {explain_quantity.title(one)}")
    yield from explain_quantity.blocks(one)
    if one.pool:
        yield Heading("What it is counted together with")
        yield from explain_pool.blocks(one, one.pool)
    if one.cover:
        yield Heading("What prepaid plans cover")
        yield from explain_prepaid.covering(one, one.cover)
    if one.bought:
        yield Heading("What becomes of it")
        yield from explain_prepaid.purchase(one, one.bought)
    yield Heading("What it costs")
    yield from explain_price.blocks(one)
    if one.unpriced:
        yield Heading("What is missing")
        yield from explain_price.missing(one)
    if one.origins or (one.exchange and one.status != "unpriced"):
        yield Heading("Where the prices come from")
        yield from explain_price.sources(one)
    if one.assumptions:
        yield Heading("Assumptions")
        yield "Open questions on which this amount rests: another answer would change it, or who pays it."
        yield Bullets([f"{known.id}: {known.value} — {known.assumption.title}" for known in one.assumptions])


def _answer(one: Explanation) -> Iterator[tuple[str, str]]:
    """What it costs, who pays it, and what it belongs to."""
    some = one.status != "unpriced"
    priced_part = ", the priced part" if one.status == "partly priced" else ""
    changed = any(line.list_rate != line.rate for line in one.lines)
    covered = any(line.covered for line in one.lines)
    listed = [line for line in one.lines if line.list_cost is not None]
    if some and changed:
        incomplete = ", the part that has a list price" if len(listed) < len(one.lines) else ""
        yield "list cost", money_text(one.list_cost, one.currency) + incomplete if listed else "no list price is known"
    if some and (changed or covered):
        unknown = any(line.contracted is None for line in one.lines)
        contracted = ", the part that has a contracted price" if unknown else ""
        yield "contracted", money_text(one.contracted, one.currency) + contracted
    yield "billed", f"{money_text(one.billed, one.currency)}{priced_part}, before tax" if some else "not known"
    if one.exchange and some:
        rate = f"{one.currency} 1 = {one.reported_currency} {plain(one.exchange.rate)}"
        yield "in results", f"{money_text(one.reported, one.reported_currency)}, at the fixed rate {rate}"
    yield "status", _status(one)
    yield "paid by", f"account {one.account}{f', {one.payer}' if one.payer else ''}"
    yield "owner", f"account {one.owner}"
    yield "cost centre", one.cost_center or "none is given"
    yield "ledger code", one.gl_code
    yield "item", f"{one.item.title} ({one.sku})"
    in_file = f" ({where(one.location)})" if one.location else ""
    yield "subject", f"{one.kind} {one.subject}{in_file}"
    yield from _place(one)


def _place(one: Explanation) -> Iterator[tuple[str, str]]:
    """Where it is, as far as that decides its price."""
    if one.lane:
        towards = {"to": "towards the data centre", "from": "from the data centre"}[one.lane.direction]
        ends = ("the clouds", "the router") if one.lane.direction == "to" else ("the router", "the clouds")
        yield "lane", f"{one.lane.origin} ({ends[0]}) to {one.lane.destination} ({ends[1]}), {towards}"
    if one.bought:
        return
    if one.item.priced_as == "tr-data-processing" and one.region != one.router_region:
        yield "place", f"{one.region}, where the clouds of {one.subject} are; router {one.router}"
    else:
        yield "place", f"{one.router}, {one.router_region}"


def _status(one: Explanation) -> str:
    """Whether it has a price, and why if it has none or is free."""
    if one.status == "unpriced":
        return f"{UNPRICED}: {explain_price.reason(one, one.unpriced[0])}"
    if one.status == "partly priced":
        missing = sum(line.quantity or 0 for line in one.unpriced)
        return f"partly priced: {units(missing)} of {units(one.quantity or 0)} {one.item.unit} {UNPRICED}"
    if all(line.tier == FREE for line in one.lines):
        return "free: the free quota covers all of it"
    if all(line.covered or line.tier == FREE for line in one.lines):
        return "covered by prepaid plans: nothing is billed"
    covered = sum(line.quantity or 0 for line in one.lines if line.covered)
    return f"priced; {units(covered)} {one.item.unit} are covered by prepaid plans" if covered else "priced"


def _rule(one: Explanation) -> Iterator[Block]:
    """What the item is, how it is measured, and who says so."""
    measured, source = measured_by(one.sku)
    yield one.item.description
    yield Facts(
        [
            ("measured", measured),
            ("price", price_model(one.item)),
            ("rates", f"those of {one.item.priced_as}" if one.item.priced_as else ""),
            ("rule", source),
            ("source", one.item.source),
        ]
    )
