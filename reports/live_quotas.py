"""The sheet of quotas of the live workbook: used, limit, headroom and status of every quota by scope and month.

Below them stand the instants at which a count can be the highest: what is there today and each lot of sites by
formula, with the limit of that day. Where no formula counts the same as the engine, the count is the engine's, and is
labelled so; its limits are formulas all the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from planner.plan import Plan
from planner.quota import EXCEEDED, OK, PENDING, STATUSES, UNKNOWN, QuotaUse, stated_limits
from reports.live_calculation import Calculation
from reports.live_counts import SITES, Count, counts_of
from reports.live_grid import Grid, Value, letters, serial, serial_hours
from reports.live_quota_inputs import Limits, QuotaInputs
from reports.live_site_inputs import lots_of_groups

MEASURES = ("used", "limit", "headroom", "status")
HEADS = ("Quota", "Scope", "Measure", "Worst", "First exceeded", "Where it comes from")
FIRST_MONTH = len(HEADS)
HEADER = 8
MOST_INSTANTS = 10_000
"""Instants that are listed; of the scopes that do not fit, counts and limits are the engine's."""
_MOST_OF_SCOPE = 1_000
LIVE, ESTATE, COUNTED, STATIC = "formula", "Inputs", "engine's count", "engine's"
"""Where a number comes from; the engine's follow no change of inputs."""
_A_MOMENT = "0.000001"
"""A tenth of a second, in days: criteria are texts of 15 digits, which may be a little less than the instant."""
_HEADS_OF_INSTANTS = ("Quota", "Scope", "What happens", "Instant (UTC+8)", "Count", "Limit", "Over", "The limit is")
_VPN = "vpn-attachments-per-transit-router"


@dataclass
class Scope:
    """One scope of a quota in the sheet."""

    use: QuotaUse
    scope: int
    worst: int
    row: int
    """That of what is used; limit, headroom and status follow."""
    count: Count | None = None
    """What its count is made of by formula; None: the engine counts."""
    span: tuple[int, int] | None = None
    """First and last row of its instants; None: they are not listed."""
    constant: bool = False
    """Whether it is always what Inputs says, so that it needs no instants."""

    @property
    def name(self) -> str:
        """What it is called."""
        return self.use.scopes[self.scope]

    @property
    def origin(self) -> str:
        """Where its count comes from."""
        if self.constant:
            return ESTATE
        if self.span is None:
            return STATIC
        return COUNTED if self.count is None else LIVE


@dataclass
class Quotas:
    """The sheet, and where each scope stands."""

    grid: Grid
    scopes: list[Scope] = field(default_factory=list)
    columns: tuple[str, ...] = ()

    def months_of(self, row: int) -> str:
        """The address of all months of a row."""
        return f"Quotas!${self.columns[0]}${row + 1}:${self.columns[-1]}${row + 1}"


def lay_out(plan: Plan, sheet: Calculation, inputs: QuotaInputs, most: int) -> Quotas:
    """Four rows for each quota and scope, of more than ``most`` scopes the worst; then the instants they rest on."""
    grid = Grid("Quotas", next_row=HEADER + 1)
    found = Quotas(grid, columns=tuple(letters(FIRST_MONTH + m) for m in range(sheet.count)))
    grid.header(HEADER, HEADS)
    for m, month in enumerate(plan.inventory.period.months):
        address = f"Calculation!{sheet.columns[m]}$5"
        grid.formula(HEADER, FIRST_MONTH + m, address, serial(month.first_day), "head_month")
    every = [(use, scope, worst) for use in plan.quotas for scope, worst in enumerate(use.worst.tolist())]
    count = len(every)
    if count > most:
        every.sort(key=lambda one: (one[2] != EXCEEDED, one[2] == OK))
        grid.put(7, 0, f"Only {most:,} of {count:,} scopes are shown, the worst first.", "bad")
    counts: dict[str, list[Count | None]] = {}
    for use, scope, worst in every[:most]:
        if use.id not in counts:
            counts[use.id] = counts_of(plan.inventory, use)
        own = counts[use.id][scope]
        if not inputs.inputs.detailed and own != Count():
            own = None
        found.scopes.append(Scope(use, scope, worst, grid.next_row, own))
        grid.next_row += len(MEASURES)
    instants = _Instants(plan, inputs, grid)
    for one in sorted(found.scopes, key=lambda one: one.use.id != _VPN):
        instants.lay_out(one)
    for one in found.scopes:
        _scope(plan, found, one, inputs)
    return found


