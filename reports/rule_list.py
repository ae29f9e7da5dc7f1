"""What the lists of quotas and of checks share: their formats, and their sources, each of which is named once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from reports import blocks
from reports.blocks import Block, Bullets


def rendered(
    form: str,
    name: str,
    columns: Sequence[str],
    records: Sequence[Mapping[str, Any]],
    shown: Callable[[], Iterable[Block]],
) -> str:
    """Records as json or csv, or what is shown of them as text or markdown.

    name : what the list is of, in the plural; the key of the records in JSON
    """
    if form == "json":
        return json.dumps({"version": 1, name: records}, ensure_ascii=False, indent=2) + "\n"
    if form == "csv":
        return blocks.csv_text(columns, records)
    return blocks.markdown(shown()) if form == "markdown" else blocks.text(shown())


def numbered(sources: Iterable[str]) -> dict[str, int]:
    """Sources by the number that rows name them by, in the order of the rows; the empty one is none."""
    return {source: number for number, source in enumerate(dict.fromkeys(filter(None, sources)), start=1)}


def source_list(numbers: Mapping[str, int]) -> Bullets:
    """The list of sources that rows refer to."""
    return Bullets([f"[{number}] {source}" for source, number in numbers.items()])
