"""By how much a plan may cost more than the baseline, over the months that both cover."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from planner import summary
from planner.core.problem import Finding, Measured
from planner.plan import Plan
from planner.policy import NANO, MostMore
from planner.policy_rule import Case, Rule, amount, said


def judge(case: Case) -> Iterator[Finding]:
    """One finding for the month in which the cost rises most beyond what is allowed, and one for all months together.

    Where the baseline is missing, has no month in common or no price for something, one that says so.
    """
    allowed = case.policy.allowed_increase
    if allowed is None:
        return
    reason = _not_judged(case)
    if reason:
        yield Finding(
            code="allowed-increase",
            level=case.policy.unknown_cost if case.baseline else "error",
            subject="baseline",
            place=case.plan.scenarios[0].place("period"),
            message=f"the increase cannot be judged: {reason}",
            remedy="name the plan that was approved before, with --baseline or in the project, and give what it lacks",
            source=case.cite("allowed_increase"),
        )
        return
    assert case.baseline is not None
    new, old = _by_month(case.plan), _by_month(case.baseline)
    both = [month for month in new if month in old]
    if allowed.month:
        worst = max(both, key=lambda month: new[month] - old[month] - _most(allowed.month, old[month]))
        yield from _beyond(case, "month", allowed.month, old[worst], new[worst], [worst], f"in {worst}")
    if allowed.total:
        sums = [sum(amounts[month] for month in both) for amounts in (old, new)]
        yield from _beyond(case, "total", allowed.total, sums[0], sums[1], both, f"from {both[0]} to {both[-1]}")


def _not_judged(case: Case) -> str:
    baseline = case.baseline
    if baseline is None:
        return "no baseline is given"
    if baseline.inventory.currency != case.plan.inventory.currency:
        return f"the baseline is in {baseline.inventory.currency}, the plan in {case.plan.inventory.currency}"
    both = {*baseline.inventory.period.months} & {*case.plan.inventory.period.months}
    if not both:
        return "the baseline covers none of the plan's months"
    for what, plan in (("the baseline", baseline), ("the plan", case.plan)):
        unpriced = summary.totals(plan).unpriced
        if any(no for month, no in zip(plan.inventory.period.months, unpriced, strict=True) if month in both):
            return f"{what} has something without a known price or quantity in these months"
    return ""


def _by_month(plan: Plan) -> dict[str, int]:
    months = map(str, plan.inventory.period.months)
    return dict(zip(months, summary.totals(plan).amounts, strict=True))


def _most(allowed: MostMore | None, old: int) -> int:
    """The highest increase that is allowed, in nano-units."""
    assert allowed is not None
    found = [int(Fraction(allowed.percent) * old / 100)] if allowed.percent is not None else []
    return min(found + ([allowed.most.nano] if allowed.most else []))


def _beyond(
    case: Case, key: str, allowed: MostMore, old: int, new: int, months: list[str], when: str
) -> Iterator[Finding]:
    most = _most(allowed, old)
    if new - old <= most:
        return
    currency = case.plan.inventory.currency
    who, place = case.dearest(months, case.baseline)
    parts = [f"{allowed.percent:f} %"] if allowed.percent is not None else []
    words = " and ".join([*parts, *([said(allowed.most)] if allowed.most else [])])
    yield Finding(
        code="allowed-increase",
        level="error",
        subject=key,
        place=place,
        message=(
            f"{amount(new, currency)} {when}, {amount(new - old, currency)} more than the {amount(old, currency)} of"
            f" the baseline; allowed are {words}, here {amount(most, currency)}; most of it for {who}"
        ),
        remedy="have the increase approved, or plan less",
        source=case.cite("allowed_increase", key),
        measured=Measured(new - old, most, currency, NANO, money=True),
    )


RULE = Rule(
    "The plan costs no more than the baseline and the increase that is allowed, over the months that both cover.",
    "allowed_increase",
    judge,
)
