"""The costs of the HTML report: by month, by whoever bears them, by place, and from list price to bill."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from planner import summary
from planner.core.cost_center import ROUNDING
from planner.plan import Plan
from planner.summary import CostRow, Sum
from pricing import money
from pricing.sku import skus
from reports import cost_outline, finance_outline, html_chart
from reports.html_page import MOST_ROWS, Cell, Column, Items, Part, Table, Tables, Words


def parts(plan: Plan) -> Iterator[Part]:
    """What the section of costs shows, the most important first."""
    rows = summary.cost_rows(plan)
    if not rows:
        yield Words("Nothing is attached in the period, so nothing costs anything.")
        return
    title, entries = cost_outline.unpriced(plan)
    if entries:
        yield Items(title, tuple(entries), loud=True)
    picture = html_chart.monthly_cost(plan)
    if picture:
        yield picture
    yield _by_month(plan, rows, folded=picture is not None)
    yield Tables(tuple(_breakdowns(plan, rows)))
    yield _tree(plan, rows)
    yield _every_item(plan, rows)
    blocks = list(finance_outline.blocks(plan))
    yield from (_block(number, block) for number, block in enumerate(blocks))


def _by_month(plan: Plan, rows: Sequence[CostRow], folded: bool) -> Table:
    """What the chart shows, as numbers: a row for each month, a column for each item."""
    found = {one.key[0]: one for one in summary.by(rows, "sku")}
    order = [sku for sku in skus() if sku in found]
    totals, currency = summary.totals(plan), plan.inventory.currency
    whole = Sum((), totals.amounts, totals.unpriced)
    shown, gaps = [], []
    for column, month in enumerate(plan.inventory.period.months):
        parts = [_column(found[sku], column) for sku in order]
        gaps.append(cost_outline.rounded_gap(totals.amounts[column], [part.total for part in parts]))
        shown.append([Cell(str(month)), *map(_amount, parts), _amount(_column(whole, column))])
    sums = [found[sku] for sku in order]
    gaps.append(cost_outline.rounded_gap(totals.subtotal, [part.total for part in sums]))
    shown.append([Cell(_total_name(plan)), *map(_amount, sums), _amount(whole)])
    names = [skus()[sku].title for sku in order]
    if any(gaps):  # so that what is shown adds up
        names.append(ROUNDING)
        for row, gap in zip(shown, gaps, strict=True):
            row.insert(-1, Cell(gap, value=_cents(gap)))
    columns = (
        Column("Month", whole=True),
        *(Column(name, number=True) for name in names),
        Column("Total", number=True),
    )
    *months, last = map(tuple, shown)
    return Table(
        "cost-by-month", f"Cost by month and item, {currency}", columns, tuple(months), (last,),
        folded="Show the chart as a table" if folded else "",
    )  # fmt: skip


def _column(one: Sum, column: int) -> Sum:
    return Sum((), (one.amounts[column],), (one.unpriced[column],), covered=one.covered)


def _cents(gap: str) -> int:
    return int(gap.replace(",", "").replace(".", "")) if gap else 0


def _amount(one: Sum) -> Cell:
    """An amount of a column that names the currency; what has no price is a word."""
    if one.complete:
        return Cell(money.display(one.total), value=one.total)
    if not one.total:
        return Cell("unpriced", tone="unknown")
    return Cell(f"{money.display(one.total)} + unpriced", value=one.total, tone="unknown")


def _total_name(plan: Plan) -> str:
    return "Total" if summary.totals(plan).complete else "Priced subtotal"


def _breakdowns(plan: Plan, rows: Sequence[CostRow]) -> Iterator[Table]:
    totals = summary.totals(plan)
    whole = _amount(Sum((), totals.amounts, totals.unpriced))
    for number, (title, sums) in enumerate(cost_outline.breakdowns(plan, rows)):
        columns = (Column(_part(title)), Column(f"Total, {plan.inventory.currency}", number=True))
        shown = [(Cell(name), _with_note(amount, note)) for name, amount, note in sums]
        foot = ((Cell(_total_name(plan)), whole),)
        more = len(shown) - MOST_ROWS
        notes = (f"and {more:,} more, which are in the total",) if more > 0 else ()
        yield Table(f"costs-{number}", title, columns, tuple(shown[:MOST_ROWS]), foot, sortable=False, notes=notes)


def _part(title: str) -> str:
    """What the parts of a breakdown are: Account of By account."""
    name = title.removeprefix("By ")
    return name[0].upper() + name[1:]


def _with_note(amount: str, note: str) -> Cell:
    """An amount of an outline; what has no price is a word."""
    if not note:
        return Cell(amount)
    if note == "+ UNPRICED" and _cents(amount) == 0:
        return Cell("unpriced", tone="unknown")
    return Cell(f"{amount} {note.lower()}".strip(), tone="unknown" if "UNPRICED" in note else "")


def _tree(plan: Plan, rows: Sequence[CostRow]) -> Table:
    """Routers, groups and items as far as there is room: a long tree shows fewer levels."""
    lines = list(cost_outline.cost_lines(plan, rows))
    deepest = next((depth for depth in (2, 1) if sum(line.depth <= depth for line in lines) <= MOST_ROWS), 0)
    *_, last = totals = list(cost_outline.total_lines(plan, rows))
    shown = [line for line in lines if line.depth <= deepest][:MOST_ROWS] + totals[:-1]
    currency = plan.inventory.currency
    names = ("First month", f"Amount then, {currency}", "Peak month", f"Amount then, {currency}", f"Total, {currency}")
    columns = (
        Column("Where"),
        *(Column(name, number=name.startswith(("Amount", "Total")), whole="month" in name) for name in names),
    )
    left_out = "only transit routers" if deepest == 0 else "no single items"
    return Table(
        "cost-tree", "Cost by transit router, group and item", columns,
        tuple(_tree_row(line) for line in shown),
        (_tree_row(replace(last, name=f"{last.name[0]}{last.name[1:].lower()}")),),
        sortable=False,
        notes=() if deepest == 2 else (f"the plan is large: {left_out} are listed here; line-items.csv holds all",),
    )  # fmt: skip


def _tree_row(line: cost_outline.CostLine) -> tuple[Cell, ...]:
    def known(text: str) -> Cell:
        return Cell("unpriced", tone="unknown") if text == "—" else Cell(text)

    note = "" if line.total == "—" else line.note
    return (
        Cell(line.name, depth=line.depth),
        Cell(line.first_month),
        known(line.first),
        Cell("" if line.peak_month == "—" else line.peak_month),
        known(line.peak),
        known(line.total) if not note else _with_note(line.total, note),
    )


def _every_item(plan: Plan, rows: Sequence[CostRow]) -> Table:
    """The same as one long table, to sort and filter; of a large plan its largest rows."""
    largest = sorted(rows, key=lambda row: (-row.total, row.complete)) if len(rows) > MOST_ROWS else list(rows)
    shown, rest = largest[:MOST_ROWS], largest[MOST_ROWS:]
    columns = (
        Column("Group or underlay", names_row=True),
        Column("Item"),
        Column("Transit router", choices=True),
        Column("Account billed", choices=True),
        Column("Cost centre", choices=True),
        Column(f"Total, {plan.inventory.currency}", number=True),
    )
    titles = skus()
    cells = [
        (
            Cell(row.subject),
            Cell(titles[row.sku].title),
            Cell(cost_outline.place_name(row.router, plan)),
            Cell(row.account),
            Cell(row.cost_center),
            _amount(row),
        )
        for row in shown
    ]
    totals = summary.totals(plan)
    blank = (Cell(""),) * 4
    foot = [(Cell(_total_name(plan)), *blank, _amount(Sum((), totals.amounts, totals.unpriced)))]
    if rest:
        foot.insert(0, (Cell(f"{len(rest):,} smaller ones, added up"), *blank, _amount(summary.add(rest))))
    return Table("cost-items", "Every item of every group", columns, tuple(cells), tuple(foot))


def _block(number: int, block: finance_outline.Block) -> Table:
    """A block of finance; its lines are steps, whose order means something."""
    title, *given = block.header
    used = [place for place, name in enumerate(block.header) if name or any(row[place] for row in block.rows)]
    names = _BILLS if len(given) == 4 and not any(given) else ["What", *map(_name, given, block.align[1:])]
    columns = tuple(Column(names[place], number=block.align[place] == ">") for place in used)
    rows, before = [], ""
    for row in block.rows:
        before = row[0] or before  # a row that is read alone says whose it is
        rows.append((Cell(before), *(_word(row[place]) for place in used[1:])))
    return Table(f"finance-{number}", title, columns, tuple(rows), sortable=False, notes=block.notes)


_BILLS = ["Account", "Step", "Currency", "Amount", "Note"]
"""The columns of the bills, which text leaves without names."""


def _name(given: str, side: str) -> str:
    """The name of a column; text leaves those without one that say what they hold."""
    return given or ("Amount" if side == ">" else "Note")


def _word(text: str) -> Cell:
    return Cell(text, tone="unknown" if text in (finance_outline.UNKNOWN, "+ UNPRICED", "UNPRICED", "no price") else "")
