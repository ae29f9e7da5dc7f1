"""An address plan as text, CSV, JSON and Markdown."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence

from planner.address_plan import COLUMNS, USABLE, TunnelAddress
from reports import blocks, page

_SHOWN = 200
"""Tunnels that text lists; the others are counted."""
_ORIGINS = {
    "stated": "stated in the plan",
    "kept": "kept of the earlier address plan",
    "proposed": "proposed",
    "none left": "without a block: none is left",
}


def render(rows: Sequence[TunnelAddress], form: str) -> str:
    """Every tunnel with BGP, as text, csv, json or markdown."""
    if form == "csv":
        return blocks.csv_text(COLUMNS, [row.record for row in rows])
    if form == "json":
        document = {"version": 1, "tunnels": [row.record for row in rows]}
        return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    if form == "markdown":
        return page.as_markdown(page.Page("Address plan", tuple(_blocks(rows, len(rows)))))
    return page.text(page.Page("Address plan", tuple(_blocks(rows, _SHOWN))))


def _blocks(rows: Sequence[TunnelAddress], most: int) -> Iterator[page.Block]:
    if not rows:
        yield "No tunnel of the plan has BGP, so none needs a block: state bgp in tunnels."
        return
    yield _summary(rows)
    several = len({row.key[0] for row in rows}) > 1
    header = ("group", "tunnel", "block", "Alibaba Cloud", "ASN", "data centre", "ASN", "")
    yield page.Table(header, [_cells(row, several) for row in rows[:most]], "<<<<><><")
    yield "Tunnel 3/2/1: site 3 of the group, its connection 2, tunnel 1."
    if len(rows) > most:
        yield f"… and {len(rows) - most:,} more; -f csv lists them all."
    if any(row.peer_asn is None for row in rows):
        yield "?: the plan does not state the number of the data centre (asn of its customer gateway)."


def _summary(rows: Sequence[TunnelAddress]) -> str:
    origins = Counter(row.origin for row in rows)
    parts = ", ".join(f"{origins[origin]:,} {words}" for origin, words in _ORIGINS.items() if origins[origin])
    routers = ", ".join(dict.fromkeys(row.transit_router for row in rows))
    return f"{len(rows):,} tunnels with BGP on {routers}, of {USABLE:,} blocks that can be used: {parts}."


def _cells(row: TunnelAddress, several: bool) -> tuple[str, ...]:
    plan, group, *numbers = row.key
    peer = "?" if row.peer_asn is None else str(row.peer_asn)
    name = f"{plan}:{group}" if several else str(group)
    return (
        *(name, "/".join(map(str, numbers)), row.cidr, row.local_bgp_ip, str(row.local_asn), row.peer_bgp_ip, peer),
        "" if row.origin == "proposed" else row.origin,
    )
