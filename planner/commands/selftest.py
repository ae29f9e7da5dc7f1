"""`cenplan selftest`: does this installation calculate what is known to be right?"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from planner.command import Command, Out, format_option, put, stop


class SelftestFormat(StrEnum):
    """Formats of `selftest`."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


def run(
    format: Annotated[
        list[SelftestFormat] | None,
        format_option("text (default), json or markdown"),
    ] = None,
    out: Out = None,
) -> None:
    """Calculate published worked examples and compare; ends with 1 when a figure differs."""
    from planner import selftest
    from reports import page, selftest_page

    results = selftest.run()

    def rendered(name: str) -> str:
        if name == "json":
            return selftest_page.document(results)
        shown = selftest_page.page(results)
        return page.as_markdown(shown) if name == "markdown" else page.text(shown)

    put([one.value for one in format or [SelftestFormat.TEXT]], rendered, out, "selftest")
    if not all(outcome.agrees for result in results for outcome in result.outcomes):
        stop(f"{selftest_page.verdict(results)}: do not rely on what this installation calculates")


COMMAND = Command(order=80, run=run)
