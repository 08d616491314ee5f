"""Our own templates: one workbook a table, with lists to choose from and a sheet that explains."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from geodata import i18n
from geodata.errors import SourceError
from geodata.intake.schema import Schema
from geodata.tables import Column, Table

# Sheets of these names explain and are not read.
GUIDES = ("填写说明", "Guide")
_FILLED_ROWS = 20_000
# Spreadsheets take no longer list in one cell rule.
_LONGEST_LIST = 255
_AREAS = {"township": "乡(镇)", "village": "行政村"}


def write_templates(
    folder: Path,
    names: Iterable[str] | None = None,
    *,
    lang: str | None = None,
    schema: Schema | None = None,
) -> list[Path]:
    """Write the templates of some tables (default all) into a folder; returns the files.

    `schema` has the tables of a workspace, by default those of the product. Raises SourceError for
    a table there is not, naming those there are.
    """
    wanted = _wanted(names, lang, schema)
    folder.mkdir(parents=True, exist_ok=True)
    return [_write(folder, table, lang or i18n.default_language()) for table in wanted]


def key_lines(
    names: Iterable[str] | None = None, *, lang: str | None = None, schema: Schema | None = None
) -> list[str]:
    """Return the keys of some tables (default all) and of their columns, a line each with its title.

    A column has its kind, its class of privacy and the values it may have. Tables and errors are those of `write_templates`.
    """
    lang, lines = lang or i18n.default_language(), []
    for table in _wanted(names, lang, schema):
        lines.append(f"{table.name}  {table.label(lang)}")
        for column in table.columns.values():
            told = (column.name, column.kind, column.privacy, column.title[lang])
            allowed = column.choices.values if column.choices is not None else ()
            lines.append("  " + "  ".join([*told, " | ".join(allowed)]).rstrip())
    return lines


def _wanted(names: Iterable[str] | None, lang: str | None, schema: Schema | None) -> list[Table]:
    there = (schema or Schema()).tables
    wanted = list(there if names is None else names)
    unknown = [name for name in wanted if name not in there]
    if unknown:
        known = "、".join(f"{name}（{entry.label(lang)}）" for name, entry in there.items())
        raise SourceError("template.no_table", table=unknown[0], known=known)
    return [there[name] for name in wanted]


def template_headers(table: Table) -> list[str]:
    """Return the headers of a table's template: the names of the area, then the columns."""
    columns = [column for column in table.columns.values() if _is_asked(column)]
    areas = list(_AREAS.values()) if _has_area(table) else []
    return [*areas, *(column.title["zh"] for column in columns)]


def _write(folder: Path, table: Table, lang: str) -> Path:
    file = folder / f"{table.label('zh')}.xlsx"
    with xlsxwriter.Workbook(file) as book:
        page = book.add_worksheet(table.label("zh"))
        bold = book.add_format(
            {"bold": True, "bg_color": "#EEF1F4", "border": 1, "num_format": "@"}
        )
        need = book.add_format(
            {"bold": True, "bg_color": "#FBE3D6", "border": 1, "num_format": "@"}
        )
        text = book.add_format({"num_format": "@"})
        title = book.add_format({"bold": True, "font_size": 14})
        page.write_string(0, 0, table.label("zh"), title)
        page.write_string(1, 0, i18n.text("template.note", lang))
        columns = {c.title["zh"]: c for c in table.columns.values() if _is_asked(c)}
        for place, header in enumerate(template_headers(table)):
            column = columns.get(header)
            width = min(30, max(12, 2 * len(header) + 2))
            page.set_column(place, place, width, text)
            page.write_string(2, place, header, need if _is_needed(table, column) else bold)
            if column is not None:
                _add_list(page, place, column, lang)
        page.freeze_panes(3, 0)
        _guide(book, table, lang)
    return file


def _add_list(page: Any, place: int, column: Column, lang: str) -> None:
    """Offer the allowed values of a choice or flag; other text stays possible."""
    if column.kind == "flag":
        values = ["是", "否"]
    elif column.kind == "choice" and column.choices is not None:
        values = [choice.title["zh"] for choice in column.choices.choices]
    else:
        return
    if len(",".join(values)) <= _LONGEST_LIST:
        rule = {"validate": "list", "source": values, "error_type": "warning"}
        rule |= {
            "error_title": column.title["zh"],
            "error_message": i18n.text("template.not_listed", lang),
        }
        cells = f"{xl_col_to_name(place)}4:{xl_col_to_name(place)}{_FILLED_ROWS}"
        page.data_validation(cells, rule)


def _guide(book: Any, table: Table, lang: str) -> None:
    page = book.add_worksheet(GUIDES[0] if lang == "zh" else GUIDES[1])
    bold = book.add_format({"bold": True, "bg_color": "#EEF1F4"})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    heads = ("column", "needed", "kind", "unit", "values", "also")
    for place, (head, width) in enumerate(zip(heads, (34, 8, 22, 12, 70, 50), strict=True)):
        page.set_column(place, place, width, wrap)
        page.write_string(0, place, i18n.text(f"template.{head}", lang), bold)
    asked = [column for column in table.columns.values() if _is_asked(column)]
    for row, column in enumerate(asked, 1):
        needed = i18n.text("template.is_needed", lang) if _is_needed(table, column) else ""
        unit = i18n.text("units.yuan", lang) if column.kind == "money" else column.unit
        values = ""
        if column.choices is not None:
            values = "、".join(c.title["zh"] for c in column.choices.choices)
        cells = (
            column.title["zh"],
            needed,
            i18n.text(f"template.kind_{column.kind}", lang),
            unit,
            values,
            "、".join(column.aliases),
        )
        for place, cell in enumerate(cells):
            page.write_string(row, place, cell)


def _is_asked(column: Column) -> bool:
    return column.derived == ""


def _has_area(table: Table) -> bool:
    column = table.columns.get("place_code")
    return table.name != "place" and column is not None and column.derived == ""


def _is_needed(table: Table, column: Column | None) -> bool:
    if column is None:
        return bool(table.columns["place_code"].required)
    return column.required and column.kind != "place"
