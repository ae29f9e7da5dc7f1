"""What has to stay free of a quota."""

from collections.abc import Iterator

import numpy as np

from planner.core.problem import Finding, Measured
from planner.policy import DEFAULT
from planner.policy_rule import Case, Rule
from planner.quota import EXCEEDED, UNKNOWN


def judge(case: Case) -> Iterator[Finding]:
    """One finding per scope that the plan touches and that keeps too little free, in its tightest month.

    A scope that is exceeded is told by its quota.
    """
    asked = case.policy.headroom
    for use in case.plan.quotas:
        name = use.id if use.id in asked else DEFAULT
        rule = asked.get(name)
        if rule is None:
            continue
        for scope in np.flatnonzero(use.planned > 0).tolist():
            used, limit = use.used[scope], use.limit[scope]
            known = limit != UNKNOWN
            if not known.any() or (use.status[scope] == EXCEEDED).any():
                continue
            # Rounded up: 10 % of 16 is 2 that must stay free.
            share = -(-limit * int((rule.percent or 0) * 100) // 10000)
            needed = np.maximum(share, rule.count or 0)
            short = np.where(known, needed - (limit - used), np.iinfo(np.int64).min)
            month = int(np.argmax(short))
            if short[month] <= 0:
                continue
            free, keep = int(limit[month] - used[month]), int(needed[month])
            yield Finding(
                code="headroom",
                level="error",
                subject=f"{use.id}/{use.scopes[scope]}",
                place=use.claims.places[scope],
                message=(
                    f"{use.scopes[scope]}: {free} of {limit[month]} {use.quota.title} stay free in"
                    f" {case.plan.inventory.period.months[month]}; the policy keeps {keep}"
                ),
                remedy="have the quota increased, or plan fewer" if use.quota.adjustable else use.quota.remedy,
                source=case.cite("headroom", name),
                measured=Measured(free, keep, f"{use.quota.title} free", at_least=True),
            )


RULE = Rule("So much of each quota stays free.", "headroom", judge)
