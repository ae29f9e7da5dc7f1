"""The one page of a plan, filled: whether it may go ahead and why, what it costs, whether it fits, what it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planner import __version__, capacity, summary
from planner.capacity import Capacity
from planner.core.problem import Finding
from planner.core.words import some
from planner.plan import Plan
from planner.summary import Totals
from reports import one_page_costs, one_page_fit, one_page_lists, outline
from reports.one_page import LONGEST, Bar, Page, Part
from reports.one_page_words import LONGEST_NAME, count_of, cut, fact_rows, place_of


def page(plan: Plan) -> Page:
    """The page of a priced plan."""
    findings = _gravest_first(plan.findings)
    contacts = dict.fromkeys(one.plan.contact for one in plan.scenarios if one.plan.contact)
    totals, months = summary.totals(plan), plan.inventory.period.months
    by_month = zip(map(str, months), totals.amounts, totals.unpriced, strict=True)
    scopes = list(capacity.measure(plan))
    return Page(
        name=plan.name,
        title=cut(outline.title(plan), LONGEST_NAME),
        facts=cut(outline.facts(plan)),
        contact=cut(some([*contacts]), LONGEST_NAME),
        passed=plan.passed,
        verdict="PASSED: may go ahead" if plan.passed else "FAILED: must not go ahead as it is planned",
        reason=cut(_reason(findings), LONGEST + 100),
        place=place_of(findings[0]) if findings else "",
        not_known=_not_known(plan, totals),
        judged="Judged by quotas and checks. A policy, a budget and waivers are judged by cenplan gate.",
        figures=(*one_page_costs.key_figures(plan, totals), one_page_fit.key_figure(plan, scopes)),
        parts=tuple(_parts(plan, findings, totals, scopes)),
        months=tuple(Bar(*one) for one in by_month) if totals.subtotal else (),
        currency=plan.inventory.currency,
        signed=("Decision", "Name", "Date", "Signature"),
        made_with=f"cenplan {__version__}",
    )


def _gravest_first(findings: Sequence[Finding]) -> list[Finding]:
    """Errors and warnings; within a level by how far a limit is exceeded, in proportion to it."""
    grave = [one for one in findings if one.level != "info"]
    levels = ("error", "warning")

    def weight(one: Finding) -> tuple[int, float]:
        found = one.measured
        return levels.index(one.level), -(found.excess / max(found.limit, 1)) if found else 0.0

    return sorted(grave, key=weight)  # stable: what weighs the same stays in the order of its places


def _reason(findings: Sequence[Finding]) -> str:
    """Why it may go ahead or not: the gravest finding comes last, and its place is told behind it."""
    errors = sum(one.level == "error" for one in findings)
    if errors:
        return f"The {'error' if errors == 1 else f'gravest of {errors:,} errors'}: {findings[0].message}"
    passed = "No quota that has a known limit is exceeded, and no rule is broken."
    if not findings:
        return passed
    which = "warning" if len(findings) == 1 else f"gravest of {len(findings):,} warnings"
    return f"{passed} The {which}: {findings[0].message}"


def _not_known(plan: Plan, totals: Totals) -> str:
    limits = outline.unknown_limits(plan)
    parts = [f"{count_of(limits, 'limit')} of quotas"] if limits else []
    parts += [] if totals.complete else ["a part of the cost"]
    return f"Not known: {' and '.join(parts)}." if parts else ""


def _parts(plan: Plan, findings: Sequence[Finding], totals: Totals, scopes: Sequence[Capacity]) -> Iterator[Part]:
    yield Part("What it is", fact_rows(_what(plan)))
    yield Part(f"What it costs, {plan.inventory.currency}", fact_rows(one_page_costs.facts_of(plan, totals)))
    yield Part("Does it fit", fact_rows(one_page_fit.facts_of(plan, scopes)))
    yield one_page_lists.waves(plan)
    yield one_page_lists.findings(plan, findings)
    yield one_page_lists.assumptions(plan)
    yield one_page_lists.inputs(plan)


def _what(plan: Plan) -> Iterator[tuple[str, str]]:
    """What is planned, where, and by whom."""
    tables = plan.inventory
    contacts = dict.fromkeys(one.plan.contact for one in plan.scenarios if one.plan.contact)
    yield "Contact", some([*contacts]) or "nobody is named"
    if plan.several:
        titles = [f"{one.plan.name} ({one.plan.title})" if one.plan.title else one.plan.name for one in plan.scenarios]
        yield "Plans", some(titles, 4)
    routers = list(dict.fromkeys(tables.routers.ids[code] for code in sorted(set(tables.groups.router.tolist()))))
    regions = list(dict.fromkeys(tables.regions[code] for code in sorted(set(tables.group_region.tolist()))))
    groups, count = count_of(len(tables.groups.ids), "attachment group"), count_of(len(routers), "transit router")
    yield "Scope", f"{groups} on {count} ({some(routers)}) in {some(regions)}"
    owners = sorted({tables.accounts[code] for code in tables.groups.owner.tolist()})
    yield "Owner of connections", some(owners)
    stages = list(dict.fromkeys(one.plan.stage for one in plan.scenarios))
    yield "Stage", ", ".join(stages)
