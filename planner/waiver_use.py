"""Holding findings against waivers: which of them are covered, and what is to be said of the waivers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fnmatch import fnmatchcase

from planner.core.problem import Finding, Place
from planner.core.source import Source
from planner.policy import NANO, Policy
from planner.verdict import Row
from planner.waiver import Cap, Waiver


@dataclass
class _Pass:
    """One pass over the findings, waiver by waiver."""

    policy: Policy
    source: Source
    as_of: date
    judged: list[Row]
    found: list[Finding] = field(default_factory=list)

    def apply(self, index: int, waiver: Waiver) -> None:
        own = [
            at
            for at, one in enumerate(self.judged)
            if one.finding.code == waiver.check
            and one.level != "info"
            and fnmatchcase(one.finding.subject, waiver.subject)
        ]
        allowed = self.policy.can_waive(waiver.check)
        if waiver.expires <= self.as_of:
            note = f"the waiver of {waiver.owner} ({waiver.ticket}) expired on {waiver.expires}"
            self._refuse("waiver-expired", index, "expires", own, note, "decide anew, and take the old waiver out")
        elif not own:
            message = f"nothing to waive: no error or warning of {waiver.check} is about {waiver.subject!r}"
            self._find("waiver-unused", index, "subject", message, "take it out, or correct check and subject")
        elif allowed and waiver.owner not in allowed:
            note = f"{waiver.owner} ({waiver.ticket}) cannot waive {waiver.check}"
            remedy = f"have it waived by {' or '.join(allowed)}"
            self._refuse("waiver-not-allowed", index, "owner", own, note, remedy)
        elif waiver.cap and (beyond := _beyond(waiver.cap, [self.judged[at].finding for at in own])):
            note = f"the waiver of {waiver.owner} ({waiver.ticket}) does not hold: {beyond}"
            self._refuse(
                "waiver-exceeded", index, "cap", own, note, "decide anew what is acceptable, or shrink the plan"
            )
        else:
            for at in own:
                self.judged[at] = replace(self.judged[at], waiver=waiver)

    def _refuse(self, code: str, index: int, key: str, own: Sequence[int], note: str, remedy: str) -> None:
        for at in own:
            self.judged[at] = replace(self.judged[at], notes=(*self.judged[at].notes, note))
        covered = f"; {len(own)} of its findings {'counts' if len(own) == 1 else 'count'}" if own else ""
        self._find(code, index, key, note + covered, remedy)

    def _find(self, code: str, index: int, key: str, message: str, remedy: str) -> None:
        place = Place(self.source, ("waivers", index, key))
        subject = self.source.value["waivers"][index]
        name = f"{subject['check']}/{subject['subject']}"
        self.found.append(Finding(code, "warning", name, place, message, remedy, ""))


def apply(
    rows: Sequence[Row], waivers: Sequence[Waiver], source: Source, policy: Policy, as_of: date
) -> tuple[list[Row], list[Finding]]:
    """Rows with the waivers that cover them, and what is to be said of the waivers."""
    one = _Pass(policy, source, as_of, list(rows))
    for index, waiver in enumerate(waivers):
        one.apply(index, waiver)
    return one.judged, one.found


def _beyond(cap: Cap, findings: Sequence[Finding]) -> str:
    """Why a cap does not cover some findings; empty where it does."""
    if cap.amount is not None:
        if other := [one for one in findings if not (one.measured and one.measured.money)]:
            return f"its cap is an amount, and {other[0].subject} is not measured in money"
        excess = sum(one.measured.excess for one in findings if one.measured)
        if excess > int(cap.amount.scaleb(NANO)):
            return f"the excess is {cap.currency} {Decimal(excess).scaleb(-NANO):,.2f}, its cap {cap.words}"
        return ""
    if other := [one for one in findings if one.measured and one.measured.money]:
        return f"its cap is a count, and {other[0].subject} is measured in money"
    counted = sum(
        (
            Decimal(one.measured.excess).scaleb(-one.measured.decimals) if one.measured else Decimal(1)
            for one in findings
        ),
        Decimal(0),
    )
    return f"the excess is {counted:f}, its cap {cap.words}" if cap.count is not None and counted > cap.count else ""
