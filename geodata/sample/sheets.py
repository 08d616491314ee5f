"""Large tables written fast, as workbooks, CSV and shapefiles, the same bytes each time.

A column is a pyarrow array of strings; an empty cell is "". XlsxWriter makes the workbook, its
title, header and styles; the rows are put into its sheet as XML that pyarrow joins column by
column, because a cell at a time took 33 s for 60,000 rows of 45 columns and this takes 2.5 s
(2 cores).
"""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyogrio
import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from geodata.sample.places import Places
from geodata.tables import enumeration


def words(values: object) -> pa.Array:
    """Return strings as a column; None and NaN become empty cells."""
    if isinstance(values, (np.ndarray, pd.Series)) and values.dtype.kind == "U":
        values = np.asarray(values).tolist()
    column = pa.array(values, pa.string(), from_pandas=True)
    return pc.fill_null(column, "")


def pick(choices: Sequence[str], numbers: object) -> pa.Array:
    """Return the word at each number; a negative number is an empty cell."""
    at = np.asarray(numbers)
    return pa.array([*choices, ""], pa.string()).take(pa.array(np.where(at < 0, len(choices), at)))


def choose(name: str, numbers: object) -> pa.Array:
    """Return the published words of an enumeration at each number (-1 an empty cell)."""
    return pick([choice.title["zh"] for choice in enumeration(name).choices], numbers)


def yes_no(values: object, known: bool | np.ndarray = True) -> pa.Array:
    """Return 是 or 否, and an empty cell where it is not known."""
    return pick(("否", "是"), np.where(known, np.asarray(values).astype(int), -1))


def whole(values: object, known: object = True) -> pa.Array:
    """Return whole numbers, and an empty cell where there is none."""
    text = pc.cast(pa.array(np.rint(np.asarray(values)).astype(np.int64)), pa.string())
    return _only(text, known)


