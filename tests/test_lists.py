"""`cenplan quotas list` and `cenplan checks list`: everything declared, in every format; ids never vanish."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from planner import check, cli, quota
from planner.plan import LEVELS
from reports import check_list, quota_list

ROOT = Path(__file__).resolve().parents[1]
GOLDEN = ROOT / "tests" / "golden_lists"
PUBLISHED = ROOT / "tests" / "data" / "published_ids.txt"
DECLARED: dict[str, Any] = {"quotas": quota.declared(), "checks": check.declared()}

pytestmark = pytest.mark.usefixtures("in_the_repository")


def listed(kind: str, form: str, capsys: pytest.CaptureFixture[str]) -> str:
    """What `cenplan KIND list -f FORM` prints."""
    with pytest.raises(SystemExit) as ended:
        cli.main([kind, "list", "-f", form])
    printed = capsys.readouterr()
    assert (ended.value.code, printed.err) == (0, "")
    return printed.out


@pytest.mark.parametrize("kind", DECLARED)
@pytest.mark.parametrize("form", ["text", "json", "csv", "markdown"])
def test_list_is_what_is_kept(
    kind: str, form: str, golden: Callable[[Path, str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    extension = {"text": "txt", "markdown": "md"}.get(form, form)
    golden(GOLDEN / f"{kind}.{extension}", listed(kind, form, capsys))


@pytest.mark.parametrize("kind", DECLARED)
def test_every_format_names_everything_declared(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    records = json.loads(listed(kind, "json", capsys))[kind]
    rows = list(csv.DictReader(io.StringIO(listed(kind, "csv", capsys).removeprefix("\ufeff"))))
    assert [one["id"] for one in records] == [one["id"] for one in rows] == list(DECLARED[kind])
    for form in ("text", "markdown"):
        words = set(listed(kind, form, capsys).replace("|", " ").replace("\\", "").split())
        assert DECLARED[kind].keys() <= words


@pytest.mark.parametrize("kind", DECLARED)
def test_text_fits_a_terminal(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    wide = [line for line in listed(kind, "text", capsys).splitlines() if len(line) > 100 and "https://" not in line]
    assert not wide


@pytest.mark.parametrize("kind", DECLARED)
def test_json_is_as_its_schema_says(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    schema = json.loads((ROOT / "docs" / "schema" / f"{kind}-list.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(json.loads(listed(kind, "json", capsys)))


def test_quotas_say_what_they_were_read_from(capsys: pytest.CaptureFixture[str]) -> None:
    for record, one in zip(
        json.loads(listed("quotas", "json", capsys))["quotas"], quota.declared().values(), strict=True
    ):
        said = (record["url"], record["read_on"], record["default"], record["adjustable"])
        assert said == (one.reference.url, one.reference.read_on, one.default, one.adjustable)
        assert record["other_readings"] == list(quota_list.readings(one))


def test_worst_level_is_that_of_the_worst_stage() -> None:
    for name, one in check.declared().items():
        worst = min(check_list.levels(one).values(), key=LEVELS.index)
        assert worst == one.level, f"{name}: level and by_stage of its CHECK contradict each other"


@pytest.mark.parametrize("kind", DECLARED)
def test_several_formats_go_into_a_folder(kind: str, tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([kind, "list", "-f", "json", "-f", "csv", "-o", str(tmp_path / "out")])
    assert ended.value.code == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [f"{kind}.csv", f"{kind}.json"]


# Ids


def published() -> list[str]:
    """Every `kind id` that was ever published."""
    lines = PUBLISHED.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_no_published_id_vanishes(request: pytest.FixtureRequest) -> None:
    today = [f"{kind[:-1]} {name}" for kind, declared in DECLARED.items() for name in declared]
    if request.config.getoption("--golden"):
        comment = [line for line in PUBLISHED.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
        everything = sorted({*published(), *today})
        PUBLISHED.write_text("\n".join([*comment, *everything]) + "\n", encoding="utf-8", newline="\n")
    assert not set(published()) - set(today), "an id is kept for ever: waivers and policies name it"
    assert not set(today) - set(published()), "run make golden: a new id is published by adding it to the list"
    assert published() == sorted(set(published()))


def test_an_id_is_either_a_quota_or_a_check() -> None:
    assert not quota.declared().keys() & check.declared().keys()
