"""What each transit router has of the quota of VPN attachments, month by month, for the charts of picture and page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from planner import capacity
from planner.capacity import Capacity
from planner.plan import Plan
from planner.quota import ESTATE, EXCEEDED, PENDING, TIGHT, UNKNOWN, QuotaUse

QUOTA = "vpn-attachments-per-transit-router"


@dataclass(frozen=True)
class Panel:
    """One transit router."""

    router: str
    region: str
    existing: tuple[int, ...]
    """By month: attachments outside the plan, without those that have left."""
    used: tuple[int, ...]
    """By month: the highest count inside it."""
    limit: tuple[int | None, ...]
    """By month; None where unknown."""
    pending: tuple[bool, ...]
    """By month: whether the limit is requested and not granted yet."""
    first_exceeded: int | None
    """Column of the first month in which the limit is exceeded."""
    first_tight: int | None
    least_limit: int | None
    """The least limit that does for the whole period, where it takes an increase."""
    apply_by: date | None
    """Latest day to apply for it; None where none is needed, or the estate does not say how long it takes."""
    too_late: bool | None
    """Whether that day is over."""

    @property
    def over(self) -> tuple[int, ...]:
        """By month: how many are more than the limit."""
        return tuple(
            0 if limit is None else max(used - limit, 0) for used, limit in zip(self.used, self.limit, strict=True)
        )

    def limit_where(self, *, pending: bool) -> tuple[int | None, ...]:
        """By month: the limit where it is pending or where it is not; None elsewhere, and where it is unknown."""
        return tuple(limit if kind == pending else None for limit, kind in zip(self.limit, self.pending, strict=True))

    @property
    def limited(self) -> bool:
        """Whether the limit of every month is known."""
        return None not in self.limit

    @property
    def urgency(self) -> tuple[bool, int, float, str]:
        """Sorts what is exceeded first, earliest before later, then by how much of the limit is used."""
        known = [used / max(limit, 1) for used, limit in zip(self.used, self.limit, strict=True) if limit is not None]
        return self.first_exceeded is None, self.first_exceeded or 0, -max(known, default=1.0), self.router


def panels(plan: Plan) -> list[Panel]:
    """Every transit router, the most urgent first."""
    use = next((use for use in plan.quotas if use.id == QUOTA), None)
    if use is None:
        return []
    records = {one.scope: one for one in capacity.measure(plan) if one.quota == QUOTA}
    return sorted((_panel(plan, use, row, records) for row in range(len(use.scopes))), key=lambda one: one.urgency)


def _panel(plan: Plan, use: QuotaUse, row: int, records: dict[str, Capacity]) -> Panel:
    routers, status, record = plan.inventory.routers, use.status[row], records[use.scopes[row]]
    at = routers.ids.index(use.scopes[row])
    return Panel(
        router=use.scopes[row],
        region=plan.inventory.regions[int(routers.region[at])],
        existing=_existing(use, row),
        used=tuple(use.used[row].tolist()),
        limit=tuple(None if limit == UNKNOWN else limit for limit in use.limit[row].tolist()),
        pending=tuple(kind == PENDING for kind in use.limit_status[row]),
        first_exceeded=int(np.argmax(status == EXCEEDED)) if (status == EXCEEDED).any() else None,
        first_tight=int(np.argmax(status == TIGHT)) if (status == TIGHT).any() else None,
        least_limit=record.least_limit,
        apply_by=record.apply_by,
        too_late=record.too_late,
    )


def _existing(use: QuotaUse, row: int) -> tuple[int, ...]:
    """By month: what of the estate is still there at the instant of the month's highest count."""
    claims = use.claims
    leaves = (claims.scope == row) & (claims.group == ESTATE)
    left = [int(claims.change[leaves & (claims.instant <= at)].sum()) for at in use.instant[row].tolist()]
    return tuple(int(claims.existing[row]) + change for change in left)
