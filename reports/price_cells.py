"""The cells of the workbook of prices: from a file that anyone may have touched to exact values, or problems.

A rate that was typed as 0.07 comes back as 0.07: the shortest decimal that gives the number in the cell.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple, get_args

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from pydantic_core import PydanticCustomError

from planner.core.entry import Day, Real, Text
from planner.core.problem import InputError, Location, Problem, quoted, suggestion
from planner.core.provenance import EVIDENCE
from planner.core.source import Plain
from reports.discount_sheet import DISCOUNTS
from reports.price_input import DEFAULT_EVIDENCE
from reports.price_sheet import HOW_TO, PRICES

MOST_BYTES = 20 * 1024**2
MOST_UNPACKED = 200 * 1024**2
MOST_ROWS = 20_000
NEW_TEMPLATE = "write a new workbook with `cenplan prices template` and copy the rates into it"

_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_SEPARATORS = re.compile(r"[,;，；、\s]+")
_LANE = re.compile(r"\s*[>＞]\s*")
_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
"""What of a number format is shown as it is."""
_DAY, _TEXT, _NUMBER = get_args(Day)[1], get_args(Text)[1], Real(minimum=0)

At = tuple[int, int]
"""Row and column of a cell, from 0."""


class CellLocation(Location):
    """A cell; its file is the workbook with the sheet."""

    __slots__ = ()

    def __str__(self) -> str:
        return f"{self.file}, cell {get_column_letter(self.column)}{self.line}"


class Cell(NamedTuple):
    """What a cell holds; of a formula, what it gave when the file was saved."""

    value: Any
    """None: nothing."""
    formula: bool
    error: bool
    percent: bool = False
    """Whether a number is shown in percent: 0.12 as 12%."""


EMPTY = Cell(None, False, False)


class CellError(Exception):
    """A cell that cannot be read; what is wrong was noted."""


@dataclass
class Cells:
    """The cells of a sheet that are not empty, and what is wrong in them."""

    name: str
    """Of the workbook and the sheet."""
    values: Mapping[At, Cell]
    problems: list[Problem] = field(default_factory=list)
    doubts: list[Problem] = field(default_factory=list)
    """What can be read, and is probably not meant."""

    def wrong(self, at: At, message: str, remedy: str) -> None:
        """Note a problem."""
        self.problems.append(Problem(self.location(at), message, remedy))

    def location(self, at: At) -> CellLocation:
        """The place of a cell."""
        return CellLocation(self.name, at[0] + 1, at[1] + 1)

    def get(self, row: int, column: int) -> Cell:
        """A cell as it is."""
        return self.values.get((row, column), EMPTY)

    def text(self, row: int, column: int) -> str:
        """A cell of the template as text, unchecked; an empty text for an empty cell."""
        value = self.get(row, column).value
        return "" if value is None else " ".join(str(value).split())

    def value(self, row: int, column: int, name: str) -> Any:
        """What a cell holds; raises CellError for an error, and for a formula without a stored value."""
        cell = self.get(row, column)
        if cell.error:
            self.wrong((row, column), f"{name} holds the error {cell.value}", "correct it, or clear the cell")
            raise CellError
        if cell.formula and cell.value is None:
            message = f"{name} is a formula whose result the file does not hold"
            self.wrong((row, column), message, "write the number, or save the file in a spreadsheet program")
            raise CellError
        if isinstance(cell.value, str):
            return " ".join(cell.value.split()) or None
        return cell.value

    def line(self, row: int, column: int, name: str) -> str:
        """Text of the reader; an empty text for an empty cell."""
        value = self.value(row, column, name)
        if value is None:
            return ""
        return str(self._scalar(_TEXT, _typed(value), row, column, name))

    def number(self, row: int, column: int, name: str, decimals: int) -> Decimal | None:
        """An exact number of 0 or more; None for an empty cell."""
        return self._number(self.value(row, column, name), row, column, name, decimals)

    def _number(self, value: Any, row: int, column: int, name: str, decimals: int) -> Decimal | None:
        if value is None:
            return None
        text = _typed(value)
        if (number := _decimal(text)) is not None and decimals_of(number) > decimals:
            rounded = round(number, decimals).normalize()
            message = f"{name} must have at most {decimals} decimals, not {quoted(text)}"
            self.wrong((row, column), message, f"write {rounded:f}")
            raise CellError
        found = self._scalar(_NUMBER, text, row, column, name)
        assert isinstance(found, Decimal)
        return found

    def percent(self, row: int, column: int, name: str, decimals: int) -> Decimal | None:
        """A percentage of 0 to 100, also of a cell that shows 0.12 as 12%; None for an empty cell."""
        value = self.value(row, column, name)
        says_percent = self.get(row, column).percent or (isinstance(value, str) and value.endswith("%"))
        if self.get(row, column).percent and isinstance(value, int | float):
            value = f"{Decimal(digits(value)) * 100:f}"
        elif isinstance(value, str):
            value = value.removesuffix("%").rstrip()
        number = self._number(value, row, column, name, decimals)
        if number is not None and number > 100:
            self.wrong((row, column), f"{name} must be a number of 0 to 100, not {number:f}", "12 makes 0.88 of 1.00")
            raise CellError
        if number is not None and 0 < number < 1 and not says_percent:
            message = f"{name} is {number:f}, taken as {number:f} %, not as {(number * 100).normalize():f} %"
            remedy = f"write {(number * 100).normalize():f} if that is meant, or {number:f}% if it is not"
            self.doubts.append(Problem(self.location((row, column)), message, remedy))
        return number

    def names(self, row: int, column: int) -> tuple[str, ...]:
        """Names that a cell lists, separated by commas, semicolons or spaces; a lane is one name."""
        text = _LANE.sub(">", self.text(row, column))
        return tuple(dict.fromkeys(filter(None, _SEPARATORS.split(text))))

    def evidence(self, row: int, column: int, name: str) -> str:
        """A grade of evidence; of an empty cell the usual one."""
        value = self.value(row, column, name)
        grade = DEFAULT_EVIDENCE if value is None else str(value).lower()
        if grade not in EVIDENCE:
            message = f"{name} must be one of {', '.join(EVIDENCE)}, not {quoted(str(value))}"
            self.wrong((row, column), message, suggestion(grade, EVIDENCE, "grades of evidence"))
            raise CellError
        return grade

    def day(self, row: int, column: int, name: str) -> date | None:
        """A day; None for an empty cell."""
        value = self.value(row, column, name)
        if value is None:
            return None
        found = self._scalar(_DAY, _typed(value), row, column, name)
        assert isinstance(found, date)
        return found

    def _scalar(self, scalar: Any, text: str, row: int, column: int, name: str) -> Any:
        """What a scalar of input files makes of a text."""
        try:
            return scalar.read(Plain(text))
        except PydanticCustomError as error:
            remedy = (error.context or {}).get("remedy", "")
            self.wrong((row, column), f"{name} {error.message()}", remedy)
            raise CellError from None


def read(path: str) -> Mapping[str, Cells]:
    """The sheets of a workbook that are filled in, by name; that of discounts may have been taken out.

    raises : InputError for a file that is none, or has other sheets
    """
    problems: list[Problem] = []  # of all sheets
    sheets = _sheets(path, _bytes(path))
    return {name: Cells(f"{path}, sheet {name}", values, problems) for name, values in sheets.items()}


def _bytes(path: str) -> bytes:
    whole = Location(path, 0, 0)
    try:
        with open(path, "rb") as file:
            content = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise InputError(Problem(whole, "no such file", "check the name and the folder")) from None
    except IsADirectoryError:
        raise InputError(Problem(whole, "this is a folder, not a file", "name a file in it")) from None
    except OSError as error:
        message = f"the file cannot be read: {error.strerror}"
        raise InputError(Problem(whole, message, "name another file, or ask for permission")) from None
    if len(content) > MOST_BYTES:
        message = f"the file is larger than {MOST_BYTES // 1024**2} MiB"
        raise InputError(Problem(whole, message, NEW_TEMPLATE))
    return content


def _sheets(path: str, content: bytes) -> dict[str, dict[At, Cell]]:
    """The cells that are not empty, by sheet."""
    whole = Location(path, 0, 0)
    remedy = "save it as an Excel workbook (.xlsx)"
    if not zipfile.is_zipfile(io.BytesIO(content)):
        what = "an old Excel file, or one with a password" if content.startswith(_OLD_EXCEL) else "no Excel workbook"
        raise InputError(Problem(whole, f"this is {what}", f"{remedy}, without a password"))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
        if unpacked > MOST_UNPACKED:
            raise InputError(Problem(whole, "the workbook is too large when unpacked", NEW_TEMPLATE))
        formulas, values = (_cells(path, content, stored) for stored in (False, True))
    except InputError:
        raise
    except Exception as error:  # whatever a damaged file makes of the reader
        message = f"the file cannot be read as an Excel workbook ({type(error).__name__})"
        raise InputError(Problem(whole, message, f"open it in a spreadsheet program and {remedy}")) from None
    nothing: _Read = (None, "", False)
    return {
        name: {
            at: Cell(
                *(values[name].get(at, nothing)[:1]), kind == "f", values[name].get(at, nothing)[1] == "e", percent
            )
            for at, (_, kind, percent) in cells.items()
        }
        for name, cells in formulas.items()
    }


_Read = tuple[Any, str, bool]
"""Value and type of a cell, and whether it is shown in percent."""


def _cells(path: str, content: bytes, stored: bool) -> dict[str, dict[At, _Read]]:
    """Every cell by sheet; with `stored`, of formulas what they gave when the file was saved."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl tells of what it does not keep; nothing is written back
        workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=stored)
        try:
            problems = [*_sheet_problems(path, workbook.sheetnames)]
            if problems:
                raise InputError(problems)
            names = [name for name in (PRICES, DISCOUNTS) if name in workbook.sheetnames]
            return {name: _cells_of(workbook[name], f"{path}, sheet {name}") for name in names}
        finally:
            workbook.close()


