"""Write what the documentation takes from the code: parts of pages, schemas, and the output of shown commands.

In every page, what stands between `<!-- generated: NAME -->` and `<!-- end -->` is the part NAME below. Blocks
of commands are run by console.py. Run by `make docs`; tests/test_docs.py fails where a file is not current.
"""

from __future__ import annotations

import ast
import inspect
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path

import console
import keys
import rule_pages
import typer

from planner import assumption, meter, policy_rule, waiver
from planner.cli import app
from planner.core.entry import json_schema
from planner.core.provenance import EVIDENCE, EVIDENCE_MEANING
from planner.core.region import REGIONS
from planner.estate import Estate
from planner.finance import Finance
from planner.plan_file import PlanFile, TableRow
from planner.policy import Policy
from planner.project import ProjectFile
from planner.waiver import WaiverFile
from pricing import book, coverage
from pricing.book_file import BookFile
from pricing.coverage import Coverage
from pricing.prepaid import kinds
from pricing.sku import skus
from reports import chart, sheet
from reports import format as output

ROOT = Path(__file__).resolve().parents[1]
SITES = {"intl": "International site (USD)", "cn": "China site (CNY)"}
CHART = "charts/attachments-against-quota.png"
IMAGE = Path("docs/images/attachments-against-quota.png")
FOLDERS = {
    "planner/core": "the shared vocabulary",
    "planner": "plans, estates, quotas, checks",
    "pricing": "items, prices, amounts; knows no networks",
    "reports": "what people and programs read",
}
EXAMPLE = "scenarios/apac-branches.yaml"

