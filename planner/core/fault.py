"""What pydantic found wrong, in our words: a path that exists in the file, a sentence and a remedy."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from planner.core.problem import quoted
from planner.core.scalar import FILL, shown

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic.fields import FieldInfo

    from planner.core.text import Path

TEXT, LIST, MAPPING = "<text>", "<list>", "<mapping>"
"""Tags of alternatives in pydantic's locations; no key of a file looks like one."""


_WORD = re.compile(r"[\w.-]+")


@dataclass
class Fault:
    """One error of a validation: where in the value, and what."""

    path: Path
    key: bool
    message: str
    remedy: str
    kind: str = ""
    name: str = ""
    """the key that is missing, or that was written instead"""
    meant: str = ""
    """the known key that resembles an unknown one"""


def faults(error: ValidationError, model: Any, value: Any, base: Path) -> list[Fault]:
    faults = [_fault(item, model, value, base) for item in error.errors(include_url=False)]
    # A misspelt key is one mistake: not also the absence of the key that was meant.
    misspelt = {(fault.path[:-1], fault.meant) for fault in faults if fault.meant}
    return [f for f in faults if f.kind != "missing" or (f.path, f.name) not in misspelt]


def _fault(item: Any, model: Any, value: Any, base: Path) -> Fault:
    """One of pydantic's errors, in our words and with a path that exists in the value."""
    kind, context = item["type"], item.get("ctx") or {}
    path, at, key = [], value, False
    for step in item["loc"]:
        if (isinstance(at, dict) and step in at) or (isinstance(at, (list, tuple)) and isinstance(step, int)):
            path.append(step)
            at = at[step]
        elif step == "[key]":
            key = True
    inner = tuple(path)
    name = str(item["loc"][-1]) if item["loc"] else ""
    if kind == "missing":
        remedy = f"add '{name}: ...'{_choices(model, (*inner, name))}"
        return Fault(base + inner, True, f"{quoted(name)} is missing", remedy, kind, name)
    if kind == "extra_forbidden":
        remedy, meant = _known_key(model, inner, value)
        return Fault(base + inner, True, f"unknown key {quoted(name)}", remedy, kind, name, meant)
    if kind == "wrong":
        inner += tuple(context.get("at", ()))
        key = bool(context.get("key"))
        message, remedy = item["msg"], context.get("remedy", "")
    else:
        message, remedy = _sentence(kind, item["msg"], context, model, inner, item["input"])
        message = f"{_subject(base + inner, key)} {message}"
    # A mapping or a list that is wrong as a whole is pointed at by its key: it may begin on a later line.
    whole = isinstance(item["input"], (dict, list)) and bool(inner) and isinstance(inner[-1], str)
    return Fault(base + inner, key or (whole and kind != "wrong"), message, remedy, kind)


def _sentence(kind: str, said: str, context: Any, model: Any, path: Path, value: Any) -> tuple[str, str]:
    """Predicate and remedy for an error of a value, by pydantic's name of it."""
    if kind == "value":
        return said, context.get("remedy", "")
    if value is None:
        return "has no value", FILL
    if kind == "literal_error":
        choices = re.findall("'([^']*)'", context["expected"])
        close = _close(str(value), tuple(choices)) if isinstance(value, str) else ""
        others = " or a list" if any(get_origin(arm) in (list, tuple) for arm in _types_at(model, path)) else ""
        return (
            f"must be {context['expected'].replace(chr(39), '')}{others}, not {shown(value)}",
            f"did you mean {quoted(close)}?" if close else f"write {' or '.join(choices)}{others}",
        )
    if kind in ("model_type", "model_attributes_type", "dict_type", "mapping_type", "dataclass_type"):
        known = [key_of(*item) for m in _models_at(model, path) for item in m.model_fields.items()]
        remedy = f"its keys are {', '.join(known)}" if known else "write 'key: value' lines below it, indented"
        return f"must be a mapping, not {shown(value)}", remedy
    if kind in ("list_type", "tuple_type", "set_type", "frozen_set_type", "iterable_type"):
        return f"must be a list, not {shown(value)}", "write each entry on a line that begins with '- '"
    if kind == "union_tag_invalid":
        allowed = {MAPPING: "a mapping", LIST: "a list", TEXT: "a single value"}
        names = [allowed[tag] for tag in re.findall("<[a-z]+>", str(context.get("expected_tags"))) if tag in allowed]
        allowed_here = " or ".join(names)
        return f"must be {allowed_here}, not {shown(value)}", f"write {allowed_here}"
    if kind == "too_short":
        return f"must have at least {_entries(context['min_length'])}", "add what is missing"
    if kind == "too_long":
        return f"must have at most {_entries(context['max_length'])}", "take out what is too much"
    if kind in ("value_error", "assertion_error"):
        return str(context.get("error") or said), ""
    bounds = {
        "greater_than": "above",
        "greater_than_equal": "at least",
        "less_than": "below",
        "less_than_equal": "at most",
    }
    if kind in bounds:
        limit = next(iter(context.values()))
        return f"must be {bounds[kind]} {limit}, not {shown(value)}", f"write what is {bounds[kind]} {limit}"
    return f"is wrong: {said[:1].lower()}{said[1:]}", "correct the value"


