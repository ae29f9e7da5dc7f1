"""Questions that the published rules leave open: a file in ``assumptions/`` is one, with every answer it can have.

A plan answers them by id in its ``assumptions``; the keys of that model are the files. A question with a single
answer is named all the same, because a reader has to know it, and is no key.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from planner import assumptions
from planner.core.entry import Entry


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What of a plan decides which open questions touch it. In a check nothing is priced."""

    priced: bool = False
    attached: bool = False
    """Connections are attached in the period."""
    parts_of_hours: bool = False
    """Some come or go inside a clock hour."""
    traffic: bool = False
    """GB are stated for something that is attached."""
    peaks: bool = False
    """Peaks are stated, in Mbit/s or as so many times the average."""
    peaks_of_gb: bool = False
    """What something sends at its peak is made of GB that are stated."""
    shares_routes: bool = False
    """Some connections share routes (ECMP)."""
    two_accounts: bool = False
    """Some connections belong to another account than their transit router."""
    undecided_billing: bool = False
    """No rule decides how some Internet traffic is billed."""
    removes_some: bool = False
    """A group loses sites while others, attached at another time, stay."""
    without_baseline: bool = False
    """An account draws on a pool of which no baseline is given."""
    free_before_tiers: bool = False
    """A free quota is drawn of an item that has tiers."""
    cheapest_first: tuple[str, ...] = ()
    """Regions that draw a free quota, the cheapest rate first and those of unknown rate last; () for fewer than 2."""
    dearest_first: tuple[str, ...] = ()
    """The same regions, the dearest rate first and those of unknown rate last."""
    list_prices: bool = False
    """Something is priced at a rate that is not of a contract."""
    parts_of_port_months: bool = False
    """An underlay with Express Connect ports is there in a part of a month only."""
    between_regions: bool = False
    """Clouds and transit routers of some traffic are in different regions."""
    prepaid_volumes: bool = False
    """A prepaid volume is drawn on that everything else in the account can draw on as well."""
    older_volumes: bool = False
    """One began before the period, and nothing says what is left of it."""
    savings_plans: bool = False
    """A commitment per hour is drawn on."""


@dataclass(frozen=True)
class Alternative:
    """Another answer, with which a plan is calculated to see what it changes."""

    words: str
    """How reports call it."""
    answer: Any = None
    """The value of its key."""
    higher_list_prices: bool = False
    """It is no answer but list prices that are 1 % higher."""


@dataclass(frozen=True, kw_only=True)
class Assumption:
    """What a file in ``assumptions/`` declares."""

    title: str
    """The question."""
    note: str
    """Why it is open, and what the answer changes."""
    source: str
    """Where the rule stands that leaves it open."""
    answers: Mapping[str, str]
    """Every answer with its meaning, the default first; a single one cannot be chosen otherwise. Patterns such as
    "[region, ...]" stand for many."""
    touches: Callable[[Facts], bool]
    """Whether the answer can change anything of a plan."""
    kind: Any = None
    """Type of its key in a plan, where it takes more than one of the answers as they are written."""
    default: Any = None
    """Value of its key where a plan gives none, if that is not the first answer as it is written."""
    others: Callable[[Facts, Any], tuple[Alternative, ...]] | None = None
    """By the facts of a plan and its answer: the alternatives to calculate. None: every other answer."""

    @property
    def is_key(self) -> bool:
        """Whether a plan can answer it."""
        return len(self.answers) > 1

    @property
    def meaning(self) -> str:
        """The question with all of its answers, on one line."""
        return f"{self.title}: {'; '.join(f'`{word}`, {meaning}' for word, meaning in self.answers.items())}."

    def alternatives(self, facts: Facts, answer: Any) -> tuple[Alternative, ...]:
        """What to calculate a plan with, to see what its answer decides."""
        if self.others:
            return self.others(facts, answer)
        return tuple(Alternative(word, word) for word in self.answers if self.is_key and word != answer)


