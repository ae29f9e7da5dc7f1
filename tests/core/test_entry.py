"""Scalars, models and loading."""

from __future__ import annotations

import time
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, TypeAdapter, ValidationError, model_validator

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
    Number,
    Percent,
    Positive,
    Prose,
    Real,
    Text,
    Version,
    Whole,
    field_docs,
    json_schema,
    load,
    load_rows,
    must,
    wrong,
)
from planner.core.period import Month as CalendarMonth
from planner.core.problem import InputError
from planner.core.source import Plain, Quoted, parse_table, parse_yaml


def read(kind: Any, value: Any) -> Any:
    """A value read as a scalar type; `Plain` unless it says otherwise."""
    return TypeAdapter(kind).validate_python(Plain(value) if type(value) is str else value)


def refusal(kind: Any, value: Any) -> str:
    """Message and remedy for a value that is refused."""
    with pytest.raises(ValidationError) as caught:
        read(kind, value)
    (error,) = caught.value.errors()
    return f"{error['msg']} -> {error['ctx']['remedy']}"


def told(error: InputError) -> list[str]:
    """Line, column and message of every problem, all of which must have a remedy."""
    assert all(problem.remedy for problem in error.problems)
    return [f"{p.location.line}:{p.location.column} {p.message}" for p in error.problems]


def problems_of(model: Any, text: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        load(model, parse_yaml(text, "plan.yaml"))
    return told(caught.value)


def remedies_of(model: Any, text: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        load(model, parse_yaml(text, "plan.yaml"))
    return [problem.remedy for problem in caught.value.problems]


# scalars


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", "0"),
        ("350", "350"),
        ("-12.50", "-12.50"),
        (".5", "0.5"),
        ("-.25", "-0.25"),
        ("1e3", "1000"),
        ("1.5E-3", "0.0015"),
        ("2.5e+1", "25"),
        ("1e15", "1000000000000000"),
        ("0.123456789012", "0.123456789012"),
        ("1.50000000000000000000", "1.5"),
        ("0e99", "0"),
        ("-0", "0"),
    ],
)
def test_numbers_are_exact(text: str, number: str) -> None:
    assert str(read(Number, text)) == number


@given(st.decimals(-(10**15), 10**15, places=12, allow_nan=False, allow_infinity=False))
def test_every_decimal_survives_being_written(number: Decimal) -> None:
    assert read(Number, f"{number:f}") == number


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("010", "write 10"),
        ("-007", "write -7"),
        ("1_000", "write 1000"),
        ("1,000", "write 1000"),
        ("1,234,567.8", "write 1234567.8"),
        ("1,5", "write 1.5"),
        ("0,5", "write 0.5"),
        ("1 000", "write 1000"),
        ("+5", "write 5"),
        ("5.", "write 5"),
        ("00.5", "write 0.5"),
        ("0x1F", "write 31"),
        ("0o17", "write 15"),
        ("0b11", "write 3"),
        ("12%", "write 12"),
        ("12 GB", "write 12"),
        ("$5", "write digits, such as 12.5"),
        ("１２", "write 12"),
        ("−3", "write -3"),
        ("1:30", "write digits, such as 12.5"),
        ("abc", "write digits, such as 12.5"),
        ("1.2.3", "write digits, such as 12.5"),
        ("9" * 500 + "x", "write digits, such as 12.5"),
        (".nan", "write a number; if it is not known, take the key out"),
        ("NaN", "write a number; if it is not known, take the key out"),
        ("-.inf", "write a number; if it is not known, take the key out"),
        ("Infinity", "write a number; if it is not known, take the key out"),
        ("no", "write digits, such as 12.5"),
        ("2027-01", "write digits, such as 12.5"),
    ],
)
def test_what_is_no_number_says_what_to_write(text: str, remedy: str) -> None:
    message = refusal(Number, text)
    assert message.startswith("must be a number, not ")
    assert message.endswith(f" -> {remedy}")


@given(st.text(max_size=12) | st.from_regex(r"[-+0-9.,_eExX%: ]{1,12}", fullmatch=True))
def test_a_remedy_that_names_a_number_names_one_that_is_read(text: str) -> None:
    try:
        read(Number, text)
    except ValidationError as error:
        remedy = error.errors()[0]["ctx"]["remedy"].split("write ")[-1]
        if remedy[:1] in "-0123456789" and "e" not in remedy.lower() and len(remedy) < 12:
            read(Number, remedy)


