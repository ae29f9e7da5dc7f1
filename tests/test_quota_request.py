"""Quota requests: what to ask for, by when and why; written as one folder, whole or not at all."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner import cli, quota_request
from planner.core.period import instant_text
from planner.plan import make_plan
from planner.quota_request import Buffer
from planner.scenario import read_scenario
from reports import quota_pack
from tests.support.examples import SCENARIOS

ROOT = SCENARIOS.parent
GOLDEN = ROOT / "tests" / "golden" / "quotas-request"
EXAMPLES = ["apac-branches", "ecmp-sets", "two-routers", "branches-400"]

PLAN = """\
version: 1
name: shops
currency: USD
period: {{start: 2027-01, months: 6}}
estate:
  version: 1
  as_of: 2027-01-20
  accounts:
    hub: {{site: intl}}
  transit_routers:
    tr:
      region: eu-central-1
      account: hub
      attached: {{vpn: {existing}}}
{limits}
attachments:
  stores:
    network_type: public
    transit_router: tr
    connections_per_site: {each}
    rollout:
      - {{date: 2027-02-15, add_sites: {first}}}
      - {{date: 2027-03-05, add_sites: {second}}}
"""


def found(
    folder: Path, buffer: Buffer | None = None, every: bool = False, limits: str = "", **counts: int
) -> quota_request.Requests:
    path = folder / "plan.yaml"
    path.write_text(PLAN.format(limits=limits, **{"existing": 0, "each": 1, "first": 1, "second": 1, **counts}))
    return quota_request.requests(make_plan([read_scenario(str(path))], None), buffer, every)


def of(name: str) -> quota_request.Requests:
    return quota_request.requests(make_plan([read_scenario(str(SCENARIOS / f"{name}.yaml"))], None))


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[object, str, str]:
    with pytest.raises(SystemExit) as ended:
        cli.main(["quotas", "request", *map(str, arguments)])
    printed = capsys.readouterr()
    return ended.value.code, printed.out, printed.err


def test_ten_percent_of_the_peak_are_asked_for_beyond_it_rounded_up(tmp_path: Path) -> None:
    (one,) = found(tmp_path, existing=20, each=2, first=10, second=8).asked
    assert (one.existing, [part.count for part in one.parts], one.peak) == (20, [36], 56)
    assert (one.extra, one.value) == (6, 62)  # 5.6 rounded up; 56 + 6
    assert one.needed_from is not None
    assert instant_text(one.needed_from) == "2027-03-05"  # 20 + 20 = 40 are there before, 56 from then on
    assert one.apply_by is None  # the estate states no lead time


def test_a_buffer_is_a_percentage_a_number_or_both(tmp_path: Path) -> None:
    def asked(percent: int, count: int) -> int:
        (one,) = found(tmp_path, Buffer(percent, count), first=60).asked
        return one.value

    assert asked(0, 0) == 61  # the peak itself: 60 + 1
    assert asked(25, 0) == 77  # 15.25 rounded up
    assert asked(0, 9) == 70
    assert asked(25, 9) == 86


def test_a_tight_scope_asks_for_what_makes_it_wide_again(tmp_path: Path) -> None:
    (one,) = found(tmp_path, existing=20, first=20, second=3).asked
    assert (one.why, one.peak, one.limit) == ("tight", 43, 50)
    assert one.value == 54  # 43 + 5 = 48 is no increase; 43 of 54 are 79.6 %, 43 of 53 are 81.1 %
    assert one.needed_from is not None
    assert instant_text(one.needed_from) == "2027-02-01"  # 40 of 50 from 15 February on: its first month


def test_less_than_what_was_granted_is_not_asked_for() -> None:
    one = {one.scope: one for one in of("apac-branches").asked}["tr-singapore"]
    assert (one.peak, one.extra, one.granted, one.value) == (71, 8, 80, 80)  # 79, but 80 from October on
    assert one.apply_by == date(2027, 6, 21)  # 14 days before 5 July
    assert one.too_late is False


def test_a_quota_that_cannot_be_increased_is_not_asked_for_but_named() -> None:
    requests = of("ecmp-sets")
    assert {one.quota for one in requests.asked} == {"vpn-attachments-per-transit-router"}
    assert [(one.scope, one.peak, one.limit) for one in requests.refused] == [
        ("tr-dubai/processing-centre", 17, 16),
        ("tr-dubai/set dc-route", 18, 16),
    ]
    assert all("cannot be increased" in one.instead for one in requests.refused)


def test_all_looks_at_what_fits_as_well(tmp_path: Path) -> None:
    assert not found(tmp_path, first=5).enough
    requests = found(tmp_path, every=True, first=5)
    assert not requests.asked
    assert [(one.why, one.peak) for one in requests.enough] == [("ok", 6)]
    (one,) = found(tmp_path, Buffer(0, 60), every=True, first=5).asked  # so large a buffer takes an increase
    assert (one.value, one.needed_from) == (66, None)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(
    existing=st.integers(0, 90),
    each=st.integers(1, 4),
    first=st.integers(1, 40),
    second=st.integers(1, 40),
    percent=st.integers(0, 60),
    count=st.integers(0, 40),
    granted=st.none() | st.integers(0, 300),
    every=st.booleans(),
)
def test_what_is_asked_for_covers_the_peak_and_its_buffer_and_is_an_increase(
    tmp_path: Path, existing: int, each: int, first: int, second: int, percent: int, count: int,
    granted: int | None, every: bool,
) -> None:  # fmt: skip
    limits = "" if granted is None else (
        "      limits: {vpn-attachments-per-transit-router:"
        f" {{value: {granted}, from: 2027-03-01, source: request 1}}}}"
    )  # fmt: skip
    counts = {"existing": existing, "each": each, "first": first, "second": second}
    requests = found(tmp_path, Buffer(percent, count), every, limits, **counts)
    peak = existing + each * (first + second)
    for one in (*requests.asked, *requests.enough):
        assert one.peak == peak == one.existing + sum(part.count for part in one.parts)
        assert one.value * 100 >= peak * (100 + percent) + count * 100  # at least peak + buffer
        assert one.value <= (one.maximum or one.value)
        assert one.increase == (one.value > (one.limit or 0)) == (one in requests.asked)
    told = [one.level for one in requests.plan.findings if one.code == "vpn-attachments-per-transit-router"]
    assert ("error" in told) == any(one.why == "exceeded" for one in requests.asked)
    # What is tight until an increase applies that was granted already has been asked for.
    assert ("warning" in told) == any(one.why == "tight" for one in (*requests.asked, *requests.enough))


@pytest.mark.parametrize("example", EXAMPLES)
def test_command_writes_what_is_kept(
    example: str,
    golden: Callable[[Path, str], None],
    capsys: pytest.CaptureFixture[str],
    in_the_repository: None,
    tmp_path: Path,
) -> None:
    out = tmp_path / "out"
    status, printed, complaint = run(capsys, f"scenarios/{example}.yaml", "-o", out)
    assert (status, complaint) == (0, "")
    golden(GOLDEN / example / "text.txt", printed.replace(str(out), "out"))
    assert max(map(len, printed.replace(str(out), "out").splitlines())) <= 100
    written = sorted(out.iterdir()) if out.exists() else []
    for path in written:
        golden(GOLDEN / example / path.name, path.read_bytes().decode("utf-8"))
    assert {path.name for path in (GOLDEN / example).iterdir()} == {"text.txt", *(path.name for path in written)}


def test_page_says_all_that_a_form_asks_for_and_that_nothing_was_submitted() -> None:
    requests = of("apac-branches")
    pages = quota_pack.files(requests)
    page = pages["vpn-attachments-per-transit-router--tr-singapore.md"].decode("utf-8")
    for words in ("Nothing was submitted", "ap-southeast-1", "1234567890123456", "cen-corp", "tr-singapore", "`cbn`"):
        assert words in page
    assert "22 + 4 + 3 + 38 + 4 = 71" in page
    assert "Quota code: unknown: list the quotas of the product live, and match by the description" in page
    assert "Nothing was submitted" in pages["README.md"].decode("utf-8")


def test_json_and_csv_say_the_same() -> None:
    pages = quota_pack.files(of("apac-branches"))
    document = json.loads(pages["requests.json"])
    rows = list(csv.DictReader(io.StringIO(pages["requests.csv"].decode("utf-8-sig"))))
    assert document["submitted"] is False
    assert [row["value"] for row in rows] == [str(one["value"]) for one in document["requests"]] == ["51", "80"]
    assert [row["file"] for row in rows] == [one["file"] for one in document["requests"]]
    assert {one["quota_code"] for one in document["requests"]} == {None}  # unknown
    assert {row["file"] for row in rows} <= pages.keys()


def test_nothing_to_request_writes_no_folder(
    capsys: pytest.CaptureFixture[str], in_the_repository: None, tmp_path: Path
) -> None:
    status, printed, _ = run(capsys, "scenarios/private-vbr.yaml", "-o", tmp_path / "out")
    assert status == 0
    assert "Nothing to request" in printed
    assert not (tmp_path / "out").exists()


def test_a_folder_with_files_of_others_is_left_alone(
    capsys: pytest.CaptureFixture[str], in_the_repository: None, tmp_path: Path
) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    status, printed, complaint = run(capsys, "scenarios/apac-branches.yaml", "-o", tmp_path)
    assert (status, printed) == (1, "")
    assert "mine.txt" in complaint
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_second_run_replaces_the_first(
    capsys: pytest.CaptureFixture[str], in_the_repository: None, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    run(capsys, "scenarios/apac-branches.yaml", "-o", out)
    run(capsys, "scenarios/ecmp-sets.yaml", "-o", out)
    names = {path.name for path in out.glob("vpn-*")}
    assert names == {"vpn-attachments-per-transit-router--tr-dubai.md"}


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["scenarios/apac-branches.yaml"], "--out"),
        (["scenarios/apac-branches.yaml", "-o", "out", "--buffer", "-1"], "--buffer"),
        (["scenarios/apac-branches.yaml", "-o", "out", "--buffer-percent", "a tenth"], "--buffer-percent"),
        (["scenarios/apac-branches.yaml", "-o", ""], "the path is empty"),
        (["scenarios/none.yaml", "-o", "out"], "none.yaml"),
    ],
)
def test_wrong_use_is_refused(
    arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str], in_the_repository: None
) -> None:
    status, printed, said = run(capsys, *arguments)
    assert (status, printed) == (1, "")
    assert complaint in said
