"""Every check and every quota by example: what it finds, where, in which words; and what it lets pass.

A case is the text of a plan. The line to which its finding points ends with the comment `# here`.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from pathlib import Path

import pytest

from planner import check, quota, scenario
from planner.core.problem import Finding
from planner.plan import make_plan
from pricing.book import load_books

HERE = "# here"
VPN = "vpn-attachments-per-transit-router"
ECMP = "ecmp-vpn-attachments"
ONE_ROUTER = "transit-routers-per-connection"


@dataclass(frozen=True)
class Case:
    """A plan, and what a check or a quota says of it."""

    code: str
    """The check or quota it is about; findings of others do not matter."""
    about: str
    attachments: str
    """Attachment groups."""
    routers: str = "tr: {region: eu-central-1, account: hub}"
    """Transit routers of the estate."""
    estate: str = ""
    """More of the estate."""
    plan: str = ""
    """More of the plan."""
    level: str = ""
    """Of the one finding; empty: nothing is found."""
    subject: str = ""
    message: str = ""
    remedy: str = ""
    priced: bool = True

    def text(self) -> str:
        def indented(lines: str, by: int) -> str:
            return textwrap.indent(textwrap.dedent(lines).strip("\n") + "\n", " " * by) if lines else ""

        return (
            "version: 1\nname: case\ncurrency: USD\nperiod: {start: 2027-01, months: 12}\n"
            + indented(self.plan, 0)
            + "estate:\n  version: 1\n  accounts:\n    hub: {site: intl}\n    retail: {site: intl}\n"
            + f"  transit_routers:\n{indented(self.routers, 4)}{indented(self.estate, 2)}"
            + f"attachments:\n{indented(self.attachments, 2)}"
        )


def group(router: str = "tr", sites: int = 1, more: str = "") -> str:
    """A public group on one line."""
    keys = f"network_type: public, transit_router: {router}, sites: {sites}{', ' if more else ''}{more}"
    return f"{{{keys}, traffic: {{to_data_center_gb: 100, from_data_center_gb: 10}}}}"


def router(region: str = "eu-central-1", more: str = "") -> str:
    return f"tr: {{region: {region}, account: hub{', ' if more else ''}{more}}}"


PRIVATE = """\
dc:
  network_type: private
  transit_router: tr
  underlay: line
  sites: 1
  traffic: {to_data_center_gb: 100, from_data_center_gb: 10}
"""
VBR = "underlays:\n  line: {kind: vbr, transit_router: tr}\n"

LINE = "monthly: 1200.50, evidence: assumed, source: offer"


def leased(more: str) -> str:
    """The underlay of PRIVATE with a carrier's line."""
    return f"underlays:\n  line:\n    kind: vbr\n    transit_router: tr\n    leased_line: {{{LINE}, {more}}} # here\n"


PREPAID = "prepaid:\n  volume: {{kind: cdt-resource-plan, account: hub, start: {}, gb: {}, area: overseas, {}}}{}\n"
OFFER = "price: 50, evidence: contract, source: offer 7"

