"""Large xlsx files whose cells are all text, read in pieces into Arrow columns.

The exports of national systems are such files. A general reader holds every cell as an object; here
one pattern reads a few megabytes of a sheet at a time, in a third of the time and a third of the
memory. The pattern knows one plain form of a cell only: a sheet with anything else (numbers, dates,
formulas, rich text) is left to the general reader, so nothing is read otherwise than there.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from geodata.intake.workbookprocess import column_number, hidden_columns

# Below this size the general reader is as fast.
LEAST_BYTES = 1_000_000
_CHUNK = 2_000_000
# No element of a plain sheet is longer, nor what follows its last row.
_LONGEST_REST = 8 * _CHUNK
# Pieces taken apart at the same time.
_AHEAD = 3
_CELL_START = '<c r="'
_ROW = r'(?:<row r="[0-9]+"[^>]*/>)*<row r="(?P<row>[0-9]+)"[^>]*>'
# What stands between two starts of cells: column, attributes, own text or number of a shared text,
# and after the last cell of a row its end. Each next sign allows one way on, so that the pattern
# is matched without going back; what it leaves open is checked for the different attributes.
_CELL = (
    r'^(?P<column>[A-Z]{1,3})[0-9]+"(?P<kind>(?: [a-z]="[0-9A-Za-z]+")*)(?:/>|></c>'
    r'|><(?:is><t(?: xml:space="preserve")?|v)>(?P<text>[^<]*)</(?:t></is|v)></c>)'
    r"(?P<end>(?:</row>(?s:.*))?)$"
)
_KIND = re.compile(r'(?: s="[0-9]+")?(?: t="(?:inlineStr|s)")?')
_ROW_END = rf"^</row>(?:{_ROW})?$"
_FIRST_ROW = re.compile(_ROW + "$")
_HIDDEN_ROW = re.compile(rb'<row r="(\d+)"[^>]*? hidden="(?:1|true)"')
_SHARED = re.compile(rb'<si><t(?: xml:space="preserve")?>([^<]*)</t></si>|<si><t/></si>')
_MERGED = re.compile(rb'<mergeCell ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"/>')
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&"))
# Merged cells further down mean groups of rows, which the general reader knows to fill.
_LAST_TITLE_ROW = 10


class _NotPlainError(Exception):
    """A sheet holds something that the pattern does not know."""


@dataclass(frozen=True)
class PlainSheet:
    """One sheet: its name and rows as text under column numbers.

    `rows` are the 1-based numbers of the rows in the file, `merged` the ranges of merged cells as
    0-based (top, left), (bottom, right), `hidden_rows` the rows and `hidden_columns` the 0-based
    columns that are not shown.
    """

    name: str
    frame: pd.DataFrame
    rows: np.ndarray
    merged: tuple[tuple[tuple[int, int], tuple[int, int]], ...]
    hidden: bool = False
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[int, ...] = ()
    filtered: bool = False


@dataclass(frozen=True)
class _Batch:
    """Some rows: their numbers and by column number their texts."""

    rows: np.ndarray
    columns: dict[int, pa.Array]


def read_plain_sheets(file: Path) -> list[PlainSheet] | None:
    """Return the filled sheets of a large, plain xlsx; None when the file is small or not plain."""
    if file.stat().st_size < LEAST_BYTES or not zipfile.is_zipfile(file):
        return None
    try:
        with zipfile.ZipFile(file) as book:
            shared = _shared_texts(book)
            sheets = [_sheet(book, part, shared) for part in _parts(book)]
    except (
        _NotPlainError,
        pa.ArrowException,
        KeyError,
        zipfile.BadZipFile,
        ElementTree.ParseError,
        UnicodeDecodeError,
    ):
        return None
    return [sheet for sheet in sheets if sheet is not None]


@dataclass(frozen=True)
class _Part:
    name: str
    path: str
    hidden: bool


def _parts(book: zipfile.ZipFile) -> list[_Part]:
    """Return each sheet with its path, in the order of the workbook."""
    links = ElementTree.fromstring(book.read("xl/_rels/workbook.xml.rels"))
    targets = {link.get("Id"): str(link.get("Target")) for link in links}
    sheets = ElementTree.fromstring(book.read("xl/workbook.xml")).findall(".//{*}sheet")
    parts = []
    for sheet in sheets:
        link = next(value for name, value in sheet.items() if name.endswith("}id"))
        target = targets[link]
        path = target[1:] if target.startswith("/") else posixpath.join("xl", target)
        hidden = sheet.get("state", "visible") != "visible"
        parts.append(_Part(str(sheet.get("name")), path, hidden))
    return parts


def _shared_texts(book: zipfile.ZipFile) -> pa.Array:
    if "xl/sharedStrings.xml" not in book.namelist():
        return pa.array([], pa.string())
    pieces: list[pa.Array] = []
    for piece in _pieces(book, "xl/sharedStrings.xml", b"</si>"):
        texts = _SHARED.findall(piece)
        if len(texts) != piece.count(b"<si>") + piece.count(b"<si/>"):
            raise _NotPlainError
        pieces.append(_decoded(pa.array(texts, pa.string())))
    return pa.concat_arrays(pieces) if pieces else pa.array([], pa.string())


def _sheet(book: zipfile.ZipFile, part: _Part, shared: pa.Array) -> PlainSheet | None:
    merged: list[tuple[bytes, ...]] = []
    unseen: list[int] = []
    columns: list[int] = []
    filtered = False
    running: list[Future[_Batch]] = []
    # The next piece is unpacked while others are taken apart, most of which holds no lock.
    with ThreadPoolExecutor(2) as pool:
        for piece in _pieces(book, part.path, b"</row>"):
            merged += _MERGED.findall(piece)
            if b"<sheetData" in piece:
                head = piece[: piece.find(b"<sheetData")]
                columns = hidden_columns(head.decode("utf-8", "replace"))
            if b' hidden="' in piece:
                unseen += [int(row) for row in _HIDDEN_ROW.findall(piece)]
            filtered = filtered or b"<autoFilter" in piece
            if _CELL_START.encode() in piece:
                running.append(pool.submit(_batch, piece, shared))
            if len(running) > _AHEAD:
                running[-_AHEAD].result()
    batches = [done.result() for done in running]
    if not any(batch.columns for batch in batches):
        return None
    if any(int(bottom) > _LAST_TITLE_ROW for _, _, _, bottom in merged):
        raise _NotPlainError
    rows = np.concatenate([batch.rows for batch in batches])
    return PlainSheet(
        name=part.name,
        frame=_frame(batches),
        rows=rows,
        merged=tuple(map(_range, merged)),
        hidden=part.hidden,
        hidden_rows=tuple(unseen),
        hidden_columns=tuple(columns),
        filtered=filtered,
    )


def _range(named: tuple[bytes, ...]) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return a range by its 0-based corners."""
    left, top, right, bottom = named
    ends = (int(bottom) - 1, column_number(right.decode()))
    return (int(top) - 1, column_number(left.decode())), ends


