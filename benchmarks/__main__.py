"""Prints every ratio; ``make bench`` runs it, or ``python -m benchmarks [ROUNDS]``."""

from __future__ import annotations

import multiprocessing
import platform
import sys
import time

import numpy as np

from benchmarks import book, engine, start_up, workload
from benchmarks.timing import Work, in_turns, ratio
from benchmarks.workload import BELIEVABLE, TIERED, Mix
from planner import demand
from pricing import cost, line_item

GROUPS = 100_000
FEWER = 10_000


def main(rounds: int) -> None:
    print(f"Python {platform.python_version()}, numpy {np.__version__}; {rounds} rounds each, both sides in turns")
    print("median (least to most); a ratio is taken round by round; processes by the wall, all else in processor time")
    _start_up(rounds)
    _workbook(min(rounds, 3))
    cases = {mix: engine.case(GROUPS, mix) for mix in (BELIEVABLE, TIERED)}
    for mix, aim in ((BELIEVABLE, 6), (TIERED, 10)):
        _pricing(cases[mix], aim, rounds)
        _memory(mix)
    _growth(cases[BELIEVABLE], rounds)
    _beside(rounds)


def _start_up(rounds: int) -> None:
    example = start_up.largest_example()
    _title(f"cenplan check {example.plan.name} ({len(example.groups)} groups) against bare imports")
    check, bare = in_turns(rounds, start_up.check(example), start_up.bare, clock=time.perf_counter)
    _show("ratio", ratio(check, bare).text("x"), "at most 2")
    _show("cenplan check", check.text("s", digits=3))
    _show("pydantic and a model, yaml, typer", bare.text("s", digits=3))


def _workbook(rounds: int) -> None:
    example = start_up.largest_example()
    made = book.plan(example)
    found = book.cells(made)
    count = sum(value is not None for rows in found.values() for row in rows for value in row)
    formulas = sum(str(value).startswith("=") for rows in found.values() for row in rows for value in row)
    _title(f"the workbook of {example.plan.name} ({count:,} cells, {formulas:,} formulas) against plain openpyxl")
    ours, plain, rows = in_turns(rounds, book.live(made), book.plain(found), book.plain(found, write_only=True))
    _show("ratio", ratio(ours, plain).text("x"), "at most 1")
    _show("ratio to openpyxl's write-only mode", ratio(ours, rows).text("x"))
    _show("laid out and written, with values", ours.text("s"))
    _show("openpyxl, no formats, no values", plain.text("s"))
    _show("the same, write-only", rows.text("s"))


def _pricing(case: engine.Case, aim: int, rounds: int) -> None:
    _title(f"pricing {GROUPS:,} groups x {workload.PERIOD.count} months against bare numpy: {case.mix.title}")
    pricing, bare = in_turns(rounds, engine.pricing(case), engine.bare(case))
    _show("ratio", ratio(pricing, bare).text("x"), f"at most {aim}")
    for name, spread in (("pricing", pricing), ("bare numpy", bare)):
        _show(name, f"{spread.text('s', digits=3)}, {spread.text('ns a line', 1e9 / case.lines, 1)}")
    _show("lines with a quantity", f"{case.lines:,}")


def _memory(mix: Mix) -> None:
    """Measured in a new process, which holds nothing of the other measurements."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        peak = pool.apply(engine.peak_memory, (GROUPS, mix))
    _show("highest memory", f"{peak:.2f} GiB", "at most 3")


def _growth(many: engine.Case, rounds: int) -> None:
    few = engine.case(FEWER, many.mix)
    _title(f"pricing {FEWER:,} against {GROUPS:,} groups: {few.mix.title}")
    of_few, of_many = in_turns(rounds, engine.pricing(few), engine.pricing(many))
    lines = many.lines / few.lines
    _show("ratio of times", ratio(of_many, of_few).text("x", digits=1), f"at most {lines:.1f}, that of lines")


def _beside(rounds: int) -> None:
    """What else a plan takes; there is nothing to compare it with."""
    _title("beside pricing, for information")
    shared = workload.inventory(GROUPS, BELIEVABLE)
    distinct = workload.inventory(GROUPS, BELIEVABLE, statements=GROUPS)
    rated = engine.price(engine.case(FEWER, BELIEVABLE).usages, BELIEVABLE)
    works: dict[str, Work] = {
        f"timeline, {GROUPS:,} groups": lambda: demand.timeline(shared),
        "the same, each with its own traffic": lambda: demand.timeline(distinct),
        f"line items, {FEWER:,} groups": lambda: line_item.assemble(rated),
        f"costs by subject, {FEWER:,} groups": lambda: cost.add_up(rated),
    }
    for name, spread in zip(works, in_turns(rounds, *works.values()), strict=True):
        _show(name, spread.text("s"))


def _title(text: str) -> None:
    print(f"\n{text}")


def _show(name: str, figures: str, aim: str = "") -> None:
    print(f"  {name:36} {figures}{aim and f'   aim: {aim}'}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
