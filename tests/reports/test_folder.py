"""The folder of a report: complete or not there, and never at the cost of anything else."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from planner import cli
from planner.plan import Plan
from reports import document, folder, html_report, line_items_csv, one_page_markdown, one_page_pdf, workbook

ROOT = Path(__file__).resolve().parents[2]
FILES = [
    "apac-branches-summary.md",
    "apac-branches-summary.pdf",
    "apac-branches.html",
    "apac-branches.xlsx",
    "charts/attachments-against-quota.png",
    "charts/attachments-against-quota.svg",
    "charts/cost-by-region-and-cost-center.png",
    "charts/cost-by-region-and-cost-center.svg",
    "charts/cost-by-router-and-group.png",
    "charts/cost-by-router-and-group.svg",
    "charts/cumulative-cost-by-year.png",
    "charts/cumulative-cost-by-year.svg",
    "charts/evidence-of-prices.png",
    "charts/evidence-of-prices.svg",
    "charts/from-list-to-bill.png",
    "charts/from-list-to-bill.svg",
    "charts/headroom-heat-map.png",
    "charts/headroom-heat-map.svg",
    "charts/monthly-cost-by-item.png",
    "charts/monthly-cost-by-item.svg",
    "charts/rate-card-sensitivity.png",
    "charts/rate-card-sensitivity.svg",
    "charts/rollout-timeline.png",
    "charts/rollout-timeline.svg",
    "line-items.csv",
    "plan.json",
    "report.json",
]


def content(out: Path) -> dict[str, bytes]:
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}


def beside(out: Path) -> list[str]:
    return sorted(path.name for path in out.parent.iterdir())


def stop_at(part: str, error: BaseException) -> folder.Progress:
    """A progress that fails when a part is reached: what came before is written by then."""

    def progress(done: int, total: int, what: str) -> None:
        if what == part:
            raise error

    return progress


def test_report_is_complete_and_lists_its_files(exceeded: Plan, tmp_path: Path) -> None:
    out = tmp_path / "out"
    steps: list[tuple[int, int, str]] = []
    written = folder.write(exceeded, out, lambda *step: steps.append(step))
    found = content(out)
    assert sorted(found) == FILES
    assert sorted(path.relative_to(out).as_posix() for path in written) == FILES
    listed = json.loads(found["report.json"])["files"]
    assert [one["path"] for one in listed] == [name for name in FILES if name != "report.json"]
    assert {one["path"]: one["sha256"] for one in listed} == {
        name: sha256(data).hexdigest() for name, data in found.items() if name != "report.json"
    }
    assert found["apac-branches.xlsx"] == workbook.render(exceeded)
    assert found["apac-branches.html"].decode("utf-8") == html_report.render(exceeded)
    assert found["apac-branches-summary.md"].decode("utf-8") == one_page_markdown.render(exceeded)
    assert found["apac-branches-summary.pdf"] == one_page_pdf.render(exceeded)
    assert found["line-items.csv"].decode("utf-8") == line_items_csv.render(exceeded)
    assert found["plan.json"].decode("utf-8") == document.kept(exceeded)
    parts = 15  # the workbook, the page, the summary, ten charts, the line items and the document
    assert [done for done, _, _ in steps] == list(range(parts + 1))
    assert {total for _, total, _ in steps} == {parts}
    assert steps[-1] == (parts, parts, "done")
    assert beside(out) == ["out"]


def test_report_of_the_same_plan_has_the_same_bytes_in_another_process(plan_file: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from planner.plan import make_plan; from planner.scenario import read_scenario\n"
        "from pricing.book import load_books; from reports import folder\n"
        "scenario = read_scenario(sys.argv[1])\n"
        "folder.write(make_plan([scenario], load_books(scenario.site)), Path(sys.argv[2]))"
    )
    for name, seed, zone, language in (("one", "1", "UTC", "C"), ("two", "4242", "Asia/Tokyo", "C.UTF-8")):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": language, "PYTHONPATH": str(ROOT)}
        subprocess.run(
            [sys.executable, "-c", code, str(plan_file), str(tmp_path / name)], check=True, env=environment, timeout=120
        )
    one, two = content(tmp_path / "one"), content(tmp_path / "two")
    assert sorted(one) == FILES
    assert [name for name in one if one[name] != two[name]] == []


def test_new_report_replaces_the_old_one_whole(exceeded: Plan, nothing: Plan, tmp_path: Path) -> None:
    out = tmp_path / "out"
    folder.write(exceeded, out)
    (out / ".DS_Store").write_bytes(b"left by a desktop")
    out.chmod(0o750)
    folder.write(nothing, out)
    assert "later.xlsx" in content(out)
    assert "apac-branches.xlsx" not in content(out)
    assert stat.S_IMODE(out.stat().st_mode) == 0o750
    assert beside(out) == ["out"]


@pytest.mark.parametrize(
    ("part", "error"),
    [
        ("workbook", RuntimeError("broken")),
        ("cost-by-router-and-group", KeyboardInterrupt()),
        ("document", OSError(28, "No space left on device")),
        ("done", KeyboardInterrupt()),
    ],
)
def test_failure_leaves_the_old_report_whole_and_nothing_else(
    exceeded: Plan, nothing: Plan, tmp_path: Path, part: str, error: BaseException
) -> None:
    out = tmp_path / "out"
    folder.write(nothing, out)
    before = content(out)
    expected = folder.ReportError if isinstance(error, OSError) else type(error)
    with pytest.raises(expected):
        folder.write(exceeded, out, stop_at(part, error))
    assert content(out) == before
    assert beside(out) == ["out"]


def test_folder_of_the_first_manifest_is_replaced(nothing: Plan, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "old.csv").write_text("old", encoding="utf-8")
    first = {"version": 1, "made_by": "cenplan", "files": ["old.csv", "report.json"]}  # names without hashes
    (out / "report.json").write_text(json.dumps(first), encoding="utf-8")
    folder.write(nothing, out, only=["line-items"])
    assert sorted(content(out)) == ["line-items.csv", "report.json"]


@pytest.mark.parametrize(
    ("only", "files"),
    [
        (["page"], ["apac-branches.html"]),
        (["line-items", "workbook"], ["apac-branches.xlsx", "line-items.csv"]),
        (["headroom-heat-map"], ["charts/headroom-heat-map.png", "charts/headroom-heat-map.svg"]),
        (["charts", "document"], [name for name in FILES if name.startswith("charts/") or name == "plan.json"]),
    ],
    ids=str,
)
def test_folder_holds_the_parts_that_were_asked_for_and_nothing_else(
    exceeded: Plan, nothing: Plan, tmp_path: Path, only: list[str], files: list[str]
) -> None:
    out = tmp_path / "out"
    folder.write(nothing, out)  # a whole report, which goes
    written = folder.write(exceeded, out, only=only)
    found = content(out)
    assert sorted(found) == sorted([*files, "report.json"])
    assert sorted(path.relative_to(out).as_posix() for path in written) == sorted(found)
    manifest = json.loads(found["report.json"])
    assert [one["path"] for one in manifest["files"]] == files
    assert set(manifest["parts"]) >= set(only) - {"charts"}


def test_name_of_a_part_is_checked_before_anything_is_calculated(
    plan_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    with pytest.raises(SystemExit) as ended:
        cli.main(["report", str(plan_file), "-o", str(out), "--only", "page", "--only", "headrom-heat-map"])
    said = " ".join(capsys.readouterr().err.split())
    assert ended.value.code == 1
    assert "unknown part 'headrom-heat-map'; did you mean 'headroom-heat-map'?" in said
    assert not out.exists()


def test_one_part_says_what_the_whole_report_says_in_it(
    plan_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Effects of other answers, which take most of the time, are calculated for the parts that tell them."""
    ran = []
    for name, options in (("whole", []), ("page", ["--only", "page"]), ("csv", ["--only", "line-items"])):
        with pytest.raises(SystemExit) as ended:
            cli.main(["report", str(plan_file), "-o", str(tmp_path / name), *options])
        ran.append(ended.value.code)
    whole, page, csv = (content(tmp_path / name) for name in ("whole", "page", "csv"))
    assert ran == [0, 0, 0]
    assert page["apac-branches.html"] == whole["apac-branches.html"]
    assert csv["line-items.csv"] == whole["line-items.csv"]


