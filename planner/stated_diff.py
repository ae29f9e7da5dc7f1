"""What two plans state differently, key by key, in the words of their files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

from planner.core.fault import bare, key_of
from planner.estate import Account, Estate, TransitRouter
from planner.finance import Finance
from planner.plan_file import Attachment, PlanFile, Underlay
from planner.plan_file import Traffic as Profile
from planner.prepaid import PrepaidPlan
from planner.saved_plan import SavedPlan
from planner.tunnel import Tunnel

Path = tuple[str | int, ...]
Change = Literal["added", "removed", "changed", "renamed"]

GROUP, UNDERLAY, PREPAID = "group", "underlay", "prepaid plan"
PLAN, ESTATE, FINANCE = "plan", "estate", "finance"


@dataclass(frozen=True)
class KeyChange:
    """A key that says something else."""

    key: str
    """As a path: `traffic.to_data_center_gb`, `rollout[2].add_sites`; entries of lists count from 1."""
    old: str | None
    """As it is written; the default where it is not written; None where there is no default."""
    new: str | None


@dataclass(frozen=True)
class EntryChange:
    """An entry that came, went, says something else or has another name."""

    kind: str
    """group, underlay, prepaid plan, profile, wave, tunnel, account, transit router ...; plan, estate or finance for
    the keys that stand in no such entry."""
    plan: str
    """The plan it belongs to, where there are several; else empty."""
    name: str
    change: Change
    keys: tuple[KeyChange, ...]
    old_name: str = ""
    """Of an entry that was renamed."""
    used_by: tuple[str, ...] = ()
    """Groups of the new plan that name a profile, wave or tunnel; of one that is gone, those of the old plan."""


_PLAN_ENTRIES: Mapping[str, tuple[str, Any]] = {
    "underlays": (UNDERLAY, Underlay),
    "prepaid": (PREPAID, PrepaidPlan),
    "profiles": ("traffic profile", Profile),
    "tunnels": ("tunnel", Tunnel),
    "waves": ("wave", None),
}
_ESTATE_ENTRIES: Mapping[str, tuple[str, Any]] = {
    "accounts": ("account", Account),
    "transit_routers": ("transit router", TransitRouter),
    "prepaid": ("existing prepaid plan", PrepaidPlan),
}


@dataclass(frozen=True)
class Names:
    """How plans and groups are called when two sides are held against each other."""

    single: bool
    """Whether each side is of one plan: then plans go without a name, since both may have another."""
    groups: Mapping[tuple[str, str], str]
    """By (plan, group) of the old side, the new id of those that were renamed."""

    def plan(self, name: str | None) -> str:
        """What a plan is called."""
        return "" if self.single or name is None else name

    def group(self, plan: str, name: str) -> str:
        """What a group of the old side is called on the new one."""
        return self.groups.get((plan, name), name)


def compare(old: SavedPlan, new: SavedPlan) -> tuple[tuple[EntryChange, ...], Names]:
    """Everything that is stated differently: groups first, then the rest of the plan, estate and finance."""
    single = len(old.plans) == 1 and len(new.plans) == 1

    def plan_of(name: str) -> str:
        return "" if single else name

    before = {(plan_of(one.plan), one.id): one.stated for one in old.groups}
    after = {(plan_of(one.plan), one.id): one.stated for one in new.groups}
    renamed = dict(_renamed(before, after))
    found = [*_groups(before, after, renamed)]
    plans_before = {plan_of(one.name): one.stated for one in old.plans}
    plans_after = {plan_of(one.name): one.stated for one in new.plans}
    for plan in sorted({*plans_before, *plans_after}):
        sides = plans_before.get(plan), plans_after.get(plan)
        if sides[0] is None or sides[1] is None:
            found.append(EntryChange(PLAN, "", plan, "added" if sides[0] is None else "removed", ()))
            continue
        found += _sections(PLAN, plan, sides, _PLAN_ENTRIES, PlanFile, (before, after))
    found += _sections(ESTATE, "", (old.estate, new.estate), _ESTATE_ENTRIES, Estate, ({}, {}))
    found += _sections(FINANCE, "", (old.finance, new.finance), {}, Finance, ({}, {}))
    return tuple(found), Names(single, renamed)


def _renamed(before: Mapping[tuple[str, str], Any], after: Mapping[tuple[str, str], Any]) -> Iterator[Any]:
    """Groups that went and came with the very same entry in the same plan; of several alike, in order."""
    came: dict[str, list[str]] = {}
    for plan, name in sorted(after.keys() - before.keys()):
        came.setdefault(f"{plan} {_canonical(after[plan, name])}", []).append(name)
    for plan, name in sorted(before.keys() - after.keys()):
        if same := came.get(f"{plan} {_canonical(before[plan, name])}"):
            yield (plan, name), same.pop(0)


def _canonical(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {_canonical(value[key])}' for key in sorted(value))}}}"
    return f"[{', '.join(map(_canonical, value))}]" if isinstance(value, list) else repr(value)


def _groups(
    before: Mapping[tuple[str, str], Any],
    after: Mapping[tuple[str, str], Any],
    renamed: Mapping[tuple[str, str], str],
) -> Iterator[EntryChange]:
    new_names = {(plan, name): old for (plan, old), name in renamed.items()}
    for plan, name in sorted({*before, *after} - {*renamed}):
        if (plan, name) in new_names:
            yield EntryChange(GROUP, plan, name, "renamed", (), new_names[plan, name])
        else:
            yield from _entry(GROUP, plan, name, before.get((plan, name)), after.get((plan, name)), Attachment)


def _sections(
    kind: str,
    plan: str,
    sides: tuple[Any, Any],
    entries: Mapping[str, tuple[str, Any]],
    model: type[BaseModel],
    groups: tuple[Mapping[tuple[str, str], Any], Mapping[tuple[str, str], Any]],
) -> Iterator[EntryChange]:
    """Changes of a file: first the keys that stand in no entry with a name, then those entries."""
    loose = [{key: one for key, one in side.items() if key not in entries} for side in sides]
    if keys := tuple(_changes(loose[0], loose[1], (), model)):
        yield EntryChange(kind, plan, kind, "changed", keys)
    for section, (word, entry_model) in entries.items():
        before, after = (_mapping(side.get(section)) for side in sides)
        for name in sorted({*before, *after}):
            for one in _entry(word, plan, name, before.get(name), after.get(name), entry_model):
                own = groups[0] if one.change == "removed" else groups[1]
                users = tuple(_users(section, name, plan, own))
                yield EntryChange(word, plan, name, one.change, one.keys, used_by=users)


def _users(section: str, name: str, plan: str, groups: Mapping[tuple[str, str], Any]) -> Iterator[str]:
    """The groups of a plan that name a profile, wave or tunnel."""
    for (own, group), stated in sorted(groups.items()):
        named = {
            "profiles": [stated.get("traffic")],
            "tunnels": [stated.get("tunnel")],
            "waves": [stated.get("wave"), *(step.get("wave") for step in _list_of_mappings(stated.get("rollout")))],
        }
        if own == plan and name in named.get(section, ()):
            yield group


def _list_of_mappings(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _entry(kind: str, plan: str, name: str, old: Any, new: Any, model: Any) -> Iterator[EntryChange]:
    if old == new:
        return
    change: Change = "added" if old is None else "removed" if new is None else "changed"
    if isinstance(old, dict) or isinstance(new, dict):
        # Of an entry that is there on one side only, the keys that it states say what it is.
        keys = _changes(old or {}, new or {}, (), model if change == "changed" else None)
    else:
        keys = iter((KeyChange("", _text(old), _text(new)),))
    yield EntryChange(kind, plan, name, change, tuple(keys))


def _changes(old: Any, new: Any, path: Path, model: Any) -> Iterator[KeyChange]:
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for key in _in_order(old, new):
            yield from _changes(old.get(key), new.get(key), (*path, key), model)
    elif {type(old), type(new)} == {dict, type(None)}:
        yield from _changes(old or {}, new or {}, path, model)
    elif _list_of_mappings(old) or _list_of_mappings(new):
        yield from _list_changes(_as_list(old), _as_list(new), path, model)
    else:
        yield KeyChange(_key(path), *(_default(model, path) if one is None else _text(one) for one in (old, new)))


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _in_order(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Every key once, in the order of the new side; those that only the old side has behind them."""
    return [*new, *(key for key in old if key not in new)]