def _pieces(book: zipfile.ZipFile, part: str, end: bytes) -> Iterator[bytes]:
    """Give a part of a workbook in pieces that each end with a whole element, and the rest last."""
    rest = b""
    with book.open(part) as file:
        while block := file.read(_CHUNK):
            block = rest + block
            cut = block.rfind(end)
            cut = cut + len(end) if cut >= 0 else 0
            rest = block[cut:]
            # Joined again with every block, a part without ends would cost its square.
            if len(rest) > _LONGEST_REST:
                raise _NotPlainError
            if cut:
                yield block[:cut]
    yield rest


def _batch(piece: bytes, shared: pa.Array) -> _Batch:
    """Return the rows of a piece as columns of text, "" where a row leaves a cell out."""
    cells = pc.list_flatten(pc.split_pattern(pa.array([piece], pa.string()), _CELL_START))
    first = _FIRST_ROW.search(cells[0].as_py())
    fields = pc.extract_regex(cells.slice(1), _CELL)
    if first is None or fields.null_count:
        raise _NotPlainError
    starts, later = _row_starts(fields.field("end"))
    rows = np.append([int(first["row"])], later)
    inside = np.cumsum(starts) - 1
    names = fields.field("column").dictionary_encode()
    order = np.argsort(names.indices.to_numpy(), kind="stable")
    written = _written(fields.field("text"), fields.field("kind"), shared).take(pa.array(order))
    counts = np.bincount(names.indices.to_numpy(), minlength=len(names.dictionary))
    ends = np.cumsum(counts)
    columns = {}
    for letter, start, end in zip(names.dictionary.to_pylist(), ends - counts, ends, strict=True):
        column = written.slice(start, end - start)
        if end - start < len(rows):
            where = np.full(len(rows), -1)
            where[inside[order[start:end]]] = np.arange(end - start)
            column = pc.fill_null(column.take(pa.array(where, mask=where < 0)), "")
        columns[column_number(letter)] = column
    return _Batch(rows, columns)


