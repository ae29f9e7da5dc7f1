"""`cenplan estimate`: what does a plan cost, month by month?"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from planner.command import AsOf, Command, NoColor, Out, PlanArguments, calculated, colored, format_option, name_of, put


class EstimateFormat(StrEnum):
    """Formats of `estimate`."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"
    MARKDOWN = "markdown"
    HTML = "html"
    SUMMARY = "summary"


def run(
    plan: PlanArguments,
    format: Annotated[
        list[EstimateFormat] | None,
        format_option("text (default), json, csv (line items), markdown, html or summary (one page of Markdown)"),
    ] = None,
    out: Out = None,
    as_of: AsOf = None,
    no_color: NoColor = False,
) -> None:
    """Estimate what plans cost, month by month, with every source; does not judge."""
    formats = [one.value for one in format or [EstimateFormat.TEXT]]
    made = calculated(plan, as_of, priced=True, effects=formats != ["csv"])  # line items say nothing of them

    def rendered(name: str) -> str:
        if name == "json":
            from reports import document

            return document.kept(made)
        if name == "csv":
            from reports import line_items_csv

            return line_items_csv.render(made)
        if name == "markdown":
            from reports import markdown

            return markdown.estimate(made)
        if name == "html":
            from reports import html_report

            return html_report.render(made)
        if name == "summary":
            from reports import one_page_markdown

            return one_page_markdown.render(made)
        from reports import estimate_text

        return estimate_text.render(made, colored(no_color, out))

    put(formats, rendered, out, f"{name_of(made)}-estimate")


COMMAND = Command(order=20, run=run)
