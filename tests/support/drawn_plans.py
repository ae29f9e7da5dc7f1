"""Plans that hypothesis draws, calculated by the engine: how many, and when it may refuse one."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings

from planner.core.problem import InputError
from planner.plan import Plan
from tests import oracle
from tests.support import plans
from tests.support.plan_strategies import Case

OF_TRAFFIC = ("tr-data-processing", "ipsec-internet-legacy", "cdt-internet", "vbr-outbound")
"""Each GB of a group stands once in these, so that they tell what a group sends."""
HEAVY = os.environ.get("CENPLAN_HYPOTHESIS") == "heavy"


def drawn(examples: int) -> settings:
    """So many plans, and with the heavy profile fifty times as many (see conftest.py)."""
    return settings(
        max_examples=examples * 50 if HEAVY else examples,
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )


def calculated(case: Case) -> Plan:
    with tempfile.TemporaryDirectory() as folder:
        return plans.planned(Path(folder), *case)


def calculated_or_none(case: Case) -> Plan | None:
    """The plan, or None where a number is beyond what the engine holds; any other refusal is a failure."""
    try:
        return calculated(case)
    except InputError as error:
        assert refused(case), error
        return None


def refused(case: Case) -> bool:
    """Whether a number of a plan is beyond what the engine says it can hold."""
    uses = [use for use in oracle.usage_of(case.plan, case.estate) if use.quantity is not None]
    of_group: dict[tuple[str, str, bool], int] = {}
    of_pool: dict[tuple[str, str, str, str], int] = {}
    for use in uses:
        if use.sku not in OF_TRAFFIC:
            continue
        group = (use.month.name, use.subject, use.sku == "tr-data-processing")
        of_group[group] = of_group.get(group, 0) + (use.quantity or 0)
        pool = (use.month.name, use.sku, use.account, use.region)
        of_pool[pool] = of_pool.get(pool, 0) + (use.quantity or 0)
    amounts: list[int] = []
    for part in oracle.parts_of(case.plan, case.estate, case.books):  # whatever prepaid plans cover of it
        exchange = oracle.exchange_rate(case.plan, part.currency, part.use.month)
        known = [rate for rate in part.rates if rate is not None]
        own = [oracle.cost(part.quantity, rate) for rate in known] if part.quantity is not None else []
        amounts += [*own, *(oracle.round_half_up(amount * exchange) for amount in own)]
    return (
        max(of_group.values(), default=0) >= 2**51  # micro-GB of a group in a month
        or max(of_pool.values(), default=0) > 2**60  # micro-GB of a pool in a month
        or max(amounts, default=0) >= 2**63  # nano-units of a line, in either currency
    )
