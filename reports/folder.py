"""The report of a plan as a folder: workbook, pages, charts, line items, document, and a manifest with hashes.

Everything is rendered into a new folder beside DIR, which takes DIR's place only when it is complete: a run that
fails or is interrupted leaves the old report as it was, and nothing else behind.
"""

from __future__ import annotations

import errno
import json
import os
import secrets
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from planner import __version__
from planner.core.problem import quoted, suggestion
from planner.fingerprint import Input
from planner.plan import Plan
from reports import chart, document, html_report, line_items_csv, one_page_markdown, one_page_pdf, workbook

VERSION = 2
"""Of the manifest."""
LINE_ITEMS = "line-items.csv"
DOCUMENT = "plan.json"
CHARTS = "charts"
ALL_CHARTS = "charts"
"""The part that stands for every chart."""
Progress = Callable[[int, int, str], None]
"""Called with the number of parts that are done, that of all parts, and what comes next."""

_LONGEST_NAME = 100
_LEFT_BY_DESKTOPS = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
_REMEDIES = {
    errno.ENOSPC: "free some space, or give a folder on another disk",
    errno.EDQUOT: "free some space, or give a folder on another disk",
    errno.EFBIG: "give a folder on a disk that takes larger files",
    errno.EROFS: "give a folder on a disk that can be written to",
    errno.EACCES: "give a folder in one that you may write to",
    errno.EPERM: "give a folder in one that you may write to",
}


