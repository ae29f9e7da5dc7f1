"""The checklist of a rollout as text, Markdown with boxes, CSV and JSON."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby

from planner.checklist import DATA_CENTRE, STEPS, Item
from planner.core.fold import WIDTH
from planner.core.period import instant_text
from planner.core.problem import visible
from planner.core.words import some
from reports import blocks
from reports.markdown import plain

COLUMNS = (
    "plan", "needed_by", "wave", "step", "account", "action", "count", "names", "customer_gateways", "groups",
    "not_stated", "done", "built", "file", "line",
)  # fmt: skip


def render(items: Sequence[Item], form: str, as_of: date | None = None) -> str:
    """The checklist as text, markdown, csv or json.

    as_of : the day as of which it was made; None if there is none, and then nothing is taken as built
    """
    if form == "csv":
        return blocks.csv_text(COLUMNS, [_row(item) for item in items])
    if form == "json":
        day = None if as_of is None else as_of.isoformat()
        document = {"version": 1, "as_of": day, "items": [_record(item) for item in items]}
        return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    lines = (_markdown if form == "markdown" else _text)(items, as_of)
    return "\n".join(lines).rstrip("\n") + "\n"


def _text(items: Sequence[Item], as_of: date | None) -> Iterator[str]:
    yield _title(as_of)
    for said in _opening(items, as_of):
        yield from textwrap.wrap(visible(said), WIDTH, break_long_words=False, break_on_hyphens=False)
    for wave, of_wave in groupby(_to_do(items), _wave):
        heading = f"Needed by {wave}"
        yield from ("", heading, "─" * len(heading))
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


def _markdown(items: Sequence[Item], as_of: date | None) -> Iterator[str]:
    yield f"# {_title(as_of)}"
    for said in _opening(items, as_of):
        yield from ("", plain(said))
    for wave, of_wave in groupby(_to_do(items), _wave):
        yield from ("", f"## Needed by {plain(wave)}")
        for step, of_step in groupby(of_wave, lambda item: item.step):
            yield from ("", f"### {STEPS[step]}", "")
            yield from (f"- [{'x' if item.done else ' '}] {plain(_line(item))}" for item in of_step)


def _title(as_of: date | None) -> str:
    return "Rollout checklist" + ("" if as_of is None else f" as of {as_of}")


def _to_do(items: Sequence[Item]) -> list[Item]:
    return [item for item in items if not item.built]


def _opening(items: Sequence[Item], as_of: date | None) -> Iterator[str]:
    """What is to be done in numbers, and the waves that are not listed because their day is past."""
    yield _summary(items)
    built = [item for item in items if item.built]
    waves = [f"{wave} ({_attached(list(of_wave))})" for wave, of_wave in groupby(built, _wave)]
    if waves:  # the latest first: of many, those are what a reader looks for
        yield (
            f"Not listed, taken as built because their day is before {as_of}: {some(waves[::-1])}. Look whether they"
            " are there; -f json and -f csv list what they took."
        )


def _attached(items: Sequence[Item]) -> str:
    """How many attachments a wave had; a list of one account can have none."""
    count = sum(item.count or 0 for item in items if item.step == "attachment")
    return f"{count:,} attachment{'' if count == 1 else 's'}" if count else f"{len(items):,} things"


def _summary(items: Sequence[Item]) -> str:
    if not items:
        return "There is nothing to do: no step of the plan adds sites."
    listed = _to_do(items)
    if not listed:
        return "There is nothing left to do: the day of every step that adds sites is past."
    missing = len({key for item in listed for key in item.missing})
    open_items = sum(not item.done for item in listed)
    said = f" Not stated: {missing} of the keys that they need, each named where it is needed." if missing else ""
    return (
        f"{open_items:,} things to do, {len(listed) - open_items:,} that are there already, in the order in which they"
        f" must exist.{said}"
    )


def _wave(item: Item) -> str:
    return instant_text(item.instant) + (f" · {item.wave}" if item.wave else "")


def _line(item: Item) -> str:
    """Account, what is to be done, its names, at which gateways, for whom, where it is planned, what is not stated."""
    parts = [f"{item.account}: {item.text}" if item.account != DATA_CENTRE else item.text]
    if item.names:
        parts.append(f": {some(item.names)}")
    if item.gateways:
        parts.append(f" · at {some(item.gateways)}")
    parts.append(f" · {some(item.groups)} · {item.places[0].location.file}:{item.places[0].location.line}")
    if item.missing:
        parts.append(f" · not stated: {some(item.missing)}")
    return "".join(parts)


def _record(item: Item) -> dict[str, object]:
    return {
        "plan": item.plan,
        "needed_by": instant_text(item.instant),
        "wave": item.wave or None,
        "step": item.step,
        "account": item.account or None,
        "action": item.text,
        "count": item.count,
        "names": list(item.names),
        "customer_gateways": list(item.gateways),
        "not_stated": list(item.missing),
        "done": item.done,
        "built": item.built,
        "planned": [
            {"for": name, "file": place.location.file, "line": place.location.line}
            for name, place in zip(item.groups, item.places, strict=True)
        ],
    }


def _row(item: Item) -> dict[str, object]:
    """A row of CSV; of several places the first."""
    first = item.places[0].location
    several = {
        "names": item.names,
        "customer_gateways": item.gateways,
        "groups": item.groups,
        "not_stated": item.missing,
    }
    lists = {key: "; ".join(values) for key, values in several.items()}
    return {**_record(item), **lists, "file": first.file, "line": first.line}