CHECKS = [
    Case(
        "prepaid-use",
        "a volume that begins after the period",
        f"a: {group()}",
        plan=PREPAID.format("2028-01-01", 50, OFFER, " # here"),
        level="warning",
        subject="volume",
        message="volume: the prepaid plan of 2028-01-01 is valid in no month of the period",
        remedy="correct its account, area or start",
    ),
    Case(
        "prepaid-use",
        "a volume of which a part expires",
        f"a: {group(sites=3)}",  # 12 months x (300 - 200 free) GB
        plan=PREPAID.format("2027-01-01", 1300, OFFER, " # here"),
        level="info",
        subject="volume",
        message="volume: 100.00 GB expire unused, USD 3.85 of its price",  # 50 x 100 / 1,300
        remedy="buy less, or later",
    ),
    Case(
        "prepaid-use",
        "a volume that is used up",
        f"a: {group(sites=3)}",
        plan=PREPAID.format("2027-01-01", 1200, OFFER, ""),
    ),
    Case(
        "stale-price",
        "prices read in November 2026, 89 days before the plan is made",
        f"a: {group(more='internet_billing: legacy')}",
        router("ap-southeast-1"),
        estate="as_of: 2027-01-29",
        plan="finance: {version: 1, price_age_days: 88} # here",
        level="warning",
        subject="Public AWS-to-Alibaba migration reference (networking mapping), undated, 2026",
        message="ipsec-connection, ipsec-internet-legacy, tr-connection, tr-data-processing: read 89 days before",
        remedy="read the prices again",
    ),
    Case(
        "stale-price",
        "prices that are as old as they may be",
        f"a: {group()}",
        estate="as_of: 2027-01-29",
        plan="finance: {version: 1, price_age_days: 89}",
    ),
    Case(
        "edition",
        "a Basic Edition router takes no VPN attachments",
        f"a: {group()}",
        "tr:\n  region: eu-central-1\n  account: hub\n  edition: basic # here",
        level="error",
        subject="tr",
        message="tr: a Basic Edition transit router takes no VPN attachments",
        remedy="use an Enterprise Edition transit router",
    ),
    Case(
        "edition",
        "a Basic Edition router that no group uses",
        f"a: {group()}",
        "tr: {region: eu-central-1, account: hub, edition: enterprise}\n"
        "old: {region: eu-central-1, account: hub, edition: basic}",
    ),
    Case(
        "internet-billing",
        "no rule decides in Singapore; a check has no prices",
        f"a: {group()} # here",
        router("ap-southeast-1"),
        level="warning",
        subject="a",
        message="a: no published rule says whether Internet traffic in ap-southeast-1 is billed by CDT;"
        " it is taken as legacy",
        remedy="give cdt_from: {ap-southeast-1: DAY} in the estate, or set internet_billing",
        priced=False,
    ),
    Case(
        "internet-billing",
        "no rule decides in Singapore; with what CDT would cost",
        f"a: {group()} # here",
        router("ap-southeast-1"),
        level="warning",
        subject="a",
        # 12 months × 100 GB × 0.117; by CDT 100 of the 200 GB that are free
        message="it is taken as legacy: USD 140.40 in the period; by CDT it would be USD 0.00",
        remedy="or set internet_billing",
    ),
    Case(
        "internet-billing",
        "legacy is asked for where the estate knows of a move",
        "a:\n  network_type: public\n  transit_router: tr\n  sites: 1\n  internet_billing: legacy # here",
        router("ap-southeast-1"),
        "cdt_from: {ap-southeast-1: 2027-09-01}",
        level="warning",
        subject="a",
        message="a: legacy billing is asked for, but the estate moves ap-southeast-1 to CDT on 2027-09-01",
        remedy="set internet_billing: auto, unless Alibaba Cloud bills it otherwise",
    ),
    Case(
        "internet-billing",
        "legacy is asked for where the rule says CDT",
        "a:\n  network_type: public\n  transit_router: tr\n  sites: 1\n  internet_billing: legacy # here",
        level="warning",
        subject="a",
        message="a: legacy billing is asked for, but by the published rule new connections in eu-central-1 are",
        remedy="set internet_billing: auto, unless Alibaba Cloud bills it otherwise",
    ),
    Case("internet-billing", "the rule decides in Frankfurt", f"a: {group()}"),
    Case(
        "internet-billing",
        "the estate or the plan decides in Singapore",
        f"a: {group()}\nb: {group('th', more='internet_billing: legacy')}",
        f"{router('ap-southeast-1')}\nth: {{region: ap-northeast-1, account: hub}}",
        "cdt_from: {ap-southeast-1: 2027-09-01}",
    ),
    Case(
        "internet-billing",
        "private attachments send nothing over the Internet",
        PRIVATE,
        router("ap-southeast-1"),
        plan=VBR,
    ),
    Case(
        "missing-baseline",
        "CDT traffic of an account of which nothing else is known",
        f"a: {group(more='owner_account: retail')}",
        level="warning",
        subject="retail",
        message="retail: no baseline of cdt-internet traffic; priced as if nothing else in the account used"
        " the free quota and the tiers",
        remedy="give baselines: [{account: retail, region: ..., cdt_internet_gb: ...}] in the estate; 0 if none",
    ),
    Case(
        "missing-baseline",
        "a baseline of 0 is one; legacy traffic and private traffic without a free quota draw on no pool",
        f"a: {group()}\nb: {group(more='owner_account: retail, internet_billing: legacy')}\n{PRIVATE}",
        estate="baselines: [{account: hub, region: ap-southeast-1, cdt_internet_gb: 0}]",
        plan=VBR,
    ),
    Case(
        "outside-period",
        "a group that comes after the period",
        f"a: {group(more='start: 2028-01-01')} # here",
        level="warning",
        subject="a",
        message="a: no site is there between 2027-01 and 2027-12",
        remedy="lengthen the period, or correct the steps",
    ),
    Case("outside-period", "the last hour of the period is inside", f"a: {group(more='start: 2027-12-31T23:59')}"),
    Case(
        "region-support",
        "a region without VPN attachments",
        "a:\n  network_type: public\n  transit_router: tr # here\n  sites: 1",
        router("cn-fuzhou"),
        level="error",
        subject="a",
        message="a: China (Fuzhou - Local Region) does not support public VPN attachments",
        remedy="use a transit router in a region that supports them",
    ),
    Case(
        "region-support",
        "a region that has to be asked for",
        "a:\n  network_type: public\n  transit_router: tr # here\n  sites: 1",
        router("us-southeast-1"),
        level="warning",
        subject="a",
        message="a: US (Atlanta) (us-southeast-1) is not generally available, ask the account manager",
        remedy="clear it with Alibaba Cloud before the rollout",
    ),
    Case(
        "region-support",
        "a region that is being retired",
        "a:\n  network_type: public\n  transit_router: tr # here\n  sites: 1",
        router("cn-nanjing"),
        level="warning",
        subject="a",
        message="a: China (Nanjing - Local Region) (cn-nanjing) is being retired",
        remedy="clear it with Alibaba Cloud before the rollout",
    ),
    Case(
        "region-support",
        "Frankfurt, and Atlanta without a group",
        f"a: {group()}",
        f"{router()}\natl: {{region: us-southeast-1, account: hub}}",
    ),
    Case(
        "unpriced",
        "no price of CDT in Bangkok is known: of 3 × 100 GB a month, 200 are free",
        f"a: {group(sites=3)} # here",
        router("ap-southeast-7"),
        level="warning",
        subject="cdt-internet/ap-southeast-7",
        message="cdt-internet in ap-southeast-7 has no known price from 2027-01 on: a",
        remedy="add a price book with this rate to price_books",
    ),
    Case(
        "unpriced",
        "no rule for outbound data over an ECR is known",
        PRIVATE.replace("dc:", "dc: # here"),
        plan="underlays:\n  line: {kind: ecr, transit_router: tr}",
        level="warning",
        subject="vbr-outbound/eu-central-1",
        message="vbr-outbound in eu-central-1 over an ECR has no known billing rule and is unpriced from 2027-01 on",
        remedy="ask Alibaba Cloud how outbound data over an Express Connect Router is billed",
    ),
    Case("unpriced", "everything has a price in Frankfurt", f"a: {group()}\n{PRIVATE}", plan=VBR),
    Case("unpriced", "what is free needs no price", f"a: {group(sites=2)}", router("ap-southeast-7")),
    Case("unpriced", "a check prices nothing", f"a: {group(sites=3)}", router("ap-southeast-7"), priced=False),
    Case(
        "unstated-traffic",
        "one direction is not stated",
        "a: # here\n  network_type: public\n  transit_router: tr\n  sites: 1\n  traffic: {to_data_center_gb: 5}",
        level="warning",
        subject="a",
        message="a: from_data_center_gb not given: what depends on it is unknown, not 0",
        remedy="give traffic per site and month; write 0 where there is none",
    ),
    Case(
        "unstated-traffic",
        "0 is stated; a group outside the period needs none",
        f"a: {group()}\nb: {{network_type: public, transit_router: tr, sites: 1, start: 2028-01-01}}\n"
        "c: {network_type: public, transit_router: tr, sites: 1,"
        " traffic: {to_data_center_gb: 0, from_data_center_gb: 0}}",
    ),
    Case(
        "unused-underlay",
        "nothing runs over it",
        f"a: {group()}",
        plan="underlays:\n  line: {kind: vbr, transit_router: tr} # here",
        level="warning",
        subject="line",
        message="line: no attachment group runs over this underlay; its connection fee is left out",
        remedy="name it in the groups that run over it, or take it out",
    ),
    Case(
        "unused-underlay",
        "nothing runs over one that would bring a port and a line",
        f"a: {group()}",
        plan=f"underlays:\n  line: # here\n    kind: vbr\n    transit_router: tr\n    port: {{speed: 1G}}\n"
        f"    leased_line: {{{LINE}}}\n",
        level="warning",
        subject="line",
        message="its connection fee, port and leased line are left out",
        remedy="name it in the groups that run over it, or take it out",
    ),
    Case("unused-underlay", "a group runs over it", PRIVATE, plan=VBR),
    Case(
        "cost-centers",
        "a share of prepaid plans goes to a name that nothing bears",
        f"a: {group(more='cost_center: plant')}",
        plan="finance:\n  version: 1\n  allocation:\n    prepaid:\n      plant: 40\n      palnt: 60 # here\n",
        level="warning",
        subject="palnt",
        message="palnt: no cost centre of this plan is called so; it is charged its share",
        remedy="did you mean 'plant'?",
    ),
    Case(
        "cost-centers",
        "a markup for a name that nothing bears",
        f"a: {group(more='cost_center: plant')}",
        plan="finance:\n  version: 1\n  markup_percent:\n    other: 5 # here\n",
        level="info",
        subject="other",
        message="other: no cost centre of this plan is called so; its markup is added to nothing",
        remedy="cost centres of this plan: plant",
    ),
    Case(
        "cost-centers",
        "all that finance names are there",
        f"a: {group(more='cost_center: plant')}",
        plan="finance: {version: 1, markup_percent: {plant: 5}, allocation: {pools: {plant: 100}}}\n",
    ),
    Case(
        "leased-line",
        "of 36 months from January on, 24 come after the period: 24 × 1,200.50",
        PRIVATE,
        plan=leased("term_months: 36"),
        level="info",
        subject="line",
        message="the minimum term of the leased line runs through 2029-12: 24 months after the period, USD 28,812.00",
        remedy="lengthen the period to see all of it",
    ),
    Case(
        "leased-line",
        "it is there only after the first attachment",
        PRIVATE,
        plan=leased("start: 2027-02-01T08:00"),
        level="warning",
        subject="line",
        message="line: the leased line starts on 2027-02-01T08:00, after the first attachment over it on 2027-01-01",
        remedy="let it start before, or attach later",
    ),
    Case(
        "leased-line", "it is there in time, and its term ends with the period", PRIVATE, plan=leased("term_months: 12")
    ),
    Case(
        "leased-line",
        "it begins before the period, its term ends in it",
        PRIVATE,
        plan=leased("term_months: 20, start: 2026-05-01"),
    ),
    Case(
        "leased-line",
        "its group comes after the period",
        PRIVATE + "  start: 2028-03-01\n",
        plan=leased("term_months: 20"),
    ),
]

