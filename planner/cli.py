"""The command line: the composition root, which puts the commands together and gives every error its exit status."""

from __future__ import annotations

import atexit
import gc
import io
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, NoReturn

import typer

from planner import __version__, command
from planner.command import INTERRUPTED, PASSED, WRONG, Command
from planner.core.problem import InputError, render_all

_HELP = (
    "Plan IPsec-VPN attachments on Alibaba Cloud transit routers: does it fit the quotas, what does it cost,"
    " may it go ahead. Works offline and needs no account."
)
_EPILOG = (
    "Exit status: 0 passed (warnings allowed), 1 wrong use, wrong input or an internal error,"
    " 2 a check failed, 3 only warnings and --fail-on-warn."
)
_GROUPS = {
    "quotas": "Quotas: every limit that a plan is measured against, and what to ask for.",
    "checks": "Checks: everything that a plan is checked for besides quotas.",
    "prices": "Price books: what is known, what is missing, what changed; the sheet that finance fills in.",
}
"""Commands of several words: what the first one is about."""


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
        command.show(f"cenplan {__version__}\n")
        raise typer.Exit


def _put_together(commands: Mapping[str, Command]) -> typer.Typer:
    """The command line of some commands, by their words."""
    whole = typer.Typer(
        name="cenplan",
        add_completion=False,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        help=_HELP,
        epilog=_EPILOG,
        callback=_root,
    )
    groups: dict[str, typer.Typer] = {}
    for words, one in commands.items():
        *first, last = words.split(" ")
        parent = whole
        if first:
            if first[0] not in groups:
                groups[first[0]] = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help=_GROUPS[first[0]])
                whole.add_typer(groups[first[0]], name=first[0])
            parent = groups[first[0]]
        parent.command(last)(one.run)
    return whole


app = _put_together(command.declared())


def _asked_for(arguments: Sequence[str]) -> typer.Typer:
    """The command line of the one command that is called: what its options are takes time, for every command anew."""
    for words, one in command.declared().items():
        if list(arguments[: words.count(" ") + 1]) == words.split(" "):
            return _put_together({words: one})
    return app


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
        called = _asked_for(sys.argv[1:] if arguments is None else arguments)
        status = called(args=arguments, standalone_mode=False, prog_name="cenplan")
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
