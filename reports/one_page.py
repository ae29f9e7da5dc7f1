"""What an approver reads of a plan on one page, as plain records: ``one_page_markdown`` and ``one_page_pdf`` write
them down.

Every text is on one line and has an end, every list says how many more there are: whatever a plan holds, the page
stays one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from planner import __version__, capacity, fingerprint, statement, summary
from planner.capacity import Capacity
from planner.core.period import instant_text
from planner.core.problem import Finding, visible
from planner.core.words import some
from planner.plan import Plan
from planner.quota import PENDING
from planner.summary import Sum, Totals
from reports import cost_outline, finance_outline, outline, rollout

LONGEST = 320
"""Characters of a text; a wide one, such as a Chinese one, counts as two."""
_LONGEST_NAME = 120
_LONGEST_PLACE = 60
_YEAR = 12
_MOST = {"findings": 5, "waves": 6, "assumptions": 4, "inputs": 8}
"""Rows of each list where there is room."""


@dataclass(frozen=True)
class Figure:
    """A key figure."""

    label: str
    value: str
    note: str
    tone: str = ""
    """good, bad or unknown: beside words that say the same."""


@dataclass(frozen=True)
class Row:
    """A row of a part."""

    cells: tuple[str, ...]
    counts: int = 1
    """How many of what is listed it stands for."""
    weight: int = 0
    """Where there is little room, the heaviest rows stay, in their order; of equal ones the first."""


@dataclass(frozen=True)
class Part:
    """Rows below a title; without a header each is a name and what is said of it."""

    title: str
    rows: tuple[Row, ...]
    header: tuple[str, ...] = ()
    align: str = "<<"
    """< or > for each column."""
    noun: str = ""
    """What is listed, for what there is no room for; empty: all rows are always shown."""
    most: int = 0
    """Rows that are shown where there is room."""
    beyond: int = 0
    """How many more there are that have no row."""
    note: str = ""
    """What is said below the title."""
    exact: bool = False
    """Whether its texts are never cut, because half of a text would be none."""

    def shown(self, most: int | None = None) -> Iterator[Row | str]:
        """The rows that there is room for, and below them how many more there are.

        most : how many rows, if fewer than the part has by itself
        """
        count = len(self.rows) if not self.noun else min(self.most if most is None else most, self.most)
        if count + (not self.beyond) >= len(self.rows):  # a line that counts one row is no shorter than the row
            count = len(self.rows)
        heaviest = sorted(range(len(self.rows)), key=lambda place: (-self.rows[place].weight, place))
        yield from (self.rows[place] for place in sorted(heaviest[:count]))
        hidden = sum(self.rows[place].counts for place in heaviest[count:]) + self.beyond
        if hidden:
            yield f"and {hidden:,} more {self.noun}{'' if hidden == 1 else 's'}"

    def narrowed(self, most: int) -> Part:
        """The same with shorter texts, for a page with little room."""
        if self.exact:
            return self
        rows = tuple(replace(row, cells=tuple(shortened(cell, most) for cell in row.cells)) for row in self.rows)
        return replace(self, rows=rows)


@dataclass(frozen=True)
class Bar:
    """What a month costs."""

    month: str
    amount: int
    """Nano-units: the priced part."""
    unpriced: bool
    """Whether something in it has no price."""


@dataclass(frozen=True)
class Page:
    """One page."""

    name: str
    title: str
    facts: str
    contact: str
    passed: bool
    verdict: str
    """Whether it may go ahead."""
    reason: str
    """Why, in a sentence or two."""
    place: str
    """File and line of the gravest finding, which the reason ends with; empty: it ends with none."""
    not_known: str
    """What nobody knows, in a sentence; empty: nothing."""
    judged: str
    """By what that was judged."""
    figures: tuple[Figure, ...]
    parts: tuple[Part, ...]
    months: tuple[Bar, ...]
    """Empty where nothing has a price."""
    currency: str
    signed: tuple[str, ...]
    """Lines to fill in."""
    made_with: str

    def why(self, most: int = 2 * LONGEST) -> str:
        """The reason with its place, however short it is cut, and what is not known."""
        reason = shortened(self.reason, most)
        reason = f"{reason} ({self.place})." if self.place else reason
        return " ".join(filter(None, (reason, self.not_known)))


def page(plan: Plan) -> Page:
    """The page of a priced plan."""
    findings = _gravest_first(plan.findings)
    contacts = dict.fromkeys(one.plan.contact for one in plan.scenarios if one.plan.contact)
    totals, months = summary.totals(plan), plan.inventory.period.months
    by_month = zip(map(str, months), totals.amounts, totals.unpriced, strict=True)
    scopes = list(capacity.measure(plan))
    return Page(
        name=plan.name,
        title=_cut(outline.title(plan), _LONGEST_NAME),
        facts=_cut(outline.facts(plan)),
        contact=_cut(some([*contacts]), _LONGEST_NAME),
        passed=plan.passed,
        verdict="PASSED: may go ahead" if plan.passed else "FAILED: must not go ahead as it is planned",
        reason=_cut(_reason(findings), LONGEST + 100),
        place=_place(findings[0]) if findings else "",
        not_known=_not_known(plan, totals),
        judged="Judged by quotas and checks. A policy, a budget and waivers are judged by cenplan gate.",
        figures=(*_amounts(plan, totals), _first_exceeded(plan, scopes)),
        parts=tuple(_parts(plan, findings, totals, scopes)),
        months=tuple(Bar(*one) for one in by_month) if totals.subtotal else (),
        currency=plan.inventory.currency,
        signed=("Decision", "Name", "Date", "Signature"),
        made_with=f"cenplan {__version__}",
    )


def shortened(text: str, most: int) -> str:
    """A text of at most so many characters, wide ones counted twice, with … for what was cut."""
    if len(text) * 2 <= most:
        return text
    width = 0
    for at, letter in enumerate(text):
        width += 2 if letter >= "\u1100" else 1  # Hangul, kana and Han begin there
        if width > most:
            return f"{text[: max(at - 1, 0)].rstrip()}…"
    return text


def _cut(text: str, most: int = LONGEST) -> str:
    """A text on one line, with nothing in it that is not seen."""
    return shortened(visible(" ".join(text.split())), most)


def _place(finding: Finding) -> str:
    """File and line; of a long path its end."""
    if finding.location is None:
        return ""
    file, line, _ = finding.location
    path = _end(visible(fingerprint.shown(file)))
    return f"{path}:{line}" if line else path


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


# The verdict


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
    parts = [f"{_count(limits, 'limit')} of quotas"] if limits else []
    parts += [] if totals.complete else ["a part of the cost"]
    return f"Not known: {' and '.join(parts)}." if parts else ""


# What it costs


def _amounts(plan: Plan, totals: Totals) -> Iterator[Figure]:
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
    yield figure(name, 0, count, f"before tax, {_count(count, 'month')}{coverage}")
    if count >= _YEAR:
        yield figure("First year", 0, _YEAR, f"{months[0]} to {months[_YEAR - 1]}")
    peak = Sum((), totals.amounts, totals.unpriced).peak
    yield figure("Peak month", peak, peak + 1, f"in {months[peak]}" if totals.subtotal else "no amount is known")


def _costs(plan: Plan, totals: Totals) -> Iterator[tuple[str, str]]:
    """What has to be said beside the total."""
    if not totals.lines:
        return
    currency = plan.inventory.currency
    years = summary.years(plan)
    if len(years) > 1:
        kind = summary.year_kind(plan)
        amounts = (
            f"{summary.year_name(plan, year)}: {_of_columns(totals, columns, currency)}" for year, columns in years
        )
        yield f"By {kind}", " · ".join(_first(list(amounts), 6))
    steps = finance_outline.steps_of(plan)
    if steps is not None:
        yield "From list price to bill", "; ".join(f"{name} {amount}" for name, amount in steps.rows)
    elif totals.priced_lines:
        yield "List and contract price", "billed at list price: no contract or prepaid plan changes it"
    for label, amount in finance_outline.headlines(plan):
        if steps is None or label.lower() not in (name.lower() for name, *_ in steps.rows):
            yield label, cost_outline.amount(currency, amount.total, not amount.complete)
    if notes := statement.exchange_notes(plan):
        yield "Converted at", "; ".join(_first(list(notes), 2))
    title, entries = cost_outline.unpriced(plan)
    if entries:
        counted = title.removeprefix("UNPRICED: ").partition(":")[0]
        yield "Unpriced", f"{counted}: {'; '.join(_first(entries, 3))}"
    else:
        yield "Unpriced", f"nothing: every one of {_count(totals.lines, 'line item')} has a price"
    shares = [share for share in statement.evidence_shares(plan) if share.amount]
    whole = sum(share.amount for share in shares)
    if shares:
        grades = ", ".join(f"{share.percent(whole)} % {share.evidence}" for share in reversed(shares))
        yield "How sure", f"{grades}, of what is priced"
    yield "Left out", "; ".join(statement.not_included(plan))


def _of_columns(totals: Totals, columns: slice, currency: str) -> str:
    shown = cost_outline.amount(currency, sum(totals.amounts[columns]), any(totals.unpriced[columns]))
    return shown.removeprefix(f"{currency} ")


def _first(entries: Sequence[str], most: int) -> list[str]:
    """The first entries, and how many more there are."""
    more = len(entries) - most
    return [*entries[:most], *([f"and {more:,} more"] if more > 0 else [])]


# Does it fit


def _first_exceeded(plan: Plan, scopes: Sequence[Capacity]) -> Figure:
    first, label = outline.first_exceeded(scopes), "First quota exceeded"
    if first is not None and first.exceeded_from is not None:
        return Figure(label, instant_text(first.exceeded_from), _cut(first.scope, 40), "bad")
    unknown = outline.unknown_limits(plan)
    if unknown:
        return Figure(label, "none known", f"{_count(unknown, 'limit')} unknown", "unknown")
    return Figure(label, "none", "in the whole period", "good")


def _fit(plan: Plan, scopes: Sequence[Capacity]) -> Iterator[tuple[str, str]]:
    """The first quota that is exceeded and what to do, the tightest of the others, and what is not known."""
    first = outline.first_exceeded(scopes)
    touched = [(use, scope) for use in plan.quotas for scope in range(len(use.scopes))]
    over = [one for one in scopes if one.exceeded_from is not None]
    if first is not None:
        use, scope = dict(zip(scopes, touched, strict=True))[first]
        yield "First exceeded", _excess(first, int(use.most_over[scope]))
        yield "Apply by", _apply_by(first)
        if len(over) > 1:
            others = [f"{one.scope}: {one.quota}" for one in over if one is not first]
            yield "Exceeded too", some(others)
    own = [one for one, (use, scope) in zip(scopes, touched, strict=True) if use.planned[scope]]
    known = [one for one in own if one.exceeded_from is None and one.headroom is not None and one.limit]
    if known:
        tightest = min(known, key=lambda one: ((one.headroom or 0) / (one.limit or 1), one.quota, one.scope))
        at_least = "at most " if tightest.lower_bound else ""
        named = "Tightest headroom" if first is None else "Tightest of the rest"
        left = f"{at_least}{tightest.headroom:,} of {tightest.limit:,} left at the least"
        when = instant_text(tightest.peak_at)
        yield named, f"{tightest.scope}: {left}, {tightest.quota}, highest on {when}"
    elif not own:
        yield "Quotas", "the plan uses nothing that a quota limits"
    unknown = dict.fromkeys(one.quota for one in own if one.headroom is None)
    if unknown:
        yield "Limits not known", f"{_count(outline.unknown_limits(plan), 'scope')} of {some([*unknown])}"
    if pending := [one for one in scopes if one.limit_status == PENDING]:
        yield "Limits pending", f"requested, not granted: {some([f'{one.scope} ({one.limit:,})' for one in pending])}"


def _excess(one: Capacity, most_over: int) -> str:
    """Where and from when on, by how many at most, and the highest count, which a later limit may allow."""
    at_least = "at least " if one.lower_bound else ""
    when = instant_text(one.exceeded_from) if one.exceeded_from is not None else ""
    return (
        f"{one.scope} from {when}: {one.quota}, limit {one.limit or 0:,} then, exceeded by {most_over:,} at most;"
        f" {at_least}{one.peak:,} at the highest on {instant_text(one.peak_at)}"
    )


def _apply_by(one: Capacity) -> str:
    """By when to apply, for which limit, and whether that is over."""
    if one.least_limit is None:
        return "the quota cannot be increased"
    wanted = f"for a limit of {one.least_limit:,} at least"
    if one.apply_by is None:
        return f"not known, {wanted}: the estate does not state lead_time_days"
    over = ": this day is over" if one.too_late else ""
    return f"{one.apply_by}, {wanted}{over}"


# What is listed


def _parts(plan: Plan, findings: Sequence[Finding], totals: Totals, scopes: Sequence[Capacity]) -> Iterator[Part]:
    yield Part("What it is", _facts(_what(plan)))
    yield Part(f"What it costs, {plan.inventory.currency}", _facts(_costs(plan, totals)))
    yield Part("Does it fit", _facts(_fit(plan, scopes)))
    yield _waves(plan)
    yield _findings(plan, findings)
    yield _assumptions(plan)
    yield _inputs(plan)


def _facts(facts: Iterable[tuple[str, str]]) -> tuple[Row, ...]:
    return tuple(Row((name, _cut(said))) for name, said in facts if said)


def _what(plan: Plan) -> Iterator[tuple[str, str]]:
    tables = plan.inventory
    contacts = dict.fromkeys(one.plan.contact for one in plan.scenarios if one.plan.contact)
    yield "Contact", some([*contacts]) or "nobody is named"
    if plan.several:
        titles = [f"{one.plan.name} ({one.plan.title})" if one.plan.title else one.plan.name for one in plan.scenarios]
        yield "Plans", some(titles, 4)
    routers = list(dict.fromkeys(tables.routers.ids[code] for code in sorted(set(tables.groups.router.tolist()))))
    regions = list(dict.fromkeys(tables.regions[code] for code in sorted(set(tables.group_region.tolist()))))
    groups, count = _count(len(tables.groups.ids), "attachment group"), _count(len(routers), "transit router")
    yield "Scope", f"{groups} on {count} ({some(routers)}) in {some(regions)}"
    owners = sorted({tables.accounts[code] for code in tables.groups.owner.tolist()})
    yield "Owner of connections", some(owners)
    stages = list(dict.fromkeys(one.plan.stage for one in plan.scenarios))
    yield "Stage", ", ".join(stages)


def _waves(plan: Plan) -> Part:
    """Every instant at which sites come or go, and how many sites of the plan there are from then on.

    With little room the first and the last stay, then those that have a name, then the largest.
    """
    first = plan.inventory.period.bounds[0]
    steps = [step for scenario in plan.scenarios for group in scenario.groups for step in group.steps]
    there = sum(step.change for step in steps if step.instant < first)
    after = sum(step.instant >= plan.inventory.period.bounds[-1] for step in steps)
    rows, found = [], rollout.waves(plan)
    for number, wave in enumerate(found):
        there += wave.added - wave.removed
        changes = [f"+{wave.added:,}" if wave.added else "", f"−{wave.removed:,}" if wave.removed else ""]
        cells = (instant_text(wave.instant), some(wave.names), " ".join(filter(None, changes)), f"{there:,}")
        ends = number in (0, len(found) - 1)
        weight = ends * 10**13 + bool(wave.names) * 10**12 + wave.added + wave.removed
        rows.append(Row(tuple(_cut(cell, 60) for cell in cells), weight=weight))
    notes = ["" if rows else f"nothing comes or goes in the period; sites of the plan that are there: {there:,}"]
    notes += [f"{_count(after, 'step')} after the period"] if after else []
    return Part(
        "Rollout", tuple(rows), ("date", "wave", "sites", "sites then"), "<<>>", "date", _MOST["waves"],
        note="; ".join(filter(None, notes)),
    )  # fmt: skip


def _findings(plan: Plan, findings: Sequence[Finding]) -> Part:
    """The gravest of each kind; those of a kind that say alike are counted."""
    kinds: dict[tuple[str, str], list[Finding]] = {}
    for one in findings:
        kinds.setdefault((one.level, one.code), []).append(one)
    rows = []
    for (level, _), alike in kinds.items():
        counted = level if len(alike) == 1 else _count(len(alike), level)
        rows.append(Row((counted, _cut(alike[0].message), _place(alike[0])), len(alike)))
    infos = len(plan.findings) - len(findings)
    return Part(
        "Gravest findings", tuple(rows), ("level", "the first of it", "place"), "<<<", "finding", _MOST["findings"],
        beyond=infos,
        note="" if rows else "no error and no warning",
    )  # fmt: skip


def _assumptions(plan: Plan) -> Part:
    """Open questions that touch the plan, and what another answer would change."""
    questions, _ = cost_outline.assumptions(plan)
    rows = [Row((f"{one.id}: {one.answer}", _cut("; ".join(one.effects) or "there is no other"))) for one in questions]
    return Part(
        "Open assumptions that decide most", tuple(rows), ("assumption", "another answer"), "<<", "assumption",
        _MOST["assumptions"], note="" if rows else "no other answer to an open question changes anything here",
    )  # fmt: skip


def _inputs(plan: Plan) -> Part:
    """Every input with its hash, and one hash of them all for those that there is no room for."""
    files = plan.inputs
    rows = dict.fromkeys((one.role, _end(visible(one.path)), one.sha256) for one in files)  # whoever names them
    return Part(
        "Inputs", tuple(map(Row, rows)), ("input", "file", "SHA-256"), "<<<", "input", _MOST["inputs"],
        note=f"all together: SHA-256 {fingerprint.together(files)}",
        exact=True,
    )  # fmt: skip


def _end(path: str) -> str:
    return path if len(path) <= _LONGEST_PLACE else f"…{path[1 - _LONGEST_PLACE :]}"
