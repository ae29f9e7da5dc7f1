"""Where every number of this plan was read, and how it answers what the published rules leave open."""

from __future__ import annotations

from datetime import date

import numpy as np

from planner import effect, statement
from planner.core.period import day_of
from planner.core.provenance import EVIDENCE, EVIDENCE_MEANING, Reference
from planner.plan import Plan
from planner.quota import UNKNOWN
from pricing import line_item, money, price_table
from pricing.book import Rate
from pricing.sku import skus
from reports import sheet
from reports.sheet import Page

_EVIDENCE_STYLES = {"assumed": sheet.BAD, "secondary": sheet.CAREFUL}
_APART: sheet.Style = {"indent": 1}
_DIFFERENCE: sheet.Style = {"num_format": '+#,##0.00;-#,##0.00;"–"'}
_MORE: sheet.Style = {"num_format": '+#,##0;-#,##0;"–"'}


def fill(page: Page, plan: Plan) -> None:
    """Where every number was read, weakest evidence first; what the rules leave open, and what that changes."""
    page.worksheet.hide_gridlines(2)
    page.worksheet.freeze_panes(2, 0)
    page.worksheet.repeat_rows(0, 1)
    page.widths(16, 35, 18, 11, 11, 23, 13, 40, 42, 44, 20)
    page.text(0, 0, "Sources and assumptions", sheet.TITLE)
    page.text(1, 0, "Exactly what this plan used, weakest evidence first", sheet.SUBTITLE)
    row = 3
    for evidence in EVIDENCE:
        page.text(row, 0, evidence, _EVIDENCE_STYLES.get(evidence, {}))
        page.text(row, 1, EVIDENCE_MEANING[evidence], sheet.NOTE)
        row += 1
    row = _rates(page, plan, row + 1)
    row = _limits(page, plan, row)
    row = _rules(page, plan, row)
    row = _assumptions(page, plan, row)
    row = _effects(page, plan, row)
    _items(page, plan, row)
    page.protect()


def _rates(page: Page, plan: Plan, row: int) -> int:
    page.text(row, 0, "Rates", sheet.HEADING)
    page.header(
        row + 1,
        (
            "Evidence", "Item", "Scope", "Tier", "Rate", "Per", "Effective from", "Title", "Address", "Note", "Read on",
        ),
        right=(4,),
    )  # fmt: skip
    row += 2
    order, currency_of = list(skus()), _currency_of_rates(plan)
    used = sorted(
        statement.used_rates(plan),
        key=lambda one: (EVIDENCE.index(one.rate.evidence), order.index(one.sku), one.rate.scope, one.tier),
    )
    for one in used:
        rate, reference = one.rate, one.rate.reference
        free = one.tier == price_table.FREE
        tier = "free quota" if free else "flat" if one.tier == line_item.NO_TIER else f"tier {one.tier}"
        page.text(row, 0, rate.evidence, sheet.CELL, _EVIDENCE_STYLES.get(rate.evidence, {}))
        page.texts(row, 1, (one.sku, rate.scope, f"{tier}, list" if one.list_only else tier), sheet.CELL)
        page.number(row, 4, float(rate.value), sheet.CELL, sheet.RATE)
        page.text(row, 5, f"{currency_of[rate]} / {skus()[one.sku].unit}", sheet.CELL, _APART)
        _from(page, row, rate.effective_from, "undated")
        page.text(row, 7, reference.title, sheet.CELL, sheet.WRAPPED)
        page.link(row, 8, reference.url, sheet.CELL, sheet.WRAPPED)
        until = f"until {rate.effective_until} (exclusive)" if rate.effective_until else ""
        base = f"in the book {rate.base:f}" if rate.base is not None else ""
        changes = [
            f"{change.kind} {change.percent.normalize():+f} %: {change.reference.title}" for change in rate.adjustments
        ]
        note = "; ".join(filter(None, (rate.note, until, f"book: {rate.book}", base, *changes)))
        page.text(row, 9, note, sheet.CELL, sheet.WRAPPED)
        page.text(row, 10, _read_on(reference), sheet.CELL, sheet.WRAPPED)
        row += 1
    if not used:
        page.text(row, 0, "No rate was used: nothing has a known price, or nothing is attached.", sheet.NOTE)
        row += 1
    return row + 1


