"""What a verdict shows beyond those who plan: no contact, no account ID and, without amounts, nothing of finance."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from planner import cli
from planner.core.source import read_yaml
from reports import format as formats

CONTACT, UID, RATE, PAGE = "jo-never-shown", "5120998877665544", "1.3467", "treasury-page-never-shown"
FINANCE = f"""\
version: 1
exchange_rates:
  - {{from: USD, to: EUR, rate: {RATE}, agreed_on: 2026-10-01, source: {PAGE}}}
"""
PLAN = f"""\
version: 1
name: shops
contact: {CONTACT}
currency: EUR
period: {{start: 2027-01, months: 12}}
finance: finance.yaml
estate:
  version: 1
  accounts: {{hub: {{site: intl, uid: "{UID}"}}}}
  transit_routers: {{tr: {{region: eu-central-1, account: hub, attached: {{vpn: 49}}}}}}
attachments:
  shops:
    network_type: public
    transit_router: tr
    sites: 5
    traffic: {{to_data_center_gb: 10, from_data_center_gb: 10}}
"""
POLICY = "version: 1\nrequired: [contact, attachments.*.cost_center]\nregions: [cn-beijing]\n"
HERE = Path(__file__)


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in {"plan.yaml": PLAN, "finance.yaml": FINANCE, "policy.yaml": POLICY}.items():
        Path(name).write_text(text, encoding="utf-8")


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as ended:
        raise SystemExit(cli.main([*arguments]))
    printed = capsys.readouterr()
    assert ended.value.code in (0, 2), printed.err
    assert printed.out
    return printed.out


@pytest.mark.parametrize("form", sorted(set(formats.names()) - {"text", "markdown"}))
@pytest.mark.parametrize("command", ["check", "gate"])
def test_formats_for_programs_name_no_contact_no_account_id_and_no_page_of_finance(
    command: str, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    gate = ["--policy", "policy.yaml", "--as-of", "2026-11-24"] if command == "gate" else []
    shown = said(capsys, command, "plan.yaml", *gate, "-f", form)
    assert "vpn-attachments-per-transit-router" in shown  # 54 of 50: there is something to tell
    assert [word for word in (CONTACT, UID, RATE, PAGE) if word in shown] == []


def test_the_json_of_an_estimate_says_what_finance_states_and_no_contact(capsys: pytest.CaptureFixture[str]) -> None:
    shown = said(capsys, "estimate", "plan.yaml", "-f", "json")
    assert [word for word in (CONTACT, UID, RATE, PAGE) if word in shown] == [RATE, PAGE]


def test_finance_is_compared_only_where_both_sides_have_amounts(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("check", "estimate"):
        Path(f"{command}.json").write_text(said(capsys, command, "plan.yaml", "-f", "json"), encoding="utf-8")
    Path("finance.yaml").write_text(FINANCE.replace("2026-10-01", "2026-10-02"), encoding="utf-8")
    for old, told in (("check", False), ("estimate", True)):
        changed = json.loads(said(capsys, "diff", f"{old}.json", "plan.yaml", "-f", "json"))["stated"]
        assert ("finance" in {one["kind"] for one in changed}) is told


def test_the_page_of_the_document_names_every_key_of_it() -> None:
    root = HERE.parents[1]
    page = (root / "docs" / "reference" / "document.md").read_text(encoding="utf-8")
    schema = read_yaml(str(root / "docs" / "schema" / "document.schema.json")).value
    assert [key for key in schema["properties"] if f"`{key}`" not in page] == []
