"""What a billable item is: one file per item in ``skus/``, whose name is the item's id.

What it costs is in the price books; this says what is counted, in which unit, and over what its free quota
and its tiers accumulate.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from planner.core.entry import Entry, Flag, Name, Positive, Text, load
from planner.core.region import AREAS, LANE, REGIONS, crosses_border
from planner.core.source import read_yaml

_FOLDER = Path(__file__).parent / "skus"


class Sku(Entry):
    """A billable item."""

    title: Text
    """What the bill calls it."""
    label: Text
    """A short name for the columns of tables."""
    order: Positive
    """Its place in tables and trees."""
    unit: Literal["connection-hour", "GB", "port-month", "month", "item", "hour"]
    """What a quantity of 1 is."""
    model: Literal["flat", "graduated"]
    """flat: one rate for every unit; graduated: each unit costs what the tier it falls in says."""
    usage_based: Flag
    """Whether the quantity follows the traffic; otherwise it follows the time a connection exists."""
    priced_by: Literal["region", "lane", "cross-border-lane", "plan"] = "region"
    """What a rate belongs to: a region, or a lane from one region to another (those that cross the border of the
    Chinese mainland have items of their own); plan: each plan says it, and price books do not."""
    priced_as: Name | None = None
    """The item whose rates it has; none: rates of its own."""
    billed_by: Literal["alibaba-cloud", "carrier"] = "alibaba-cloud"
    """Whose bill it is on."""
    free_quota_over: Literal["account", "account-and-scope"] | None
    """What a free quota accumulates over: an account in all regions, or an account in the scope of the quota
    (such as mainland); none: the item has no free quota."""
    tiers_over: Literal["account-and-region"] | None
    """What a graduated item's tiers accumulate over; none: a flat item."""
    description: Text
    """What is counted."""
    source: Text
    """Page that says so."""

    @property
    def by_lane(self) -> bool:
        """Whether its rates belong to lanes."""
        return self.priced_by in ("lane", "cross-border-lane")

    @property
    def places(self) -> tuple[str, ...]:
        """Where it has a price of its own: in regions, or on lanes between areas; nowhere if others say its price."""
        if self.priced_as or self.priced_by == "plan":
            return ()
        if self.by_lane:
            crosses = self.priced_by == "cross-border-lane"
            return tuple(f"{a}{LANE}{b}" for a in AREAS for b in AREAS if crosses_border(a, b) == crosses)
        return tuple(REGIONS)


@cache
def skus() -> Mapping[str, Sku]:
    """Every item by its id, in the order of tables. Read once, when first asked for.

    raises : InputError when one of the shipped files is damaged
    """
    found = {path.stem: load(Sku, read_yaml(path)) for path in sorted(_FOLDER.glob("*.yaml"))}
    return MappingProxyType(dict(sorted(found.items(), key=lambda item: (item[1].order, item[0]))))