class _Instants:
    """The block of instants, below the quotas."""

    def __init__(self, plan: Plan, inputs: QuotaInputs, grid: Grid) -> None:
        self.plan, self.inputs, self.grid = plan, inputs, grid
        self.begun, self.left = False, MOST_INSTANTS
        self.lots = lots_of_groups(plan.inventory)

    def lay_out(self, one: Scope) -> None:
        """A row for each instant at which the count of a scope can be the highest; none where they are too many."""
        limits = self.inputs.limits[(one.use.id, *one.use.claims.key(one.scope))]
        one.constant = one.count == Count() and not limits.steps
        if one.constant:
            return
        starts = list(self._starts(one))
        rows = self.plan.inventory.period.count + len(starts) + len(limits.steps)
        if rows > min(self.left, _MOST_OF_SCOPE):
            return
        self.left -= rows
        self._begin()
        grid, months = self.grid, self.plan.inventory.bounds[:-1].tolist()
        first = grid.next_row
        last = first + len(months) + len(starts) - 1
        for m, start in enumerate(months):
            self._instant(one, "a month starts", f"{letters(FIRST_MONTH + m)}${HEADER + 1}", start, limits)
        for what, address, start in starts:
            self._instant(one, what, address, start, limits)
        for address, since, _ in limits.steps:
            self._instant(one, "a limit changes", address, since, limits, (first, last))
        one.span = first, grid.next_row - 1

    def _begin(self) -> None:
        if self.begun:
            return
        self.begun, grid = True, self.grid
        grid.next_row += 1
        note = "Starts of months and of lots, and days from which limits hold; removals come before additions."
        grid.put(grid.next_row, 0, "Instants at which a count can be the highest", "heading")
        grid.put(grid.next_row + 1, 0, note, "note")
        grid.header(grid.next_row + 2, _HEADS_OF_INSTANTS, [3, 4, 5, 6])
        grid.next_row += 3

    def _starts(self, one: Scope) -> Iterator[tuple[str, str, int]]:
        """(what happens, address of the instant or nothing, instant) of what can add to a count."""
        tables, lots = self.plan.inventory, self.plan.inventory.lots
        if one.count is not None:
            for group in one.count.every_group:
                for lot in range(self.lots[group][0], self.lots[group][1] + 1):
                    yield tables.group_names[group], self.inputs.inputs.lot(lot, 3), int(lots.start[lot])
            return
        own = one.use.claims.scope == one.scope
        inside = one.use.claims.instant[own]
        kept = inside[(inside > tables.bounds[0]) & (inside < tables.bounds[-1])]
        for instant in sorted({*kept.tolist()} - {*tables.bounds.tolist()}):
            yield "sites come or go", "", instant

    def _instant(
        self, one: Scope, what: str, address: str, instant: int, limits: Limits, known: tuple[int, int] | None = None
    ) -> None:
        """A row. known: where the engine's counts stand, from which that of another instant is taken."""
        grid, at = self.grid, self.grid.next_row + 1
        day = 0.0 if what == "a limit changes" and not instant else serial_hours(instant) / 24
        level, limit = self._level(one, instant), limits.at(instant)
        grid.puts(at - 1, 0, (one.use.id, one.name, what), "cell")
        if address:
            grid.formula(at - 1, 3, address, day, "link", "instant")
        else:
            grid.put(at - 1, 3, day, "engine", "instant")
        if one.count is not None:
            grid.formula(at - 1, 4, self._count(one, one.count, at), level, "cell", "count")
        elif known:
            level = level if instant >= self.plan.inventory.bounds[0] else 0
            before = f"$D${known[0] + 1}:$D${known[1] + 1}"
            nearest = f'_xlfn.MAXIFS({before},{before},"<="&(D{at}+{_A_MOMENT}))'
            counts = f"$E${known[0] + 1}:$E${known[1] + 1}"
            grid.formula(at - 1, 4, f"IFERROR(INDEX({counts},MATCH({nearest},{before},0)),0)", level, "cell", "count")
        else:
            grid.put(at - 1, 4, level, "engine", "count")
        grid.formula(at - 1, 5, f"LOOKUP(D{at},{limits.days},{limits.values})", limit, "cell", "count", "right")
        over: Value = "unknown" if isinstance(limit, str) else max(level - int(limit), 0)
        grid.formula(at - 1, 6, f'IF(ISNUMBER(F{at}),MAX(E{at}-F{at},0),"unknown")', over, "cell", "count", "right")
        if limits.pending:
            kind = _kind(self.plan, one, instant)
            grid.formula(at - 1, 7, f"LOOKUP(D{at},{limits.days},{limits.kinds})", kind, "cell")
        grid.next_row += 1

    def _count(self, one: Scope, count: Count, at: int) -> str:
        """What is there today, and the lots that are there at the instant."""
        quotas, inputs = self.inputs, self.inputs.inputs
        now = f'"<="&(D{at}+{_A_MOMENT})'
        lots = len(self.plan.inventory.lots.group) - 1

        def there(first: int, last: int, value: int, also: str = "") -> str:
            numbers, since, until = (
                inputs.grid.span(inputs.lots + first, inputs.lots + last, column) for column in (value, 3, 4)
            )
            return f"SUMIFS({numbers},{also}{since},{now})-SUMIFS({numbers},{also}{since},{now},{until},{now})"

        parts = []
        if count.groups:
            names = inputs.grid.span(inputs.lots, inputs.lots + lots, count.key)
            parts.append(there(0, lots, count.value, f"{names},$B{at},"))
        parts += [there(*self.lots[group], count.value) for group in count.apart]
        whole = "+".join(parts)
        if count.times > 1 and whole:
            whole = f"{count.times}*({whole})"
        parts = [whole] if whole else []
        for one_ in count.presences:
            sites = "+".join(there(*self.lots[group], SITES) for group in one_.groups)
            each = f"*{one_.times}" if one_.times > 1 else ""
            if one_.connections_of >= 0:
                each += f"*{inputs.group(one_.connections_of, 2)}"
            parts.append(f"(({sites})>0){each}")
        formula = "+".join([quotas.today.get((one.use.id, one.scope), "0"), *parts])
        if count.retired >= 0 and quotas.retired:
            numbers, since = quotas.retired[2:]
            times = f"{count.times}*" if count.times > 1 else ""
            formula += f"-{times}SUMIFS({numbers},{quotas.retired[count.retired]},$B{at},{since},{now})"
        return formula

    def _level(self, one: Scope, instant: int) -> int:
        claims = one.use.claims
        then = (claims.scope == one.scope) & (claims.instant <= instant)
        return int(claims.existing[one.scope] + claims.change[then].sum())


