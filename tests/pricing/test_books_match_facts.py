"""Every price that was found stands in the shipped books, and nothing else does.

tests/data/prices.csv lists the prices as they were gathered: last days inclusive, groups of regions by name.
"""

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest

from planner.core.entry import load
from planner.core.region import scopes
from planner.core.source import read_yaml
from pricing.book import load_books
from pricing.book_file import BookFile
from pricing.coverage import PRICES_READ, coverage, lanes, markdown, sources
from pricing.sku import skus

FACTS = Path(__file__).parents[1] / "data" / "prices.csv"
BOOKS = Path(__file__).parents[2] / "pricing" / "books"
FREE_QUOTA = "_free_quota"
AREA = {
    "Chinese mainland": "mainland",
    "Asia-Pacific": "asia-pacific",
    "Europe": "europe",
    "North America": "north-america",
    "South America": "south-america",
    "Middle East": "middle-east",
}


class Fact(NamedTuple):
    site: str
    currency: str
    item: str
    scope: str
    start: Decimal
    end: Decimal | None
    """For a free quota: its quantity."""
    rate: Decimal
    effective_from: date | None
    effective_until: date | None
    evidence: str


def facts() -> Iterator[tuple[Fact, dict[str, str]]]:
    with FACTS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for scope in row["region_ids"].split(";"):
                last_day = row["effective_to"]
                item = row["item"].replace("_", "-")
                if item == "express-connect-port":  # an item for each speed, which the note begins with
                    item += f"-{row['note'].partition(' Gbps')[0].removeprefix('dedicated port, ')}g"
                if item == "inter-region":  # an item for each class, apart where the border is crossed
                    ends = [AREA[name] for name in row["scope"].split(" -> ")]
                    item = "cross-border" if (ends[0] == "mainland") != (ends[1] == "mainland") else item
                    item += f"-{row['note'].partition(';')[0].lower()}"
                    scope = ">".join(ends)
                yield (
                    Fact(
                        row["site"],
                        row["currency"],
                        item,
                        scope.removeprefix("group:"),
                        Decimal(row["tier_from_gb"] or 0),
                        Decimal(row["tier_to_gb"]) if row["tier_to_gb"] else None,
                        Decimal(row["price"]),
                        date.fromisoformat(row["effective_from"]) if row["effective_from"] else None,
                        date.fromisoformat(last_day) + timedelta(days=1) if last_day else None,
                        row["evidence"],
                    ),
                    row,
                )


def shipped() -> Iterator[tuple[Fact, BookFile, str]]:
    """Every rate and free quota of the shipped books, with its book and the key of its reference."""
    for path in sorted(BOOKS.glob("*/*.yaml")):
        book = load(BookFile, read_yaml(path))
        for sku, item in book.items.items():
            head = (book.site, book.currency)
            for entry in item.rates:
                held = (entry.effective_from, entry.effective_until)
                for scope in entry.scopes:
                    if entry.rate is not None:
                        fact = Fact(*head, sku, scope, Decimal(0), None, entry.rate, *held, entry.evidence)
                        yield fact, book, entry.source
                    for tier in entry.tiers or ():
                        evidence = tier.evidence or entry.evidence
                        fact = Fact(*head, sku, scope, tier.start, tier.end, tier.rate, *held, evidence)
                        yield fact, book, tier.source or entry.source
            for quota in item.free_quotas:
                held = (quota.effective_from, quota.effective_until)
                name = sku + FREE_QUOTA.replace("_", "-")
                zero = Decimal(0)
                fact = Fact(*head, name, quota.scope, zero, quota.quantity, zero, *held, quota.evidence)
                yield fact, book, quota.source


KNOWN = {fact: row for fact, row in facts() if fact.scope != "unknown"}
SHIPPED = list(shipped())


def test_every_price_that_was_found_is_in_the_books() -> None:
    assert set(KNOWN) - {fact for fact, _, _ in SHIPPED} == set()


def test_every_price_in_the_books_was_found() -> None:
    # Hong Kong's first tier on the Chinese site is the Asia-Pacific figure, joined to the article's second.
    joined = next(fact for fact in KNOWN if (fact.site, fact.scope) == ("cn", "asia-pacific"))
    known = {*KNOWN, joined._replace(scope="cn-hongkong")}
    assert "asia-pacific" in scopes("cn-hongkong")
    assert {fact for fact, _, _ in SHIPPED} - known == set()


