"""hypothesis strategies for plans, estates and price books, as trees of text (see tests/oracle.py).

Everything that an engine can get wrong is made likely: instants that coincide or lie on either side of an
hour, a month, a rule; groups that share pools, sets and connections; prices that begin in mid-period.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any, NamedTuple

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from tests import oracle

Tree = dict[str, Any]

REGIONS = [
    "ap-southeast-1",  # every price, no rule for the billing mode
    "eu-central-1",  # every price, billed by CDT from 2026-03-01
    "us-east-1",
    "cn-hangzhou",
    "cn-beijing",
    "cn-shenzhen",
    "cn-hongkong",  # Chinese, but elsewhere for free quotas
    "ap-northeast-1",  # no CDT price
    "eu-west-1",
    "me-central-1",
]
AREAS = ["mainland", "asia-pacific", "europe", "overseas", "all"]
FLAT = ["tr-connection", "tr-data-processing", "ipsec-connection", "ipsec-internet-legacy", "vbr-outbound"]
PORTS = [f"express-connect-port-{speed}g" for speed in (1, 10, 40, 100)]
LANES = [f"{kind}-{line_class}" for kind in ("inter-region", "cross-border") for line_class in ("gold", "platinum")]
QUOTAS = [
    "vpn-attachments-per-transit-router",
    "ecmp-vpn-attachments",
    "routes-per-route-table",
    "customer-gateways-per-region",
    "ipsec-connections-per-account",
]
"""Quotas that every plan is near to, or can be."""
PER_ACCOUNT = {
    "customer-gateways-per-region": ["live"],  # it cannot be increased
    "ipsec-connections-per-account": ["granted", "requested", "live"],
}
"""Quotas that are counted per account and region, with what their limits can be."""
ACCOUNTS = ["hub", "retail", "works"]
COST_CENTRES = ["core", "shops", "plants"]
CURRENCIES = ["USD", "CNY", "EUR"]
GRADES = ["contract", "contract", "official", "secondary", "assumed"]
FIRST_MONTHS = ["2025-04", "2025-12", "2026-01", "2026-02", "2026-08", "2026-11", "2027-01", "2027-12"]


class Case(NamedTuple):
    """A plan with what it lands on."""

    plan: Tree
    estate: Tree
    books: list[Tree]
    in_table: list[str]
    """Groups to be written to an attachment table."""


def decimals(highest: int, places: int) -> SearchStrategy[str]:
    """Decimals from 0 to a highest one as text, with up to so many places; small ones and round ones often."""
    exact = st.integers(0, highest * 10**places).map(lambda n: f"{Decimal(n).scaleb(-places):f}")
    small = st.integers(0, 10**places).map(lambda n: f"{Decimal(n).scaleb(-places):f}")
    return st.one_of(exact, small, st.integers(0, min(highest, 1000)).map(str), st.integers(0, highest).map(str))


@st.composite
def cases(draw: DrawFn, most_gb: int = 200_000, most_rate: int = 10, prepaid: bool = False) -> Case:
    """A plan with one to six groups on one to four routers, over one to eighteen months.

    prepaid : whether some have prepaid plans
    """
    first = draw(st.sampled_from(FIRST_MONTHS))
    months = draw(st.integers(1, 18))
    currency = draw(st.sampled_from(["USD", "USD", "CNY", "CNY", "EUR"]))
    instants = draw(st.lists(_instants(first, months), min_size=1, max_size=8))
    regions = draw(st.lists(st.sampled_from(REGIONS), unique=True, min_size=1, max_size=3))  # few: they share pools
    estate = draw(_estates(first, months, regions))
    plan: Tree = {
        "version": "1",
        "name": "drawn",
        "currency": currency,
        "period": {"start": first, "months": str(months)},
        "assumptions": draw(_assumptions(regions)),
        "waves": {f"w{n}": _text(when, draw) for n, when in enumerate(instants)},
        "profiles": {"p": draw(_traffics(first, most_gb))},
        "underlays": draw(_underlays(list(estate["transit_routers"]), instants)),
    }
    if draw(st.booleans()):
        plan["include"] = {"vpc_processing": draw(st.sampled_from(["true", "true", "false"]))}
    count = draw(st.integers(1, 6))
    plan["attachments"] = {name: draw(_attachments(plan, estate, instants, most_gb)) for name in draw(_names(count))}
    sites = _sites_used(plan, estate)
    bases = {oracle.CURRENCY_OF_SITE[site] for site in sites} | {
        underlay["leased_line"].get("currency", currency)
        for underlay in plan["underlays"].values()
        if "leased_line" in underlay
    }
    if prepaid and draw(st.integers(0, 3)):
        bases |= _add_prepaid(draw, plan, estate)
    finance = draw(_finance(sorted(bases - {currency}), currency, first, months, sorted(estate["accounts"])))
    if finance:
        plan["finance"] = {"version": "1", **finance}
    known = [*regions, *AREAS]
    books = [
        draw(_books(sites, first, months, most_rate, known)) for _ in range(draw(st.sampled_from([0, 1, 2, 3, 3])))
    ]
    short = [
        name
        for name, entry in plan["attachments"].items()
        if "rollout" not in entry and isinstance(entry["transit_router"], str)
    ]
    return Case(plan, estate, books, [name for name in short if draw(st.booleans())])


def _add_prepaid(draw: DrawFn, plan: Tree, estate: Tree) -> set[str]:
    """Give a plan and its estate some prepaid plans; returns the currencies in which the plan pays."""
    period = plan["period"]
    used = sorted({(use.sku, use.account, use.region) for use in oracle.usage_of(plan, estate) if use.quantity})
    coverable = [place for place in used if place[0] in (*oracle.VOLUMES, *oracle.OFFSET_BY_COMMITMENTS)]
    names = draw(st.permutations(["r10", "r2", "S", "s-b", "v_c"]))[: draw(st.integers(1, 5))]
    paid = set()
    for name in names:
        exists = draw(st.booleans())
        site = {account: entry["site"] for account, entry in estate["accounts"].items()}
        entry = draw(_prepaid_plans(sorted(site), coverable, period["start"], int(period["months"]), exists))
        own = oracle.CURRENCY_OF_SITE[site[entry["account"]]]
        if entry["kind"] != oracle.COMMITMENT and draw(st.integers(0, 3)) == 0:
            entry["currency"] = draw(st.sampled_from(["USD", "CNY"]))
        (estate if exists else plan).setdefault("prepaid", {})[name] = entry
        if not exists:
            paid.add(entry.get("currency", own))
    return paid


@st.composite
def _prepaid_plans(
    draw: DrawFn,
    accounts: list[str],
    coverable: list[tuple[str, str, str]],
    first: str,
    months: int,
    exists: bool,
) -> Tree:
    """A prepaid plan that begins up to a year and a bit before the period, in it or after it.

    coverable : items, accounts and regions of usage that such a plan covers: mostly it is for one of these
    """
    kind = draw(st.sampled_from([*oracle.VOLUMES.values(), oracle.COMMITMENT]))
    account, areas = draw(st.sampled_from(accounts)), ["mainland", *AREAS[:4]]
    if coverable and draw(st.integers(0, 7)):
        volumes = [place for place in coverable if place[0] in oracle.VOLUMES]  # these are fewer
        sku, account, region = draw(st.sampled_from([*coverable, *volumes * 2]))
        kind = oracle.VOLUMES.get(sku, oracle.COMMITMENT)
        areas = [area for area in AREAS[:4] if area in oracle.scopes(region)]
    start = oracle.month_at(oracle.month_number(first)).start.date()
    a_year_before = st.integers(-400, -330).map(lambda n: start + timedelta(days=n))
    soon = st.integers(-330, 45).map(lambda n: start + timedelta(days=n))
    anywhere = st.one_of(soon, soon, soon, _days(first, months), a_year_before, st.just(date(2028, 2, 29)))
    entry: Tree = {
        "kind": kind,
        "account": account,
        "start": draw(anywhere).isoformat(),
        **_provenance(draw(st.sampled_from(["contract", "assumed"]))),
    }
    if draw(st.booleans()):
        entry["cost_center"] = draw(st.sampled_from(COST_CENTRES))
    if entry["kind"] == oracle.COMMITMENT:
        entry["commitment_per_hour"] = str(draw(st.sampled_from([1, 1, 2, 5, 50, 100_000])))
        factors = st.sampled_from(["1", "0.8", "0.333333", "0.000001"])
        entry["discount_factor"] = draw(factors | st.integers(1, 10**6).map(lambda n: f"{Decimal(n).scaleb(-6):f}"))
        entry["term_months"] = str(draw(st.sampled_from([1, 2, 12, 36])))
        if draw(st.booleans()):
            entry["paid"] = "monthly"
            return entry
    elif entry["kind"] == "cdt-resource-plan":
        gigabytes = draw(st.sampled_from([50, 1000, 102_400]) | st.integers(50, 102_400))
        entry |= {"gb": str(gigabytes), "area": draw(st.sampled_from(areas))}
    else:
        entry["tb"] = draw(st.sampled_from(["1", "10", "100"]))
    if exists and "gb" in entry and draw(st.booleans()):
        entry["remaining_gb"] = draw(decimals(int(entry["gb"]), 6))
    if exists and "tb" in entry and draw(st.booleans()):
        entry["remaining_gb"] = draw(decimals(oracle.GB_PER_TB * int(entry["tb"]), 6))
    if not exists or draw(st.booleans()):
        entry["price"] = draw(decimals(5000, 9))
    return entry


def _sites_used(plan: Tree, estate: Tree) -> list[str]:
    """The sites of the accounts that a plan spends money of; price books are for these."""
    used = set()
    for entry in plan["attachments"].values():
        named = entry["transit_router"]
        router = estate["transit_routers"][named if isinstance(named, str) else named[0]]
        used |= {router["account"], entry.get("owner_account", router["account"])}
    return sorted({estate["accounts"][account]["site"] for account in used})


def _names(count: int) -> SearchStrategy[list[str]]:
    """Names whose order in the file is not that of the alphabet."""
    return st.permutations(["g-b", "g10", "g2", "a", "Z", "g_c"]).map(lambda names: names[:count])


def _instants(first: str, months: int) -> SearchStrategy[datetime]:
    """Instants before, in and after a period; the edges of months, hours and rules often."""
    number = oracle.month_number(first)
    start, end = oracle.month_at(number).start, oracle.month_at(number + months).start
    edges = st.builds(
        lambda n, seconds: oracle.month_at(number + n).start + timedelta(seconds=seconds),
        st.integers(-1, months),
        st.sampled_from([-3600, -1801, -60, -1, 0, 0, 0, 1, 60, 3599, 3600, 5400]),
    )
    anywhere = st.integers(-200 * 1440, (end - start) // timedelta(minutes=1) + 1440).map(
        lambda minutes: start + timedelta(minutes=minutes)
    )
    rule = st.sampled_from([-1, 0, 1]).map(lambda s: oracle.CDT_RULE_BEGINS + timedelta(seconds=s))
    return st.one_of(anywhere, anywhere, edges, rule)


def _text(when: datetime, draw: DrawFn) -> str:
    if when.hour == when.minute == when.second == 0 and draw(st.booleans()):
        return when.date().isoformat()
    return when.isoformat(timespec="seconds" if when.second else "minutes")


def _days(first: str, months: int) -> SearchStrategy[date]:
    """Days around a period; first days of months often."""
    number = oracle.month_number(first)
    start = oracle.month_at(number).start.date()
    of_months = st.integers(-3, months).map(lambda n: oracle.month_at(number + n).start.date())
    return st.one_of(of_months, st.integers(-90, 31 * months).map(lambda n: start + timedelta(days=n)))


thresholds = st.dictionaries(
    st.sampled_from(QUOTAS),
    st.fixed_dictionaries({"percent": st.integers(1, 100).map(str)}, optional={"count": st.integers(1, 60).map(str)})
    | st.fixed_dictionaries({"count": st.integers(1, 60).map(str)}),
    max_size=3,
)
"""From when on quotas are tight."""


@st.composite
def account_limits(draw: DrawFn, days: SearchStrategy[date], regions: list[str]) -> Tree:
    """Limits of an account: for each region or for one, granted, requested or read live; none of two on one day."""
    found: Tree = {}
    for quota, kinds in PER_ACCOUNT.items():
        since = draw(st.lists(days | st.none(), max_size=2, unique=True))
        entries = []
        for day in since:
            status = draw(st.sampled_from(kinds if day else [kind for kind in kinds if kind == "granted"] or kinds))
            key = "read_on" if status == "live" else "from"
            entry = {"value": str(draw(st.integers(0, 90))), "status": status, "source": "Quota Center"}
            if day or status != "granted":
                entry[key] = (day or date(2026, 11, 1)).isoformat()
            if draw(st.booleans()):
                entry["region"] = draw(st.sampled_from(regions))
            entries.append(entry)
        if entries and len({entry.get("from") or entry.get("read_on") for entry in entries}) == len(entries):
            found[quota] = entries[0] if len(entries) == 1 else entries
    return found


@st.composite
def _estates(draw: DrawFn, first: str, months: int, regions: list[str]) -> Tree:
    sites = draw(st.sampled_from([["intl"], ["intl"], ["cn"], ["intl", "cn"], ["intl", "cn"]]))
    accounts = ACCOUNTS[: draw(st.sampled_from([1, 2, 2, 3]))]
    routers = {f"tr{n}": draw(_routers(accounts, first, months, regions)) for n in range(draw(st.integers(1, 4)))}
    baseline = st.fixed_dictionaries(
        {"account": st.sampled_from(accounts), "region": st.sampled_from([*regions, *regions, *REGIONS])},
        optional={"vbr_outbound_gb": decimals(120_000, 6)},
    )
    volumes = st.one_of(decimals(250, 6), decimals(250_000, 6))
    baselines = [{**entry, "cdt_internet_gb": draw(volumes)} for entry in draw(st.lists(baseline, max_size=5))]
    moves = draw(st.dictionaries(st.sampled_from(regions), _days(first, months), max_size=2))
    return {
        "version": "1",
        "as_of": "2026-11-20",
        "accounts": {
            name: {"site": draw(st.sampled_from(sites)), "limits": draw(account_limits(_days(first, months), regions))}
            for name in accounts
        },
        "transit_routers": routers,
        "thresholds": draw(thresholds),
        "baselines": baselines,
        "cdt_from": {region: day.isoformat() for region, day in moves.items()},
    }


@st.composite
def _routers(draw: DrawFn, accounts: list[str], first: str, months: int, regions: list[str]) -> Tree:
    sets = draw(st.dictionaries(st.sampled_from(["x", "y"]), st.integers(1, 18), max_size=2))
    grants = draw(
        st.lists(
            st.tuples(st.none() | _days(first, months), st.integers(0, 120)),
            max_size=3,
            unique_by=lambda grant: grant[0],
        )
    )
    entries = [
        {**({"from": day.isoformat()} if day else {}), "value": str(value), "source": "request 4711"}
        for day, value in grants
    ]
    return {
        "region": draw(st.sampled_from(regions)),
        "account": draw(st.sampled_from(accounts)),
        "attached": {"vpn": str(sum(sets.values()) + draw(st.integers(0, 45)))},
        "ecmp_attached": {name: str(count) for name, count in sets.items()},
        "limits": {"vpn-attachments-per-transit-router": entries[0] if len(entries) == 1 else entries}
        if entries
        else {},
    }


@st.composite
def _assumptions(draw: DrawFn, regions: list[str]) -> Tree:
    order = draw(st.lists(st.sampled_from([*regions, "us-west-1"]), unique=True, min_size=1))
    options = {
        "baseline": ["none", "free-quota-used", "free-quota-used"],
        "connection-fee-per-connection": ["connection", "tunnel"],
        "ecmp-counts": ["connections", "tunnels"],
        "ecmp-scope": ["route-set", "transit-router"],
        "encryption-overhead": ["0", "7.5", "1000", draw(decimals(1000, 6))],
        "free-quota-position": ["before-tiers", "inside-tier-1", "inside-tier-1"],
        "free-quota-region-order": ["proportional", order, order],
        "gb-definition": ["binary", "decimal", "decimal"],
        "part-of-a-port-month": ["whole-month", "pro-rata", "pro-rata"],
        "part-of-an-hour": ["clock-hour", "running-hour", "running-hour"],
        "payer": ["cen-owner", "resource-owner"],
        "peak-overhead": ["0", "7.5", "1000"],
        "prepaid-order": ["everything-else-first", "plan-first", "plan-first"],
        "removal-order": ["oldest-first", "newest-first", "newest-first"],
        "undecided-internet-billing": ["legacy", "cdt", "cdt"],
    }
    return {key: draw(st.sampled_from(values)) for key, values in options.items() if draw(st.booleans())}


@st.composite
def _underlays(draw: DrawFn, routers: list[str], instants: list[datetime]) -> Tree:
    entry = st.fixed_dictionaries(
        {"kind": st.sampled_from(["vbr", "vbr", "ecr"]), "transit_router": st.sampled_from(routers)},
        optional={
            "already_attached": st.sampled_from(["true", "false"]),
            "cost_center": st.sampled_from(COST_CENTRES),
        },
    )
    found = draw(st.dictionaries(st.sampled_from(["u1", "u2", "u3"]), entry, max_size=3))
    for underlay in found.values():
        if underlay.get("already_attached") == "true":
            continue
        if draw(st.booleans()):
            count = {"ports": str(draw(st.integers(1, 4)))} if draw(st.booleans()) else {}
            underlay["port"] = {"speed": draw(st.sampled_from(["1G", "10G", "40G", "100G"])), **count}
        if draw(st.booleans()):
            underlay["leased_line"] = draw(_leased_lines(instants))
    return found


@st.composite
def _leased_lines(draw: DrawFn, instants: list[datetime]) -> Tree:
    evidence = draw(st.sampled_from(["assumed", "contract"]))
    entry = {"monthly": draw(decimals(5000, 6)), "evidence": evidence, "source": "offer 12"}
    if draw(st.booleans()):
        entry["one_off"] = draw(decimals(10_000, 6))
    if draw(st.booleans()):
        entry["term_months"] = str(draw(st.integers(1, 40)))
    if draw(st.booleans()):
        entry["currency"] = draw(st.sampled_from(CURRENCIES))
    if draw(st.integers(0, 2)) == 0:
        entry["start"] = _text(draw(st.sampled_from(instants)), draw)
    return entry


@st.composite
def _traffics(draw: DrawFn, first: str, most_gb: int) -> Tree:
    number = oracle.month_number(first)
    entry: Tree = {}
    for key in ("to_data_center_gb", "from_data_center_gb"):
        if draw(st.integers(0, 7)):
            entry[key] = draw(st.one_of(decimals(most_gb, 6), decimals(300, 6)))
    if draw(st.booleans()):
        exact = st.integers(-15 * 10**8, 20 * 10**8).map(lambda n: f"{Decimal(n).scaleb(-8):f}")
        usual = st.sampled_from(["1.5", "-0.5", "0", "7", "100", "-50", "-99.999999999999"])
        entry["monthly_growth_percent"] = draw(st.one_of(usual, exact))
        if draw(st.booleans()):
            entry["base_month"] = oracle.month_at(number + draw(st.integers(-14, 24))).name
    return entry


@st.composite
def _attachments(draw: DrawFn, plan: Tree, estate: Tree, instants: list[datetime], most_gb: int) -> Tree:
    routers = list(estate["transit_routers"])
    entry: Tree = {"network_type": "public", "transit_router": draw(st.sampled_from(routers))}
    if plan["underlays"] and draw(st.booleans()):
        underlay = draw(st.sampled_from(sorted(plan["underlays"])))
        entry |= {"network_type": "private", "underlay": underlay}
        entry["transit_router"] = plan["underlays"][underlay]["transit_router"]
    elif draw(st.booleans()):
        entry["internet_billing"] = draw(st.sampled_from(["cdt", "cdt", "legacy", "auto"]))
    if len(routers) > 1 and draw(st.integers(0, 7)) == 0:
        others = [router for router in routers if router != entry["transit_router"]]
        more = draw(st.lists(st.sampled_from(others), unique=True, max_size=2))
        entry["transit_router"] = [entry["transit_router"], *more]
    if draw(st.booleans()):
        entry["owner_account"] = draw(st.sampled_from(sorted(estate["accounts"])))
    if draw(st.integers(0, 2)) == 0:
        entry["payer"] = draw(st.sampled_from(["cen-owner", "resource-owner"]))
    if draw(st.booleans()):
        entry["cost_center"] = draw(st.sampled_from(COST_CENTRES))
    if draw(st.booleans()):
        entry["connections_per_site"] = str(draw(st.sampled_from([1, 2, 2, 3, 4, 17])))
    if draw(st.booleans()):
        entry["ecmp"] = draw(st.sampled_from(["none", "per-site", "group", "set x", "set z"]))
    first = plan["period"]["start"]
    if kind := draw(st.integers(0, 5)):
        entry["traffic"] = "p" if kind == 1 else draw(_traffics(first, most_gb))
    if draw(st.integers(0, 2)) == 0:
        named = entry["transit_router"]
        home = estate["transit_routers"][named if isinstance(named, str) else named[0]]["region"]
        here = [router["region"] for router in estate["transit_routers"].values()]
        clouds = [region for region in [*here, *here, *REGIONS] if region != home]
        entry["cloud_region"] = draw(st.sampled_from(clouds))
        entry["inter_region_class"] = draw(st.sampled_from(["gold", "platinum"]))
    added = _rollout(draw, entry, plan, instants)
    if draw(st.integers(0, 3)) == 0:
        most = min(added * int(entry.get("connections_per_site", "1")), 6)
        ids = draw(st.lists(st.integers(1, 8), unique=True, max_size=most))
        if ids:
            entry["connection_ids"] = [f"vco-{number}" for number in ids]
    return entry


def _rollout(draw: DrawFn, entry: Tree, plan: Tree, instants: list[datetime]) -> int:
    """Give an entry its steps; returns how many sites they add."""
    few = st.one_of(st.integers(1, 4), st.integers(1, 25))
    if draw(st.booleans()):
        return _short_form(draw, entry, plan, instants, draw(few))
    steps, present, added = [], 0, 0
    for when in sorted(set(draw(st.lists(st.sampled_from(instants), min_size=1, max_size=6)))):
        wave = {"wave": f"w{instants.index(when)}"} if draw(st.booleans()) else {"date": _text(when, draw)}
        if present and draw(st.booleans()):
            gone = draw(st.integers(1, present))
            present -= gone
            steps.append({**wave, "remove_sites": str(gone)})
        if not steps or draw(st.booleans()):
            for _ in range(draw(st.integers(1, 2))):
                new = draw(few)
                present, added = present + new, added + new
                steps.append({**wave, "add_sites": str(new)})
    entry["rollout"] = draw(st.permutations(steps))
    return added


def _short_form(draw: DrawFn, entry: Tree, plan: Tree, instants: list[datetime], sites: int) -> int:
    entry["sites"] = str(sites)
    start = oracle.months_of(plan)[0].start
    if draw(st.booleans()):
        start = draw(st.sampled_from(instants))
        if draw(st.booleans()):
            entry["start"] = _text(start, draw)
        else:
            entry["wave"] = f"w{instants.index(start)}"
    ends = [when for when in instants if when > start]
    if ends and draw(st.booleans()):
        entry["end"] = _text(draw(st.sampled_from(ends)), draw)
    return sites


@st.composite
def _finance(draw: DrawFn, bases: list[str], currency: str, first: str, months: int, accounts: list[str]) -> Tree:
    """What finance states: every exchange rate that is needed, and some that are not; the rest now and then."""
    finance: Tree = {}
    if draw(st.booleans()):
        finance["fiscal_year"] = {
            key: value
            for key, value in (
                ("first_month", str(draw(st.integers(1, 12)))),
                ("named_after", draw(st.sampled_from(["start", "end"]))),
            )
            if draw(st.booleans())
        }
    start = oracle.month_number(first)
    needed = sorted({oracle.fiscal_year(finance, oracle.month_at(start + n)) for n in range(months)})
    rates = []
    for base in bases:
        everywhere = draw(st.booleans())
        years = draw(st.lists(st.sampled_from([needed[0] - 1, *needed]), unique=True)) if everywhere else needed
        rates += [_exchange_rate(draw, base, currency, year) for year in [*[None][: int(everywhere)], *years]]
    if draw(st.booleans()):
        rates.append(_exchange_rate(draw, currency, draw(st.sampled_from([c for c in CURRENCIES if c != currency]))))
    if rates:
        finance["exchange_rates"] = draw(st.permutations(rates))
    if draw(st.integers(0, 2)) == 0:
        percent = decimals(30, 6)
        days = _days(first, months)
        finance["tax"] = [
            {"title": "VAT", "percent": draw(percent), "source": "tax office"},
            {
                "title": "surcharge",
                "percent": draw(percent),
                "accounts": [draw(st.sampled_from(accounts))],
                "effective_from": draw(days).isoformat(),
                "source": "tax office",
            },
        ][: draw(st.integers(1, 2))]
    if draw(st.booleans()):
        shares = {"core": "12.5", "shops": "50", "board": "37.5"}
        rule = st.sampled_from(["by-gb", "by-connection-hours", "equal", shares])
        finance["allocation"] = {key: draw(rule) for key in ("underlays", "pools") if draw(st.booleans())}
    if draw(st.booleans()):
        finance["gl_codes"] = {"tr-connection": "6420", "cdt-internet": "6430", "leased-line": "6420"}
    if draw(st.booleans()):
        finance["markup_percent"] = {"core": draw(decimals(50, 6)), "shops": "-2.5"}
    return finance


def _exchange_rate(draw: DrawFn, base: str, quote: str, year: int | None = None) -> Tree:
    rate = st.sampled_from(["1", "0.14", "7.1234567891", "0.0000000001"]) | decimals(20, 10).filter(
        lambda r: float(r) > 0
    )
    of_year = {"fiscal_year": str(year)} if year else {}
    return {"from": base, "to": quote, "rate": draw(rate), **of_year, "agreed_on": "2026-11-20", "source": "treasury"}


@st.composite
def _books(draw: DrawFn, sites: list[str], first: str, months: int, most_rate: int, known: list[str]) -> Tree:
    """A price book: odd rates, tiers, free quotas, each with a history; prices of a list and of a contract mixed."""
    items: Tree = {}
    priced = [*FLAT, "cdt-internet", "cdt-internet", *PORTS, *LANES, *LANES]
    most = draw(st.sampled_from([0, 3, 8]))
    for sku in dict.fromkeys(draw(st.lists(st.sampled_from(priced), min_size=most // 2, max_size=most))):
        scopes = [lane for lane in _lanes(known) if _is_of(sku, lane)] if sku in LANES else known
        if not scopes:
            continue
        rates = [
            {**validity, "scope": scope, **_provenance(draw(st.sampled_from(GRADES))), **draw(_rates(sku, most_rate))}
            for scope in _scope_lists(draw, scopes)
            for validity in draw(_histories(first, months))
        ]
        items[sku] = {"rates": rates}
        if sku in ("cdt-internet", "vbr-outbound") and draw(st.booleans()):
            scopes = ["all"] if sku == "vbr-outbound" else known
            quantity = st.one_of(decimals(100, 6), decimals(60_000, 6))
            items[sku]["free_quotas"] = [
                {**validity, "scope": scope, **_provenance(), "quantity": draw(quantity)}
                for scope in draw(st.lists(st.sampled_from(scopes), unique=True, min_size=1, max_size=2))
                for validity in draw(_histories(first, months))
            ]
    site = draw(st.sampled_from(sites))
    book: Tree = {
        "version": "1",
        "title": "contract",
        "site": site,
        "currency": oracle.CURRENCY_OF_SITE[site],
        "references": {"contract": {"title": "contract", "read_on": "2026-11"}},
        "items": items,
    }
    percent = st.sampled_from(["0", "5", "12", "33.333333", "100"]) | decimals(100, 6)
    most_change = "1000" if most_rate <= 10 else "100"  # a rate beyond what int64 holds is refused, used or not
    change = st.sampled_from(["0", "-5", "3", "-99.999999", most_change]) | decimals(50, 6).map(lambda text: f"-{text}")
    if draw(st.booleans()):
        book["discounts"] = draw(_adjustments("discount_percent", percent, first, months, known))
    if draw(st.integers(0, 2)) == 0:
        book["expected"] = draw(_adjustments("change_percent", change, first, months, known))
    return book


def _scope_lists(draw: DrawFn, scopes: list[str]) -> list[str | list[str]]:
    """A few scopes, each by itself; now and then two in one list."""
    widest = [scope for scope in scopes if scope in ("all", "all>all")]
    found = draw(st.lists(st.sampled_from([*scopes, *scopes[:2], *widest * 3]), unique=True, min_size=1, max_size=4))
    return [found[:2], *found[2:]] if len(found) > 2 and draw(st.booleans()) else [*found]


@st.composite
def _adjustments(
    draw: DrawFn, key: str, percent: SearchStrategy[str], first: str, months: int, known: list[str]
) -> list[Tree]:
    """Discounts or expected changes: of all items, of one or of several, each with a history."""
    names = ["all", "all", *FLAT, *FLAT, "cdt-internet", "tr-data-processing-vpc", *PORTS, *LANES]
    drawn = list(dict.fromkeys(draw(st.lists(st.sampled_from(names), min_size=1, max_size=4))))
    together = draw(st.booleans()) and len(drawn) > 1
    found = []
    for items in [drawn[:2], *drawn[2:]] if together else drawn:
        scopes = ["all", "all", *known, *_lanes(known)]
        for scope in _scope_lists(draw, list(dict.fromkeys(scopes))) if draw(st.booleans()) else ["all"]:
            for validity in draw(_histories(first, months)):
                stated = {"items": items, "scope": scope}
                left_out = [name for name, value in stated.items() if value == "all" and draw(st.booleans())]
                for name in left_out:
                    del stated[name]
                grade = draw(st.sampled_from(GRADES))
                found.append({**stated, **validity, **_provenance(grade), key: draw(percent)})
    return found


def _lanes(known: list[str]) -> list[str]:
    return [f"{one}>{other}" for one in known for other in known if one != other or one in AREAS]


def _is_of(sku: str, lane: str) -> bool:
    """Whether an item has prices of a lane: of those that cross the border, or of the others, or of both (all)."""
    ends = lane.split(">")
    inside = [end == "mainland" or (end.startswith("cn-") and end != "cn-hongkong") for end in ends]
    return "all" in ends or (inside[0] != inside[1]) == sku.startswith("cross-border")


def _provenance(evidence: str = "contract") -> Tree:
    return {"evidence": evidence, "source": "contract"}


@st.composite
def _histories(draw: DrawFn, first: str, months: int) -> list[Tree]:
    """Validities that follow each other, with gaps or without; the first may be undated."""
    days = sorted(draw(st.sets(_days(first, months), max_size=3)))
    begins: list[date | None] = [*days] if days and draw(st.booleans()) else [None, *days]
    found = []
    for n, begin in enumerate(begins):
        entry = {"effective_from": begin.isoformat()} if begin else {}
        following = begins[n + 1] if n + 1 < len(begins) else None
        if draw(st.integers(0, 2)) == 0:
            until = following or (begin or date(2026, 6, 1)) + timedelta(days=draw(st.integers(1, 200)))
            if following and begin and (following - begin).days > 1 and draw(st.booleans()):
                until = begin + timedelta(days=draw(st.integers(1, (following - begin).days)))
            entry["effective_until"] = until.isoformat()
        found.append(entry)
    return found


@st.composite
def _rates(draw: DrawFn, sku: str, most_rate: int) -> Tree:
    value = st.one_of(decimals(most_rate, 10), decimals(most_rate, 3))
    if sku != "cdt-internet" or draw(st.integers(0, 3)) == 0:
        return {"rate": draw(value)}
    bounds = ["0", *map(str, sorted(draw(st.sets(st.integers(1, 60_000), max_size=4))))]
    if draw(st.booleans()):
        bounds = [*bounds[:1], "0.000001", *bounds[1:]]
    tiers: list[Tree] = [{"from": low, "to": high, "rate": draw(value)} for low, high in pairwise(bounds)]
    last: Tree = {"from": bounds[-1], "rate": draw(value)}
    if draw(st.booleans()):
        last["to"] = str(Decimal(bounds[-1]) + draw(st.integers(1, 50_000)))
    return {"tiers": [*tiers, last]}
