"""Schema of an estate: what exists and is shared by every plan that lands on it.

The network team keeps it: accounts, transit routers with what is attached to them today, limits that were
granted, and the traffic of everything else in an account.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from planner import prepaid
from planner.core.entry import BY_SHAPE, Count, Day, Entry, Name, Positive, Real, Text, Version, Whole
from planner.core.problem import Place, Problem, suggestion
from planner.core.provenance import Evidence
from planner.core.region import REGIONS, suggest_region
from planner.core.source import Source
from planner.prepaid import PrepaidPlan

Gigabytes = Annotated[Decimal, Real(minimum=0, maximum=10**12, decimals=6)]
"""GB per month of a whole account in a region, to 10^-6."""

CARRIERS = "carriers"
"""What tables call, beside accounts, the bills of carriers."""


class StatedLimit(Entry):
    """A limit of a quota other than its default."""

    value: Count
    """The limit from that day on."""
    status: Literal["granted", "requested", "live"] = "granted"
    """Granted: agreed. Requested: asked for; reports call it pending. Live: what Quota Center shows."""
    effective_from: Day | None = Field(default=None, alias="from")
    """First day on which it applies. A granted one without a day applies already; a requested one needs a day."""
    read_on: Day | None = None
    """Of a live limit: the day on which it was read. It applies from then on, and before where nothing else does."""
    evidence: Evidence | None = None
    """How good it is. Default: contract where granted, assumed where requested, official where live."""
    source: Text
    """Where it is documented, such as the number of the quota request."""

    @property
    def since(self) -> date | None:
        """First day on which it applies; None: already."""
        return self.read_on if self.status == "live" else self.effective_from


class AccountLimit(StatedLimit):
    """A limit of a quota that is counted per account and region, other than its default."""

    region: Name | None = None
    """Region ID of which it is the limit. Default: each region."""


class Account(Entry):
    """An Alibaba Cloud account."""

    uid: Text | None = None
    """Account ID, as text: 16 digits."""
    site: Literal["intl", "cn"]
    """Site the account was opened on; decides its price list: intl is billed in USD, cn in CNY."""
    limits: dict[Name, Annotated[AccountLimit | tuple[AccountLimit, ...], BY_SHAPE]] = {}
    """Limits other than the defaults of quotas that are counted per account and region; one or a list."""


class Threshold(Entry):
    """From when on a quota is tight, before it is exceeded."""

    percent: Annotated[int, Whole(1, 100)] | None = None
    """Tight where this share of the limit is used, or more. Default: 80 for quotas that can be increased."""
    count: Positive | None = None
    """Tight where the headroom is less than this."""


class Attached(Entry):
    """What is attached to a transit router today, outside every plan."""

    vpn: Count = 0
    """VPN attachments (IPsec-VPN connections)."""
    vbr: Count = 0
    """Virtual border routers."""
    ecr: Count = 0
    """Express Connect Routers."""
    ccn: Count = 0
    """Cloud Connect Network instances."""
    vpc: Count = 0
    """VPCs."""


class TransitRouter(Entry):
    """A transit router and what is attached to it today."""

    region: Name
    """Region ID, such as ap-southeast-1."""
    cen: Name | None = None
    """CEN instance it belongs to."""
    account: Name
    """Account that owns it; a key of `accounts`."""
    edition: Literal["enterprise", "basic"] = "enterprise"
    """Edition; only Enterprise Edition takes VPN attachments."""
    cidr_blocks: tuple[Text, ...] = ()
    """CIDR blocks from which gateway addresses of IPsec-VPN connections are allocated."""
    attached: Attached = Attached()
    """What is attached today, outside every plan, by kind."""
    ecmp_attached: dict[Name, Positive] = {}
    """Today's ECMP sets by name: connections in each; part of `attached.vpn`."""
    limits: dict[Name, Annotated[StatedLimit | tuple[StatedLimit, ...], BY_SHAPE]] = {}
    """Limits other than the defaults of quotas that are counted per transit router; one or a list."""


class Baseline(Entry):
    """Traffic per month of everything else in an account: it fills free quotas and tiers first."""

    account: Name
    """Account whose traffic it is; a key of `accounts`."""
    region: Name
    """Region ID in which the traffic is billed."""
    cdt_internet_gb: Gigabytes | None = None
    """Internet traffic billed by CDT, GB per month."""
    vbr_outbound_gb: Gigabytes | None = None
    """Outbound traffic of VBRs, GB per month."""


class Estate(Entry):
    """What exists and is shared."""

    version: Version
    """Version of this format: 1."""
    as_of: Day | None = None
    """Day on which this was true; the default of `--as-of`."""
    accounts: dict[Name, Account]
    """Accounts, by a short name of your own."""
    transit_routers: dict[Name, TransitRouter]
    """Transit routers, by a short name of your own."""
    baselines: tuple[Baseline, ...] = ()
    """Traffic of everything else in the accounts."""
    cdt_from: dict[Name, Day] = {}
    """By region: the day from which Internet traffic of all its connections is billed by CDT, where known."""
    lead_time_days: dict[Name, Count] = {}
    """By quota that can be increased: days from the request until the increase applies. Not given: unknown."""
    thresholds: dict[Name, Threshold] = {}
    """By quota: from when on it is tight."""
    prepaid: dict[Name, PrepaidPlan] = {}
    """Prepaid plans that exist already, by name: their price is paid."""


