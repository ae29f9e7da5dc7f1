"""Schema of a policy: what a plan must keep before it may be approved, and who can waive what."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import AfterValidator, Field, model_validator

from planner import assumption
from planner.core.entry import BY_SHAPE, Count, Day, Entry, Name, Positive, Real, Text, Version, must, wrong
from planner.core.problem import Place, Problem, suggestion
from planner.core.provenance import Evidence
from planner.core.region import REGIONS, suggest_region
from planner.core.source import Source
from planner.finance import Currency
from planner.plan_file import PlanFile

DEFAULT = "default"
"""The key that holds where no other one does."""
NANO = 9
"""Decimals of amounts."""

Level = Literal["error", "warning", "info"]
Amount = Annotated[Decimal, Real(minimum=0, maximum=10**12, decimals=NANO)]
Share = Annotated[Decimal, Real(minimum=0, maximum=100, decimals=2)]
Increase = Annotated[Decimal, Real(minimum=0, maximum=10**6, decimals=6)]

_HASH = re.compile("[0-9a-f]{64}")


def _sha256(text: str) -> str:
    if not _HASH.fullmatch(text):
        raise must("be a SHA-256 of 64 hexadecimal digits", text, "take it from the inputs of a verdict, or sha256sum")
    return text


Sha256 = Annotated[Text, AfterValidator(_sha256), Field(json_schema_extra={"pattern": f"^{_HASH.pattern}$"})]
"""A SHA-256 in small hexadecimal digits."""


class Money(Entry):
    """An amount and its currency, which is that of the plan."""

    amount: Amount
    """At most so much, before tax."""
    currency: Currency
    """Three letters, such as USD."""

    @property
    def nano(self) -> int:
        """The amount in nano-units."""
        return int(self.amount.scaleb(NANO))


class Budget(Entry):
    """What the plan may cost; its priced part, before tax."""

    month: Money | None = None
    """In its most expensive calendar month."""
    year: Money | None = None
    """In each year, which is the fiscal year of finance."""
    total: Money | None = None
    """In its whole period."""


class MostMore(Entry):
    """By how much the cost may rise; where both are given, both hold."""

    percent: Increase | None = None
    """In percent of the baseline."""
    most: Money | None = None
    """As an amount."""

    @model_validator(mode="after")
    def _says_something(self) -> MostMore:
        if self.percent is None and self.most is None:
            raise wrong("an allowed increase without a number", "give percent, most or both")
        return self


class AllowedIncrease(Entry):
    """By how much the cost may rise against the baseline, over the months that both cover."""

    month: MostMore | None = None
    """In the month in which it rises most."""
    total: MostMore | None = None
    """Over all these months."""


class OldestPrice(Entry):
    """When prices may have been read; where both are given, both hold."""

    days: Count | None = None
    """At most so many days before the day of the verdict."""
    day: Day | None = None
    """On this day or later."""


class Headroom(Entry):
    """What has to stay free of a quota; where both are given, both hold."""

    percent: Share | None = None
    """In percent of the limit."""
    count: Count | None = None
    """In what the quota counts."""


class PriceBooks(Entry):
    """Price books that may be used, by hash. Not given: any."""

    own: tuple[Sha256, ...] | None = None
    """Of the files that plans or the project name; an empty list: none may be used."""
    shipped: tuple[Sha256, ...] | None = None
    """Of the books that cenplan ships, one hash per site."""


class AnswerRule(Entry):
    """An open question that a plan may answer otherwise than by default."""

    answers: tuple[Text, ...] = ()
    """Answers it may choose; not given: any."""
    evidence: Text
    """What has to be shown for it; every verdict repeats it."""


class LimitRule(Entry):
    """A quota whose limit the estate may state."""

    source: Text = "*"
    """What the limit's `source` has to look like; `*` stands for any text, such as "quota request *"."""
    most: Count | None = None
    """The highest limit that is accepted; not given: any."""


class Overrides(Entry):
    """What of the defaults may be overridden, and on which evidence; what is not named may not. Not given: anything."""

    assumptions: dict[Name, AnswerRule] | None = None
    """By open question: a key of a plan's `assumptions`."""
    limits: dict[Name, LimitRule] | None = None
    """By quota: a key of a transit router's `limits`."""