def _kind(plan: Plan, one: Scope, instant: int) -> str:
    """What kind of limit holds at an instant."""
    kind = "default"
    for number, limit in enumerate(stated_limits(one.use.id, *one.use.claims.key(one.scope), plan.inventory)):
        if limit.effective_from <= instant or (not number and limit.status == "live"):
            kind = limit.status
    return "requested, pending" if kind == PENDING else kind


def _scope(plan: Plan, found: Quotas, one: Scope, inputs: QuotaInputs) -> None:
    """The four rows of a scope."""
    grid, use, span = found.grid, one.use, one.span
    used, limit, status = use.used[one.scope].tolist(), use.limit[one.scope].tolist(), use.status[one.scope].tolist()
    r = one.row + 1
    for offset, measure in enumerate(MEASURES):
        look = ("first_of",) if offset == 0 else ()
        grid.puts(one.row + offset, 0, (use.id, one.name, measure), "cell", *look)
        _beside(plan, found, one, one.row + offset, look)
        origin = one.origin if not offset or (one.span is None and offset == 1) else LIVE
        grid.put(one.row + offset, 5, origin, "note", *look)
    percent, count = inputs.thresholds[use.id]
    limits = inputs.limits[(use.id, *use.claims.key(one.scope))]
    for m, column in enumerate(found.columns):
        top: Value = "unknown" if limit[m] == UNKNOWN else limit[m]
        if one.constant:
            today = inputs.today.get((use.id, one.scope), "0")
            grid.formula(one.row, FIRST_MONTH + m, today, used[m], "link", "first_of", "count")
            grid.formula(one.row + 1, FIRST_MONTH + m, limits.first, top, "link", "count", "right")
        elif span:
            formula = _used(span, column)
            grid.formula(one.row, FIRST_MONTH + m, formula, used[m], "cell", "first_of", "count")
            grid.formula(one.row + 1, FIRST_MONTH + m, _limit(span, column, r), top, "cell", "count", "right")
        else:
            grid.put(one.row, FIRST_MONTH + m, used[m], "engine", "first_of", "count")
            pending = ("careful",) if use.limit_status[one.scope][m] == PENDING else ()
            grid.put(one.row + 1, FIRST_MONTH + m, top, "engine", "count", "right", *pending)
        headroom: Value = "unknown" if isinstance(top, str) else top - used[m]
        formula = f'IF(ISNUMBER({column}{r + 1}),{column}{r + 1}-{column}{r},"unknown")'
        grid.formula(one.row + 2, FIRST_MONTH + m, formula, headroom, "cell", "count", "right")
        tight = f"OR(N({percent})*({column}{r}*100>={column}{r + 1}*N({percent}))>0,{column}{r + 2}<{count})"
        formula = (
            f'IF(NOT(ISNUMBER({column}{r + 1})),"unknown",IF({column}{r}>{column}{r + 1},"exceeded",'
            f'IF({tight},"tight","ok")))'
        )
        grid.formula(one.row + 3, FIRST_MONTH + m, formula, STATUSES[status[m]], "cell", "right")
    if span and limits.pending:
        column = found.columns[0]
        where = f"{_inside(span, column)},{_column(span, 'E')},{column}${r},{_column(span, 'F')},{column}${r + 1}"
        criteria = f'=COUNTIFS({where},{_column(span, "H")},"requested*")>0'
        where_ = (one.row + 1, FIRST_MONTH, one.row + 1, FIRST_MONTH + len(found.columns) - 1)
        grid.colours.append((*where_, {"type": "formula", "criteria": criteria, "format": "careful"}))


