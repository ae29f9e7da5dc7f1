"""Tunnels of a plan: profiles, configurations that stand in a group, and who uses them."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.scenario import Scenario, read_scenario
from planner.tunnel import asn_number

PLAN = """\
version: 1
name: tunnels
currency: USD
period: {start: 2027-01, months: 12}
estate:
  version: 1
  accounts: {hub: {site: intl}}
  transit_routers: {tr: {region: eu-central-1, account: hub}}
tunnels:
  strong: {ike: {version: ikev2}}
  spare: {dpd: false}
attachments:
  a: {network_type: public, transit_router: tr, sites: 1, tunnel: strong}
  b: {network_type: public, transit_router: tr, sites: 1, tunnel: {bgp: {local_asn: 123.456}}}
  c:
    network_type: public
    transit_router: tr
    connections_per_site: 2
    tunnel: strong
    rollout:
      - {date: 2027-01-01, add_sites: 3}
      - {date: 2027-02-01, remove_sites: 2}
      - {date: 2027-03-01, add_sites: 1}
  d: {network_type: public, transit_router: tr, sites: 1}
"""


def read(folder: Path, text: str = PLAN, **files: str) -> Scenario:
    (folder / "plan.yaml").write_text(text, encoding="utf-8")
    for name, content in files.items():
        (folder / f"{name}.csv").write_text(content, encoding="utf-8")
    return read_scenario(str(folder / "plan.yaml"))


def test_every_configuration_is_there_once_with_the_groups_that_use_it(tmp_path: Path) -> None:
    uses = {use.id: [group.id for group in use.groups] for use in read(tmp_path).tunnels}
    assert uses == {"strong": ["a", "c"], "spare": [], "b": ["b"]}  # d states nothing


def test_places_of_parameters_are_those_of_the_file(tmp_path: Path) -> None:
    strong, _, inline = read(tmp_path).tunnels
    assert strong.at("ike", "version").location[1:] == (10, 27)
    assert inline.at("bgp", "local_asn").location.line == 14


def test_a_row_of_a_table_names_a_profile(tmp_path: Path) -> None:
    text = PLAN.replace("attachments:\n", "attachment_table: table.csv\nattachments:\n")
    rows = "id,network_type,transit_router,sites,tunnel\ne,public,tr,4,spare\n"
    spare = next(use for use in read(tmp_path, text, table=rows).tunnels if use.id == "spare")
    assert [group.id for group in spare.groups] == ["e"]


def test_most_connections_are_those_of_the_fullest_instant(tmp_path: Path) -> None:
    most = {group.id: group.most_connections for group in read(tmp_path).groups}
    assert most == {"a": 1, "b": 1, "c": 6, "d": 1}  # c: 3 sites x 2 connections, then 1, then 2


def test_nothing_is_taken_as_stated_that_is_not(tmp_path: Path) -> None:
    tunnel = read(tmp_path).tunnels[0].entry
    assert (tunnel.ike.encryption, tunnel.dpd, tunnel.bgp, tunnel.routing_mode) == (None, None, None, None)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("65010", 65010),
        ("123.456", 8061384),  # 123 x 65536 + 456, the example of the document
        ("65535.65535", 4294967295),
        ("0", 0),
        ("65536.0", None),  # a segment has 16 bits
        ("0.65536", None),
    ],
)
def test_asn_in_one_or_two_segments(text: str, number: int | None) -> None:
    assert asn_number(text) == number
