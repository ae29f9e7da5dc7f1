"""Schema of an estate: what exists and is shared by every plan that lands on it.

The network team keeps it: accounts, transit routers with what is attached to them today, limits that were
granted, and the traffic of everything else in an account.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from planner import prepaid
from planner.core.entry import BY_SHAPE, Count, Day, Entry, Name, Positive, Real, Text, Version
from planner.core.problem import Place, Problem, suggestion
from planner.core.region import REGIONS, suggest_region
from planner.core.source import Source
from planner.prepaid import PrepaidPlan

Gigabytes = Annotated[Decimal, Real(minimum=0, maximum=10**12, decimals=6)]
"""GB per month of a whole account in a region, to 10^-6."""

CARRIERS = "carriers"
"""What tables call, beside accounts, the bills of carriers."""


class Account(Entry):
    """An Alibaba Cloud account."""

    uid: Text | None = None
    """Account ID, as text: 16 digits."""
    site: Literal["intl", "cn"]
    """Site the account was opened on; decides its price list: intl is billed in USD, cn in CNY."""


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


class GrantedLimit(Entry):
    """An increase of a quota that was granted."""

    value: Count
    """The limit from that day on."""
    effective_from: Day | None = Field(default=None, alias="from")
    """First day on which it applies; without one it applies already."""
    source: Text
    """Where the grant is documented, such as the number of the quota request."""


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
    limits: dict[Name, Annotated[GrantedLimit | tuple[GrantedLimit, ...], BY_SHAPE]] = {}
    """Increases that were granted, by quota; one or a list."""


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
    for name, router in estate.transit_routers.items():
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
