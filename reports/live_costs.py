"""Rates, free quotas, tiers and costs of the live workbook: from what items count to what each subject costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from planner import summary
from planner.core.cost_center import NOT_GIVEN
from planner.estate import CARRIERS
from planner.plan import Plan
from pricing import money
from pricing.prepaid import gives_up_free_quota
from pricing.rating import Rated
from pricing.sku import skus
from pricing.usage import Bools, Ints
from reports.live_calculation import HEADER, Calculation
from reports.live_grid import Series, Value, numbers
from reports.live_inputs import Inputs
from reports.live_prices import UNPRICED, Prices, Tariff
from reports.live_usage import UNKNOWN, Quantities

_MOST_PARTS = 150
"""Terms of a formula that stays short enough for a spreadsheet program."""
LEFT_TO_ENGINE = "from the engine: run cenplan again after changes"
ALL = "(all)"


@dataclass(frozen=True, slots=True)
class Line:
    """Usage of an item by a subject, or of too many groups by a router; as the calculation has it."""

    sku: str
    subject: str
    router: str
    region: str
    account: str
    cost_center: str
    rated: int
    """Number of the rated item."""
    rows: tuple[int, ...]
    """Rows of the rated item: one, or those that are added up."""
    used: bool


@dataclass
class Cost:
    """What a line costs: rows of the calculation."""

    line: Line
    series: Series
    flag: Series | None
    """GB of its pool that have no price, so that what it costs is only a part; None: it is in no pool."""
    unpriced: tuple[bool, ...]
    """(m,) the engine: where something has no price."""


@dataclass
class Check:
    """A block whose sum the engine knows."""

    title: str
    series: Series
    unit: str
    stale: bool = False
    """Whether values beside it rest on what the plan was, such as what prepaid plans cover."""


@dataclass(frozen=True)
class PoolCheck:
    """What is in a pool, and what its free quota and tiers add up to."""

    title: str
    parts: str
    """A formula."""
    whole: str
    """An address."""
    value: Value


@dataclass
class Costs:
    """Everything that costs, and the sums."""

    lines: list[Cost] = field(default_factory=list)
    by_item: dict[str, Series] = field(default_factory=dict)
    total: Series | None = None
    in_cents: Series | None = None
    """The total of each month as it is shown."""
    cumulative: Series | None = None
    unpriced: Series | None = None
    """How many lines of a month have no price, or a part without."""
    checks: list[Check] = field(default_factory=list)
    pools: list[PoolCheck] = field(default_factory=list)
    exchange: dict[str, Series] = field(default_factory=dict)
    """By currency of a bill: its exchange rates."""
    left_to_engine: int = 0
    """Rows whose quantities are the engine's, though the plan's are formulas."""


def lines_of(plan: Plan, detailed: bool) -> list[list[Line]]:
    """For each rated item its lines: of each subject, or of more than can be listed by transit router."""
    tables = plan.inventory
    found = []
    for number, one in enumerate(plan.rated):
        usage = one.usage
        used: Bools = np.logical_or(usage.quantity.any(axis=1), usage.unknown.any(axis=1))
        carrier = skus()[usage.sku].billed_by == "carrier"
        own: dict[tuple[object, ...], list[int]] = {}
        for row, subject in enumerate(usage.subject.tolist()):
            account = CARRIERS if carrier else tables.accounts[usage.account[row]]
            key = (
                tables.subject_routers[subject],
                tables.subject_names[subject] if detailed else ALL,
                tables.regions[usage.region[row]],
                account,
                (tables.cost_centers[subject] or NOT_GIVEN) if detailed else ALL,
                int(usage.place[row]),
                row if detailed else -int(usage.unknown[row].any()),
            )
            if used[row] or (detailed and not _never(plan, one, row)):
                own.setdefault(key, []).append(row)
        lines = [
            Line(
                usage.sku, str(key[1]), str(key[0]), str(key[2]), str(key[3]), str(key[4]), number, tuple(rows),
                bool(used[rows].any()),
            )
            for key, rows in own.items()
        ]  # fmt: skip
        if one.pools is not None and not detailed:  # those of a pool stand together
            lines.sort(key=lambda line: (usage.account[line.rows[0]], usage.region[line.rows[0]]))
        found.append(lines)
    return found


def _never(plan: Plan, one: Rated, row: int) -> bool:
    """Whether a row without usage has none whatever the inputs are."""
    underlay = int(one.usage.subject[row]) - len(plan.inventory.groups.ids)
    if underlay < 0:
        return False
    underlays = plan.inventory.underlays
    if underlay >= len(underlays.ids):
        return True
    return bool(underlays.already_attached[underlay]) or not (plan.inventory.groups.underlay == underlay).any()


def lay_out(
    sheet: Calculation, inputs: Inputs, prices: Prices, quantities: Quantities, lines: list[list[Line]]
) -> Costs:
    """Every block from rates to totals."""
    return _Layout(sheet, inputs, prices, quantities, lines).found


class _Layout:
    """Lays the blocks out from the top down."""

    def __init__(
        self, sheet: Calculation, inputs: Inputs, prices: Prices, quantities: Quantities, lines: list[list[Line]]
    ) -> None:
        self.sheet, self.inputs, self.prices, self.quantities = sheet, inputs, prices, quantities
        self.plan, self.lines = sheet.plan, lines
        self.found = Costs()
        self.sums: list[tuple[str, Series]] = []
        """(item, its sum), in the order in which they stand."""
        self.rates: dict[str, Series] = {}
        self.lower: dict[str, Series] = {}
        self.exchange = self.found.exchange
        offsets = np.cumsum([0, *(len(one.usage.subject) for one in self.plan.rated)])
        self.first_cost = offsets.tolist()
        self._rates()
        self._exchange()
        for number, one in enumerate(self.plan.rated):
            if lines[number]:
                self._item(number, one)
        self._totals()

    def _rates(self) -> None:
        tariffs = {tariff.key: tariff for tariff in self.prices.tariffs.values()}
        if not tariffs:
            return
        sheet, head = self.sheet, HEADER + 1
        sheet.heading("Rates by month", "The row of Prices that holds in the month; unpriced where there is none.")
        for key, tariff in tariffs.items():
            r = sheet.next_row
            where = f'Rates[Key],$D{r},Rates[First month],"<="&¤${head},Rates[Last month],">="&¤${head}'
            formula = f'IF(COUNTIFS({where},Rates[Rate],">=0")=0,"{UNPRICED}",SUMIFS(Rates[Rate],{where}))'
            self.rates[key] = sheet.row(("Rate", "", "", key, tariff.unit), formula, tariff.values, style="rate")
        sheet.gap()
        if not any(_tiered(tariff) for tariff in tariffs.values()):
            return
        sheet.heading("Bounds of tiers by month", "GB of the account and region from which on a tier begins.")
        for key, tariff in tariffs.items():
            if _tiered(tariff):
                r = sheet.next_row
                where = f'Rates[Key],$D{r},Rates[First month],"<="&¤${head},Rates[Last month],">="&¤${head}'
                formula = f"IF(COUNTIFS({where})=0,10^15,SUMIFS(Rates[From GB],{where}))"
                self.lower[key] = sheet.row(("Tier from", "", "", key, "GB"), formula, tariff.lower)
        sheet.gap()

    def _exchange(self) -> None:
        if not self.inputs.exchange:
            return
        sheet, head = self.sheet, HEADER + 1
        sheet.heading("Exchange rates by month")
        of = {one.exchange.base: one.exchange for one in self.plan.rated if one.exchange is not None}
        for base, (firsts, lasts, rates) in self.inputs.exchange.items():
            exchange = of[base]
            values = (exchange.factor / exchange.divisor).tolist()
            formula = f'SUMIFS({rates},{firsts},"<="&¤${head},{lasts},">="&¤${head})'
            labels = ("Exchange rate", f"{base} in {exchange.quote}", "", "", f"{exchange.quote} / {base}")
            self.exchange[base] = sheet.row(labels, formula, values, style="rate")
        sheet.gap()

    def _in_results(self, one: Rated) -> str:
        """What an amount of a bill is multiplied by to be one of the results; nothing where it is the same currency."""
        if one.exchange is None:
            return ""
        rate = self.exchange[one.exchange.base]
        return f"*{rate.cell}"

    def _item(self, number: int, one: Rated) -> None:
        sku, own = skus()[one.usage.sku], self.lines[number]
        sheet, results = self.sheet, self.plan.inventory.currency
        note = "" if one.usage.priceable else " over ECR, no billing rule is known"
        at_bill = f", billed in {one.currency}" if one.currency != results else ""
        title = f"{sku.title}{note}{at_bill}"
        if one.pools is not None:
            self._pooled(number, one, title)
            return
        served = self._quantities(number, one, title)
        covered = self._covered_lines(number, one, title)
        to_results = self._in_results(one)
        sheet.heading(f"Cost: {title}", _cost_note(one), ("Region", "Account", "Cost centre"))
        costs = []
        for at, line in enumerate(own):
            tariff = self.prices.tariffs.get((number, int(one.usage.place[line.rows[0]]), 1))
            q, cov = served[at], covered.get(at)
            if tariff is None:
                continue
            rate = self.rates[tariff.key]
            if cov:  # what is covered costs nothing, whatever its rate
                net = f"MAX(0,ROUND({q.cell}-{cov.cell},6))"
                priced = f'IF(ISNUMBER({rate.cell}),{net}*{rate.cell}{to_results},"{UNPRICED}")'
                formula = f'IF(ISNUMBER({q.cell}),IF({net}=0,0,{priced}),"{UNPRICED}")'
            else:
                known = f"AND(ISNUMBER({q.cell}),ISNUMBER({rate.cell}))"
                formula = f'IF({q.cell}=0,0,IF({known},{q.cell}*{rate.cell}{to_results},"{UNPRICED}"))'
            costs.append(self._cost(number, line, formula, tariff.key, None))
        sheet.gap()
        self._sum(one, title, costs, covered)

    def _quantities(self, number: int, one: Rated, title: str) -> list[Series]:
        """The rows that count an item, those of groups and underlays where there are such."""
        sheet, unit = self.sheet, skus()[one.usage.sku].unit
        found: list[Series | None] = []
        apart: list[tuple[int, str | None]] = []
        for at, line in enumerate(self.lines[number]):
            counted = self._counted(one, line) if len(line.rows) == 1 else None
            if counted is not None and _alike(counted[1], _values(one, line)):
                source = counted[0]
                found.append(source if isinstance(source, Series) else None)
                if not isinstance(source, Series):
                    apart.append((at, source))
            else:
                found.append(None)
                apart.append((at, None))
                self.found.left_to_engine += 1
        if apart:
            sheet.heading(f"Quantity: {title}", "" if apart[0][1] else LEFT_TO_ENGINE)
            for at, formula in apart:
                line = self.lines[number][at]
                labels = (skus()[line.sku].label, line.subject, line.router, "" if formula else LEFT_TO_ENGINE, unit)
                found[at] = sheet.row(labels, formula, _values(one, line), total=True)
            sheet.gap()
        return [series for series in found if series is not None]

    def _counted(self, one: Rated, line: Line) -> tuple[Series | str, Sequence[Value]] | None:
        """The row that counts an item for a subject, or a formula from one; with its values. None: the engine's."""
        quantities, tables = self.quantities, self.plan.inventory
        row = line.rows[0]
        subject, groups = int(one.usage.subject[row]), len(tables.groups.ids)
        if not quantities.site_hours:
            return None
        if subject >= groups:
            underlay = subject - groups
            series = quantities.others.get((line.sku, underlay))
            if line.sku == "tr-connection":
                series = quantities.underlay_hours.get(underlay)
            return (series, series.values) if series else None
        if line.sku in ("tr-connection", "ipsec-connection"):
            hours = quantities.connection_hours[subject]
            if line.sku == "tr-connection":
                return hours, hours.values
            tunnels = 2 if tables.assumptions.connection_fee_per_connection == "tunnel" else 1
            values = [value * tunnels for value in hours.values if not isinstance(value, str)]
            return (f'{hours.cell}*IF(connection_fee_per="tunnel",2,1)'), values
        by_sku = {
            "tr-data-processing": quantities.from_data_center,
            "tr-data-processing-vpc": quantities.to_data_center,
            "vbr-outbound": quantities.to_data_center,
            "cdt-internet": quantities.cdt_gb,
            "ipsec-internet-legacy": quantities.legacy_gb,
        }
        rows = by_sku.get(line.sku)
        if rows is None and skus()[line.sku].by_lane and subject in tables.groups.clouds:
            to = int(one.usage.region[row]) == tables.groups.clouds[subject][0]
            rows = quantities.to_data_center if to else quantities.from_data_center
        series = rows.get(subject) if rows else None
        return (series, series.values) if series else None

    def _covered_lines(self, number: int, one: Rated, title: str) -> dict[int, Series]:
        """What prepaid plans cover of the lines of an item that has no pools."""
        if not any(one.covered):
            return {}
        sheet = self.sheet
        sheet.heading(f"Covered by prepaid plans: {title}", LEFT_TO_ENGINE)
        found = {}
        part = one.quantity[np.array(one.covered)].sum(axis=0)
        for at, line in enumerate(self.lines[number]):
            values = (part[list(line.rows)].sum(axis=0) / money.MICRO).tolist()
            labels = ("Covered", line.subject, line.router, line.sku, skus()[line.sku].unit)
            found[at] = sheet.row(labels, None, values, total=True)
        sheet.gap()
        return found

    def _cost(self, number: int, line: Line, formula: str, key: str, flag: Series | None) -> Cost:
        costs, tables = self.plan.costs, self.plan.inventory
        rows = [self.first_cost[number] + row for row in line.rows]
        amounts = [sum(costs.amount[row][m] for row in rows) for m in range(self.sheet.count)]
        unpriced = tuple(np.any(costs.unpriced[rows], axis=0).tolist())
        values: list[Value] = [
            UNPRICED if no and not amount else amount / money.NANO for amount, no in zip(amounts, unpriced, strict=True)
        ]
        labels = (skus()[line.sku].label, line.subject, line.router, key, tables.currency)
        beside = (line.region, line.account, line.cost_center)
        series = self.sheet.row(labels, formula, values, beside, total=True, style="cost")
        cost = Cost(line, series, flag, unpriced)
        self.found.lines.append(cost)
        return cost

    def _sum(self, one: Rated, title: str, costs: Sequence[Cost], covered: object) -> None:
        """The sum of an item, which the checks compare with the engine's."""
        if not costs:
            return
        first, last = costs[0].series.row + 1, costs[-1].series.row + 1
        values = [
            numbers(cost.series.values[m] for cost in costs) for m in range(self.sheet.count)
        ]  # fmt: skip
        self.sheet.grid.next_row -= 1  # right below its parts
        labels = (f"Sum: {skus()[one.usage.sku].label}", "", "", one.usage.sku, self.plan.inventory.currency)
        formula = f"SUM(¤{first}:¤{last})"
        series = self.sheet.row(labels, formula, values, total=True, style="cost", strong=True)
        self.sheet.gap()
        self.found.checks.append(Check(f"Cost: {title}", series, self.plan.inventory.currency, bool(covered)))
        self.sums.append((one.usage.sku, series))

    # Pools

    def _pooled(self, number: int, one: Rated, title: str) -> None:
        """An item with free quotas or tiers: what is in each pool, how it falls into them, what it costs."""
        sheet, pools, tables = self.sheet, one.pools, self.plan.inventory
        assert pools is not None
        own = self.lines[number]
        sheet.heading(f"GB in pools: {title}", "Everything of an account and region is counted together.")
        served = self._pool_quantities(number, one)
        pool_rows = [
            [at for at, line in enumerate(own) if self._in_pool(one, line, p)] for p in range(len(pools.account))
        ]
        names = [
            f"{tables.accounts[a]} / {tables.regions[r]}" for a, r in zip(pools.account, pools.region, strict=True)
        ]
        plan_gb, baseline = [], []
        for p, name in enumerate(names):
            plan_gb.append(self._plan_of_pool(one, p, name, [served[at] for at in pool_rows[p]]))
            baseline.append(self._baseline(one, p, name))
        sheet.gap()
        free = self._free(one, names, plan_gb, baseline)
        sheet.heading(f"Free quota and tiers: {title}", "Everything else comes first, then the plan.")
        cost_of: dict[int, tuple[Series, Series]] = {}
        for p, name in enumerate(names):
            if pool_rows[p]:
                cost_of[p] = self._tiers(number, one, p, name, plan_gb[p], baseline[p], free.get(p))
        sheet.gap()
        sheet.heading(f"Cost: {title}", "Cost of the pool × GB / GB of the pool.", ("Region", "Account", "Cost centre"))
        costs = []
        for p in range(len(names)):
            for at in pool_rows[p]:
                q, total = served[at], plan_gb[p]
                cost, no_price = cost_of[p]
                word = f'IF(AND(ROUND({cost.cell},9)=0,{no_price.cell}>0),"{UNPRICED}",{cost.cell}*{q.cell}/{total.cell})'
                formula = f'IF({q.cell}=0,0,IF(ISNUMBER({q.cell}),{word},"{UNPRICED}"))'
                costs.append(self._cost(number, own[at], formula, names[p], no_price))
        sheet.gap()
        self._sum(one, title, costs, any(one.covered))

    def _in_pool(self, one: Rated, line: Line, p: int) -> bool:
        assert one.pools is not None
        row = line.rows[0]
        return bool(
            one.usage.account[row] == one.pools.account[p] and one.usage.region[row] == one.pools.region[p]
        )  # fmt: skip

    def _pool_quantities(self, number: int, one: Rated) -> list[Series]:
        """A row for each line: pools add them up, so they stand together."""
        sheet, found = self.sheet, []
        for line in self.lines[number]:
            counted, values = self._counted(one, line) if len(line.rows) == 1 else None, _values(one, line)
            labels = [skus()[line.sku].label, line.subject, line.router, line.sku, "GB"]
            if counted is None or not _alike(counted[1], values):
                labels[3] = LEFT_TO_ENGINE
                self.found.left_to_engine += 1
                found.append(sheet.row(labels, None, values, total=True))
                continue
            source = counted[0]
            formula = source.cell if isinstance(source, Series) else source
            found.append(sheet.row(labels, formula, values, total=True))
        return found

    def _plan_of_pool(self, one: Rated, p: int, name: str, rows: Sequence[Series]) -> Series:
        assert one.pools is not None
        values = (one.pools.columns[:, p].sum(axis=0) / money.MICRO).tolist()
        labels = ("This plan", name, "", one.usage.sku, "GB")
        if not rows:
            return self.sheet.row(labels, "0", values, total=True)
        first, last = rows[0].row + 1, rows[-1].row + 1
        return self.sheet.row(labels, f"SUM(¤{first}:¤{last})", values, total=True, strong=True)

    def _baseline(self, one: Rated, p: int, name: str) -> Series:
        pools = one.pools
        assert pools is not None
        address = self.inputs.baselines[one.usage.sku, int(pools.account[p]), int(pools.region[p])]
        values = (pools.baseline[p] / money.MICRO).tolist()
        labels = ("Everything else", name, "", one.usage.sku, "GB")
        return self.sheet.row(labels, f"N({address})", values, total=True, link=True)

    def _free(
        self, one: Rated, names: Sequence[str], plan_gb: Sequence[Series], baseline: Sequence[Series]
    ) -> dict[int, tuple[Series, Series]]:
        """(of everything else, of the plan) what free quotas give each pool, where there are such."""
        pools = one.pools
        assert pools is not None
        shared: dict[tuple[int, str], list[int]] = {}
        mixed: list[int] = []
        for p in range(len(names)):
            codes = {code for code in one.prices.free_quota[pools.region[p]].tolist() if code >= 0}
            scopes = sorted({one.prices.free_quotas[code].pool for code in codes})
            if len(scopes) == 1:
                shared.setdefault((int(pools.account[p]), scopes[0]), []).append(p)
            elif scopes:
                mixed.append(p)
        found: dict[int, tuple[Series, Series]] = {}
        if not shared and not mixed:
            return found
        self.sheet.heading("Free quotas", "One of an account and area; regions share it in proportion to their GB.")
        for (account, scope), members in shared.items():
            self._free_quota(one, account, scope, members, names, plan_gb, baseline, found)
        for p in mixed:
            of_others = (pools.baseline_free[p] / money.MICRO).tolist()
            of_plan = (pools.columns[0, p] / money.MICRO).tolist()
            labels = ("Free, everything else", names[p], "", LEFT_TO_ENGINE, "GB")
            others = self.sheet.row(labels, None, of_others, total=True)
            labels = ("Free, this plan", names[p], "", LEFT_TO_ENGINE, "GB")
            found[p] = others, self.sheet.row(labels, None, of_plan, total=True)
        self.sheet.gap()
        return found

    def _free_quota(
        self,
        one: Rated,
        account: int,
        scope: str,
        members: Sequence[int],
        names: Sequence[str],
        plan_gb: Sequence[Series],
        baseline: Sequence[Series],
        found: dict[int, tuple[Series, Series]],
    ) -> None:
        """A free quota: everything else draws first, then the plan, turn by turn."""
        sheet, pools, tables = self.sheet, one.pools, self.plan.inventory
        assert pools is not None
        who = f"{tables.accounts[account]} / {scope}"
        size = self._size(one, account, scope, members, who)
        wanted = self._added("Wanted by everything else", who, [baseline[p] for p in members])
        of_others = {}
        for p in members:
            b = baseline[p]
            formula = f"IF({wanted.cell}=0,0,ROUND({b.cell}*MIN(1,{size.cell}/{wanted.cell}),6))"
            values = (pools.baseline_free[p] / money.MICRO).tolist()
            of_others[p] = sheet.row(("Free, everything else", names[p], "", scope, "GB"), formula, values, total=True)
        order = tables.assumptions.free_quota_region_order
        turns: dict[int, list[int]] = {}
        for p in members:
            region = tables.regions[pools.region[p]]
            turn = order.index(region) if not isinstance(order, str) and region in order else len(order)
            turns.setdefault(turn, []).append(p)
        drawn: list[Series] = list(of_others.values())
        for turn in sorted(turns):
            left = self._left(size, list(drawn), who)
            want = self._added("Wanted by the plan", who, [plan_gb[p] for p in turns[turn]])
            for p in turns[turn]:
                q = plan_gb[p]
                formula = f"IF({want.cell}=0,0,ROUND({q.cell}*MIN(1,{left.cell}/{want.cell}),6))"
                values = (pools.columns[0, p] / money.MICRO).tolist()
                of_plan = sheet.row(("Free, this plan", names[p], "", scope, "GB"), formula, values, total=True)
                found[p] = of_others[p], of_plan
                drawn.append(of_plan)

    def _size(self, one: Rated, account: int, scope: str, members: Sequence[int], who: str) -> Series:
        """What the free quota of an account and area is in each month; 0 where it has none."""
        sheet, pools, tables, head = self.sheet, one.pools, self.plan.inventory, HEADER + 1
        assert pools is not None
        keys, firsts, lasts, volumes = self.prices.free_columns
        key = self.prices.free[one.usage.sku, one.currency, scope]
        values = np.zeros(sheet.count)
        for p in members:
            for m, code in enumerate(one.prices.free_quota[pools.region[p]].tolist()):
                if code >= 0:
                    values[m] = one.prices.free_quotas[code].quantity / money.MICRO
        given_up = self._gives_up(one, account, who)
        r = sheet.next_row
        where = f'{keys},$D{r},{firsts},"<="&¤${head},{lasts},">="&¤${head}'
        formula = f"SUMIFS({volumes},{where})"
        if tables.assumptions.baseline == "free-quota-used":
            own = ",".join(
                address
                for (sku, of, _), address in self.inputs.baselines.items()
                if (sku, of) == (one.usage.sku, account)
            )
            formula = f"IF(COUNT({own})=0,0,{formula})"
            stated = any(pools.account[p] == account and self._baseline_stated(one.usage.sku, account) for p in members)
            values = values * stated
        if given_up is not None:
            formula = f"{formula}*(1-{given_up.cell})"
            values = values * (1 - np.array(given_up.values, dtype=float))
        return sheet.row(("Free quota", who, "", key, "GB"), formula, values.tolist(), total=True)

    def _baseline_stated(self, sku: str, account: int) -> bool:
        estate = self.plan.scenarios[0].estate
        name = self.plan.inventory.accounts[account]
        key = {"cdt-internet": "cdt_internet_gb", "vbr-outbound": "vbr_outbound_gb"}.get(sku)
        return key is not None and any(
            one.account == name and getattr(one, key) is not None for one in estate.baselines
        )

    def _gives_up(self, one: Rated, account: int, who: str) -> Series | None:
        """A row that says where a prepaid plan gives the free quota up; None where none does."""
        if self.plan.prepaid is None:
            return None
        months = [month.first_day for month in self.plan.inventory.period.months]
        lost = gives_up_free_quota(one.usage.sku, self.plan.prepaid.plans, len(self.plan.inventory.accounts), months)
        if not lost[account].any():
            return None
        labels = ("Given up for a prepaid plan", who, "", "from the terms of the plan", "1: yes")
        return self.sheet.row(labels, None, [int(flag) for flag in lost[account]])

    def _added(self, what: str, who: str, rows: Sequence[Series]) -> Series:
        values = [numbers(row.values[m] for row in rows) for m in range(self.sheet.count)]
        return self.sheet.row((what, who, "", "", "GB"), "+".join(row.cell for row in rows), values, total=True)

    def _left(self, size: Series, drawn: Sequence[Series], who: str) -> Series:
        values = [
            max(0.0, round(numbers([size.values[m]]) - numbers(row.values[m] for row in drawn), 6))
            for m in range(self.sheet.count)
        ]
        formula = f"MAX(0,ROUND({size.cell}-{'-'.join(row.cell for row in drawn)},6))"
        return self.sheet.row(("Left for the plan", who, "", "", "GB"), formula, values, total=True)

    def _tiers(
        self,
        number: int,
        one: Rated,
        p: int,
        name: str,
        plan_gb: Series,
        baseline: Series,
        free: tuple[Series, Series] | None,
    ) -> tuple[Series, Series]:
        """What of the plan lies in each tier of a pool; returns what it costs, and what has no price."""
        sheet, pools = self.sheet, one.pools
        assert pools is not None
        place = int(pools.region[p])
        columns = [k for k in range(1, len(one.prices.code)) if (number, place, k) in self.prices.tariffs]
        tariffs = [self.prices.tariffs[number, place, k] for k in columns]
        paid = pools.columns[0, p] if free else np.zeros(sheet.count, dtype=np.int64)
        plan_paid = ((pools.columns[:, p].sum(axis=0) - paid) / money.MICRO).tolist()
        tiers = []
        if any(_tiered(tariff) for tariff in tariffs):
            before, after = self._before_and_after(one, p, name, plan_gb, baseline, free, plan_paid)
            for at, (k, tariff) in enumerate(zip(columns, tariffs, strict=True)):
                low = self.lower[tariff.key] if _tiered(tariff) else None
                high = self.lower[tariffs[at + 1].key] if at + 1 < len(tariffs) else None
                formula = (
                    "ROUND(MAX(0,"
                    + (f"MIN({after.cell},{high.cell})" if high else after.cell)
                    + (f"-MAX({before.cell},{low.cell})" if low else f"-{before.cell}")
                    + "),6)"
                )
                values = (pools.columns[k, p] / money.MICRO).tolist()
                tiers.append(
                    sheet.row((f"Tier {k}, this plan", name, "", tariff.key, "GB"), formula, values, total=True)
                )
        else:
            formula = f"ROUND({plan_gb.cell}{f'-{free[1].cell}' if free else ''},6)"
            labels = ("Paid, this plan", name, "", tariffs[0].key, "GB")
            tiers.append(sheet.row(labels, formula, plan_paid, total=True))
        covered = self._covered_tiers(one, p, name, columns)
        parts = [*tiers, free[1]] if free else tiers
        added = "+".join(sheet.total_at(part) for part in parts)
        self.found.pools.append(
            PoolCheck(f"{one.usage.sku} {name}", added, sheet.total_at(plan_gb), plan_gb.total or 0)
        )
        return self._pool_cost(number, one, p, name, tiers, tariffs, columns, covered)

    def _before_and_after(
        self,
        one: Rated,
        p: int,
        name: str,
        plan_gb: Series,
        baseline: Series,
        free: tuple[Series, Series] | None,
        plan_paid: Sequence[float],
    ) -> tuple[Series, Series]:
        """GB of a pool that come before the plan in the tiers, and those after it."""
        sheet, pools = self.sheet, one.pools
        assert pools is not None
        inside = self.plan.inventory.assumptions.free_quota_position == "inside-tier-1"
        start = pools.baseline[p] - pools.baseline_free[p]
        if inside:
            start = start + pools.baseline_free[p] + pools.columns[0, p]
        before_values = (start / money.MICRO).tolist()
        r = sheet.next_row
        if free:
            others, own = free
            first = (
                f"ROUND({baseline.cell}-{others.cell}"
                f'+IF(free_quota_position="inside-tier-1",{others.cell}+{own.cell},0),6)'
            )
            then = f"¤{r}+{plan_gb.cell}-{own.cell}"
        else:
            first = baseline.cell
            then = f"¤{r}+{plan_gb.cell}"
        before = sheet.row(("Before the plan", name, "", "paid GB", "GB"), first, before_values, total=True)
        values = [a + b for a, b in zip(before_values, plan_paid, strict=True)]
        return before, sheet.row(("With the plan", name, "", "paid GB", "GB"), then, values, total=True)

    def _covered_tiers(self, one: Rated, p: int, name: str, columns: Sequence[int]) -> dict[int, Series]:
        """By tier: what prepaid plans cover of it."""
        if not any(one.covered):
            return {}
        assert one.pools is not None
        of = (one.usage.account == one.pools.account[p]) & (one.usage.region == one.pools.region[p])
        found = {}
        for k in columns:
            part: Ints = sum(
                (
                    one.quantity[n][of].sum(axis=0)
                    for n, (column, covered) in enumerate(zip(one.column, one.covered, strict=True))
                    if covered and column == k
                ),
                np.zeros(self.sheet.count, dtype=np.int64),
            )
            if part.any():
                labels = (f"Covered of tier {k}", name, "", LEFT_TO_ENGINE, "GB")
                found[k] = self.sheet.row(labels, None, (part / money.MICRO).tolist(), total=True)
        return found

    def _pool_cost(
        self,
        number: int,
        one: Rated,
        p: int,
        name: str,
        tiers: Sequence[Series],
        tariffs: Sequence[Tariff],
        columns: Sequence[int],
        covered: dict[int, Series],
    ) -> tuple[Series, Series]:
        """What a pool costs the plan, and the GB that have no price."""
        sheet, costs, pools = self.sheet, self.plan.costs, one.pools
        assert pools is not None
        of = np.flatnonzero((one.usage.account == pools.account[p]) & (one.usage.region == pools.region[p]))
        amounts = [
            sum(costs.amount[self.first_cost[number] + row][m] for row in of.tolist()) for m in range(sheet.count)
        ]
        to_results = self._in_results(one)

        def net(at: int) -> str:
            tier, cov = tiers[at], covered.get(columns[at])
            return f"MAX(0,ROUND({tier.cell}-{cov.cell},6))" if cov else tier.cell

        rates = [self.rates[tariff.key].cell for tariff in tariffs]
        cost = "+".join(f"{net(at)}*N({rate})" for at, rate in enumerate(rates))
        if to_results:
            cost = f"({cost}){to_results}"
        labels = ("Cost of the pool", name, "", one.usage.sku, self.plan.inventory.currency)
        values = [amount / money.NANO for amount in amounts]
        of_pool = sheet.row(labels, cost, values, total=True, style="cost", strong=True)
        gb = np.zeros(sheet.count)
        for at in range(len(tariffs)):
            unpriced = np.array([value == UNPRICED for value in tariffs[at].values])
            quantity = pools.columns[columns[at], p] / money.MICRO
            if cov := covered.get(columns[at]):
                quantity = quantity - np.array(cov.values, dtype=float)
            gb += np.where(unpriced, quantity, 0)

        open_gb = "+".join(f"IF(ISNUMBER({rate}),0,{net(at)})" for at, rate in enumerate(rates))
        no_price = f"ROUND({open_gb},6)"  # what is wholly covered leaves nothing, not a rest of binary fractions
        labels = ("Without a price", name, "", one.usage.sku, "GB")
        return of_pool, sheet.row(labels, no_price, gb.tolist(), total=True)

    # Totals

    def _totals(self) -> None:
        sheet, found, results = self.sheet, self.found, self.plan.inventory.currency
        sheet.heading("Totals", "Priced subtotals where something is unpriced.")
        for sku in skus():
            parts = [series for of, series in self.sums if of == sku]
            if parts:
                values = [numbers(part.values[m] for part in parts) for m in range(sheet.count)]
                labels = (skus()[sku].label, "", "", sku, results)
                found.by_item[sku] = sheet.row(
                    labels,
                    "+".join(part.cell for part in parts),
                    values,
                    total=True,
                    style="cost",
                )
        rows = list(found.by_item.values())
        values = [numbers(row.values[m] for row in rows) for m in range(sheet.count)]
        if rows:
            first, last = rows[0].row + 1, rows[-1].row + 1
            formula = f"SUM(¤{first}:¤{last})"
        else:
            formula = "0"
        found.total = sheet.row(("Total", "", "", "", results), formula, values, total=True, style="cost", strong=True)
        # Months that are alike to the cent tie for the peak.
        shown = [in_cents(amount) for amount in summary.totals(self.plan).amounts]
        of_total = found.total.cell
        labels = ("Total, in whole cents", "", "", "for the peak month", results)
        found.in_cents = sheet.row(labels, f"ROUND({of_total},2)", shown, style="cost")
        running = np.cumsum(values).tolist()
        of = found.total.row + 1
        start = sheet.columns[0]
        labels = ("Cumulative", "", "", "", results)
        found.cumulative = sheet.row(labels, f"SUM(${start}{of}:¤{of})", running, style="cost")
        self._unpriced()

    def _unpriced(self) -> None:
        """How many lines of each month have no price, or a part without."""
        sheet, found = self.sheet, self.found
        runs = spans([cost.series.row for cost in found.lines])
        parts = [f'COUNTIF(¤{first + 1}:¤{last + 1},"{UNPRICED}")' for first, last in runs]
        of_pool: dict[int, list[int]] = {}
        for cost in found.lines:
            if cost.flag:
                of_pool.setdefault(cost.flag.row, []).append(cost.series.row)
        for flag, rows in of_pool.items():  # those of a pool stand together
            parts.append(f'(¤{flag + 1}>0)*COUNTIF(¤{rows[0] + 1}:¤{rows[-1] + 1},">0")')
        counts = [sum(cost.unpriced[m] for cost in found.lines) for m in range(sheet.count)]
        labels = ("Lines without a full price", "", "", "", "lines")
        formula = "+".join(parts[:_MOST_PARTS]) or "0"
        found.unpriced = sheet.row(labels, formula, counts, total=True, style="count")


