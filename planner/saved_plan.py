"""A plan as its JSON document has it: what `cenplan estimate -f json` and `check -f json` wrote, read again.

It holds what two plans are compared by, whether they come from files or from documents that were kept.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from planner.core import secret
from planner.core.period import Month, Period
from planner.core.problem import InputError, Location, Problem
from planner.core.text import check_characters, read
from planner.core.yaml_source import YamlSource
from pricing import money

VERSION = 1
MAX_BYTES = 1024**3
_REMEDY = "write it again: cenplan estimate PLAN -f json -o FILE"


def _fixed_point(decimals: int, value: Any) -> int:
    if not isinstance(value, str):
        raise ValueError("decimal text is expected")
    return money.parse(value, decimals)


def _month(value: Any) -> Month:
    if isinstance(value, Month):
        return value
    if not isinstance(value, str):
        raise ValueError("a month such as 2027-01 is expected")
    return Month.parse(value)


Micro = Annotated[int, BeforeValidator(partial(_fixed_point, 6))]
Nano = Annotated[int, BeforeValidator(partial(_fixed_point, 9))]
Rate = Annotated[int, BeforeValidator(partial(_fixed_point, money.RATE_DECIMALS))]
"""A rate in 10^-10 of the currency."""
AMonth = Annotated[Any, BeforeValidator(_month)]
Count = Annotated[int, Field(ge=0)]
Stated = dict[str, Any]


class _Part(BaseModel):
    """What is read of a part of the document; the rest is for other readers."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)


class PeriodPart(_Part):
    start: AMonth
    months: Annotated[int, Field(ge=1, le=120)]


class PlanPart(_Part):
    name: str
    stated: Stated


class GroupPart(_Part):
    plan: str
    id: str
    stated: Stated


class ExchangePart(_Part):
    base: str = Field(alias="from")
    quote: str = Field(alias="to")
    rate: Rate
    months: list[AMonth]


class TotalsPart(_Part):
    complete: bool | None


class LinePart(_Part):
    """A line item."""

    month: AMonth
    sku: str
    subject: str
    scenario: str | None
    region: str
    account: str
    pool: str | None
    tier: int | None
    quantity: Micro | None
    rate: Rate | None
    covered: bool
    billing_currency: str
    cost: Nano | None


class QuotaPart(_Part):
    quota: str
    scope: str
    month: AMonth
    used: Count
    limit: Count | None
    status: Literal["ok", "tight", "exceeded", "unknown"]


class FindingPart(_Part):
    code: str
    level: Literal["error", "warning", "info"]
    subject: str
    message: str


class SavedPlan(_Part):
    """What is read of a document."""

    scenario: str
    currency: str
    period: PeriodPart
    as_of: str | None
    plans: Annotated[list[PlanPart], Field(min_length=1)]
    groups: list[GroupPart]
    estate: Stated
    finance: Stated
    exchange_rates: list[ExchangePart]
    totals: TotalsPart
    line_items: list[LinePart]
    quotas: list[QuotaPart]
    findings: list[FindingPart]

    @property
    def priced(self) -> bool:
        """Whether it has costs: a check has none."""
        return self.totals.complete is not None

    @property
    def months(self) -> tuple[Month, ...]:
        """The months it covers."""
        return Period(self.period.start, self.period.months).months

    def exchange(self, currency: str, month: Month) -> Fraction:
        """Units of the results' currency for one of another."""
        if currency == self.currency:
            return Fraction(1)
        for one in self.exchange_rates:
            if (one.base, one.quote) == (currency, self.currency) and month in one.months:
                return Fraction(one.rate, 10**money.RATE_DECIMALS)
        raise LookupError(f"no exchange rate from {currency} to {self.currency} in {month}")


def text_of(path: str) -> tuple[str, str]:
    """Text and name of a file, or of standard input for `-`."""
    return read(path, MAX_BYTES)


def document_in(text: str, name: str) -> dict[str, Any] | None:
    """The JSON document in a text; None for a text that is a plan.

    raises : InputError for JSON that is neither
    """
    if not text.lstrip().startswith("{"):
        return None
    check_characters(YamlSource(name, text))
    try:
        value = json.loads(text)
    except RecursionError:
        raise InputError(Problem(Location(name, 0, 0), "the JSON is nested too deep", _REMEDY)) from None
    except json.JSONDecodeError as error:
        if not name.endswith(".json"):
            return None  # YAML can begin with a brace as well
        source = YamlSource(name, text)
        raise InputError(source.problem(error.lineno, error.colno, f"this is no JSON: {error.msg}", _REMEDY)) from None
    if "line_items" in value or "quotas" in value:
        return dict(value)
    if "attachments" in value or "attachment_table" in value:
        return None  # a plan, since JSON is YAML
    message = "this is neither a plan nor the JSON document of one"
    raise InputError(Problem(Location(name, 0, 0), message, f"give a plan; or {_REMEDY}"))


def saved_plan(document: dict[str, Any], name: str) -> SavedPlan:
    """A document as the plan that it is of; `name` is what it is called in messages.

    raises : InputError for what is no such document, is of another version or holds a secret
    """

    def refused(message: str, remedy: str = _REMEDY) -> InputError:
        return InputError(Problem(Location(name, 0, 0), message, remedy))

    version = document.get("version")
    if version != VERSION or isinstance(version, bool):
        shown = f"version {version}" if isinstance(version, int) else "no version"
        raise refused(f"a document of {shown}: this cenplan reads version {VERSION}")
    if "plans" not in document or "groups" not in document:
        raise refused("the document does not say what its plan states: another tool wrote it, or an older cenplan")
    for key in _keys(document):
        if secret.is_secret(key):
            raise refused(secret.message(key), secret.REMEDY)
    try:
        found = SavedPlan.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        reason = first["msg"].removeprefix("Value error, ").lower() if first["type"] != "missing" else "it is missing"
        raise refused(f"not a document of a plan: {_path(first['loc'])}: {_without_value(reason)}") from None
    _check_rates(found, refused)
    return found


def _without_value(reason: str) -> str:
    """What a message says before it repeats a value."""
    return reason.split(": '", maxsplit=1)[0]


def _check_rates(found: SavedPlan, refused: Callable[[str], InputError]) -> None:
    for currency, month in sorted({(one.billing_currency, one.month) for one in found.line_items if one.cost}):
        try:
            found.exchange(currency, month)
        except LookupError as error:
            raise refused(f"{error}") from None


def _path(steps: tuple[int | str, ...]) -> str:
    parts = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps]
    return "".join(parts).removeprefix(".")


def _keys(value: Any) -> Iterator[str]:
    """Every key of what plans state."""
    for part in ("plans", "groups", "estate", "finance"):
        yield from _keys_of(value.get(part))


def _keys_of(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield key
            yield from _keys_of(one)
    elif isinstance(value, list):
        for one in value:
            yield from _keys_of(one)
