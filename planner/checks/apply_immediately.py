"""Without Apply Immediately negotiation waits for traffic, and the fee does not; that is said once.

passes:
    tunnels:
      strong: {apply_immediately: true}

fails:
    tunnels:
      strong: {apply_immediately: false}
"""

from collections.abc import Iterator

from planner.check import Check, Subject
from planner.core.problem import Finding


def find(subject: Subject) -> Iterator[Finding]:
    """Information, once per plan: where it is stated as no; from the stage design on also where it is not stated."""
    for scenario in subject.scenarios:
        uses = {group.id: use for use in scenario.tunnels for group in use.groups}
        stated = {group.id: uses[group.id].entry.apply_immediately for group in scenario.groups if group.id in uses}
        waits = [group for group in scenario.groups if stated.get(group.id) is False]
        if scenario.plan.stage != "estimate":
            waits += [group for group in scenario.groups if stated.get(group.id) is None]
        if not waits:
            continue
        first = waits[0]
        said = "stated" if stated.get(first.id) is False else "the default"
        message = (
            f"apply_immediately is no, which is {said}, in {len(waits)} of {len(scenario.groups)} groups, such as"
            f" {first.id}: negotiation starts only when there is traffic; the connection is billed from its creation"
            " either way"
        )
        place = uses[first.id].at("apply_immediately") if stated.get(first.id) is False else first.place
        remedy = "set it to true to see the tunnels come up in the rollout"
        yield Finding("apply-immediately", "info", scenario.plan.name, place, message, remedy, CHECK.source)


CHECK = Check(
    description=(
        "Apply Immediately is no by default: IPsec negotiation then starts only when traffic arrives. The connection is"
        " billed from its creation either way."
    ),
    source="Attach an IPsec-VPN connection to a transit router, Apply Immediately; CEN billing page",
    find=find,
    level="info",
)
