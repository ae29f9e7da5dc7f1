"""Prepaid plans are used up: what they offset, what is left, what is lost; and what they cost."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from pricing import offset, pool, prepaid, purchase, rating
from pricing.book import load_books
from pricing.offset import Drawn, Traffic
from pricing.prepaid import Prepaid
from pricing.usage import Baselines, Usage
from tests.support import prepaid_oracle
from tests.support.prepaid_oracle import Plan, Row

GB = 10**6
"""Micro-GB of a GB."""
DOLLAR = 10**9
"""Nano-units."""
REGIONS = ("ap-southeast-1", "cn-beijing", "cn-hangzhou", "eu-central-1")
SINGAPORE, BEIJING, HANGZHOU, FRANKFURT = range(4)


def ints(values: Any) -> pool.Ints:
    return np.array(values, dtype=np.int64)


def months(first: str, count: int) -> list[date]:
    return prepaid_oracle.first_days(date.fromisoformat(f"{first}-01"), count)[:-1]


def of_rows(
    rows: Sequence[tuple[int, int, Any]],
    column: tuple[int, ...] = (1,),
    others: dict[tuple[int, int], Sequence[int]] | None = None,
    sku: str = "cdt-internet",
    amount: Any = None,
) -> Traffic:
    """Traffic of rows (account, region, micro-GB by column and month)."""
    quantity = ints([row[2] for row in rows]).transpose(1, 0, 2)
    others = others or {}
    months = quantity.shape[2]
    return Traffic(
        sku,
        ints(range(len(rows))),
        ints([row[0] for row in rows]),
        ints([row[1] for row in rows]),
        column,
        quantity,
        np.zeros_like(quantity) if amount is None else ints([amount]).reshape(quantity.shape),
        ints([account for account, _ in others]),
        ints([region for _, region in others]),
        ints(list(others.values())).reshape(-1, months),
    )


def cdt_plan(gb: int, start: str = "2027-01-01", name: str = "p", **changes: Any) -> Prepaid:
    plan = Prepaid(name, "cdt-resource-plan", 0, date.fromisoformat(start), 12, gb * GB, area="overseas")
    return dataclasses.replace(plan, **changes)


def savings_plan(per_hour: int, factor: str, start: str = "2027-01-01", name: str = "s", **changes: Any) -> Prepaid:
    day = date.fromisoformat(start)
    plan = Prepaid(name, "tr-savings-plan", 0, day, 12, per_hour=per_hour * DOLLAR, factor=Fraction(factor))
    return dataclasses.replace(plan, **changes)


def gigabytes(values: pool.Ints) -> Any:
    """Whole GB of micro-GB."""
    assert not (values % GB).any()
    return (values // GB).tolist()


# Worked examples


def rated(sku: str, region: int, gb: list[int], first: str, baseline: int = 0) -> Traffic:
    """One row in account 0, with the shipped prices of the international site."""
    one = np.zeros(1, dtype=np.int64)
    quantity = ints([gb]) * GB
    usage = Usage(sku, one, one, one + region, quantity, np.zeros(quantity.shape, dtype=bool))
    before = {(0, region): baseline * GB}
    found = rating.rate(usage, REGIONS, months(first, len(gb)), load_books("intl"), Baselines({sku: before}))
    return offset.traffic(found, before)


def test_official_example_of_a_resource_plan() -> None:
    # 1,020 GB in June, 20 GB free: 1,000 x 0.118 = 118.00. A plan of 1,000 GB costs 108.56: it saves 9.44.
    traffic = rated("cdt-internet", BEIJING, [1020], "2026-06")
    plan = cdt_plan(1000, "2026-06-01", area="mainland", price=108_560_000_000)
    drawn = offset.draw([traffic], [plan], REGIONS, months("2026-06", 1))
    assert traffic.column == (0, 1)
    assert traffic.amount.sum() == 118 * DOLLAR
    assert gigabytes(drawn.offset[0][:, 0, 0]) == [0, 1000]  # the free 20 GB stay as they are
    assert gigabytes((traffic.quantity - drawn.offset[0])[1, 0]) == [0]
    costs = purchase.costs([plan], drawn.use, months("2026-06", 1))
    assert costs.due.tolist() == costs.used.tolist() == [[108_560_000_000]]
    assert 118 * DOLLAR - costs.due.sum() == 9_440_000_000


def test_a_plan_lasts_until_it_is_used_up_or_expires() -> None:
    traffic = of_rows([(0, SINGAPORE, [[400 * GB] * 14])])
    period = months("2027-01", 14)
    large = offset.draw([traffic], [cdt_plan(5000, price=500 * DOLLAR)], REGIONS, period)
    assert gigabytes(large.offset[0][0, 0]) == [400] * 12 + [0, 0]
    assert gigabytes(large.use.remaining[0]) == [5000 - 400 * n for n in range(1, 12)] + [0, 0, 0]
    assert gigabytes(large.use.expired[0]) == [0] * 11 + [200, 0, 0]  # 5,000 - 12 x 400, in the month of the last hour
    small = offset.draw([traffic], [cdt_plan(1000)], REGIONS, period)
    assert gigabytes(small.offset[0][0, 0]) == [400, 400, 200] + [0] * 11
    costs = purchase.costs([cdt_plan(5000, price=500 * DOLLAR)], large.use, period)
    assert costs.used[0].tolist() == [40 * DOLLAR] * 12 + [0, 0]  # 500 x 400 / 5,000
    assert costs.lost[0].tolist() == [0] * 11 + [20 * DOLLAR, 0, 0]


def test_part_of_a_month_counts_by_its_hours() -> None:
    # 16 of the 31 days of January 2027: 16 / 31 of 310 GB; and the first 15 of January 2028.
    traffic = of_rows([(0, SINGAPORE, [[310 * GB] + [0] * 11 + [310 * GB]])])
    drawn = offset.draw([traffic], [cdt_plan(1000, "2027-01-16")], REGIONS, months("2027-01", 13))
    assert gigabytes(drawn.use.by_lines[0]) == [160] + [0] * 11 + [150]
    assert drawn.use.hours[0, [0, 1, 12]].tolist() == [16 * 24, 28 * 24, 15 * 24]


def test_everything_else_draws_first_unless_the_plan_says_otherwise() -> None:
    traffic = of_rows([(0, SINGAPORE, [[300 * GB]])], others={(0, SINGAPORE): [250 * GB]})
    for plan_first, lines, others in ((False, 150, 250), (True, 300, 100)):
        drawn = offset.draw([traffic], [cdt_plan(400)], REGIONS, months("2027-01", 1), plan_first)
        assert (gigabytes(drawn.use.by_lines), gigabytes(drawn.use.by_others)) == ([[lines]], [[others]])
        assert gigabytes(drawn.offset[0]) == [[[lines]]]


def test_regions_of_the_area_share_in_proportion_and_no_others() -> None:
    rows = [(0, SINGAPORE, [[300 * GB]]), (0, HANGZHOU, [[999 * GB]]), (0, FRANKFURT, [[100 * GB]])]
    drawn = offset.draw(
        [of_rows([*rows, (1, FRANKFURT, [[100 * GB]])])], [cdt_plan(200)], REGIONS, months("2027-01", 1)
    )
    assert gigabytes(drawn.offset[0][0, :, 0]) == [150, 0, 50, 0]  # account 1 has no plan


def test_the_lowest_tier_is_offset_first_and_the_free_quota_never() -> None:
    traffic = of_rows([(0, SINGAPORE, [[200 * GB], [100 * GB], [50 * GB]])], column=(0, 1, 2))
    drawn = offset.draw([traffic], [cdt_plan(120)], REGIONS, months("2027-01", 1))
    assert gigabytes(drawn.offset[0][:, 0, 0]) == [0, 100, 20]


def test_the_plan_that_expires_first_goes_first() -> None:
    plans = [cdt_plan(500, "2027-01-01", "late"), cdt_plan(500, "2026-07-01", "early")]
    traffic = of_rows([(0, SINGAPORE, [[150 * GB] * 3])])
    use = offset.draw([traffic], plans, REGIONS, months("2027-01", 3)).use
    assert gigabytes(use.by_lines) == [[0, 0, 0], [150, 150, 150]]
    use = offset.draw([traffic], [plans[0], cdt_plan(200, "2026-07-01", "early")], REGIONS, months("2027-01", 3)).use
    assert gigabytes(use.by_lines) == [[0, 100, 150], [150, 50, 0]]


def test_what_is_left_of_a_plan_can_be_stated() -> None:
    traffic = of_rows([(0, SINGAPORE, [[150 * GB] * 3])])
    plan = cdt_plan(1000, "2026-07-01", remaining=200 * GB, price=100 * DOLLAR)
    use = offset.draw([traffic], [plan], REGIONS, months("2027-01", 3)).use
    assert gigabytes(use.by_lines) == [[150, 50, 0]]
    costs = purchase.costs([plan], use, months("2027-01", 3))
    assert costs.due.sum() == 0  # it was paid before the period
    assert costs.used.tolist() == [[15 * DOLLAR, 5 * DOLLAR, 0]]


def test_a_savings_plan_covers_what_fits_and_the_rest_in_proportion() -> None:
    # January 2027: 744 h x 1 = 744.00 committed; at 0.8 it covers usage worth 930.00.
    amounts = [[[600 * DOLLAR]], [[400 * DOLLAR]], [[200 * DOLLAR]], [[0]]]
    quantity = [(0, SINGAPORE, [[30_000 * GB]]), (0, HANGZHOU, [[20_000 * GB]])]
    other = [(1, HANGZHOU, [[10_000 * GB]]), (0, FRANKFURT, [[5_000 * GB]])]  # another account; no rate known
    traffic = of_rows([*quantity, *other], sku="tr-data-processing", amount=amounts)
    drawn = offset.draw([traffic], [savings_plan(1, "0.8")], REGIONS, months("2027-01", 1))
    assert gigabytes(drawn.offset[0][0, :, 0]) == [27_900, 18_600, 0, 0]  # 930 / 1,000 of each
    assert drawn.use.by_lines.tolist() == [[744 * DOLLAR]]
    drawn = offset.draw([traffic], [savings_plan(2, "0.8")], REGIONS, months("2027-01", 1))
    assert gigabytes(drawn.offset[0][0, :, 0]) == [30_000, 20_000, 0, 0]
    assert drawn.use.by_lines.tolist() == [[800 * DOLLAR]]
    assert drawn.use.expired.tolist() == [[688 * DOLLAR]]  # 1,488 - 800


def test_a_commitment_is_paid_as_it_runs_or_at_the_start() -> None:
    traffic = of_rows([(0, SINGAPORE, [[GB] * 2])], sku="tr-data-processing", amount=[[[372 * DOLLAR, 0]]])
    monthly, upfront = savings_plan(1, "1", monthly=True), savings_plan(1, "1", price=8760 * DOLLAR // 2)
    use = offset.draw([traffic], [monthly], REGIONS, months("2027-01", 2)).use
    costs = purchase.costs([monthly], use, months("2027-01", 2))
    assert costs.due.tolist() == [[744 * DOLLAR, 672 * DOLLAR]]
    assert (costs.used.tolist(), costs.lost.tolist()) == ([[372 * DOLLAR, 0]], [[372 * DOLLAR, 672 * DOLLAR]])
    costs = purchase.costs([upfront], use, months("2027-01", 2))  # half as dear: 0.50 an hour
    assert costs.due.tolist() == [[4380 * DOLLAR, 0]]
    assert (costs.used.tolist(), costs.lost.tolist()) == ([[186 * DOLLAR, 0]], [[186 * DOLLAR, 336 * DOLLAR]])


def test_the_free_quota_is_given_up_in_every_month_that_a_large_plan_touches() -> None:
    def plan(tb: int, account: int, start: str) -> Prepaid:
        kind = prepaid.kinds()["vbr-outbound-plan"]
        return Prepaid("p", "vbr-outbound-plan", account, date.fromisoformat(start), 12, kind.micro(tb))

    plans = [plan(100, 1, "2026-02-15"), plan(10, 0, "2026-01-01")]
    period = months("2026-01", 15)
    lost = prepaid.gives_up_free_quota("vbr-outbound", plans, 2, period)
    assert lost.tolist() == [[False] * 15, [False] + [True] * 13 + [False]]  # until 2027-02-15
    assert not prepaid.gives_up_free_quota("cdt-internet", plans, 2, period).any()


def test_outbound_traffic_without_a_free_quota_has_no_pools_and_is_offset_all_the_same() -> None:
    traffic = rated("vbr-outbound", FRANKFURT, [3000], "2027-01", baseline=500)
    plan = Prepaid("p", "vbr-outbound-plan", 0, date(2027, 1, 1), 12, 1024 * GB)
    use = offset.draw([traffic], [plan], REGIONS, months("2027-01", 1)).use
    assert (gigabytes(use.by_others), gigabytes(use.by_lines)) == ([[500]], [[524]])


def test_nothing_offsets_usage_without_a_billing_rule() -> None:
    traffic = dataclasses.replace(of_rows([(0, SINGAPORE, [[GB]])]), priceable=False)
    assert not offset.draw([traffic], [cdt_plan(100)], REGIONS, months("2027-01", 1)).offset[0].any()


@pytest.mark.parametrize(
    ("start", "term", "end"),
    [
        ("2027-01-01", 12, "2028-01-01"),
        ("2027-03-15", 12, "2028-03-15"),
        ("2028-02-29", 12, "2029-03-01"),  # 28 February is its last day
        ("2027-02-28", 12, "2028-02-28"),
        ("2027-01-31", 1, "2027-03-01"),
        ("2027-01-31", 3, "2027-05-01"),
    ],
)
def test_a_term_ends_on_the_same_day_of_the_month(start: str, term: int, end: str) -> None:
    assert prepaid.months_later(date.fromisoformat(start), term) == date.fromisoformat(end)


def test_too_much_is_refused() -> None:
    traffic = of_rows([(0, SINGAPORE, [[2**59]])] * 3)
    with pytest.raises(pool.QuantityTooLargeError):
        offset.draw([traffic], [cdt_plan(100)], REGIONS, months("2027-01", 1))


# Properties

quantities = st.one_of(st.integers(0, 9), st.integers(0, 10**10), st.sampled_from([0, 1, 2**51 - 1, 2**51, 2**54]))


@given(quantities, st.integers(0, 2**70), st.integers(1, 2**70), st.booleans())
def test_a_share_is_exact(quantity: int, part: int, whole: int, small: bool) -> None:
    whole = whole % 2**60 + 1 if small else whole
    part %= whole + 1
    assert offset.share(ints([quantity]), part, whole).tolist() == [quantity * part // whole]


class Case(NamedTuple):
    traffic: tuple[Traffic, ...]
    plans: list[Prepaid]
    months: list[date]
    plan_first: bool

    def draw(self, plans: list[Prepaid] | None = None) -> Drawn:
        return offset.draw(self.traffic, self.plans if plans is None else plans, REGIONS, self.months, self.plan_first)


@st.composite
def traffics(draw: DrawFn, sku: str, count: int) -> Traffic:
    """Up to five rows of two accounts in four regions, two of them in one area, with up to three paid columns."""
    column = tuple(sorted(draw(st.sets(st.integers(0, 3), min_size=1, max_size=3))))
    places = draw(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 3)), min_size=1, max_size=5))
    shape = (len(column), len(places), count)
    size = int(np.prod(shape))
    quantity = ints(draw(st.lists(quantities, min_size=size, max_size=size))).reshape(shape)
    rate = ints(draw(st.lists(st.integers(0, 3), min_size=len(column), max_size=len(column))))
    rate[[k for k, c in enumerate(column) if c == 0]] = 0
    others = draw(st.dictionaries(st.tuples(st.integers(0, 1), st.integers(0, 3)), quantities, max_size=3))
    subject = ints(draw(st.permutations(range(len(places)))))
    amount = quantity * rate[:, None, None]
    volumes = np.repeat(ints(list(others.values()))[:, None], count, axis=1)
    own = ints([a for a, _ in places]), ints([r for _, r in places])
    return Traffic(
        sku,
        subject,
        *own,
        column,
        quantity,
        amount,
        ints([a for a, _ in others]),
        ints([r for _, r in others]),
        volumes,
    )


@st.composite
def cases(draw: DrawFn) -> Case:
    """Up to five months from January 2028, a leap year, and up to four plans that begin and end anywhere."""
    count = draw(st.integers(1, 5))
    skus = ("cdt-internet", "tr-data-processing", "tr-data-processing-vpc")
    plans = [draw(prepaids(f"p{n}")) for n in range(draw(st.integers(0, 4)))]
    traffic = tuple(draw(traffics(sku, count)) for sku in skus)
    return Case(traffic, plans, months("2028-01", count), draw(st.booleans()))


@st.composite
def prepaids(draw: DrawFn, name: str) -> Prepaid:
    day = draw(st.dates(date(2027, 11, 1), date(2028, 6, 2)))
    start = draw(st.sampled_from([day, day.replace(day=1), date(2028, 2, 29)]))
    account, term = draw(st.integers(0, 1)), draw(st.integers(1, 14))
    if draw(st.booleans()):
        area = draw(st.sampled_from(["mainland", "overseas", "europe"]))
        return Prepaid(name, "cdt-resource-plan", account, start, term, draw(quantities) + 1, area=area)
    factor = Fraction(draw(st.sampled_from(["1", "0.9", "0.123456789012", "0.01"])))
    per_hour = draw(st.integers(1, 10**8))
    return Prepaid(name, "tr-savings-plan", account, start, term, per_hour=per_hour, factor=factor)


def offsets_by_cell(case: Case, drawn: Drawn) -> dict[tuple[str, int, int, int], int]:
    return {
        (one.sku, int(one.subject[n]), m, one.column[k]): int(own[k, n, m])
        for one, own in zip(case.traffic, drawn.offset, strict=True)
        for k, n, m in zip(*np.nonzero(own), strict=True)
    }


def rows_of(one: Traffic) -> list[Row]:
    return [
        Row(
            int(one.subject[n]),
            int(one.account[n]),
            REGIONS[one.region[n]],
            [
                {c: (int(one.quantity[k, n, m]), int(one.amount[k, n, m])) for k, c in enumerate(one.column)}
                for m in range(one.quantity.shape[2])
            ],
        )
        for n in range(len(one.subject))
    ]


@given(cases())
def test_plans_offset_what_the_oracle_says(case: Case) -> None:
    plans = [
        Plan(p.name, p.account, p.start, p.end, p.quantity, p.area or "all", p.per_hour, p.factor) for p in case.plans
    ]
    cdt, *processing = case.traffic
    others = {
        (int(a), REGIONS[r]): volumes.tolist()
        for a, r, volumes in zip(cdt.others_account, cdt.others_region, cdt.others, strict=True)
    }
    first, count = case.months[0], len(case.months)
    volumes = [plan for plan in plans if plan.quantity]
    found = [(cdt.sku, prepaid_oracle.volumes(rows_of(cdt), others, volumes, first, count, case.plan_first))]
    for account in (0, 1):
        own = [plan for plan in plans if plan.per_hour and plan.account == account]
        both = [  # subjects of the second item are told apart
            row._replace(subject=row.subject + 100 * number)
            for number, one in enumerate(processing)
            for row in rows_of(one)
            if row.account == account
        ]
        found.append(("processing", prepaid_oracle.commitments(both, own, first, count)))
    expected = {}
    for sku, outcome in found:
        for (subject, m, k), quantity in outcome.offset.items():
            name = sku if sku == cdt.sku else processing[subject // 100].sku
            if quantity:
                expected[name, subject % 100, m, k] = quantity
    drawn = case.draw()
    assert offsets_by_cell(case, drawn) == expected
    for table, name in (("by_others", "others"), ("by_lines", "lines"), ("expired", "lost")):
        told = {key: value for _, outcome in found for key, value in getattr(outcome, name).items() if value}
        ours = getattr(drawn.use, table)
        assert told == {(case.plans[q].name, int(m)): int(ours[q, m]) for q, m in zip(*np.nonzero(ours), strict=True)}


@given(cases())
def test_offsets_stay_within_the_usage_and_uses_within_what_was_bought(case: Case) -> None:
    drawn = case.draw()
    for one, own in zip(case.traffic, drawn.offset, strict=True):
        assert ((own >= 0) & (own <= one.quantity)).all()
        assert not own[[k for k, column in enumerate(one.column) if column == 0]].any()
    use = drawn.use
    assert all((table >= 0).all() for table in (use.by_others, use.by_lines, use.expired, use.remaining))
    spent = (use.by_others + use.by_lines + use.expired).sum(axis=1)
    assert (spent + use.remaining[:, -1]).tolist() == use.bought.sum(axis=1).tolist()
    for row, plan in enumerate(case.plans):
        if plan.quantity:
            assert use.bought[row].sum() == (plan.quantity if use.hours[row].any() else 0)
    offset_of_cdt = drawn.offset[0].sum(axis=(0, 1))
    of_volumes = [bool(plan.quantity) for plan in case.plans]
    assert offset_of_cdt.tolist() == use.by_lines[of_volumes].sum(axis=0).tolist()


@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_plans_does_not_matter(case: Case, random: Any) -> None:
    def shuffled(one: Traffic) -> Traffic:
        order = random.sample(range(len(one.subject)), len(one.subject))
        own = {name: getattr(one, name)[order] for name in ("subject", "account", "region")}
        return dataclasses.replace(one, **own, quantity=one.quantity[:, order], amount=one.amount[:, order])

    plans = random.sample(case.plans, len(case.plans))
    other = case._replace(traffic=tuple(map(shuffled, case.traffic)), plans=plans)
    assert offsets_by_cell(other, other.draw()) == offsets_by_cell(case, case.draw())


@given(cases(), quantities, quantities)
def test_one_plan_covers_what_two_cover_that_are_as_large_together(case: Case, a: int, b: int) -> None:
    plan = next((p for p in case.plans if p.quantity), cdt_plan(1, "2028-01-20"))
    rest = [p for p in case.plans if p.name != plan.name]
    one = dataclasses.replace(plan, quantity=a + b + 2)
    two = [dataclasses.replace(plan, name=plan.name + n, quantity=q + 1) for n, q in (("", a), ("-and", b))]
    single, double = case.draw([*rest, one]), case.draw([*rest, *two])
    for tables in ((single.use.by_lines, double.use.by_lines), (single.use.by_others, double.use.by_others)):
        assert tables[0][-1].tolist() == tables[1][-2:].sum(axis=0).tolist()
    rows = len(case.traffic[0].subject)
    assert abs(single.offset[0] - double.offset[0]).max() <= 20 * rows  # shares are whole micro-GB


@given(cases(), quantities)
def test_more_gb_never_offset_less(case: Case, more: int) -> None:
    plan = next((p for p in case.plans if p.quantity), cdt_plan(1, "2028-01-20"))
    plans = [p if p.name != plan.name else dataclasses.replace(p, quantity=p.quantity + more) for p in case.plans]
    before, after = case.draw().offset[0], case.draw(plans).offset[0]
    assert (after.sum(axis=(0, 1)).cumsum() >= before.sum(axis=(0, 1)).cumsum()).all()


@given(cases(), st.integers(0, 10**12))
def test_what_a_plan_costs_is_used_or_lost(case: Case, price: int) -> None:
    plans = [dataclasses.replace(plan, price=price) for plan in case.plans]
    period = months("2027-11", 22)  # from the first start to the last end
    wide = []
    for one in case.traffic:
        around = (2, 20 - len(case.months))  # months without usage
        own = {name: np.pad(getattr(one, name), [(0, 0), (0, 0), around]) for name in ("quantity", "amount")}
        wide.append(dataclasses.replace(one, **own, others=np.pad(one.others, [(0, 0), around])))
    costs = purchase.costs(plans, offset.draw(wide, plans, REGIONS, period).use, period)
    for row in range(len(plans)):
        assert costs.due[row].sum() == costs.used[row].sum() + costs.lost[row].sum() == price
    assert min(costs.used.min(initial=0), costs.lost.min(initial=0)) == 0
