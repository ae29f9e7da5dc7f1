"""Plans to report on: one that breaks a quota, one with unpriced items, one of nothing, one of 400 groups."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from planner.plan import Plan, make_plan
from planner.scenario import read_scenario
from pricing.book import load_books

EXCEEDED = """
version: 1
name: apac-branches
title: APAC branch offices
contact: network-architecture
currency: USD
period: {start: 2026-11, months: 15}
estate:
  version: 1
  as_of: 2026-11-20
  accounts:
    hub: {site: intl, uid: "0034567890123456"}
    retail: {site: intl}
  transit_routers:
    tr-singapore:
      region: ap-southeast-1
      account: hub
      attached: {vpn: 38}
      limits:
        vpn-attachments-per-transit-router: {value: 80, from: 2027-06-01, source: quota request 4711}
    tr-frankfurt: {region: eu-central-1, account: hub}
  baselines:
    - {account: retail, region: ap-southeast-1, cdt_internet_gb: 4000}
    - {account: hub, region: eu-central-1, vbr_outbound_gb: 20000}
  cdt_from: {ap-southeast-1: 2027-09-01}
underlays:
  vbr-frankfurt: {kind: vbr, transit_router: tr-frankfurt, cost_center: core}
attachments:
  branches:
    network_type: public
    transit_router: tr-singapore
    owner_account: retail
    cost_center: retail
    connections_per_site: 2
    ecmp: per-site
    traffic: {to_data_center_gb: 350.123457, from_data_center_gb: 120.7, monthly_growth_percent: 1.5}
    rollout: [{date: 2027-02-15, add_sites: 6}, {date: 2027-05-01T09:30, add_sites: 18}]
  frankfurt-dc:
    network_type: private
    transit_router: tr-frankfurt
    underlay: vbr-frankfurt
    sites: 1
    connections_per_site: 4
    traffic: {to_data_center_gb: 9000, from_data_center_gb: 4000}
"""

UNPRICED = """
version: 1
name: huadong
title: 华东分支机构 =1+1
contact: =HYPERLINK("http://evil.example","x")
currency: CNY
period: {start: 2026-12, months: 4}
estate:
  version: 1
  accounts: {main: {site: cn, uid: "1010101010101010"}}
  transit_routers:
    tr-hangzhou: {region: cn-hangzhou, account: main, attached: {vpn: 12}}
    tr-shenzhen: {region: cn-shenzhen, account: main, attached: {vpn: 45}}
attachments:
  branches-hz:
    network_type: public
    transit_router: tr-hangzhou
    sites: 3
    cost_center: "@SUM(1)"
    traffic: {to_data_center_gb: 300, from_data_center_gb: 100}
    internet_billing: cdt
  branches-sz:
    network_type: public
    transit_router: tr-shenzhen
    sites: 2
    start: 2027-02-01
    cost_center: "-1+1"
    internet_billing: cdt
"""

NOTHING = """
version: 1
name: later
currency: USD
period: {start: 2027-01, months: 1}
estate:
  version: 1
  accounts: {main: {site: intl}}
  transit_routers: {tr-a: {region: eu-central-1, account: main}}
attachments:
  only: {network_type: public, transit_router: tr-a, sites: 1, start: 2030-01-01, traffic: {to_data_center_gb: 1}}
"""

NO_PRICE_AT_ALL = """
version: 1
name: dark
currency: CNY
period: {start: 2027-01, months: 3}
estate:
  version: 1
  accounts: {main: {site: cn}}
  transit_routers: {tr-a: {region: eu-central-1, account: main}}
attachments:
  only: {network_type: public, transit_router: tr-a, sites: 2, internet_billing: legacy}
"""


def many() -> str:
    """400 groups on 16 routers, two of them in each of 8 regions."""
    regions = ["ap-southeast-1", "eu-central-1", "us-east-1", "ap-northeast-1"] * 2
    regions += ["eu-west-1", "cn-beijing", "ap-southeast-5", "me-east-1"] * 2
    routers = [f"    tr-{n}: {{region: {region}, account: hub}}" for n, region in enumerate(regions)]
    groups = [
        f"  site-{n:03}: {{network_type: public, transit_router: tr-{n % 16}, sites: {n % 3 + 1},"
        f" start: 2027-0{n % 6 + 1}-10, cost_center: cc-{n % 70},"
        " traffic: {to_data_center_gb: 100.5, from_data_center_gb: 40}}"
        for n in range(400)
    ]
    head = [
        "version: 1", "name: many", "currency: USD", "period: {start: 2027-01, months: 6}", "estate:", "  version: 1",
        "  as_of: 2026-11-20", "  accounts: {hub: {site: intl}}", "  transit_routers:",
    ]  # fmt: skip
    return "\n".join([*head, *routers, "attachments:", *groups]) + "\n"


def made(path: Path) -> Plan:
    """The priced plan of a file."""
    scenario = read_scenario(str(path))
    return make_plan([scenario], load_books(scenario.site, scenario.price_books))


@pytest.fixture(scope="session")
def plan_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Plan]:
    """`plan_of(text)`: the priced plan that a text describes."""

    def plan(text: str) -> Plan:
        path = tmp_path_factory.mktemp("plan") / "plan.yaml"
        path.write_text(text, encoding="utf-8")
        return made(path)

    return plan


@pytest.fixture(scope="session")
def exceeded(plan_of: Callable[[str], Plan]) -> Plan:
    """Passes 50 attachments in 2027-05, crosses the end of a free quota, moves to CDT."""
    return plan_of(EXCEEDED)


@pytest.fixture(scope="session")
def unpriced(plan_of: Callable[[str], Plan]) -> Plan:
    """In CNY, with items without a price, traffic that is not stated, and texts that look like formulas."""
    return plan_of(UNPRICED)


@pytest.fixture(scope="session")
def nothing(plan_of: Callable[[str], Plan]) -> Plan:
    """One month in which nothing is attached."""
    return plan_of(NOTHING)


@pytest.fixture(scope="session")
def dark(plan_of: Callable[[str], Plan]) -> Plan:
    """A plan of which nothing has a price."""
    return plan_of(NO_PRICE_AT_ALL)


@pytest.fixture(scope="session")
def large(plan_of: Callable[[str], Plan]) -> Plan:
    """400 groups on 16 routers."""
    return plan_of(many())


@pytest.fixture(scope="session")
def plans(exceeded: Plan, unpriced: Plan, nothing: Plan, dark: Plan, large: Plan) -> dict[str, Plan]:
    """All of them by name."""
    return {"exceeded": exceeded, "unpriced": unpriced, "nothing": nothing, "dark": dark, "large": large}


@pytest.fixture
def plan_file(tmp_path: Path) -> Path:
    """A file with the plan that breaks a quota."""
    path = tmp_path / "plan.yaml"
    path.write_text(EXCEEDED, encoding="utf-8")
    return path
