"""What checks tell of connections, customer gateways, peers, flows and transit routers, case by case and by stage."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner import check
from planner.core.problem import Finding
from planner.core.region import REGIONS
from planner.plan import LEVELS, make_plan
from planner.scenario import read_scenario
from planner.together import read
from tests.support.example_plans import PLAN
from tests.test_check_examples import findings

ROUTER = "estate: {{transit_routers: {{tr: {}}}}}"
PEER = "peers: {{site: {}}}\nattachments: {{branch: {{peer: site}}}}"
MADE = "connections: {{made: {}}}\nattachments: {{branch: {{connection: made}}}}"
GATEWAY = "customer_gateways: {{office: {}}}\nattachments: {{branch: {{customer_gateway: office}}}}"
BLOCK = "estate: {{transit_routers: {{tr: {{cidr_blocks: [{}]}}}}}}"
FLOW = "flows: [{{transit_router: tr, between: [{}]}}]"
IN_MAINLAND = "\nestate: {transit_routers: {tr: {region: cn-beijing}}}"
IN_HONG_KONG = "\nestate: {transit_routers: {tr: {region: cn-hongkong}}}"
OVER_VBR = (
    "\nunderlays: {line: {kind: vbr, transit_router: tr}}"
    "\nattachments: {branch: {customer_gateway: office, network_type: private, underlay: line}}"
)
IN_PRIVATE = "customer_gateways: {{office: {}}}" + OVER_VBR.replace("{", "{{").replace("}", "}}")
TWO = "estate: {{transit_routers: {{tr: {{cen: one, cidr_blocks: [10.0.0.0/20]}}, other: {}}}}}"
OTHER = "{{region: eu-west-1, account: hub, cen: {}, cidr_blocks: [{}]}}"

CASES = [
    ("same-region", MADE.format("{zones: []}"), "", ""),
    ("same-region", MADE.format("{region: cn-beijing}"), "error", "is in cn-beijing, its transit router is not: tr in"),
    ("cross-border", PEER.format("{mainland: true}"), "error", "lies in the mainland, its transit router outside: tr"),
    ("cross-border", PEER.format("{mainland: true}") + IN_MAINLAND, "", ""),
    ("cross-border", PEER.format("{mainland: false}") + IN_MAINLAND, "error", "outside the mainland, its transit rout"),
    ("cross-border", PEER.format("{mainland: false}") + IN_HONG_KONG, "", ""),
    ("cross-border", PEER.format("{mainland: true}") + IN_HONG_KONG, "error", "traffic between regions over transit"),
    ("cross-border", PEER.format("{pfs: true}"), "", ""),
    ("vpn-vbr-ccn-flow", FLOW.format("ccn, vpn"), "error", "between CCN instances and VPN attachments, and a routing"),
    ("vpn-vbr-ccn-flow", FLOW.format("vbr, ccn"), "error", "Deny; newer pages: Reject"),
    ("vpn-vbr-ccn-flow", FLOW.format("vpn, vpn"), "warning", "unknown whether traffic flows between two VPN attachm"),
    ("vpn-vbr-ccn-flow", FLOW.format("vbr, vpc"), "", ""),
    ("vpn-vbr-ccn-flow", FLOW.format("vpn, ecr"), "", ""),
    ("vpn-vbr-ccn-flow", ROUTER.format("{attached: {vbr: 2}}"), "info", "tr: it has VPN attachments and VBRs, and"),
    ("vpn-vbr-ccn-flow", ROUTER.format("{attached: {vbr: 2, ccn: 1}}"), "info", "VBRs and CCN instances"),
    ("vpn-vbr-ccn-flow", ROUTER.format("{attached: {ecr: 1, vpc: 3}}"), "", ""),
    ("vpn-vbr-ccn-flow", "customer_gateways: {office: {}}" + OVER_VBR, "info", "VPN attachments and VBRs"),
    ("first-vpn-attachment", ROUTER.format("{attached: {vbr: 2, ccn: 1}}"), "warning", "its 2 VBRs and 1 CCN instance"),
    ("first-vpn-attachment", ROUTER.format("{attached: {vpn: 1, vbr: 2, ccn: 1}}"), "info", "on tr: it is unknown"),
    ("first-vpn-attachment", "attachments: {branch: {sites: 2}}", "info", "several VPN attachments on tr"),
    (
        "first-vpn-attachment",
        "attachments: {branch: {sites: 2}}\n" + FLOW.format("vpn, vpn"),
        "",
        "",
    ),  # the flow is told
    ("load-balancing", PEER.format("{vpn_gateway: true, load_balancing: true}"), "error", "the plan relies on load"),
    ("load-balancing", PEER.format("{load_balancing: true}"), "", ""),
    ("cidr-block", BLOCK.format("10.0.0.0/16, 10.1.0.0/24"), "", ""),
    ("cidr-block", BLOCK.format("10.0.0.0/15"), "error", "the mask is /15, none of /16 to /24"),
    ("cidr-block", BLOCK.format("10.0.0.0/25"), "error", "the mask is /25"),
    ("cidr-block", BLOCK.format("10.0.0.1/24"), "error", "10.0.0.1/24 cannot be used: it is no CIDR block"),
    ("cidr-block", BLOCK.format("10.0.0.0"), "error", "it is no CIDR block"),
    ("cidr-block", BLOCK.format("100.127.0.0/16"), "error", "inside 100.64.0.0/10"),
    ("cidr-block", BLOCK.format("100.128.0.0/16"), "", ""),  # the first address after 100.64.0.0/10
    ("cidr-block", BLOCK.format("239.0.0.0/24"), "error", "inside 224.0.0.0/4"),
    ("cidr-block", BLOCK.format("127.1.0.0/24"), "error", "inside 127.0.0.0/8"),
    ("cidr-block", BLOCK.format("169.254.0.0/16"), "error", "inside 169.254.0.0/16"),
    ("cidr-block", BLOCK.format("10.0.0.0/16, 10.0.1.0/24"), "error", "10.0.1.0/24 overlaps 10.0.0.0/16 of tr"),
    ("cidr-block", TWO.format(OTHER.format("one", "10.0.15.0/24")), "error", "10.0.0.0/20 overlaps 10.0.15.0/24 of o"),
    ("cidr-block", TWO.format(OTHER.format("two", "10.0.15.0/24")), "", ""),  # another CEN
    ("cidr-block", TWO.format(OTHER.format("one", "10.0.16.0/24")), "", ""),  # beside it
    (
        "cidr-block",
        BLOCK.format("10.9.0.0/24") + "\n" + PEER.format("{cidr_blocks: [10.8.0.0/15, x]}"),  # 10.8.0.0 to 10.9.255.255
        "error",
        "tr: the CIDR block 10.9.0.0/24 overlaps 10.8.0.0/15 of site",
    ),
    (
        "cidr-block",
        BLOCK.format("10.9.0.0/24") + "\ntunnels: {strong: {local_cidr_blocks: [10.9.0.0/16]}}",
        "error",
        "overlaps 10.9.0.0/16 of strong",
    ),
    ("cidr-block", BLOCK.format("10.9.0.0/24") + "\n" + PEER.format("{cidr_blocks: [10.10.0.0/16]}"), "", ""),
    ("customer-gateway", GATEWAY.format("{ip: 8.8.8.8}"), "", ""),
    ("customer-gateway", GATEWAY.format("{ip: 203.0.113.9, asn: 1.1}"), "", ""),  # for documentation, and not private
    ("customer-gateway", GATEWAY.format("{ip: 172.31.0.1}"), "error", "172.31.0.1 is private, and attachments that na"),
    ("customer-gateway", GATEWAY.format("{ip: 172.32.0.1}"), "", ""),
    ("customer-gateway", IN_PRIVATE.format("{ip: 172.31.0.1}"), "", ""),
    ("customer-gateway", IN_PRIVATE.format("{ip: 203.0.113.9}"), "error", "is public, and attachments that name it ar"),
    ("customer-gateway", GATEWAY.format("{ip: 100.64.0.1}"), "error", "inside 100.64.0.0/10"),
    ("customer-gateway", GATEWAY.format("{ip: 127.0.0.1}"), "error", "inside 127.0.0.0/8"),
    ("customer-gateway", GATEWAY.format("{ip: 169.254.1.1}"), "error", "inside 169.254.0.0/16"),
    ("customer-gateway", GATEWAY.format("{ip: 224.0.0.1}"), "error", "inside 224.0.0.0/4"),
    ("customer-gateway", GATEWAY.format("{ip: 255.255.255.255}"), "error", "inside 255.0.0.0/8"),
    ("customer-gateway", GATEWAY.format("{ip: gw.example.com}"), "error", "gw.example.com is no IPv4 address"),
    ("customer-gateway", GATEWAY.format("{ip: 8.8.8.8, asn: 45104}"), "error", "asn 45104 is the vendor's own"),
    ("customer-gateway", GATEWAY.format("{ip: 8.8.8.8, asn: 0.45104}"), "error", "asn 0.45104 is the vendor's own"),
    ("customer-gateway", GATEWAY.format("{ip: 8.8.8.8, asn: 0}"), "error", "asn 0 is none of 1 to 4294967295"),
    ("customer-gateway", GATEWAY.format("{ip: [8.8.8.8, 8.8.4.4]}"), "warning", "2 addresses for 1 site: it needs one"),
    ("customer-gateway", GATEWAY.format("{ip: [8.8.8.8, 8.8.4.4], shared: true}"), "error", "one address, not 2"),
    ("associate-resource", MADE.format("{associate_resource: transit-router}"), "error", "with a transit router when"),
    ("associate-resource", MADE.format("{associate_resource: do-not-associate}"), "", ""),
    ("associate-resource", MADE.format("{was_bound_to_vpn_gateway: true}"), "error", "ever bound to a VPN gateway"),
    ("zone", MADE.format("{zones: [a, b]}"), "warning", "(a, b): the document has one choose a zone, newer pages, whi"),
    ("individual-resource", MADE.format("{individual_resource: select}"), "info", "1 at most: their own fee may run"),
    ("one-zone-region", ROUTER.format("{region: cn-wuhan-lr}"), "info", "(Wuhan - Local Region) has one zone"),
    ("one-zone-region", ROUTER.format("{region: cn-zhongwei}"), "", ""),  # zones unknown
    ("unused-profile", "tunnels: {spare: {}}", "info", "spare: no attachment group names this profile of tunnels"),
    ("unused-profile", "customer_gateways: {spare: {}}", "info", "profile of customer_gateways"),
    ("unused-profile", "connections: {spare: {}}", "info", "profile of connections"),
]


def told_of(code: str, example: str) -> list[Finding]:
    return [finding for finding in findings(example) if finding.code == code]


@pytest.mark.parametrize(("code", "example", "level", "words"), CASES)
def test_attachment(code: str, example: str, level: str, words: str) -> None:
    told = told_of(code, example)
    assert [finding.level for finding in told] == ([level] if level else [])
    for finding in told:
        assert words in finding.message
        assert finding.place and finding.place.location.line > 1
        declared = check.declared()[code]
        assert LEVELS.index(finding.level) >= LEVELS.index(declared.level)


def test_mainland_is_what_the_table_of_regions_says() -> None:
    outside = {region for region in REGIONS if not told_of("cross-border", _peer_in(region, mainland=False))}
    inside = {region for region in REGIONS if not told_of("cross-border", _peer_in(region, mainland=True))}
    assert outside | inside == REGIONS.keys()
    assert not outside & inside
    assert inside == {region for region in REGIONS if region.startswith("cn-")} - {"cn-hongkong"}


def _peer_in(region: str, mainland: bool) -> str:
    peer = PEER.format(f"{{mainland: {str(mainland).lower()}}}")
    return peer + f"\nestate: {{transit_routers: {{tr: {{region: {region}}}}}}}"


def test_regions_with_one_zone() -> None:
    one = {name for name in REGIONS if told_of("one-zone-region", ROUTER.format(f"{{region: {name}}}"))}
    assert one == {"cn-wuhan-lr", "cn-nanjing", "cn-fuzhou", "ap-southeast-6", "na-south-1"}


# By stage: what is not stated.

STATED_NOWHERE = """
estate:
  accounts: {shop: {site: intl}}