def problems(estate: Estate, source: Source, path: tuple[str | int, ...]) -> Iterator[Problem]:
    """What does not fit together in an estate that is well-formed in itself."""

    def problem(message: str, remedy: str, *where: str | int, key: bool = False) -> Problem:
        return Problem(Place(source, (*path, *where), key), message, remedy)

    def region_problem(region: str, *where: str | int, key: bool = False) -> Iterator[Problem]:
        if region not in REGIONS:
            yield problem(f"unknown region {region!r}", suggest_region(region), *where, key=key)

    def account_problem(account: str, *where: str | int) -> Iterator[Problem]:
        if account not in estate.accounts:
            remedy = suggestion(account, estate.accounts, "accounts of this estate")
            yield problem(f"unknown account {account!r}", remedy, *where)

    if CARRIERS in estate.accounts:
        message = f"an account called {CARRIERS}: tables call so what carriers bill for leased lines"
        yield problem(message, "give it another name", "accounts", CARRIERS, key=True)
    for name, account in estate.accounts.items():
        yield from _limit_problems(account.limits, source, (*path, "accounts", name, "limits"))
    for name, threshold in estate.thresholds.items():
        if threshold.percent is None and threshold.count is None:
            yield problem("a threshold without a number", "give percent, count or both", "thresholds", name)
    for name, router in estate.transit_routers.items():
        yield from _limit_problems(router.limits, source, (*path, "transit_routers", name, "limits"))
        here = ("transit_routers", name)
        yield from region_problem(router.region, *here, "region")
        yield from account_problem(router.account, *here, "account")
        in_sets = sum(router.ecmp_attached.values())
        if in_sets > router.attached.vpn:
            yield problem(
                f"ecmp_attached counts {in_sets} connections, attached.vpn only {router.attached.vpn}",
                "connections of ECMP sets are part of attached.vpn: raise it to at least their sum",
                *here,
                "ecmp_attached",
            )
    for row, baseline in enumerate(estate.baselines):
        yield from region_problem(baseline.region, "baselines", row, "region")
        yield from account_problem(baseline.account, "baselines", row, "account")
        if baseline.cdt_internet_gb is None and baseline.vbr_outbound_gb is None:
            yield problem(
                "a baseline without traffic",
                "give cdt_internet_gb, vbr_outbound_gb or both",
                "baselines",
                row,
            )
    for region in estate.cdt_from:
        yield from region_problem(region, "cdt_from", region, key=True)
    if estate.prepaid:
        sites = {name: account.site for name, account in estate.accounts.items()}
        yield from prepaid.problems(estate.prepaid, sites, source, (*path, "prepaid"), exists=True)


_WANTED = {
    "granted": ((), ("read_on",)),
    "requested": (("from",), ("read_on",)),
    "live": (("read_on",), ("from",)),
}
"""By status of a limit: keys that it needs, and keys that it has no use for."""
_WHY = {
    "from": "give the day on which the increase is expected: until then it does not count",
    "read_on": "give the day on which Quota Center showed it",
}


def _limit_problems(
    limits: Mapping[str, StatedLimit | Sequence[StatedLimit]], source: Source, path: tuple[str | int, ...]
) -> Iterator[Problem]:
    """Keys that do not go with the status of a limit, unknown regions, and two limits of one day."""
    for quota, stated in limits.items():
        several = stated if isinstance(stated, tuple) else (stated,)
        for row, limit in enumerate(several):
            here = (*path, quota, *([row] if isinstance(stated, tuple) else []))
            yield from _keys_of_status(limit, source, here)
            region = _region(limit)
            if region is not None and region not in REGIONS:
                yield Problem(Place(source, (*here, "region")), f"unknown region {region!r}", suggest_region(region))
            if other := next((one for one in several[:row] if _same_day(one, limit)), None):
                when = limit.since or "which applies already"
                message = f"a second limit of {quota} of one day, {when}: {limit.value} beside {other.value}"
                remedy = "keep one of them, or give each the day it applies from"
                yield Problem(Place(source, here), message, remedy)


def _same_day(one: StatedLimit, other: StatedLimit) -> bool:
    """Whether two limits apply from one day on in one place; of one whose day is missing nobody can say."""
    if not all(limit.since or limit.status == "granted" for limit in (one, other)):
        return False
    return one.since == other.since and _overlap(_region(one), _region(other))


def _keys_of_status(limit: StatedLimit, source: Source, here: tuple[str | int, ...]) -> Iterator[Problem]:
    given = {"from": limit.effective_from, "read_on": limit.read_on}
    needed, useless = _WANTED[limit.status]
    for key in needed:
        if given[key] is None:
            yield Problem(Place(source, here), f"a limit that is {limit.status}, without {key}", _WHY[key])
    for key in useless:
        if given[key] is not None:
            remedy = "take it out, or correct status: only what was read in Quota Center is live"
            if key == "from":
                remedy = "take it out: a limit that was read live applies from the day it was read"
            message = f"{key} of a limit that is {limit.status}"
            yield Problem(Place(source, (*here, key), key=True), message, remedy)


def _region(limit: StatedLimit) -> str | None:
    return limit.region if isinstance(limit, AccountLimit) else None


def _overlap(region: str | None, other: str | None) -> bool:
    return region == other or region is None or other is None
