"""Traffic that a plan does not state is unknown, not zero.

passes:
    attachments:
      lab:
        network_type: public
        transit_router: tr
        traffic: {to_data_center_gb: 0, from_data_center_gb: 0}
        sites: 1

fails:
    attachments:
      lab:
        network_type: public
        transit_router: tr
        traffic: {to_data_center_gb: 0}
        sites: 1
"""

from collections.abc import Iterator

import numpy as np

from planner.check import Check, Subject
from planner.core.problem import Finding

_SHARED = "; what shares a free quota or tiers with it is priced as if it sent nothing"


def find(subject: Subject) -> Iterator[Finding]:
    """One warning per group with sites in the period and without traffic in a direction."""
    groups, timeline = subject.inventory.groups, subject.timeline
    present = timeline.site_hours.any(axis=1)
    for code in np.flatnonzero(present & ~(timeline.to_stated & timeline.from_stated)).tolist():
        missing = [
            key
            for key, stated in (
                ("to_data_center_gb", timeline.to_stated),
                ("from_data_center_gb", timeline.from_stated),
            )
            if not stated[code]
        ]
        said = f"{' and '.join(missing)} not given: what depends on it is unknown, not 0"
        said += _SHARED if "to_data_center_gb" in missing else ""
        yield Finding(
            code="unstated-traffic",
            level="warning",
            subject=groups.ids[code],
            place=groups.places[code],
            message=f"{groups.ids[code]}: {said}",
            remedy="give traffic per site and month; write 0 where there is none",
            source=CHECK.source,
        )


CHECK = Check(
    description="Every group states its traffic in both directions; what is not stated is unknown, never 0.",
    source="",
    find=find,
)