connections:
  made: {individual_resource: select}
tunnels:
  strong: {bgp: {local_asn: 65010}}
customer_gateways:
  office: {}
attachments:
  branch: {connection: made, customer_gateway: office, owner_account: shop, sites: 2}
  more: {network_type: public, transit_router: tr, sites: 1, tunnel: strong, owner_account: shop}
"""
LACKING = {
    "associate-resource": ["connections are selected, and it is not stated that they are associated with nothing"],
    "cidr-block": ["tr: no CIDR block is stated, and one has to exist before a VPN attachment"],
    "cross-account": [
        "2 of 2 groups have connections of another account (shop), and it is not stated that its grant",
        "2 of 2 groups have connections of another account (shop), and it is not stated who pays the fees",
    ],
    "customer-gateway": [
        "1 of 2 groups name no customer gateway, and it has to exist before the connection",
        "BGP is on, and the customer gateway has no autonomous system number: office",
        "not every site has the address of its customer gateway: office has 0 of 2",
    ],
}


@pytest.mark.parametrize(("stage", "level"), [("design", "warning"), ("ready", "error")])
def test_from_the_design_on_each_check_tells_what_is_not_stated(stage: str, level: str) -> None:
    found = findings(f"stage: {stage}\n{STATED_NOWHERE}")
    for code, messages in LACKING.items():
        told = sorted((one for one in found if one.code == code), key=lambda one: one.message)
        assert len(told) == len(messages)
        for finding, message in zip(told, messages, strict=True):
            assert finding.message.startswith(message)
            assert finding.level == ("info" if "who pays" in message else level)
            assert finding.place and finding.place.location.line > 1
    assert not [one for one in found if one.code == "unstated-rollout"]


def test_an_estimate_is_told_once_what_it_does_not_state() -> None:
    found = findings(STATED_NOWHERE)
    assert not [one for one in found if one.code in LACKING]
    (listed,) = [one for one in found if one.code == "unstated-rollout"]
    assert listed.level == "info"
    for what in (
        "what selected connections are associated with (made)",
        "a CIDR block (tr)",
        "the grant for connections of another account (2 of 2 groups)",
        "the payer of attachments across accounts (2 of 2 groups)",
        "a customer gateway (1 of 2 groups)",
        "an address of every customer gateway (office)",
        "the autonomous system number of a customer gateway with BGP (office)",
    ):
        assert what in listed.message


def test_nothing_is_missing_of_a_plan_that_states_what_its_rollout_needs() -> None:
    stated = """
