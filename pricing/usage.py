"""Usage: what is billed, before it has a price."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from pricing.book import Rate

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Usage:
    """Usage records of one SKU: n subjects x m months. Subjects are whole numbers to pricing."""

    sku: str
    subject: Ints
    """(n,) codes of what the usage belongs to; ascending within an account and region."""
    account: Ints
    """(n,) codes of the accounts that are billed."""
    region: Ints
    """(n,) codes of regions."""
    quantity: Ints
    """(n, m) micro-units, each >= 0; 0 where unknown."""
    unknown: Bools
    """(n, m) where there is usage of an unknown quantity."""
    priceable: bool = True
    """False where no billing rule is known: such usage is listed, never pooled and never priced."""
    lane: Ints | None = None
    """(n,) codes of lanes; None where the region alone decides the price."""
    lanes: tuple[str, ...] = ()
    """Names that prices are looked up by instead of regions, such as "mainland>asia-pacific"."""
    rates: tuple[Rate | None, ...] | None = None
    """The rate of each lane, where the user gives it (a leased line) and no price book does; None: unknown."""
    currency: str | None = None
    """Currency of the given rates; None: that of the account's price list."""

    @property
    def place(self) -> Ints:
        """(n,) rows of the price table: lanes where there are some, else regions."""
        return self.region if self.lane is None else self.lane


@dataclass(frozen=True)
class Baselines:
    """Usage of everything else in the accounts, per month; micro-units by SKU, account and region."""

    by_sku: dict[str, dict[tuple[int, int], int]] = field(default_factory=dict)

    def of(self, sku: str) -> dict[tuple[int, int], int]:
        """Micro-units per month by (account, region)."""
        return self.by_sku.get(sku, {})


def joined(parts: Iterable[Ints]) -> Ints:
    """Columns one below the other; none make an empty one."""
    return np.concatenate([np.empty(0, dtype=np.int64), *parts])
