"""The report of a plan as one HTML file that needs nothing else.

The template ``html/report.html.j2`` writes down the records of ``html_page`` and escapes every word; numbers come
from the engine and from the outlines that text and Markdown use as well. The file names no other, and its policy
forbids to load any.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner import __version__, statement, summary
from planner.capacity import measure
from planner.core import problem
from planner.core.provenance import EVIDENCE_MEANING
from planner.plan import Plan
from planner.summary import Sum
from pricing import money
from reports import cost_outline, finance_outline, html_chart, html_cost, outline
from reports.html_page import MOST_ROWS, Card, Cell, Column, Items, Page, Part, Pictures, Section, Table, Words

if TYPE_CHECKING:
    from jinja2 import Environment

FOLDER = Path(__file__).parent / "html"
_MOST_REASONS = 3


def render(plan: Plan) -> str:
    """The report of a priced plan: the same text on every run."""
    style, script = _own("report.css"), _own("report.js")
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; img-src data:;"
        " base-uri 'none'; form-action 'none'"
    )
    template = _environment().get_template("report.html.j2")
    return template.render(page=page(plan), style=style, script=script, policy=policy)


def page(plan: Plan) -> Page:
    """What the report of a priced plan shows."""
    errors = [finding.message for finding in plan.findings if finding.level == "error"]
    return Page(
        name=plan.name,
        title=outline.title(plan),
        facts=tuple(_facts(plan)),
        passed=plan.passed,
        verdict=outline.verdict(plan).partition(": ")[2],
        reasons=tuple(errors[:_MOST_REASONS]),
        more_reasons=max(len(errors) - _MOST_REASONS, 0),
        cards=tuple(_cards(plan)),
        sections=(
            Section("cost", f"Cost in {plan.inventory.currency}", tuple(html_cost.parts(plan))),
            Section("quotas", "Quotas", tuple(_quotas(plan))),
            Section("capacity", "Capacity", tuple(_capacity(plan))),
            Section("findings", "Findings", tuple(_findings(plan))),
            Section("sources", "Sources", tuple(_sources(plan))),
            Section("assumptions", "Assumptions", tuple(_assumptions(plan))),
            Section("not-included", "Not included in any amount", tuple(_not_included(plan))),
            Section("inputs", "Input files", tuple(_inputs(plan))),
        ),
        made_with=f"cenplan {__version__}",
    )


def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _shown(value: Any) -> Any:
    """What a reader cannot see, such as marks that turn the order of letters, is written as an escape."""
    return problem.visible(value) if type(value) is str else value


def _own(name: str) -> Any:
    """Our own style or script, which goes into the file as it is."""
    from markupsafe import Markup

    return Markup((FOLDER / name).read_text(encoding="utf-8"))  # nothing of a plan is in it


def _hash(text: str) -> str:
    """By which a browser knows our style and script from any other."""
    return f"sha256-{base64.b64encode(sha256(text.encode('utf-8')).digest()).decode('ascii')}"


def _facts(plan: Plan) -> Iterator[str]:
    yield outline.facts(plan)
    contacts = dict.fromkeys(one.plan.contact for one in plan.scenarios if one.plan.contact)
    if contacts:
        yield f"Contact: {', '.join(contacts)}"
    yield from (f"Converted at {note}" for note in statement.exchange_notes(plan))


def _cards(plan: Plan) -> Iterator[Card]:
    """The key figures: what it costs, at its peak, how much of it is known, and which quota goes first."""
    totals, months, currency = summary.totals(plan), plan.inventory.period.months, plan.inventory.currency
    whole = Sum((), totals.amounts, totals.unpriced)
    name = "Total" if totals.complete else "Priced subtotal"
    if not totals.lines:
        yield Card(name, "nothing to pay", ("nothing is attached in the period",))
    else:
        yield _amount(name, whole, currency, "before tax")
        at = Sum((), (totals.amounts[whole.peak],), (totals.unpriced[whole.peak],))
        yield _amount("Peak month", at, currency, f"in {months[whole.peak]}")
    for label, amount in finance_outline.headlines(plan):
        yield _amount(label, amount, currency)
    if totals.lines:
        counted = f"{totals.priced_lines:,} of {totals.lines:,} line items have a price"
        yield Card("Coverage", f"{totals.coverage_percent} %", (counted,), "" if totals.complete else "unknown")
    yield _first_exceeded(plan)


def _amount(label: str, amount: Sum, currency: str, *notes: str) -> Card:
    """An amount as a key figure; what has no price is never 0, and never left unsaid."""
    if amount.complete:
        return Card(label, f"{currency} {money.display(amount.total)}", notes)
    if not amount.total:
        return Card(label, "unpriced", notes)
    return Card(label, f"{currency} {money.display(amount.total)}", ("+ what has no price", *notes))


def _first_exceeded(plan: Plan) -> Card:
    label = "First quota exceeded"
    scopes = list(measure(plan))
    first = outline.first_exceeded(scopes)
    if first is not None:
        ((_, cells),) = outline.capacity_rows([first])
        apply_by = dict(zip(outline.CAPACITY, cells, strict=True))["apply by"]
        asked = (f"apply by: {apply_by}",) if apply_by else ()
        notes = (f"{first.scope}: {first.quota}", *asked)
        return Card(label, cells[outline.CAPACITY.index("exceeded from")], notes, "bad")
    unknown = outline.unknown_limits(plan)
    if unknown:
        return Card(
            label, "not known", (f"{unknown} {'limit is' if unknown == 1 else 'limits are'} unknown",), "unknown"
        )
    return Card(label, "none", ("within every limit in the whole period",), "good")


_TONES = {"ok": "good", "tight": "careful", "EXCEEDED": "bad", "unknown": "unknown"}
_LEVEL_TONES = {"error": "bad", "warning": "careful", "info": "note"}


def _quotas(plan: Plan) -> Iterator[Part]:
    panels = html_chart.panels(plan)
    if panels:
        pictures = html_chart.attachments(panels, plan.inventory.period.months)
        more = len(panels) - len(pictures)
        left_out = (f"and {more} more transit routers, none of them closer to its limit",) if more else ()
        yield Pictures("VPN attachments against the quota, by transit router", tuple(pictures), left_out)
    runs = [
        (use, run)
        for use in plan.quotas
        for scope in range(len(use.scopes))
        if outline.shown(use, scope)
        for run in outline.quota_runs(use, scope, plan)
    ]
    if not runs:
        yield Words("The plan uses nothing that a quota limits.")
        return
    columns = (
        Column("Scope", names_row=True), Column("Quota", choices=True), Column("Months", whole=True),
        Column("Used", number=True), Column("Limit", number=True), Column("Headroom", number=True),
        Column("Status", choices=True),
    )  # fmt: skip
    rows = [
        (
            Cell(run.scope),
            Cell(use.id),
            Cell(run.months),
            *map(_count, (run.used, run.limit, run.headroom)),
            Cell(run.status, tone=_TONES[run.status.partition(",")[0]]),
        )
        for use, run in runs
    ]
    notes = [f"{use.id}: {use.quota.title}" for use in plan.quotas if any(use is own for own, _ in runs)]
    yield _cut("quota-use", "Quotas, month by month", columns, rows, notes)
    used = [
        (Cell(use.scopes[scope]), Cell(use.id), Cell(who), Cell(month), _count(count))
        for use in plan.quotas
        for scope in range(len(use.scopes))
        for who, month, count in outline.users(use, scope, plan)
    ]
    if used:
        names = (Column("Scope"), Column("Quota"), Column("Plan"), Column("Month"), Column("Used", number=True))
        yield _cut("quota-users", "Who uses them, in the month of the highest count", names, used)


def _count(text: str) -> Cell:
    """A count, exact or a bound; what is unknown is a word and comes last."""
    number = text.removeprefix("≥ ").removeprefix("≤ ")
    return Cell(text, value=int(number)) if number.lstrip("-").isdigit() else Cell(text, tone="unknown" if text else "")


def _cut(
    id: str, caption: str, columns: tuple[Column, ...], rows: Sequence[tuple[Cell, ...]], notes: Sequence[str] = ()
) -> Table:
    """A table of the first rows, which are the gravest; the others are counted."""
    more = len(rows) - MOST_ROWS
    left = [f"and {more:,} more; plan.json of the report's folder lists them all"] if more > 0 else []
    return Table(id, caption, columns, tuple(rows[:MOST_ROWS]), notes=(*left, *notes))


def _capacity(plan: Plan) -> Iterator[Part]:
    scopes = outline.scarce(plan)
    if not scopes:
        yield Words("No quota is tight or exceeded.")
        return
    columns = tuple(
        Column(
            name[0].upper() + name[1:],
            number=name in _COUNTS,
            names_row=name == "scope",
            whole=name in ("exceeded from", "apply by"),
        )
        for name in ("quota", *outline.CAPACITY)
    )
    rows = [
        (
            Cell(quota),
            *(
                _count(cell) if name in _COUNTS else Cell(cell)
                for name, cell in zip(outline.CAPACITY, cells, strict=True)
            ),
        )
        for quota, cells in outline.capacity_rows(scopes)
    ]
    yield _cut("capacity-scopes", "Scopes that are tight or exceeded", columns, rows)
    at_peak = tuple(outline.capacity_notes(scopes))
    if at_peak:
        yield Items("What is there at the peak", at_peak)


_COUNTS = ("peak", "limit", "headroom", "least limit")


def _findings(plan: Plan) -> Iterator[Part]:
    if not plan.findings:
        yield Words("Nothing was found.")
        return
    columns = (
        Column("Level", choices=True), Column("What, and what to do", names_row=True), Column("Place"),
        Column("Check", choices=True),
    )  # fmt: skip
    rows = [
        (
            Cell(one.level, tone=_LEVEL_TONES[one.level]),
            Cell(one.message, below=(f"→ {one.remedy}",) if one.remedy else ()),
            Cell(str(one.location or ""), code=True),
            Cell(one.code),
        )
        for one in plan.findings
    ]
    yield _cut("finding-list", "What was found, the gravest first", columns, rows)


def _sources(plan: Plan) -> Iterator[Part]:
    found = statement.used_sources(plan)
    if not found:
        yield Words("No number of this plan comes from a source.")
        return
    columns = (
        Column("Evidence", choices=True), Column("Source", names_row=True), Column("Read on", whole=True),
        Column("Used for"),
    )  # fmt: skip
    rows = [
        (
            Cell(one.reference.evidence),
            Cell(one.reference.title, href=_link(one.reference.url), below=_below(one)),
            Cell(one.reference.read_on),
            Cell(", ".join(one.used_for)),
        )
        for one in found
    ]
    used = dict.fromkeys(one.reference.evidence for one in found)
    notes = [f"{evidence}: {EVIDENCE_MEANING[evidence]}" for evidence in used]
    yield _cut("source-list", "Where every number was read, the weakest evidence first", columns, rows, notes)


def _below(one: statement.Source) -> tuple[str, ...]:
    return tuple(filter(None, (one.reference.url or "", *one.notes)))


def _link(url: str | None) -> str:
    """An address to follow; anything but a page of the web stays text."""
    return url if url and url.startswith(("https://", "http://")) else ""


def _assumptions(plan: Plan) -> Iterator[Part]:
    questions, notes = cost_outline.assumptions(plan)
    if not questions and not notes:
        yield Words("No open question touches this plan.")
        return
    if questions:
        columns = (
            Column("Question", names_row=True), Column("Assumption"), Column("Answer"),
            Column("What another answer would change"),
        )  # fmt: skip
        rows = [
            (Cell(one.question), Cell(one.id), Cell(one.answer), Cell("", below=one.effects or ("there is no other",)))
            for one in questions
        ]
        yield Table("assumption-list", "What the rules leave open, what decides most first", columns, tuple(rows))
    yield from map(Words, notes)


def _not_included(plan: Plan) -> Iterator[Part]:
    entries = statement.not_included(plan)
    yield Items("", tuple(entries)) if entries else Words("Nothing that is known of is left out.")


def _inputs(plan: Plan) -> Iterator[Part]:
    columns = (Column("File", names_row=True), Column("What it is"), Column("Named by"), Column("SHA-256"))
    rows = [
        (Cell(one.path, code=True), Cell(one.role), Cell(one.origin), Cell(one.sha256, code=True))
        for one in plan.inputs
    ]
    yield Table("input-list", "What the report was made from", columns, tuple(rows))
