"""What other answers to the open questions would change of a plan: each is the whole calculation once more."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import numpy as np

from planner import statement
from planner.assumption import Alternative, Answered, Effect, field_of, listed
from planner.check import declared as checks
from planner.core.problem import InputError
from planner.core.words import some
from planner.plan import Plan, make_plan
from planner.quota import EXCEEDED
from planner.scenario import Scenario
from pricing import cost, money
from pricing.book import Books

MOST_NAMED = 3
"""Subjects of a kind that a sentence names; the others are counted."""


def effects(plan: Plan, books: Books | Mapping[str, Books], as_of: date | None = None) -> tuple[Effect, ...]:
    """For every assumption that touches a priced plan and each of its alternatives: what this would change.

    books, as_of : those that the plan was made with
    """
    if not plan.priced:
        return ()
    facts, before = statement.facts(plan), _Result.of(plan)
    return tuple(
        _effect(plan, before, one, alternative, books, as_of)
        for one in listed(plan.inventory.assumptions).values()
        if one.assumption.touches(facts)
        for alternative in one.assumption.alternatives(facts, one.answer)
    )


@dataclasses.dataclass(frozen=True)
class _Result:
    """What is compared of two plans."""

    months: tuple[int, ...]
    """(m,) nano-units: the priced part."""
    unpriced: int
    """Lines without a price."""
    accounts: dict[str, int]
    passes: bool
    findings: frozenset[str]

    @classmethod
    def of(cls, plan: Plan) -> _Result:
        """That of a priced plan."""
        return cls(
            months=tuple(cost.monthly_totals(plan.rated).tolist()),
            unpriced=int((~plan.lines.priced).sum()),
            accounts=_by_account(plan),
            passes=plan.passed,
            findings=frozenset(_findings(plan)),
        )


def _by_account(plan: Plan) -> dict[str, int]:
    """What each account pays in the period, nano-units; the priced part."""
    totals = dict.fromkeys(plan.inventory.accounts, 0)
    for code, amounts in zip(plan.costs.account.tolist(), plan.costs.amount.sum(axis=1).tolist(), strict=True):
        totals[plan.inventory.accounts[code]] += amounts
    return totals


def _findings(plan: Plan) -> Iterator[str]:
    """Exceeded quotas by scope, and errors and warnings of checks, as "kind: subject", without amounts."""
    for use in plan.quotas:
        for scope in np.flatnonzero((use.status == EXCEEDED).any(axis=1)).tolist():
            yield f"{use.id} exceeded: {use.scopes[scope]}"
    for finding in plan.findings:
        if finding.code in checks() and finding.level != "info":
            yield f"{finding.code}: {finding.subject}"


def _effect(
    plan: Plan,
    before: _Result,
    one: Answered,
    alternative: Alternative,
    books: Books | Mapping[str, Books],
    as_of: date | None,
) -> Effect:
    nothing = Effect(
        one.id, alternative, plan.inventory.currency, unpriced=(before.unpriced,) * 2, passes=(before.passes,) * 2
    )
    if alternative.higher_list_prices:
        months, accounts = _one_percent(plan)
        return dataclasses.replace(nothing, months=months, accounts=accounts)
    scenarios = [_answered(scenario, one.id, alternative) for scenario in plan.scenarios]
    try:
        after = _Result.of(make_plan(scenarios, books, as_of))
    except InputError as error:  # a number is too large
        return dataclasses.replace(nothing, refused=error.problems[0].message)
    return dataclasses.replace(
        nothing,
        months=tuple(new - old for old, new in zip(before.months, after.months, strict=True)),
        unpriced=(before.unpriced, after.unpriced),
        accounts=tuple(
            (name, after.accounts[name] - paid)
            for name, paid in before.accounts.items()
            if after.accounts[name] != paid
        ),
        passes=(before.passes, after.passes),
        appear=tuple(sorted(after.findings - before.findings)),
        disappear=tuple(sorted(before.findings - after.findings)),
    )


def _answered(scenario: Scenario, name: str, alternative: Alternative) -> Scenario:
    """A scenario with another answer to one question."""
    assumptions = scenario.plan.assumptions.model_copy(update={field_of(name): alternative.answer})
    return dataclasses.replace(scenario, plan=scenario.plan.model_copy(update={"assumptions": assumptions}))


def _one_percent(plan: Plan) -> tuple[tuple[int, ...], tuple[tuple[str, int], ...]]:
    """A hundredth of what is priced at rates that are not of a contract, nano-units: by month, and by account.

    Rounded half up once for each account and month.
    """
    lines, at_list = plan.lines, statement.at_list_prices(plan)
    months = [0] * plan.inventory.period.count
    accounts = []
    for code, name in enumerate(plan.inventory.accounts):
        own = at_list & (lines.account == code)
        shares = [(money.total(lines.amount[own & (lines.month == m)]) + 50) // 100 for m in range(len(months))]
        months = [total + share for total, share in zip(months, shares, strict=True)]
        if any(shares):
            accounts.append((name, sum(shares)))
    return tuple(months), tuple(accounts)


def says(effect: Effect) -> str:
    """What another answer changes, as a sentence about it: "moves the total by +USD 1,234.56"."""
    if effect.refused:
        return f"cannot be calculated: {effect.refused}"
    return "; ".join(filter(None, (_money(effect), _verdict(effect)))) or "changes nothing in this plan"


def _money(effect: Effect) -> str:
    before, after = effect.unpriced
    said = ""
    if effect.total:
        what = "total" if effect.complete else "priced subtotal"
        said = f"moves the {what} by {_signed(effect.total, effect.currency)}"
    elif any(effect.months):
        said = "moves costs between months"
    elif effect.accounts:
        shares = [f"{name} {_signed(amount, effect.currency)}" for name, amount in effect.accounts]
        said = f"changes who pays: {some(shares, MOST_NAMED)}"
    if after != before:
        lines = "line" if abs(after - before) == 1 else "lines"
        unpriced = f"leaves {abs(after - before)} {lines} {'more' if after > before else 'fewer'} unpriced"
        return f"{said} and {unpriced}" if said else unpriced
    return said


def _verdict(effect: Effect) -> str:
    before, after = effect.passes
    changes = [
        f"{verb} {_by_kind(names)}" for verb, names in (("adds", effect.appear), ("removes", effect.disappear)) if names
    ]
    if before == after:
        return ", ".join(changes)
    return ": ".join(filter(None, (f"changes the verdict to {'PASSED' if after else 'FAILED'}", ", ".join(changes))))


def _by_kind(findings: Sequence[str]) -> str:
    """Findings as "kind [subject, subject]"."""
    kinds: dict[str, list[str]] = {}
    for finding in findings:
        kind, _, subject = finding.partition(": ")
        kinds.setdefault(kind, []).append(subject)
    return ", ".join(f"{kind} [{some(subjects, MOST_NAMED)}]" for kind, subjects in kinds.items())


def _signed(amount: int, currency: str) -> str:
    """A difference with its sign and currency: +USD 1,234.56."""
    shown = money.display(abs(amount))
    sign = "+" if amount > 0 else "-"
    return f"{sign}{currency} {shown}" if shown != "0.00" else f"less than {sign}{currency} 0.01"
