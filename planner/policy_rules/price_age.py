"""How old prices may be on the day of the verdict."""

from collections.abc import Iterator

import numpy as np

from planner.core.problem import Finding, Measured
from planner.core.provenance import read_day
from planner.policy_rule import Case, Rule


def judge(case: Case) -> Iterator[Finding]:
    """One finding per item with a price that was read too long ago, with the oldest day."""
    oldest, as_of = case.policy.oldest_price, case.plan.as_of
    if oldest is None or as_of is None:
        return
    limits = [(oldest.days, "days")] if oldest.days is not None else []
    limits += [((as_of - oldest.day).days, "day")] if oldest.day is not None else []
    if not limits:
        return
    most, key = min(limits)
    lines = case.plan.lines
    for code, sku in enumerate(lines.skus):
        own = lines.priced & ~lines.covered & (lines.sku == code) & (lines.rate >= 0)
        used = [lines.rates[rate] for rate in np.unique(lines.rate[own]).tolist()]
        read = min((read_day(one.read_on) for rate in used for one in rate.references), default=as_of)
        if (as_of - read).days <= most:
            continue
        accepted = f"at most {most} days before it" if key == "days" else f"on {oldest.day} or later"
        yield Finding(
            code="price-age",
            level="error",
            subject=sku,
            place=case.plan.inventory.subject_places[int(lines.subject[own][0])],
            message=f"{sku}: read on {read}, {(as_of - read).days} days before {as_of}; accepted: {accepted}",
            remedy="read the price again, and give it in a price book with its new day",
            source=case.cite("oldest_price", key),
            measured=Measured((as_of - read).days, most, "days"),
        )


RULE = Rule("Every price was read recently enough.", "oldest_price", judge)
