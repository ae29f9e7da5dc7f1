"""What checks say of connections, peers and what tunnels need of a transit router; and that no rule is left out."""

from __future__ import annotations

import pytest

from planner import check, quota
from planner.core.problem import Finding
from planner.plan import make_plan
from planner.tunnel import RESERVED_TUNNEL_BLOCKS
from tests.test_check_examples import findings

OTHER = "{network_type: public, transit_router: tr, tunnel: strong, sites: 1"


def told(code: str, example: str) -> list[Finding]:
    return [one for one in findings(example) if one.code == code]


def connection(stated: str, tunnel: str = "{}") -> str:
    return f"tunnels: {{strong: {tunnel}}}\nattachments: {{branch: {{connection: {stated}}}}}"


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        ("{created_with: console}", []),
        ("{}", []),
        ("{automatic_route_advertisement: true}", ["has an effect with BGP only, and 1 of 1 groups have none"]),
        ("{automatic_route_advertisement: false}", []),
        ("{default_route_table_association: false}", ["without association with the default route table, and no"]),
        ("{default_route_table_propagation: false, route_table: own}", []),
        ("{created_with: api}", ["association with the default route table and propagation to the default"]),
        (
            "{created_with: terraform, default_route_table_association: true}",
            ["without propagation to the default route table, and no route_table is named: in the console, which"],
        ),
        (
            "{created_with: api, default_route_table_association: true, default_route_table_propagation: true}",
            [],
        ),
    ],
)
def test_advanced_settings(stated: str, words: list[str]) -> None:
    found = told("advanced-settings", connection(stated))
    assert [one.level for one in found] == ["warning"] * len(words)
    for one, expected in zip(found, words, strict=True):
        assert expected in one.message


def test_advertised_routes_have_an_effect_with_bgp() -> None:
    stated = connection("{automatic_route_advertisement: true}", "{bgp: {local_asn: 64512}}")
    assert not told("advanced-settings", stated)


@pytest.mark.parametrize(("sites", "level"), [(201, ""), (202, "warning"), (254, "warning")])
def test_addresses_of_private_attachments_are_never_called_enough(sites: int, level: str) -> None:
    # a /24 has 256; each connection needs one at least, and three blocks one each: 202 + 3 = 205 is over 80 %
    plan = (
        "estate: {transit_routers: {tr: {cidr_blocks: [10.60.0.0/24]}}}\n"
        "underlays: {line: {kind: vbr, transit_router: tr, already_attached: true}}\n"
        f"attachments: {{branch: {{network_type: private, underlay: line, sites: {sites}}}}}\n"
    )
    assert [one.level for one in told("address-supply", plan)] == ([level] if level else [])
    (designed,) = told("address-supply", f"stage: design\n{plan}")
    assert designed.level == (level or "info")
    verdict = "too few" if sites == 254 else "whether that is enough is unknown"
    assert f"256 addresses; {sites} private connections need at least {sites + 3} of them" in designed.message
    assert verdict in designed.message


def test_routes_of_flow_protection_are_told_once_for_all_connections() -> None:
    flow = "{routing_mode: flow-protection, local_cidr_blocks: [10.0.0.0/16], peer_cidr_blocks: [10.1.0.0/16]}"
    more = f"branch: {{sites: 3}}, more: {OTHER}, connections_per_site: 2}}"
    (one,) = told("flow-protection-route", f"tunnels: {{strong: {flow}}}\nattachments: {{{more}}}")
    assert (one.level, one.subject) == ("info", "example")
    assert one.message.startswith("5 connections have flow protection")  # 3 + 1 site × 2
    assert "2,000 routes" in one.message


