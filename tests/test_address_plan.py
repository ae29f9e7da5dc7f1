"""An address plan: every tunnel has a block of its own, what is stated and what was given stays."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner import address_plan, cli
from planner.address_plan import RANGE, USABLE, TunnelAddress, block_number, block_text
from planner.core.entry import load
from planner.core.source import parse_yaml
from planner.plan_file import PlanFile
from planner.scenario import Scenario, resolve
from planner.tunnel import RESERVED_TUNNEL_BLOCKS

ROOT = Path(__file__).resolve().parents[1]
HEAD = """\
version: 1
name: addresses
currency: USD
period: {start: 2027-01, months: 12}
estate:
  version: 1
  accounts: {hub: {site: intl}}
  transit_routers: {tr: {region: eu-central-1, account: hub}}
"""
PLAN = (
    HEAD
    + """\
tunnels:
  stated: {bgp: {tunnel_cidr: 169.254.0.8/30, local_bgp_ip: 169.254.0.10, local_asn: "1.10"}}
  plain: {bgp: {}}
  single: {bgp: {}, configured_tunnels: 1}
  static: {}
customer_gateways: {one: {asn: 65010}, two: {asn: 65020}}
attachments:
  zoo: {network_type: public, transit_router: tr, sites: 2, tunnel: plain, customer_gateway: [one, two]}
  bar: {network_type: public, transit_router: tr, sites: 1, tunnel: stated}
  pub: {network_type: public, transit_router: tr, sites: 1, tunnel: single, customer_gateway: one}
  off: {network_type: public, transit_router: tr, sites: 5, tunnel: static}
  not: {network_type: public, transit_router: tr, sites: 5}
