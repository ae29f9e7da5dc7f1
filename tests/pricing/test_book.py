"""Looking up rates and free quotas, and what is refused in a price book."""

from datetime import date
from decimal import Decimal

import pytest

from planner.core.problem import InputError, Problem
from planner.core.region import REGIONS
from planner.core.source import YamlSource, parse_yaml
from pricing.book import Books, load_books
from pricing.sku import skus

GB = 10**6
DAY = date(2027, 1, 1)

HEAD = """\
version: 1
title: Contract 4711
site: intl
currency: USD
references:
  contract: {title: Contract 4711, read_on: 2026-11}
items:
"""


def book(items: str, head: str = HEAD, name: str = "contract.yaml") -> YamlSource:
    return parse_yaml(head + items, name)


def flat(*entries: str, sku: str = "tr-connection") -> YamlSource:
    """A book of one flat item; each entry is the inside of a mapping."""
    rows = "".join(f"      - {{{entry}, evidence: contract, source: contract}}\n" for entry in entries)
    return book(f"  {sku}:\n    rates:\n{rows}")


def tiers(*bounds: str) -> YamlSource:
    rows = "".join(f"          - {{{bound}}}\n" for bound in bounds)
    return book(
        "  cdt-internet:\n    rates:\n      - scope: all\n        tiers:\n"
        f"{rows}        evidence: contract\n        source: contract\n"
    )


def rate(books: Books, region: str, on: date = DAY, sku: str = "tr-connection") -> Decimal | None:
    found = books.schedule(sku, region, on)
    return found[0].rate.value if found else None


def problems(*extra: YamlSource, site: str = "intl") -> tuple[Problem, ...]:
    with pytest.raises(InputError) as error:
        load_books(site, extra)
    return error.value.problems


def only_problem(*extra: YamlSource, site: str = "intl") -> str:
    """place: message of the one problem there is; it must have a remedy."""
    (problem,) = problems(*extra, site=site)
    assert problem.remedy
    return f"{problem.location}: {problem.message}"


# --- shipped books


@pytest.mark.parametrize(("site", "currency"), [("intl", "USD"), ("cn", "CNY")])
def test_every_shipped_book_is_well_formed(site: str, currency: str) -> None:
    books = load_books(site)
    assert books.currency == currency
    for sku in skus():
        for region in REGIONS:
            books.schedule(sku, region, DAY)


def test_items_come_in_the_order_of_tables() -> None:
    assert list(skus()) == [
        "tr-connection",
        "tr-data-processing",
        "ipsec-connection",
        "ipsec-internet-legacy",
        "cdt-internet",
        "vbr-outbound",
        "tr-data-processing-vpc",
        "inter-region-gold",
        "inter-region-platinum",
        "cross-border-gold",
        "cross-border-platinum",
        "express-connect-port-1g",
        "express-connect-port-10g",
        "express-connect-port-40g",
        "express-connect-port-100g",
        "leased-line",
        "leased-line-setup",
        "prepaid-plan",
        "prepaid-commitment",
    ]


def test_a_flat_rate_is_one_tier_without_an_end() -> None:
    (tier,) = load_books("intl").schedule("tr-connection", "ap-southeast-1", DAY)
    assert (tier.start, tier.end, tier.rate.value) == (0, None, Decimal("0.06"))
    assert tier.rate.scope == "overseas"
    assert tier.rate.reference.evidence == "secondary"
    assert tier.rate.effective_from is None  # undated, and reports say so


def test_tiers_are_in_micro_units_and_join() -> None:
    found = load_books("intl").schedule("cdt-internet", "ap-southeast-1", DAY)
    assert [(tier.start, tier.end) for tier in found] == [
        (0, 10_240 * GB),
        (10_240 * GB, 51_200 * GB),
        (51_200 * GB, 153_600 * GB),
        (153_600 * GB, None),
    ]


def test_a_schedule_ends_where_the_known_tiers_end() -> None:
    found = load_books("intl").schedule("cdt-internet", "cn-beijing", DAY)
    assert [tier.end for tier in found] == [10_240 * GB]


def test_hong_kong_on_the_chinese_site_joins_two_sources() -> None:
    first, second = load_books("cn").schedule("cdt-internet", "cn-hongkong", DAY)
    assert (first.rate.value, second.rate.value) == (Decimal("0.70"), Decimal("0.54"))
    assert first.rate.reference.url is not None and second.rate.reference.url is None
    assert "Asia-Pacific" in first.rate.note


def test_what_no_page_prices_is_unknown_not_zero() -> None:
    assert load_books("cn").schedule("ipsec-connection", "cn-hangzhou", DAY) == ()
    assert load_books("intl").schedule("vbr-outbound", "cn-zhongwei", DAY) == ()
    assert load_books("cn").free_quota("vbr-outbound", "cn-hangzhou", date(2026, 12, 1)) is None


