"""Every check lets pass what its docstring says it lets pass, and tells what it says it tells.

An example is a part of a plan. It is laid over the plan of tests/support/example_plans.py.
"""

from __future__ import annotations

import pytest

from planner import check
from planner.core.problem import Finding
from tests.support import example_plans


def findings(example: str, priced: bool = False) -> tuple[Finding, ...]:
    """What all checks say of the plan with the example."""
    return example_plans.made(example, priced).findings


def told_of(name: str, section: str) -> list[Finding]:
    """What a check says of one of its examples; it is priced where the check needs prices."""
    said = findings(check.examples(name)[section], priced=check.declared()[name].needs_prices)
    return [finding for finding in said if finding.code == name]


@pytest.mark.parametrize("name", check.declared())
def test_what_passes_passes(name: str) -> None:
    assert not [finding.message for finding in told_of(name, "passes")]


@pytest.mark.parametrize(
    ("name", "section"),
    [(name, section) for name in check.declared() for section in check.examples(name) if section != "passes"],
)
def test_what_fails_is_told_at_its_place(name: str, section: str) -> None:
    told = told_of(name, section)
    assert told
    for finding in told:
        assert finding.place and finding.place.location.line > 1
        assert finding.message and finding.remedy
        assert finding.source == check.declared()[name].source or finding.source.startswith("https://")
    if level := section.removeprefix("fails").removeprefix(" as "):
        assert level in {finding.level for finding in told}


@pytest.mark.parametrize("name", check.declared())
def test_every_check_has_two_examples(name: str) -> None:
    missing = {"passes", "fails"} - check.examples(name).keys()
    assert not missing, f"give the docstring of planner/checks/{name.replace('-', '_')}.py: {sorted(missing)}"


# More of what they tell: the configuration that every group of the plan has, what is told, and how grave it is.

BGP = "{{bgp: {{tunnel_cidr: {}}}}}"
FLOW = "{{routing_mode: flow-protection, local_cidr_blocks: {}, peer_cidr_blocks: {}}}"
CASES = [
    ("ike-mode-with-fqdn", "{ike: {local_id: gw.example.com}}", "warning", "main by default"),
    ("ike-mode-with-fqdn", "{ike: {local_id: 203.0.113.1, mode: main}}", "", ""),
    ("encryption", "{ipsec: {encryption: aes128}}", "error", "ipsec encryption aes128 is none of aes, aes192"),
    ("encryption", "{ipsec: {encryption: des}}", "warning", "ipsec encryption des is weak"),
    ("encryption", "{ike: {encryption: aes}}", "", ""),
    ("authentication", "{ike: {authentication: sha1}}", "warning", "ike authentication sha1 is weak"),
    ("authentication", "{ike: {authentication: sha3}}", "error", "none of sha1, md5, sha256, sha384, sha512"),
    ("dh-group", "{ike: {dh_group: group5}}", "warning", "is small"),
    ("dh-group", "{ipsec: {dh_group: disabled}}", "warning", "without PFS"),
    ("dh-group", "{ike: {dh_group: disabled}}", "error", "none of group1, group2, group5, group14"),
    ("dh-group", "{ipsec: {dh_group: group24}}", "error", "group14, disabled"),
    ("sa-lifetime", "{ike: {lifetime_seconds: 0}, ipsec: {lifetime_seconds: 86400}}", "", ""),
    ("sa-lifetime", "{ipsec: {lifetime_seconds: 100000}}", "error", "100,000 is more than 86,400"),
    ("bgp-tunnel-cidr", BGP.format("169.254.7.0/30"), "", ""),
    ("bgp-tunnel-cidr", BGP.format("169.254.6.4/30"), "", ""),  # only the first /30 of 169.254.6.0 is reserved
    ("bgp-tunnel-cidr", BGP.format("169.254.6.0/30"), "error", "reserved"),
    ("bgp-tunnel-cidr", BGP.format("169.254.169.252/30"), "error", "reserved"),
    ("bgp-tunnel-cidr", BGP.format("169.254.10.0/29"), "error", "the mask is /29, not /30"),
    ("bgp-tunnel-cidr", BGP.format("10.0.0.0/30"), "error", "not inside 169.254.0.0/16"),
    ("bgp-tunnel-cidr", BGP.format("169.254.10.1/30"), "error", "is no CIDR block"),
    ("bgp-tunnel-cidr", BGP.format("[169.254.10.0/30, 169.254.10.0/30]"), "error", "both tunnels have it"),
    ("bgp-tunnel-cidr", BGP.format("[169.254.9.0/30, 169.254.9.4/30, 169.254.9.8/30]"), "error", "has two tunnels"),
    (
        "bgp-tunnel-cidr",
        "{bgp: {tunnel_cidr: 169.254.9.0/30, local_bgp_ip: 169.254.9.5}}",
        "error",
        "outside its block",
    ),
    ("bgp-tunnel-cidr", "{bgp: {local_bgp_ip: 169.254.9.5}}", "error", "has no tunnel_cidr"),
    ("bgp-tunnel-cidr", "{bgp: {local_bgp_ip: x}}", "error", "is no IPv4 address"),
    ("bgp-asn", "{bgp: {local_asn: 45104}}", "", ""),
    ("bgp-asn", "{bgp: {local_asn: 65534}}", "", ""),
    ("bgp-asn", "{bgp: {local_asn: 65535}}", "warning", "is public"),
    ("bgp-asn", "{bgp: {local_asn: 4200000000}}", "", ""),
    ("bgp-asn", "{bgp: {local_asn: 123.456}}", "warning", "is public"),
    ("bgp-asn", "{bgp: {local_asn: 0}}", "error", "none of 1 to 4294967295"),
    ("bgp-asn", "{bgp: {local_asn: 1.65536}}", "error", "two segments of 16 bits"),
    ("health-check", "{health_check: {destination: x, source: 10.1.0.1}}", "error", "is no address"),
    ("flow-protection-cidrs", FLOW.format("[10.0.0.0/16]", "[10.1.0.0/16]"), "", ""),
    ("flow-protection-cidrs", FLOW.format("[10.0.0.0/8]", "[]"), "error", "without peer_cidr_blocks"),
    ("flow-protection-cidrs", FLOW.format("[10.0.0.1/8]", "[10.1.0.0/16]"), "error", "no CIDR block"),
    ("flow-protection-cidrs", FLOW.format("[10.0.0.0]", "[10.1.0.0/16]"), "error", "no CIDR block"),
    ("flow-protection-cidrs", FLOW.format("[10.0.0.0/16, 10.2.0.0/16]", "[10.1.0.0/16]"), "warning", "none is stated"),
    ("same-tunnel-cidr", BGP.format("[169.254.9.0/30, 169.254.9.4/30]"), "", ""),
]


