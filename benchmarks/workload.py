"""Made-up plans of any size, as tables: what the engine is given after the files were read.

Group sizes, traffic and dates are drawn with a fixed seed: the same arguments give the same plan.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from planner.core.period import NEVER, Month, Period
from planner.core.problem import Place
from planner.core.source import parse_yaml
from planner.inventory import Groups, Ints, Inventory, Lots, Routers, TrafficTable, Underlays

ACCOUNTS = ("core", "finance", "logistics", "manufacturing", "retail", "services")
PERIOD = Period(Month(2026, 10), 36)
"""Crosses the end of the VBR free quota, 2026-12-31."""
PLACE = Place(parse_yaml("{}", "made-up.yaml"))


@dataclass(frozen=True)
class Mix:
    """What a made-up plan consists of."""

    title: str
    regions: tuple[str, ...]
    legacy_percent: int
    """Public attachments whose Internet traffic is billed in the legacy way."""
    cdt_percent: int
    """Public attachments billed by CDT; the rest are private, over VBRs."""


BELIEVABLE = Mix(
    "public legacy 45 %, public CDT 30 %, private over VBR 25 %",
    ("ap-southeast-1", "cn-beijing", "cn-hongkong", "cn-shanghai", "eu-central-1", "us-east-1", "us-west-1"),
    legacy_percent=45,
    cdt_percent=30,
)
TIERED = Mix(
    "all public and billed by CDT, every pool in the free quota and four tiers",
    ("ap-southeast-1", "eu-central-1", "us-east-1", "us-west-1"),
    legacy_percent=0,
    cdt_percent=100,
)


def inventory(groups: int, mix: Mix, statements: int = 50) -> Inventory:
    """A plan of attachment groups, over all accounts and the regions of the mix.

    statements : how many different statements of traffic the groups share
    """
    draw = np.random.default_rng(20261101)
    routers = _routers(mix)
    count = len(routers.ids)
    kind = draw.integers(100, size=groups)
    private = kind >= mix.legacy_percent + mix.cdt_percent
    cdt = (kind >= mix.legacy_percent) & ~private
    router = draw.integers(count, size=groups)
    return Inventory(
        period=PERIOD,
        bounds=np.array(PERIOD.bounds, dtype=np.int64),
        currency="USD",
        scenarios=("made-up",),
        vpc_processing=np.array([False]),
        pro_rata_ports=False,
        regions=mix.regions,
        accounts=ACCOUNTS,
        account_sites=("intl",) * len(ACCOUNTS),
        routers=routers,
        underlays=_underlays(count),
        groups=Groups(
            ids=tuple(f"group-{number:07}" for number in range(groups)),
            scenario=np.zeros(groups, dtype=np.int64),
            router=router,
            owner=routers.account[router],
            payer=("",) * groups,
            private=private,
            underlay=np.where(private, router, -1),
            connections_per_site=draw.integers(1, 3, size=groups),
            traffic=draw.integers(statements, size=groups),
            cost_center=("",) * groups,
            ecmp=("none",) * groups,
            internet_billing=("auto",) * groups,
            more_routers={},
            connection_ids={},
            own_gateways=np.ones(groups, dtype=np.int64),
            shared_gateways={},
            flow_protection=np.zeros(groups, dtype=bool),
            clouds={},
            places=(PLACE,) * groups,
        ),
        lots=_lots(draw, cdt),
        traffic=_traffic(draw, statements),
        step_places=(PLACE,),
    )


def _routers(mix: Mix) -> Routers:
    """A transit router for each account and region."""
    accounts, regions = len(ACCOUNTS), len(mix.regions)
    account, region = np.divmod(np.arange(accounts * regions), regions)
    return Routers(
        ids=tuple(f"tr-{ACCOUNTS[a]}-{mix.regions[r]}" for a, r in zip(account, region, strict=True)),
        region=region,
        account=account,
        cen=("",) * (accounts * regions),
        cidr_blocks=np.zeros(accounts * regions, dtype=np.int64),
        attached_vpn=np.zeros(accounts * regions, dtype=np.int64),
        attached={},
        ecmp_attached=(),
        places=(PLACE,) * (accounts * regions),
    )


def _underlays(count: int) -> Underlays:
    """A new VBR connection on every transit router."""
    return Underlays(
        ids=tuple(f"vbr-{number}" for number in range(count)),
        scenario=np.zeros(count, dtype=np.int64),
        kind=("vbr",) * count,
        router=np.arange(count),
        already_attached=np.zeros(count, dtype=bool),
        cost_center=("",) * count,
        ports={},
        leased_lines={},
        places=(PLACE,) * count,
    )


def _lots(draw: np.random.Generator, cdt: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Lots:
    """1 to 40 sites of each group: they come within the first year, a fifth leaves in the third."""
    day, groups = 86400, len(cdt)
    start = PERIOD.bounds[0] + draw.integers(365, size=groups) * day
    leaving = PERIOD.bounds[24] + draw.integers(365, size=groups) * day
    return Lots(
        group=np.arange(groups),
        start=start,
        end=np.where(draw.integers(5, size=groups) == 0, leaving, NEVER),
        sites=draw.integers(1, 41, size=groups),
        cdt_from=np.where(cdt, start, NEVER),
        added_by=np.zeros(groups, dtype=np.int64),
        undecided=np.zeros(groups, dtype=bool),
    )


def _traffic(draw: np.random.Generator, statements: int) -> TrafficTable:
    """20 to 900 GB per site and month each way, growing by 0, 0.5, 1 or 1.5 percent a month."""
    micro = 10**6

    def volumes() -> Ints:
        return draw.integers(20 * micro, 900 * micro, size=statements)

    return TrafficTable(
        to_data_center=volumes(),
        from_data_center=volumes(),
        growth=tuple(
            Fraction(1000 + 5 * int(half), 1000).as_integer_ratio() for half in draw.integers(4, size=statements)
        ),
        base_month=(PERIOD.first,) * statements,
    )
