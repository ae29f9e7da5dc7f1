"""What a plan may cost in a month, in a fiscal year and in all."""

from collections.abc import Iterator

from planner import summary
from planner.core.problem import Finding, Measured
from planner.policy import NANO, Money
from planner.policy_rule import Case, Rule, amount, said


def judge(case: Case) -> Iterator[Finding]:
    """One finding for the most expensive month, one per year and one for the total that is beyond the budget."""
    budget, months = case.policy.budget, case.plan.inventory.period.months
    amounts = summary.totals(case.plan).amounts
    if budget.month:
        peak = max(range(len(amounts)), key=lambda month: (amounts[month], -month))
        more = sum(one > budget.month.nano for one in amounts) - 1
        note = f", and {more} more {'month is' if more == 1 else 'months are'} beyond it" if more > 0 else ""
        yield from _beyond(case, "month", budget.month, amounts, slice(peak, peak + 1), f"in {months[peak]}", note)
    if budget.year:
        for year, columns in summary.years(case.plan):
            name = summary.year_name(case.plan, year)
            yield from _beyond(case, "year", budget.year, amounts, columns, f"in {name}", subject=name)
    if budget.total:
        whole = slice(0, len(amounts))
        yield from _beyond(case, "total", budget.total, amounts, whole, f"from {months[0]} to {months[-1]}")


def _beyond(
    case: Case,
    key: str,
    limit: Money,
    amounts: tuple[int, ...],
    columns: slice,
    when: str,
    note: str = "",
    subject: str = "",
) -> Iterator[Finding]:
    cost = sum(amounts[columns])
    if cost <= limit.nano:
        return
    currency, complete = limit.currency, not any(summary.totals(case.plan).unpriced[columns])
    who, place = case.dearest([str(month) for month in case.plan.inventory.period.months[columns]])
    part = "" if complete else "the priced part alone is "
    yield Finding(
        code="budget",
        level="error",
        subject=subject or key,
        place=place,
        message=(
            f"{part}{amount(cost, currency)} {when}, {amount(cost - limit.nano, currency)} more than the budget"
            f" of {said(limit)} a {key}{note}; most of it for {who}"
        ).replace(" a total", " in all"),
        remedy="have the budget raised, or plan fewer sites, less traffic or later steps",
        source=case.cite("budget", key),
        measured=Measured(cost, limit.nano, currency, NANO, money=True),
    )


RULE = Rule("The plan costs no more than its budget, per calendar month, fiscal year and in all.", "budget", judge)
