"""The one page of a plan as PDF, of the size A4: real text, drawn bars, the same bytes on every run.

It is measured before it is drawn. Where the page is full, letters become smaller, and texts and lists shorter.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planner.plan import Plan
from pricing import money
from reports import one_page, one_page_report, pdf_font
from reports.one_page import Bar, Figure, Page, Part, Row
from reports.pdf_font import BOLD, MONO, PLAIN

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas
    from reportlab.platypus import Flowable

WIDTH, HEIGHT = 595.28, 841.89
"""Points: A4."""
_MARGIN = 40.0
_ROOM = WIDTH - 2 * _MARGIN
FREE = HEIGHT - 1.5 * _MARGIN
"""Points between the upper and the lower margin."""
_ENDLESS = 1e6
_INK, _QUIET, _LINE, _SHADE = "#1b1f24", "#57606a", "#c4cad1", "#f3f5f7"
_TONES = {"": _INK, "good": "#1a6b36", "bad": "#a40e26", "unknown": "#7a4d00"}


@dataclass(frozen=True)
class Room:
    """How much goes onto the page."""

    size: float
    """Points of the letters."""
    longest: int = one_page.LONGEST
    """Characters of a text."""
    most: int | None = None
    """Rows of a list; None: as many as the list has by itself."""


ROOMS = (
    *(Room(size) for size in (9.0, 8.6, 8.2)),
    *(Room(size, 220) for size in (8.2, 7.8, 7.5)),
    *(Room(size, 160, 5) for size in (7.8, 7.4, 7.0)),
    *(Room(7.0, longest, most) for longest, most in ((140, 4), (125, 4), (125, 3))),
    *(Room(6.6, longest, most) for longest, most in ((110, 3), (80, 2), (50, 1))),
)
"""From the most to the least: the first that fits is taken."""


def render(plan: Plan) -> bytes:
    """The page of a priced plan."""
    return drawn(one_page_report.page(plan))


def drawn(page: Page) -> bytes:
    """A page as a PDF file."""
    return _written(page, fitting(page))


def fitting(page: Page) -> Room:
    """The room that a page takes; the least, where not even that will do."""
    return next((room for room in ROOMS if needed(page, room) <= FREE), ROOMS[-1])


def needed(page: Page, room: Room) -> float:
    """Points that a page is high in a room."""
    pdf_font.register()
    return _height([*_top(page, room), *_foot(page, room)])


def _height(parts: Sequence[Flowable]) -> float:
    return sum(part.wrap(_ROOM, _ENDLESS)[1] for part in parts)


def _written(page: Page, room: Room) -> bytes:
    """The parts from the top down, and those of the foot at the bottom."""
    from reportlab.pdfgen.canvas import Canvas

    top, foot = list(_top(page, room)), list(_foot(page, room))
    scale = min(1.0, FREE / _height([*top, *foot]))  # the last resort: everything smaller
    out = io.BytesIO()
    canvas: Any = Canvas(out, pagesize=(WIDTH, HEIGHT), invariant=1, pageCompression=1, lang="en")
    canvas._doc.info = _info(page)
    canvas.setViewerPreference("DisplayDocTitle", "true")
    canvas.translate(_MARGIN, _MARGIN * 0.75)
    canvas.scale(scale, scale)
    for parts, at in ((top, FREE / scale), (foot, _height(foot))):
        for part in parts:
            at -= part.wrap(_ROOM, _ENDLESS)[1]
            part.drawOn(canvas, 0, at)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _info(page: Page) -> Any:
    """What a reader shows as properties: without a time, for none belongs to a plan."""
    from reportlab.pdfbase.pdfdoc import PDFDictionary, PDFInfo, PDFString

    class Info(PDFInfo):
        def format(self, document: Any) -> bytes:
            names = {"Title": self.title, "Author": self.author, "Creator": self.creator, "Subject": self.subject}
            return PDFDictionary({name: PDFString(text) for name, text in names.items()}).format(document)

    info = Info()
    info.title, info.author = page.title, page.contact or page.made_with
    info.creator, info.subject = page.made_with, page.verdict
    return info


# What stands on it


def _top(page: Page, room: Room) -> Iterator[Flowable]:
    yield _text(page.title, 1.5 * room.size, font=BOLD)
    yield _text(page.facts, room.size, color=_QUIET)
    yield _gap(5)
    yield _verdict(page, room)
    yield _gap(4)
    yield _figures(page.figures, room)
    for number, part in enumerate(page.parts):
        if part.rows or part.note:
            yield from _part(part.narrowed(room.longest), room, page if number == _COSTS else None)


_COSTS = 1
"""Which part the chart of the months stands beside."""


def _verdict(page: Page, room: Room) -> Flowable:
    tone = _TONES["good" if page.passed else "bad"]
    lines = [
        _text(f"{'✓' if page.passed else '✗'} {page.verdict}", 1.35 * room.size, font=BOLD, color=tone),
        _text(page.why(int(1.5 * room.longest)), room.size),
        _text(page.judged, 0.85 * room.size, color=_QUIET),
    ]
    style = [
        ("BACKGROUND", (0, 0), (-1, -1), _SHADE), ("LINEBEFORE", (0, 0), (0, -1), 4, tone, "butt"),
        *_padding(left=10, right=8, top=4, bottom=6),
    ]  # fmt: skip
    return _table([[lines]], [_ROOM], style)


def _figures(figures: Sequence[Figure], room: Room) -> Flowable:
    cells = []
    for one in figures:
        long = len(one.value) > 20
        cells.append(
            [
                _text(one.label, 0.85 * room.size, color=_QUIET),
                _text(one.value, (1.1 if long else 1.35) * room.size, font=BOLD, color=_TONES[one.tone]),
                _text(one.note, 0.8 * room.size, color=_QUIET),
            ]
        )
    style = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"), ("INNERGRID", (0, 0), (-1, -1), 0.5, _LINE),
        ("BOX", (0, 0), (-1, -1), 0.5, _LINE), *_padding(left=6, right=4, top=2, bottom=4),
    ]  # fmt: skip
    return _table([cells], [_ROOM / len(figures)] * len(figures), style)


def _part(part: Part, room: Room, beside: Page | None) -> Iterator[Flowable]:
    yield _gap(0.65 * room.size)
    yield _text(part.title, 1.05 * room.size, font=BOLD)
    yield _rule()
    if part.note:
        yield _text(f"{part.note[0].upper()}{part.note[1:]}", room.size)
    rows = list(part.shown(room.most))
    if part.header and not part.rows:
        yield from (_text(f"… {row}", room.size, color=_QUIET) for row in rows if isinstance(row, str))
    elif part.header:
        yield _listed(part, rows, room)
    elif beside and beside.months:
        facts = _facts(rows, _ROOM - _CHART, room)
        height = max(facts.wrap(_ROOM - _CHART, _ENDLESS)[1] - 4, 50.0)
        chart = _chart(beside.months, beside.currency, _CHART - 12, min(height, 110.0), 0.75 * room.size)
        style = [("VALIGN", (0, 0), (-1, -1), "TOP"), *_padding(left=0, right=0, top=0, bottom=0)]
        style.append(("LEFTPADDING", (1, 0), (1, 0), 12))
        yield _table([[facts, chart]], [_ROOM - _CHART, _CHART], style)
    else:
        yield _facts(rows, _ROOM, room)


_CHART = 170.0
"""Points that the chart takes."""


def _facts(rows: Sequence[Row | str], width: float, room: Room) -> Flowable:
    """Names with what is said of each."""
    cells = [
        [_text(row.cells[0], room.size, color=_QUIET), _text(row.cells[1], room.size)]
        for row in rows
        if isinstance(row, Row)
    ]
    name = 12.5 * room.size
    return _table(cells, [name, width - name], _plain_style())


_WIDTHS: dict[int, tuple[float, ...]] = {2: (0.4, 0.6), 3: (0.12, 0.56, 0.32), 4: (0.2, 0.34, 0.12, 0.14)}
_WIDTHS_OF_EXACT = (0.19, 0.35, 0.46)
_GUTTER = 6.0


def _listed(part: Part, rows: Sequence[Row | str], room: Room) -> Flowable:
    """A table; what there is no room for is counted where it would stand."""
    shares = _WIDTHS_OF_EXACT if part.exact else _WIDTHS[len(part.header)]
    cells: list[list[Any]] = [
        [
            _text(name, 0.85 * room.size, color=_QUIET, right=side == ">")
            for name, side in zip(part.header, part.align, strict=True)
        ]
    ]
    for row in rows:
        if isinstance(row, str):
            rest = [""] * (len(part.header) - 2)
            cells.append(["", _text(f"… {row}", room.size, color=_QUIET), *rest])
        else:
            cells.append([_cell(part, place, text, room) for place, text in enumerate(row.cells)])
    return _table(cells, [share * _ROOM for share in shares], _plain_style())


def _cell(part: Part, place: int, text: str, room: Room) -> Flowable:
    if part.exact and place == len(part.header) - 1:
        width = _WIDTHS_OF_EXACT[place] * _ROOM - _GUTTER
        return _text(text, width / (64 * 0.605), font=MONO)  # a SHA-256 stands on one line
    if part.header[place] == "place":
        return _text(text, 0.85 * room.size)
    color = _INK
    if part.header[place] == "level":
        color = _TONES["bad" if "error" in text else "unknown"]
    return _text(text, room.size, color=color, right=part.align[place] == ">")


def _foot(page: Page, room: Room) -> Iterator[Flowable]:
    """The lines to fill in, and what the page was made with."""
    widths = [0.2, 0.3, 0.18, 0.32]
    style = [
        ("LINEABOVE", (0, 0), (-1, 0), 1, _INK), ("BOX", (0, 0), (-1, -1), 0.5, _LINE),
        ("INNERGRID", (0, 0), (-1, -1), 0.5, _LINE), *_padding(left=5, right=5, top=1, bottom=26),
    ]  # fmt: skip
    yield _gap(6)
    labels = [_text(name, 0.85 * room.size, color=_QUIET) for name in page.signed]
    yield _table([labels], [share * _ROOM for share in widths], style)
    said = [f"Made with {page.made_with}. What is cut here stands whole in the HTML page and plan.json of the report."]
    said += pdf_font.notes("".join(_words(page)))
    yield _text(" ".join(said), 0.8 * room.size, color=_QUIET)


def _words(page: Page) -> Iterator[str]:
    """Every text of a plan on the page."""
    yield from (page.title, page.facts, page.reason)
    yield from (one.note for one in page.figures)
    for part in page.parts:
        for row in part.rows:
            yield from row.cells


# How it is drawn


def _text(text: str, size: float, *, font: str = PLAIN, color: str = _INK, right: bool = False) -> Flowable:
    from reportlab.lib.colors import HexColor
    from reportlab.lib.enums import TA_LEFT, TA_RIGHT
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph

    style = ParagraphStyle(
        "text", fontName=font, fontSize=size, leading=1.24 * size, textColor=HexColor(color),
        alignment=TA_RIGHT if right else TA_LEFT, splitLongWords=1,
    )  # fmt: skip
    return Paragraph(pdf_font.marked(text, font), style)


def _gap(height: float) -> Flowable:
    from reportlab.platypus import Spacer

    return Spacer(_ROOM, height)


def _rule() -> Flowable:
    from reportlab.platypus import HRFlowable

    return HRFlowable(width=_ROOM, thickness=0.5, color=_LINE, spaceBefore=0, spaceAfter=0)


def _padding(*, left: float, right: float, top: float, bottom: float) -> list[Any]:
    sides = {"LEFTPADDING": left, "RIGHTPADDING": right, "TOPPADDING": top, "BOTTOMPADDING": bottom}
    return [(name, (0, 0), (-1, -1), points) for name, points in sides.items()]


def _plain_style() -> list[Any]:
    small = [("FONTSIZE", (0, 0), (-1, -1), 1), ("LEADING", (0, 0), (-1, -1), 1)]  # of cells that are empty
    return [("VALIGN", (0, 0), (-1, -1), "TOP"), *small, *_padding(left=0, right=_GUTTER, top=0.6, bottom=0.8)]


def _table(cells: list[list[Any]], widths: Sequence[float], style: Sequence[Any]) -> Flowable:
    from reportlab.platypus import Table

    return Table(cells, colWidths=list(widths), style=list(style), hAlign="LEFT")


def _chart(months: Sequence[Bar], currency: str, width: float, height: float, size: float) -> Flowable:
    """A bar for each month; a mark above those of which a part has no price. Floats begin here and end here."""
    from reportlab.platypus import Flowable

    class Chart(Flowable):
        def wrap(self, *room: float) -> tuple[float, float]:
            return width, height

        def draw(self) -> None:
            _draw_bars(self.canv, months, currency, width, height, size)

    return Chart()


def _draw_bars(canvas: Canvas, months: Sequence[Bar], currency: str, width: float, height: float, size: float) -> None:
    most = max(bar.amount for bar in months)
    highest = next(bar for bar in months if bar.amount == most)
    missing = any(bar.unpriced for bar in months)
    low, high = (2.8 if missing else 1.6) * size, height - 3.4 * size
    slot = width / max(len(months), 6)
    title = f"By month; highest {currency} {money.display(most)} in {highest.month}"
    canvas.setFillColor(_QUIET)
    canvas.setFont(PLAIN, size * min(1.0, width / canvas.stringWidth(title, PLAIN, size)))
    canvas.drawString(0, height - size, title)
    canvas.setFont(PLAIN, size)
    for number, bar in enumerate(months):
        tall = (high - low) * max(bar.amount, 0) / most if most > 0 else 0.0
        canvas.setFillColor("#2f6fa8")
        canvas.rect((number + 0.14) * slot, low, 0.72 * slot, tall, stroke=0, fill=1)
        if bar.unpriced:
            canvas.setFillColor(_TONES["unknown"])
            path, middle, foot = canvas.beginPath(), (number + 0.5) * slot, low + tall + 1.5
            path.moveTo(middle - 2, foot)
            path.lineTo(middle + 2, foot)
            path.lineTo(middle, foot + 3.5)
            path.close()
            canvas.drawPath(path, stroke=0, fill=1)
    canvas.setStrokeColor(_QUIET)
    canvas.setLineWidth(0.5)
    canvas.line(0, low, len(months) * slot, low)
    canvas.setFillColor(_QUIET)
    canvas.drawString(0, low - 1.2 * size, months[0].month)
    if len(months) > 3:
        canvas.drawRightString(len(months) * slot, low - 1.2 * size, months[-1].month)
    if missing:
        canvas.drawString(0, low - 2.5 * size, "▲ and what has no price")
