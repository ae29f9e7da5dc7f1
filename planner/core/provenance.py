"""Where a number comes from, and which of several dated values holds on a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol, TypeVar, get_args

Evidence = Literal["assumed", "secondary", "official", "contract"]

# Weakest first, the order of every list of sources: an assumed value was published for a neighbouring item,
# a secondary one is quoted by a third party, the vendor's own tables say "for reference only", and only what
# was agreed in writing binds both sides. A reader who stops half-way has then seen what is least certain.
EVIDENCE: tuple[Evidence, ...] = get_args(Evidence)

EVIDENCE_MEANING: dict[Evidence, str] = {
    "assumed": "published for a neighbouring item and borrowed",
    "secondary": "a third party's page that quotes it",
    "official": "Alibaba Cloud's own page, which says: for reference only, the buy page prevails",
    "contract": "agreed in writing, such as a price book of your own or a granted increase",
}
"""What each grade of evidence means."""


def read_day(read_on: str) -> date:
    """The day of a `read_on` text, of a month its first day; date.min for another text, which is as old as can be."""
    try:
        return date.fromisoformat(read_on if len(read_on) > len("2026-11") else f"{read_on}-01")
    except ValueError:
        return date.min


def weakest(grades: Iterable[Evidence]) -> Evidence:
    """The least certain of some grades; ValueError where there is none."""
    return min(grades, key=EVIDENCE.index)


CURRENCY_OF_SITE = {"intl": "USD", "cn": "CNY"}
"""Price lists follow the site an account was opened on, not the region (billing page)."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a number was read."""

    title: str
    url: str | None
    """None: a document without a public address."""
    read_on: str
    """Day or month on which it was read, as text: "2026-11" or "2026-11-20"."""
    evidence: Evidence
    updated: str = ""
    """What the source says about its own date; empty if nothing."""


class Dated(Protocol):
    """A value that holds from a day (inclusive; None: always) to another (exclusive; None: without end)."""

    @property
    def effective_from(self) -> date | None: ...

    @property
    def effective_until(self) -> date | None: ...


_D = TypeVar("_D", bound=Dated)


def in_force(history: Iterable[_D], day: date) -> _D | None:
    """The value of a history that holds on a day: of those begun and not ended, the one that began last.

    A later value therefore supersedes an open-ended earlier one, which holds again when the later one ends.
    returns : None if nothing holds on that day, which means unknown
    """
    held = [value for value in history if _begun(value, day) and _not_ended(value, day)]
    return max(held, key=lambda value: value.effective_from or date.min, default=None)


def _begun(value: Dated, day: date) -> bool:
    return value.effective_from is None or value.effective_from <= day


def _not_ended(value: Dated, day: date) -> bool:
    return value.effective_until is None or day < value.effective_until
