"""Which open questions an amount rests on: those whose other answer can change it, or who pays it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from planner.amount import Amount
from planner.assumption import Answered
from planner.core.period import NEVER
from planner.derivation import Derivation, Hours, Ports
from planner.inventory import Bools, Ints
from planner.plan import Plan
from planner.pool_share import Pool
from planner.prepaid_share import Cover
from planner.priced_line import Line
from pricing.price_table import FREE
from pricing.sku import Sku, skus

_INTERNET = ("cdt-internet", "ipsec-internet-legacy")
ROUTER_FEES = ("tr-connection", "tr-data-processing")
"""Fees of a transit router that can be moved to the owner of a connection."""


@dataclass(frozen=True)
class Basis:
    """What an amount rests on."""

    plan: Plan
    amount: Amount
    derivation: Derivation | None
    pool: Pool | None
    lines: tuple[Line, ...]
    cover: Cover | None

    @property
    def item(self) -> Sku:
        return skus()[self.amount.sku]

    @property
    def group(self) -> int | None:
        """The attachment group; None: it belongs to something else."""
        number, row, _ = self.amount.at
        subject = int(self.plan.rated[number].usage.subject[row])
        return subject if subject < len(self.plan.inventory.groups.ids) else None

    @property
    def in_bounds(self) -> tuple[int, int]:
        """Seconds between which its month lies."""
        month = self.amount.at[2]
        start, end = self.plan.inventory.bounds[month : month + 2].tolist()
        return start, end


def touching(basis: Basis, of_plan: Sequence[Answered]) -> Iterator[Answered]:
    """The open questions of the plan that touch an amount, with their answers.

    of_plan : those that touch anything of it
    A question that is not known here is named rather than not.
    of_plan : those that touch anything of it
    """
    for one in of_plan:
        touches = _TOUCHES.get(one.id)
        if touches is None or touches(basis) or _shares(basis, one.id):
            yield one


def _shares(basis: Basis, name: str) -> bool:
    """Whether a question decides what other usage of the account leaves of a prepaid plan for this amount."""
    if basis.cover is None:
        return False
    if any(one.of_kind.is_commitment for one in basis.cover.plans):
        return name in ("encryption-overhead", "gb-definition", "list-prices-stay", "payer")
    if name == "undecided-internet-billing":
        return basis.amount.sku == "cdt-internet"
    if name == "removal-order":
        own = _public_of_account(basis)
        return basis.amount.sku == "cdt-internet" and any(_removed_unlike(basis, group) for group in own)
    if name == "baseline":
        return basis.pool is None or not basis.pool.baseline_given
    return name in ("encryption-overhead", "gb-definition", "free-quota-region-order")


# --- quantities


def _of_traffic(basis: Basis) -> bool:
    return basis.item.unit == "GB" and basis.derivation is not None


def _parts_of_hours(basis: Basis) -> bool:
    """Whether the other reading of a part of an hour counts other hours of it."""
    derived = basis.derivation
    if isinstance(derived, Hours):
        return derived.other_reading != derived.connection_hours
    if isinstance(derived, Ports):
        there = bool(derived.hours) != bool(derived.other_reading)
        return there or (derived.pro_rata and derived.hours != derived.other_reading)
    return False


def _part_of_a_port_month(basis: Basis) -> bool:
    return isinstance(basis.derivation, Ports) and basis.derivation.hours < basis.derivation.month_hours


def _alike(basis: Basis) -> Bools:
    """(l,) lots of sites whose Internet traffic decides the amount: the group's, and what it is pooled with."""
    tables, pool = basis.plan.inventory, basis.pool
    lots, groups = tables.lots, tables.groups
    if basis.group is None or basis.amount.sku not in _INTERNET:
        return np.zeros(len(lots.group), dtype=bool)
    if basis.amount.sku == "ipsec-internet-legacy" or pool is None:
        return lots.group == basis.group
    own = (groups.owner == groups.owner[basis.group]) & ~groups.private
    free = pool.free_quota.quantity - sum(draw.baseline_free for draw in pool.draws) if pool.free_quota else 0
    if not free:  # then other regions take nothing from it
        own &= tables.group_region == tables.group_region[basis.group]
    return own[lots.group]


def _public_of_account(basis: Basis) -> list[int]:
    """Public groups whose connections belong to the account of the group."""
    groups = basis.plan.inventory.groups
    assert basis.group is not None
    return np.flatnonzero((groups.owner == groups.owner[basis.group]) & ~groups.private).tolist()


def _undecided(basis: Basis) -> bool:
    """Whether the billing mode of some of these sites is assumed, of those that are there in the month."""
    lots = basis.plan.inventory.lots
    start, end = basis.in_bounds
    return bool((_alike(basis) & lots.undecided & (lots.start < end) & (lots.end > start)).any())


