"""A report is rendered again from its JSON: the same bytes, from nothing else, and nothing else than that."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from planner import __version__, cli, command, packing, plan, saved_state, together
from planner.core.problem import InputError
from planner.plan import make_plan
from planner.scenario import read_scenario
from pricing import book
from reports import document, folder, html_report
from tests.support.drawn_plans import calculated_or_none, drawn
from tests.support.example_plans import GALLERY
from tests.support.examples import EXAMPLES, SCENARIOS, example
from tests.support.plan_strategies import Case, cases
from tests.support.told import unfolded

ROOT = SCENARIOS.parent
WITHOUT_CHARTS = ["--only", "workbook", "--only", "page", "--only", "line-items", "--only", "document"]
"""Charts take most of the time. The document holds the whole plan, of which they are drawn."""

pytestmark = pytest.mark.usefixtures("in_the_repository")


@pytest.fixture
def copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with all plan files in scenarios/."""
    shutil.copytree(SCENARIOS, tmp_path / "scenarios")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """`run("report", "plan.yaml", "-o", "out")`: exit status and what was said on standard error."""

    def call(*arguments: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as ended:
            cli.main([*arguments])
        return int(ended.value.code or 0), capsys.readouterr().err

    return call


Run = Callable[..., tuple[int, str]]


def forbid(monkeypatch: pytest.MonkeyPatch, folder_of_books: Path) -> None:
    """Nothing can be calculated any more: price books are gone, and whoever calculates fails."""

    def fail(*_: Any, **__: Any) -> Any:
        raise AssertionError("something was calculated or read")

    monkeypatch.setattr(book, "FOLDER", folder_of_books)
    for module, name in ((plan, "make_plan"), (together, "read"), (command, "calculated"), (book, "load_price_lists")):
        monkeypatch.setattr(module, name, fail)


def content(out: Path) -> dict[str, bytes]:
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}


def same_but_for_the_saved_plan(first: Path, again: Path, saved: str) -> None:
    """Both folders are the same to the byte; the manifest of the second one names the document as well."""
    one, two = content(first), content(again)
    manifests = [json.loads(files.pop("report.json")) for files in (one, two)]
    assert [name for name in {**one, **two} if one.get(name) != two.get(name)] == []
    added = manifests[1]["inputs"].pop(0)
    assert (added["role"], added["path"]) == ("saved plan", saved)
    assert manifests[0] == manifests[1]


