"""Prepaid plans that are bought for nothing, or in part for nothing.

passes:
    prepaid:
      volume:
        kind: cdt-resource-plan
        account: hub
        area: europe
        start: 2027-01-01
        gb: 1000
        price: 60
        evidence: assumed
        source: an offer
    attachments:
      branch:
        traffic: {to_data_center_gb: 1000}

fails:
    prepaid:
      volume:
        kind: cdt-resource-plan
        account: hub
        area: mainland
        start: 2027-01-01
        gb: 1000
        price: 60
        evidence: assumed
        source: an offer

fails as info:
    period: {start: 2027-01, months: 13}
    prepaid:
      volume:
        kind: cdt-resource-plan
        account: hub
        area: europe
        start: 2027-01-01
        gb: 10000
        price: 600
        evidence: assumed
        source: an offer
    attachments:
      branch:
        traffic: {to_data_center_gb: 1000}
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.check import Check, Subject
from planner.core.problem import Finding


def find(subject: Subject) -> Iterator[Finding]:
    """A warning for a plan on which nothing draws in the period, information on what expires of another."""
    if subject.prepaid is None:
        return
    from pricing import money  # a check without prices does without

    table, use, costs = subject.inventory.prepaid, subject.prepaid.use, subject.prepaid.costs
    for row, plan in enumerate(subject.prepaid.plans):
        drawn, expired = (sum(part[row].tolist()) for part in (use.by_lines + use.by_others, use.expired))
        if drawn and not expired:
            continue
        lost = f"{subject.prepaid.currency[row]} {money.display(sum(costs.lost[row].tolist()))}"
        if drawn:
            if plan.per_hour:
                message = f"{plan.name}: {lost} of the commitment cover nothing"
            else:
                price = "" if plan.price is None else f", {lost} of its price"
                message = f"{plan.name}: {money.display(expired * 1000)} GB expire unused{price}"
            remedy = "buy less, or later; what is left at the end of the period is not counted as lost"
        else:
            when = "is valid in no month of the period" if not use.hours[row].any() else "is drawn on by nothing"
            message = f"{plan.name}: the prepaid plan of {plan.start} {when}"
            remedy = "correct its account, area or start, or take it out"
        yield Finding(
            code="prepaid-use",
            level="info" if drawn else "warning",
            subject=plan.name,
            place=table.places[row],
            message=message,
            remedy=remedy,
            source=CHECK.source,
        )


CHECK = Check(
    description="Prepaid plans are drawn on, by the plan or by everything else in the account, before they expire.",
    source="",
    find=find,
    needs_prices=True,
)
