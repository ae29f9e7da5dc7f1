"""Tables of the keys of a file, made from its model: path, type, unit, default and meaning of each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType, NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from planner.core import scalar
from planner.core.entry import Entry, field_docs
from planner.core.provenance import Evidence
from planner.plan_file import Attachment, TableRow, Traffic

UNITS = {
    "gb": "GB",
    "tb": "TB",
    "percent": "%",
    "months": "months",
    "seconds": "s",
    "sites": "sites",
    "connections_per_site": "connections",
}
"""Unit of a key whose name ends so."""

_SAME_KEYS = {TableRow: (Attachment, Traffic)}
"""Models that repeat keys of others: a key without words of its own means what it means there."""

_WORDS = {
    scalar.Text: "text",
    scalar.Name: "name",
    scalar.Scope: "name, or `FROM>TO`",
    scalar.Flag: "`true` or `false`",
    scalar.Day: "day",
    scalar.Instant: "day or time",
    scalar.Month: "month",
}


def page(model: type[Entry], leave_out: Sequence[type[Entry]] = ()) -> str:
    """A section for the model and one for each model inside it, in the order in which they come."""
    paths: dict[type[Entry], str] = {}
    for path, inner in _inside(model, "", leave_out):
        paths.setdefault(inner, path)  # keys that stand in several places are explained in the first
    sections = [f"## `{path}`\n\n{inner.__doc__}\n\n{_table(inner, paths)}" for inner, path in paths.items()]
    return "\n\n".join([f"## Top level\n\n{_table(model, paths)}", *sections])


def key(name: str, field: FieldInfo) -> str:
    """How a field is called in a file."""
    return field.alias or name


def _inside(model: type[Entry], path: str, leave_out: Sequence[type[Entry]]) -> Iterator[tuple[str, type[Entry]]]:
    """Models inside a model with the path of each: `attachments.NAME.rollout[]`."""
    for name, field in model.model_fields.items():
        for step, inner in _entries(field.annotation):
            here = f"{path}.{key(name, field)}{step}".lstrip(".")
            if inner not in leave_out:
                yield here, inner
                yield from _inside(inner, here, leave_out)


def _entries(kind: Any) -> Iterator[tuple[str, type[Entry]]]:
    origin, arguments = get_origin(kind), get_args(kind)
    if isinstance(kind, type) and issubclass(kind, Entry):
        yield "", kind
    elif origin is dict:
        yield from ((f".NAME{step}", inner) for step, inner in _entries(arguments[1]))
    elif origin is tuple:
        yield from ((f"[]{step}", inner) for step, inner in _entries(arguments[0]))
    elif origin in (Annotated, Union, UnionType):
        for arm in arguments[:1] if origin is Annotated else arguments:
            yield from _entries(arm)


def _table(model: type[Entry], paths: Mapping[type[Entry], str]) -> str:
    docs = {
        name: text for one in reversed((model, *_SAME_KEYS.get(model, ()))) for name, text in field_docs(one).items()
    }
    lines = ["| key | type | unit | default | meaning |", "|---|---|---|---|---|"]
    for name, field in model.model_fields.items():
        kind = words(field.annotation, field.metadata, paths)
        cells = (f"`{key(name, field)}`", kind, _unit(name), _default(field), " ".join(docs[name].split()))
        lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    return "\n".join(lines)


def _unit(name: str) -> str:
    return next((unit for end, unit in UNITS.items() if name == end or name.endswith(f"_{end}")), "")


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**required**"
    default = field.get_default(call_default_factory=True)
    if default is None:
        return ""
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    if isinstance(default, Entry):
        return "`{}`"
    return "`[]`" if default == () else f"`{default}`"


def words(kind: Any, metadata: Sequence[Any] = (), paths: Mapping[type[Entry], str] = MappingProxyType({})) -> str:
    """What may be written for a type, in words; mappings link to their section."""
    for scalar_type, text in _WORDS.items():
        if metadata and get_args(scalar_type)[1:2] == tuple(metadata[:1]):
            return text
    if kind == Evidence:
        return "evidence"
    for item in metadata:
        if isinstance(item, scalar.Real | scalar.Whole):
            return _number(item)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return words(arguments[0], arguments[1:], paths)
    if origin is Literal:
        return " or ".join(f"`{one}`" for one in arguments)
    if origin in (Union, UnionType):
        return ", or ".join(words(arm, (), paths) for arm in arguments if arm is not NoneType)
    if origin is tuple:
        return f"list of: {words(arguments[0], (), paths)}"
    if origin is dict:
        return f"by name: {words(arguments[1], (), paths)}"
    if isinstance(kind, type) and issubclass(kind, Entry):
        return f"[mapping](#{slug(paths[kind])})" if kind in paths else "mapping"
    raise TypeError(f"no words for {kind} {metadata}")


def slug(heading: str) -> str:
    """The anchor that a heading gets."""
    return re.sub(r"[^\w -]", "", heading.strip().lower()).replace(" ", "-")


def _number(number: scalar.Real | scalar.Whole) -> str:
    what = "whole number" if isinstance(number, scalar.Whole) else "number"
    low, high, above = number.minimum, number.maximum, getattr(number, "above", None)
    if low is not None and low == high:
        return f"`{low}`"
    bounds = {"above": above, "from": low, "to": high}
    return " ".join([what, *(f"{word} {bound:,}" for word, bound in bounds.items() if bound is not None)])
