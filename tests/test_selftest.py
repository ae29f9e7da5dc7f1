"""`cenplan selftest`: it agrees, it notices what it is there for, and it says so to people and programs."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from planner import cli, selftest
from planner.core.entry import load
from planner.core.problem import InputError
from planner.core.source import parse_yaml
from pricing import book
from pricing.book import Item

ROOT = Path(__file__).resolve().parents[1]
GOLDEN = ROOT / "tests" / "golden_pages"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # it needs no files of the user
    for name in ("CENPLAN_OUT", "CENPLAN_FORMAT", "CENPLAN_DEBUG"):
        monkeypatch.delenv(name, raising=False)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        cli.main(["selftest", *arguments])
    printed = capsys.readouterr()
    assert isinstance(ended.value.code, int)
    return ended.value.code, printed.out, printed.err


@pytest.mark.parametrize(("name", "extension"), [("text", "txt"), ("markdown", "md"), ("json", "json")])
def test_it_agrees_and_prints_what_is_kept(
    name: str, extension: str, golden: Callable[[Path, str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = run(capsys, "-f", name)
    assert (status, err) == (0, "")
    golden(GOLDEN / f"selftest.{extension}", out)


def with_rate(item: Item, old: str, new: str) -> Item:
    """An item of a book in which a rate is another one."""

    def changed(tier: book.Tier) -> book.Tier:
        value = Decimal(new) if tier.rate.value == Decimal(old) else tier.rate.value
        return tier._replace(rate=dataclasses.replace(tier.rate, value=value))

    schedules = {
        scope: tuple(dataclasses.replace(one, tiers=tuple(map(changed, one.tiers))) for one in history)
        for scope, history in item.list_prices.items()
    }
    return item._replace(list_prices=schedules)


@pytest.fixture
def changed_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shipped price of VBR outbound in Beijing is the older 0.0125."""
    shipped = book._shipped

    def other(site: str, sku: str) -> Item | None:
        item = shipped(site, sku)
        return with_rate(item, "0.0130", "0.0125") if item and sku == "vbr-outbound" else item

    monkeypatch.setattr(book, "_shipped", other)


@pytest.mark.usefixtures("changed_rate")
def test_a_changed_rate_differs_and_ends_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys)
    assert status == 1
    verdict = out.splitlines()[0]
    assert re.fullmatch(r"2 of \d+ figures DIFFER", verdict)
    differing = [line.split() for line in out.splitlines() if "DIFFERS" in line]
    # 0.0125 × 50 × 1,024 and 0.0125 × 100 × 1,024: what the page's totals still have for Beijing
    assert [(line[0], line[1], line[-5]) for line in differing] == [
        ("E1", "Beijing,", "640.00"),
        ("E1", "Beijing,", "1,280.00"),
    ]
    assert err == f"cenplan: {verdict}: do not rely on what this installation calculates\n"


@pytest.mark.usefixtures("changed_rate")
def test_programs_are_told_which_figure_differs(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "-f", "json")
    document = json.loads(out)
    assert status == 1
    assert document["agree"] is False
    figures = [figure for example in document["examples"] for figure in example["figures"] if not figure["agrees"]]
    assert [(figure["expected"], figure["got"]) for figure in figures] == [("665.6", "640"), ("1331.2", "1280")]


def test_a_price_that_is_missing_is_unknown_and_differs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shipped = book._shipped
    monkeypatch.setattr(book, "_shipped", lambda site, sku: None if sku == "ipsec-connection" else shipped(site, sku))
    status, out, _ = run(capsys)
    lost = [line for line in out.splitlines() if "DIFFERS" in line]
    assert status == 1
    assert lost
    assert all("unknown" in line for line in lost)  # nothing unknown is shown as 0
    assert any(line.startswith("E7  total, legacy") for line in lost)  # nor left out of a sum


def test_the_files_are_written_although_figures_differ(
    changed_rate: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, _ = run(capsys, "-f", "text", "-f", "json", "-o", "folder")
    assert (status, out) == (1, "")
    assert sorted(path.name for path in (tmp_path / "folder").iterdir()) == ["selftest.json", "selftest.txt"]


def test_every_example_states_its_evidence_and_where_it_was_read() -> None:
    for result in selftest.run():
        source = result.example.source
        assert source.title
        assert source.read_on
        assert result.example.evidence in ("official", "secondary", "by-hand")


def test_no_price_of_a_neighbouring_product_is_in_the_shipped_books() -> None:
    titles = [path.read_text(encoding="utf-8") for path in (ROOT / "pricing" / "books").rglob("*.yaml")]
    assert not [text for text in titles if "Elastic IP" in text or "flow log" in text.lower()]


def test_an_unknown_key_of_an_example_is_told_with_its_place() -> None:
    text = (ROOT / "planner" / "selftests" / "e2-cdt-mainland.yaml").read_text(encoding="utf-8")
    with pytest.raises(InputError, match=r"e2\.yaml:\d+:\d+: error: unknown key 'expcted'"):
        load(selftest.Example, parse_yaml(text.replace("expected", "expcted"), "e2.yaml"))


def test_what_is_wrong_in_the_plan_of_an_example_is_told_with_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (ROOT / "planner" / "selftests" / "e2-cdt-mainland.yaml").read_text(encoding="utf-8")
    (tmp_path / "e2.yaml").write_text(text.replace("transit_router: tr-hangzhou", "transit_router: tr-x"), "utf-8")
    monkeypatch.setattr(selftest, "_FOLDER", tmp_path)
    line = 1 + text.splitlines().index("          transit_router: tr-hangzhou")
    with pytest.raises(InputError, match=rf"e2\.yaml:{line}:27: error: unknown transit router 'tr-x'"):
        selftest.run()