ROLLOUT = """\
a:
  network_type: public
  transit_router: tr
  connections_per_site: 2
  rollout:
    - {date: 2027-02-10, add_sites: 15}
    - {date: 2027-04-20T09:30, add_sites: 7}
    - {date: 2027-06-01, remove_sites: 10}
"""
QUOTAS = [
    Case(
        VPN,
        "the step that tips it, and by how many",
        ROLLOUT.replace("add_sites: 7}", "add_sites: 7} # here"),
        router(more="attached: {vpn: 10}"),
        level="error",
        subject="tr",
        # 10 today + 15 × 2 = 40; + 7 × 2 = 54
        message="tr: 54 VPN attachments in 2027-04, 4 more than the limit of 50; tipped by the step of"
        " 2027-04-20T09:30 of 'a', which adds 14",
        remedy="have the quota increased to at least 54 before 2027-04-20T09:30, or attach sites to another",
    ),
    Case(
        VPN,
        "an increase that comes too late",
        ROLLOUT.replace("add_sites: 7}", "add_sites: 7} # here"),
        "tr:\n  region: eu-central-1\n  account: hub\n  attached: {vpn: 10}\n  limits:\n"
        f"    {VPN}: {{value: 80, from: 2027-05-01, source: request 4711}}",
        level="error",
        subject="tr",
        message="tr: 54 VPN attachments in 2027-04, 4 more than the limit of 50",
        remedy="the increase to 80 (request 4711) counts only from 2027-05-01",
    ),
    Case(
        VPN,
        "an increase that ends",
        ROLLOUT,
        "tr: # here\n  region: eu-central-1\n  account: hub\n  limits:\n"
        f"    {VPN}: [{{value: 80, source: trial}}, {{value: 40, from: 2027-05-01, source: end of trial}}]",
        level="error",
        subject="tr",
        message="tr: 44 VPN attachments in 2027-05, 4 more than the limit of 40; the limit falls below what is"
        " attached on 2027-05-01",
        remedy="have the quota increased to at least 44 before 2027-05-01",
    ),
    Case(
        VPN,
        "what exists is too much already, and the plan adds to it",
        f"a: {group()}",
        "tr: {region: eu-central-1, account: hub, attached: {vpn: 52}} # here",
        level="error",
        subject="tr",
        message="tr: 53 VPN attachments in 2027-01, 3 more than the limit of 50; it is exceeded by what exists already",
        remedy="have the quota increased to at least 53",
    ),
    Case(
        VPN,
        "what exists is too much already, where the plan adds nothing",
        f"a: {group('other')}",
        "tr: {region: eu-central-1, account: hub, attached: {vpn: 52}} # here\n"
        "other: {region: eu-central-1, account: hub}",
        level="error",
        subject="tr",
        message="tr: 52 VPN attachments in 2027-01, 2 more than the limit of 50; it is exceeded by what exists already",
        remedy="have the quota increased to at least 52",
    ),
    Case(
        VPN,
        "80 percent of an adjustable limit is tight",
        f"a: {group(sites=40, more='start: 2027-03-15')}",
        "tr: {region: eu-central-1, account: hub} # here",
        level="warning",
        subject="tr",
        message="tr: 40 of 50 VPN attachments at the highest, 80 %; 80 % or more from 2027-03 on",
        remedy="ask for an increase before the next step of growth",
    ),
    Case(VPN, "79 percent are not", f"a: {group(sites=39)}"),
    Case(
        VPN,
        "at one instant removals come before additions; a limit is reached, not exceeded",
        f"a: {group(sites=100, more='end: 2027-03-01')}\nb: {group(sites=100, more='start: 2027-03-01')}",
        router(more=f"limits: {{{VPN}: {{value: 126, source: request}}}}"),
    ),
    Case(
        ECMP,
        "a group's connections share routes",
        "a:\n  network_type: public\n  transit_router: tr\n  connections_per_site: 3\n  ecmp: group\n  rollout:\n"
        "    - {date: 2027-02-10, add_sites: 5}\n    - {date: 2027-04-20, add_sites: 1} # here\n",
        plan="assumptions: {ecmp-scope: route-set}",
        level="error",
        subject="tr/a",
        message="tr/a: 18 VPN attachments in ECMP in 2027-04, 2 more than the limit of 16; tipped by the step of"
        " 2027-04-20 of 'a', which adds 3",
        remedy="this quota cannot be increased: share the routes among fewer connections, in several sets",
    ),
    Case(
        ECMP,
        "a set is shared with other groups and with what exists",
        f"a: {group(sites=8, more='ecmp: set dc')}\n"
        "b:\n  network_type: public\n  transit_router: tr\n  ecmp: set dc\n  sites: 5\n  start: 2027-07-01 # here\n",
        router(more="attached: {vpn: 4}, ecmp_attached: {dc: 4}"),
        level="error",
        subject="tr/set dc",
        message="tr/set dc: 17 VPN attachments in ECMP in 2027-07, 1 more than the limit of 16; tipped by the step"
        " of 2027-07-01 of 'b', which adds 5",
        remedy="this quota cannot be increased",
    ),
    Case(
        ECMP,
        "the other reading, over the router, is exceeded",
        f"a: {group(sites=9, more='ecmp: set one')} # here\nb: {group(sites=9, more='ecmp: set two')}",
        level="warning",
        subject="tr",
        message="read the other way (ecmp-scope: transit-router), the quota is exceeded: 18 of 16 on tr in 2027-01",
        remedy="the plan can choose: assumptions: {ecmp-scope: transit-router}",
    ),
    Case(
        ECMP,
        "the other reading is fine as well",
        f"a: {group(sites=16, more='ecmp: set one')} # here",
        level="info",
        subject="tr",
        message="read the other way (ecmp-scope: transit-router), the quota is not exceeded: 16 of 16 on tr",
        remedy="the plan can choose",
    ),
    Case(
        ECMP,
        "the reading by tunnels is exceeded",
        f"a: {group(sites=9, more='ecmp: set one')} # here",
        level="warning",
        subject="tr/set one",
        message="read the other way (ecmp-counts: tunnels), the quota is exceeded: 18 of 16 on tr/set one in 2027-01",
        remedy="the plan can choose: assumptions: {ecmp-counts: tunnels}",
    ),
    Case(
        ECMP,
        "the plan reads it by tunnels",
        "a:\n  network_type: public\n  transit_router: tr\n  sites: 9 # here\n  ecmp: set one\n",
        plan="assumptions: {ecmp-counts: tunnels}",
        level="error",
        subject="tr/set one",
        message="tr/set one: 18 VPN attachments in ECMP in 2027-01, 2 more than the limit of 16; tipped by the step of"
        " 2027-01-01 of 'a', which adds 18; each tunnel counts, two per connection",
        remedy="this quota cannot be increased",
    ),
    Case(ECMP, "nothing shares routes", f"a: {group(sites=49)}"),
    Case(
        "customer-gateways-per-region",
        "sites of an account in a region; the limit is an old one, so that it warns",
        f"a: {group('tr', 60)}\nb: {group('other', 41)} # here",
        f"{router()}\nother: {{region: eu-central-1, account: hub}}",
        level="warning",
        subject="hub/eu-central-1",
        message="hub/eu-central-1: at least 101 customer gateways in 2027-01, 1 more than the limit of 100; tipped by"
        " the step of 2027-01-01 of 'b', which adds 41; the limit is that of a page of 2020",
        remedy="read the limit in Quota Center (product code vpn)",
    ),
    Case(
        "customer-gateways-per-region",
        "the connections of a site can share one",
        f"a: {group('tr', 99, 'connections_per_site: 2')}",
        router(more=f"limits: {{{VPN}: {{value: 300, source: request}}}}"),
    ),
    Case(
        "routes-per-route-table",
        "a threshold of the estate",
        f"a: {group('tr', 30)}",
        "tr: {region: eu-central-1, account: hub} # here",
        estate="thresholds: {routes-per-route-table: {count: 1975}}",
        level="warning",
        subject="tr",
        message="tr: at least 30 of 2000 routes at the highest, 1 %; headroom of less than 1975 from 2027-01 on",
        remedy="aggregate routes",
    ),
    Case("routes-per-route-table", "far from it", f"a: {group('tr', 40)}"),
    Case(
        "ipsec-connections-per-account",
        "no page states the limit",
        "a: # here\n  network_type: public\n  transit_router: tr\n  sites: 5\n  connections_per_site: 2\n",
        level="info",
        subject="hub/eu-central-1",
        message="the limit of IPsec-VPN connections per account and region is unknown: no page that was read states it;"
        " at the highest hub/eu-central-1 at least 10",
        remedy="read it in Quota Center, product code vpn",
    ),
    Case("ipsec-connections-per-account", "an info is no obstacle", f"a: {group()}"),
    Case(
        "vbr-attachments-per-transit-router",
        "a plan brings one, and no page states the limit",
        PRIVATE,
        "tr: {region: eu-central-1, account: hub, attached: {vbr: 2}} # here",
        plan=VBR,
        level="info",
        subject="tr",
        message="the limit of VBR attachments per transit router is unknown: no page that was read states it; at the"
        " highest tr 3",
        remedy="read it in Quota Center, product code cbn",
    ),
    Case(
        "vbr-attachments-per-transit-router",
        "the plan touches none",
        f"a: {group()}",
        router(more="attached: {vbr: 9}"),
    ),
    Case(
        "ecr-attachments-per-transit-router",
        "a limit that was read live",
        PRIVATE,
        "tr: {region: eu-central-1, account: hub, attached: {ecr: 2}, limits: {ecr-attachments-per-transit-router:"
        " {value: 2, status: live, read_on: 2026-12-01, source: Quota Center}}} # here",
        plan=VBR.replace("vbr", "ecr"),
        level="error",
        subject="tr",
        message="tr: 3 ECR attachments in 2027-01, 1 more than the limit of 2",
        remedy="attach fewer",
    ),
    Case("ecr-attachments-per-transit-router", "the underlay exists", PRIVATE, plan=VBR.replace("vbr", "ecr")),
    Case(
        "vpc-attachments-per-transit-router",
        "too many exist for a limit that was read live",
        f"a: {group()}",
        "tr: {region: eu-central-1, account: hub, attached: {vpc: 12}, limits: {vpc-attachments-per-transit-router:"
        " {value: 10, status: live, read_on: 2026-12-01, source: Quota Center}}} # here",
        level="error",
        subject="tr",
        message="tr: 12 VPC attachments in 2027-01, 2 more than the limit of 10; it is exceeded by what exists already",
        remedy="attach fewer",
    ),
    Case(
        "vpc-attachments-per-transit-router", "the limit is unknown", f"a: {group()}", router(more="attached: {vpc: 9}")
    ),
    Case(
        "cidr-blocks-per-transit-router",
        "six blocks",
        f"a: {group()}",
        "tr: {region: eu-central-1, account: hub, cidr_blocks: [10.0.0.0/24, 10.0.1.0/24, 10.0.2.0/24, 10.0.3.0/24,"
        " 10.0.4.0/24, 10.0.5.0/24]} # here",
        level="error",
        subject="tr",
        message="tr: 6 CIDR blocks in 2027-01, 1 more than the limit of 5; it is exceeded by what exists already",
        remedy="use fewer and larger blocks",
    ),
    Case("cidr-blocks-per-transit-router", "one block", f"a: {group()}", router(more="cidr_blocks: [10.0.0.0/20]")),
    Case(
        "transit-routers-per-region",
        "two routers of one CEN instance in one region",
        f"a: {group()}",
        f"{router(more='cen: cen-1')}\ntr2: {{region: eu-central-1, account: hub, cen: cen-1}} # here",
        level="error",
        subject="cen-1/eu-central-1",
        message="cen-1/eu-central-1: 2 transit routers in 2027-01, 1 more than the limit of 1",
        remedy="give one of the routers a CEN instance of its own",
    ),
    Case(
        "transit-routers-per-region",
        "two CEN instances",
        f"a: {group()}",
        f"{router(more='cen: cen-1')}\nother: {{region: eu-central-1, account: hub, cen: cen-2}}",
    ),
    Case(
        ONE_ROUTER,
        "one id on two routers at once",
        "a:\n  network_type: public\n  transit_router: tr\n  sites: 1\n  connection_ids: [vco-1]\n"
        "b:\n  network_type: public\n  transit_router: other\n  sites: 1\n  start: 2027-05-01 # here\n"
        "  connection_ids: [vco-1]\n",
        f"{router()}\nother: {{region: eu-central-1, account: hub}}",
        level="error",
        subject="vco-1",
        message="vco-1: 2 transit routers in 2027-05, 1 more than the limit of 1; tipped by the step of 2027-05-01"
        " of 'b', which adds 1",
        remedy="attach the connection to one router, and create another one for the other",
    ),
    Case(
        ONE_ROUTER,
        "a group that names two routers",
        "a:\n  network_type: public\n  transit_router: [tr, other]\n  sites: 2 # here\n",
        f"{router()}\nother: {{region: eu-central-1, account: hub}}",
        level="error",
        subject="a",
        message="a: 2 transit routers in 2027-01, 1 more than the limit of 1",
        remedy="this quota cannot be increased",
    ),
    Case(
        ONE_ROUTER,
        "an id that moves from one router to another, and one that two groups of a router name",
        f"a: {group(more='end: 2027-05-01, connection_ids: [vco-1]')}\n"
        f"b: {group('other', 2, 'start: 2027-05-01, connection_ids: [vco-1, vco-2]')}\n"
        f"c: {group('other', more='connection_ids: [vco-2]')}",
        f"{router()}\nother: {{region: eu-central-1, account: hub}}",
    ),
]
CASES = [*CHECKS, *QUOTAS]
OTHER_READING = "read the other way"


