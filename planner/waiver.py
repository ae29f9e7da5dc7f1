"""Schema of waivers: findings that somebody answers for, until a day and up to a cap."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import Annotated

from pydantic import model_validator

from planner.core.entry import Day, Entry, Name, Real, Text, Version, wrong
from planner.core.problem import Place, Problem, suggestion
from planner.core.source import Source
from planner.finance import Currency
from planner.policy import Amount

CODES = {
    "waiver-expired": "A waiver whose day has come: what it covered counts again.",
    "waiver-exceeded": "What a waiver covers has grown beyond its cap, or cannot be held against it: it counts again.",
    "waiver-not-allowed": "The policy does not let the owner of a waiver waive this: what it names counts.",
    "waiver-unused": "A waiver that covers nothing: it can go.",
}
"""Findings about waivers. They are warnings, and nobody can waive them."""


class Cap(Entry):
    """How much of an excess a waiver covers, over all findings that it covers together."""

    count: Annotated[Decimal, Real(minimum=0, maximum=10**12, decimals=6)] | None = None
    """In what the finding counts; a finding without numbers counts as 1."""
    amount: Amount | None = None
    """In money; with `currency`."""
    currency: Currency | None = None
    """Currency of the amount, which is that of the plan."""

    @model_validator(mode="after")
    def _is_one(self) -> Cap:
        if (self.count is None) == (self.amount is None):
            raise wrong("a cap is a count or an amount", "give count, or amount and currency")
        if (self.amount is None) != (self.currency is None):
            raise wrong("an amount and its currency belong together", "give amount and currency, or count")
        return self

    @property
    def words(self) -> str:
        """The cap as people read it."""
        return f"{self.currency} {self.amount:,f}" if self.amount is not None else f"{self.count:f}"


class Waiver(Entry):
    """A finding that somebody answers for."""

    check: Name
    """The check, quota or rule whose findings it covers."""
    subject: Text
    """Subjects that it covers: `*` stands for any text, `?` for one character, as in `tr-singapore` or `tr-*`."""
    reason: Text
    """Why it may be."""
    owner: Text
    """Who answers for it; where the policy names approvers, one of them."""
    ticket: Text
    """Where it was agreed."""
    expires: Day
    """First day on which it holds no longer."""
    cap: Cap | None = None
    """Up to which excess over the limit it holds; beyond it everything counts again. Not given: any."""


class WaiverFile(Entry):
    """Waivers of a project."""

    version: Version
    """Version of this format: 1."""
    waivers: tuple[Waiver, ...] = ()
    """They are tried in this order; the first that holds covers a finding."""


def problems(file: WaiverFile, source: Source, codes: Collection[str], currency: str) -> Iterator[Problem]:
    """What waivers that are well-formed name and does not exist.

    codes    : every check, quota and rule
    currency : of the plan
    """
    for index, one in enumerate(file.waivers):
        place = Place(source, ("waivers", index, "check"))
        if one.check in CODES or one.check == "no-policy":
            yield Problem(place, f"{one.check} cannot be waived", "put in order what it reports")
        elif one.check not in codes:
            remedy = suggestion(one.check, sorted(codes), "checks, quotas and rules")
            yield Problem(place, f"unknown check, quota or rule {one.check!r}", remedy)
        if one.cap and one.cap.currency and one.cap.currency != currency:
            yield other_currency(Place(source, ("waivers", index, "cap", "currency")), one.cap.currency, currency)


def other_currency(place: Place, given: str, currency: str) -> Problem:
    """An amount in another currency than the plan's: nothing is converted here."""
    return Problem(place, f"an amount in {given}, the plan's results are in {currency}", f"give it in {currency}")
