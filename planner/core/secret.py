"""Keys whose values are secrets: a file that has one is refused, and nothing that is shown repeats the value."""

import re
from functools import lru_cache

REMEDY = "take it out here and in every copy, and change it on both ends: it stands in the file for all to read"

_SHARED = "pre[-_ .]?shared[-_ .]?key|auth[-_ .]?key"
_KEY = re.compile(f"(?i)secret|(?:.*[-_ .]|ike)?psks?|.*(?:{_SHARED})s?")
_WRITTEN = re.compile(f"(?i)(?:psks?|secret|(?:{_SHARED})s?)[\"']?\\s*[:=]\\s*")


@lru_cache(maxsize=4096)
def is_secret(key: str) -> bool:
    """Whether a key, or the name of a column, is that of a pre-shared key or another secret.

    >>> [is_secret(key) for key in ("psk", "Pre-Shared-Key", "ike_psk", "keys", "secretary")]
    [True, True, True, False, False]
    """
    return _KEY.fullmatch(key.strip()) is not None


def hidden(text: str) -> str:
    """A text as it may be shown: what stands behind the first key of a secret is cut off, whatever it is.

    >>> hidden("ike: {version: ikev2, psk: hunter2, mode: main}")
    'ike: {version: ikev2, psk: …'
    """
    found = _WRITTEN.search(text)
    return f"{text[: found.end()]}…" if found and found.end() < len(text) else text


def begins_in(text: str) -> bool:
    """Whether a secret may begin in a text, and go on below it."""
    return _WRITTEN.search(text) is not None


def message(key: str) -> str:
    """That a key is refused; the value is not looked at."""
    return f"{key!r} holds a secret, and no file of a plan may hold one"
