"""Schema of prepaid plans, those that exist in an estate and those that a plan buys.

What kinds there are and what each of them takes is read from ``pricing/prepaids/``, only where a file has prepaid
plans: a check starts fast.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Literal

from planner.core.cost_center import CostCenter
from planner.core.entry import Day, Entry, Name, Real, Text, Whole
from planner.core.problem import Place, Problem, suggestion
from planner.core.provenance import CURRENCY_OF_SITE, Evidence
from planner.core.region import AREAS, OVERSEAS
from planner.core.source import Source

if TYPE_CHECKING:
    from pricing.prepaid import Kind, Prepaid

SIZES = ("gb", "tb", "commitment_per_hour")
"""Keys that say how much is bought; each kind has one of them."""


class PrepaidPlan(Entry):
    """A prepaid plan: a volume or an hourly commitment that offsets usage of an account."""

    kind: Name
    """What is bought, such as cdt-resource-plan; see the reference of prepaid plans."""
    account: Name
    """Account whose usage it offsets; a key of `accounts`."""
    start: Day
    """First day on which it is valid."""
    gb: Annotated[int, Whole(1, 10**9)] | None = None
    """GB that are bought; of a CDT resource plan."""
    tb: Annotated[int, Whole(1, 10**6)] | None = None
    """TB that are bought, 1 TB = 1,024 GB; of a VBR outbound plan."""
    commitment_per_hour: Annotated[int, Whole(1, 10**5)] | None = None
    """Whole units of the account's currency that are committed to in every hour; of a savings plan."""
    area: Name | None = None
    """Area whose regions it serves: mainland, overseas (all but the mainland) or another area; of a CDT plan."""
    discount_factor: Annotated[Decimal, Real(above=0, maximum=1)] | None = None
    """What covered usage counts for, as a factor of its contracted price; of a savings plan."""
    term_months: Annotated[int, Whole(1, 120)] | None = None
    """How long it is valid; of a savings plan. The others are valid for a year."""
    remaining_gb: Annotated[Decimal, Real(minimum=0, maximum=10**9, decimals=6)] | None = None
    """GB that are left when the period of a plan begins; of a volume that exists already. Not given: all of it."""
    price: Annotated[Decimal, Real(minimum=0, maximum=10**9, decimals=9)] | None = None
    """Amount paid for it at the start, without tax."""
    paid: Literal["upfront", "monthly"] = "upfront"
    """upfront: the price, at the start; monthly: the commitment of a savings plan, as it runs, and no price."""
    currency: Literal["USD", "CNY"] | None = None
    """Currency of the price. Default: that of the account's site."""
    evidence: Evidence
    """How good the source is: assumed, secondary, official or contract."""
    source: Text
    """Where the price and the discount factor are written, such as the number of the offer."""
    cost_center: CostCenter | None = None
    """Cost centre that bears its cost."""


def problems(
    plans: Mapping[str, PrepaidPlan],
    sites: Mapping[str, str],
    source: Source,
    path: tuple[str | int, ...],
    exists: bool,
) -> Iterator[Problem]:
    """What does not fit together in prepaid plans that are well-formed in themselves.

    sites  : site of each account
    path   : of the mapping of plans in the source
    exists : whether they were bought already, as those of an estate were
    """
    from pricing.prepaid import kinds  # where there are none, nothing of it is loaded

    for name, plan in plans.items():
        here = Place(source, (*path, name), key=True)
        if plan.account not in sites:
            remedy = suggestion(plan.account, sites, "accounts of the estate")
            yield _at(here, "account", f"unknown account {plan.account!r}", remedy)
        if plan.kind not in kinds():
            remedy = suggestion(plan.kind, kinds(), "kinds of prepaid plans")
            yield _at(here, "kind", f"unknown kind of prepaid plan {plan.kind!r}", remedy)
            continue
        kind = kinds()[plan.kind]
        yield from _size_problems(plan, kind, here)
        yield from _other_keys(plan, kind, here)
        yield from _price_problems(plan, kind, here, sites.get(plan.account), exists)


def _at(plan: Place, key: str, message: str, remedy: str, of_key: bool = False) -> Problem:
    """A problem of one of the keys of a prepaid plan."""
    return Problem(Place(plan.source, (*plan.path, key), of_key), message, remedy)


