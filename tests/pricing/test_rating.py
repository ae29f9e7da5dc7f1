"""Usage becomes amounts: each with the rate of its own region and month, wherever its row stands."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.core.provenance import Reference
from planner.core.source import parse_yaml
from pricing import rating
from pricing.book import Books, Rate, load_books
from pricing.rating import Options
from pricing.usage import Baselines, Usage
from tests import oracle

REGIONS = ("ap-southeast-1", "cn-hangzhou", "eu-central-1")
JANUARY = date(2027, 1, 1)

BOOK = """
version: 1
title: contract
site: intl
currency: USD
references: {contract: {title: contract, read_on: 2026-11}}
items:
  tr-connection:
    rates:
      - {scope: ap-southeast-1, rate: 1, evidence: contract, source: contract}
      - {scope: cn-hangzhou, rate: 10, evidence: contract, source: contract}
      - {scope: eu-central-1, rate: 100, evidence: contract, source: contract}
"""


def books() -> Books:
    return load_books("intl", [parse_yaml(BOOK, "book.yaml")])


def usage(sku: str, account: list[int], region: list[int], quantity: list[int]) -> Usage:
    """Usage of one month in units; subjects in the order of the rows."""
    micro = np.array(quantity, dtype=np.int64)[:, None] * 10**6
    columns = (np.array(codes, dtype=np.int64) for codes in (range(len(account)), account, region))
    return Usage(sku, *columns, micro, np.zeros(micro.shape, dtype=bool))


LANES = """
version: 1
title: contract
site: cn
currency: CNY
references: {contract: {title: contract, read_on: 2026-11}}
items:
  inter-region-gold:
    rates:
      - {scope: cn-beijing>cn-hangzhou, rate: 0.3, evidence: contract, source: contract}
      - {scope: cn-beijing>mainland, rate: 0.4, evidence: contract, source: contract}
  tr-data-processing:
    rates:
      - {scope: ap-southeast-1, rate: 0.2, evidence: contract, source: contract}
