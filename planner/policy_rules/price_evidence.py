"""How good the evidence of prices has to be."""

from collections.abc import Iterator

import numpy as np

from planner.core.problem import Finding, Measured
from planner.core.provenance import EVIDENCE, weakest
from planner.policy import NANO
from planner.policy_rule import Case, Rule, amount
from pricing import money


def judge(case: Case) -> Iterator[Finding]:
    """One finding per item that is priced on weaker evidence, with the amount that rests on it."""
    least = case.policy.least_evidence
    if least is None:
        return
    lines, currency = case.plan.lines, case.plan.inventory.currency
    weak = [EVIDENCE.index(rate.evidence) < EVIDENCE.index(least) for rate in lines.rates]
    rests = np.array([*weak, False], dtype=bool)[lines.rate] & lines.priced & ~lines.covered
    for code, sku in enumerate(lines.skus):
        own = rests & (lines.sku == code)
        if not own.any():
            continue
        nano = money.total(lines.amount[own])
        evidence = weakest(lines.rates[rate].evidence for rate in np.unique(lines.rate[own]).tolist())
        yield Finding(
            code="price-evidence",
            level="error",
            subject=sku,
            place=case.plan.inventory.subject_places[int(lines.subject[own][0])],
            message=f"{sku}: {amount(nano, currency)} rest on {evidence} prices; the policy asks for {least} or better",
            remedy="put a price with better evidence into a price book, such as a written offer",
            source=case.cite("least_evidence"),
            measured=Measured(nano, 0, currency, NANO, money=True),
        )


RULE = Rule("Every price has at least this evidence: assumed, secondary, official, contract.", "least_evidence", judge)
