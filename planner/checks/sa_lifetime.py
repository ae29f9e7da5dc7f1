"""A security association lives for at most a day.

passes:
    tunnels:
      strong: {ike: {lifetime_seconds: 86400}, ipsec: {lifetime_seconds: 3600}}

fails:
    tunnels:
      strong: {ike: {lifetime_seconds: 86401}}
"""

from collections.abc import Iterator

from planner.check import Check, Subject
from planner.core.problem import Finding

MOST_SECONDS = 86400


def find(subject: Subject) -> Iterator[Finding]:
    """An error per phase with a longer lifetime."""
    for use in subject.tunnels:
        for phase, settings in use.entry.phases:
            stated = settings.lifetime_seconds
            if stated is not None and stated > MOST_SECONDS:
                message = f"{phase} lifetime_seconds {stated:,} is more than {MOST_SECONDS:,}"
                remedy = f"set at most {MOST_SECONDS}"
                yield CHECK.about("sa-lifetime", "error", use, (phase, "lifetime_seconds"), message, remedy)


CHECK = Check(
    description=("The lifetime of a security association is 0 to 86,400 seconds in both phases."),
    source="Attach an IPsec-VPN connection to a transit router, SA Lifetime (Seconds)",
    find=find,
    level="error",
)
