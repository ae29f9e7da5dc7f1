"""`cenplan check`: does a plan fit the quotas and keep the rules?"""

from __future__ import annotations

from planner import verdict
from planner.command import (
    AsOf,
    Command,
    FailOnWarn,
    NoColor,
    Out,
    PlanArguments,
    VerdictFormats,
    calculated,
    end,
    put_verdict,
)


def run(
    plan: PlanArguments,
    format: VerdictFormats = None,
    out: Out = None,
    as_of: AsOf = None,
    fail_on_warn: FailOnWarn = False,
    no_color: NoColor = False,
) -> None:
    """Check plans against quotas and rules, month by month; ends with 2 when one is broken."""
    made = verdict.of_check(calculated(plan, as_of, priced=False))
    put_verdict(made, format, out, no_color)
    end(made, fail_on_warn)


COMMAND = Command(order=10, run=run)
