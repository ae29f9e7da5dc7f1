"""What became of a decision: the same to the byte, or what changed since."""

from __future__ import annotations

import json
from collections.abc import Iterator

from planner.core.problem import visible
from planner.decision import Replay
from reports import blocks

VERSION = 1


def text(found: Replay) -> str:
    """What changed, the approver, and the verdict as the last line."""
    return blocks.text([_title(found), *_body(found), _said(found)])


def markdown(found: Replay) -> str:
    """The verdict, what changed, and the approver."""
    return blocks.markdown([blocks.Heading(_title(found), 1), _said(found), *_body(found)])


def document(found: Replay) -> str:
    """The same for programs."""
    plain = {
        "version": VERSION,
        "same": found.same,
        "expired": found.expired if found.as_of else None,
        "holds": found.holds,
        "as_of": found.as_of.isoformat() if found.as_of else None,
        "decided_as_of": found.record["as_of"],
        "valid_until": found.record["valid_until"],
        "approver": found.record.get("approver"),
        "changes": [
            {"what": what, "which": which, "then": then, "now": now} for what, which, then, now in found.changes()
        ],
    }
    return json.dumps(plain, ensure_ascii=False, indent=2) + "\n"


def _title(found: Replay) -> str:
    return f"Decision on {', '.join(map(str, found.record.get('plans') or []))} as of {found.record['as_of']}"


def _body(found: Replay) -> Iterator[blocks.Block]:
    changes = list(found.changes())
    if changes:
        yield blocks.Heading("Changed since")
        yield blocks.Bullets(
            [f"{' '.join(filter(None, (what, which)))}: {then}  ->  {now}" for what, which, then, now in changes]
        )
    approver, until = found.record.get("approver"), found.record["valid_until"]
    given = approver if isinstance(approver, dict) else {}
    facts = {
        "decided": "passed" if found.record.get("passed") else "failed",
        "valid until": f"{until}, exclusive" if until else "without end",
        **{key: str(given[key]) for key in ("name", "date", "comment") if given.get(key)},
    }
    yield blocks.Bullets([f"{name}: {visible(words)}" for name, words in facts.items()])


def _said(found: Replay) -> str:
    """The verdict in a sentence."""
    number = sum(1 for _ in found.changes())
    differ = "1 thing differs" if number == 1 else f"{number} things differ"
    said = "The same, byte for byte" if found.same else f"CHANGED: {differ}"
    if found.expired:
        return f"{said}; EXPIRED: on {found.as_of} it holds no longer"
    return f"{said}; not expired on {found.as_of}" if found.as_of else said
