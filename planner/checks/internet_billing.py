"""How Internet data transfer of a public attachment is billed is not always decided by a published rule.

passes:
    estate:
      transit_routers:
        tr: {region: ap-southeast-1}
      cdt_from: {ap-southeast-1: 2027-09-01}

fails:
    estate:
      transit_routers:
        tr: {region: ap-southeast-1}
"""

from collections.abc import Iterator

from planner.check import Check, Subject
from planner.core.period import day_of
from planner.core.problem import Finding
from planner.inventory import CDT_DEFAULT_FROM, CDT_DEFAULT_REGIONS, CDT_DEFAULT_RULE, in_doubt

_REGIONS = ", ".join(sorted(CDT_DEFAULT_REGIONS))


def find(subject: Subject) -> Iterator[Finding]:
    """One warning per group whose billing mode is assumed for want of a rule, with what the other one would cost."""
    inventory = subject.inventory
    groups = inventory.groups
    taken, other = "legacy", "by CDT"
    if inventory.assumptions.undecided_internet_billing == "cdt":
        taken, other = "CDT", "the legacy way"
    for code in in_doubt(inventory).tolist():
        region = inventory.regions[inventory.group_region[code]]
        question = f"whether Internet traffic in {region} is billed by CDT"
        if region in CDT_DEFAULT_REGIONS:
            since = day_of(CDT_DEFAULT_FROM)
            question = f"when Internet traffic of connections in {region} from before {since} moves to CDT"
        message = f"{groups.ids[code]}: no published rule says {question}; it is taken as {taken}"
        if code in subject.cdt_comparison:
            amount, otherwise = subject.cdt_comparison[code]
            message += f": {amount} in the period; {other} it would be {otherwise}"
        yield Finding(
            code="internet-billing",
            level="warning",
            subject=groups.ids[code],
            place=groups.places[code],
            message=message,
            remedy=f"ask when it moves and give cdt_from: {{{region}: DAY}} in the estate, or set internet_billing",
            source=CHECK.source,
        )
    yield from _contradictions(subject)


def _contradictions(subject: Subject) -> Iterator[Finding]:
    for scenario in subject.scenarios:
        for group in scenario.groups:
            region = scenario.estate.transit_routers[group.routers[0]].region
            moved = scenario.estate.cdt_from.get(region)
            by_rule = region in CDT_DEFAULT_REGIONS and any(
                step.change > 0 and step.instant >= CDT_DEFAULT_FROM for step in group.steps
            )
            if group.entry.internet_billing == "legacy" and (moved or by_rule):
                said = (
                    f"the estate moves {region} to CDT on {moved}"
                    if moved
                    else f"by the published rule new connections in {region} are billed by CDT"
                )
                yield Finding(
                    code="internet-billing",
                    level="warning",
                    subject=group.id,
                    place=group.at("internet_billing"),
                    message=f"{group.id}: legacy billing is asked for, but {said}",
                    remedy="set internet_billing: auto, unless Alibaba Cloud bills it otherwise",
                    source=CHECK.source,
                )


CHECK = Check(
    description=(
        "The billing mode of Internet data transfer is decided by a published rule, by the estate's `cdt_from` or by"
        f" the plan. The rule covers new connections from {day_of(CDT_DEFAULT_FROM)} (UTC+8) in {_REGIONS};"
        " elsewhere an assumption decides, and the finding says what the other mode would cost."
    ),
    source=CDT_DEFAULT_RULE.title,
    find=find,
)
