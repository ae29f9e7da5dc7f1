"""Schema of a plan: attachments, traffic, rollout, the underlays it brings, and what it includes and buys."""

import re
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from planner.assumption import Assumptions
from planner.connection import Connection, CustomerGateway, Flow, Peer
from planner.core.cost_center import CostCenter
from planner.core.entry import (
    BY_SHAPE,
    Entry,
    Flag,
    Instant,
    Month,
    Name,
    Percent,
    Positive,
    Real,
    Text,
    Version,
    Whole,
    must,
)
from planner.core.provenance import Evidence
from planner.estate import Estate
from planner.finance import Currency, Finance
from planner.prepaid import PrepaidPlan
from planner.tunnel import Tunnel

MOST_SITES = 1_000_000
MOST_CONNECTIONS_PER_SITE = 1_000
SiteCount = Annotated[int, Whole(1, MOST_SITES)]
ConnectionCount = Annotated[int, Whole(1, MOST_CONNECTIONS_PER_SITE)]
Gigabytes = Annotated[Decimal, Real(minimum=0, maximum=10**9, decimals=6)]
"""GB per site and month, to 10^-6; a billion GB is more than any site sends."""

Megabits = Annotated[Decimal, Real(minimum=0, maximum=10**7, decimals=3)]
"""Mbit/s of one site; 10 Tbit/s is more than any site sends."""
Ratio = Annotated[Decimal, Real(minimum=1, maximum=10_000, decimals=3)]
PortCount = Annotated[int, Whole(1, 100)]
LineAmount = Annotated[Decimal, Real(minimum=0, maximum=10**9, decimals=6)]
"""What a carrier charges, in the currency of the line, so that int64 nano-units hold it."""


_ECMP = re.compile(r"none|per-site|group|set [A-Za-z0-9_][A-Za-z0-9._-]*")


def _ecmp(text: str) -> str:
    if not _ECMP.fullmatch(text):
        remedy = "to share routes with other groups write: set dc-route"
        if re.fullmatch("per[ _]?sites?", text, re.IGNORECASE):
            remedy = "write per-site"
        raise must("be none, per-site, group or 'set NAME'", text, remedy)
    return text


Ecmp = Annotated[Text, AfterValidator(_ecmp), Field(json_schema_extra={"pattern": f"^({_ECMP.pattern})$"})]


Stage = Literal["estimate", "design", "ready"]
"""How far a plan is."""


class PeriodEntry(Entry):
    """The months a plan covers."""

    start: Month
    """First month, such as 2027-01."""
    months: Annotated[int, Whole(1, 120)]
    """Number of months, 1 to 120."""


class Traffic(Entry):
    """Traffic of one site in a whole calendar month."""

    to_data_center_gb: Gigabytes | None = None
    """GB per site and month from the cloud to the data centre; not given: unknown."""
    from_data_center_gb: Gigabytes | None = None
    """GB per site and month from the data centre into the transit router; not given: unknown."""
    monthly_growth_percent: Percent | None = None
    """Growth from month to month, in percent; 0 where not given."""
    base_month: Month | None = None
    """Month to which the GB apply; growth counts from it. Default: the first month of the period."""
    peak_mbps: Megabits | None = None
    """Highest rate of a site in Mbit/s, in the direction with more, in the base month; it grows as the GB do."""
    peak_to_average: Ratio | None = None
    """How many times the average rate of the month the highest rate is, where peak_mbps is not given."""


class Port(Entry):
    """Express Connect ports on which a new underlay ends in Alibaba Cloud."""

    speed: Literal["1G", "10G", "40G", "100G"]
    """Speed of each port, in Gbps."""
    ports: PortCount = 1
    """Number of ports."""


class LeasedLine(Entry):
    """The carrier's line that a new underlay runs in, at the price the carrier names."""

    monthly: LineAmount
    """Price per month, at most 6 decimals; it is paid for whole months."""
    one_off: LineAmount | None = None
    """What is paid once, in the first month; not given: nothing."""
    term_months: Annotated[int, Whole(1, 240)] | None = None
    """Minimum term from the first month on: paid even if nothing runs over the line any more. Default: none."""
    currency: Currency | None = None
    """Currency of the amounts, as three letters. Default: that of the plan."""
    start: Instant | None = None
    """From when the line is there. Default: the first attachment over the underlay."""
    evidence: Evidence
    """How good the price is: assumed, secondary, official (a list of the carrier) or contract."""
    source: Text
    """Where the price stands, such as the carrier's offer and its day."""


class Underlay(Entry):
    """A VBR or ECR connection of a transit router that private attachments run over."""

    kind: Literal["vbr", "ecr"]
    """Virtual border router or Express Connect Router."""
    transit_router: Name
    """The transit router it is attached to."""
    already_attached: Flag = False
    """Whether its connection exists for other reasons, so that its fee is not one of this plan."""
    cost_center: CostCenter | None = None
    """Cost centre that bears its connection fee, its ports and its leased line."""
    port: Port | None = None
    """Express Connect ports of a new underlay. Not given: left out, and reports say so."""
    leased_line: LeasedLine | None = None
    """The carrier's line of a new underlay. Not given: left out, and reports say so."""


