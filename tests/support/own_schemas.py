"""The JSON Schemas of docs/schema, and what a value has against one."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import jsonschema

from tests.support.examples import SCENARIOS

SCHEMAS = SCENARIOS.parent / "docs" / "schema"


@cache
def validator(name: str) -> jsonschema.Draft202012Validator:
    """What validates by docs/schema/NAME.schema.json."""
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())


def errors(name: str, value: Any) -> list[str]:
    """Where a value is not as its schema says; empty: it is."""
    return [f"{error.json_path}: {error.message}" for error in validator(name).iter_errors(value)]
