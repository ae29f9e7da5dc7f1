"""Sentences as lines of a terminal."""

from __future__ import annotations

import re
import textwrap

WIDTH = 100
"""Columns that text takes at most; only a word that is longer by itself, such as an address, is never broken."""

_AMOUNT = re.compile(r"(?:(?<=\b[A-Z]{3}) (?=\d))|(?:(?<=\d) (?=%))")
_TOGETHER = "\xa0"


def folded(text: str, width: int = WIDTH, first: str = "", others: str = "  ") -> list[str]:
    """A text in lines of at most so many columns, one at least; currency and percent sign stay with their number.

    first  : what the first line begins with; its columns count
    others : what the later ones begin with
    """
    together = _AMOUNT.sub(_TOGETHER, text)
    parts = textwrap.wrap(
        together,
        width,
        initial_indent=first,
        subsequent_indent=others,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [part.replace(_TOGETHER, " ") for part in parts] or [first.rstrip()]
