"""Which of several dated values holds on a day."""

from dataclasses import dataclass
from datetime import date

from planner.core.provenance import EVIDENCE, in_force


@dataclass(frozen=True)
class Value:
    name: str
    effective_from: date | None = None
    effective_until: date | None = None


JUNE = date(2025, 6, 1)


def test_evidence_is_ordered_weakest_first() -> None:
    assert EVIDENCE == ("assumed", "secondary", "official", "contract")


def test_the_first_day_is_inside_and_the_last_is_not() -> None:
    old, new = Value("old", effective_until=JUNE), Value("new", effective_from=JUNE)
    assert in_force([old, new], date(2025, 5, 31)) is old
    assert in_force([old, new], JUNE) is new


def test_an_undated_value_always_holds() -> None:
    undated = Value("undated")
    assert in_force([undated], date.min) is undated
    assert in_force([undated], date.max) is undated


def test_the_value_that_began_last_supersedes_whatever_the_order() -> None:
    first, second = Value("first", date(2025, 1, 1)), Value("second", date(2026, 1, 1))
    assert in_force([second, first], date(2026, 3, 1)) is second
    assert in_force([first, second], date(2025, 3, 1)) is first


def test_an_open_ended_value_holds_again_after_a_temporary_one() -> None:
    standing, promotion = Value("standing"), Value("promotion", date(2026, 1, 1), date(2026, 4, 1))
    assert in_force([standing, promotion], date(2026, 3, 31)) is promotion
    assert in_force([standing, promotion], date(2026, 4, 1)) is standing


def test_nothing_in_force_is_unknown() -> None:
    assert in_force([Value("later", JUNE)], date(2025, 5, 31)) is None
    assert in_force([], JUNE) is None
