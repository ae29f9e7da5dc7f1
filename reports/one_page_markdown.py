"""The one page of a plan as Markdown, for the ticket of its approval."""

from __future__ import annotations

from collections.abc import Iterator

from planner.plan import Plan
from reports import blocks, one_page_report
from reports.blocks import Block, Bullets, Heading, Table
from reports.one_page import Page, Part, Row


def render(plan: Plan) -> str:
    """The page of a priced plan."""
    return blocks.markdown(_blocks(one_page_report.page(plan)))


def _blocks(page: Page) -> Iterator[Block]:
    yield Heading(page.title, 1)
    yield page.facts
    yield Heading(page.verdict)
    yield page.why()
    yield page.judged
    yield Table(
        [one.label for one in page.figures],
        [[one.value for one in page.figures], [one.note for one in page.figures]],
        "<" * len(page.figures),
        strong=0,
    )
    for part in page.parts:
        if part.rows or part.note:
            yield from _part(part)
    yield Heading("Approval")
    yield Table(page.signed, [[""] * len(page.signed)], "<" * len(page.signed))
    yield f"Made with {page.made_with}."


def _part(part: Part) -> Iterator[Block]:
    yield Heading(part.title)
    if part.note:
        yield part.note
    rows = list(part.shown())
    if not part.header:
        yield Bullets([f"{name}: {said}" for name, said in (row.cells for row in rows if isinstance(row, Row))])
        return
    if not part.rows:
        yield from (f"… {row}" for row in rows if isinstance(row, str))
        return
    blank = [""] * (len(part.header) - 2)
    yield Table(part.header, [row.cells if isinstance(row, Row) else ["…", row, *blank] for row in rows], part.align)
