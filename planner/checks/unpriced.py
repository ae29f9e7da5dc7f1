"""What has no price is listed with its quantity, and never counted as 0.

passes:
    estate:
      transit_routers:
        tr: {region: eu-west-1}
    price_books: [books/made-up.yaml]
    attachments:
      branch:
        traffic: {to_data_center_gb: 1000}

fails:
    estate:
      transit_routers:
        tr: {region: eu-west-1}
    attachments:
      branch:
        traffic: {to_data_center_gb: 1000}
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from planner.check import Check, Subject
from planner.core.problem import Finding

if TYPE_CHECKING:
    from pricing.rating import Rated


def find(subject: Subject) -> Iterator[Finding]:
    """One warning per item and region, or lane between regions, in which known quantities have no known rate."""
    inventory = subject.inventory
    for rated in subject.rated:
        missing = rated.unpriced & ~rated.usage.unknown
        places = rated.usage.lanes or inventory.regions
        for code in np.unique(rated.usage.place[missing.any(axis=1)]).tolist():
            rows = missing & (rated.usage.place == code)[:, None]
            subjects = rated.usage.subject[rows.any(axis=1)].tolist()
            first = inventory.period.months[int(np.argmax(rows.any(axis=0)))]
            names = ", ".join(inventory.subject_names[number] for number in subjects[:3])
            more = f" and {len(subjects) - 3} more" if len(subjects) > 3 else ""
            place = places[code]
            yield Finding(
                code="unpriced",
                level="warning",
                subject=f"{rated.usage.sku}/{place}",
                place=inventory.subject_places[subjects[0]],
                message=f"{rated.usage.sku} in {place} {_reason(rated)} from {first} on: {names}{more}",
                remedy="add a price book with this rate to price_books"
                if rated.usage.priceable
                else "ask Alibaba Cloud how outbound data over an Express Connect Router is billed",
                source=CHECK.source,
            )


def _reason(rated: Rated) -> str:
    if not rated.usage.priceable:
        return "over an ECR has no known billing rule and is unpriced"
    tiers = len(rated.prices.lower) > 1
    return "has no known price for some or all of its quantity" if tiers else "has no known price"


CHECK = Check(
    description="Every quantity has a known rate; without one the line is unpriced and the total incomplete.",
    source="",
    find=find,
    needs_prices=True,
)