def _size_problems(plan: PrepaidPlan, kind: Kind, here: Place) -> Iterator[Problem]:
    size = getattr(plan, kind.size)
    for key in SIZES:
        if key != kind.size and getattr(plan, key) is not None:
            yield _at(here, key, f"a {plan.kind} with {key}", f"its size is {kind.size}: {kind.sizes_in_words}", True)
    if size is None:
        yield Problem(here, f"a {plan.kind} without {kind.size}", f"give {kind.size}: {kind.sizes_in_words}")
    elif not kind.fits(size):
        message = f"there is no {plan.kind} of {size:,}{kind.unit}"
        yield _at(here, kind.size, message, f"write {kind.sizes_in_words}")


def _other_keys(plan: PrepaidPlan, kind: Kind, here: Place) -> Iterator[Problem]:
    """Keys that only some kinds have."""
    areas = f"{OVERSEAS}, {', '.join(AREAS)}"
    wanted = {
        "area": (kind.per_area, f"name the area it is bought for: {areas}", "it serves every region of its account"),
        "discount_factor": (kind.is_commitment, "give the factor of the offer, such as 0.9", "it offsets GB"),
        "term_months": (
            kind.term_months is None,
            "give the term of the offer",
            f"its term is {kind.term_months} months",
        ),
    }
    for key, (needed, remedy, reason) in wanted.items():
        given = getattr(plan, key) is not None
        if needed and not given:
            yield Problem(here, f"a {plan.kind} without {key}", remedy)
        elif given and not needed:
            yield _at(here, key, f"a {plan.kind} with {key}", f"take it out: {reason}", True)
    if kind.per_area and plan.area is not None and plan.area not in (*AREAS, OVERSEAS):
        yield _at(here, "area", f"unknown area {plan.area!r}", suggestion(plan.area, (OVERSEAS, *AREAS), "areas"))


def _price_problems(plan: PrepaidPlan, kind: Kind, here: Place, site: str | None, exists: bool) -> Iterator[Problem]:
    if plan.paid == "monthly" and not kind.is_commitment:
        yield _at(here, "paid", f"a {plan.kind} is paid upfront", "take paid out, and give its price")
    elif plan.paid == "monthly" and plan.price is not None:
        yield _at(here, "price", "price beside paid: monthly", "take it out: the commitment is what is paid", True)
    elif plan.paid == "upfront" and plan.price is None and not exists:
        remedy = "give the price of the offer"
        yield Problem(here, "a prepaid plan without a price", remedy + (", or paid: monthly" * kind.is_commitment))
    currency = CURRENCY_OF_SITE[site] if site else None
    if kind.is_commitment and currency and plan.currency not in (None, currency):
        message = f"currency is {plan.currency}, but account {plan.account!r} is billed in {currency}"
        yield _at(here, "currency", message, "take it out: a commitment is in the currency of the bill")
    if plan.remaining_gb is None:
        return
    if kind.is_commitment:
        yield _at(here, "remaining_gb", f"a {plan.kind} with remaining_gb", "take it out: it has no volume", True)
    elif not exists:
        remedy = "take it out; a prepaid plan that exists already belongs in the estate"
        yield _at(here, "remaining_gb", "remaining_gb of a prepaid plan that is to be bought", remedy, True)
    elif (size := getattr(plan, kind.size)) is not None and _micro(plan.remaining_gb) > kind.micro(size):
        message = f"remaining_gb is more than was bought, {kind.micro(size) // 10**6:,} GB"
        yield _at(here, "remaining_gb", message, "give what is left of it")


def bought(plans: Iterable[tuple[str, PrepaidPlan]], accounts: Sequence[str]) -> tuple[Prepaid, ...]:
    """Prepaid plans as pricing knows them, in their order.

    accounts : names in the order of their codes
    """
    from pricing.prepaid import Prepaid, kinds

    def one(name: str, plan: PrepaidPlan) -> Prepaid:
        kind = kinds()[plan.kind]
        return Prepaid(
            name=name,
            kind=plan.kind,
            account=accounts.index(plan.account),
            start=plan.start,
            term_months=kind.term_months or plan.term_months or 0,
            quantity=kind.micro(getattr(plan, kind.size)),
            remaining=None if plan.remaining_gb is None else _micro(plan.remaining_gb),
            area=plan.area,
            per_hour=(plan.commitment_per_hour or 0) * 10**9,
            factor=Fraction(plan.discount_factor or 1),
            price=None if plan.price is None else int(plan.price.scaleb(9)),
            monthly=plan.paid == "monthly",
        )

    return tuple(one(name, plan) for name, plan in plans)


def _micro(gigabytes: Decimal) -> int:
    return int(gigabytes.scaleb(6))
