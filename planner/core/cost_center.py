"""The name of a cost centre."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from planner.core.scalar import Text, must

LONGEST = 200
"""Characters; tables, sheets and bookings hold them whole."""
NOT_GIVEN, ALL, ROUNDING = "(none)", "all", "rounding"
"""What tables call rows that are no cost centre: costs without one, the sum, and what rounding leaves over."""


def _check(name: str) -> str:
    if name in (NOT_GIVEN, ALL, ROUNDING):
        raise must("be another name: tables use it themselves", name, "give the cost centre another name")
    if len(name) > LONGEST:
        raise must(f"have at most {LONGEST} characters", name, "shorten it")
    return name


CostCenter = Annotated[Text, AfterValidator(_check)]
"""A cost centre, as your books name it."""
