"""The advanced settings of an attachment have an effect, and where they are off a route table is named.

passes:
    tunnels:
      strong: {bgp: {local_asn: 64512}}
    connections:
      by-terraform:
        created_with: terraform
        automatic_route_advertisement: true
        route_table: rtb-branches
    attachments:
      branch: {connection: by-terraform}

fails:
    connections:
      by-terraform: {created_with: terraform}
    attachments:
      branch: {connection: by-terraform}
"""

from collections.abc import Iterator

from planner.check import Check, Subject
from planner.connection import Connection
from planner.core.problem import Finding

_TABLE = {
    "default_route_table_association": "association with",
    "default_route_table_propagation": "propagation to",
}


def find(subject: Subject) -> Iterator[Finding]:
    """A warning per configuration: routes are advertised without BGP; or a setting is off and no table is named."""
    for scenario in subject.scenarios:
        with_bgp = {group.id for use in scenario.tunnels if use.entry.bgp for group in use.groups}
        for use in scenario.connections:
            without = [group.id for group in use.groups if group.id not in with_bgp]
            if use.entry.automatic_route_advertisement and without:
                message = (
                    "automatic_route_advertisement has an effect with BGP only, and"
                    f" {len(without)} of {len(use.groups)} groups have none, such as {without[0]}"
                )
                remedy = "give their tunnels bgp, or set it to false and plan static routes"
                keys = ("automatic_route_advertisement",)
                yield CHECK.about("advanced-settings", "warning", use, keys, message, remedy)
            off = list(_off(use.entry))
            if off and use.entry.route_table is None:
                told = " and ".join(f"{_TABLE[key]} the default route table" for key, _ in off)
                why = "; ".join(dict.fromkeys(said for _, said in off))
                message = f"without {told}, and no route_table is named: {why}"
                remedy = f"name route_table, or set {' and '.join(key for key, _ in off)} to true"
                stated = next((key for key, _ in off if key in use.entry.model_fields_set), "created_with")
                yield CHECK.about("advanced-settings", "warning", use, (stated,), message, remedy)


def _off(entry: Connection) -> Iterator[tuple[str, str]]:
    """Settings that are off, and why."""
    for key in _TABLE:
        stated = getattr(entry, key)
        if stated is False:
            yield key, "the plan says so"
        elif stated is None and entry.created_with in ("api", "terraform"):
            made = "Terraform" if entry.created_with == "terraform" else "the API"
            yield key, f"in the console, which the document describes, both are on by default; by {made} they are off"


CHECK = Check(
    description=(
        "Automatic route advertisement has an effect only with BGP. Association with the default route table and"
        " propagation to it are on by default in the console, as the document says, and off by default in API and"
        " Terraform: where they are off, the plan names the route table."
    ),
    source=(
        "Attach an IPsec-VPN connection to a transit router, Advanced settings; defaults of the API and the Terraform"
        " provider"
    ),
    find=find,
)