@pytest.mark.parametrize("name", EXAMPLES)
def test_report_of_an_example_is_rendered_again_when_its_files_are_gone(
    name: str, copies: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"scenarios/{name}.yaml"
    options = WITHOUT_CHARTS if name != "contract-and-finance" else []
    assert run("report", path, "-o", "first", *options) == (0, "")
    assert run("estimate", path, "-f", "json", "-o", "saved.json") == (0, "")
    assert (copies / "saved.json").read_bytes() == (copies / "first" / "plan.json").read_bytes()
    shutil.rmtree(copies / "scenarios")
    forbid(monkeypatch, copies)
    assert run("report", "saved.json", "-o", "again", *options) == (0, "")
    same_but_for_the_saved_plan(copies / "first", copies / "again", "saved.json")


def test_report_of_several_plans_is_rendered_again_in_its_own_folder(
    copies: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = ("scenarios/apac-branches.yaml", "scenarios/apac-warehouses.yaml")
    assert run("report", *both, "-o", "first", *WITHOUT_CHARTS) == (0, "")
    shutil.copytree(copies / "first", copies / "again")
    shutil.rmtree(copies / "scenarios")
    forbid(monkeypatch, copies)
    assert run("report", "again/plan.json", "-o", "again", *WITHOUT_CHARTS) == (0, "")
    same_but_for_the_saved_plan(copies / "first", copies / "again", "again/plan.json")


def test_document_is_rendered_from_standard_input(copies: Path) -> None:
    code = [sys.executable, "-m", "planner.cli"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    saved = subprocess.run(
        [*code, "estimate", "scenarios/quota-limits.yaml", "-f", "json"],
        check=True, capture_output=True, timeout=120, env=environment,
    )  # fmt: skip
    for name, given_text in (
        ("again", saved.stdout),
        ("plan", (SCENARIOS / "two-routers.yaml").read_bytes().replace(b"estate: ", b"estate: scenarios/")),
    ):
        report = [*code, "report", "-", "-o", name, "--only", "line-items"]
        ran = subprocess.run(report, input=given_text, capture_output=True, timeout=120, env=environment)
        assert (ran.returncode, ran.stderr) == (0, b"")
    inputs = json.loads((copies / "again" / "report.json").read_bytes())["inputs"]
    assert [(one["role"], one["path"]) for one in inputs][:2] == [
        ("saved plan", "<stdin>"),
        ("plan", "scenarios/quota-limits.yaml"),
    ]


@pytest.mark.parametrize("name", ["prepaid-plans", "apac-branches", "contract-and-finance"])
def test_folder_has_the_same_bytes_in_another_process(name: str, copies: Path) -> None:
    for out, seed, zone in (("one", "1", "UTC"), ("two", "4242", "Asia/Tokyo")):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "PYTHONPATH": str(ROOT)}
        arguments = [sys.executable, "-m", "planner.cli", "report", f"scenarios/{name}.yaml", "-o", out]
        subprocess.run([*arguments, *WITHOUT_CHARTS], check=True, env=environment, timeout=120, capture_output=True)
    one, two = content(copies / "one"), content(copies / "two")
    assert "report.json" in one
    assert one == two


@drawn(25)
@given(cases(prepaid=True))
def test_state_of_any_plan_is_the_plan(case: Case) -> None:
    made = calculated_or_none(case)
    if made is not None:
        text = document.kept(made)
        assert document.kept(saved_state.plan_in(json.loads(text), "saved.json")) == text


@pytest.mark.parametrize("path", sorted(GALLERY.glob("*.yaml")), ids=lambda path: path.stem)
def test_state_of_a_plan_of_every_check_is_the_plan(path: Path) -> None:
    scenario = read_scenario(str(path))
    made = make_plan([scenario], book.load_price_lists(scenario.sites, scenario.price_books))
    text = document.kept(made)
    again = saved_state.plan_in(json.loads(text), "saved.json")
    assert document.kept(again) == text
    assert [one.location for one in again.findings] == [one.location for one in made.findings]


def test_document_that_was_only_laid_out_anew_is_rendered(tmp_path: Path, run: Run) -> None:
    saved = kept()
    for number, layout in enumerate(
        ({"separators": (",", ":")}, {"indent": 4, "ensure_ascii": True, "sort_keys": True})
    ):
        path = tmp_path / f"{number}.json"
        path.write_text(json.dumps(saved, **layout), encoding="utf-8")
        assert run("report", str(path), "-o", str(tmp_path / f"{number}"), "--only", "line-items") == (0, "")


def test_byte_order_mark_changes_nothing(tmp_path: Path, run: Run) -> None:
    path = tmp_path / "saved.json"
    path.write_text("\ufeff" + _kept_text(), encoding="utf-8")
    assert run("report", str(path), "-o", str(tmp_path / "out"), "--only", "line-items") == (0, "")


def test_plan_that_is_written_as_json_is_calculated(copies: Path, run: Run) -> None:
    plain = yaml.safe_load((SCENARIOS / "two-routers.yaml").read_text(encoding="utf-8"))
    (copies / "plan.json").write_text(json.dumps(plain, default=str), encoding="utf-8")
    assert run("report", "plan.json", "-o", "one", "--only", "line-items") == (0, "")
    assert run("report", "scenarios/two-routers.yaml", "-o", "other", "--only", "line-items") == (0, "")
    one, other = content(copies / "one"), content(copies / "other")
    assert one["line-items.csv"] == other["line-items.csv"]
    assert json.loads(one["report.json"])["inputs"][0]["role"] == "plan"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names of files are always text")
def test_file_whose_name_is_no_text_is_kept_as_well(copies: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    name = os.fsdecode(b"caf\xe9.yaml")
    shutil.copy(SCENARIOS / "two-routers.yaml", name)
    assert run("report", name, "-o", "first", *WITHOUT_CHARTS) == (0, "")
    os.remove(name)
    forbid(monkeypatch, copies)
    assert run("report", "first/plan.json", "-o", "again", *WITHOUT_CHARTS) == (0, "")
    same_but_for_the_saved_plan(copies / "first", copies / "again", "first/plan.json")


def test_diff_compares_a_saved_plan_with_its_file(tmp_path: Path, run: Run) -> None:
    saved = tmp_path / "saved.json"
    assert run("estimate", "scenarios/two-routers.yaml", "-f", "json", "-o", str(saved)) == (0, "")
    assert run("diff", str(saved), "scenarios/two-routers.yaml", "--exit-code") == (0, "")
    assert run("diff", str(saved), "scenarios/quota-limits.yaml", "--exit-code") == (2, "")


# What is refused


@cache
def _kept_text() -> str:
    return document.kept(example("two-routers").made)


def kept() -> dict[str, Any]:
    """The JSON of an example, with its state."""
    found: dict[str, Any] = json.loads(_kept_text())
    return found


def whole(state: str) -> bytes:
    return zlib.decompress(base64.b64decode(state))


def state_of(data: bytes) -> str:
    return base64.b64encode(zlib.compress(data)).decode("ascii")


def edited(found: dict[str, Any]) -> None:
    found["totals"]["cost"] = "1"


def shortened(found: dict[str, Any]) -> None:
    del found["line_items"][3]


def nested(found: dict[str, Any]) -> None:
    for _ in range(900):
        found["not_included"] = [found["not_included"]]


def of_another_version(found: dict[str, Any]) -> None:
    found["state"] = state_of(whole(found["state"]).replace(f'"{__version__}"'.encode(), b'"0.0.9"', 1))


def of_another_format(found: dict[str, Any]) -> None:
    found["state"] = state_of(whole(found["state"]).replace(b"state [1,", b"state [2,", 1))


def of_another_document(found: dict[str, Any]) -> None:
    found["state"] = json.loads(document.kept(example("quota-limits").made))["state"]


def put(state: Any) -> Callable[[dict[str, Any]], None]:
    def change(found: dict[str, Any]) -> None:
        found["state"] = state

    return change


def cut(found: dict[str, Any]) -> None:
    found["state"] = found["state"][:1000]


def cut_inside(found: dict[str, Any]) -> None:
    found["state"] = state_of(whole(found["state"])[:5000])


NO_STATE = "the document holds no state to render from: check wrote it, or an older cenplan"
CHANGED = "the document was changed after it was written: its state is of other numbers"
DAMAGED = "the state of the document is damaged"
OTHER = f"this one, {__version__}, reads its own, in format 1"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (edited, CHANGED),
        (shortened, CHANGED),
        (nested, CHANGED),
        (of_another_document, CHANGED),
        (of_another_version, f"cenplan 0.0.9 wrote the state of the document, in format 1; {OTHER}"),
        (of_another_format, f"cenplan {__version__} wrote the state of the document, in format 2; {OTHER}"),
        (put(None), NO_STATE),
        (lambda found: found.pop("state"), NO_STATE),
        (put(""), DAMAGED),
        (put("no base64!"), DAMAGED),
        (put("é"), DAMAGED),
        (put(17), DAMAGED),
        (put({"a": 1}), DAMAGED),
        (put("AAAA"), DAMAGED),
        (put(state_of(b"")), DAMAGED),
        (put(state_of(b"cenplan state {}\n")), DAMAGED),
        (put(state_of(b"cenplan state [1]\n")), DAMAGED),
        (cut, DAMAGED),
        (cut_inside, f"{DAMAGED}, or another build of cenplan {__version__} wrote it"),
    ],
)
def test_document_that_cannot_be_rendered_is_refused_with_a_remedy(
    change: Callable[[dict[str, Any]], Any], message: str, tmp_path: Path, run: Run
) -> None:
    found = kept()
    change(found)
    path, out = tmp_path / "saved.json", tmp_path / "out"
    path.write_text(json.dumps(found), encoding="utf-8")
    status, said = run("report", str(path), "-o", str(out))
    assert status == 1
    assert unfolded(said) == unfolded(f"{path}: error:\n    {message}\n  help: {saved_state.REMEDY}\n")
    assert not out.exists()


def test_what_is_no_document_or_not_alone_is_refused(copies: Path, run: Run) -> None:
    assert run("check", "scenarios/two-routers.yaml", "-f", "json", "-o", "check.json")[0] == 2
    assert NO_STATE in run("report", "check.json", "-o", "out")[1]
    (copies / "other.json").write_text('{"a": 1}', encoding="utf-8")
    assert "this is neither a plan nor the JSON document of one" in run("report", "other.json", "-o", "out")[1]
    (copies / "saved.json").write_text(_kept_text(), encoding="utf-8")
    status, said = run("report", "scenarios/quota-limits.yaml", "saved.json", "-o", "out")
    assert status == 1
    assert said.splitlines() == [
        "saved.json: error: a plan that was saved is rendered alone",
        "  help: name it alone, or give plan files, which add up",
    ]
    assert not (copies / "out").exists()


def test_saved_plan_keeps_its_day(copies: Path, run: Run) -> None:
    (copies / "saved.json").write_text(_kept_text(), encoding="utf-8")
    day = kept()["as_of"]
    assert run("report", "saved.json", "-o", "out", "--only", "line-items", "--as-of", day)[0] == 0
    status, said = run("report", "saved.json", "-o", "out", "--only", "line-items", "--as-of", "2030-01-01")
    assert status == 1
    assert f"saved.json was made as of {day}; render another day from the plan files" in " ".join(said.split())


def test_state_that_unfolds_without_end_is_not_unfolded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_state, "MOST_BYTES", 10_000)
    bomb = {"state": state_of(b"cenplan state " + bytes(10_000_000))}  # 10 kB of text
    with pytest.raises(InputError, match="damaged"):
        saved_state.plan_in(bomb, "saved.json")
    made = example("two-routers").made
    assert saved_state.state_of(made, document.document(made)) is None  # nothing is written that is not read


