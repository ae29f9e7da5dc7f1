"""What the commands share: their options, the plan they are about, and where their output goes.

A file in ``commands/`` is one command, named by the file: ``check.py`` is `cenplan check`, and ``prices_list.py``
is `cenplan prices list`. Only this module, its folder and planner.cli print, exit or import reports.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from errno import EBADF
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from planner import commands
from reports import format as machinery  # lists its formats; each is loaded when it is asked for

if TYPE_CHECKING:
    from planner.core.source import Source
    from planner.plan import Plan
    from planner.scenario import Scenario
    from planner.verdict import Verdict
    from pricing.book import Books
    from pricing.book_file import BookFile

PASSED, WRONG, FAILED, WARNED, INTERRUPTED = 0, 1, 2, 3, 130
"""Exit statuses: pass; wrong use, wrong input or an internal error; the gate failed; only warnings."""

EXTENSIONS = {
    "text": "txt", "json": "json", "csv": "csv", "markdown": "md", "html": "html", "summary": "summary.md",
    "yaml": "yaml",
}  # fmt: skip


@dataclass(frozen=True)
class Command:
    """What a file in ``commands/`` declares."""

    order: int
    """Its place in the help."""
    run: Callable[..., None]
    """Its options are the parameters, its help is the docstring."""


def declared() -> dict[str, Command]:
    """Every command by its words, in the order of the help: `check`, `prices list`."""
    found: dict[str, Command] = {}
    for module in pkgutil.iter_modules(commands.__path__):
        words = module.name.replace("_", " ", 1).replace("_", "-")
        found[words] = importlib.import_module(f"{commands.__name__}.{module.name}").COMMAND
    return dict(sorted(found.items(), key=lambda item: (item[1].order, item[0])))


def path_given(given: str | None) -> str | None:
    if given == "":  # a variable of a script that is not set; to the system it is this folder
        raise typer.BadParameter("the path is empty")
    return given


def paths_given(given: list[str]) -> list[str]:
    for one in given:
        path_given(one)
    return given


def any_paths_given(given: list[str] | None) -> list[str] | None:
    return None if given is None else paths_given(given)


PlanArgument = Annotated[
    str, typer.Argument(metavar="PLAN", help="Plan file; - reads standard input.", callback=path_given)
]
PlanArguments = Annotated[
    list[str],
    typer.Argument(
        metavar="PLAN",
        help="Plan file; - reads standard input. Several plans on one estate add up.",
        callback=paths_given,
    ),
]
AsOf = Annotated[
    str | None,
    typer.Option(
        metavar="DATE",
        envvar="CENPLAN_AS_OF",
        help="Day as of which the result is made, YYYY-MM-DD. Default: the estate's as_of.",
    ),
]


def format_option(names: str, callback: Callable[[list[str] | None], list[str] | None] | None = None) -> Any:
    """The option -f of a command; names: its formats, in words."""
    return typer.Option(
        "--format",
        "-f",
        metavar="FORMAT",
        envvar="CENPLAN_FORMAT",
        callback=callback,
        help=f"{names}; repeatable, with -o DIR.",
    )


FORMATS = tuple(machinery.names())
"""Formats of a verdict."""


def _known(given: list[str] | None) -> list[str] | None:
    for name in given or ():
        if name not in FORMATS:
            raise typer.BadParameter(f"{name!r} is not one of {', '.join(map(repr, FORMATS))}")
    return given


VerdictFormats = Annotated[
    list[str] | None,
    format_option(f"{FORMATS[0]} (default), {', '.join(FORMATS[1:-1])} or {FORMATS[-1]}", _known),
]
FailOnWarn = Annotated[bool, typer.Option("--fail-on-warn", help="End with 3 when there are warnings.")]


class TableFormat(StrEnum):
    """Formats of what is a table all through."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"
    MARKDOWN = "markdown"


Out = Annotated[
    str | None,
    typer.Option(
        "--out",
        "-o",
        metavar="PATH",
        envvar="CENPLAN_OUT",
        callback=path_given,
        help="File to write instead of standard output; a folder when several formats are asked for.",
    ),
]


class SiteName(StrEnum):
    """Sites that an account can be opened on."""

    INTL = "intl"
    CN = "cn"


PlansOrNone = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="PLAN",
        help="Plan whose prices are meant; - reads it. Several plans on one estate add up.",
        callback=any_paths_given,
    ),
]
Site = Annotated[
    SiteName | None,
    typer.Option(
        "--site",
        metavar="SITE",
        envvar="CENPLAN_SITE",
        help="Site of the accounts, whose price list it is: intl (USD) or cn (CNY). Default: that of the plan or"
        " price book, else intl.",
    ),
]
NoColor = Annotated[bool, typer.Option("--no-color", help="Plain text; so does the environment variable NO_COLOR.")]


def calculated(
    paths: Sequence[str],
    as_of: str | None,
    priced: bool,
    effects: bool = False,
    given: Mapping[str, tuple[str, str]] | None = None,
) -> Plan:
    """The plan of a file, or of several that add up; when priced, on request what other answers would change.

    given : by path text and name of plans that were read already
    """
    day = day_given(as_of)
    from planner import plan, together

    read = together.read(paths, given=given)
    books = None
    if priced or read[0].price_books:  # wrong price books are told by a check as well
        from pricing import book

        books = book.load_price_lists(read[0].sites, read[0].price_books)
    made = plan.make_plan(read, books if priced else None, day)
    if books and effects:
        import dataclasses

        from planner import effect

        made = dataclasses.replace(made, effects=effect.effects(made, books, day))
    return made