class Step(Entry):
    """One step of a rollout: sites that come or go at an instant."""

    wave: Name | None = None
    """The wave that gives the instant; a key of `waves`."""
    date: Instant | None = None
    """The instant itself, in UTC+8."""
    add_sites: SiteCount | None = None
    """Number of sites that are attached."""
    remove_sites: SiteCount | None = None
    """Number of sites that are detached."""


class Attachment(Entry):
    """An attachment group: sites of one kind, each with the same number of IPsec-VPN connections."""

    network_type: Literal["public", "private"]
    """Network type of the IPsec-VPN connections: over the Internet, or over an underlay."""
    transit_router: Annotated[Name | tuple[Name, ...], BY_SHAPE]
    """Transit router. A list is what an import may find; it breaks a rule and is priced on the first."""
    underlay: Name | None = None
    """Underlay of private attachments, on the same transit router."""
    owner_account: Name | None = None
    """Account that owns the connections. Default: the transit router's account."""
    payer: Literal["cen-owner", "resource-owner"] | None = None
    """Who pays the transit router's connection and data processing fees: its account, or the owner of the
    connections. The IPsec-VPN connection and data transfer stay with the owner. Default: the assumption `payer`."""
    cost_center: CostCenter | None = None
    """Cost centre that bears the cost."""
    connections_per_site: ConnectionCount = 1
    """IPsec-VPN connections per site. Traffic is per site, so more of them do not add GB."""
    ecmp: Ecmp = "none"
    """Which connections share routes (ECMP): `none`, `per-site`, `group`, or `set NAME`, shared with other groups."""
    traffic: Annotated[Name | Traffic, BY_SHAPE] | None = None
    """Traffic per site: the name of a profile, or its keys. Not given: unknown."""
    cloud_region: Name | None = None
    """Region of the workloads, where it is not that of the transit router: traffic is then transferred between them."""
    inter_region_class: Literal["gold", "platinum"] | None = None
    """Line class of that transfer, which decides its price; needed with `cloud_region`."""
    internet_billing: Literal["auto", "legacy", "cdt"] = "auto"
    """How Internet data transfer is billed; auto follows the published rule. Public attachments only."""
    tunnel: Annotated[Name | Tunnel, BY_SHAPE] | None = None
    """How the tunnels are configured: the name of a profile of `tunnels`, or its keys. Not given: not stated."""
    connection: Annotated[Name | Connection, BY_SHAPE] | None = None
    """How the connections are made and attached: the name of a profile of `connections`, or its keys."""
    customer_gateway: Annotated[Name | tuple[Name, ...], BY_SHAPE] | None = None
    """Customer gateway of `customer_gateways`, or a list with one for each of the two tunnels."""
    peer: Annotated[Name | Peer, BY_SHAPE] | None = None
    """What stands at the other end: the name of a profile of `peers`, or its keys."""
    attachment_name: Text | None = None
    """Name of the attachment; of a group with several connections each has it with a number behind."""
    rollout: tuple[Step, ...] | None = None
    """Steps by which sites come and go; or give `sites`."""
    sites: SiteCount | None = None
    """Short form of a rollout with one step: number of sites."""
    start: Instant | None = None
    """With `sites`: when they are attached. Default: the start of the period."""
    wave: Name | None = None
    """With `sites`: the wave in which they are attached, instead of `start`."""
    end: Instant | None = None
    """With `sites`: when they are detached (exclusive). Default: never."""
    connection_ids: tuple[Name, ...] = ()
    """IDs of real connections; at most as many as there are connections. The first belong to the first sites."""


class Retirement(Entry):
    """Attachments of the estate that leave during the plan."""

    wave: Name | None = None
    """The wave that gives the instant; a key of `waves`."""
    date: Instant | None = None
    """The instant itself, in UTC+8."""
    transit_router: Name | None = None
    """Transit router that they leave. Default: that of the estate, where it has one only."""
    attached_vpn: Positive
    """VPN attachments that leave, of `attached.vpn`."""
    ecmp_set: Name | None = None
    """The set of `ecmp_attached` that they are part of. Default: they are part of none."""


class Include(Entry):
    """What is priced beyond the four items of an attachment; what is not is left out, and reports say so."""

    vpc_processing: Flag = False
    """Data processing of traffic towards the data centres where it enters a transit router, at the VPC side."""


