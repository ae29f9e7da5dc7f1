"""A project: which plans belong together, and the files that hold for all of them; what a gate is asked to judge."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated

from planner.core.entry import BY_SHAPE, Entry, Text, Version, load
from planner.core.problem import InputError, Location, Place, Problem
from planner.core.source import Source, read_yaml
from planner.fingerprint import shown
from planner.scenario import Shared

FILE = "cenplan.yaml"
"""The project of the current folder, where none is named."""
COMMAND_LINE = "command line"
GUARDED = ("estate", "policy", "waivers", "baseline")
"""What a protected folder decides: keys that are read from its project, naming files that are read below it."""


class ProjectFile(Entry):
    """A project. Paths are relative to its file."""

    version: Version
    """Version of this format: 1."""
    plans: tuple[Text, ...]
    """Paths of the plans that are judged together; they land on one estate and add up."""
    estate: Text | None = None
    """Path of the estate. It holds for all plans, whatever they name."""
    finance: Text | None = None
    """Path of what finance states, such as the fiscal year. It holds for all plans."""
    price_books: tuple[Text, ...] = ()
    """Paths of price books. They hold for all plans, instead of those that the plans name."""
    policy: Text | None = None
    """Path of the policy."""
    waivers: Text | None = None
    """Path of the waivers."""
    baseline: Annotated[Text | tuple[Text, ...], BY_SHAPE] | None = None
    """Path of the plan that was approved before, or of several: the cost may rise against it as the policy allows."""


@dataclass(frozen=True)
class Request:
    """What a gate is asked: its arguments, as they were given."""

    plans: tuple[str, ...] = ()
    project: str | None = None
    """None: that of the current folder, where there is one; empty: none."""
    policy: str | None = None
    waivers: str | None = None
    baseline: tuple[str, ...] = ()
    protected: str | None = None
    """Folder in which policy, waivers, estate and baseline are read instead, at the same relative paths."""
    without_policy: bool = False


@dataclass(frozen=True)
class Files:
    """What a request comes to: paths as they open."""

    plans: tuple[str, ...]
    shared: Shared
    policy: str | None
    waivers: str | None
    baseline: tuple[str, ...]
    projects: tuple[tuple[Source, str], ...]
    """The project file, and the one of the protected folder; each with who named it."""
    origins: dict[str, str]
    """By key: who named it."""


def found(request: Request) -> Request:
    """The request with the project that it is about."""
    if request.project is not None:
        return request
    return replace(request, project=FILE if os.path.exists(FILE) else "")


def resolve(request: Request) -> Files:
    """Which files a request is about, its project found.

    raises : InputError for a project that is wrong or names files that do not exist; where there is no plan or policy
    """
    path = request.project
    own = _read(path) if path else None
    guard = None
    guarding = own
    if request.protected is not None:
        guard = _Guard(request.protected)
        if path and os.path.exists(guard(path)):
            guarding = _read(guard(path), paths_of=path)
    problems: list[Problem] = []

    def named(key: str) -> tuple[str, ...]:
        """Paths that a project names under a key."""
        project = guarding if key in GUARDED else own
        if project is None:
            return ()
        found = []
        for where, given in project.named(key):
            opened = os.path.normpath(os.path.join(project.folder, given))
            if guard and key in GUARDED:
                opened = guard(opened)
            if not os.path.isfile(opened):
                place = Place(project.source, where)
                message = f"there is no file {shown(opened)!r}"
                problems.append(Problem(place, message, "paths are relative to the folder of the project"))
            found.append(opened)
        return tuple(found)

    def chosen(key: str, given: tuple[str, ...]) -> tuple[str, ...]:
        if not given:
            return named(key)
        return tuple(map(guard, given)) if guard and key in GUARDED else given

    def only(key: str, given: str | None = None) -> str | None:
        return next(iter(chosen(key, (given,) if given else ())), None)

    files = Files(
        plans=chosen("plans", request.plans),
        shared=Shared(only("estate"), only("finance"), named("price_books"), guard),
        policy=only("policy", request.policy),
        waivers=only("waivers", request.waivers),
        baseline=chosen("baseline", request.baseline),
        projects=tuple(_projects(own, guarding)),
        origins=_origins(request, own, guarding),
    )
    if own:
        problems += _twice(own)
    if not problems:
        problems += _missing(request, files, own)
    if problems:
        raise InputError(problems)
    return files


class _Guard:
    """Where a file is read instead: below the protected folder, at the same path relative to the current one."""

    def __init__(self, folder: str) -> None:
        if not os.path.isdir(folder):
            raise InputError(
                Problem(Location(folder, 0, 0), "there is no such folder", "name the protected branch's checkout")
            )
        self.folder = folder

    def __call__(self, path: str) -> str:
        inside = os.path.relpath(path, self.folder)
        if inside != os.pardir and not inside.startswith(os.pardir + os.sep):
            return path  # a plan of that folder names it
        relative = os.path.relpath(path)
        if relative == os.pardir or relative.startswith(os.pardir + os.sep):
            message = "it lies outside the current folder, so the protected folder has no such path"
            raise InputError(Problem(Location(path, 0, 0), message, "run the gate at the top of the repository"))
        return os.path.join(self.folder, relative)


@dataclass(frozen=True)
class _Project:
    file: ProjectFile
    source: Source
    folder: str
    """Folder that its paths are relative to; of one of the protected folder that of the same path outside it."""

    def named(self, key: str) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Paths under a key, each with its place."""
        given = getattr(self.file, key)
        if isinstance(given, tuple):
            yield from (((key, index), one) for index, one in enumerate(given))
        elif given is not None:
            yield (key,), given


def _read(path: str, paths_of: str | None = None) -> _Project:
    source = read_yaml(path)
    return _Project(load(ProjectFile, source), source, os.path.dirname(paths_of or path))


def _projects(own: _Project | None, guarding: _Project | None) -> Iterator[tuple[Source, str]]:
    if own:
        yield own.source, "current folder" if own.source.name == FILE else COMMAND_LINE
    if guarding and guarding is not own:
        yield guarding.source, "protected folder"


def _origins(request: Request, own: _Project | None, guarding: _Project | None) -> dict[str, str]:
    found = {}
    for key in ProjectFile.model_fields:
        project = guarding if key in GUARDED else own
        found[key] = f"named by {shown(project.source.name)}" if project else COMMAND_LINE
        if getattr(request, key, None):
            found[key] = COMMAND_LINE
    return found


def _twice(project: _Project) -> Iterator[Problem]:
    for key in ("plans", "price_books", "baseline"):
        seen: set[str] = set()
        for where, given in project.named(key):
            path = os.path.normpath(given)
            if path in seen:
                yield Problem(Place(project.source, where), f"{given} a second time", "name every file once")
            seen.add(path)


def _missing(request: Request, files: Files, own: _Project | None) -> Iterator[Problem]:
    """What nobody named and a gate cannot do without."""
    if not files.plans:
        place = Place(own.source, ("plans",)) if own else Location(FILE, 0, 0)
        message = "a project without plans" if own else "no plan is given, and the current folder has no project"
        yield Problem(place, message, f"name a plan, or write a {FILE} that does")
    if files.policy is None and not request.without_policy:
        place = Place(own.source, ()) if own else Location(FILE, 0, 0)
        message = "there is no policy, and a gate without one would judge no cost"
        yield Problem(place, message, "name one with --policy or in the project; --no-policy judges the rest")
