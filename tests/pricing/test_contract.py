"""List price and contracted price: discounts, expected changes, contract rates, and columns over the bounds of both."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from planner.core.problem import InputError
from planner.core.source import parse_yaml
from pricing import line_item, rating
from pricing.book import Books, Rate, load_books
from pricing.rating import Rated
from pricing.usage import Usage

REGIONS = ("ap-southeast-1", "eu-central-1", "cn-hangzhou")
DAY = date(2027, 1, 1)
HEAD = """\
version: 1
title: frame agreement
site: intl
currency: USD
references: {deal: {title: Frame agreement 4711, read_on: 2026-11}, guess: {title: Treasury, read_on: 2026-11}}
"""


def books(*texts: str) -> Books:
    return load_books("intl", [parse_yaml(HEAD + text, f"book-{n}.yaml") for n, text in enumerate(texts)])


def discount(percent: str, more: str = "") -> str:
    return f"discounts:\n  - {{discount_percent: {percent}, evidence: contract, source: deal{more}}}\n"


def expected(percent: str, more: str = "") -> str:
    return f"expected:\n  - {{change_percent: {percent}, evidence: assumed, source: guess{more}}}\n"


def contracted(known: Books, sku: str, region: str = "eu-central-1", on: date = DAY) -> Rate:
    return known.schedule(sku, region, on)[0].rate


def listed(known: Books, sku: str, region: str = "eu-central-1", on: date = DAY) -> Rate:
    return known.list_schedule(sku, region, on)[0].rate


def test_a_discount_is_taken_off_the_list_price_and_leaves_it() -> None:
    known = books(discount("12"))
    assert contracted(known, "tr-connection").value == Decimal("0.0528")  # 0.06 x 0.88
    assert listed(known, "tr-connection").value == Decimal("0.06")
    assert contracted(known, "tr-connection").base == Decimal("0.06")


def test_a_discounted_price_is_as_sure_as_the_weaker_of_both_sources() -> None:
    rate = contracted(books(discount("12")), "tr-connection")
    assert (rate.reference.evidence, rate.adjustments[0].reference.evidence) == ("secondary", "contract")
    assert rate.evidence == "secondary"
    assert [one.title for one in rate.references][1] == "Frame agreement 4711"


def test_a_discount_of_0_changes_nothing() -> None:
    for sku in ("tr-connection", "cdt-internet", "vbr-outbound"):
        assert books(discount("0")).schedule(sku, "eu-central-1", DAY) == books().schedule(sku, "eu-central-1", DAY)


@pytest.mark.parametrize(
    ("sku", "region", "rate"),
    [
        ("tr-connection", "eu-central-1", "0.048"),  # 0.06 x 0.80: the item in the region
        ("tr-connection", "us-east-1", "0.051"),  # 0.06 x 0.85: the item elsewhere
        ("ipsec-connection", "eu-central-1", "0.054"),  # 0.06 x 0.90: all items in the area
        ("ipsec-connection", "us-east-1", "0.057"),  # 0.06 x 0.95: all items everywhere
    ],
)
def test_a_discount_on_an_item_beats_one_on_all_and_a_region_beats_an_area(sku: str, region: str, rate: str) -> None:
    entries = [
        "discount_percent: 5",
        "discount_percent: 10, scope: europe",
        "discount_percent: 15, items: tr-connection",
        "discount_percent: 20, items: [tr-connection, vbr-outbound], scope: [eu-central-1, eu-west-1]",
    ]
    rows = "".join(f"  - {{{entry}, evidence: contract, source: deal}}\n" for entry in entries)
    assert contracted(books(f"discounts:\n{rows}"), sku, region).value == Decimal(rate)


def test_a_discount_holds_for_its_months_only() -> None:
    known = books(discount("50", ", effective_from: 2027-03-01, effective_until: 2027-05-01"))
    found = [contracted(known, "tr-connection", on=date(2027, month, 1)).value for month in (2, 3, 4, 5)]
    assert found == [Decimal("0.06"), Decimal("0.03"), Decimal("0.03"), Decimal("0.06")]


def test_a_later_book_has_the_stronger_discount() -> None:
    assert contracted(books(discount("10"), discount("50")), "tr-connection").value == Decimal("0.03")


def test_list_prices_change_as_expected_and_the_discount_is_taken_off_the_changed_price() -> None:
    known = books(expected("-5", ", effective_from: 2028-01-01") + discount("10"))
    assert listed(known, "tr-connection", on=date(2027, 12, 1)).value == Decimal("0.06")
    assert listed(known, "tr-connection", on=date(2028, 1, 1)).value == Decimal("0.057")  # 0.06 x 0.95
    after = contracted(known, "tr-connection", on=date(2028, 1, 1))
    assert after.value == Decimal("0.0513")  # 0.057 x 0.90
    assert (after.base, after.evidence) == (Decimal("0.06"), "assumed")
    assert [one.kind for one in after.adjustments] == ["expected change", "discount"]


CONTRACT = """\
items:
  tr-connection:
    rates: [{scope: all, rate: 0.05, evidence: contract, source: deal}]
