"""A page for each check and quota, made as a whole: what it says, why, examples with what is told of them, its source.

Their index pages are docs/reference/checks.md and docs/reference/quotas.md. A page of what is no longer declared is
taken out by generate.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from planner import check, quota
from planner.check import Check
from planner.core import example
from planner.core.provenance import Reference
from planner.quota import TIGHT_PERCENT, Quota
from reports import check_list, quota_list

FOLDERS = ("checks", "quotas")
REFERENCE = Path("docs/reference")
GALLERY = Path("tests/gallery_findings")
_TITLES = {
    "passes": "Passes",
    "fails": "Is reported",
    "exceeded": "Exceeded",
    "tight": "Tight",
    "unknown": "Unknown",
    "other reading": "Passes, and would not by another reading",
}
_MADE = "<!-- Made by `make docs` from the code; what is written here by hand is lost. -->"
_CHECK_REMEDY = (
    "No key of a plan switches a check off. Do what the help of the finding says. What a level means for a pipeline"
    " stands in [For approvers](../../approvers.md)."
)

_INCREASABLE = {
    "yes": "can be increased on request",
    "no": "cannot be increased",
    "unknown": "whether it can be increased is unknown",
}


def pages(root: Path) -> Iterator[tuple[Path, str]]:
    """Every page with its text."""
    for name, one in check.declared().items():
        yield root / REFERENCE / "checks" / f"{name}.md", _check(name, one, root)
    for name, rule in quota.declared().items():
        yield root / REFERENCE / "quotas" / f"{name}.md", _quota(name, rule, root)


def stale(root: Path) -> list[Path]:
    """Pages of what is no longer declared."""
    expected = {path for path, _ in pages(root)}
    return sorted({path for folder in FOLDERS for path in (root / REFERENCE / folder).glob("*.md")} - expected)


def check_index() -> list[tuple[str, ...]]:
    """A row for every check: id, level, what it looks for, whether it needs prices."""
    return [
        (
            f"[`{name}`](checks/{name}.md)",
            check_list.level_words(one),
            one.description,
            "needed" if one.needs_prices else "",
        )
        for name, one in check.declared().items()
    ]


def quota_index() -> list[tuple[str, ...]]:
    """A row for every quota: id, what it says, its scope, its value, whether it can be increased."""
    return [
        (
            f"[`{name}`](quotas/{name}.md)",
            one.description,
            one.scope,
            _value(one),
            one.increasable,
        )
        for name, one in quota.declared().items()
    ]


def reference(one: Reference) -> str:
    """Where something was read, with a link."""
    title = f"[{one.title}]({one.url})" if one.url else one.title
    updated = f", page updated {one.updated}" if one.updated else ""
    return f"{title}{updated}, read {one.read_on} ({one.evidence})"


def _check(name: str, one: Check, root: Path) -> str:
    needs = "needed: it speaks in `cenplan estimate` and `cenplan report` only" if one.needs_prices else "not needed"
    facts = {
        "Level": check_list.level_words(one),
        "Reports": check_list.reports(one),
        "Why": check_list.reason(one),
        "Prices": needs,
        "Source": one.source or check_list.FOLLOWS_FROM_THE_PLAN,
    }
    return _page(name, "A [check](../checks.md).", one.description, facts, "check", _CHECK_REMEDY, root)


def _quota(name: str, one: Quota, root: Path) -> str:
    others = quota_list.readings(one)
    facts = {
        "Value": f"{_value(one)}; {_INCREASABLE[one.increasable]}",
        "Doubt": one.doubt,
        "Counted per": one.scope,
        "Counts": f"{one.title}. {(one.claims.__doc__ or '').strip().splitlines()[0]}",
        "Level": f"{_when_exceeded(one)} where it is exceeded{_tight(one)}; a limit that is unknown is never ok",
        "Lower bound": "the count is what is there at least" if one.lower_bound else "",
        "In Quota Center": f"product code `{one.product}`, to be found by its description",
        "When it is exceeded": one.remedy,
        "Other readings": f"{', '.join(f'`{words}`' for words in others)}: always shown beside the one that is used"
        if others
        else "",
        "Source": reference(one.reference),
    }
    remedies = [
        "An increase that was granted stands in the [estate](../estate.md), under `limits`, with the day from which it"
        " applies."
        if one.adjustable is not False
        else "It cannot be increased; the estate takes only what Quota Center shows (`status: live`)."
        if one.holder
        else "It cannot be increased, and the estate takes no other limit for it.",
        "A plan chooses another reading in its [assumptions](../assumptions.md)." if others else "",
    ]
    return _page(
        name, "A [quota](../quotas.md).", one.description, facts, "quota", " ".join(filter(None, remedies)), root
    )


def _value(one: Quota) -> str:
    return "unknown" if one.default is None else str(one.default)


def _when_exceeded(one: Quota) -> str:
    return "warning" if one.doubt else "error"


def _tight(one: Quota) -> str:
    return f", warning from {TIGHT_PERCENT} % of the limit on" if one.adjustable else ""


def _page(name: str, kind: str, description: str, facts: dict[str, str], of: str, remedy: str, root: Path) -> str:
    return (
        "\n\n".join(
            [
                f"# `{name}`",
                _MADE,
                f"{kind} {description}",
                "\n".join(f"- {key}: {words}" for key, words in facts.items() if words),
                *_examples(name, of, root),
                f"## To overrule it\n\n{remedy}",
            ]
        )
        + "\n"
    )


def _examples(name: str, of: str, root: Path) -> Iterator[str]:
    """Each example with what the command says of the whole plan, where the gallery has it."""
    for section, text in example.examples(f"planner.{of}s.{name.replace('-', '_')}").items():
        level = section.partition("fails as ")[2]
        title = f"Is reported as {level}" if level else _TITLES[section]
        yield f"## {title}\n\n```yaml\n{text}\n```"
        stem = example.stem(name, section)
        told = root / GALLERY / f"{stem}.txt"
        if told.exists():
            plan = f"../../../{(GALLERY / stem).as_posix()}.yaml"
            yield f"In a [whole plan]({plan}):\n\n```text\n{told.read_text(encoding='utf-8').rstrip()}\n```"
