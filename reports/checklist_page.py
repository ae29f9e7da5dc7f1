"""The checklist of a rollout as text, Markdown with boxes, CSV and JSON."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby

from planner.checklist import DATA_CENTRE, STEPS, Item
from planner.core.period import instant_text
from planner.core.problem import visible
from planner.core.words import some
from reports import blocks
from reports.layout import WIDTH
from reports.markdown import plain

COLUMNS = (
    "plan", "date", "wave", "step", "account", "action", "count", "names", "groups", "not_stated", "done", "file",
    "line",
)  # fmt: skip


def render(items: Sequence[Item], form: str) -> str:
    """The checklist as text, markdown, csv or json."""
    if form == "csv":
        return blocks.csv_text(COLUMNS, [_row(item) for item in items])
    if form == "json":
        document = {"version": 1, "items": [_record(item) for item in items]}
        return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    return "\n".join(_markdown(items) if form == "markdown" else _text(items)).rstrip("\n") + "\n"


def _text(items: Sequence[Item]) -> Iterator[str]:
    yield "Rollout checklist"
    yield from textwrap.wrap(_summary(items), WIDTH)
    for wave, of_wave in groupby(items, _wave):
        yield from ("", wave, "─" * len(wave))
        for step, of_step in groupby(of_wave, lambda item: item.step):
            yield STEPS[step]
            for item in of_step:
                yield from textwrap.wrap(
                    visible(f"[{'x' if item.done else ' '}] {_line(item)}"),
                    WIDTH,
                    initial_indent="  ",
                    subsequent_indent="      ",
                    break_long_words=False,
                    break_on_hyphens=False,
                )


def _markdown(items: Sequence[Item]) -> Iterator[str]:
    yield from ("# Rollout checklist", "", plain(_summary(items)))
    for wave, of_wave in groupby(items, _wave):
        yield from ("", f"## {plain(wave)}")
        for step, of_step in groupby(of_wave, lambda item: item.step):
            yield from ("", f"### {STEPS[step]}", "")
            yield from (f"- [{'x' if item.done else ' '}] {plain(_line(item))}" for item in of_step)


def _summary(items: Sequence[Item]) -> str:
    if not items:
        return "There is nothing to do: no step of the plan adds sites."
    missing = len({key for item in items for key in item.missing})
    open_items = sum(not item.done for item in items)
    said = f" Not stated: {missing} of the keys that they need, each named where it is needed." if missing else ""
    return (
        f"{open_items:,} things to do, {len(items) - open_items:,} that are there already, in the order in which they"
        f" must exist.{said}"
    )


def _wave(item: Item) -> str:
    return instant_text(item.instant) + (f" · {item.wave}" if item.wave else "")


def _line(item: Item) -> str:
    """Account, what is to be done, its names, for whom, where it is planned, and what is not stated."""
    parts = [f"{item.account}: {item.text}" if item.account != DATA_CENTRE else item.text]
    if item.names:
        parts.append(f": {some(item.names)}")
    parts.append(f" · {some(item.groups)} · {item.places[0].location.file}:{item.places[0].location.line}")
    if item.missing:
        parts.append(f" · not stated: {some(item.missing)}")
    return "".join(parts)


def _record(item: Item) -> dict[str, object]:
    return {
        "plan": item.plan,
        "date": instant_text(item.instant),
        "wave": item.wave or None,
        "step": item.step,
        "account": item.account or None,
        "action": item.text,
        "count": item.count,
        "names": list(item.names),
        "not_stated": list(item.missing),
        "done": item.done,
        "planned": [
            {"for": name, "file": place.location.file, "line": place.location.line}
            for name, place in zip(item.groups, item.places, strict=True)
        ],
    }


def _row(item: Item) -> dict[str, object]:
    """A row of CSV; of several places the first."""
    first = item.places[0].location
    lists = {"names": "; ".join(item.names), "groups": "; ".join(item.groups), "not_stated": "; ".join(item.missing)}
    return {**_record(item), **lists, "file": first.file, "line": first.line}
