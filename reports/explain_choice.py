"""What of a plan can be explained: its subjects, items and months, or the amounts among which to choose."""

from __future__ import annotations

from collections.abc import Sequence
from shlex import join

from planner.amount import Amount
from planner.plan import Plan
from pricing import money
from reports.page import Block, Code, Facts, Page, Table

SHOWN_AMOUNTS = 40
"""So many amounts are listed; the others are counted."""
SHOWN_NAMES = 60
"""So many subjects are named; the others are counted."""


def everything(plan: Plan, found: Sequence[Amount], paths: Sequence[str]) -> Page:
    """What there is in a plan, and how to ask for it."""
    months = plan.inventory.period.months
    profiles = sorted({name for one in plan.scenarios for name in one.plan.profiles})
    return Page(
        f"{_name(plan)}: {len(found):,} amounts that can be explained",
        (
            "Every amount is that of an item, for a subject, in a month. Name all three, or some to see a list:",
            Code("sh", _command(paths, _dearest(found))),
            Facts(
                [
                    ("--month", f"{months[0]} to {months[-1]}" if len(months) > 1 else str(months[0])),
                    ("--sku", ", ".join(dict.fromkeys(one.sku for one in sorted(found, key=lambda one: one.sku)))),
                    ("--subject", _names(sorted({one.subject for one in found}))),
                    ("--account", _names(sorted({one.account for one in found}))),
                    ("--profile", f"{_names(profiles)}: its traffic, month by month" if profiles else ""),
                ]
            ),
        ),
    )


def some(plan: Plan, found: Sequence[Amount], paths: Sequence[str]) -> Page:
    """Amounts among which to choose."""
    shown, rest = found[:SHOWN_AMOUNTS], found[SHOWN_AMOUNTS:]
    accounts = len({one.account for one in found}) > 1
    places = len({(one.month, one.sku, one.subject, one.account) for one in found}) < len(found)
    columns = {
        "month": [str(one.month) for one in shown],
        "item": [one.sku for one in shown],
        "subject": [one.subject for one in shown],
        **({"account": [one.account for one in shown]} if accounts else {}),
        **({"place": [one.place for one in shown]} if places else {}),
        plan.inventory.currency: [_cost(one) for one in shown],
        "": ["+ UNPRICED" if one.unpriced and one.billed else "" for one in shown],
    }
    kept = {name: cells for name, cells in columns.items() if any(cells)}
    blocks: list[Block] = [
        Table(
            list(kept),
            list(zip(*kept.values(), strict=True)),
            "".join(">" if name == plan.inventory.currency else "<" for name in kept),
        )
    ]
    if rest:
        blocks.append(f"… and {len(rest):,} more. Name more of month, item and subject; `-f json` lists them all.")
    blocks += ["To explain one of them, name it:", Code("sh", _command(paths, _dearest(shown)))]
    return Page(f"{_name(plan)}: {len(found):,} amounts", blocks)


def _name(plan: Plan) -> str:
    return ", ".join(plan.inventory.scenarios)


def _dearest(found: Sequence[Amount]) -> Amount:
    """The one to show as an example; the first of several."""
    return max(found, key=lambda one: one.billed)


def _command(paths: Sequence[str], one: Amount) -> str:
    words = join(["cenplan", "explain", *paths])
    options = join(["--month", str(one.month), "--sku", one.sku, "--subject", one.subject])
    return f"{words} \\\n    {options}"


def _cost(one: Amount) -> str:
    return "UNPRICED" if one.unpriced and not one.billed else money.display(one.billed)


def _names(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN_NAMES} more" if len(names) > SHOWN_NAMES else ""
    return ", ".join(names[:SHOWN_NAMES]) + more
