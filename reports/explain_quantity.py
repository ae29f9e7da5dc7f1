"""How much it is: sites, hours and GB that multiply and add up to a quantity."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planner.core.period import Month
from planner.derivation import Hours, Stay, Volume
from planner.explanation import Explanation
from pricing import money
from reports import explain_term
from reports.explain_words import decimal, instant, plain, rounded, table, units, where
from reports.page import Block, Facts, Table

DAY = 86400
SHOWN_STAYS = 20
"""So many steps of a rollout are shown in a month; the others are added up in one row."""


def title(one: Explanation) -> str:
    """The quantity with its unit."""
    return "not known" if one.quantity is None else f"{units(one.quantity)} {_unit(one)}"


def _unit(one: Explanation) -> str:
    """The unit of a quantity in a heading: GB, connection-hours."""
    return one.item.unit if one.item.unit.isupper() or one.quantity == money.MICRO else f"{one.item.unit}s"


def blocks(one: Explanation) -> Iterator[Block]:
    """Every number that makes the quantity."""
    derived = one.derivation
    if one.quantity is None:
        yield "The plan does not state the traffic, so the quantity is unknown. It is not taken as 0."
    elif isinstance(derived, Hours):
        yield from _hours(one, derived)
    elif isinstance(derived, Volume):
        yield from _volume(one, derived)
    elif derived is not None:
        yield from explain_term.blocks(one, derived)
    else:
        yield "It is measured as described above; there are no further steps to show."


def _hours(one: Explanation, derived: Hours) -> Iterator[Block]:
    """Sites × connections × hours, step by step of the rollout; × tunnels where each of them is charged."""
    if derived.running:
        yield (
            "Hours begin at the instant of creation and count in the month in which they begin (assumption"
            " part-of-an-hour: running-hour)."
        )
    if one.kind == "underlay":
        yield "One connection, from the first attachment over it to the last, however many there are."
        rows: list[Sequence[str]] = [
            ("1", f"{stay.hours:,}", f"{stay.connection_hours:,}", _when(stay, one.month)) for stay in derived.stays
        ]
        yield table(("connections", "× hours", "= connection-hours", "when"), rows, ">>><")
        return
    rows = [
        (
            *(f"{number:,}" for number in (stay.sites, stay.connections, stay.hours, stay.connection_hours)),
            _when(stay, one.month),
            _step(stay, one),
        )
        for stay in derived.stays[:SHOWN_STAYS]
    ]
    if rest := derived.stays[SHOWN_STAYS:]:
        sites, hours = sum(stay.sites for stay in rest), sum(stay.connection_hours for stay in rest)
        rows.append((f"{sites:,}", "", "", f"{hours:,}", f"{len(rest)} more steps", ""))
    if len(rows) > 1:
        rows.append(("", "", "", f"{derived.connection_hours:,}", "", ""))
    header = ("sites", "× connections", "× hours", "= connection-hours", "when", "added at")
    yield table(header, rows, ">>>><<")
    if derived.tunnels > 1:
        product = f"{derived.connection_hours:,} × {derived.tunnels} tunnels = {units(derived.quantity)}"
        yield Facts([("charged", f"{product}: each tunnel (assumption connection-fee-per-connection: tunnel)")])


def _volume(one: Explanation, derived: Volume) -> Iterator[Block]:
    way = {"to": "to the data centre", "from": "from the data centre"}[derived.direction]
    stated = f"{units(derived.per_site)} GB {way} in a whole month"
    if one.stated:
        of = f"profile {one.stated.profile}" if one.stated.profile else one.subject
        stated += f": `{one.stated.key}` of {of} ({where(one.stated.location)})"
    grows = derived.step != 1
    yield Facts(
        [
            ("each site sends", stated),
            ("growth", f"{_growth(derived)}, {_months(derived)} {derived.base}" if grows else ""),
            ("hours of month", f"{derived.month_hours}"),
            ("billing mode", "" if derived.part == "all" else _mode(derived)),
            (
                "encryption",
                f"+ {plain(derived.overhead)} % (assumption encryption-overhead)" if derived.overhead else "",
            ),
            ("size of a GB", _DECIMAL_GB if derived.decimal_gb else ""),
        ]
    )
    yield _site_hours(one, derived)
    formula = units(derived.per_site)
    formula += f" × {decimal(derived.step)}^{derived.months}" if grows else ""
    formula += f" × {derived.site_hours:,} / {derived.month_hours:,}"
    formula += f" × {plain(1 + derived.overhead / 100)}" if derived.overhead else ""
    formula += " × 10^9 / 2^30" if derived.decimal_gb else ""
    facts = [("GB", f"{formula} = {units(derived.whole)}{rounded(derived.exact)}")]
    if derived.split:
        cdt = f"{units(derived.whole)} × {derived.cdt_site_hours:,} / {derived.site_hours:,} = {units(derived.by_cdt)}"
        facts.append(("of which by CDT", cdt + rounded(derived.exact_cdt)))
        if derived.part == "legacy":
            rest = f"{units(derived.whole)} − {units(derived.by_cdt)} = {units(derived.quantity)}"
            facts.append(("not by CDT", rest))
    yield Facts(facts)


def _mode(derived: Volume) -> str:
    """How the Internet traffic is billed, and who says so."""
    name = {"cdt": "CDT", "legacy": "legacy"}
    if derived.mode in name:
        return f"{name[derived.mode]}, as the plan says with `internet_billing`"
    return (
        "auto: CDT by the published rule for new connections, or from the day that the estate gives; where neither"
        f" decides, {name[derived.undecided]} (assumption undecided-internet-billing)"
    )


_DECIMAL_GB = "10^9 bytes, of which a GB of the bill has 2^30 (assumption gb-definition: decimal)"


def _site_hours(one: Explanation, derived: Volume) -> Table:
    """Sites × hours, step by step of the rollout; those of them that are billed by CDT where not all are."""

    def row(sites: int, hours: str, site_hours: int, cdt: int, when: str, step: str) -> Sequence[str]:
        return (
            f"{sites:,}" if sites else "",
            hours,
            f"{site_hours:,}",
            f"{cdt:,}" if derived.split else "",
            when,
            step,
        )

    rows = [
        row(
            stay.sites,
            f"{stay.hours:,}",
            stay.site_hours,
            stay.sites * stay.cdt_hours,
            _when(stay, one.month),
            _step(stay, one),
        )
        for stay in derived.stays[:SHOWN_STAYS]
    ]
    if rest := derived.stays[SHOWN_STAYS:]:
        hours, cdt = sum(stay.site_hours for stay in rest), sum(stay.sites * stay.cdt_hours for stay in rest)
        rows.append(row(sum(stay.sites for stay in rest), "", hours, cdt, f"{len(rest)} more steps", ""))
    if len(rows) > 1:
        rows.append(row(0, "", derived.site_hours, derived.cdt_site_hours, "", ""))
    header = ("sites", "× hours", "= site-hours", "of which by CDT", "when", "added at")
    return table(header, rows, ">>>><<")


def _when(stay: Stay, month: Month) -> str:
    """What of a month a stay is: 2027-02-15 to month end."""
    end = (month + 1).start
    if stay.start <= month.start and stay.end >= end:
        return "whole month"
    begin = "month start" if stay.start <= month.start else instant(stay.start)
    if stay.end >= end:
        return f"{begin} to month end"
    if stay.end % DAY == 0:  # the first instant at which they are gone; people name the last day
        return f"{begin} through {instant(stay.end - DAY)}"
    until = instant(stay.end)
    return f"{begin} to {until if stay.start <= month.start else until.partition('-')[2]}"  # the year stands before it


def _step(stay: Stay, one: Explanation) -> str:
    """Where the plan adds the sites; of the file of the group the line alone."""
    if stay.place is None:
        return ""
    location = stay.place.location
    here = one.location is not None and one.location.file == location.file
    return f"line {location.line}" if here else where(location)


def _growth(derived: Volume) -> str:
    percent = decimal((derived.step - 1) * 100)
    return f"{'' if percent.startswith('-') else '+'}{percent} % a month"


def _months(derived: Volume) -> str:
    count = abs(derived.months)
    months = f"{count} {'month' if count == 1 else 'months'}"
    return f"{months} {'before' if derived.months < 0 else 'after'}"
