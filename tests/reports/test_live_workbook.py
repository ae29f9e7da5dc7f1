"""The live workbook: LibreOffice agrees with the engine to the cent, as it is delivered and after inputs were changed.

The engine is asked for the changed plan, LibreOffice calculates the workbook of the unchanged one, in whose cells for
inputs the same change was typed.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from random import Random

import numpy as np
import openpyxl
import pytest
from hypothesis import given

from planner import demand, quota, summary, together
from planner.core.period import NEVER
from planner.inventory import Ints, Inventory
from planner.plan import Plan, make_plan
from planner.quota import STATUSES, UNKNOWN, stated_limits
from planner.scenario import read_scenario
from pricing import book, money
from reports import finance_outline, live_model, live_prices, live_site_inputs, workbook
from reports.finance_outline import BILLS, CHARGES, FROM_LIST
from reports.live_grid import serial_hours
from reports.live_model import Model
from tests.support import drawn_plans, office
from tests.support.examples import EXAMPLES, SCENARIOS, example
from tests.support.plan_strategies import Case, cases

Book = openpyxl.Workbook
HALF_AN_HOUR = 1800
Typed = Callable[[Book, Model], None]


@office.NEEDED
def test_every_example_is_calculated_to_the_cent_by_libreoffice(tmp_path: Path) -> None:
    contents = {name: workbook.render(example(name).made) for name in EXAMPLES}
    calculated = office.recalculate(tmp_path, contents, timeout=900)
    for name, content in contents.items():
        stored, formulas = (openpyxl.load_workbook(io.BytesIO(content), data_only=values) for values in (True, False))
        assert office.errors(calculated[name]) == [], name
        assert list(office.differences(stored, calculated[name], formulas)) == [], name
        assert calculated[name]["Checks"]["B5"].value == "OK", name


@office.NEEDED
def test_drawn_plans_are_calculated_to_the_cent_by_libreoffice(tmp_path: Path) -> None:
    drawn: list[bytes] = []

    @drawn_plans.drawn(25)
    @given(case=cases(prepaid=True))
    def draw(case: Case) -> None:
        plan = drawn_plans.calculated_or_none(case)
        if plan is not None:
            drawn.append(workbook.render(plan))

    draw()
    assert len(drawn) > 10
    calculated = office.recalculate(tmp_path, {str(number): content for number, content in enumerate(drawn)})
    for number, content in enumerate(drawn):
        stored, formulas = (openpyxl.load_workbook(io.BytesIO(content), data_only=values) for values in (True, False))
        assert office.errors(calculated[str(number)]) == []
        assert list(office.differences(stored, calculated[str(number)], formulas)) == []


def cell(book_: Book, address: str) -> openpyxl.cell.Cell:
    """The cell of an address such as Inputs!$C$5."""
    page, at = address.split("!")
    return book_[page][at.replace("$", "")]


def lot(model: Model, group: str, number: int, column: int) -> str:
    """The address of an input of a lot of a group."""
    tables = model.plan.inventory
    first, _ = live_site_inputs.lots_of_groups(tables)[tables.groups.ids.index(group)]
    return model.inputs.lot(first + number, column)


def group(model: Model, name: str, column: int) -> str:
    """The address of an input of a group."""
    return model.inputs.group(model.plan.inventory.groups.ids.index(name), column)


def type_a_price(typed: Book, key: str, column: int, value: float) -> None:
    """Type into every row of Prices with a key."""
    rows = [row for row in typed["Prices"].iter_rows() if row[live_prices.KEY].value == key]
    assert rows, key
    for row in rows:
        assert not row[column].protection.locked
        row[column].value = value


def more_sites_and_growth(typed: Book, model: Model) -> None:
    cell(typed, lot(model, "stores-singapore", 2, 2)).value = 9  # of 6
    for name in ("stores-singapore", "stores-hongkong", "stores-jakarta"):
        cell(typed, group(model, name, 5)).value = 0.02  # of 0.015
        cell(typed, group(model, name, 3)).value = 400  # of 350


def a_baseline(typed: Book, model: Model) -> None:
    tables = model.plan.inventory
    key = ("cdt-internet", tables.accounts.index("retail"), tables.regions.index("ap-southeast-1"))
    cell(typed, model.inputs.baselines[key]).value = 6000  # of 4,000


def a_discount(typed: Book, model: Model) -> None:
    for change, address in model.inputs.adjustments.items():
        if change.kind == "discount" and change.percent == -20:
            cell(typed, address).value = 0.25


def an_exchange_rate(typed: Book, model: Model) -> None:
    (row,) = [row for row in typed["Inputs"].iter_rows() if row[0].value == "CNY" and row[2].value == 0.14]
    row[2].value = 0.15


def a_contract_rate(typed: Book, model: Model) -> None:
    type_a_price(typed, "cdt-internet ap-southeast-1 tier 2 USD", live_prices.CONTRACT, 0.07)  # of 0.062


def later_waves(typed: Book, model: Model) -> None:
    wave_1, wave_2 = datetime(2027, 5, 20, 17, 45), datetime(2027, 10, 1)  # of 2027-05-03 09:30 and 2027-07-05
    cell(typed, lot(model, "stores-singapore", 1, 3)).value = wave_1
    cell(typed, lot(model, "stores-singapore", 2, 3)).value = wave_2
    cell(typed, lot(model, "stores-hongkong", 0, 3)).value = wave_2
    cell(typed, lot(model, "franchise-tokyo", 0, 4)).value = datetime(2028, 10, 15, 12)  # of 2028-09-01


def an_earlier_start_and_a_later_move(typed: Book, model: Model) -> None:
    cell(typed, lot(model, "studios-frankfurt", 1, 3)).value = datetime(2027, 2, 10, 8, 30)  # of 2027-03-01
    cell(typed, lot(model, "studios-singapore", 0, 5)).value = datetime(2027, 8, 15)  # of 2027-07-01
    cell(typed, lot(model, "studios-virginia", 0, 4)).value = datetime(2027, 11, 20)  # of never


def more_connections(typed: Book, model: Model) -> None:
    cell(typed, group(model, "rigs", 2)).value = 3  # of 2
    cell(typed, group(model, "head-office", 2)).value = 5  # of 4
    cell(typed, lot(model, "processing-centre", 2, 3)).value = datetime(2027, 7, 1)  # of 2027-05-01


CHANGES: dict[str, tuple[str, str, tuple[tuple[str, str], ...], Typed]] = {
    "sites, growth and GB": (
        "apac-branches",
        "apac-branches.yaml",
        (
            ("add_sites: 6} # tips", "add_sites: 9} # tips"),
            ("monthly_growth_percent: 1.5", "monthly_growth_percent: 2"),
            ("to_data_center_gb: 350", "to_data_center_gb: 400"),
        ),
        more_sites_and_growth,
    ),
    "a baseline": (
        "apac-branches",
        "apac-estate.yaml",
        (("cdt_internet_gb: 4000", "cdt_internet_gb: 6000"),),
        a_baseline,
    ),
    "a discount": (
        "contract-and-finance",
        "framework-agreement.yaml",
        (("discount_percent: 20", "discount_percent: 25"),),
        a_discount,
    ),
    "an exchange rate": (
        "contract-and-finance",
        "company-finance.yaml",
        (("rate: 0.14,", "rate: 0.15,"),),
        an_exchange_rate,
    ),
    "dates of a rollout": (
        "apac-branches",
        "apac-branches.yaml",
        (
            ("wave-1: 2027-05-03T09:30", "wave-1: 2027-05-20T17:45"),
            ("wave-2: 2027-07-05", "wave-2: 2027-10-01"),
            ("end: 2028-09-01", "end: 2028-10-15T12:00"),
        ),
        later_waves,
    ),
    "dates of a rollout and of a move to CDT": (
        "cdt-move",
        "cdt-move.yaml",
        (
            ("{date: 2027-03-01, add_sites: 6}", "{date: 2027-02-10T08:30, add_sites: 6}"),
            ("ap-southeast-1: 2027-07-01", "ap-southeast-1: 2027-08-15"),
            (
                "{date: 2027-02-01, add_sites: 6}",
                "{date: 2027-02-01, add_sites: 6}\n      - {date: 2027-11-20, remove_sites: 6}",
            ),
        ),
        an_earlier_start_and_a_later_move,
    ),
    "connections per site": (
        "ecmp-sets",
        "ecmp-sets.yaml",
        (
            (
                "cost_center: operations\n    connections_per_site: 2",
                "cost_center: operations\n    connections_per_site: 3",
            ),
            (
                "connections_per_site: 4\n    ecmp: set dc-route # a set",
                "connections_per_site: 5\n    ecmp: set dc-route # a set",
            ),
            ("{date: 2027-05-01, add_sites: 5}", "{date: 2027-07-01, add_sites: 5}"),
        ),
        more_connections,
    ),
    "a contract rate": (
        "contract-and-finance",
        "framework-agreement.yaml",
        (("rate: 0.062", "rate: 0.07"),),
        a_contract_rate,
    ),
}
"""By what is changed: the example, its file, what is replaced in it, and what is typed into the workbook."""


def planned(folder: Path, name: str, file: str, replaced: tuple[tuple[str, str], ...]) -> Plan:
    """An example of which a file was changed, calculated by the engine."""
    for path in SCENARIOS.iterdir():
        if path.is_file():
            (folder / path.name).write_bytes(path.read_bytes())
    text = (folder / file).read_text(encoding="utf-8")
    for before, after in replaced:
        assert before in text, before
        text = text.replace(before, after)
    (folder / file).write_text(text, encoding="utf-8")
    read = read_scenario(str(folder / f"{name}.yaml"))
    return make_plan([read], book.load_price_lists(read.sites, read.price_books))


def changed_book(model: Model, typed: Typed) -> bytes:
    """The workbook of a plan in whose cells something was typed."""
    opened = openpyxl.load_workbook(io.BytesIO(workbook.render(model.plan)))
    typed(opened, model)
    out = io.BytesIO()
    opened.save(out)
    return out.getvalue()


@office.NEEDED
def test_what_is_typed_into_inputs_is_followed_to_the_cent(tmp_path: Path) -> None:
    models = {name: live_model.lay_out(example(one).made) for name, (one, *_) in CHANGES.items()}
    contents = {
        str(number): changed_book(models[name], typed) for number, (name, (*_, typed)) in enumerate(CHANGES.items())
    }
    calculated = office.recalculate(tmp_path, contents)
    for number, (name, (one, file, replaced, _)) in enumerate(CHANGES.items()):
        folder = tmp_path / f"plan-{number}"
        folder.mkdir()
        expected, found, model = planned(folder, one, file, replaced), calculated[str(number)], models[name]
        totals, before = summary.totals(expected), summary.totals(example(one).made)
        assert abs(totals.subtotal - before.subtotal) > money.NANO, f"{name} changes nothing that would be seen"
        assert office.errors(found) == [], name
        assert model.costs.total is not None
        row = model.costs.total.row + 1
        for column, nano in zip(model.calculation.columns, totals.amounts, strict=True):
            value = found["Calculation"][f"{column}{row}"].value
            assert value == pytest.approx(nano / money.NANO, abs=office.CENT), f"{name} {column}"
        items = {sum_.key[0]: sum_.total for sum_ in summary.by(summary.cost_rows(expected), "sku")}
        for sku, series in model.costs.by_item.items():
            value = cell(found, model.calculation.total_at(series)).value
            assert value == pytest.approx(items.get(sku, 0) / money.NANO, abs=office.CENT), f"{name} {sku}"
        assert found["Checks"]["B4"].value == "changed", name
        assert found["Checks"]["B5"].value in ("OK, inputs changed", "STALE"), name
        quotas_agree(found, model, expected)
        finance_agrees(found, model, expected, FROM_LIST, BILLS)


def finance_agrees(found: Book, model: Model, expected: Plan, *blocks: str) -> int:
    """Months of Finance that are formulas are those of another plan, to the cent; returns how many rows."""
    formulas = openpyxl.load_workbook(io.BytesIO(workbook.render(model.plan)))["Finance"]
    (header,) = [row for row in formulas.iter_rows() if row[0].value == "What"]
    first = len(header) - model.calculation.count
    amounts = {
        (row.who, row.what.split(" ")[0] if row.what.endswith("%") else row.what): row.amounts
        for row in finance_outline.rows_by_month(expected)
        if row.block in blocks
    }
    compared, block = 0, ""
    for row, values in zip(formulas.iter_rows(), found["Finance"].iter_rows(values_only=True), strict=True):
        block = row[0].value if row[0].value and row[1].value is None else block
        if block not in blocks or row[first].data_type != "f":
            continue
        what = values[0].split(" ")[0] if values[0].endswith("%") else values[0]
        own = amounts[values[1] or "", what]
        assert own is not None
        wanted = [nano / money.NANO for nano in own.amounts]
        assert values[first:] == pytest.approx(wanted, abs=office.CENT), f"{block} {values[:2]}"
        compared += 1
    return compared


@office.NEEDED
def test_taxes_and_markups_can_be_typed(tmp_path: Path) -> None:
    model = live_model.lay_out(example("contract-and-finance").made)

    def more(typed: Book, model: Model) -> None:
        cell(typed, model.inputs.taxes[0][0]).value = 0.0725  # of 0.06
        cell(typed, model.inputs.taxes[0][1]).value = datetime(2027, 3, 1)  # of 2027-01-01
        cell(typed, model.inputs.markups["research"]).value = 0.05  # of 0.025

    found = office.recalculate(tmp_path, {"typed": changed_book(model, more)})["typed"]
    folder = tmp_path / "plan"
    folder.mkdir()
    replaced = (
        ("percent: 6", "percent: 7.25"),
        ("effective_from: 2027-01-01 #", "effective_from: 2027-03-01 #"),
        ("research: 2.5}", "research: 5}"),
    )
    expected = planned(folder, "contract-and-finance", "company-finance.yaml", replaced)
    assert office.errors(found) == []
    # china: billed, rounding, tax, payable, converted; hub and robots: three each; carriers; all
    assert finance_agrees(found, model, expected, BILLS) == 13
    # direct, shared (the engine's), markup and charged of three cost centres; research shares nothing
    assert finance_agrees(found, model, expected, CHARGES) == 9
    labels = [row[0] for row in found["Finance"].iter_rows(values_only=True)]
    assert "VAT 7.25 %" in labels
    payable = dict(finance_outline.headlines(expected))[finance_outline.PAYABLE].total
    (shown,) = [row[1] for row in found["Summary"].iter_rows(values_only=True) if row[0] == finance_outline.PAYABLE]
    assert shown == pytest.approx(payable / money.NANO, abs=office.CENT)


def quotas_agree(found: Book, model: Model, expected: Plan) -> None:
    """Every quota whose count is a formula is used, limited and judged as in another plan."""
    uses = {use.id: use for use in expected.quotas}
    live = [scope for scope in model.quotas.scopes if scope.count is not None]
    assert {scope.use.id for scope in live} >= {"vpn-attachments-per-transit-router", "routes-per-route-table"}
    for one in live:
        use = uses[one.use.id]
        scope = use.scopes.index(one.name)
        used, limit, _, status = (
            [found["Quotas"][f"{column}{one.row + 1 + offset}"].value for column in model.quotas.columns]
            for offset in range(4)
        )
        assert used == use.used[scope].tolist(), f"{one.use.id} {one.name}"
        assert limit == ["unknown" if most == UNKNOWN else most for most in use.limit[scope].tolist()], one.name
        assert status == [STATUSES[code] for code in use.status[scope].tolist()], f"{one.use.id} {one.name}"


def drawn_inputs(plan: Plan, draw: Random) -> Inventory:
    """A plan whose sites, dates, connections, limits and thresholds are other ones, whatever its file says."""
    tables = plan.inventory
    lots, groups, left = tables.lots, tables.groups, tables.retirements
    first, last = int(tables.bounds[0]), int(tables.bounds[-1])

    def instants(count: int) -> Ints:
        return np.array([draw.randrange(first, last, HALF_AN_HOUR) for _ in range(count)], dtype=np.int64)

    count = len(lots.group)
    start = instants(count)
    end = np.maximum(start, instants(count))
    end[[row for row in range(count) if draw.random() < 0.5]] = NEVER
    sites = np.array([draw.randrange(8) for _ in range(count)], dtype=np.int64)
    per_site = np.array([draw.randrange(1, 5) for _ in groups.ids], dtype=np.int64)
    order = np.lexsort((start, lots.group))  # those of a group stand together, by their start
    return replace(
        tables,
        lots=replace(lots, start=start[order], end=end[order], sites=sites[order]),
        groups=replace(groups, connections_per_site=per_site),
        limits=tuple(replace(one, value=draw.randrange(5, 90)) for one in tables.limits),
        thresholds=tuple(
            replace(one, percent=draw.randrange(40, 99), count=draw.randrange(9)) for one in tables.thresholds
        ),
        retirements=replace(left, instant=instants(len(left.router))),
    )


def type_inventory(typed: Book, model: Model, tables: Inventory) -> None:
    """Type every number of an inventory that quotas are counted by."""

    def instant(seconds: int) -> float | None:
        return serial_hours(seconds) / 24 if seconds < NEVER else None

    for number, (start, end, sites) in enumerate(
        zip(tables.lots.start, tables.lots.end, tables.lots.sites, strict=True)
    ):
        for column, value in ((2, int(sites)), (3, instant(int(start))), (4, instant(int(end)))):
            cell(typed, model.inputs.lot(number, column)).value = value
    for number, each in enumerate(tables.groups.connections_per_site.tolist()):
        cell(typed, model.inputs.group(number, 2)).value = each
    for one, now in zip(model.plan.inventory.limits, tables.limits, strict=True):
        for key, limits in model.quota_inputs.limits.items():
            stated = stated_limits(*key, model.plan.inventory)
            if one in stated:
                cell(typed, limits.steps[stated.index(one)][0].replace("$D$", "$C$")).value = now.value
    for limit in tables.thresholds:
        percent, headroom = model.quota_inputs.thresholds[limit.quota]
        cell(typed, percent).value, cell(typed, headroom).value = limit.percent, limit.count
    if model.quota_inputs.retired:
        column, first = re.fullmatch(r"Inputs!\$(.)\$(\d+):.*", model.quota_inputs.retired[3]).groups()  # type: ignore[union-attr]
        for number, at in enumerate(tables.retirements.instant.tolist()):
            typed["Inputs"][f"{column}{int(first) + number}"].value = instant(at)


@office.NEEDED
def test_quotas_follow_whatever_is_typed(tmp_path: Path) -> None:
    names = ("apac-branches", "ecmp-sets", "quota-limits", "two-routers", "china-cny")
    models, inventories, contents = {}, {}, {}
    for name in names:
        for number in range(3):
            key, model = f"{name}-{number}", live_model.lay_out(example(name).made)
            tables = drawn_inputs(model.plan, Random(f"{name} {number}"))
            opened = openpyxl.load_workbook(io.BytesIO(workbook.render(model.plan)))
            type_inventory(opened, model, tables)
            out = io.BytesIO()
            opened.save(out)
            models[key], inventories[key], contents[key] = model, tables, out.getvalue()
    calculated = office.recalculate(tmp_path, contents)
    for key, found in calculated.items():
        tables = inventories[key]
        uses, _ = quota.measure(tables, demand.events(tables), tables.assumptions)
        assert office.errors(found) == [], key
        quotas_agree(found, models[key], replace(models[key].plan, inventory=tables, quotas=uses))


def limits_retired_and_thresholds(typed: Book, model: Model) -> None:
    """What the network team may change without a plan: typed into Inputs."""
    quotas = model.quota_inputs
    vpn, tables = "vpn-attachments-per-transit-router", model.plan.inventory
    router = tables.routers.ids.index("tr-frankfurt")
    page = typed["Inputs"]
    rows = [row for row in page.iter_rows() if row[0].value == vpn and row[1].value == "tr-frankfurt"]
    (granted,) = [row for row in rows if row[4].value == "granted"]
    (requested,) = [row for row in rows if row[4].value == "requested, pending"]
    granted[2].value = 62  # of 60
    requested[3].value = datetime(2027, 5, 1)  # of 2027-04-01
    cell(typed, quotas.today[vpn, router]).value = 44  # of 46
    cell(typed, quotas.thresholds[vpn][0]).value = 75  # percent, of 90
    cell(typed, quotas.thresholds[vpn][1]).value = 3  # headroom, of 8
    leaving = [row for row in page.iter_rows() if row[0].value == "tr-frankfurt" and row[4].value == "quota-limits"]
    assert [row[2].value for row in leaving] == [16, 4]
    leaving[0][2].value, leaving[0][3].value = 10, datetime(2027, 7, 15)  # of 16 on 2027-06-01


@office.NEEDED
def test_limits_thresholds_and_what_leaves_can_be_typed(tmp_path: Path) -> None:
    model = live_model.lay_out(example("quota-limits").made)
    found = office.recalculate(tmp_path, {"typed": changed_book(model, limits_retired_and_thresholds)})["typed"]
    folder = tmp_path / "plan"
    folder.mkdir()
    replaced = (
        ("{value: 60, from: 2027-02-01", "{value: 62, from: 2027-02-01"),
        ("{value: 75, from: 2027-04-01", "{value: 75, from: 2027-05-01"),
        ("attached: {vpn: 46, vpc: 6}", "attached: {vpn: 44, vpc: 6}"),
        ("{percent: 90, count: 8}", "{percent: 75, count: 3}"),
        ("old-ones-leave: 2027-06-01", "old-ones-leave: 2027-07-15"),
        ("attached_vpn: 16}", "attached_vpn: 10}"),
    )
    expected = planned(folder, "quota-limits", "quota-limits.yaml", replaced)
    before = {use.id: use.status.tolist() for use in model.plan.quotas}
    assert {use.id: use.status.tolist() for use in expected.quotas} != before
    assert office.errors(found) == []
    quotas_agree(found, model, expected)
    assert found["Checks"]["B5"].value == "OK, inputs changed"


@office.NEEDED
def test_several_plans_share_a_workbook(tmp_path: Path) -> None:
    paths = [str(SCENARIOS / f"{name}.yaml") for name in ("apac-branches", "apac-warehouses")]
    read = together.read(paths)
    plan = make_plan(read, book.load_price_lists(read[0].sites, read[0].price_books))
    assert plan.several
    content = workbook.render(plan)
    calculated = office.recalculate(tmp_path, {"several": content})["several"]
    stored, formulas = (openpyxl.load_workbook(io.BytesIO(content), data_only=values) for values in (True, False))
    assert office.errors(calculated) == []
    assert list(office.differences(stored, calculated, formulas)) == []
    quotas_agree(calculated, live_model.lay_out(plan), plan)


@office.NEEDED
def test_what_no_formula_follows_is_flagged_as_stale(tmp_path: Path) -> None:
    prepaid, moved = (live_model.lay_out(example(name).made) for name in ("prepaid-plans", "cdt-move"))

    def more_traffic(typed: Book, model: Model) -> None:
        name = model.plan.inventory.groups.ids[0]
        cell(typed, group(model, name, 3)).value *= 2

    def before_its_region_moved(typed: Book, model: Model) -> None:
        cell(typed, lot(model, "studios-virginia", 0, 5)).value = None
        cell(typed, lot(model, "studios-frankfurt", 1, 3)).value = datetime(2026, 2, 1)

    found = office.recalculate(
        tmp_path,
        {"prepaid": changed_book(prepaid, more_traffic), "moved": changed_book(moved, before_its_region_moved)},
    )
    assert found["prepaid"]["Checks"]["B5"].value == "STALE"
    results = {row[0]: row[4] for row in found["moved"]["Checks"].iter_rows(values_only=True)}
    assert results["Internet GB without a line"] == "STALE"
    for one in found.values():
        said = {row[0]: row[4] for row in one["Checks"].iter_rows(values_only=True)}
        assert said["Sheet Data"] == "STALE"
        assert one["Data"]["I1"].value.startswith("STALE")


@office.NEEDED
def test_a_rate_that_is_taken_away_is_unpriced_and_never_0(tmp_path: Path) -> None:
    model = live_model.lay_out(example("apac-branches").made)

    def take_away(typed: Book, model: Model) -> None:
        for row in typed["Prices"].iter_rows(min_row=8):
            if row[live_prices.KEY].value == "cdt-internet ap-southeast-1 tier 2 USD":
                row[live_prices.BOOK].value = None

    found = office.recalculate(tmp_path, {"unpriced": changed_book(model, take_away)})["unpriced"]
    assert office.errors(found) == []
    assert found["Cost by month"]["A4"].value == "Priced subtotal"
    status = {
        row[1]: row[6]
        for row in found["Cost by month"].iter_rows(min_row=6, values_only=True)
        if row[2] == "Internet, CDT"
    }
    # Only the stores and warehouses of retail send more than 10 TB in a month.
    assert status == {
        "offices-singapore": "priced", "stores-singapore": "partly priced", "warehouses-singapore": "partly priced",
    }  # fmt: skip


def test_too_many_groups_are_added_up_and_say_so() -> None:
    plan = example("branches-400").made
    model = live_model.lay_out(plan, most=1000)
    assert not model.detailed
    assert model.costs.total is not None
    assert model.costs.total.total == pytest.approx(summary.totals(plan).subtotal / money.NANO)
    assert {one.line.subject for one in model.costs.lines} == {"(all)"}
    assert any("too many for live formulas" in str(one.value) for one in model.inputs.grid.cells)
    assert len(model.costs.lines) < len(summary.cost_rows(plan)) / 10


@office.NEEDED
def test_groups_that_are_added_up_are_calculated_to_the_cent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = example("apac-branches").made
    monkeypatch.setattr(live_model, "lay_out", partial(live_model.lay_out, most=1000))
    content = workbook.render(plan)
    calculated = office.recalculate(tmp_path, {"added": content})["added"]
    stored, formulas = (openpyxl.load_workbook(io.BytesIO(content), data_only=values) for values in (True, False))
    assert office.errors(calculated) == []
    assert list(office.differences(stored, calculated, formulas)) == []
    assert calculated["Checks"]["B5"].value == "OK"
    assert {row[1] for row in calculated["Cost by month"].iter_rows(min_row=6, values_only=True)} == {"(all)"}


def test_what_a_row_repeats_is_what_the_engine_counts() -> None:
    model = live_model.lay_out(example("apac-branches").made)
    plan, months = model.plan, model.calculation.count
    timeline = demand.timeline(plan.inventory)
    for number, series in model.quantities.site_hours.items():
        assert list(series.values) == timeline.site_hours[number].tolist()
    assert all(len(one.series.values) == months for one in model.costs.lines)
