"""Which prices are known, and on what evidence: of a whole site, or exactly those that a plan needs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from planner.core.provenance import CURRENCY_OF_SITE, EVIDENCE
from planner.core.region import REGIONS
from planner.price_need import Need
from pricing import coverage, money
from pricing.coverage import Coverage
from pricing.sku import skus
from reports import blocks
from reports.blocks import TOGETHER, Block, Bullets, Heading, Table
from reports.price_words import site_title

_MOST_COLUMNS = 6
"""Items side by side; more do not fit a terminal."""
NO_RULE = "no billing rule"
_SITE_COLUMNS = (
    "region", "area", "sku", "status", "known_to", "unit", "evidence", "read_on", "age_days", "dated",
)  # fmt: skip
_PLAN_COLUMNS = (
    "region", "sku", "first_month", "last_month", "months", "status", "known_to", "unit", "evidence", "read_on",
    "age_days", "lines", "unpriced_lines", "unpriced_quantity", "unknown_quantity_lines",
)  # fmt: skip


@dataclass(frozen=True)
class OfSite:
    """The prices of a whole site on a day."""

    site: str
    as_of: date
    rows: tuple[Coverage, ...]

    def render(self, form: str) -> str:
        """The coverage as text, json, csv or markdown."""
        if form == "json":
            return _json(
                {
                    "site": self.site,
                    "currency": CURRENCY_OF_SITE[self.site],
                    "as_of": self.as_of.isoformat(),
                    "known": coverage.known(self.rows),
                    "prices": len(self.rows),
                    "rows": [*self._records()],
                }
            )
        if form == "csv":
            return blocks.csv_text(_SITE_COLUMNS, self._records())
        return _render(form, self._blocks())

    def _records(self) -> Iterator[dict[str, Any]]:
        for row in self.rows:
            yield {
                "region": row.region,
                "area": REGIONS[row.region].area,
                "sku": row.sku,
                "status": row.status,
                **_known(row, self.as_of),
                "dated": row.dated,
            }

    def _blocks(self) -> Iterator[Block]:
        yield Heading(f"Known prices, {site_title(self.site)}, as of {self.as_of}", 1)
        yield f"{coverage.known(self.rows)} of {len(self.rows)} prices are known."
        items = list(dict.fromkeys(row.sku for row in self.rows))
        blocks_of_items = -(-len(items) // _MOST_COLUMNS)
        size = -(-len(items) // blocks_of_items)
        for at in range(0, len(items), size):
            own = items[at : at + size]
            alike = coverage.alike([row for row in self.rows if row.sku in own])
            yield Table(
                ("regions", *(skus()[sku].label for sku in own)),
                [(_names(regions), *(row.words for row in rows)) for regions, rows in alike],
                "<" * (len(own) + 1),
            )
        yield Heading("How old they are")
        yield Bullets([*self._ages()])

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
    """The prices that a plan needs."""

    plan: str
    site: str
    as_of: date
    needs: tuple[Need, ...]

    def render(self, form: str) -> str:
        """The coverage as text, json, csv or markdown."""
        if form == "json":
            return _json(
                {
                    "plan": self.plan,
                    "site": self.site,
                    "currency": CURRENCY_OF_SITE[self.site],
                    "as_of": self.as_of.isoformat(),
                    "known": sum(map(_suffices, self.needs)),
                    "prices": len(self.needs),
                    "lines": sum(need.lines for need in self.needs),
                    "unpriced_lines": sum(need.unpriced_lines for need in self.needs),
                    "unknown_quantity_lines": sum(need.unknown_lines for need in self.needs),
                    "rows": [*self._records()],
                }
            )
        if form == "csv":
            return blocks.csv_text(_PLAN_COLUMNS, self._records())
        return _render(form, self._blocks())

    def _records(self) -> Iterator[dict[str, Any]]:
        for need in self.needs:
            row = _row(need)
            yield {
                "region": need.region,
                "sku": need.sku,
                "first_month": str(need.first),
                "last_month": str(need.last),
                "months": need.months,
                "status": _status(need),
                **_known(row, self.as_of),
                "lines": need.lines,
                "unpriced_lines": need.unpriced_lines,
                "unpriced_quantity": money.text(need.unpriced, 6),
                "unknown_quantity_lines": need.unknown_lines,
            }

    def _blocks(self) -> Iterator[Block]:
        lines, unpriced = (sum(getattr(need, name) for need in self.needs) for name in ("lines", "unpriced_lines"))
        unknown = sum(need.unknown_lines for need in self.needs)
        yield Heading(f"Prices that {self.plan} needs, {site_title(self.site)}, as of {self.as_of}", 1)
        also = f"; {unknown} {'is' if unknown == 1 else 'are'} of unknown quantity" if unknown else ""
        yield (
            f"{sum(map(_suffices, self.needs))} of {len(self.needs)} prices are known as far as the plan needs them;"
            f" {unpriced} of {lines} lines have no price{also}."
        )
        yield Table(
            ("item", "region", "months", "price", "age, days", "unpriced lines", "unpriced quantity"),
            [self._cells(need) for need in self.needs],
            "<<<<>>>",
        )

    def _cells(self, need: Need) -> tuple[str, ...]:
        row = _row(need)
        age = coverage.age_days(row.oldest, self.as_of)
        return (
            need.sku,
            need.region,
            str(need.first) if need.first == need.last else f"{need.first}..{need.last}",
            row.words if need.billable else NO_RULE,
            "" if age is None else str(age),
            str(need.unpriced_lines or ""),
            f"{money.display(need.unpriced * 1000)}{TOGETHER}{skus()[need.sku].unit}" if need.unpriced else "",
        )


def _names(regions: list[str]) -> str:
    """Regions in short; an area and the words about it stay on one line."""
    names = coverage.region_names(regions)
    return ", ".join(name.replace(" ", TOGETHER) if name.startswith("all of ") else name for name in names)


def _row(need: Need) -> Coverage:
    return coverage.of_tiers(need.region, need.sku, need.tiers)


def _suffices(need: Need) -> bool:
    """Whether every quantity of it that is known has a price."""
    return bool(need.tiers) and not need.unpriced_lines


def _status(need: Need) -> str:
    return _row(need).status if need.billable else NO_RULE


def _known(row: Coverage, as_of: date) -> dict[str, Any]:
    """What records say of a price; known_to is empty where it is known without end."""
    return {
        "known_to": None if row.known_to is None else money.text(row.known_to, 6),
        "unit": skus()[row.sku].unit,
        "evidence": row.evidence,
        "read_on": row.oldest,
        "age_days": coverage.age_days(row.oldest, as_of),
    }


def _days(read_on: str, as_of: date) -> str:
    age = coverage.age_days(read_on, as_of)
    return "" if age is None else f", {age} {'day' if age == 1 else 'days'} before"


def _render(form: str, found: Iterator[Block]) -> str:
    return blocks.markdown(found) if form == "markdown" else blocks.text(found)


def _json(document: dict[str, Any]) -> str:
    return json.dumps({"version": 1, **document}, ensure_ascii=False, indent=2) + "\n"
