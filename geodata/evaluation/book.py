"""A sample as a workbook to take along: how it was drawn, the villages, the households."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from geodata.escaping import cell_text, plain_text
from geodata.evaluation.draw import Draw
from geodata.i18n import default_language, parted, text

_VILLAGES = ("place_code", "name", "stratum", "index", "chosen")
_HOUSEHOLDS = (
    "household_code", "head_name", "name", "place_code", "persons", "group", "score", "chosen"
)  # fmt: skip
# Columns whose values are words of the catalogue.
_WORDED = ("stratum", "group", "chosen")


def write_draw(file: Path, draw: Draw, **said: Any) -> None:
    """Write a sample; `said` are the options of `draw_book`.

    The file is written beside and then moved, so that there is never half of one.
    """
    part = file.with_name(f".{file.name}.part")
    part.write_bytes(draw_book(draw, **said).getvalue())
    part.replace(file)


def draw_book(
    draw: Draw,
    *,
    titles: Mapping[str, str],
    rates: Sequence[str] = (),
    mark: str = "",
    lang: str | None = None,
) -> io.BytesIO:
    """Return a sample as an xlsx; `titles` names the indicators of the index.

    The first sheet says how it was drawn, then the sentences of `rates`, then `mark`.
    """
    lang, content = lang or default_language(), io.BytesIO()
    villages = draw.villages.rename_axis("place_code").reset_index()
    households = draw.households.rename_axis("household_code").reset_index()
    households = households.join(draw.villages["name"], on="place_code")
    options = {"in_memory": True, "strings_to_formulas": False}
    with xlsxwriter.Workbook(content, options) as book:
        bold = book.add_format({"bold": True, "bg_color": "#EEF1F4"})
        page = book.add_worksheet(text("evaluation.sheet_design", lang))
        page.set_column(0, 0, 22)
        page.set_column(1, 1, 90)
        page.write_string(0, 0, text("evaluation.title", lang), bold)
        lines = [*design_lines(draw, titles, lang), *(("", one) for one in rates)]
        for at, (head, cell) in enumerate(lines, start=1):
            page.write_string(at, 0, head)
            page.write_string(at, 1, cell_text(plain_text(cell, 1000)))
        if mark:
            page.write_string(len(lines) + 2, 0, cell_text(mark))
        for key, rows, columns in (
            ("villages", villages, _VILLAGES),
            ("households", households, _HOUSEHOLDS),
        ):
            sheet = book.add_worksheet(text(f"evaluation.sheet_{key}", lang))
            _write(sheet, bold, rows, columns, lang)
    content.seek(0)
    return content


def design_lines(draw: Draw, titles: Mapping[str, str], lang: str) -> list[tuple[str, str]]:
    """Return what somebody needs to draw the same sample again, as pairs of heading and value."""
    design = draw.design
    weights = parted((f"{titles.get(key, key)} {w:g}" for key, w in design.weights.items()), lang)
    sizes = {name: f"{count:,}" for name, count in draw.frame_sizes.items()}
    notes = " ".join(note.sentence(lang) for note in draw.notes)
    values = {
        "month": design.month,
        "seed": str(design.seed),
        "villages": str(design.villages),
        "exited": str(design.exited),
        "missed": str(design.missed),
        "weak_share": f"{design.weak_share:g}",
        "weights": weights,
        "frame": text("evaluation.design_frame_size", lang, **sizes),
        "digest": draw.frame_digest,
        "rule": text("evaluation.design_rule_text", lang),
        "notes": notes or text("evaluation.no_notes", lang),
    }
    return [(text(f"evaluation.design_{key}", lang), value) for key, value in values.items()]


def _write(sheet, bold, rows: pd.DataFrame, columns: Sequence[str], lang: str) -> None:  # type: ignore[no-untyped-def]
    for column, name in enumerate(columns):
        sheet.set_column(column, column, 16)
        sheet.write_string(0, column, text(f"evaluation.column_{name}", lang), bold)
    # A workbook is written cell by cell.
    for at, row in enumerate(rows[list(columns)].itertuples(index=False), start=1):
        for column, (name, value) in enumerate(zip(columns, row, strict=True)):
            if pd.isna(value):
                continue
            if name in _WORDED:
                sheet.write_string(at, column, text(f"evaluation.{value}", lang))
            elif isinstance(value, str):
                sheet.write_string(at, column, cell_text(plain_text(value)))
            else:
                sheet.write_number(at, column, float(value))
    sheet.freeze_panes(1, 1)