# What can be packed, and what the bytes can do


def packed(*nodes: list[Any], arrays: bytes = b"") -> bytes:
    text = json.dumps(nodes).encode()
    return len(text).to_bytes(8, "big") + text + arrays


def unpacked(data: bytes) -> Any:
    return packing.unpack(data, saved_state._allowed(), saved_state._registries())


@pytest.mark.parametrize(
    "nodes",
    [
        [["record", "os:system", "true"]],
        [["record", "subprocess:Popen", "true"]],
        [["record", "planner.command:Command", 1, None]],
        [["record", "planner.core.secret:begins_in", ""]],
        [["entry", "planner.core.entry:Entry", []]],
        [["entry", "planner.core.period:Month", [0], 2027, 1]],
        [["record", "planner.core.period:Month", 2027]],  # a field less
        [["record", "planner.core.period:Month", 2027, 1, 1]],
        [["declared", "planner.quota:Quota", "no-such-quota"]],
        [["record", "planner.quota:Quota", *[None] * 16]],  # only by its id
        [["declared", "planner.check:Check", "zone"]],
        [["import", "os"]],
        [["__init__"]],
        [["tuple", [0]]],  # itself
        [["tuple", [1]], ["tuple"]],  # one behind it
        [["tuple"], ["tuple", [-1]]],
        [["tuple"], ["tuple", [True]]],
        [["tuple"], ["tuple", [0, 0]]],
        [["tuple", 1.5]],
        [["tuple", {"a": 1}]],
        [["map", "a"]],  # no value
        [["list"], ["map", [0], 1]],  # a list is no key
        [["array", "int64", 0, 2]],  # beyond the end
        [["array", "int64", -8, 1]],
        [["array", "int64", 0, -1]],
        [["array", "int64", 0, 10**30]],
        [["array", "bool", 0, 1]],  # neither true nor false
        [["array", "object", 0, 1]],
        [["decimal", "1E+999999999"]],
        [["decimal", "NaN"]],
        [["fraction", "1/0"]],
        [["date", "20 November"]],
        [["place", "no file", [0], True, 1, 1]],
        [["source", 1]],
        ["tuple"],
        [[]],
        [],
    ],
    ids=str,
)
def test_bytes_that_are_no_plan_make_nothing(nodes: list[Any]) -> None:
    with pytest.raises(ValueError, match="it holds no plan"):
        unpacked(packed(*nodes, arrays=b"\x07" * 8))


