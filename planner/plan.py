"""The whole calculation: scenarios and price books in, a Plan out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from planner import check, demand, inventory, quota, together
from planner.core.problem import Finding
from planner.demand import Events, Timeline
from planner.inventory import Inventory
from planner.quota import QuotaUse
from planner.scenario import Scenario

if TYPE_CHECKING:
    from planner.assumption import Effect
    from planner.fingerprint import Input
    from pricing.book import Books
    from pricing.cost import Costs
    from pricing.line_item import LineItems
    from pricing.purchase import PrepaidUse
    from pricing.rating import Rated

LEVELS = ("error", "warning", "info")


@dataclass(frozen=True)
class Plan:
    """Everything a report needs; every report, test and notebook starts from it."""

    scenarios: tuple[Scenario, ...]
    as_of: date | None
    """Day as of which it was made; None where neither the caller nor the estate says."""
    inventory: Inventory
    events: Events
    timeline: Timeline
    quotas: tuple[QuotaUse, ...]
    findings: tuple[Finding, ...]
    """Errors first, then warnings, then information; by place."""
    priced: bool
    """False for a check, which reads no prices: then rated is empty."""
    rated: tuple[Rated, ...]
    """Priced usage by SKU, with its pools."""
    prepaid: PrepaidUse | None = None
    """What becomes of prepaid plans; None where there are none, or nothing is priced."""
    effects: tuple[Effect, ...] = ()
    """What other answers to open questions would change; empty until planner.effect has calculated it."""
    kept_inputs: tuple[Input, ...] = ()
    """Of a plan that was saved: its input files as they were then. Empty: they are read when they are asked for."""

    @cached_property
    def inputs(self) -> tuple[Input, ...]:
        """Every file that it was made from and, if it is priced, the shipped price books, with their hashes."""
        from planner import fingerprint  # a check does without

        return self.kept_inputs or fingerprint.of_scenarios(self.scenarios, self.priced)

    @cached_property
    def costs(self) -> Costs:
        """What each subject costs by SKU and month."""
        from pricing import cost

        return cost.add_up(self.rated)

    @cached_property
    def lines(self) -> LineItems:
        """Line items, assembled when they are first asked for."""
        from pricing import line_item

        return line_item.assemble(self.rated)

    @property
    def several(self) -> bool:
        """Whether it is of more than one plan."""
        return len(self.scenarios) > 1

    @property
    def name(self) -> str:
        """Its name, for files: those of several plans with + between them, or the first and how many more."""
        return together.name_of(self.inventory.scenarios)

    @property
    def passed(self) -> bool:
        """Whether nothing speaks against the plan: no finding is an error."""
        return not any(finding.level == "error" for finding in self.findings)


def make_plan(
    scenarios: Sequence[Scenario], books: Books | Mapping[str, Books] | None, as_of: date | None = None
) -> Plan:
    """Calculate scenarios that share an estate; without books, quotas and checks only.

    books  : of the site of the accounts; by site where accounts of both are used
    raises : InputError where something does not fit together, or a number is too large
    order  : that of the scenarios changes nothing; they are sorted by name
    """
    scenarios = together.join(scenarios)
    tables = inventory.take(scenarios)
    events = demand.events(tables)
    timeline = demand.timeline(tables)
    quotas, quota_findings = quota.measure(tables, events, tables.assumptions)
    rated: tuple[Rated, ...] = ()
    prepaid: PrepaidUse | None = None
    cdt_comparison: Mapping[int, tuple[str, str]] = {}
    if books:
        from planner import billing  # a check does without

        price_lists = books if isinstance(books, Mapping) else {books.site: books}
        rated, prepaid = billing.rate(scenarios[0], tables, timeline, price_lists)
        cdt_comparison = billing.cdt_comparison(scenarios[0], tables, rated, price_lists)
    as_of = as_of or scenarios[0].estate.as_of
    findings = check.run(check.Subject(scenarios, tables, timeline, rated, cdt_comparison, prepaid, as_of))
    return Plan(
        scenarios=tuple(scenarios),
        as_of=as_of,
        inventory=tables,
        events=events,
        timeline=timeline,
        quotas=quotas,
        findings=_sorted((*quota_findings, *findings)),
        priced=books is not None,
        rated=rated,
        prepaid=prepaid,
    )


def _sorted(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Errors first; within a level by place, so that the order does not depend on who found what.

    What several plans are told of their estate is told once.
    """

    def key(finding: Finding) -> tuple[int, str, int, int, str, str]:
        location = finding.location
        place = (location.file, location.line, location.column) if location else ("", 0, 0)
        return (LEVELS.index(finding.level), *place, finding.code, finding.message)

    return tuple({key(finding): finding for finding in sorted(findings, key=key)}.values())