def _entries(count: int) -> str:
    return "1 entry" if count == 1 else f"{count} entries"


def _subject(path: Path, key: bool) -> str:
    """What a message is about: `traffic`, `connection_ids[2]`, key 'x y'."""
    if key:
        above = next((step for step in reversed(path[:-1]) if isinstance(step, str)), None)
        return f"a key of {above}" if above else "a key"
    indices = ""
    for step in reversed(path):
        if isinstance(step, str):
            return (step if _WORD.fullmatch(step) else quoted(step)) + indices
        indices = f"[{step}]" + indices
    return f"entry {path[-1] + 1}" if path and isinstance(path[-1], int) else "the file"


def key_of(name: str, field: FieldInfo) -> str:
    """The key of a field in a file."""
    return field.alias or name


def bare(kind: Any) -> Any:
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    return kind


def _arms(kind: Any) -> Iterator[Any]:
    kind = bare(kind)
    if get_origin(kind) in (Union, UnionType):
        for arm in get_args(kind):
            yield from _arms(arm)
    else:
        yield kind


def _children(kind: Any) -> Iterator[tuple[str | None, Any]]:
    """The keys that a type has, and their types; None stands for any key or index."""
    for arm in _arms(kind):
        origin, arguments = get_origin(arm), get_args(arm)
        if isinstance(arm, type) and issubclass(arm, BaseModel):
            for name, field in arm.model_fields.items():
                yield key_of(name, field), field.annotation
        elif origin in (list, tuple) and arguments:
            yield None, arguments[0]
        elif isinstance(origin, type) and issubclass(origin, Mapping) and len(arguments) == 2:
            yield None, arguments[1]


def _models_at(kind: Any, path: Path) -> list[type[BaseModel]]:
    """The models that may stand at a path."""
    return [arm for arm in _types_at(kind, path) if isinstance(arm, type) and issubclass(arm, BaseModel)]


def _types_at(kind: Any, path: Path) -> Iterator[Any]:
    """The types that may stand at a path, unions taken apart."""
    kinds = [kind]
    for step in path:
        kinds = [child for k in kinds for name, child in _children(k) if name in (None, step)]
    for found in kinds:
        yield from _arms(found)


def _choices(kind: Any, path: Path) -> str:
    """The words that a value may be, in brackets; empty if they are not a few."""
    words = [word for arm in _types_at(kind, path) if get_origin(arm) is Literal for word in get_args(arm)]
    return f" ({' or '.join(words)})" if words else ""


def _known_key(model: Any, path: Path, value: Any) -> tuple[str, str]:
    """The remedy for an unknown key, and the known key that it resembles."""
    parent = value
    for step in path[:-1]:
        parent = parent[step]
    name = str(path[-1])
    known = [key_of(*item) for m in _models_at(model, path[:-1]) for item in m.model_fields.items()]
    free = tuple(key for key in known if key not in parent)
    if close := _close(name, free):
        return f"did you mean {quoted(close)}?", close
    if close := _close(name, tuple(known)):
        return f"{quoted(close)} is there already: take this one out", ""
    home = _home(model, name)
    if home:
        return f"{quoted(name)} is a key of {home}: look at the indentation", ""
    return ("the known ones are " + ", ".join(known) if known else "take it out"), ""


@lru_cache(maxsize=1024)
def _close(word: str, known: tuple[str, ...]) -> str:
    """The known word that resembles a word, or nothing."""
    from difflib import get_close_matches

    def folded(text: str) -> str:
        return re.sub("[^a-z0-9]", "", text.lower())

    by_fold = {folded(key): key for key in known}
    if folded(word) in by_fold:
        return by_fold[folded(word)]
    return next(iter(get_close_matches(word[:100], known, n=1, cutoff=0.7)), "")


def _home(model: Any, name: str) -> str:
    """Where in the file a key would be known, if there is one such place."""
    homes: list[str] = []
    seen: set[Any] = set()
    waiting: list[tuple[str, Any]] = [("the file's top level", model)]
    while waiting:
        where, kind = waiting.pop(0)
        for key, child in _children(kind):
            if key == name:
                homes.append(where)
            inside = f"an entry of {where}" if key is None else quoted(key)
            if (key, repr(child)) not in seen:
                seen.add((key, repr(child)))
                waiting.append((inside, child))
    return homes[0] if len(homes) == 1 else ""
