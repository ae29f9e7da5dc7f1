"""What formats show: the findings of a check or of a gate, and what they rest on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from planner.plan import LEVELS, Plan

if TYPE_CHECKING:
    from planner.core.problem import Finding, Level
    from planner.fingerprint import Input
    from planner.policy import Policy
    from planner.project import Request
    from planner.waiver import Waiver

CHECK, GATE = "check", "gate"


@dataclass(frozen=True)
class Row:
    """A finding as it counts."""

    finding: Finding
    waiver: Waiver | None = None
    """The waiver that covers it."""
    notes: tuple[str, ...] = ()
    """Why waivers that name it do not cover it."""
    approvers: tuple[str, ...] = ()
    """Who can waive it; empty: nobody is named."""

    @property
    def level(self) -> Level:
        """What it counts as: what is waived is information."""
        return "info" if self.waiver else self.finding.level


@dataclass(frozen=True)
class Judgement:
    """What only a gate knows."""

    request: Request
    as_of: date
    valid_until: date | None
    """First day on which a decision on it holds no longer; None: without end."""
    policy: Policy | None
    inputs: tuple[Input, ...]
    baseline: Plan | None
    overrides: tuple[str, ...]
    """Sentences on what the project holds instead of what plans name."""


@dataclass(frozen=True)
class Verdict:
    """Findings of some plans, errors first."""

    plan: Plan
    rows: tuple[Row, ...]
    judgement: Judgement | None = None
    """None: it is a check, which judges no cost."""

    @property
    def command(self) -> str:
        """The command it is of."""
        return GATE if self.judgement else CHECK

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings of its rows."""
        return tuple(row.finding for row in self.rows)

    @property
    def passed(self) -> bool:
        """Whether nothing that counts is an error."""
        return not self.of_level("error")

    def of_level(self, level: Level) -> tuple[Row, ...]:
        """Rows that count as a level."""
        return tuple(row for row in self.rows if row.level == level)


def of_check(plan: Plan) -> Verdict:
    """A plan's own findings, as they are."""
    return Verdict(plan, tuple(map(Row, plan.findings)))


def in_order(rows: Sequence[Row]) -> tuple[Row, ...]:
    """By what they count as, then by place and id: the order does not depend on who found what."""

    def key(row: Row) -> tuple[int, bool, str, int, int, str, str, str]:
        one = row.finding
        file, line, column = one.location or ("", 0, 0)
        level = LEVELS.index(row.level)
        return (level, row.waiver is None, file, line, column, one.code, one.subject, one.message)

    return tuple(sorted(rows, key=key))
