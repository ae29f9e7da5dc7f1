"""The checklist of a rollout: what must exist, in order, in whose account, and what is not stated."""

from __future__ import annotations

import csv
import io
import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner import scenario
from planner.checklist import DATA_CENTRE, STEPS, Item, checklist
from planner.cli import main
from planner.core.entry import load
from planner.core.source import parse_yaml
from planner.plan_file import PlanFile

ROOT = Path(__file__).resolve().parents[1]
HEAD = """\
version: 1
name: {name}
currency: USD
period: {{start: 2027-01, months: 12}}
estate:
  version: 1
  accounts: {{hub: {{site: intl}}, shops: {{site: intl}}}}
  transit_routers:
    tr: {{region: eu-central-1, account: hub, cidr_blocks: [10.60.0.0/24]}}
    bare: {{region: eu-west-1, account: hub}}
waves: {{pilot: 2027-02-01, rest: 2027-03-01}}
"""
FULL = (
    HEAD.format(name="shops")
    + """\
tunnels:
  strong:
    ike: {version: ikev2, encryption: aes256, authentication: sha256, dh_group: group14}
    ipsec: {encryption: aes256, authentication: sha256, dh_group: group14}
    health_check: {destination: 10.1.0.1, source: 10.60.0.9}
    bgp: {local_asn: 64512}
connections:
  api: {individual_resource: create, created_with: api, route_table: rtb-shops, grant: planned}
customer_gateways:
  dc: {ip: 198.51.100.1, asn: 65010, exists: true, shared: true}
  shop: {asn: 65011}
peers:
  shop: {pfs: true}
attachments:
  shop:
    network_type: public
    transit_router: tr
    owner_account: shops
    connections_per_site: 2
    tunnel: strong
    connection: api
    customer_gateway: [shop, dc]
    peer: shop
    attachment_name: vpn-shop
    rollout:
      - {wave: pilot, add_sites: 1}
      - {wave: rest, add_sites: 4}
  bare:
    {network_type: public, transit_router: bare, sites: 2, wave: pilot}
"""
)


def items(text: str) -> tuple[Item, ...]:
    source = parse_yaml(text, "plan.yaml")
    return checklist([scenario.resolve(load(PlanFile, source), source)])


def lines(found: tuple[Item, ...], group: str) -> list[tuple[str, str, str, str]]:
    return [(one.wave, one.step, one.account, one.text) for one in found if group in one.groups]


def test_steps_are_in_the_order_in_which_things_must_exist() -> None:
    found = items(FULL)
    told = lines(found, "shop")
    order = list(STEPS)
    for wave in ("pilot", "rest"):
        of_wave = [order.index(step) for at, step, _, _ in told if at == wave]  # type: ignore[arg-type]
        assert of_wave == sorted(of_wave)
        assert set(of_wave) == set(range(len(order))) - {order.index("cidr-block")}  # which is the router's
    assert [one.instant for one in found] == sorted(one.instant for one in found)


def test_a_group_that_states_everything_has_it_all_in_its_account() -> None:
    told = lines(items(FULL), "shop")
    both = "for both tunnels of 8 connections"
    assert [line[1:] for line in told if line[0] == "rest"] == [
        ("customer-gateway", "shops", "create 4 customer gateways"),  # dc is shared: listed in the pilot alone
        (
            "connection",
            "shops",
            "create 8 IPsec-VPN connections beforehand, with Associate Resource: Do Not Associate",
        ),
        ("grant", "shops", "grant 8 connections to account hub for tr"),
        ("attachment", "hub", "attach 8 connections to tr"),  # 4 sites × 2 connections
        ("route-table", "hub", "associate 8 attachments with rtb-shops, propagate to rtb-shops"),
        ("health-check-route", "hub", "add 8 routes to 10.60.0.9/32, next hop the connection"),
        ("data-centre", DATA_CENTRE, "add 8 return routes to 10.60.0.9/32"),
        (
            "data-centre",
            DATA_CENTRE,
            f"set the same algorithms {both}: ike ikev2 aes256 sha256 group14; ipsec aes256 sha256 group14",
        ),
        ("data-centre", DATA_CENTRE, f"set the same pre-shared key as in Alibaba Cloud {both}; it stands in no file"),
        ("data-centre", DATA_CENTRE, f"turn on PFS {both}"),
    ]


def test_names_go_on_from_step_to_step_and_missing_keys_are_named() -> None:
    found = [one for one in items(FULL) if one.groups == ("shop",)]
    assert [one.names for one in found if one.step == "attachment"] == [
        ("vpn-shop-1 to vpn-shop-2",),
        ("vpn-shop-3 to vpn-shop-10",),
    ]
    assert {key for one in found for key in one.missing} == {"customer_gateways.shop.ip"}
    done = {(one.step, one.text) for one in found if one.done}
    assert done == {
        ("customer-gateway", "use 1 existing customer gateway"),
        ("data-centre", "turn on PFS for both tunnels of 2 connections"),
        ("data-centre", "turn on PFS for both tunnels of 8 connections"),
    }


def test_a_group_that_states_nothing_is_told_what_is_missing_and_of_defaults_that_they_are() -> None:
    found = [one for one in items(FULL) if "bare" in one.groups]
    missing = {one.step: one.missing for one in found if one.step != "data-centre"}
    assert missing == {
        "customer-gateway": ("customer_gateway",),
        "connection": ("tunnel", "connection.individual_resource"),
        "cidr-block": ("transit_routers.bare.cidr_blocks",),
        "attachment": ("attachment_name",),
        "route-table": ("connection",),
    }
    assert not any(one.done for one in found)
    (algorithms,) = (one for one in found if "algorithms" in one.text)
    assert "ike version not stated aes (default) sha1 (default) group2 (default)" in algorithms.text
    assert algorithms.missing == ("tunnel",)


