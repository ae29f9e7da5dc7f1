"""What it means that the limit of a quota is not known."""

from collections.abc import Iterator

import numpy as np

from planner.core.problem import Finding
from planner.policy_rule import Case, Rule
from planner.quota import NOT_KNOWN


def judge(case: Case) -> Iterator[Finding]:
    """One finding per scope that the plan touches and whose limit is unknown in some month: that is no pass."""
    for use in case.plan.quotas:
        unknown = (use.status == NOT_KNOWN).any(axis=1) & (use.planned > 0)
        for scope in np.flatnonzero(unknown).tolist():
            yield Finding(
                code="unknown-quota",
                level=case.policy.unknown_quotas,
                subject=f"{use.id}/{use.scopes[scope]}",
                place=use.claims.places[scope],
                message=f"{use.scopes[scope]}: up to {use.used[scope].max()} {use.quota.title}, and no limit is known",
                remedy="ask Alibaba Cloud for the limit, and state it in the estate where it can be stated",
                source=case.cite("unknown_quotas"),
            )


RULE = Rule("Every quota that the plan uses has a known limit.", "unknown_quotas", judge)
