"""Every quota as a table: what it limits and per what, its default, and where that was read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from planner import quota
from planner.assumption import Assumptions
from planner.quota import TIGHT_PERCENT, Quota
from reports import rule_list
from reports.blocks import Block, Bullets, Heading, Table
from reports.price_words import counted, read

COLUMNS = (
    "id", "level", "title", "description", "scope", "default", "adjustable", "needs_prices", "other_readings",
    "remedy", "evidence", "source", "url", "read_on", "updated",
)  # fmt: skip


def render(form: str) -> str:
    """The list as text, json, csv or markdown."""
    return rule_list.rendered(form, "quotas", COLUMNS, [_record(name, one) for name, one in _declared()], _blocks)


def _declared() -> list[tuple[str, Quota]]:
    return list(quota.declared().items())


def readings(one: Quota) -> tuple[str, ...]:
    """Readings of the rule that are shown beside the usual one, as answers to assumptions."""
    return tuple(words for words, _ in one.other_readings(Assumptions())) if one.other_readings else ()


def _record(name: str, one: Quota) -> dict[str, Any]:
    return {
        "id": name,
        "level": "error",
        "title": one.title,
        "description": one.description,
        "scope": one.scope,
        "default": one.default,
        "adjustable": one.adjustable,
        "needs_prices": False,
        "other_readings": list(readings(one)),
        "remedy": one.remedy,
        "evidence": one.reference.evidence,
        "source": one.reference.title,
        "url": one.reference.url,
        "read_on": one.reference.read_on,
        "updated": one.reference.updated or None,
    }


def _blocks() -> Iterator[Block]:
    numbers = rule_list.numbered(_source(one) for _, one in _declared())
    yield Heading("Quotas", 1)
    yield (
        f"{counted(len(_declared()), 'quota')}; [n] is the source below. Exceeded is an error;"
        f" {TIGHT_PERCENT} % or more of an adjustable one is a warning; a limit that is unknown is never ok."
        " An increase that was granted stands in the estate. No quota needs prices."
    )
    yield Table(
        ("quota", "default", "adjustable", "evidence", "source"),
        [
            (
                name,
                "unknown" if one.default is None else str(one.default),
                one.increasable,
                one.reference.evidence,
                f"[{numbers[_source(one)]}]",
            )
            for name, one in _declared()
        ],
        "<><<<",
    )
    yield Heading("What they say")
    yield Bullets([f"{name}: {_said(one)}" for name, one in _declared()])
    yield Heading("Sources")
    yield rule_list.source_list(numbers)


def _said(one: Quota) -> str:
    others = readings(one)
    return f"{one.description} Counted per {one.scope}." + (f" Also shown: {', '.join(others)}." if others else "")


def _source(one: Quota) -> str:
    updated = f", page updated {one.reference.updated}" if one.reference.updated else ""
    return read(one.reference) + updated
