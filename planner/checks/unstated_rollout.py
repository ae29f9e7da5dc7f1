"""An estimate states volumes; what its rollout will need besides is listed once.

passes:
    stage: design

fails:
    stage: estimate
"""

from collections.abc import Iterator

from planner import check
from planner.check import Check, Subject
from planner.core.problem import Finding
from planner.core.words import some
from planner.scenario import Scenario


def find(subject: Subject) -> Iterator[Finding]:
    """Information per plan at the stage estimate, with everything that a later stage has to state."""
    for scenario in subject.scenarios:
        if scenario.plan.stage == "estimate" and (lacking := _lacking(scenario)):
            yield Finding(
                code="unstated-rollout",
                level="info",
                subject=scenario.plan.name,
                place=scenario.place("stage" if "stage" in scenario.plan.model_fields_set else "name"),
                message=(
                    f"not stated yet, as it need not be in an estimate: {'; '.join(lacking)};"
                    " in a plan that is ready what the rollout needs of it is an error"
                ),
                remedy="state it as the plan goes on; stage: design tells each of it, with its place",
                source=CHECK.source,
            )


def _lacking(scenario: Scenario) -> list[str]:
    """What every check misses: each thing once, with whose it is."""
    whose: dict[str, list[str]] = {}
    for one in check.declared().values():
        for missing in check.missing_by(one, scenario):
            whose.setdefault(missing.what, []).append(missing.whose)
    return [f"{what} ({some(names)})" for what, names in whose.items()]


CHECK = Check(
    description=(
        "A plan at the stage estimate need not state what only its rollout needs: customer gateways, CIDR blocks,"
        " grants. What it leaves out is listed once; from the stage design on the checks tell each of it."
    ),
    source="",
    find=find,
    level="info",
)