@pytest.mark.parametrize(
    ("connection", "told", "missing"),
    [
        ("{created_with: console}", "with the default route table, propagate to the default route table", ()),
        (
            "{created_with: api}",
            "with a route table that is not named, propagate to a route table that is not named",
            ("connection.route_table",),
        ),
        (
            "{default_route_table_association: false, route_table: own}",
            "with own, propagate to the default route table",
            (),
        ),
    ],
)
def test_route_tables_are_those_that_the_settings_leave(connection: str, told: str, missing: tuple[str, ...]) -> None:
    group = f"attachments: {{g: {{network_type: public, transit_router: tr, sites: 1, connection: {connection}}}}}\n"
    (one,) = (one for one in items(HEAD.format(name="p") + group) if one.step == "route-table")
    assert (one.text, one.missing) == (f"associate 1 attachment {told}", missing)


def test_existing_connections_are_selected_by_their_ids() -> None:
    entry = "network_type: public, transit_router: tr, sites: 2, connection_ids: [vco-1, vco-2]"
    found = items(HEAD.format(name="p") + f"attachments: {{g: {{{entry}}}}}\n")
    (one,) = (one for one in found if one.step == "connection")
    assert one.text.startswith("select 2 existing IPsec-VPN connections")
    assert one.names == ("vco-1", "vco-2")


@given(st.lists(st.integers(1, 50), min_size=1, max_size=6), st.integers(1, 3))
def test_every_site_that_is_added_is_attached_once(sites: list[int], per_site: int) -> None:
    steps = "".join(f"      - {{date: 2027-{n + 1:02}-01, add_sites: {add}}}\n" for n, add in enumerate(sites))
    group = "  g:\n    network_type: public\n    transit_router: tr\n    connections_per_site: "
    text = HEAD.format(name="p") + f"attachments:\n{group}{per_site}\n    rollout:\n{steps}"
    found = [one for one in items(text) if one.step == "attachment"]
    assert [one.count for one in found] == [add * per_site for add in sites]


def test_20_000_groups_that_need_the_same_are_one_item() -> None:
    groups = "".join(f"  g{n}: {{network_type: public, transit_router: tr, sites: 1}}\n" for n in range(2000))
    source = parse_yaml(HEAD.format(name="p") + f"attachments:\n{groups}", "plan.yaml")
    read = scenario.resolve(load(PlanFile, source), source)
    start = time.process_time()
    found = checklist([read] * 10)
    assert time.process_time() - start < 10
    assert [one.count for one in found if one.step == "attachment"] == [20_000]


# The command


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    monkeypatch.chdir(tmp_path)
    Path("plan.yaml").write_text(FULL, encoding="utf-8")

    def call(*arguments: str) -> tuple[int, str, str]:
        try:
            status = main(["checklist", *arguments])
        except SystemExit as ended:
            status = ended.code  # type: ignore[assignment]
        captured = capsys.readouterr()
        return status or 0, captured.out, captured.err

    return call


@pytest.mark.parametrize("form", ["text", "markdown", "csv", "json"])
def test_checklist_reads_like_its_golden_file(
    form: str, run: Callable[..., tuple[int, str, str]], golden: Callable[[Path, str], None]
) -> None:
    status, out, _ = run("plan.yaml", "-f", form)
    assert status == 0
    extension = {"text": "txt", "markdown": "md"}.get(form, form)
    golden(ROOT / "tests" / "golden_pages" / f"checklist.{extension}", out)
    if form == "text":
        assert max(map(len, out.splitlines())) <= 100


def test_all_formats_say_the_same(run: Callable[..., tuple[int, str, str]]) -> None:
    document = json.loads(run("plan.yaml", "-f", "json")[1])
    schema = json.loads((ROOT / "docs" / "schema" / "checklist.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(document)
    rows = list(csv.DictReader(io.StringIO(run("plan.yaml", "-f", "csv")[1].removeprefix("\ufeff"))))
    assert [(row["action"], row["count"], int(row["line"])) for row in rows] == [
        (one["action"], str(one["count"] or ""), one["planned"][0]["line"]) for one in document["items"]
    ]
    boxes = re.findall(r"^- \[([ x])\]", run("plan.yaml", "-f", "markdown")[1], re.MULTILINE)
    assert [box == "x" for box in boxes] == [one["done"] for one in document["items"]]


def test_one_account_has_its_own_list(run: Callable[..., tuple[int, str, str]]) -> None:
    document = json.loads(run("plan.yaml", "-f", "json", "--account", "shops")[1])
    assert {one["step"] for one in document["items"]} == {"customer-gateway", "connection", "grant"}
    status, out, said = run("plan.yaml", "--account", "shop")
    assert (status, out) == (1, "")
    assert "did you mean 'shops'?" in said


def test_sites_that_leave_need_nothing() -> None:
    rollout = "[{date: 2027-01-01, add_sites: 1}, {date: 2027-05-01, remove_sites: 1}]"
    group = f"attachments: {{g: {{network_type: public, transit_router: tr, rollout: {rollout}}}}}\n"
    assert {one.instant for one in items(HEAD.format(name="p") + group)} == {1_798_761_600}  # 2027-01-01
