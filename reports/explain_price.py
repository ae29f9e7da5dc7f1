"""What a quantity costs: rates, how they are made and where they were read; what is missing, and how to give it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from planner import priced_line
from planner.core.region import EVERYWHERE
from planner.explanation import Explanation
from planner.pool_share import Column
from planner.priced_line import Line, Origin
from pricing import money
from pricing.book import Adjustment, FreeQuota, Rate
from pricing.price_table import FREE
from reports.explain_page import reference_words
from reports.explain_words import UNPRICED, money_text, plain, table, tier_name, units, where
from reports.page import Block, Bullets, Code, Facts, Table

MOST_SCOPES = 3
"""So many scopes are named; of more, the first and the last."""


def blocks(one: Explanation) -> Iterator[Block]:
    """Quantity × rate, line by line; at list price as well, and in the results' currency, where these differ."""
    if one.quantity is None:
        rate = one.lines[0].rate
        yield (
            f"One {one.item.unit} costs {one.currency} {plain(rate.value)}."
            if rate
            else "That depends on the quantity."
        )
        return
    if any(line.list_rate != line.rate for line in one.lines):
        yield f"At list price, in {one.currency}:"
        yield _products(one, [(line.list_rate, line.list_cost) for line in one.lines], "no list price")
        yield f"At contracted price, in {one.currency}:"
    yield _products(one, [(line.rate, line.contracted) for line in one.lines], UNPRICED)
    yield Bullets(list(dict.fromkeys(_rate_notes(one))))
    if any(line.covered for line in one.lines):
        part = ", the priced part" if one.unpriced else ""
        yield f"What prepaid plans cover is not billed. Billed: {money_text(one.billed, one.currency)}{part}."
    if one.exchange and any(line.billed for line in one.lines):
        yield f"Converted line by line, in {one.reported_currency}:"
        yield _converted(one)
    if one.status != "unpriced":
        yield "Each product is rounded half up, once, to 9 decimals; sums are exact."


def _products(one: Explanation, priced: Sequence[tuple[Rate | None, int | None]], missing: str) -> Table:
    rows = [
        (
            _label(line, one),
            units(line.quantity or 0),
            "no rate" if rate is None else plain(rate.value),
            (missing, "not known")[line.covered] if cost is None else money_text(cost),
            "covered: not billed" if line.covered else "",
        )
        for line, (rate, cost) in zip(one.lines, priced, strict=True)
    ]
    if len(rows) > 1:
        total = sum(cost or 0 for _, cost in priced)
        rows.append(("sum", units(one.quantity or 0), "", money_text(total), ""))
    return table(("", one.item.unit, "× rate", f"= {one.currency}", ""), rows, "<>>><")


def _converted(one: Explanation) -> Table:
    """What is billed × exchange rate, line by line."""
    assert one.exchange is not None
    rate = plain(one.exchange.rate)
    rows = [
        (_label(line, one), money_text(line.billed), rate, money_text(line.reported or 0))
        for line in one.lines
        if line.billed is not None and not line.covered
    ]
    if len(rows) > 1:
        rows.append(("sum", money_text(one.billed), "", money_text(one.reported)))
    return table(("", one.currency, "× rate", f"= {one.reported_currency}"), rows, "<>>>")


def _label(line: Line, one: Explanation) -> str:
    return tier_name(line.tier) or f"per {one.item.unit}"


def _rate_notes(one: Explanation) -> Iterator[str]:
    """How rates are made of those of the books."""
    for line in one.lines if not one.given else ():
        which = f"{tier_name(line.tier)}: " if line.tier else ""
        of_contract = line.rate is not None and line.rate.reference.evidence == "contract"
        if line.rate and of_contract and line.tier != FREE:
            yield f"{which}{plain(line.rate.value)} is a contract rate, which is net: no discount applies to it"
        made = line.list_rate if of_contract or line.rate is None else line.rate
        if made is not None and made.base is not None:
            steps = [f"{_percent(one)} ({one.kind}) = {plain(value)}" for one, value in priced_line.steps(made)]
            yield f"{which}{plain(made.base)} in the book, {', '.join(steps)}"


def _percent(adjustment: Adjustment) -> str:
    """− 12 % or + 3 %."""
    return f"{'−' if adjustment.percent < 0 else '+'} {plain(abs(adjustment.percent))} %"


# --- what is missing


def missing(one: Explanation) -> Iterator[Block]:
    """Exactly what is not known, and how to give it."""
    if one.quantity is None:
        yield from _missing_quantity(one)
    elif not one.priceable:
        yield (
            "No page that was read says how outbound data over an Express Connect Router is billed, so no price book"
            " can price it. Ask Alibaba Cloud for the rule."
        )
    else:
        reasons = [reason(one, line) for line in one.unpriced]
        yield " ".join(f"{words[0].upper()}{words[1:]}." for words in reasons)
        if not one.given:
            yield "Write the rate into a price book, and name the book under `price_books` of the plan:"
            yield Code("yaml", _entry(one))


