"""How much of a plan has to have a price."""

from collections.abc import Iterator

from planner import summary
from planner.core.problem import Finding, Measured
from planner.policy_rule import Case, Rule


def judge(case: Case) -> Iterator[Finding]:
    """One finding where fewer of the line items have a price than the policy asks for."""
    least, totals = case.policy.least_price_coverage_percent, summary.totals(case.plan)
    if least is None or totals.priced_lines * 100 >= least * totals.lines:
        return
    unpriced = ~case.plan.lines.priced
    first = int(case.plan.lines.subject[unpriced][0])
    yield Finding(
        code="price-coverage",
        level="error",
        subject="line items",
        place=case.plan.inventory.subject_places[first],
        message=(
            f"{totals.priced_lines} of {totals.lines} line items have a price, {totals.coverage_percent} %;"
            f" the policy asks for at least {least:f} %"
        ),
        remedy="give the missing prices in a price book, and traffic that is not stated",
        source=case.cite("least_price_coverage_percent"),
        measured=Measured(totals.priced_lines * 10000 // totals.lines, int(least * 100), "%", 2, at_least=True),
    )


RULE = Rule(
    "At least so many of the line items have a known price and quantity.", "least_price_coverage_percent", judge
)
