"""Texts that were read: their values, and the way from a value to its place in the text."""

from __future__ import annotations

import re
import sys
from functools import cached_property
from typing import TYPE_CHECKING, Any

from planner.core import secret
from planner.core.problem import InputError, Location, Place, Problem, draw

if TYPE_CHECKING:
    import os
    from typing import TypeAlias

    Path: TypeAlias = tuple[str | int, ...]  # the way to a value: keys of mappings and indices of lists

MAX_PROBLEMS = 1000  # of one file's form: a file that is not what it was taken for has no end of them

_LINE_END = re.compile("\r\n|[\n\r]")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")


class Plain(str):
    """A scalar that was written without quotes; what it means is for the schema to say."""

    __slots__ = ()


class Quoted(str):
    """A scalar that was written in quotes or as a block scalar: text for certain."""

    __slots__ = ()


class Source:
    """A text that was read, its value, and the way from a path in the value to a position in the text."""

    name: str
    text: str
    value: Any
    line_end = _LINE_END

    def __init__(self, name: str, text: str, value: Any = None) -> None:
        self.name, self.text, self.value = name, text, value

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"

    def locate(self, path: Path, key: bool = False) -> Location:
        """Where the value at `path` begins, or its key; its nearest ancestor if it does not exist."""
        return Location(self.name, 1, 1)

    def place(self, *path: str | int, key: bool = False) -> Place:
        return Place(self, path, key)

    def excerpt(self, location: Location) -> str:
        """The line of the location and a caret under its column; empty for the file as a whole."""
        if location.line < 1 or not self.text:
            return ""
        return draw(self.line(location.line), location.line, location.column)

    def line(self, number: int) -> str:
        """A line of the text, counted from 1, without its end; empty after the last one."""
        starts = self.line_starts
        if number > len(starts):
            return ""
        end = starts[number] if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : end].rstrip("\r\n\x85\u2028\u2029")

    def problem(self, line: int, column: int, message: str, remedy: str) -> Problem:
        """Something wrong in the form of the text; the line is not shown where it may belong to a secret above."""
        location = Location(self.name, line, column)
        above = self.text[: self.line_starts[min(line, len(self.line_starts)) - 1]]
        return Problem(location, message, remedy, "" if secret.begins_in(above) else self.excerpt(location))

    def secret(self, line: int, column: int, key: str) -> Problem:
        """A key whose value is a secret."""
        location = Location(self.name, line, column)
        return Problem(location, secret.message(key), secret.REMEDY, self.excerpt(location))

    @cached_property
    def line_starts(self) -> list[int]:
        return [0, *(match.end() for match in self.line_end.finditer(self.text))]

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column, from 1, of a character."""
        from bisect import bisect_right

        line = bisect_right(self.line_starts, offset)
        return line, offset - self.line_starts[line - 1] + 1


def read(path: str | os.PathLike[str], limit: int) -> tuple[str, str]:
    """Text and name of a file; InputError if it is missing, unreadable, too large or not UTF-8."""
    name = "<stdin>" if str(path) == "-" else str(path)
    whole = Location(name, 0, 0)
    try:
        if name == "<stdin>":
            if sys.stdin is None:
                raise ValueError("standard input is closed")
            data = sys.stdin.buffer.read(limit + 1)
        else:
            with open(path, "rb") as file:
                data = file.read(limit + 1)
    except FileNotFoundError:
        raise InputError(Problem(whole, "no such file", "check the name and the folder")) from None
    except IsADirectoryError:
        raise InputError(Problem(whole, "this is a folder, not a file", "name a file in it")) from None
    except PermissionError:
        raise InputError(Problem(whole, "the file may not be read", "ask for permission to read it")) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(Problem(whole, f"the file cannot be read: {reason}", "name another file")) from None
    if len(data) > limit:
        message = f"the file is larger than {limit // 1024**2} MiB"
        raise InputError(Problem(whole, message, "name another file, or split it"))
    try:
        return data.decode("utf-8"), name
    except UnicodeDecodeError as error:
        raise InputError(_not_utf8(name, data, error.start)) from None


def _not_utf8(name: str, data: bytes, offset: int) -> Problem:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return Problem(Location(name, 1, 1), "the file is UTF-16, not UTF-8", "save it as UTF-8")
    start = max(data.rfind(b"\n", 0, offset), data.rfind(b"\r", 0, offset)) + 1
    before = data[start:offset].decode("utf-8").removeprefix("\ufeff")
    above = data[:start].decode("utf-8")
    line = len(_LINE_END.findall(above)) + 1
    rest = re.split(b"[\r\n]", data[offset : offset + 200])[0].decode("utf-8", "replace")
    return Problem(
        Location(name, line, len(before) + 1),
        f"the file is not UTF-8: byte {offset} is 0x{data[offset]:02X}",
        "save the file as UTF-8",
        "" if secret.begins_in(above) else draw(before + rest, line, len(before) + 1),
    )


def check_characters(source: Source) -> None:
    """Refuse control characters, half surrogates and stray byte order marks before any parser meets them."""
    if match := _FORBIDDEN.search(source.text):
        message = f"the character U+{ord(match[0]):04X} is not allowed in a text file"
        raise InputError(source.problem(*source.position(match.start()), message, "take it out"))