def in_cents(nano: int) -> float:
    """An amount, 0 or more, rounded half up to cents."""
    return (nano + 5 * 10**6) // 10**7 / 100


def spans(rows: Sequence[int]) -> list[tuple[int, int]]:
    """Runs of neighbouring rows, as (first, last)."""
    found: list[tuple[int, int]] = []
    for row in sorted(rows):
        if found and row == found[-1][1] + 1:
            found[-1] = found[-1][0], row
        else:
            found.append((row, row))
    return found


def _tiered(tariff: Tariff) -> bool:
    """Whether a tariff is a tier that begins above 0, or one that is not there in every month."""
    return any(tariff.lower)


def _values(one: Rated, line: Line) -> list[Value]:
    """(m,) what the engine counts; unknown where it is."""
    rows = list(line.rows)
    quantity, unknown = one.usage.quantity[rows].sum(axis=0), np.any(one.usage.unknown[rows], axis=0)
    return [
        UNKNOWN if no else micro / money.MICRO for micro, no in zip(quantity.tolist(), unknown.tolist(), strict=True)
    ]


def _alike(found: Sequence[Value], values: Sequence[Value]) -> bool:
    """Whether a row holds what the engine counts."""
    return all(
        a == b if isinstance(a, str) or isinstance(b, str) else abs(a - b) <= 1e-6
        for a, b in zip(found, values, strict=True)
    )


def _cost_note(one: Rated) -> str:
    return (
        "Quantity × rate"
        + (" × exchange rate" if one.exchange is not None else "")
        + ("; what prepaid plans cover is not billed" if any(one.covered) else "")
    )
