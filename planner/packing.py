"""Frozen records and tables -> bytes, and back: what a calculated plan consists of, and nothing else.

Whoever reads such bytes runs nothing that stands in them: a record is made of a class that the reader allows, by
setting its fields; what the program declares, such as a quota, is named by its id. Equal values are written once, so
that the same values give the same bytes, whoever holds them.

    head    8 bytes, the length of the nodes
    nodes   a list in JSON; each is a list [kind, ...] whose parts are null, true, a whole number, a text, or [n]: the
            node n, one of those before it. The last one is the whole.
    arrays  their elements, little-endian, each array at a multiple of 8
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.core.entry import Entry
from planner.core.problem import Location, Place
from planner.core.text import Source

if TYPE_CHECKING:
    from planner.core.text import Path

Allowed = Mapping[str, type]
"""Classes of which records may be, by name."""
Registries = Mapping[type, Mapping[str, Any]]
"""By class, what the program declares of it, by id."""

_HEAD = 8
_TYPES = {"int64": np.dtype("<i8"), "bool": np.dtype("|b1")}
_DECIMAL = re.compile(r"-?\d{1,60}(\.\d{1,60})?(E[+-]\d{1,2})?")
_FRACTION = re.compile(r"-?\d{1,60}(/\d{1,60})?")


class KeptSource(Source):
    """A file that was read once: of its text only the places are kept that something points to."""

    def __init__(self, name: str) -> None:
        super().__init__(name, "")
        self.locations: dict[tuple[Path, bool], Location] = {}

    def locate(self, path: Path, key: bool = False) -> Location:
        return self.locations.get((path, key), Location(self.name, 0, 0))


def classes(modules: Sequence[ModuleType], also: Sequence[type] = ()) -> dict[str, type]:
    """The records that some modules define, by name: dataclasses, named tuples and entries of files; and some more."""
    found = (
        one
        for module in modules
        for name, one in vars(module).items()
        if isinstance(one, type) and one.__module__ == module.__name__ and not name.startswith("_") and _fields(one)
    )
    return {_name(one): one for one in (*found, *also)}


def _name(kind: type) -> str:
    return f"{kind.__module__}:{kind.__qualname__}"


def _fields(kind: type) -> tuple[str, ...]:
    """Names of the fields of a record, in their order; () for what is none."""
    if issubclass(kind, Entry):
        return tuple(kind.model_fields)
    if dataclasses.is_dataclass(kind):
        return tuple(field.name for field in dataclasses.fields(kind))
    return tuple(getattr(kind, "_fields", ())) if issubclass(kind, tuple) else ()


def pack(value: Any, allowed: Allowed, registries: Registries) -> bytes:
    """A value as bytes.

    raises : TypeError for what is none of the kinds above
    """
    packer = _Packer(allowed, registries)
    packer.node(value)
    nodes = f"[{','.join(packer.nodes)}]".encode("ascii")
    padding = b" " * (-len(nodes) % 8)
    return b"".join(((len(nodes + padding)).to_bytes(_HEAD, "big"), nodes, padding, bytes(packer.arrays)))


class _Packer:
    def __init__(self, allowed: Allowed, registries: Registries) -> None:
        self.allowed, self.registries = allowed, registries
        self.nodes: list[str] = []
        self.arrays = bytearray()
        self.number: dict[str, int] = {}  # of a node, by its text
        self.offset: dict[bytes, int] = {}  # of the elements of an array
        self.done: dict[int, tuple[Any, int]] = {}  # by identity, which holds as long as the object is kept here
        self.ids = {id(one): (kind, name) for kind, known in registries.items() for name, one in known.items()}

    def part(self, value: Any) -> Any:
        """A value as a part of a node."""
        if value is None or type(value) in (bool, int):
            return value
        return str(value) if isinstance(value, str) else [self.node(value)]

    def parts(self, values: Any) -> list[Any]:
        return [self.part(value) for value in values]

    def node(self, value: Any) -> int:
        """The number of the node of a value."""
        if id(value) in self.done:
            return self.done[id(value)][1]
        text = json.dumps(self.described(value), separators=(",", ":"))  # in ASCII: a path can be no text
        if text not in self.number:
            self.number[text] = len(self.nodes)
            self.nodes.append(text)
        self.done[id(value)] = (value, self.number[text])
        return self.number[text]

    def described(self, value: Any) -> list[Any]:
        kind = type(value)
        if id(value) in self.ids:
            of, name = self.ids[id(value)]
            return ["declared", _name(of), name]
        if isinstance(value, np.ndarray):
            return self.array(value)
        if isinstance(value, Source):
            return ["source", value.name]
        if isinstance(value, Place):
            at = value.location
            return ["place", *self.parts((value.source, value.path, value.key, at.line, at.column))]
        if _name(kind) in self.allowed:
            return self.record(value)
        if kind is tuple or kind is list:
            return [kind.__name__, *self.parts(value)]
        if isinstance(value, Mapping):
            return ["map", *self.parts(part for pair in value.items() for part in pair)]
        if kind in (date, datetime):
            return [kind.__name__, value.isoformat()]
        if kind in (Decimal, Fraction):
            return [kind.__name__.lower(), str(value)]
        raise TypeError(f"a {_name(kind)} is no part of a plan that is kept")

    def record(self, value: Any) -> list[Any]:
        kind = type(value)
        values = self.parts(getattr(value, name) for name in _fields(kind))
        if not isinstance(value, Entry):
            return ["record", _name(kind), *values]
        return ["entry", _name(kind), self.part(tuple(sorted(value.model_fields_set))), *values]

    def array(self, value: np.ndarray) -> list[Any]:
        name = value.dtype.name
        elements = value.astype(_TYPES[name], copy=False).tobytes() if name in _TYPES else None
        if elements is None:
            raise TypeError(f"an array of {name} is no part of a plan that is kept")
        if elements not in self.offset:
            self.offset[elements] = len(self.arrays)
            self.arrays += elements + b"\0" * (-len(elements) % 8)
        return ["array", name, self.offset[elements], *value.shape]


def unpack(data: bytes, allowed: Allowed, registries: Registries) -> Any:
    """The value that some bytes are of.

    raises : ValueError for bytes that are of none, or of classes that are not allowed
    """
    try:
        size = int.from_bytes(data[:_HEAD], "big")
        nodes = json.loads(data[_HEAD : _HEAD + size])
        unpacker = _Unpacker(memoryview(data)[_HEAD + size :], allowed, registries)
        for node in nodes:
            unpacker.made.append(unpacker.make(*node))
        return unpacker.made[-1]
    except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError) as error:
        raise ValueError(f"it holds no plan: {error}") from error


class _Unpacker:
    def __init__(self, arrays: memoryview, allowed: Allowed, registries: Registries) -> None:
        self.arrays, self.allowed = arrays, allowed
        self.registries = {_name(kind): known for kind, known in registries.items()}
        self.made: list[Any] = []
        self.kinds: dict[str, Callable[..., Any]] = {
            "declared": lambda kind, name: self.registries[kind][name],
            "array": self.array,
            "source": lambda name: KeptSource(_text(name)),
            "place": self.place,
            "record": self.record,
            "entry": self.entry,
            "tuple": lambda *parts: tuple(self.values(parts)),
            "list": lambda *parts: self.values(parts),
            "map": self.map,
            "date": lambda text: date.fromisoformat(text),
            "datetime": lambda text: datetime.fromisoformat(text),
            "decimal": lambda text: Decimal(_matched(_DECIMAL, text)),
            "fraction": lambda text: Fraction(_matched(_FRACTION, text)),
        }

    def make(self, kind: str, *parts: Any) -> Any:
        """The value of a node; those before it are made."""
        return self.kinds[kind](*parts)

    def value(self, part: Any) -> Any:
        if type(part) is list:
            (number,) = part
            if type(number) is not int or number < 0:  # else it would count from the end
                raise ValueError("a node that is none")
            return self.made[number]
        if part is None or type(part) in (bool, int, str):
            return part
        raise ValueError(f"a {type(part).__name__}")

    def values(self, parts: Sequence[Any]) -> list[Any]:
        return [self.value(part) for part in parts]

    def map(self, *parts: Any) -> dict[Any, Any]:
        values = self.values(parts)
        return dict(zip(values[::2], values[1::2], strict=True))

    def array(self, name: str, offset: int, *shape: int) -> np.ndarray:
        kind = _TYPES[name]
        if offset < 0 or any(type(size) is not int or size < 0 for size in shape):
            raise ValueError("an array of no size")
        count = 1
        for size in shape:
            count *= size
        end = offset + count * kind.itemsize
        if end > len(self.arrays):
            raise ValueError("an array beyond the end")
        found = np.frombuffer(self.arrays[offset:end], kind).reshape(shape)
        if name == "bool" and found.size and int(found.view(np.uint8).max()) > 1:
            raise ValueError("an array of neither true nor false")
        return found

    def place(self, source: Any, path: Any, key: bool, line: int, column: int) -> Place:
        found = Place(self.value(source), self.value(path), key)
        if not isinstance(found.source, KeptSource) or not isinstance(found.path, tuple):
            raise ValueError("a place without a file")
        found.source.locations[found.path, key] = Location(found.source.name, int(line), int(column))
        return found

    def record(self, name: str, *parts: Any) -> Any:
        kind, values = self.allowed[name], self.values(parts)
        if issubclass(kind, tuple):
            return tuple.__new__(kind, _as_many(values, _fields(kind)))
        if not dataclasses.is_dataclass(kind):
            raise ValueError(f"{name} is no record")
        return _filled(kind, values)

    def entry(self, name: str, given: Any, *parts: Any) -> Any:
        kind, fields_set = self.allowed[name], frozenset(self.value(given))
        if not issubclass(kind, Entry) or not fields_set <= kind.model_fields.keys():
            raise ValueError(f"{name} has other fields")
        made: Entry = kind.__new__(kind)
        values = _as_many(self.values(parts), _fields(kind))
        object.__setattr__(made, "__dict__", dict(zip(_fields(kind), values, strict=True)))
        object.__setattr__(made, "__pydantic_fields_set__", set(fields_set))
        object.__setattr__(made, "__pydantic_extra__", None)
        object.__setattr__(made, "__pydantic_private__", None)
        return made


def _filled(kind: type, values: list[Any]) -> Any:
    """A record with its fields set; what its class does when it is made otherwise was done when it was kept."""
    made: Any = object.__new__(kind)
    for field, value in zip(_fields(kind), _as_many(values, _fields(kind)), strict=True):
        object.__setattr__(made, field, value)
    return made


def _as_many(values: list[Any], fields: Sequence[str]) -> list[Any]:
    if len(values) != len(fields):
        raise ValueError(f"{len(values)} values for {len(fields)} fields")
    return values


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("a name that is no text")
    return value


def _matched(pattern: re.Pattern[str], text: str) -> str:
    if not pattern.fullmatch(text):  # 1E+999999999 would take a gigabyte to write out
        raise ValueError("a number that is none")
    return text