def test_failure_takes_back_the_folders_it_made(exceeded: Plan, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        folder.write(exceeded, tmp_path / "a" / "b" / "out", stop_at("document", KeyboardInterrupt()))
    assert list(tmp_path.iterdir()) == []


def test_folders_above_are_made(nothing: Plan, tmp_path: Path) -> None:
    folder.write(nothing, tmp_path / "a" / "b" / "out")
    assert beside(tmp_path / "a" / "b" / "out") == ["out"]


def test_full_disk_is_explained_and_leaves_nothing_behind(plan_file: Path, nothing: Plan, tmp_path: Path) -> None:
    """A limit on the size of files stops the run in the middle, as a full disk does."""
    pytest.importorskip("resource", reason="this system has no limits on the size of files")
    out = tmp_path / "reports" / "out"
    folder.write(nothing, out)
    before = content(out)
    code = (
        "import resource, sys; from pathlib import Path\n"
        "from planner.plan import make_plan; from planner.scenario import read_scenario\n"
        "from pricing.book import load_books; from reports import folder\n"
        "scenario = read_scenario(sys.argv[1]); plan = make_plan([scenario], load_books(scenario.site))\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))\n"
        "try: folder.write(plan, Path(sys.argv[2]))\n"
        "except folder.ReportError as error: print(error); sys.exit(7)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(plan_file), str(out)],
        capture_output=True, text=True, timeout=120, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert run.returncode == 7, run.stderr
    assert run.stdout == (
        f"cannot write the report to {out}: File too large\n"
        "  help: give a folder on a disk that takes larger files; nothing was changed\n"
    )
    assert content(out) == before
    assert beside(out) == ["out"]


def test_folder_that_may_not_be_written_is_explained(nothing: Plan, tmp_path: Path) -> None:
    parent = tmp_path / "closed"
    parent.mkdir(mode=0o500)
    root = os.geteuid() == 0  # may write everywhere
    if root:
        os.seteuid(65534)
    try:
        with pytest.raises(folder.ReportError, match="Permission denied") as caught:
            folder.write(nothing, parent / "out")
    finally:
        if root:
            os.seteuid(0)
    assert caught.value.remedy.startswith("give a folder in one that you may write to")
    assert list(parent.iterdir()) == []


def test_folder_with_foreign_files_is_refused(nothing: Plan, tmp_path: Path) -> None:
    out = tmp_path / "out"
    folder.write(nothing, out)
    (out / "charts" / "mine.txt").write_text("keep me", encoding="utf-8")
    (out / "empty").mkdir()
    before = content(out)
    with pytest.raises(folder.ReportError) as caught:
        folder.write(nothing, out)
    assert caught.value.message == f"{out} holds what is not of a report of cenplan: charts/mine.txt, empty/"
    assert caught.value.remedy == f"give a folder inside it, such as -o {out / 'report'}, or move it away"
    assert content(out) == before


@pytest.mark.parametrize(
    "manifest", ["", "not json", "[]", "{}", '{"made_by": "cenplan"}', '{"made_by": "other", "files": ["a.txt"]}']
)
def test_list_of_files_that_is_not_ours_protects_everything(nothing: Plan, tmp_path: Path, manifest: str) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "report.json").write_text(manifest, encoding="utf-8")
    (tmp_path / "out" / "a.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(folder.ReportError, match="holds what is not of a report"):
        folder.write(nothing, tmp_path / "out")
    assert (tmp_path / "out" / "a.txt").read_text(encoding="utf-8") == "mine"


def test_file_that_comes_while_the_report_is_made_is_kept(nothing: Plan, tmp_path: Path) -> None:
    out = tmp_path / "out"
    folder.write(nothing, out)

    def progress(done: int, total: int, what: str) -> None:
        (out / "notes.txt").write_text("just written", encoding="utf-8")

    with pytest.raises(folder.ReportError, match=r"notes\.txt"):
        folder.write(nothing, out, progress)
    assert (out / "notes.txt").exists()
    assert beside(out) == ["out"]


def test_empty_folder_and_trailing_slash_are_fine(nothing: Plan, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    folder.write(nothing, Path(f"{tmp_path}/out/"))
    assert "later.xlsx" in content(tmp_path / "out")


@pytest.mark.parametrize("exists", [True, False])
def test_link_keeps_pointing_to_the_report(nothing: Plan, tmp_path: Path, exists: bool) -> None:
    real, link = tmp_path / "real" / "out", tmp_path / "link"
    if exists:
        real.mkdir(parents=True)
    link.symlink_to(real)
    written = folder.write(nothing, link)
    assert link.is_symlink()
    assert "later.xlsx" in content(real)
    assert all(path.is_file() for path in written)
    folder.write(nothing, link)
    assert beside(real) == ["out"]


def test_link_inside_the_folder_is_foreign(nothing: Plan, tmp_path: Path) -> None:
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    folder.write(nothing, out)
    elsewhere.mkdir()
    (out / "more").symlink_to(elsewhere)
    with pytest.raises(folder.ReportError, match="more"):
        folder.write(nothing, out)


def test_file_is_not_replaced_by_a_folder(nothing: Plan, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine", encoding="utf-8")
    with pytest.raises(folder.ReportError, match="is a file"):
        folder.write(nothing, tmp_path / "out")
    with pytest.raises(folder.ReportError, match="Not a directory"):
        folder.write(nothing, tmp_path / "out" / "inner")
    assert beside(tmp_path / "out") == ["out"]


def test_current_folder_is_not_pulled_away(nothing: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(folder.ReportError, match="is the current folder") as caught:
        folder.write(nothing, Path("."))
    assert caught.value.remedy == "give a folder inside it, such as -o report"
    folder.write(nothing, Path("out"))
    assert beside(tmp_path / "out") == ["out"]