@pytest.mark.parametrize(
    ("block", "words"),
    [
        ("10.1.0.0/16", ""),
        ("10.1.0.0", "10.1.0.0 is no CIDR block"),
        ("10.1.0.1/16", "10.1.0.1/16 is no CIDR block"),
        ("0.0.0.0/0", "0.0.0.0/0: a static route never leads to 0.0.0.0/0"),
        ("100.64.0.0/24", "overlaps 100.64.0.0/10"),
        ("100.0.0.0/8", "overlaps 100.64.0.0/10"),
        ("100.128.0.0/9", ""),
    ],
)
def test_blocks_of_peers_can_be_routed_to(block: str, words: str) -> None:
    found = told("overlapping-sites", f"attachments: {{branch: {{peer: {{cidr_blocks: [{block}]}}}}}}")
    assert [one.level for one in found] == (["error"] if words else [])
    assert all(words in one.message for one in found)


def test_with_bgp_no_static_route_is_needed() -> None:
    plan = "tunnels: {strong: {bgp: {local_asn: 64512}}}\nattachments: {branch: {peer: {cidr_blocks: [0.0.0.0/0]}}}"
    assert not told("overlapping-sites", plan)


PEERS = "peers: {oslo: {cidr_blocks: [10.1.0.0/16]}, rome: {cidr_blocks: [10.0.0.0/8]}}\n"
ROUTER = "estate: {transit_routers: {other: {region: eu-central-1, account: hub}}}\n"


@pytest.mark.parametrize(
    ("branch", "more", "errors"),
    [
        ("peer: oslo", "peer: rome", 1),
        ("peer: oslo", "peer: oslo", 0),  # two groups that reach the same data centre
        ("peer: oslo, ecmp: set dc", "peer: rome, ecmp: set dc", 0),  # they share routes on purpose
        ("peer: oslo", "peer: rome, transit_router: other", 0),
        ("peer: oslo", "peer: {cidr_blocks: [10.1.2.0/24]}", 1),
        ("peer: oslo", "peer: {cidr_blocks: [10.2.0.0/24]}", 0),
    ],
)
def test_networks_of_different_sites_on_one_router_do_not_overlap(branch: str, more: str, errors: int) -> None:
    other = OTHER.replace("transit_router: tr, ", "") if "transit_router" in more else OTHER
    plan = f"{PEERS}{ROUTER}attachments: {{branch: {{{branch}}}, more: {other}, {more}}}}}"
    assert len(told("overlapping-sites", plan)) == errors


def test_blocks_of_flow_protection_overlap_as_well() -> None:
    flow = "routing_mode: flow-protection, local_cidr_blocks: [10.0.0.0/16], peer_cidr_blocks: [10.1.3.0/24]"
    plan = f"tunnels: {{strong: {{{flow}}}}}\n{PEERS}attachments: {{branch: {{}}, more: {OTHER}, peer: rome}}}}"
    (one,) = told("overlapping-sites", plan)
    assert "10.1.3.0/24 overlaps 10.0.0.0/8 of rome at plan.yaml:" in one.message


def test_many_blocks_in_one_are_one_finding() -> None:
    groups = ", ".join(f"g{n}: {OTHER}, peer: {{cidr_blocks: [10.{n}.0.0/16]}}}}" for n in range(1, 40))
    (one,) = told("overlapping-sites", f"attachments: {{branch: {{peer: {{cidr_blocks: [10.0.0.0/8]}}}}, {groups}}}")
    assert "and so do blocks of 38 more" in one.message


