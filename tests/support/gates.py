"""A small project for tests of the gate: one plan on one router, cheap and within every quota, and its policy."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from planner import gate
from planner.project import Request
from planner.verdict import Row, Verdict

AS_OF = date(2026, 11, 24)

ESTATE = """\
version: 1
accounts: {hub: {site: intl}}
transit_routers: {tr: {region: eu-central-1, account: hub, attached: {vpn: 40}}}
baselines: [{account: hub, region: eu-central-1, cdt_internet_gb: 0, vbr_outbound_gb: 0}]
"""
PLAN = """\
version: 1
name: shops
contact: jo
currency: USD
period: {start: 2027-01, months: 12}
estate: estate.yaml
attachments:
  shops:
    network_type: public
    transit_router: tr
    cost_center: retail
    internet_billing: cdt
    traffic: {to_data_center_gb: 10, from_data_center_gb: 10}
    sites: 5
"""
PROJECT = "version: 1\nplans: [plan.yaml]\npolicy: policy.yaml\nwaivers: waivers.yaml\n"
POLICY = "version: 1\n"
NO_WAIVERS = "version: 1\n"

FILES = {
    "cenplan.yaml": PROJECT,
    "plan.yaml": PLAN,
    "estate.yaml": ESTATE,
    "policy.yaml": POLICY,
    "waivers.yaml": NO_WAIVERS,
}


def write(folder: Path, **changed: str) -> None:
    """The files of the project, some of them other ones: `write(folder, policy="version: 1")`."""
    texts: Mapping[str, str] = {**FILES, **{f"{name}.yaml": text for name, text in changed.items()}}
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")


def waiver(check: str, subject: str = '"*"', expires: str = "2027-06-01", cap: str = "", owner: str = "ann") -> str:
    """A file with one waiver."""
    entry = f"check: {check}, subject: {subject}, reason: why, owner: {owner}, ticket: T-1, expires: {expires}"
    return f"version: 1\nwaivers: [{{{entry}{f', cap: {cap}' if cap else ''}}}]\n"


def judged(as_of: date = AS_OF, **request: object) -> Verdict:
    """The verdict of the project of the current folder."""
    return gate.judge(Request(**request), as_of)  # type: ignore[arg-type]


def rows(verdict: Verdict, code: str) -> list[Row]:
    """The rows of a check, quota or rule."""
    return [row for row in verdict.rows if row.finding.code == code]