def _row_starts(ends: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Return which cells begin a row, and the numbers of all rows but the first."""
    last = pc.not_equal(ends, "")
    begun = pc.extract_regex(ends.filter(last), _ROW_END)
    if begun.null_count:
        raise _NotPlainError
    follows = pc.not_equal(begun.field("row"), "")
    before = np.flatnonzero(last.to_numpy(zero_copy_only=False))
    starts = np.zeros(len(ends) + 1, dtype=bool)
    starts[0] = True
    starts[before[follows.to_numpy(zero_copy_only=False)] + 1] = True
    numbers = begun.field("row").filter(follows).cast(pa.int64())
    return starts[:-1], numbers.to_numpy(zero_copy_only=False)


def _written(texts: pa.Array, kinds: pa.Array, shared: pa.Array) -> pa.Array:
    """Return the texts of cells, those of the shared list where a cell gives a number of it."""
    different = kinds.dictionary_encode()
    names = different.dictionary.to_pylist()
    if not all(_KIND.fullmatch(name) for name in names):
        raise _NotPlainError
    numbered = np.array([name.endswith(' t="s"') for name in names])
    untyped = np.array([" t=" not in name for name in names])
    kind = different.indices.to_numpy()
    # A value without a type is a number.
    if pc.any(pc.not_equal(texts.filter(pa.array(untyped[kind])), "")).as_py():
        raise _NotPlainError
    if not numbered.any():
        return _decoded(texts)
    elsewhere = pa.array(numbered[kind])
    index = pc.if_else(elsewhere, texts, "0").cast(pa.int64())
    return pc.if_else(elsewhere, shared.take(index), _decoded(texts))


def _decoded(texts: pa.Array) -> pa.Array:
    """Return XML text as text; raises _NotPlainError for signs written as numbers."""
    decoded = texts
    if pc.any(pc.match_substring_regex(decoded, "&#|_x00")).as_py():
        raise _NotPlainError
    if pc.any(pc.match_substring(decoded, "&")).as_py():
        for entity, sign in _ENTITIES:
            decoded = pc.replace_substring(decoded, entity, sign)
    return decoded


def _frame(batches: list[_Batch]) -> pd.DataFrame:
    """Return all columns from A to the last; pieces stay as they are, nothing is copied."""
    width = max(number for batch in batches for number in batch.columns) + 1
    result = {}
    for number in range(width):
        parts = [
            batch.columns.pop(number, None) or pa.array([""] * len(batch.rows), pa.string())
            for batch in batches
        ]
        result[number] = pd.Series(pd.array(pa.chunked_array(parts), dtype="str"))
    return pd.DataFrame(result)
