"""The example scenarios: their plans, what they say of themselves, and their results as the user gets them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from planner import plan, scenario
from pricing import book
from reports import document

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"

EXAMPLES = {
    "across-the-border": 0,
    "apac-branches": 2,
    "apac-warehouses": 0,
    "branches-400": 0,
    "cdt-move": 0,
    "china-cny": 0,
    "contract-and-finance": 0,
    "ecmp-sets": 2,
    "prepaid-plans": 0,
    "private-vbr": 0,
    "public-or-private": 0,
    "quota-limits": 0,
    "tunnel-design": 0,
    "two-routers": 2,
}
"""Every plan in scenarios/ and the exit status of its check: 0 passes, 2 breaks a quota."""


@dataclass(frozen=True)
class Example:
    """A plan, calculated; read from its JSON, which is what users of the result rely on."""

    made: plan.Plan
    header: str
    """The comment at the top of its file, on one line."""
    result: dict[str, Any]

    def says(self, *claims: str) -> None:
        """The header makes these claims, to the letter."""
        for claim in claims:
            assert claim in self.header, f"the header does not say {claim!r}"

    def lines(self, **like: Any) -> list[dict[str, Any]]:
        """Line items with these values."""
        return [line for line in self.result["line_items"] if all(line[key] == value for key, value in like.items())]

    def quantity(self, **like: Any) -> Decimal:
        """What the line items with these values add up to."""
        return sum((Decimal(line["quantity"]) for line in self.lines(**like)), Decimal(0))

    def cost(self, **like: Any) -> Decimal:
        """What the priced line items with these values cost, exactly, in the currency of the results."""
        return sum((Decimal(line["cost"]) for line in self.lines(**like, status="priced")), Decimal(0))

    def tiers(self, **like: Any) -> set[int | None]:
        """Tiers that the line items with these values use; 0 is the free quota."""
        return {line["tier"] for line in self.lines(**like)}

    def quota(self, quota: str, scope: str) -> dict[str, tuple[int, int, str]]:
        """By month: used, limit and status of a scope."""
        return {
            row["month"]: (row["used"], row["limit"], row["status"])
            for row in self.result["quotas"]
            if (row["quota"], row["scope"]) == (quota, scope)
        }

    def statuses(self) -> set[str]:
        """Every status of a quota whose limit is known, in any scope and month."""
        return {row["status"] for row in self.result["quotas"]} - {"unknown"}

    def findings(self, level: str, code: str = "") -> list[dict[str, Any]]:
        """Findings of a level, and of a code if one is given."""
        return [f for f in self.result["findings"] if f["level"] == level and code in ("", f["code"])]

    def source_line(self, finding: dict[str, Any]) -> str:
        """The line of the file that a finding points to."""
        name, line, _ = finding["location"].rsplit(":", 2)
        return Path(name).read_text(encoding="utf-8").splitlines()[int(line) - 1].strip()


@cache
def example(name: str) -> Example:
    """An example of scenarios/."""
    return _example(SCENARIOS / f"{name}.yaml")


def changed(name: str, folder: Path, change: Callable[[str], str]) -> Example:
    """An example whose text is changed, in a folder of its own beside the files that it names."""
    for path in SCENARIOS.iterdir():
        if path.is_file():
            (folder / path.name).write_bytes(path.read_bytes())
    path = folder / f"{name}.yaml"
    text = path.read_text(encoding="utf-8")
    assert change(text) != text, "nothing was changed"
    path.write_text(change(text), encoding="utf-8")
    return _example(path)


def _example(path: Path) -> Example:
    read = scenario.read_scenario(str(path))
    made = plan.make_plan([read], book.load_price_lists(read.sites, read.price_books))
    return Example(made, header_of(path), json.loads(document.render(made)))


def header_of(path: Path) -> str:
    """The comment at the top of a file, on one line."""
    comment = re.match(r"(?:#.*\n)*", path.read_text(encoding="utf-8"))
    assert comment
    return " ".join(comment[0].replace("#", " ").split())