"""


def nano(units: str) -> int:
    return int(Decimal(units).scaleb(9))


def test_a_lane_has_the_rate_of_the_narrowest_scope_that_knows_it() -> None:
    lanes = ("cn-beijing>cn-hangzhou", "cn-beijing>cn-shanghai", "cn-hangzhou>cn-beijing", "eu-west-1>ap-southeast-1")
    used = usage("inter-region-gold", [0] * 4, [1, 1, 1, 2], [100] * 4)
    used = dataclasses.replace(used, lane=np.arange(4), lanes=lanes)
    rated = rating.rate(used, REGIONS, [JANUARY], load_books("cn", [parse_yaml(LANES, "book.yaml")]))
    # 100 GB × 0.3, × 0.4 (of the contract), × 0.48 and × 0.525 (of the list, by area)
    assert rated.amount[0, :, 0].tolist() == [nano("30"), nano("40"), nano("48"), nano("52.5")]
    assert not rated.unpriced.any()


def test_a_lane_without_a_rate_is_unpriced() -> None:
    used = usage("inter-region-gold", [0], [1], [100])
    used = dataclasses.replace(used, lane=np.array([0]), lanes=("cn-beijing>cn-hangzhou",))
    assert rating.rate(used, REGIONS, [JANUARY], load_books("intl")).unpriced.all()


def test_given_rates_need_no_price_book_and_an_unknown_one_is_unpriced() -> None:
    reference = Reference("offer", None, "2026-11", "assumed")
    rates = (Rate(Decimal("1200.50"), reference, "line", None, "plan", ""), None)
    used = usage("leased-line", [0, 0, 0], [0, 1, 2], [1, 2, 1])
    used = dataclasses.replace(used, lane=np.array([0, 0, 1]), lanes=("line", "other"), rates=rates)
    rated = rating.rate(used, REGIONS, [JANUARY], load_books("intl"))
    assert rated.amount[0, :, 0].tolist() == [nano("1200.50"), nano("2401"), 0]
    assert rated.unpriced[:, 0].tolist() == [False, False, True]


def test_an_item_can_have_the_prices_of_another() -> None:
    used = usage("tr-data-processing-vpc", [0, 0], [0, 1], [50, 50])
    rated = rating.rate(used, REGIONS, [JANUARY], load_books("cn", [parse_yaml(LANES, "book.yaml")]))
    assert rated.amount[0, :, 0].tolist() == [
        nano("10"),
        nano("6.5"),
    ]  # 50 × 0.2 of the contract, 50 × 0.13 of the list


def test_only_what_occurs_is_looked_up() -> None:
    used = usage("tr-connection", [0], [1], [1])
    rated = rating.rate(used, (*REGIONS, "atlantis"), [JANUARY], books())  # a region that no table has
    assert [rate.scope for rate in rated.prices.rates] == ["cn-hangzhou", "mainland"]  # contract and list


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=8))
def test_each_row_has_the_rate_of_its_own_region(rows: list[tuple[int, int]]) -> None:
    # Rows of several accounts may begin and end with one region and hold others in between.
    used = usage("tr-connection", [row[0] for row in rows], [row[1] for row in rows], [1] * len(rows))
    rated = rating.rate(used, REGIONS, [JANUARY], books())
    amount_of = dict(zip(rated.usage.subject.tolist(), rated.amount[0, :, 0].tolist(), strict=True))
    assert amount_of == {subject: 10 ** (9 + region) for subject, (_, region) in enumerate(rows)}


@pytest.mark.parametrize("rows", [256, 257, 600])
def test_rows_beyond_a_block_have_the_rates_of_their_regions(rows: int) -> None:
    random = np.random.default_rng(rows)
    account, region = random.integers(0, 3, rows).tolist(), random.integers(0, 3, rows).tolist()
    rated = rating.rate(usage("tr-connection", account, region, [2] * rows), REGIONS, [JANUARY], books())
    amount_of = dict(zip(rated.usage.subject.tolist(), rated.amount[0, :, 0].tolist(), strict=True))
    assert amount_of == {subject: 2 * 10 ** (9 + code) for subject, code in enumerate(region)}


def cdt(before: int, plan: int, inside: bool = False) -> dict[int, int]:
    """GB of a plan in Singapore by tier, beside a baseline in the same account and region; 0 is free."""
    baselines = Baselines({"cdt-internet": {(0, 0): before * 10**6}})
    options = Options(free_quota_inside_tier_1=inside)
    rated = rating.rate(usage("cdt-internet", [0], [0], [plan]), REGIONS, [JANUARY], books(), baselines, options)
    return {tier: int(rated.quantity[k, 0, 0]) // 10**6 for k, tier in enumerate(rated.column)}


def test_a_baseline_takes_the_free_quota_and_the_tiers_before_the_plan() -> None:
    assert cdt(0, 300) == {0: 200, 1: 100}
    assert cdt(150, 300) == {0: 50, 1: 250}
    assert cdt(10_000, 1_000) == {1: 440, 2: 560}  # 10,240 - (10,000 - 200) = 440 are left of tier 1
    assert cdt(160_000, 1_000) == {4: 1_000}


def test_free_gb_inside_tier_1_count_towards_the_tiers() -> None:
    assert cdt(0, 10_300, inside=True) == {0: 200, 1: 10_040, 2: 60}
    assert cdt(0, 10_300) == {0: 200, 1: 10_100}
    assert cdt(10_000, 1_000, inside=True) == {1: 240, 2: 760}


def bill(gigabytes: int) -> int:
    """What an account pays for CDT traffic in Singapore in a month, nano-units: 200 GB are free."""
    columns = oracle.Prices("intl", []).columns("cdt-internet", "ap-southeast-1", JANUARY)
    parts = oracle.overlap(0, max(gigabytes - 200, 0) * 10**6, columns)
    return sum(oracle.cost(part, one.rate) for one, part in zip(columns, parts, strict=False) if one.rate is not None)


@pytest.mark.parametrize(
    ("before", "plan"), [(0, 100), (0, 20_000), (150, 300), (10_000, 1_000), (51_200, 120_000), (200_000, 5)]
)
def test_a_plan_costs_what_its_account_pays_more_because_of_it(before: int, plan: int) -> None:
    baselines = Baselines({"cdt-internet": {(0, 0): before * 10**6}})
    rated = rating.rate(usage("cdt-internet", [0], [0], [plan]), REGIONS, [JANUARY], books(), baselines)
    assert int(rated.amount.sum()) == bill(before + plan) - bill(before)
