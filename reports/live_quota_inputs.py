"""Inputs of the live workbook that quotas are counted by: what is there today, what leaves, limits, thresholds."""

from __future__ import annotations

from dataclasses import dataclass, field

from planner.core.period import NEVER
from planner.plan import Plan
from planner.quota import PENDING, UNKNOWN, QuotaUse, stated_limits, threshold_of
from reports import live_counts
from reports.live_grid import Value, serial_hours
from reports.live_input_sheet import Inputs, days, title, whole

NO_PERCENT = "none"
Key = tuple[str, int, int]
"""Quota, holder of its limits, and region of an account; -1: none."""


@dataclass(frozen=True)
class Limits:
    """Limits of a holder, ascending by the day from which they apply."""

    days: str
    values: str
    kinds: str
    """Addresses."""
    first: str
    """The address of the default."""
    steps: tuple[tuple[str, int, int], ...]
    """(address of its day, seconds, value) of each but the default."""
    default: Value
    pending: bool
    """Whether one is requested, not granted."""

    def at(self, instant: int) -> Value:
        """The limit at an instant."""
        return next((value for _, since, value in reversed(self.steps) if since <= instant), self.default)


@dataclass
class QuotaInputs:
    """Where everything stands."""

    inputs: Inputs
    today: dict[tuple[str, int], str] = field(default_factory=dict)
    """By (quota, scope): the address of what counts today; it is 0 elsewhere."""
    retired: tuple[str, ...] = ()
    """Addresses of what leaves: transit routers, sets, attachments, days; none where nothing does."""
    limits: dict[Key, Limits] = field(default_factory=dict)
    thresholds: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By quota: addresses of the percent and of the headroom from which on it is tight."""


def lay_out(plan: Plan, inputs: Inputs) -> QuotaInputs:
    """Blocks below the other inputs; a block without a row is left out."""
    found, uses = QuotaInputs(inputs), [use for use in plan.quotas if use.scopes]
    _today(found, uses)
    _retired(found, plan)
    _limits(found, plan, uses)
    _thresholds(found, plan, uses)
    return found


def _today(found: QuotaInputs, uses: list[QuotaUse]) -> None:
    grid = found.inputs.grid
    rows = [
        (use, scope, int(count))
        for use in uses
        for scope, count in enumerate(use.claims.existing.tolist())
        if count or use.id == "vpn-attachments-per-transit-router"
    ]
    if not rows:
        return
    row = title(grid, "There today", "What counts towards quotas outside every plan, by the estate.")
    grid.header(row, ("Quota", "Of", "Count"), [2])
    for at, (use, scope, count) in enumerate(rows, start=row + 1):
        grid.puts(at, 0, (use.id, use.scopes[scope]), "cell")
        grid.put(at, 2, count, "input", "count")
        found.today[use.id, scope] = grid.at(at, 2)
    last = row + len(rows)
    grid.valid.append((row + 1, 2, last, 2, whole(0, 10**6)))
    found.inputs.watch("There today", row + 1, last, 2)
    grid.next_row = last + 2


def _retired(found: QuotaInputs, plan: Plan) -> None:
    grid, tables, left = found.inputs.grid, plan.inventory, plan.inventory.retirements
    if not len(left.router):
        return
    row = title(grid, "Attachments that leave", "VPN attachments of today that a plan retires, from that instant on.")
    grid.header(row, ("Transit router", "Shares routes in", "Attachments", "Leave (UTC+8)", "Plan"), [2, 3])
    columns = zip(left.router.tolist(), left.instant.tolist(), left.connections.tolist(), left.scenario.tolist(),
                  strict=True)  # fmt: skip
    for number, (router, instant, count, scenario) in enumerate(columns):
        at = row + 1 + number
        grid.puts(at, 0, (tables.routers.ids[router], live_counts.retired_set(tables, number)), "cell")
        grid.put(at, 2, count, "input", "count")
        grid.put(at, 3, serial_hours(instant) / 24 if instant < NEVER else None, "input", "instant")
        grid.put(at, 4, tables.scenarios[scenario], "cell")
    last = row + len(left.router)
    found.retired = tuple(grid.span(row + 1, last, column) for column in range(4))
    grid.valid.append((row + 1, 2, last, 2, whole(0, 10**6)))
    grid.valid.append((row + 1, 3, last, 3, days()))
    found.inputs.watch("Attachments that leave", row + 1, last, 2)
    found.inputs.watch("Days on which attachments leave", row + 1, last, 3)
    grid.next_row = last + 2


def _limits(found: QuotaInputs, plan: Plan, uses: list[QuotaUse]) -> None:
    """Limits by quota and holder, the default first."""
    grid, tables = found.inputs.grid, plan.inventory
    keys = dict.fromkeys((use.id, *use.claims.key(scope)) for use in uses for scope in range(len(use.scopes)))
    if not keys:
        return
    of = {use.id: use for use in uses}
    note = "The default, and what the estate states, each from its day on: keep the days of a quota ascending."
    row = title(grid, "Limits of quotas", note)
    grid.header(row, ("Quota", "Of", "Limit", "From (UTC+8)", "It is", "Source, and what is in doubt"), [2, 3])
    start = at = row + 1
    for quota_id, holder, region in keys:
        use, first = of[quota_id], at
        default: Value = "unknown" if use.quota.default in (None, UNKNOWN) else int(use.quota.default or 0)
        doubt = f": {use.quota.doubt}" if use.quota.doubt else ""
        rows: list[tuple[Value, int, str, str]] = [(default, 0, "default", f"{use.quota.reference.title}{doubt}")]
        own = stated_limits(quota_id, holder, region, tables)
        for number, one in enumerate(own):
            # Of the time before a first live limit was read nothing else is known.
            since = 0 if not number and one.status == "live" else one.effective_from
            rows.append((one.value, since, one.status, one.reference.title))
        for value, since, kind, source in rows:
            grid.puts(at, 0, (quota_id, _holder(plan, use, holder, region)), "cell")
            grid.put(at, 2, value, "input", "count", "right")
            grid.put(at, 3, serial_hours(since) / 24 if since else 0, "input", "since")
            grid.put(at, 4, "requested, pending" if kind == PENDING else kind, "cell", *_look(kind))
            grid.put(at, 5, source, "cell")
            at += 1
        addresses = [grid.at(first + 1 + number, 3) for number in range(len(own))]
        steps = zip(addresses, (since for _, since, *_ in rows[1:]), (one.value for one in own), strict=True)
        since_, values, kinds = (grid.span(first, at - 1, column) for column in (3, 2, 4))
        pending = any(one.status == PENDING for one in own)
        found.limits[quota_id, holder, region] = Limits(
            since_, values, kinds, grid.at(first, 2), tuple(steps), default, pending
        )
    r = start + 1
    first_of_its_quota = f"A{r}<>A{r - 1},B{r}<>B{r - 1}"
    ascending: dict[str, object] = {
        "validate": "custom", "value": f"=AND(ISNUMBER(D{r}),OR({first_of_its_quota},D{r}>=D{r - 1}))",
        "error_title": "Not a day that fits",
        "error_message": "Type a day, such as 2027-01-01, not before that of the limit above.",
    }  # fmt: skip
    grid.valid.append((start, 3, at - 1, 3, ascending))
    limit: dict[str, object] = {
        "validate": "custom", "value": f'=OR(C{r}="unknown",AND(ISNUMBER(C{r}),C{r}>=0,C{r}=INT(C{r})))',
        "error_title": "Not a limit", "error_message": "Type a whole number, or unknown.",
    }  # fmt: skip
    grid.valid.append((start, 2, at - 1, 2, limit))
    for what, column in (("Limits", 2), ("Days of limits", 3)):
        found.inputs.watch(what, start, at - 1, column)
    grid.next_row = at + 1


def _look(kind: str) -> tuple[str, ...]:
    return ("careful",) if kind == PENDING else ()


def _holder(plan: Plan, use: QuotaUse, holder: int, region: int) -> str:
    tables = plan.inventory
    if holder < 0:
        return "every scope"
    if use.quota.holder == "transit router":
        return tables.routers.ids[holder]
    return f"{tables.accounts[holder]}/{tables.regions[region]}" if region >= 0 else tables.accounts[holder]


def _thresholds(found: QuotaInputs, plan: Plan, uses: list[QuotaUse]) -> None:
    """From when on each quota is tight."""
    if not uses:
        return
    grid = found.inputs.grid
    note = "A quota is tight from this share of its limit on, or where less than this headroom is left."
    row = title(grid, "Thresholds of quotas", note)
    grid.header(row, ("Quota", "", "Percent of the limit", "Headroom below"), [2, 3])
    for at, use in enumerate(uses, start=row + 1):
        percent, count = threshold_of(use.id, plan.inventory)
        grid.puts(at, 0, (use.id, ""), "cell")
        grid.put(at, 2, NO_PERCENT if percent is None else percent, "input", "count", "right")
        grid.put(at, 3, count, "input", "count")
        found.thresholds[use.id] = grid.at(at, 2), grid.at(at, 3)
    last = row + len(uses)
    grid.valid.append((row + 1, 2, last, 2, whole(1, 100)))
    grid.valid.append((row + 1, 3, last, 3, whole(0, 10**6)))
    found.inputs.watch("Thresholds, percent", row + 1, last, 2)
    found.inputs.watch("Thresholds, headroom", row + 1, last, 3)
    grid.next_row = last + 2
