"""Plans for tests: trees of text rendered as the files people write, read by the real entry points.

A tree is what tests/oracle.py reads: dicts and lists whose scalars are the text that stands in the file.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from planner.plan import Plan, make_plan
from planner.quota import STATUSES
from planner.scenario import read_scenario
from pricing.book import load_price_lists
from pricing.line_item import NO_TIER, UNKNOWN
from pricing.price_table import NO_RATE
from tests import oracle

Tree = Mapping[str, Any]

TRAFFIC_KEYS = ("to_data_center_gb", "from_data_center_gb", "monthly_growth_percent", "base_month")


def yaml_text(tree: Tree, indent: int = 0) -> str:
    """A tree as YAML: blocks where dicts hold dicts, one line for the rest; no scalar is quoted."""
    lines = []
    for key, value in tree.items():
        if isinstance(value, Mapping) and any(isinstance(part, Mapping | list) for part in value.values()):
            lines.append(f"{' ' * indent}{key}:\n{yaml_text(value, indent + 2)}")
        else:
            lines.append(f"{' ' * indent}{key}: {_flow(value)}\n")
    return "".join(lines)


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return str(value)


def csv_text(attachments: Tree) -> str:
    """Attachment groups in their short form as the rows of a table."""
    rows = []
    for name, entry in attachments.items():
        row = {"id": name, **entry}
        if isinstance(row.get("traffic"), Mapping):
            row.update(row.pop("traffic"))
        if "connection_ids" in row:
            row["connection_ids"] = " ".join(row["connection_ids"])
        rows.append(row)
    columns = list(dict.fromkeys(key for row in rows for key in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def planned(folder: Path, plan: Tree, estate: Tree, books: Sequence[Tree] = (), in_table: Sequence[str] = ()) -> Plan:
    """The plan that is calculated from the files of these trees.

    in_table : groups that stand in an attachment table and not in the plan's file
    """
    written = dict(plan)
    if in_table:
        rows = {name: entry for name, entry in plan["attachments"].items() if name in in_table}
        (folder / "table.csv").write_text(csv_text(rows), encoding="utf-8")
        written["attachments"] = {n: e for n, e in plan["attachments"].items() if n not in in_table}
        written["attachment_table"] = "table.csv"
    for number, book in enumerate(books):
        (folder / f"book-{number}.yaml").write_text(yaml_text(book), encoding="utf-8")
    written["price_books"] = [f"book-{number}.yaml" for number in range(len(books))]
    written["estate"] = "estate.yaml"
    (folder / "estate.yaml").write_text(yaml_text(estate), encoding="utf-8")
    (folder / "plan.yaml").write_text(yaml_text(written), encoding="utf-8")
    return calculated(folder / "plan.yaml")


def calculated(path: Path) -> Plan:
    """The plan of a file, as the commands calculate it."""
    scenario = read_scenario(str(path))
    return make_plan([scenario], load_price_lists(scenario.sites, scenario.price_books))


def lines_of(plan: Plan) -> list[oracle.Line]:
    """The engine's line items as the oracle's, in the oracle's order."""
    lines, tables = plan.lines, plan.inventory
    months = [str(month) for month in tables.period.months]
    found = []
    for i in range(len(lines.month)):
        tier, quantity = int(lines.tier[i]), int(lines.quantity[i])
        list_rate, rate = int(lines.list_rate[i]), int(lines.rate[i])
        covered, has_price = bool(lines.covered[i]), quantity != UNKNOWN and rate != NO_RATE
        assert bool(lines.priced[i]) == (has_price or covered)
        assert bool(lines.list_priced[i]) == (quantity != UNKNOWN and list_rate != NO_RATE)
        found.append(
            oracle.Line(
                month=months[lines.month[i]],
                sku=lines.skus[lines.sku[i]],
                subject=tables.subjects[lines.subject[i]],
                account=tables.accounts[lines.account[i]],
                region=tables.regions[lines.region[i]],
                tier=None if tier == NO_TIER else tier,
                quantity=None if quantity == UNKNOWN else quantity,
                list_rate=None if list_rate == NO_RATE else lines.rates[list_rate].value,
                rate=None if rate == NO_RATE else lines.rates[rate].value,
                list_amount=int(lines.list_amount[i]) if lines.list_priced[i] else None,
                contracted=int(lines.contracted[i]) if has_price else None,
                currency=lines.currencies[lines.currency[i]],
                amount=int(lines.amount[i]) if lines.priced[i] else None,
                covered=covered,
            )
        )
    return sorted(found, key=oracle.line_order)


def quotas_of(plan: Plan) -> list[oracle.QuotaRow]:
    """The engine's quota rows as the oracle's, sorted."""
    return sorted(
        oracle.QuotaRow(
            quota=use.id,
            scope=scope,
            month=str(month),
            used=int(use.used[row, column]),
            limit=int(use.limit[row, column]),
            status=STATUSES[use.status[row, column]],
            touched=bool(use.planned[row]),
        )
        for use in plan.quotas
        for row, scope in enumerate(use.scopes)
        for column, month in enumerate(plan.inventory.period.months)
    )


def money(amount: int) -> Decimal:
    """Nano-units as an amount of the currency."""
    return Decimal(amount).scaleb(-9)


def trees_of(path: Path) -> tuple[Tree, Tree, list[Tree]]:
    """A plan of the repository, its estate and its price books, read as the oracle reads them."""
    plan = dict(oracle.read(path.read_text(encoding="utf-8")))
    estate = plan["estate"]
    if isinstance(estate, str):
        estate = oracle.read((path.parent / estate).read_text(encoding="utf-8"))
    if isinstance(finance := plan.get("finance"), str):
        plan["finance"] = oracle.read((path.parent / finance).read_text(encoding="utf-8"))
    books = [oracle.read((path.parent / name).read_text(encoding="utf-8")) for name in plan.get("price_books") or []]
    plan["attachments"] = dict(plan.get("attachments") or {})
    if table := plan.get("attachment_table"):
        with (path.parent / table).open(encoding="utf-8", newline="") as file:
            plan["attachments"] |= {row["id"]: _entry(row) for row in csv.DictReader(file)}
    return plan, estate, books


def _entry(row: Mapping[str, str]) -> Tree:
    """A row of an attachment table as the entry of a group."""
    entry: dict[str, Any] = {key: cell for key, cell in row.items() if cell and key != "id"}
    traffic = {key: entry.pop(key) for key in TRAFFIC_KEYS if key in entry}
    if traffic:
        entry["traffic"] = traffic
    if "connection_ids" in entry:
        entry["connection_ids"] = entry["connection_ids"].replace(";", " ").split()
    return entry