estate:
  accounts: {shop: {site: intl}}
  transit_routers: {tr: {cidr_blocks: [10.60.0.0/24]}}
connections:
  made:
    {individual_resource: select, associate_resource: do-not-associate, was_bound_to_vpn_gateway: false, grant: granted}
tunnels:
  strong: {bgp: {local_asn: 65010}}
customer_gateways:
  office: {ip: [203.0.113.1, 203.0.113.2], asn: 65020}
attachments:
  branch: {connection: made, customer_gateway: office, owner_account: shop, payer: cen-owner, sites: 2}
"""
    for stage in ("estimate", "design", "ready"):
        codes = {one.code for one in findings(f"stage: {stage}\n{stated}")}
        assert not codes & {*LACKING, "unstated-rollout"}


def test_the_payer_can_be_stated_once_for_the_plan() -> None:
    found = findings(f"stage: ready\nassumptions: {{payer: resource-owner}}\n{STATED_NOWHERE}")
    assert not [one for one in found if "who pays" in one.message]


def test_a_connection_of_another_account_is_not_created_with_the_attachment() -> None:
    made = "connections: {made: {individual_resource: create, grant: granted}}\n"
    branch = "attachments: {branch: {connection: made, owner_account: shop}}\n"
    (finding,) = told_of("cross-account", made + branch + "estate: {accounts: {shop: {site: intl}}}")
    assert (finding.level, finding.subject) == ("error", "made")
    assert "created beforehand and selected" in finding.message
    assert not told_of("cross-account", made + "attachments: {branch: {connection: made}}")  # its own account


def test_addresses_that_cannot_be_are_told_once_per_gateway_at_the_first() -> None:
    example = GATEWAY.format("{ip: [8.8.8.8, 10.0.0.1, 10.0.0.2]}").replace(
        "{customer_gateway", "{sites: 3, customer_gateway"
    )
    (finding,) = told_of("customer-gateway", example)
    assert finding.message.endswith("; and 1 more of its addresses")
    assert finding.place
    assert finding.place.path == ("customer_gateways", "office", "ip", 1)


def test_two_blocks_of_routers_in_use_that_overlap_are_told_once() -> None:
    other = OTHER.format("one", "10.0.15.0/24")
    more = "\nattachments: {two: {network_type: public, transit_router: other, sites: 1}}"
    (finding,) = told_of("cidr-block", TWO.format(other) + more)
    assert finding.subject == "other"
    assert finding.message == "other: the CIDR block 10.0.15.0/24 overlaps 10.0.0.0/20 of tr"


def test_a_router_that_no_group_is_on_is_not_judged() -> None:
    other = "estate: {transit_routers: {other: {region: ap-southeast-6, account: hub, cidr_blocks: [x]}}}\nstage: ready"
    found = findings(other)
    assert not [one for one in found if one.subject == "other"]


def test_what_two_plans_are_told_of_their_estate_is_told_once(tmp_path: Path) -> None:
    estate, rest = PLAN.partition("estate:\n")[2].partition("tunnels:\n")[::2]
    (tmp_path / "estate.yaml").write_text("\n".join(line[2:] for line in estate.splitlines()), encoding="utf-8")
    head = PLAN.partition("estate:\n")[0]
    for name in ("a", "b"):
        text = f"{head.replace('example', name)}stage: design\nestate: estate.yaml\ntunnels:\n{rest}"
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    made = make_plan(read([str(tmp_path / f"{name}.yaml") for name in ("a", "b")]), None)
    assert len([one for one in made.findings if one.code == "cidr-block"]) == 1
    several = [one for one in made.findings if one.code == "first-vpn-attachment"]
    assert [one.subject for one in several] == ["a", "b"]  # one site each: together they are several


def test_a_table_of_20000_groups_gets_no_finding_per_group(tmp_path: Path) -> None:
    rows = "".join(f"g{number},public,tr,1,strong,made,office,site\n" for number in range(20_000))
    header = "id,network_type,transit_router,sites,tunnel,connection,customer_gateway,peer\n"
    (tmp_path / "groups.csv").write_text(header + rows, encoding="utf-8")
    profiles = (
        "stage: ready\nattachment_table: groups.csv\nconnections: {made: {region: eu-west-1, zones: [a]}}\n"
        "customer_gateways: {office: {ip: 10.0.0.1}}\npeers: {site: {mainland: true, cidr_blocks: [10.0.0.0/8]}}\n"
    )
    (tmp_path / "plan.yaml").write_text(PLAN.partition("attachments:\n")[0] + profiles, encoding="utf-8")
    scenario = read_scenario(str(tmp_path / "plan.yaml"))
    made = make_plan([scenario], None)
    codes = [one.code for one in made.findings if one.code not in ("unstated-traffic",)]
    assert {"same-region", "zone", "customer-gateway", "cross-border", "cidr-block"} <= set(codes)
    assert len(codes) < 20


def test_levels_by_stage_are_said_in_words() -> None:
    declared = check.declared()
    assert check.levels_in_words(declared["edition"]) == "error"
    assert check.levels_in_words(declared["unstated-tunnel"]) == "info at estimate, warning at design, warning at ready"
    assert check.levels_in_words(declared["cidr-block"]) == (
        "error; where something is not stated: info (told by unstated-rollout) at estimate, warning at design,"
        " error at ready"
    )
    assert declared["unstated-tunnel"].level_at("estimate") == "info"
    assert declared["cidr-block"].level_at("estimate") == "error"
