"""A traffic profile of a plan: how its GB come about, and what they are in each month."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from planner.demand import MOST_MICRO_GB
from planner.profile import Profile
from pricing import money
from reports.page import Facts, Page, Table

SHOWN_GROUPS = 50
"""So many groups are named; the others are counted."""


def page(one: Profile) -> Page:
    """Its formula with numbers, the groups that use it, and a line for each month."""
    directions = (
        ("to the data centre", one.traffic.to_data_center_gb, one.to_data_center),
        ("from the data centre", one.traffic.from_data_center_gb, one.from_data_center),
    )
    stated = {f"{name}, GB": _column(volumes) for name, _, volumes in directions if volumes is not None}
    exponents = [str(month.number - one.base_month.number) for month in one.months]
    columns = {"month": list(map(str, one.months)), **({"n": exponents} if one.step != 1 else {}), **stated}
    rows = list(zip(*columns.values(), strict=True))
    return Page(
        f"{one.name}: a traffic profile of {one.plan}",
        (
            "GB of one site in a whole calendar month; in part of a month it sends the share of its hours.",
            Facts(
                [
                    *((name, _formula(gb, one)) for name, gb, _ in directions),
                    ("n", f"months since {one.base_month}" if one.step != 1 else ""),
                    ("used by", _groups(one.groups)),
                ]
            ),
            Table(list(columns), rows if stated else [], "<".ljust(len(columns), ">")),
        ),
    )


def _column(micro_gb: Sequence[int]) -> list[str]:
    """GB of each month, with as many decimals as one of them has."""
    decimals = max(len(money.text(one, 6).partition(".")[2]) for one in micro_gb)
    return [
        "over 2.25 billion" if one >= MOST_MICRO_GB else f"{money.decimal(one, 6):,.{decimals}f}" for one in micro_gb
    ]


def _formula(gb: Decimal | None, one: Profile) -> str:
    if gb is None:
        return "not stated: unknown, not 0"
    return f"{gb:f} GB × {one.step.normalize():f}^n" if one.step != 1 else f"{gb:f} GB in every month"


def _groups(groups: Sequence[str]) -> str:
    if not groups:
        return "no group"
    more = f" and {len(groups) - SHOWN_GROUPS} more" if len(groups) > SHOWN_GROUPS else ""
    count = f"{len(groups)} {'group' if len(groups) == 1 else 'groups'}"
    return f"{count}: {', '.join(groups[:SHOWN_GROUPS])}{more}"
