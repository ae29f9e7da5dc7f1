"""Examples that stand in the docstring of a file: what it lets pass and what it tells, as parts of a plan in YAML."""

from __future__ import annotations

import importlib
from inspect import cleandoc

SECTIONS = (
    "passes",
    "fails",
    "fails as error",
    "fails as warning",
    "fails as info",
    "exceeded",
    "tight",
    "unknown",
    "other reading",
)
"""Names of examples: those of a check first, then those of a quota."""


def examples(module: str) -> dict[str, str]:
    """The examples of a module by the name of their section, in the order of the docstring.

    A section begins with its name and a colon on a line; the YAML stands below it, indented.
    """
    text = cleandoc(importlib.import_module(module).__doc__ or "")
    found: dict[str, list[str]] = {}
    section = ""
    for line in text.splitlines():
        if line.endswith(":") and line[:-1] in SECTIONS:
            section = line[:-1]
        elif section and (not line or line.startswith(" ")):
            found.setdefault(section, []).append(line)
        else:
            section = ""
    return {section: cleandoc("\n" + "\n".join(lines)) for section, lines in found.items()}


def stem(name: str, section: str) -> str:
    """What the files of an example are called, without their endings; the first one bears the plain id."""
    if section in ("fails", "exceeded"):
        return name
    return f"{name}.{section.removeprefix('fails as ').replace(' ', '-')}"
