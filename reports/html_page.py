"""What an HTML report consists of, as plain records: the template draws them, ``html_report`` fills them."""

from __future__ import annotations

from dataclasses import dataclass

from reports.html_chart import Picture

MOST_ROWS = 1500
"""Rows of a table; of more, the largest or first are shown and the others are counted."""
_LONG = 20
"""Rows from which on a table scrolls under its head, and can be filtered."""
_SHORT = 8


@dataclass(frozen=True)
class Cell:
    """What stands in a cell of a table."""

    text: str
    value: int | None = None
    """What a column of numbers is sorted by; None: unknown, which comes last either way."""
    href: str = ""
    below: tuple[str, ...] = ()
    """Smaller lines under the text."""
    tone: str = ""
    """good, careful, bad or unknown: beside a word and a sign that say the same."""
    depth: int = 0
    code: bool = False


@dataclass(frozen=True)
class Column:
    """A column of a table."""

    name: str
    number: bool = False
    choices: bool = False
    """Whether its few words can be chosen from, to filter."""
    names_row: bool = False
    """Whether its cell is what the row is called."""
    whole: bool = False
    """Whether its cells, such as days, stay on one line."""


@dataclass(frozen=True)
class Table:
    """A table with a caption."""

    id: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    foot: tuple[tuple[Cell, ...], ...] = ()
    """Sums, which stay below whatever is sorted or filtered."""
    sortable: bool = True
    notes: tuple[str, ...] = ()
    folded: str = ""
    """Behind which words it is folded away on a screen; empty: it is not."""
    kind: str = "table"

    @property
    def size(self) -> str:
        """A long table scrolls on a screen, a short one is not torn apart on paper."""
        return "long" if len(self.rows) > _LONG else "short" if len(self.rows) <= _SHORT else ""

    @property
    def filtered(self) -> bool:
        """Whether it can be filtered."""
        return self.sortable and len(self.rows) > 5

    @property
    def choices(self) -> tuple[tuple[int, str, tuple[str, ...]], ...]:
        """Column, name and words of the columns that can be chosen from."""
        return tuple(
            (place, column.name, tuple(dict.fromkeys(row[place].text for row in self.rows)))
            for place, column in enumerate(self.columns)
            if column.choices
        )


@dataclass(frozen=True)
class Tables:
    """Small tables side by side."""

    tables: tuple[Table, ...]
    kind: str = "tables"


@dataclass(frozen=True)
class Pictures:
    """Small charts side by side."""

    title: str
    pictures: tuple[Picture, ...]
    notes: tuple[str, ...]
    kind: str = "pictures"


@dataclass(frozen=True)
class Items:
    """A list with a title."""

    title: str
    entries: tuple[str, ...]
    loud: bool = False
    kind: str = "items"


@dataclass(frozen=True)
class Words:
    """A sentence."""

    text: str
    kind: str = "words"


Part = Table | Tables | Pictures | Items | Words | Picture


@dataclass(frozen=True)
class Section:
    """A part of the report that has a place in the table of contents."""

    id: str
    title: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Card:
    """A key figure."""

    label: str
    value: str
    notes: tuple[str, ...]
    tone: str = ""


@dataclass(frozen=True)
class Page:
    """Everything that the report shows."""

    name: str
    title: str
    facts: tuple[str, ...]
    passed: bool
    verdict: str
    reasons: tuple[str, ...]
    more_reasons: int
    cards: tuple[Card, ...]
    sections: tuple[Section, ...]
    made_with: str
