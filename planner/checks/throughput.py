"""The connections of a site, or of a set that shares routes, carry the peak of its traffic.

passes:
    attachments:
      branch: {traffic: {peak_mbps: 1000}}

fails:
    attachments:
      branch: {traffic: {peak_mbps: 2001}}
"""

from collections.abc import Iterator

from planner.check import Check, Subject
from planner.core.problem import Finding
from planner.scenario import Group, Scenario
from planner.throughput import MEGA, Load, loads

_BASES = {
    "peak_mbps": "as stated",
    "peak_to_average": "the average of the month × peak_to_average",
    "average": "the average of the month alone, and no peak is lower",
}


def find(subject: Subject) -> Iterator[Finding]:
    """An error where a peak is more than its tunnels carry, a warning where no page says whether they do.

    Alike connections are told once, by the highest peak. Once per plan: that a single flow is slower than a peak,
    and from the stage design on that peaks are not stated (information).
    """
    found = list(loads(subject.scenarios))
    worst: dict[tuple[object, ...], list[Load]] = {}
    for load in found:
        if load.status in ("exceeds", "unknown"):
            alike = (load.status, load.kind, load.router if load.set_name else "", load.set_name)
            worst.setdefault((*alike, load.capacity, load.connections), []).append(load)
    for several in worst.values():
        yield _too_much(max(several, key=lambda load: load.bits), len(several) - 1)
    for scenario in subject.scenarios:
        of_plan = [load for load in found if load.plan == scenario.plan.name]
        yield from _single_flow(scenario, of_plan)
        if scenario.plan.stage != "estimate":
            yield from _not_stated(scenario, of_plan)


def _too_much(load: Load, others: int) -> Finding:
    capacity = load.capacity
    basis = ", ".join(text for key, text in _BASES.items() if key in load.bases)
    carried = _mbps(load.carried)
    tunnels = f"{capacity.tunnels} {'tunnel' if capacity.tunnels == 1 else 'tunnels'} of {capacity.tunnel_mbps:,}"
    each = f"{tunnels} Mbit/s"
    if capacity.connection_mbps < capacity.most_mbps:
        each += f"; {capacity.connection_mbps:,} of it are documented, and what two Large tunnels carry together is not"
    those = "1 connection carries" if load.connections == 1 else f"{load.connections} connections in ECMP carry"
    told = f"{_name(load)}: a peak of {_mbps(load.bits)} Mbit/s in {load.month} ({basis}), and {those} up to {carried}"
    message = f"{told} Mbit/s ({each} per connection)"
    if others:
        message += f"; so {'does' if others == 1 else 'do'} {others} more of its kind, with lower peaks"
    if load.existing:
        message += f"; of today's {load.existing} connections of the set it is not known what they carry"
    return Finding(
        code="throughput",
        level="error" if load.status == "exceeds" else "warning",
        subject=load.set_name or load.groups[0].id,
        place=load.groups[0].at("traffic") if _has_key(load.groups[0], "traffic") else load.groups[0].place,
        message=message,
        remedy=_remedy(load),
        source=CHECK.source,
    )


def _remedy(load: Load) -> str:
    needed, one = load.needed, load.capacity.connection_mbps
    if needed + load.existing > load.most:
        return (
            f"{needed} connections of {one:,} Mbit/s would carry it, and more than {load.most} cannot share routes:"
            " lay networks with routes of their own over several sets"
        )
    if needed <= load.connections:
        return "ask Alibaba Cloud"
    how = {
        "none": f"give each site {needed} connections that share routes: connections_per_site and ecmp: per-site",
        "per-site": f"give each site {needed} connections: connections_per_site: {needed}",
    }
    return how.get(load.kind, f"let {needed} connections share the routes: raise connections_per_site")


def _single_flow(scenario: Scenario, of_plan: list[Load]) -> Iterator[Finding]:
    """Peaks that no single flow reaches, once."""
    beyond = [one for one in of_plan if one.status == "fits" and one.bits > one.capacity.tunnel_mbps * MEGA]
    if not beyond:
        return
    first = max(beyond, key=lambda one: one.bits)
    message = (
        f"a single flow uses one tunnel, here {first.capacity.tunnel_mbps:,} Mbit/s: the peak of {_name(first)},"
        f" {_mbps(first.bits)} Mbit/s, is reached by many flows together only"
    )
    if len(beyond) > 1:
        message += f"; so it is in {len(beyond) - 1} more"
    remedy = "see whether one transfer alone has to be faster, such as a backup; if so, split it"
    place = first.groups[0].place
    yield Finding("throughput", "info", scenario.plan.name, place, message, remedy, CHECK.source)


def _not_stated(scenario: Scenario, of_plan: list[Load]) -> Iterator[Finding]:
    """Peaks that are not stated, once."""
    without = [one for one in of_plan if one.status == "not-stated"]
    if not without:
        return
    message = (
        f"whether the connections carry the peaks is unknown for {sum(len(one.groups) for one in without)} of"
        f" {sum(len(one.groups) for one in of_plan)} groups, such as {_name(without[0])}: no peak is stated"
    )
    remedy = "give peak_mbps, or peak_to_average beside the GB, in the traffic"
    place = without[0].groups[0].place
    yield Finding("throughput", "info", scenario.plan.name, place, message, remedy, CHECK.source)


def _name(load: Load) -> str:
    if load.set_name:
        return f"set {load.set_name} on {load.router}"
    return load.groups[0].id if load.kind == "group" else f"{load.groups[0].id}, each site"


def _has_key(group: Group, key: str) -> bool:
    return key in group.entry.model_fields_set


def _mbps(bits: int) -> str:
    """bit/s as Mbit/s with at most three decimals, cut: 1,234.5."""
    whole, rest = divmod(bits // 1000, 1000)
    return f"{whole:,}" + (f".{rest:03}".rstrip("0") if rest else "")


CHECK = Check(
    description=(
        "The peak of a site is carried by its connections: by one of them, or by all that share routes, at most 16."
        " A tunnel carries 1 Gbps, a Large one 3 Gbps; the documentation says up to 2 Gbps per connection, which is two"
        " Standard tunnels, and this follows it. What two Large tunnels carry together is not documented: more than"
        " 3 Gbps is unknown, more than 6 Gbps too much. Encryption's overhead is in no peak."
    ),
    source=(
        "VPN Gateway documentation, bandwidth of tunnels and connections; at most 16 in ECMP: Attach an IPsec-VPN"
        " connection to a transit router, limits"
    ),
    find=find,
    level="error",
)
