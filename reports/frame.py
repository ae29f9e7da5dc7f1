"""A plan as pandas frames, for notebooks and for whoever wants to pivot.

Money, rates and quantities are exact decimals in columns of type object; None is unknown and never 0.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pandas as pd

from planner.plan import Plan
from reports import document

_EXACT = ("quantity", "list_rate", "list_cost", "rate", "contracted_cost", "billed_cost", "cost")


def line_items(plan: Plan) -> pd.DataFrame:
    """Line items: the columns of the JSON document, month as a period, tier as a whole number or missing.

    >>> from planner.plan import make_plan
    >>> from planner.scenario import read_scenario
    >>> from pricing.book import load_books
    >>> scenario = read_scenario("scenarios/private-vbr.yaml")
    >>> plan = make_plan([scenario], load_books(scenario.site, scenario.price_books))
    >>> line_items(plan).groupby("sku").list_cost.sum().to_dict()["tr-data-processing"]
    Decimal('8447.75698924')
    """
    frame = pd.DataFrame(list(document.line_item_records(plan)))
    if frame.empty:
        return frame
    for column in _EXACT:
        frame[column] = pd.Series([_exact(value) for value in frame[column]], dtype=object)
    frame["tier"] = frame["tier"].astype("Int64")
    return _with_period(frame)


def quotas(plan: Plan) -> pd.DataFrame:
    """Every quota by scope and month: used, limit, headroom, status and where the limit stands."""
    frame = pd.DataFrame(list(document.quota_records(plan)))
    for column in ("used", "limit", "headroom"):
        frame[column] = frame[column].astype("Int64")
    return _with_period(frame)


def _exact(text: Any) -> Decimal | None:
    return None if text is None or pd.isna(text) else Decimal(text)


def _with_period(frame: pd.DataFrame) -> pd.DataFrame:
    frame["month"] = pd.PeriodIndex(frame["month"], freq="M")
    return frame