def test_the_free_quota_of_cdt_changed_on_2025_06_01() -> None:
    books = load_books("intl")
    seen = [
        (quota.pool, quota.quantity)
        for region, day in [
            ("cn-beijing", date(2025, 5, 1)),
            ("cn-beijing", date(2025, 6, 1)),
            ("cn-hongkong", date(2025, 5, 1)),
            ("cn-hongkong", date(2025, 6, 1)),
        ]
        if (quota := books.free_quota("cdt-internet", region, day))
    ]
    assert seen == [("all", 200 * GB), ("mainland", 20 * GB), ("all", 200 * GB), ("overseas", 200 * GB)]


def test_the_vbr_promotion_ends_with_2026() -> None:
    books = load_books("intl")
    december = books.free_quota("vbr-outbound", "eu-central-1", date(2026, 12, 1))
    assert december and (december.pool, december.quantity) == ("all", 51_200 * GB)
    assert books.free_quota("vbr-outbound", "eu-central-1", date(2027, 1, 1)) is None


def test_items_and_regions_that_do_not_exist_are_lookup_errors() -> None:
    with pytest.raises(LookupError, match="vpn-gateway"):
        load_books("intl").schedule("vpn-gateway", "eu-central-1", DAY)
    with pytest.raises(LookupError, match="atlantis"):
        load_books("intl").free_quota("cdt-internet", "atlantis", DAY)


# --- books of a plan


def test_within_a_book_region_beats_area_beats_overseas_beats_all() -> None:
    books = load_books(
        "intl",
        [
            flat(
                "scope: all, rate: 4",
                "scope: overseas, rate: 3",
                "scope: europe, rate: 2",
                "scope: eu-west-1, rate: 1",
            )
        ],
    )
    found = [rate(books, region) for region in ("cn-beijing", "us-east-1", "eu-central-1", "eu-west-1")]
    assert found == [4, 3, 2, 1]


def test_a_later_book_overrides_an_earlier_one_whatever_its_scope() -> None:
    first, second = flat("scope: eu-west-1, rate: 1"), flat("scope: all, rate: 2")
    assert rate(load_books("intl", [first, second]), "eu-west-1") == 2
    assert rate(load_books("intl", [second, first]), "eu-west-1") == 1
    assert rate(load_books("intl", [second, first]), "eu-central-1") == 2


def test_outside_the_validity_of_a_later_book_the_earlier_one_applies() -> None:
    entry = "scope: all, rate: 0.01, effective_from: 2027-03-01, effective_until: 2027-05-01"
    books = load_books("intl", [flat(entry)])
    found = [rate(books, "eu-west-1", date(2027, month, 1)) for month in (2, 3, 4, 5)]
    assert found == [Decimal(text) for text in ("0.06", "0.01", "0.01", "0.06")]


def test_a_rate_applies_to_the_months_that_start_on_or_after_its_day() -> None:
    books = load_books("intl", [flat("scope: all, rate: 1, effective_from: 2027-03-15")])
    assert rate(books, "eu-west-1", date(2027, 3, 1)) == Decimal("0.06")
    assert rate(books, "eu-west-1", date(2027, 4, 1)) == 1


def test_the_later_entry_of_a_history_supersedes_the_open_ended_earlier_one() -> None:
    entries = ("scope: all, rate: 2, effective_from: 2027-06-01", "scope: all, rate: 1")
    books = load_books("intl", [flat(*entries)])
    assert rate(books, "eu-west-1", date(2027, 5, 1)) == 1
    assert rate(books, "eu-west-1", date(2027, 6, 1)) == 2


def test_a_later_book_replaces_the_whole_schedule() -> None:
    source = tiers("from: 0, to: 100.5, rate: 0.02", "from: 100.5, rate: 0.01")
    found = load_books("intl", [source]).schedule("cdt-internet", "ap-southeast-1", DAY)
    assert [(tier.start, tier.end) for tier in found] == [(0, 100_500_000), (100_500_000, None)]
    assert {tier.rate.book for tier in found} == {"Contract 4711"}
    assert {tier.rate.reference.evidence for tier in found} == {"contract"}


def test_a_graduated_item_can_have_one_rate() -> None:
    source = flat("scope: all, rate: 0.05", sku="cdt-internet")
    (tier,) = load_books("intl", [source]).schedule("cdt-internet", "cn-beijing", DAY)
    assert (tier.end, tier.rate.value) == (None, Decimal("0.05"))


def test_a_book_with_rates_only_leaves_the_free_quota_alone_and_zero_takes_it_away() -> None:
    rates = flat("scope: all, rate: 0.05", sku="cdt-internet")
    none = book(
        "  cdt-internet:\n    free_quotas:\n"
        "      - {scope: overseas, quantity: 0, evidence: contract, source: contract}\n"
    )
    kept = load_books("intl", [rates]).free_quota("cdt-internet", "eu-west-1", DAY)
    taken = load_books("intl", [rates, none]).free_quota("cdt-internet", "eu-west-1", DAY)
    assert kept and kept.quantity == 200 * GB
    assert taken and taken.quantity == 0