"""
)


def scenario(text: str) -> Scenario:
    source = parse_yaml(text, "plan.yaml")
    return resolve(load(PlanFile, source), source)


def shown(rows: tuple[TunnelAddress, ...]) -> list[str]:
    return [f"{row.key[1]} {row.key[2]}/{row.key[3]}/{row.key[4]} {row.cidr} {row.origin}" for row in rows]


def test_groups_stand_as_in_the_file_and_take_the_free_blocks_in_order() -> None:
    # 169.254.0.0/30 is reserved, and 169.254.0.8/30 stated by bar: zoo takes .4, .12, .16 and .20.
    assert shown(address_plan.draw_up([scenario(PLAN)])) == [
        "zoo 1/1/1 169.254.0.4/30 proposed",
        "zoo 1/1/2 169.254.0.12/30 proposed",
        "zoo 2/1/1 169.254.0.16/30 proposed",
        "zoo 2/1/2 169.254.0.20/30 proposed",
        "bar 1/1/1 169.254.0.8/30 stated",
        "bar 1/1/2 169.254.0.24/30 proposed",
        "pub 1/1/1 169.254.0.28/30 proposed",
    ]


def test_addresses_and_numbers_of_both_ends() -> None:
    zoo, second, *_, bar, bar_second, pub = address_plan.draw_up([scenario(PLAN)])
    assert (zoo.local_bgp_ip, zoo.peer_bgp_ip, zoo.local_asn, zoo.peer_asn) == (
        "169.254.0.5", "169.254.0.6", 45104, 65010,
    )  # fmt: skip
    assert second.peer_asn == 65020  # the second tunnel ends at the second gateway
    assert (bar.local_bgp_ip, bar.peer_bgp_ip) == ("169.254.0.10", "169.254.0.9")  # the stated one, and the other
    assert (bar.local_asn, bar.peer_asn) == (65536 + 10, None)
    assert bar_second.local_bgp_ip == "169.254.0.25"
    assert pub.peer_asn == 65010


def test_a_group_at_the_end_changes_nothing_before_it() -> None:
    more = PLAN + "  new: {network_type: public, transit_router: tr, sites: 3, tunnel: plain}\n"
    before, after = (address_plan.draw_up([scenario(text)]) for text in (PLAN, more))
    assert after[: len(before)] == before
    assert len(after) == len(before) + 6


def test_what_was_given_stays_wherever_something_is_added(tmp_path: Path) -> None:
    before = address_plan.draw_up([scenario(PLAN)])
    kept = {row.key: row.block for row in before if row.block is not None}
    more = PLAN.replace("sites: 2, tunnel: plain", "sites: 4, connections_per_site: 2, tunnel: plain")
    after = {row.key: row for row in address_plan.draw_up([scenario(more)], kept)}
    assert {key: after[key].block for key in kept} == kept
    assert len({row.block for row in after.values()}) == len(after)


@given(
    sites=st.lists(st.integers(1, 40), min_size=1, max_size=5),
    stated=st.lists(st.integers(0, 60), max_size=2, unique=True),
    kept=st.dictionaries(st.integers(1, 40), st.integers(0, 60), max_size=10),
)
def test_blocks_are_distinct_and_none_is_reserved(sites: list[int], stated: list[int], kept: dict[int, int]) -> None:
    blocks = ", ".join(block_text(number) for number in stated)
    groups = "".join(
        f"  g{number}: {{network_type: public, transit_router: tr, sites: {count}, tunnel: all}}\n"
        for number, count in enumerate(sites)
    )
    text = f"{HEAD}tunnels: {{all: {{bgp: {{tunnel_cidr: [{blocks}]}}}}}}\nattachments:\n{groups}"
    earlier = {("addresses", "g0", site, 1, 1): number for site, number in kept.items() if number != 0}
    rows = address_plan.draw_up([scenario(text)], earlier)
    given_blocks = [row.cidr for row in rows]
    assert len(rows) == 2 * sum(sites)
    assert len(set(given_blocks)) == len(rows)
    assert not set(given_blocks) & set(RESERVED_TUNNEL_BLOCKS)
    for row in rows:
        network = IPv4Network(row.cidr)
        assert network.subnet_of(RANGE)
        assert {IPv4Address(row.local_bgp_ip), IPv4Address(row.peer_bgp_ip)} == set(network.hosts())


def test_when_blocks_run_out_the_rest_is_without_one() -> None:
    # 16,384 blocks of /30 in a /16, of which 8 are reserved: 16,376, for 8,188 connections.
    assert USABLE == 16_376
    text = f"{HEAD}tunnels: {{all: {{bgp: {{}}}}}}\nattachments:\n"
    text += "  g: {network_type: public, transit_router: tr, sites: 8189, tunnel: all}\n"
    rows = address_plan.draw_up([scenario(text)])
    assert [row.origin for row in rows].count("proposed") == USABLE
    assert [row.cidr for row in rows[-2:]] == ["", ""]
    assert block_number("169.254.255.252/30") == rows[USABLE - 1].block


# The command


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    monkeypatch.chdir(tmp_path)
    for name in ("CENPLAN_OUT", "CENPLAN_FORMAT"):
        monkeypatch.delenv(name, raising=False)
    Path("plan.yaml").write_text(PLAN, encoding="utf-8")

    def call(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            cli.main(["addresses", *arguments])
        printed = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, printed.out, printed.err

    return call


@pytest.mark.parametrize("form", ["text", "csv", "json", "markdown"])
def test_address_plan_reads_like_its_golden_file(
    form: str, run: Callable[..., tuple[int, str, str]], golden: Callable[[Path, str], None]
) -> None:
    status, out, _ = run("plan.yaml", "-f", form)
    assert status == 0
    extension = {"text": "txt", "markdown": "md"}.get(form, form)
    golden(ROOT / "tests" / "golden_pages" / f"addresses.{extension}", out)


def test_csv_and_json_say_the_same_as_the_schema_says(run: Callable[..., tuple[int, str, str]]) -> None:
    document = json.loads(run("plan.yaml", "-f", "json")[1])
    schema = json.loads((ROOT / "docs" / "schema" / "addresses.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(document)
    rows = list(csv.DictReader(io.StringIO(run("plan.yaml", "-f", "csv")[1].removeprefix("\ufeff"))))
    assert rows == [
        {key: "" if value is None else str(value) for key, value in one.items()} for one in document["tunnels"]
    ]


def test_what_was_written_as_csv_is_kept(run: Callable[..., tuple[int, str, str]]) -> None:
    assert run("plan.yaml", "-f", "csv", "-o", "before.csv")[0] == 0
    status, out, _ = run("plan.yaml", "--keep", "before.csv", "-f", "csv")
    assert status == 0
    assert out.replace("kept", "proposed") == Path("before.csv").read_bytes().decode("utf-8")


def test_a_table_that_is_no_address_plan_is_refused(run: Callable[..., tuple[int, str, str]]) -> None:
    Path("wrong.csv").write_text(
        "plan,group,site,connection,tunnel,tunnel_cidr\n"
        "addresses,zoo,1,1,1,169.254.0.0/30\n"
        "addresses,zoo,1,1,2,169.254.0.4/30\n"
        "addresses,zoo,2,1,1,169.254.0.4/30\n"
        "addresses,zoo,two,1,2,169.254.0.12/30\n"
    )
    status, out, said = run("plan.yaml", "--keep", "wrong.csv")
    assert (status, out) == (1, "")
    assert "wrong.csv:2:21: error: 169.254.0.0/30 cannot be the block of a tunnel" in said
    assert "wrong.csv:4:21: error: 169.254.0.4/30 stands already at wrong.csv:3:21" in said
    assert "wrong.csv:5:15: error: site, connection and tunnel must be whole numbers" in said
    Path("none.csv").write_text("plan,group\na,b\n")
    assert "the column 'site' is missing" in run("plan.yaml", "--keep", "none.csv")[2]


def test_a_plan_without_bgp_needs_no_blocks(run: Callable[..., tuple[int, str, str]]) -> None:
    Path("plan.yaml").write_text(HEAD + "attachments: {g: {network_type: public, transit_router: tr, sites: 1}}\n")
    assert "No tunnel of the plan has BGP" in run("plan.yaml")[1]
