"""The sheet of quotas of the live workbook: used, limit, headroom and status of every quota by scope and month.

Where a quota counts the connections of whole groups, the count is a formula: at every instant at which it can be the
highest, what is attached today and each lot of sites that is there. Others are the engine's, and are labelled so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from planner.core.period import NEVER
from planner.plan import Plan
from planner.quota import EXCEEDED, OK, STATUSES, TIGHT_PERCENT, UNKNOWN, QuotaUse
from reports.live_calculation import Calculation
from reports.live_grid import Grid, Value, letters, serial, serial_hours
from reports.live_inputs import Inputs

MEASURES = ("used", "limit", "headroom", "status")
HEADS = ("Quota", "Scope", "Measure", "Worst", "First exceeded", "Where it comes from")
FIRST_MONTH = len(HEADS)
HEADER = 8
MOST_LOTS = 400
"""Lots that a scope's count is made of by formula; of more it is the engine's."""
LIVE, STATIC = "formula", "from the engine: run cenplan again after changes"
_A_MOMENT = "0.000001"
"""A tenth of a second, in days: criteria are texts of 15 digits, which may be a little less than the instant."""
_MOST_ELSEWHERE = 15
"""Groups of other transit routers that a count can add without its formula becoming too long."""
_VPN = "vpn-attachments-per-transit-router"


@dataclass
class Scope:
    """One scope of a quota in the sheet."""

    use: QuotaUse
    scope: int
    worst: int
    row: int
    """That of what is used; limit, headroom and status follow."""
    lots: tuple[int, ...] | None = None
    """Lots that its count is made of; None: the engine counts."""


@dataclass
class Quotas:
    """The sheet, and where each scope stands."""

    grid: Grid
    scopes: list[Scope] = field(default_factory=list)
    columns: tuple[str, ...] = ()

    def months_of(self, row: int) -> str:
        """The address of all months of a row."""
        return f"Quotas!${self.columns[0]}${row + 1}:${self.columns[-1]}${row + 1}"


def lay_out(plan: Plan, sheet: Calculation, inputs: Inputs, most: int) -> Quotas:
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
        grid.put(6, 0, f"Only {most:,} of {count:,} scopes are shown, the worst first.", "bad")
    for use, scope, worst in every[:most]:
        lots = _lots_of(plan, use, scope) if inputs.detailed else None
        found.scopes.append(Scope(use, scope, worst, grid.next_row, lots))
        grid.next_row += len(MEASURES)
    live = [one for one in found.scopes if one.lots is not None]
    instants = _Instants(plan, inputs, grid)
    spans = {id(one): instants.lay_out(one) for one in live}
    for one in found.scopes:
        _scope(plan, found, one, spans.get(id(one)), sheet)
    return found


def _lots_of(plan: Plan, use: QuotaUse, scope: int) -> tuple[int, ...] | None:
    """The lots whose connections make up the claims on a scope; None where they are not exactly these."""
    claims, lots = use.claims, plan.inventory.lots
    if claims.router[scope] < 0 or use.id != _VPN:
        return None
    own = claims.scope == scope
    found = np.flatnonzero(np.isin(lots.group, np.unique(claims.group[own])))
    if len(found) > MOST_LOTS:
        return None
    connections = lots.sites * plan.inventory.groups.connections_per_site[lots.group]
    leaving = found[lots.end[found] < NEVER]
    made = [
        *zip(lots.start[found], connections[found], strict=True),
        *zip(lots.end[leaving], -connections[leaving], strict=True),
    ]
    claimed = list(zip(claims.instant[own].tolist(), claims.change[own].tolist(), strict=True))
    router = int(claims.router[scope])
    elsewhere = {int(lots.group[lot]) for lot in _from_elsewhere(plan, found.tolist(), router)}
    every = np.flatnonzero(plan.inventory.groups.router[lots.group] == router)
    if len(elsewhere) > _MOST_ELSEWHERE or not np.isin(every, found).all():
        return None
    if sorted((int(a), int(b)) for a, b in made) != sorted(claimed):
        return None
    return tuple(found.tolist()) if claims.existing[scope] == plan.inventory.routers.attached_vpn[router] else None


def _from_elsewhere(plan: Plan, lots: Sequence[int], router: int) -> list[int]:
    """Those lots whose groups name a transit router beside their first."""
    tables = plan.inventory
    return [lot for lot in lots if tables.groups.router[tables.lots.group[lot]] != router]


class _Instants:
    """The block of instants, below the quotas."""

    def __init__(self, plan: Plan, inputs: Inputs, grid: Grid) -> None:
        self.plan, self.inputs, self.grid, self.begun = plan, inputs, grid, False

    def lay_out(self, one: Scope) -> tuple[int, int]:
        """A row for each instant at which the count of a scope can be the highest; returns the first and the last."""
        grid, tables, lots = self.grid, self.plan.inventory, self.plan.inventory.lots
        assert one.lots is not None
        if not self.begun:
            self.begun = True
            grid.next_row += 1
            note = "Starts of months and of lots, and days from which limits hold; removals come before additions."
            grid.put(grid.next_row, 0, "Instants at which a count can be the highest", "heading")
            grid.put(grid.next_row + 1, 0, note, "note")
            heads = ("Quota", "Scope", "What happens", "Instant (UTC+8)", "Count", "Limit", "Over")
            grid.header(grid.next_row + 2, heads, [3, 4, 5, 6])
            grid.next_row += 3
        first = grid.next_row
        router = int(one.use.claims.router[one.scope])
        days, limits = self.inputs.limits[one.use.id, router]
        for m, start in enumerate(tables.bounds[:-1].tolist()):
            self._instant(one, "a month starts", f"{letters(FIRST_MONTH + m)}${HEADER + 1}", start, days, limits)
        for lot in one.lots:
            address = self.inputs.lot(lot, 3)
            self._instant(one, tables.group_names[lots.group[lot]], address, int(lots.start[lot]), days, limits)
        head = days.replace("Inputs!$D$", "").split(":")
        top, bottom = int(head[0]), int(head[1].replace("$D$", ""))
        granted = [g for g in tables.routers.grants if g.router == router and g.quota == one.use.id]
        granted.sort(key=lambda grant: grant.effective_from)
        for number, at in enumerate(range(top + 1, bottom + 1)):
            since = granted[number].effective_from
            self._instant(one, "a limit changes", f"Inputs!$D${at}", since, days, limits)
        return first, grid.next_row - 1

    def _instant(self, one: Scope, what: str, address: str, instant: int, days: str, limits: str) -> None:
        grid, at = self.grid, self.grid.next_row + 1
        level, limit = self._level(one, instant), self._limit(one, instant)
        grid.puts(at - 1, 0, (one.use.id, one.use.scopes[one.scope], what), "cell")
        day = 0.0 if what == "a limit changes" and not instant else serial_hours(instant) / 24
        grid.formula(at - 1, 3, address, day, "link", "instant")
        grid.formula(at - 1, 4, self._count(one, at), level, "cell", "count")
        grid.formula(at - 1, 5, f"LOOKUP(D{at},{days},{limits})", limit, "cell", "count", "right")
        over: Value = "unknown" if isinstance(limit, str) else max(level - int(limit), 0)
        grid.formula(at - 1, 6, f'IF(ISNUMBER(F{at}),MAX(E{at}-F{at},0),"unknown")', over, "cell", "count", "right")
        grid.next_row += 1

    def _count(self, one: Scope, at: int) -> str:
        """What is attached today, and the connections of the lots that are there at the instant."""
        inputs, lots, router = self.inputs, self.plan.inventory.lots, int(one.use.claims.router[one.scope])
        assert one.lots is not None

        def there(first: int, last: int, also: str) -> str:
            connections, since, until = (
                inputs.grid.span(inputs.lots + first, inputs.lots + last, column) for column in (6, 3, 4)
            )
            now = f'"<="&(D{at}+{_A_MOMENT})'
            return f"SUMIFS({connections},{also}{since},{now})-SUMIFS({connections},{also}{since},{now},{until},{now})"

        name = inputs.grid.span(inputs.lots, inputs.lots + len(lots.group) - 1, 1)
        parts = [inputs.existing[router], there(0, len(lots.group) - 1, f"{name},$B{at},")]
        others: dict[int, list[int]] = {}
        for lot in _from_elsewhere(self.plan, one.lots, router):
            others.setdefault(int(lots.group[lot]), []).append(lot)
        return "+".join([*parts, *(there(own[0], own[-1], "") for own in others.values())])

    def _level(self, one: Scope, instant: int) -> int:
        claims = one.use.claims
        then = (claims.scope == one.scope) & (claims.instant <= instant)
        return int(claims.existing[one.scope] + claims.change[then].sum())

    def _limit(self, one: Scope, instant: int) -> Value:
        use, router = one.use, int(one.use.claims.router[one.scope])
        limit: Value = "unknown" if use.quota.default in (None, UNKNOWN) else int(use.quota.default or 0)
        granted = [g for g in self.plan.inventory.routers.grants if g.router == router and g.quota == use.id]
        for grant in sorted(granted, key=lambda one: one.effective_from):
            if grant.effective_from <= instant:
                limit = grant.value
        return limit


def _scope(plan: Plan, found: Quotas, one: Scope, span: tuple[int, int] | None, sheet: Calculation) -> None:
    """The four rows of a scope."""
    grid, use = found.grid, one.use
    used, limit, status = use.used[one.scope].tolist(), use.limit[one.scope].tolist(), use.status[one.scope].tolist()
    r = one.row + 1
    for offset, measure in enumerate(MEASURES):
        look = ("first_of",) if offset == 0 else ()
        grid.puts(one.row + offset, 0, (use.id, use.scopes[one.scope], measure), "cell", *look)
        _beside(plan, found, one, one.row + offset, look)
        origin = (LIVE if span else STATIC) if measure in ("used", "limit") else LIVE
        grid.put(one.row + offset, 5, origin, "note", *look)
    for m, column in enumerate(found.columns):
        top: Value = "unknown" if limit[m] == UNKNOWN else limit[m]
        if span:
            formula = _used(span, column)
            grid.formula(one.row, FIRST_MONTH + m, formula, used[m], "cell", "first_of", "count")
            grid.formula(one.row + 1, FIRST_MONTH + m, _limit(span, column, r), top, "cell", "count", "right")
        else:
            grid.put(one.row, FIRST_MONTH + m, used[m], "engine", "first_of", "count")
            grid.put(one.row + 1, FIRST_MONTH + m, top, "engine", "count", "right")
        headroom: Value = "unknown" if isinstance(top, str) else top - used[m]
        formula = f'IF(ISNUMBER({column}{r + 1}),{column}{r + 1}-{column}{r},"unknown")'
        grid.formula(one.row + 2, FIRST_MONTH + m, formula, headroom, "cell", "count", "right")
        tight = f'{column}{r}*100>={column}{r + 1}*{TIGHT_PERCENT},"tight"' if use.quota.adjustable else 'FALSE,"tight"'
        formula = (
            f'IF(NOT(ISNUMBER({column}{r + 1})),"unknown",IF({column}{r}>{column}{r + 1},"exceeded",IF({tight},"ok")))'
        )
        grid.formula(one.row + 3, FIRST_MONTH + m, formula, STATUSES[status[m]], "cell", "right")


def _used(span: tuple[int, int], column: str) -> str:
    """The highest count of a month; where the limit is exceeded, the highest that exceeds it."""
    inside, over, counts = _inside(span, column), _over(span, column), _column(span, "E")
    return f'IF({over}>0,_xlfn.MAXIFS({counts},{inside},{_column(span, "G")},">0"),_xlfn.MAXIFS({counts},{inside}))'


def _limit(span: tuple[int, int], column: str, used_row: int) -> str:
    """The limit at the instant of that count."""
    inside, limits, counts = _inside(span, column), _column(span, "F"), _column(span, "E")
    at = f"{inside},{counts},{column}{used_row}"
    known = f'COUNTIFS({at},{limits},">=0")=0'
    over = (
        f'IF({_over(span, column)}>0,_xlfn.MINIFS({limits},{at},{_column(span, "G")},">0"),_xlfn.MINIFS({limits},{at}))'
    )
    return f'IF({known},"unknown",{over})'


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
