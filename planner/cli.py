"""The command line: the composition root, and the only module that prints, exits or imports reports."""

from __future__ import annotations

import atexit
import gc
import io
import os
import sys
from collections.abc import Callable, Sequence
from datetime import date
from enum import StrEnum
from errno import EBADF
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from planner import __version__
from planner.core.problem import InputError, render_all

if TYPE_CHECKING:
    from planner.plan import Plan

PASSED, WRONG, FAILED, WARNED, INTERRUPTED = 0, 1, 2, 3, 130
"""Exit statuses: pass; wrong use, wrong input or an internal error; the gate failed; only warnings."""

app = typer.Typer(
    name="cenplan",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help=(
        "Plan IPsec-VPN attachments on Alibaba Cloud transit routers: does it fit the quotas, what does it cost,"
        " may it go ahead. Works offline and needs no account."
    ),
    epilog=(
        "Exit status: 0 passed (warnings allowed), 1 wrong use, wrong input or an internal error,"
        " 2 a check failed, 3 only warnings and --fail-on-warn."
    ),
)


class CheckFormat(StrEnum):
    """Formats of `check`."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


class EstimateFormat(StrEnum):
    """Formats of `estimate`."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"
    MARKDOWN = "markdown"


class Kind(StrEnum):
    """Kinds of plan that `init` writes."""

    PUBLIC = "public"
    PRIVATE = "private"
    MIXED = "mixed"


_EXTENSIONS = {"text": "txt", "json": "json", "csv": "csv", "markdown": "md"}


def _path(given: str | None) -> str | None:
    if given == "":  # a variable of a script that is not set; to the system it is this folder
        raise typer.BadParameter("the path is empty")
    return given


PlanArgument = Annotated[str, typer.Argument(metavar="PLAN", help="Plan file; - reads standard input.", callback=_path)]
AsOf = Annotated[
    str | None,
    typer.Option(
        metavar="DATE",
        envvar="CENPLAN_AS_OF",
        help="Day as of which the result is made, YYYY-MM-DD. Default: the estate's as_of.",
    ),
]
Out = Annotated[
    str | None,
    typer.Option(
        "--out",
        "-o",
        metavar="PATH",
        envvar="CENPLAN_OUT",
        callback=_path,
        help="File to write instead of standard output; a folder when several formats are asked for.",
    ),
]
NoColor = Annotated[bool, typer.Option("--no-color", help="Plain text; so does the environment variable NO_COLOR.")]


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            help="Print the version.",
            is_eager=True,
            callback=lambda given: _print_version(given),
        ),
    ] = False,
) -> None:
    pass


def _print_version(given: bool) -> None:
    if given:
        _print(f"cenplan {__version__}\n")
        raise typer.Exit


@app.command()
def check(
    plan: PlanArgument,
    format: Annotated[
        list[CheckFormat] | None,
        typer.Option(
            "--format",
            "-f",
            metavar="FORMAT",
            envvar="CENPLAN_FORMAT",
            help="text (default), json or markdown; repeatable, with -o DIR.",
        ),
    ] = None,
    out: Out = None,
    as_of: AsOf = None,
    fail_on_warn: Annotated[bool, typer.Option("--fail-on-warn", help="End with 3 when there are warnings.")] = False,
    no_color: NoColor = False,
) -> None:
    """Check a plan against quotas and rules, month by month; ends with 2 when one is broken."""
    made = _made(plan, as_of, priced=False)

    def rendered(name: str) -> str:
        if name == "json":
            from reports import document

            return document.render(made)
        if name == "markdown":
            from reports import markdown

            return markdown.check(made)
        from reports import check_text

        return check_text.render(made, _colored(no_color, out))

    _put([one.value for one in format or [CheckFormat.TEXT]], rendered, out, f"{_name(made)}-check")
    if not made.passed:
        raise typer.Exit(FAILED)
    if fail_on_warn and any(finding.level == "warning" for finding in made.findings):
        raise typer.Exit(WARNED)


