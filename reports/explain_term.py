"""How much it is of what is paid by months or hours: ports, leased lines, prepaid plans."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from planner.core.period import NEVER
from planner.derivation import Lease, Ports, Validity
from planner.explanation import Explanation
from reports.explain_words import instant, rounded, units
from reports.page import Block, Facts


def blocks(one: Explanation, derived: Ports | Lease | Validity) -> Iterator[Block]:
    """From when to when, and what of it falls into the month."""
    if isinstance(derived, Ports):
        yield Facts(list(_ports(derived)))
    elif isinstance(derived, Lease):
        yield Facts(list(_lease(one, derived)))
    else:
        yield Facts(list(_validity(derived)))


def _attached(first: int, last: int) -> Iterator[tuple[str, str]]:
    """When something runs over an underlay."""
    yield "first attachment", instant(first)
    yield "last attachment", "stays" if last == NEVER else f"leaves on {instant(last)}"


def _ports(derived: Ports) -> Iterator[tuple[str, str]]:
    yield "ports", f"{derived.ports}, from the first attachment over the underlay to the last"
    yield from _attached(derived.start, derived.end)
    whole = derived.hours == derived.month_hours
    yield "this month", "as a whole" if whole else f"{derived.hours} of its {derived.month_hours} hours"
    if whole:
        yield "port-months", f"{derived.ports} × 1 = {units(derived.quantity)}"
    elif derived.pro_rata:
        formula = f"{derived.ports} × {derived.hours} / {derived.month_hours} = {units(derived.quantity)}"
        yield "port-months", f"{formula}{rounded(derived.exact)} (assumption part-of-a-port-month: pro-rata)"
    else:
        formula = f"{derived.ports} × 1 = {units(derived.quantity)}"
        yield "port-months", f"{formula}: a part is a whole month (assumption part-of-a-port-month: whole-month)"


def _lease(one: Explanation, derived: Lease) -> Iterator[tuple[str, str]]:
    begins = "in which the plan lets it start" if derived.by_plan else "that of the first attachment over it"
    if derived.once:
        yield "paid", f"once, in the first month, {derived.first}, {begins}"
        yield from _attached(derived.first_attachment, derived.last_attachment)
        return
    yield "paid", "in whole months, through the last in which something runs over it, or its minimum term if longer"
    yield "first month", f"{derived.first}, {begins}"
    yield from _attached(derived.first_attachment, derived.last_attachment)
    last = derived.first + (derived.term - 1)
    yield "minimum term", f"{derived.term} months, through {last}" if derived.term else "none"
    yield "this month", f"{one.month} is month {derived.number}{_why_paid(derived)}"


def _why_paid(derived: Lease) -> str:
    if derived.in_term and not derived.in_use:
        return f" of {derived.term}: nothing runs over it any more, but its minimum term binds"
    if derived.in_term:
        return f" of {derived.term} of the minimum term"
    return ", after the minimum term: it is in use" if derived.term else ": it is in use"


def _validity(derived: Validity) -> Iterator[tuple[str, str]]:
    yield "valid", f"from {derived.start} through {derived.end - timedelta(days=1)}"
    if derived.by_the_hour:
        yield "this month", f"valid in {derived.hours} of its {derived.month_hours} hours: each is paid, used or not"
    else:
        yield "paid", f"once, when it begins: in {derived.month}"
