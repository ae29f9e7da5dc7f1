"""Input models, and loading a source as one: everything that does not fit is told at once, with its place.

A model is a subclass of Entry whose fields use the scalars of this module. Its own validators say what is
wrong with `raise must(...)` or `raise wrong(...)`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from types import NoneType
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar, get_args, get_origin

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, model_validator
from pydantic_core import PydanticCustomError, core_schema

from planner.core import period
from planner.core.fault import LIST, MAPPING, TEXT, Fault, bare, faults, key_of
from planner.core.problem import InputError, Place, Problem, quoted
from planner.core.scalar import (
    Count,
    Day,
    Flag,
    Instant,
    Month,
    Name,
    NonNegative,
    Number,
    Percent,
    Positive,
    Prose,
    Real,
    Scalar,
    Scope,
    Text,
    Version,
    Whole,
    must,
    wrong,
)

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler

    from planner.core.source import Plain, Source, TableSource
    from planner.core.text import Path

__all__ = [
    "BY_SHAPE",
    "Count",
    "Day",
    "Entry",
    "Flag",
    "Instant",
    "Month",
    "Name",
    "NonNegative",
    "Number",
    "Percent",
    "Positive",
    "Prose",
    "Real",
    "Scope",
    "Text",
    "Version",
    "Whole",
    "field_docs",
    "json_schema",
    "load",
    "load_rows",
    "must",
    "wrong",
]

T = TypeVar("T")


class Entry(BaseModel):
    """A mapping in a file: closed and frozen. Null for a key that has a default is as if it were absent."""

    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=(), defer_build=True)

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Refuse fields that pydantic would read by its own rules: to it `010` is the number 10."""
        for name, field in cls.model_fields.items():
            if not any(isinstance(item, Scalar) for item in field.metadata) and _is_bare(field.annotation):
                raise TypeError(f"{cls.__name__}.{name}: use the scalar types of this module")

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, data: Any) -> Any:
        if not isinstance(data, dict) or None not in data.values():
            return data
        optional = {key_of(name, field) for name, field in cls.model_fields.items() if not field.is_required()}
        return {key: value for key, value in data.items() if value is not None or key not in optional}

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> dict[str, Any]:
        rendered: dict[str, Any] = handler(schema)
        properties = handler.resolve_ref_schema(rendered).get("properties", {})
        for name, text in field_docs(cls).items():
            if key := properties.get(key_of(name, cls.model_fields[name])):
                key.setdefault("description", text)
        return rendered


def _is_bare(kind: Any) -> bool:
    """Whether a type has a scalar in it that is not of this module."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Literal:
        return not all(isinstance(choice, str) for choice in arguments)
    if origin is Annotated and any(isinstance(item, Scalar) for item in arguments[1:]):
        return False
    return kind in (str, int, float, bool, Decimal, date, datetime) or any(map(_is_bare, arguments))


@dataclass(frozen=True)
class _ByShape:
    """Reads a union by what was written: a mapping, a list or a single value."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        choices: dict[Any, core_schema.CoreSchema] = {}
        arms = [arm for arm in get_args(source) if arm is not NoneType]
        for arm in arms:
            shape = _shape_of_type(arm)
            if shape in choices:
                raise TypeError(f"{source}: two alternatives have the same shape, {shape}")
            choices[shape] = handler.generate_schema(arm)
        union = core_schema.tagged_union_schema(choices, discriminator=_shape)
        return union if len(arms) == len(get_args(source)) else core_schema.nullable_schema(union)


BY_SHAPE = _ByShape()
"""`Annotated[Name | Traffic, BY_SHAPE]`: errors are then those of the alternative that was meant."""


def _shape(value: Any) -> str:
    if isinstance(value, (Mapping, BaseModel)):
        return MAPPING
    return LIST if isinstance(value, (list, tuple)) else TEXT


def _shape_of_type(kind: Any) -> str:
    kind = bare(kind)
    origin = get_origin(kind) or kind
    if isinstance(origin, type) and issubclass(origin, (Mapping, BaseModel)):
        return MAPPING
    return LIST if origin in (list, tuple) else TEXT


def load(model: type[T], source: Source, path: Path = ()) -> T:
    """The value at `path` of a source, as the model describes it.

    raises : InputError with every problem of it, each at its place
    """
    value = source.value
    for depth, step in enumerate(path):
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            problem = Problem(Place(source, path[:depth], key=True), f"{quoted(str(step))} is missing", "add it")
            raise InputError(problem) from None
    kind: Any = model
    try:
        return _adapter(kind).validate_python(value)
    except ValidationError as error:
        found = faults(error, model, value, path)
    raise InputError(Problem(Place(source, f.path, f.key), f.message, f.remedy) for f in found)