@pytest.mark.parametrize("text", ["1e16", "-1e16", "1000000000000001", "1e400", "1e999999999", "1e" + "9" * 50])
def test_numbers_out_of_reach_are_refused(text: str) -> None:
    assert refusal(Number, text).startswith("must be between -10^15 and 10^15")


@pytest.mark.parametrize("text", ["1e-13", "0.1234567890123", "1e-400", "1e-999999999", "1e-" + "9" * 50])
def test_more_decimals_than_anything_needs_are_refused(text: str) -> None:
    assert refusal(Number, text).startswith("must have at most 12 decimals")


@pytest.mark.parametrize(
    ("kind", "value"), [(Number, "350"), (Count, "3"), (NonNegative, "1.5"), (Version, "1"), (Flag, "true")]
)
def test_quoted_numbers_and_flags_are_refused(kind: Any, value: str) -> None:
    read(kind, value)
    assert refusal(kind, Quoted(value)).endswith(f"-> take the quotes away: {value}")


def test_numbers_stay_within_their_bounds() -> None:
    assert read(NonNegative, "0") == 0
    assert refusal(NonNegative, "-0.1") == "must be a number of 0 or more, not '-0.1' -> write a number of 0 or more"
    assert read(Percent, "-99.9") == Decimal("-99.9")
    assert refusal(Percent, "-100") == "must be a number above -100, not '-100' -> write a number above -100"
    share = Annotated[Decimal, Real(above=0, maximum=1)]
    assert read(share, "1") == 1
    assert refusal(share, "0").startswith("must be a number above 0 and up to 1")
    assert refusal(share, "1.1").startswith("must be a number above 0 and up to 1")
    assert refusal(Annotated[Decimal, Real(maximum=5)], "6").startswith("must be a number of at most 5")
    assert refusal(Annotated[Decimal, Real(decimals=2)], "1.005").startswith("must have at most 2 decimals")


def test_counts_are_whole() -> None:
    assert read(Count, "0") == 0 and read(Positive, "120") == 120
    assert type(read(Count, "7")) is int
    assert refusal(Count, "3.0") == "must be a whole number of 0 or more, not '3.0' -> write 3"
    assert refusal(Count, "1e3").endswith("-> write 1000")
    assert refusal(Count, "2.5").endswith("-> write digits only, such as 12")
    assert refusal(Count, "1,5").endswith("-> write digits, such as 12")
    assert refusal(Count, "012").endswith("-> write 12")
    assert refusal(Count, "-1").startswith("must be a whole number of 0 or more")
    assert refusal(Positive, "0").startswith("must be a whole number of 1 or more")
    assert refusal(Annotated[int, Whole(1, 120)], "121").startswith("must be a whole number of 1 to 120")
    assert refusal(Annotated[int, Whole(maximum=3)], "4").startswith("must be a whole number of at most 3")
    assert refusal(Version, "2") == "must be 1, not '2' -> write 1"
    assert refusal(Count, "9" * 17).startswith("must be between")
    for kind in (Number, Count):
        assert refusal(kind, "9" * 10_000).startswith("must have at most 100 characters")


@pytest.mark.parametrize("text", ["no", "010", "1:30", ".nan", "2027-02-30", "1_000", "yes", "0x1F", "中文", "a  b"])
def test_text_is_whatever_was_written(text: str) -> None:
    for written in (Plain(text), Quoted(text)):
        value = read(Text, written)
        assert value == text and type(value) is str


def test_text_is_on_one_line_and_without_controls() -> None:
    assert read(Text, Quoted("ends\n")) == "ends"
    assert refusal(Text, Quoted("two\nlines")) == "must be on one line -> begin a long text with >- instead of |"
    assert refusal(Text, Quoted("a\x1b[0m")) == "must not have the character U+001B -> take it out"
    for char in "\x00\t\x7f\x85\u2028\u202e\ufeff\ud800":
        assert "must not have the character" in refusal(Text, Quoted(f"a{char}b"))
    assert refusal(Text, Quoted(" ")).startswith("must not be empty")
    assert refusal(Text, []).startswith("must be text, not a list")
    assert read(Prose, Quoted("two\n\tlines\n")) == "two\n\tlines"
    assert "U+001B" in refusal(Prose, Quoted("two\n\x1b"))