def _currency_of_rates(plan: Plan) -> dict[Rate, str]:
    """The currency of each rate that is used: that in which its lines are billed."""
    lines = plan.lines
    return {
        lines.rates[code]: lines.currencies[currency]
        for codes in (lines.rate, lines.list_rate)
        for code, currency in np.unique(np.stack([codes, lines.currency])[:, codes != price_table.NO_RATE], axis=1).T
    }


def _read_on(reference: Reference) -> str:
    return f"{reference.read_on}; page of {reference.updated}" if reference.updated else reference.read_on


def _from(page: Page, row: int, day: date | None, otherwise: str) -> None:
    if day:
        page.day(row, 6, day, sheet.CELL, sheet.DAY)
    else:
        page.text(row, 6, otherwise, sheet.CELL)


_KINDS = {True: "adjustable", False: "fixed", None: "not stated"}
_SAID = {
    "granted": "an increase that was granted",
    "requested": "an increase that is requested, not granted: pending",
    "live": "what Quota Center showed",
}


def _limits(page: Page, plan: Plan, row: int) -> int:
    page.text(row, 0, "Limits", sheet.HEADING)
    page.header(
        row + 1,
        (
            "Evidence", "Quota", "Scope", "Kind", "Limit", "Of", "Effective from", "Title", "Address", "What it says",
            "Read on",
        ),
        right=(4,),
    )  # fmt: skip
    row += 2
    # Granted limits are the estate's word and come last; published ones are official.
    for use in sorted(plan.quotas, key=lambda use: (EVIDENCE.index(use.quota.reference.evidence), use.id)):
        if not use.scopes:
            continue
        quota, reference = use.quota, use.quota.reference
        page.text(row, 0, reference.evidence, sheet.CELL, _EVIDENCE_STYLES.get(reference.evidence, {}))
        page.texts(row, 1, (use.id, "by default", _KINDS[quota.adjustable]), sheet.CELL)
        if quota.default is None or quota.default == UNKNOWN:
            page.text(row, 4, sheet.UNKNOWN, sheet.CELL, sheet.NOT_KNOWN)
        else:
            page.number(row, 4, quota.default, sheet.CELL, sheet.COUNT)
        page.text(row, 5, quota.title, sheet.CELL, sheet.WRAPPED, _APART)
        page.text(row, 6, "undated", sheet.CELL)
        page.text(row, 7, reference.title, sheet.CELL, sheet.WRAPPED)
        page.link(row, 8, reference.url, sheet.CELL, sheet.WRAPPED)
        page.text(row, 9, quota.description, sheet.CELL, sheet.WRAPPED)
        page.text(row, 10, _read_on(reference), sheet.CELL, sheet.WRAPPED)
        row += 1
    of = {use.id: use.quota.title for use in plan.quotas}
    for limit in plan.inventory.limits:
        reference = limit.reference
        page.text(row, 0, reference.evidence, sheet.CELL, _EVIDENCE_STYLES.get(reference.evidence, {}))
        kind = f"{limit.status}, pending" if limit.status == "requested" else limit.status
        page.texts(row, 1, (limit.quota, plan.inventory.holder_of(limit), kind), sheet.CELL)
        page.number(row, 4, limit.value, sheet.CELL, sheet.COUNT)
        page.text(row, 5, of[limit.quota], sheet.CELL, sheet.WRAPPED, _APART)
        _from(page, row, day_of(limit.effective_from) if limit.effective_from else None, "already")
        page.text(row, 7, reference.title, sheet.CELL, sheet.WRAPPED)
        page.texts(row, 8, (f"the estate, {limit.place.location}", _SAID[limit.status]), sheet.CELL)
        page.text(row, 10, reference.read_on, sheet.CELL)
        row += 1
    return row + 1