_PART = re.compile(r"(<!-- generated: ([a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def pages(root: Path) -> list[Path]:
    """Every page of the documentation."""
    return [root / "README.md", root / "CHANGELOG.md", *sorted((root / "docs").rglob("*.md"))]


def generated(root: Path = ROOT) -> Iterator[tuple[Path, str]]:
    """Every file with generated text, and its current text."""
    yield from rule_pages.pages(root)
    whole = {path for path, _ in rule_pages.pages(root)} | {*rule_pages.stale(root)}
    for page in (path for path in pages(root) if path not in whole):
        yield page, console.refreshed(with_parts(page.read_text(encoding="utf-8")), root)
    yield from schema_files(root)


def with_parts(text: str) -> str:
    """A page with its generated parts written anew; KeyError for a part that does not exist."""
    return _PART.sub(lambda match: f"{match[1]}\n{PARTS[match[2]]()}\n\n{match[3]}", text)


def schema_files(root: Path) -> Iterator[tuple[Path, str]]:
    """JSON Schemas of the files people write; that of the JSON that cenplan writes is written by hand."""
    titles: dict[str, tuple[type, str]] = {
        "plan": (PlanFile, "A plan of cenplan"),
        "estate": (Estate, "An estate of cenplan"),
        "finance": (Finance, "What finance states to cenplan"),
        "price-book": (BookFile, "A price book of cenplan"),
        "project": (ProjectFile, "A project of cenplan"),
        "policy": (Policy, "A policy of cenplan"),
        "waivers": (WaiverFile, "Waivers of cenplan"),
    }
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    for name, (model, title) in titles.items():
        schema = {**dialect, **json_schema(model), "title": title}
        yield root / "docs" / "schema" / f"{name}.schema.json", json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


# --- parts


def _rows(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table in Markdown."""
    lines = [f"| {' | '.join(header)} |"]
    lines.append("|" + "---|" * (lines[0].count(" | ") + 1))
    lines += [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows]
    return "\n".join(lines)


def _first_line(function: Callable[..., object]) -> str:
    """What a function's docstring says first."""
    return (function.__doc__ or "").strip().splitlines()[0]


def policy_rules() -> str:
    """Every rule that a policy can set, and what is said of waivers."""
    rules = ((f"`{name}`", f"`{one.key}`", one.description) for name, one in policy_rule.declared().items())
    told = ((f"`{name}`", "", words) for name, words in waiver.CODES.items())
    last = ("`no-policy`", "", "The gate was told to judge without a policy.")
    return _rows(("id", "key of the policy", "what it says"), (*rules, *told, last))


def checks() -> str:
    """Every check, a row each."""
    return _rows(("check", "level", "what it looks for", "prices"), rule_pages.check_index())


def quotas() -> str:
    """Every quota, a row each."""
    return _rows(("quota", "what it says", "counted per", "value", "adjustable"), rule_pages.quota_index())


def items() -> str:
    """Every billable item: what is counted, who pays, and what accumulates."""
    over = {None: "–", "account": "account, all regions", "account-and-scope": "account and area"}
    tiers = {None: "–", "account-and-region": "account and region"}
    table = _rows(
        ("item", "unit", "price", "free quota accumulates over", "tiers accumulate over"),
        (
            (f"[`{name}`](#{name})", one.unit, one.model, over[one.free_quota_over], tiers[one.tiers_over])
            for name, one in skus().items()
        ),
    )
    sections = [
        f"## `{name}`\n\n{one.title}. {one.description}\n\n"
        f"- Measured: {_first_line(meter.declared()[name])}\n- Source: {one.source}"
        for name, one in skus().items()
    ]
    return "\n\n".join([table, *sections])


def prepaid_kinds() -> str:
    """Every kind of prepaid plan, a section each."""
    sections = []
    for name, one in kinds().items():
        given_up = one.gives_up_free_quota_from
        facts = {
            "Offsets": ", ".join(f"`{item}`" for item in one.offsets),
            "Size": f"`{one.size}`: {one.sizes_in_words}",
            "Term": f"{one.term_months} months" if one.term_months else "as offered, `term_months`",
            "Where": "in the regions of an `area`" if one.per_area else "in all regions of its account",
            "Free quota": f"given up while a plan of {given_up}{one.unit} or more is valid" if given_up else "",
            "Source": one.source,
        }
        lines = [f"- {key}: {text}" for key, text in facts.items() if text]
        sections.append("\n".join([f"## `{name}`", "", f"{one.title}. {' '.join(one.rules)}", "", *lines]))
    return "\n\n".join(sections)


def assumptions() -> str:
    """Every assumption; those that a plan can answer otherwise first."""
    known = sorted(assumption.declared().items(), key=lambda item: not item[1].is_key)
    return _rows(
        ("assumption", "question", "answers, the default first", "why it is open", "source"),
        (
            (
                f"`{name}`",
                one.title,
                "; ".join(f"`{answer}`: {meaning}" for answer, meaning in one.answers.items()),
                one.note,
                one.source,
            )
            for name, one in known
        ),
    )


def commands() -> str:
    """The help of every command, as the command line prints it."""
    command = typer.main.get_command(app)
    width = {"terminal_width": 100, "max_content_width": 100}
    root = typer.Context(command, info_name="cenplan", **command.context_settings, **width)

    def inside(context: typer.Context) -> Iterator[typer.Context]:
        yield context
        for name, one in getattr(context.command, "commands", {}).items():
            yield from inside(typer.Context(one, parent=context, info_name=name, **width))

    return "\n\n".join(
        f"## `{context.command_path}`\n\n```text\n{context.command.get_help(context).rstrip()}\n```"
        for context in inside(root)
    )


def regions() -> str:
    """Every region with what it supports."""
    urls = dict.fromkeys(url for one in REGIONS.values() for url in one.source.split(" ; "))
    numbers = {url: number for number, url in enumerate(urls, start=1)}
    table = _rows(
        ("region", "name", "area", "public", "private", "two tunnels", "zones", "note", "source"),
        (
            (
                f"`{one.id}`", one.name, one.area, one.public, one.private, one.dual_tunnel,
                " ".join(one.zones) or "unknown", one.note,
                " ".join(f"[{numbers[url]}]" for url in one.source.split(" ; ")),
            )
            for one in REGIONS.values()
        ),
    )  # fmt: skip
    return "\n".join([table, "", *(f"[{number}]: {url}" for url, number in numbers.items())])


def prices(site: str) -> Callable[[], str]:
    """The prices of a site and where they were read."""
    return lambda: "\n\n".join(
        (coverage.markdown(site), "### Between regions", coverage.lanes(site), "### Sources", coverage.sources(site))
    )


def priced_today() -> str:
    """In short: on what evidence each item can be priced, region by region; alike regions and items together."""
    labels = [skus()[name].label for name in coverage.in_regions()]
    blocks = []
    for site, title in SITES.items():
        found = coverage.coverage(book.load_books(site), coverage.PRICES_READ)
        rows = [(", ".join(coverage.region_names(regions, mark="`")), own) for regions, own in coverage.alike(found)]
        shown = _merged(labels, [[row.words for row in own] for _, own in rows])
        header = ("regions", *(" to ".join(dict.fromkeys((labels[at[0]], labels[at[-1]]))) for at in shown))
        table = _rows(header, ((name, *(_bold(own[at[0]]) for at in shown)) for name, own in rows))
        blocks.append(f"**{title}**: {coverage.known(found)} of {len(found)} prices are known.\n\n{table}")
    return "\n\n".join(blocks)


def _merged(labels: Sequence[str], rows: Sequence[Sequence[str]]) -> list[list[int]]:
    """Columns side by side that differ in a number of their label and in no cell, such as speeds of a port."""

    def alike(at: int) -> tuple[str, ...]:
        return (re.sub("[0-9]+", "", labels[at]), *(row[at] for row in rows))

    return [list(same) for _, same in groupby(range(len(labels)), alike)]


def _bold(row: Coverage) -> str:
    return row.words if row.tiers else f"**{row.words}**"


def evidence() -> str:
    """Grades of evidence, weakest first."""
    return _rows(("evidence", "meaning"), ((f"`{one}`", EVIDENCE_MEANING[one]) for one in EVIDENCE))


def report() -> str:
    """Sheets of the workbook and charts beside it, with what their files say they are for."""
    sheets = ((one.title, _docstring_of(one.fill)) for one in sheet.declared())
    charts = ((f"`{name}`", _docstring_of(one.draw)) for name, one in chart.declared().items())
    return f"{_rows(('sheet', 'what it holds'), sheets)}\n\n{_rows(('chart', 'what it answers'), charts)}"


def formats() -> str:
    """Formats of a check or a gate: how their files are named, and what they are for."""
    found = ((name, output.load(name)) for name in output.names())
    rows = ((f"`-f {name}`", f"`NAME-COMMAND.{one.extension}`", one.purpose) for name, one in found)
    return _rows(("format", "file", "for"), rows)


def _docstring_of(function: Callable[..., object]) -> str:
    """The first sentence of the module of a function."""
    return _docstring(Path(inspect.getfile(function)))


def modules() -> str:
    """Every module of the packages with what it is for."""
    sections = []
    for folder, title in FOLDERS.items():
        paths = sorted(path for path in (ROOT / folder).glob("*.py") if path.name != "__init__.py")
        rows = ((f"`{path.relative_to(ROOT).as_posix()}`", _docstring(path)) for path in paths)
        plural = (path for path in (ROOT / folder).iterdir() if (path.parent / f"{path.name[:-1]}.py").exists())
        inside = ", ".join(f"`{path.relative_to(ROOT).as_posix()}/`" for path in sorted(plural) if path.is_dir())
        items = f"\n\nFolders of items: {inside}." if inside else ""
        sections.append(f"### `{folder}/`: {title}\n\n{_rows(('module', 'what it is for'), rows)}{items}")
    return "\n\n".join(sections)


def _docstring(path: Path) -> str:
    """The first sentence of a module."""
    words = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return words.split("\n\n")[0].replace("\n", " ").replace("``", "`")


PARTS: Mapping[str, Callable[[], str]] = {
    "plan-keys": lambda: keys.page(PlanFile, leave_out=(Estate, Finance)),
    "estate-keys": lambda: keys.page(Estate),
    "finance-keys": lambda: keys.page(Finance),
    "table-keys": lambda: keys.page(TableRow),
    "price-book-keys": lambda: keys.page(BookFile),
    "project-keys": lambda: keys.page(ProjectFile),
    "policy-keys": lambda: keys.page(Policy),
    "waiver-keys": lambda: keys.page(WaiverFile),
    "policy-rules": policy_rules,
    "checks": checks,
    "quotas": quotas,
    "items": items,
    "prepaid-kinds": prepaid_kinds,
    "assumptions": assumptions,
    "commands": commands,
    "regions": regions,
    "prices-intl": prices("intl"),
    "prices-cn": prices("cn"),
    "priced-today": priced_today,
    "evidence": evidence,
    "modules": modules,
    "report": report,
    "formats": formats,
}


def image(root: Path = ROOT) -> bytes:
    """The chart that the README shows, made by the command itself from the example."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "planner.cli", "report", EXAMPLE, "-o", folder + "/out"]
        subprocess.run(command, cwd=root, check=True, capture_output=True, timeout=300)
        return Path(folder, "out", CHART).read_bytes()


def main() -> None:
    """Write every file that is not current, take out those of what is no longer there, and name them."""
    for path in rule_pages.stale(ROOT):
        path.unlink()
        print(f"{path.relative_to(ROOT)}: taken out")
    for path, text in generated():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
            print(path.relative_to(ROOT))
    drawn = image()
    if not (ROOT / IMAGE).exists() or (ROOT / IMAGE).read_bytes() != drawn:
        (ROOT / IMAGE).write_bytes(drawn)
        print(IMAGE)


if __name__ == "__main__":
    main()
