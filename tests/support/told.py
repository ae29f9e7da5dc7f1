"""What commands tell, as sentences: lines that were folded for a terminal are one line again."""

from __future__ import annotations

import re

_GOES_ON = re.compile(r"    (?! *\|)")
"""What is neither a place nor a note, such as the remedy, nor a line of an excerpt."""


def unfolded(text: str) -> str:
    """Problems and findings with each of their sentences on one line."""
    lines: list[str] = []
    for line in text.split("\n"):
        if lines and _GOES_ON.match(line):
            lines[-1] += f" {line.strip()}"
        else:
            lines.append(line)
    return "\n".join(lines)
