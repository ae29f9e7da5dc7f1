"""The state of a plan, which its JSON document keeps: a report is rendered from it again, without calculating.

It is the whole Plan, packed and compressed, as a text. It holds for the very document that it stands in, and for the
cenplan that wrote it: numbers that were changed by hand, or that another version would show otherwise, are refused.
"""

from __future__ import annotations

import binascii
import dataclasses
import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from typing import Any

from planner import (
    __version__,
    assumption,
    connection,
    demand,
    estate,
    finance,
    fingerprint,
    inventory,
    packing,
    plan_file,
    prepaid,
    quota,
    scenario,
    tunnel,
)
from planner import plan as plans
from planner.core import period, problem, provenance
from planner.core.problem import InputError, Location, Problem
from planner.plan import Plan
from pricing import book, exchange, offset, price_table, purchase, rating, usage
from pricing import prepaid as prepaids

KEY = "state"
"""Key of the document; null in one of a check, and in one that would be too large to be read."""
FORMAT = 1
MOST_BYTES = 1024**3
"""Of a state that is not compressed."""
REMEDY = "render it from its plan files, or write it again: cenplan estimate PLAN -f json -o FILE"

_HEAD = b"cenplan state "
_LEVEL = 6


@cache
def _allowed() -> dict[str, type]:
    """The classes that a plan consists of, but for those that the program declares by id."""
    found = packing.classes(
        (
            assumption, connection, demand, estate, finance, fingerprint, inventory, plan_file, plans, prepaid, quota,
            scenario, tunnel, period, problem, provenance, book, exchange, offset, prepaids, price_table, purchase,
            rating, usage,
        ),
        (assumption.Assumptions,),  # made of files when it is first asked for
    )  # fmt: skip
    return {name: kind for name, kind in found.items() if kind not in _registries()}


def _registries() -> packing.Registries:
    return {quota.Quota: quota.declared()}


def state_of(plan: Plan, document: Mapping[str, Any]) -> str | None:
    """The state of a priced plan, to stand in its document; None where it would be too large to be read."""
    kept = dataclasses.replace(plan, kept_inputs=plan.inputs)
    packed = packing.pack(kept, _allowed(), _registries())
    if len(packed) > MOST_BYTES:
        return None
    head = _HEAD + json.dumps([FORMAT, __version__, _hash(document)]).encode() + b"\n"
    return b64encode(zlib.compress(head + packed, _LEVEL)).decode("ascii")


def plan_in(document: Mapping[str, Any], name: str) -> Plan:
    """The plan that a document was written of; `name` is what the document is called in messages.

    raises : InputError for a document without a state, one that was changed, and one of another version
    """

    def refused(message: str) -> InputError:
        return InputError(Problem(Location(name, 0, 0), message, REMEDY))

    state = document.get(KEY)
    if state is None:
        raise refused("the document holds no state to render from: check wrote it, or an older cenplan")
    damaged = "the state of the document is damaged"
    try:
        whole = _decompressed(state)
        head, _, packed = whole.partition(b"\n")
        if not head.startswith(_HEAD):
            raise ValueError("no state")
        form, version, of_document = json.loads(head.removeprefix(_HEAD))
    except (ValueError, TypeError, RecursionError, zlib.error, binascii.Error):
        raise refused(damaged) from None
    if (form, version) != (FORMAT, __version__):
        raise refused(
            f"cenplan {_shown(version)} wrote the state of the document, in format {_shown(form)};"
            f" this one, {__version__}, reads its own, in format {FORMAT}"
        )
    try:
        unchanged = of_document == _hash(document)
    except RecursionError:  # nested deeper than any that is written
        unchanged = False
    if not unchanged:
        raise refused("the document was changed after it was written: its state is of other numbers")
    try:
        found = packing.unpack(packed, _allowed(), _registries())
    except ValueError:
        raise refused(f"{damaged}, or another build of cenplan {__version__} wrote it") from None
    if not isinstance(found, Plan) or not found.priced:
        raise refused(damaged)
    return found


def _decompressed(state: Any) -> bytes:
    if not isinstance(state, str):
        raise TypeError("no text")
    reader = zlib.decompressobj()
    whole = reader.decompress(b64decode(state, validate=True), MOST_BYTES + 1024)
    if not reader.eof or reader.unused_data:
        raise ValueError("cut off, or too large")
    return whole


def _hash(document: Mapping[str, Any]) -> str:
    """Of a document without its state, whatever its indentation."""
    rest = {key: value for key, value in document.items() if key != KEY}
    text = json.dumps(rest, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _shown(value: Any) -> str:
    return problem.visible(str(value)[:40])
