"""Lists of names in sentences."""

from collections.abc import Sequence

MOST_NAMES = 3
"""Names that a sentence takes without becoming a list."""


def some(names: Sequence[str], most: int = MOST_NAMES) -> str:
    """The first names, and how many more there are.

    >>> some(["a", "b"]), some(["a", "b", "c", "d", "e"])
    ('a, b', 'a, b, c and 2 more')
    """
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")
