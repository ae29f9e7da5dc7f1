"""What a plan costs, on the one page: its key figures, and what has to be said beside the total."""

from __future__ import annotations

from collections.abc import Iterator

from planner import statement, summary
from planner.plan import Plan
from planner.summary import Sum, Totals
from reports import cost_outline, finance_outline
from reports.one_page import Figure
from reports.one_page_words import count_of, first_of

_YEAR = 12


def key_figures(plan: Plan, totals: Totals) -> Iterator[Figure]:
    """The total, the first year and the peak month."""
    months, currency = plan.inventory.period.months, plan.inventory.currency
    name = "Total" if totals.complete else "Priced subtotal"
    if not totals.lines:
        yield Figure(name, "nothing to pay", "nothing is attached in the period")
        return

    def figure(label: str, first: int, end: int, note: str) -> Figure:
        amount, missing = sum(totals.amounts[first:end]), any(totals.unpriced[first:end])
        tone = "unknown" if missing else ""
        return Figure(label, cost_outline.amount(currency, amount, missing), note, tone)

    count = len(months)
    coverage = "" if totals.complete else f", {totals.coverage_percent} % of lines priced"
    yield figure(name, 0, count, f"before tax, {count_of(count, 'month')}{coverage}")
    if count >= _YEAR:
        yield figure("First year", 0, _YEAR, f"{months[0]} to {months[_YEAR - 1]}")
    peak = Sum((), totals.amounts, totals.unpriced).peak
    yield figure("Peak month", peak, peak + 1, f"in {months[peak]}" if totals.subtotal else "no amount is known")


def facts_of(plan: Plan, totals: Totals) -> Iterator[tuple[str, str]]:
    """What has to be said beside the total; nothing where nothing is attached."""
    if totals.lines:
        yield from _by_year(plan, totals)
        yield from _to_bill(plan, totals)
        yield from _in_doubt(plan, totals)


def _by_year(plan: Plan, totals: Totals) -> Iterator[tuple[str, str]]:
    years = summary.years(plan)
    if len(years) > 1:
        amounts = [
            f"{summary.year_name(plan, year)}: {_of_columns(totals, columns, plan.inventory.currency)}"
            for year, columns in years
        ]
        yield f"By {summary.year_kind(plan)}", " · ".join(first_of(amounts, 6))


def _of_columns(totals: Totals, columns: slice, currency: str) -> str:
    """What some months cost together, without its currency."""
    shown = cost_outline.amount(currency, sum(totals.amounts[columns]), any(totals.unpriced[columns]))
    return shown.removeprefix(f"{currency} ")


def _to_bill(plan: Plan, totals: Totals) -> Iterator[tuple[str, str]]:
    """From list prices to what is billed and paid."""
    steps = finance_outline.steps_of(plan)
    if steps is not None:
        yield "From list price to bill", "; ".join(f"{name} {amount}" for name, amount in steps.rows)
    elif totals.priced_lines:
        yield "List and contract price", "billed at list price: no contract or prepaid plan changes it"
    for label, amount in finance_outline.headlines(plan):
        if steps is None or label.lower() not in (name.lower() for name, *_ in steps.rows):
            yield label, cost_outline.amount(plan.inventory.currency, amount.total, not amount.complete)
    if notes := statement.exchange_notes(plan):
        yield "Converted at", "; ".join(first_of(list(notes), 2))


def _in_doubt(plan: Plan, totals: Totals) -> Iterator[tuple[str, str]]:
    """What has no price, how sure the prices are, and what the plan leaves out."""
    title, entries = cost_outline.unpriced(plan)
    if entries:
        counted = title.removeprefix("UNPRICED: ").partition(":")[0]
        yield "Unpriced", f"{counted}: {'; '.join(first_of(entries, 3))}"
    else:
        yield "Unpriced", f"nothing: every one of {count_of(totals.lines, 'line item')} has a price"
    shares = [share for share in statement.evidence_shares(plan) if share.amount]
    whole = sum(share.amount for share in shares)
    if shares:
        grades = ", ".join(f"{share.percent(whole)} % {share.evidence}" for share in reversed(shares))
        yield "How sure", f"{grades}, of what is priced"
    yield "Left out", "; ".join(statement.not_included(plan))
