"""What a plan does not state of its tunnels is left to the vendor's defaults; that is said once, as no choice.

passes:
    stage: estimate
    attachments:
      branch: {tunnel: null}

fails:
    stage: design
    tunnels:
      strong: {ike: {version: ikev2}}

fails as info:
    stage: estimate
    tunnels:
      strong: {ike: {version: ikev2}}
"""

from collections.abc import Iterator

from planner.check import Check, Subject
from planner.core.problem import Finding
from planner.tunnel import Tunnel

_PHASE = {"encryption": "aes", "authentication": "sha1", "dh_group": "group2", "lifetime_seconds": "86400"}
_DEFAULTS: dict[tuple[str, ...], str] = {
    ("ike", "version"): "ikev1, by newer pages ikev2",
    ("ike", "mode"): "main",
    **{(phase, key): default for phase in ("ike", "ipsec") for key, default in _PHASE.items()},
    ("dpd",): "on",
    ("nat_traversal",): "on",
    ("routing_mode",): "destination",
    ("apply_immediately",): "no",
}
"""By the document, for every parameter that has one and is not simply off."""


def find(subject: Subject) -> Iterator[Finding]:
    """One finding per plan: a warning from the stage design on, information where an estimate states something."""
    for scenario in subject.scenarios:
        used = [use.entry for use in scenario.tunnels if use.groups]
        if scenario.plan.stage == "estimate" and not used:
            continue
        without = sum(group.entry.tunnel is None for group in scenario.groups)
        if without:
            used.append(Tunnel())
        left = {keys: word for keys, word in _DEFAULTS.items() if any(_stated(one, keys) is None for one in used)}
        if not left:
            continue
        told = "; ".join(f"{' '.join(keys)} ({default})" for keys, default in left.items())
        groups = f" (in {without} of {len(scenario.groups)} groups nothing is stated)" if without else ""
        yield Finding(
            code="unstated-tunnel",
            level=CHECK.level_at(scenario.plan.stage),
            subject=scenario.plan.name,
            place=scenario.place("tunnels") if scenario.plan.tunnels else scenario.place("attachments"),
            message=f"not stated for every tunnel, so the vendor's defaults apply: {told}{groups}",
            remedy="state them in tunnels, and name the configuration in every group",
            source=CHECK.source,
        )


def _stated(tunnel: Tunnel, keys: tuple[str, ...]) -> object:
    value: object = tunnel
    for key in keys:
        value = getattr(value, key)
    return value


CHECK = Check(
    description=(
        "From the stage design on a plan states how its tunnels are configured. What it leaves out is the vendor's"
        " default, which is reported once per plan and never as if it had been chosen."
    ),
    source="Attach an IPsec-VPN connection to a transit router, encryption settings",
    find=find,
    by_stage={"estimate": "info", "design": "warning", "ready": "warning"},
)
