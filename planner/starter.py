"""The files that `cenplan init` writes: one kind of plan per pair of files in ``starters/``."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

_FOLDER = Path(__file__).parent / "starters"
_FILES = ("plan.yaml", "estate.yaml")


class StarterError(Exception):
    """The files cannot be written; the text says why and what to do."""


def kinds() -> tuple[str, ...]:
    """Kinds of plan there are files for."""
    return tuple(sorted(path.name.removesuffix("-plan.yaml") for path in _FOLDER.glob("*-plan.yaml")))


def write(folder: Path, kind: str) -> tuple[Path, ...]:
    """Write plan.yaml and estate.yaml of a kind into a folder; all of them or none.

    raises : StarterError when one exists already, or the folder cannot be written
    """
    return write_texts(folder, {name: (_FOLDER / f"{kind}-{name}").read_text(encoding="utf-8") for name in _FILES})


def write_texts(folder: Path, texts: Mapping[str, str]) -> tuple[Path, ...]:
    """Write files of some names into a folder; all of them or none.

    raises : StarterError when one exists already, or the folder cannot be written
    """
    targets = {folder / name: text for name, text in texts.items()}
    existing = [str(path) for path in targets if os.path.lexists(path)]
    if existing:
        exist, them = ("exists", "it") if len(existing) == 1 else ("exist", "them")
        raise StarterError(f"{' and '.join(existing)} {exist} already: give another folder, or move {them} away")
    written: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in targets.items():
            with path.open("x", encoding="utf-8", newline="\n") as file:
                written.append(path)
                file.write(text)
    except OSError as error:
        for path in written:
            path.unlink(missing_ok=True)
        raise StarterError(f"cannot write into {folder}: {error.strerror}") from error
    return tuple(targets)