@pytest.mark.parametrize(("code", "tunnel", "level", "words"), CASES)
def test_configuration_of_tunnels(code: str, tunnel: str, level: str, words: str) -> None:
    told = [finding for finding in findings(f"tunnels: {{strong: {tunnel}}}") if finding.code == code]
    if not level:
        assert not told
        return
    assert [finding.level for finding in told] == [level]
    assert words in told[0].message
    assert told[0].subject == "strong"


def test_at_most_five_blocks_and_version_1_takes_one_only() -> None:
    blocks = ", ".join(f"10.{second}.0.0/16" for second in range(6))
    tunnel = f"ike: {{version: ikev1}}, routing_mode: flow-protection, local_cidr_blocks: [{blocks}]"
    told = [
        finding.message
        for finding in findings(f"tunnels: {{strong: {{{tunnel}, peer_cidr_blocks: [192.168.0.0/16]}}}}")
        if (finding.code, finding.level) == ("flow-protection-cidrs", "error")
    ]
    assert told == [
        "strong: several CIDR blocks need IKE version 2, and this is version 1",
        "strong: 6 local_cidr_blocks, and at most 5 are possible",
    ]


def test_a_profile_is_told_once_however_many_groups_and_connections_have_it() -> None:
    other = "{network_type: public, transit_router: tr, tunnel: strong, sites: 900, connections_per_site: 4}"
    told = findings(f"tunnels: {{strong: {{dpd: false}}}}\nattachments: {{other: {other}}}")
    assert sum(finding.code == "dead-peer-detection" for finding in told) == 1


def test_two_profiles_with_one_block_are_told_once_and_on_one_router_only() -> None:
    profiles = "tunnels: {strong: {bgp: {tunnel_cidr: 169.254.9.0/30}}, more: {bgp: {tunnel_cidr: 169.254.9.0/30}}}\n"
    routers = "estate: {transit_routers: {other: {region: eu-central-1, account: hub}}}\n"
    group = "attachments: {{two: {{network_type: public, transit_router: {}, tunnel: more, sites: 1}}}}"

    def told(router: str) -> list[str]:
        found = findings(profiles + routers + group.format(router))
        return [finding.message for finding in found if finding.code == "same-tunnel-cidr"]

    assert told("tr") == ["strong: 2 connections of a transit router have the block 169.254.9.0/30"]
    assert told("other") == []


@pytest.mark.parametrize(("stage", "level"), [("estimate", "info"), ("design", "warning"), ("ready", "warning")])
def test_what_is_not_stated_weighs_more_the_further_the_plan_is(stage: str, level: str) -> None:
    told = [f for f in findings(f"stage: {stage}\ntunnels: {{strong: {{dpd: true}}}}") if f.code == "unstated-tunnel"]
    assert [finding.level for finding in told] == [level]
    assert "ike version (ikev1, by newer pages ikev2)" in told[0].message
    assert "dpd" not in told[0].message