def decimal(values: object, places: int, known: object = True) -> pa.Array:
    """Return numbers with a fixed count of decimals, as exports print amounts."""
    scaled = np.rint(np.asarray(values, dtype=float) * 10**places).astype(np.int64)
    head = pc.cast(pa.array(np.abs(scaled) // 10**places), pa.string())
    tail = pc.cast(pa.array(np.abs(scaled) % 10**places), pa.string())
    tail = pc.utf8_lpad(tail, width=places, padding="0")
    sign = pick(("", "-"), (scaled < 0).astype(int))
    number = pc.binary_join_element_wise(head, tail, ".")
    return _only(pc.binary_join_element_wise(sign, number, ""), known)


def months(numbers: object, *, dash: bool = False) -> pa.Array:
    """Return counted months as yyyymm or yyyy-mm; a negative number is an empty cell."""
    at = np.asarray(numbers).astype(np.int64)
    year = pc.cast(pa.array(np.where(at < 0, 0, at) // 12), pa.string())
    month = pc.utf8_lpad(pc.cast(pa.array(at % 12 + 1), pa.string()), width=2, padding="0")
    return _only(pc.binary_join_element_wise(year, month, "-" if dash else ""), at >= 0)


def numbered(prefix: str, numbers: object, width: int) -> pa.Array:
    """Return codes such as 99AZ01; a negative number is an empty cell."""
    at = np.asarray(numbers).astype(np.int64)
    digits = pc.cast(pa.array(np.where(at < 0, 0, at)), pa.string())
    digits = pc.utf8_lpad(digits, width=width, padding="0")
    return _only(pc.binary_join_element_wise(prefix, digits, ""), at >= 0)


def _only(column: pa.Array, known: object) -> pa.Array:
    if known is True:
        return column
    return pc.if_else(pa.array(np.asarray(known, dtype=bool)), column, "")


Columns = Mapping[str, pa.Array]
_SHEET = "xl/worksheets/sheet1.xml"
_CHUNK = 20_000
# ZIP cannot hold an earlier day; a fixed one keeps the bytes equal.
_DAY = (1980, 1, 1, 0, 0, 0)
_CREATED = datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC).replace(tzinfo=None)


def write_csv(
    file: Path, columns: Columns, *, encoding: str = "gb18030", titles: tuple[str, ...] = ()
) -> None:
    """Write columns as CSV with title lines above the header, as the exports have them."""
    file.parent.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    header = ",".join(f'"{name}"' if "," in name else name for name in columns)
    buffer.write("".join(line + "\n" for line in (*titles, header)).encode())
    special = any(
        pc.any(pc.match_substring_regex(column, '[",\r\n]')).as_py() for column in columns.values()
    )
    # pyarrow quotes either every text or none
    quoting = "all_valid" if special else "none"
    options = pa_csv.WriteOptions(include_header=False, quoting_style=quoting)
    pa_csv.write_csv(pa.table(dict(columns)), buffer, options)
    file.write_bytes(buffer.getvalue().decode("utf-8").encode(encoding))


def write_workbook(
    file: Path, columns: Columns, *, sheet: str, titles: tuple[str, ...] = ()
) -> None:
    """Write columns as one sheet of text cells, the title lines above the header row."""
    file.parent.mkdir(parents=True, exist_ok=True)
    shell = _shell(list(columns), sheet, titles)
    first = len(titles) + 2
    rows = len(next(iter(columns.values())))
    with (
        zipfile.ZipFile(shell) as empty,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as full,
    ):
        for name in empty.namelist():
            entry = zipfile.ZipInfo(name, _DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            if name != _SHEET:
                full.writestr(entry, empty.read(name), compresslevel=1)
                continue
            xml = empty.read(name).decode()
            last = f"{xl_col_to_name(len(columns) - 1)}{first + rows - 1}"
            xml = re.sub(r'<dimension ref="[^"]*"/>', f'<dimension ref="A1:{last}"/>', xml, count=1)
            before, after = xml.split("</sheetData>")
            with full.open(entry, "w", force_zip64=True) as out:
                out.write(before.encode())
                for start in range(0, rows, _CHUNK):
                    out.write(_rows(columns, start, first))
                out.write(("</sheetData>" + after).encode())


def _shell(names: list[str], sheet: str, titles: tuple[str, ...]) -> io.BytesIO:
    """Return a workbook with title lines and header and no rows."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"created": _CREATED, "title": titles[0] if titles else sheet})
    page = book.add_worksheet(sheet)
    bold = book.add_format({"bold": True, "align": "center"})
    for row, line in enumerate(titles):
        if row == 0 and len(names) > 1:
            page.merge_range(0, 0, 0, len(names) - 1, line, bold)
        else:
            page.write_string(row, 0, line)
    for column, name in enumerate(names):
        page.write_string(len(titles), column, name, bold)
    page.set_column(0, len(names) - 1, 14)
    page.freeze_panes(len(titles) + 1, 0)
    book.close()
    return buffer


def _rows(columns: Columns, start: int, first: int) -> bytes:
    """Return up to 20,000 rows as sheet XML; `first` is the row number of the first data row."""
    parts: list[object] = []
    for at, column in enumerate(columns.values()):
        cells = column.slice(start, _CHUNK)
        if at == 0:
            number = pa.array(range(first + start, first + start + len(cells)), pa.int32())
            number = pc.cast(number, pa.string())
            parts += ['<row r="', number, '">']
        name = xl_col_to_name(at)
        shown = pc.binary_join_element_wise(
            f'<c r="{name}', number, '" t="inlineStr"><is><t>', _escaped(cells), "</t></is></c>", ""
        )
        parts.append(pc.if_else(pc.equal(cells, ""), "", shown))
    joined = pc.binary_join_element_wise(*parts, "</row>", "")
    return b"".join(joined.cast(pa.binary()).to_pylist())


def _escaped(cells: pa.Array) -> pa.Array:
    """Return text with the three signs that XML reserves replaced."""
    for sign, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        cells = pc.replace_substring(cells, sign, name)
    return cells


# A DBF field name holds 10 bytes: five Chinese characters in GBK, three in UTF-8.
_FIELDS = {
    "GBK": ("行政区代码", "行政区名称", "乡镇名称", "县名称"),
    "UTF-8": ("村代码", "村名称", "乡名称", "县名称"),
}
_COLUMNS = ("code", "name", "township", "county")
# GDAL writes the day of writing into the DBF header unless it is told one.
_DBF_DAY = "2024-01-01"


def write_shapefile(
    places: Places,
    file: Path,
    *,
    encoding: str = "GBK",
    cpg: bool = True,
    without: int | None = None,
) -> Path:
    """Write the villages as one shapefile and return its path; the same places give the same bytes.

    `encoding` is GBK or UTF-8. Without `cpg` nothing in the file says how its text is encoded.
    The village at row `without` is left out.
    """
    fields = dict(zip(_COLUMNS, _FIELDS[encoding], strict=True))
    frame = places.villages[[*_COLUMNS, "geometry"]].rename(columns=fields)
    if without is not None:
        frame = frame.drop(index=without)
    file.parent.mkdir(parents=True, exist_ok=True)
    pyogrio.write_dataframe(
        frame, file, driver="ESRI Shapefile", encoding=encoding, DBF_DATE_LAST_UPDATE=_DBF_DAY
    )
    if not cpg:
        file.with_suffix(".cpg").unlink()
    return file
