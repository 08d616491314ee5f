"""Tables on slides: native, as many rows as find room, and a line that counts the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Inches

from dashboard.briefing.slides.canvas import (
    BODY,
    HEAD,
    INK,
    PLAIN,
    QUIET,
    STRIPE,
    Box,
    Canvas,
    write_run,
)
from dashboard.briefing.slides.text_measure import cut_to, height_of, lines_of
from dashboard.texts import text
from geodata.escaping import plain_text

_PAD = 0.08  # inches at each side of a cell
_LINES = 2  # of a cell at most; a longer text is cut there
_ROW = 0.42  # inches of the lowest row


@dataclass(frozen=True)
class TableColumn:
    """A column: its head, its share of the width, and whether it holds numbers (set at the right)."""

    head: str
    share: float
    number: bool = False


@dataclass(frozen=True)
class TableRow:
    """The cells of one row; `colour` fills the first cell like the place on the map."""

    cells: tuple[str, ...]
    colour: str = ""
    alarm: frozenset[int] = field(default=frozenset())


def draw_table(
    canvas: Canvas,
    box: Box,
    columns: Sequence[TableColumn],
    rows: Sequence[TableRow],
    *,
    total: int | None = None,
) -> float:
    """Draw the rows that find room in the box; the rest is counted below. Returns where it ends.

    `total` is how many there are when `rows` are only the first of them.
    """
    whole = sum(column.share for column in columns)
    widths = [box.width * column.share / whole for column in columns]
    heads = TableRow(tuple(column.head for column in columns))
    cut = [_cut(row, widths) for row in rows]
    high = [_height(row, widths) for row in (heads, *cut)]
    total = len(rows) if total is None else total
    shown = _fitting(high, box.height - (_ROW if total > len(rows) else 0))
    if shown < len(rows):
        shown = _fitting(high, box.height - _ROW)
    frame = canvas.slide.shapes.add_table(shown + 1, len(columns), *box.sides)
    table = frame.table
    for number, width in enumerate(widths):
        table.columns[number].width = Inches(width)
    for number, row in enumerate((heads, *cut[:shown])):
        table.rows[number].height = Inches(high[number])
        _write(canvas, table, number, row, columns)
    frame.height = Inches(sum(high[: shown + 1]))
    if total > shown:
        below = Box(box.left, box.top + sum(high[: shown + 1]) + 0.02, box.width, _ROW - 0.04)
        said = text("slides.more", canvas.lang, count=total - shown)
        canvas.text(below, [said], size=BODY, colour=QUIET)
        return below.top + below.height
    return box.top + sum(high[: shown + 1])


def _cut(row: TableRow, widths: Sequence[float]) -> TableRow:
    cells = (
        cut_to(plain_text(cell, 300), BODY, width - 2 * _PAD - 0.04, _LINES)
        for cell, width in zip(row.cells, widths, strict=True)
    )
    return TableRow(tuple(cells), row.colour, row.alarm)


def _height(row: TableRow, widths: Sequence[float]) -> float:
    lines = max(
        lines_of(cell, BODY, width - 2 * _PAD - 0.04)
        for cell, width in zip(row.cells, widths, strict=True)
    )
    return max(_ROW, height_of(lines, BODY) + 0.08)


def _fitting(heights: Sequence[float], room: float) -> int:
    """Return how many rows find room below the head."""
    used, count = heights[0], 0
    for height in heights[1:]:
        used += height
        if used > room + 1e-6:
            break
        count += 1
    return count


def _write(canvas: Canvas, table, number: int, row: TableRow, columns) -> None:  # type: ignore[no-untyped-def]
    for at, (cell_text, column) in enumerate(zip(row.cells, columns, strict=True)):
        cell = table.cell(number, at)
        fill = HEAD if number == 0 else STRIPE if number % 2 == 0 else PLAIN
        if row.colour and at == 0:
            fill = row.colour.lstrip("#")
        cell.fill.solid()
        cell.fill.fore_color.rgb = RGBColor.from_string(fill)
        cell.margin_left = cell.margin_right = Inches(_PAD)
        cell.margin_top = cell.margin_bottom = Inches(0.03)
        cell.vertical_anchor = MSO_ANCHOR.MIDDLE
        paragraph = cell.text_frame.paragraphs[0]
        paragraph.alignment = PP_ALIGN.RIGHT if column.number else PP_ALIGN.LEFT
        colour = _ink(fill) if at not in row.alarm else "b3261e"
        bold = number == 0 or at in row.alarm or bool(row.colour and at == 0)
        write_run(paragraph, cell_text, BODY, bold=bold, colour=colour, lang=canvas.lang)


def _ink(fill: str) -> str:
    """Return black or white, whichever is read better on a colour."""
    red, green, blue = bytes.fromhex(fill)
    return INK if 0.299 * red + 0.587 * green + 0.114 * blue > 140 else "ffffff"