def _list_changes(old: Sequence[Any], new: Sequence[Any], path: Path, model: Any) -> Iterator[KeyChange]:
    """Entries of a list: those that stayed are recognised, of as many others each is held against its own."""
    matcher = SequenceMatcher(None, [*map(_canonical, old)], [*map(_canonical, new)], autojunk=False)
    for what, start, end, new_start, new_end in matcher.get_opcodes():
        if what == "equal":
            continue
        if end - start == new_end - new_start:
            for at in range(end - start):
                yield from _changes(old[start + at], new[new_start + at], (*path, new_start + at), model)
            continue
        for at in range(start, end):
            yield KeyChange(_key((*path, at)), _text(old[at]), None)
        for at in range(new_start, new_end):
            yield KeyChange(_key((*path, at)), None, _text(new[at]))


def _key(path: Iterable[str | int]) -> str:
    parts = [f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in path]
    return "".join(parts).removeprefix(".")


def _text(value: Any) -> str | None:
    """A value as a plan writes it, on one line."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {_text(one)}' for key, one in value.items())}}}"
    return ", ".join(f"{_text(one)}" for one in value) if isinstance(value, list) else str(value)


def _default(model: Any, path: Path) -> str | None:
    """What a key means that is not written, where its model names a single value for it."""
    kind, default = model, None
    for step in path:
        default = None
        arms = [bare(arm) for arm in _arms(kind)]
        fields = {key_of(name, one): one for arm in arms if _is_model(arm) for name, one in arm.model_fields.items()}
        if step in fields:
            kind, default = fields[str(step)].annotation, fields[str(step)].default
        else:
            values = [get_args(arm) for arm in arms if get_origin(arm) in (dict, tuple)]
            kind = next((one[-1] if one[-1] is not Ellipsis else one[0] for one in values if one), None)
    return _text(default) if isinstance(default, (bool, int, str)) else None


def _arms(kind: Any) -> tuple[Any, ...]:
    kind = bare(kind)
    return tuple(get_args(kind)) if get_origin(kind) not in (None, dict, tuple, list, Literal) else (kind,)


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
