"""CSV for spreadsheets: no text of a plan is a formula there; numbers, and every text in JSON, are as they are."""

from __future__ import annotations

import csv
import io
import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.plan import Plan
from reports import document, line_items_csv
from reports.line_items_csv import BOM, cell


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+SUM(A1)",
        "-1+1",
        "@SUM(1)",
        " =1+1",
        "\t=1+1",
        "\u00a0=1+1",
        "\u3000=1+1",  # the blank of Chinese text
        "\u200b=1+1",  # a space without width
        "\ufeff=1+1",
        "＝1+1",
        "＋1",
        "－1+1",
        "＠SUM(1)",
        " \u3000＝1+1",
        "﹦1+1",
        "\tname",
        "\rname",
        "+49 30 1234",
        "-",
    ],
)
def test_text_that_looks_like_a_formula_gets_a_leading_quote(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-10", "+2.5", "-0.000000001", "0", "a=b", "  name", "1-2", "研发 =1", "", "—", "·"])
def test_numbers_and_other_text_are_as_they_are(text: str) -> None:
    assert cell(text) == text


@given(
    st.text(st.sampled_from(" \t\u00a0\u3000\u2009\u200b\ufeff"), max_size=4),
    st.sampled_from("=+-@＝＋－＠﹢﹣﹦﹫"),
    st.text(max_size=8).filter(lambda rest: not rest.isdigit()),
)
def test_no_blank_and_no_width_helps_a_formula(blanks: str, sign: str, rest: str) -> None:
    text = blanks + sign + rest
    guarded = cell(text)
    assert guarded[1:] == text or line_items_csv._NUMBER.fullmatch(text)
    assert unicodedata.normalize("NFKC", sign) in "=+-@"


def test_cost_centres_are_guarded_in_csv_and_as_they_are_in_json(unpriced: Plan) -> None:
    names = {"@SUM(1)", "-1+1"}
    rows = csv.DictReader(io.StringIO(line_items_csv.render(unpriced).removeprefix(BOM)))
    assert {row["cost_center"] for row in rows} - {""} == {f"'{name}" for name in names}
    lines = json.loads(document.render(unpriced))["line_items"]
    assert {line["cost_center"] for line in lines} - {None, ""} == names
