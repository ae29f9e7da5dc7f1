"""A page is the same for a terminal and as Markdown, and its words stay words."""

from __future__ import annotations

from reports import page
from reports.page import Bullets, Code, Facts, Heading, Page, Table

PAGE = Page(
    "store_1: a *page*",
    (
        "Words <b>and</b> `code_here`, see https://example.com/a_b, read 2026-11.",
        Heading("Facts"),
        Facts([("short", "one"), ("a longer name", "two"), ("empty", "")]),
        Table(("name", "GB"), [("a|b", "1.00"), ("c", "12.00")], "<>"),
        Table(("nothing",), [], "<"),
        Bullets(["x " * 60]),
        Code("yaml", "a:\n  b_c: 1"),
    ),
)


def test_text() -> None:
    assert page.text(PAGE) == (
        "store_1: a *page*\n\n"
        "Words <b>and</b> `code_here`, see https://example.com/a_b, read 2026-11.\n\n"
        "Facts\n─────\n\n"
        "short          one\na longer name  two\n\n"
        "name     GB\n───────────\na|b    1.00\nc     12.00\n\n"
        f"- {'x ' * 48}x\n  {'x ' * 10}x\n\n"
        "    a:\n      b_c: 1\n"
    )


def test_markdown() -> None:
    assert page.as_markdown(PAGE) == (
        "# store\\_1: a \\*page\\*\n\n"
        "Words \\<b\\>and\\</b\\> `code_here`, see <https://example.com/a_b>, read 2026-11.\n\n"
        "## Facts\n\n"
        "- short: one\n- a longer name: two\n\n"
        "| name | GB |\n| --- | ---: |\n| a\\|b | 1.00 |\n| c | 12.00 |\n\n"
        f"- {'x ' * 59}x\n\n"
        "```yaml\na:\n  b_c: 1\n```\n"
    )
