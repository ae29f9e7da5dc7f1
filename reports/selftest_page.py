"""The results of the selftest, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from planner.selftest import Outcome, Result
from reports.page import Bullets, Heading, Page, Table

VERSION = 1


def page(results: Sequence[Result]) -> Page:
    """A line for each figure; what has to be said of the examples, and where each was read, below it."""
    notes = [f"{result.label}: {note}" for result in results for note in result.example.notes]
    return Page(
        title=verdict(results),
        blocks=(
            Table(
                ("", "what", "expected", "got", "", "evidence", "source"),
                [_row(result, outcome) for result in results for outcome in result.outcomes],
                "<<>><<<",
            ),
            Heading("Notes"),
            Bullets(notes),
            Heading("Examples, and where they were read"),
            Bullets([_source(result) for result in results]),
        ),
    )


def verdict(results: Sequence[Result]) -> str:
    """How many figures agree, on one line."""
    outcomes = [outcome for result in results for outcome in result.outcomes]
    differ = sum(not outcome.agrees for outcome in outcomes)
    if differ:
        return f"{differ} of {len(outcomes)} figures DIFFER"
    return f"All {len(outcomes)} figures of {len(results)} worked examples agree"


def document(results: Sequence[Result]) -> str:
    """The results as JSON: figures are plain decimal text, null is what could not be calculated."""
    plain = {
        "version": VERSION,
        "agree": all(outcome.agrees for result in results for outcome in result.outcomes),
        "examples": [
            {
                "id": result.id,
                "title": result.example.title,
                "evidence": result.example.evidence,
                "source": {
                    "title": result.example.source.title,
                    "url": result.example.source.url,
                    "read_on": result.example.source.read_on,
                },
                "notes": list(result.example.notes),
                "figures": [_figure(outcome) for outcome in result.outcomes],
            }
            for result in results
        ],
    }
    return json.dumps(plain, ensure_ascii=False, indent=2) + "\n"


def _figure(outcome: Outcome) -> dict[str, Any]:
    figure, got = outcome.figure, outcome.got
    return {
        "what": figure.what,
        "unit": figure.unit or outcome.currency,
        "arithmetic": figure.arithmetic,
        "expected": _plain(figure.expected),
        "got": None if got is None else _plain(got),
        "agrees": outcome.agrees,
    }


def _row(result: Result, outcome: Outcome) -> Sequence[str]:
    figure = outcome.figure
    return (
        result.label,
        figure.what,
        _amount(figure.expected, outcome),
        "unknown" if outcome.got is None else _amount(outcome.got, outcome),
        "ok" if outcome.agrees else "DIFFERS",
        _evidence(result),
        result.example.source.name,
    )


def _source(result: Result) -> str:
    example, source = result.example, result.example.source
    where = ", ".join(filter(None, (source.title, source.url, f"read {source.read_on}")))
    return f"{result.label}, {_evidence(result)}: {example.title}. {where}"


def _evidence(result: Result) -> str:
    return result.example.evidence.replace("-", " ")


def _amount(value: Decimal, outcome: Outcome) -> str:
    """Every decimal that says something; of money two at least."""
    if outcome.figure.unit:
        return f"{Decimal(_plain(value)):,f} {outcome.figure.unit}"
    exact = Decimal(_plain(value))
    return f"{outcome.currency} {exact:,.2f}" if exact == round(exact, 2) else f"{outcome.currency} {exact:,f}"


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
