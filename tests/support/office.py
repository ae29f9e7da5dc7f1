"""What LibreOffice makes of workbooks: every formula calculated anew, whatever value is stored beside it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

NEEDED = pytest.mark.skipif(
    not shutil.which("soffice"), reason="LibreOffice is not installed: apt-get install libreoffice-calc"
)
"""Marks a test that needs it."""
_ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>0</value></prop></item></oor:items>
"""
_ERROR = re.compile(r"#(NAME|REF|VALUE|DIV/0|N/A|NUM|NULL)|Err:")
CENT = 0.005


def recalculate(folder: Path, books: dict[str, bytes], timeout: int = 400) -> dict[str, openpyxl.Workbook]:
    """Workbooks by name as LibreOffice calculates them, one after the other; their values."""
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True, exist_ok=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_ALWAYS, encoding="utf-8")
    paths = []
    for name, content in books.items():
        paths.append(folder / f"{name}.xlsx")
        paths[-1].write_bytes(content)
    _convert(profile, paths, folder / "out", timeout)
    return {name: openpyxl.load_workbook(folder / "out" / f"{name}.xlsx", data_only=True) for name in books}


def _convert(profile: Path, paths: Sequence[Path], out: Path, timeout: int) -> None:
    command = [
        "soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless",
        "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(out), *map(str, paths),
    ]  # fmt: skip
    environment = {**os.environ, "HOME": str(profile.parent)}
    subprocess.run(command, check=True, capture_output=True, timeout=timeout, env=environment)


def differences(stored: openpyxl.Workbook, calculated: openpyxl.Workbook, formulas: openpyxl.Workbook) -> Iterator[str]:
    """Cells with a formula whose stored value is not what comes out of it; to the cent, relative for large numbers."""
    for page in formulas:
        for row in page.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    one, other = (book[page.title][cell.coordinate].value for book in (stored, calculated))
                    if not alike(one, other):
                        yield f"{page.title} {cell.coordinate}: {one!r} is stored, {other!r} comes of {cell.value}"


def alike(one: Any, other: Any) -> bool:
    """Whether two values are the same, to the cent."""
    if isinstance(one, int | float) and isinstance(other, int | float):
        return abs(one - other) <= max(CENT, 1e-9 * abs(one))
    return bool((one or "") == (other or ""))


def errors(book: openpyxl.Workbook) -> list[str]:
    """Cells that hold an error value."""
    return [
        f"{page.title} {cell.coordinate}: {cell.value}"
        for page in book
        for row in page.iter_rows()
        for cell in row
        if cell.data_type == "e" or (isinstance(cell.value, str) and _ERROR.match(cell.value))
    ]
