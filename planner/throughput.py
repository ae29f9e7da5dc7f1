"""What sites send at their peak, and what connections carry: rates in whole bit/s, exact until they are rounded once.

A rate is that of the direction with more. Two capacities are kept apart: what the documentation says a connection
carries, and what its tunnels could carry at most. What lies between is unknown, never taken for carried.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache, partial
from itertools import pairwise
from typing import Literal

from planner.core.period import Month, Period, month_of
from planner.plan_file import Traffic
from planner.scenario import Group, Scenario, by_group
from planner.tunnel import TUNNELS_PER_CONNECTION, Tunnel

MEGA = 10**6
TUNNEL_MBPS: Mapping[str, int] = {"standard": 1_000, "large": 3_000}
"""Bandwidth of one tunnel, Mbit/s (VPN Gateway documentation; large since 2026)."""
CONNECTION_MBPS = 2_000
"""What a connection carries, Mbit/s: that of two Standard tunnels in ECMP (VPN Gateway documentation)."""
MOST_IN_ECMP = 16
"""VPN attachments of a transit router that share routes; the quota ecmp-vpn-attachments says more of it."""
BYTES_OF_GB: Mapping[str, int] = {"binary": 2**30, "decimal": 10**9}
"""Bytes of a GB of a plan, by the answer to the assumption gb-definition."""

Basis = Literal["peak_mbps", "peak_to_average", "average"]
"""What a rate was made of. The average of a month is a lower bound of its peak."""
Status = Literal["fits", "exceeds", "unknown", "not-stated"]


@dataclass(frozen=True)
class Capacity:
    """What one connection carries, in Mbit/s."""

    tunnels: int
    """That are used."""
    tunnel_mbps: int
    """Of each; a single flow uses one tunnel."""
    connection_mbps: int
    """What is documented of the connection."""
    most_mbps: int
    """All tunnels together: it carries no more."""


def capacity_of(tunnel: Tunnel | None) -> Capacity:
    """What a connection with such tunnels carries. What is not stated: two Standard tunnels.

    >>> capacity_of(Tunnel(bandwidth="large"))
    Capacity(tunnels=2, tunnel_mbps=3000, connection_mbps=3000, most_mbps=6000)

    rule : up to 2 Gbps per connection is documented, as two Standard tunnels in ECMP. The sum of two Large ones is
           not: one of them carries 3 Gbps, and what is beyond that is unknown
    """
    mbps = TUNNEL_MBPS[(tunnel and tunnel.bandwidth) or "standard"]
    tunnels = (tunnel and tunnel.configured_tunnels) or TUNNELS_PER_CONNECTION
    documented = mbps if tunnels == 1 else max(mbps, CONNECTION_MBPS)
    return Capacity(tunnels, mbps, documented, tunnels * mbps)


def connections_needed(bits: int, capacity: Capacity) -> int:
    """How many connections in ECMP carry a rate in bit/s, by what is documented; at least one."""
    return max(-(-bits // (capacity.connection_mbps * MEGA)), 1)


@dataclass(frozen=True)
class Peaks:
    """What one site sends at its peak in each month of a period."""

    bits: tuple[int, ...]
    """bit/s, rounded half up once."""
    basis: Basis


def peaks_of(traffic: Traffic, period: Period, gb_definition: str = "binary") -> Peaks | None:
    """The peaks of a site; None where neither a peak nor GB are stated.

    rule : peak_mbps x (1 + growth)^n; or GB x bytes x 8 / seconds of the month x (1 + growth)^n x peak_to_average,
           without the last factor where it is not stated
    """
    percent = traffic.monthly_growth_percent or 0
    factors = _factors(1 + Fraction(percent) / 100, traffic.base_month or period.first, period)
    if traffic.peak_mbps is not None:
        rate = Fraction(traffic.peak_mbps) * MEGA
        return Peaks(tuple(_rounded(rate * factor) for factor in factors), "peak_mbps")
    stated = [gb for gb in (traffic.to_data_center_gb, traffic.from_data_center_gb) if gb is not None]
    if not stated:
        return None
    bits = Fraction(max(stated)) * BYTES_OF_GB[gb_definition] * 8 * Fraction(traffic.peak_to_average or 1)
    bits_per_month = (_rounded(bits * factor / one) for factor, one in zip(factors, _seconds(period), strict=True))
    return Peaks(tuple(bits_per_month), "average" if traffic.peak_to_average is None else "peak_to_average")


@lru_cache(maxsize=1024)
def _factors(step: Fraction, base: Month, period: Period) -> tuple[Fraction, ...]:
    return tuple(step ** (month.number - base.number) for month in period.months)


@lru_cache(maxsize=16)
def _seconds(period: Period) -> tuple[int, ...]:
    """Seconds of each month."""
    bounds = period.bounds
    return tuple(end - start for start, end in pairwise(bounds))


def _rounded(value: Fraction) -> int:
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


@dataclass(frozen=True)
class Load:
    """Connections that share the same traffic, at the instant of the period at which each carries most."""

    plan: str
    """Name of the plan of its first group."""
    groups: tuple[Group, ...]
    kind: Literal["none", "per-site", "group", "set"]
    """By the key ecmp of its groups. The first two are about one site, and alike for each."""
    router: str
    set_name: str
    """Of a set that several groups share; else empty."""
    capacity: Capacity
    """That of the connection that carries least: in ECMP all carry alike."""
    bits: int
    """Sum of the peaks, bit/s; of what is stated."""
    connections: int
    """That carry it: at most as many as can share routes."""
    most: int
    """Connections that can share routes."""
    existing: int
    """Connections that are in the set today; what they carry is not known, so that they carry none of this."""
    instant: int
    """Seconds."""
    bases: frozenset[Basis]
    unstated: int
    """Its groups of which nothing is stated."""

    @property
    def month(self) -> Month:
        """The month of the instant."""
        return month_of(self.instant)

    @property
    def carried(self) -> int:
        """bit/s that are documented."""
        return self.connections * self.capacity.connection_mbps * MEGA

    @property
    def needed(self) -> int:
        """How many connections carry it, by what is documented."""
        return connections_needed(self.bits, self.capacity)

    @property
    def status(self) -> Status:
        """Whether they carry it: a lower bound can be too much, but is never carried for sure."""
        if self.bits > self.connections * self.capacity.most_mbps * MEGA:
            return "exceeds"
        if self.bits > self.carried:
            return "unknown"
        return "not-stated" if self.unstated or "average" in self.bases else "fits"


def loads(scenarios: Sequence[Scenario]) -> Iterator[Load]:
    """Every set of connections that share traffic, of plans that are calculated together, in the order of groups.

    A group without ECMP, or with sets of one site, is one load: that of a site. Groups that are not there in the
    period have none.
    """
    first = scenarios[0]
    period, assumptions = first.period, first.plan.assumptions
    peaks = cache(partial(peaks_of, period=period, gb_definition=assumptions.gb_definition))  # most state the same
    sets: dict[tuple[str, str], list[_Member]] = {}
    for number, scenario in enumerate(scenarios):
        tunnels = by_group(scenario.tunnels)
        for group in scenario.groups:
            member = _Member(scenario.plan.name, group, capacity_of(tunnels.get(group.id)), peaks(group.traffic))
            ecmp = group.entry.ecmp
            name = ecmp if ecmp.startswith("set ") else f"{ecmp} {number} {group.id}"
            sets.setdefault((group.routers[0], name), []).append(member)
    for (router, name), members in sets.items():
        kind, _, rest = name.partition(" ")
        counted = TUNNELS_PER_CONNECTION if assumptions.ecmp_counts == "tunnels" else 1
        shared = _OneSite if kind in ("none", "per-site") else _AllSites
        tightest = shared(members, period, 1 if kind == "none" else MOST_IN_ECMP // counted).tightest()
        if tightest is None:
            continue
        bits, connections, instant = tightest
        set_name = rest if kind == "set" else ""
        yield Load(
            plan=members[0].plan,
            groups=tuple(member.group for member in members),
            kind=kind,  # type: ignore[arg-type]
            router=router,
            set_name=set_name,
            capacity=min((member.capacity for member in members), key=lambda one: (one.connection_mbps, one.most_mbps)),
            bits=bits,
            connections=connections,
            most=MOST_IN_ECMP // counted,
            existing=first.estate.transit_routers[router].ecmp_attached.get(set_name, 0),
            instant=instant,
            bases=frozenset(member.peaks.basis for member in members if member.peaks),
            unstated=sum(member.peaks is None for member in members),
        )


@dataclass(frozen=True)
class _Member:
    plan: str
    group: Group
    capacity: Capacity
    peaks: Peaks | None


Tightest = tuple[int, int, int]
"""bit/s, connections that carry them, instant"""


class _Sharing:
    """Connections that share traffic, over a period."""

    def __init__(self, members: Sequence[_Member], period: Period, most: int) -> None:
        self.members = members
        self.period = period
        self.most = most

    def tightest(self) -> Tightest | None:
        """The first instant at which each connection carries most; None where there are none."""
        best: Tightest | None = None
        for bits, connections, instant in self.states():
            if best is None or bits * best[1] > best[0] * connections:
                best = bits, connections, instant
        return best

    def states(self) -> Iterable[Tightest]:
        raise NotImplementedError

    def bits(self, member: _Member, column: int) -> int:
        return member.peaks.bits[column] if member.peaks else 0


class _OneSite(_Sharing):
    """The connections of one site of a group: it is there from the first site on, until the last one leaves."""

    def states(self) -> Iterator[Tightest]:
        (member,) = self.members
        connections = min(member.group.entry.connections_per_site, self.most)
        bounds, steps = self.period.bounds, member.group.steps
        at = sites = 0
        for column, (start, end) in enumerate(pairwise(bounds)):
            while at < len(steps) and steps[at].instant <= start:
                sites += steps[at].change
                at += 1
            since = start if sites else None
            while at < len(steps) and steps[at].instant < end:
                sites += steps[at].change
                if sites and since is None:
                    since = steps[at].instant
                at += 1
            if since is not None:
                yield self.bits(member, column), connections, since


class _AllSites(_Sharing):
    """All connections of some groups."""

    def states(self) -> Iterator[Tightest]:
        bounds = self.period.bounds
        sites = [0] * len(self.members)
        changes = sorted(
            (step.instant, step.change, number)
            for number, member in enumerate(self.members)
            for step in member.group.steps
        )
        at = 0
        for column, (start, end) in enumerate(pairwise(bounds)):
            while at < len(changes) and changes[at][0] <= start:
                sites[changes[at][2]] += changes[at][1]
                at += 1
            bits = sum(count * self.bits(member, column) for count, member in zip(sites, self.members, strict=True))
            connections = sum(
                count * member.group.entry.connections_per_site
                for count, member in zip(sites, self.members, strict=True)
            )
            if connections:
                yield bits, min(connections, self.most), start
            while at < len(changes) and changes[at][0] < end:
                instant = changes[at][0]
                while at < len(changes) and changes[at][0] == instant:
                    _, change, number = changes[at]
                    member = self.members[number]
                    sites[number] += change
                    bits += change * self.bits(member, column)
                    connections += change * member.group.entry.connections_per_site
                    at += 1
                if connections:
                    yield bits, min(connections, self.most), instant
