"""What a quantity is counted together with: the free quota and the tiers of the account."""

from __future__ import annotations

from collections.abc import Iterator

from planner.core.region import EVERYWHERE
from planner.explanation import Explanation
from planner.pool_share import Column, Pool
from pricing import money
from pricing.book import FreeQuota
from pricing.price_table import FREE
from reports.explain_words import groups, table, these_plans, units
from reports.page import Block, Facts


def blocks(one: Explanation, pool: Pool) -> Iterator[Block]:
    """What accumulates, over what, and the share of it."""
    starts = []
    if pool.free_quota:
        where = "all regions" if pool.free_quota.pool == EVERYWHERE else f"the regions of {pool.free_quota.pool}"
        starts.append(("free quota", f"one for all {one.sku} of account {pool.account} in {where}"))
    if any(column.tier for column in pool.columns):
        starts.append(("tiers", f"count all {one.sku} of account {pool.account} in {pool.region}"))
    facts = [*starts]
    if pool.without:
        facts.insert(0, ("free quota", _without(one, pool)))
    if starts:
        facts.append(("every month", "both start anew" if len(starts) > 1 else f"{_START[starts[0][0]]} anew"))
    if not pool.baseline_given:
        taken = "to use up the free quota, and nothing of the tiers" if pool.without == "used-up" else "as nothing"
        facts.append(("everything else", f"not given for account {pool.account}: taken {taken}"))
    if pool.unknown:
        facts.append(("not in it", f"{groups(pool.unknown)} of the plan whose traffic is not stated"))
    yield Facts(facts)
    if pool.free_quota:
        yield from _free_quota(one, pool, pool.free_quota)
    yield from _tiers(one, pool)


_START = {"free quota": "it starts", "tiers": "they start"}


def _without(one: Explanation, pool: Pool) -> str:
    """Why the account has no free quota, although there is one."""
    if pool.without == "given-up":
        return f"none: account {pool.account} has given it up for a large prepaid plan of {one.sku}"
    return "none is left: everything else is taken to use it up (assumption baseline: free-quota-used)"


def _free_quota(one: Explanation, pool: Pool, quota: FreeQuota) -> Iterator[Block]:
    """What everything else and the plan take of it; by region where several share it."""
    unit, draws = one.item.unit, pool.draws
    parts = ("baseline", "baseline_free", "plan", "plan_free")
    totals = [sum(getattr(draw, part) for draw in draws) for part in parts]
    in_turn = len({draw.turn for draw in draws}) > 1
    shared, plans = "", these_plans(one)
    if sum(draw.plan > 0 for draw in draws) > 1 and totals[3]:
        how = "in the turns below" if in_turn else "in proportion to their GB"
        shared = f" Regions draw it {how} (assumption free-quota-region-order)."
    yield (
        f"The free quota is {units(quota.quantity)} {unit}. Everything else in the account takes its part first,"
        f" {units(totals[1])} {unit}; {plans} {'takes' if len(one.plans) == 1 else 'take'} {units(totals[3])} {unit};"
        f" {units(quota.quantity - totals[1] - totals[3])} {unit} are left.{shared}"
    )
    if len(draws) > 1:
        rows = [
            (draw.region, str(draw.turn + 1) if in_turn else "", *(units(getattr(draw, part)) for part in parts))
            for draw in draws
        ]
        rows.append(("sum", "", *map(units, totals)))
        header = ("region", "turn", "everything else", "of it free", plans, "of it free")
        yield table(header, rows, "<>>>>>")


def _tiers(one: Explanation, pool: Pool) -> Iterator[Block]:
    parts = ("baseline", "plan", *(("own",) if pool.members > 1 else ()))
    rows = [(_column(column, pool), *(units(getattr(column, part)) for part in parts)) for column in pool.columns]
    if len(rows) > 1:
        rows.append(("sum", *(units(sum(getattr(column, part) for column in pool.columns)) for part in parts)))
    plans = these_plans(one)
    header = (f"{one.item.unit} in {pool.region}", "everything else", plans, f"this {one.kind.split()[-1]}")
    if pool.inside_tier_1 and pool.free_quota and any(column.tier for column in pool.columns):
        yield "The free GB count as the first of tier 1 (assumption free-quota-position)."
    yield table(header[: len(parts) + 1], rows, "<>>>"[: len(parts) + 1])
    whole = sum(column.plan for column in pool.columns)
    if pool.members == 1:
        yield f"{one.subject} is all that {plans} {'has' if len(one.plans) == 1 else 'have'} in it."
    elif one.quantity is not None and whole:
        percent = money.display(one.quantity * 100 * 10**9 // whole)
        yield (
            f"{one.subject} has {units(one.quantity)} of the {units(whole)} {one.item.unit} of {plans}, about"
            f" {percent} %, and that share of every row. Shares are rounded down to 6 decimals; what that leaves is"
            " handed out, so that all rows and columns add up."
        )


def _column(column: Column, pool: Pool) -> str:
    if column.tier == FREE:
        return "free quota"
    if column.tier is None:
        return "beyond the free quota" if pool.free_quota else "all of it"
    if column.upper is None:
        return f"tier {column.tier}: above {units(column.lower)}"
    return f"tier {column.tier}: {units(column.lower)} to {units(column.upper)}"
