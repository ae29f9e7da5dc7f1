"""The live workbook: LibreOffice agrees with the engine to the cent, as it is delivered and after inputs were changed.

The engine is asked for the changed plan, LibreOffice calculates the workbook of the unchanged one, in whose cells for
inputs the same change was typed.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given

from planner import demand, summary
from planner.plan import Plan, make_plan
from planner.scenario import read_scenario
from pricing import book, money
from reports import live_inputs, live_model, live_prices, workbook
from reports.live_model import Model
from tests.support import drawn_plans, office
from tests.support.examples import EXAMPLES, SCENARIOS, example
from tests.support.plan_strategies import Case, cases

Book = openpyxl.Workbook
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
    first, _ = live_inputs.lots_of_groups(tables)[tables.groups.ids.index(group)]
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
        for scope in model.quotas.scopes:
            if scope.lots is not None:
                use = next(use for use in expected.quotas if use.id == scope.use.id)
                counts = [found["Quotas"][f"{column}{scope.row + 1}"].value for column in model.quotas.columns]
                assert counts == use.used[scope.scope].tolist(), f"{name} {use.scopes[scope.scope]}"


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


def test_what_a_row_repeats_is_what_the_engine_counts() -> None:
    model = live_model.lay_out(example("apac-branches").made)
    plan, months = model.plan, model.calculation.count
    timeline = demand.timeline(plan.inventory)
    for number, series in model.quantities.site_hours.items():
        assert list(series.values) == timeline.site_hours[number].tolist()
    assert all(len(one.series.values) == months for one in model.costs.lines)
