"""What prepaid plans offset, a second time: day by day, with plain loops and exact fractions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from itertools import groupby
from math import ceil, floor
from typing import NamedTuple

from planner.core.region import scopes
from tests import oracle

DAY = timedelta(days=1)


class Plan(NamedTuple):
    """A prepaid plan; units as in pricing."""

    name: str
    account: int
    start: date
    end: date
    quantity: int = 0
    area: str = "all"
    per_hour: int = 0
    factor: Fraction = Fraction(1)


class Row(NamedTuple):
    """A row of usage: by month, then by column, its quantity and its amount."""

    subject: int
    account: int
    region: str
    cells: Sequence[Mapping[int, tuple[int, int]]]


class Outcome(NamedTuple):
    """By (subject, month, column): what is offset. By (plan, month): what others and lines draw, and what is lost."""

    offset: dict[tuple[int, int, int], int]
    others: dict[tuple[str, int], int]
    lines: dict[tuple[str, int], int]
    lost: dict[tuple[str, int], int]


def first_days(first: date, months: int) -> list[date]:
    """First days of consecutive months, and of the one after."""
    numbers = [first.year * 12 + first.month - 1 + n for n in range(months + 1)]
    return [date(number // 12, number % 12 + 1, 1) for number in numbers]


def in_turn(plans: Sequence[Plan]) -> list[Plan]:
    return sorted(plans, key=lambda plan: (plan.end, plan.start, plan.name))


def volumes(
    rows: Sequence[Row],
    others: Mapping[tuple[int, str], Sequence[int]],
    plans: Sequence[Plan],
    first: date,
    months: int,
    plan_first: bool,
) -> Outcome:
    """What volumes offset.

    others : by account and region, what everything else uses in each month after the free quota
    """
    found = Outcome({}, {}, {}, {})
    left = {plan.name: plan.quantity for plan in plans}
    bounds = first_days(first, months)
    for m in range(months):
        days = [bounds[m] + n * DAY for n in range((bounds[m + 1] - bounds[m]).days)]
        places = sorted({(row.account, row.region) for row in rows} | set(others))
        of_lines = {
            place: sum(q for row in rows if row[1:3] == place for k, (q, _) in row.cells[m].items() if k)
            for place in places
        }
        of_others = {place: others[place][m] if place in others else 0 for place in places}
        given = dict.fromkeys(places, 0)
        turns = [(found.others, of_others), (found.lines, of_lines)]
        for drawn, used in reversed(turns) if plan_first else turns:
            for account in sorted({plan.account for plan in plans}):
                own = in_turn([plan for plan in plans if plan.account == account])
                for valid, run in groupby(days, key=lambda day, own=own: [p for p in own if p.start <= day < p.end]):
                    part = list(run)
                    begin, end = (part[0] - days[0]).days, (part[-1] - days[0]).days + 1
                    flow = {p: q * end // len(days) - q * begin // len(days) for p, q in used.items()}
                    for plan in valid:
                        reach = {p[1]: q for p, q in flow.items() if p[0] == account and plan.area in scopes(p[1])}
                        taken = oracle.draw(reach, left[plan.name])
                        left[plan.name] -= sum(taken.values())
                        drawn[plan.name, m] = drawn.get((plan.name, m), 0) + sum(taken.values())
                        for region, quantity in taken.items():
                            flow[account, region] -= quantity
                            if drawn is found.lines:
                                given[account, region] += quantity
        for plan in plans:
            if bounds[m] < plan.end <= bounds[m + 1]:
                found.lost[plan.name, m] = left[plan.name]
        for place, quantity in given.items():
            own = sorted((row for row in rows if row[1:3] == place), key=lambda row: row.subject)
            for k in sorted({k for row in own for k in row.cells[m] if k}):
                used = [row.cells[m].get(k, (0, 0))[0] for row in own]
                covered = min(quantity, sum(used))
                quantity -= covered
                shares = oracle.allocate(used, [covered, sum(used) - covered])
                found.offset.update({(row.subject, m, k): share[0] for row, share in zip(own, shares, strict=True)})
    return found


def commitments(rows: Sequence[Row], plans: Sequence[Plan], first: date, months: int) -> Outcome:
    """What the commitments of an account offset."""
    found = Outcome({}, {}, {}, {})
    bounds = first_days(first, months)
    for m in range(months):
        worth = sum(amount for row in rows for k, (_, amount) in row.cells[m].items() if k)
        days = [bounds[m] + n * DAY for n in range((bounds[m + 1] - bounds[m]).days)]
        covered, used = Fraction(0), {plan.name: Fraction(0) for plan in plans}
        for day in days:  # whose hours are alike: plans begin and end at midnight
            left = Fraction(worth, len(days))
            for plan in in_turn(plans):
                if plan.start <= day < plan.end:
                    taken = min(left, 24 * plan.per_hour / plan.factor)
                    left, covered = left - taken, covered + taken
                    used[plan.name] += taken * plan.factor
        for plan in plans:
            committed = sum(plan.start <= day < plan.end for day in days) * 24 * plan.per_hour
            found.lines[plan.name, m] = ceil(used[plan.name])
            found.lost[plan.name, m] = committed - ceil(used[plan.name])
        for row in rows:
            for k, (quantity, amount) in row.cells[m].items():
                if k and amount:
                    found.offset[row.subject, m, k] = quantity * floor(covered) // worth
    return found