class ReportError(Exception):
    """A report that cannot be written: what is wrong, and what to do about it."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message, remedy)
        self.message, self.remedy = message, remedy

    def __str__(self) -> str:
        return f"{self.message}\n  help: {self.remedy}"


@dataclass(frozen=True)
class Kind:
    """A kind of folder; one replaces what is of its own kind only."""

    name: str
    """What it is, in a word or a few."""
    manifest: str
    """The file that lists what it was made from and its files, with their hashes; the next run knows from it what it
    may replace. Its schema is docs/schema/report.schema.json."""


REPORT = Kind("report", "report.json")

Parts = Mapping[str, Callable[[], Mapping[str, bytes]]]
"""What a folder consists of: for each part a function that gives its files, by name."""


def unknown_part(names: Collection[str]) -> str:
    """What is wrong with the names of some parts, and which was meant; empty: nothing."""
    known = ["workbook", "page", "summary", ALL_CHARTS, *chart.declared(), "line-items", "document"]
    for name in names:
        if name not in known:
            return f"unknown part {quoted(name)}; {suggestion(name, known, 'parts')}"
    return ""


def write(
    plan: Plan,
    out: Path,
    progress: Progress | None = None,
    only: Collection[str] = (),
    saved: Input | None = None,
) -> tuple[Path, ...]:
    """Write the report of a priced plan to the folder ``out``, and return its files.

    only   : names of the parts that it consists of; none: all of them
    saved  : the document that the plan was saved in, where it comes from one
    raises : ReportError where the folder holds other files, or cannot be written; it is unchanged then
    """
    parts = {
        name: files
        for name, files in _parts(plan).items()
        if not only or name in only or (ALL_CHARTS in only and name in chart.declared())
    }
    return write_parts(REPORT, parts, out, about(plan, saved), progress)


def about(plan: Plan, saved: Input | None = None) -> dict[str, Any]:
    """What the manifest says of a plan: nothing that depends on the clock or on the folder of the report."""
    return {
        "plans": list(plan.inventory.scenarios),
        "as_of": plan.as_of.isoformat() if plan.as_of else None,
        "inputs": [
            {"role": one.role, "path": one.path, "sha256": one.sha256, "origin": one.origin}
            for one in (*([saved] if saved else ()), *plan.inputs)
        ],
    }


def write_parts(
    kind: Kind, parts: Parts, out: Path, about: Mapping[str, Any], progress: Progress | None = None
) -> tuple[Path, ...]:
    """Write the files of some parts to the folder ``out``, whole or not at all, and return them.

    about  : what the manifest says of where they come from
    raises : ReportError where the folder holds other files, or cannot be written; it is unchanged then
    """
    target = Path(os.path.realpath(out))  # a link keeps pointing to where the report is
    with _explained(kind, out):
        _refuse_what_cannot_be_replaced(kind, target, out)
        new, made = _beside(target, "new"), _missing(target.parent)
        try:
            new.mkdir(parents=True)
            names = _render(kind, parts, new, about, progress or (lambda done, total, what: None))
            _refuse_what_cannot_be_replaced(kind, target, out)  # something may have come meanwhile
            _swap(kind, new, target)
        except BaseException:  # an interrupt as well
            shutil.rmtree(new, ignore_errors=True)
            for folder in made:
                with suppress(OSError):  # not empty: it is in use
                    folder.rmdir()
            raise
    return tuple(out / name for name in names)


def _render(kind: Kind, parts: Parts, folder: Path, about: Mapping[str, Any], progress: Progress) -> tuple[str, ...]:
    """Write every part, and last the manifest; returns the names of the files."""
    hashes: dict[str, str] = {}
    for done, (what, files) in enumerate(parts.items()):
        progress(done, len(parts), what)
        for name, content in files().items():
            path = folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
            hashes[name] = sha256(content).hexdigest()
    manifest = {
        "version": VERSION,
        "made_by": "cenplan",
        "cenplan": __version__,
        **about,
        "parts": list(parts),
        "files": [{"path": name, "sha256": hashes[name]} for name in sorted(hashes)],
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=2) + "\n"
    (folder / kind.manifest).write_bytes(text.encode("utf-8", "backslashreplace"))
    progress(len(parts), len(parts), "done")
    return (*hashes, kind.manifest)


def _parts(plan: Plan) -> dict[str, Callable[[], Mapping[str, bytes]]]:
    """What a report consists of: for each part, a function that gives its files."""
    name = plan.name[:_LONGEST_NAME]
    parts: dict[str, Callable[[], Mapping[str, bytes]]] = {"workbook": lambda: {f"{name}.xlsx": workbook.render(plan)}}
    parts["page"] = lambda: {f"{name}.html": html_report.render(plan).encode("utf-8")}
    parts["summary"] = lambda: {
        f"{name}-summary.md": one_page_markdown.render(plan).encode("utf-8"),
        f"{name}-summary.pdf": one_page_pdf.render(plan),
    }
    for chart_id, one in chart.declared().items():
        parts[chart_id] = lambda chart_id=chart_id, one=one: {  # type: ignore[misc]
            f"{CHARTS}/{chart_id}.{kind}": picture for kind, picture in chart.render(plan, one).items()
        }
    parts["line-items"] = lambda: {LINE_ITEMS: line_items_csv.render(plan).encode("utf-8")}
    parts["document"] = lambda: {DOCUMENT: document.kept(plan).encode("utf-8", "backslashreplace")}
    return parts


def _refuse_what_cannot_be_replaced(kind: Kind, target: Path, out: Path) -> None:
    """raises : ReportError for a file, the current folder, a mount point, or a folder with files of others"""
    if not target.exists():
        return
    inside = "give a folder inside it, such as -o " + str(out / kind.manifest.removesuffix(".json"))
    if not target.is_dir():
        raise ReportError(f"{out} is a file", "give a folder")
    if target == Path.cwd() or os.path.ismount(target):
        what = "a mount point" if os.path.ismount(target) else "the current folder"
        raise ReportError(f"{out} is {what}, which a {kind.name} cannot replace", inside)
    foreign = sorted(_foreign(target, kind))
    others = [path.name for path in sorted(target.glob("*.json")) if path.name != kind.manifest and _listed(path)]
    if foreign and others:
        raise ReportError(
            f"{out} holds something else that cenplan wrote, which {others[0]} lists", "give another folder"
        )
    if foreign:
        more = f" and {len(foreign) - 3} more" if len(foreign) > 3 else ""
        raise ReportError(
            f"{out} holds what is not of a {kind.name} of cenplan: {', '.join(foreign[:3])}{more}",
            f"{inside}, or move it away",
        )


def _foreign(folder: Path, kind: Kind) -> Iterator[str]:
    """Names of everything in a folder that its manifest does not know."""
    own = _listed(folder / kind.manifest)
    own_folders = {parent.as_posix() for name in own for parent in Path(name).parents}
    for path, folders, names in os.walk(folder):
        here = Path(path).relative_to(folder)
        for name in names:
            if (here / name).as_posix() not in own and name not in _LEFT_BY_DESKTOPS:
                yield (here / name).as_posix()
        for name in folders:
            inner = (here / name).as_posix()
            if (folder / inner).is_symlink() or (inner not in own_folders and not any((folder / inner).iterdir())):
                yield f"{inner}/"


def _listed(manifest: Path) -> frozenset[str]:
    """The files that the manifest of an earlier run names, and itself; none where there is no such manifest."""
    try:
        found = json.loads(manifest.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return frozenset()
    if not isinstance(found, dict) or found.get("made_by") != "cenplan" or not isinstance(found.get("files"), list):
        return frozenset()
    listed = (one.get("path") if isinstance(one, dict) else one for one in found["files"])
    return frozenset((manifest.name, *(name for name in listed if isinstance(name, str))))


def _swap(kind: Kind, new: Path, target: Path) -> None:
    """Put the new folder into the place of the old one, which comes back if that fails."""
    if not target.exists():
        new.rename(target)
        return
    shutil.copymode(target, new)
    old = _beside(target, "old")
    try:
        target.rename(old)
        new.rename(target)
    except BaseException:
        if old.exists() and not target.exists():
            old.rename(target)
        raise
    try:
        shutil.rmtree(old)
    except OSError as error:
        raise ReportError(
            f"the new {kind.name} is complete, but the old one could not be removed: {error.strerror}", f"remove {old}"
        ) from None


def _beside(target: Path, what: str) -> Path:
    """A name that nothing has, in the folder that holds the target; hidden."""
    return target.parent / f".{target.name[:_LONGEST_NAME]}.{what}-{secrets.token_hex(6)}"


def _missing(folder: Path) -> list[Path]:
    """The folder and those above it that do not exist yet, the innermost first."""
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    return missing


@contextmanager
def _explained(kind: Kind, out: Path) -> Iterator[None]:
    """What the system refuses, in words."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        remedy = _REMEDIES.get(error.errno or 0, "give another folder")
        raise ReportError(
            f"cannot write the {kind.name} to {out}: {reason}", f"{remedy}; nothing was changed"
        ) from error
