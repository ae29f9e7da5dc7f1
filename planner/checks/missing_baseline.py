"""Free quotas and tiers belong to an account: without its other traffic a plan is priced too favourably.

passes:
    estate:
      baselines: [{account: hub, region: eu-central-1, cdt_internet_gb: 20000}]

fails:
    estate:
      baselines: [{account: hub, region: eu-central-1, vbr_outbound_gb: 20000}]
"""

from collections.abc import Iterator

from planner.check import Check, Subject
from planner.core.problem import Finding

_KEYS = {"cdt-internet": "cdt_internet_gb", "vbr-outbound": "vbr_outbound_gb"}


def find(subject: Subject) -> Iterator[Finding]:
    """One warning per account and pooled item without a baseline."""
    inventory = subject.inventory
    priced_as = "nothing else in the account used the free quota and the tiers"
    if inventory.assumptions.baseline == "free-quota-used":
        priced_as = "everything else in the account used up the free quota, and nothing of the tiers"
    for rated in subject.rated:
        if rated.pools is None or not rated.quantity.any():
            continue
        sku = rated.usage.sku
        key = _KEYS.get(sku)
        for code in sorted(set(rated.usage.account.tolist())):
            account = inventory.accounts[code]
            if key is None or _has_baseline(subject, account, key):
                continue
            yield Finding(
                code="missing-baseline",
                level="warning",
                subject=account,
                place=subject.scenarios[0].estate_place("accounts", account),
                message=f"{account}: no baseline of {sku} traffic; priced as if {priced_as}",
                remedy=f"give baselines: [{{account: {account}, region: ..., {key}: ...}}] in the estate; 0 if none",
                source=CHECK.source,
            )


def _has_baseline(subject: Subject, account: str, key: str) -> bool:
    baselines = subject.scenarios[0].estate.baselines
    return any(baseline.account == account and getattr(baseline, key) is not None for baseline in baselines)


CHECK = Check(
    description=(
        "Every account with traffic that draws on a pool (a free quota, or tiers) has a baseline: the traffic of"
        " everything else in the account, which uses free quota and tiers first."
    ),
    source="Cloud Data Transfer billing: tiers and free quota accumulate over all traffic of the account",
    find=find,
    needs_prices=True,
)