def _cells_of(worksheet: Any, name: str) -> dict[At, _Read]:
    found: dict[At, _Read] = {}
    rows = 0
    for row in worksheet.iter_rows():
        cells = [cell for cell in row if cell.value is not None]
        for cell in cells:
            percent = "%" in _LITERAL.sub("", cell.number_format or "")
            found[cell.row - 1, cell.column - 1] = cell.value, cell.data_type, percent
        rows += bool(cells)
        if rows > MOST_ROWS:
            message = f"the sheet has more than {MOST_ROWS:,} rows"
            raise InputError(Problem(Location(name, 0, 0), message, NEW_TEMPLATE))
    return found


def _sheet_problems(path: str, names: Sequence[str]) -> Iterator[Problem]:
    if PRICES not in names:
        message = f"there is no sheet {quoted(PRICES)}; sheets are: {', '.join(map(quoted, names))}"
        yield Problem(Location(path, 0, 0), message, f"name it {PRICES} again, or {NEW_TEMPLATE}")
    for name in names:
        if name not in (PRICES, DISCOUNTS, HOW_TO):
            message = f"unknown sheet {quoted(name)}"
            remedy = f"take it out: only the sheets {PRICES} and {DISCOUNTS} are read"
            yield Problem(Location(path, 0, 0), message, remedy)


def digits(value: float) -> str:
    """The shortest decimal that gives a number, in plain digits: what a person typed."""
    return f"{Decimal(repr(value)).normalize():f}"


def decimals_of(number: Decimal) -> int:
    """How many decimals a number has."""
    return max(-int(number.normalize().as_tuple().exponent), 0)


def _typed(value: Any) -> str:
    """What a cell holds as a person would type it into a file."""
    if isinstance(value, datetime):
        midnight = value == datetime.combine(value.date(), datetime.min.time())
        return value.date().isoformat() if midnight else value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, bool):
        return str(value).upper()
    return digits(value) if isinstance(value, int | float) else str(value)


def _decimal(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except ArithmeticError:
        return None
    return number if number.is_finite() else None