def _missing_quantity(one: Explanation) -> Iterator[Block]:
    stated = one.stated
    if stated is None:
        yield "The plan does not say how much it is."
        return
    of = f"profile {stated.profile}" if stated.profile else f"the traffic of {one.subject}"
    yield (
        f"`{stated.key}` is not given for {of} ({where(stated.location)}). Give the GB of one site in a whole month;"
        " 0 where it is known to be nothing:"
    )
    if stated.profile:
        yield Code("yaml", f"profiles:\n  {stated.profile}:\n    {stated.key}: GB")
    else:
        yield Code("yaml", f"attachments:\n  {one.id}:\n    traffic:\n      {stated.key}: GB")


def reason(one: Explanation, line: Line) -> str:
    """Why a line has no price."""
    if line.quantity is None:
        return f"the plan does not state `{one.stated.key}`" if one.stated else "its quantity is not known"
    if not one.priceable:
        return "no billing rule is known"
    if one.given:
        return f"the plan gives no price of {one.place}"
    above = f" above {units(line.lower)} {one.item.unit} of the account" if line.lower else ""
    place = f"on lane {one.place}" if one.lane else f"in {one.place}"
    return f"no rate is known for {one.sku} {place} in {one.month}{above}"


def _entry(one: Explanation) -> str:
    """The entry of a price book that would price it."""
    unit = f"{one.currency} per {one.item.unit}"
    tiers = [column for column in one.pool.columns if column.tier] if one.pool else []
    if tiers:
        rates = [f"tiers: # all of them, {unit}"]
        rates += [f"  - {{from: {money.text(one.lower, 6)}{_to(one)}, rate: {_known(one.rate)}}}" for one in tiers]
    else:
        rates = [f"rate: RATE # {unit}"]
    entry = [*rates, f"effective_from: {one.month.first_day}", "evidence: contract", "source: NAME"]
    item = one.item.priced_as or one.sku
    lines = ["items:", f"  {item}:", "    rates:", f"      - scope: {one.place}", *(f"        {x}" for x in entry)]
    return "\n".join(lines)


def _to(column: Column) -> str:
    return "" if column.upper is None else f", to: {money.text(column.upper, 6)}"


def _known(rate: Rate | None) -> str:
    return "RATE" if rate is None else plain(rate.value)


# --- where it was read


def sources(one: Explanation) -> Iterator[Block]:
    """Where every price, and what changes it, was read; the exchange rate at last."""
    for origin in one.origins:
        yield Facts(list(_source(one, origin)))
    if (rate := one.exchange) and one.status != "unpriced":
        year = f"fiscal year {rate.fiscal_year}" if rate.fiscal_year else "every year without a rate of its own"
        said = f"{rate.base} 1 = {rate.quote} {plain(rate.rate)}; {year}"
        yield Facts([("exchange rate", said), ("  read in", f"{rate.source}, agreed on {rate.agreed_on}")])


def _source(one: Explanation, origin: Origin) -> Iterator[tuple[str, str]]:
    source = origin.source
    percent = _percent(source) if isinstance(source, Adjustment) else ""
    tiers = ", ".join(tier_name(tier) for tier in origin.tiers if tier)
    yield origin.what, "; ".join(filter(None, (percent, tiers, f"for {_scope(one, origin)}", _validity(source))))
    yield "  read in", reference_words(source.reference)
    yield "  book", f"{source.book}{' (of this plan)' if origin.own_book else ''}"
    yield "  why this one", _why(one, origin)
    yield "  note", source.note


def _scope(one: Explanation, origin: Origin) -> str:
    """Where it applies, in words."""
    if origin.scope == EVERYWHERE:
        return "all lanes" if one.lane else "all regions"
    return f"{'lane' if origin.scope == one.place else 'lanes'} {origin.scope}" if one.lane else origin.scope


def _validity(source: Rate | FreeQuota | Adjustment) -> str:
    begin, end = source.effective_from, source.effective_until
    if begin is None and end is None:
        return "undated: taken as valid always"
    since = f"valid from {begin}" if begin else "undated: taken as valid"
    return f"{since} through {end - timedelta(days=1)}" if end else since


def _why(one: Explanation, origin: Origin) -> str:
    """What decides which of several entries counts: contract or list price, the book, the scope."""
    if origin.what == "given rate":
        return "the plan gives it itself"
    said = []
    if origin.what == "contract rate":
        said.append("a contract rate goes before list prices and discounts")
    if origin.own_book and len(one.price_books) > 1:
        said.append("of the price books of the plan, the last that has one counts")
    elif origin.own_book and not isinstance(origin.source, Adjustment):
        said.append("a price book of the plan goes before the shipped price list")
    elif not origin.own_book and one.price_books:
        said.append("no price book of the plan has one")
    if origin.narrower:
        said.append(f"the book has none that is more specific, for {_narrower(origin.narrower)}")
    elif origin.scope == one.place:
        said.append(f"it is for the {'lane' if one.lane else 'place'} itself, which goes before every wider scope")
    return "; ".join(said)


def _narrower(scopes: Sequence[str]) -> str:
    """Scopes for which there is nothing; of many, as those of lanes are, the first and the last."""
    if len(scopes) <= MOST_SCOPES:
        return " or ".join(scopes)
    return f"{scopes[0]} or {len(scopes) - 2} wider lanes to {scopes[-1]}"