def _used(span: tuple[int, int], column: str) -> str:
    """The highest count of a month; where the limit is exceeded, the highest that exceeds it."""
    inside, over, counts = _inside(span, column), _over(span, column), _column(span, "E")
    return f'IF({over}>0,_xlfn.MAXIFS({counts},{inside},{_column(span, "G")},">0"),_xlfn.MAXIFS({counts},{inside}))'


def _limit(span: tuple[int, int], column: str, used_row: int) -> str:
    """The limit at the instant of that count; of several, one that is unknown counts first, then the least."""
    inside, limits, counts = _inside(span, column), _column(span, "F"), _column(span, "E")
    at = f"{inside},{counts},{column}{used_row}"
    over = f'_xlfn.MINIFS({limits},{at},{_column(span, "G")},">0")'
    within = f'IF(COUNTIFS({at},{limits},"unknown")>0,"unknown",_xlfn.MINIFS({limits},{at}))'
    return f"IF({_over(span, column)}>0,{over},{within})"


def _over(span: tuple[int, int], column: str) -> str:
    return f'COUNTIFS({_inside(span, column)},{_column(span, "G")},">0")'


def _inside(span: tuple[int, int], column: str) -> str:
    """Criteria: an instant lies inside the month of a column."""
    instants, head = _column(span, "D"), f"{column}${HEADER + 1}"
    return f'{instants},">="&{head},{instants},"<"&EDATE({head},1)'


def _column(span: tuple[int, int], name: str) -> str:
    return f"${name}${span[0] + 1}:${name}${span[1] + 1}"


def _beside(plan: Plan, found: Quotas, one: Scope, row: int, look: Sequence[str]) -> None:
    """The worst status of a scope, and the first month in which it is exceeded; by formula."""
    grid, use = found.grid, one.use
    status = f"{found.columns[0]}${one.row + 4}:{found.columns[-1]}${one.row + 4}"
    worst = (
        f'IF(COUNTIF({status},"exceeded")>0,"exceeded",IF(COUNTIF({status},"unknown")>0,"unknown",'
        f'IF(COUNTIF({status},"tight")>0,"tight","ok")))'
    )
    grid.formula(row, 3, worst, STATUSES[one.worst], "cell", *look)
    exceeded = np.flatnonzero(use.status[one.scope] == EXCEEDED)
    months = f"${found.columns[0]}${HEADER + 1}:${found.columns[-1]}${HEADER + 1}"
    unknown = f'COUNTIF({status},"unknown")=COLUMNS({status})'
    month = f'INDEX({months},MATCH("exceeded",{status},0))'
    first = f'IF(COUNTIF({status},"exceeded")>0,{month},IF({unknown},"unknown","never"))'
    value: Value = "never"
    if len(exceeded):
        value = serial(plan.inventory.period.months[int(exceeded[0])].first_day)
    elif (use.limit[one.scope] == UNKNOWN).all():
        value = "unknown"
    grid.formula(row, 4, first, value, "cell", "month", *look)