def test_names_are_ids() -> None:
    for name in ("a", "tr-singapore", "vco_1.2", "010", "no", "_x"):
        assert read(Name, name) == name
    assert read(Name, Quoted("quoted")) == "quoted"
    assert refusal(Name, "a b").endswith("-> write a-b")
    assert refusal(Name, "é").endswith("-> use the letters a to z")
    for name in ("", "-a", ".a", "a/b", "a\n", "=x"):
        refusal(Name, Quoted(name))


def test_flags_are_true_or_false() -> None:
    assert read(Flag, "true") is True and read(Flag, "false") is False
    assert refusal(Flag, "yes") == "must be true or false, not 'yes' -> write true"
    assert refusal(Flag, "Off").endswith("-> write false")
    assert refusal(Flag, "True").endswith("-> write true")
    assert refusal(Flag, "0").endswith("-> write false")
    assert refusal(Flag, "perhaps").endswith("-> write true or false")


def test_days_exist() -> None:
    assert read(Day, "2028-02-29") == date(2028, 2, 29)
    assert read(Day, Quoted("2027-02-15")) == date(2027, 2, 15)
    assert refusal(Day, "2027-02-30").endswith("-> the last day of that month is 2027-02-28")
    assert refusal(Day, "2027-13-01").endswith("-> write a month of 01 to 12")
    assert refusal(Day, "0027-02-01").startswith("must be between the years 2000 and 2200")
    for text in ("2027-2-15", "2027/02/15", "20270215", "2027-02-15T00:00", "2027.02.15"):
        assert refusal(Day, text).endswith("-> write 2027-02-15"), text
    assert refusal(Day, "15.02.2027").endswith("-> write YEAR-MONTH-DAY")
    assert refusal(Day, "0000-00-00")


def test_instants_are_in_the_billing_zone_and_say_no_offset() -> None:
    assert read(Instant, "2027-02-15") == datetime(2027, 2, 15)
    assert read(Instant, "2027-05-01T09:30") == datetime(2027, 5, 1, 9, 30)
    assert read(Instant, "2027-05-01T09:30:05") == datetime(2027, 5, 1, 9, 30, 5)
    for text, meant in [
        ("2027-05-01T09:30Z", "2027-05-01T17:30"),
        ("2027-05-01T09:30:00+08:00", "2027-05-01T09:30"),
        ("2027-05-01T20:00-0500", "2027-05-02T09:00"),
        ("2027-05-01 09:30 +8", "2027-05-01T09:30"),
    ]:
        message = refusal(Instant, text)
        assert message.startswith("must be a time without an offset (all times are UTC+8)")
        assert message.endswith(f"-> write {meant}")
    assert refusal(Instant, "2027-05-01 9:30").endswith("-> write 2027-05-01T09:30")
    assert refusal(Instant, "2027-5-1").endswith("-> write 2027-05-01")
    assert refusal(Instant, "2027-05-01T24:00").startswith("must be a time that exists")
    assert refusal(Instant, "2027-02-29T10:00").startswith("must be a day that exists")
    assert refusal(Instant, "noon").endswith("-> write YEAR-MONTH-DAYTHOURS:MINUTES")


def test_months_exist() -> None:
    assert read(Month, "2027-01") == CalendarMonth(2027, 1)
    assert refusal(Month, "2027-13").startswith("must be a month that exists")
    assert refusal(Month, "1999-12").startswith("must be a month that exists")
    assert refusal(Month, "2027-1").endswith("-> write 2027-01")
    assert refusal(Month, "2027-01-15").endswith("-> write 2027-01")
    assert refusal(Month, "1").endswith("-> write YEAR-MONTH")


SCALARS = [
    Text,
    Prose,
    Name,
    Number,
    NonNegative,
    Percent,
    Count,
    Positive,
    Version,
    Flag,
    Day,
    Instant,
    Month,
]


@pytest.mark.parametrize("kind", SCALARS)
@pytest.mark.parametrize("value", [None, {}, [], {"a": "b"}])
def test_no_scalar_is_null_or_a_collection(kind: Any, value: Any) -> None:
    message = refusal(kind, value)
    assert message.startswith("has no value -> " if value is None else "must be ")
    assert not message.endswith("-> ")


@given(
    st.sampled_from(SCALARS),
    st.text() | st.from_regex(r"[0-9Tt:/.+Zz -]{1,30}\Z"),
    st.sampled_from([Plain, Quoted]),
)
def test_any_text_is_a_value_or_a_refusal_with_a_remedy(kind: Any, text: str, written: type[str]) -> None:
    try:
        TypeAdapter(kind).validate_python(written(text))
    except ValidationError as error:
        (detail,) = error.errors()
        assert detail["msg"] and detail["ctx"]["remedy"]


