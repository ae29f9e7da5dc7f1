"""Decision records: a verdict with everything it rests on, to be filled in, kept, and replayed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from planner import __version__, fingerprint, gate, summary
from planner.core.problem import InputError, Location, Measured, Problem
from planner.core.text import read
from planner.plan import Plan
from planner.project import Request
from planner.verdict import Row, Verdict
from planner.waiver import Waiver
from pricing import money

FILE = "decision.json"
KIND = "cenplan-decision"
VERSION = 1
APPROVER = {"name": None, "date": None, "comment": None}
"""To be filled in by whoever decides."""
_MOST_BYTES = 64 * 1024**2


def document(verdict: Verdict) -> dict[str, Any]:
    """A verdict of a gate as plain values: decimals are text, null is what there is not."""
    one = verdict.judgement
    assert one is not None
    return {
        "kind": KIND,
        "version": VERSION,
        "cenplan": __version__,
        "as_of": one.as_of.isoformat(),
        "valid_until": one.valid_until.isoformat() if one.valid_until else None,
        "passed": verdict.passed,
        "sentence": gate.sentence(verdict),
        "plans": list(verdict.plan.inventory.scenarios),
        "cost": _cost(verdict.plan),
        "baseline": _cost(one.baseline) if one.baseline else None,
        "overrides": list(one.overrides),
        "findings": [_row(row) for row in verdict.rows],
        "inputs": [
            {"role": given.role, "path": given.path, "sha256": given.sha256, "origin": given.origin}
            for given in one.inputs
        ],
        "request": {
            "plans": list(one.request.plans),
            "project": one.request.project or None,
            "policy": one.request.policy,
            "waivers": one.request.waivers,
            "baseline": list(one.request.baseline),
            "protected": one.request.protected,
            "without_policy": one.request.without_policy,
        },
    }


def text(verdict: Verdict) -> str:
    """The record of a decision, with the fields of the approver to fill."""
    return written({**document(verdict), "approver": APPROVER})


def written(record: Mapping[str, Any]) -> str:
    """A record as the text of its file."""
    return json.dumps(record, ensure_ascii=False, indent=2) + "\n"


def _cost(plan: Plan) -> dict[str, Any]:
    totals = summary.totals(plan)
    return {
        "currency": plan.inventory.currency,
        "priced_subtotal": money.text(totals.subtotal, 9),
        "complete": totals.complete,
        "coverage_percent": totals.coverage_percent,
    }


def _row(row: Row) -> dict[str, Any]:
    one = row.finding
    location = one.location
    place = None
    if location:
        place = {"file": fingerprint.shown(location.file), "line": location.line, "column": location.column}
    return {
        "code": one.code,
        "level": one.level,
        "counts_as": row.level,
        "subject": one.subject,
        "place": place,
        "measured": measured(one.measured) if one.measured else None,
        "message": one.message,
        "remedy": one.remedy,
        "source": one.source,
        "waiver": _waiver(row.waiver) if row.waiver else None,
        "waivers_refused": list(row.notes),
        "approvers": list(row.approvers),
    }


def measured(one: Measured) -> dict[str, Any]:
    """The numbers of a finding."""
    return {
        "actual": money.text(one.actual, one.decimals) if one.decimals else str(one.actual),
        "limit": money.text(one.limit, one.decimals) if one.decimals else str(one.limit),
        "at_least": one.at_least,
        "unit": one.unit,
    }


def _waiver(one: Waiver) -> dict[str, Any]:
    return {
        "check": one.check,
        "subject": one.subject,
        "reason": one.reason,
        "owner": one.owner,
        "ticket": one.ticket,
        "expires": one.expires.isoformat(),
        "cap": one.cap.words if one.cap else None,
    }


@dataclass(frozen=True)
class Replay:
    """A decision, and what the same gate says today."""

    record: Mapping[str, Any]
    today: Mapping[str, Any]
    as_of: date | None
    """Day on which it is asked whether the decision still holds; None: nobody asks."""

    @property
    def same(self) -> bool:
        """Whether both are the same to the byte, but for what the approver filled in."""
        return written({**self.record, "approver": APPROVER}) == written({**self.today, "approver": APPROVER})

    @property
    def expired(self) -> bool:
        """Whether the decision holds no longer."""
        until = self.record["valid_until"]
        return self.as_of is not None and until is not None and self.as_of >= date.fromisoformat(until)

    @property
    def holds(self) -> bool:
        """Whether the decision is the same and still valid."""
        return self.same and not self.expired

    def changes(self) -> Iterator[tuple[str, str, str, str]]:
        """(what, which, then, now) of everything that differs; empty: there is none."""
        then, now = self.record, self.today
        for key in ("cenplan", "passed", "valid_until"):
            if then.get(key) != now[key]:
                yield key, "", _plain(then.get(key)), _plain(now[key])
        yield from _differences(
            "input", _by(then, "inputs", "role", "path"), _by(now, "inputs", "role", "path"), "sha256"
        )
        for which in ("cost", "baseline"):
            if then.get(which) != now[which]:
                yield which, "", _amount(then.get(which)), _amount(now[which])
        keys = ("code", "subject")
        yield from _differences("finding", _by(then, "findings", *keys), _by(now, "findings", *keys), "message")
        told = {"cenplan", "passed", "valid_until", "inputs", "cost", "baseline", "findings", "sentence", "approver"}
        for key in sorted({*then, *now} - told):
            if then.get(key) != now.get(key):
                yield key, "", _plain(then.get(key)), _plain(now.get(key))


def replay(path: str, as_of: date | None) -> Replay:
    """Run the gate of a decision once more, on the files that it names, as of its own day.

    raises : InputError for what is no decision, and as the gate does
    """
    record = _read(path)
    request = record["request"]
    if "-" in (*request["plans"], *request["baseline"]):
        raise InputError(
            Problem(Location(path, 0, 0), "a plan came from standard input", "judge files, which can be read again")
        )
    asked = Request(
        plans=tuple(request["plans"]),
        project=request["project"] or "",
        policy=request["policy"],
        waivers=request["waivers"],
        baseline=tuple(request["baseline"]),
        protected=request["protected"],
        without_policy=request["without_policy"],
    )
    return Replay(record, document(gate.judge(asked, date.fromisoformat(record["as_of"]))), as_of)


def _read(path: str) -> dict[str, Any]:
    """A record that can be replayed."""
    content, name = read(path, _MOST_BYTES)

    def refuse(message: str, line: int = 0, column: int = 0) -> InputError:
        return InputError(Problem(Location(name, line, column), message, f"name a {FILE} that cenplan gate wrote"))

    try:
        record = json.loads(content)
    except (ValueError, RecursionError) as error:
        place = (getattr(error, "lineno", 0), getattr(error, "colno", 0))
        raise refuse(f"this is no JSON: {getattr(error, 'msg', error)}", *place) from None
    if not isinstance(record, dict) or record.get("kind") != KIND:
        raise refuse("this is no decision")
    if record.get("version") != VERSION:
        raise refuse(f"a decision of version {record.get('version')!r}, this cenplan knows {VERSION}")
    if wrong := _ill_formed(record):
        raise refuse(f"the decision cannot be replayed: {wrong} is missing or of another form")
    return record


def _ill_formed(record: Mapping[str, Any]) -> str:
    """The first part of a record that a replay could not use; empty: there is none."""

    request = record.get("request")
    if not isinstance(request, dict):
        return "request"
    parts = {
        "as_of": _is_day(record.get("as_of")),
        "valid_until": record.get("valid_until") is None or _is_day(record.get("valid_until")),
        "inputs": _is_list_of(record.get("inputs"), "role", "path", "sha256"),
        "findings": _is_list_of(record.get("findings"), "code", "subject", "message", "counts_as"),
        "request.plans": _is_texts(request.get("plans")),
        "request.baseline": _is_texts(request.get("baseline")),
        "request.without_policy": isinstance(request.get("without_policy"), bool),
        **{f"request.{key}": _is_optional(request.get(key)) for key in ("project", "policy", "waivers", "protected")},
    }
    return next((name for name, fits in parts.items() if not fits), "")


def _is_day(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(date.fromisoformat(value))
    except ValueError:
        return False


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _is_optional(value: object) -> bool:
    return value is None or isinstance(value, str)


def _is_list_of(value: object, *keys: str) -> bool:
    return isinstance(value, list) and all(
        isinstance(one, dict) and all(isinstance(one.get(key), str) for key in keys) for one in value
    )


Keyed = Mapping[tuple[str, ...], Mapping[str, Any]]


def _by(record: Mapping[str, Any], part: str, *keys: str) -> Keyed:
    """Entries of a part by some of their keys; of several with the same, by how many come before."""
    found: dict[tuple[str, ...], Mapping[str, Any]] = {}
    for one in record.get(part) or ():
        key, number = tuple(one[name] for name in keys), 1
        while (*key, str(number)) in found:
            number += 1
        found[*key, str(number)] = one
    return found


def _differences(what: str, then: Keyed, now: Keyed, shown: str) -> Iterator[tuple[str, str, str, str]]:
    for key in dict.fromkeys((*then, *now)):
        old, new = then.get(key), now.get(key)
        if old != new:
            name = " ".join(key[:-1])
            yield what, name, _entry(old, new, shown), _entry(new, old, shown)


def _entry(one: Mapping[str, Any] | None, other: Mapping[str, Any] | None, shown: str) -> str:
    """What is shown of an entry: what it says, and how it counts; where both are alike the keys that differ."""
    if one is None:
        return "(none)"
    parts = [one["counts_as"]] if "counts_as" in one else []
    if other is not None and all(one.get(key) == other.get(key) for key in (shown, "counts_as")):
        return ", ".join([f"{key}: {_plain(one[key])}" for key in one if one[key] != other.get(key)])
    return ", ".join([*parts, one[shown]])


def _amount(cost: Mapping[str, Any] | None) -> str:
    return f"{cost['currency']} {cost['priced_subtotal']}" if cost else "(none)"


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