@dataclass(frozen=True)
class Answered:
    """An assumption and the answer of a plan."""

    id: str
    assumption: Assumption
    answer: Any
    """The value of its key; the only answer of what is no key."""

    @property
    def value(self) -> str:
        """The answer as it is written."""
        return written(self.answer)

    @property
    def default(self) -> str:
        """The answer of a plan that gives none."""
        return next(iter(self.assumption.answers))


@dataclass(frozen=True)
class Effect:
    """What another answer would change of a plan; see planner/effect.py."""

    id: str
    """Of the assumption."""
    alternative: Alternative
    currency: str
    months: tuple[int, ...] = ()
    """(m,) nano-units that the priced part of each month would cost more (> 0) or less."""
    unpriced: tuple[int, int] = (0, 0)
    """Lines without a price: with the plan's answer, and with the other one."""
    accounts: tuple[tuple[str, int], ...] = ()
    """Accounts that would pay more (> 0) or less in the period, nano-units."""
    passes: tuple[bool, bool] = (True, True)
    """Whether the plan passes: with its answer, and with the other one."""
    appear: tuple[str, ...] = ()
    """Exceeded quotas and findings that the other answer has in addition."""
    disappear: tuple[str, ...] = ()
    """Exceeded quotas and findings that it does not have."""
    refused: str = ""
    """Why the plan cannot be calculated with the other answer; then nothing else is known."""

    @property
    def total(self) -> int:
        """Nano-units that the priced part of the period would cost more (> 0) or less."""
        return sum(self.months)

    @property
    def complete(self) -> bool:
        """Whether everything has a price with either answer, so that the total is the cost."""
        return self.unpriced == (0, 0)

    @property
    def changes(self) -> bool:
        """Whether the other answer changes anything of the plan, or cannot be calculated."""
        same = self.unpriced[0] == self.unpriced[1] and self.passes[0] == self.passes[1]
        return not same or any((*self.months, self.accounts, self.appear, self.disappear, self.refused))


@cache
def declared() -> dict[str, Assumption]:
    """Every assumption by id, which is the name of its file."""
    names = sorted(module.name for module in pkgutil.iter_modules(assumptions.__path__))
    return {
        name.replace("_", "-"): importlib.import_module(f"{assumptions.__name__}.{name}").ASSUMPTION for name in names
    }


def listed(chosen: Assumptions) -> Mapping[str, Answered]:
    """Every assumption by id, with the answer of a plan."""
    return {
        name: Answered(name, one, getattr(chosen, field_of(name)) if one.is_key else next(iter(one.answers)))
        for name, one in declared().items()
    }


def field_of(name: str) -> str:
    """The attribute of Assumptions that answers the assumption of an id."""
    return name.replace("-", "_")


def written(answer: Any) -> str:
    """An answer as a plan writes it."""
    if isinstance(answer, Decimal):
        return f"{answer:f}"
    return answer if isinstance(answer, str) else ", ".join(answer)


if TYPE_CHECKING:

    class Assumptions(Entry):
        """Open questions that a plan can answer otherwise, by id."""

        def __getattr__(self, name: str) -> Any: ...


def __getattr__(name: str) -> Any:
    """Assumptions is made when it is first asked for: its keys are files that import this module."""
    if name == "Assumptions":
        return _model()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


@cache
def _model() -> type[Entry]:
    from pydantic import Field, create_model

    def key(name: str, one: Assumption) -> tuple[Any, Any]:
        default = next(iter(one.answers)) if one.default is None else one.default
        kind = one.kind or Literal.__getitem__(tuple(one.answers))
        return kind, Field(default=default, alias=name, description=one.meaning)

    keys: dict[str, Any] = {field_of(name): key(name, one) for name, one in declared().items() if one.is_key}
    doc = "Open questions that a plan can answer otherwise, by id."
    return create_model("Assumptions", __base__=Entry, __module__=__name__, __doc__=doc, **keys)