def test_no_price_is_in_the_books_twice() -> None:
    seen = [fact for fact, _, _ in SHIPPED]
    assert len(seen) == len(set(seen))


def test_only_what_has_no_region_id_was_left_out() -> None:
    left_out = [row["scope"] for fact, row in facts() if fact.scope == "unknown"]
    assert left_out == ["China (Xi'an - Local Region)"]


def test_every_price_names_the_source_it_was_found_in() -> None:
    for fact, book, key in SHIPPED:
        if row := KNOWN.get(fact):
            read = book.references[key]
            assert (read.updated or "") == row["source_updated"], fact
            if row["source"].startswith("https://") or read.url:
                assert read.url and read.url.removeprefix("https://") in row["source"], fact
            else:
                assert read.title.lower() == row["source"].lower(), fact


def test_a_shipped_file_holds_the_one_item_and_the_site_of_its_name() -> None:
    for path in BOOKS.glob("*/*.yaml"):
        book = load(BookFile, read_yaml(path))
        assert list(book.items) == [path.stem]
        assert book.site == path.parent.name
        used = {key for _, other, key in SHIPPED if other.title == book.title}
        assert used == set(book.references), f"{path}: references that nothing uses"


def test_tables_show_prices_as_of_the_month_they_were_last_read() -> None:
    read = max(entry.read_on for _, book, _ in SHIPPED for entry in book.references.values())
    assert read == f"{PRICES_READ:%Y-%m}"


@pytest.mark.parametrize("site", ["intl", "cn"])
def test_the_table_of_coverage_has_a_row_for_every_region(site: str) -> None:
    table = markdown(site)
    rows = coverage(load_books(site), PRICES_READ)
    for row in rows:
        assert f"| `{row.place}` " in table
    for sku, item in skus().items():
        assert f"`{sku}`" in (table if item.priced_by in ("region", "plan") else lanes(site))
    assert f"{sum(bool(row.tiers) for row in rows)} of {len(rows)} prices in regions are known" in table


def test_the_table_of_coverage_shows_tiers_limits_evidence_and_what_is_unknown() -> None:
    table = {line.split("`")[1]: line.split("|") for line in markdown("intl").splitlines() if line.startswith("| `")}
    assert [cell.strip() for cell in table["ap-southeast-1"][2:8]] == [
        "0.06 s",
        "0.02 s",
        "0.06 s",
        "0.117 s",
        "0.10 … 0.055 s",
        "0.0390 o",
    ]
    assert [cell.strip() for cell in table["cn-zhongwei"][5:8]] == ["0.125 a", "0.118 to 10,240 GB o", "?"]


def test_free_quotas_stand_below_the_table_with_their_last_day() -> None:
    table = markdown("intl")
    assert "`cdt-internet`: 20 GB in mainland, from 2025-06-01 (official); 200 GB in overseas" in table
    assert "`vbr-outbound`: 51,200 GB in all regions, to 2026-12-31 (official)" in table
    assert "`vbr-outbound`: 51,200 GB" not in markdown("intl", date(2027, 1, 1))


def test_sources_come_weakest_first_with_the_items_they_price() -> None:
    lines = sources("intl").splitlines()
    assert lines[0].startswith("- assumed: ") and lines[0].endswith(": `ipsec-internet-legacy`")
    assert [line[2] for line in lines] == ["a", "s", "o", "o", "o", "o"]  # assumed, secondary, official


def test_prices_between_regions_stand_lane_by_lane() -> None:
    assert "`cross-border-platinum` | 8.4 o | all lanes |" in lanes("cn")
    assert "`inter-region-gold` | 0.48 o | mainland>mainland |" in lanes("cn")
    assert "`inter-region-gold` | 0.35 o | europe>north-america and back |" in lanes("cn")
    assert "`inter-region-gold` | ? | all lanes |" in lanes("intl")  # no price in USD was found
    # 6 areas to 6 areas, in two classes
    assert sum(fact.item.startswith(("inter-region", "cross-border")) for fact in KNOWN) == 2 * 6 * 6
