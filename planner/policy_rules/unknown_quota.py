"""What it means that the limit of a quota is not known."""

from collections.abc import Iterator

import numpy as np

from planner.core.problem import Finding
from planner.policy_rule import Case, Rule
from planner.quota import EXCEEDED, NOT_KNOWN, QuotaUse


def judge(case: Case) -> Iterator[Finding]:
    """One finding per scope that the plan touches and whose limit is unknown in some month: that is no pass.

    So is a default in doubt that is exceeded: nobody knows whether it still is the limit.
    """
    for use in case.plan.quotas:
        exceeded = (use.status == EXCEEDED).any(axis=1) & ~use.fails
        unknown = (use.status == NOT_KNOWN).any(axis=1)
        for scope in np.flatnonzero((unknown | exceeded) & (use.planned > 0)).tolist():
            yield Finding(
                code="unknown-quota",
                level=case.policy.unknown_quotas,
                subject=f"{use.id}/{use.scopes[scope]}",
                place=use.claims.places[scope],
                message=_told(use, scope, doubtful=bool(exceeded[scope])),
                remedy="ask Alibaba Cloud for the limit, and state it in the estate where it can be stated",
                source=case.cite("unknown_quotas"),
            )


def _told(use: QuotaUse, scope: int, doubtful: bool) -> str:
    most = f"{'at least' if use.quota.lower_bound else 'up to'} {use.peak[scope]} {use.quota.title}"
    why = f"more than {use.first_limit[scope]}; {use.quota.doubt}" if doubtful else "and no limit is known"
    return f"{use.scopes[scope]}: {most}, {why}"


RULE = Rule(
    "Every quota that the plan uses has a known limit; a default in doubt that is exceeded is none.",
    "unknown_quotas",
    judge,
)