def test_other_objects_are_not_packed() -> None:
    for value in (object(), print, 1.5, {1}, b"bytes", Path("a"), type):
        with pytest.raises(TypeError, match="no part of a plan that is kept"):
            packing.pack((value,), saved_state._allowed(), saved_state._registries())


def test_equal_values_are_packed_once_and_alike() -> None:
    one = ("a", ("b", True, 1))
    other = (one[0], (*one[1],))  # equal, and another object
    pack = [packing.pack(value, {}, {}) for value in ((one, one), (one, other))]
    assert pack[0] == pack[1]
    assert pack[0].count(b'"b"') == 1
    assert packing.unpack(pack[0], {}, {}) == (one, one)
    assert [type(part) for part in packing.unpack(pack[0], {}, {})[0][1]] == [str, bool, int]  # True is not 1


PACKED = whole(kept()["state"]).partition(b"\n")[2]


@drawn(60)
@given(st.lists(st.tuples(st.integers(0, len(PACKED) - 1), st.integers(0, 255)), min_size=1, max_size=8))
def test_bytes_that_were_changed_anywhere_make_a_plan_or_are_refused(changes: list[tuple[int, int]]) -> None:
    data = bytearray(PACKED)
    for at, byte in changes:
        data[at] = byte
    try:
        found = unpacked(bytes(data))
    except ValueError:
        return
    assert type(found).__module__.split(".")[0] in ("planner", "pricing", "builtins", "numpy", "datetime", "decimal")


