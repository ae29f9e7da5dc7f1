"""The autonomous system number is one that exists, and a private one.

passes:
    tunnels:
      strong: {bgp: {local_asn: 65010}}

fails:
    tunnels:
      strong: {bgp: {local_asn: 4294967296}}

fails as warning:
    tunnels:
      strong: {bgp: {local_asn: 65535}}
"""

from collections.abc import Iterator

from planner.check import Check, Subject
from planner.core.problem import Finding
from planner.tunnel import DEFAULT_ASN, asn_number

MOST = 4294967295
_PRIVATE = ((64512, 65534), (4200000000, 4294967294))


def find(subject: Subject) -> Iterator[Finding]:
    """An error for a number that cannot be, a warning for a public one other than the vendor's default."""
    for use in subject.tunnels:
        if use.entry.bgp is None or (stated := use.entry.bgp.local_asn) is None:
            continue
        number, keys = asn_number(stated), ("bgp", "local_asn")
        remedy = "take a private one, such as 64512 to 65534"
        if number is None or not 1 <= number <= MOST:
            message = f"local_asn {stated} is none of 1 to {MOST}, nor two segments of 16 bits"
            yield CHECK.about("bgp-asn", "error", use, keys, message, remedy)
        elif number != DEFAULT_ASN and not any(low <= number <= high for low, high in _PRIVATE):
            message = f"local_asn {stated} is public: a private one is recommended"
            yield CHECK.about("bgp-asn", "warning", use, keys, message, remedy)


CHECK = Check(
    description=(
        "The local autonomous system number is 1 to 4294967295, or two segments of 16 bits (123.456); a private one "
        "is recommended (64512 to 65534 and 4200000000 to 4294967294, RFC 6996). The vendor's default, 45104, is let "
        "pass."
    ),
    source="Attach an IPsec-VPN connection to a transit router, Local ASN",
    find=find,
    level="error",
)