def test_tunnel_blocks_that_remain_are_counted() -> None:
    blocks = 2**16 // 4 - len(RESERVED_TUNNEL_BLOCKS)
    assert blocks == 16_376
    plan = "tunnels: {{strong: {{bgp: {{local_asn: 64512}}}}}}\nattachments: {{branch: {{sites: {}}}}}"
    assert not told("tunnel-addresses", plan.format(blocks // 2))
    (one,) = told("tunnel-addresses", plan.format(blocks // 2 + 1))
    assert "8,189 connections with BGP need 16,378 tunnel CIDR blocks, and 16,376 can be used" in one.message


@pytest.mark.parametrize(
    ("branch", "more", "words"),
    [
        ("sites: 1, attachment_name: a", "attachment_name: b", ""),
        ("sites: 1, attachment_name: a", "attachment_name: a", "the attachment name a is given to the groups branch"),
        ("sites: 2, attachment_name: a", "attachment_name: a-2", "the attachment name a-2 is given to the groups"),
        ("sites: 2, attachment_name: a", "attachment_name: a-3", ""),
        ("sites: 2, attachment_name: a", "attachment_name: a-02", ""),
        ("sites: 1, attachment_name: a", "attachment_name: a-1", ""),  # a single one has no number
        ("sites: 2, attachment_name: a", "attachment_name: a", "a and its numbers"),
    ],
)
def test_names_of_attachments(branch: str, more: str, words: str) -> None:
    found = told("attachment-names", f"attachments: {{branch: {{{branch}}}, more: {OTHER}, {more}}}}}")
    assert len(found) == bool(words)
    assert all(words in one.message and one.level == "warning" for one in found)


@pytest.mark.parametrize(
    ("stage", "tunnel", "words"),
    [
        ("estimate", "{}", ""),
        ("estimate", "{apply_immediately: false}", "no, which is stated, in 1 of 1 groups"),
        ("design", "{}", "no, which is the default, in 1 of 1 groups"),
        ("design", "{apply_immediately: true}", ""),
    ],
)
def test_apply_immediately_is_told_once(stage: str, tunnel: str, words: str) -> None:
    found = told("apply-immediately", f"stage: {stage}\ntunnels: {{strong: {tunnel}}}")
    assert [one.level for one in found] == (["info"] if words else [])
    assert all(words in one.message and "billed from its creation" in one.message for one in found)


def test_one_tunnel_needs_no_second_key() -> None:
    assert told("psk-of-two-tunnels", "stage: ready")
    assert not told("psk-of-two-tunnels", "stage: ready\ntunnels: {strong: {configured_tunnels: 1}}")


@pytest.mark.parametrize(
    ("pfs", "dh_group", "words"),
    [
        ("true", "group14", ""),
        ("false", "disabled", ""),
        ("false", "group14", "PFS is off at the peer, and ipsec dh_group group14 turns it on for branch"),
        ("true", "disabled", "PFS is on at the peer, and off (ipsec dh_group disabled) for branch"),
        ("false", "", "ipsec dh_group group2 (the default) turns it on"),
        ("null", "disabled", ""),
    ],
)
def test_pfs_is_the_same_at_both_ends(pfs: str, dh_group: str, words: str) -> None:
    tunnels = f"tunnels: {{strong: {{ipsec: {{{'dh_group: ' + dh_group if dh_group else ''}}}}}}}"
    found = told("peer-pfs", f"{tunnels}\nattachments: {{branch: {{peer: {{pfs: {pfs}}}}}}}")
    assert len(found) == bool(words)
    assert all(words in one.message for one in found)


def test_a_complete_health_check_has_a_warning_and_its_route() -> None:
    stated = "{health_check: {destination: 10.0.0.1, source: 10.1.0.1}}"
    by_level = {one.level: one.message for one in told("health-check", f"tunnels: {{strong: {stated}}}")}
    assert "newer pages, which this follows" in by_level["warning"]
    assert "a route to 10.1.0.1/32 whose next hop is the connection" in by_level["info"]


MINE = {
    "advanced-settings", "address-supply", "apply-immediately", "attachment-names", "flow-protection-route",
    "overlapping-sites", "peer-pfs", "psk-of-two-tunnels", "single-tunnel", "throughput", "tunnel-addresses",
}  # fmt: skip


def test_an_estimate_that_states_nothing_is_told_nothing_of_it() -> None:
    groups = ", ".join(f"g{n}: {OTHER}}}" for n in range(50)).replace("tunnel: strong, ", "")
    assert not [one for one in findings(f"attachments: {{branch: {{tunnel: null}}, {groups}}}") if one.code in MINE]


def test_a_design_of_many_groups_is_told_each_thing_once() -> None:
    groups = ", ".join(f"g{n}: {OTHER}, traffic: {{peak_mbps: 9000}}}}" for n in range(50))
    found = [one.code for one in findings(f"stage: design\nattachments: {{{groups}}}") if one.code in MINE]
    assert sorted(found) == ["apply-immediately", "psk-of-two-tunnels", "throughput", "throughput"]


# Every statement of the source document, and what holds a plan against it.

CHECKLIST = "cenplan checklist"
READING = "refused when the plan is read"
STATEMENTS: dict[str, tuple[str, ...]] = {
    "edition": ("edition",),
    "region": ("region-support",),
    "quota 50": ("vpn-attachments-per-transit-router",),
    "ECMP 16": ("ecmp-vpn-attachments",),
    "one transit router per connection": ("transit-routers-per-connection",),
    "gateway type: private needs an underlay": (READING,),
    "routing mode": ("flow-protection-cidrs",),
    "pre-shared key": (READING,),
    "PSK of two tunnels": ("psk-of-two-tunnels",),
    "IKE version": ("ike-version",),
    "negotiation mode": ("ike-mode-with-fqdn",),
    "encryption": ("encryption",),
    "authentication": ("authentication",),
    "DH group": ("dh-group",),
    "SA lifetime": ("sa-lifetime",),
    "DPD": ("dead-peer-detection",),
    "NAT traversal": ("nat-traversal",),
    "BGP": ("bgp-tunnel-cidr", "bgp-asn", "same-tunnel-cidr"),
    "health check": ("health-check", CHECKLIST),
    "advanced settings": ("advanced-settings",),
    "throughput": ("throughput",),
    "SLA": ("single-tunnel",),
    "rollout order": (CHECKLIST,),
    "apply immediately": ("apply-immediately",),
    "address supply": ("address-supply",),
    "flow protection route": ("flow-protection-route",),
    "overlapping sites": ("overlapping-sites",),
    "tunnel addresses": ("tunnel-addresses",),
    "peer side": (CHECKLIST, "peer-pfs"),
    "names": ("attachment-names",),
    "stage: what is not stated": ("unstated-tunnel", CHECKLIST),
}
OF_ATTACHMENTS: dict[str, tuple[str, ...]] = {
    "same region": ("same-region",),
    "cross-border": ("cross-border",),
    "VPN, VBR and CCN": ("vpn-vbr-ccn-flow",),
    "load balancing": ("load-balancing",),
    "CIDR block": ("cidr-block",),
    "customer gateway": ("customer-gateway",),
    "associate resource": ("associate-resource",),
    "cross-account": ("cross-account",),
    "zone": ("zone",),
    "individual resource": ("individual-resource",),
    "first VPN attachment on a live router": ("first-vpn-attachment",),
    "one-zone regions": ("one-zone-region",),
}
"""The statements about the attachment itself."""


@pytest.mark.parametrize("statement", STATEMENTS)
def test_every_statement_of_the_document_is_held_against_a_plan(statement: str) -> None:
    for name in STATEMENTS[statement]:
        assert name in {*check.declared(), *quota.declared(), CHECKLIST, READING}


def test_every_statement_about_attachments_is_held_against_a_plan() -> None:
    names = {name for names in OF_ATTACHMENTS.values() for name in names}
    assert names - check.declared().keys() in (set(), names)  # they come together


def test_what_is_refused_when_the_plan_is_read_is_refused() -> None:
    from planner.core.problem import InputError

    with pytest.raises(InputError, match="needs an underlay"):
        findings("attachments: {branch: {network_type: private}}")
    with pytest.raises(InputError) as refused:
        findings("tunnels: {strong: {ike: {psk: SuperSecret99}}}")
    assert "SuperSecret99" not in str(refused.value)


def test_many_groups_with_one_profile_are_told_of_once() -> None:
    from tests.test_throughput import group, read

    plan = read("".join(group(f"g{n}", "{peak_mbps: 10}") for n in range(1000)))
    made = make_plan([plan], None)
    told = [one.code for one in made.findings if one.code in MINE]
    assert len(told) == len(set(told))