"""


def test_a_contract_rate_is_net() -> None:
    known = books(CONTRACT, discount("10"), expected("100"))
    assert contracted(known, "tr-connection").value == Decimal("0.05")
    assert listed(known, "tr-connection").value == Decimal("0.12")  # 0.06 doubled, as expected


def test_a_contract_rate_stands_although_a_later_book_knows_another_list_price() -> None:
    list_price = "items: {tr-connection: {rates: [{scope: all, rate: 0.07, evidence: official, source: guess}]}}\n"
    known = books(CONTRACT, list_price)
    assert contracted(known, "tr-connection").value == Decimal("0.05")
    assert listed(known, "tr-connection").value == Decimal("0.07")


def test_a_rate_keeps_ten_decimals_rounded_half_up() -> None:
    known = books(discount("33.333333"))
    assert contracted(known, "vbr-outbound").value == Decimal("0.0126666667")  # 0.019 x 0.66666667 = 0.01266666673


def priced(known: Books, sku: str, gb: int, region: int = 0) -> Rated:
    codes = np.array([0]), np.array([0]), np.array([region])
    used = Usage(sku, *codes, np.array([[gb * 10**6]]), np.zeros((1, 1), dtype=bool))
    return rating.rate(used, REGIONS, [DAY], known)


def lines(rated: Rated) -> list[tuple[int, str, str | None, str, str]]:
    """(tier, GB, list rate, contracted rate, contracted cost) of each line."""
    found = line_item.assemble([rated])
    return [
        (
            int(found.tier[i]),
            str(int(found.quantity[i]) // 10**6),
            str(found.rates[found.list_rate[i]].value) if found.list_rate[i] >= 0 else None,
            str(found.rates[found.rate[i]].value),
            f"{Decimal(int(found.contracted[i])).scaleb(-9).normalize():f}",
        )
        for i in range(len(found.month))
    ]


TIERS = """\
items:
  cdt-internet:
    rates:
      - scope: all
        tiers: [{from: 0, to: 20480, rate: 0.08}, {from: 20480, rate: 0.05}]
        evidence: contract
        source: deal
"""


def test_a_line_has_one_list_rate_and_one_contracted_rate_whatever_the_bounds_of_both() -> None:
    # Singapore, 30,200 GB, 200 free. List tiers 0-10,240-51,200 (0.10, 0.07); contract 0-20,480 (0.08, 0.05).
    assert lines(priced(books(TIERS), "cdt-internet", 30_200)) == [
        (0, "200", "0", "0", "0"),
        (1, "10240", "0.10", "0.08", "819.2"),  # 10,240 x 0.08
        (2, "10240", "0.07", "0.08", "819.2"),
        (3, "9520", "0.07", "0.05", "476"),  # 9,520 x 0.05
    ]


def test_what_a_contract_alone_prices_has_no_list_cost() -> None:
    # Beyond 10 TB no list price of the mainland is known.
    rated = priced(books(TIERS), "cdt-internet", 10_260, region=2)
    assert lines(rated)[-1] == (1, "10240", "0.118", "0.08", "819.2")
    rated = priced(books(TIERS), "cdt-internet", 10_360, region=2)
    assert lines(rated)[-1] == (2, "100", None, "0.08", "8")
    assert not rated.unpriced.any()
    assert rated.list_unpriced.all()


def test_without_contracts_both_sides_are_one_array() -> None:
    rated = priced(books(), "cdt-internet", 30_200)
    assert rated.list_amount is rated.amount


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (discount("101"), "discount_percent must be a number of 0 to 100, not '101'"),
        (discount("5", ", items: tr-conection"), "unknown item 'tr-conection'"),
        (discount("5", ", scope: atlantis"), "unknown scope 'atlantis'"),
        (discount("5").replace("source: deal", "source: dael"), "'dael' is not among the references"),
        (expected("-100"), "change_percent must be a number above -100"),
        (
            discount("5") + "  - {discount_percent: 6, evidence: contract, source: deal}\n",
            "the validity of this entry and of the one in line 7 overlap in scope 'all'",
        ),
        ("", "the book has neither items nor discounts nor expected changes"),
    ],
)
def test_wrong_adjustments_are_told_with_their_place(text: str, said: str) -> None:
    with pytest.raises(InputError) as error:
        books(text)
    (problem,) = error.value.problems
    assert said in problem.message
    assert problem.remedy
    assert problem.location.file == "book-0.yaml"
