"""Which prices are known, and on what evidence: of a whole site, or exactly those that a plan needs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from planner.core.provenance import CURRENCY_OF_SITE, EVIDENCE
from planner.core.region import REGIONS
from planner.price_need import Given, Need
from pricing import coverage, money
from pricing.coverage import Coverage
from pricing.sku import skus
from reports import blocks
from reports.blocks import TOGETHER, Block, Bullets, Heading, Table
from reports.price_words import on_top, region_words, site_title

_MOST_COLUMNS = 6
"""Items side by side; more do not fit a terminal."""
NO_RULE = "no billing rule"
AS_LIST = "as list"
_SITE_COLUMNS = (
    "place", "area", "sku", "status", "known_to", "unit", "evidence", "read_on", "age_days", "dated",
)  # fmt: skip
_PLAN_COLUMNS = (
    "site", "currency", "sku", "place", "first_month", "last_month", "months", "unit", "status", "list_status",
    "known_to", "list_known_to", "rates", "list_rates", "evidence", "list_evidence", "read_on", "age_days", "lines",
    "unpriced_lines", "unpriced_quantity", "unknown_quantity_lines",
)  # fmt: skip


@dataclass(frozen=True)
class OfSite:
    """The prices of a whole site on a day."""

    site: str
    as_of: date
    regions: tuple[Coverage, ...]
    """By region and item."""
    lanes: tuple[Coverage, ...]
    """By item and lane between areas."""

    @property
    def rows(self) -> tuple[Coverage, ...]:
        """All of them."""
        return (*self.regions, *self.lanes)

    def render(self, form: str) -> str:
        """The coverage as text, json, csv or markdown."""
        if form == "json":
            return _json(
                {
                    "site": self.site,
                    "currency": CURRENCY_OF_SITE[self.site],
                    "as_of": self.as_of.isoformat(),
                    "in_regions": {"known": coverage.known(self.regions), "prices": len(self.regions)},
                    "between_areas": {"known": coverage.known(self.lanes), "prices": len(self.lanes)},
                    "priced_elsewhere": [
                        {"sku": name, "priced_as": one.priced_as, "by_plan": one.priced_by == "plan"}
                        for name, one in skus().items()
                        if not one.places
                    ],
                    "rows": [*self._records()],
                }
            )
        if form == "csv":
            return blocks.csv_text(_SITE_COLUMNS, self._records())
        return _render(form, self._blocks())

    def _records(self) -> Iterator[dict[str, Any]]:
        for row in self.rows:
            yield {
                "place": row.place,
                "area": REGIONS[row.place].area if row.place in REGIONS else None,
                "sku": row.sku,
                "status": row.status,
                "known_to": _known_to(row),
                "unit": skus()[row.sku].unit,
                "evidence": row.evidence,
                "read_on": row.oldest,
                "age_days": coverage.age_days(row.oldest, self.as_of),
                "dated": row.dated,
            }

    def _blocks(self) -> Iterator[Block]:
        yield Heading(f"Known prices, {site_title(self.site)}, as of {self.as_of}", 1)
        items = list(dict.fromkeys(row.sku for row in self.regions))
        yield (
            f"{coverage.known(self.regions)} of {len(self.regions)} prices are known: those of {len(items)} items in"
            f" {len(REGIONS)} regions. Between areas {coverage.known(self.lanes)} of {len(self.lanes)} are."
        )
        blocks_of_items = -(-len(items) // _MOST_COLUMNS)
        size = -(-len(items) // blocks_of_items)
        for at in range(0, len(items), size):
            own = items[at : at + size]
            alike = coverage.alike([row for row in self.regions if row.sku in own])
            yield Table(
                ("regions", *(skus()[sku].label for sku in own)),
                [(region_words(regions), *(row.words for row in rows)) for regions, rows in alike],
                "<" * (len(own) + 1),
            )
        yield from self._between_areas()
        yield Bullets([sentence.replace("`", "") for sentence in coverage.priced_elsewhere()])
        yield Heading("How old they are")
        yield Bullets([*self._ages()])

    def _between_areas(self) -> Iterator[Block]:
        """Items that have the same lanes stand side by side."""
        alike: dict[tuple[str, ...], list[str]] = {}
        for sku in dict.fromkeys(row.sku for row in self.lanes):
            alike.setdefault(skus()[sku].places, []).append(sku)
        for lanes, own in alike.items():
            known = coverage.alike([row for row in self.lanes if row.sku in own])
            yield Table(
                ("lanes between areas", *(skus()[sku].label for sku in own)),
                [(", ".join(coverage.lane_names(of, lanes)), *(row.words for row in rows)) for of, rows in known],
                "<" * (len(own) + 1),
            )

    def _ages(self) -> Iterator[str]:
        """What rests on each grade of evidence, and when the oldest of it was read."""
        for evidence in EVIDENCE:
            own = [row for row in self.rows if row.evidence == evidence]
            if own:
                oldest = min(filter(None, (row.oldest for row in own)))
                prices = "1 price" if len(own) == 1 else f"{len(own)} prices"
                yield f"{evidence}: {prices}, the oldest read {oldest}{_days(oldest, self.as_of)}"


@dataclass(frozen=True)
class OfPlan:
    """The prices that a plan needs, or several together, at list price and contracted."""

    plans: tuple[str, ...]
    sites: tuple[str, ...]
    as_of: date
    needs: tuple[Need, ...]
    given: tuple[Given, ...]
    """What the plan itself says the price of."""

    def render(self, form: str) -> str:
        """The coverage as text, json, csv or markdown."""
        if form == "json":
            return _json(
                {
                    "plan": ",".join(self.plans),
                    "as_of": self.as_of.isoformat(),
                    "sites": [self._site_record(site) for site in self.sites],
                    "given_by_plan": [{"sku": one.sku, "lines": one.lines} for one in self.given],
                    "rows": [*self._records()],
                }
            )
        if form == "csv":
            return blocks.csv_text(_PLAN_COLUMNS, self._records())
        return _render(form, self._blocks())

    def _of(self, site: str) -> list[Need]:
        return [need for need in self.needs if need.site == site]

    def _site_record(self, site: str) -> dict[str, Any]:
        own = self._of(site)
        return {
            "site": site,
            "currency": CURRENCY_OF_SITE[site],
            "known": sum(need.suffices for need in own),
            "by_contract_alone": sum(need.suffices and not need.list_tiers for need in own),
            "prices": len(own),
            "lines": sum(need.lines for need in own),
            "unpriced_lines": sum(need.unpriced_lines for need in own),
            "unknown_quantity_lines": sum(need.unknown_lines for need in own),
        }

    def _records(self) -> Iterator[dict[str, Any]]:
        for need in self.needs:
            row, listed = _sides(need)
            yield {
                "site": need.site,
                "currency": CURRENCY_OF_SITE[need.site],
                "sku": need.sku,
                "place": need.place,
                "first_month": str(need.first),
                "last_month": str(need.last),
                "months": need.months,
                "unit": skus()[need.sku].unit,
                "status": _status(row, need),
                "list_status": _status(listed, need),
                "known_to": _known_to(row),
                "list_known_to": _known_to(listed),
                "rates": [f"{tier.rate.value:f}" for tier in need.tiers],
                "list_rates": [f"{tier.rate.value:f}" for tier in need.list_tiers],
                "evidence": row.evidence,
                "list_evidence": listed.evidence,
                "read_on": row.oldest,
                "age_days": coverage.age_days(row.oldest, self.as_of),
                "lines": need.lines,
                "unpriced_lines": need.unpriced_lines,
                "unpriced_quantity": money.text(need.unpriced, 6),
                "unknown_quantity_lines": need.unknown_lines,
            }

    def _blocks(self) -> Iterator[Block]:
        for site in self.sites:
            yield from self._of_site(site)
        if self.given:
            named = ", ".join(one.sku for one in self.given)
            lines = sum(one.lines for one in self.given)
            itself = "the plan itself gives" if len(self.plans) == 1 else "the plans themselves give"
            yield f"{lines} more lines have a price that {itself}: {named}."

    def _of_site(self, site: str) -> Iterator[Block]:
        own, counts = self._of(site), self._site_record(site)
        need = "the plan needs" if len(self.plans) == 1 else "the plans need"
        whose = f"{', '.join(self.plans)} {need.rpartition(' ')[2]}"
        yield Heading(f"Prices that {whose}, {site_title(site)}, as of {self.as_of}", 1)
        unknown = counts["unknown_quantity_lines"]
        also = f"; {unknown} {'is' if unknown == 1 else 'are'} of unknown quantity" if unknown else ""
        alone = counts["by_contract_alone"]
        contract = f", {alone} of them by contract alone" if alone else ""
        yield (
            f"{counts['known']} of {len(own)} prices are known as far as {need} them{contract};"
            f" {counts['unpriced_lines']} of {counts['lines']} lines have no price{also}. Age in days."
        )
        yield Table(
            ("item", "region or lane", "months", "list", "contracted", "age"),
            [self._cells(need) for need in own],
            "<<<<<>",
        )
        yield Bullets([*_without_price(own)])

    def _cells(self, need: Need) -> tuple[str, ...]:
        row, listed = _sides(need)
        age = coverage.age_days(row.oldest, self.as_of)
        return (
            need.sku,
            need.place,
            str(need.first) if need.first == need.last else f"{need.first}..{need.last}",
            _words(listed) if need.billable else NO_RULE,
            (AS_LIST if need.tiers and need.tiers == need.list_tiers else _words(row)) if need.billable else NO_RULE,
            "" if age is None else str(age),
        )


def _without_price(needs: list[Need]) -> Iterator[str]:
    for need in needs:
        if need.unpriced_lines:
            quantity = f"{money.display(need.unpriced * 1000)}{TOGETHER}{skus()[need.sku].unit}"
            lines = "1 line" if need.unpriced_lines == 1 else f"{need.unpriced_lines} lines"
            yield f"without a price: {need.sku} in {need.place}, {lines}, {quantity}"


def _sides(need: Need) -> tuple[Coverage, Coverage]:
    """What is known of the contracted price, and of the list price."""
    return (
        coverage.of_tiers(need.place, need.sku, need.tiers),
        coverage.of_tiers(need.place, need.sku, need.list_tiers),
    )


def _status(row: Coverage, need: Need) -> str:
    return row.status if need.billable else NO_RULE


def _words(row: Coverage) -> str:
    """0.80 … 0.65 secondary, -12 %: the rates, what they rest on, and what was taken off."""
    if not row.tiers:
        return coverage.UNKNOWN
    first, last = row.tiers[0].rate, row.tiers[-1].rate
    rates = f"{first.value:f}" if len(row.tiers) == 1 else f"{first.value:f}{TOGETHER}…{TOGETHER}{last.value:f}"
    changes = (on_top(one) for one in first.adjustments)
    return ", ".join([f"{rates} {row.words}", *changes])


def _known_to(row: Coverage) -> str | None:
    """Up to which quantity a price is known; None where it is known without end."""
    return None if row.known_to is None else money.text(row.known_to, 6)


def _days(read_on: str, as_of: date) -> str:
    age = coverage.age_days(read_on, as_of)
    return "" if age is None else f", {age} {'day' if age == 1 else 'days'} before"


def _render(form: str, found: Iterator[Block]) -> str:
    return blocks.markdown(found) if form == "markdown" else blocks.text(found)


def _json(document: dict[str, Any]) -> str:
    return json.dumps({"version": 1, **document}, ensure_ascii=False, indent=2) + "\n"
