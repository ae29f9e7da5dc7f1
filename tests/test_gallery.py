"""A gallery of every kind of wrong input: each file is wrong in one way; its text is what the user then sees."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import model_validator

from planner.core.entry import (
    BY_SHAPE,
    Count,
    Day,
    Entry,
    Flag,
    Instant,
    Month,
    Name,
    NonNegative,
    Percent,
    Positive,
    Text,
    Version,
    Whole,
    load,
    load_rows,
    wrong,
)
from planner.core.fold import WIDTH
from planner.core.problem import InputError, Location, render_all
from planner.core.source import read_table, read_yaml

GALLERY = Path(__file__).with_name("gallery")
FILES = sorted(path for path in GALLERY.iterdir() if path.suffix in (".yaml", ".csv"))


class Period(Entry):
    start: Month
    months: Annotated[int, Whole(1, 120)]


class Traffic(Entry):
    to_data_center_gb: NonNegative | None = None
    from_data_center_gb: NonNegative | None = None
    monthly_growth_percent: Percent | None = None
    base_month: Month | None = None


class Underlay(Entry):
    kind: Literal["vbr", "ecr"]
    already_attached: Flag = False
    cost_center: Text | None = None


class Step(Entry):
    wave: Name | None = None
    add_sites: Positive | None = None


class Attachment(Entry):
    network_type: Literal["public", "private"]
    transit_router: Name
    cost_center: Text | None = None
    internet_billing: Literal["auto", "legacy", "cdt"] = "auto"
    traffic: Annotated[Name | Traffic, BY_SHAPE] | None = None
    sites: Count | None = None
    rollout: tuple[Step, ...] = ()
    connection_ids: tuple[Name, ...] = ()

    @model_validator(mode="after")
    def _one_way(self) -> Attachment:
        if self.rollout and self.sites is not None:
            raise wrong("sites and rollout exclude each other", "keep one of the two", at=("sites",), key=True)
        return self


class Plan(Entry):
    version: Version
    name: Name
    title: Text | None = None
    contact: Text | None = None
    period: Period
    waves: dict[Name, Instant] = {}
    profiles: dict[Name, Traffic] = {}
    underlays: dict[Name, Underlay] = {}
    attachments: dict[Name, Attachment] = {}
    cdt_from: dict[Name, Day] = {}


class Row(Entry):
    id: Name
    network_type: Literal["public", "private"]
    transit_router: Name
    sites: Count
    start: Instant | None = None
    to_data_center_gb: NonNegative | None = None


def read(name: str) -> Any:
    if name.endswith(".csv"):
        return load_rows(Row, read_table(name))
    return load(Plan, read_yaml(name))


@pytest.fixture(autouse=True)
def _inside_the_gallery(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(GALLERY)  # the texts name the files, not where they are


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_wrong_input_reads_like_its_golden_text(path: Path, golden: Callable[[Path, str], None]) -> None:
    with pytest.raises(InputError) as caught:
        read(path.name)
    golden(path.with_suffix(".txt"), f"{render_all(caught.value.problems, width=WIDTH)}\n")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_problem_has_a_place_and_a_remedy(path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read(path.name)
    for problem in caught.value.problems:
        assert problem.message and problem.remedy
        assert problem.location.file == path.name
        assert problem.location >= Location(path.name, 1, 1)


def test_every_text_has_its_file() -> None:
    assert {path.stem for path in GALLERY.glob("*.txt")} == {path.stem for path in FILES}
