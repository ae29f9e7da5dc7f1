"""A leased line binds for its term, and has to be there before something runs over it.

passes:
    underlays:
      vbr:
        kind: vbr
        transit_router: tr
        leased_line: {monthly: 900, term_months: 12, start: 2027-01-01, evidence: assumed, source: an offer}
    attachments:
      branch: {network_type: private, underlay: vbr}

fails:
    underlays:
      vbr:
        kind: vbr
        transit_router: tr
        leased_line: {monthly: 900, term_months: 3, start: 2027-03-01, evidence: assumed, source: an offer}
    attachments:
      branch: {network_type: private, underlay: vbr}

fails as info:
    underlays:
      vbr:
        kind: vbr
        transit_router: tr
        leased_line: {monthly: 900, term_months: 36, start: 2027-01-01, evidence: assumed, source: an offer}
    attachments:
      branch: {network_type: private, underlay: vbr}
"""

from collections.abc import Iterator

from planner.check import Check, Subject
from planner.core.period import Month, instant_text, seconds
from planner.core.problem import Finding
from planner.demand import Lease, leases
from planner.inventory import Line


def find(subject: Subject) -> Iterator[Finding]:
    """What is due of a minimum term beyond the period (information); a line that comes too late (warning)."""
    inventory = subject.inventory
    for code, lease in leases(inventory).items():
        name, line = inventory.underlays.ids[code], inventory.underlays.leased_lines[code]
        yield from _beyond_the_period(subject, name, line, lease)
        if line.terms.start is not None and seconds(line.terms.start) > lease.first_attachment:
            begins, needed = instant_text(seconds(line.terms.start)), instant_text(lease.first_attachment)
            yield Finding(
                code="leased-line",
                level="warning",
                subject=name,
                place=line.place,
                message=f"{name}: the leased line starts on {begins}, after the first attachment over it on {needed}",
                remedy="let it start before, or attach later",
                source=CHECK.source,
            )


def _beyond_the_period(subject: Subject, name: str, line: Line, lease: Lease) -> Iterator[Finding]:
    period = subject.inventory.period
    end = period.first.number + period.count
    months = lease.term_end - end
    if months <= 0 or lease.first >= end:
        return
    currency = line.terms.currency or subject.inventory.currency
    yield Finding(
        code="leased-line",
        level="info",
        subject=name,
        place=line.place,
        message=(
            f"{name}: the minimum term of the leased line runs through {Month.at(lease.term_end - 1)}:"
            f" {months} {'month' if months == 1 else 'months'} after the period,"
            f" {currency} {line.terms.monthly * months:,f} are due then and stand in no amount here"
        ),
        remedy="lengthen the period to see all of it",
        source=CHECK.source,
    )


CHECK = Check(
    description=(
        "A leased line is there before the first attachment over it. What is due of its minimum term after the period"
        " is said, because the costs of a plan end with its period."
    ),
    source="",
    find=find,
)
