"""The command as its users meet it: exit statuses, streams, files, environment, and never a traceback.

What needs a process of its own runs `python -m planner.cli`; the rest calls main() inside this one.
"""

from __future__ import annotations

import errno
import json
import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from planner import cli, plan, starter
from planner import command as commands
from planner.command import FORMATS
from planner.commands import estimate, init
from planner.core import text as core_text

ROOT = Path(__file__).resolve().parents[1]
APAC = ROOT / "scenarios" / "apac-branches.yaml"

HEAD = """\
version: 1
name: offices
currency: USD
period: {start: 2027-01, months: 3}
estate:
  version: 1
  as_of: 2026-11-20
  accounts: {hub: {site: intl}}
  transit_routers:
    tr-sg: {region: ap-southeast-1, account: hub}
    tr-de: {region: eu-central-1, account: hub}
attachments:
"""
GROUP = "  group: {{network_type: public, transit_router: {}, sites: {}, traffic: {{{}}}}}\n"
TRAFFIC = "to_data_center_gb: 100, from_data_center_gb: 10"
PLANS = {
    "passes": HEAD + GROUP.format("tr-de", 3, TRAFFIC),
    "warns": HEAD + GROUP.format("tr-sg", 3, TRAFFIC),  # no rule decides the billing mode in Singapore
    "fails": HEAD + GROUP.format("tr-de", 60, TRAFFIC),  # 60 of 50
    "wrong": HEAD + GROUP.format("tr-fr", 3, TRAFFIC),
}
TRACES = ("Traceback", 'File "', "internal error", "Exception ignored")
ANSI = b"\x1b["