# The manifest


def manifests(copies: Path, run: Run) -> Iterator[dict[str, Any]]:
    """Those of two parts of a report, of a saved plan, and of a pack of quota requests."""
    (copies / "saved.json").write_text(_kept_text(), encoding="utf-8")
    for out, *arguments in (
        ("large", "report", "scenarios/branches-400.yaml", "--only", "line-items"),
        ("part", "report", "scenarios/contract-and-finance.yaml", "--only", "evidence-of-prices"),
        ("again", "report", "saved.json", "--only", "line-items"),
        ("requests", "quotas", "request", "scenarios/apac-branches.yaml"),
    ):
        assert run(*arguments, "-o", out)[0] == 0
        yield json.loads(next((copies / out).glob(f"{'pack' if out == 'requests' else 'report'}.json")).read_bytes())


def test_manifest_is_as_its_schema_says_and_names_every_input(copies: Path, run: Run) -> None:
    schema = json.loads((ROOT / "docs" / "schema" / "report.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    found = [*manifests(copies, run)]
    assert [error.message for one in found for error in validator.iter_errors(one)] == []
    roles = [[one["role"] for one in manifest["inputs"]] for manifest in found]
    assert roles == [
        ["plan", "attachment table", "estate", "shipped price books"],
        ["plan", "estate", "finance", "price book", "price book", "shipped price books", "shipped price books"],
        ["saved plan", "plan", "shipped price books"],  # the estate stands in the plan
        ["plan", "estate"],  # a check reads no prices
    ]
    assert {one["cenplan"] for one in found} == {__version__}
    for change in (
        {"made_on": "2026-11-20"},
        {"version": 1},
        {"files": []},
        {"inputs": [{"path": "a"}]},
        {"as_of": ""},
    ):
        assert [*validator.iter_errors({**found[0], **change})]


def test_manifest_has_the_hashes_that_the_page_shows() -> None:
    made = example("contract-and-finance").made
    page, inputs = html_report.render(made), folder.about(made)["inputs"]
    assert len(inputs) == 7
    assert [one for one in inputs if one["sha256"] not in page] == []
