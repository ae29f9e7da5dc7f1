"""Months, and instants as whole numbers.

All times are local to the billing zone, UTC+8, which has no daylight saving: a month has 24 hours
times its days, and an instant is a count of seconds since 1970-01-01T00:00 of that zone.
source : Alibaba Cloud settles hourly bills in UTC+8 (billing page)
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import NamedTuple

HOUR = 3600
EPOCH = datetime(1970, 1, 1)
NEVER = 2**62
"""An instant after every other one: the end of what does not end."""

_MONTH = re.compile(r"(\d{4})-(\d{2})")


class Month(NamedTuple):
    """A calendar month; sorts by time, and prints as ``2027-01``."""

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> Month:
        """The month that a text such as ``2027-01`` names; ValueError with a plain sentence otherwise."""
        match = _MONTH.fullmatch(text)
        if not match:
            raise ValueError(f"{text!r} is not a month written as YYYY-MM")
        year, month = int(match[1]), int(match[2])
        if not 1 <= month <= 12:
            raise ValueError(f"{text!r}: there is no month {month:02d}")
        if not 2000 <= year <= 2200:
            raise ValueError(f"{text!r}: the year must lie between 2000 and 2200")
        return cls(year, month)

    @property
    def number(self) -> int:
        """Months since year 0: differences are numbers of months."""
        return self.year * 12 + self.month - 1

    @classmethod
    def at(cls, number: int) -> Month:
        """The month of a number."""
        return cls(number // 12, number % 12 + 1)

    @property
    def first_day(self) -> date:
        """Its first day: the day on which its rates are looked up."""
        return date(self.year, self.month, 1)

    @property
    def start(self) -> int:
        """Seconds of its first instant."""
        return seconds(datetime(self.year, self.month, 1))

    def __add__(self, months: object) -> Month:
        if not isinstance(months, int):
            return NotImplemented
        return Month.at(self.number + months)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


@dataclass(frozen=True)
class Period:
    """Consecutive months: ``start`` is the first of ``months``."""

    first: Month
    count: int

    @cached_property
    def months(self) -> tuple[Month, ...]:
        """Every month, in order."""
        return tuple(self.first + n for n in range(self.count))

    @cached_property
    def bounds(self) -> tuple[int, ...]:
        """Seconds of the start of each month, and of the end of the last: count + 1 numbers."""
        return tuple((self.first + n).start for n in range(self.count + 1))

    def column(self, instant: int) -> int:
        """Which month an instant falls into, counted from 0; negative before, >= count after."""
        return month_of(instant).number - self.first.number


def seconds(when: datetime | date) -> int:
    """Seconds since the epoch of the billing zone, of a naive datetime or of the start of a day."""
    if not isinstance(when, datetime):
        when = datetime(when.year, when.month, when.day)
    return (when - EPOCH) // timedelta(seconds=1)


def instant_text(instant: int) -> str:
    """An instant as people write it: the day alone when it is the start of one."""
    when = EPOCH + timedelta(seconds=instant)
    if instant % 86400 == 0:
        return when.date().isoformat()
    return when.isoformat(timespec="minutes" if instant % 60 == 0 else "seconds")


def day_of(instant: int) -> date:
    """The day an instant falls into."""
    return (EPOCH + timedelta(seconds=instant)).date()


def month_of(instant: int) -> Month:
    """The month an instant falls into."""
    day = day_of(instant)
    return Month(day.year, day.month)
