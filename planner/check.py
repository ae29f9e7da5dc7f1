"""Findings about the configuration and the rollout of a plan: a file in ``checks/`` is one check."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from planner import checks
from planner.core.problem import Finding, Level, Place
from planner.demand import Timeline
from planner.inventory import Inventory
from planner.plan_file import Stage
from planner.scenario import Scenario, Use

if TYPE_CHECKING:
    from planner.connection import Connection, CustomerGateway, Peer
    from planner.tunnel import Tunnel
    from pricing.purchase import PrepaidUse
    from pricing.rating import Rated


NOT_STATED: Mapping[Stage, Level] = {"estimate": "info", "design": "warning", "ready": "error"}
"""How grave it is, by the stage of the plan, that it does not state what the rollout needs."""


@dataclass(frozen=True)
class Missing:
    """Something that the rollout needs and a plan does not state."""

    what: str
    """It in a few words, such as "a customer gateway"."""
    whose: str
    """What is without it, such as "2 of 5 groups"."""
    subject: str
    place: Place
    message: str
    remedy: str
    levels: Mapping[Stage, Level] = field(default_factory=lambda: NOT_STATED)
    """How grave it is, by the stage of the plan."""


@dataclass(frozen=True)
class Subject:
    """What a check looks at."""

    scenarios: Sequence[Scenario]
    inventory: Inventory
    timeline: Timeline
    rated: tuple[Rated, ...] = ()
    """Priced usage; empty where nothing is priced, and then checks about prices find nothing."""
    cdt_comparison: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    """By group in doubt: its Internet data transfer as it is billed and in the other mode, as amounts in words."""
    prepaid: PrepaidUse | None = None
    """What becomes of prepaid plans; None where there are none, or nothing is priced."""
    as_of: date | None = None
    """Day as of which the plan is made; None where nobody says."""

    @property
    def tunnels(self) -> Iterator[Use[Tunnel]]:
        """Every configuration of tunnels once, whoever uses it."""
        return (use for scenario in self.scenarios for use in scenario.tunnels)

    @property
    def connections(self) -> Iterator[Use[Connection]]:
        """Every way in which connections are made and attached once, whoever uses it."""
        return (use for scenario in self.scenarios for use in scenario.connections)

    @property
    def customer_gateways(self) -> Iterator[Use[CustomerGateway]]:
        """Every customer gateway once, whoever uses it."""
        return (use for scenario in self.scenarios for use in scenario.customer_gateways)

    @property
    def peers(self) -> Iterator[Use[Peer]]:
        """Whatever stands at the other end once, whoever reaches it."""
        return (use for scenario in self.scenarios for use in scenario.peers)

    @cached_property
    def sites_on(self) -> Mapping[str, int]:
        """Transit routers that attachments of the plans are on, by name, with the most sites.

        Each group counts as it is at its fullest instant, whenever that is.
        """
        sites: dict[str, int] = {}
        for scenario in self.scenarios:
            for group in scenario.groups:
                for router in dict.fromkeys(group.routers):
                    sites[router] = sites.get(router, 0) + group.most_sites
        return dict(sorted(sites.items()))


@dataclass(frozen=True)
class Check:
    """What a file in ``checks/`` declares; its findings bear the file's name as their code."""

    description: str
    """What it looks for and why, as a sentence or two."""
    source: str
    """Page that states the rule; empty if it follows from the plan alone."""
    find: Callable[[Subject], Iterator[Finding]]
    level: Level = "warning"
    """The worst level that its findings can have."""
    needs_prices: bool = False
    """It finds nothing where nothing is priced, and that is no pass."""
    by_stage: Mapping[Stage, Level] = field(default_factory=dict)
    """The worst level by the stage of the plan, where it depends on the stage; NOT_STATED is such a rule."""
    missing: Callable[[Scenario], Iterator[Missing]] | None = None
    """What a plan does not state and its rollout needs: told from the stage design on. Of an estimate the check
    `unstated-rollout` lists it, together with that of the other checks."""

    def level_at(self, stage: Stage) -> Level:
        """The worst level that its findings can have at a stage of the plan."""
        return self.by_stage.get(stage, self.level)

    def about(
        self, code: str, level: Level, use: Use[Any], keys: tuple[str | int, ...], message: str, remedy: str
    ) -> Finding:
        """A finding about a profile of the plan, such as a configuration of tunnels, at one of its keys."""
        return Finding(code, level, use.id, use.at(*keys), f"{use.id}: {message}", remedy, self.source)

    def about_router(
        self,
        code: str,
        level: Level,
        scenario: Scenario,
        router: str,
        keys: tuple[str | int, ...],
        message: str,
        remedy: str,
    ) -> Finding:
        """A finding about a transit router, at one of its keys in the estate."""
        place = scenario.estate_place("transit_routers", router, *keys)
        return Finding(code, level, router, place, f"{router}: {message}", remedy, self.source)

    def algorithms(
        self, subject: Subject, key: str, listed: Collection[str], weak: Collection[str], remedy: str
    ) -> Iterator[Finding]:
        """Findings about an algorithm of both phases, by its key, which is the code as well.

        An error for what is not in the list, a warning for what is weak.
        """
        for use in subject.tunnels:
            for phase, settings in use.entry.phases:
                stated = getattr(settings, key)
                if stated is None or (stated in listed and stated not in weak):
                    continue
                level: Level = "warning" if stated in weak else "error"
                told = "is weak" if stated in weak else f"is none of {', '.join(listed)}"
                yield self.about(key, level, use, (phase, key), f"{phase} {key} {stated} {told}", remedy)


@cache
def declared() -> dict[str, Check]:
    """Every check by id, which is the name of its file."""
    names = sorted(module.name for module in pkgutil.iter_modules(checks.__path__))
    return {name.replace("_", "-"): importlib.import_module(f"{checks.__name__}.{name}").CHECK for name in names}


def examples(name: str) -> dict[str, str]:
    """What a check lets pass and what it does not, as parts of a plan in YAML, from the docstring of its file.

    `passes` and `fails`; where its findings have other levels as well, `fails as warning` and the like.
    """
    from planner.core import example  # for documentation only

    return example.examples(f"{checks.__name__}.{name.replace('-', '_')}")


def run(subject: Subject) -> tuple[Finding, ...]:
    """The findings of every check."""
    return tuple(finding for name, check in declared().items() for finding in _findings(name, check, subject))


def _findings(name: str, check: Check, subject: Subject) -> Iterator[Finding]:
    """What a check finds, and from the stage design on what it misses."""
    yield from check.find(subject)
    for scenario in subject.scenarios if check.missing else ():
        stage = scenario.plan.stage
        if stage == "estimate":
            continue
        for one in missing_by(check, scenario):
            yield Finding(name, one.levels[stage], one.subject, one.place, one.message, one.remedy, check.source)


def missing_by(check: Check, scenario: Scenario) -> Iterator[Missing]:
    """What a check misses in a plan, whatever its stage."""
    return check.missing(scenario) if check.missing else iter(())


def levels_in_words(check: Check) -> str:
    """The worst level of its findings, and that of what is not stated, by stage of the plan where it depends on it."""
    said = _by_stage(check.by_stage) if check.by_stage else check.level
    if not check.missing:
        return said
    levels: dict[Stage, str] = {**NOT_STATED, "estimate": "info (told by unstated-rollout)"}
    return f"{said}; where something is not stated: {_by_stage(levels)}"


def _by_stage(levels: Mapping[Stage, Any]) -> str:
    return ", ".join(f"{level} at {stage}" for stage, level in levels.items())
