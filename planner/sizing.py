"""What so many sites would take, before any plan exists: a plan is written from a few numbers, and the engine asked.

The text of the plan is the only way in, so that the answer is what `cenplan check` says of the same text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from textwrap import indent

from planner import quota_request, summary, throughput
from planner.core.entry import load
from planner.core.period import HOUR, Month
from planner.core.problem import InputError, Place, Problem, quoted
from planner.core.provenance import CURRENCY_OF_SITE
from planner.core.region import REGIONS, Region, region, suggest_region
from planner.core.source import parse_yaml
from planner.plan import Plan
from planner.plan_file import PlanFile
from planner.quota import STATUSES, UNKNOWN, QuotaUse, declared
from planner.quota_request import Request
from planner.scenario import Scenario, resolve
from planner.summary import Sum
from planner.throughput import Load
from pricing.sku import skus

ATTACHMENTS = "vpn-attachments-per-transit-router"
ECMP = "ecmp-vpn-attachments"
ROUTER, GROUP, UNDERLAY = "hub", "sites", "vbr"
PLAN_FILE, ESTATE_FILE = "plan.yaml", "estate.yaml"
_OPTIONS = {
    "region": "--region",
    "site": "--site",
    "sites": "--sites",
    "connections_per_site": "--per-site",
    "network_type": "--network-type",
    "to_data_center_gb": "--gb",
    "from_data_center_gb": "--from-gb",
    "peak_mbps": "--peak-mbps",
    "peak_to_average": "--peak-to-average",
    "bandwidth": "--tunnel-bandwidth",
    "vpn": "--existing",
    "value": "--limit",
    "ecmp": "--ecmp",
    "start": "--start",
    "months": "--months",
}
"""Options by the keys of the files that they become."""


@dataclass(frozen=True)
class Wish:
    """What is asked about; numbers are the text that stands in the file, and the schema of the files judges them."""

    region: str
    sites: str
    per_site: str = "1"
    network_type: str = "public"
    to_gb: str | None = None
    """GB per site and month towards it; None: unknown."""
    from_gb: str | None = None
    peak_mbps: str | None = None
    peak_to_average: str | None = None
    tunnel_bandwidth: str | None = None
    existing: str = "0"
    limit: str | None = None
    """An increase that was granted; None: the default."""
    ecmp: str | None = None
    """None: per site, where sites have several connections."""
    site: str = "intl"
    start: str = "2027-01"
    months: str = "12"

    @property
    def shares(self) -> str:
        """Which connections share routes."""
        return self.ecmp or ("none" if self.per_site == "1" else "per-site")


class WishError(Exception):
    """A wish that is no plan: (option, what is wrong with it, what to do), one for each problem."""

    def __init__(self, problems: list[tuple[str, str, str]]) -> None:
        super().__init__(problems)
        self.problems = problems


@dataclass(frozen=True)
class Routers:
    """How sites fit onto routers with the default limit, whole sites on each."""

    limit: int
    per_router: int
    """Sites on an empty one; 0: not one fits."""
    on_first: int
    """Sites that fit beside what is attached to the first today."""
    more: int | None
    """Further routers, each in a CEN instance of its own; None: no number of them does."""

    @property
    def needed(self) -> int | None:
        """All that sites are attached to."""
        return None if self.more is None else self.more + (self.on_first > 0)


@dataclass(frozen=True)
class Ecmp:
    """How many connections share routes."""

    used: int
    limit: int
    status: str
    each_site: bool


@dataclass(frozen=True)
class Cost:
    """What an item costs in the steady month."""

    sku: str
    amount: int
    """Nano-units: the priced part."""
    unpriced: bool


@dataclass(frozen=True)
class Sizing:
    """The answer."""

    wish: Wish
    plan: Plan = field(repr=False)
    region: Region
    supported: str
    """Whether the network type is: yes, no or by-request."""
    sites: int
    per_site: int
    existing: int
    attachments: int
    """That the sites need."""
    used: int
    """With what exists."""
    limit: int | None
    status: str
    ask: Request | None
    """What to ask of the quota of one router; None: its limit does."""
    routers: Routers
    ecmp: Ecmp | None
    """None: no connections share routes."""
    load: Load | None
    month: Month
    """The steady month: the last of the period, in which every site is there all the time."""
    hours: int
    """Of that month."""
    costs: tuple[Cost, ...]
    total: int
    """Priced part of all months, nano-units."""
    complete: bool
    """Whether everything has a price."""

    @property
    def steady(self) -> int:
        """Priced part of the steady month, nano-units."""
        return sum(cost.amount for cost in self.costs)


def texts(wish: Wish) -> Mapping[str, str]:
    """The files of a wish, by name: a plan and its estate."""
    return {PLAN_FILE: _plan_text(wish, f"estate: {ESTATE_FILE}\n"), ESTATE_FILE: _estate_text(wish)}


def scenario(wish: Wish) -> Scenario:
    """The plan of a wish, read as any other.

    raises : WishError with every problem
    """
    source = parse_yaml(_plan_text(wish, f"estate:\n{indent(_estate_text(wish), '  ')}"), "<size>")
    try:
        return resolve(load(PlanFile, source), source)
    except InputError as error:
        problems = [_problem(one) for one in error.problems]
    if wish.region not in REGIONS and all(option != "--region" for option, _, _ in problems):
        # The form of the file was wrong already, so that nobody has looked what it names.
        problems.append(("--region", f"unknown region {quoted(wish.region)}", suggest_region(wish.region)))
    raise WishError(problems)


def _problem(problem: Problem) -> tuple[str, str, str]:
    """A problem of the text as one of the option that its value came from."""
    path = problem.place.path if isinstance(problem.place, Place) else ()
    key = next((str(key) for key in reversed(path) if key in _OPTIONS), "")
    option = _OPTIONS.get(key, "")
    message = problem.message
    return option, option + message.removeprefix(key) if key and message.startswith(key) else message, problem.remedy


def _plan_text(wish: Wish, estate: str) -> str:
    traffic = {
        "to_data_center_gb": wish.to_gb,
        "from_data_center_gb": wish.from_gb,
        "peak_mbps": wish.peak_mbps,
        "peak_to_average": wish.peak_to_average,
    }
    stated = [f"{key}: {_scalar(value)}" for key, value in traffic.items() if value is not None]
    lines = [
        "# What so many sites take, written by `cenplan size`; change what is not yours.",
        "version: 1",
        "name: sizing",
        f"currency: {CURRENCY_OF_SITE[wish.site]}",
        f"period: {{start: {_scalar(wish.start)}, months: {_scalar(wish.months)}}}",
        estate.rstrip("\n"),
    ]
    if wish.network_type == "private":
        lines += ["underlays:", f"  {UNDERLAY}: {{kind: vbr, transit_router: {ROUTER}}}"]
    lines += [
        "attachments:",
        f"  {GROUP}:",
        f"    network_type: {wish.network_type}",
        f"    transit_router: {ROUTER}",
        *([f"    underlay: {UNDERLAY}"] if wish.network_type == "private" else []),
        f"    sites: {_scalar(wish.sites)}",
        f"    connections_per_site: {_scalar(wish.per_site)}",
        f"    ecmp: {wish.shares}",
        *([f"    traffic: {{{', '.join(stated)}}}"] if stated else []),
        *([f"    tunnel: {{bandwidth: {wish.tunnel_bandwidth}}}"] if wish.tunnel_bandwidth else []),
    ]
    return "\n".join(lines) + "\n"


def _estate_text(wish: Wish) -> str:
    lines = [
        "version: 1",
        "accounts:",
        f"  hub: {{site: {wish.site}}}",
        "transit_routers:",
        f"  {ROUTER}:",
        f"    region: {_scalar(wish.region)}",
        "    account: hub",
        f"    attached: {{vpn: {_scalar(wish.existing)}}}",
    ]
    if wish.limit is not None:
        lines.append(
            f"    limits: {{{ATTACHMENTS}: {{value: {_scalar(wish.limit)}, source: as given to cenplan size}}}}"
        )
    return "\n".join(lines) + "\n"


def _scalar(text: str) -> str:
    """A value as it stands in a file; what could be more than one value is text in quotes."""
    return text if re.fullmatch(r"[A-Za-z0-9.+_-]+", text) else json.dumps(text)


def answer(wish: Wish, plan: Plan) -> Sizing:
    """What a plan, calculated with prices from the scenario of a wish, says to the question."""
    uses = {use.id: use for use in plan.quotas}
    use = uses[ATTACHMENTS]
    where = region(wish.region)
    (group,) = plan.scenarios[0].groups
    sites, per_site = group.entry.sites or 0, group.entry.connections_per_site
    limit = int(use.limit[0, -1])
    asked = quota_request.requests(plan).asked
    rows = summary.by(summary.cost_rows(plan), "sku")
    period, totals = plan.inventory.period, summary.totals(plan)
    bounds = period.bounds
    existing = int(use.claims.existing[0])
    return Sizing(
        wish=wish,
        plan=plan,
        region=where,
        supported=where.public if wish.network_type == "public" else where.private,
        sites=sites,
        per_site=per_site,
        existing=existing,
        attachments=int(use.peak[0]) - existing,
        used=int(use.used[0, -1]),
        limit=None if limit == UNKNOWN else limit,
        status=STATUSES[use.worst[0]],
        ask=next((one for one in asked if one.quota == ATTACHMENTS), None),
        routers=routers(sites, per_site, existing),
        ecmp=_ecmp(uses[ECMP], wish),
        load=next(iter(throughput.loads(plan.scenarios)), None),
        month=period.months[-1],
        hours=(bounds[-1] - bounds[-2]) // HOUR,
        costs=tuple(Cost(row.key[0], row.amounts[-1], row.unpriced[-1]) for row in sorted(rows, key=_place_of_item)),
        total=totals.subtotal,
        complete=totals.complete,
    )


def _place_of_item(row: Sum) -> int:
    return [*skus()].index(row.key[0])


def routers(sites: int, per_site: int, existing: int) -> Routers:
    """How sites fit onto routers with the default limit; the connections of a site stay on one router.

    >>> routers(40, 2, 6)  # (50 - 6) // 2 = 22 on the first, 25 on each other
    Routers(limit=50, per_router=25, on_first=22, more=1)
    """
    limit = declared()[ATTACHMENTS].default or 0
    per_router = limit // per_site
    on_first = min(max(limit - existing, 0) // per_site, sites)
    left = sites - on_first
    more = -(-left // per_router) if per_router else None
    return Routers(limit, per_router, on_first, more)


def _ecmp(use: QuotaUse, wish: Wish) -> Ecmp | None:
    if not use.scopes:
        return None
    return Ecmp(
        used=int(use.used[0, -1]),
        limit=int(use.limit[0, -1]),
        status=STATUSES[use.worst[0]],
        each_site=wish.shares == "per-site",
    )
