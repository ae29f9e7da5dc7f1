"""The pack of quota requests: a page to read and to paste from for each, an index, and both lists for programs.

Nothing is submitted anywhere, and every page says so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from planner.core.period import day_of, instant_text
from planner.quota_request import PRODUCTS, Refused, Request, Requests
from reports import blocks, folder, outline, page
from reports.folder import Progress
from reports.page import Block, Bullets, Code, Facts, Heading, Page, Table

INDEX = "README.md"
KIND = folder.Kind("pack of requests", "pack.json")
NOT_SUBMITTED = "Nothing was submitted: cenplan works offline. A person with access to the account has to apply."
COLUMNS_SHOWN = ("scope", "peak", "limit", "ask for", "needed by", "apply by")
COLUMNS = (
    "quota", "scope", "status", "transit_router", "region", "cen", "account", "account_uid", "product_code",
    "existing", "planned", "peak", "peak_at", "buffer", "limit", "value", "maximum", "needed_from",
    "lead_time_days", "apply_by", "too_late", "file",
)  # fmt: skip


def write(found: Requests, out: Path, progress: Progress | None = None) -> tuple[Path, ...]:
    """Write the pack to a folder, whole or not at all.

    raises : folder.ReportError where the folder holds other files, or cannot be written; it is unchanged then
    """
    return folder.write_parts(KIND, {"requests": lambda: files(found)}, out, folder.about(found.plan), progress)


def files(found: Requests) -> dict[str, bytes]:
    """Every file of the pack by name."""
    texts = {INDEX: page.as_markdown(_index(found))}
    texts |= {file_of(one): page.as_markdown(_request(one, found)) for one in found.asked}
    texts["requests.json"] = json.dumps(document(found), ensure_ascii=False, indent=2) + "\n"
    texts["requests.csv"] = blocks.csv_text(COLUMNS, (_flat(one) for one in found.asked))
    return {name: text.encode("utf-8") for name, text in texts.items()}


def file_of(one: Request) -> str:
    """The file of a request: by quota and scope."""
    return f"{one.quota}--{re.sub('[^A-Za-z0-9._-]+', '-', one.scope)}.md"


def text(found: Requests) -> str:
    """What there is to ask for, for a terminal."""
    return page.text(Page(f"Quota requests of {outline.title(found.plan)}", [*_summary(found)]))


def _summary(found: Requests) -> Iterator[Block]:
    yield outline.facts(found.plan)
    if not found.asked:
        yield "Nothing to request: no quota that can be increased is exceeded or tight."
    rows: list[tuple[str, ...]] = []
    for quota, alike in groupby(found.asked, key=lambda one: one.quota):
        rows.append((quota, *[""] * (len(COLUMNS_SHOWN) - 1)))
        rows += [(f"  {one.scope}", *_row(one)[1:]) for one in alike]
    yield Table((f"quota and {COLUMNS_SHOWN[0]}", *COLUMNS_SHOWN[1:]), rows, "<>>><<")
    yield from _beside(found)
    yield NOT_SUBMITTED


def _beside(found: Requests) -> Iterator[Block]:
    """What cannot be requested, and what need not be."""
    if found.refused:
        yield Heading("Cannot be requested")
        yield Bullets([_instead(one) for one in found.refused])
    if found.enough:
        yield Heading("Not to be requested")
        yield Bullets([_enough(one) for one in found.enough])


def _row(one: Request) -> tuple[str, ...]:
    return (one.scope, str(one.peak), _known(one.limit), str(one.value), _needed(one), _apply_by(one))


def _known(value: int | None) -> str:
    return "unknown" if value is None else str(value)


def _needed(one: Request) -> str:
    return "not known" if one.needed_from is None else instant_text(one.needed_from)


def _apply_by(one: Request) -> str:
    if one.apply_by is None:
        return "lead time unknown" if one.needed_from is not None else "not known"
    return f"{one.apply_by}{', too late' if one.too_late else ''}"


def _instead(one: Refused) -> str:
    return (
        f"{one.scope}: {one.peak} {one.title}, {one.peak - one.limit} more than the limit of {one.limit}, from"
        f" {instant_text(one.exceeded_from)} on. {one.instead[:1].upper()}{one.instead[1:]}."
    )


def _enough(one: Request) -> str:
    said = f"{one.scope}: at most {one.peak} {one.title}, and {one.extra} as a buffer"
    if one.maximum is not None and one.wanted > one.maximum:
        return f"{said}: the limit of {one.limit} is the known maximum already, {one.maximum}"
    return f"{said}: the limit of {one.limit} holds them"


def _index(found: Requests) -> Page:
    plan = found.plan
    rows = [(one.quota, *_row(one), f"`{file_of(one)}`") for one in found.asked]
    content: list[Block] = [
        NOT_SUBMITTED,
        Facts(
            [
                ("Plans", ", ".join(plan.inventory.scenarios)),
                ("Period", outline.facts(plan)),
                ("Buffer", _buffer(found)),
            ]
        ),
        Heading("Requests"),
        Table(("quota", *COLUMNS_SHOWN, "file"), rows, "<<>>><<<"),
        *_beside(found),
        Heading("How to go on"),
        Bullets(
            [
                "Open the page of each request; paste into the CEN console's Quotas page, or else into Quota Center.",
                "Enter what is granted in the estate, under `limits`, with its first day and number of request.",
                "Then run `cenplan check` again.",
                "`requests.json` and `requests.csv` hold the same for programs and spreadsheets.",
            ]
        ),
    ]
    return Page(f"Quota requests of {outline.title(plan)}", content)


def _buffer(found: Requests) -> str:
    parts = []
    if found.buffer.percent:
        parts.append(f"{found.buffer.percent} % of the peak, rounded up")
    if found.buffer.count:
        parts.append(f"{found.buffer.count}")
    return " and ".join(parts) or "none"


def _request(one: Request, found: Requests) -> Page:
    """The page of a request."""
    return Page(
        f"Have {one.title} of {one.scope} increased to {one.value}",
        [
            NOT_SUBMITTED,
            Facts(
                [
                    ("Quota", f"{one.quota}: {one.description}"),
                    ("Limit", f"{_known(one.limit)}{_from_when(one)}"),
                    ("Ask for", f"{one.value}{_capped(one)}"),
                    ("Needed by", _needed_words(one)),
                    ("Apply by", _apply_words(one)),
                    *_place(one),
                ]
            ),
            Heading("Why"),
            Table(("what", "attachments" if "attachments" in one.title else "count"), [*_reckoning(one)], "<>"),
            Bullets([*_notes(one, found)]),
            Heading("CEN console, Quotas page" if one.product == "cbn" else "Console of the product, Quotas page"),
            "Choose the quota by its description, and paste:",
            Code("text", _reason(one, found)),
            Heading("Quota Center"),
            Facts(
                [
                    ("Product", f"{PRODUCTS[one.product]}, product code `{one.product}`"),
                    ("Quota code", "unknown: list the quotas of the product live, and match by the description"),
                    ("Region", (one.where.region or "") if one.where else ""),
                    ("Requested value", str(one.value)),
                ]
            ),
            "Paste as the reason:",
            Code("text", _reason(one, found)),
        ],
    )


def _from_when(one: Request) -> str:
    later = [
        f"{limit.value} from {limit.since} ({limit.source}{', pending' if limit.pending else ''})"
        for limit in one.limits
        if limit.since
    ]
    return f"; granted: {', '.join(later)}" if later else ""


def _capped(one: Request) -> str:
    if one.maximum is None:
        return "; the highest value that can be had is unknown"
    if one.wanted <= one.maximum:
        return f"; at most {one.maximum} can be had"
    too_few = f", and {one.short} too few for the peak: move sites elsewhere as well" if one.short else ""
    return f", the known maximum; {one.wanted} would be wanted{too_few}"


def _needed_words(one: Request) -> str:
    if one.needed_from is None:
        return "not known: no limit is stated to compare the count with"
    tight = f"the first month that is tight: {one.threshold}"
    what = "the first instant over the limit" if one.why == "exceeded" else tight
    return f"{instant_text(one.needed_from)}, {what}"


def _apply_words(one: Request) -> str:
    if one.needed_from is None:
        return "not known"
    if one.apply_by is None:
        return "unknown: the estate states no `lead_time_days` of this quota"
    late = ". That day has passed: ask for it to be hurried, or move a wave" if one.too_late else ""
    return f"{one.apply_by}: {one.lead_time_days} days earlier, the lead time that the estate states{late}"


def _place(one: Request) -> Iterator[tuple[str, str]]:
    where = one.where
    if where and where.region:
        yield "Region", f"{where.region}, {where.region_name}"
    if where:
        yield "Account", where.account + (f", UID {where.uid}" if where.uid else "; its UID is not stated")
    if where and where.router:
        yield "CEN instance", where.cen or "not stated in the estate"
        yield "Transit router", where.router
    if not where or (where.router and where.router != one.scope):
        yield _capital(one.per), one.scope


def _reckoning(one: Request) -> Iterator[tuple[str, str]]:
    yield "exists today, outside every plan", str(one.existing)
    for part in one.parts:
        yield f"{part.plan}: {part.group}", str(part.count)
    yield f"peak, {instant_text(one.peak_at)}", str(one.peak)
    yield "buffer", str(one.extra)
    yield "peak and buffer", str(one.peak + one.extra)
    yield "to ask for", str(one.value)


def _notes(one: Request, found: Requests) -> Iterator[str]:
    counted = " + ".join(map(str, (one.existing, *(part.count for part in one.parts))))
    yield f"Peak: {counted} = {one.peak}, reached on {instant_text(one.peak_at)}."
    yield f"Value: {one.peak} + {one.extra} = {one.peak + one.extra}; buffer: {_buffer(found)}."
    if one.not_tight is not None and one.not_tight > one.peak + one.extra:
        yield f"{one.not_tight} is the least limit at which {one.peak} are no longer tight, and that is more."
    if one.granted is not None and one.granted > max(one.peak + one.extra, one.not_tight or 0):
        yield f"An increase to {one.granted} was granted already, so no less is asked for."
    for limit in one.limits[1:]:
        if limit.since and one.needed_from is not None and limit.since > day_of(one.needed_from):
            yield f"The increase to {limit.value} ({limit.source}) applies from {limit.since} only, which is too late."
        if limit.pending:
            yield f"The increase to {limit.value} ({limit.source}) is pending: requested, and not granted yet."
    if one.maximum is not None and one.wanted > one.maximum:
        yield f"The known maximum is {one.maximum}: {one.wanted} cannot be had."


def _reason(one: Request, found: Requests) -> str:
    """The text to paste: plain, in whole sentences."""
    plans = ", ".join(found.plan.inventory.scenarios)
    groups = "; ".join(f"{part.count} of {part.group}" for part in one.parts)
    lines = [f"Please increase the quota: {one.title} per {one.per}, to {one.value}.", *_place_lines(one)]
    lines.append(f"Limit: {_known(one.limit)}. In use today: {one.existing}. Planned ({plans}): {groups or 'nothing'}.")
    lines.append(
        f"Highest count: {one.peak} on {instant_text(one.peak_at)}; {one.value - one.peak} more"
        f" {'is' if one.value - one.peak == 1 else 'are'} asked for as a reserve."
        if one.value >= one.peak
        else f"Highest count: {one.peak} on {instant_text(one.peak_at)}."
    )
    if one.needed_from is not None:
        lines.append(f"Needed by: {instant_text(one.needed_from)} (UTC+8).")
    return "\n".join(lines)


def _place_lines(one: Request) -> Iterator[str]:
    """Where the quota is counted: in the console's words where the estate has them, else by its scope."""
    where = one.where
    if where and where.region:
        yield f"Region: {where.region} ({where.region_name})."
    if where:
        yield f"Account: {where.uid or where.account}."
    if where and where.router:
        yield f"CEN instance: {where.cen or '(fill in)'}. Transit router: {where.router}."
    if not where or (where.router and where.router != one.scope):
        yield f"{_capital(one.per)}: {one.scope}."


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def document(found: Requests) -> dict[str, Any]:
    """The requests as plain values; null is unknown. The schema is docs/schema/quota-requests.schema.json."""
    plan = found.plan
    return {
        "version": 1,
        "submitted": False,
        "scenario": ",".join(plan.inventory.scenarios),
        "as_of": plan.as_of.isoformat() if plan.as_of else None,
        "buffer": {"percent": found.buffer.percent, "count": found.buffer.count},
        "requests": [_record(one) for one in found.asked],
        "not_needed": [_record(one) for one in found.enough],
        "cannot_be_requested": [
            {
                "quota": one.quota,
                "scope": one.scope,
                "peak": one.peak,
                "limit": one.limit,
                "exceeded_from": instant_text(one.exceeded_from),
                "instead": one.instead,
            }
            for one in found.refused
        ],
    }