class Policy(Entry):
    """What a plan must keep. A key that is not given is not judged."""

    version: Version
    """Version of this format: 1."""
    title: Text | None = None
    """What the policy is called."""
    budget: Budget = Budget()
    """What the plan may cost."""
    allowed_increase: AllowedIncrease | None = None
    """By how much it may cost more than the baseline plan."""
    least_price_coverage_percent: Share | None = None
    """At least so much of the line items has a price, in percent, as reports show it."""
    least_evidence: Evidence | None = None
    """The weakest evidence that a price may have: assumed, secondary, official or contract."""
    oldest_price: OldestPrice | None = None
    """When prices may have been read."""
    headroom: dict[Name, Headroom] = {}
    """What has to stay free, by quota; `default` for all others."""
    regions: tuple[Name, ...] | None = None
    """Regions in which transit routers and workloads of the plan may be."""
    required: tuple[Text, ...] = ()
    """Keys that a plan has to give, as paths: `contact`, `attachments.*.cost_center`."""
    price_books: PriceBooks = PriceBooks()
    """Price books that may be used."""
    overrides: Overrides = Overrides()
    """What of the defaults a plan or its estate may override."""
    levels: dict[Name, Level] = {}
    """By check, quota or rule: the level of its worst findings; none of its others is above it."""
    unknown_quotas: Level = "warning"
    """What it means that the limit of a quota that the plan uses is not known."""
    unknown_cost: Level = "error"
    """What it means that something of the plan has no known price or quantity."""
    decision_valid_days: Positive | None = None
    """How many days a decision is valid; a waiver that it rests on may end it earlier. Not given: without end."""
    approvers: dict[Name, Annotated[Text | tuple[Text, ...], BY_SHAPE]] = {}
    """Who can waive what, by check, quota or rule; `default` for all others. Not given: any owner of a waiver."""

    def can_waive(self, code: str) -> tuple[str, ...]:
        """Who can waive a finding; nobody is named: anybody."""
        found = self.approvers.get(code, self.approvers.get(DEFAULT, ()))
        return (found,) if isinstance(found, str) else tuple(found)


def problems(policy: Policy, source: Source, codes: Collection[str], quotas: Collection[str]) -> Iterator[Problem]:
    """What a policy that is well-formed names and does not exist.

    codes  : every check, quota and rule
    quotas : every quota
    """

    rule = "check, quota or rule"

    def unknown(what: str, name: str, known: Collection[str], *where: str | int) -> Iterator[Problem]:
        if name not in known:
            plural = "checks, quotas and rules" if what == rule else f"{what}s"
            remedy = suggestion(name, sorted(known), plural)
            yield Problem(Place(source, where, not isinstance(where[-1], int)), f"unknown {what} {name!r}", remedy)

    for name in policy.levels:
        yield from unknown(rule, name, codes, "levels", name)
    for name in policy.approvers:
        yield from unknown(rule, name, {*codes, DEFAULT}, "approvers", name)
    for name in policy.headroom:
        yield from unknown("quota", name, {*quotas, DEFAULT}, "headroom", name)
    for name in policy.overrides.limits or ():
        yield from unknown("quota", name, quotas, "overrides", "limits", name)
    questions = [name for name, one in assumption.declared().items() if one.is_key]
    for name in policy.overrides.assumptions or ():
        yield from unknown("assumption", name, questions, "overrides", "assumptions", name)
    for index, region in enumerate(policy.regions or ()):
        if region not in REGIONS:
            place = Place(source, ("regions", index))
            yield Problem(place, f"unknown region {region!r}", suggest_region(region))
    for index, path in enumerate(policy.required):
        if wrong_step := _no_key(path):
            message = f"no plan has a key {path!r}"
            remedy = suggestion(wrong_step[0], wrong_step[1], "keys there")
            yield Problem(Place(source, ("required", index)), message, remedy)


def _no_key(path: str) -> tuple[str, tuple[str, ...]] | None:
    """The first step of a path that no plan can have, and what it could be; None: there is none."""
    kinds: list[Any] = [PlanFile]
    for step in path.split("."):
        keys: dict[str, list[Any]] = {}
        for kind in kinds:
            for name, inner in _keys(kind).items():
                keys.setdefault(name, []).append(inner)
        if step not in keys and "*" not in keys:
            return step, tuple(sorted(keys))
        kinds = keys.get(step, []) + keys.get("*", [])
    return None


def _keys(kind: Any) -> Mapping[str, Any]:
    """What a type has inside, by key; `*` for any."""
    origin, arguments = get_origin(kind), get_args(kind)
    if isinstance(kind, type) and issubclass(kind, Entry):
        return {field.alias or name: field.annotation for name, field in kind.model_fields.items()}
    if origin in (dict, tuple):
        return {"*": arguments[-1] if origin is dict else arguments[0]}
    found: dict[str, Any] = {}
    for arm in arguments if origin is not Literal else ():
        found.update(_keys(arm))
    return found
