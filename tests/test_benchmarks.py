"""The benchmarks measure what they say; how fast anything is, no test judges."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import engine, start_up, workload
from benchmarks.timing import Spread, in_turns, ratio
from benchmarks.workload import BELIEVABLE, TIERED, Mix
from planner import demand


def test_rounds_are_run_in_turns_after_one_that_does_not_count() -> None:
    calls: list[str] = []
    spreads = in_turns(2, lambda: calls.append("a"), lambda: calls.append("b"))
    assert calls == ["a", "b"] * 3
    assert [len(spread.values) for spread in spreads] == [2, 2]


def test_ratios_are_those_of_rounds() -> None:
    assert ratio(Spread((6.0, 10.0, 9.0)), Spread((2.0, 5.0, 2.0))).text("x", digits=1) == "3.0 x (2.0 to 4.5)"


@pytest.mark.parametrize("mix", [BELIEVABLE, TIERED], ids=["believable", "tiered"])
def test_bare_numpy_multiplies_as_many_lines_as_pricing_produces(mix: Mix) -> None:
    case = engine.case(300, mix)
    rated = engine.price(case.usages, mix)
    assert case.lines == sum(int((one.quantity > 0).sum()) for one in rated)
    for lines, quantities in zip(case.produced, case.bare, strict=True):
        assert lines <= quantities.size < lines + len(engine.MONTHS)


def test_every_pool_of_the_tiered_mix_spans_free_quota_and_four_tiers() -> None:
    (cdt,) = (
        one for one in engine.price(engine.case(20_000, TIERED).usages, TIERED) if one.usage.sku == "cdt-internet"
    )
    assert cdt.pools is not None
    columns, pools, _ = cdt.pools.columns.shape
    assert (columns, pools) == (5, len(workload.ACCOUNTS) * len(TIERED.regions))
    assert (cdt.pools.columns[:, :, 2:] > 0).all()


def test_believable_mix_has_every_kind_of_transfer_in_its_share() -> None:
    inventory = workload.inventory(2000, BELIEVABLE)
    timeline = demand.timeline(inventory)
    public, by_cdt = ~inventory.groups.private, (timeline.cdt_site_hours > 0).any(axis=1)
    shares = [np.mean(kind) * 100 for kind in (public & ~by_cdt, by_cdt)]
    assert shares == pytest.approx([BELIEVABLE.legacy_percent, BELIEVABLE.cdt_percent], abs=4)


def test_largest_example_is_the_table_of_400_branches() -> None:
    assert start_up.largest_example().plan.name == "branches-400"