def _record(one: Request) -> dict[str, Any]:
    return {
        **_flat(one),
        "quota_code": None,
        "groups": [{"plan": part.plan, "group": part.group, "count": part.count} for part in one.parts],
        "limits": [
            {
                "value": limit.value,
                "from": limit.since.isoformat() if limit.since else None,
                "source": limit.source,
                "pending": limit.pending,
            }
            for limit in one.limits
        ],
        "wanted": one.wanted,
        "short": one.short,
    }


def _flat(one: Request) -> dict[str, Any]:
    where = one.where
    return {
        "quota": one.quota,
        "scope": one.scope,
        "status": one.why,
        "transit_router": where.router if where else None,
        "region": where.region if where else None,
        "cen": where.cen if where else None,
        "account": where.account if where else None,
        "account_uid": where.uid if where else None,
        "product_code": one.product,
        "existing": one.existing,
        "planned": one.peak - one.existing,
        "peak": one.peak,
        "peak_at": instant_text(one.peak_at),
        "buffer": one.extra,
        "limit": one.limit,
        "value": one.value,
        "maximum": one.maximum,
        "needed_from": None if one.needed_from is None else instant_text(one.needed_from),
        "lead_time_days": one.lead_time_days,
        "apply_by": one.apply_by.isoformat() if one.apply_by else None,
        "too_late": one.too_late,
        "file": file_of(one) if one.increase else None,
    }