class PlanFile(Entry):
    """One project's plan."""

    version: Version
    """Version of this format: 1."""
    name: Name
    """Short name of the plan, without spaces."""
    title: Text | None = None
    """Title for reports."""
    contact: Text | None = None
    """Who answers questions about the plan."""
    currency: Currency
    """Currency of the results. Accounts are billed in that of their site, USD for intl and CNY for cn; what is
    billed in another currency is converted with the exchange rates of `finance`."""
    period: PeriodEntry
    """The months the plan covers."""
    stage: Stage = "estimate"
    """How far the plan is: volumes and counts, the configuration being made, or to be approved. The further, the more
    it weighs that something is not stated."""
    estate: Annotated[Text | Estate, BY_SHAPE]
    """The estate it lands on: the path of its file, relative to this one, or the same content inline."""
    finance: Annotated[Text | Finance, BY_SHAPE] | None = None
    """What finance states: the path of its file, relative to this one, or the same content inline."""
    price_books: tuple[Text, ...] = ()
    """Paths of more price books; a later one overrides an earlier one."""
    assumptions: Assumptions = Assumptions()
    """Open questions that this plan answers otherwise than by default."""
    include: Include = Include()
    """What is priced beyond the four items of an attachment."""
    waves: dict[Name, Instant] = {}
    """Instants by name, in UTC+8, to be used by many rollouts."""
    profiles: dict[Name, Traffic] = {}
    """Traffic by name, per site and calendar month."""
    underlays: dict[Name, Underlay] = {}
    """VBR or ECR connections that private attachments run over."""
    tunnels: dict[Name, Tunnel] = {}
    """Configurations of tunnels by name, to be used by many attachments."""
    connections: dict[Name, Connection] = {}
    """Ways in which connections are made and attached, by name, to be used by many attachments."""
    customer_gateways: dict[Name, CustomerGateway] = {}
    """Customer gateways by name."""
    peers: dict[Name, Peer] = {}
    """What stands at the other end of attachments, by name."""
    flows: tuple[Flow, ...] = ()
    """Traffic between kinds of attachments that the plan needs."""
    attachments: dict[Name, Attachment] = {}
    """Attachment groups by name."""
    attachment_table: Text | None = None
    """Path of a CSV file with more attachment groups, one per row."""
    retire: tuple[Retirement, ...] = ()
    """Attachments of the estate that leave during the plan: quotas count without them from then on."""
    prepaid: dict[Name, PrepaidPlan] = {}
    """Prepaid plans that the plan buys, by name: their price is part of its cost."""


class TableRow(Entry):
    """One row of an attachment table: the keys of an attachment group, and those of its traffic."""

    id: Name
    """Name of the attachment group."""
    network_type: Literal["public", "private"]
    """Network type of the IPsec-VPN connections: over the Internet, or over an underlay."""
    transit_router: Name
    """Transit router."""
    underlay: Name | None = None
    """Underlay of private attachments, on the same transit router."""
    owner_account: Name | None = None
    """Account that owns the connections. Default: the transit router's account."""
    payer: Literal["cen-owner", "resource-owner"] | None = None
    """Who pays the transit router's connection and data processing fees: its account, or the owner of the
    connections. The IPsec-VPN connection and data transfer stay with the owner. Default: the assumption `payer`."""
    cost_center: CostCenter | None = None
    """Cost centre that bears the cost."""
    connections_per_site: ConnectionCount = 1
    """IPsec-VPN connections per site."""
    ecmp: Ecmp = "none"
    """Which connections share routes (ECMP): `none`, `per-site`, `group`, or `set NAME`."""
    internet_billing: Literal["auto", "legacy", "cdt"] = "auto"
    """How Internet data transfer is billed; public attachments only."""
    tunnel: Name | None = None
    """How the tunnels are configured: the name of a profile of `tunnels` in the plan."""
    connection: Name | None = None
    """How the connections are made and attached: the name of a profile of `connections` in the plan."""
    customer_gateway: Name | None = None
    """Customer gateway of `customer_gateways` in the plan."""
    peer: Name | None = None
    """What stands at the other end: the name of a profile of `peers` in the plan."""
    attachment_name: Text | None = None
    """Name of the attachment; of a group with several connections each has it with a number behind."""
    sites: SiteCount
    """Number of sites."""
    start: Instant | None = None
    """When they are attached. Default: the start of the period."""
    wave: Name | None = None
    """The wave in which they are attached, instead of `start`."""
    end: Instant | None = None
    """When they are detached (exclusive). Default: never."""
    traffic: Name | None = None
    """Traffic per site: the name of a profile; or the four columns below."""
    to_data_center_gb: Gigabytes | None = None
    """GB per site and month from the cloud to the data centre."""
    from_data_center_gb: Gigabytes | None = None
    """GB per site and month from the data centre into the transit router."""
    monthly_growth_percent: Percent | None = None
    """Growth from month to month, in percent."""
    base_month: Month | None = None
    """Month to which the GB apply."""
    peak_mbps: Megabits | None = None
    """Highest rate of a site in Mbit/s, in the direction with more."""
    peak_to_average: Ratio | None = None
    """How many times the average rate the highest rate is, where peak_mbps is not given."""
    cloud_region: Name | None = None
    """Region of the workloads, where it is not that of the transit router."""
    inter_region_class: Literal["gold", "platinum"] | None = None
    """Line class of the transfer between regions; needed with `cloud_region`."""
    connection_ids: Text | None = None
    """IDs of real connections, separated by spaces or semicolons."""
