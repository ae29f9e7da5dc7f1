"""CIDR blocks as people write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ipaddress import IPv4Network


def network(text: str) -> IPv4Network | None:
    """The block of a text that names its first address and its mask; None for any other text.

    >>> network("10.0.0.0/16"), network("10.0.0.1/16"), network("10.0.0.0")
    (IPv4Network('10.0.0.0/16'), None, None)
    """
    from ipaddress import IPv4Network  # slow to load, and needed where blocks are stated only

    try:
        return IPv4Network(text) if "/" in text else None
    except ValueError:
        return None
