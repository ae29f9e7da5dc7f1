"""Amounts of a plan that can be asked about: an item of a subject in a month; and what there is instead of one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from planner.core.period import Month
from planner.core.problem import quoted, suggestion
from planner.plan import Plan
from pricing.rating import Rated
from pricing.sku import skus


@dataclass(frozen=True)
class Amount:
    """Something of a plan that can be explained: an item of a subject in a month, in one place."""

    month: Month
    sku: str
    subject: str
    """Of several plans with the plan that brings it in front, `plan:subject`."""
    account: str
    place: str
    """The region that decides its price, or the lane."""
    billed: int
    """Nano-units of the results' currency: the priced part."""
    unpriced: bool
    """Whether something of it has no price."""
    at: tuple[int, int, int]
    """Where it stands: the rated usage, its row, and the month's column."""


class NotInPlanError(LookupError):
    """What was asked for is not in the plan; the message ends with what to ask for instead."""


def amounts(
    plan: Plan,
    month: Month | None = None,
    sku: str | None = None,
    subject: str | None = None,
    account: str | None = None,
) -> tuple[Amount, ...]:
    """Everything that can be explained and is what is asked for; by month, item and subject.

    subject : as reports call it; of several plans the id alone is that subject of each of them
    raises : NotInPlanError where there is nothing of that kind
    """
    _check_names(plan, month, sku, subject, account)
    found = list(_amounts(plan, month, sku, subject, account))
    if not found:
        raise NotInPlanError(_nothing(plan, month, sku, subject, account))
    order = {name: number for number, name in enumerate(skus())}
    return tuple(sorted(found, key=lambda one: (one.month, order[one.sku], one.subject, one.account, one.place)))


def _amounts(
    plan: Plan, month: Month | None, sku: str | None, subject: str | None, account: str | None
) -> Iterator[Amount]:
    tables = plan.inventory
    months = tables.period.months
    columns = range(len(months)) if month is None else [months.index(month)]
    for number, rated in enumerate(plan.rated):
        usage = rated.usage
        if sku not in (None, usage.sku) or not len(usage.subject):
            continue
        billed = [rated.reported(rated.amount[k]) for k, covered in enumerate(rated.covered) if not covered]
        unpriced, used = rated.unpriced, (usage.quantity > 0) | usage.unknown
        for row, (of_subject, of_account) in enumerate(
            zip(usage.subject.tolist(), usage.account.tolist(), strict=True)
        ):
            names = (None, tables.subject_names[of_subject], tables.subjects[of_subject])
            if subject not in names or account not in (None, tables.accounts[of_account]):
                continue
            for column in columns:
                if used[row, column]:
                    yield Amount(
                        month=months[column],
                        sku=usage.sku,
                        subject=tables.subject_names[of_subject],
                        account=tables.accounts[of_account],
                        place=_place(plan, rated, row),
                        billed=sum(int(amount[row, column]) for amount in billed),
                        unpriced=bool(unpriced[row, column]),
                        at=(number, row, column),
                    )


def _place(plan: Plan, rated: Rated, row: int) -> str:
    names = rated.usage.lanes or plan.inventory.regions
    return names[int(rated.usage.place[row])]


def _check_names(plan: Plan, month: Month | None, sku: str | None, subject: str | None, account: str | None) -> None:
    months = plan.inventory.period.months
    if month is not None and month not in months:
        cover = "it covers" if len(plan.scenarios) == 1 else "they cover"
        raise NotInPlanError(f"{_have(plan)} no month {month}: {cover} {months[0]} to {months[-1]}")
    used = {one.usage.sku: None for one in plan.rated}
    for given, known, one, many in (
        (sku, [name for name in skus() if name in used], "item", "items"),
        (subject, sorted(plan.inventory.subject_names), "subject", "subjects"),
        (account, plan.inventory.accounts, "account", "accounts"),
    ):
        if given is not None and given not in known and given not in plan.inventory.subjects:
            remedy = suggestion(given, known, f"{many} of {'these plans' if len(plan.scenarios) > 1 else 'this plan'}")
            raise NotInPlanError(f"{_have(plan)} no {one} {quoted(given)}: {remedy}")


def _nothing(plan: Plan, month: Month | None, sku: str | None, subject: str | None, account: str | None) -> str:
    """Why nothing is found of names that all exist, and what there is instead."""
    said = f"{subject} has nothing" if subject else f"{_have(plan)} nothing"
    said += f" of {sku}" if sku else ""
    said += f" that {account} pays" if account else ""
    said += f" in {month}" if month else ""
    if month and (found := list(_amounts(plan, None, sku, subject, account))):
        own = sorted(one.month for one in found)
        return f"{said}: it has from {own[0]} to {own[-1]}"
    if subject and (found := list(_amounts(plan, month, None, subject, None))):
        return f"{said}: it uses {', '.join(_uses(found, bool(account)))}"
    if sku and (found := list(_amounts(plan, month, sku, None, None))):
        users = sorted({f"{one.subject} ({one.account})" if account else one.subject for one in found})
        more = f" and {len(users) - 10} more" if len(users) > 10 else ""
        return f"{said}: {sku} is used by {', '.join(users[:10])}{more}"
    return f"{said}: nothing is there in the period, or sends traffic"


def _uses(found: Sequence[Amount], with_accounts: bool) -> list[str]:
    """Items of some amounts, in the order of tables; with the accounts that pay them."""
    payers: dict[str, list[str]] = {name: [] for name in skus() if name in {one.sku for one in found}}
    for one in found:
        if one.account not in payers[one.sku]:
            payers[one.sku].append(one.account)
    return [f"{name} ({', '.join(sorted(own))})" if with_accounts else name for name, own in payers.items()]


def _have(plan: Plan) -> str:
    """Who has something: the plan, or the plans together."""
    names = plan.inventory.scenarios
    return f"{names[0]} has" if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]} have"
