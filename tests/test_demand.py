"""Hours and GB of a plan: clock hours, growth, and the split between billing modes."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.core.period import NEVER, Month, Period, seconds
from planner.core.problem import InputError
from planner.demand import MOST_MICRO_GB, Growth, _nearest, clock_hours, scale
from planner.meter import share_of
from planner.plan import Plan
from tests import oracle
from tests.support import plans

Ints = np.ndarray[Any, np.dtype[np.int64]]


def ints(values: object) -> Ints:
    return np.array(values, dtype=np.int64)


# clock hours


FEBRUARY = Period(Month(2027, 2), 2)
MINUTE = timedelta(minutes=1)


def minute(number: int) -> datetime:
    """An instant around the period from February to March 2027."""
    return datetime(2027, 1, 25) + number * MINUTE


def hours_of(start: datetime, end: datetime) -> list[int]:
    bounds = ints(FEBRUARY.bounds)
    return clock_hours(ints([seconds(start)]), ints([seconds(end)]), bounds)[0].tolist()


@settings(max_examples=40)
@given(st.integers(0, 75 * 1440), st.one_of(st.integers(0, 200), st.integers(0, 75 * 1440)))
def test_clock_hours_are_those_that_a_count_of_minutes_touches(begin: int, length: int) -> None:
    touched = {minute(begin + n).replace(minute=0) for n in range(length)}
    expected = [sum((hour.year, hour.month) == (2027, month) for hour in touched) for month in (2, 3)]
    assert hours_of(minute(begin), minute(begin + length)) == expected


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2027-02-01T00:00:00", "2027-02-01T00:00:01", [1, 0]),
        ("2027-02-01T00:59:59", "2027-02-01T01:00:01", [2, 0]),
        ("2027-02-28T23:59:59", "2027-03-01T00:00:01", [1, 1]),
        ("2027-02-01T10:00:00", "2027-02-01T10:00:00", [0, 0]),  # nothing
        ("2027-02-01T10:30:00", "2027-02-01T10:30:00", [0, 0]),
        ("2027-02-01T11:30:00", "2027-02-01T10:30:00", [0, 0]),  # ends before it begins
        ("2026-01-01T00:00:00", "2030-01-01T00:00:00", [672, 744]),
        ("2027-04-01T00:00:00", "2027-04-02T00:00:00", [0, 0]),
    ],
)
def test_clock_hours_at_the_edges(start: str, end: str, hours: list[int]) -> None:
    assert hours_of(datetime.fromisoformat(start), datetime.fromisoformat(end)) == hours


def test_what_never_ends_fills_the_month() -> None:
    bounds = ints(Period(Month(2028, 1), 3).bounds)
    assert clock_hours(ints([0]), ints([NEVER]), bounds).tolist() == [[744, 696, 744]]  # a leap year
    assert clock_hours(ints([NEVER]), ints([NEVER]), bounds).tolist() == [[0, 0, 0]]


# GB


def growing(*steps: tuple[Fraction, int], hours: tuple[int, ...] = (744,)) -> Growth:
    """Growths as (1 + growth, months from the base month to the first), over months of so many hours."""
    factors = np.array([list(_nearest(step, n, hours)) for step, n in steps])
    return Growth(of_group=ints([]), steps=steps, hours=hours, factors=factors)


def exactly(volume: int, count: int, factor: Fraction) -> int:
    """The rule in fractions; -1 where the result is refused."""
    value = oracle.round_half_up(volume * count * factor)
    return value if value < MOST_MICRO_GB else -1


steps = st.one_of(
    st.sampled_from([Fraction(1), Fraction(203, 200), Fraction(1, 2), Fraction(2)]),
    st.fractions(Fraction(1, 10**6), Fraction(10**6), max_denominator=10**14),
    st.integers(-50 * 10**8, 50 * 10**8).map(lambda percent: Fraction(100 * 10**8 + percent, 10**10)),
)
site_months = st.one_of(st.integers(0, 10**15), st.integers(0, 2000))
site_hours = st.one_of(st.integers(0, 744 * 10**6), st.integers(0, 744))


@given(
    st.lists(st.tuples(steps, st.integers(-40, 120)), min_size=1, max_size=3),
    st.lists(st.tuples(site_months, site_hours, site_hours, st.integers(0, 2)), min_size=1, max_size=5),
)
def test_gb_are_the_exact_fraction_rounded_half_up_once(
    growths: list[tuple[Fraction, int]], rows: list[tuple[int, int, int, int]]
) -> None:
    code = [row[3] % len(growths) for row in rows]
    growth = growing(*growths, hours=(744, 696))
    scaled = scale(ints([row[0] for row in rows]), ints([row[1:3] for row in rows]), growth, ints(code))
    for found, (volume, january, february, _), own in zip(scaled.tolist(), rows, code, strict=True):
        step, first = growths[own]
        assert found == [
            exactly(volume, january, step**first / 744),
            exactly(volume, february, step ** (first + 1) / 696),
        ]


@given(st.integers(0, 2**49), st.integers(1, 10**6), st.sampled_from([-1, 0, 1]))
def test_exact_halves_go_up_and_their_neighbours_do_not_move(units: int, count: int, beside: int) -> None:
    # (2 units + 1) / 2, and the same one part in 2^200 below and above it
    half = (Fraction(2 * units + 1, 2) + Fraction(beside, 2**200)) / count
    scaled = scale(ints([1]), ints([[count]]), growing((half, 1), hours=(1,)), ints([0]))
    assert scaled.tolist() == [[units if beside < 0 else units + 1]]


def test_gb_just_below_the_limit_are_kept_and_those_at_it_refused() -> None:
    most = MOST_MICRO_GB
    growth = growing((Fraction(most - 1, most), 1), (Fraction(1), 1), (Fraction(2), 1), hours=(1,))
    scaled = scale(ints([most // 4] * 3), ints([[4]] * 3), growth, ints([0, 1, 2]))
    assert scaled.tolist() == [[most - 1], [-1], [-1]]


@pytest.mark.parametrize(
    ("step", "first", "scaled"),
    [
        (Fraction(2), 20000, [-1, 0]),
        (Fraction(10**15), 2400, [-1, 0]),
        (Fraction(1, 2), 20000, [0, 0]),
        (Fraction(10**10 + 1, 10**12), -2400, [-1, 0]),
    ],
)
def test_growth_beyond_every_float_is_exact_or_refused(step: Fraction, first: int, scaled: list[int]) -> None:
    growth = growing((step, first))
    assert scale(ints([10**15, 10**15]), ints([[744], [0]]), growth, ints([0, 0])).ravel().tolist() == scaled


@given(st.integers(0, 2**51), st.integers(0, 10**9), st.integers(0, 10**9))
def test_a_share_by_hours_is_rounded_half_up(quantity: int, part: int, rest: int) -> None:
    whole = part + rest
    share = share_of(ints([[quantity]]), ints([[part]]), ints([[whole]]))
    if whole:
        assert share.tolist() == [[oracle.round_half_up(Fraction(quantity * part, whole))]]


# plans


def planned(folder: Path, entry: dict[str, Any], months: int = 3, **estate: Any) -> Plan:
    """One public group in Frankfurt, from January 2027 on."""
    plan = {
        "version": "1",
        "name": "demand",
        "currency": "USD",
        "period": {"start": "2027-01", "months": str(months)},
        "attachments": {"g": {"network_type": "public", "transit_router": "tr", **entry}},
    }
    landing = {
        "version": "1",
        "accounts": {"own": {"site": "intl"}},
        "transit_routers": {"tr": {"region": "eu-central-1", "account": "own"}},
        **estate,
    }
    return plans.planned(folder, plan, landing)


def gigabytes(plan: Plan, sku: str) -> dict[str, Fraction | None]:
    """GB by month; None where unknown."""
    found: dict[str, Fraction | None] = {}
    for line in plans.lines_of(plan):
        if line.sku == sku:
            before = found.get(line.month) or Fraction(0)
            found[line.month] = None if line.quantity is None else before + Fraction(line.quantity, 10**6)
    return found


def test_traffic_grows_from_its_base_month_on_in_both_directions(tmp_path: Path) -> None:
    traffic = {"from_data_center_gb": "100", "monthly_growth_percent": "10", "base_month": "2027-02"}
    plan = planned(tmp_path, {"sites": "1", "traffic": traffic})
    assert gigabytes(plan, "tr-data-processing") == {
        "2027-01": Fraction("90.909091"),  # 100 / 1.1, rounded half up to a millionth
        "2027-02": 100,
        "2027-03": 110,
    }


def test_traffic_of_part_of_a_month_follows_the_site_hours(tmp_path: Path) -> None:
    plan = planned(tmp_path, {"sites": "2", "start": "2027-01-31", "traffic": {"from_data_center_gb": "93"}})
    assert gigabytes(plan, "tr-data-processing") == {
        "2027-01": 6,  # 2 × 93 × 24 / 744
        "2027-02": 186,
        "2027-03": 186,
    }


def test_more_connections_per_site_do_not_add_traffic(tmp_path: Path) -> None:
    traffic = {"from_data_center_gb": "93"}
    one = planned(tmp_path, {"sites": "2", "traffic": traffic})
    three = planned(tmp_path, {"sites": "2", "traffic": traffic, "connections_per_site": "3"})
    assert gigabytes(one, "tr-data-processing") == gigabytes(three, "tr-data-processing")
    assert int(three.timeline.connection_hours.sum()) == 3 * int(one.timeline.connection_hours.sum())


def test_traffic_that_is_not_stated_is_unknown_and_not_nothing(tmp_path: Path) -> None:
    plan = planned(tmp_path, {"sites": "1", "start": "2027-02-10", "traffic": {"from_data_center_gb": "0"}})
    assert gigabytes(plan, "tr-data-processing") == {}  # known to be nothing
    assert gigabytes(plan, "cdt-internet") == {"2027-02": None, "2027-03": None}  # none before there is a site


def test_a_group_whose_steps_differ_splits_its_gb_by_hours(tmp_path: Path) -> None:
    rollout = [{"date": "2026-02-28", "add_sites": "1"}, {"date": "2026-03-01", "add_sites": "2"}]
    plan = planned(tmp_path, {"rollout": rollout, "traffic": {"to_data_center_gb": "0.166667"}}, months=1)
    # three sites send 0.500001 GB, of which CDT bills 0.333334 and the rest is legacy: nothing is lost
    assert gigabytes(plan, "cdt-internet") == {"2027-01": Fraction("0.333334")}
    assert gigabytes(plan, "ipsec-internet-legacy") == {"2027-01": Fraction("0.166667")}


def test_half_a_millionth_of_a_gb_goes_to_cdt(tmp_path: Path) -> None:
    rollout = [{"date": "2026-02-28", "add_sites": "1"}, {"date": "2026-03-01", "add_sites": "1"}]
    traffic = {"to_data_center_gb": "0.000001", "monthly_growth_percent": "50", "base_month": "2026-12"}
    plan = planned(tmp_path, {"rollout": rollout, "traffic": traffic}, months=1)
    # 2 × 0.000001 × 1.5 = 0.000003, halved
    assert gigabytes(plan, "cdt-internet") == {"2027-01": Fraction("0.000002")}
    assert gigabytes(plan, "ipsec-internet-legacy") == {"2027-01": Fraction("0.000001")}


def test_the_site_added_first_is_the_one_removed(tmp_path: Path) -> None:
    rollout = [
        {"date": "2026-02-28", "add_sites": "1"},  # before the rule: legacy
        {"date": "2026-03-01", "add_sites": "1"},
        {"date": "2027-02-01", "remove_sites": "1"},
    ]
    plan = planned(tmp_path, {"rollout": rollout, "traffic": {"to_data_center_gb": "7"}})
    assert gigabytes(plan, "ipsec-internet-legacy") == {"2027-01": 7}
    assert gigabytes(plan, "cdt-internet") == {"2027-01": 7, "2027-02": 7, "2027-03": 7}


def test_from_the_day_of_a_move_on_all_connections_are_on_cdt(tmp_path: Path) -> None:
    entry = {"sites": "1", "start": "2025-01-01", "traffic": {"to_data_center_gb": "31"}}
    plan = planned(tmp_path, entry, cdt_from={"eu-central-1": "2027-01-11"})
    assert gigabytes(plan, "ipsec-internet-legacy") == {"2027-01": 10}  # 10 of 31 days
    assert gigabytes(plan, "cdt-internet") == {"2027-01": 21, "2027-02": 31, "2027-03": 31}


def test_a_plan_that_sends_too_much_is_refused_at_its_group(tmp_path: Path) -> None:
    traffic = {"to_data_center_gb": "1000000000"}
    with pytest.raises(InputError, match=r"'g' sends more than 2\.25 billion GB"):
        planned(tmp_path, {"sites": "3", "traffic": traffic})
    assert gigabytes(planned(tmp_path, {"sites": "2", "traffic": traffic}), "cdt-internet")["2027-01"] == 2 * 10**9
