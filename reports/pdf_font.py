"""Letters of a PDF: DejaVu Sans, which is embedded, and for Chinese, Japanese and Korean the fonts of the reader.

A letter that none of them has is written as an escape, and said to be one: nothing becomes an empty box.
"""

from __future__ import annotations

from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any
from unicodedata import bidirectional
from xml.sax.saxutils import escape

PLAIN, BOLD, MONO = "DejaVuSans", "DejaVuSans-Bold", "DejaVuSansMono"
_OF_READERS = {"gbk": "STSong-Light", "euc_kr": "HYSMyeongJo-Medium"}
"""By the character set that it covers: fonts that every reader of PDF brings along or can fetch."""


@cache
def register() -> None:
    """Make the fonts known to reportlab, once."""
    import matplotlib
    from reportlab.pdfbase import cidfonts, pdfmetrics, ttfonts

    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"  # DejaVu comes with it
    for name in (PLAIN, BOLD, MONO):
        pdfmetrics.registerFont(ttfonts.TTFont(name, folder / f"{name}.ttf"))
    for name in _OF_READERS.values():
        pdfmetrics.registerFont(cidfonts.UnicodeCIDFont(name))


def marked(text: str, font: str = PLAIN) -> str:
    """A text as the markup of a reportlab paragraph: each letter in a font that has it."""
    parts = []
    for name, letters in groupby(text, key=lambda letter: _font_of(letter, font)):
        written = "".join(letters)
        if not name:
            name, written = font, "".join(_escaped(letter) for letter in written)
        parts.append(f'<font name="{name}">{escape(written)}</font>')
    return "".join(parts)


def notes(text: str) -> list[str]:
    """What has to be said of the letters of a text."""
    fonts = {letter: _font_of(letter, PLAIN) for letter in text}
    borrowed = sorted({font for font in fonts.values() if font in _OF_READERS.values()})
    found = [f"Letters of {' and '.join(borrowed)} are not in this file: your reader brings them."] if borrowed else []
    if unknown := sum(not font for font in fonts.values()):
        found.append(
            f"Written as \\u and a number: {unknown} {'letter' if unknown == 1 else 'letters'} that no font has."
        )
    if any(bidirectional(letter) in ("R", "AL") for letter in fonts):
        found.append("Letters of scripts that run from right to left stand in reverse.")
    return found


def _escaped(letter: str) -> str:
    return f"\\u{ord(letter):04x}" if ord(letter) < 0x10000 else f"\\U{ord(letter):08x}"


@cache
def _font_of(letter: str, font: str) -> str:
    """The font that has a letter; empty: none."""
    for name in dict.fromkeys((font, PLAIN)):  # the others lack some
        if ord(letter) in _letters_of(name):
            return name
    for charset, name in _OF_READERS.items():
        if ord(letter) < 0x10000 and _is_in(letter, charset):
            return name
    return ""


@cache
def _letters_of(font: str) -> frozenset[int]:
    from reportlab.pdfbase import pdfmetrics

    register()
    own: Any = pdfmetrics.getFont(font)
    return frozenset(own.face.charToGlyph)


def _is_in(letter: str, charset: str) -> bool:
    try:
        letter.encode(charset)
    except UnicodeEncodeError:
        return False
    return True