def test_values_of_python_are_taken_as_they_are() -> None:
    assert read(Number, Decimal("1.5")) == Decimal("1.5") and read(Number, 3) == 3 and read(Count, 3) == 3
    assert read(Day, date(2027, 1, 1)) == date(2027, 1, 1) and read(Flag, True) is True
    assert read(Instant, datetime(2027, 1, 1)) == datetime(2027, 1, 1)
    assert read(Month, CalendarMonth(2027, 1)) == CalendarMonth(2027, 1)
    for kind, value in [(Number, 1.5), (Number, True), (Count, True), (Text, 3), (Number, Decimal("NaN"))]:
        refusal(kind, value)


# models


class Traffic(Entry):
    """Traffic of one site."""

    to_data_center_gb: NonNegative | None = None
    """GB per month."""
    growth_percent: Percent = Decimal("1.5")
    """Growth in percent,
    per month."""


class Group(Entry):
    network_type: Literal["public", "private"]
    traffic: Annotated[Name | Traffic, BY_SHAPE] | None = None
    routers: Annotated[Name | tuple[Name, ...], BY_SHAPE] = ()
    valid_from: Day | None = Field(None, alias="from")
    sites: Count = 1

    @model_validator(mode="after")
    def _not_too_many(self) -> Group:
        if self.sites > 1000:
            raise wrong("too many sites", "write fewer", at=("sites",))
        if self.sites == 13:
            raise must("have no 13 sites", "13", "write 12")
        if self.sites == 14:
            raise ValueError("has a plain error")
        return self


class Plan(Entry):
    title: Text
    start: Month = CalendarMonth(2027, 1)
    groups: dict[Name, Group] = {}
    tags: Annotated[tuple[Name, ...], Field(min_length=1, max_length=2)] = ("a",)


def test_a_plan_is_loaded() -> None:
    plan = load(
        Plan,
        parse_yaml(
            "title: no\ngroups:\n  a: {network_type: public, from: 2027-02-15, traffic: {to_data_center_gb: 1.10}}\n"
            "  b: {network_type: private, traffic: small, routers: [x, y], sites: ~}\n",
            "plan.yaml",
        ),
    )
    assert plan.title == "no"
    assert plan.groups["a"].valid_from == date(2027, 2, 15)
    assert isinstance(plan.groups["a"].traffic, Traffic)
    assert str(plan.groups["a"].traffic.to_data_center_gb) == "1.10"
    assert plan.groups["b"].traffic == "small" and plan.groups["b"].routers == ("x", "y")
    assert plan.groups["b"].sites == 1  # null is as if it were absent
    with pytest.raises(ValidationError):
        plan.title = "frozen"  # type: ignore[misc]


def test_everything_wrong_is_told_at_once_and_in_order() -> None:
    text = (
        "start: 2027-13\n"
        "groups:\n"
        "  a b: {network_type: public}\n"
        "  b: {network_type: publik, from: 2027-02-30, sites: 1.0}\n"
        "  c: {traffic: {to_gb: 1}, routers: {}}\n"
        "  d:\n"
        "tags: []\n"
    )
    assert problems_of(Plan, text) == [
        "1:1 'title' is missing",
        "1:8 start must be a month that exists, not '2027-13'",
        "3:3 a key of groups must be a name of letters, digits, '.', '_' and '-', not 'a b'",
        "4:21 network_type must be public or private, not 'publik'",
        "4:35 from must be a day that exists, not '2027-02-30'",
        "4:54 sites must be a whole number of 0 or more, not '1.0'",
        "5:3 'network_type' is missing",
        "5:17 unknown key 'to_gb'",
        "5:28 routers must be a single value or a list, not a mapping",
        "6:5 d has no value",
        "7:1 tags must have at least 1 entry",
    ]


