"""Every check as a table: what it looks for, how grave its findings can be, and where the rule stands."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any, get_args

from planner import check
from planner.check import Check
from planner.core.problem import Level
from planner.plan_file import Stage
from reports import rule_list
from reports.blocks import Block, Heading, Table
from reports.price_words import counted

STAGES: tuple[Stage, ...] = get_args(Stage)
COLUMNS = (
    "id", "level", *(f"level_{stage}" for stage in STAGES), "description", "reports", "reason",
    "needs_prices", "source", "url",
)  # fmt: skip
FOLLOWS_FROM_THE_PLAN = "follows from the plan alone"
_ADDRESS = re.compile(r"https?://[^\s,;]+")


def render(form: str) -> str:
    """The list as text, json, csv or markdown."""
    records = [_record(name, one, flat=form == "csv") for name, one in check.declared().items()]
    return rule_list.rendered(form, "checks", COLUMNS, records, _blocks)


def levels(one: Check) -> dict[Stage, Level]:
    """The worst level that the findings of a check can have, by the stage of the plan."""
    return {stage: one.level_at(stage) for stage in STAGES}


def reason(one: Check) -> str:
    """Why a check is there: what the first sentence of its file says."""
    words = inspect.getdoc(inspect.getmodule(one.find)) or ""
    return " ".join(words.partition("\n\n")[0].split())


def reports(one: Check) -> str:
    """What a check reports."""
    return " ".join((inspect.getdoc(one.find) or "").partition("\n\n")[0].split())


def _record(name: str, one: Check, flat: bool) -> dict[str, Any]:
    by_stage = levels(one)
    address = _ADDRESS.search(one.source)
    return {
        "id": name,
        "level": one.level,
        **({f"level_{stage}": level for stage, level in by_stage.items()} if flat else {"levels": by_stage}),
        "description": one.description,
        "reports": reports(one),
        "reason": reason(one),
        "needs_prices": one.needs_prices,
        "source": one.source or None,
        "url": address[0] if address else None,
    }


def _blocks() -> Iterator[Block]:
    known = check.declared()
    numbers = rule_list.numbered(one.source for one in known.values())
    yield Heading("Checks", 1)
    yield (
        f"{counted(len(known), 'check')}; the level is the worst that a finding can have, by stage of the plan where it"
        " depends on that. Those that need prices find nothing in a plan that is not priced, and that is no pass."
        f" [n] is the source below; a check without one {FOLLOWS_FROM_THE_PLAN}."
    )
    yield Table(
        ("check", "level", "what it looks for", "prices", "source"),
        [
            (
                name,
                level_words(one),
                one.description.replace("`", ""),
                "needed" if one.needs_prices else "no",
                f"[{numbers[one.source]}]" if one.source else "",
            )
            for name, one in known.items()
        ],
        "<<<<<",
    )
    yield Heading("Sources")
    yield rule_list.source_list(numbers)


def level_words(one: Check) -> str:
    """The level of a check; where it depends on the stage of the plan, each with its stage."""
    found = levels(one)
    if len(set(found.values())) == 1:
        return found["estimate"]
    return ", ".join(f"{stage}: {level}" for stage, level in found.items())
