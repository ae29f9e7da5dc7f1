"""What one plan changes against another: what is stated, what it costs, what it leaves of quotas, what is found."""

from __future__ import annotations

from dataclasses import dataclass

from planner import cost_diff, headroom_diff, stated_diff
from planner.core.period import Month
from planner.core.problem import InputError, Location, Problem
from planner.cost_diff import CostDiff
from planner.headroom_diff import FindingChange, QuotaChange
from planner.saved_plan import SavedPlan
from planner.stated_diff import EntryChange, KeyChange


@dataclass(frozen=True)
class SideOf:
    """One of the two that are compared."""

    file: str
    plan: SavedPlan


@dataclass(frozen=True)
class PlanDiff:
    """What the new side changes against the old one."""

    old: SideOf
    new: SideOf
    facts: tuple[KeyChange, ...]
    """Name, period and day of the result, where they differ."""
    entries: tuple[EntryChange, ...]
    costs: CostDiff | None
    """None where a side has no costs, or no month is in both."""
    quotas: tuple[QuotaChange, ...]
    same_quotas: int
    """Scopes whose worst month is the same."""
    findings: tuple[FindingChange, ...]

    @property
    def months(self) -> tuple[Month, ...]:
        """The months that both sides have."""
        return tuple(month for month in self.old.plan.months if month in self.new.plan.months)

    @property
    def differs(self) -> bool:
        """Whether anything is different."""
        costs = self.costs is not None and self.costs.lines
        return bool(self.facts or self.entries or costs or self.quotas or self.findings)


def compare(old: SideOf, new: SideOf) -> PlanDiff:
    """Compare two plans.

    raises : InputError where their results are in two currencies
    """
    before, after = old.plan, new.plan
    if before.currency != after.currency:
        message = f"results in {after.currency}; those of {old.file} are in {before.currency}"
        remedy = "give both plans one currency, with an exchange rate in finance, and compare again"
        raise InputError(Problem(Location(new.file, 0, 0), message, remedy))
    entries, names = stated_diff.compare(before, after)
    months = {*before.months} & {*after.months}
    quotas, same = headroom_diff.compare(before, after, names)
    return PlanDiff(
        old=old,
        new=new,
        facts=tuple(_facts(before, after)),
        entries=entries,
        costs=cost_diff.compare(before, after, names) if months and before.priced and after.priced else None,
        quotas=quotas,
        same_quotas=same,
        findings=headroom_diff.findings(before, after, names),
    )


def _facts(old: SavedPlan, new: SavedPlan) -> list[KeyChange]:
    sides = [
        {
            "name": plan.scenario,
            "period.start": str(plan.period.start),
            "period.months": str(plan.period.months),
            "as of": plan.as_of,
        }
        for plan in (old, new)
    ]
    return [KeyChange(key, value, sides[1][key]) for key, value in sides[0].items() if value != sides[1][key]]