def test_an_unknown_key_says_which_is_meant() -> None:
    assert remedies_of(Plan, "titel: x\n") == ["did you mean 'title'?"]  # and not also that title is missing
    assert remedies_of(Plan, "title: x\nGroups: {}\n") == ["did you mean 'groups'?"]
    assert remedies_of(Plan, "title: x\ntitles: x\n") == ["'title' is there already: take this one out"]
    assert remedies_of(Plan, "title: x\nsites: 3\n") == [
        "'sites' is a key of an entry of 'groups': look at the indentation"
    ]
    assert remedies_of(Plan, "title: x\nfoo: 3\n") == ["the known ones are title, start, groups, tags"]
    inner = "network_type: public, traffic: {growth: 1}, form: 2027-01-01, valid_from: 2027-01-01"
    assert remedies_of(Plan, f"title: x\ngroups: {{a: {{{inner}}}}}\n") == [
        "the known ones are to_data_center_gb, growth_percent",
        "did you mean 'from'?",
        "the known ones are network_type, traffic, routers, from, sites",
    ]


def test_a_missing_choice_names_the_choices() -> None:
    assert remedies_of(Plan, "title: x\ngroups: {a: {}}\n") == ["add 'network_type: ...' (public or private)"]


def test_own_rules_speak_at_the_place_they_name() -> None:
    text = "title: x\ngroups:\n  a: {network_type: public, sites: %s}\n"
    assert problems_of(Plan, text % 1001) == ["3:36 too many sites"]
    with pytest.raises(InputError, match="a must have no 13 sites, not '13'"):
        load(Plan, parse_yaml(text % 13, "plan.yaml"))
    with pytest.raises(InputError, match="a has a plain error"):
        load(Plan, parse_yaml(text % 14, "plan.yaml"))


@pytest.mark.parametrize("text", ["x", "[a]", "12", "'title'"])
def test_a_file_that_is_no_mapping_is_refused(text: str) -> None:
    (problem,) = problems_of(Plan, text)
    assert problem.startswith("1:1 the file must be a mapping")


def test_a_part_of_a_file_can_be_loaded() -> None:
    source = parse_yaml("plan:\n  - {title: a}\n  - {titel: a}\n", "plan.yaml")
    assert load(Plan, source, ("plan", 0)).title == "a"
    with pytest.raises(InputError, match=r"plan\.yaml:3:6: error: unknown key 'titel'"):
        load(Plan, source, ("plan", 1))
    with pytest.raises(InputError, match=r"plan\.yaml:1:1: error: 'plans' is missing"):
        load(Plan, source, ("plans",))
    assert load(dict[Name, Any], parse_yaml("a: 1\n", "f")) == {"a": "1"}


def test_wrong_keys_that_look_like_tags_do_no_harm() -> None:
    assert problems_of(Plan, "title: x\n'<mapping>': 1\n'[key]': 2\ngroups: {'[key]': 1}\n")


