"""A pre-shared key in a file is refused, and no command writes or prints it: not in messages, excerpts or reports."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner import cli
from planner.core.problem import InputError, draw, quoted
from planner.core.secret import hidden, is_secret
from planner.core.source import parse_table, parse_yaml

VALUE = "hunter2-never-shown"

PLAN = """\
version: 1
name: secrets
currency: USD
period: {{start: 2027-01, months: 12}}
estate:
  version: 1
  accounts: {{hub: {{site: intl{estate}}}}}
  transit_routers: {{tr: {{region: eu-central-1, account: hub}}}}
attachments:
  a:
    network_type: public
    transit_router: tr
    sites: 1
    tunnel: {{dpd: true{tunnel}}}
{more}
"""


def plan(estate: str = "", tunnel: str = "", more: str = "") -> str:
    return PLAN.format(estate=estate, tunnel=tunnel, more=more)


PLANS = {
    "in the estate": plan(estate=f", psk: {VALUE}"),
    "in a tunnel": plan(tunnel=f", pre_shared_key: {VALUE}"),
    "beside something wrong": plan(tunnel=f", nat_traversal: maybe, ike: {{PSK: {VALUE}, mode: {VALUE}}}"),
    "in quotes": plan(tunnel=f", 'pre-shared-key': \"{VALUE}\""),
    "in a list": plan(tunnel=f", psks: [x, {VALUE}]"),
    "below its key": plan(more=f"    psk:\n      {VALUE}"),
    "as a block": plan(more=f"    psk: |\n      {VALUE}\n      {VALUE}"),
    "twice": plan(more=f"    secret: {VALUE}\n    secret: {VALUE}"),
    "as an alias": plan(more=f"    auth_key: *{VALUE}"),
    "as an anchor": plan(more=f"    auth_key: &{VALUE} x"),
    "as a tag": plan(more=f"    auth_key: !{VALUE} x"),
    "merged": plan(more=f"    <<: {{ike_psk: {VALUE}}}"),
    "not YAML": plan(more=f"    psk: {VALUE}: {VALUE}"),
    "not YAML before it": plan(more=f"    x: 'a' psk: {VALUE}"),
    "not YAML below it": plan(more=f'    psk: "{VALUE}\n  {VALUE}\n'),
    "without a space": plan(more=f"    psk:{VALUE}"),
    "a forbidden character": plan(more=f"    psk: {VALUE}\x01"),
    "a forbidden character below": plan(more=f"    psk: |\n      {VALUE}\x01"),
}


@pytest.mark.parametrize("debug", ["", "1"], ids=["", "debug"])
@pytest.mark.parametrize("arguments", [("check",), ("check", "-f", "json"), ("estimate",), ("report", "-o", "out")])
@pytest.mark.parametrize("text", PLANS.values(), ids=PLANS)
def test_no_command_repeats_a_secret(
    text: str,
    arguments: tuple[str, ...],
    debug: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CENPLAN_DEBUG", debug)
    Path("plan.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        cli.main([arguments[0], "plan.yaml", *arguments[1:]])
    printed = capsys.readouterr()
    assert ended.value.code == 1
    assert "plan.yaml:" in printed.err
    assert VALUE not in printed.out + printed.err
    written = [path for path in tmp_path.rglob("*") if path.is_file() and path.name != "plan.yaml"]
    assert not [path for path in written if VALUE.encode() in path.read_bytes()]


def test_a_file_that_is_not_utf8_repeats_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "plan.yaml"
    path.write_bytes(f"psk: |\n  {VALUE}".encode() + b"\xff")
    with pytest.raises(SystemExit):
        cli.main(["check", str(path)])
    assert VALUE not in capsys.readouterr().err


def test_other_problems_are_not_told_beside_a_secret() -> None:
    with pytest.raises(InputError) as caught:
        parse_yaml(f"a: 1\na: {VALUE}\npsk: {VALUE}\n", "plan.yaml")
    assert [problem.location.line for problem in caught.value.problems] == [3]


def test_a_table_tells_its_header_only() -> None:
    with pytest.raises(InputError) as caught:
        parse_table(f"id,Pre-Shared-Key\na,{VALUE},{VALUE}\n", "table.csv")
    assert VALUE not in str(caught.value)
    assert "'Pre-Shared-Key' holds a secret" in str(caught.value)


@pytest.mark.parametrize("key", ["psk", "PSK", "pre_shared_key", "preSharedKey", "preshared_key", "pre-shared-key",
                                 "ike_psk", "secret", "auth_key", "tunnel_1_psk", " psk "])  # fmt: skip
def test_names_of_secrets(key: str) -> None:
    assert is_secret(key)


@pytest.mark.parametrize("key", ["key", "secretary", "upskill", "desk", "authentication", "shared", "epsk"])
def test_names_that_are_none(key: str) -> None:
    assert not is_secret(key)


def test_what_is_shown_ends_where_a_secret_begins() -> None:
    assert hidden(f"a: 1, psk: {VALUE}, b: 2") == "a: 1, psk: …"
    assert VALUE not in draw(f"psk: {VALUE}, b: wrong", 1, 40)
    assert quoted(f"psk={VALUE}") == "'psk=…'"
    assert hidden("a: 1, b: 2") == "a: 1, b: 2"