def _removal_order(basis: Basis) -> bool:
    """Whether it matters which of the sites leave: for their billing mode, and for hours that run from creation.

    Clock hours add up to the same whichever leave: an hour counts from when some come to when as many go.
    """
    if basis.amount.sku in _INTERNET:
        return any(_removed_unlike(basis, group) for group in _groups(basis, _alike(basis)))
    derived = basis.derivation
    if not isinstance(derived, Hours) or not derived.running or basis.group is None:
        return False
    return bool(basis.plan.inventory.lots.group[_removed(basis, basis.group)].size)


def _groups(basis: Basis, of_lots: Bools) -> list[int]:
    return np.unique(basis.plan.inventory.lots.group[of_lots]).tolist()


def _removed(basis: Basis, group: int) -> Ints:
    """Lots of a group that loses sites while others, attached at another time, stay or leave later."""
    lots = basis.plan.inventory.lots
    own = np.flatnonzero(lots.group == group)
    loses = bool((lots.end[own] < NEVER).any()) and len(set(lots.start[own].tolist())) > 1
    return own if loses else own[:0]


def _removed_unlike(basis: Basis, group: int) -> bool:
    """Whether it loses sites, and its sites begin to be billed by CDT by different rules."""
    lots, own = basis.plan.inventory.lots, _removed(basis, group)
    cdt_from = lots.cdt_from[own]
    by_day = len(set(cdt_from.tolist())) <= 1
    from_the_start = bool((cdt_from <= lots.start[own]).all())
    return len(own) > 0 and not (by_day or from_the_start)


# --- pools, prices and payers


def _regions_in_turn(basis: Basis) -> bool:
    """Whether regions of the plan share a free quota that is not enough for all of them."""
    pool = basis.pool
    if pool is None or pool.free_quota is None or not any(draw.plan_free for draw in pool.draws):
        return False
    wanted = sum(draw.baseline + draw.plan for draw in pool.draws)
    return wanted > pool.free_quota.quantity and sum(draw.plan > 0 for draw in pool.draws) > 1


def _no_baseline(basis: Basis) -> bool:
    """Whether nothing is known of what else draws on the free quota."""
    pool = basis.pool
    return (
        pool is not None
        and not pool.baseline_given
        and (pool.without == "used-up" or any(draw.plan_free for draw in pool.draws))
    )


def _at_list_price(basis: Basis) -> bool:
    """Whether some of it is billed at a rate that follows list prices."""
    return basis.item.priced_by != "plan" and any(
        line.rate is not None and line.rate.reference.evidence != "contract" and line.tier != FREE and not line.covered
        for line in basis.lines
    )


def _other_owner(basis: Basis) -> bool:
    """Whether the connection belongs to another account than its transit router."""
    groups, routers = basis.plan.inventory.groups, basis.plan.inventory.routers
    return basis.group is not None and bool(
        groups.owner[basis.group] != routers.account[groups.router[basis.group]],
    )


def _payer(basis: Basis) -> bool:
    assumed = basis.group is not None and not basis.plan.inventory.groups.payer[basis.group]
    return assumed and basis.amount.sku in ROUTER_FEES and _other_owner(basis)


def _data_transfer_payer(basis: Basis) -> bool:
    of_owner = basis.amount.sku in ("ipsec-connection", "vbr-outbound", *_INTERNET)
    return of_owner and _other_owner(basis)


def _volumes(basis: Basis) -> bool:
    return basis.cover is not None and any(not one.of_kind.is_commitment for one in basis.cover.plans)


_TOUCHES: Mapping[str, Callable[[Basis], bool]] = {
    "ecmp-scope": lambda basis: False,  # questions of quotas
    "ecmp-counts": lambda basis: False,
    "baseline": _no_baseline,
    "connection-fee-per-connection": lambda basis: basis.amount.sku == "ipsec-connection",
    "data-transfer-payer": _data_transfer_payer,
    "encryption-overhead": _of_traffic,
    "free-quota-position": lambda basis: basis.pool is not None and basis.pool.position_matters,
    "free-quota-region-order": _regions_in_turn,
    "gb-definition": _of_traffic,
    "inter-region-payer": lambda basis: "lane" in basis.item.priced_by,
    "list-prices-stay": _at_list_price,
    "part-of-a-port-month": _part_of_a_port_month,
    "part-of-an-hour": _parts_of_hours,
    "payer": _payer,
    "peak-overhead": lambda basis: False,  # peaks are not billed
    "prepaid-order": _volumes,
    "prepaid-remaining": lambda basis: basis.cover is not None and any(one.assumed_full for one in basis.cover.plans),
    "removal-order": _removal_order,
    "savings-plan-hours": lambda basis: (
        basis.cover is not None and any(one.of_kind.is_commitment for one in basis.cover.plans)
    ),
    "tunnel-bandwidth": lambda basis: basis.amount.sku == "ipsec-connection",
    "undecided-internet-billing": _undecided,
}
"""Whether an assumption that touches the plan touches an amount of it."""
