"""What an approver reads of a plan on one page, as plain records: ``one_page_report`` fills them,
``one_page_markdown`` and ``one_page_pdf`` write them down.

Every text is on one line and has an end, every list says how many more there are: whatever a plan holds, the page
stays one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

LONGEST = 320
"""Characters of a text; a wide one, such as a Chinese one, counts as two."""


@dataclass(frozen=True)
class Figure:
    """A key figure."""

    label: str
    value: str
    note: str
    tone: str = ""
    """good, bad or unknown: beside words that say the same."""


@dataclass(frozen=True)
class Row:
    """A row of a part."""

    cells: tuple[str, ...]
    counts: int = 1
    """How many of what is listed it stands for."""
    weight: int = 0
    """Where there is little room, the heaviest rows stay, in their order; of equal ones the first."""


@dataclass(frozen=True)
class Part:
    """Rows below a title; without a header each is a name and what is said of it."""

    title: str
    rows: tuple[Row, ...]
    header: tuple[str, ...] = ()
    align: str = "<<"
    """< or > for each column."""
    noun: str = ""
    """What is listed, for what there is no room for; empty: all rows are always shown."""
    most: int = 0
    """Rows that are shown where there is room."""
    beyond: int = 0
    """How many more there are that have no row."""
    note: str = ""
    """What is said below the title."""
    exact: bool = False
    """Whether its texts are never cut, because half of a text would be none."""

    def shown(self, most: int | None = None) -> Iterator[Row | str]:
        """The rows that there is room for, and below them how many more there are.

        most : how many rows, if fewer than the part has by itself
        """
        count = len(self.rows) if not self.noun else min(self.most if most is None else most, self.most)
        if count + (not self.beyond) >= len(self.rows):  # a line that counts one row is no shorter than the row
            count = len(self.rows)
        heaviest = sorted(range(len(self.rows)), key=lambda place: (-self.rows[place].weight, place))
        yield from (self.rows[place] for place in sorted(heaviest[:count]))
        hidden = sum(self.rows[place].counts for place in heaviest[count:]) + self.beyond
        if hidden:
            yield f"and {hidden:,} more {self.noun}{'' if hidden == 1 else 's'}"

    def narrowed(self, most: int) -> Part:
        """The same with shorter texts, for a page with little room."""
        if self.exact:
            return self
        rows = tuple(replace(row, cells=tuple(shortened(cell, most) for cell in row.cells)) for row in self.rows)
        return replace(self, rows=rows)


@dataclass(frozen=True)
class Bar:
    """What a month costs."""

    month: str
    amount: int
    """Nano-units: the priced part."""
    unpriced: bool
    """Whether something in it has no price."""


@dataclass(frozen=True)
class Page:
    """One page."""

    name: str
    title: str
    facts: str
    contact: str
    passed: bool
    verdict: str
    """Whether it may go ahead."""
    reason: str
    """Why, in a sentence or two."""
    place: str
    """File and line of the gravest finding, which the reason ends with; empty: it ends with none."""
    not_known: str
    """What nobody knows, in a sentence; empty: nothing."""
    judged: str
    """By what that was judged."""
    figures: tuple[Figure, ...]
    parts: tuple[Part, ...]
    months: tuple[Bar, ...]
    """Empty where nothing has a price."""
    currency: str
    signed: tuple[str, ...]
    """Lines to fill in."""
    made_with: str

    def why(self, most: int = 2 * LONGEST) -> str:
        """The reason with its place, however short it is cut, and what is not known."""
        reason = shortened(self.reason, most)
        reason = f"{reason} ({self.place})." if self.place else reason
        return " ".join(filter(None, (reason, self.not_known)))


def shortened(text: str, most: int) -> str:
    """A text of at most so many characters, wide ones counted twice, with … for what was cut."""
    if len(text) * 2 <= most:
        return text
    width = 0
    for at, letter in enumerate(text):
        width += 2 if letter >= "\u1100" else 1  # Hangul, kana and Han begin there
        if width > most:
            return f"{text[: max(at - 1, 0)].rstrip()}…"
    return text