class Ended(NamedTuple):
    """How a command ended, and what it wrote."""

    status: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: a fresh one with PLANS in it."""
    for name, content in PLANS.items():
        (tmp_path / f"{name}.yaml").write_text(content, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for name in [*os.environ]:
        if name.startswith("CENPLAN_") or name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM"):
            monkeypatch.delenv(name)
    return tmp_path


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ended]:
    """`run("check", "plan.yaml")`: the command inside this process."""

    def call(*arguments: object) -> Ended:
        with pytest.raises(SystemExit) as ended:
            cli.main([str(argument) for argument in arguments])
        assert isinstance(ended.value.code, int)
        return Ended(ended.value.code, *capsys.readouterr())

    return call


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), **more}


def words(arguments: Sequence[object]) -> list[str]:
    return [sys.executable, "-m", "planner.cli", *map(str, arguments)]


def process(*arguments: object, given: bytes = b"", **env: str) -> Ended:
    """The command in a process of its own; what it writes is UTF-8."""
    ended = subprocess.run(words(arguments), input=given, capture_output=True, timeout=60, env=environment(**env))
    return Ended(ended.returncode, ended.stdout.decode("utf-8"), ended.stderr.decode("utf-8"))


def on_a_terminal(*arguments: object, **env: str) -> tuple[int, bytes]:
    """The command with both of its streams on a terminal: its status, and what the terminal got."""
    ours, its = pty.openpty()
    with subprocess.Popen(words(arguments), stdout=its, stderr=its, env=environment(**env)) as running:
        os.close(its)
        got = b""
        while part := _read(ours):
            got += part
        os.close(ours)
    return running.returncode, got


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # how Linux tells that nobody holds the other end any more
        return b""


def shown(value: object) -> str | None:
    """The id of a test: the words of its command."""
    return " ".join(value) if isinstance(value, list) else None


def hidden(folder: Path) -> list[str]:
    """What a broken-off command may have left behind."""
    return [path.name for path in folder.rglob(".*")]


# Exit status and streams


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["check", "passes.yaml"], 0),
        (["check", "warns.yaml"], 0),
        (["check", "warns.yaml", "--fail-on-warn"], 3),
        (["check", "fails.yaml", "--fail-on-warn"], 2),  # the worse of the two
        (["check", "wrong.yaml"], 1),
        (["check", "passes.yaml", "--no-such-option"], 1),
    ],
    ids=shown,
)
def test_status_and_streams_of_a_process(arguments: list[str], status: int) -> None:
    ended = process(*arguments)
    assert ended.status == status
    assert (ended.out == "") == (status == 1)  # a report is one, or there is none
    assert (ended.err == "") == (status != 1)
    assert not any(trace in ended.err for trace in TRACES)


@pytest.mark.parametrize("name", PLANS)
def test_estimate_does_not_judge(name: str, run: Callable[..., Ended]) -> None:
    assert run("estimate", f"{name}.yaml").status == (1 if name == "wrong" else 0)


def test_warnings_fail_only_when_asked_to(run: Callable[..., Ended]) -> None:
    assert run("check", "passes.yaml", "--fail-on-warn").status == 0
    assert run("check", "warns.yaml").status == 0
    assert run("check", "fails.yaml").status == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Usage: cenplan"),
        (["chek"], "No such command 'chek'"),
        (["check"], "Missing argument 'PLAN'"),
        (["init", "new", "other"], "unexpected extra argument"),
        (["check", "passes.yaml", "--fail-on-warning"], "No such option"),
        (
            ["check", "passes.yaml", "-f", "csv"],
            "(env var: 'CENPLAN_FORMAT'): 'csv' is not one of 'text', 'code-quality', 'github', 'json'",
        ),
        (["estimate", "passes.yaml", "-f", "xlsx"], "is not one of 'text', 'json', 'csv', 'markdown'"),
        (["estimate", "passes.yaml", "-f"], "requires an argument"),
        (["estimate", "passes.yaml", "-f", "text", "-f", "json"], "several formats need a folder: add -o DIR"),
        (["check", "passes.yaml", "--as-of", "20.11.2026"], "'20.11.2026' is not a day written as YYYY-MM-DD"),
        (["check", "passes.yaml", "--as-of", "2026-02-30"], "'2026-02-30' is not a day"),
        (["check", "passes.yaml", "--as-of", "2026-W01-1"], "'2026-W01-1' is not a day"),
        (["check", ""], "Invalid value for 'PLAN': the path is empty"),
        (["check", "passes.yaml", "-o", ""], "the path is empty"),
        (["report", "passes.yaml"], "Missing option '--out'"),
        (["report", "passes.yaml", "-o", ""], "the path is empty"),
        (["init", ""], "Invalid value for 'DIR': the path is empty"),
        (["init", "new", "--kind", "hybrid"], "is not one of 'public', 'private', 'mixed'"),
    ],
    ids=shown,
)
def test_wrong_use_ends_with_1_and_says_what_is_wrong(
    arguments: list[str], said: str, run: Callable[..., Ended], folder: Path
) -> None:
    before = sorted(folder.rglob("*"))
    ended = run(*arguments)
    assert (ended.status, ended.out) == (1, "")
    assert said in ended.err
    assert ended.err.startswith(("Usage: cenplan", "Error: "))
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize("command", ["", "check", "estimate", "report", "init"])
@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_is_a_report_and_ends_with_0(command: str, flag: str, run: Callable[..., Ended]) -> None:
    ended = run(*filter(None, [command]), flag)
    assert (ended.status, ended.err) == (0, "")
    assert ended.out.startswith(f"Usage: cenplan {command}".rstrip())


def test_version(run: Callable[..., Ended]) -> None:
    assert re.fullmatch(r"cenplan \d+\.\d+\.\d+\n", run("--version").out)


# Reading


def test_standard_input_is_read_as_a_plan(run: Callable[..., Ended]) -> None:
    ended = process("check", "-", given=PLANS["fails"].encode())
    assert ended.status == 2
    assert ended.out.replace("<stdin>", "fails.yaml") == run("check", "fails.yaml").out


def test_plan_from_standard_input_names_files_of_the_current_folder(folder: Path) -> None:
    plan_text = re.sub(r"estate:\n(  .*\n)+", "estate: there/estate.yaml\n", PLANS["passes"])
    ended = process("check", "-", given=plan_text.encode())
    assert ended.status == 1
    assert "<stdin>:5:9: error: there is no file 'there/estate.yaml'" in ended.err
    assert "help: paths are relative to the current folder" in ended.err
    (folder / "there").mkdir()
    (folder / "there" / "estate.yaml").write_text(inline_estate(), encoding="utf-8")
    assert process("check", "-", given=plan_text.encode()).status == 0


def inline_estate() -> str:
    """The estate of PLANS as a file of its own."""
    lines = HEAD.partition("estate:\n")[2].partition("attachments:")[0].splitlines()
    return "".join(f"{line.removeprefix('  ')}\n" for line in lines)


def test_standard_input_that_is_closed_is_wrong_use() -> None:
    ended = shell('exec "$@" <&-', "check", "-")
    assert (ended.status, ended.out) == (1, "")
    assert ended.err.startswith("<stdin>: error: the file cannot be read: standard input is closed")


def shell(script: str, *arguments: object) -> Ended:
    """The command as the words "$@" of a shell script."""
    ended = subprocess.run(
        ["sh", "-c", script, "sh", *words(arguments)], capture_output=True, timeout=60, env=environment()
    )
    return Ended(ended.returncode, ended.stdout.decode("utf-8"), ended.stderr.decode("utf-8"))


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("nowhere.yaml", "nowhere.yaml: error: no such file\n  help: check the name and the folder\n"),
        (".", ".: error: this is a folder, not a file\n  help: name a file in it\n"),
        ("passes.yaml/plan.yaml", "passes.yaml/plan.yaml: error: the file cannot be read: Not a directory\n"),
        ("x" * 300, f"{'x' * 300}: error: the file cannot be read: File name too long\n"),
    ],
    ids=["missing", "folder", "below a file", "long"],
)
def test_path_that_cannot_be_read(path: str, said: str, run: Callable[..., Ended]) -> None:
    ended = run("estimate", path)
    assert (ended.status, ended.out) == (1, "")
    assert ended.err.startswith(said)


def test_file_that_may_not_be_read(run: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(core_text, "open", refuse, raising=False)
    ended = run("check", "passes.yaml")
    assert ended == (1, "", "passes.yaml: error: the file may not be read\n  help: ask for permission to read it\n")


def test_paths_in_messages_are_the_ones_given(
    run: Callable[..., Ended], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spaced = folder / "my plans" / "büro 北京"
    spaced.mkdir(parents=True)
    (spaced / "the plan.yaml").write_text(
        re.sub(r"estate:\n(  .*\n)+", 'estate: "../the estate.yaml"\n', PLANS["warns"]), encoding="utf-8"
    )
    (folder / "my plans" / "the estate.yaml").write_text(inline_estate(), encoding="utf-8")
    absolute = run("check", spaced / "the plan.yaml")
    assert absolute.status == 0
    assert f"{spaced / 'the plan.yaml'}:7:3: warning[internet-billing]" in absolute.out
    relative = run("check", "my plans/büro 北京/the plan.yaml")
    assert "\nmy plans/büro 北京/the plan.yaml:7:3: warning[internet-billing]" in relative.out
    monkeypatch.chdir(spaced)
    assert "\nthe plan.yaml:7:3: warning[internet-billing]" in run("check", "the plan.yaml").out
    assert run("check", "../büro 北京/the plan.yaml").out == relative.out.replace("my plans/", "../")


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content.replace("\n", "\r\n"),
        lambda content: "\ufeff" + content,
        lambda content: "\ufeff" + content.replace("\n", "\r\n").removesuffix("\r\n"),
    ],
    ids=["Windows line ends", "byte order mark", "both, without a last line end"],
)
def test_line_ends_and_byte_order_marks_change_nothing(
    change: Callable[[str], str], run: Callable[..., Ended], folder: Path
) -> None:
    plan_text = PLANS["fails"].partition("  group:")[0] + "  {}\nattachment_table: table.csv\n"
    table = "id,network_type,transit_router,sites,to_data_center_gb,from_data_center_gb\ngroup,public,tr-de,60,1,1\n"
    printed = set()
    for write in (str, change):
        (folder / "plan.yaml").write_bytes(write(plan_text).encode())
        (folder / "table.csv").write_bytes(write(table).encode())
        printed.add((run("check", "plan.yaml").out, run("estimate", "plan.yaml", "-f", "csv").out))
    ((check, _),) = printed
    assert "table.csv:2:20: error[vpn-attachments-per-transit-router]" in check


def test_names_and_titles_of_any_script_and_length(run: Callable[..., Ended], folder: Path) -> None:
    title = "Büros & Läden in 北京 — «été» 🏢 <b>|*_` $x$ =1+1"
    long_name = "g" * 400
    text = PLANS["passes"].replace("currency:", f'title: "{title}"\ncurrency:').replace("  group:", f"  {long_name}:")
    (folder / "plan.yaml").write_text(text, encoding="utf-8")
    for command in ("check", "estimate"):
        assert f"offices: {title}\n" in run(command, "plan.yaml").out
        assert run(command, "plan.yaml", "-f", "markdown").out.startswith(
            "# offices: Büros &amp; Läden in 北京 — «été» 🏢 \\<b\\>\\|\\*\\_\\` $x$ =1+1\n"
        )
    assert long_name in run("estimate", "plan.yaml").out
    assert json.loads(run("estimate", "plan.yaml", "-f", "json").out)["line_items"][0]["subject"] == long_name


def test_output_is_utf8_whatever_the_locale_says(folder: Path) -> None:
    text = PLANS["passes"].replace("currency:", "title: Büros in 北京\ncurrency:")
    (folder / "plan.yaml").write_text(text, encoding="utf-8")
    ended = process("check", "plan.yaml", LC_ALL="C", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert (ended.status, ended.err) == (0, "")
    assert "Büros in 北京" in ended.out


# Writing


def test_report_is_written_before_the_gate_decides(run: Callable[..., Ended], folder: Path) -> None:
    assert run("check", "fails.yaml", "-f", "json", "-o", "verdict.json") == (2, "", "")
    document = json.loads((folder / "verdict.json").read_text(encoding="utf-8"))
    assert [finding["level"] for finding in document["findings"]] == ["error", "info", "info", "info"]
    assert run("check", "warns.yaml", "--fail-on-warn", "-o", "new/verdict.txt") == (3, "", "")
    assert "PASSED: 0 errors, 1 warning" in (folder / "new" / "verdict.txt").read_text(encoding="utf-8")


def test_every_format_is_written_when_the_gate_fails(run: Callable[..., Ended], folder: Path) -> None:
    flags = [part for format in FORMATS for part in ("-f", format)]
    assert run("check", "fails.yaml", *flags, "-o", "review") == (2, "", "")
    assert {path.name for path in (folder / "review").iterdir()} == {
        f"offices-check.{extension}"
        for extension in ("txt", "json", "md", "sarif", "junit.xml", "code-quality.json", "github.txt")
    }


def test_plan_from_standard_input_has_its_place_in_machine_formats() -> None:
    ended = process("check", "-", "-f", "github", given=PLANS["fails"].encode())
    assert ended.status == 2
    assert ended.out.startswith("::error file=<stdin>,line=")


def test_file_has_the_bytes_of_standard_output(run: Callable[..., Ended], folder: Path) -> None:
    for command, format, name in [
        ("check", "text", "c.txt"), ("check", "markdown", "c.md"), ("check", "json", "c.json"),
        ("estimate", "text", "e.txt"), ("estimate", "csv", "e.csv"),
    ]:  # fmt: skip
        printed = run(command, "warns.yaml", "-f", format)
        assert run(command, "warns.yaml", "-f", format, "-o", name) == (0, "", "")
        assert (folder / name).read_bytes() == printed.out.encode("utf-8")
        assert run(command, "warns.yaml", "-f", format, "-o", "-").out == printed.out


def test_several_formats_go_into_a_folder(run: Callable[..., Ended], folder: Path) -> None:
    formats = [part for name in ("json", "text", "csv", "markdown", "text") for part in ("-f", name)]
    assert run("estimate", "passes.yaml", *formats, "-o", "a/b") == (0, "", "")
    names = {path.name for path in (folder / "a" / "b").iterdir()}
    assert names == {f"offices-estimate.{extension}" for extension in ("json", "txt", "csv", "md")}
    assert run("check", "passes.yaml", "-o", "a") == (0, "", "")  # it is a folder already
    assert (folder / "a" / "offices-check.txt").exists()
    assert run("check", "passes.yaml", "-o", "new/") == (0, "", "")  # it is meant to be one
    assert (folder / "new" / "offices-check.txt").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["-o", "passes.yaml/report.txt"],
            "cenplan: cannot write passes.yaml/report.txt: a file stands where a folder is needed\n",
        ),
        (
            ["-o", "passes.yaml", "-f", "text", "-f", "json"],
            "passes.yaml/offices-check.txt: a file stands where a folder is needed\n",
        ),
        (["-o", "x" * 300], f"cenplan: cannot write {'x' * 300}: File name too long\n"),
        (["-o", "new", "-f", "text", "-f", "json"], "File name too long\n"),
    ],
    ids=["below a file", "a file for a folder", "long", "long name of the plan"],
)
def test_path_that_cannot_be_written(arguments: list[str], said: str, run: Callable[..., Ended], folder: Path) -> None:
    if arguments[1] == "new":
        (folder / "plan.yaml").write_text(PLANS["passes"].replace("offices", "o" * 300), encoding="utf-8")
    else:
        (folder / "plan.yaml").write_text(PLANS["passes"], encoding="utf-8")
    ended = run("check", "plan.yaml", *arguments)
    assert (ended.status, ended.out) == (1, "")
    assert ended.err.endswith(said)
    assert ended.err.startswith("cenplan: cannot write ")
    assert (folder / "passes.yaml").read_text(encoding="utf-8") == PLANS["passes"]
    assert not hidden(folder)


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()], ids=repr)
def test_broken_off_write_leaves_the_old_file_whole(
    error: BaseException, run: Callable[..., Ended], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "report.txt").write_text("the old report", encoding="utf-8")

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(os, "replace", fail)
    ended = run("check", "passes.yaml", "-o", "report.txt")
    if isinstance(error, OSError):
        assert ended == (1, "", f"cenplan: cannot write {folder / 'report.txt'}: No space left on device\n")
    else:
        assert ended == (130, "", "")
    assert (folder / "report.txt").read_text(encoding="utf-8") == "the old report"
    assert not hidden(folder)


def test_every_format_is_made_before_the_first_is_written(
    run: Callable[..., Ended], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from reports import document

    def fail(*_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(document, "render", fail)
    assert run("check", "passes.yaml", "-f", "text", "-f", "json", "-o", "new").status == 1
    assert not (folder / "new").exists()


def test_link_stays_a_link_and_a_pipe_is_written_into(run: Callable[..., Ended], folder: Path) -> None:
    (folder / "real.txt").write_text("old", encoding="utf-8")
    (folder / "link.txt").symlink_to("real.txt")
    assert run("check", "passes.yaml", "-o", "link.txt").status == 0
    assert (folder / "link.txt").is_symlink()
    assert "PASSED" in (folder / "real.txt").read_text(encoding="utf-8")
    # as -o /dev/null and -o >(less): what is no file must not be replaced by one
    os.mkfifo(folder / "pipe")
    with subprocess.Popen(["cat", folder / "pipe"], stdout=subprocess.PIPE, text=True) as reader:
        assert run("check", "passes.yaml", "-o", "pipe").status == 0
        assert reader.stdout
        assert "PASSED" in reader.stdout.read()
    assert (folder / "pipe").is_fifo()


# Streams that break


@pytest.mark.parametrize(("name", "status"), [("passes", 0), ("fails", 2)])
def test_reader_that_leaves_does_not_change_the_verdict(name: str, status: int) -> None:
    ours, its = os.pipe()
    with subprocess.Popen(
        words(["check", f"{name}.yaml"]), stdout=its, stderr=subprocess.PIPE, env=environment()
    ) as running:
        os.close(its)
        os.close(ours)  # before a byte was read
        assert running.stderr
        said = running.stderr.read()
    assert (running.returncode, said) == (status, b"")


def test_reader_that_has_had_enough_of_a_long_report() -> None:
    with subprocess.Popen(
        words(["estimate", APAC, "-f", "json"]), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()
    ) as running:
        assert running.stdout and running.stderr
        assert running.stdout.readline() == b"{\n"  # as head -1; the rest is more than a pipe holds
        running.stdout.close()
        said = running.stderr.read()
    assert (running.returncode, said) == (0, b"")


def test_standard_output_that_is_closed() -> None:
    ended = shell('exec "$@" >&-', "check", "passes.yaml")
    assert ended == (1, "", "cenplan: cannot write to standard output: it is closed\n")


def test_messages_never_go_to_standard_output() -> None:
    assert shell('exec "$@" 2>&-', "check", "nowhere.yaml") == (1, "", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_standard_output_that_is_full() -> None:
    ended = shell('exec "$@" >/dev/full', "check", "fails.yaml")
    assert ended == (1, "", "cenplan: cannot write to standard output: No space left on device\n")


def test_interrupt_ends_quietly(folder: Path) -> None:
    os.mkfifo(folder / "plan")
    with (
        subprocess.Popen(
            words(["check", "plan"]),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(),
            # A shell starts what it runs in the background with the signal ignored, and so would we be.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        ) as running,
        (folder / "plan").open("wb"),
    ):  # opens when the command has opened it too, and waits for the plan
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
    assert (running.returncode, out) == (130, b"")
    assert not any(trace in err.decode() for trace in TRACES)


# Colours


def test_colours_on_a_terminal_only(run: Callable[..., Ended]) -> None:
    status, seen = on_a_terminal("check", "warns.yaml")
    assert status == 0
    assert ANSI in seen
    plain = re.sub(rb"\x1b\[[0-9;]*m", b"", seen).replace(b"\r\n", b"\n").decode()
    assert plain == run("check", "warns.yaml").out
    assert "\x1b" not in plain


@pytest.mark.parametrize(
    ("arguments", "env", "colored"),
    [
        (["warns.yaml", "--no-color"], {}, False),
        (["warns.yaml"], {"NO_COLOR": "1"}, False),
        (["warns.yaml"], {"NO_COLOR": ""}, True),
        (["wrong.yaml"], {}, True),
        (["wrong.yaml", "--no-color"], {}, False),
        (["wrong.yaml"], {"NO_COLOR": "1"}, False),
    ],
    ids=str,
)
def test_colours_can_be_switched_off(arguments: list[str], env: dict[str, str], colored: bool) -> None:
    _, seen = on_a_terminal("check", *arguments, **env)
    assert (ANSI in seen) == colored


# Environment


def test_flag_beats_environment_beats_default(
    run: Callable[..., Ended], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "as of 2026-11-20" in run("check", "passes.yaml").out  # the estate's
    monkeypatch.setenv("CENPLAN_AS_OF", "2026-12-01")
    assert "as of 2026-12-01" in run("check", "passes.yaml").out
    assert "as of 2026-12-24" in run("check", "passes.yaml", "--as-of", "2026-12-24").out
    monkeypatch.setenv("CENPLAN_FORMAT", "json")
    assert json.loads(run("check", "passes.yaml").out)["as_of"] == "2026-12-01"
    assert run("check", "passes.yaml", "-f", "text").out.startswith("offices\n")
    monkeypatch.setenv("CENPLAN_OUT", "from-environment.json")
    assert run("check", "passes.yaml") == (0, "", "")
    assert (folder / "from-environment.json").exists()
    assert run("check", "passes.yaml", "-o", "from-flag.json") == (0, "", "")
    assert (folder / "from-flag.json").exists()
    assert run("check", "passes.yaml", "-o", "-").out.startswith("{")


def test_environment_can_ask_for_several_formats(
    run: Callable[..., Ended], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CENPLAN_FORMAT", "json markdown")
    monkeypatch.setenv("CENPLAN_OUT", "new")
    assert run("check", "passes.yaml") == (0, "", "")
    assert {path.suffix for path in (folder / "new").iterdir()} == {".json", ".md"}


@pytest.mark.parametrize(
    ("name", "value"), [("CENPLAN_FORMAT", "pdf"), ("CENPLAN_AS_OF", "today"), ("CENPLAN_AS_OF", "2027-13-01")]
)
def test_wrong_environment_is_named(
    name: str, value: str, run: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    ended = run("check", "passes.yaml")
    assert (ended.status, ended.out) == (1, "")
    assert name in ended.err
    assert repr(value) in ended.err


@pytest.mark.parametrize("name", ["CENPLAN_FORMAT", "CENPLAN_AS_OF", "CENPLAN_OUT", "NO_COLOR", "CENPLAN_DEBUG"])
def test_empty_variable_is_none(name: str, run: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch) -> None:
    expected = run("check", "warns.yaml")
    monkeypatch.setenv(name, "")
    assert run("check", "warns.yaml") == expected


def test_internal_error_shows_where_only_when_asked_to(
    run: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise ZeroDivisionError("a fault of ours")

    monkeypatch.setattr(plan, "make_plan", fail)
    ended = run("check", "passes.yaml")
    assert (ended.status, ended.out) == (1, "")
    assert ended.err.startswith("cenplan: internal error: ZeroDivisionError: a fault of ours\n")
    assert "CENPLAN_DEBUG=1" in ended.err
    monkeypatch.setenv("CENPLAN_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        cli.main(["check", "passes.yaml"])


# Starting


def test_init_has_a_kind_for_every_pair_of_starters() -> None:
    assert sorted(kind.value for kind in init.Kind) == list(starter.kinds())


@pytest.mark.parametrize("kind", [kind.value for kind in init.Kind])
def test_init_writes_what_runs_at_once(kind: str, run: Callable[..., Ended], folder: Path) -> None:
    ended = run("init", "a new/folder", "--kind", kind)
    assert (ended.status, ended.out) == (0, "a new/folder/plan.yaml\na new/folder/estate.yaml\n")
    for line in ended.err.strip().splitlines():
        command, path = re.fullmatch(r"(?:Next:)? *cenplan (\w+) '?(.*?)'?", line).groups()  # type: ignore[union-attr]
        tried = run(command, path)
        assert (tried.status, tried.err) == (0, "")
        assert tried.out
    assert "PASSED" in run("check", "a new/folder/plan.yaml").out
    totals = json.loads(run("estimate", "a new/folder/plan.yaml", "-f", "json").out)["totals"]
    assert totals["complete"] is True


@pytest.mark.parametrize("name", ["plan.yaml", "estate.yaml"])
def test_init_leaves_existing_files_alone(name: str, run: Callable[..., Ended], folder: Path) -> None:
    (folder / name).write_text("mine", encoding="utf-8")
    ended = run("init", ".")
    assert (ended.status, ended.out) == (1, "")
    assert ended.err == f"cenplan: {name} exists already: give another folder, or move it away\n"
    assert (folder / name).read_text(encoding="utf-8") == "mine"
    assert {path.name for path in folder.iterdir()} == {name, *(f"{plan}.yaml" for plan in PLANS)}


def test_init_leaves_no_half_pair(run: Callable[..., Ended], folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Path.open

    def fail(path: Path, *arguments: Any, **options: Any) -> Any:
        if path.name == "estate.yaml" and arguments[:1] == ("x",):
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(path, *arguments, **options)

    monkeypatch.setattr(Path, "open", fail)
    assert run("init", "new") == (1, "", "cenplan: cannot write into new: No space left on device\n")
    assert not (folder / "new" / "plan.yaml").exists()
    assert run("init", "passes.yaml/new") == (1, "", "cenplan: cannot write into passes.yaml/new: Not a directory\n")


# Same input, same bytes


@pytest.mark.parametrize(
    ("command", "formats"),
    [("check", FORMATS), ("estimate", [one.value for one in estimate.EstimateFormat])],
    ids=["check", "estimate"],
)
def test_hash_seed_changes_no_byte(command: str, formats: Sequence[str], folder: Path) -> None:
    flags = [part for format in formats for part in ("-f", format)]
    for seed in ("1", "2"):
        process(command, APAC, *flags, "-o", folder / seed, PYTHONHASHSEED=seed)
    written = {path.name: path.read_bytes() for path in (folder / "1").iterdir()}
    assert len(written) == len(formats)
    assert {path.name: path.read_bytes() for path in (folder / "2").iterdir()} == written


@pytest.mark.parametrize("words", commands.declared())
def test_a_command_by_itself_helps_as_in_the_whole_command_line(
    words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def help_of() -> str:
        with pytest.raises(SystemExit) as ended:
            cli.main([*words.split(" "), "--help"])
        assert ended.value.code == 0
        return capsys.readouterr().out

    alone = help_of()
    monkeypatch.setattr(cli, "_asked_for", lambda arguments: cli.app)
    assert alone == help_of()
    assert f"cenplan {words}" in alone
