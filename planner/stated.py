"""What plans state, as plain values: for documents that are read again, and for comparing two plans.

Keys are those of the files; numbers that are not whole are decimal text without trailing zeros, days and months are
text. A key that says no more than its default is left out, so that to write it or not is no difference.
"""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from planner.core.period import Month
from planner.plan_file import TableRow, Traffic
from planner.scenario import Group, Scenario

_ELSEWHERE = {"version", "name", "currency", "period", "attachments", "attachment_table", "estate", "finance"}
"""Keys of a plan that stand elsewhere in a document; where a group is written, in the plan or in a table, is no
difference."""


def plan(scenario: Scenario) -> dict[str, Any]:
    """A plan without its groups, its estate and what finance states."""
    return _entry(scenario.plan, _ELSEWHERE)


def group(group: Group) -> dict[str, Any]:
    """An attachment group; a row of a table has the keys that it would have in the plan."""
    stated = _entry(group.entry, {"id", "connection_ids"})
    if isinstance(group.entry, TableRow):
        traffic = {key: stated.pop(key) for key in Traffic.model_fields if key in stated}
        if traffic:
            stated["traffic"] = traffic
    if group.connection_ids:
        stated["connection_ids"] = list(group.connection_ids)
    return stated


def estate(scenario: Scenario) -> dict[str, Any]:
    """The estate that a plan lands on."""
    return _entry(scenario.estate, {"version"})


def finance(scenario: Scenario) -> dict[str, Any]:
    """What finance states; nothing where the plan names none."""
    return _entry(scenario.finance, {"version"})


def _entry(entry: BaseModel, without: set[str]) -> dict[str, Any]:
    found: dict[str, Any] = _plain(entry.model_dump(by_alias=True, exclude_defaults=True, exclude=without))
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items() if one is not None}
    if isinstance(value, Month):  # a tuple, too
        return str(value)
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat().removesuffix(":00")
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, (bool, int)) else str(value)
