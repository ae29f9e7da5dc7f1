"""A connection of another account takes that account's grant, and says who pays.

passes:
    stage: ready
    estate:
      accounts: {shop: {site: intl}}
    connections: {made: {individual_resource: select, grant: planned}}
    attachments:
      branch: {owner_account: shop, payer: cen-owner, connection: made}

fails:
    stage: ready
    estate:
      accounts: {shop: {site: intl}}
    attachments:
      branch: {owner_account: shop, payer: cen-owner}
"""

from collections.abc import Iterator

from planner.check import Check, Missing, Subject
from planner.core.problem import Finding, Level
from planner.core.words import some
from planner.plan_file import Stage
from planner.scenario import Group, Scenario, by_group

_TOLD: dict[Stage, Level] = {"estimate": "info", "design": "info", "ready": "info"}


def find(subject: Subject) -> Iterator[Finding]:
    """One error per way of making connections that creates one where it has to belong to another account."""
    for scenario in subject.scenarios:
        abroad = {group.id for group in _cross_account(scenario)}
        for use in scenario.connections:
            groups = [group for group in use.groups if group.id in abroad]
            if groups and use.entry.individual_resource == "create":
                owners = some(list(dict.fromkeys(group.owner for group in groups)))
                message = (
                    f"it is created with the attachment, and has to belong to another account: {owners};"
                    " a connection of another account is created beforehand and selected"
                )
                remedy = "let its owner create it with Do Not Associate, and set individual_resource: select"
                yield CHECK.about("cross-account", "error", use, ("individual_resource",), message, remedy)


def missing(scenario: Scenario) -> Iterator[Missing]:
    """Once per plan: grants that are neither planned nor given, and who pays."""
    abroad = _cross_account(scenario)
    connections = by_group(scenario.connections)
    without = [group for group in abroad if group.id not in connections or connections[group.id].grant is None]
    if without:
        yield Missing(
            what="the grant for connections of another account",
            whose=_count(without, scenario),
            subject=scenario.plan.name,
            place=without[0].at("owner_account"),
            message=(
                f"{_count(without, scenario)} have connections of another account ({_accounts(without)}), and it is not"
                " stated that its grant to the account of the transit router is planned or given"
            ),
            remedy="plan the grant as a step before the attachment, and state grant in connections",
        )
    unpaid = [group for group in abroad if group.entry.payer is None]
    if unpaid and "payer" not in scenario.plan.assumptions.model_fields_set:
        yield Missing(
            what="the payer of attachments across accounts",
            whose=_count(unpaid, scenario),
            subject=scenario.plan.name,
            place=unpaid[0].at("owner_account"),
            message=(
                f"{_count(unpaid, scenario)} have connections of another account ({_accounts(unpaid)}), and it is not"
                " stated who pays the fees of the transit router: the assumption payer decides"
            ),
            remedy="agree on it, and state payer in the groups",
            levels=_TOLD,
        )


def _cross_account(scenario: Scenario) -> list[Group]:
    """Groups whose connections belong to another account than their transit router."""
    routers = scenario.estate.transit_routers
    return [group for group in scenario.groups if group.owner != routers[group.routers[0]].account]


def _count(groups: list[Group], scenario: Scenario) -> str:
    return f"{len(groups)} of {len(scenario.groups)} groups"


def _accounts(groups: list[Group]) -> str:
    return some(list(dict.fromkeys(group.owner for group in groups)))


CHECK = Check(
    description=(
        "A connection of another account than the transit router's is created beforehand by its owner, who grants the"
        " transit router's account the right to attach it, and is then selected. Who pays the fees of the transit"
        " router is stated: its owner or that of the connection; that is information only."
    ),
    source="Attach an IPsec-VPN connection to a transit router, Prerequisites and Individual Resource",
    find=find,
    level="error",
    missing=missing,
)