def with_prices(read: Sequence[Scenario], as_of: str | None = None) -> tuple[Plan, dict[str, Books]]:
    """The plan of joined scenarios, priced, and by site the books it was priced with: the shipped ones and theirs."""
    day = day_given(as_of)
    from planner import plan
    from pricing import book

    books = book.load_price_lists(read[0].sites, read[0].price_books)
    return plan.make_plan(read, books, day), books


def sites_given(site: SiteName | None, read: Scenario) -> tuple[str, ...]:
    """The sites whose prices are meant: those of the plan's accounts, or the one of them that an option names."""
    if site is None:
        return read.sites
    if site.value not in read.sites:
        raise typer.BadParameter(f"the accounts of the plan are of site {read.sites[0]}", param_hint="--site")
    return (site.value,)


def books_given(paths: Sequence[str], site: SiteName | None = None) -> tuple[str, dict[str, tuple[Source, BookFile]]]:
    """The price books of some paths by path, and the one site they are all of; without books that of the option.

    raises : InputError with everything that is wrong in them
    """
    from planner.core.problem import InputError, Problem
    from planner.core.source import read_yaml
    from pricing import price_list

    problems: list[Problem] = []
    found: dict[str, tuple[Source, BookFile]] = {}
    for path in dict.fromkeys(paths):
        source: Source = read_yaml(path)
        try:
            found[path] = source, price_list.checked(source)
        except InputError as error:
            problems += error.problems
    wanted = site.value if site else next((file.site for _, file in found.values()), SiteName.INTL.value)
    for source, file in found.values():
        if file.site != wanted:
            message = f"this book is of site {file.site}, not of site {wanted}"
            problems.append(Problem(source.place("site"), message, "take books of one site: it has one currency"))
    if problems:
        raise InputError(problems)
    return wanted, found


AS_OF = "'--as-of' (env var: 'CENPLAN_AS_OF')"


def day_given(text: str | None, hint: str = AS_OF) -> date | None:
    """The day of an option."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text) if len(text) == 10 and text[4] == text[7] else _refuse_day(text, hint)
    except ValueError:
        return _refuse_day(text, hint)


def _refuse_day(text: str, hint: str) -> NoReturn:
    raise typer.BadParameter(f"{text!r} is not a day written as YYYY-MM-DD", param_hint=hint)


def name_of(plan: Plan) -> str:
    return plan.name


def colored(no_color: bool, out: str | None) -> bool:
    wanted = not no_color and not os.environ.get("NO_COLOR") and out in (None, "-")
    return wanted and sys.stdout is not None and sys.stdout.isatty()


def put(
    formats: Sequence[str],
    rendered: Callable[[str], str],
    out: str | None,
    stem: str,
    extensions: Mapping[str, str] = EXTENSIONS,
) -> None:
    """Write every format: to standard output, to a file, or several into a folder."""
    formats = list(dict.fromkeys(formats))
    if len(formats) > 1 and out in (None, "-"):
        raise typer.BadParameter("several formats need a folder: add -o DIR", param_hint="--format")
    texts = {name: rendered(name) for name in formats}  # all of them before the first is written
    if out is None or out == "-":
        show(texts[formats[0]])
        return
    target = Path(out)
    folder = len(formats) > 1 or os.path.isdir(out) or out.endswith(("/", os.sep))
    paths = {name: target / f"{stem}.{extensions[name]}" if folder else target for name in formats}
    for name, path in paths.items():
        write(path, texts[name])


def put_verdict(verdict: Verdict, formats: Sequence[str] | None, out: str | None, no_color: bool) -> None:
    """Write a verdict in every format that is asked for."""
    wanted = {name: machinery.load(name) for name in formats or [machinery.DEFAULT]}

    def rendered(name: str) -> str:
        one = wanted[name]
        return one.in_colors(verdict) if one.in_colors and colored(no_color, out) else one.render(verdict)

    extensions = {name: one.extension for name, one in wanted.items()}
    put([*wanted], rendered, out, f"{verdict.plan.name}-{verdict.command}", extensions)


def end(verdict: Verdict, fail_on_warn: bool) -> None:
    """End with the status of a verdict, once it is written."""
    if not verdict.passed:
        raise typer.Exit(FAILED)
    if fail_on_warn and verdict.of_level("warning"):
        raise typer.Exit(WARNED)


def write(path: Path, content: str | bytes) -> None:
    """Write a file whole or not at all; a pipe or a device, which cannot be replaced, as it is."""
    data = content if isinstance(content, bytes) else content.encode("utf-8", "backslashreplace")
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
        stop(f"cannot write {path}: a file stands where a folder is needed")
    except OSError as error:
        stop(f"cannot write {path}: {error.strerror}")


def show(text: str) -> None:
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
            stop(f"cannot write to standard output: {error.strerror}")


def stop(message: str) -> NoReturn:
    from planner.core.fold import folded

    for line in f"cenplan: {message}".splitlines():
        indent = " " * (len(line) - len(line.lstrip()))
        print("\n".join(folded(line.strip(), first=indent, others=f"{indent}    ")), file=sys.stderr)
    raise typer.Exit(WRONG)


class Progress:
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
