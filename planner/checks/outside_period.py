"""A group without a site in any month of the period neither costs nor counts.

passes:
    attachments:
      branch: {start: 2027-12-31}

fails:
    attachments:
      branch: {start: 2028-01-01}
"""

from collections.abc import Iterator

import numpy as np

from planner.check import Check, Subject
from planner.core.problem import Finding


def find(subject: Subject) -> Iterator[Finding]:
    """One warning per such group."""
    groups, period = subject.inventory.groups, subject.inventory.period
    for code in np.flatnonzero(~subject.timeline.site_hours.any(axis=1)).tolist():
        yield Finding(
            code="outside-period",
            level="warning",
            subject=groups.ids[code],
            place=groups.places[code],
            message=f"{groups.ids[code]}: no site is there between {period.first} and {period.months[-1]}",
            remedy="lengthen the period, or correct the steps",
            source=CHECK.source,
        )


CHECK = Check(
    description="Every group has a site in at least one month of the period.",
    source="",
    find=find,
)