def load_rows(
    model: type[T], table: TableSource, transform: Callable[[dict[str, Plain]], Any] | None = None
) -> list[T]:
    """Every row of a table, as the model describes it.

    transform : makes of a row what the model expects; the cells that it passes on keep their place.
                May raise `wrong(..., at=(column,))`.
    raises    : InputError with every problem of every row; what concerns a whole column once, at the header
    """
    problems: list[Problem] = []
    values: list[Any] = table.value
    indices: Sequence[int] = range(len(values))  # of the rows that the values were made of
    if transform is not None:
        values, indices = [], []
        for index, row in enumerate(table.value):
            try:
                values.append(transform(row))
                indices.append(index)
            except PydanticCustomError as error:
                context = error.context or {}
                place = Place(table, (index, *context.get("at", ())))
                problems.append(Problem(place, error.message(), context.get("remedy", "")))
    rows = list[model]  # type: ignore[valid-type]
    try:
        result: list[T] = _adapter(rows).validate_python(values)
        if not problems:
            return result
    except ValidationError as error:
        told: set[str] = set()
        for fault in faults(error, rows, values, ()):
            if problem := _row_problem(fault, table, indices[int(fault.path[0])], values, told):
                problems.append(problem)
    raise InputError(problems)


@lru_cache(maxsize=256)
def _adapter(model: Any) -> TypeAdapter[Any]:
    return TypeAdapter(model)


def _row_problem(fault: Fault, table: TableSource, row: int, values: list[Any], told: set[str]) -> Problem | None:
    """A fault of a row, at its cell; what concerns a whole column at the header, unless it was told."""
    column = _column(table, row, values[int(fault.path[0])], fault.path[1:])
    if fault.kind == "missing" and fault.name in table.columns:
        place = Place(table, (row, fault.name))
        return Problem(place, f"column {quoted(fault.name)} is empty", "fill the cell")
    if fault.kind in ("missing", "extra_forbidden"):
        name = fault.name if fault.kind == "missing" else column or fault.name
        if name in told:
            return None
        told.add(name)
        if fault.kind == "missing":
            return Problem(Place(table, ()), f"the column {quoted(name)} is missing", "add it")
        return Problem(Place(table, (name,), key=True), f"unknown column {quoted(name)}", fault.remedy)
    return Problem(Place(table, (row, column) if column else (row,)), fault.message, fault.remedy)


def _column(table: TableSource, row: int, value: Any, path: Path) -> str:
    """The column that a value of a row comes from: that of the very same cell, or one of the same name."""
    at = value
    for step in path:
        try:
            at = at[step]
        except (KeyError, IndexError, TypeError):
            break
    for column, cell in table.value[row].items():
        if cell is at:
            return column
    return next((str(step) for step in reversed(path) if step in table.columns), "")


@lru_cache(maxsize=256)
def field_docs(model: type[BaseModel]) -> dict[str, str]:
    """What each field of a model means: the description it was given, or the docstring below it.

    Docstrings are read from the model's source when they are asked for: pydantic's use_attribute_docstrings reads
    it on import, which costs every command more than the rest of this package.
    """
    import ast
    import inspect
    from itertools import pairwise
    from textwrap import dedent

    docs = {name: field.description for name, field in model.model_fields.items() if field.description}
    for owner in reversed(model.__mro__):
        if not (issubclass(owner, Entry) and owner is not Entry) or docs.keys() >= owner.model_fields.keys():
            continue
        (tree,) = ast.parse(dedent(inspect.getsource(owner))).body
        assert isinstance(tree, ast.ClassDef)
        for field, text in pairwise(tree.body):
            match field, text:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(words))):
                    docs[name] = inspect.cleandoc(words)
    return {name: docs[name] for name in model.model_fields if name in docs}


def json_schema(model: Any) -> dict[str, Any]:
    """The JSON Schema of a model: descriptions from its docstrings, defaults as a file has them."""
    from pydantic.json_schema import GenerateJsonSchema

    class Generator(GenerateJsonSchema):
        def encode_default(self, dft: Any) -> Any:
            if isinstance(dft, Decimal):
                return int(dft) if dft == int(dft) else float(dft)  # for editors; nothing is computed with it
            return str(dft) if isinstance(dft, period.Month) else super().encode_default(dft)

        def field_title_should_be_set(self, schema: Any) -> bool:
            return False

    return _adapter(model).json_schema(schema_generator=Generator)