def test_rates_keep_ten_decimals() -> None:
    books = load_books("intl", [flat("scope: all, rate: 0.1234567890")])
    assert rate(books, "eu-west-1") == Decimal("0.123456789")


# --- what is refused


def test_a_book_of_another_site_is_refused_at_its_key() -> None:
    message = only_problem(flat("scope: all, rate: 1"), site="cn")
    assert message == "contract.yaml:3:7: the book is for accounts of site intl, the plan's are of site cn"


def test_a_book_in_another_currency_is_refused_at_its_key() -> None:
    source = book("  {}\n", HEAD.replace("USD", "CNY"))
    message = only_problem(source)
    assert message == "contract.yaml:4:11: the book is in CNY, accounts of site intl are billed in USD"


@pytest.mark.parametrize(
    ("source", "place", "message"),
    [
        (flat("scope: all, rate: 1", sku="tr-conection"), "8:3", "unknown item 'tr-conection'"),
        (flat("scope: asia, rate: 1"), "10:17", "unknown scope 'asia'"),
        (flat("scope: [all, euorpe], rate: 1"), "10:23", "unknown scope 'euorpe'"),
        (flat("scope: all"), "10:9", "neither of rate and tiers is given: exactly one is needed"),
        (flat("scope: all, rate: 0.12345678901"), "10:28", "a rate has at most 10 decimals"),
        (flat("scope: all, rate: 100000000"), "10:28", "a rate must stay below 100,000,000"),
        (
            flat("scope: all, rate: 1, effective_from: 2027-01-01, effective_until: 2027-01-01"),
            "10:76",
            "effective_until must lie after effective_from: it is the first day that no longer counts",
        ),
        (
            flat("scope: all, tiers: [{from: 0, rate: 1}]"),
            "10:22",
            "'tr-connection' is a flat item: it has no tiers",
        ),
        (tiers("from: 5, rate: 1"), "12:20", "the first tier starts at 5, not at 0"),
        (
            tiers("from: 0, to: 5, rate: 1", "from: 6, rate: 1"),
            "13:20",
            "the tier starts at 6, where the one before ends at 5",
        ),
        (tiers("from: 0, rate: 1", "from: 6, rate: 1"), "13:13", "no tier can follow one without an end"),
        (
            tiers("from: 0, to: 5, rate: 1", "from: 5, to: 5, rate: 1"),
            "13:27",
            "the tier ends at 5, not above its start 5",
        ),
        (
            tiers("from: 0, to: 0.1234567, rate: 1"),
            "12:27",
            "a tier bound has at most 6 decimals",
        ),
        (
            tiers("from: 0, rate: 1, source: handshake"),
            "12:40",
            "'handshake' is not among the references of this book",
        ),
        (
            book(
                "  tr-connection:\n    free_quotas:\n"
                "      - {scope: all, quantity: 5, evidence: contract, source: contract}\n"
            ),
            "10:9",
            "'tr-connection' is an item without a free quota",
        ),
        (
            book(
                "  vbr-outbound:\n    free_quotas:\n"
                "      - {scope: europe, quantity: 5, evidence: contract, source: contract}\n"
            ),
            "10:17",
            "the free quota of 'vbr-outbound' is one for all regions of an account",
        ),
    ],
)
def test_a_book_is_refused_at_the_place_that_is_wrong(source: YamlSource, place: str, message: str) -> None:
    assert only_problem(source) == f"contract.yaml:{place}: {message}"


@pytest.mark.parametrize(
    "second",
    [
        "scope: [europe, all], rate: 2",
        "scope: all, rate: 2, effective_until: 2027-01-01",
    ],
)
def test_two_entries_of_a_scope_may_not_begin_together(second: str) -> None:
    message = only_problem(flat("scope: all, rate: 1", second))
    assert "the validity of this entry and of the one in line 10 overlap in scope 'all'" in message


def test_an_entry_that_is_to_end_may_not_reach_into_the_next() -> None:
    first = "scope: all, rate: 1, effective_from: 2027-01-01, effective_until: 2027-07-01"
    late, in_time = (
        "scope: all, rate: 2, effective_from: 2027-06-01",
        "scope: all, rate: 2, effective_from: 2027-07-01",
    )
    assert "overlap" in only_problem(flat(first, late))
    assert rate(load_books("intl", [flat(first, in_time)]), "eu-west-1", date(2027, 7, 1)) == 2


def test_all_problems_of_all_books_are_reported_at_once() -> None:
    one = flat("scope: asia, rate: 1", "scope: all, rate: 0.12345678901")
    two = book("  tr-connection:\n    rats: []\n", name="second.yaml")
    found = problems(one, two)
    assert [problem.location.file for problem in found] == ["contract.yaml", "contract.yaml", "second.yaml"]
    assert "rats" in found[-1].message
