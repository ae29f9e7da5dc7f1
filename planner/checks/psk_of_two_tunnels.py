"""Whether both tunnels of a connection need the same pre-shared key is told differently; that is said once.

passes:
    stage: estimate

fails:
    stage: design
"""

from collections.abc import Iterator

from planner.check import Check, Subject
from planner.core.problem import Finding


def find(subject: Subject) -> Iterator[Finding]:
    """Information, once per plan from the stage design on, unless every connection has one tunnel configured."""
    for scenario in subject.scenarios:
        single = {g.id for use in scenario.tunnels if use.entry.configured_tunnels == 1 for g in use.groups}
        both = [group for group in scenario.groups if group.id not in single]
        if scenario.plan.stage == "estimate" or not both:
            continue
        message = (
            "pages disagree on whether both tunnels of a connection need the same pre-shared key; the document, which"
            " asks for one key per connection, does not say, and this follows none of them"
        )
        remedy = "agree with the data centre on a key for each tunnel, and ask Alibaba Cloud if they are to differ"
        place = scenario.place("stage")
        yield Finding("psk-of-two-tunnels", "info", scenario.plan.name, place, message, remedy, CHECK.source)


CHECK = Check(
    description=(
        "The document asks for one pre-shared key per connection; newer pages disagree on whether the keys of its two"
        " tunnels must be the same. Keys are never part of a plan."
    ),
    source="Attach an IPsec-VPN connection to a transit router, Pre-shared Key; newer pages",
    find=find,
    level="info",
)