def _rules(page: Page, plan: Plan, row: int) -> int:
    """Sources of what is neither a rate nor a limit, such as rules that decide how something is billed."""
    rates = {one.rate.reference for one in statement.used_rates(plan)}
    listed = rates | {use.quota.reference for use in plan.quotas if use.scopes}
    stated = {limit.reference for limit in plan.inventory.limits}
    others = [source for source in statement.used_sources(plan) if source.reference not in listed | stated]
    if not others:
        return row
    page.text(row, 0, "Rules", sheet.HEADING)
    page.header(row + 1, ("Evidence", "Used for", "", "", "", "", "", "Title", "Address", "Note", "Read on"))
    row += 2
    for source in others:
        reference = source.reference
        page.text(row, 0, reference.evidence, sheet.CELL, _EVIDENCE_STYLES.get(reference.evidence, {}))
        page.text(row, 1, ", ".join(source.used_for))  # runs on over the empty cells beside it
        page.text(row, 7, reference.title, sheet.CELL, sheet.WRAPPED)
        page.link(row, 8, reference.url, sheet.CELL, sheet.WRAPPED)
        page.text(row, 9, "; ".join(source.notes), sheet.CELL, sheet.WRAPPED)
        page.text(row, 10, _read_on(reference), sheet.CELL, sheet.WRAPPED)
        row += 1
    return row + 1


def _assumptions(page: Page, plan: Plan, row: int) -> int:
    page.text(row, 0, "Assumptions: what the published rules leave open, and how this plan answers it", sheet.HEADING)
    question = ("Question", "", "", "", "")
    page.header(row + 1, ("Answered", "Assumption", *question, "Answer", "Other answers", "Why it is open", "Default"))
    row += 2
    for one in statement.used_assumptions(plan):
        chosen = one.value != one.default
        others = [other for other in one.assumption.answers if other != one.value]
        page.text(row, 0, "by the plan" if chosen else "by default", sheet.TEXT, sheet.CAREFUL if chosen else {})
        page.texts(row, 1, (one.id, one.assumption.title))  # the question runs on over the empty cells beside it
        page.text(row, 7, one.value, sheet.WRAPPED, sheet.LABEL)
        page.texts(row, 8, (" | ".join(others) or "none to choose", one.assumption.note, one.default), sheet.WRAPPED)
        row += 1
    if rest := [one.id for one in statement.unused_assumptions(plan)]:
        page.text(row, 0, f"Not touched by this plan: {', '.join(rest)}", sheet.NOTE)
        row += 1
    return row + 1


def _effects(page: Page, plan: Plan, row: int) -> int:
    """What other answers would change: each is the whole plan calculated once more."""
    if not plan.effects:
        return row
    page.text(row, 0, "What other answers would change: the plan calculated once more with each", sheet.HEADING)
    difference = ("", f"Difference, {page.currency}", "Lines unpriced", "")
    page.header(
        row + 1,
        ("Verdict then", "Assumption", "Other answer", *difference, "What it changes", "Adds", "Removes"),
        right=(4, 5),
    )
    row += 2
    for one in plan.effects:
        before, after = one.passes
        verdict = "unknown" if one.refused else "passes" if after else "fails"
        page.text(row, 0, verdict, sheet.CELL, sheet.CAREFUL if before != after else {})
        page.text(row, 1, one.id, sheet.CELL)
        page.text(row, 2, one.alternative.words, sheet.CELL, sheet.WRAPPED)
        page.text(row, 3, "", sheet.CELL)
        if one.refused:
            page.texts(row, 4, (sheet.UNKNOWN, sheet.UNKNOWN), sheet.CELL, sheet.NOT_KNOWN)
        else:
            page.number(row, 4, one.total / money.NANO, sheet.CELL, _DIFFERENCE)
            page.number(row, 5, one.unpriced[1] - one.unpriced[0], sheet.CELL, _MORE)
        page.text(row, 6, "", sheet.CELL)
        page.text(row, 7, effect.says(one), sheet.CELL, sheet.WRAPPED)
        page.texts(row, 8, ("\n".join(one.appear), "\n".join(one.disappear)), sheet.CELL, sheet.WRAPPED)
        row += 1
    return row + 1


def _items(page: Page, plan: Plan, row: int) -> None:
    used = [sku for sku in skus() if sku in plan.costs.skus]
    if not used:
        return
    page.text(row, 0, "Billable items", sheet.HEADING)
    page.header(row + 1, ("Unit", "Item", "Label", "Title", "", "", "", "What is counted", "Source"))
    for at, sku in enumerate(used, start=row + 2):
        item = skus()[sku]
        page.texts(at, 0, (item.unit, sku, item.label, item.title))
        page.texts(at, 7, (item.description, item.source), sheet.WRAPPED)


SHEET = sheet.Sheet(order=80, title="Sources and assumptions", fill=fill)