@app.command()
def estimate(
    plan: PlanArgument,
    format: Annotated[
        list[EstimateFormat] | None,
        typer.Option(
            "--format",
            "-f",
            metavar="FORMAT",
            envvar="CENPLAN_FORMAT",
            help="text (default), json, csv (line items) or markdown; repeatable, with -o DIR.",
        ),
    ] = None,
    out: Out = None,
    as_of: AsOf = None,
    no_color: NoColor = False,
) -> None:
    """Estimate what a plan costs, month by month, with every source; does not judge."""
    made = _made(plan, as_of, priced=True)

    def rendered(name: str) -> str:
        if name == "json":
            from reports import document

            return document.render(made)
        if name == "csv":
            from reports import line_items_csv

            return line_items_csv.render(made)
        if name == "markdown":
            from reports import markdown

            return markdown.estimate(made)
        from reports import estimate_text

        return estimate_text.render(made, _colored(no_color, out))

    _put([one.value for one in format or [EstimateFormat.TEXT]], rendered, out, f"{_name(made)}-estimate")


@app.command()
def report(
    plan: PlanArgument,
    out: Annotated[
        str,
        typer.Option(
            "--out",
            "-o",
            metavar="DIR",
            envvar="CENPLAN_OUT",
            callback=_path,
            help="Folder for the workbook and the charts.",
        ),
    ],
    as_of: AsOf = None,
) -> None:
    """Write a workbook and charts into a folder; an old report there is replaced only by a complete new one."""
    made = _made(plan, as_of, priced=True)
    from reports import folder

    try:
        with _Progress() as progress:
            written = folder.write(made, Path(out), progress)
    except folder.ReportError as error:
        _stop(str(error))
    _print("".join(f"{path}\n" for path in written))


@app.command()
def init(
    folder: Annotated[str, typer.Argument(metavar="DIR", help="Folder for the new files.", callback=_path)],
    kind: Annotated[Kind, typer.Option("--kind", help="Which attachments the plan is about.")] = Kind.PUBLIC,
) -> None:
    """Write a commented plan and estate that run at once; existing files are left alone."""
    import shlex

    from planner import starter

    try:
        paths = starter.write(Path(folder), kind.value)
    except starter.StarterError as error:
        _stop(str(error))
    _print("".join(f"{path}\n" for path in paths))
    plan = shlex.quote(str(paths[0]))
    print(f"\nNext: cenplan check {plan}\n      cenplan estimate {plan}", file=sys.stderr)


def _made(path: str, as_of: str | None, priced: bool) -> Plan:
    """The plan of a file, calculated."""
    day = _day(as_of)
    from planner import plan, scenario

    read = scenario.read_scenario(path)
    books = None
    if priced or read.price_books:  # wrong price books are told by a check as well
        from pricing import book

        books = book.load_books(read.site, read.price_books)
    return plan.make_plan([read], books if priced else None, day)


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text) if len(text) == 10 and text[4] == text[7] else _refuse_day(text)
    except ValueError:
        return _refuse_day(text)


def _refuse_day(text: str) -> NoReturn:
    message = f"{text!r} is not a day written as YYYY-MM-DD"
    raise typer.BadParameter(message, param_hint="'--as-of' (env var: 'CENPLAN_AS_OF')")


def _name(plan: Plan) -> str:
    return plan.scenarios[0].plan.name


def _colored(no_color: bool, out: str | None) -> bool:
    wanted = not no_color and not os.environ.get("NO_COLOR") and out in (None, "-")
    return wanted and sys.stdout is not None and sys.stdout.isatty()


