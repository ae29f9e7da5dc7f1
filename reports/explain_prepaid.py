"""What prepaid plans do: those that an amount draws on, and what becomes of one that is paid for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from planner.core.region import OVERSEAS
from planner.explanation import Explanation
from planner.prepaid_share import Bought, Cover, Use
from pricing import money
from reports.explain_words import decimal, money_text, table, these_plans, units, where
from reports.page import Block, Bullets, Facts, Table

SHOWN_MONTHS = 36
"""So many months of a prepaid plan are shown; the others are added up in one row."""


def covering(one: Explanation, cover: Cover) -> Iterator[Block]:
    """Which prepaid plans the account has for the item, how they are drawn in the month, and what the share is."""
    yield Bullets([_line(plan) for plan in cover.plans])
    if len(cover.plans) > 1:
        yield "The one that expires first is drawn first."
    commitments = [plan for plan in cover.plans if plan.of_kind.is_commitment]
    volumes = [plan for plan in cover.plans if not plan.of_kind.is_commitment]
    if volumes:
        yield _volumes(volumes, these_plans(one))
    if commitments:
        yield _commitments(commitments)
        items = " and ".join(commitments[0].of_kind.offsets)
        yield f"They count for {items} of the account together, at contracted price × factor: {_worth(commitments)}."
    unit, whole, own = one.item.unit, units(cover.quantity), units(one.quantity or 0)
    said = f"In {one.month} they cover {units(cover.covered)} of the {whole} {unit} of {one.sku} that account"
    said += f" {one.account} uses in {these_plans(one)}{' after the free quota' if one.pool else ''};"
    yield f"{said} of these {own} {unit}, {units(cover.own)}.{_how_shared(cover)}"


def _line(plan: Bought) -> str:
    """What a prepaid plan is, on one line."""
    serves = f"serves {_serves(plan)}" if plan.area else ""
    said = [f"{plan.name}: {plan.of_kind.title}, {_size(plan)}", _valid(plan), serves]
    if plan.exists:
        said.append("bought before")
    if plan.assumed_full:
        said.append("taken as unused before the period (assumption prepaid-remaining)")
    return f"{'; '.join(filter(None, said))} ({where(plan.location)})"


def _size(plan: Bought) -> str:
    if plan.of_kind.is_commitment:
        return f"{money_text(plan.size, plan.currency)} in every hour, factor {decimal(plan.factor)}"
    return f"{units(plan.size)} GB"


def _valid(plan: Bought) -> str:
    return f"valid from {plan.start} through {plan.end - timedelta(days=1)}"


def _serves(plan: Bought) -> str:
    if plan.area is None:
        return ""
    return "all regions but the mainland's" if plan.area == OVERSEAS else f"the regions of {plan.area}"


def _volumes(plans: Sequence[Bought], whose: str) -> Table:
    rows = [
        (plan.name, *(units(number) for number in (use.before, use.by_others, use.by_plan, use.expired, use.remaining)))
        for plan in plans
        for use in plan.uses
    ]
    return table(("GB", "there", "everything else", whose, "expires", "left after"), rows, "<>>>>>")


def _commitments(plans: Sequence[Bought]) -> Table:
    rows = [
        (plan.name, f"{use.hours:,}", *(money_text(number) for number in (use.bought, use.by_plan, use.expired)))
        for plan in plans
        for use in plan.uses
    ]
    return table((plans[0].currency, "hours", "committed", "used", "lost"), rows, "<>>>>")


def _worth(plans: Sequence[Bought]) -> str:
    """What is covered by the commitments that are used, at contracted price."""
    products = []
    for plan in plans:
        used = sum(use.by_plan for use in plan.uses)
        covered = money.display(int(used / plan.factor))
        products.append(f"{money_text(used)} / {decimal(plan.factor)} = about {plan.currency} {covered} are covered")
    return "; ".join(products)


def _how_shared(cover: Cover) -> str:
    if not 0 < cover.own < cover.covered:
        return ""
    if any(plan.of_kind.is_commitment for plan in cover.plans):
        return " What is covered is shared in proportion to cost."
    return " The lowest tier is covered first, and shared in proportion to GB."


def purchase(one: Explanation, bought: Bought) -> Iterator[Block]:
    """What becomes of a prepaid plan that is paid for, month by month."""
    yield Facts(
        [
            ("kind", bought.of_kind.title),
            ("size", _size(bought)),
            ("valid", _valid(bought).removeprefix("valid ")),
            ("serves", f"{_serves(bought) or 'all regions'}, account {bought.account}"),
            ("offsets", ", ".join(bought.of_kind.offsets)),
        ]
    )
    if not bought.uses:
        yield "It is valid in no month of the period."
        return
    yield _by_month(bought, these_plans(one))
    yield _outcome(bought, f"{these_plans(one)} {'uses' if len(one.plans) == 1 else 'use'}")
    if bought.price is not None:  # a commitment that is paid as it runs costs what is committed
        yield "Its price, which is paid when it is due, is spread over what it gives:"
        yield _costs(bought)


def _by_month(bought: Bought, whose: str) -> Table:
    """What is drawn, lost and left of it, month by month."""
    text = money_text if bought.of_kind.is_commitment else units
    rows = [
        (label, hours, *(text(sum(getattr(use, of) for use in uses)) for of in _DRAWN), left)
        for label, uses in _months(bought)
        for hours, left in [(f"{uses[0].hours:,}", text(uses[0].remaining)) if len(uses) == 1 else ("", "")]
    ]
    return table((bought.unit, "hours", "everything else", whose, "expires", "left after"), rows, "<>>>>>")


_DRAWN = ("by_others", "by_plan", "expired")


def _costs(bought: Bought) -> Table:
    """What of its price is used and lost, month by month."""
    rows = [
        (label, *(money_text(sum(getattr(use, of) or 0 for use in uses)) for of in ("used_cost", "lost_cost")))
        for label, uses in _months(bought)
    ]
    return table((bought.currency, "used", "lost"), rows, "<>>")


def _months(bought: Bought) -> Iterator[tuple[str, Sequence[Use]]]:
    """Rows of a table: a month each, those that are too many together, and the sum."""
    for use in bought.uses[:SHOWN_MONTHS]:
        yield str(use.month), [use]
    if rest := bought.uses[SHOWN_MONTHS:]:
        yield f"{len(rest)} more months", rest
    if len(bought.uses) > 1:
        yield "sum", bought.uses


def _outcome(bought: Bought, they_use: str) -> str:
    """What became of it in the period, in a sentence or two."""

    def text(quantity: int) -> str:
        return money_text(quantity, bought.currency) if bought.of_kind.is_commitment else f"{units(quantity)} GB"

    plan, others, lost = (sum(getattr(use, of) for use in bought.uses) for of in ("by_plan", "by_others", "expired"))
    said = f"In the period {they_use} {text(plan)} of it"
    said += f", everything else in the account {text(others)}" if others else ""
    said += f"; {text(lost)} expire unused" if lost else ""
    left = bought.uses[-1].remaining
    said += f"; {text(left)} are left after {bought.uses[-1].month}" if left else ""
    return f"{said}."
