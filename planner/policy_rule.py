"""Rules of a policy: a file in ``policy_rules/`` judges one of its keys."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import cache

from planner import check, policy_rules, quota
from planner.core.problem import Finding, Level, Place
from planner.core.source import Source
from planner.fingerprint import Input, shown
from planner.plan import Plan
from planner.policy import Money, Policy
from pricing import money


@dataclass(frozen=True)
class Case:
    """What a rule judges."""

    plan: Plan
    """Priced."""
    policy: Policy
    source: Source | None
    """Of the policy; None: there is none, and what it would say is what it says by default."""
    baseline: Plan | None
    inputs: tuple[Input, ...]
    """Every file that the verdict rests on."""

    def cite(self, *path: str | int) -> str:
        """The line of the policy that is judged."""
        if self.source is None:
            return "what holds without a policy"
        location = self.source.locate(path)
        return f"the policy, {shown(location.file)}:{location.line}:{location.column}"

    def dearest(self, months: Collection[str], than: Plan | None = None) -> tuple[str, Place]:
        """What costs most in some months, or most more than in another plan, and its place."""
        sums = _by_subject(self.plan, months)
        before = _by_subject(than, months) if than else {}
        if not sums:
            return "nothing", self.plan.scenarios[0].place("period")
        top = max(sorted(sums), key=lambda key: sums[key][0] - before.get(key, (0, 0))[0])
        code = sums[top][1]
        return self.plan.inventory.subject_names[code], self.plan.inventory.subject_places[code]


@dataclass(frozen=True)
class Rule:
    """What a file in ``policy_rules/`` declares; its findings bear the file's name as their code."""

    description: str
    """What it judges, as a sentence."""
    key: str
    """The key of the policy that it judges."""
    judge: Callable[[Case], Iterator[Finding]]
    level: Level = "error"
    """The worst level that its findings have, unless the policy says otherwise."""


def _by_subject(plan: Plan, months: Collection[str]) -> dict[tuple[str, str], tuple[int, int]]:
    """What each subject costs in some months, by plan and id: nano-units, and its code."""
    tables = plan.inventory
    columns = [column for column, month in enumerate(tables.period.months) if str(month) in months]
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for subject, amounts in zip(plan.costs.subject.tolist(), plan.costs.amount.tolist(), strict=True):
        scenario = int(tables.subject_scenarios[subject])
        key = (tables.scenarios[scenario] if scenario >= 0 else "", tables.subjects[subject])
        cost = found.get(key, (0, subject))[0] + sum(amounts[column] for column in columns)
        found[key] = cost, subject
    return found


@cache
def declared() -> dict[str, Rule]:
    """Every rule by id, which is the name of its file."""
    names = sorted(module.name for module in pkgutil.iter_modules(policy_rules.__path__))
    return {name.replace("_", "-"): importlib.import_module(f"{policy_rules.__name__}.{name}").RULE for name in names}


def codes() -> tuple[str, ...]:
    """Every check, quota and rule: what a policy can give levels and approvers, and a waiver can cover."""
    return (*quota.declared(), *check.declared(), *declared())


def worst_level(code: str) -> Level:
    """The worst level that the findings of a check, quota or rule have by themselves."""
    known: dict[str, check.Check | Rule] = {**check.declared(), **declared()}
    return known[code].level if code in known else "error"


def amount(nano: int, currency: str) -> str:
    """An amount as people read it."""
    return f"{currency} {money.display(nano)}"


def said(limit: Money) -> str:
    """An amount of the policy as people read it."""
    return amount(limit.nano, limit.currency)