def _put(formats: Sequence[str], rendered: Callable[[str], str], out: str | None, stem: str) -> None:
    """Write every format: to standard output, to a file, or several into a folder."""
    formats = list(dict.fromkeys(formats))
    if len(formats) > 1 and out in (None, "-"):
        raise typer.BadParameter("several formats need a folder: add -o DIR", param_hint="--format")
    texts = {name: rendered(name) for name in formats}  # all of them before the first is written
    if out is None or out == "-":
        _print(texts[formats[0]])
        return
    target = Path(out)
    folder = len(formats) > 1 or os.path.isdir(out) or out.endswith(("/", os.sep))
    paths = {name: target / f"{stem}.{_EXTENSIONS[name]}" if folder else target for name in formats}
    for name, path in paths.items():
        _write(path, texts[name])


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all; a pipe or a device, which cannot be replaced, as it is."""
    data = text.encode("utf-8", "backslashreplace")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and not path.is_file():
            path.write_bytes(data)
            return
        path = Path(os.path.realpath(path))  # a link stays one
        beside = path.with_name(f".cenplan.{os.getpid()}.tmp")
        try:
            beside.write_bytes(data)
            os.replace(beside, path)
        finally:
            beside.unlink(missing_ok=True)
    except (FileExistsError, NotADirectoryError):
        _stop(f"cannot write {path}: a file stands where a folder is needed")
    except OSError as error:
        _stop(f"cannot write {path}: {error.strerror}")


def _print(text: str) -> None:
    """Write to standard output; a reader that has had enough of it changes nothing of what is decided."""
    try:
        if sys.stdout is None:
            raise OSError(EBADF, "it is closed")
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        if sys.stdout is not None:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # takes what is still buffered
        if not isinstance(error, BrokenPipeError):
            _stop(f"cannot write to standard output: {error.strerror}")


def _stop(message: str) -> NoReturn:
    print(f"cenplan: {message}", file=sys.stderr)
    raise typer.Exit(WRONG)


class _Progress:
    """A progress bar on a terminal, once the work takes over a second; silent elsewhere."""

    def __enter__(self) -> Callable[[int, int, str], None]:
        import time

        self.started = time.monotonic()
        self.shown = False
        return self._step

    def _step(self, done: int, total: int, what: str) -> None:
        import time

        if not sys.stderr.isatty() or (not self.shown and time.monotonic() - self.started < 1):
            return
        self.shown = True
        filled = 30 * done // max(total, 1)
        sys.stderr.write(f"\r\x1b[K[{'█' * filled}{'·' * (30 - filled)}] {done}/{total} {what}")
        sys.stderr.flush()

    def __exit__(self, *_: object) -> None:
        if self.shown:
            sys.stderr.write("\r\x1b[K")


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit; usage errors end with 1, so that 2 always means that a check failed."""
    if arguments is None:
        _start_lightly()
    if sys.stderr is None:  # closed by the caller; what is meant for it must not go to standard output instead
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    for stream in filter(None, (sys.stdout, sys.stderr)):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        status = app(args=arguments, standalone_mode=False, prog_name="cenplan")
    except typer.Exit as stop:
        status = stop.exit_code
    except typer.Abort:
        status = INTERRUPTED
    except InputError as error:
        plain = os.environ.get("NO_COLOR") or "--no-color" in (sys.argv if arguments is None else arguments)
        colored = sys.stderr.isatty() and not plain
        print(render_all(error.problems, colored, limit=50), file=sys.stderr)
        status = WRONG
    except KeyboardInterrupt:
        status = INTERRUPTED
    except Exception as error:
        status = _unexpected(error)
    sys.exit(status or PASSED)


def _start_lightly() -> None:
    """What a process of its own, soon over, can do without; half of a check would be spent on it."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy starts threads that nothing here uses
    gc.set_threshold(100_000)  # what is loaded is kept: looking through it for cycles is time lost
    atexit.register(gc.freeze)  # at the end as well


def _unexpected(error: Exception) -> int:
    usage: Any = error
    if hasattr(usage, "show") and hasattr(usage, "format_message"):  # a usage error of the command line
        usage.message = usage.message.removeprefix("Value error, ")  # pydantic's words, by way of typer
        usage.show()
        return WRONG
    if os.environ.get("CENPLAN_DEBUG"):
        raise error
    print(
        f"cenplan: internal error: {type(error).__name__}: {error}\n"
        "This is a fault of cenplan, not of your files. CENPLAN_DEBUG=1 shows where it happened.",
        file=sys.stderr,
    )
    return WRONG


if __name__ == "__main__":
    main()
