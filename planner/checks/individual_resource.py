"""A connection that exists already may cost its fee already.

passes:
    connections: {made: {individual_resource: create}}
    attachments:
      branch: {connection: made}

fails:
    connections: {made: {individual_resource: select}}
    attachments:
      branch: {connection: made}
"""

from collections.abc import Iterator

from planner.check import Check, Subject
from planner.core.problem import Finding


def find(subject: Subject) -> Iterator[Finding]:
    """Information per way of making connections that selects existing ones, on their own fee."""
    for use in subject.connections:
        if use.groups and use.entry.individual_resource == "select":
            count = sum(group.most_connections for group in use.groups)
            message = (
                f"it selects connections that exist, {count} at most: their own fee may run already and is then no"
                " increment of this plan, and the estimate prices it nevertheless"
            )
            remedy = "take the fee out by hand where it is paid already; that of the attachment is new in any case"
            yield CHECK.about("individual-resource", "info", use, ("individual_resource",), message, remedy)


CHECK = Check(
    description=(
        "An attachment creates its IPsec-VPN connection or selects one that exists. The fee of an existing one may run"
        " already, so that it is no increment of the plan. The estimate prices it all the same, and says so."
    ),
    source="Attach an IPsec-VPN connection to a transit router, Individual Resource",
    find=find,
    level="info",
)