VALUES = st.recursive(
    st.none()
    | st.sampled_from(["x", "1", "2027-01", "public", "a b", "-1"]).map(Plain)
    | st.text(max_size=3).map(Quoted),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["title", "start", "groups", "tags", "network_type", "traffic", "routers", "from", "[key]"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=15,
)


@given(VALUES)
def test_any_value_is_a_plan_or_problems_with_places_and_remedies(value: Any) -> None:
    source = parse_yaml("title: x\n", "plan.yaml")
    source.value = value
    try:
        load(Plan, source)
    except InputError as error:
        for problem in error.problems:
            assert problem.message and problem.remedy
            assert "pydantic" not in problem.message and "<" not in problem.message.split(", not ")[0]


def test_alternatives_must_differ_in_shape() -> None:
    with pytest.raises(TypeError, match="same shape"):
        TypeAdapter(Annotated[Name | Number, BY_SHAPE])


@pytest.mark.parametrize("kind", [int, str, float, Decimal, int | None, dict[Name, date], tuple[bool, ...], Literal[1]])
def test_a_model_cannot_use_what_pydantic_would_read_its_own_way(kind: Any) -> None:
    with pytest.raises(TypeError, match=r"Loose\.field: use the scalar types"):
        type("Loose", (Entry,), {"__annotations__": {"field": kind}})


# rows


class Row(Entry):
    id: Name
    network_type: Literal["public", "private"]
    sites: Count = 1
    start: Day | None = None
    traffic: Annotated[Name | Traffic, BY_SHAPE] | None = None


def nested(row: dict[str, Plain]) -> dict[str, Any]:
    inline = {key: row[key] for key in ("to_data_center_gb",) if key in row}
    rest: dict[str, Any] = {key: cell for key, cell in row.items() if key not in inline}
    if "traffic" in rest and inline:
        raise wrong("give a profile or its keys, not both", "empty one of the cells", at=("traffic",))
    return rest | ({"traffic": inline} if inline else {})


def row_problems(text: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        load_rows(Row, parse_table(text, "t.csv"), nested)
    return told(caught.value)


def test_rows_are_loaded() -> None:
    table = parse_table("id,network_type,sites,to_data_center_gb\na,public,3,\nb,private,,1.5\n", "t.csv")
    first, second = load_rows(Row, table, nested)
    assert (first.id, first.sites, first.traffic) == ("a", 3, None)
    assert second.sites == 1 and isinstance(second.traffic, Traffic)
    assert load_rows(Row, parse_table("id,network_type\n", "t.csv")) == []


def test_wrong_cells_are_told_with_line_and_column() -> None:
    text = (
        "id,network_type,sites,start,to_data_center_gb,traffic\n"
        "a,pubic,1.5,2027-02-30,,\n"
        '"b\nc",public,,,"1,000",\n'
        ",public,,,5,small\n"
        ",public,,,,\n"
    )
    assert row_problems(text) == [
        "2:3 network_type must be public or private, not 'pubic'",
        "2:9 sites must be a whole number of 0 or more, not '1.5'",
        "2:13 start must be a day that exists, not '2027-02-30'",
        "3:1 id must be a name of letters, digits, '.', '_' and '-', not 'b\\nc'",
        "4:13 to_data_center_gb must be a number, not '1,000'",
        "5:13 give a profile or its keys, not both",
        "6:1 column 'id' is empty",
    ]


def test_a_wrong_column_is_told_once() -> None:
    assert row_problems("id,netwrk_type,colour\na,public,red\nb,public,blue\n") == [
        "1:4 unknown column 'netwrk_type'",
        "1:16 unknown column 'colour'",
    ]
    assert row_problems("id\na\nb\n") == ["1:1 the column 'network_type' is missing"]


def test_a_hundred_thousand_rows_take_seconds() -> None:
    lines = [f"g{n},public,{n % 50},2027-05-01,{n}.5,\n" for n in range(100_000)]
    text = "id,network_type,sites,start,to_data_center_gb,traffic\n" + "".join(lines)
    began = time.perf_counter()
    assert len(load_rows(Row, parse_table(text, "t.csv"), nested)) == 100_000
    assert time.perf_counter() - began < 20  # about 2 s; a shared machine may be slow


# documentation


def test_field_docs_are_the_docstrings() -> None:
    assert field_docs(Traffic) == {
        "to_data_center_gb": "GB per month.",
        "growth_percent": "Growth in percent,\nper month.",
    }
    assert field_docs(Group) == {}


def test_json_schema_renders_scalars_naturally() -> None:
    class All(Entry):
        text: Text
        name: Name
        number: Number
        percent: Percent = Decimal("1.5")
        whole: Annotated[int, Whole(1, 120)]
        version: Version
        flag: Flag
        day: Day
        instant: Instant
        month: Month = CalendarMonth(2027, 1)
        choice: Literal["a", "b"]
        by_name: dict[Name, Count] = {}

    schema = json_schema(All)
    assert schema["additionalProperties"] is False
    pattern = "^[A-Za-z0-9_][A-Za-z0-9._-]*$"
    assert schema["properties"] == {
        "text": {"type": "string", "minLength": 1},
        "name": {"type": "string", "pattern": pattern},
        "number": {"type": "number"},
        "percent": {"type": "number", "exclusiveMinimum": -100, "default": 1.5},
        "whole": {"type": "integer", "minimum": 1, "maximum": 120},
        "version": {"type": "integer", "const": 1},
        "flag": {"type": "boolean"},
        "day": {"type": "string", "format": "date"},
        "instant": {
            "type": "string",
            "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2})?)?$",
        },
        "month": {"type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$", "default": "2027-01"},
        "choice": {"type": "string", "enum": ["a", "b"]},
        "by_name": {
            "type": "object",
            "patternProperties": {pattern: {"type": "integer", "minimum": 0}},
            "default": {},
        },
    }


def test_json_schema_carries_the_docstrings() -> None:
    traffic = json_schema(Plan)["$defs"]["Traffic"]
    assert traffic["description"] == "Traffic of one site."
    assert traffic["properties"]["to_data_center_gb"]["description"] == "GB per month."
    assert Traffic.model_json_schema()["properties"]["to_data_center_gb"]["description"] == "GB per month."
