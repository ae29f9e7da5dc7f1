"""The live workbook of the largest example, against plain openpyxl that writes the same cells."""

from __future__ import annotations

import io
from collections.abc import Callable

import openpyxl

from planner.plan import Plan, make_plan
from planner.scenario import Scenario
from pricing.book import load_price_lists
from reports import workbook

Cells = dict[str, list[list[object]]]
"""By sheet: rows of values, and of formulas with their equals sign."""


def plan(scenario: Scenario) -> Plan:
    """The priced plan of an example."""
    return make_plan([scenario], load_price_lists(scenario.sites, scenario.price_books))


def cells(made: Plan) -> Cells:
    """Everything that stands in the workbook of a plan, without its looks."""
    read = openpyxl.load_workbook(io.BytesIO(workbook.render(made)))
    return {page.title: [list(row) for row in page.iter_rows(values_only=True)] for page in read}


def live(made: Plan) -> Callable[[], object]:
    """Ours: laid out and written, with the engine's value beside every formula."""
    return lambda: workbook.render(made)


def plain(found: Cells, write_only: bool = False) -> Callable[[], object]:
    """openpyxl's: the same cells, already known, without formats and without values of formulas.

    write_only : its faster mode, for tables that are written row by row
    """

    def write() -> bytes:
        book = openpyxl.Workbook(write_only=write_only)
        for title, rows in found.items():
            page = book.create_sheet(title)
            for row in rows:
                page.append(row)
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    return write
