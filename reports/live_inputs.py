"""The sheet of inputs of the live workbook: every number of the plan that can change, each with its address."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from planner import demand
from planner.assumption import Assumptions
from planner.plan import Plan
from pricing import money
from reports import live_finance_inputs, live_site_inputs
from reports.live_grid import Grid, serial
from reports.live_input_sheet import Inputs, decimals, title

NOT_STATED = "not stated"


def lay_out(plan: Plan, detailed: bool) -> Inputs:
    """Every block of inputs, one below the other.

    detailed : whether the groups are few enough for their sites and traffic to be listed
    """
    grid = Grid("Inputs", next_row=5)
    found = Inputs(grid, detailed=detailed)
    grid.put(0, 0, "Inputs", "title")
    grid.put(
        1,
        0,
        "Every number of the plan that can change. Blue on yellow: type here, and formulas follow; grey does not.",
        "note",
    )
    note = "The period and the lists of groups are fixed: to add some, change the plan and run cenplan report again."
    grid.put(2, 0, note, "note")
    _general(found, plan)
    live_site_inputs.lay_out(found, plan)
    _baselines(found, plan)
    live_finance_inputs.lay_out(found, plan)
    return found


def _general(found: Inputs, plan: Plan) -> None:
    """What holds for every group: answers to open questions, those that formulas ask for and those that stay."""
    grid, chosen = found.grid, plan.inventory.assumptions
    row = title(grid, "General", "")
    grid.header(row, ("What", "Value", "Unit", "What it does"), [1])
    grid.puts(row + 1, 0, ("First month",), "cell")
    grid.put(row + 1, 1, serial(plan.inventory.period.first.first_day), "cell", "month")
    grid.puts(row + 1, 2, ("month", "Fixed: prices and months of every sheet begin here."), "cell")
    grid.name("first_month", row + 1, 1)
    _overhead(found, row + 2, chosen)
    row = _choices(found, row + 3, chosen)
    grid.put(row, 0, "Billed GB of one GB of the plan", "cell")
    formula = '(1+encryption_overhead)*IF(gb_definition="decimal",10^9/2^30,1)'
    grid.formula(row, 1, formula, float(demand.billed_gb(chosen)), "cell", "fine")
    grid.puts(row, 2, ("factor", "From the two rows above."), "cell")
    grid.name("billed_gb", row, 1)
    for name, answer in (
        ("Part of an hour", chosen.part_of_an_hour),
        ("Free quota without a baseline", chosen.baseline),
        ("Removal order", chosen.removal_order),
    ):
        row += 1
        grid.put(row, 0, name, "cell")
        grid.put(row, 1, answer, "cell", "right")
        grid.puts(row, 2, ("choice", "Fixed here: the plan's answer, which the formulas follow."), "cell")
    grid.next_row = row + 2


def _overhead(found: Inputs, row: int, chosen: Assumptions) -> None:
    grid, overhead = found.grid, Fraction(chosen.encryption_overhead) / 100
    grid.put(row, 0, "Encryption overhead", "cell")
    grid.put(row, 1, float(overhead), "input", "percent_fine")
    grid.puts(row, 2, ("of GB", "So much more is billed than the GB of the plan, in both directions."), "cell")
    grid.name("encryption_overhead", row, 1)
    grid.valid.append((row, 1, row, 1, decimals(0, 10)))
    found.watch("Encryption overhead", row, row, 1)


def _choices(found: Inputs, row: int, chosen: Assumptions) -> int:
    """A row for each answer that can be chosen; returns the row below."""
    grid = found.grid
    for name, answer, answers, what in (
        ("gb_definition", chosen.gb_definition, ["binary", "decimal"], "A GB of the plan: 2^30 or 10^9 bytes."),
        (
            "connection_fee_per", chosen.connection_fee_per_connection, ["connection", "tunnel"],
            "Whether an IPsec-VPN connection is paid once or for each of its two tunnels.",
        ),
        (
            "free_quota_position", chosen.free_quota_position, ["before-tiers", "inside-tier-1"],
            "Whether tier 1 begins after the free GB, or they are its first.",
        ),
        (
            "part_of_a_port_month", chosen.part_of_a_port_month, ["whole-month", "pro-rata"],
            "Whether a part of a month of a port is paid as a whole one.",
        ),
    ):  # fmt: skip
        grid.put(row, 0, name.replace("_", " ").capitalize().replace("Gb", "GB"), "cell")
        grid.put(row, 1, answer, "input", "right")
        grid.puts(row, 2, ("choice", what), "cell")
        grid.name(name, row, 1)
        grid.valid.append((row, 1, row, 1, {"validate": "list", "source": answers}))
        row += 1
    return row


def _baselines(found: Inputs, plan: Plan) -> None:
    grid, tables = found.grid, plan.inventory
    pools = list(_pools(plan))
    if not pools:
        return
    stated = {
        (sku, tables.accounts.index(one.account), tables.regions.index(one.region))
        for one in plan.scenarios[0].estate.baselines
        for sku, volume in (("cdt-internet", one.cdt_internet_gb), ("vbr-outbound", one.vbr_outbound_gb))
        if volume is not None
    }
    note = "GB that everything else in an account uses each month: it draws free quotas and tiers first."
    row = title(grid, "Baselines", note)
    grid.header(row, ("Account", "Item", "GB per month", "Region"), [2])
    for at, (sku, account, region, volume) in enumerate(pools, start=row + 1):
        grid.puts(at, 0, (tables.accounts[account], sku), "cell")
        known = (sku, account, region) in stated
        grid.put(at, 2, volume if known else NOT_STATED, "input", "quantity", "right")
        grid.put(at, 3, tables.regions[region], "cell")
        found.baselines[sku, account, region] = grid.at(at, 2)
    last = row + len(pools)
    grid.valid.append((row + 1, 2, last, 2, decimals(0, 10**12)))
    found.watch("Baselines", row + 1, last, 2)
    grid.next_row = last + 2


def _pools(plan: Plan) -> Iterator[tuple[str, int, int, float]]:
    """(item, account, region, GB per month of everything else) of every pool that the plan draws on."""
    for one in plan.rated:
        if one.pools is None or not len(one.usage.subject):
            continue
        columns = zip(
            one.pools.account.tolist(), one.pools.region.tolist(), one.pools.baseline[:, 0].tolist(), strict=True
        )
        for account, region, micro in columns:
            yield one.usage.sku, account, region, micro / money.MICRO