def found(case: Case, folder: Path) -> list[Finding]:
    """What the check or quota of a case finds in its plan."""
    (folder / "plan.yaml").write_text(case.text(), encoding="utf-8")
    read = scenario.read_scenario(str(folder / "plan.yaml"))
    made = make_plan([read], load_books(read.site) if case.priced else None)
    return [finding for finding in made.findings if finding.code == case.code]


@pytest.mark.parametrize("case", [case for case in CASES if case.level], ids=lambda case: f"{case.code}: {case.about}")
def test_finds(case: Case, tmp_path: Path) -> None:
    findings = found(case, tmp_path)
    if case.code == ECMP:  # always beside what each of the other readings says
        others = [finding for finding in findings if finding.message.startswith(OTHER_READING)]
        assert len(others) == 2
        said = case.message.partition(",")[0]
        findings = [finding for finding in findings if finding.message.startswith(said)]
    (finding,) = findings
    assert (finding.level, finding.subject) == (case.level, case.subject)
    assert case.message in finding.message
    assert case.remedy in finding.remedy
    assert finding.location
    if HERE in case.text():
        line = case.text().splitlines()[finding.location.line - 1]
        assert line.endswith(HERE), line
    else:
        assert case.subject in case.text().splitlines()[finding.location.line - 1]


@pytest.mark.parametrize(
    "case", [case for case in CASES if not case.level], ids=lambda case: f"{case.code}: {case.about}"
)
def test_lets_pass(case: Case, tmp_path: Path) -> None:
    assert [finding for finding in found(case, tmp_path) if finding.level != "info"] == []


def test_every_check_and_quota_finds_something_and_lets_something_pass() -> None:
    with_cases = {name for name in check.declared() if not check.examples(name)}  # the others: test_check_examples.py
    declared = {*with_cases, *quota.declared()}
    assert {case.code for case in CASES if case.level} >= declared
    assert {case.code for case in CASES if not case.level} >= declared


def test_every_finding_names_the_page_of_its_rule_or_follows_from_the_plan(tmp_path: Path) -> None:
    for case in CASES:
        rule = check.declared().get(case.code)
        for finding in found(case, tmp_path):
            assert finding.source or (rule and not rule.source)
