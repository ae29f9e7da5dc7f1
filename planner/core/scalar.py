"""Scalars of input files: the schema decides what a scalar is, and says what to write instead."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

from pydantic_core import PydanticCustomError, core_schema

from planner.core.period import Month as _Month
from planner.core.problem import quoted
from planner.core.text import Quoted

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler

    from planner.core.text import Path

MAX_NUMBER = 10**15
MAX_DECIMALS = 12
MAX_DIGITS = 100
YEARS = range(2000, 2201)

FILL = "write a value, or take it out"

_NUMBER = re.compile(r"-?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]*)")
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_INSTANT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?)?")
_LOOSE_INSTANT = re.compile(
    r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[Tt ]+([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?(?:\.[0-9]*)?"
    r" ?([Zz]|[+-][0-9]{1,2}(?::?[0-9]{2})?)?)?"
)
# Not in a text on one line: controls, surrogates, separators of lines and paragraphs, overrides of direction.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


class Scalar:
    """How one kind of scalar is read: metadata of an annotated type."""

    schema: Mapping[str, Any] = {}

    def read(self, value: Any) -> Any:
        """The value of what was written; raises `must(...)`."""
        raise NotImplementedError

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        return dict(self.schema)


class _Text(Scalar):
    """Text on one line; with `lines`, on several."""

    schema = {"type": "string", "minLength": 1}

    def __init__(self, lines: bool = False) -> None:
        self.lines = lines

    def read(self, value: Any) -> str:
        if not isinstance(value, str):
            raise must("be text", value, "write one text" if value is not None else "")
        text = str(value).rstrip("\n")
        if not text.strip():
            raise _refused("must not be empty", "write some text, or take the key out")
        if not text.isprintable():
            checked = text.replace("\n", "").replace("\t", "") if self.lines else text
            if bad := _CONTROL.search(checked):
                if bad[0] == "\n":
                    raise _refused("must be on one line", "begin a long text with >- instead of |")
                raise _refused(f"must not have the character U+{ord(bad[0]):04X}", "take it out")
        return text


class _Name(Scalar):
    schema = {"type": "string", "pattern": f"^{_NAME.pattern}$"}

    def read(self, value: Any) -> str:
        if isinstance(value, str) and _NAME.fullmatch(value):
            return str(value)
        rule = "be a name of letters, digits, '.', '_' and '-'"
        if not isinstance(value, str):
            raise must(rule, value, "write a name" if value is not None else "")
        fitting = re.sub(r"\s+", "-", value.strip()).lstrip("-.")
        raise must(rule, value, f"write {fitting}" if _NAME.fullmatch(fitting) else "use the letters a to z")


class _Scope(_Name):
    schema = {"type": "string", "pattern": f"^{_NAME.pattern}(>{_NAME.pattern})?$"}

    def read(self, value: Any) -> str:
        if not isinstance(value, str) or ">" not in value:
            return super().read(value)
        ends = value.split(">")
        if len(ends) != 2 or not all(map(_NAME.fullmatch, ends)):
            raise must("be a lane such as mainland>europe", value, "write FROM>TO, without spaces")
        return str(value)


class Real(Scalar):
    """An exact decimal within bounds: `Annotated[Decimal, Real(minimum=0)]`."""

    def __init__(
        self,
        minimum: int | None = None,
        above: int | None = None,
        maximum: int | None = None,
        decimals: int | None = None,
    ) -> None:
        self.minimum, self.above, self.maximum, self.decimals = minimum, above, maximum, decimals
        bounds = {"minimum": minimum, "exclusiveMinimum": above, "maximum": maximum}
        self.schema = {"type": "number", **{k: v for k, v in bounds.items() if v is not None}}

    def read(self, value: Any) -> Decimal:
        number = _decimal(value, "be a number")
        if (
            (self.minimum is not None and number < self.minimum)
            or (self.above is not None and number <= self.above)
            or (self.maximum is not None and number > self.maximum)
        ):
            allowed = _range("a number", self.minimum, self.above, self.maximum)
            raise must(f"be {allowed}", value, f"write {allowed}")
        if self.decimals is not None and -int(number.normalize().as_tuple().exponent) > self.decimals:
            rounded = number.quantize(Decimal(1).scaleb(-self.decimals))
            raise must(f"have at most {self.decimals} decimals", value, f"write {rounded}")
        return number


class Whole(Scalar):
    """A whole number within bounds: `Annotated[int, Whole(1, 120)]`."""

    def __init__(self, minimum: int | None = None, maximum: int | None = None) -> None:
        self.minimum, self.maximum = minimum, maximum
        bounds = {"minimum": minimum, "maximum": maximum}
        if minimum is not None and minimum == maximum:
            bounds = {"const": minimum}
        self.schema = {"type": "integer", **{k: v for k, v in bounds.items() if v is not None}}

    def read(self, value: Any) -> int:
        plain = isinstance(value, str) and not isinstance(value, Quoted)
        # What is beyond every number is told by the bounds of this one, where it has an upper one.
        if plain and len(value) < (16 if self.maximum is None else MAX_DIGITS) and _WHOLE.fullmatch(value):
            number = int(value)
        elif isinstance(value, int) and not isinstance(value, bool):
            number = value
        else:
            rule = f"be {self._allowed()}"
            written = _decimal(value, rule, self._allowed() if self.minimum == self.maximum else "12")
            number = int(written)
            if number != written:
                raise must(rule, value, "write digits only, such as 12")
            raise must(rule, value, f"write {number if self._is_allowed(number) else self._allowed()}")
        if not self._is_allowed(number):
            raise must(f"be {self._allowed()}", value, f"write {self._allowed()}")
        return number

    def _is_allowed(self, number: int) -> bool:
        low = self.minimum is not None and number < self.minimum
        return not low and (self.maximum is None or number <= self.maximum)

    def _allowed(self) -> str:
        return _range("a whole number", self.minimum, None, self.maximum)


class _Flag(Scalar):
    schema = {"type": "boolean"}
    _meant = dict.fromkeys(["true", "yes", "y", "on", "1"], "true")
    _meant |= dict.fromkeys(["false", "no", "n", "off", "0"], "false")

    def read(self, value: Any) -> bool:
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and not isinstance(value, Quoted) and value in ("true", "false"):
            return value == "true"
        remedy = "write true or false"
        if isinstance(value, str) and (meant := self._meant.get(value.lower())):
            remedy = f"take the quotes away: {meant}" if value == meant else f"write {meant}"
        raise must("be true or false", value, remedy)


class _Day(Scalar):
    schema = {"type": "string", "format": "date"}

    def read(self, value: Any) -> date:
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        rule = "be a day such as 2027-02-15"
        if isinstance(value, str):
            if match := _DAY.fullmatch(value):
                return _existing_day(value, int(match[1]), int(match[2]), int(match[3]))
            if meant := _meant_instant(value):
                raise must(rule, value, f"write {meant.date()}")
        raise must(rule, value, "write YEAR-MONTH-DAY")


class _Instant(Scalar):
    schema = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2})?)?$"}

    def read(self, value: Any) -> datetime:
        if isinstance(value, datetime) and value.tzinfo is None:
            return value
        rule = "be a day or a time such as 2027-02-15 or 2027-05-01T09:30"
        if not isinstance(value, str):
            raise must(rule, value, "write YEAR-MONTH-DAY, or YEAR-MONTH-DAYTHOURS:MINUTES")
        if match := _INSTANT.fullmatch(value):
            day = _Day().read(match[1])
            hour, minute, second = (int(part or 0) for part in match.group(2, 3, 4))
            if hour > 23 or minute > 59 or second > 59:
                raise must("be a time that exists", value, "write hours of 00 to 23 and minutes of 00 to 59")
            return datetime(day.year, day.month, day.day, hour, minute, second)
        meant = _meant_instant(value)
        remedy = "write YEAR-MONTH-DAYTHOURS:MINUTES"
        if meant:
            remedy = f"write {_instant_text(meant) if ':' in value else meant.date()}"
        if _has_offset(value):
            raise must("be a time without an offset (all times are UTC+8)", value, remedy)
        raise must(rule, value, remedy)


class _MonthScalar(Scalar):
    schema = {"type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$"}

    def read(self, value: Any) -> _Month:
        if isinstance(value, _Month):
            return value
        rule = "be a month such as 2027-01"
        if not isinstance(value, str):
            raise must(rule, value, "write YEAR-MONTH")
        try:
            return _Month.parse(str(value))
        except ValueError:
            meant = _meant_instant(value) or _meant_instant(f"{value}-1")
        if re.fullmatch("[0-9]{4}-[0-9]{2}", value):
            remedy = f"write a month of 01 to 12 in a year of {YEARS[0]} to {YEARS[-1]}"
            raise must("be a month that exists", value, remedy)
        raise must(rule, value, f"write {meant:%Y-%m}" if meant else "write YEAR-MONTH")


Text = Annotated[str, _Text()]
"""Text on one line. Whatever was written: `no`, `010` and `1:30` are text."""
Prose = Annotated[str, _Text(lines=True)]
"""Text on any number of lines."""
Name = Annotated[str, _Name()]
"""An id."""
Scope = Annotated[str, _Scope()]
"""An id, or a lane from one to another: `mainland>europe`."""
Number = Annotated[Decimal, Real()]
"""An exact decimal, at most 10^15 and with at most 12 decimals."""
NonNegative = Annotated[Decimal, Real(minimum=0)]
"""A Number of 0 or more."""
Percent = Annotated[Decimal, Real(above=-100)]
"""A Number more than -100: what a quantity changes by, in percent."""
Count = Annotated[int, Whole(0)]
"""A whole number of 0 or more."""
Positive = Annotated[int, Whole(1)]
"""A whole number of 1 or more."""
Version = Annotated[int, Whole(1, 1)]
"""The version of a file format: 1 is the only one so far."""
Flag = Annotated[bool, _Flag()]
"""true or false."""
Day = Annotated[date, _Day()]
"""A day, `2027-02-15`."""
Instant = Annotated[datetime, _Instant()]
"""A day (its first instant) or a time, `2027-05-01T09:30`; UTC+8, without saying so."""
Month = Annotated[_Month, _MonthScalar()]
"""A month, `2027-01`."""


def _decimal(value: Any, rule: str, example: str = "12.5") -> Decimal:
    """The exact decimal that was written; raises `must(...)` for what is none and for what is too long."""
    if isinstance(value, str):
        if isinstance(value, Quoted) or not _NUMBER.fullmatch(value):
            raise must(rule, value, _number_remedy(value, example))
        if len(value) > MAX_DIGITS:
            raise must(f"have at most {MAX_DIGITS} characters", value, "round it")
        try:
            number = Decimal(value)
        except ArithmeticError:  # an exponent that Decimal itself cannot hold
            number = Decimal("1e-99" if "e-" in value.lower() else "1e99")
    elif isinstance(value, (Decimal, int)) and not isinstance(value, bool):
        number = Decimal(value)
    else:
        raise must(rule, value, "write one number" if value is not None else "")
    if not number.is_finite() or not -MAX_NUMBER <= number <= MAX_NUMBER:
        raise must("be between -10^15 and 10^15", value, "look at the unit of the key")
    sign, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    if exponent < -MAX_DECIMALS and number:
        kept = "".join(map(str, digits)).rstrip("0")
        exponent += len(digits) - len(kept)
        if exponent < -MAX_DECIMALS:
            raise must(f"have at most {MAX_DECIMALS} decimals", value, "round it")
        return Decimal((sign, tuple(map(int, kept)), exponent))
    return Decimal(int(number)) if exponent > 0 or not number else number


def _range(what: str, minimum: int | None, above: int | None, maximum: int | None) -> str:
    if minimum is not None and minimum == maximum:
        return str(minimum)
    if above is not None:
        return f"{what} above {above}" + (f" and up to {maximum}" if maximum is not None else "")
    if minimum is not None:
        return f"{what} of {minimum} " + (f"to {maximum}" if maximum is not None else "or more")
    return what if maximum is None else f"{what} of at most {maximum}"


def _number_remedy(text: str, example: str) -> str:
    """What to write instead of a text that is no number."""
    if isinstance(text, Quoted) and _NUMBER.fullmatch(text):
        return f"take the quotes away: {quoted(text)[1:-1]}"
    if text.lower().lstrip("+-.") in ("nan", "inf", "infinity"):
        return "write a number; if it is not known, take the key out"
    meant = _meant_number(str(text)) if len(text) <= 60 else ""
    if meant and not ("." in meant and "." not in example):
        return f"write {meant}"
    return f"write digits, such as {example}"


def _meant_number(text: str) -> str:
    """The number that a text probably means, as it must be written; empty if that cannot be told."""
    from unicodedata import normalize

    text = normalize("NFKC", text).strip().replace("\u2212", "-").removeprefix("+")
    if re.fullmatch("0[xX][0-9A-Fa-f]+|0[oO][0-7]+|0[bB][01]+", text):
        return str(int(text, 0))
    if re.fullmatch(r"-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?", text):
        text = text.replace(",", "")
    text = re.sub("(?<=[0-9])[_' ](?=[0-9])", "", text)
    text = re.sub("^(-?[0-9]+),([0-9]+)$", r"\1.\2", text)
    match = re.fullmatch(r"(-?)(?:0+(?=[0-9]))?([0-9.][0-9.eE+-]*?)\.? ?[%A-Za-z$€¥/]*", text)
    number = match[1] + match[2] if match else ""
    return number if _NUMBER.fullmatch(number) else ""


def _existing_day(text: str, year: int, month: int, day: int) -> date:
    if not 1 <= month <= 12:
        raise must("be a day that exists", text, "write a month of 01 to 12")
    if year not in YEARS:
        raise must(f"be between the years {YEARS[0]} and {YEARS[-1]}", text, "correct the year")
    try:
        return date(year, month, day)
    except ValueError:
        from calendar import monthrange

        last = date(year, month, monthrange(year, month)[1])
        raise must("be a day that exists", text, f"the last day of that month is {last}") from None


def _meant_instant(text: str) -> datetime | None:
    """The time in UTC+8 that a date or time in another form probably means."""
    from datetime import timedelta

    loose = re.sub("[/.](?=[0-9]{1,2}([/.T ]|$))", "-", str(text)[:40])
    if re.fullmatch("[0-9]{8}", loose):
        loose = f"{loose[:4]}-{loose[4:6]}-{loose[6:]}"
    match = _LOOSE_INSTANT.fullmatch(loose)
    if not match:
        return None
    try:
        when = datetime(*(int(part or 0) for part in match.group(1, 2, 3, 4, 5, 6)))  # type: ignore[arg-type]
        offset = match[7]
        if offset:
            digits = offset[1:].replace(":", "")
            hours, minutes = (int(digits[:2]), int(digits[2:] or 0)) if digits else (0, 0)
            east = timedelta(hours=hours, minutes=minutes) * (-1 if offset[0] == "-" else 1)
            when += timedelta(hours=8) - east
    except (ValueError, OverflowError):
        return None
    return when if when.year in YEARS else None


def _has_offset(text: str) -> bool:
    return re.search("[0-9]:[0-9]{2}.*([Zz]|[+-][0-9:]+)$", str(text)[:40]) is not None


def _instant_text(when: datetime) -> str:
    return when.isoformat(timespec="seconds" if when.second else "minutes")


def shown(value: object) -> str:
    """The value inside a message."""
    if value is None:
        return "empty"
    if isinstance(value, Quoted):
        return f"the text {quoted(value)}"
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, (list, tuple)):
        return "a list"
    return quoted(str(value))


def wrong(message: str, remedy: str = "", at: Path = (), key: bool = False) -> PydanticCustomError:
    """What a validator raises: a whole sentence and what to write instead.

    at  : path of the culprit below the value that the validator was given
    key : the culprit is the key there, not the value
    """
    return PydanticCustomError("wrong", "{message}", {"message": message, "remedy": remedy, "at": at, "key": key})


def must(rule: str, value: object, remedy: str = "") -> PydanticCustomError:
    """What a validator raises for a value: `must("be a date", "x")` reads "KEY must be a date, not 'x'"."""
    if value is None:
        return _refused("has no value", remedy or FILL)
    return _refused(f"must {rule}, not {shown(value)}", remedy)


def _refused(predicate: str, remedy: str) -> PydanticCustomError:
    """An error whose message begins with the key of the value."""
    return PydanticCustomError("value", "{message}", {"message": predicate, "remedy": remedy})
